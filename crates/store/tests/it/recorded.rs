//! The store answers as Pyroscope did, when it holds what was pushed to Pyroscope.
//!
//! Where both differ on purpose, the test says so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use profile::{NodeIdx, Tree};
use query::{
    ExemplarKind, HeatmapKind, HeatmapRequest, Labels, MetadataRequest, NodeLimit, ProfileSource,
    SeriesRequest, TreeRequest, Window,
};
use selector::Selector;
use serde_json::Value;
use store::{IncomingProfile, Store, StoreConfig};

const WINDOW: Window = Window { start_millis: 1_795_240_170_000, end_millis: 1_795_240_290_000 };
const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

fn testdata(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/pyroscope-2").join(path)
}

fn json(path: &str) -> Value {
    let text = std::fs::read_to_string(testdata(path)).expect(path);
    serde_json::from_str(&text).expect(path)
}

/// A store that holds everything that was recorded of pushes.
pub(crate) async fn recorded_store() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = StoreConfig::new(folder.path());
    config.group_commit = Duration::ZERO;
    let store = Store::open(config).unwrap();
    let mut incoming = Vec::new();
    for push in json("pushes/pushes.json").as_array().unwrap() {
        let file = format!("pushes/{}", push["file"].as_str().unwrap());
        let bytes = std::fs::read(testdata(&file)).unwrap();
        let decoded = profile_codec::pprof::decode(&bytes, 4 << 20).unwrap();
        let labels = push["labels"].as_object().unwrap().iter();
        let labels = labels.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        incoming
            .push(IncomingProfile { labels: Arc::new(labels.collect()), profile: decoded.value });
    }
    let count = incoming.len();
    let outcome = store.push(incoming, WINDOW.end_millis).await.unwrap();
    assert_eq!((outcome.stored, outcome.errors), (count, vec![]));
    (store, folder)
}

fn about(selector: &str) -> MetadataRequest {
    MetadataRequest { selectors: vec![Selector::parse(selector).unwrap()], window: WINDOW }
}

fn tree_request(profile_type: &str, selector: &str) -> TreeRequest {
    TreeRequest {
        profile_type: profile_type.parse().unwrap(),
        selector: Selector::parse(selector).unwrap(),
        window: WINDOW,
        max_nodes: NodeLimit::All,
        span_ids: vec![],
        trace_ids: vec![],
        profile_ids: vec![],
        call_site: vec![],
    }
}

/// A tree as lines of path and self value, so that the order of siblings does not count.
fn self_values(tree: &Tree) -> BTreeMap<Vec<String>, i64> {
    let mut by_path = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    for node in (0..tree.node_count() as u32).map(NodeIdx) {
        path.truncate((tree.depth(node) as usize).saturating_sub(1));
        if node.0 > 0 {
            path.push(tree.name(node).to_owned());
        }
        if tree.self_value(node) != 0 {
            *by_path.entry(path.clone()).or_insert(0) += tree.self_value(node);
        }
    }
    by_path
}

/// The same of a recorded tree.
fn recorded_self_values(case: &str) -> BTreeMap<Vec<String>, i64> {
    let text = std::fs::read_to_string(testdata(case).join("tree.txt")).unwrap();
    let mut by_path = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    for line in text.lines().skip(1) {
        let name_at = line.len() - line.trim_start().len();
        let (rest, _children) = line.rsplit_once(" children=").unwrap();
        let (name, self_value) = rest.rsplit_once(" self=").unwrap();
        path.truncate(name_at / 2 - 1);
        path.push(name.trim_start().to_owned());
        let self_value: i64 = self_value.parse().unwrap();
        if self_value != 0 {
            *by_path.entry(path.clone()).or_insert(0) += self_value;
        }
    }
    by_path
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn labels(value: &Value) -> Labels {
    let pairs = value["labels"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut labels: Labels =
        pairs.iter().map(|pair| (text(&pair["name"]), text(&pair["value"]))).collect();
    labels.sort();
    labels
}

fn label<'a>(labels: &'a Labels, name: &str) -> Option<&'a str> {
    labels.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
}

fn number(value: &Value) -> i64 {
    value.as_str().map_or(0, |text| text.parse().unwrap())
}

/// Pushed by hand, so that nothing else is in the answers: once, and then the same again.
#[tokio::test]
async fn a_tree_equals_pyroscopes_also_when_pushed_twice() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(StoreConfig::new(folder.path())).unwrap();
    for case in ["141-push-hand-made-read-back", "143-push-same-again-read-back"] {
        let bytes = std::fs::read(testdata("140-push-hand-made/profile.pprof")).unwrap();
        let profile = profile_codec::pprof::decode(&bytes, 4 << 20).unwrap().value;
        let labels = [("__name__", "process_cpu"), ("service_name", "checkout-hand-made")];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let incoming = vec![IncomingProfile { labels: labels.into(), profile }];
        assert_eq!(store.push(incoming, WINDOW.end_millis).await.unwrap().stored, 1);
        let request = tree_request(CPU, r#"{service_name="checkout-hand-made"}"#);
        let tree = store.tree(&request).await.unwrap().tree;
        assert_eq!(self_values(&tree), recorded_self_values(case), "{case}");
    }
}

/// The server had more pushes of the same programs than were recorded, so its trees hold ours.
#[tokio::test]
async fn trees_are_part_of_pyroscopes() {
    let (store, _folder) = recorded_store().await;
    let cases = [
        ("027-tree-rust", CPU, r#"{service_name="checkout-rust"}"#, 5_390_000_000),
        ("028-tree-python", CPU, r#"{service_name="checkout-python"}"#, 3_970_000_000),
        (
            "030-tree-node-wall",
            "wall:wall:nanoseconds:wall:nanoseconds",
            r#"{service_name="checkout-node"}"#,
            2_369_230_000,
        ),
    ];
    for (case, profile_type, selector, pushed) in cases {
        let response = store.tree(&tree_request(profile_type, selector)).await.unwrap();
        assert!(!response.may_be_truncated);
        assert_eq!(response.tree.total_value(NodeIdx(0)), pushed, "{case}: the sum of the pushes");
        let whole = recorded_self_values(case);
        for (path, value) in self_values(&response.tree) {
            let of_server = whole.get(&path).copied().unwrap_or(0);
            assert!(value <= of_server, "{case}: {path:?} has {value}, more than {of_server}");
        }
    }
}

#[tokio::test]
async fn metadata_equals_pyroscopes() {
    let (store, _folder) = recorded_store().await;

    // This answer is without the names that have a dot, for a client that does not ask for them;
    // leaving those out is a matter of HTTP.
    let names = store.label_names(&about(r#"{service_name="checkout-python"}"#)).await.unwrap();
    let names: Vec<String> = names.into_iter().filter(|name| !name.contains('.')).collect();
    assert_eq!(names, strings(&json("006-label-names-matched/response.json")["names"]));

    let request = about(r#"{service_name="checkout-node"}"#);
    let types = store.label_values("__profile_type__", &request).await.unwrap();
    assert_eq!(types, strings(&json("008-label-values-profile-type/response.json")["names"]));
    let ids: Vec<String> =
        store.profile_types(&request).await.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(ids, types);

    let request = about(r#"{service_name="checkout",__name__="process_cpu"}"#);
    let sets = store.label_sets(&[], &request).await.unwrap();
    let sets: BTreeSet<Labels> = sets.into_iter().collect();
    let recorded = json("013-series-whole-sets-utf8/response.json");
    let recorded: BTreeSet<Labels> =
        recorded["labelsSet"].as_array().unwrap().iter().map(labels).collect();
    let of_eu_west: BTreeSet<Labels> =
        recorded.into_iter().filter(|labels| label(labels, "region") == Some("eu-west")).collect();
    assert!(!of_eu_west.is_empty());
    assert_eq!(sets, of_eu_west);

    let names = ["__profile_type__".to_owned(), "service_name".to_owned()];
    let sets = store.label_sets(&names, &about("{}")).await.unwrap();
    let recorded = json("015-series-services-and-types/response.json");
    let recorded = recorded["labelsSet"].as_array().unwrap().iter().map(labels);
    let complete: Vec<Labels> = recorded
        .filter(|labels| {
            let service = label(labels, "service_name").unwrap();
            ["checkout-rust", "checkout-python", "checkout-node"].contains(&service)
        })
        .collect();
    let sets: Vec<Labels> = sets
        .into_iter()
        .filter(|labels| label(labels, "service_name") != Some("checkout"))
        .collect();
    assert_eq!(sets, complete);
}

fn series_request(group_by: &[&str], exemplars: ExemplarKind) -> SeriesRequest {
    SeriesRequest {
        profile_type: CPU.parse().unwrap(),
        selector: Selector::parse(r#"{service_name="checkout"}"#).unwrap(),
        window: WINDOW,
        step_millis: 15_000,
        group_by: group_by.iter().map(|&name| name.to_owned()).collect(),
        limit: None,
        exemplars,
        call_site: vec![],
    }
}

/// The first point is the only one for which all pushes of `eu-west` are there.
const WHOLE_POINT: i64 = 1_795_240_185_000;

#[tokio::test]
async fn series_equal_pyroscopes() {
    let (store, _folder) = recorded_store().await;
    let found = store
        .series(&series_request(&["region", "route"], ExemplarKind::None))
        .await
        .unwrap()
        .series;
    let found: BTreeMap<Labels, f64> = found
        .into_iter()
        .map(|series| {
            let point = &series.points[0];
            assert_eq!(point.timestamp_millis, WHOLE_POINT);
            (series.labels, point.value)
        })
        .collect();
    let recorded = json("063-select-series-two-labels/response.json");
    let recorded: BTreeMap<Labels, f64> = recorded["series"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|series| label(&labels(series), "region") == Some("eu-west"))
        .map(|series| {
            let points = series["points"].as_array().unwrap();
            assert_eq!(number(&points[0]["timestamp"]), WHOLE_POINT);
            (labels(series), points[0]["value"].as_f64().unwrap())
        })
        .collect();
    assert_eq!(found, recorded);
    assert!(recorded.len() >= 3);
}

#[tokio::test]
async fn series_exemplars_equal_pyroscopes_but_for_ids() {
    let (store, _folder) = recorded_store().await;
    let found =
        store.series(&series_request(&["region"], ExemplarKind::Profile)).await.unwrap().series;
    let [found] = &found[0].points[0].exemplars[..] else { panic!("one exemplar per point") };
    let recorded = json("070-select-series-exemplars-individual/response.json");
    let of_eu_west = recorded["series"]
        .as_array()
        .unwrap()
        .iter()
        .find(|series| label(&labels(series), "region") == Some("eu-west"))
        .unwrap();
    let recorded = &of_eu_west["points"][0]["exemplars"][0];
    assert_eq!(found.value, number(&recorded["value"]));
    assert_eq!(found.timestamp_millis, number(&recorded["timestamp"]));
    assert_eq!(found.labels, labels(recorded));
    // Every server makes its own profile ids; ours finds the profile again.
    let mut request = tree_request(CPU, r#"{service_name="checkout"}"#);
    request.profile_ids = vec![found.profile_id.clone()];
    let tree = store.tree(&request).await.unwrap().tree;
    assert_eq!(tree.total_value(NodeIdx(0)), found.value);
}

/// Slots up to this time have all pushes of `eu-west`.
const WHOLE_SLOT: i64 = 1_795_240_200_000;

fn heatmap_request(kind: HeatmapKind) -> HeatmapRequest {
    HeatmapRequest {
        profile_type: CPU.parse().unwrap(),
        selector: Selector::parse(r#"{service_name="checkout",region="eu-west"}"#).unwrap(),
        window: Window { end_millis: WHOLE_SLOT, ..WINDOW },
        step_millis: 30_000,
        group_by: vec![],
        kind,
        exemplars: true,
        limit: None,
    }
}

/// Pyroscope counted both regions, and us-east alone; the difference is eu-west.
#[tokio::test]
async fn the_heatmap_of_spans_counts_as_pyroscope_does() {
    let (store, _folder) = recorded_store().await;
    let both = json("076-heatmap-span/response.json");
    let us_east = json("079-heatmap-span-by-region/response.json");
    let slot = |answer: &Value| answer["series"][0]["slots"][0].clone();
    let (both, us_east) = (slot(&both), slot(&us_east));
    assert_eq!(both["yMin"], us_east["yMin"]);
    let counts = |slot: &Value| -> i64 {
        slot["counts"].as_array().unwrap().iter().map(|count| count.as_i64().unwrap()).sum()
    };
    let heatmap = store.heatmap(&heatmap_request(HeatmapKind::Span)).await.unwrap();
    let [series] = &heatmap.series[..] else { panic!("one series without group_by") };
    let [found] = &series.slots[..] else { panic!("one slot: {:?}", series.slots) };
    assert_eq!(found.timestamp_millis, WHOLE_SLOT);
    let total: i64 = found.counts.iter().map(|count| i64::from(*count)).sum();
    assert_eq!(total, counts(&both) - counts(&us_east));
    assert_eq!((found.y_min.len(), found.counts.len()), (20, 20));
}

#[tokio::test]
async fn the_heatmap_of_profiles_counts_pushed_profiles() {
    let (store, _folder) = recorded_store().await;
    let recorded = json("078-heatmap-individual/response.json");
    let slot = &recorded["series"][0]["slots"][0];
    let recorded: BTreeSet<(i64, i64)> = slot["exemplars"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|exemplar| label(&labels(exemplar), "region") == Some("eu-west"))
        .map(|exemplar| (number(&exemplar["timestamp"]), number(&exemplar["value"])))
        .collect();
    let heatmap = store.heatmap(&heatmap_request(HeatmapKind::Profile)).await.unwrap();
    let found = &heatmap.series[0].slots[0];
    let found: BTreeSet<(i64, i64)> =
        found.exemplars.iter().map(|found| (found.timestamp_millis, found.value)).collect();
    assert_eq!(recorded.len(), 2);
    assert_eq!(found, recorded);
}

#[tokio::test]
async fn a_merged_profile_has_what_its_tree_has() {
    let (store, _folder) = recorded_store().await;
    for selector in [r#"{service_name="checkout-rust"}"#, r#"{service_name="checkout"}"#] {
        let request = tree_request(CPU, selector);
        let tree = store.tree(&request).await.unwrap().tree;
        let profile = store.merged_profile(&request).await.unwrap();
        let decoded =
            profile_codec::pprof::decode(&profile_codec::pprof::encode(&profile), 64 << 20)
                .unwrap();
        assert!(decoded.warnings.is_empty());
        let merged = decoded.value;
        let mut by_path: BTreeMap<Vec<String>, i64> = BTreeMap::new();
        for sample in merged.samples().indices() {
            let mut path = Vec::new();
            for location in merged.stacks().locations(merged.samples().stack(sample)) {
                for line in merged.locations().lines(location) {
                    path.push(merged.string(merged.functions().get(line.function).name).to_owned());
                }
            }
            path.reverse();
            *by_path.entry(path).or_insert(0) += merged.samples().value(sample, 0);
        }
        assert_eq!(by_path, self_values(&tree));
        assert_eq!(merged.period, 10_000_000, "{selector}");
    }
}
