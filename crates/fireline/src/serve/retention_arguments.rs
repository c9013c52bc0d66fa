//! How long profiles are kept and how much of the disk they take, as the command line writes it.

use std::time::Duration;

use query::parse_duration_millis;

/// A size on the command line that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a number of bytes of at least 1, such as 1073741824, 500MB or 2GiB")]
pub(super) struct SizeError;

/// An age on the command line that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a duration of at least a minute, such as 12h, 7d or 4w")]
pub(super) struct AgeError;

/// The units of sizes, in bytes.
const UNITS: [(&str, u64); 8] = [
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// Reads a size. Unit: bytes.
pub(super) fn parse_size(text: &str) -> Result<u64, SizeError> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| SizeError)?;
    let unit = match text[digits..].trim_start() {
        "" | "B" => 1,
        name => UNITS.iter().find(|unit| unit.0.eq_ignore_ascii_case(name)).ok_or(SizeError)?.1,
    };
    number.checked_mul(unit).filter(|bytes| *bytes > 0).ok_or(SizeError)
}

/// Reads an age; a number alone is seconds.
pub(super) fn parse_age(text: &str) -> Result<Duration, AgeError> {
    let millis = parse_duration_millis(text).and_then(|millis| u64::try_from(millis).ok());
    let age = Duration::from_millis(millis.ok_or(AgeError)?);
    if age >= Duration::from_secs(60) { Ok(age) } else { Err(AgeError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bytes_with_the_units_of_ten_and_of_two() {
        for (text, bytes) in [
            ("1", 1),
            ("12 B", 12),
            ("500MB", 500_000_000),
            ("64 kB", 64_000),
            ("2GiB", 2 << 30),
            ("1tib", 1 << 40),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "-1", "1.5GiB", "GiB", "2G", "20000000TiB", "1 GiB GiB"] {
            assert_eq!(parse_size(text), Err(SizeError), "{text}");
        }
    }

    #[test]
    fn ages_are_durations_of_at_least_a_minute() {
        for (text, secs) in [("60", 60), ("90m", 5_400), ("7d", 604_800), ("1w1d", 691_200)] {
            assert_eq!(parse_age(text), Ok(Duration::from_secs(secs)), "{text}");
        }
        for text in ["", "0", "59s", "-7d", "a week", "7 d"] {
            assert_eq!(parse_age(text), Err(AgeError), "{text}");
        }
    }
}
