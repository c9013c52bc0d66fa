//! What derived links may lead to.

use serde_json::{Map, Value};

use crate::link_settings::TRACE_ID;
use crate::target::DataSourceKind;

/// At most so many data sources of one kind get a link where the settings name none.
const OFFERED: usize = 3;

/// The profile type that links ask for where neither query nor settings say.
const USUAL_PROFILE_TYPE: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

/// What a data source holds, as far as links lead there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Values over time.
    Metrics,
    /// Spans.
    Traces,
    /// Lines.
    Logs,
}

impl Signal {
    /// What data sources of this type hold. None: nothing that links lead to.
    #[must_use]
    pub fn of_type(datasource_type: &str) -> Option<Self> {
        match DataSourceKind::of_type(datasource_type)? {
            DataSourceKind::Prometheus => Some(Self::Metrics),
            DataSourceKind::Loki => Some(Self::Logs),
            kind if kind.has_traces() => Some(Self::Traces),
            _ => None,
        }
    }

    /// The key of the setting that names the data sources.
    fn setting(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Traces => "traces",
            Self::Logs => "logs",
        }
    }
}

/// What is asked of the metrics of a service where the settings do not say: which it has. Rates of them all at once
/// would have the same labels, for which Prometheus answers nothing but an error. A `job` may have a namespace before
/// the name.
const USUAL_METRICS: &str =
    r#"count by (__name__) ({service_name="${service}"} or {job=~"(.+/)?${service:regex}"})"#;

/// A data source that links may lead to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceRef {
    /// Its uid.
    pub uid: String,
    /// Its type: `prometheus`, `tempo`.
    pub r#type: String,
    /// Its name, for the user.
    pub name: String,
}

/// What derived links may lead to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LinkContext {
    /// The datasource that derives them.
    pub own: SourceRef,
    /// All data sources that there are.
    pub sources: Vec<SourceRef>,
    /// The own datasource's settings (`jsonData`).
    pub settings: Map<String, Value>,
    /// The query that the frame answers.
    pub query: Map<String, Value>,
}

impl SourceRef {
    /// Reads `{uid, type, name}`. What is missing is empty.
    #[must_use]
    pub fn from_json(json: &Value) -> Self {
        let text = |key: &str| json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { uid: text("uid"), r#type: text("type"), name: text("name") }
    }
}

impl LinkContext {
    /// Reads `{own, sources, settings, query}`. What is missing is empty.
    #[must_use]
    pub fn from_json(json: &Value) -> Self {
        let object =
            |key: &str| json.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
        let sources = json.get("sources").and_then(Value::as_array);
        Self {
            own: json.get("own").map(SourceRef::from_json).unwrap_or_default(),
            sources: sources.into_iter().flatten().map(SourceRef::from_json).collect(),
            settings: object("settings"),
            query: object("query"),
        }
    }

    /// The data sources that links to a signal lead to: those that the settings name, else the first few that there are.
    #[must_use]
    pub fn targets(&self, signal: Signal) -> Vec<&SourceRef> {
        let named = self.named(signal);
        if !named.is_empty() {
            let of_uid = |uid: &&str| self.sources.iter().find(|source| source.uid == **uid);
            return named.iter().filter_map(of_uid).collect();
        }
        let is_meant = |source: &&SourceRef| Signal::of_type(&source.r#type) == Some(signal);
        self.sources.iter().filter(is_meant).take(OFFERED).collect()
    }

    /// The profile type that links ask for: the query's, the settings', or CPU time.
    #[must_use]
    pub fn profile_type(&self) -> &str {
        let of_query = self.query.get("profileTypeId").and_then(Value::as_str);
        let of_settings = self.link_setting("profileType").and_then(Value::as_str);
        let all = [of_query, of_settings].into_iter().flatten();
        all.map(str::trim).find(|id| !id.is_empty()).unwrap_or(USUAL_PROFILE_TYPE)
    }

    /// The PromQL of a link from a service to its metrics, with `${service}`, or `${service:regex}` where it is to stand
    /// in a regular expression.
    #[must_use]
    pub fn metrics_template(&self) -> &str {
        let template = self.link_setting("metricsQuery").and_then(Value::as_str).map(str::trim);
        template.filter(|template| !template.is_empty()).unwrap_or(USUAL_METRICS)
    }

    /// The query for one trace of a data source whose own links do not know, with the trace's id in it.
    /// None: the settings do not say.
    #[must_use]
    pub fn trace_query_of_settings(&self, trace_id: &str) -> Option<Value> {
        let template = self.link_setting("traceQuery").filter(|template| template.is_object())?;
        Some(filled_in(template, trace_id))
    }

    /// Data sources that the settings name and no link leads to, each as a sentence.
    #[must_use]
    pub fn dead_targets(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        for signal in [Signal::Metrics, Signal::Traces, Signal::Logs] {
            let setting = signal.setting();
            let expects = match signal {
                Signal::Traces => ", expected its query for a trace in links.traceQuery",
                _ => "",
            };
            for uid in self.named(signal) {
                let found = self.sources.iter().find(|source| source.uid == uid);
                let is_known = |source: &SourceRef| {
                    let says = signal == Signal::Traces
                        && self.trace_query_of_settings("").is_some()
                        && Signal::of_type(&source.r#type).is_none();
                    says || Signal::of_type(&source.r#type) == Some(signal)
                };
                match found {
                    None => sentences.push(format!(
                        "the setting links.{setting} names the data source {uid:?}, which does not exist"
                    )),
                    Some(source) if !is_known(source) => sentences.push(format!(
                        "the setting links.{setting} names the data source {uid:?}, to whose type {:?} no link to {setting} is known{expects}",
                        source.r#type
                    )),
                    Some(_) => {}
                }
            }
        }
        sentences
    }

    /// The uids of the data sources that the settings name for a signal. Empty: they name none.
    fn named(&self, signal: Signal) -> Vec<&str> {
        let named = match self.link_setting(signal.setting()) {
            Some(Value::String(uid)) => vec![uid.as_str()],
            Some(Value::Array(uids)) => uids.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        named.into_iter().filter(|uid| !uid.is_empty()).collect()
    }

    /// A URL of the source of a function, with `${function}`. None: there is none.
    #[must_use]
    pub fn source_template(&self) -> Option<&str> {
        let template = self.link_setting("source").and_then(Value::as_str).map(str::trim);
        template.filter(|template| !template.is_empty())
    }

    /// The label that means "service".
    #[must_use]
    pub fn service_label(&self) -> &str {
        let own = self.settings.get("serviceLabel").and_then(Value::as_str).map(str::trim);
        own.filter(|label| !label.is_empty()).unwrap_or(query::DEFAULT_SERVICE_LABEL)
    }

    fn link_setting(&self, key: &str) -> Option<&Value> {
        self.settings.get("links").and_then(|links| links.get(key))
    }
}

/// A query with the id of a trace where its texts have `${trace_id}`.
fn filled_in(template: &Value, trace_id: &str) -> Value {
    match template {
        Value::String(text) => Value::String(text.replace(TRACE_ID, trace_id)),
        Value::Array(items) => items.iter().map(|item| filled_in(item, trace_id)).collect(),
        Value::Object(fields) => {
            let filled =
                fields.iter().map(|(key, value)| (key.clone(), filled_in(value, trace_id)));
            Value::Object(filled.collect())
        }
        other => other.clone(),
    }
}
