//! What a person sees who pastes an exemplar while setting up a datasource.

use links::{ExemplarSettings, preview_exemplar};
use serde_json::json;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// The labels as `name=value`, those that changed with a star.
fn preview(text: &str, settings: &ExemplarSettings) -> (bool, Vec<String>) {
    let preview = preview_exemplar(text, settings);
    let label = |label: &links::PreviewLabel| {
        let star = if label.is_changed { "*" } else { "" };
        format!("{star}{}={}", label.name, label.value)
    };
    (preview.has_trace, preview.labels.iter().map(label).collect())
}

#[test]
fn what_people_have_at_hand_is_read() {
    let found = (true, vec![format!("*trace_id={TRACE}"), "path=/a b".to_owned()]);
    for text in [
        format!(
            "http_bucket{{le=\"0.5\",traceID=\"no\"}} 3 # {{traceID=\"{TRACE}\",path=\"/a b\"}} 0.43 1795240100"
        ),
        format!("# {{traceID=\"{TRACE}\", path=\"/a b\"}} 0.43"),
        format!("{{traceID=\"{TRACE}\",path=\"/a b\"}}"),
        format!("traceID=\"{TRACE}\", path=\"/a b\""),
        format!("{{\"traceID\": \"{TRACE}\", \"path\": \"/a b\"}}"),
    ] {
        let (has_trace, mut labels) = preview(&text, &ExemplarSettings::default());
        labels.sort_by_key(|label| !label.starts_with('*'));
        assert_eq!((has_trace, labels), found, "{text}");
    }
    let logfmt = format!("ts=5 traceId={TRACE} n=1");
    let (has_trace, labels) = preview(&logfmt, &ExemplarSettings::default());
    assert_eq!(
        (has_trace, labels),
        (true, vec!["ts=5".to_owned(), format!("*trace_id={TRACE}"), "n=1".to_owned()])
    );
}

#[test]
fn a_label_of_ones_own_leads_to_a_trace_once_the_settings_name_it() {
    let text = format!("{{request=\"{TRACE}\"}}");
    let (settings, _) = ExemplarSettings::from_json_data(&json!({}));
    let before = preview_exemplar(&text, &settings);
    assert!(!before.has_trace);
    assert!(before.line.starts_with("No label of it holds a trace id."), "{}", before.line);
    let (settings, _) =
        ExemplarSettings::from_json_data(&json!({"exemplars": {"traceLabels": ["request"]}}));
    let after = preview_exemplar(&text, &settings);
    assert_eq!(after.line, "It leads to a trace, by the label \"trace_id\".");
}

#[test]
fn what_is_no_exemplar_is_told() {
    assert_eq!(
        preview_exemplar("  ", &ExemplarSettings::default()),
        links::ExemplarPreview::default()
    );
    let nothing = preview_exemplar("hello", &ExemplarSettings::default());
    assert!(nothing.labels.is_empty() && nothing.line.starts_with("No labels"), "{nothing:?}");
    let other = "1".repeat(32);
    let both = format!("{{trace_id=\"{TRACE}\",traceID=\"{other}\"}}");
    let conflicts = preview_exemplar(&both, &ExemplarSettings::default()).conflicts;
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
}
