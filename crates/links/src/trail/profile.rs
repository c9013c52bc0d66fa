//! Whose profile is asked for, and what its frame says of itself.

use query::Window;
use serde_json::Value;

use super::card::{CardMessage, Severity};
use crate::explanation::EXPLAIN_KEY;
use crate::json_frame::JsonFrame;
use crate::trace::{Span, Trace};

/// What profiles count unless something else is chosen.
pub(super) const CPU_TIME: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

/// The span under whose id a profiler files what a span did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ProfiledSpan<'a> {
    pub(super) span: &'a Span,
    /// The id on the samples.
    pub(super) id: &'a str,
    /// Whether that is another span than the one that was asked for.
    pub(super) is_ancestor: bool,
}

/// Most profilers mark the span with which a request enters a service, and file everything below under
/// its id; that span then says so.
pub(super) fn profiled_span(trace: &Trace, at: usize) -> ProfiledSpan<'_> {
    let asked = &trace.spans()[at];
    let mut place = Some(at);
    while let Some(here) = place {
        let span = &trace.spans()[here];
        if span.service != asked.service {
            break;
        }
        if let Some(id) = span.profile_id() {
            return ProfiledSpan { span, id, is_ancestor: here != at };
        }
        place = trace.parent(here);
    }
    ProfiledSpan { span: asked, id: &asked.span_id, is_ancestor: false }
}

/// The milliseconds that these nanoseconds touch.
pub(super) fn window_of(start_nanos: i64, end_nanos: i64) -> Window {
    Window {
        start_millis: start_nanos.div_euclid(1_000_000),
        end_millis: end_nanos.div_euclid(1_000_000).saturating_add(1),
    }
}

/// What the frame of a profile says of itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct ProfileAnswer {
    /// Why there is nothing; what was changed is said where the profile is drawn.
    pub(super) message: Option<CardMessage>,
    /// Whether there is nothing to draw.
    pub(super) is_empty: bool,
    /// Which series it was found in. Empty: not said.
    pub(super) selector: String,
    /// The types that these profiles have, where the one asked for is not among them.
    pub(super) other_types: Vec<String>,
}

impl ProfileAnswer {
    pub(super) fn read(frames: &[JsonFrame]) -> Self {
        let mut selectors =
            frames.iter().map(|frame| &frame.meta["custom"]["fireline"]["labelSelector"]);
        let selector = selectors.find_map(Value::as_str).unwrap_or_default().to_owned();
        let explain = frames
            .iter()
            .map(|frame| &frame.meta["custom"][EXPLAIN_KEY])
            .find(|explain| explain.is_object());
        let Some(explain) = explain else {
            return Self { is_empty: frames.is_empty(), selector, ..Self::default() };
        };
        let text = |name: &str| explain[name].as_str().unwrap_or_default().to_owned();
        let texts = |value: &Value| -> Vec<String> {
            let items = value.as_array().map_or(&[][..], Vec::as_slice);
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let is_empty = explain["empty"].is_object();
        Self {
            message: is_empty.then(|| CardMessage {
                severity: Severity::Warning,
                line: text("line"),
                steps: texts(&explain["steps"]),
                advice: text("advice"),
            }),
            is_empty,
            selector,
            other_types: texts(&explain["empty"]["types"]),
        }
    }
}
