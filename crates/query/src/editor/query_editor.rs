//! The query editor: service, profile type, selector, and the options behind them.

use selector::{ProfileTypeId, Selector};
use serde_json::Value;

use super::compare_form;
use super::completion::{CompletionPoint, Expected};
use super::fields::{self, text};
use super::form::Form;
use super::loaded::Loaded;
use super::promql_form;
use super::protocol::{EditorAction, EditorEffect, EditorProps, EditorUpdate, ResourceRequest};
use super::query_form;
use super::selector_input::{self, KeyOutcome, SelectorInput};
use super::service::{service_of, with_service};
use super::spans_field;
use super::starting_point::{StartingPoint, preferred_profile_type};
use crate::{DEFAULT_SERVICE_LABEL, Window};

/// After how long a datasource without profiles is asked again. Unit: milliseconds.
const LOOK_AGAIN_MILLIS: u32 = 5_000;

/// State of a query editor.
#[derive(Debug, Default)]
pub(crate) struct QueryEditor {
    pub(crate) props: EditorProps,
    pub(crate) input: SelectorInput,
    pub(crate) starting_point: Loaded,
    pub(crate) services: Loaded,
    pub(crate) profile_types: Loaded,
    pub(crate) label_names: Loaded,
    /// Names or values at the caret.
    pub(crate) candidates: Loaded,
    next_id: u32,
    effects: Vec<EditorEffect>,
    /// The starting point was taken, or the user chose something: no choice is made for them again.
    started: bool,
    run_when_types_known: bool,
    /// A [`EditorEffect::Wait`] is under way.
    is_waiting: bool,
    /// How much later it is than the props say. Unit: milliseconds.
    waited_millis: i64,
}

impl QueryEditor {
    /// Takes the props; idempotent.
    pub(crate) fn set_props(&mut self, props: EditorProps) -> EditorUpdate {
        let before = text(&self.props.value, "labelSelector");
        self.input.follow(before, text(&props.value, "labelSelector"));
        if props.to_millis != self.props.to_millis {
            self.waited_millis = 0;
        }
        self.props = props;
        self.settle()
    }

    /// Takes what happened.
    pub(crate) fn dispatch(&mut self, action: EditorAction) -> EditorUpdate {
        match action {
            EditorAction::Choose { field, value } => self.choose(&field, &value),
            EditorAction::ChooseMany { field, values } => {
                if fields::texts(&self.props.value, &field) == values {
                    return self.settle();
                }
                fields::set_texts(&mut self.props.value, &field, &values);
                self.change(true);
            }
            EditorAction::Switch { field, on } => {
                self.props.value.insert(field, Value::Bool(on));
                self.change(true);
            }
            EditorAction::Type { text, caret, .. } => self.input.typed(&text, caret),
            EditorAction::Key { key, .. } => {
                if self.input.key(&key) == KeyOutcome::Finished {
                    self.finish_selector();
                    self.change(true);
                }
            }
            EditorAction::Accept { index, .. } => self.input.accept(index as usize),
            EditorAction::Leave { .. } => {
                self.input.leave();
                if self.input.text() != text(&self.props.value, "labelSelector") {
                    self.finish_selector();
                    self.change(true);
                }
            }
            EditorAction::Open { field } if field == "groupBy" => {
                let request = self.names_request();
                self.label_names.want(request, &mut self.next_id, &mut self.effects);
            }
            EditorAction::Open { .. } => {}
            EditorAction::Press { button } => self.press(&button),
            EditorAction::Waited { millis } => self.waited(millis),
            EditorAction::Fetched { id, body } => self.answered(id, &Ok(body)),
            EditorAction::FetchFailed { id, message } => self.answered(id, &Err(message)),
        }
        self.settle()
    }

    /// The label that names the service: of the query, else of the settings, else the usual one.
    pub(crate) fn service_label(&self) -> &str {
        let own = text(&self.props.value, "serviceLabel");
        let set = text(&self.props.settings, "serviceLabel");
        [own, set].into_iter().find(|label| !label.is_empty()).unwrap_or(DEFAULT_SERVICE_LABEL)
    }

    /// The selector as far as it can be read.
    pub(crate) fn selector(&self) -> Option<Selector> {
        Selector::parse(text(&self.props.value, "labelSelector")).ok()
    }

    /// The service that the query names; empty: none.
    pub(crate) fn service(&self) -> String {
        let selector = self.selector().unwrap_or_default();
        service_of(&selector, self.service_label()).unwrap_or_default().to_owned()
    }

    pub(crate) fn profile_type_id(&self) -> &str {
        text(&self.props.value, "profileTypeId")
    }

    /// The time range in whole minutes, so that the questions do not change with every refresh.
    pub(crate) fn window(&self) -> Window {
        const MINUTE: i64 = 60_000;
        let start = (self.props.from_millis as i64).div_euclid(MINUTE);
        let end = (self.props.to_millis as i64).saturating_add(self.waited_millis);
        let end = end.div_euclid(MINUTE) + 1;
        Window { start_millis: start * MINUTE, end_millis: end.saturating_mul(MINUTE) }
    }

    /// Choosing what is chosen already changes nothing: comboboxes tell a choice again while they are drawn,
    /// and a change that draws them again would never end.
    fn choose(&mut self, field: &str, value: &str) {
        self.started = true;
        let before = self.props.value.clone();
        match field {
            "service" => self.choose_service(value),
            "maxNodes" | "limit" | "maxExemplars" => {
                fields::set_number(&mut self.props.value, field, value);
            }
            "evaluated" => promql_form::set_evaluated(&mut self.props.value, value),
            "spanSelector" => spans_field::set(&mut self.props.value, value),
            _ if compare_form::is_own_field(field) => {
                compare_form::choose(&mut self.props.value, field, value);
            }
            _ => fields::set_text(&mut self.props.value, field, value),
        }
        if self.props.value == before {
            return;
        }
        // Another service may not have this profile type: the query runs once its types are known.
        self.run_when_types_known = field == "service" && !value.is_empty();
        self.change(!self.run_when_types_known);
    }

    fn choose_service(&mut self, service: &str) {
        let selector = self.selector().unwrap_or_default();
        let selector = with_service(&selector, self.service_label(), service);
        let written = selector.to_string();
        self.input.reset(&written);
        fields::set_text(&mut self.props.value, "labelSelector", &written);
        self.props.value.remove("allServices");
    }

    fn finish_selector(&mut self) {
        self.started = true;
        let (profile_type, written) = selector_input::finished(self.input.text());
        if let Some(profile_type) = profile_type {
            fields::set_text(&mut self.props.value, "profileTypeId", &profile_type.to_string());
        }
        self.input.reset(&written);
        self.input.leave();
        fields::set_text(&mut self.props.value, "labelSelector", &written);
        self.props.value.remove("allServices");
    }

    fn press(&mut self, button: &str) {
        if button == query_form::RUN_ALL_SERVICES {
            self.props.value.insert("allServices".to_owned(), Value::Bool(true));
            self.change(true);
        } else if let Some(label) = button.strip_prefix(query_form::USE_SERVICE_LABEL) {
            let selector =
                with_service(&self.selector().unwrap_or_default(), self.service_label(), "");
            let written = selector.to_string();
            self.input.reset(&written);
            fields::set_text(&mut self.props.value, "labelSelector", &written);
            fields::set_text(&mut self.props.value, "serviceLabel", label);
            self.change(false);
        } else if button == query_form::TRY_AGAIN {
            self.look_again();
        }
    }

    fn look_again(&mut self) {
        self.services.ask_again();
        self.profile_types.ask_again();
        self.starting_point.ask_again();
    }

    /// Looks again, later, if there still is nothing: profiles may come for the first time.
    fn waited(&mut self, millis: u32) {
        self.is_waiting = false;
        if self.finds_nothing() {
            self.waited_millis = self.waited_millis.saturating_add(i64::from(millis));
            self.look_again();
        }
    }

    /// Whether the datasource answered, and has nothing in this time range.
    pub(crate) fn finds_nothing(&self) -> bool {
        let answered = [&self.services, &self.profile_types];
        answered.iter().all(|loaded| loaded.value().is_some())
            && self.services.texts().is_empty()
            && query_form::type_ids(&self.profile_types).is_empty()
    }

    fn answered(&mut self, id: u32, answer: &Result<Value, String>) {
        let places = [
            &mut self.starting_point,
            &mut self.services,
            &mut self.profile_types,
            &mut self.label_names,
            &mut self.candidates,
        ];
        for place in places {
            place.answer(id, answer);
        }
    }

    /// Asks for what is missing, decides what is undecided, and draws.
    fn settle(&mut self) -> EditorUpdate {
        // The profile server has nothing to say about metrics and other data sources.
        if promql_form::is_promql(&self.props.value) || query_form::is_wrapped(&self.props.value) {
            return EditorUpdate { form: self.form(), effects: std::mem::take(&mut self.effects) };
        }
        let window = self.window();
        let service_label = self.service_label().to_owned();
        let request = ResourceRequest::new(
            "labelValues",
            window,
            &[("label", &service_label), ("query", "{}")],
        );
        self.services.want(request, &mut self.next_id, &mut self.effects);
        self.ask_for_types(window, &service_label);
        self.ask_at_caret(window);
        if query_form::says_nothing(&self.services.texts()) {
            let request = ResourceRequest::new("labelNames", window, &[("query", "{}")]);
            self.label_names.want(request, &mut self.next_id, &mut self.effects);
        }
        self.start(window, &service_label);
        self.keep_type_of_service();
        let is_answered = self.services.is_fresh() && self.profile_types.is_fresh();
        if is_answered && self.finds_nothing() && !self.is_waiting {
            self.is_waiting = true;
            self.effects.push(EditorEffect::Wait { millis: LOOK_AGAIN_MILLIS });
        }
        EditorUpdate { form: self.form(), effects: std::mem::take(&mut self.effects) }
    }

    fn form(&self) -> Form {
        query_form::form(self)
    }

    fn ask_for_types(&mut self, window: Window, service_label: &str) {
        let service = self.service();
        let narrowed = if service.is_empty() || service.contains('$') {
            "{}".to_owned()
        } else {
            with_service(&Selector::default(), service_label, &service).to_string()
        };
        let request = ResourceRequest::new("profileTypes", window, &[("query", &narrowed)]);
        self.profile_types.want(request, &mut self.next_id, &mut self.effects);
    }

    fn ask_at_caret(&mut self, window: Window) {
        let point = self.input.point();
        match point.as_ref() {
            Some(CompletionPoint { expected: Expected::LabelName, others, .. }) => {
                let query = self.with_profile_type(others);
                let request = ResourceRequest::new("labelNames", window, &[("query", &query)]);
                self.candidates.want(request, &mut self.next_id, &mut self.effects);
            }
            Some(CompletionPoint { expected: Expected::LabelValue { name }, others, .. }) => {
                let query = self.with_profile_type(others);
                let params = [("label", name.as_str()), ("query", query.as_str())];
                let request = ResourceRequest::new("labelValues", window, &params);
                self.candidates.want(request, &mut self.next_id, &mut self.effects);
            }
            _ => {}
        }
        let mut candidates =
            if self.candidates.is_fresh() { self.candidates.texts() } else { Vec::new() };
        if matches!(&point, Some(point) if point.expected != Expected::LabelName) {
            candidates.extend(self.props.variables.iter().cloned());
        }
        self.input.suggest(point.as_ref(), &candidates);
    }

    fn names_request(&self) -> ResourceRequest {
        let query = self.with_profile_type(&self.selector().unwrap_or_default());
        ResourceRequest::new("labelNames", self.window(), &[("query", &query)])
    }

    /// A selector for series of the chosen profile type only; matchers with variables are left out, which widens it.
    fn with_profile_type(&self, selector: &Selector) -> String {
        let mut matchers = selector.matchers.clone();
        matchers.retain(|matcher| !matcher.value.contains('$') && !matcher.value.contains("[["));
        if self.profile_type_id().parse::<ProfileTypeId>().is_ok() {
            matchers.push(selector::Matcher {
                name: "__profile_type__".to_owned(),
                op: selector::MatchOp::Equal,
                value: self.profile_type_id().to_owned(),
            });
        }
        Selector { matchers }.to_string()
    }

    /// Fills an untouched query with the service and type that have most data, and runs it.
    fn start(&mut self, window: Window, service_label: &str) {
        let untouched = self.profile_type_id().is_empty() && self.service().is_empty();
        if self.started || !untouched {
            return;
        }
        let request =
            ResourceRequest::new("startingPoint", window, &[("serviceLabel", service_label)]);
        self.starting_point.want(request, &mut self.next_id, &mut self.effects);
        if !self.starting_point.is_fresh() {
            return;
        }
        let found = match self.starting_point.value() {
            Some(body) => serde_json::from_value::<StartingPoint>(body.clone()).unwrap_or_default(),
            // A datasource that cannot say: the first service, and the type that is usually meant.
            None => {
                if !self.services.is_fresh() || !self.profile_types.is_fresh() {
                    return;
                }
                let types = query_form::type_ids(&self.profile_types);
                let service = self.services.texts().into_iter().next().unwrap_or_default();
                let profile_type_id = preferred_profile_type(&types).unwrap_or_default().to_owned();
                StartingPoint { service, profile_type_id }
            }
        };
        if found.profile_type_id.is_empty() {
            return;
        }
        self.started = true;
        if !found.service.is_empty() {
            self.choose_service(&found.service);
        }
        fields::set_text(&mut self.props.value, "profileTypeId", &found.profile_type_id);
        self.change(true);
        self.ask_for_types(window, service_label);
    }

    /// Once the types of the service are known: if the chosen one is not among them, the usual one takes its place.
    fn keep_type_of_service(&mut self) {
        let undecided = self.profile_type_id().is_empty() && !self.service().is_empty();
        if !(self.run_when_types_known || undecided) || !self.profile_types.is_fresh() {
            return;
        }
        let types = query_form::type_ids(&self.profile_types);
        let chosen = self.profile_type_id();
        let stays = chosen.contains('$') || types.iter().any(|id| id == chosen);
        if !stays && let Some(preferred) = preferred_profile_type(&types).map(str::to_owned) {
            fields::set_text(&mut self.props.value, "profileTypeId", &preferred);
        } else if undecided {
            return;
        }
        self.change(true);
    }

    fn change(&mut self, run: bool) {
        self.run_when_types_known &= !run;
        self.effects.push(EditorEffect::Change { value: self.props.value.clone(), run });
    }
}
