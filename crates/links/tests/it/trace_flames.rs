//! The flame graph of a whole trace: spans on top, what each of them did below.

use fixtures::format_tree;
use links::trace::{Span, Trace, trace_flame};
use profile::{Tree, TreeBuilder};
use proptest::prelude::*;

use crate::traces::recorded;

/// A tree of lines `depth name self`; a name that begins with `…` stands for folded siblings.
fn tree(root_self: i64, lines: &[(u32, &str, i64)]) -> Tree {
    let mut builder = TreeBuilder::new();
    builder.add_root_self(root_self).unwrap();
    for (depth, name, value) in lines {
        let function = builder.intern(name.trim_start_matches('…'));
        let node = builder.push(*depth, function, *value).unwrap();
        if name.starts_with('…') {
            builder.mark_truncated(node);
        }
    }
    builder.finish().unwrap()
}

fn span(id: &str, parent: &str, operation: &str) -> Span {
    Span {
        span_id: id.to_owned(),
        parent_span_id: (!parent.is_empty()).then(|| parent.to_owned()),
        operation: operation.to_owned(),
        service: "shop".to_owned(),
        duration_nanos: 1,
        ..Span::default()
    }
}

#[test]
fn spans_stand_on_top_of_their_profiles() {
    let checkout = tree(2, &[(1, "main", 1), (2, "take_order", 4), (2, "…other", 3)]);
    let payment = tree(0, &[(1, "main", 0), (2, "charge", 20)]);
    for tracer in ["tempo", "jaeger"] {
        let flame = trace_flame(&recorded(tracer), &[(0, checkout.clone()), (1, payment.clone())]);
        let picture = "\
total (total: 30, self: 0)
  checkout: POST /invoice (total: 30, self: 2)
    main (total: 8, self: 1)
      take_order (total: 4, self: 4)
      other (total: 3, self: 3) [truncated]
    payment: charge_card (total: 20, self: 0)
      main (total: 20, self: 0)
        charge (total: 20, self: 20)
";
        assert_eq!(format_tree(&flame.unwrap()), picture, "{tracer}");
    }
}

#[test]
fn a_span_is_there_for_those_below_it_and_not_without_any_value() {
    let trace = Trace::new(vec![
        span("a", "", "pay"),
        span("b", "a", "ask"),
        span("c", "b", "answer"),
        span("d", "a", "wait"),
    ]);
    let work = tree(0, &[(1, "main", 7)]);
    let empty = tree(0, &[(1, "main", 0)]);
    let place = |id: &str| trace.find(id).unwrap();
    let mut profiles = vec![(place("c"), work), (place("d"), empty)];
    profiles.sort_by_key(|(at, _)| *at);
    let picture = "\
total (total: 7, self: 0)
  shop: pay (total: 7, self: 0)
    shop: ask (total: 7, self: 0)
      shop: answer (total: 7, self: 0)
        main (total: 7, self: 7)
";
    assert_eq!(format_tree(&trace_flame(&trace, &profiles).unwrap()), picture);
    let nobodys = [(4, tree(0, &[(1, "main", 7)]))];
    for none in [&[], &nobodys[..]] {
        let flame = trace_flame(&trace, none).unwrap();
        assert_eq!(format_tree(&flame), "total (total: 0, self: 0)\n");
    }
}

#[test]
fn the_same_done_several_times_is_one_level() {
    let trace =
        Trace::new(vec![span("a", "", "pay"), span("b", "a", "ask"), span("c", "a", "ask")]);
    let profiles = [(1, tree(0, &[(1, "main", 3)])), (2, tree(0, &[(1, "main", 4)]))];
    let picture = "\
total (total: 7, self: 0)
  shop: pay (total: 7, self: 0)
    shop: ask (total: 7, self: 0)
      main (total: 7, self: 7)
";
    assert_eq!(format_tree(&trace_flame(&trace, &profiles).unwrap()), picture);
}

proptest! {
    /// Nothing is lost and nothing is made up: the whole is what its profiles are together.
    #[test]
    fn the_whole_is_the_sum_of_its_profiles(
        parents in prop::collection::vec(0_usize..8, 1..8),
        values in prop::collection::vec((0_i64..5, 0_i64..5), 8),
    ) {
        let spans = parents.iter().enumerate().map(|(at, parent)| {
            let parent = if *parent < at { format!("s{parent}") } else { String::new() };
            span(&format!("s{at}"), &parent, &format!("step {}", at % 3))
        });
        let trace = Trace::new(spans.collect());
        let profiles: Vec<(usize, Tree)> = values[..parents.len()]
            .iter()
            .enumerate()
            .map(|(at, (root, leaf))| (at, tree(*root, &[(1, "main", *leaf)])))
            .collect();
        let flame = trace_flame(&trace, &profiles).unwrap();
        let sum: i64 = values[..parents.len()].iter().map(|(root, leaf)| root + leaf).sum();
        prop_assert_eq!(flame.total_values()[0], sum);
        prop_assert!(flame.total_values()[1..].iter().all(|value| *value > 0 || sum > 0));
    }
}
