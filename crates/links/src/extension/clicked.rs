//! What Grafana says of the page where a link was clicked.

use query::{OWN_TYPE, VariableFormat, WRAP, interpolate};
use selector::{MatchOp, Matcher, Selector};
use serde_json::{Map, Value};

use crate::exemplar::{NormalisedExemplar, normalise_exemplar};
use crate::exemplar_settings::ExemplarSettings;
use crate::label_mapping::{LabelMapping, is_service_label, label_name, labels_of};
use crate::link_context::LinkContext;
use crate::link_settings::LinkSettings;
use crate::window_padding::DEFAULT_PADDING_MILLIS;

/// A time range as addresses have it: milliseconds or words such as `now-1h`.
pub(super) type Range = (String, String);

/// A page, and the data source whose settings say how to read it.
pub(super) struct Clicked<'a> {
    pub(super) page: &'a Value,
    pub(super) context: &'a LinkContext,
}

impl Clicked<'_> {
    /// A text of the page. None: it is not there, or empty.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.page.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The trace that the page is about.
    pub(super) fn trace_id(&self) -> Option<&str> {
        self.text("traceID").or_else(|| self.text("traceId"))
    }

    /// The uid of the page's data source.
    pub(super) fn source_uid(&self) -> Option<&str> {
        self.page.get("datasource")?.get("uid")?.as_str().filter(|uid| !uid.is_empty())
    }

    /// An attribute of the span that the page is about, or of what emitted it.
    pub(super) fn span_attribute(&self, key: &str) -> Option<&str> {
        let of = |list: &str| first_text(self.page.get(list)?.get(key)?);
        of("spanAttributes").or_else(|| of("attributes"))
    }

    /// The attributes of the log line that the page is about.
    pub(super) fn log_attributes(&self) -> Vec<(String, String)> {
        let attributes = self.page.get("attributes").and_then(Value::as_object);
        let texts = attributes
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), first_text(value)?.to_owned())));
        texts.collect()
    }

    /// The ids in attributes, whatever these are called.
    pub(super) fn ids_in(&self, attributes: &[(String, String)]) -> NormalisedExemplar {
        let settings = Value::Object(self.context.settings.clone());
        normalise_exemplar(attributes, &ExemplarSettings::from_json_data(&settings).0)
    }

    /// Which labels carry which attributes, as the settings say.
    fn mappings(&self) -> Vec<LabelMapping> {
        let settings = Value::Object(self.context.settings.clone());
        LinkSettings::from_json_data(&settings).0.mappings
    }

    /// The service that attributes name.
    pub(super) fn service_in<'b>(
        &self,
        attribute: &dyn Fn(&str) -> Option<&'b str>,
    ) -> Option<&'b str> {
        let own = [self.context.service_label().to_owned()];
        let names = ["service.name".to_owned()]
            .into_iter()
            .chain(own)
            .chain(labels_of("service.name", &self.mappings()));
        names.into_iter().find_map(|name| attribute(&name))
    }

    /// The conditions that attributes give: the service, and what narrows it and may be left out.
    pub(super) fn selector_of_attributes<'b>(
        &self,
        attribute: &dyn Fn(&str) -> Option<&'b str>,
    ) -> Selector {
        let Some(service) = self.service_in(attribute) else { return Selector::default() };
        let mut selector =
            Selector::default().and(Matcher::equal(self.context.service_label(), service));
        for name in ["service.namespace", "k8s.namespace.name"] {
            if let Some(value) = attribute(name) {
                selector = selector.and(Matcher::equal(label_name(name), value));
            }
        }
        selector
    }

    /// The queries of the page that are not hidden. Of a query that wraps another's: the other.
    pub(super) fn targets(&self) -> Vec<&Map<String, Value>> {
        let targets = self.page.get("targets").and_then(Value::as_array);
        let shown = targets
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .filter(|target| target.get("hide").and_then(Value::as_bool) != Some(true));
        shown
            .map(|target| match target.get("inner") {
                Some(Value::Object(inner)) if text_of(target, "queryType") == WRAP => inner,
                _ => target,
            })
            .collect()
    }

    /// The conditions on a service in the first selector of a query that has one.
    pub(super) fn service_selector_of(&self, target: &Map<String, Value>) -> Option<Selector> {
        ["labelSelector", "expr", "query"]
            .iter()
            .find_map(|key| self.service_selector_in(text_of(target, key)))
    }

    fn service_selector_in(&self, expression: &str) -> Option<Selector> {
        let mappings = self.mappings();
        let starts = expression.match_indices('{').map(|(at, _)| at);
        starts.into_iter().find_map(|start| {
            let selector = first_selector(&expression[start..])?;
            let is_service = |matcher: &&Matcher| {
                is_service_label(&matcher.name, self.context.service_label(), &mappings)
                    && matches!(matcher.op, MatchOp::Equal | MatchOp::Regex)
            };
            let matchers: Vec<Matcher> =
                selector.matchers.iter().filter(is_service).cloned().collect();
            (!matchers.is_empty()).then_some(Selector { matchers })
        })
    }

    /// When the trace of the page ran, widened; the usual range where the page does not say.
    pub(super) fn trace_range(&self) -> Range {
        // The trace view counts in microseconds.
        let micros = |key: &str| self.page.get(key).and_then(Value::as_f64);
        match (micros("startTime"), micros("endTime")) {
            (Some(start), Some(end)) => padded((start / 1000.0) as i64, (end / 1000.0) as i64),
            _ => usual_range(),
        }
    }

    /// How long the range is: the trace view hands over that of the span. Unit: nanoseconds. None: it says none.
    pub(super) fn length_nanos(&self) -> Option<i64> {
        let of = |key: &str| self.page.get("timeRange")?.get(key)?.as_f64();
        let millis = of("to")? - of("from")?;
        (millis > 0.0).then_some((millis * 1e6) as i64)
    }

    /// A range in milliseconds, widened; the usual one where the page says none.
    pub(super) fn absolute_range(&self) -> Range {
        let of = |key: &str| {
            let value = self.page.get("timeRange")?.get(key)?;
            value.as_f64().map(|millis| millis as i64)
        };
        match (of("from"), of("to")) {
            (Some(from), Some(to)) => padded(from, to),
            _ => usual_range(),
        }
    }

    /// A range as the user chose it, with words such as `now-1h`; moments are texts or milliseconds.
    pub(super) fn raw_range(&self) -> Range {
        let of = |key: &str| match self.page.get("timeRange")?.get(key)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(millis) => millis.as_f64().map(|millis| (millis as i64).to_string()),
            _ => None,
        };
        of("from").zip(of("to")).unwrap_or_else(usual_range)
    }
}

/// A query of a page with its variables filled in; likewise the query in one that wraps it.
///
/// A panel's menu hands over queries as they were written, and only that dashboard knows its variables. `replace` is
/// Grafana's own replacement.
#[must_use]
pub fn fill_in_target(
    target: &Map<String, Value>,
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> Map<String, Value> {
    let mut filled = interpolate(target, replace);
    if let Some(Value::Object(datasource)) = filled.get_mut("datasource")
        && let Some(Value::String(uid)) = datasource.get_mut("uid")
    {
        *uid = replace(uid, VariableFormat::Csv);
    }
    if let Some(Value::Object(inner)) = target.get("inner") {
        filled.insert("inner".to_owned(), Value::Object(fill_in_target(inner, replace)));
    }
    filled
}

/// A text of a query. Empty: it is not there.
pub(super) fn text_of<'a>(target: &'a Map<String, Value>, key: &str) -> &'a str {
    target.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Type and uid of the data source that a query asks. Empty: it does not say.
pub(super) fn source_of(target: &Map<String, Value>) -> (&str, &str) {
    let of = |key: &str| target.get("datasource")?.get(key)?.as_str();
    (of("type").unwrap_or_default(), of("uid").unwrap_or_default())
}

/// Whether a query is one of ours.
pub(super) fn is_own(target: &Map<String, Value>) -> bool {
    source_of(target).0 == OWN_TYPE
}

/// The first of an attribute's values, or the attribute itself.
fn first_text(value: &Value) -> Option<&str> {
    let first = value.as_array().map_or(Some(value), |values| values.first())?;
    first.as_str().filter(|text| !text.is_empty())
}

/// The selector that a text begins with: up to the first brace that closes it.
fn first_selector(text: &str) -> Option<Selector> {
    let ends = text.match_indices('}').map(|(at, _)| at);
    ends.into_iter().take(16).find_map(|end| Selector::parse(&text[..=end]).ok())
}

fn padded(from_millis: i64, to_millis: i64) -> Range {
    let from = from_millis.saturating_sub(DEFAULT_PADDING_MILLIS);
    let to = to_millis.saturating_add(DEFAULT_PADDING_MILLIS);
    (from.to_string(), to.to_string())
}

fn usual_range() -> Range {
    ("now-1h".to_owned(), "now".to_owned())
}
