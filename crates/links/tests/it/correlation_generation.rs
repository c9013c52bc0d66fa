//! The correlations from one data source to another.

use links::correlation::{
    Correlation, DataSource, GenerateSettings, check, check_traces_to_profiles, generate,
    traces_to_profiles,
};
use links::target::DataSourceKind;
use query::Query;
use serde_json::{Value, json};

const TYPES: [&str; 7] = [
    "prometheus",
    "tempo",
    "jaeger",
    "zipkin",
    "loki",
    "grafana-pyroscope-datasource",
    "fireline-profiles-datasource",
];

fn data_source(datasource_type: &str) -> DataSource {
    DataSource {
        uid: format!("uid-of-{datasource_type}"),
        name: "There".to_owned(),
        datasource_type: datasource_type.to_owned(),
    }
}

fn from_to(source: &str, target: &str) -> Vec<Correlation> {
    generate(&data_source(source), &data_source(target), &GenerateSettings::default())
}

/// The one whose label begins like this.
fn labelled(correlations: &[Correlation], label: &str) -> Correlation {
    let found = correlations.iter().find(|one| one.label.starts_with(label));
    found.unwrap_or_else(|| panic!("no {label:?} in {correlations:?}")).clone()
}

#[test]
fn everything_generated_follows_the_rules() {
    let mut generated = 0;
    for source in TYPES {
        for target in TYPES {
            for correlation in from_to(source, target) {
                let faults =
                    check(&correlation.to_provisioned_json(), DataSourceKind::of_type(source));
                assert_eq!(faults, [], "{source} to {target}: {correlation:?}");
                assert_eq!(correlation.target_uid, format!("uid-of-{target}"));
                generated += 1;
            }
        }
    }
    assert!(generated > 40, "{generated}");
}

/// Which data sources lead to which, and by how many links.
#[test]
fn who_leads_to_whom() {
    let counts: Vec<Vec<usize>> = TYPES
        .iter()
        .map(|source| TYPES.iter().map(|target| from_to(source, target).len()).collect())
        .collect();
    assert_eq!(
        counts,
        [
            // to prometheus, tempo, jaeger, zipkin, loki, pyroscope, fireline
            [0, 2, 2, 0, 2, 2, 2],
            [1, 0, 0, 0, 1, 2, 2],
            [1, 0, 0, 0, 1, 2, 2],
            [1, 0, 0, 0, 1, 2, 2],
            [1, 1, 1, 1, 0, 2, 2],
            [1, 1, 1, 0, 1, 0, 1],
            [0, 0, 0, 0, 0, 0, 0],
        ]
    );
}

#[test]
fn the_same_label_is_never_on_a_field_twice() {
    for source in TYPES {
        let mut seen = Vec::new();
        for correlation in TYPES.iter().flat_map(|target| from_to(source, target)) {
            let key = (correlation.target_uid, correlation.label, correlation.field);
            assert!(!seen.contains(&key), "{key:?}");
            seen.push(key);
        }
    }
}

#[test]
fn a_span_opens_its_profile_by_the_id_in_its_tags() {
    for tracer in ["tempo", "jaeger", "zipkin"] {
        let links = from_to(tracer, "fireline-profiles-datasource");
        let link = labelled(&links, "Profile of this span");
        assert_eq!(link.field, "spanID");
        assert_eq!(link.target["spanSelector"], json!(["${profile_id}"]));
        assert_eq!(link.target["labelSelector"], "{service_name=${serviceName:doublequote}}");
        assert_eq!(link.target["profileTypeId"], "process_cpu:cpu:nanoseconds:cpu:nanoseconds");
        assert_eq!(link.target["origin"], "link");
        assert!(link.transformations.iter().all(|one| one.field.as_deref() == Some("tags")));
        let query = Query::from_json(link.target.to_string().as_bytes()).expect("a query of ours");
        let duration = "${__data.fields['duration'].numeric}ms";
        assert_eq!(query.plan.map(|plan| plan.span_duration).as_deref(), Some(duration));
    }
}

#[test]
fn the_profile_id_is_found_however_a_tracer_writes_its_tags() {
    let link = labelled(&from_to("tempo", "fireline-profiles-datasource"), "Profile of this span");
    let tags = [
        r#"[{"value":"eu","key":"region"},{"value":"03fa1cbd967b13da","key":"pyroscope.profile.id"}]"#,
        r#"[{"key":"region","type":"string","value":"eu"},{"key":"pyroscope.profile.id","type":"string","value":"03fa1cbd967b13da"}]"#,
        r#"[{"key":"pyroscope.profile.id","value":"03fa1cbd967b13da"},{"key":"region","value":"0000000000000000"}]"#,
        r#"[{"value":"0000000000000000","key":"region"},{"value":"03fa1cbd967b13da","key":"pyroscope.profile.id"}]"#,
    ];
    for tags in tags {
        assert_eq!(found(&link, tags, "profile_id"), ["03fa1cbd967b13da"], "{tags}");
    }
    assert_eq!(
        found(&link, r#"[{"key":"region","value":"0000000000000000"}]"#, "profile_id"),
        [""; 0]
    );
}

#[test]
fn a_line_opens_its_trace_however_the_id_is_called() {
    let lines = [
        "kind=exception traceID=b76efb7ac1779aa58aecd0fd08c2bdc5 spanID=03fa1cbd967b13da",
        r#"{"trace_id":"b76efb7ac1779aa58aecd0fd08c2bdc5","span_id":"03fa1cbd967b13da"}"#,
        "trace-id: b76efb7ac1779aa58aecd0fd08c2bdc5 Span_Id = \"03fa1cbd967b13da\"",
    ];
    let trace = labelled(&from_to("loki", "jaeger"), "Trace of this line");
    let span = labelled(&from_to("loki", "fireline-profiles-datasource"), "Profile of this line");
    for line in lines {
        let ids = found(&trace, line, "trace_id");
        assert!(
            !ids.is_empty() && ids.iter().all(|id| id == "b76efb7ac1779aa58aecd0fd08c2bdc5"),
            "{line}: {ids:?}"
        );
        let ids = found(&span, line, "span_id");
        assert!(
            !ids.is_empty() && ids.iter().all(|id| id == "03fa1cbd967b13da"),
            "{line}: {ids:?}"
        );
    }
    assert_eq!(found(&trace, "traceID=none", "trace_id"), [""; 0]);
    let read = |link: &Correlation| -> Vec<String> {
        let fields = link.transformations.iter().map(|one| one.field.clone());
        fields.map(|field| field.unwrap_or_else(|| link.field.clone())).collect()
    };
    assert_eq!(read(&trace), ["labels", "Line"], "structured metadata, then the text");
    assert_eq!(read(&span), ["labels", "Line", "labels"], "and the service");
    assert_eq!(trace.target, json!({ "query": "${trace_id}" }), "as Jaeger reads it");
}

/// What the transformations of a link find in a text. They are JavaScript's, without anything that Rust's lack.
fn found(link: &Correlation, text: &str, group: &str) -> Vec<String> {
    let expressions = link.transformations.iter().map(|one| format!("(?i){}", one.expression));
    let matches = expressions.filter_map(|expression| {
        let captures =
            regex_lite::Regex::new(&expression).expect("an expression").captures(text)?;
        Some(captures.name(group)?.as_str().to_owned())
    });
    matches.collect()
}

#[test]
fn each_tracer_is_asked_in_its_own_words() {
    let asked = |target: &str| labelled(&from_to("loki", target), "Trace of this line").target;
    assert_eq!(asked("tempo"), json!({ "query": "${trace_id}", "queryType": "traceql" }));
    assert_eq!(asked("jaeger"), json!({ "query": "${trace_id}" }));
    assert_eq!(asked("zipkin"), json!({ "query": "${trace_id}", "queryType": "traceID" }));
}

#[test]
fn a_trace_leads_to_its_lines() {
    let link = labelled(&from_to("zipkin", "loki"), "Logs of this trace");
    assert_eq!(
        link.target["expr"],
        r#"{service_name=${serviceName:doublequote}} |= ${__value.raw:doublequote}"#
    );
    assert_eq!(link.field, "traceID");
}

#[test]
fn a_service_has_the_label_that_it_has_in_each_data_source() {
    let links = from_to("prometheus", "loki");
    let fields: Vec<&str> = links.iter().map(|link| link.field.as_str()).collect();
    assert_eq!(fields, ["service_name", "job"], "columns of a table");
    assert!(
        links
            .iter()
            .all(|link| link.target["expr"] == r#"{service_name=${__value.raw:doublequote}}"#)
    );
    let back = labelled(&from_to("loki", "prometheus"), "Metrics of this service");
    let expr = r#"count by (__name__) ({service_name=${service:doublequote}} or {job=${service:doublequote}})"#;
    assert_eq!(back.target["expr"], expr);

    let labels = [(DataSourceKind::Loki, "app"), (DataSourceKind::Prometheus, "service")];
    let settings = GenerateSettings {
        service_labels: labels.map(|(kind, label)| (kind, label.to_owned())).into(),
        ..GenerateSettings::default()
    };
    let links = generate(&data_source("prometheus"), &data_source("loki"), &settings);
    assert_eq!(links.len(), 1);
    assert_eq!(
        (links[0].field.as_str(), &links[0].target["expr"]),
        ("service", &json!(r#"{app=${__value.raw:doublequote}}"#))
    );
}

#[test]
fn a_rate_of_profiles_leads_on_by_the_labels_it_is_grouped_by() {
    let links = from_to("grafana-pyroscope-datasource", "tempo");
    let link = labelled(&links, "Traces of this service");
    assert_eq!(link.field, "cpu");
    assert_eq!(
        link.target["query"],
        r#"{resource.service.name=${__field.labels.service_name:doublequote}}"#
    );
}

#[test]
fn nothing_leads_from_or_to_what_is_not_known() {
    for (source, target) in [("mysql", "tempo"), ("loki", "mysql"), ("loki", "loki")] {
        assert_eq!(from_to(source, target), [], "{source} to {target}");
    }
}

#[test]
fn the_api_and_a_file_differ_by_dollars_alone() {
    let link = labelled(&from_to("loki", "tempo"), "Trace of this line");
    let (api, file) = (link.to_json(), link.to_provisioned_json());
    assert_eq!(api["config"]["target"]["query"], "${trace_id}");
    assert_eq!(file["config"]["target"]["query"], "$${trace_id}");
    let read = file.to_string().replace("$$", "$");
    assert_eq!(serde_json::from_str::<Value>(&read).expect("JSON"), api);
}

#[test]
fn the_setting_for_spans_names_the_service_alone() {
    let profiles = data_source("fireline-profiles-datasource");
    let setting = traces_to_profiles(&profiles, &GenerateSettings::default());
    assert_eq!(
        setting,
        json!({
            "datasourceUid": "uid-of-fireline-profiles-datasource",
            "tags": [{ "key": "service.name", "value": "service_name" }],
            "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
            "customQuery": false,
        })
    );
    assert_eq!(check_traces_to_profiles(&json!({ "tracesToProfiles": setting })), []);
}
