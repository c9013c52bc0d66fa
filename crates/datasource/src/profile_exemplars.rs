//! Exemplars that lead to profiles and spans, as the frame that Grafana draws as diamonds.

use std::collections::BTreeMap;

use grafana_plugin::frame::{
    Column, DataTopic, Field, FieldConfig, Frame, FrameMeta, Notice, Severity, TextCells,
};
use links::pick_exemplars;
use query::{Exemplar, Labels, Window};
use serde_json::{Value, json};

use crate::label_fields::LabelFields;

/// What the exemplars of one series are shown with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExemplarLook<'a> {
    /// The series' labels.
    pub(crate) labels: &'a Labels,
    /// A value is divided by it, as the values of the series are.
    pub(crate) divisor: f64,
    /// Of the values, after dividing. Empty: not said, as in the core datasource's frames.
    pub(crate) unit: &'a str,
    /// At most so many are shown.
    pub(crate) at_most: usize,
    /// Where they are spread.
    pub(crate) window: Window,
    /// Whether the labels of each exemplar stand beside those of the series, and the frame says what it is, without
    /// which heatmaps do not draw it.
    pub(crate) in_full: bool,
}

/// One text of an exemplar.
type TextOf = fn(&Exemplar) -> &str;

/// The exemplars of a series. None: it has none.
///
/// Where there are more than are shown, they are spread over the window, the largest first, and the number left out
/// is said. The fields `span_id` and `trace_id` stand only where an exemplar has one.
pub(crate) fn exemplar_frame(exemplars: &[&Exemplar], look: &ExemplarLook<'_>) -> Option<Frame> {
    if exemplars.is_empty() {
        return None;
    }
    let points: Vec<(i64, f64)> = exemplars
        .iter()
        .map(|exemplar| (exemplar.timestamp_millis, exemplar.value as f64))
        .collect();
    let picked = pick_exemplars(&points, look.at_most, look.window);
    let exemplars: Vec<&Exemplar> = picked.kept.iter().map(|at| exemplars[*at]).collect();
    let times: Vec<i64> = exemplars.iter().map(|exemplar| exemplar.timestamp_millis).collect();
    let values: Vec<f64> =
        exemplars.iter().map(|exemplar| exemplar.value as f64 / look.divisor).collect();
    let texts =
        |of: TextOf| -> Vec<&str> { exemplars.iter().map(|exemplar| of(exemplar)).collect() };
    let id_config = FieldConfig { display_name: "Profile ID".to_owned(), ..FieldConfig::default() };
    let value_config = FieldConfig { unit: look.unit.to_owned(), ..FieldConfig::default() };
    let mut value = Field::new("Value", values).with_labels(look.labels.iter().cloned());
    if !look.unit.is_empty() {
        value = value.with_config(value_config);
    }
    let mut fields = vec![
        Field::new("Time", Column::time_millis(&times)),
        value,
        Field::new("Id", texts(|exemplar| &exemplar.profile_id)).with_config(id_config),
    ];
    fields.extend(label_fields(look.labels, exemplars.len()));
    let own = look.in_full.then(|| own_labels(look.labels, &exemplars));
    if let Some(own) = &own {
        fields.extend(own_label_fields(own, &exemplars));
    }
    let ids: [(&str, TextOf); 2] =
        [("span_id", |exemplar| &exemplar.span_id), ("trace_id", |exemplar| &exemplar.trace_id)];
    for (name, of) in ids {
        if exemplars.iter().any(|exemplar| !of(exemplar).is_empty()) {
            let own = exemplars.iter().map(|exemplar| Some(of(exemplar)));
            // No text where there is no id: a link shall not take it for one.
            let own: TextCells = own.map(|id| id.filter(|id| !id.is_empty())).collect();
            fields.push(Field::new(name, own));
        }
    }
    let mut frame = Frame::new("exemplar", fields).with_meta(FrameMeta {
        data_topic: Some(DataTopic::Annotations),
        custom: if look.in_full { json!({"resultType": "exemplar"}) } else { Value::Null },
        ..FrameMeta::default()
    });
    if picked.left_out > 0 {
        let text = format!(
            "{} exemplars are not shown: at most {} of each series are, spread over the time range, the largest first",
            picked.left_out, look.at_most
        );
        frame.push_notice(Notice::new(Severity::Info, text));
    }
    if let Some(notice) = own.as_ref().and_then(LabelFields::notice) {
        frame.push_notice(notice);
    }
    Some(frame)
}

fn label_fields(labels: &Labels, rows: usize) -> impl Iterator<Item = Field> {
    labels.iter().map(move |(name, value)| Field::new(name, vec![value.as_str(); rows]))
}

/// The labels that exemplars have of their own, private ones (`__name__`) left out.
fn own_labels<'a>(labels: &Labels, exemplars: &[&'a Exemplar]) -> LabelFields<'a> {
    let reserved = ["Time", "Value", "Id", "span_id", "trace_id"];
    let is_free = |name: &&str| {
        !name.starts_with("__")
            && !reserved.contains(name)
            && labels.iter().all(|(taken, _)| taken != name)
    };
    let names = exemplars
        .iter()
        .flat_map(|exemplar| exemplar.labels.iter().map(|(name, _)| name.as_str()))
        .filter(is_free);
    LabelFields::of(names, &[])
}

/// One field for each such label; empty where an exemplar lacks it.
fn own_label_fields(own: &LabelFields<'_>, exemplars: &[&Exemplar]) -> Vec<Field> {
    let rows: Vec<BTreeMap<&str, &str>> = exemplars
        .iter()
        .map(|exemplar| {
            exemplar.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
        })
        .collect();
    let column = |name: &str| -> Vec<&str> {
        rows.iter().map(|row| row.get(name).copied().unwrap_or_default()).collect()
    };
    own.names.iter().map(|name| Field::new(*name, column(name))).collect()
}
