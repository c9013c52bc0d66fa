//! Frames that are not as they should be.

use crate::support::{drawn, props};
use flame_view::{
    Action, Effect, FixedWidth, FlameFrame, FlameGraph, FrameColumns, FrameError, FrameLevels,
    FrameNotice, Palette, Theme,
};
use profile::{FunctionNames, NodeIdx, Tree};

type Rows<'a> = &'a [(f64, f64, f64, &'a str)];

fn columns(rows: Rows<'_>) -> (FrameColumns, FunctionNames) {
    columns_of(&rows.iter().map(|row| row.0).collect::<Vec<_>>(), rows)
}

/// The fields of a frame with levels of its own.
fn columns_of(levels: &[f64], rows: Rows<'_>) -> (FrameColumns, FunctionNames) {
    let mut names = FunctionNames::default();
    let mut columns = columns_below(levels);
    for (_, value, own, name) in rows {
        columns.push_values(&[*value]);
        columns.push_self_values(&[*own]);
        columns.push_labels([names.intern(name)]);
    }
    (columns, names)
}

fn columns_below(levels: &[f64]) -> FrameColumns {
    let mut pushed = FrameLevels::with_capacity(levels.len());
    pushed.push(levels).unwrap();
    pushed.into_columns().unwrap()
}

fn tree(frame: &FlameFrame) -> Tree {
    frame.rows.to_tree().unwrap()
}

fn read(rows: Rows<'_>) -> FlameFrame {
    let (columns, names) = columns(rows);
    columns.finish(names).unwrap()
}

fn notices(frame: &FlameFrame) -> Vec<String> {
    frame.notices.iter().map(ToString::to_string).collect()
}

#[test]
fn a_level_must_follow_from_the_one_before_it() {
    let pushed = |levels: &[f64]| FrameLevels::default().push(levels);
    let error = pushed(&[0.0, 1.0, 3.0]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "row 2 has level 3 after level 1, expected a whole number from 0 to 2"
    );
    let error = pushed(&[0.0, 0.5]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "row 1 has level 0.5 after level 0, expected a whole number from 0 to 1"
    );
    assert!(pushed(&[0.0, -1.0]).is_err());
    assert!(pushed(&[0.0, f64::NAN]).is_err());
    assert!(pushed(&[0.0, 1e300]).is_err());
}

#[test]
fn a_frame_with_no_root_is_refused() {
    let error = FrameLevels::default().push(&[1.0, 2.0]).unwrap_err();
    assert_eq!(error.to_string(), "row 0 has level 1, expected a root at level 0");
}

#[test]
fn a_frame_with_ragged_columns_names_the_column_and_both_lengths() {
    let (columns, names) = columns_of(&[0.0, 1.0], &[(0.0, 3.0, 3.0, "total")]);
    let error = columns.finish(names).unwrap_err();
    assert_eq!(error.to_string(), "field \"value\" has 1 rows, expected 2 as in field \"level\"");
}

#[test]
fn a_label_without_text_is_named() {
    let (mut columns, names) = columns_of(&[0.0, 1.0], &[(0.0, 3.0, 3.0, "total")]);
    columns.push_values(&[1.0]);
    columns.push_self_values(&[1.0]);
    columns.push_labels([profile::FunctionIdx(7)]);
    assert_eq!(columns.finish(names).unwrap_err(), FrameError::Label { row: 1, count: 1 });
}

#[test]
fn a_missing_field_says_what_a_flame_graph_needs() {
    assert_eq!(
        FrameError::MissingField { name: "value" }.to_string(),
        "the frame has no field \"value\", expected the fields \"level\", \"value\", \"self\" and \"label\" of a flame graph"
    );
}

#[test]
fn a_frame_without_self_computes_it_and_says_so() {
    let mut names = FunctionNames::default();
    let mut columns = columns_below(&[0.0, 1.0, 1.0]);
    columns.push_values(&[10.0, 4.0, 5.0]);
    columns.push_labels(["total", "a", "b"].map(|name| names.intern(name)));
    let frame = columns.finish(names).unwrap();
    assert_eq!(tree(&frame).self_values(), [1, 4, 5]);
    assert_eq!(frame.notices, [FrameNotice::SelfComputed]);
    assert!(notices(&frame)[0].starts_with("The frame has no field \"self\";"));
}

#[test]
fn a_frame_with_two_roots_shows_them_below_one_and_says_so() {
    let frame = read(&[(0.0, 4.0, 1.0, "one"), (1.0, 3.0, 3.0, "leaf"), (0.0, 2.0, 2.0, "two")]);
    let tree = tree(&frame);
    let names: Vec<_> = tree.nodes().map(|node| tree.name(node)).collect();
    assert_eq!(names, ["total", "one", "leaf", "two"]);
    assert_eq!(tree.total_values(), [6, 4, 3, 2]);
    assert_eq!(
        notices(&frame),
        ["The frame has 2 roots; they are shown below one named \"total\"."]
    );
}

#[test]
fn a_frame_with_negative_values_counts_them_as_nothing_and_says_where() {
    let frame = read(&[
        (0.0, 5.0, 0.0, "total"),
        (1.0, -3.0, -3.0, "a"),
        (1.0, f64::NAN, 0.0, "b"),
        (1.0, 5.0, 5.0, "c"),
    ]);
    assert_eq!(tree(&frame).total_values(), [5, 0, 0, 5]);
    assert_eq!(
        notices(&frame),
        ["3 values are negative or not numbers and count as 0; the first is in row 1."]
    );
}

#[test]
fn a_total_is_kept_where_its_children_fit_into_it() {
    // 5 of 10 belong to nobody, and "b" holds more than its caller.
    let frame = read(&[
        (0.0, 10.0, 1.0, "total"),
        (1.0, 4.0, 4.0, "a"),
        (1.0, 1.0, 0.0, "caller"),
        (2.0, 2.0, 2.0, "b"),
    ]);
    assert_eq!(tree(&frame).total_values(), [10, 4, 2, 2]);
    assert_eq!(tree(&frame).self_values(), [4, 4, 0, 2]);
    assert_eq!(frame.notices, [FrameNotice::Totals { count: 1, first_row: 0 }]);
}

#[test]
fn fractions_are_kept() {
    let frame = read(&[(0.0, 3.0, 0.5, "total"), (1.0, 2.5, 2.5, "a")]);
    assert_eq!(frame.scale, 1_048_576.0);
    assert_eq!(tree(&frame).total_value(NodeIdx(1)) as f64 / frame.scale, 2.5);
    assert_eq!(tree(&frame).total_value(NodeIdx(0)) as f64 / frame.scale, 3.0);
    assert!(frame.notices.is_empty());
}

#[test]
fn values_beyond_what_adds_up_are_an_error_and_not_a_panic() {
    let (columns, names) =
        columns(&[(0.0, 1e300, 0.0, "total"), (1.0, 1e300, 1e300, "a"), (1.0, 1e300, 0.0, "b")]);
    assert!(matches!(columns.finish(names), Err(FrameError::Tree(_))));
}

#[test]
fn the_root_keeps_its_name() {
    let frame = read(&[(0.0, 1.0, 1.0, "root")]);
    assert_eq!(tree(&frame).name(NodeIdx(0)), "root");
}

#[test]
fn an_empty_profile_says_so() {
    let mut graph = FlameGraph::default();
    graph.set_props(props());
    graph.set_frame(read(&[(0.0, 0.0, 0.0, "total")]));
    let message = graph.snapshot().message.unwrap();
    assert_eq!(message.title, "No samples");
    assert!(!message.is_error);
    assert_eq!(drawn(&mut graph), "canvas 200 x 84\n");
}

#[test]
fn an_error_stands_where_the_graph_would() {
    let mut graph = FlameGraph::default();
    graph.set_error("row 3 has level 7".to_owned());
    let message = graph.snapshot().message.unwrap();
    assert_eq!(message.text, "Row 3 has level 7.");
    assert!(message.is_error);
}

#[test]
fn rounded_fractions_are_no_difference() {
    let frame = read(&[
        (0.0, 1.0, 0.1, "total"),
        (1.0, 0.3, 0.3, "a"),
        (1.0, 0.3, 0.3, "b"),
        (1.0, 0.3, 0.3, "c"),
    ]);
    assert_eq!(notices(&frame), [""; 0]);
    let frame = read(&[(0.0, 1.0, 0.1, "total"), (1.0, 0.3, 0.3, "a")]);
    assert_eq!(frame.notices, [FrameNotice::Totals { count: 1, first_row: 0 }]);
}

#[test]
fn values_that_floats_cannot_hold_are_no_difference() {
    let exact = |power: i32, more: i64| (2_i64.pow(power as u32) + more) as f64;
    let (a, b) = (exact(53, 1), exact(53, 3));
    let rows = |own| [(0.0, exact(54, 5), own, "total"), (1.0, a, a, "a"), (1.0, b, b, "b")];
    assert_eq!(notices(&read(&rows(1.0))), [""; 0]);
    let far = read(&rows(100.0));
    assert_eq!(far.notices, [FrameNotice::Totals { count: 1, first_row: 0 }]);
}

/// 200 pixels wide; "other" is below "main" twice, in rows 2 and 4.
fn graph_with_truncated(rows: &[u32]) -> FlameGraph {
    let (mut columns, names) = columns(&[
        (0.0, 200.0, 0.0, "total"),
        (1.0, 100.0, 0.0, "main"),
        (2.0, 100.0, 100.0, "other"),
        (1.0, 100.0, 0.0, "idle"),
        (2.0, 100.0, 100.0, "other"),
    ]);
    columns.push_truncated(rows.iter().copied());
    let mut graph = FlameGraph::default();
    graph.set_props(props());
    graph.set_frame(columns.finish(names).unwrap());
    graph
}

#[test]
fn what_the_server_folded_away_is_neutral_and_says_so() {
    let mut graph = graph_with_truncated(&[4, 0, 99, 4]);
    let palette = Palette::new(&Theme::light());
    let list = graph.display_list(&FixedWidth(6.0));
    let fill = |x: i32| list.rects.iter().find(|r| r.x == x && r.y == 42).unwrap().colour;
    assert_eq!((fill(0), fill(100)), (palette.fill("other"), palette.neutral));
    let mut said = |x_css_px| {
        let effects = graph.update(Action::PointerMove { x_css_px, y_css_px: 50.0 });
        let lines = effects.into_iter().find_map(|effect| match effect {
            Effect::ShowTooltip { tooltip, .. } => Some(tooltip.lines),
            _ => None,
        });
        lines.unwrap().iter().any(|line| line.value == "functions that the server folded away")
    };
    assert_eq!((said(50.0), said(150.0)), (false, true));
}

#[test]
fn the_table_says_what_it_lacks_because_the_server_folded_it_away() {
    let mut graph = graph_with_truncated(&[4]);
    let window = graph.table_window(0.0, 500.0);
    let expected = "Not listed: 100 (50%) in functions that the server folded away";
    assert_eq!(window.left_out.as_deref(), Some(expected));
    // The other node of that name is a function like any other.
    let other = window.rows.iter().find(|row| row.name == "other").unwrap();
    assert_eq!(other.cells[0].text, "100");
    assert_eq!(graph_with_truncated(&[]).table_window(0.0, 500.0).left_out, None);
}

#[test]
fn rows_that_were_folded_away_stay_so_below_a_root_of_ours() {
    let (mut columns, names) =
        columns(&[(0.0, 1.0, 1.0, "one"), (0.0, 2.0, 0.0, "two"), (1.0, 2.0, 2.0, "other")]);
    columns.push_truncated([2]);
    assert_eq!(tree(&columns.finish(names).unwrap()).truncated(), [NodeIdx(3)]);
}

#[test]
fn what_the_datasource_tells_stands_with_what_was_put_right() {
    let (mut columns, names) = columns(&[(0.0, 1.0, 1.0, "total")]);
    columns.push_notices([FrameNotice::Told { text: "The server was slow.".to_owned() }]);
    let mut graph = FlameGraph::default();
    graph.set_frame(columns.finish(names).unwrap());
    assert_eq!(graph.snapshot().notices, ["The server was slow."]);
}
