//! The legacy push interface: `/ingest`, by which Go, Node and older profilers send what they measured.

mod application_name;
mod attime;
mod error;
mod folded;
mod form;
mod metric_name;
mod parameters;

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, Response};
use profile::Profile;
use query::Labels;
use store::IncomingProfile;

use super::connect::{Code, read_plain_body};
use super::face::Face;
use super::metrics::Pushed;
use super::profile_store::ProfileStore;
use super::push::{decode_single, held_bytes, profile_error_code};
use super::query_string::QueryString;
use error::IngestError;
use form::SampleTypeConfig;
use parameters::{Format, IngestParameters};

/// Nanoseconds in a millisecond.
const NANOS_PER_MILLI: i64 = 1_000_000;

/// Profiles that say they are from before this had no clock: 1971-01-01. Unit: nanoseconds since 1970.
const FIRST_TRUSTED_NANOS: i64 = 31_536_000 * 1_000_000_000;

/// Stores one profile. Success is status 200 with an empty body, which is what clients check for.
pub(crate) async fn ingest(
    face: &Face<impl ProfileStore>,
    request: Request<Body>,
    limit_bytes: usize,
) -> Response<Body> {
    match take(face, request, limit_bytes).await {
        Ok(()) => Response::new(Body::empty()),
        Err(error) => {
            face.metrics.count_push(Pushed { refused: 1, ..Pushed::default() });
            error.into_response()
        }
    }
}

async fn take(
    face: &Face<impl ProfileStore>,
    request: Request<Body>,
    limit_bytes: usize,
) -> Result<(), IngestError> {
    let now_millis = (face.clock)();
    let (head, body) = request.into_parts();
    let query = QueryString::parse(head.uri.query());
    let now_nanos = now_millis.saturating_mul(NANOS_PER_MILLI);
    let parameters = IngestParameters::parse(&query, &head.headers, now_nanos)?;

    // Held until the profile is stored.
    let mut share = face.push_bodies.share();
    let (body, read) = read_plain_body(&head.headers, body, limit_bytes, Some(&mut share)).await?;
    let bytes = u64::try_from(read).unwrap_or(u64::MAX);
    let (pprof, sample_types) = match parameters.format {
        Format::PprofForm => {
            // A part of the form may be copied.
            share.grow_by(body.len()).await?;
            let form = form::read_form(&head.headers, body).await?;
            (form.profile, form.sample_types)
        }
        _ => (body, BTreeMap::new()),
    };
    let work = move || read_profile(parameters, &pprof, &sample_types);
    let (incoming, permit) = face.decode_gate.decode(work).await?;
    let incoming = incoming?;
    share.grow_by(held_bytes(&incoming.profile)).await?;
    drop(permit);

    let samples = u64::try_from(incoming.profile.samples().len()).unwrap_or(u64::MAX);
    let outcome = face.store.push(vec![incoming], now_millis).await.map_err(|error| {
        IngestError::Refused { code: Code::Unavailable, message: error.to_string() }
    })?;
    if let Some((_, error)) = outcome.errors.first() {
        return Err(IngestError::Refused {
            code: profile_error_code(error),
            message: error.to_string(),
        });
    }
    face.metrics.count_push(Pushed { profiles: 1, samples, bytes, refused: 0 });
    Ok(())
}

fn read_profile(
    parameters: IngestParameters,
    body: &[u8],
    sample_types: &BTreeMap<String, SampleTypeConfig>,
) -> Result<IncomingProfile, IngestError> {
    match parameters.format {
        Format::PprofForm | Format::Pprof => {
            let mut profile = decode_single(body)
                .map_err(|reason| IngestError::Body { format: "pprof", reason })?;
            if profile.time_nanos < FIRST_TRUSTED_NANOS {
                profile.time_nanos = parameters.from_nanos;
            }
            let metric_name = metric_name::metric_name(&profile, sample_types);
            Ok(incoming(parameters, None, &metric_name, profile))
        }
        Format::Folded | Format::Lines => {
            let (application, kind) = metric_name::folded_kind(&parameters.name.application);
            let application = application.to_owned();
            let profile = folded::profile(body, &parameters, kind)?;
            Ok(incoming(parameters, Some(application), kind.metric_name, profile))
        }
    }
}

/// A profile with the labels that parameters and contents give it.
///
/// The application is the service, unless the client named a service by a label.
fn incoming(
    parameters: IngestParameters,
    application: Option<String>,
    metric_name: &str,
    profile: Profile,
) -> IncomingProfile {
    let application = application.unwrap_or(parameters.name.application);
    let mut labels: Labels = parameters.name.labels;
    let has = |labels: &Labels, name: &str| labels.iter().any(|(known, _)| known == name);
    let name = if has(&labels, "service_name") { "app_name" } else { "service_name" };
    if !has(&labels, name) {
        labels.push((name.to_owned(), application));
    }
    if !has(&labels, "pyroscope_spy") {
        labels.push(("pyroscope_spy".to_owned(), parameters.spy_name));
    }
    labels.retain(|(name, _)| name != "__name__");
    labels.push(("__name__".to_owned(), metric_name.to_owned()));
    IncomingProfile { labels: labels.into(), profile }
}
