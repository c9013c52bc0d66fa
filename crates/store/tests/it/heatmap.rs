//! Counts by time and value.

use fixtures::profile_from_columns;
use query::{Heatmap, HeatmapKind, ProfileSource};

use crate::profile_store::{NOON, TestStore, heatmap_of, texts, window};

#[tokio::test]
async fn profiles_are_counted_in_twenty_equal_buckets() {
    let store = TestStore::new();
    for (after_noon, value) in [(0, 0), (0, 10), (1, 19), (5, 20), (10, 200), (11, 100)] {
        let folded = format!("main {value}\nidle 100");
        store.push("", NOON + after_noon, &folded).await;
    }
    let request = heatmap_of(HeatmapKind::Profile, window(NOON, NOON + 20), 10);
    let heatmap = store.store.heatmap(&request).await.unwrap();
    let [series] = &heatmap.series[..] else { panic!("one series") };
    let counts = |slot: usize| -> Vec<(usize, i32)> {
        let counts = series.slots[slot].counts.iter().copied().enumerate();
        counts.filter(|(_, count)| *count != 0).collect()
    };
    let times: Vec<i64> = series.slots.iter().map(|slot| slot.timestamp_millis - NOON).collect();
    assert_eq!(times, [0, 10, 20]);
    // Values are 100 to 300, so a bucket is 10 wide; the largest value is in the last.
    assert_eq!(counts(0), [(0, 1), (1, 1)]);
    assert_eq!(counts(1), [(1, 1), (2, 1), (19, 1)]);
    assert_eq!(counts(2), [(10, 1)]);
    for slot in &series.slots {
        assert_eq!(slot.y_min[..3], [100.0, 110.0, 120.0]);
        assert_eq!((slot.y_min.len(), slot.counts.len()), (20, 20));
    }
    let exemplars: Vec<i64> = series.slots[1].exemplars.iter().map(|found| found.value).collect();
    assert_eq!(exemplars, [119, 120, 300], "one for each cell that is not empty");
}

#[tokio::test]
async fn spans_are_counted_by_what_they_used_in_a_profile() {
    let store = TestStore::new();
    let profile = profile_from_columns(
        "
        main                        main                        main                        main
        [value:1]                   [value:2]                   [value:5]                   [value:9]
        [span_id:00000000000000a1]  [span_id:00000000000000a1]  [span_id:00000000000000b2]
        [region:eu]                 [region:us]                 [region:us]
        ",
    );
    store.push_profile("", NOON, profile).await;
    let mut request = heatmap_of(HeatmapKind::Span, window(NOON, NOON), 10);
    let heatmap = store.store.heatmap(&request).await.unwrap();
    let slot = &heatmap.series[0].slots[0];
    assert_eq!(slot.counts.iter().sum::<i32>(), 2, "samples without span do not count");
    let spans: Vec<(&str, i64)> =
        slot.exemplars.iter().map(|found| (found.span_id.as_str(), found.value)).collect();
    assert_eq!(spans, [("00000000000000a1", 3), ("00000000000000b2", 5)]);

    request.group_by = texts(&["region"]);
    let heatmap = store.store.heatmap(&request).await.unwrap();
    let regions: Vec<&str> =
        heatmap.series.iter().map(|series| series.labels[0].1.as_str()).collect();
    assert_eq!(regions, ["us", "eu"], "the largest first");
    request.limit = Some(1);
    request.exemplars = false;
    let heatmap = store.store.heatmap(&request).await.unwrap();
    assert_eq!(heatmap.series.len(), 1);
    assert_eq!(heatmap.series[0].slots[0].y_min[0], 2.0, "the axis is that of what is returned");
    assert_eq!(heatmap.series[0].slots[0].exemplars, []);
}

#[tokio::test]
async fn equal_values_have_an_axis_of_one() {
    let store = TestStore::new();
    let request = heatmap_of(HeatmapKind::Profile, window(NOON, NOON), 10);
    assert_eq!(store.store.heatmap(&request).await.unwrap(), Heatmap::default());
    store.push("", NOON, "main 5").await;
    let slot = store.store.heatmap(&request).await.unwrap().series[0].slots[0].clone();
    assert_eq!((slot.y_min[0], slot.y_min[10], slot.counts[0]), (5.0, 5.5, 1));
}
