//! The walk: what is selected, what was asked, what came of it.

use std::collections::BTreeMap;

use query::Window;
use serde::{Deserialize, Serialize};

use super::action::{TrailAction, TrailProps};
use super::effect::TrailEffect;
use super::location::{TrailLocation, call_site_key};
use super::logs::{LogQuestions, LogSteps};
use super::metric::{MetricAnswer, MetricChoice, choices_expr, read_choices};
use super::other_traces::OtherTraces;
use super::profile::{CPU_TIME, ProfileAnswer, profiled_span, window_of};
use super::question::{ProfileAsked, Question, service_selector};
use super::source::{Role, Source, sources_for};
use super::span_profiles::{AskedSpan, SpanProfiles, profiled_spans};
use super::span_rows::{SpanRow, span_rows};
use super::step::Step;
use super::view::TrailView;
use crate::exemplar_settings::ExemplarSettings;
use crate::json_frame::JsonFrame;
use crate::trace::{Trace, read_trace_frame, spans_of_path};

/// How much time before and after a trace its log lines are looked for. Unit: milliseconds.
const LOG_PADDING_MILLIS: i64 = 60_000;

const MINUTE_MILLIS: i64 = 60_000;

/// How many call sites that are too long for an address are remembered.
const MAX_LONG_CALL_SITES: usize = 100;

/// The walk from a metric to a function and back.
#[derive(Debug, Default)]
pub struct Trail {
    pub(super) props: TrailProps,
    pub(super) location: TrailLocation,
    next_id: u32,
    /// Call sites that are too long for an address, by what stands there.
    long_call_sites: BTreeMap<String, Vec<String>>,
    pub(super) choices: Step<Vec<MetricChoice>>,
    pub(super) metric: Step<MetricAnswer>,
    pub(super) trace: Step<Trace>,
    /// Of a whole trace whose spans say where their profiles are.
    pub(super) span_profiles: Step<SpanProfiles>,
    pub(super) profile: Step<ProfileAnswer>,
    pub(super) other_traces: Step<OtherTraces>,
    pub(super) logs: LogSteps,
}

/// What to draw, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(rename_all = "camelCase")]
pub struct TrailUpdate {
    /// What to draw.
    pub view: TrailView,
    /// What to do, in this order.
    pub effects: Vec<TrailEffect>,
}

impl Trail {
    /// Takes what the page knows; idempotent.
    pub fn set_props(&mut self, props: TrailProps) -> TrailUpdate {
        self.location = TrailLocation::read(&props.params);
        if let Some(known) = self.long_call_sites.get(&self.location.call_site_key) {
            self.location.call_site.clone_from(known);
        }
        self.props = props;
        let mut effects = Vec::new();
        self.ask(&mut effects);
        self.update(effects)
    }

    /// Does what a person does: says to which address to go. The page goes there and sets the props anew.
    pub fn dispatch(&mut self, action: TrailAction) -> TrailUpdate {
        let mut to = self.location.clone();
        let mut params = BTreeMap::new();
        match action {
            TrailAction::ChooseSource { role, uid } => {
                to.sources.insert(role, uid);
            }
            TrailAction::ChooseExpr { expr } => {
                expr.trim().clone_into(&mut to.expr);
                to.service.clear();
            }
            TrailAction::ChooseTrace { trace_id, span_id } => {
                to.trace_id = Some(trace_id);
                to.choose_span(span_id);
                // What is shown stays, whichever service the trace begins in.
                self.expr().clone_into(&mut to.expr);
            }
            TrailAction::ChooseSpan { span_id } => to.choose_span(span_id),
            TrailAction::ChooseProfileType { id } => to.profile_type = id,
            TrailAction::ChooseFunction { call_site } => self.choose_function(call_site, &mut to),
            TrailAction::MoveRange { by } => {
                let moved = by.apply(self.props.from_millis, self.props.to_millis);
                for (name, millis) in ["from", "to"].into_iter().zip(moved) {
                    params.insert(name.to_owned(), Some(format!("{millis:.0}")));
                }
            }
            TrailAction::ChooseRange { from, to: until } => {
                params.insert("from".to_owned(), Some(from));
                params.insert("to".to_owned(), Some(until));
            }
        }
        let mut effects = Vec::new();
        if to != self.location || !params.is_empty() {
            params.extend(to.write());
            effects.push(TrailEffect::Navigate { params });
        }
        self.update(effects)
    }

    /// A function of the flame graph, which may be a span of the trace on top of it.
    fn choose_function(&mut self, call_site: Vec<String>, to: &mut TrailLocation) {
        if let Some(trace) = self.trace.answer.as_ref().filter(|_| self.shows_spans())
            && let Some((levels, at)) = spans_of_path(trace, &call_site)
            && levels == call_site.len()
        {
            to.choose_span(Some(trace.spans()[at].span_id.clone()));
            return;
        }
        let key = call_site_key(&call_site);
        if self.long_call_sites.len() >= MAX_LONG_CALL_SITES {
            self.long_call_sites.clear();
        }
        self.long_call_sites.insert(key, call_site.clone());
        to.call_site = call_site;
        to.call_site_key.clear();
    }

    /// Whether the flame graph has the spans of the trace on top.
    pub(super) fn shows_spans(&self) -> bool {
        self.span_profiles.answer.as_ref().is_some_and(|profiles| profiles.found > 0)
    }

    /// The frame of the flame graph, as JSON, where it was made here. None: it is that of the query.
    #[must_use]
    pub fn trace_flame_frame(&self) -> Option<&str> {
        let profiles = self.span_profiles.answer.as_ref()?;
        self.shows_spans().then_some(profiles.frame.as_str())
    }

    /// The functions from the root of the profile to the chosen one, without the spans above them.
    fn call_site(&self) -> &[String] {
        let call_site = &self.location.call_site;
        let spans = self.trace.answer.as_ref().filter(|_| self.shows_spans());
        let levels =
            spans.and_then(|trace| spans_of_path(trace, call_site)).map_or(0, |(levels, _)| levels);
        &call_site[levels..]
    }

    /// Takes the answer to a query: the JSON text of its frames. Answers that nobody waits for are dropped.
    pub fn answered(&mut self, id: u32, frames_json: &str) -> TrailUpdate {
        let frames = JsonFrame::read_all(frames_json)
            .map_err(|error| format!("the answer cannot be read: {error}"));
        self.take(id, frames)
    }

    /// Takes the news that a query failed.
    pub fn failed(&mut self, id: u32, message: &str) -> TrailUpdate {
        self.take(id, Err(message.to_owned()))
    }

    /// Some rows of the list of spans, from one on.
    #[must_use]
    pub fn span_rows(&self, from: usize, count: usize) -> Vec<SpanRow> {
        let Some(trace) = &self.trace.answer else { return Vec::new() };
        span_rows(trace, from, count, self.chosen_span())
    }

    /// What to draw.
    #[must_use]
    pub fn view(&self) -> TrailView {
        TrailView::of(self)
    }

    fn update(&self, effects: Vec<TrailEffect>) -> TrailUpdate {
        TrailUpdate { view: self.view(), effects }
    }

    fn take(&mut self, id: u32, frames: Result<Vec<JsonFrame>, String>) -> TrailUpdate {
        if self.choices.waits_for(id) {
            self.choices.take(frames.map(|frames| read_choices(&frames)));
        } else if self.metric.waits_for(id) {
            let settings = self.exemplar_settings();
            self.metric.take(frames.map(|frames| MetricAnswer::read(&frames, &settings)));
        } else if self.trace.waits_for(id) {
            self.trace.take(frames.and_then(|frames| read_trace(&frames)));
        } else if self.span_profiles.waits_for(id) {
            let spans = self.profiled_spans();
            let trace = self.trace.answer.clone().unwrap_or_default();
            self.span_profiles
                .take(frames.and_then(|frames| SpanProfiles::read(&frames, &trace, &spans)));
        } else if self.profile.waits_for(id) {
            self.profile.take(frames.map(|frames| ProfileAnswer::read(&frames)));
        } else if self.other_traces.waits_for(id) {
            self.other_traces.take(frames.map(|frames| OtherTraces::read(&frames)));
        } else {
            let settings = self.exemplar_settings();
            self.logs.take(id, frames, &settings);
        }
        let mut effects = Vec::new();
        self.ask(&mut effects);
        self.update(effects)
    }

    /// Asks what is not known yet; a step whose question depends on an answer waits for that.
    fn ask(&mut self, effects: &mut Vec<TrailEffect>) {
        let question = self.choices_question();
        self.choices.want(question, &mut self.next_id, effects);
        let question = self.metric_question();
        self.metric.want(question, &mut self.next_id, effects);
        let question = self.trace_question();
        self.trace.want(question, &mut self.next_id, effects);
        let question = self.span_profiles_question();
        self.span_profiles.want(question, &mut self.next_id, effects);
        let question = self.profile_question();
        self.profile.want(question, &mut self.next_id, effects);
        let question = self.other_traces_question();
        self.other_traces.want(question, &mut self.next_id, effects);
        let questions = self.log_questions();
        self.logs.want(questions, &mut self.next_id, effects);
    }

    /// The data source for a role: the one in the address if it is there, else the most suitable.
    pub(super) fn source(&self, role: Role) -> Option<&Source> {
        let suitable = sources_for(role, &self.props.sources);
        let chosen = self.location.sources.get(&role);
        let chosen = chosen.and_then(|uid| suitable.iter().find(|source| source.uid == *uid));
        chosen.or(suitable.first()).copied()
    }

    /// What the chart shows. Empty: nothing yet.
    pub(super) fn expr(&self) -> &str {
        match self.location.expr.as_str() {
            "" => self.suggested_expr().unwrap_or_default(),
            expr => expr,
        }
    }

    /// The first choice about the service that the address names; else the first of all, or, where the page was
    /// opened at a trace, the first that is about its services.
    fn suggested_expr(&self) -> Option<&str> {
        let choices = self.choices.answer.as_ref()?;
        let of = |service: &str| choices.iter().find(|choice| choice.is_of(service));
        if let Some(named) = of(&self.location.service) {
            return Some(named.choice.value.as_str());
        }
        let found = match (&self.location.trace_id, &self.trace.answer) {
            (None, _) => choices.first(),
            (Some(_), None) => None,
            (Some(_), Some(trace)) => trace.services().into_iter().find_map(of),
        };
        found.map(|found| found.choice.value.as_str())
    }

    pub(super) fn window(&self) -> Window {
        Window {
            start_millis: self.props.from_millis as i64,
            end_millis: self.props.to_millis as i64,
        }
    }

    /// The place of the chosen span in the trace.
    pub(super) fn chosen_span(&self) -> Option<usize> {
        let trace = self.trace.answer.as_ref()?;
        trace.find(self.location.span_id.as_deref()?)
    }

    pub(super) fn profile_type(&self) -> &str {
        match self.location.profile_type.as_str() {
            "" => CPU_TIME,
            chosen => chosen,
        }
    }

    /// The services that the profile is of. Empty: not known.
    fn profiled_services(&self) -> Vec<&str> {
        match (&self.trace.answer, self.chosen_span()) {
            (Some(trace), Some(at)) => vec![trace.spans()[at].service.as_str()],
            (Some(trace), None) => trace.services(),
            _ => Vec::new(),
        }
    }

    /// Whether the trace is on its way for the first time; while it is asked again the last answer will do.
    pub(super) fn waits_for_trace(&self) -> bool {
        self.trace.is_loading && self.trace.answer.is_none()
    }

    /// Likewise for the profile.
    pub(super) fn waits_for_profile(&self) -> bool {
        let span_profiles = &self.span_profiles;
        self.waits_for_trace()
            || (span_profiles.is_loading && span_profiles.answer.is_none())
            || (self.profile.is_loading && self.profile.answer.is_none())
    }

    /// How the metrics server's data source wants exemplars normalised.
    fn exemplar_settings(&self) -> ExemplarSettings {
        let source = self.source(Role::Metrics);
        source
            .map(|source| ExemplarSettings::from_json_data(&source.json_data).0)
            .unwrap_or_default()
    }

    fn choices_question(&self) -> Option<Question> {
        let source = self.source(Role::Metrics)?;
        // Only once a while: services do not come and go with every step of the clock.
        let refreshes = self.props.refreshes;
        let minute = self.window().end_millis.div_euclid(MINUTE_MILLIS) * MINUTE_MILLIS;
        let window =
            Window { start_millis: minute - MINUTE_MILLIS, end_millis: minute + MINUTE_MILLIS };
        Some(Question::promql(source, &choices_expr(), false, window, refreshes))
    }

    fn metric_question(&self) -> Option<Question> {
        let source = self.source(Role::Metrics)?;
        let expr = Some(self.expr()).filter(|expr| !expr.is_empty())?;
        Some(Question::promql(source, expr, true, self.window(), self.props.refreshes))
    }

    fn trace_question(&self) -> Option<Question> {
        let source = self.source(Role::Traces)?;
        let trace_id = self.location.trace_id.as_deref()?;
        Some(Question::trace(source, trace_id, self.window(), self.props.refreshes))
    }

    fn profiled_spans(&self) -> Vec<AskedSpan> {
        self.trace.answer.as_ref().map(|trace| profiled_spans(trace).0).unwrap_or_default()
    }

    /// Of a whole trace whose spans say where their profiles are: so it is known whose functions these are, and no
    /// server has to know of traces.
    fn span_profiles_question(&self) -> Option<Question> {
        let source = self.source(Role::Profiles)?;
        let trace = self.trace.answer.as_ref().filter(|_| self.location.span_id.is_none())?;
        let spans = self.profiled_spans();
        let window = window_of(trace.start_nanos(), trace.end_nanos());
        let (profile_type, refreshes) = (self.profile_type(), self.props.refreshes);
        (!spans.is_empty())
            .then(|| Question::span_profiles(source, profile_type, &spans, window, refreshes))
    }

    /// Waits for the trace, which knows when the span ran and whose it is; where there is none the ids
    /// alone have to do.
    fn profile_question(&self) -> Option<Question> {
        let source = self.source(Role::Profiles)?;
        let trace_id = self.location.trace_id.as_deref()?;
        let span_profiles = &self.span_profiles;
        let waits = span_profiles.is_loading && span_profiles.answer.is_none();
        if self.waits_for_trace() || waits || self.shows_spans() {
            return None;
        }
        let services = self.profiled_services();
        let mut asked = ProfileAsked {
            profile_type: self.profile_type(),
            services: &services,
            trace_id,
            span_id: self.location.span_id.as_deref(),
            span_duration_nanos: None,
            window: self.window(),
        };
        match (&self.trace.answer, self.chosen_span()) {
            (Some(trace), Some(at)) => {
                let profiled = profiled_span(trace, at);
                asked.span_id = Some(profiled.id);
                asked.span_duration_nanos = Some(profiled.span.duration_nanos);
                asked.window = window_of(profiled.span.start_nanos, profiled.span.end_nanos());
            }
            (Some(trace), None) if !trace.spans().is_empty() => {
                asked.window = window_of(trace.start_nanos(), trace.end_nanos());
            }
            _ => {}
        }
        Some(Question::profile(source, &asked, self.props.refreshes))
    }

    fn other_traces_question(&self) -> Option<Question> {
        let source = self.source(Role::Profiles)?;
        if self.waits_for_profile() || self.call_site().is_empty() {
            return None;
        }
        // Where the profile was found, its functions are: profiles may call the service otherwise than spans.
        let selector = match self.profile.answer.as_ref().map(|answer| answer.selector.as_str()) {
            Some("" | "{}") | None => service_selector(&self.profiled_services()),
            Some(found) => found.to_owned(),
        };
        let call_site = self.call_site();
        let (profile_type, refreshes) = (self.profile_type(), self.props.refreshes);
        let window = self.window();
        Some(Question::spans_through(source, profile_type, &selector, call_site, window, refreshes))
    }

    fn logs_window(&self) -> Window {
        match &self.trace.answer {
            Some(trace) if !trace.spans().is_empty() => {
                let of_trace = window_of(trace.start_nanos(), trace.end_nanos());
                Window {
                    start_millis: of_trace.start_millis.saturating_sub(LOG_PADDING_MILLIS),
                    end_millis: of_trace.end_millis.saturating_add(LOG_PADDING_MILLIS),
                }
            }
            _ => self.window(),
        }
    }

    fn log_questions(&self) -> Option<LogQuestions> {
        let source = self.source(Role::Logs)?;
        let trace_id = self.location.trace_id.as_deref()?;
        if self.waits_for_trace() {
            return None;
        }
        let services = self.trace.answer.as_ref().map(Trace::services).unwrap_or_default();
        let (window, refreshes) = (self.logs_window(), self.props.refreshes);
        Some(LogQuestions {
            in_text: Question::lines_of_trace(source, &services, trace_id, window, refreshes),
            in_metadata: Question::records_of_trace(source, trace_id, window, refreshes),
            nearby: (!services.is_empty())
                .then(|| Question::lines_of(source, &services, window, refreshes)),
        })
    }
}

/// The trace among the frames. A tracer that has none of this id may answer with no frame at all.
fn read_trace(frames: &[JsonFrame]) -> Result<Trace, String> {
    let Some(frame) = frames.iter().find(|frame| frame.row_count() > 0) else {
        return Ok(Trace::default());
    };
    read_trace_frame(frame).map(Trace::new).map_err(|error| error.to_string())
}
