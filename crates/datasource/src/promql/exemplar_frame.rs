//! Exemplars as the frame that Grafana draws as diamonds.

use std::collections::{BTreeMap, BTreeSet};

use grafana_plugin::frame::{
    Column, DataLink, DataTopic, Field, FieldConfig, Frame, FrameMeta, Notice, Severity, TextCells,
};
use links::{
    ExemplarSettings, IdKind, LinkSettings, TRACE_URL_TITLE, normalise_exemplar, pick_exemplars,
};
use prometheus_client::{Exemplar, SeriesExemplars};
use query::{Labels, Window};
use serde_json::json;

use crate::label_fields::LabelFields;

/// At most so many exemplars of all series together: more cannot be told apart in a panel.
pub const MAX_EXEMPLAR_ROWS: usize = 10_000;

/// At most so many notices about ids that contradict each other.
const MAX_CONFLICTS: usize = 5;

/// The exemplars of all series as one frame, their ids under one name.
/// None: there are none.
///
/// Of each series at most `max_of_series` are shown, spread over the window, the largest first.
/// Labels of the series stand beside those of the exemplar, whose own win.
/// Where the settings of links have the address of a trace, its id leads there, for consumers without our frontend.
pub fn exemplar_frame(
    series: &[SeriesExemplars],
    settings: &ExemplarSettings,
    links: &LinkSettings,
    max_of_series: usize,
    window: Window,
) -> Option<Frame> {
    let mut left_out = 0;
    let mut kept: Vec<(&Labels, &Exemplar)> = Vec::new();
    for SeriesExemplars { series_labels, exemplars } in series {
        let points: Vec<(i64, f64)> = exemplars.iter().map(point).collect();
        let picked = pick_exemplars(&points, max_of_series, window);
        left_out += picked.left_out;
        kept.extend(picked.kept.iter().map(|at| (series_labels, &exemplars[*at])));
    }
    if kept.len() > MAX_EXEMPLAR_ROWS {
        let points: Vec<(i64, f64)> = kept.iter().map(|(_, exemplar)| point(exemplar)).collect();
        let picked = pick_exemplars(&points, MAX_EXEMPLAR_ROWS, window);
        left_out += picked.left_out;
        kept = picked.kept.iter().map(|at| kept[*at]).collect();
    }
    if kept.is_empty() && left_out == 0 {
        return None;
    }
    kept.sort_by_key(|(_, exemplar)| exemplar.timestamp_millis);
    let mut conflicts = BTreeSet::new();
    let mut rows = Vec::with_capacity(kept.len());
    for (series_labels, exemplar) in kept {
        let normalised = normalise_exemplar(&exemplar.labels, settings);
        conflicts.extend(normalised.conflicts);
        let texts = normalised.labels.into_iter();
        let mut all: BTreeMap<String, String> = series_labels.iter().cloned().collect();
        all.extend(texts);
        rows.push((exemplar, all));
    }
    let times: Vec<i64> = rows.iter().map(|(exemplar, _)| exemplar.timestamp_millis).collect();
    let values: Vec<f64> = rows.iter().map(|(exemplar, _)| exemplar.value).collect();
    let mut fields =
        vec![Field::new("Time", Column::time_millis(&times)), Field::new("Value", values)];
    let ids = [settings.answer_label(IdKind::Trace), settings.answer_label(IdKind::Span)];
    let names = rows.iter().flat_map(|(_, texts)| texts.keys().map(String::as_str));
    let shown = LabelFields::of(names, &ids);
    for name in &shown.names {
        let name = *name;
        // No text where there is no label: a link shall not take it for an id.
        let texts: TextCells =
            rows.iter().map(|(_, texts)| texts.get(name).map(String::as_str)).collect();
        let url = links.trace_url_of(name).filter(|_| name == settings.answer_label(IdKind::Trace));
        let field = Field::new(name, texts);
        fields.push(match url {
            Some(url) => field.with_config(FieldConfig {
                links: vec![DataLink {
                    title: TRACE_URL_TITLE.to_owned(),
                    target_blank: true,
                    url,
                    ..DataLink::default()
                }],
                ..FieldConfig::default()
            }),
            None => field,
        });
    }
    let mut notices = Vec::new();
    if left_out > 0 {
        let text = format!(
            "{left_out} exemplars are not shown: at most {max_of_series} of each series are, spread over the time range, the largest first"
        );
        notices.push(Notice::new(Severity::Info, text));
    }
    notices.extend(shown.notice());
    let told = conflicts.iter().take(MAX_CONFLICTS).map(ToString::to_string);
    notices.extend(told.map(|text| Notice::new(Severity::Warning, text)));
    Some(Frame::new("exemplar", fields).with_meta(FrameMeta {
        data_topic: Some(DataTopic::Annotations),
        custom: json!({"resultType": "exemplar"}),
        notices,
        ..FrameMeta::default()
    }))
}

fn point(exemplar: &Exemplar) -> (i64, f64) {
    (exemplar.timestamp_millis, exemplar.value)
}
