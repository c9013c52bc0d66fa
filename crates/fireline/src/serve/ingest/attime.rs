//! Points in time as legacy clients write them: digits whose count tells the unit, or `now-1h`.

/// A text that is no point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no time: expected 10, 13, 16 or 19 digits since 1970 \
     (seconds, milliseconds, microseconds, nanoseconds), \"now\" or \"now-<number><s|m|h|d|w>\""
)]
pub(crate) struct AttimeError(String);

/// Reads a point in time. Unit of `now_nanos` and of the result: nanoseconds since 1970.
pub(crate) fn parse_attime(text: &str, now_nanos: i64) -> Result<i64, AttimeError> {
    let error = || AttimeError(text.to_owned());
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let nanos_per_unit: i64 = match text.len() {
            10 => 1_000_000_000,
            13 => 1_000_000,
            16 => 1_000,
            19 => 1,
            _ => return Err(error()),
        };
        let count: i64 = text.parse().map_err(|_| error())?;
        return count.checked_mul(nanos_per_unit).ok_or_else(error);
    }
    let offset = text.strip_prefix("now").ok_or_else(error)?;
    if offset.is_empty() {
        return Ok(now_nanos);
    }
    let offset = offset.strip_prefix('-').ok_or_else(error)?;
    let digits = offset.trim_end_matches(|unit: char| !unit.is_ascii_digit());
    let secs_per_unit: i64 = match &offset[digits.len()..] {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return Err(error()),
    };
    let count: i64 = digits.parse().map_err(|_| error())?;
    let nanos = count.checked_mul(secs_per_unit).and_then(|secs| secs.checked_mul(1_000_000_000));
    nanos.and_then(|nanos| now_nanos.checked_sub(nanos)).ok_or_else(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_240_230_000_000_000;

    #[test]
    fn the_count_of_digits_tells_the_unit() {
        for text in ["1795240230", "1795240230000", "1795240230000000", "1795240230000000000"] {
            assert_eq!(parse_attime(text, 0), Ok(NOW), "{text}");
        }
    }

    #[test]
    fn times_may_be_relative_to_now() {
        assert_eq!(parse_attime("now", NOW), Ok(NOW));
        assert_eq!(parse_attime("now-1h", NOW), Ok(NOW - 3_600_000_000_000));
        assert_eq!(parse_attime("now-30s", NOW), Ok(NOW - 30_000_000_000));
    }

    #[test]
    fn anything_else_is_an_error() {
        for text in [
            "",
            "17",
            "yesterday",
            "now+1h",
            "now-h",
            "now-1y",
            "now-99999999999999999w",
            "9999999999999999999",
        ] {
            assert!(parse_attime(text, NOW).is_err(), "{text}");
        }
    }
}
