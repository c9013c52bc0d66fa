//! A call tree as the frame that flame graphs are drawn from: level, value, self, label.

use grafana_plugin::frame::{
    Field, FieldConfig, Frame, FrameMeta, Notice, Severity, Statistic, Visualisation,
};
use links::{EXPLAIN_KEY, Explanation, RelaxedQuery, explore_path};
use profile::Tree;
use query::{NodeLimit, SourceNotice, SpanClassFound, TreeRequest, TreeResponse};
use serde_json::{Value, json};

use crate::PANEL_ID;
use crate::lookup::{AskedSpans, FoundTree, SampledSpans};
use crate::query_inspector::{cost, executed_tree, figure, source_notice};

/// An enum field's rows are 16 bits wide; with more names than these the field is one of texts.
const MAX_ENUM_NAMES: usize = 1 << 16;

/// The frame of a call tree: one row a node in pre-order, as the core Pyroscope datasource's.
///
/// Unit: `value` and `self` in that of the profile type.
/// Empty: one row, `total` with 0.
/// Cost: linear, without an allocation per node.
/// `datasource_uid`: which datasource could be asked for more.
pub fn tree_frame(found: &FoundTree, datasource_uid: &str) -> Frame {
    let tree = &found.response.tree;
    let unit = found.request.profile_type.unit();
    let config = || FieldConfig { unit: unit.to_owned(), ..FieldConfig::default() };
    let levels: Vec<i64> = tree.depths().iter().map(|depth| i64::from(*depth)).collect();
    let mut frame = Frame::new(
        "response",
        vec![
            Field::new("level", levels),
            Field::new("value", tree.total_values().to_vec()).with_config(config()),
            Field::new("self", tree.self_values().to_vec()).with_config(config()),
            label_field(tree),
        ],
    );
    frame.meta = Some(meta(found, datasource_uid));
    frame
}

/// The function of each node. Names stand in the order in which nodes first use them.
pub(crate) fn label_field(tree: &Tree) -> Field {
    const UNUSED: u32 = u32::MAX;
    let mut position = vec![UNUSED; tree.names().len()];
    let mut names = Vec::new();
    for function in tree.functions() {
        let slot = &mut position[function.0 as usize];
        if *slot == UNUSED {
            *slot = u32::try_from(names.len()).expect("fewer names than nodes, which are 32-bit");
            names.push(tree.names().get(*function).to_owned());
        }
    }
    if names.len() > MAX_ENUM_NAMES {
        let texts: grafana_plugin::frame::TextCells =
            tree.functions().iter().map(|function| tree.names().get(*function)).collect();
        return Field::new("label", texts);
    }
    let rows: Vec<u16> = tree
        .functions()
        .iter()
        .map(|function| u16::try_from(position[function.0 as usize]).expect("at most 65 536 names"))
        .collect();
    Field::enumeration("label", rows, names)
}

fn meta(found: &FoundTree, datasource_uid: &str) -> FrameMeta {
    let FoundTree { request, response, explanation, .. } = found;
    let cut = Cut::of(found);
    let mut notices: Vec<Notice> = response.notices.iter().map(source_notice).collect();
    notices.extend(cut.notice().map(|text| Notice::new(Severity::Info, text)));
    notices.extend(span_notices(found).map(|text| Notice::new(Severity::Info, text)));
    if let Some(text) = explanation.as_ref().and_then(Explanation::notice) {
        notices.push(Notice::new(Severity::Info, text));
    }
    FrameMeta {
        preferred_visualisation: Some(Visualisation::FlameGraph),
        preferred_visualisation_plugin_id: PANEL_ID.to_owned(),
        executed_query_string: executed_tree(response.call, request),
        stats: stats(found, &cut),
        notices,
        custom: custom(found, datasource_uid),
        ..FrameMeta::default()
    }
}

/// What the server folded away.
pub(crate) struct Cut {
    node_count: usize,
    pub(crate) share_percent: f64,
    /// Whether the source would keep more nodes if it were asked for more.
    more_can_be_asked: bool,
}

impl Cut {
    pub(crate) fn of(found: &FoundTree) -> Self {
        let TreeResponse { tree, notices, .. } = &found.response;
        let total = tree.total_values()[0];
        let folded: i64 = tree
            .truncated()
            .iter()
            .map(|node| tree.total_value(*node))
            .fold(0, i64::saturating_add);
        let share = if total > 0 { folded as f64 / total as f64 } else { 0.0 };
        let is_lowered =
            |notice: &SourceNotice| matches!(notice, SourceNotice::MaxNodesLowered { .. });
        let most = NodeLimit::MOST_OF_PYROSCOPE;
        let asked_for_most =
            found.request.max_nodes.to_pyroscope().is_some_and(|nodes| nodes >= most);
        Self {
            node_count: tree.truncated().len(),
            share_percent: 100.0 * share,
            more_can_be_asked: !asked_for_most && !notices.iter().any(is_lowered),
        }
    }

    /// What a person should know of it. None: nothing was folded away.
    pub(crate) fn notice(&self) -> Option<String> {
        (self.node_count > 0).then(|| {
            let advice =
                if self.more_can_be_asked { "; ask for more nodes to see them" } else { "" };
            format!(
                "the server folded small functions into {} nodes named \"other\", which hold {:.1} % of the total{advice}",
                self.node_count, self.share_percent
            )
        })
    }
}

/// What the panel needs to ask again: in Explore it has nothing but the frame.
fn custom(found: &FoundTree, datasource_uid: &str) -> Value {
    let FoundTree { request, response, explanation, .. } = found;
    let mut asked = asked(request);
    asked["version"] = json!(query::QUERY_VERSION);
    asked["datasourceUid"] = json!(datasource_uid);
    asked["truncated"] = json!(truncated_rows(&response.tree));
    asked["mayBeTruncated"] = json!(response.may_be_truncated);
    let spans = spans_in_numbers(found);
    if !spans.is_null() {
        asked["spans"] = spans;
    }
    let mut custom = json!({ "fireline": asked });
    if let Some(explanation) = explanation {
        custom[EXPLAIN_KEY] = json!(explanation);
        if let Some(relaxed) = &explanation.relaxed_query {
            custom[EXPLAIN_KEY]["relaxedQuery"]["path"] =
                json!(path_of(relaxed, request, datasource_uid));
        }
    }
    custom
}

/// Where Explore shows a relaxed query.
fn path_of(relaxed: &RelaxedQuery, request: &TreeRequest, datasource_uid: &str) -> String {
    let Value::Object(mut query) = asked(request) else { unreachable!("fields are an object") };
    for not_of_a_query in ["from", "to"] {
        query.remove(not_of_a_query);
    }
    query.extend(relaxed.fields.clone());
    query.insert("refId".to_owned(), json!("A"));
    query.insert("queryType".to_owned(), json!("profile"));
    query.insert("version".to_owned(), json!(query::QUERY_VERSION));
    let plan = relaxed.fields.get("plan");
    let moment =
        plan.and_then(|plan| plan["atMillis"].as_i64().zip(plan["paddingMillis"].as_i64()));
    let (from, to) = moment
        .map_or((request.window.start_millis, request.window.end_millis), |(at, around)| {
            (at.saturating_sub(around), at.saturating_add(around))
        });
    explore_path(datasource_uid, query, &from.to_string(), &to.to_string())
}

/// What a person should know of the spans that were asked for.
pub(crate) fn span_notices(found: &FoundTree) -> impl Iterator<Item = String> {
    let class = found.span_class.as_ref().map(SpanClassFound::sentence);
    class.into_iter().chain(found.spans.as_ref().map(AskedSpans::sentence))
}

/// The same for programs. Null: nothing is known.
pub(crate) fn spans_in_numbers(found: &FoundTree) -> Value {
    let mut numbers = json!({});
    if let Some(class) = &found.span_class {
        numbers["class"] = json!(class);
    }
    if let Some(AskedSpans { asked, batches, with_samples }) = &found.spans {
        numbers["asked"] = json!(asked);
        numbers["batches"] = json!(batches);
        if let Some(SampledSpans { count, is_exact }) = with_samples {
            numbers["withSamples"] = json!(count);
            numbers["isExact"] = json!(is_exact);
        }
    }
    if numbers == json!({}) { Value::Null } else { numbers }
}

/// What the source was asked, in the fields of a query.
pub(crate) fn asked(request: &TreeRequest) -> Value {
    json!({
        "profileTypeId": request.profile_type.to_string(),
        "labelSelector": request.selector.to_string(),
        "spanSelector": request.span_ids,
        "traceSelector": request.trace_ids,
        "profileIdSelector": request.profile_ids,
        "callSite": request.call_site,
        "from": request.window.start_millis,
        "to": request.window.end_millis,
        "maxNodes": request.max_nodes.to_query(),
    })
}

/// The rows of nodes that stand for what was folded away.
pub(crate) fn truncated_rows(tree: &Tree) -> Vec<u32> {
    tree.truncated().iter().map(|node| node.0).collect()
}

fn stats(found: &FoundTree, cut: &Cut) -> Vec<Statistic> {
    let FoundTree { response, upstream_millis, .. } = found;
    let nodes = [
        figure("Nodes", "short", response.tree.node_count() as f64),
        figure("Folded into \"other\"", "percent", cut.share_percent),
    ];
    cost(*upstream_millis, response.wire_bytes).into_iter().chain(nodes).collect()
}
