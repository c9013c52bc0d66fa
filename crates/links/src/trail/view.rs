//! What the page draws: rows, numbers and sentences.

use serde::{Deserialize, Serialize};

use super::card::{Card, CardMessage, Choice, Severity, counted};
use super::chart::{Chart, lay_out};
use super::logs::LogRow;
use super::other_traces::OtherTraceRow;
use super::profile::{CPU_TIME, profiled_span};
use super::question::MAX_LINES;
use super::scale::ValueUnit;
use super::source::{Role, SourcePicker, sources_for};
use super::span_profiles::profiled_spans;
use super::walk::Trail;
use crate::empty_reason::duration;

/// All that the page draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TrailView {
    /// Which data sources are asked, where there is a choice or none at all.
    pub sources: Vec<SourcePicker>,
    /// Series and exemplars.
    pub metric: MetricView,
    /// The chosen trace. None: none is chosen yet.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub trace: Option<TraceView>,
    /// The profile of the chosen span, or of the whole trace.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub profile: Option<ProfileView>,
    /// The chosen function. None: none is chosen yet.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub function: Option<FunctionView>,
    /// Log lines of the trace. None: there is no data source for logs, or no trace is chosen.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub logs: Option<LogsView>,
}

/// Series and exemplars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct MetricView {
    /// How it went.
    pub card: Card,
    /// What is shown, in PromQL.
    pub expr: String,
    /// Expressions by service.
    pub choices: Vec<Choice>,
    /// None: there is nothing to draw.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub chart: Option<Chart>,
}

/// The chosen trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TraceView {
    /// How it went.
    pub card: Card,
    /// Its id.
    pub trace_id: String,
    /// How many rows the list of spans has.
    pub span_count: usize,
    /// Whether the whole trace is chosen, not one span.
    pub is_whole_chosen: bool,
    /// The row of the chosen span.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub chosen_row: Option<usize>,
}

/// The profile of the chosen span, or of the whole trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// How it went.
    pub card: Card,
    /// The query whose frames are the flame graph. None: there is nothing to draw.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub answer_id: Option<u32>,
    /// Profile types that there are instead of the one that was asked for. Empty: it is there.
    pub other_types: Vec<Choice>,
}

/// The chosen function and the traces that lead through it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FunctionView {
    /// How it went.
    pub card: Card,
    /// Its name.
    pub name: String,
    /// The functions that lead to it, from the root.
    pub callers: Vec<String>,
    /// Traces, those in which it took the most first.
    pub traces: Vec<OtherTraceRow>,
}

/// Log lines of the trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LogsView {
    /// How it went.
    pub card: Card,
    /// In the order in which they were written.
    pub rows: Vec<LogRow>,
}

impl TrailView {
    pub(super) fn of(trail: &Trail) -> Self {
        Self {
            sources: pickers(trail),
            metric: metric(trail),
            trace: trace(trail),
            profile: profile(trail),
            function: function(trail),
            logs: logs(trail),
        }
    }
}

fn pickers(trail: &Trail) -> Vec<SourcePicker> {
    let picker = |role: Role| {
        let suitable = sources_for(role, &trail.props.sources);
        let choice = |source: &&super::Source| Choice {
            value: source.uid.clone(),
            label: source.name.clone(),
        };
        SourcePicker {
            role,
            label: role.label().to_owned(),
            uid: trail.source(role).map(|source| source.uid.clone()).unwrap_or_default(),
            choices: suitable.iter().map(choice).collect(),
        }
    };
    Role::ALL.into_iter().map(picker).collect()
}

fn failure(line: String) -> CardMessage {
    CardMessage::new(Severity::Error, line, "")
}

fn metric(trail: &Trail) -> MetricView {
    let choices = trail.choices.answer.iter().flatten().map(|known| known.choice.clone()).collect();
    let expr = trail.expr().to_owned();
    let mut card = Card {
        title: "Metric and its exemplars".to_owned(),
        is_loading: trail.metric.is_loading
            || trail.choices.is_loading
            || (expr.is_empty() && trail.waits_for_trace()),
        ..Card::default()
    };
    let mut chart = None;
    if trail.source(Role::Metrics).is_none() {
        card.message = Some(CardMessage::new(
            Severity::Warning,
            "No data source answers for metrics",
            "Give Fireline's data source a metrics server, or add a Prometheus data source.",
        ));
    } else if let Some(line) = trail.metric.failure.clone() {
        card.message = Some(failure(line));
    } else if let Some(answer) = &trail.metric.answer {
        let laid_out = lay_out(
            answer,
            ValueUnit::of(&expr),
            trail.window(),
            trail.props.width_css_px,
            &trail.location,
        );
        let (drawn, left_out) = (laid_out.chart.diamonds.len(), laid_out.diamonds_left_out);
        let exemplars = match left_out {
            0 => counted(drawn, "exemplar"),
            _ => format!("the largest {drawn} of {} exemplars", drawn + left_out),
        };
        let with_trace =
            laid_out.chart.diamonds.iter().filter(|diamond| diamond.trace_id.is_some()).count();
        card.summary = format!("{} series, {exemplars}", answer.series.len());
        if with_trace > 0 && trail.location.trace_id.is_none() {
            card.summary.push_str("; choose one to see its trace");
        }
        card.notices.clone_from(&answer.notices);
        if laid_out.lines_left_out > 0 {
            card.notices.push(format!("{} more series are not drawn", laid_out.lines_left_out));
        }
        let has_points = answer.series.iter().any(|series| !series.points.is_empty());
        card.message = if !has_points && laid_out.chart.diamonds.is_empty() {
            Some(CardMessage::new(
                Severity::Warning,
                "No series in this time range",
                "Choose a longer time range, or another metric.",
            ))
        } else if laid_out.chart.diamonds.is_empty() {
            Some(CardMessage::new(
                Severity::Info,
                "These series have no exemplars in this time range",
                "Exemplars need a program that writes them (OpenMetrics) and a server that keeps them (Prometheus: --enable-feature=exemplar-storage).",
            ))
        } else if with_trace == 0 {
            Some(CardMessage::new(
                Severity::Info,
                "None of these exemplars names a trace",
                "If their label has an unusual name, add it to the data source's settings.",
            ))
        } else {
            None
        };
        chart = (has_points || !laid_out.chart.diamonds.is_empty()).then_some(laid_out.chart);
    } else if !card.is_loading && expr.is_empty() {
        card.message = Some(match trail.choices.failure.clone() {
            Some(line) => failure(line),
            None if trail.choices.answer.as_ref().is_some_and(|choices| !choices.is_empty()) => {
                CardMessage::new(
                    Severity::Info,
                    "No latencies of this trace's services are known",
                    "Choose a service, or type an expression in PromQL.",
                )
            }
            None => CardMessage::new(
                Severity::Info,
                "None of the usual histograms of latencies is there",
                "Type an expression in PromQL, such as histogram_quantile(0.95, sum by (le) (rate(…_bucket[$__rate_interval]))).",
            ),
        });
    }
    MetricView { card, expr, choices, chart }
}

fn trace(trail: &Trail) -> Option<TraceView> {
    let trace_id = trail.location.trace_id.clone()?;
    let mut card =
        Card { title: "Trace".to_owned(), is_loading: trail.trace.is_loading, ..Card::default() };
    let mut span_count = 0;
    if trail.source(Role::Traces).is_none() {
        card.message = Some(CardMessage::new(
            Severity::Warning,
            "No data source answers for traces",
            "Add a Tempo, Jaeger or Zipkin data source; profiles are found by their ids all the same.",
        ));
    } else if let Some(line) = trail.trace.failure.clone() {
        card.message = Some(if says_not_found(&line) {
            card.notices.push(line);
            no_trace(&trace_id)
        } else {
            CardMessage::new(Severity::Error, line, "Its profile is looked for all the same.")
        });
    } else if let Some(trace) = &trail.trace.answer {
        span_count = trace.spans().len();
        card.notices = trace.notices().iter().map(ToString::to_string).collect();
        if span_count == 0 {
            card.message = Some(no_trace(&trace_id));
        } else {
            let length = trace.end_nanos().saturating_sub(trace.start_nanos());
            card.summary = format!(
                "{} of {}, {}",
                counted(span_count, "span"),
                trace.services().join(", "),
                duration(length)
            );
            if trail.location.span_id.is_some() && trail.chosen_span().is_none() {
                card.notices.push("The chosen span is not among these.".to_owned());
            }
        }
    }
    Some(TraceView {
        card,
        trace_id,
        span_count,
        is_whole_chosen: trail.location.span_id.is_none(),
        chosen_row: trail.chosen_span(),
    })
}

/// Grafana's data sources of Tempo, Jaeger and Zipkin answer for a trace that is not there with a failure, which tells
/// the status in words.
fn says_not_found(failure: &str) -> bool {
    failure.to_ascii_lowercase().contains("not found")
}

fn no_trace(trace_id: &str) -> CardMessage {
    CardMessage::new(
        Severity::Warning,
        format!("The tracer has no trace {trace_id}"),
        "Traces are often sampled, and kept for a shorter time than metrics. Its profile is looked for all the same.",
    )
}

fn profile(trail: &Trail) -> Option<ProfileView> {
    trail.location.trace_id.as_ref()?;
    let mut card = Card {
        is_loading: trail.waits_for_profile()
            || trail.profile.is_loading
            || trail.span_profiles.is_loading
            || trail.trace.is_loading,
        ..Card::default()
    };
    let chosen = trail.trace.answer.as_ref().zip(trail.chosen_span());
    match chosen.map(|(trace, at)| (&trace.spans()[at], profiled_span(trace, at))) {
        Some((span, profiled)) => {
            card.title = format!("Profile of the span {}", span.operation);
            if profiled.is_ancestor {
                card.notices.push(format!(
                    "The profiler files this span under {}, which it is a part of.",
                    profiled.span.operation
                ));
            }
        }
        None => {
            let title = match &trail.location.span_id {
                Some(_) => "Profile of the span",
                None => "Profile of the whole trace, all services",
            };
            title.clone_into(&mut card.title);
        }
    }
    card.summary = trail.profile_type().split(':').nth(1).unwrap_or_default().to_owned();
    let mut answer_id = None;
    let mut other_types = Vec::new();
    if trail.source(Role::Profiles).is_none() {
        card.message = Some(CardMessage::new(
            Severity::Warning,
            "No data source answers for profiles",
            "Add a Fireline data source.",
        ));
    } else if let Some(profiles) =
        trail.span_profiles.answer.as_ref().filter(|_| trail.shows_spans())
    {
        answer_id = trail.span_profiles.answer_id();
        let count = trail.trace.answer.as_ref().map_or(0, |trace| trace.spans().len());
        card.summary = format!(
            "{}, profiles of {} of {}",
            card.summary,
            profiles.found,
            counted(count, "span")
        );
        card.notices.extend(profiles.notices.iter().cloned());
        let left_out = trail.trace.answer.as_ref().map_or(0, |trace| profiled_spans(trace).1);
        if left_out > 0 {
            card.notices.push(format!("{left_out} shorter spans were not asked for their profile"));
        }
    } else if let Some(line) = trail.profile.failure.clone() {
        card.message = Some(failure(line));
    } else if let Some(answer) = &trail.profile.answer {
        card.message.clone_from(&answer.message);
        if !answer.is_empty {
            answer_id = trail.profile.answer_id();
        }
        let mut types = answer.other_types.clone();
        // The way back from another type.
        if trail.profile_type() != CPU_TIME && !types.iter().any(|id| id == CPU_TIME) {
            types.insert(0, CPU_TIME.to_owned());
        }
        let choice = |id: String| Choice { value: id.clone(), label: id };
        other_types = types.into_iter().map(choice).collect();
    }
    Some(ProfileView { card, answer_id, other_types })
}

fn function(trail: &Trail) -> Option<FunctionView> {
    if trail.location.call_site.is_empty() && !trail.location.call_site_key.is_empty() {
        return Some(lost_function());
    }
    let (name, callers) = trail.location.call_site.split_last()?;
    let mut card = Card {
        title: format!("Traces through {name}"),
        is_loading: trail.other_traces.is_loading || trail.waits_for_profile(),
        ..Card::default()
    };
    let mut traces = Vec::new();
    if let Some(line) = trail.other_traces.failure.clone() {
        card.message = Some(failure(line));
    } else if let Some(found) = &trail.other_traces.answer {
        traces = found.rows(trail.location.trace_id.as_deref());
        card.summary =
            format!("{}, those where it took the most first", counted(traces.len(), "trace"));
        card.notices.clone_from(&found.notices);
        if found.left_out > 0 {
            card.notices.push(format!("{} more traces are not listed", found.left_out));
        }
        if traces.is_empty() {
            card.message = Some(if found.without_trace > 0 {
                CardMessage::new(
                    Severity::Warning,
                    "The profiles know spans that went through this function, but not their traces",
                    "Update profiler and server to versions that keep trace ids.",
                )
            } else {
                CardMessage::new(
                    Severity::Info,
                    "No span in this time range went through this function",
                    "Choose a longer time range; only profiles that carry span ids can say it.",
                )
            });
        }
    }
    Some(FunctionView { card, name: name.clone(), callers: callers.to_vec(), traces })
}

/// In the place of a function whose call site was too long for the address, and is not remembered any more.
fn lost_function() -> FunctionView {
    let card = Card {
        title: "Traces through a function".to_owned(),
        message: Some(CardMessage::new(
            Severity::Info,
            "The calls that lead to the chosen function are too many for an address",
            "Choose it again in the flame graph.",
        )),
        ..Card::default()
    };
    FunctionView { card, name: String::new(), callers: Vec::new(), traces: Vec::new() }
}

fn logs(trail: &Trail) -> Option<LogsView> {
    trail.source(Role::Logs)?;
    trail.location.trace_id.as_ref()?;
    let mut card = Card {
        title: "Logs of the trace".to_owned(),
        is_loading: trail.logs.is_loading(),
        ..Card::default()
    };
    let mut rows = trail.logs.rows();
    for row in &mut rows {
        row.leads_to = leads_to(trail, row);
        row.is_chosen = row.span_id.is_some()
            && (&row.trace_id, &row.span_id) == (&trail.location.trace_id, &trail.location.span_id);
    }
    if let Some(line) = trail.logs.failure() {
        card.message = Some(failure(line));
    } else if !card.is_loading && trail.logs.is_answered() {
        card.summary = counted(rows.len(), "line");
        if trail.logs.has_answer_of(MAX_LINES as usize) {
            card.notices.push(format!("Only the first {MAX_LINES} lines are shown"));
        }
        let nothing = "No log line names this trace, neither in the text of these services' lines nor in structured metadata";
        if rows.is_empty() {
            card.message = Some(CardMessage::new(
                Severity::Info,
                nothing,
                "Let the programs write trace ids into their log lines.",
            ));
        } else if trail.logs.are_nearby() {
            "Logs around the trace".clone_into(&mut card.title);
            card.message = Some(CardMessage::new(
                Severity::Info,
                nothing,
                "These are the lines of the same services at that time.",
            ));
        }
    }
    Some(LogsView { card, rows })
}

/// Where a log line leads, in a few words. Empty: it names no trace.
fn leads_to(trail: &Trail, row: &LogRow) -> String {
    if row.trace_id.is_none() {
        return String::new();
    }
    if row.trace_id != trail.location.trace_id {
        return "another trace".to_owned();
    }
    let span = row.span_id.as_deref().and_then(|span_id| {
        let trace = trail.trace.answer.as_ref()?;
        Some(trace.spans()[trace.find(span_id)?].operation.clone())
    });
    span.unwrap_or_else(|| "the whole trace".to_owned())
}
