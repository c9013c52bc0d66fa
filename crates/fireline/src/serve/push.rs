//! `PusherService/Push`, by which current profilers send what they measured.

use std::sync::Arc;

use profile::Profile;
use profile_codec::pprof::{self, DecodeBudget, DecodeLimits};
use pyroscope_api::push::v1::{PushRequest, PushResponse};
use query::Labels;
use store::{IncomingProfile, ProfileError};

use super::connect::{CallError, Code};
use super::error_text::error_text;
use super::face::Face;
use super::metrics::Pushed;
use super::profile_store::ProfileStore;

/// What the pprofs of one request may ask for, together.
///
/// A profiler's ten seconds are some thousands of samples in some hundred kilobytes. What is allowed
/// here is decoded in some hundred megabytes of memory.
const PPROF_LIMITS: DecodeLimits = DecodeLimits {
    max_profile_bytes: 32 << 20,
    max_total_bytes: 64 << 20,
    // As deep as the store keeps, and one more so that it can tell that a stack trace was cut.
    max_stack_depth: 1_001,
    max_samples: 1 << 20,
    max_locations: 1 << 20,
    max_stacks: 4 << 20,
    max_other_entries: 4 << 20,
};

/// How many failures are told in full.
const FAILURES_TOLD: usize = 3;

/// Why one profile of a push was not stored.
struct Failure {
    series: usize,
    code: Code,
    message: String,
}

/// Stores what was pushed.
///
/// Every profile is tried. If one fails the call fails, and says which; the others are stored
/// nevertheless, as Pyroscope does, so a client that sends all again doubles them.
pub(crate) async fn push(
    face: &Face<impl ProfileStore>,
    request: PushRequest,
) -> Result<PushResponse, CallError> {
    let samples = || request.series.iter().flat_map(|series| &series.samples);
    if samples().next().is_none() {
        return Err(CallError::invalid_argument("no profiles received"));
    }
    let bytes = samples().map(|sample| count(sample.raw_profile.len())).sum();
    let mut pushed = Pushed { bytes, ..Pushed::default() };

    let ((decoded, mut failures), permit) =
        face.decode_gate.decode(move || decode_all(request)).await?;
    // Held until the profiles are stored.
    let mut share = face.push_bodies.share();
    let held = decoded.iter().map(|(_, incoming)| held_bytes(&incoming.profile));
    share.grow_to(held.fold(0, usize::saturating_add)).await?;
    drop(permit);
    let (series, profiles): (Vec<usize>, Vec<IncomingProfile>) = decoded.into_iter().unzip();
    pushed.samples = profiles.iter().map(|incoming| count(incoming.profile.samples().len())).sum();

    if !profiles.is_empty() {
        let outcome = face
            .store
            .push(profiles, (face.clock)())
            .await
            .map_err(|error| CallError::new(Code::Unavailable, error.to_string()))?;
        pushed.profiles = count(outcome.stored);
        failures.extend(outcome.errors.into_iter().map(|(position, error)| Failure {
            series: series[position],
            code: profile_error_code(&error),
            message: error.to_string(),
        }));
    }
    pushed.refused = count(failures.len());
    face.metrics.count_push(pushed);
    if failures.is_empty() { Ok(PushResponse {}) } else { Err(told(failures)) }
}

/// Which code a store's refusal has.
pub(crate) fn profile_error_code(error: &ProfileError) -> Code {
    match error {
        ProfileError::Invalid(_) | ProfileError::Time(_) => Code::InvalidArgument,
        ProfileError::LimitReached(_) => Code::ResourceExhausted,
        _ => Code::Internal,
    }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// About how much memory a decoded profile takes. Unit: bytes.
pub(crate) fn held_bytes(profile: &Profile) -> usize {
    let samples = profile.samples();
    let sample_labels = samples.indices().map(|sample| samples.labels(sample).len()).sum();
    let rows = [
        // Its stack trace, where its labels are, and a value for each sample type.
        (samples.len(), 32 + 8 * profile.sample_types().len()),
        (sample_labels, 40),
        (profile.stacks().len(), 32),
        (profile.locations().len(), 64),
        (profile.functions().len(), 48),
    ];
    let rows = rows.iter().map(|(count, bytes)| count.saturating_mul(*bytes));
    let strings = profile.strings().iter().map(|text| text.len() + 32);
    rows.chain(strings).fold(0, usize::saturating_add)
}

/// Decodes sample by sample; the profiles of a series share its labels.
fn decode_all(request: PushRequest) -> (Vec<(usize, IncomingProfile)>, Vec<Failure>) {
    let (mut decoded, mut failures) = (Vec::new(), Vec::new());
    let mut budget = DecodeBudget::new(PPROF_LIMITS);
    for (position, series) in request.series.into_iter().enumerate() {
        let labels: Labels =
            series.labels.into_iter().map(|label| (label.name, label.value)).collect();
        let labels = Arc::new(labels);
        for sample in series.samples {
            match decode(&sample.raw_profile, &mut budget) {
                Ok(profile) => {
                    let incoming = IncomingProfile { labels: Arc::clone(&labels), profile };
                    decoded.push((position, incoming));
                }
                Err(message) => {
                    let code = Code::InvalidArgument;
                    failures.push(Failure { series: position, code, message });
                }
            }
        }
    }
    (decoded, failures)
}

/// The only profile of a request. Errors: why it is none, in words.
pub(crate) fn decode_single(pprof: &[u8]) -> Result<Profile, String> {
    decode(pprof, &mut DecodeBudget::new(PPROF_LIMITS))
}

fn decode(pprof: &[u8], budget: &mut DecodeBudget) -> Result<Profile, String> {
    if pprof.is_empty() {
        return Err("the profile has 0 bytes, expected a pprof".to_owned());
    }
    let decoded = pprof::decode_within(pprof, budget).map_err(|error| error_text(&error))?;
    if !decoded.warnings.is_empty() {
        tracing::debug!(warnings = ?decoded.warnings, "a pushed profile is damaged");
    }
    Ok(decoded.value)
}

/// One error for all failures: the gravest code, and the first texts.
fn told(mut failures: Vec<Failure>) -> CallError {
    failures.sort_by_key(|failure| failure.series);
    let code = [Code::Internal, Code::ResourceExhausted]
        .into_iter()
        .find(|code| failures.iter().any(|failure| failure.code == *code))
        .unwrap_or(Code::InvalidArgument);
    let mut message = failures
        .iter()
        .take(FAILURES_TOLD)
        .map(|failure| format!("push series with index {}: {}", failure.series, failure.message))
        .collect::<Vec<_>>()
        .join("; ");
    if let Some(more) = failures.len().checked_sub(FAILURES_TOLD).filter(|more| *more > 0) {
        message.push_str(&format!("; and {more} more"));
    }
    CallError::new(code, message)
}
