//! Folded stack traces on their way to a profile with a time and a unit.

use profile::{Profile, ValueType};
use profile_codec::folded::{self, LineValue};

use super::error::IngestError;
use super::metric_name::FoldedKind;
use super::parameters::{Format, IngestParameters};

/// The profile in folded stack traces.
///
/// Where values count samples, each stands for the time between two.
/// Errors: a line without a count, since what the client meant cannot be told.
pub(crate) fn profile(
    text: &[u8],
    parameters: &IngestParameters,
    kind: FoldedKind,
) -> Result<Profile, IngestError> {
    let line_value = match parameters.format {
        Format::Lines => LineValue::One,
        _ => LineValue::Written,
    };
    let decoded = folded::decode(text, kind.sample_type, line_value);
    for warning in decoded.warnings {
        if matches!(warning, folded::Warning::NoValue { .. }) {
            let reason = warning.to_string();
            return Err(IngestError::Body { format: "folded stack traces", reason });
        }
        tracing::debug!(%warning, "pushed folded stack traces are damaged");
    }
    let mut profile = decoded.value;
    if kind.counts_samples {
        let period_nanos = 1_000_000_000 / i64::from(parameters.sample_rate).max(1);
        profile.scale_values(period_nanos);
        profile.period = period_nanos;
    }
    let (period_type, period_unit) = kind.period_type;
    let value_type = profile.intern(period_type);
    let unit = profile.intern(period_unit);
    profile.set_period_type(Some(ValueType { value_type, unit }));
    profile.time_nanos = parameters.from_nanos;
    profile.duration_nanos = parameters.until_nanos.saturating_sub(parameters.from_nanos);
    Ok(profile)
}

#[cfg(test)]
mod tests {
    use super::super::application_name::ApplicationName;
    use super::super::metric_name::folded_kind;
    use super::*;

    fn parameters(format: Format) -> IngestParameters {
        IngestParameters {
            name: ApplicationName::parse("checkout").unwrap(),
            from_nanos: 5,
            until_nanos: 25,
            sample_rate: 100,
            spy_name: String::new(),
            format,
        }
    }

    fn values(text: &str, format: Format, application: &str) -> Vec<i64> {
        let (_, kind) = folded_kind(application);
        let profile = profile(text.as_bytes(), &parameters(format), kind).unwrap();
        assert_eq!((profile.time_nanos, profile.duration_nanos), (5, 20));
        profile.samples().value_column(0).to_vec()
    }

    #[test]
    fn counts_of_cpu_samples_become_time() {
        let text = "main;checkout;charge card 30\nmain;sleep 5\n\n";
        assert_eq!(values(text, Format::Folded, "shop"), [300_000_000, 50_000_000]);
        assert_eq!(values(text, Format::Folded, "shop.alloc_space"), [30, 5]);
    }

    #[test]
    fn lines_count_one_each() {
        assert_eq!(values("a;b\na;b\nc", Format::Lines, "shop"), [10_000_000; 3]);
    }

    #[test]
    fn a_line_that_is_no_stack_trace_is_named() {
        let (_, kind) = folded_kind("shop");
        let error = profile(b"a;b 1\nnonsense", &parameters(Format::Folded), kind).unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
