//! Call trees of many spans: asked for in batches, merged, and how many of the spans had samples.

use std::fmt::Write;

use datasource::{
    FactCache, SPANS_OF_BATCH, SampledSpans, TreeLookup, diff_frame, look_up_diff, tree_frame,
};
use fixtures::assert_tree;
use links::LinkSettings;
use prost::Message;
use pyroscope_api::querier::v1::SelectMergeSpanProfileRequest;
use query::{Query, Settings, ValidQuery};
use serde_json::{Value, json};

use crate::lookups::{FIVE_MINUTES, MINUTE, NOON, Profiles, SPAN, TYPE};
use crate::played_server::{Answer, PlayedServer, ask, call};

fn span(number: usize) -> String {
    format!("{:016x}", 0xa000_0000_u64 + number as u64)
}

fn spans(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(span).collect()
}

/// One profile in which every third of so many spans has one sample, and `main;other` the rest.
async fn of_spans(count: usize) -> Profiles {
    let mut folded = "main;other 1000\n".to_owned();
    for number in (0..count).step_by(3) {
        writeln!(folded, "main;work {} [span_id:{}]", number + 1, span(number)).unwrap();
    }
    let profiles = Profiles::none();
    profiles.push("service_name=a", NOON - MINUTE, &folded).await;
    profiles
}

fn valid(change: &Value) -> ValidQuery {
    let mut query = json!({
        "queryType": "profile", "profileTypeId": TYPE, "labelSelector": "{service_name=\"a\"}",
        "maxNodes": 0,
    });
    query.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let query = Query::from_json(query.to_string().as_bytes()).unwrap();
    ValidQuery::new(&query, &Settings::default()).unwrap()
}

fn notices(frame: &grafana_plugin::frame::Frame) -> Vec<String> {
    frame.meta.as_ref().unwrap().notices.iter().map(|notice| notice.text.clone()).collect()
}

#[tokio::test]
async fn more_spans_than_fit_into_one_question_are_one_call_tree() {
    let count = 2 * SPANS_OF_BATCH + 50;
    let profiles = of_spans(count).await;
    let mut asked = spans(0..count);
    asked.extend(spans(0..10));
    let (settings, links) = (Settings::default(), LinkSettings::default());
    let facts = FactCache::default();
    let lookup = TreeLookup {
        source: &profiles.store,
        settings: &settings,
        links: &links,
        facts: Some(&facts),
    };
    let query = valid(&json!({"spanSelector": asked}));
    let found = lookup.look_up(&query, FIVE_MINUTES).await.unwrap();
    // 1 + 4 + 7 + … + 250: each span once, although ten are named twice.
    assert_tree(
        &found.response.tree,
        "
        total (total: 10542, self: 0)
          main (total: 10542, self: 0)
            work (total: 10542, self: 10542)",
    );
    let spans = found.spans.clone().unwrap();
    assert_eq!((spans.asked, spans.batches), (count, 3));
    let frame = tree_frame(&found, "fireline");
    let notices = notices(&frame);
    assert!(notices[0].contains("of the 250 spans asked for have samples"), "{notices:?}");
    assert!(notices[0].ends_with("asked for in 3 parts"), "{notices:?}");
    let numbers = &frame.meta.as_ref().unwrap().custom["fireline"]["spans"];
    assert_eq!((&numbers["asked"], &numbers["batches"]), (&json!(250), &json!(3)));
}

#[tokio::test]
async fn the_frame_says_how_many_spans_had_samples() {
    let profiles = Profiles::none();
    let folded = format!("main;a 90 [span_id:{}]\nmain;b 10 [span_id:{}]", span(0), span(1));
    profiles.push("service_name=a", NOON - MINUTE, &folded).await;
    let (settings, links) = (Settings::default(), LinkSettings::default());
    let lookup =
        TreeLookup { source: &profiles.store, settings: &settings, links: &links, facts: None };
    let sampled = async |ids: Vec<String>| {
        let query = valid(&json!({"spanSelector": ids}));
        lookup.look_up(&query, FIVE_MINUTES).await.unwrap().spans
    };
    let some = sampled(spans(0..4)).await.unwrap();
    assert_eq!(some.with_samples, Some(SampledSpans { count: 2, is_exact: true }));
    assert_eq!(some.sentence(), "2 of the 4 spans asked for have samples");
    let none = sampled(spans(7..9)).await.unwrap();
    assert_eq!(none.with_samples, Some(SampledSpans { count: 0, is_exact: true }));
    assert_eq!(sampled(spans(0..1)).await, None, "one span needs no counting");
}

#[tokio::test]
async fn spans_that_hide_behind_larger_ones_make_the_number_a_lower_bound() {
    let profiles = Profiles::none();
    let mut folded = format!("main 1000 [span_id:{SPAN}]\n");
    for number in 0..8 {
        writeln!(folded, "main {} [span_id:{}]", number + 1, span(number)).unwrap();
    }
    profiles.push("service_name=a", NOON - MINUTE, &folded).await;
    let (settings, links) = (Settings::default(), LinkSettings::default());
    let lookup =
        TreeLookup { source: &profiles.store, settings: &settings, links: &links, facts: None };
    let query = valid(&json!({"spanSelector": spans(0..8)}));
    let spans = lookup.look_up(&query, FIVE_MINUTES).await.unwrap().spans.unwrap();
    assert_eq!(spans.with_samples, Some(SampledSpans { count: 1, is_exact: false }));
    assert_eq!(spans.sentence(), "at least 1 of the 8 spans asked for have samples");
}

#[tokio::test]
async fn slow_spans_beside_normal_ones_say_so_for_each_side() {
    let profiles = of_spans(30).await;
    let class = |used: usize| json!({"found": {"matched": 40, "withProfileIds": 20, "used": used}});
    let query = valid(&json!({
        "queryType": "diff", "spanClass": class(15), "spanSelector": spans(15..30),
        "baseline": {"spanClass": class(15), "spanSelector": spans(0..15)},
    }));
    let (settings, links) = (Settings::default(), LinkSettings::default());
    let lookup =
        TreeLookup { source: &profiles.store, settings: &settings, links: &links, facts: None };
    let baseline = query.baseline.as_ref().unwrap();
    let found = look_up_diff(lookup, &query, baseline, FIVE_MINUTES).await.unwrap();
    // 16 + 19 + 22 + 25 + 28 beside 1 + 4 + 7 + 10 + 13.
    assert_eq!(found.comparison.response.tree.total_values()[0], 110);
    assert_eq!(found.baseline.response.tree.total_values()[0], 35);
    let frame = diff_frame(&found, "fireline").unwrap();
    let notices = notices(&frame);
    let class = "40 spans matched, 20 of them with a profile id; 15 are used, the slowest";
    assert!(notices.contains(&format!("Baseline: {class}")), "{notices:?}");
    assert!(notices.contains(&format!("Comparison: {class}")), "{notices:?}");
    let custom = &frame.meta.as_ref().unwrap().custom["fireline"];
    assert_eq!(custom["comparison"]["spans"]["class"]["used"], 15);
    assert_eq!(custom["baseline"]["spans"]["asked"], 15);
}

#[tokio::test]
async fn a_server_without_heatmaps_is_asked_in_batches_too() {
    let server = PlayedServer::start(&[("SelectMergeSpanProfile", Answer::proto(Vec::new()))]);
    let ctx = call(&server.url, &json!({"pyroscopeVersion": "1.14"}));
    let query = json!({
        "refId": "A", "queryType": "profile", "labelSelector": "{service_name=\"a\"}",
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        "spanSelector": spans(0..SPANS_OF_BATCH + 1),
    });
    let result = ask(&ctx, &query).await;
    assert_eq!(result.error, None);
    let asked: Vec<usize> = server
        .asked_of("SelectMergeSpanProfile")
        .iter()
        .map(|asked| {
            SelectMergeSpanProfileRequest::decode(&asked.body[..]).unwrap().span_selector.len()
        })
        .collect();
    assert_eq!(asked.iter().sum::<usize>(), SPANS_OF_BATCH + 1);
    assert!(asked.iter().all(|spans| *spans <= SPANS_OF_BATCH), "{asked:?}");
}

#[tokio::test]
async fn a_class_that_nobody_looked_up_is_an_error_with_advice() {
    let ctx = call("http://127.0.0.1:9", &json!({"pyroscopeVersion": "1.14"}));
    let query = json!({
        "refId": "A", "queryType": "profile", "labelSelector": "{}",
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        "spanClass": {"traceql": "{duration>1s}"},
    });
    let error = ask(&ctx, &query).await.error.unwrap();
    assert_eq!(error.status, 400);
    assert!(error.message.contains("spanSelector"), "{}", error.message);
}
