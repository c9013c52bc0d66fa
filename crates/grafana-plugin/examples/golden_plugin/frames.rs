//! One frame for each kind of field and each setting that a frame can carry.

use grafana_plugin::frame::{
    Cells, Column, DataLink, DataTopic, EnumConfig, Field, FieldConfig, Frame, FrameMeta,
    InternalLink, JsonCells, Notice, Severity, Statistic, TextCells, TypeConfig, Visualisation,
};
use serde_json::{Map, Value, json};

/// 2026-11-21 05:49:30.123456789 UTC.
const TIME_NANOS: i64 = 1_795_240_170_123_456_789;

/// Frames by name, in the order of the name.
pub(crate) fn golden_frames() -> Vec<(&'static str, Vec<Frame>)> {
    vec![
        ("bool", vec![one(Field::new("ok", vec![true, false, true]))]),
        ("bool-nullable", vec![one(Field::new("ok", vec![Some(true), None, Some(false)]))]),
        ("config", vec![config()]),
        ("custom-meta", vec![custom_meta()]),
        ("diff-flame-graph", vec![diff_flame_graph()]),
        ("empty-frame", vec![Frame::default()]),
        ("empty-rows", vec![Frame::new("rows", vec![Field::new("value", Vec::<i64>::new())])]),
        ("enum", vec![enumeration()]),
        ("enum-nullable", vec![enumeration_nullable()]),
        ("exemplar", vec![exemplar()]),
        ("flame-graph", vec![flame_graph()]),
        ("float64", vec![one(Field::new("value", vec![0.0, -0.5, 1.0, 1e21, 1e-7, f64::MAX]))]),
        ("float64-entities", vec![entities()]),
        ("float64-nullable", vec![one(Field::new("value", vec![Some(0.1), None, Some(3.0)]))]),
        ("int32", vec![one(Field::new("value", vec![i32::MIN, 0, i32::MAX]))]),
        ("int32-nullable", vec![one(Field::new("value", vec![Some(1), None, Some(-1)]))]),
        ("int64", vec![one(Field::new("value", vec![i64::MIN, -1, (1 << 53) + 1, i64::MAX]))]),
        ("int64-nullable", vec![one(Field::new("value", vec![None, Some(7_i64), None]))]),
        ("json", vec![json_values()]),
        ("json-nullable", vec![json_nullable()]),
        ("labels", vec![labels()]),
        ("links", vec![links()]),
        ("meta", vec![meta()]),
        ("notices", vec![notices()]),
        ("several-frames", vec![flame_graph(), labels(), Frame::default()]),
        ("text", vec![text()]),
        ("text-nullable", vec![text_nullable()]),
        ("time", vec![time()]),
        ("time-nullable", vec![time_nullable()]),
        ("uint64", vec![one(Field::new("value", vec![0, (1 << 53) + 1, u64::MAX]))]),
        ("uint64-nullable", vec![one(Field::new("value", vec![Some(1_u64), None]))]),
    ]
}

fn one(field: Field) -> Frame {
    Frame::new("one", vec![field])
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn config() -> Frame {
    let all = FieldConfig {
        display_name: "CPU <time> & \"more\"".to_owned(),
        display_name_from_datasource: "cpu".to_owned(),
        path: "process/cpu".to_owned(),
        description: "Time on a core, süß 🔥 \u{2028}".to_owned(),
        filterable: Some(false),
        writeable: Some(true),
        unit: "ns".to_owned(),
        decimals: Some(0),
        min: Some(-0.25),
        max: Some(1e21),
        interval: 15_000.0,
        color: object(json!({ "mode": "fixed", "fixedColor": "#ff8800", "depth": 2 })),
        links: Vec::new(),
        no_value: "–".to_owned(),
        type_config: None,
        custom: object(json!({ "drawStyle": "bars", "nested": { "list": [1, 2.5, null, true] } })),
    };
    let infinite =
        FieldConfig { min: Some(f64::NEG_INFINITY), max: Some(f64::NAN), ..FieldConfig::default() };
    Frame::new(
        "config",
        vec![
            Field::new("all", vec![1.0]).with_config(all),
            Field::new("nothing", vec![1.0]).with_config(FieldConfig::default()),
            Field::new("infinite", vec![1.0]).with_config(infinite),
            Field::new("absent", vec![1.0]),
            Field::new("", vec![1.0]),
        ],
    )
}

fn custom_meta() -> Frame {
    let custom = json!({
        "explain": { "dropped": ["service_namespace"], "widenedMillis": 60_000 },
        "resultType": "exemplar",
        "html": "<a href=\"x\">&</a>",
        "none": null,
    });
    Frame::default().with_meta(FrameMeta { custom, ..FrameMeta::default() })
}

/// A flame graph in the form that Grafana draws.
fn flame_graph() -> Frame {
    let unit = |unit: &str| FieldConfig { unit: unit.to_owned(), ..FieldConfig::default() };
    let names = strings(&["total", "main", "checkout", "<script>"]);
    let meta = FrameMeta {
        preferred_visualisation: Some(Visualisation::FlameGraph),
        ..FrameMeta::default()
    };
    let mut frame = Frame::new(
        "response",
        vec![
            Field::new("level", vec![0_i64, 1, 2, 2]),
            Field::new("value", vec![100_i64, 100, 60, 30]).with_config(unit("ns")),
            Field::new("self", vec![0_i64, 10, 60, 30]).with_config(unit("ns")),
            Field::enumeration("label", vec![0, 1, 2, 3], names),
        ],
    )
    .with_meta(meta);
    frame.ref_id = "A".to_owned();
    frame
}

fn diff_flame_graph() -> Frame {
    let mut frame = flame_graph();
    frame.fields.push(Field::new("valueRight", vec![120_i64, 120, 20, 90]));
    frame.fields.push(Field::new("selfRight", vec![0_i64, 10, 20, 90]));
    frame
}

fn enumeration() -> Frame {
    let enumeration = EnumConfig {
        text: strings(&["ok", "", "failed \\ twice"]),
        color: strings(&["green", "grey", "red"]),
        icon: strings(&["check", "", "bug"]),
        description: strings(&["all is well", "", "it broke"]),
    };
    let config = FieldConfig {
        type_config: Some(TypeConfig { enumeration: Some(enumeration) }),
        ..FieldConfig::default()
    };
    let field = Field::new("state", Column::Enum(vec![2, 0, 1, 0].into())).with_config(config);
    Frame::new("states", vec![field])
}

fn enumeration_nullable() -> Frame {
    let indices = Cells::Nullable(vec![Some(1), None, Some(0)]);
    one(Field::enumeration("state", indices, strings(&["off", "on"])))
}

fn exemplar() -> Frame {
    let meta = FrameMeta {
        data_topic: Some(DataTopic::Annotations),
        custom: json!({ "resultType": "exemplar" }),
        ..FrameMeta::default()
    };
    Frame::new(
        "exemplar",
        vec![
            Field::new("Time", Column::time_millis(&[1_795_240_185_000, 1_795_240_215_000])),
            Field::new("Value", vec![0.25, 1.5]),
            Field::new("trace_id", vec!["b76efb7ac1779aa58aecd0fd08c2bdc5", ""]),
        ],
    )
    .with_meta(meta)
}

fn entities() -> Frame {
    let odd = vec![f64::NAN, 1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let odd_or_none = odd.iter().map(|value| (*value != 1.0).then_some(*value)).collect::<Vec<_>>();
    Frame::new(
        "odd numbers",
        vec![
            Field::new("plain", vec![0.5; 5]),
            Field::new("odd", odd),
            Field::new("odd or none", odd_or_none),
        ],
    )
}

fn json_values() -> Frame {
    let values = [json!({ "b": [1, 2.5, "x"], "a": null }), json!([]), json!("<&>"), json!(null)];
    one(Field::new("attributes", JsonCells::from_iter(values)))
}

fn json_nullable() -> Frame {
    one(Field::new("attributes", JsonCells::from_iter([Some(json!({ "a": 1 })), None])))
}

fn labels() -> Frame {
    let field = Field::new("value", vec![1.0, 2.0]).with_labels([
        ("service_name", "checkout"),
        ("region", "eu-west"),
        ("odd \"name\"", "<>&\\\n"),
    ]);
    let config = FieldConfig { unit: "short".to_owned(), ..FieldConfig::default() };
    Frame::new(
        "series",
        vec![
            Field::new("time", Column::time_millis(&[0, 15_000])),
            field.with_config(config),
            Field::new("bare", vec![1_i64, 2]).with_labels([("only", "labels")]),
        ],
    )
}

fn links() -> Frame {
    let external = DataLink {
        title: "Source".to_owned(),
        target_blank: true,
        url: "https://example.com/find?q=${__value.raw}&from=${__from}".to_owned(),
        internal: None,
    };
    let internal = DataLink {
        title: "Trace".to_owned(),
        internal: Some(InternalLink {
            query: json!({ "query": "${__value.raw}", "queryType": "traceql", "limit": 20 }),
            datasource_uid: "tempo-uid".to_owned(),
            datasource_name: "Tempo".to_owned(),
            panels_state: json!({ "trace": { "spanId": "${__data.fields[\"span_id\"]}" } }),
        }),
        ..DataLink::default()
    };
    let bare = DataLink { internal: Some(InternalLink::default()), ..DataLink::default() };
    let config = FieldConfig { links: vec![external, internal, bare], ..FieldConfig::default() };
    one(Field::new("trace_id", vec!["b76efb7ac1779aa58aecd0fd08c2bdc5"]).with_config(config))
}

fn meta() -> Frame {
    let statistic = Statistic {
        config: FieldConfig {
            display_name: "Bytes read".to_owned(),
            unit: "bytes".to_owned(),
            ..FieldConfig::default()
        },
        value: 123_456.5,
    };
    let meta = FrameMeta {
        frame_type: "timeseries-multi".to_owned(),
        type_version: [0, 1],
        path: "a/b".to_owned(),
        path_separator: "/".to_owned(),
        custom: json!("text"),
        stats: vec![statistic, Statistic::default()],
        notices: Vec::new(),
        channel: "ds/uid/tail".to_owned(),
        preferred_visualisation: Some(Visualisation::NodeGraph),
        preferred_visualisation_plugin_id: "fireline-flamegraph-panel".to_owned(),
        executed_query_string: "process_cpu{service_name=\"checkout\"}".to_owned(),
        data_topic: Some(DataTopic::Annotations),
        unique_row_id_fields: vec![0, 2],
    };
    Frame::new("meta", vec![Field::new("value", vec![1.0])]).with_meta(meta)
}

fn notices() -> Frame {
    let mut frame = Frame::new("notices", vec![Field::new("value", vec![1.0])]);
    frame.push_notice(Notice::new(Severity::Info, "widened by 60 s"));
    frame.push_notice(Notice::new(Severity::Warning, "cut at <16384> nodes & more"));
    frame.push_notice(Notice {
        link: "https://example.com/limits".to_owned(),
        ..Notice::new(Severity::Error, "half of the profiles are missing")
    });
    frame
}

fn text() -> Frame {
    let texts = ["", "plain", "quote \" slash \\ tab \t nul \u{0}", "<&>", "süß 🔥 \u{2028}"];
    one(Field::new("text", texts.to_vec()))
}

fn text_nullable() -> Frame {
    one(Field::new("text", TextCells::from_iter([Some("a"), None, Some(""), None])))
}

fn time() -> Frame {
    let nanos = vec![0, TIME_NANOS, -1, -1_500_000, i64::MAX, i64::MIN];
    Frame::new(
        "times",
        vec![
            Field::new("nanos", Column::time_nanos(nanos)),
            Field::new("millis", Column::time_millis(&[0, 1, -1, 2, 3, 1_795_240_170_123])),
        ],
    )
}

fn time_nullable() -> Frame {
    let nanos = vec![None, Some(TIME_NANOS), None, Some(1_000_000)];
    Frame::new(
        "times",
        vec![
            Field::new("nanos", Column::time_nanos(nanos)),
            Field::new("millis", Column::time_nanos(vec![Some(0), None, None, Some(5_000_000)])),
        ],
    )
}
