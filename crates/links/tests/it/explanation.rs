//! Empty is never silent: what is the matter, and what to do.

use links::{
    Change, EmptyReason, Explanation, Findings, Instead, USUAL_SAMPLING_PERIOD_NANOS, WouldFind,
    pad_window, similar_to,
};
use query::{LinkPlan, Window};
use selector::Selector;
use serde_json::json;

const WINDOW: Window = Window { start_millis: 1_000_000, end_millis: 2_000_000 };

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn every_reason_has_its_own_sentence() {
    let table = [
        (EmptyReason::TenantHasNoData, "the server has never had a profile of this tenant"),
        (
            EmptyReason::NoSuchLabel {
                label: "servicename".into(),
                similar: strings(&["service_name"]),
            },
            "no profile has the label \"servicename\"; similar labels are service_name",
        ),
        (
            EmptyReason::NoSuchLabel { label: "zone".into(), similar: vec![] },
            "no profile has the label \"zone\"",
        ),
        (
            EmptyReason::NoSuchValue {
                label: "service_name".into(),
                value: "chekout".into(),
                similar: strings(&["checkout", "cart"]),
            },
            "no profile has service_name=\"chekout\"; the most similar are checkout, cart",
        ),
        (
            EmptyReason::NotTogether { selector: "{a=\"1\", b=\"2\"}".into() },
            "profiles meet each condition of {a=\"1\", b=\"2\"}, but none meets all of them",
        ),
        (
            EmptyReason::NoSuchType {
                selector: "{a=\"1\"}".into(),
                profile_type: "x:y:z:v:w".into(),
                types: strings(&["1", "2", "3", "4", "5", "6", "7"]),
            },
            "{a=\"1\"} has no profiles of type x:y:z:v:w; it has 1, 2, 3, 4, 5 and 2 more",
        ),
        (
            EmptyReason::OtherTime { before_millis: Some(90_000), after_millis: None },
            "no such profile is in this time range; the nearest is 90 s before it",
        ),
        (
            EmptyReason::OtherTime { before_millis: Some(7_200_000), after_millis: Some(1_500) },
            "no such profile is in this time range; the nearest are 2 hours before and 1500 ms after it",
        ),
        (
            EmptyReason::OtherTime { before_millis: None, after_millis: Some(0) },
            "no such profile is in this time range; the nearest is 0 ns after it",
        ),
        (
            EmptyReason::OtherTime { before_millis: None, after_millis: None },
            "no such profile is in this time range; but outside of it",
        ),
        (
            EmptyReason::SpanShorterThanSamplingPeriod {
                duration_nanos: 2_500_000,
                period_nanos: 10_000_000,
            },
            "the span took 2.5 ms, which is less than the 10 ms between two samples",
        ),
        (EmptyReason::NoSpanIds, "these profiles do not say which span a sample belongs to"),
        (EmptyReason::NoTraceIds, "these profiles do not say which trace a sample belongs to"),
        (EmptyReason::NoSuchSpan, "no sample was taken while these spans were running"),
        (EmptyReason::NoSuchTrace, "no sample was taken while these traces were running"),
        (EmptyReason::NoSuchProfile, "no profile with this id is in the time range"),
        (EmptyReason::NoSuchCallSite, "no stack trace begins with these functions"),
        (EmptyReason::Truncated { max_nodes: 2 }, "everything was cut off by the limit of 2 nodes"),
        (EmptyReason::NoSamples, "the profiles in this time range have no samples"),
    ];
    for (reason, sentence) in table {
        assert_eq!(reason.sentence(), sentence);
        assert!(reason.advice().ends_with('.'), "{reason:?} has an advice");
    }
}

#[test]
fn lengths_of_time_are_told_in_two_or_more_of_a_unit_and_cut_off() {
    let table = [
        (0, "0 ns"),
        (1_999, "1999 ns"),
        (2_000, "2 µs"),
        (1_999_999, "1999 µs"),
        (2_590_000, "2.5 ms"),
        (9_990_000, "9.9 ms"),
        (10_900_000, "10 ms"),
        (1_999_999_999, "1999 ms"),
        (2_000_000_000, "2 s"),
        (119_900_000_000, "119 s"),
        (120_000_000_000, "2 minutes"),
        (7_199_000_000_000, "119 minutes"),
        (7_200_000_000_000, "2 hours"),
        (172_799_000_000_000, "47 hours"),
        (172_800_000_000_000, "2 days"),
    ];
    for (nanos, text) in table {
        let reason = EmptyReason::SpanShorterThanSamplingPeriod {
            duration_nanos: nanos,
            period_nanos: nanos,
        };
        let sentence =
            format!("the span took {text}, which is less than the {text} between two samples");
        assert_eq!(reason.sentence(), sentence);
    }
}

#[test]
fn an_answer_as_it_was_asked_explains_nothing() {
    let asked = Selector::parse("{a=\"1\"}").unwrap();
    let findings = Findings {
        asked: &asked,
        profile_type: "t".into(),
        changes: vec![],
        empty: None,
        would_find: None,
    };
    assert_eq!(findings.explain(), None);
}

#[test]
fn an_explanation_has_a_line_steps_and_a_way_out() {
    let asked = Selector::parse("{a=\"1\", b=\"2\"}").unwrap();
    let would_find = Selector::parse("{a=\"1\"}").unwrap();
    let findings = Findings {
        asked: &asked,
        profile_type: "t".into(),
        changes: vec![Change::Widened { before_millis: 60_000, after_millis: 60_000 }],
        empty: Some(EmptyReason::NoSuchLabel { label: "b".into(), similar: vec![] }),
        would_find: Some(WouldFind { selector: &would_find, instead: Instead::Selector }),
    };
    let explanation = findings.explain().unwrap();
    assert_eq!(explanation.line, "No profile has the label \"b\"");
    assert_eq!(
        explanation.steps,
        [
            "asked for {a=\"1\", b=\"2\"} of type t",
            "looked 60 s before and after, because profiles are uploaded some time after their samples were taken",
            "no profile has the label \"b\"",
            "{a=\"1\"} would find something",
        ]
    );
    assert_eq!(explanation.advice.as_deref(), Some("Leave the condition out."));
    assert_eq!(
        explanation.notice().as_deref(),
        Some("No profile has the label \"b\". Leave the condition out.")
    );
    let json = serde_json::to_value(&explanation).unwrap();
    assert_eq!(
        json["relaxedQuery"],
        json!({ "title": "Use {a=\"1\"}", "fields": { "labelSelector": "{a=\"1\"}" } })
    );
    assert_eq!(json["empty"]["kind"], "noSuchLabel");
    assert_eq!(json["changes"][0]["beforeMillis"], 60_000);
}

#[test]
fn the_next_best_thing_is_a_query_with_a_name() {
    let asked = Selector::parse("{a=\"1\"}").unwrap();
    let offered = |instead: Instead| {
        let findings = Findings {
            asked: &asked,
            profile_type: "t".into(),
            changes: vec![],
            empty: Some(EmptyReason::NoSuchSpan),
            would_find: Some(WouldFind { selector: &asked, instead }),
        };
        let explanation = findings.explain().unwrap();
        let relaxed = explanation.relaxed_query.unwrap();
        (explanation.steps[2].clone(), relaxed.title, json!(relaxed.fields))
    };
    let without_ids = json!({
        "labelSelector": "{a=\"1\"}", "spanSelector": [], "traceSelector": [],
        "profileIdSelector": [], "spanClass": null, "origin": "link",
        "plan": { "atMillis": 1_500_000, "paddingMillis": 500_000 },
    });
    let table = [
        (
            Instead::AnyCallSite,
            "without the call site {a=\"1\"} would find something",
            "Show all of {a=\"1\"}",
            json!({ "labelSelector": "{a=\"1\"}", "callSite": [] }),
        ),
        (
            Instead::AnySample(WINDOW),
            "without ids {a=\"1\"} would find something",
            "Show all of {a=\"1\"} around this time",
            without_ids.clone(),
        ),
        (
            Instead::OtherTime(WINDOW),
            "{a=\"1\"} would find something at the nearest time",
            "Show {a=\"1\"} at the nearest time",
            without_ids,
        ),
    ];
    for (instead, sentence, title, fields) in table {
        assert_eq!(offered(instead), (sentence.to_owned(), title.to_owned(), fields));
    }
}

#[test]
fn reasons_tell_whether_only_the_ids_are_in_the_way() {
    let short = EmptyReason::SpanShorterThanSamplingPeriod { duration_nanos: 1, period_nanos: 2 };
    for reason in [
        short,
        EmptyReason::NoSpanIds,
        EmptyReason::NoTraceIds,
        EmptyReason::NoSuchSpan,
        EmptyReason::NoSuchTrace,
        EmptyReason::NoSuchProfile,
    ] {
        assert!(reason.is_about_ids(), "{reason:?}");
    }
    let elsewhere = EmptyReason::OtherTime { before_millis: Some(1), after_millis: None };
    for reason in [EmptyReason::NoSamples, EmptyReason::NoSuchCallSite, elsewhere] {
        assert!(!reason.is_about_ids(), "{reason:?}");
    }
}

#[test]
fn what_was_changed_is_the_line_where_something_was_found() {
    let asked = Selector::default();
    let findings = Findings {
        asked: &asked,
        profile_type: "t".into(),
        changes: vec![
            Change::Renamed { from: "service_name".into(), to: "job".into() },
            Change::Widened { before_millis: 1_000, after_millis: 60_000 },
        ],
        empty: None,
        would_find: None,
    };
    let explanation = findings.explain().unwrap();
    assert_eq!(
        explanation.line,
        "Used the label \"job\" for \"service_name\", which no profile has; looked 1000 ms before and 60 s after, \
         because profiles are uploaded some time after their samples were taken"
    );
    assert_eq!(explanation.notice().as_ref(), Some(&explanation.line));
    assert_eq!((explanation.advice, explanation.relaxed_query), (None, None));
    let widened = Change::Widened { before_millis: 1, after_millis: 1 };
    let only_widened = Findings {
        asked: &asked,
        profile_type: "t".into(),
        changes: vec![widened],
        empty: None,
        would_find: None,
    };
    assert_eq!(only_widened.explain().unwrap().notice(), None, "more time needs no attention");
}

#[test]
fn a_window_is_padded_on_both_sides() {
    let padded = pad_window(WINDOW, None, 60_000);
    assert_eq!(padded.window, Window { start_millis: 940_000, end_millis: 2_060_000 });
    assert_eq!(
        padded.change,
        Some(Change::Widened { before_millis: 60_000, after_millis: 60_000 })
    );
    let least = Change::Widened { before_millis: 1, after_millis: 1 };
    assert_eq!(pad_window(WINDOW, None, 1).change, Some(least));
    assert_eq!(pad_window(WINDOW, None, 0).change, None);
    assert_eq!(pad_window(WINDOW, None, -5).window, WINDOW);
    let ends = Window { start_millis: i64::MIN, end_millis: i64::MAX };
    assert_eq!(pad_window(ends, None, 60_000).window, ends);
}

#[test]
fn a_links_plan_says_which_moment_and_how_much_around_it() {
    let plan =
        LinkPlan { at_millis: Some(1_500_000), padding_millis: Some(10), ..LinkPlan::default() };
    let padded = pad_window(WINDOW, Some(&plan), 60_000);
    assert_eq!(padded.window, Window { start_millis: 1_499_990, end_millis: 1_500_010 });
    assert_eq!(padded.change, None, "a moment is widened by its own meaning");
}

#[test]
fn names_that_may_be_meant_are_offered_in_the_order_of_likeness() {
    let names = strings(&["cart", "checkout", "checkout-worker", "zebra", "__name__", ""]);
    assert_eq!(similar_to("chekout", &names), ["checkout", "checkout-worker"]);
    assert_eq!(similar_to("CHECKOUT", &names), ["checkout", "checkout-worker"]);
    assert_eq!(similar_to("", &names), [""; 0]);
    let short = strings(&["eu", "production"]);
    assert_eq!(similar_to("production-eu", &short), ["production", "eu"], "parts of it");
    assert_eq!(similar_to("eu", &strings(&["production-eu"])), ["production-eu"], "it is a part");
    let inner = strings(&["__name__", "hostname"]);
    assert_eq!(similar_to("name", &inner), ["hostname"], "none of the server's own");
    let many: Vec<String> = (0..20).map(|number| format!("shop-{number:02}")).collect();
    assert_eq!(similar_to("shop", &many).len(), 5);
}

#[test]
fn several_sides_keep_their_names_and_are_empty_only_together() {
    let explained = |empty: Option<EmptyReason>| {
        let selector = Selector::parse(r#"{service_name="a"}"#).unwrap();
        let changes = vec![Change::Renamed { from: "service".into(), to: "job".into() }];
        Findings { asked: &selector, profile_type: "cpu".into(), changes, empty, would_find: None }
            .explain()
    };
    let changed = explained(None);
    let empty = explained(Some(EmptyReason::NoSuchSpan));
    assert_eq!(Explanation::of_sides([("Left", None), ("Right", None)]), None);
    let both =
        Explanation::of_sides([("Left", changed.as_ref()), ("Right", empty.as_ref())]).unwrap();
    assert_eq!(both.empty, None);
    assert!(both.line.starts_with("Left: ") && both.line.contains("; Right: "), "{}", both.line);
    assert!(both.advice.unwrap().starts_with("Right: "));
    assert_eq!(both.changes.len(), 2);
    let both =
        Explanation::of_sides([("Left", empty.as_ref()), ("Right", empty.as_ref())]).unwrap();
    assert_eq!(both.empty, Some(EmptyReason::NoSuchSpan));
    let one = Explanation::of_sides([("Left", None), ("Right", empty.as_ref())]).unwrap();
    assert_eq!(one.empty, None, "the left side is there");
}

#[test]
fn profilers_usually_take_a_hundred_samples_a_second() {
    assert_eq!(USUAL_SAMPLING_PERIOD_NANOS * 100, 1_000_000_000);
}
