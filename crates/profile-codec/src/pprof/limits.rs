//! How much of a decoder's memory and time pprof bytes may ask for.

use super::decode::DecodeError;

/// The most that is decoded.
///
/// A byte of pprof can ask for many bytes of memory, so a limit on bytes is not enough for bytes
/// that mean harm. All limits but [`max_profile_bytes`](Self::max_profile_bytes) and
/// [`max_stack_depth`](Self::max_stack_depth) count over all profiles of a [`DecodeBudget`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Decompressed bytes of one profile in gzip.
    pub max_profile_bytes: usize,
    /// Bytes after decompression, of all profiles.
    pub max_total_bytes: usize,
    /// Locations that a stack trace keeps, those nearest to the root; the others are left out.
    pub max_stack_depth: usize,
    /// Samples.
    pub max_samples: usize,
    /// Locations.
    pub max_locations: usize,
    /// Stack traces, each caller of one counted as one.
    pub max_stacks: usize,
    /// Everything else that may be repeated, added up: sample types, mappings, functions,
    /// strings, comments, lines of locations, values and labels of samples.
    pub max_other_entries: usize,
}

impl DecodeLimits {
    /// No limit but one on what a profile in gzip may hold.
    pub fn bytes_only(max_profile_bytes: usize) -> Self {
        Self {
            max_profile_bytes,
            max_total_bytes: usize::MAX,
            max_stack_depth: usize::MAX,
            max_samples: usize::MAX,
            max_locations: usize::MAX,
            max_stacks: usize::MAX,
            max_other_entries: usize::MAX,
        }
    }
}

/// What is left of [`DecodeLimits`] for the profiles of one request.
///
/// What a refused profile asked for until it was refused is used up too.
#[derive(Debug, Clone)]
pub struct DecodeBudget {
    limits: DecodeLimits,
    used_bytes: usize,
    used_samples: usize,
    used_locations: usize,
    used_stacks: usize,
    used_other_entries: usize,
}

impl DecodeBudget {
    /// A budget of which nothing is used.
    pub fn new(limits: DecodeLimits) -> Self {
        Self {
            limits,
            used_bytes: 0,
            used_samples: 0,
            used_locations: 0,
            used_stacks: 0,
            used_other_entries: 0,
        }
    }

    pub(super) fn limits(&self) -> &DecodeLimits {
        &self.limits
    }

    /// How many bytes the next profile may hold.
    pub(super) fn bytes_left(&self) -> usize {
        self.limits.max_total_bytes.saturating_sub(self.used_bytes)
    }

    pub(super) fn use_bytes(&mut self, count: usize) -> Result<(), DecodeError> {
        charge(&mut self.used_bytes, count, self.limits.max_total_bytes, "bytes")
    }

    #[inline]
    pub(super) fn use_sample(&mut self) -> Result<(), DecodeError> {
        charge(&mut self.used_samples, 1, self.limits.max_samples, "samples")
    }

    #[inline]
    pub(super) fn use_location(&mut self) -> Result<(), DecodeError> {
        charge(&mut self.used_locations, 1, self.limits.max_locations, "locations")
    }

    #[inline]
    pub(super) fn use_stacks(&mut self, count: usize) -> Result<(), DecodeError> {
        charge(&mut self.used_stacks, count, self.limits.max_stacks, "stack traces")
    }

    #[inline]
    pub(super) fn use_entries(&mut self, count: usize) -> Result<(), DecodeError> {
        let what = "strings, functions, lines, values, labels and other entries";
        charge(&mut self.used_other_entries, count, self.limits.max_other_entries, what)
    }
}

#[inline]
fn charge(
    used: &mut usize,
    count: usize,
    limit: usize,
    what: &'static str,
) -> Result<(), DecodeError> {
    *used = used.saturating_add(count);
    if *used > limit { Err(DecodeError::TooMany { what, limit }) } else { Ok(()) }
}
