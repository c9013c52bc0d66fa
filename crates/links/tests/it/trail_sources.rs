//! Which data source the walk asks for what.

use std::collections::BTreeMap;

use links::trail::{Role, Source, SourcePicker, Trail, TrailProps};
use serde_json::{Value, json};

use crate::trails::{FROM_MILLIS, Page, TRACE, all_sources, frame};

const ROLES: [Role; 4] = [Role::Metrics, Role::Traces, Role::Profiles, Role::Logs];

fn source(uid: &str, type_id: &str) -> Source {
    Source {
        uid: uid.to_owned(),
        name: uid.to_uppercase(),
        type_id: type_id.to_owned(),
        ..Source::default()
    }
}

fn fireline(uid: &str, metrics_url: &str) -> Source {
    let json_data = json!({"metrics": {"url": metrics_url}});
    Source { json_data, ..source(uid, "fireline-profiles-datasource") }
}

fn pickers(sources: &[Source], params: &[(&str, &str)]) -> Vec<SourcePicker> {
    let params: BTreeMap<String, String> =
        params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let props = TrailProps { sources: sources.to_vec(), params, ..TrailProps::default() };
    Trail::default().set_props(props).view.sources
}

/// The uids to choose from for a role, the one that is asked first marked by a star.
fn offered(sources: &[Source], params: &[(&str, &str)], role: Role) -> Vec<String> {
    let pickers = pickers(sources, params);
    let picker = pickers.iter().find(|picker| picker.role == role).expect("each role has one");
    let mark = |uid: &str| if uid == picker.uid { format!("*{uid}") } else { uid.to_owned() };
    picker.choices.iter().map(|choice| mark(&choice.value)).collect()
}

#[test]
fn each_role_has_a_name_and_the_names_of_data_sources() {
    let pickers = pickers(&[source("tempo", "tempo")], &[]);
    let roles: Vec<Role> = pickers.iter().map(|picker| picker.role).collect();
    assert_eq!(roles, ROLES);
    let labels: Vec<&str> = pickers.iter().map(|picker| picker.label.as_str()).collect();
    assert_eq!(labels, ["Metrics", "Traces", "Profiles", "Logs"]);
    assert_eq!((pickers[0].uid.as_str(), &pickers[0].choices[..]), ("", &[][..]));
    let choice = &pickers[1].choices[0];
    assert_eq!((choice.value.as_str(), choice.label.as_str()), ("tempo", "TEMPO"));
}

#[test]
fn the_most_suitable_comes_first_then_the_default_then_by_name() {
    let sources = [
        source("zipkin", "zipkin"),
        source("jaeger", "jaeger"),
        source("tempo-b", "tempo"),
        source("tempo-a", "tempo"),
        Source { is_default: true, ..source("tempo-z", "tempo") },
        source("prom", "prometheus"),
        fireline("without", " "),
        fireline("with", "http://127.0.0.1:9090"),
        source("loki", "loki"),
        source("sql", "postgres"),
        source("pyroscope", "grafana-pyroscope-datasource"),
    ];
    let offered = |role| offered(&sources, &[], role);
    assert_eq!(offered(Role::Traces), ["*tempo-z", "tempo-a", "tempo-b", "jaeger", "zipkin"]);
    assert_eq!(offered(Role::Metrics), ["*with", "prom"], "the one that brings profiles too");
    assert_eq!(offered(Role::Profiles), ["*with", "without"]);
    assert_eq!(offered(Role::Logs), ["*loki"]);
}

#[test]
fn the_address_chooses_where_it_names_one_that_is_there() {
    let sources = [
        source("tempo", "tempo"),
        source("jaeger", "jaeger"),
        source("prom-a", "prometheus"),
        source("prom-b", "prometheus"),
        fireline("fire-a", ""),
        fireline("fire-b", ""),
        source("loki-a", "loki"),
        source("loki-b", "loki"),
    ];
    let params =
        [("metrics", "prom-b"), ("traces", "jaeger"), ("profiles", "fire-b"), ("logs", "loki-b")];
    let chosen: Vec<String> = ROLES
        .into_iter()
        .flat_map(|role| offered(&sources, &params, role))
        .filter(|uid| uid.starts_with('*'))
        .collect();
    assert_eq!(chosen, ["*prom-b", "*jaeger", "*fire-b", "*loki-b"]);
    for gone in ["gone", "loki-a", ""] {
        assert_eq!(offered(&sources, &[("traces", gone)], Role::Traces)[0], "*tempo", "{gone}");
    }
}

#[test]
fn a_source_is_read_as_grafana_lists_it() {
    let listed = json!({"uid": "a", "name": "A", "type": "tempo"});
    let read: Source = serde_json::from_value(listed).expect("a source");
    assert_eq!(
        (read.type_id.as_str(), read.is_default, read.json_data),
        ("tempo", false, Value::Null)
    );
}

#[test]
fn ids_are_called_as_the_settings_of_the_metrics_data_source_say() {
    let mut sources = all_sources();
    let ours = sources.iter_mut().find(|source| source.uid == "fireline").unwrap();
    ours.json_data["exemplars"] = json!({"traceLabels": ["request"]});
    let exemplars = frame(
        "exemplar",
        &Value::Null,
        &[("Time", json!([FROM_MILLIS])), ("Value", json!([1.0])), ("request", json!([TRACE]))],
    );
    let mut page = Page::open(sources, &[("expr", "up")]);
    page.answer("fireline", "\"up\"", &json!([exemplars]));
    let diamonds = page.update.view.metric.chart.unwrap().diamonds;
    assert_eq!(diamonds[0].trace_id.as_deref(), Some(TRACE));
}
