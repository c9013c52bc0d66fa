//! Durations as Go writes them, which is how Grafana shows a step.

/// A duration as Go writes it: `15s`, `1m0s`, `1h0m0s`, `500ms`, `1.5s`. Unit: milliseconds.
#[must_use]
pub fn go_duration(millis: i64) -> String {
    let sign = if millis < 0 { "-" } else { "" };
    let millis = millis.unsigned_abs();
    if millis == 0 {
        return "0s".to_owned();
    }
    if millis < 1000 {
        return format!("{sign}{millis}ms");
    }
    let (minutes, rest) = (millis / 60_000, millis % 60_000);
    let fraction = format!(".{:03}", rest % 1000);
    let secs = format!("{}{}s", rest / 1000, fraction.trim_end_matches('0').trim_end_matches('.'));
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{secs}"),
        (0, minutes) => format!("{sign}{minutes}m{secs}"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{secs}"),
    }
}

/// A duration in its largest whole unit, as Grafana writes `$__interval`: `15s`, `1m`, `1h`, `90s`.
pub(super) fn short_duration(millis: i64) -> String {
    const UNITS: [(i64, &str); 4] =
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")];
    UNITS
        .iter()
        .find(|(unit, _)| millis >= *unit && millis % unit == 0)
        .map_or_else(|| format!("{millis}ms"), |(unit, name)| format!("{}{name}", millis / unit))
}
