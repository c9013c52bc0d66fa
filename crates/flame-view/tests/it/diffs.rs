//! Two profiles in one graph.

use crate::support::{click, drawn, labels, press, props, selected};
use flame_view::{
    Action, ComparisonColumns, DiffSide, Effect, FieldSettings, FixedWidth, FlameFrame, FlameGraph,
    FrameError, FrameLevels, FrameNotice, NodeId, Palette, TableColumn, Theme, TooltipLine,
    ViewProps, ViewportSize,
};
use profile::FunctionNames;
use proptest::prelude::*;

/// Level, value and self of the baseline, value and self of the comparison, label.
type Row<'a> = (f64, [f64; 2], [f64; 2], &'a str);

fn read(rows: &[Row<'_>]) -> Result<FlameFrame, FrameError> {
    let levels: Vec<f64> = rows.iter().map(|row| row.0).collect();
    let right: Vec<[f64; 2]> = rows.iter().map(|row| row.2).collect();
    read_sides(&levels, rows, &right)
}

fn read_sides(
    levels: &[f64],
    rows: &[Row<'_>],
    right: &[[f64; 2]],
) -> Result<FlameFrame, FrameError> {
    let mut pushed = FrameLevels::default();
    pushed.push(levels)?;
    let mut comparison = ComparisonColumns::new(pushed.clone())?;
    let mut columns = pushed.into_columns()?;
    let mut names = FunctionNames::default();
    for (_, [value, own], _, name) in rows {
        columns.push_values(&[*value]);
        columns.push_self_values(&[*own]);
        columns.push_labels([names.intern(name)]);
    }
    for [value, own] in right {
        comparison.push_values(&[*value]);
        comparison.push_self_values(&[*own]);
    }
    comparison.finish(columns.finish(names)?)
}

/// The baseline has 100, the comparison 300, so that equal shares are 1 to 3.
const ROWS: &[Row<'static>] = &[
    (0.0, [100.0, 0.0], [300.0, 0.0], "total"),
    (1.0, [60.0, 10.0], [180.0, 30.0], "same"),
    (2.0, [40.0, 40.0], [120.0, 120.0], "inner"),
    (2.0, [10.0, 10.0], [30.0, 30.0], "leaf"),
    (1.0, [10.0, 10.0], [60.0, 60.0], "doubled"),
    (1.0, [20.0, 20.0], [30.0, 30.0], "halved"),
    (1.0, [10.0, 10.0], [0.0, 0.0], "gone"),
    (1.0, [0.0, 0.0], [30.0, 30.0], "new"),
];

/// 400 pixels wide, 1 pixel for 1 ns of both sides together.
fn graph() -> FlameGraph {
    let mut graph = FlameGraph::default();
    let size = ViewportSize { width_css_px: 400.0, height_css_px: 63.0, device_pixel_ratio: 1.0 };
    graph.set_props(ViewProps { size, ..props() });
    graph.set_field(FieldSettings { unit: "ns".to_owned(), ..FieldSettings::default() });
    graph.set_frame(read(ROWS).unwrap());
    graph
}

fn tooltip_at(graph: &mut FlameGraph, x_css_px: f64, y_css_px: f64) -> Vec<TooltipLine> {
    drawn(graph);
    let effects = graph.update(Action::PointerMove { x_css_px, y_css_px });
    let lines = effects.into_iter().find_map(|effect| match effect {
        Effect::ShowTooltip { tooltip, .. } => Some(tooltip.lines),
        _ => None,
    });
    lines.unwrap()
}

fn told(lines: &[TooltipLine]) -> Vec<String> {
    lines.iter().map(|line| format!("{}: {}", line.label, line.value)).collect()
}

#[test]
fn frames_are_as_wide_as_both_sides_and_coloured_by_how_their_share_changed() {
    let palette = Palette::new(&Theme::light());
    let [same, half, double, gone, new] = [0, -4, 4, -8, 8].map(|step| palette.change(step).css());
    let picture = drawn(&mut graph());
    let rects: Vec<_> = picture.lines().filter(|line| line.starts_with("rect")).collect();
    assert_eq!(
        rects,
        [
            format!("rect 0,0 399x20 {same}"),
            format!("rect 0,21 239x20 {same}"),
            format!("rect 240,21 69x20 {double}"),
            format!("rect 310,21 49x20 {half}"),
            format!("rect 360,21 9x20 {gone}"),
            format!("rect 370,21 29x20 {new}"),
            format!("rect 0,42 159x20 {same}"),
            format!("rect 160,42 39x20 {same}"),
        ]
    );
    assert_eq!(labels(&mut graph())[..3], ["total", "same", "doubled"]);
}

#[test]
fn the_legend_says_what_the_colours_mean_and_one_profile_has_none() {
    let mut graph = graph();
    let legend = graph.snapshot().legend;
    let labels: Vec<_> = legend.iter().map(|step| step.label.as_str()).collect();
    assert_eq!(labels, ["gone", "half", "same", "double", "new"]);
    assert_eq!(legend[4].colour, Palette::new(&Theme::light()).change(8).css());
    graph.set_frame(crate::support::frame("total 0\n  main 1\n"));
    assert!(graph.snapshot().legend.is_empty());
}

#[test]
fn the_tooltip_tells_both_sides_and_the_difference_of_the_shares() {
    let mut graph = graph();
    assert_eq!(
        told(&tooltip_at(&mut graph, 250.0, 30.0)),
        [
            "Baseline: 10 ns · 10% of all · self 10 ns",
            "Comparison: 60 ns · 20% of all · self 60 ns",
            "Share: +10 percentage points (+100%)",
        ]
    );
    let share = |graph: &mut FlameGraph, x| tooltip_at(graph, x, 30.0).pop().unwrap().value;
    assert_eq!(share(&mut graph, 320.0), "−10 percentage points (−50%)");
    assert_eq!(share(&mut graph, 365.0), "−10 percentage points (gone)");
    assert_eq!(share(&mut graph, 390.0), "+10 percentage points (new)");
    let same = tooltip_at(&mut graph, 10.0, 30.0);
    assert_eq!(same[0].value, "60 ns · 60% of all · self 10 ns");
    assert_eq!(same[2].value, "±0 percentage points");
}

#[test]
fn what_is_merged_has_the_colour_and_the_values_of_all_of_it() {
    // A thousand functions that went and a thousand that came, side by side, 0.1 pixels each.
    let mut rows: Vec<Row<'_>> = vec![(0.0, [1000.0, 0.0], [1000.0, 0.0], "total")];
    for _ in 0..1000 {
        rows.push((1.0, [1.0, 1.0], [0.0, 0.0], "went"));
        rows.push((1.0, [0.0, 0.0], [1.0, 1.0], "came"));
    }
    let mut graph = graph();
    graph.set_frame(read(&rows).unwrap());
    // Of an odd number of functions one side has one more, which is a step of change.
    let palette = Palette::new(&Theme::light());
    let lighter = |step| palette.change(step).mixed_with(Theme::light().background, 0.25);
    let nearly_same = [-1, 0, 1].map(lighter);
    let list = graph.display_list(&FixedWidth(6.0));
    let fills: Vec<_> = list.rects.iter().filter(|rect| rect.y == 21).collect();
    assert!(fills.len() > 100);
    // The last block may end before the others do.
    let others = fills.iter().filter(|rect| !nearly_same.contains(&rect.colour));
    assert!(others.count() <= 1, "{fills:?}");
    let lines = tooltip_at(&mut graph, 1.0, 30.0);
    assert_eq!(lines[0].label, "Baseline");
    assert!(lines[0].value.ends_with("of all"), "{lines:?}");
    assert_eq!(lines[3].label, "Click");
}

#[test]
fn the_table_has_both_shares_and_their_difference_and_sorts_by_each() {
    let mut graph = graph();
    let rows = |graph: &mut FlameGraph| -> Vec<String> {
        let window = graph.table_window(0.0, 1000.0);
        let row = |row: flame_view::FunctionRow| {
            let cells: Vec<_> = row.cells.into_iter().map(|cell| cell.text).collect();
            format!("{} {}", row.name, cells.join(" "))
        };
        window.rows.into_iter().map(row).collect()
    };
    let headings: Vec<_> =
        graph.table_window(0.0, 100.0).columns.into_iter().map(|it| it.title).collect();
    assert_eq!(headings, ["Function", "Baseline", "Comparison", "Difference"]);
    // What grew most is what one looks for.
    assert_eq!(
        rows(&mut graph),
        [
            "doubled 10% 20% +10 pp",
            "new 0% 10% +10 pp",
            "same 60% 60% ±0 pp",
            "inner 40% 40% ±0 pp",
            "leaf 10% 10% ±0 pp",
            "halved 20% 10% −10 pp",
            "gone 10% 0% −10 pp",
        ]
    );
    let mut first = |column| {
        graph.update(Action::SortTable { column });
        rows(&mut graph).swap_remove(0)
    };
    assert_eq!(first(TableColumn::Difference), "halved 20% 10% −10 pp");
    assert_eq!(first(TableColumn::Baseline), "same 60% 60% ±0 pp");
    assert_eq!(first(TableColumn::Comparison), "same 60% 60% ±0 pp");
    assert_eq!(first(TableColumn::Comparison), "gone 10% 0% −10 pp");
    assert_eq!(first(TableColumn::Function), "doubled 10% 20% +10 pp");
}

#[test]
fn a_recursive_call_counts_once_on_either_side() {
    let mut graph = graph();
    let rows = [
        (0.0, [10.0, 0.0], [10.0, 0.0], "total"),
        (1.0, [10.0, 4.0], [5.0, 1.0], "f"),
        (2.0, [6.0, 6.0], [4.0, 4.0], "f"),
        (1.0, [0.0, 0.0], [5.0, 5.0], "g"),
    ];
    graph.set_frame(read(&rows).unwrap());
    let rows = graph.table_window(0.0, 100.0).rows;
    let f = rows.iter().find(|row| row.name == "f").unwrap();
    let cells: Vec<_> = f.cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(cells, ["100%", "50%", "−50 pp"]);
    assert_eq!(f.cells[0].title, "10 ns");
}

#[test]
fn a_search_mutes_what_it_does_not_match_and_sums_both_sides() {
    let mut graph = graph();
    graph.update(Action::Search { text: "inner, doubled".to_owned() });
    let palette = Palette::new(&Theme::light());
    let picture = drawn(&mut graph);
    assert!(picture.contains(&format!("rect 240,21 69x20 {}", palette.change(4).css())));
    assert!(picture.contains(&format!("rect 0,21 239x20 {}", palette.muted.css())), "{picture}");
    assert_eq!(
        graph.snapshot().search.unwrap().summary,
        "baseline 50 ns (50% of all), comparison 180 ns (60% of all) in 2 functions, 2 nodes"
    );
    // A refresh searches again.
    graph.set_frame(read(ROWS).unwrap());
    assert!(graph.snapshot().search.unwrap().summary.starts_with("baseline 50 ns"));
}

#[test]
fn a_refresh_keeps_what_was_zoomed_to_and_how_the_table_is_sorted() {
    let mut graph = graph();
    click(&mut graph, 20.0, 30.0);
    graph.update(Action::SortTable { column: TableColumn::Baseline });
    graph.update(Action::SortTable { column: TableColumn::Baseline });
    let before = drawn(&mut graph);
    graph.set_frame(read(ROWS).unwrap());
    assert_eq!(drawn(&mut graph), before);
    assert_eq!(graph.zoomed_path(), ["same"]);
    let heading = graph.table_window(0.0, 100.0).columns.swap_remove(1);
    assert_eq!(heading.ascending, Some(true));
    // A frame of one profile has no such column.
    graph.set_frame(crate::support::frame("total 0\n  same 5\n  other 2\n"));
    let headings = graph.table_window(0.0, 100.0).columns;
    assert_eq!(headings[1].ascending, Some(false));
    assert_eq!(graph.zoomed_path(), ["same"]);
}

#[test]
fn words_tell_what_colours_do() {
    let mut graph = graph();
    assert_eq!(
        graph.snapshot().status,
        "Time 100 ns in the baseline, 300 ns in the comparison · 8 nodes · 7 functions"
    );
    for key in ["ArrowDown", "ArrowDown"] {
        press(&mut graph, key);
    }
    assert_eq!(selected(&graph).as_deref(), Some("same"));
    assert_eq!(
        graph.snapshot().selected.unwrap().text,
        "same, baseline 60 ns (60% of all), comparison 180 ns (60% of all), share ±0 percentage points, calls 2 functions"
    );
}

#[test]
fn a_comparison_with_ragged_columns_names_the_column() {
    let levels = [0.0, 1.0];
    let rows = [(0.0, [3.0, 0.0], [0.0; 2], "total"), (1.0, [3.0, 3.0], [0.0; 2], "a")];
    let error = read_sides(&levels, &rows, &[[3.0, 3.0]]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "field \"valueRight\" has 1 rows, expected 2 as in field \"level\""
    );
    let right = [[3.0, 0.0], [3.0, 3.0], [1.0, 1.0]];
    let error = read_sides(&levels, &rows, &right).unwrap_err();
    assert_eq!(
        error.to_string(),
        "field \"valueRight\" has 3 rows, expected 2 as in field \"level\""
    );
}

#[test]
fn a_comparison_with_negative_values_counts_them_as_nothing_and_says_on_which_side() {
    let frame = read(&[
        (0.0, [5.0, 0.0], [7.0, 0.0], "total"),
        (1.0, [5.0, 5.0], [-3.0, -3.0], "a"),
        (1.0, [0.0, 0.0], [7.0, f64::NAN], "b"),
    ])
    .unwrap();
    let notices: Vec<_> = frame.notices.iter().map(ToString::to_string).collect();
    assert_eq!(
        notices[0],
        "Comparison: 3 values are negative or not numbers and count as 0; the first is in row 1."
    );
    let sides = frame.sides.unwrap();
    assert_eq!(sides.total(NodeId(1)).comparison, 0);
    assert_eq!((sides.total(NodeId(2)).baseline, sides.total(NodeId(2)).comparison), (0, 7));
}

#[test]
fn a_comparison_without_self_right_computes_it_and_says_so() {
    let mut levels = FrameLevels::default();
    levels.push(&[0.0, 1.0]).unwrap();
    let mut comparison = ComparisonColumns::new(levels.clone()).unwrap();
    comparison.push_values(&[10.0, 4.0]);
    let mut columns = levels.into_columns().unwrap();
    let mut names = FunctionNames::default();
    columns.push_values(&[2.0, 1.0]);
    columns.push_labels(["total", "a"].map(|name| names.intern(name)));
    let frame = comparison.finish(columns.finish(names).unwrap()).unwrap();
    let notices: Vec<_> = frame.notices.iter().map(ToString::to_string).collect();
    assert_eq!(
        notices,
        [
            "The frame has no field \"self\"; self values are what the children leave of \"value\".",
            "The frame has no field \"selfRight\"; self values are what the children leave of \"valueRight\".",
        ]
    );
    let own = |node| frame.rows.self_value(NodeId(node));
    assert_eq!((own(0), own(1)), (7, 5));
}

#[test]
fn a_frame_with_half_a_comparison_says_what_is_drawn() {
    assert_eq!(
        FrameNotice::HalfDiff.to_string(),
        "The frame has a field \"selfRight\" and no \"valueRight\", so it cannot be drawn as a comparison; what is drawn is \"value\"."
    );
}

#[test]
fn a_comparison_of_other_levels_is_refused() {
    let mut levels = FrameLevels::default();
    levels.push(&[0.0, 1.0]).unwrap();
    let mut comparison = ComparisonColumns::new(levels).unwrap();
    comparison.push_values(&[1.0, 1.0]);
    let error = comparison.finish(crate::support::frame("total 0\n")).unwrap_err();
    assert_eq!(error, FrameError::Shapes { left: 1, right: 2 });
}

#[test]
fn a_side_without_samples_is_drawn_grey_and_said() {
    let mut graph = graph();
    let rows = [(0.0, [0.0, 0.0], [9.0, 0.0], "total"), (1.0, [0.0, 0.0], [9.0, 9.0], "a")];
    let frame = read(&rows).unwrap();
    assert_eq!(frame.notices, [FrameNotice::EmptySide { side: DiffSide::Baseline }]);
    graph.set_frame(frame);
    assert_eq!(
        graph.snapshot().notices,
        ["The baseline has no samples; there is nothing to compare."]
    );
    let same = Palette::new(&Theme::light()).neutral.css();
    assert!(drawn(&mut graph).contains(&format!("rect 0,21 399x20 {same}")));
    assert_eq!(tooltip_at(&mut graph, 5.0, 30.0)[2].value, "+100 percentage points");
    graph.set_frame(read(&[(0.0, [0.0; 2], [0.0; 2], "total")]).unwrap());
    assert_eq!(graph.snapshot().message.unwrap().title, "No samples");
    assert!(graph.snapshot().legend.is_empty());
}

#[test]
fn two_roots_are_told_once_and_stand_below_one_on_both_sides() {
    let frame = read(&[(0.0, [1.0, 1.0], [2.0, 2.0], "one"), (0.0, [3.0, 3.0], [4.0, 4.0], "two")])
        .unwrap();
    assert_eq!(frame.notices, [FrameNotice::Roots { count: 2 }]);
    let whole = frame.sides.unwrap().whole();
    assert_eq!((whole.baseline, whole.comparison), (4, 6));
}

#[test]
fn fractions_of_one_side_are_kept_beside_whole_numbers_of_the_other() {
    let rows = [(0.0, [3.0, 0.5], [8.0, 8.0], "total"), (1.0, [2.5, 2.5], [0.0, 0.0], "a")];
    let frame = read(&rows).unwrap();
    assert!(frame.notices.is_empty());
    let of = |value: i64| value as f64 / frame.scale;
    let sides = frame.sides.as_ref().unwrap();
    assert_eq!(of(sides.total(NodeId(1)).baseline), 2.5);
    assert_eq!((of(sides.whole().comparison), of(frame.rows.total_value(NodeId(0)))), (8.0, 11.0));
    // A side so large that the fractions of the other must give way.
    let huge = 2_f64.powi(60);
    let rows = [(0.0, [3.5, 3.5], [huge, huge], "total")];
    let frame = read(&rows).unwrap();
    assert_eq!(frame.rows.total_value(NodeId(0)) as f64 / frame.scale, huge + 3.5);
}

#[test]
fn sides_beyond_what_adds_up_are_an_error_and_not_a_panic() {
    let much = 2_f64.powi(62) * 1.5;
    let error = read(&[(0.0, [much, much], [much, much], "total")]).unwrap_err();
    assert!(matches!(error, FrameError::Tree(_)), "{error}");
}

#[test]
fn sums_over_many_deep_rows_stay_right() {
    // Each row repeats nearly the largest value, so that the sum of all rows leaves 63 bits often.
    let large = 2_f64.powi(61);
    let mut rows: Vec<Row<'_>> = Vec::new();
    for level in 0..50 {
        rows.push((f64::from(level), [large, 0.0], [large, 0.0], "f"));
    }
    rows.push((50.0, [large, large], [large, large], "leaf"));
    let frame = read(&rows).unwrap();
    let sides = frame.sides.unwrap();
    for node in 0..51 {
        let total = sides.total(NodeId(node));
        assert_eq!((total.baseline, total.comparison), (1 << 61, 1 << 61), "{node}");
    }
}

#[test]
fn a_comparison_of_100_000_nodes_costs_what_is_visible() {
    let mut rows: Vec<Row<'_>> = vec![(0.0, [0.0, 0.0], [0.0, 0.0], "total")];
    for at in 0..20_000 {
        let more = f64::from(at % 3);
        for level in 1..=5 {
            rows.push((f64::from(level), [1.0, 0.0], [more, 0.0], "f"));
        }
        let last = rows.last_mut().unwrap();
        (last.1[1], last.2[1]) = (1.0, more);
        rows[0].1[0] += 1.0;
        rows[0].2[0] += more;
    }
    let mut graph = graph();
    graph.set_frame(read(&rows).unwrap());
    drawn(&mut graph);
    assert!(graph.nodes_touched() < 5 * 400 * 20, "{}", graph.nodes_touched());
    let drawing = allocation_counter::measure(|| {
        graph.display_list(&FixedWidth(6.0));
    });
    assert!(drawing.count_total < 20, "{drawing:?}");
}

#[test]
fn one_profile_pays_nothing_for_comparisons() {
    let bytes_per_node = |is_diff: bool| {
        let count = 100_000_u32;
        let levels: Vec<f64> = (0..count).map(|row| f64::from(row.min(1))).collect();
        let values: Vec<f64> =
            (0..count).map(|row| if row == 0 { f64::from(count - 1) } else { 1.0 }).collect();
        let mut frame = None;
        let counted = allocation_counter::measure(|| {
            let mut pushed = FrameLevels::with_capacity(levels.len());
            pushed.push(&levels).unwrap();
            let comparison = is_diff.then(|| ComparisonColumns::new(pushed.clone()).unwrap());
            let mut columns = pushed.into_columns().unwrap();
            let mut names = FunctionNames::default();
            columns.push_values(&values);
            columns.push_labels((0..count).map(|_| names.intern("f")));
            let read = columns.finish(names).unwrap();
            frame = Some(match comparison {
                Some(mut comparison) => {
                    comparison.push_values(&values);
                    comparison.finish(read).unwrap()
                }
                None => read,
            });
        });
        counted.bytes_current as f64 / f64::from(count)
    };
    let (one, two) = (bytes_per_node(false), bytes_per_node(true));
    assert!(one < 25.0, "{one} bytes a node");
    assert!(two < one + 16.1, "{two} bytes a node of a comparison, {one} of one profile");
}

proptest! {
    #[test]
    fn each_side_is_what_it_is_alone(
        pairs in prop::collection::vec((0_u32..5, 0_u32..1000, 0_u32..1000), 1..200)
    ) {
        // Every node gets its own self values, and what is below it.
        let mut levels: Vec<u32> = Vec::new();
        for (up, ..) in &pairs {
            let level = levels.last().map_or(0, |last: &u32| (last + 1).saturating_sub(*up).max(1));
            levels.push(level);
        }
        let total = |at: usize, own: &dyn Fn(usize) -> u32| {
            let below = (at + 1..pairs.len()).take_while(|below| levels[*below] > levels[at]);
            f64::from(own(at)) + below.map(|below| f64::from(own(below))).sum::<f64>()
        };
        let (left, right) = (|at: usize| pairs[at].1, |at: usize| pairs[at].2);
        let rows: Vec<Row<'_>> = (0..pairs.len()).map(|at| (
            f64::from(levels[at]),
            [total(at, &left), f64::from(left(at))],
            [total(at, &right), f64::from(right(at))],
            "f",
        )).collect();
        let frame = read(&rows).unwrap();
        let sides = frame.sides.as_ref().unwrap();
        let told = frame.notices.iter().all(|it| matches!(it, FrameNotice::EmptySide { .. }));
        prop_assert!(told, "{:?}", frame.notices);
        for (row, (_, node)) in frame.rows.pre_order().enumerate() {
            let (total, expected) = (sides.total(node), &rows[row]);
            prop_assert_eq!(total.baseline as f64, expected.1[0]);
            prop_assert_eq!(total.comparison as f64, expected.2[0]);
            prop_assert_eq!(total.sum(), frame.rows.total_value(node));
            let own = total.without(sides.values(frame.rows.children(node)));
            prop_assert_eq!((own.baseline as f64, own.comparison as f64), (expected.1[1], expected.2[1]));
            let shares = sides.shares(total);
            prop_assert!(shares.change().abs() <= 1.0);
            prop_assert_eq!(shares.difference() > 0.0, shares.step() > 0 || shares.change() > 0.0);
        }
    }
}
