//! The chart of the walk: where lines, diamonds and ticks stand, and what they say.

use std::collections::BTreeMap;

use links::trail::{Chart, Source, Trail, TrailEffect, TrailProps, TrailUpdate};
use serde_json::{Value, json};

const FROM_MILLIS: f64 = 1_795_240_170_000.0;
const MINUTE_MILLIS: f64 = 60_000.0;

/// What is asked for and how large the page is.
struct Asked {
    expr: &'static str,
    length_millis: f64,
    width_css_px: f64,
}

const TWO_MINUTES: Asked = Asked {
    expr: "histogram_quantile(0.9, x_seconds)",
    length_millis: 2.0 * MINUTE_MILLIS,
    width_css_px: 800.0,
};

/// What the walk shows when the metrics server answers with these frames.
fn shown(asked: &Asked, frames: &Value) -> TrailUpdate {
    let prometheus = Source { type_id: "prometheus".to_owned(), ..Source::default() };
    let mut trail = Trail::default();
    let update = trail.set_props(TrailProps {
        sources: vec![prometheus],
        params: BTreeMap::from([("expr".to_owned(), asked.expr.to_owned())]),
        from_millis: FROM_MILLIS,
        to_millis: FROM_MILLIS + asked.length_millis,
        width_css_px: asked.width_css_px,
        refreshes: 0,
    });
    let of_expr = |effect: &TrailEffect| match effect {
        TrailEffect::Query { id, queries, .. } if queries[0]["expr"] == asked.expr => Some(*id),
        _ => None,
    };
    let id = update.effects.iter().find_map(of_expr).expect("the expression is asked for");
    trail.answered(id, &frames.to_string())
}

fn chart(asked: &Asked, frames: &Value) -> Chart {
    shown(asked, frames).view.metric.chart.expect("a chart")
}

/// A frame with points: milliseconds after the start, and value.
fn points(name: &str, points: &[(i64, f64)]) -> Value {
    let times: Vec<f64> = points.iter().map(|(after, _)| FROM_MILLIS + *after as f64).collect();
    let values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
    json!({
        "schema": {"name": name, "fields": [{"name": "Time"}, {"name": "Value"}]},
        "data": {"values": [times, values]},
    })
}

fn value_texts(chart: &Chart) -> Vec<&str> {
    chart.value_ticks.iter().map(|tick| tick.text.as_str()).collect()
}

/// Where the ticks of time stand. Unit: seconds after the start.
fn tick_secs(chart: &Chart) -> Vec<f64> {
    chart.time_ticks.iter().map(|tick| (tick.at_millis - FROM_MILLIS) / 1e3).collect()
}

#[test]
fn everything_stands_where_its_time_and_value_say() {
    let frames = json!([
        points("p95", &[(-1, 9.0), (10_000, 0.1), (30_000, 0.2), (120_001, 9.0)]),
        points("exemplar", &[(0, 0.4), (120_000, 0.0), (120_001, 9.0)]),
    ]);
    let chart = chart(&TWO_MINUTES, &frames);
    let frame = [chart.width, chart.height, chart.left, chart.right, chart.bottom];
    assert_eq!(frame, [800.0, 220.0, 64.0, 784.0, 196.0]);
    assert_eq!(chart.lines[0].path, "M124 152.2L244 108.4");
    let diamonds: Vec<(f64, f64, &str)> =
        chart.diamonds.iter().map(|one| (one.x, one.y, one.value.as_str())).collect();
    assert_eq!(diamonds, [(64.0, 20.8, "400 ms"), (784.0, 196.0, "0")]);
    let ticks: Vec<(f64, &str)> =
        chart.value_ticks.iter().map(|tick| (tick.y, tick.text.as_str())).collect();
    assert_eq!(ticks, [(196.0, "0"), (108.4, "200 ms"), (20.8, "400 ms")]);
    let places: Vec<f64> = chart.time_ticks.iter().map(|tick| tick.x).collect();
    assert_eq!(places, [64.0, 244.0, 424.0, 604.0, 784.0]);
    assert_eq!(tick_secs(&chart), [0.0, 30.0, 60.0, 90.0, 120.0]);
}

#[test]
fn value_ticks_are_round_and_few() {
    let table: &[(&str, f64, &[&str])] = &[
        ("histogram_quantile(0.9, x_seconds)", 0.4, &["0", "200 ms", "400 ms"]),
        ("histogram_quantile(0.9, traces_spanmetrics_latency)", 40.0, &["0", "20 s", "40 s"]),
        ("histogram_quantile(0.9, x_milliseconds)", 4.0, &["0", "2 ms", "4 ms"]),
        ("up", 1.0, &["0", "0.5", "1"]),
        ("up", 0.0, &["0", "0.5", "1"]),
        ("up", 3.8, &["0", "1", "2", "3"]),
        ("up", 9.5, &["0", "5"]),
        ("up", 4_000.0, &["0", "2000", "4000"]),
        ("up", 30.0, &["0", "10", "20", "30"]),
        ("up", f64::MAX, &[]),
        ("up", 0.0038, &["0", "0.001", "0.002", "0.003"]),
    ];
    for (expr, highest, texts) in table {
        let frames = json!([points("", &[(0, *highest)])]);
        let chart = chart(&Asked { expr, ..TWO_MINUTES }, &frames);
        assert_eq!(value_texts(&chart), *texts, "{expr} up to {highest}");
    }
}

#[test]
fn values_have_three_digits_that_matter_or_a_unit() {
    let table = [
        ("up", 1_234_567.0, "1234567"),
        ("up", 100.0, "100"),
        ("up", 123.456, "123"),
        ("up", 12.3456, "12.3"),
        ("up", 10.0, "10"),
        ("up", 1.0, "1"),
        ("up", -0.25, "-0.25"),
        ("up", 0.0, "0"),
        ("up", 0.001_234_56, "0.00123"),
        ("up", 1e-12, "0"),
        ("x_seconds_sum", 0.25, "250 ms"),
        ("x_seconds_sum", 0.0, "0"),
        ("rate(x_seconds_count[1m])", 0.25, "0.25"),
        ("rate(x_milliseconds_count[1m])", 0.25, "0.25"),
        ("rate(x_bytes_sum[1m])", 0.25, "0.25"),
        ("x_milliseconds_sum", 0.25, "250 µs"),
        ("traces_spanmetrics_latency_sum", 90.0, "90 s"),
    ];
    for (expr, value, text) in table {
        let frames = json!([points("exemplar", &[(0, value)])]);
        let chart = chart(&Asked { expr, ..TWO_MINUTES }, &frames);
        assert_eq!(chart.diamonds[0].value, text, "{expr} {value}");
    }
}

/// How far the ticks of time are apart. Unit: seconds.
fn tick_distance_secs(length_secs: f64, width_css_px: f64) -> f64 {
    let asked = Asked { length_millis: length_secs * 1e3, width_css_px, ..TWO_MINUTES };
    let at = tick_secs(&chart(&asked, &json!([points("", &[(0, 1.0)])])));
    at[1] - at[0]
}

#[test]
fn time_ticks_are_as_near_as_a_width_allows_and_round() {
    let steps = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0,
        7_200.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0, 259_200.0,
    ];
    // 720 pixels have room for six.
    for (at, step) in steps.into_iter().enumerate() {
        assert_eq!(tick_distance_secs(6.0 * step, 800.0), step);
        if let Some(next) = steps.get(at + 1) {
            assert_eq!(tick_distance_secs(6.0 * step + 0.1, 800.0), *next);
        }
    }
    assert_eq!(tick_distance_secs(60.0, 739.0), 15.0, "room for five");
    assert_eq!(tick_distance_secs(60.0, 740.0), 10.0, "room for six");
}

#[test]
fn a_page_is_neither_too_narrow_nor_too_wide_for_a_chart() {
    let frames = json!([points("", &[(0, 1.0)])]);
    let of_width = |width_css_px: f64| chart(&Asked { width_css_px, ..TWO_MINUTES }, &frames);
    assert_eq!(of_width(0.0).width, 240.0);
    assert_eq!(of_width(1e9).width, 10_000.0);
    assert_eq!(of_width(1e9).right, 9_984.0);
    let no_time = Asked { length_millis: 0.0, ..TWO_MINUTES };
    let chart = chart(&no_time, &frames);
    assert_eq!(chart.lines[0].path, "M64 20.8");
}

#[test]
fn what_is_not_drawn_is_counted() {
    let mut frames: Vec<Value> = (0..22).map(|_| points("", &[(0, 1.0)])).collect();
    let many: Vec<(i64, f64)> = (0..203).map(|at| (at, 1.0)).collect();
    frames.push(points("exemplar", &many));
    let metric = shown(&TWO_MINUTES, &json!(frames)).view.metric;
    let chart = metric.chart.expect("a chart");
    assert_eq!((chart.lines.len(), chart.diamonds.len()), (20, 200));
    assert_eq!(metric.card.notices, ["2 more series are not drawn"]);
    assert_eq!(metric.card.summary, "22 series, the largest 200 of 203 exemplars");
    let all = shown(&TWO_MINUTES, &json!([frames[0], points("exemplar", &many[..200])]));
    assert_eq!(all.view.metric.card.notices, [""; 0]);
    assert_eq!(all.view.metric.card.summary, "1 series, 200 exemplars");
}

#[test]
fn an_answer_without_series_exemplars_or_traces_says_so() {
    let series = || points("", &[(0, 1.0)]);
    let exemplars = || points("exemplar", &[(0, 1.0)]);
    let table = [
        (json!([]), "No series in this time range", false),
        (json!([points("", &[])]), "No series in this time range", false),
        (json!([series()]), "These series have no exemplars in this time range", true),
        (json!([series(), exemplars()]), "None of these exemplars names a trace", true),
        (json!([exemplars()]), "None of these exemplars names a trace", true),
    ];
    for (frames, line, has_chart) in table {
        let metric = shown(&TWO_MINUTES, &frames).view.metric;
        assert_eq!(metric.card.message.expect("a message").line, line, "{frames}");
        assert_eq!(metric.chart.is_some(), has_chart, "{frames}");
    }
}

#[test]
fn a_series_is_named_by_its_labels() {
    let named = |name: &str, labels: Value| {
        let mut frame = points("", &[(0, 1.0)]);
        frame["schema"]["fields"][1] = json!({"name": name, "labels": labels});
        chart(&TWO_MINUTES, &json!([frame])).lines[0].name.clone()
    };
    let labels = json!({"__name__": "up", "job": "shop", "route": "", "zone": "eu"});
    assert_eq!(named("Value", labels), "up{job=\"shop\", zone=\"eu\"}");
    let labels = json!({"http_route": "GET \"/\""});
    assert_eq!(named("Value", labels), "{http_route=\"GET \\\"/\\\"\"}");
    assert_eq!(named("up", json!({"__name__": "up"})), "up");
}

#[test]
fn times_are_written_so_that_no_two_ticks_read_the_same() {
    let format = |length_millis: f64| {
        let asked = Asked { length_millis, ..TWO_MINUTES };
        chart(&asked, &json!([points("", &[(0, 1.0)])])).time_format
    };
    assert_eq!(
        [120e3, 3_600e3, 3_600_001.0, 86_400e3, 86_400_001.0].map(format),
        ["HH:mm:ss", "HH:mm:ss", "HH:mm", "HH:mm", "MM-DD HH:mm"]
    );
}
