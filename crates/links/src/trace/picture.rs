//! A trace as text, for tests and for people without a screen.

use std::fmt::Write as _;

use super::Trace;
use crate::empty_reason::duration;

/// How many characters stand for the whole trace.
const BAR_WIDTH: i64 = 20;

/// One line a span: when it ran, whose it is, how long it took and how much of that by itself.
///
/// ```text
/// ████████████████████ checkout POST /checkout  131 ms, self 27 ms
/// ··████████████████·· └ payment charge_card  104 ms, self 104 ms
/// ```
#[must_use]
pub fn format_trace(trace: &Trace) -> String {
    let start = trace.start_nanos();
    let length = trace.end_nanos().saturating_sub(start).max(1);
    let place = |nanos: i64| {
        let place = i128::from(nanos.saturating_sub(start)) * i128::from(BAR_WIDTH);
        (place / i128::from(length)).clamp(0, i128::from(BAR_WIDTH)) as usize
    };
    let mut text = String::new();
    for (at, span) in trace.spans().iter().enumerate() {
        let from = place(span.start_nanos).min(BAR_WIDTH as usize - 1);
        let to = place(span.end_nanos()).max(from + 1);
        let depth = trace.depths()[at] as usize;
        let indent =
            if depth == 0 { String::new() } else { format!("{}└ ", "  ".repeat(depth - 1)) };
        let bar = "·".repeat(from) + &"█".repeat(to - from) + &"·".repeat(BAR_WIDTH as usize - to);
        let _ = writeln!(
            text,
            "{bar} {indent}{} {}  {}, self {}{}",
            span.service,
            span.operation,
            duration(span.duration_nanos),
            duration(trace.self_nanos()[at]),
            if span.is_error { ", failed" } else { "" },
        );
    }
    for notice in trace.notices() {
        let _ = writeln!(text, "({notice})");
    }
    text
}
