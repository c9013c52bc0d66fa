//! What profilers pushed, asked for again over the API.

use std::path::Path;

use prost::Message;
use pyroscope_api::google::v1::Profile;
use pyroscope_api::querier::v1::SelectMergeStacktracesResponse;
use pyroscope_client::{ClientConfig, PyroscopeClient};
use query::{ExemplarKind, ProfileSource, SeriesRequest, SourceNotice, Window};
use selector::Selector;
use serde_json::{Value, json};
use store::{Store, StoreConfig};

use crate::http::{Request, Running, arguments};
use crate::ingest::{recorded_push, testdata};
use crate::recorded_exchanges::start_with_recorded_pushes;

const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

/// The fields that all queries of the recorded window have.
fn query(profile_type: &str, selector: &str, more: Value) -> Value {
    let mut query = json!({
        "profileTypeID": profile_type, "labelSelector": selector,
        "start": 1_795_240_170_000_i64, "end": 1_795_240_290_000_i64,
    });
    if let (Value::Object(fields), Value::Object(more)) = (&mut query, more) {
        fields.extend(more);
    }
    query
}

async fn ask(server: &Running, call: &str, message: &Value) -> Value {
    let call = format!("querier.v1.QuerierService/{call}");
    let answer = server.send(Request::call(&call, message)).await;
    assert_eq!(answer.status, 200, "{call} {message}: {}", answer.text());
    answer.json()
}

/// A 64-bit number of protobuf's JSON, which leaves out zeros.
fn number(value: &Value) -> i64 {
    value.as_str().map_or(0, |text| text.parse().unwrap())
}

async fn flame_graph(server: &Running, message: &Value) -> Value {
    ask(server, "SelectMergeStacktraces", message).await["flamegraph"].clone()
}

async fn total(server: &Running, message: &Value) -> i64 {
    number(&flame_graph(server, message).await["total"])
}

fn has_name(graph: &Value, part: &str) -> bool {
    let names = graph["names"].as_array().unwrap();
    names.iter().any(|name| name.as_str().unwrap().contains(part))
}

#[tokio::test]
async fn every_recorded_profiler_can_be_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_with_recorded_pushes(folder.path()).await;
    for (service, profile_type, function) in [
        ("checkout", CPU, "main.checkout"),
        ("checkout", "process_cpu:samples:count:cpu:nanoseconds", "main.checkout"),
        ("checkout", "memory:alloc_space:bytes:space:bytes", "main.render_invoice"),
        ("checkout", "goroutines:goroutine:count:goroutine:count", "main."),
        ("checkout", "mutex:delay:nanoseconds:contentions:count", "sync."),
        ("checkout", "block:contentions:count:contentions:count", "runtime."),
        ("checkout-rust", CPU, "charge_card"),
        ("checkout-python", CPU, "charge_card"),
        ("checkout-python", "memory:alloc_space:bytes:space:bytes", "render_invoice"),
        ("checkout-node", "wall:wall:nanoseconds:wall:nanoseconds", "checkout"),
        ("checkout-node", "memory:inuse_space:bytes:inuse_space:bytes", ""),
    ] {
        let selector = format!("{{service_name=\"{service}\"}}");
        let graph = flame_graph(&server, &query(profile_type, &selector, json!({}))).await;
        assert!(number(&graph["total"]) > 0, "{service} {profile_type}");
        assert!(has_name(&graph, function), "{service} {profile_type} lacks {function}");
    }
}

#[tokio::test]
async fn all_forms_of_an_answer_have_one_total() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_with_recorded_pushes(folder.path()).await;
    let selector = r#"{service_name="checkout-rust"}"#;
    let whole = total(&server, &query(CPU, selector, json!({}))).await;
    let few = total(&server, &query(CPU, selector, json!({"maxNodes": 16}))).await;
    assert_eq!(few, whole);

    let request = query(CPU, selector, json!({"format": "PROFILE_FORMAT_PPROF"}));
    let answer = ask(&server, "SelectMergeStacktraces", &request).await;
    let pprof: Profile = serde_json::from_value(answer["pprof"]["profile"].clone()).unwrap();
    let sum = |profile: &Profile| profile.sample.iter().map(|sample| sample.value[0]).sum::<i64>();
    assert_eq!(sum(&pprof), whole);
    let function = &pprof.function[0];
    assert!(!pprof.string_table[usize::try_from(function.name).unwrap()].is_empty());

    let request =
        query(CPU, selector, json!({"format": "PROFILE_FORMAT_TREE", "maxNodes": 1_048_576}));
    let answer = ask(&server, "SelectMergeStacktraces", &request).await;
    let message: SelectMergeStacktracesResponse = serde_json::from_value(answer).unwrap();
    let tree = profile_codec::tree::decode(&message.tree).unwrap().value;
    assert_eq!(tree.total_values()[0], whole);

    let both =
        json!({"left": query(CPU, selector, json!({})), "right": query(CPU, selector, json!({}))});
    let diff = ask(&server, "Diff", &both).await["flamegraph"].clone();
    assert_eq!((number(&diff["leftTicks"]), number(&diff["rightTicks"])), (whole, whole));
    assert_eq!(number(&diff["total"]), 2 * whole);

    let series = query(CPU, selector, json!({"step": 15}));
    let series = ask(&server, "SelectSeries", &series).await;
    let points = series["series"][0]["points"].as_array().unwrap();
    let sum: f64 = points.iter().map(|point| point["value"].as_f64().unwrap()).sum();
    assert_eq!(sum as i64, whole);
}

#[tokio::test]
async fn spans_traces_profiles_and_call_sites_can_be_picked_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_with_recorded_pushes(folder.path()).await;
    let selector = r#"{service_name="checkout"}"#;
    let whole = total(&server, &query(CPU, selector, json!({}))).await;

    let spans = json!({
        "step": 120, "queryType": "HEATMAP_QUERY_TYPE_SPAN", "exemplarType": "EXEMPLAR_TYPE_SPAN",
    });
    let heatmap = ask(&server, "SelectHeatmap", &query(CPU, selector, spans)).await;
    let exemplar = heatmap["series"][0]["slots"][0]["exemplars"][0].clone();
    let (span, trace) =
        (exemplar["spanId"].as_str().unwrap(), exemplar["traceId"].as_str().unwrap());
    assert_eq!((span.len(), trace.len()), (16, 32), "{exemplar}");
    let of_span = total(&server, &query(CPU, selector, json!({"spanSelector": [span]}))).await;
    let of_trace = total(&server, &query(CPU, selector, json!({"traceIdSelector": [trace]}))).await;
    assert!(of_span >= number(&exemplar["value"]) && of_trace >= of_span && of_trace < whole);
    let upper = query(CPU, selector, json!({"traceIdSelector": [trace.to_uppercase()]}));
    assert_eq!(total(&server, &upper).await, of_trace);
    let older = query(CPU, selector, json!({"spanSelector": [span]}));
    let older = ask(&server, "SelectMergeSpanProfile", &older).await;
    assert_eq!(number(&older["flamegraph"]["total"]), of_span);
    let none = query(CPU, selector, json!({"spanSelector": ["00000000000000ff"]}));
    assert_eq!(total(&server, &none).await, 0);

    let individual = json!({"step": 120, "exemplarType": "EXEMPLAR_TYPE_INDIVIDUAL"});
    let series = ask(&server, "SelectSeries", &query(CPU, selector, individual)).await;
    let exemplar = &series["series"][0]["points"][0]["exemplars"][0];
    let one = query(CPU, selector, json!({"profileIdSelector": [exemplar["profileId"]]}));
    let of_profile = total(&server, &one).await;
    assert!(of_profile >= number(&exemplar["value"]) && of_profile < whole, "{exemplar}");

    let root = flame_graph(&server, &query(CPU, selector, json!({}))).await["names"][1].clone();
    let site = json!({"stackTraceSelector": {"callSite": [{"name": root}]}});
    let below = total(&server, &query(CPU, selector, site)).await;
    assert!(below > 0 && below < whole, "{below} of {whole} below {root}");
    let site = json!({"stackTraceSelector": {"callSite": [{"name": "no such function"}]}});
    assert_eq!(total(&server, &query(CPU, selector, site)).await, 0);
}

#[tokio::test]
async fn selectors_know_dotted_labels_and_regular_expressions() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_with_recorded_pushes(folder.path()).await;
    let whole = total(&server, &query(CPU, "{}", json!({}))).await;
    let go = r#"{"otel.scope.name"="com.grafana.pyroscope/go"}"#;
    let go = total(&server, &query(CPU, go, json!({}))).await;
    let others = r#"{service_name=~"checkout-(rust|python)"}"#;
    let others = total(&server, &query(CPU, others, json!({}))).await;
    assert!(go > 0 && others > 0);
    assert_eq!(go + others, whole);
}

#[tokio::test]
async fn a_push_can_be_read_at_once_counts_twice_when_repeated_and_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let start = async |folder: &Path| {
        let store = Store::open(StoreConfig::new(folder.join("profiles"))).unwrap();
        Running::start(&arguments(folder, &["--no-workbench"]), store).await
    };
    let server = start(folder.path()).await;
    let all = query(CPU, "{}", json!({}));
    assert_eq!(server.send(recorded_push("rust-1-cpu")).await.status, 200);
    let once = total(&server, &all).await;
    assert!(once > 0);
    assert_eq!(server.send(recorded_push("rust-1-cpu")).await.status, 200);
    assert_eq!(total(&server, &all).await, 2 * once);
    server.stop().await;
    let server = start(folder.path()).await;
    assert_eq!(total(&server, &all).await, 2 * once);
}

#[tokio::test]
async fn a_profile_with_dangling_ids_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(StoreConfig::new(folder.path().join("profiles"))).unwrap();
    let arguments = arguments(folder.path(), &["--no-workbench"]);
    let server = Running::start(&arguments, store).await;

    let pprof = std::fs::read(testdata("sdk-pprof/rust-cpu.pb")).unwrap();
    let mut profile = Profile::decode(&pprof[..]).unwrap();
    let sum = |profile: &Profile| profile.sample.iter().map(|sample| sample.value[0]).sum::<i64>();
    let (whole, lost) = (sum(&profile), profile.sample[0].value[0]);
    profile.sample[0].location_id = vec![u64::MAX];
    profile.location[0].mapping_id = 77;
    profile.location[1].line[0].function_id = 99_999;
    profile.function[2].name = 1 << 40;
    let path = "/ingest?name=checkout&format=pprof";
    let push = Request::post(path, "application/octet-stream", profile.encode_to_vec());
    let pushed = server.send(push).await;
    assert!([200, 422].contains(&pushed.status), "{}", pushed.text());
    let kept = total(&server, &query(CPU, "{}", json!({}))).await;
    if pushed.status == 200 {
        assert!(kept > 0 && kept <= whole - lost, "{kept} of {whole}, {lost} lost");
    } else {
        assert_eq!(kept, 0);
    }
    assert_eq!(server.send(Request::get("/ready")).await.status, 200);
}

#[tokio::test]
async fn a_client_is_told_which_days_are_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("profiles-2026-11-21.redb");
    std::fs::write(&damaged, "not a database").unwrap();
    let store = Store::open(StoreConfig::new(folder.path())).unwrap();
    let server = Running::start(&arguments(folder.path(), &["--no-workbench"]), store).await;
    let asked = query(CPU, "{}", json!({"step": 15.0}));
    let heatmap = query(CPU, "{}", json!({"step": 15.0, "queryType": 1}));
    let diff = json!({"left": query(CPU, "{}", json!({})), "right": query(CPU, "{}", json!({}))});
    for (call, message) in [
        ("SelectMergeStacktraces", &asked),
        ("SelectMergeSpanProfile", &asked),
        ("SelectSeries", &asked),
        ("SelectHeatmap", &heatmap),
        ("Diff", &diff),
    ] {
        let call = format!("querier.v1.QuerierService/{call}");
        let answer = server.send(Request::call(&call, message)).await;
        assert_eq!(answer.status, 200, "{call}: {}", answer.text());
        assert_eq!(answer.header("fireline-damaged-days"), "2026-11-21", "{call}");
    }
    let later =
        json!({"profileTypeID": CPU, "labelSelector": "{}", "start": 1, "end": 2, "step": 1.0});
    let answer = server.send(Request::call("querier.v1.QuerierService/SelectSeries", &later)).await;
    assert_eq!((answer.status, answer.header("fireline-damaged-days")), (200, ""));

    let client = PyroscopeClient::new(&ClientConfig::new(server.url.clone())).unwrap();
    let window = Window { start_millis: 1_795_240_170_000, end_millis: 1_795_240_290_000 };
    let request = SeriesRequest {
        profile_type: CPU.parse().unwrap(),
        selector: Selector::default(),
        window,
        step_millis: 15_000,
        group_by: Vec::new(),
        limit: None,
        exemplars: ExemplarKind::None,
        call_site: Vec::new(),
    };
    let notices = client.series(&request).await.unwrap().notices;
    assert_eq!(notices, [SourceNotice::DamagedDays { days: vec!["2026-11-21".to_owned()] }]);
}
