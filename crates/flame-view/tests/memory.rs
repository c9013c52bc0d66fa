//! What a frame costs in memory. Alone in its binary, since all threads count.
#![allow(clippy::unwrap_used, reason = "tests")]

use fixtures::assert_peak_growth;
use flame_view::{FixedWidth, FlameGraph, FrameLevels, ViewProps, ViewportSize};
use profile::FunctionNames;

const LABELS: usize = 1_000_000;
/// Columns, names and the index over them.
const ALLOWED_BYTES_A_ROW: u64 = 400;

#[test]
fn a_frame_of_a_million_labels_costs_memory_in_proportion_and_is_drawn() {
    let mut graph = assert_peak_growth(ALLOWED_BYTES_A_ROW * LABELS as u64, || {
        let mut names = FunctionNames::default();
        let mut levels = FrameLevels::with_capacity(LABELS + 1);
        levels.push(&[0.0]).unwrap();
        (0..LABELS).for_each(|_| levels.push(&[1.0]).unwrap());
        let mut columns = levels.into_columns().unwrap();
        columns.push_values(&[(LABELS * 2) as f64]);
        columns.push_self_values(&[0.0]);
        columns.push_labels([names.intern("total")]);
        for row in 0..LABELS {
            columns.push_values(&[2.0]);
            columns.push_self_values(&[2.0]);
            columns.push_labels([names.intern(&format!("function number {row}"))]);
        }
        let frame = columns.finish(names).unwrap();
        assert!(frame.notices.is_empty(), "{:?}", frame.notices);
        let mut graph = FlameGraph::default();
        let size =
            ViewportSize { width_css_px: 1000.0, height_css_px: 210.0, device_pixel_ratio: 1.0 };
        graph.set_props(ViewProps { size, ..ViewProps::default() });
        graph.set_frame(frame);
        graph
    });
    // Drawing costs what can be seen: no more frames than there are pixels.
    let drawn = assert_peak_growth(16 << 20, || graph.display_list(&FixedWidth(6.0)).rects.len());
    assert!((2..=1_001).contains(&drawn), "{drawn}");
}
