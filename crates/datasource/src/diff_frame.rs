//! Two call trees as one frame that flame graphs are drawn from: both sides' values of each node.

use grafana_plugin::frame::{
    Field, FieldConfig, Frame, FrameMeta, Notice, Severity, Visualisation,
};
use links::{EXPLAIN_KEY, Explanation};
use profile::{TreeError, diff};
use serde_json::{Value, json};

use crate::PANEL_ID;
use crate::diff_query::FoundDiff;
use crate::lookup::FoundTree;
use crate::query_inspector::{executed_tree, figure, source_notice};
use crate::tree_frame::{Cut, asked, label_field, span_notices, spans_in_numbers, truncated_rows};

/// The frame of a diff: `level`, `value` and `self` of the baseline, `valueRight` and `selfRight` of the
/// comparison, `label`. It is what Grafana's own flame graph draws as a diff.
///
/// Shape: one row for each node that either side has, in pre-order; 0 where a side does not have it.
/// Unit: that of the profile types, which both sides share.
/// Empty: one row, `total` with 0.
/// Errors: both sides together do not fit.
/// Cost: linear, without an allocation per node.
/// `datasource_uid`: which datasource could be asked for more.
pub fn diff_frame(found: &FoundDiff, datasource_uid: &str) -> Result<Frame, TreeError> {
    let both = diff(&found.baseline.response.tree, &found.comparison.response.tree)?;
    let unit = found.comparison.request.profile_type.unit();
    let values = |name: &str, values: &[i64]| {
        let config = FieldConfig { unit: unit.to_owned(), ..FieldConfig::default() };
        Field::new(name, values.to_vec()).with_config(config)
    };
    let joint = both.joint();
    let levels: Vec<i64> = joint.depths().iter().map(|depth| i64::from(*depth)).collect();
    let fields = vec![
        Field::new("level", levels),
        values("value", both.baseline_total_values()),
        values("self", both.baseline_self_values()),
        values("valueRight", both.comparison_total_values()),
        values("selfRight", both.comparison_self_values()),
        label_field(joint),
    ];
    let meta = FrameMeta {
        preferred_visualisation: Some(Visualisation::FlameGraph),
        preferred_visualisation_plugin_id: PANEL_ID.to_owned(),
        executed_query_string: format!(
            "baseline: {}\ncomparison: {}",
            executed_tree(found.baseline.response.call, &found.baseline.request),
            executed_tree(found.comparison.response.call, &found.comparison.request)
        ),
        stats: found
            .sides()
            .into_iter()
            .flat_map(|(side, tree)| {
                let response = &tree.response;
                [
                    figure(&format!("{side}: time of the server"), "ms", tree.upstream_millis),
                    figure(&format!("{side}: answer"), "bytes", response.wire_bytes as f64),
                    figure(
                        &format!("{side}: folded into \"other\""),
                        "percent",
                        Cut::of(tree).share_percent,
                    ),
                ]
            })
            .chain([figure("Nodes", "short", joint.node_count() as f64)])
            .collect(),
        notices: found.sides().into_iter().flat_map(|(side, tree)| notices(side, tree)).collect(),
        custom: custom(found, &truncated_rows(joint), datasource_uid),
        ..FrameMeta::default()
    };
    Ok(Frame::new("response", fields).with_meta(meta))
}

impl FoundDiff {
    /// Both sides under the names that people read.
    fn sides(&self) -> [(&'static str, &FoundTree); 2] {
        [("Baseline", &self.baseline), ("Comparison", &self.comparison)]
    }
}

fn notices(side: &str, found: &FoundTree) -> Vec<Notice> {
    let told = found.response.notices.iter().map(source_notice);
    let cut = Cut::of(found).notice();
    let explained = found.explanation.as_ref().and_then(Explanation::notice);
    let texts = cut.into_iter().chain(span_notices(found)).chain(explained);
    let mut notices: Vec<Notice> =
        told.chain(texts.map(|text| Notice::new(Severity::Info, text))).collect();
    for notice in &mut notices {
        notice.text = format!("{side}: {}", notice.text);
    }
    notices
}

/// What is needed to ask again, for each side, and how each was found.
fn custom(found: &FoundDiff, truncated: &[u32], datasource_uid: &str) -> Value {
    let side = |tree: &FoundTree| {
        let mut asked = asked(&tree.request);
        asked["mayBeTruncated"] = json!(tree.response.may_be_truncated);
        let spans = spans_in_numbers(tree);
        if !spans.is_null() {
            asked["spans"] = spans;
        }
        asked
    };
    let mut custom = json!({
        "fireline": {
            "version": query::QUERY_VERSION,
            "datasourceUid": datasource_uid,
            "queryType": "diff",
            "baseline": side(&found.baseline),
            "comparison": side(&found.comparison),
            "truncated": truncated,
        }
    });
    let explanations = found.sides().map(|(side, tree)| (side, tree.explanation.as_ref()));
    if let Some(both) = Explanation::of_sides(explanations) {
        custom[EXPLAIN_KEY] = json!(both);
        for (side, explanation) in explanations {
            if let Some(explanation) = explanation {
                custom[EXPLAIN_KEY]["sides"][side.to_lowercase()] = json!(explanation);
            }
        }
    }
    custom
}
