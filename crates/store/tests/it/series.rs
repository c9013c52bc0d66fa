//! Values over time.

use query::{ExemplarKind, ProfileSource, Series, SeriesRequest, SourceErrorKind};

use crate::profile_store::{DAY, NOON, TestStore, of, series_of, texts, window};

fn points(series: &Series) -> Vec<(i64, f64)> {
    series.points.iter().map(|point| (point.timestamp_millis - NOON, point.value)).collect()
}

fn names(series: &[Series]) -> Vec<String> {
    let text = |series: &Series| {
        let labels = series.labels.iter().map(|(name, value)| format!("{name}={value}"));
        labels.collect::<Vec<_>>().join(" ")
    };
    series.iter().map(text).collect()
}

#[tokio::test]
async fn a_point_is_the_sum_of_the_step_before_it() {
    let store = TestStore::new();
    for (after_noon, value) in [(-15, 1), (-10, 2), (-9, 4), (0, 8), (1, 16), (10, 32), (35, 64)] {
        store.push("", NOON + after_noon, &format!("main {value}\nmain;sort {value}")).await;
    }
    let request = series_of("{}", window(NOON, NOON + 30), 10);
    let series = store.store.series(&request).await.unwrap().series;
    assert_eq!(names(&series), [""]);
    // (-10, 0], (0, 10]; nothing in (10, 20] and (20, 30], so no points; 35 is after the end.
    assert_eq!(points(&series[0]), [(0, 24.0), (10, 96.0)]);
}

#[tokio::test]
async fn series_are_grouped_and_the_largest_come_first() {
    let store = TestStore::new();
    store.push("region=eu route=/a", NOON, "main 1").await;
    store.push("region=eu route=/b", NOON, "main 5").await;
    store.push("region=us route=/a", NOON, "main 6").await;
    store.push("region=ap", NOON, "main 9").await;
    let mut request = series_of("{}", window(NOON, NOON), 1);
    request.group_by = texts(&["region"]);
    let series = store.store.series(&request).await.unwrap().series;
    assert_eq!(names(&series), ["region=ap", "region=eu", "region=us"]);
    request.group_by = texts(&["route", "region"]);
    let series = store.store.series(&request).await.unwrap().series;
    let expected = ["region=ap", "region=us route=/a", "region=eu route=/b", "region=eu route=/a"];
    assert_eq!(names(&series), expected);
    request.limit = Some(2);
    assert_eq!(names(&store.store.series(&request).await.unwrap().series), expected[..2]);
}

#[tokio::test]
async fn a_call_site_is_honoured() {
    let store = TestStore::new();
    store.push("", NOON, "main;sort 3\nmain;sort;swap 4\nmain 10").await;
    store.push("", NOON + 1, "main 10").await;
    let mut request = series_of("{}", window(NOON, NOON + 1), 1);
    request.call_site = texts(&["main", "sort"]);
    let series = store.store.series(&request).await.unwrap().series;
    assert_eq!(points(&series[0]), [(0, 7.0)]);
    request.call_site = texts(&["nowhere"]);
    assert_eq!(store.store.series(&request).await.unwrap().series, []);
}

#[tokio::test]
async fn no_data_is_no_series_and_a_bad_step_an_error() {
    let store = TestStore::new();
    let request = series_of("{}", window(NOON, NOON + 10), 10);
    assert_eq!(store.store.series(&request).await.unwrap().series, []);
    for request in [
        SeriesRequest { step_millis: 0, ..request.clone() },
        SeriesRequest { window: window(NOON, NOON - 1), ..request },
    ] {
        let error = store.store.series(&request).await.unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::InvalidRequest);
    }
}

const SPAN_1: &str = "00000000000000a1";
const SPAN_2: &str = "00000000000000b2";
const TRACE: &str = "0000fc071464bd616aa06660dfc57e5f";

/// One profile in two series by its samples' routes, and a smaller one.
async fn store_with_spans() -> TestStore {
    let store = TestStore::new();
    let folded = format!(
        "
        main 1 [span_id:{SPAN_1}] [trace_id:{TRACE}] [route:/a]
        main 10 [span_id:{SPAN_2}] [route:/b]
        main 100 [route:/b]
        "
    );
    store.push("region=eu", NOON, &folded).await;
    let single = format!("main 7 [span_id:{SPAN_2}] [trace_id:{TRACE}]");
    store.push("region=eu", NOON + 10, &single).await;
    store
}

#[tokio::test]
async fn profile_exemplars_are_whole_pushed_profiles() {
    let store = store_with_spans().await;
    let mut request = series_of("{}", window(NOON, NOON + 10), 10);
    request.exemplars = ExemplarKind::Profile;
    request.group_by = texts(&["region"]);
    let series = store.store.series(&request).await.unwrap().series;
    let points = &series[0].points;
    let [exemplar] = &points[0].exemplars[..] else { panic!("one exemplar per point") };
    assert_eq!((exemplar.value, exemplar.timestamp_millis), (111, NOON));
    assert_eq!((exemplar.span_id.as_str(), exemplar.trace_id.as_str()), ("", ""), "spans differ");
    let names: Vec<&str> = exemplar.labels.iter().map(|(name, _)| name.as_str()).collect();
    assert!(!names.contains(&"region"), "the series has it");
    assert!(!names.contains(&"route"), "the parts of the profile differ in it");
    assert!(names.contains(&"__profile_type__"));
    let mut of_profile = of("{}");
    of_profile.profile_ids = vec![exemplar.profile_id.clone()];
    assert_eq!(store.total(of_profile).await, 111);

    let [exemplar] = &points[1].exemplars[..] else { panic!("one exemplar per point") };
    assert_eq!(exemplar.value, 7);
    assert_eq!((exemplar.span_id.as_str(), exemplar.trace_id.as_str()), (SPAN_2, TRACE));
}

#[tokio::test]
async fn span_exemplars_are_the_largest_spans() {
    let store = store_with_spans().await;
    let mut request = series_of("{}", window(NOON, NOON), 10);
    request.exemplars = ExemplarKind::Span;
    let series = store.store.series(&request).await.unwrap().series;
    let [exemplar] = &series[0].points[0].exemplars[..] else { panic!("one exemplar per point") };
    assert_eq!((exemplar.span_id.as_str(), exemplar.value), (SPAN_2, 10));
    request.group_by = texts(&["route"]);
    let series = store.store.series(&request).await.unwrap().series;
    let of_a = series.iter().find(|series| series.labels[0].1 == "/a").unwrap();
    let exemplar = &of_a.points[0].exemplars[0];
    assert_eq!((exemplar.span_id.as_str(), exemplar.trace_id.as_str()), (SPAN_1, TRACE));
}

#[tokio::test]
async fn an_exemplar_is_the_largest_of_all_days_of_its_step() {
    let store = TestStore::new();
    for (time, folded) in [
        (NOON - DAY, "main 3"),
        (NOON - DAY + 1, "main 4 [route:/a]\nmain 3 [route:/b]"),
        (NOON - DAY + 2, "main 6"),
        (NOON - 5, "main 7"),
    ] {
        store.push("", time, folded).await;
    }
    let mut request = series_of("{}", window(NOON, NOON), 2 * DAY);
    request.exemplars = ExemplarKind::Profile;
    let exemplar = async || {
        let series = store.store.series(&request).await.unwrap().series;
        let [exemplar] = &series[0].points[0].exemplars[..] else { panic!("one per point") };
        (exemplar.timestamp_millis - NOON, exemplar.value)
    };
    assert_eq!(exemplar().await, (1 - DAY, 7), "the first of equals, summed over its series");
    store.push("", NOON - 4, "main 8").await;
    assert_eq!(exemplar().await, (-4, 8));
}
