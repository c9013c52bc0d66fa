//! Links that a data frame carries to what it belongs to.

use query::promql::PROMQL;
use query::{DEFAULT_SERVICE_LABEL, LinkPlan, OWN_TYPE, Query, WRAP, escape_regex};
use selector::{Matcher, Selector};
use serde_json::{Map, Value, json};

use crate::exemplar_settings::ExemplarSettings;
use crate::frame_shape::{FrameShape, FrameSubject};
use crate::id::IdKind;
use crate::label_mapping::{label_name, labels_of};
use crate::link_context::{LinkContext, Signal, SourceRef};
use crate::link_plan::plan_of_ids;
use crate::link_settings::LinkSettings;
use crate::target::{
    DataSourceKind, escaped, logs_query, metrics_query, profile_query, selector_text, trace_query,
};

/// What the link to a trace outside of Grafana is called.
pub const TRACE_URL_TITLE: &str = "Trace";

/// The links of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldLinks {
    /// The place of the field in its frame.
    pub field: usize,
    /// Its links, the most specific first.
    pub links: Vec<DerivedLink>,
}

/// A link as Grafana's frontend reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct DerivedLink {
    /// What the user reads.
    pub title: String,
    /// Where it leads to outside of Grafana; empty for a query.
    pub url: String,
    /// Whether it opens a window of its own.
    pub target_blank: bool,
    /// The query that it leads to.
    pub internal: Option<InternalLink>,
}

impl DerivedLink {
    /// As Grafana's frontend reads it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json =
            json!({ "title": self.title, "url": self.url, "targetBlank": self.target_blank });
        if let Some(internal) = &self.internal {
            json["internal"] = json!({
                "datasourceUid": internal.datasource_uid,
                "datasourceName": internal.datasource_name,
                "query": internal.query,
            });
            if let Some(state) = &internal.panels_state {
                json["internal"]["panelsState"] = json!(state);
            }
        }
        json
    }
}

/// A link to a query of a data source.
#[derive(Debug, Clone, PartialEq)]
pub struct InternalLink {
    /// Which data source.
    pub datasource_uid: String,
    /// Its name, for the user.
    pub datasource_name: String,
    /// The query, with Grafana's variables in it.
    pub query: Map<String, Value>,
    /// What else Explore is to show, for instance which span of the trace.
    pub panels_state: Option<Map<String, Value>>,
}

/// The links of a frame, by field. Empty: it leads nowhere.
///
/// A link stands on every row of its field; from a row without the id that it names, its query is refused with a
/// sentence.
#[must_use]
pub fn derive_links(frame: &FrameShape, context: &LinkContext) -> Vec<FieldLinks> {
    let deriving = Deriving::new(frame, context);
    let fields = match frame.subject() {
        FrameSubject::MetricExemplars => deriving.of_exemplars(),
        FrameSubject::ProfileExemplars => deriving.of_profile_exemplars(),
        FrameSubject::Trace => deriving.of_trace(),
        FrameSubject::Logs => deriving.of_logs(),
        FrameSubject::FlameGraph => deriving.of_flame_graph(),
        FrameSubject::Series => deriving.of_series(),
        FrameSubject::Other => Vec::new(),
    };
    fields.into_iter().filter(|field| !field.links.is_empty()).collect()
}

struct Deriving<'a> {
    frame: &'a FrameShape,
    context: &'a LinkContext,
    exemplars: ExemplarSettings,
    links: LinkSettings,
}

impl<'a> Deriving<'a> {
    fn new(frame: &'a FrameShape, context: &'a LinkContext) -> Self {
        let settings = Value::Object(context.settings.clone());
        let (exemplars, _) = ExemplarSettings::from_json_data(&settings);
        let (links, _) = LinkSettings::from_json_data(&settings);
        Self { frame, context, exemplars, links }
    }

    /// Diamonds of a metric: to the trace, to the profile of the span, of the trace, of that moment.
    fn of_exemplars(&self) -> Vec<FieldLinks> {
        let service = self.service_matcher();
        let mut fields = self.of_ids(service.as_ref());
        if let (Some(time), Some(service)) = (self.frame.position_of("Time"), service) {
            let plan = LinkPlan::default();
            let mut query = self.profile_query(&Selector::default().and(service), &plan);
            // Grafana fills the moment in, so that it cannot be a number before.
            query.insert("plan".to_owned(), json!({ "atMillis": "${__value.raw}" }));
            fields.push(FieldLinks {
                field: time,
                links: vec![self.to_own("Profile of the service at this time", query)],
            });
        }
        fields
    }

    /// Diamonds of a profile series: to that profile, and as those of a metric.
    fn of_profile_exemplars(&self) -> Vec<FieldLinks> {
        let selector = self.query_selector();
        let mut fields = self.of_ids(None);
        if let Some(field) = self.frame.position_of("Id") {
            let mut query =
                self.profile_query(&selector, &plan_of_ids(self.context.service_label()));
            query.insert("profileIdSelector".to_owned(), json!([field_value("Id")]));
            fields.insert(0, FieldLinks { field, links: vec![self.to_own("This profile", query)] });
        }
        fields
    }

    /// Fields with ids, under the names that exemplars get.
    fn of_ids(&self, service: Option<&Matcher>) -> Vec<FieldLinks> {
        let selector = Selector { matchers: service.cloned().into_iter().collect() };
        let trace_label = self.exemplars.answer_label(IdKind::Trace);
        let span_label = self.exemplars.answer_label(IdKind::Span);
        let span = self.frame.position_of(span_label);
        let mut fields = Vec::new();
        if let Some(field) = self.frame.position_of(trace_label) {
            let span = span.map(|_| field_value(span_label));
            let mut links = self.to_traces(&field_value(trace_label), span.as_deref());
            links.extend(self.links.trace_url_of(trace_label).map(|url| DerivedLink {
                title: TRACE_URL_TITLE.to_owned(),
                url,
                target_blank: true,
                internal: None,
            }));
            // A trace is of many services.
            links.push(self.profile_of(
                "Profile of this trace",
                "traceSelector",
                trace_label,
                &Selector::default(),
            ));
            fields.push(FieldLinks { field, links });
        }
        if let Some(field) = span {
            let link =
                self.profile_of("Profile of this span", "spanSelector", span_label, &selector);
            fields.push(FieldLinks { field, links: vec![link] });
        }
        fields
    }

    /// The spans of a trace: each to its own profile.
    fn of_trace(&self) -> Vec<FieldLinks> {
        let service = Matcher::equal(self.context.service_label(), field_value("serviceName"));
        let selector = Selector::default().and(service);
        let link_of = |title: &str, key: &str, field_name: &str| {
            self.frame.position_of(field_name).map(|field| FieldLinks {
                field,
                links: vec![self.profile_of(title, key, field_name, &selector)],
            })
        };
        let mut span = link_of("Profile of this span", "spanSelector", "spanID");
        let query = span.as_mut().and_then(|span| span.links[0].internal.as_mut());
        if let (Some(internal), Some(_)) = (query, self.frame.position_of("duration")) {
            // Every tracer's frame has milliseconds.
            internal.query["plan"]["spanDuration"] =
                json!(format!("{}ms", field_number("duration")));
        }
        let everything = Selector::default();
        let trace = self.frame.position_of("traceID").map(|field| FieldLinks {
            field,
            links: vec![self.profile_of(
                "Profile of this trace",
                "traceSelector",
                "traceID",
                &everything,
            )],
        });
        span.into_iter().chain(trace).collect()
    }

    /// Log lines: their ids stand in fields of their own.
    fn of_logs(&self) -> Vec<FieldLinks> {
        self.of_ids(None)
    }

    /// A call tree: each function to its source, the whole to logs and metrics of the same labels.
    fn of_flame_graph(&self) -> Vec<FieldLinks> {
        let Some(field) = self.frame.position_of("label") else { return Vec::new() };
        let mut links = Vec::new();
        if let Some(template) = self.context.source_template() {
            links.push(DerivedLink {
                title: "Source of this function".to_owned(),
                url: template.replace("${function}", "${__value.text:percentencode}"),
                target_blank: true,
                internal: None,
            });
        }
        links.extend(self.to_same_labels(&self.frame_selector()));
        vec![FieldLinks { field, links }]
    }

    /// Values over time, of what the query asks for: one in PromQL keeps the profile type that was chosen before.
    fn of_series(&self) -> Vec<FieldLinks> {
        let text = |key: &str| self.context.query.get(key).and_then(Value::as_str);
        match (text("queryType"), text("profileTypeId")) {
            (Some(PROMQL), _) => self.of_metric_series(),
            (Some(WRAP), _) | (_, None | Some("")) => Vec::new(),
            _ => self.of_profile_series(),
        }
    }

    /// Values over time of a metric: to the profile of the service that their labels name, at that moment.
    fn of_metric_series(&self) -> Vec<FieldLinks> {
        self.of_values(|labels| {
            let service = self.service_of(labels)?;
            let service = Matcher::equal(self.context.service_label(), service);
            let selector = Selector { matchers: vec![service] };
            Some(vec![self.of_moment("Profile of the service at this time", &selector)?])
        })
    }

    /// Values over time of profiles: to the profile of that moment, to logs and metrics of the same labels.
    fn of_profile_series(&self) -> Vec<FieldLinks> {
        self.of_values(|labels| {
            let narrow = |selector: Selector, matcher: &Matcher| {
                selector.without(&matcher.name).and(matcher.clone())
            };
            let selector = labels.matchers.iter().fold(self.query_selector(), narrow);
            let mut links = vec![self.of_moment("Profile at this time", &selector)?];
            links.extend(self.to_same_labels(&selector));
            Some(links)
        })
    }

    /// The links of each field with numbers, from its labels. Empty: there are none.
    fn of_values(&self, of: impl Fn(&Selector) -> Option<Vec<DerivedLink>>) -> Vec<FieldLinks> {
        let numbers =
            self.frame.fields.iter().enumerate().filter(|(_, field)| field.r#type == "number");
        let links = numbers.filter_map(|(at, field)| {
            let labels = field.labels.iter().map(|(name, value)| Matcher::equal(name, value));
            Some(FieldLinks { field: at, links: of(&Selector { matchers: labels.collect() })? })
        });
        links.collect()
    }

    /// To the profile of a row's moment. None: the frame has no times.
    fn of_moment(&self, title: &str, selector: &Selector) -> Option<DerivedLink> {
        let time = self.frame.position_of("Time").or_else(|| self.frame.position_of("time"))?;
        let mut query = self.profile_query(selector, &LinkPlan::default());
        let at_millis = field_number(&self.frame.fields[time].name);
        query.insert("plan".to_owned(), json!({ "atMillis": at_millis }));
        Some(self.to_own(title, query))
    }

    fn profile_of(
        &self,
        title: &str,
        key: &str,
        field_name: &str,
        selector: &Selector,
    ) -> DerivedLink {
        let mut query = self.profile_query(selector, &plan_of_ids(self.context.service_label()));
        query.insert(key.to_owned(), json!([field_value(field_name)]));
        self.to_own(title, query)
    }

    /// A query for a call tree, as a link of ours.
    fn profile_query(&self, selector: &Selector, plan: &LinkPlan) -> Map<String, Value> {
        let query = Query {
            profile_type_id: self.context.profile_type().to_owned(),
            label_selector: selector_text(selector),
            plan: Some(plan.clone()),
            ..Query::default()
        };
        profile_query(OWN_TYPE, &query).map(object).unwrap_or_default()
    }

    /// To the trace in every tracing data source.
    fn to_traces(&self, trace_id: &str, span_id: Option<&str>) -> Vec<DerivedLink> {
        let targets = self.context.targets(Signal::Traces);
        let links = targets.into_iter().filter_map(|source| {
            let known = DataSourceKind::of_type(&source.r#type).is_some();
            let query = match known {
                true => trace_query(&source.r#type, trace_id),
                false => self.context.trace_query_of_settings(trace_id),
            }?;
            let mut link = to_query(&format!("Trace in {}", source.name), source, object(query));
            if let (Some(internal), Some(span_id)) = (&mut link.internal, span_id) {
                internal.panels_state = Some(object(json!({ "trace": { "spanId": span_id } })));
            }
            Some(link)
        });
        links.collect()
    }

    /// To logs and metrics of the same labels.
    fn to_same_labels(&self, selector: &Selector) -> Vec<DerivedLink> {
        let streams = self.streams_of(selector);
        let targets = streams.iter().flat_map(|streams| {
            self.context.targets(Signal::Logs).into_iter().map(move |source| (source, streams))
        });
        let logs = targets.filter_map(|(source, streams)| {
            let query = logs_query(&source.r#type, streams)?;
            Some(to_query(&format!("Logs in {}", source.name), source, object(query)))
        });
        let service = self.service_of(selector).map(|service| {
            // The template has the quotes.
            let template = self.context.metrics_template();
            let template = template.replace("${service:regex}", &escaped(&escape_regex(service)));
            template.replace("${service}", &escaped(service))
        });
        let targets = service.iter().flat_map(|expr| {
            self.context.targets(Signal::Metrics).into_iter().map(move |source| (source, expr))
        });
        let metrics = targets.filter_map(|(source, expr)| {
            let query = metrics_query(&source.r#type, expr)?;
            Some(to_query(&format!("Metrics in {}", source.name), source, object(query)))
        });
        logs.chain(metrics).collect()
    }

    /// The log streams of what a selector of profiles is about: its service, and what the settings map, under the
    /// names that logs have from OpenTelemetry. All else is the profiles' own: a stream without it would be lost.
    /// None: it names no service.
    fn streams_of(&self, selector: &Selector) -> Option<String> {
        let service = self.service_of(selector)?;
        let mut streams = Selector::default().and(Matcher::equal(DEFAULT_SERVICE_LABEL, service));
        for mapping in &self.links.mappings {
            let name = label_name(&mapping.attribute);
            let is_new = streams.equal_value(&name).is_none();
            if let Some(value) = selector.equal_value(&mapping.label).filter(|_| is_new) {
                streams = streams.and(Matcher::equal(name, value));
            }
        }
        Some(streams.to_string())
    }

    /// The service that a selector is about.
    fn service_of<'b>(&self, selector: &'b Selector) -> Option<&'b str> {
        let own = [self.context.service_label().to_owned()];
        let names = own.into_iter().chain(labels_of("service.name", &self.links.mappings));
        names.into_iter().find_map(|name| selector.equal_value(&name))
    }

    fn to_own(&self, title: &str, query: Map<String, Value>) -> DerivedLink {
        to_query(title, &self.context.own, query)
    }

    /// The condition on the service, from whichever field of the frame means it.
    fn service_matcher(&self) -> Option<Matcher> {
        let own = [self.context.service_label().to_owned()];
        let names = own.into_iter().chain(labels_of("service.name", &self.links.mappings));
        let name = names.into_iter().find(|name| self.frame.position_of(name).is_some())?;
        Some(Matcher::equal(self.context.service_label(), field_value(&name)))
    }

    /// The selector of the query that the frame answers; everything where it has none.
    fn query_selector(&self) -> Selector {
        let text = self.context.query.get("labelSelector").and_then(Value::as_str).unwrap_or("");
        Selector::parse(text).unwrap_or_default()
    }

    /// The selector that a call tree was asked with, as its frame says.
    fn frame_selector(&self) -> Selector {
        let of_frame = self.frame.meta.get("custom").and_then(|custom| custom.get("fireline"));
        let text = of_frame.and_then(|own| own.get("labelSelector")).and_then(Value::as_str);
        text.and_then(|text| Selector::parse(text).ok()).unwrap_or_else(|| self.query_selector())
    }
}

/// Grafana's variable for a row's value of a field.
fn field_value(name: &str) -> String {
    format!("${{__data.fields['{name}']}}")
}

/// Grafana's variable for a row's number of a field: that of a time is its milliseconds, not the text of its date.
fn field_number(name: &str) -> String {
    format!("${{__data.fields['{name}'].numeric}}")
}

fn to_query(title: &str, source: &SourceRef, query: Map<String, Value>) -> DerivedLink {
    DerivedLink {
        title: title.to_owned(),
        url: String::new(),
        target_blank: false,
        internal: Some(InternalLink {
            datasource_uid: source.uid.clone(),
            datasource_name: source.name.clone(),
            query,
            panels_state: None,
        }),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
