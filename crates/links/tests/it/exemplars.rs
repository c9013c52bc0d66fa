//! Exemplars come out with `trace_id` and `span_id`, whatever their labels were called.

use links::{
    ExemplarSettings, IdConflict, IdKind, PickedExemplars, canonical_id, fold_label_name,
    normalise_exemplar, pick_exemplars,
};
use proptest::prelude::*;
use query::Window;
use serde_json::json;

const TRACE: &str = "3f42b39a917f6c014f638c7e3c69341d";
const OTHER_TRACE: &str = "b76efb7ac1779aa58aecd0fd08c2bdc5";
const SPAN: &str = "03fa1cbd967b13da";

fn labels(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The labels that come out with these settings.
fn normalised(settings: &serde_json::Value, pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let (settings, warnings) = ExemplarSettings::from_json_data(&json!({ "exemplars": settings }));
    assert_eq!(warnings, [""; 0]);
    normalise_exemplar(&labels(pairs), &settings).labels
}

#[test]
fn every_name_of_a_trace_id_becomes_trace_id() {
    let names = [
        "trace_id",
        "traceID",
        "traceId",
        "TraceID",
        "TraceId",
        "traceid",
        "TRACE_ID",
        "trace-id",
        "trace.id",
        "otelTraceID",
        "otel.trace_id",
        "otel_trace_id",
        "X-B3-TraceId",
        "x_b3_traceid",
    ];
    for name in names {
        assert_eq!(
            normalised(&json!({}), &[(name, TRACE)]),
            labels(&[("trace_id", TRACE)]),
            "{name}"
        );
    }
    for name in ["dd.trace_id", "dd_trace_id", "ddTraceId"] {
        let id = "0000000000000000000000000000000f";
        assert_eq!(normalised(&json!({}), &[(name, "15")]), labels(&[("trace_id", id)]), "{name}");
    }
}

#[test]
fn every_name_of_a_span_id_becomes_span_id() {
    for name in ["span_id", "spanID", "SpanId", "otelSpanID", "otel.span_id", "X-B3-SpanId"] {
        assert_eq!(normalised(&json!({}), &[(name, SPAN)]), labels(&[("span_id", SPAN)]), "{name}");
    }
    for name in ["dd.span_id", "ddSpanId"] {
        assert_eq!(
            normalised(&json!({}), &[(name, "15")]),
            labels(&[("span_id", "000000000000000f")]),
            "{name}"
        );
    }
}

#[test]
fn other_names_stay() {
    for name in ["trace", "request_id", "parent_span_id", "traceids", "id", "b3traceid"] {
        assert_eq!(normalised(&json!({}), &[(name, TRACE)]), labels(&[(name, TRACE)]), "{name}");
    }
}

#[test]
fn the_settings_add_names() {
    let settings = json!({ "traceLabels": ["request.id"], "spanLabels": "op, Step_ID" });
    let found = normalised(&settings, &[("Request_ID", TRACE), ("stepId", SPAN)]);
    assert_eq!(found, labels(&[("trace_id", TRACE), ("span_id", SPAN)]));
    let empty = normalised(&json!({ "traceLabels": ["", "_"] }), &[("-", TRACE)]);
    assert_eq!(empty, labels(&[("-", TRACE)]), "an empty name means no label");
}

#[test]
fn a_value_that_is_no_id_stays_under_its_own_name() {
    let found = normalised(&json!({}), &[("traceID", "not sampled"), ("route", "/cart")]);
    assert_eq!(found, labels(&[("traceID", "not sampled"), ("route", "/cart")]));
    let beside = normalised(&json!({}), &[("trace_id", "not sampled"), ("traceID", TRACE)]);
    assert_eq!(
        beside,
        labels(&[("trace_id", "not sampled"), ("traceID", TRACE)]),
        "a name that is taken is not taken twice"
    );
}

#[test]
fn labels_keep_their_order_and_ids_lose_no_zeros() {
    let found = normalised(
        &json!({}),
        &[("route", "/cart"), ("traceID", "5d50252367bb293cf8c2b8c1aec9"), ("user", "7")],
    );
    let expected =
        [("route", "/cart"), ("trace_id", "00005d50252367bb293cf8c2b8c1aec9"), ("user", "7")];
    assert_eq!(found, labels(&expected));
}

#[test]
fn two_labels_for_one_id_become_one() {
    let upper = TRACE.to_uppercase();
    let exemplar = normalise_exemplar(
        &labels(&[("traceID", &upper), ("trace_id", TRACE)]),
        &ExemplarSettings::default(),
    );
    assert_eq!(exemplar.labels, labels(&[("trace_id", TRACE)]));
    assert_eq!(exemplar.conflicts, []);
    assert_eq!(exemplar.trace_id.as_deref(), Some(TRACE));
    assert_eq!(exemplar.span_id, None);
}

#[test]
fn two_labels_for_two_ids_keep_the_canonical_one_and_say_so() {
    let given = labels(&[("traceID", OTHER_TRACE), ("trace_id", TRACE)]);
    let exemplar = normalise_exemplar(&given, &ExemplarSettings::default());
    assert_eq!(exemplar.labels, given);
    assert_eq!(exemplar.trace_id.as_deref(), Some(TRACE));
    let conflict =
        IdConflict { kind: IdKind::Trace, believed: "trace_id".into(), other: "traceID".into() };
    assert_eq!(
        conflict.to_string(),
        "exemplars name different traces in \"trace_id\" and \"traceID\"; \"trace_id\" is used"
    );
    assert_eq!(exemplar.conflicts, [conflict]);
}

#[test]
fn without_a_canonical_label_the_better_known_one_is_believed() {
    let given = labels(&[("dd.trace_id", "15"), ("otelTraceID", OTHER_TRACE), ("traceID", TRACE)]);
    let exemplar = normalise_exemplar(&given, &ExemplarSettings::default());
    let expected = [("dd.trace_id", "15"), ("otelTraceID", OTHER_TRACE), ("trace_id", TRACE)];
    assert_eq!(exemplar.labels, labels(&expected));
    assert_eq!(exemplar.conflicts.len(), 2);
    assert!(exemplar.conflicts.iter().all(|conflict| conflict.believed == "traceID"));
}

/// Two labels that name different ids: the one that stands earlier in the list is believed, wherever they stand.
#[test]
fn each_name_is_believed_over_those_after_it() {
    let of_kinds = [
        (
            IdKind::Trace,
            json!({ "traceLabel": "answer", "traceLabels": ["added", "last"] }),
            ["trace_id", "answer", "traceID", "otelTraceID", "X-B3-TraceId", "dd.trace_id"],
        ),
        (
            IdKind::Span,
            json!({ "spanLabel": "answer", "spanLabels": ["added", "last"] }),
            ["span_id", "answer", "spanID", "otelSpanID", "X-B3-SpanId", "dd.span_id"],
        ),
    ];
    for (kind, settings, known) in of_kinds {
        let (settings, _) = ExemplarSettings::from_json_data(&json!({ "exemplars": settings }));
        let names: Vec<&str> = known.into_iter().chain(["added", "last"]).collect();
        for (better, worse) in pairs_in_order(&names) {
            for given in [[(better, "a1"), (worse, "b2")], [(worse, "b2"), (better, "a1")]] {
                let found = normalise_exemplar(&labels(&given), &settings);
                let conflict = IdConflict { kind, believed: better.into(), other: worse.into() };
                assert_eq!(found.conflicts, [conflict], "{given:?}");
            }
        }
    }
}

fn pairs_in_order<'a>(names: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let with_later = |(at, name)| names[at + 1..].iter().map(move |later| (name, *later));
    names.iter().copied().enumerate().flat_map(with_later)
}

#[test]
fn spans_that_differ_are_told_too() {
    let given = labels(&[("span_id", SPAN), ("spanID", "1")]);
    let exemplar = normalise_exemplar(&given, &ExemplarSettings::default());
    assert_eq!(
        exemplar.conflicts[0].to_string(),
        "exemplars name different spans in \"span_id\" and \"spanID\"; \"span_id\" is used"
    );
}

#[test]
fn originals_are_kept_where_the_settings_say_so() {
    let settings = json!({ "keepOriginal": true });
    let upper = TRACE.to_uppercase();
    let found = normalised(&settings, &[("traceID", &upper)]);
    assert_eq!(found, labels(&[("trace_id", TRACE), ("traceID", &upper)]));
    let canonical = normalised(&settings, &[("trace_id", &upper)]);
    assert_eq!(canonical, labels(&[("trace_id", TRACE)]), "one name is not there twice");
}

#[test]
fn the_answer_may_carry_other_names() {
    let settings = json!({ "traceLabel": "traceID", "spanLabel": "spanID" });
    let found = normalised(&settings, &[("trace_id", TRACE), ("span_id", SPAN)]);
    assert_eq!(found, labels(&[("traceID", TRACE), ("spanID", SPAN)]));
    let taken = [("trace_id", TRACE), ("traceID", OTHER_TRACE)];
    assert_eq!(normalised(&settings, &taken), labels(&taken), "not over another id of that name");
}

#[test]
fn settings_that_cannot_be_read_take_their_defaults_and_are_named() {
    let (settings, warnings) = ExemplarSettings::from_json_data(&json!({
        "exemplars": {
            "traceLabels": 7, "traceLabel": 8, "keepOriginal": "yes", "spanLabel": " sid ", "unknown": 1, "spanLabels": null,
        }
    }));
    assert_eq!(
        settings,
        ExemplarSettings { span_label: "sid".into(), ..ExemplarSettings::default() }
    );
    assert_eq!(
        warnings,
        [
            "setting exemplars.keepOriginal is \"yes\", which is not understood; its default is used",
            "setting exemplars.traceLabel is 8, which is not understood; its default is used",
            "setting exemplars.traceLabels is 7, which is not understood; its default is used",
        ]
    );
    let (_, warnings) =
        ExemplarSettings::from_json_data(&json!({ "exemplars": { "spanLabel": ["sid"] } }));
    assert!(warnings[0].starts_with("setting exemplars.spanLabel is [\"sid\"]"), "{warnings:?}");
    let (settings, warnings) = ExemplarSettings::from_json_data(&json!({ "exemplars": "traceID" }));
    assert_eq!(settings, ExemplarSettings::default());
    assert_eq!(
        warnings,
        ["setting exemplars is \"traceID\", expected an object; defaults are used"]
    );
    assert_eq!(ExemplarSettings::from_json_data(&json!({})), (ExemplarSettings::default(), vec![]));
}

const MINUTE: Window = Window { start_millis: 0, end_millis: 59_999 };

#[test]
fn few_exemplars_are_all_shown() {
    let all = pick_exemplars(&[(0, 1.0), (1, 2.0)], 2, MINUTE);
    assert_eq!(all, PickedExemplars { kept: vec![0, 1], left_out: 0 });
    assert_eq!(pick_exemplars(&[], 5, MINUTE), PickedExemplars::default());
    assert_eq!(
        pick_exemplars(&[(0, 1.0)], 0, MINUTE),
        PickedExemplars { kept: vec![], left_out: 1 }
    );
}

#[test]
fn the_worst_of_each_slot_comes_first() {
    // Three slots of twenty seconds; the first has the three largest values.
    let exemplars =
        [(1_000, 9.0), (2_000, 8.0), (3_000, 7.0), (25_000, 1.0), (26_000, 2.0), (59_999, 0.5)];
    assert_eq!(
        pick_exemplars(&exemplars, 3, MINUTE),
        PickedExemplars { kept: vec![0, 4, 5], left_out: 3 }
    );
}

#[test]
fn slots_divide_the_window_with_its_last_millisecond() {
    // Two milliseconds in the first slot, one in each other.
    let window = Window { start_millis: 1_000_000, end_millis: 1_000_003 };
    let exemplars = [(1_000_000, 9.0), (1_000_001, 8.0), (1_000_002, 1.0), (1_000_003, 2.0)];
    assert_eq!(pick_exemplars(&exemplars, 3, window).kept, [0, 2, 3]);
}

#[test]
fn empty_slots_leave_their_room_to_the_worst() {
    let exemplars = [(1_000, 1.0), (2_000, 9.0), (3_000, f64::NAN), (4_000, 8.0), (5_000, 8.0)];
    assert_eq!(pick_exemplars(&exemplars, 3, MINUTE).kept, [1, 3, 4]);
    assert_eq!(pick_exemplars(&exemplars, 2, MINUTE).kept, [1, 3], "the earlier of two equal ones");
}

#[test]
fn exemplars_outside_of_the_window_count_to_its_ends() {
    let exemplars = [(-5, 1.0), (70_000, 2.0), (i64::MAX, 3.0)];
    assert_eq!(pick_exemplars(&exemplars, 2, MINUTE).kept, [0, 2]);
    let backwards = Window { start_millis: i64::MAX, end_millis: i64::MIN };
    assert_eq!(pick_exemplars(&exemplars, 2, backwards).kept.len(), 2);
}

/// Label names of which many fold to one.
fn any_label() -> impl Strategy<Value = (String, String)> {
    let name = prop_oneof![
        Just("trace_id"),
        Just("traceID"),
        Just("TraceId"),
        Just("otelTraceID"),
        Just("dd.trace_id"),
        Just("span_id"),
        Just("spanID"),
        Just("dd.span_id"),
        Just("route"),
        Just("custom"),
    ];
    let value = prop_oneof![
        Just(TRACE),
        Just("3F42B39A917F6C014F638C7E3C69341D"),
        Just("15"),
        Just("f"),
        Just("0"),
        Just("none"),
        Just(SPAN),
    ];
    (name.prop_map(str::to_owned), value.prop_map(str::to_owned))
}

fn any_settings() -> impl Strategy<Value = ExemplarSettings> {
    let label = prop_oneof![Just(""), Just("traceID"), Just("custom"), Just("trace_id")];
    (any::<bool>(), label, prop::bool::ANY).prop_map(|(keep_original, trace_label, custom)| {
        ExemplarSettings {
            trace_labels: if custom { vec!["custom".into()] } else { vec![] },
            keep_original,
            trace_label: trace_label.to_owned(),
            ..ExemplarSettings::default()
        }
    })
}

fn any_exemplar() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(any_label(), 0..6).prop_map(|mut labels| {
        labels.sort();
        labels.dedup_by(|a, b| a.0 == b.0);
        labels
    })
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing_more(given in any_exemplar(), settings in any_settings()) {
        let once = normalise_exemplar(&given, &settings);
        let twice = normalise_exemplar(&once.labels, &settings);
        prop_assert_eq!(&twice.labels, &once.labels);
        prop_assert_eq!(&twice.trace_id, &once.trace_id);
    }

    #[test]
    fn no_id_is_invented_and_no_label_is_lost(given in any_exemplar(), settings in any_settings()) {
        let found = normalise_exemplar(&given, &settings);
        if let Some(id) = &found.trace_id {
            let notations = [links::IdNotation::Hexadecimal, links::IdNotation::Datadog];
            let is_in = |value: &str| {
                notations.iter().any(|notation| canonical_id(IdKind::Trace, *notation, value).as_ref() == Some(id))
            };
            prop_assert!(given.iter().any(|(_, value)| is_in(value)), "invented");
        }
        for (name, value) in &given {
            let is_id = ["traceid", "spanid", "custom"].iter().any(|id| fold_label_name(name).ends_with(id));
            prop_assert!(is_id || found.labels.contains(&(name.clone(), value.clone())), "{} is lost", name);
        }
        let mut names: Vec<_> = found.labels.iter().map(|(name, _)| name).collect();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), found.labels.len(), "no name twice");
    }

    #[test]
    fn the_reverse_mapping_leads_back(id in "[1-9a-f][0-9a-f]{31}") {
        let there = ExemplarSettings { trace_label: "traceID".into(), ..ExemplarSettings::default() };
        let given = vec![("trace_id".to_owned(), id)];
        let renamed = normalise_exemplar(&given, &there).labels;
        prop_assert_eq!(&renamed[0].0, "traceID");
        prop_assert_eq!(normalise_exemplar(&renamed, &ExemplarSettings::default()).labels, given);
    }

    #[test]
    fn as_many_exemplars_are_picked_as_may_be(
        exemplars in prop::collection::vec((0i64..60_000, 0.0f64..10.0), 0..40),
        at_most in 0usize..12,
    ) {
        let picked = pick_exemplars(&exemplars, at_most, MINUTE);
        prop_assert_eq!(picked.kept.len(), at_most.min(exemplars.len()));
        prop_assert_eq!(picked.kept.len() + picked.left_out, exemplars.len());
        prop_assert!(picked.kept.is_sorted());
        let worst = (0..exemplars.len()).max_by(|a, b| exemplars[*a].1.total_cmp(&exemplars[*b].1));
        if let Some(worst) = worst.filter(|_| at_most > 0) {
            prop_assert!(picked.kept.iter().any(|at| exemplars[*at].1 >= exemplars[worst].1));
        }
    }
}
