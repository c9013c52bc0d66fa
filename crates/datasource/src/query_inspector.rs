//! What Grafana's query inspector says of a frame: what the source was asked, and what that cost.

use grafana_plugin::frame::{FieldConfig, Frame, Notice, Severity, Statistic};
use query::{
    HeatmapKind, HeatmapRequest, NodeLimit, SeriesRequest, SourceNotice, TreeRequest, Window,
};
use selector::{ProfileTypeId, Selector};

/// So many ids or functions stand in the words for the query inspector; the frame's metadata has them all.
const MOST_NAMES_TOLD: usize = 20;

/// Why series or a heatmap of profiles are empty.
pub(crate) const NO_PROFILE: &str = "no profile of this type and selector is in the time range";

/// Says of values over time how they came about: what was asked stands in every frame, what that cost and what the
/// source did differently in the first, because Grafana shows those of all frames below each other.
pub(crate) fn tell_inspector(
    frames: &mut [Frame],
    executed: &str,
    stats: Vec<Statistic>,
    notices: &[SourceNotice],
) {
    for frame in &mut *frames {
        executed.clone_into(&mut frame.meta_mut().executed_query_string);
    }
    if let Some(first) = frames.first_mut() {
        first.meta_mut().stats = stats;
        for notice in notices {
            first.push_notice(source_notice(notice));
        }
    }
}

/// What the source did differently than asked: a warning where the answer lacks something by it.
pub(crate) fn source_notice(notice: &SourceNotice) -> Notice {
    let severity = match notice {
        SourceNotice::NoSpanExemplars { .. }
        | SourceNotice::DamagedDays { .. }
        | SourceNotice::Flawed { .. } => Severity::Warning,
        _ => Severity::Info,
    };
    Notice::new(severity, notice.to_string())
}

/// One figure.
pub(crate) fn figure(name: &str, unit: &str, value: f64) -> Statistic {
    let config = FieldConfig {
        display_name: name.to_owned(),
        unit: unit.to_owned(),
        ..FieldConfig::default()
    };
    Statistic { config, value }
}

/// What series or a heatmap of so many series cost.
pub(crate) fn cost_of_series(
    upstream_millis: f64,
    wire_bytes: u64,
    series: usize,
) -> Vec<Statistic> {
    let count = figure("Series", "short", series as f64);
    cost(upstream_millis, wire_bytes).into_iter().chain([count]).collect()
}

/// What an answer cost.
pub(crate) fn cost(upstream_millis: f64, wire_bytes: u64) -> [Statistic; 2] {
    [
        figure("Time of the Pyroscope server", "ms", upstream_millis),
        figure("Answer of the Pyroscope server", "bytes", wire_bytes as f64),
    ]
}

/// What a source was asked for a call tree. `call`: by which call of the server's, empty where there is none.
pub(crate) fn executed_tree(call: &str, request: &TreeRequest) -> String {
    let mut text =
        selected(call, "call tree", &request.profile_type, &request.selector, request.window);
    let lists = [
        ("spans", &request.span_ids),
        ("traces", &request.trace_ids),
        ("profiles", &request.profile_ids),
        ("call site", &request.call_site),
    ];
    for (what, names) in lists {
        text.push_str(&listed(what, names));
    }
    match request.max_nodes {
        NodeLimit::All => text.push_str(", all nodes"),
        NodeLimit::About(nodes) => text.push_str(&format!(", at most about {nodes} nodes")),
        NodeLimit::SourceDefault => text.push_str(", as many nodes as the server keeps by default"),
    }
    text
}

/// The same for series.
pub(crate) fn executed_series(call: &str, request: &SeriesRequest) -> String {
    let text = selected(call, "series", &request.profile_type, &request.selector, request.window);
    let mut text = text + &in_steps(request.step_millis, &request.group_by);
    if let Some(limit) = request.limit {
        text.push_str(&format!(", at most {limit} series"));
    }
    text + &listed("call site", &request.call_site)
}

/// The same for a heatmap.
pub(crate) fn executed_heatmap(call: &str, request: &HeatmapRequest) -> String {
    let what = match request.kind {
        HeatmapKind::Profile => "heatmap of profiles",
        HeatmapKind::Span => "heatmap of spans",
    };
    let text = selected(call, what, &request.profile_type, &request.selector, request.window);
    text + &in_steps(request.step_millis, &request.group_by)
}

fn selected(
    call: &str,
    what: &str,
    profile_type: &ProfileTypeId,
    selector: &Selector,
    window: Window,
) -> String {
    let call = if call.is_empty() { String::new() } else { format!("{call}: ") };
    let Window { start_millis, end_millis } = window;
    format!("{call}{what} of {profile_type}{selector} from {start_millis} to {end_millis}")
}

/// The first of some ids or names, and how many there are more. Empty: there are none.
fn listed(what: &str, names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let (told, others) = names.split_at(names.len().min(MOST_NAMES_TOLD));
    let more =
        if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
    format!(", {what} {}{more}", told.join(" "))
}

fn in_steps(step_millis: i64, group_by: &[String]) -> String {
    format!(" every {step_millis} ms by ({})", group_by.join(", "))
}
