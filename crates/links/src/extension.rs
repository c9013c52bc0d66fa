//! Where the links lead that Grafana's own pages offer on our behalf: trace view, panel menus, Explore, log details.

use query::{LinkPlan, OWN_TYPE, QUERY_VERSION, Query};
use selector::{MatchOp, Matcher, Selector};
use serde_json::{Map, Value, json};

use crate::exemplar::normalise_exemplar;
use crate::exemplar_settings::ExemplarSettings;
use crate::label_mapping::{OPTIONAL_LABELS, is_service_label, label_name, labels_of};
use crate::link_context::LinkContext;
use crate::window_padding::DEFAULT_PADDING_MILLIS;

/// A link that Grafana is told of once, when the app is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionLink {
    /// On which page.
    pub point: ExtensionPoint,
    /// What the user reads.
    pub title: &'static str,
    /// What it does, for administrators.
    pub description: &'static str,
    /// The attribute that it stands beside. None: the page has no attributes.
    pub attribute: Option<&'static str>,
}

/// All links that Grafana's own pages offer on our behalf: one for each attribute, because Grafana shows a link
/// beside one attribute only.
#[must_use]
pub fn extension_links() -> Vec<ExtensionLink> {
    let link =
        |point, title, description| ExtensionLink { point, title, description, attribute: None };
    let mut links = vec![
        link(
            ExtensionPoint::TraceHeader,
            "Profile of this trace",
            "Opens the flame graph of everything that ran in this trace",
        ),
        link(
            ExtensionPoint::PanelMenu,
            "Profiles for this",
            "Opens the profiles of the service that the panel shows",
        ),
        link(
            ExtensionPoint::ExploreToolbar,
            "Profiles for this",
            "Opens the profiles of the service that is explored",
        ),
    ];
    for attribute in LINKED_ATTRIBUTES {
        links.push(ExtensionLink {
            point: ExtensionPoint::SpanAttribute,
            title: "Profile of this span",
            description: "Opens the flame graph of this span",
            attribute: Some(attribute),
        });
        links.push(ExtensionLink {
            point: ExtensionPoint::LogAttribute,
            title: "Profile of this log line",
            description: "Opens the flame graph of the span, trace or service of this log line",
            attribute: Some(attribute),
        });
    }
    links
}

/// A page of Grafana that offers links of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionPoint {
    /// The header of a trace.
    TraceHeader,
    /// An attribute of a span.
    SpanAttribute,
    /// The menu of a panel.
    PanelMenu,
    /// The toolbar of Explore.
    ExploreToolbar,
    /// An attribute of a log line.
    LogAttribute,
}

/// Attributes that a link of ours stands beside, in the details of spans and log lines.
const LINKED_ATTRIBUTES: [&str; 8] = [
    "pyroscope.profile.id",
    "service.name",
    "service_name",
    "trace_id",
    "traceID",
    "span_id",
    "spanID",
    "job",
];

impl ExtensionPoint {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::TraceHeader,
        Self::SpanAttribute,
        Self::PanelMenu,
        Self::ExploreToolbar,
        Self::LogAttribute,
    ];

    /// As Grafana calls it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::TraceHeader => "grafana/traceview/header/actions",
            Self::SpanAttribute => "grafana/traceview/resource-attributes",
            Self::PanelMenu => "grafana/dashboard/panel/menu",
            Self::ExploreToolbar => "grafana/explore/toolbar/action",
            Self::LogAttribute => "grafana/logsview/resource-attributes",
        }
    }

    /// What Grafana may say of the page that is read here; all else stays where it is.
    pub const READ: [&str; 9] = [
        "traceID",
        "traceId",
        "spanID",
        "startTime",
        "endTime",
        "timeRange",
        "targets",
        "attributes",
        "spanAttributes",
    ];

    /// The page that Grafana calls so.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.id() == id)
    }
}

/// The path within Grafana that a link leads to, with its query.
///
/// `clicked`: what Grafana says of the page. `own` of the context: the data source that profiles are asked from; its
/// settings say what means "service".
///
/// # Errors
/// A sentence for the user: the page says nothing that profiles could be found by.
pub fn extension_path(
    point: ExtensionPoint,
    clicked: &Value,
    context: &LinkContext,
) -> Result<String, String> {
    if context.own.uid.is_empty() {
        return Err("There is no Fireline data source yet. Add one to see profiles.".to_owned());
    }
    let asking = Asking { clicked, context };
    let (query, range) = match point {
        ExtensionPoint::TraceHeader => asking.of_trace()?,
        ExtensionPoint::SpanAttribute => asking.of_span()?,
        ExtensionPoint::LogAttribute => asking.of_log_line()?,
        ExtensionPoint::PanelMenu | ExtensionPoint::ExploreToolbar => asking.of_targets()?,
    };
    Ok(explore_path(&context.own.uid, query, range))
}

/// A time range as Explore's address has it: milliseconds or words such as `now-1h`.
type Range = (String, String);

struct Asking<'a> {
    clicked: &'a Value,
    context: &'a LinkContext,
}

impl Asking<'_> {
    /// The whole trace: all services together.
    fn of_trace(&self) -> Result<(Query, Range), String> {
        let trace_id = self.text("traceID").or_else(|| self.text("traceId"));
        let trace_id = trace_id.ok_or("This trace has no id.")?;
        // The trace view counts in microseconds.
        let micros = |key: &str| self.clicked.get(key).and_then(Value::as_f64);
        let range = match (micros("startTime"), micros("endTime")) {
            (Some(start), Some(end)) => padded((start / 1000.0) as i64, (end / 1000.0) as i64),
            _ => usual_range(),
        };
        let mut query = self.query(&Selector::default());
        query.trace_selector = vec![trace_id.to_owned()];
        Ok((query, range))
    }

    /// One span; without an id, the service around its time.
    fn of_span(&self) -> Result<(Query, Range), String> {
        let attribute = |key: &str| {
            let of = |list: &str| first_text(self.clicked.get(list)?.get(key)?);
            of("spanAttributes").or_else(|| of("attributes"))
        };
        let selector = self.selector_of_attributes(&attribute);
        let mut query = self.query(&selector);
        let span = attribute("pyroscope.profile.id").or_else(|| self.text("spanID"));
        match span {
            Some(span) => query.span_selector = vec![span.to_owned()],
            None if selector.matchers.is_empty() => {
                return Err("This span has neither an id nor a service name.".to_owned());
            }
            None => {}
        }
        Ok((query, self.absolute_range()))
    }

    /// The span or the trace of a log line; without an id, its service around its time.
    fn of_log_line(&self) -> Result<(Query, Range), String> {
        let attributes = self.clicked.get("attributes").and_then(Value::as_object);
        let labels: Vec<(String, String)> = attributes
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), first_text(value)?.to_owned())))
            .collect();
        let settings = Value::Object(self.context.settings.clone());
        let (settings, _) = ExemplarSettings::from_json_data(&settings);
        let ids = normalise_exemplar(&labels, &settings);
        let attribute = |key: &str| {
            labels.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
        };
        let selector = self.selector_of_attributes(&attribute);
        let mut query = self.query(&selector);
        match (ids.span_id, ids.trace_id) {
            (Some(span), _) => query.span_selector = vec![span],
            (None, Some(trace)) => {
                query.trace_selector = vec![trace];
                query.label_selector = Selector::default().to_string();
            }
            (None, None) if selector.matchers.is_empty() => {
                return Err("This log line names neither a trace, a span nor a service.".to_owned());
            }
            (None, None) => {}
        }
        Ok((query, self.absolute_range()))
    }

    /// The service that the queries of a panel or of Explore are about.
    fn of_targets(&self) -> Result<(Query, Range), String> {
        let targets = self.clicked.get("targets").and_then(Value::as_array);
        let selector = targets.into_iter().flatten().find_map(|target| {
            ["labelSelector", "expr", "query"]
                .iter()
                .find_map(|key| self.selector_in(target.get(key).and_then(Value::as_str)?))
        });
        let selector = selector.ok_or(
            "None of these queries names a service, so that it is not known whose profiles to show.",
        )?;
        let mut query = self.query(&selector);
        query.query_type = "both".to_owned();
        Ok((query, self.raw_range()))
    }

    /// The conditions on a service in the first selector of an expression that has one.
    fn selector_in(&self, expression: &str) -> Option<Selector> {
        let starts = expression.match_indices('{').map(|(at, _)| at);
        starts.into_iter().find_map(|start| {
            let selector = first_selector(&expression[start..])?;
            let is_service = |matcher: &&Matcher| {
                is_service_label(&matcher.name, self.context.service_label(), &[])
                    && matches!(matcher.op, MatchOp::Equal | MatchOp::Regex)
            };
            let matchers: Vec<Matcher> =
                selector.matchers.iter().filter(is_service).cloned().collect();
            (!matchers.is_empty()).then_some(Selector { matchers })
        })
    }

    /// The conditions that attributes give: the service, and what narrows it and may be left out.
    fn selector_of_attributes<'b>(&self, attribute: &dyn Fn(&str) -> Option<&'b str>) -> Selector {
        let own = [self.context.service_label().to_owned()];
        let names = ["service.name".to_owned()]
            .into_iter()
            .chain(own)
            .chain(labels_of("service.name", &[]));
        let service = names.into_iter().find_map(|name| attribute(&name));
        let Some(service) = service else { return Selector::default() };
        let mut selector =
            Selector::default().and(Matcher::equal(self.context.service_label(), service));
        for name in ["service.namespace", "k8s.namespace.name"] {
            if let Some(value) = attribute(name) {
                selector = selector.and(Matcher::equal(label_name(name), value));
            }
        }
        selector
    }

    fn query(&self, selector: &Selector) -> Query {
        let optional = OPTIONAL_LABELS.iter().map(|label| (*label).to_owned()).collect();
        Query {
            ref_id: "A".to_owned(),
            query_type: "profile".to_owned(),
            profile_type_id: self.context.profile_type().to_owned(),
            label_selector: selector.to_string(),
            origin: "link".to_owned(),
            plan: Some(LinkPlan { optional, ..LinkPlan::default() }),
            version: i64::from(QUERY_VERSION),
            ..Query::default()
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.clicked.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A range in milliseconds, widened; the usual one where the page says none.
    fn absolute_range(&self) -> Range {
        let of = |key: &str| {
            let value = self.clicked.get("timeRange")?.get(key)?;
            value.as_f64().map(|millis| millis as i64)
        };
        match (of("from"), of("to")) {
            (Some(from), Some(to)) => padded(from, to),
            _ => usual_range(),
        }
    }

    /// A range as the user chose it, with words such as `now-1h`; moments are texts or milliseconds.
    fn raw_range(&self) -> Range {
        let of = |key: &str| match self.clicked.get("timeRange")?.get(key)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(millis) => millis.as_f64().map(|millis| (millis as i64).to_string()),
            _ => None,
        };
        of("from").zip(of("to")).unwrap_or_else(usual_range)
    }
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

/// Explore's address with one pane.
fn explore_path(uid: &str, query: Query, (from, to): Range) -> String {
    let mut query = match serde_json::to_value(query) {
        Ok(Value::Object(query)) => query,
        _ => Map::new(),
    };
    query.insert("datasource".to_owned(), json!({ "type": OWN_TYPE, "uid": uid }));
    let pane = json!({
        "datasource": uid,
        "queries": [query],
        "range": { "from": from, "to": to },
    });
    let panes = json!({ "fireline": pane }).to_string();
    format!("/explore?schemaVersion=1&panes={}", percent_encoded(&panes))
}

/// A text as part of an address.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
