//! Durations as Grafana's settings write them: `15s`, `1m30s`, `1d`.

/// Reads a duration. Unit: the result is milliseconds.
/// None: the text is not a duration, or one of more than 2^63 ms.
/// Source: Go's durations, and `d`, `w` and `y` as Grafana adds them; a number alone is seconds.
pub fn parse_duration_millis(text: &str) -> Option<i64> {
    parse(text, 1.0)
}

/// Reads a duration. Unit: the result is nanoseconds.
/// None: the text is not a duration, or one of more than 2^63 ns.
pub fn parse_duration_nanos(text: &str) -> Option<i64> {
    parse(text, 1e6)
}

/// Reads a duration. `of_a_milli`: how many of the wanted unit make a millisecond.
fn parse(text: &str, of_a_milli: f64) -> Option<i64> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    if let Ok(secs) = rest.parse::<f64>() {
        return whole(secs, 1e3 * of_a_milli);
    }
    let mut total = 0_i64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number = rest[..digits].parse::<f64>().ok()?;
        rest = &rest[digits..];
        let unit_length = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let scale = match &rest[..unit_length] {
            "ns" => 1e-6,
            "us" | "µs" => 1e-3,
            "ms" => 1.0,
            "s" => 1e3,
            "m" => 60e3,
            "h" => 3_600e3,
            "d" => 86_400e3,
            "w" => 7.0 * 86_400e3,
            "y" => 365.0 * 86_400e3,
            _ => return None,
        };
        total = total.checked_add(whole(number, scale * of_a_milli)?)?;
        rest = &rest[unit_length..];
    }
    Some(total)
}

fn whole(number: f64, scale: f64) -> Option<i64> {
    let value = (number * scale).round();
    (value.is_finite() && (0.0..9.0e18).contains(&value)).then_some(value as i64)
}
