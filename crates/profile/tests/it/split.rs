//! Samples split into series by their labels.

use fixtures::{profile_from_columns, strategies};
use profile::{Profile, SampleIdx, SpanId, SplitSamples, TraceId, split_samples};
use proptest::prelude::*;

fn label_texts(profile: &Profile, split: &SplitSamples) -> Vec<Vec<(String, String)>> {
    let text = |idx| profile.string(idx).to_owned();
    split
        .series
        .iter()
        .map(|series| {
            series.labels.iter().map(|(name, value)| (text(*name), text(*value))).collect()
        })
        .collect()
}

#[test]
fn text_labels_make_series_and_ids_make_columns() {
    let profile = profile_from_columns(
        "
        a                                            b                                     c
        [route:/a][span_id:00000000000000a1]         [span_id:00000000000000a2][route:/a]  [route:/b]
        [trace_id:000000000000000000000000000000ff]
        ",
    );
    let split = split_samples(&profile);
    let label = |value: &str| vec![("route".to_owned(), value.to_owned())];
    assert_eq!(label_texts(&profile, &split), [label("/a"), label("/b")]);
    assert_eq!(split.series[0].samples, [SampleIdx(0), SampleIdx(1)]);
    assert_eq!(split.span_ids, [Some(SpanId(0xa1)), Some(SpanId(0xa2)), None]);
    assert_eq!(split.trace_ids, [Some(TraceId(0xff)), None, None]);
    assert_eq!(split.invalid_ids, 0);
}

#[test]
fn profile_id_is_an_older_name_of_span_id() {
    let profile = profile_from_columns(
        "
        a                              b
        [profile_id:00000000000000a1]  [profile_id:00000000000000a1][span_id:00000000000000b2]
        ",
    );
    let split = split_samples(&profile);
    assert_eq!(split.span_ids, [Some(SpanId(0xa1)), Some(SpanId(0xb2))]);
    assert_eq!(split.series.len(), 1);
    assert!(split.series[0].labels.is_empty());
}

#[test]
fn ids_that_are_none_and_numeric_labels_are_left_out() {
    let profile = profile_from_columns(
        "
        a              b
        [span_id:abc]  [bytes#512 bytes]
        ",
    );
    let split = split_samples(&profile);
    assert_eq!(split.span_ids, [None, None]);
    assert_eq!(split.invalid_ids, 1);
    assert_eq!(split.series.len(), 1);
}

#[test]
fn labels_are_sorted_by_name_and_each_name_counts_once() {
    let profile = profile_from_columns("a\n[zone:1][area:2][zone:0]");
    let split = split_samples(&profile);
    let expected = [("area", "2"), ("zone", "0")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(label_texts(&profile, &split), [expected.to_vec()]);
}

proptest! {
    #[test]
    fn every_sample_is_in_exactly_one_series(profile in strategies::profile()) {
        let split = split_samples(&profile);
        let mut samples: Vec<_> =
            split.series.iter().flat_map(|series| series.samples.clone()).collect();
        samples.sort_unstable();
        prop_assert_eq!(samples, profile.samples().indices().collect::<Vec<_>>());
        let mut labels = label_texts(&profile, &split);
        labels.sort();
        labels.dedup();
        prop_assert_eq!(labels.len(), split.series.len());
    }
}
