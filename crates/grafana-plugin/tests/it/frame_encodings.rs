//! Frames survive Arrow, and read in JSON as Grafana writes them.

use grafana_plugin::frame::{
    Cells, Column, Field, Frame, FrameError, FrameMeta, JsonCells, Notice, Severity, TextCells,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::golden_frames::golden_frames;

fn json_of(frame: &Frame) -> Value {
    serde_json::from_slice(&frame.to_json().unwrap()).unwrap()
}

/// Frames as JSON: NaN equals itself there, and what JSON leaves out counts as equal.
fn assert_same(left: &Frame, right: &Frame) {
    assert_eq!(json_of(left), json_of(right));
}

#[test]
fn every_golden_frame_survives_arrow() {
    for (name, frames) in golden_frames() {
        for frame in frames {
            let read = Frame::from_arrow(&frame.to_arrow().unwrap())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_same(&read, &frame);
        }
    }
}

#[test]
fn arrow_files_of_equal_frames_are_equal_bytes() {
    for (_, frames) in golden_frames() {
        for frame in frames {
            assert_eq!(frame.to_arrow().unwrap(), frame.clone().to_arrow().unwrap());
        }
    }
}

#[test]
fn numbers_that_json_lacks_become_entities() {
    let values =
        vec![Some(f64::NAN), None, Some(1.5), Some(f64::INFINITY), Some(f64::NEG_INFINITY)];
    let frame = Frame::new("", vec![Field::new("v", vec![1_i64; 5]), Field::new("w", values)]);
    assert_eq!(
        json_of(&frame)["data"],
        json!({
            "values": [[1, 1, 1, 1, 1], [null, null, 1.5, null, null]],
            "entities": [null, { "NaN": [0], "Inf": [3], "NegInf": [4] }],
        })
    );
}

#[test]
fn times_are_milliseconds_with_the_rest_in_nanos() {
    let times = Column::time_nanos(vec![Some(1_000_001), None, Some(-1)]);
    let frame = Frame::new("", vec![Field::new("t", times), Field::new("n", vec![1.0; 3])]);
    assert_eq!(
        json_of(&frame)["data"],
        json!({ "values": [[1, null, -1], [1.0, 1.0, 1.0]], "nanos": [[1, 0, 999_999], null] })
    );
}

#[test]
fn enums_are_indices_with_their_texts_in_the_config() {
    let texts = vec!["total".to_owned(), "main".to_owned()];
    let frame = Frame::new("", vec![Field::enumeration("label", vec![1, 0], texts)]);
    assert_eq!(
        json_of(&frame),
        json!({
            "schema": { "fields": [{
                "name": "label",
                "type": "enum",
                "typeInfo": { "frame": "enum" },
                "config": { "type": { "enum": { "text": ["total", "main"] } } },
            }] },
            "data": { "values": [[1, 0]] },
        })
    );
}

#[test]
fn meta_always_tells_its_type_version() {
    let mut frame = Frame::default().with_meta(FrameMeta::default());
    assert_eq!(json_of(&frame)["schema"]["meta"], json!({ "typeVersion": [0, 0] }));
    frame.push_notice(Notice::new(Severity::Warning, "cut"));
    assert_eq!(
        json_of(&frame)["schema"]["meta"]["notices"],
        json!([{ "severity": "warning", "text": "cut" }])
    );
}

#[test]
fn fields_of_different_lengths_are_refused() {
    let fields = vec![Field::new("one", vec![1.0]), Field::new("two", vec![1.0, 2.0])];
    let frame = Frame::new("unequal", fields);
    let error = frame.to_arrow().unwrap_err();
    assert!(matches!(error, FrameError::UnequalLengths { found: 2, expected: 1, .. }));
    assert_eq!(
        frame.to_json().unwrap_err().to_string(),
        "field \"two\" has 2 rows, the fields before it have 1"
    );
}

#[test]
fn text_that_is_not_json_is_refused_with_its_row() {
    let cells = TextCells::from_iter([Some("{}"), None, Some("{a}")]);
    let error = JsonCells::from_text(cells).unwrap_err();
    assert!(matches!(error, FrameError::NotJson { row: 2, .. }));
}

#[test]
fn bytes_that_are_no_arrow_file_are_an_error() {
    let whole = golden_frames().swap_remove(10).1.swap_remove(0).to_arrow().unwrap();
    assert!(Frame::from_arrow(b"").is_err());
    assert!(Frame::from_arrow(b"ARROW1\0\0garbage").is_err());
    assert!(Frame::from_arrow(&whole[..whole.len() - 7]).is_err());
}

#[test]
fn rows_beyond_the_end_are_nothing() {
    let texts = TextCells::from_iter(["a", "", "ccc"]);
    assert_eq!(texts.iter().collect::<Vec<_>>(), [Some("a"), Some(""), Some("ccc")]);
    assert_eq!(texts.get(3), None);
    let texts = TextCells::from_iter([None, Some("b")]);
    assert_eq!((texts.get(0), texts.get(1), texts.get(2)), (None, Some("b"), None));
}

fn columns(rows: usize) -> impl Strategy<Value = Column> {
    fn cells<T: std::fmt::Debug + Clone + 'static>(
        rows: usize,
        values: impl Strategy<Value = T> + Clone + 'static,
    ) -> impl Strategy<Value = Cells<T>> {
        prop_oneof![
            prop::collection::vec(values.clone(), rows).prop_map(Cells::Required),
            prop::collection::vec(prop::option::of(values), rows).prop_map(Cells::Nullable),
        ]
    }
    prop_oneof![
        cells(rows, any::<f64>()).prop_map(Column::Float64),
        cells(rows, any::<i64>()).prop_map(Column::Int64),
        cells(rows, any::<u64>()).prop_map(Column::UInt64),
        cells(rows, any::<i32>()).prop_map(Column::Int32),
        cells(rows, any::<bool>()).prop_map(Column::Bool),
        cells(rows, any::<i64>()).prop_map(Column::TimeNanos),
        cells(rows, any::<u16>()).prop_map(Column::Enum),
        prop::collection::vec(any::<String>(), rows).prop_map(Column::from),
        prop::collection::vec(any::<Option<String>>(), rows).prop_map(Column::from),
    ]
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let labels = prop::collection::btree_map("[a-z]{1,3}", any::<String>(), 0..3);
    let fields = move |rows| {
        let field = (any::<String>(), labels.clone(), columns(rows));
        prop::collection::vec(
            field.prop_map(|(name, labels, column)| Field::new(name, column).with_labels(labels)),
            0..5,
        )
    };
    (any::<String>(), (0_usize..20).prop_flat_map(fields))
        .prop_map(|(name, fields)| Frame::new(name, fields))
}

/// A file of a golden frame with some bytes changed, and perhaps cut.
fn broken_file() -> impl Strategy<Value = Vec<u8>> {
    let files: Vec<Vec<u8>> = golden_frames()
        .into_iter()
        .flat_map(|(_, frames)| frames)
        .map(|frame| frame.to_arrow().unwrap())
        .collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8);
    (
        prop::sample::select(files),
        changes,
        prop::option::weighted(0.1, any::<prop::sample::Index>()),
    )
        .prop_map(|(mut file, changes, cut)| {
            for (position, byte) in changes {
                let position = position.index(file.len());
                file[position] = byte;
            }
            if let Some(cut) = cut {
                file.truncate(cut.index(file.len()));
            }
            file
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_arrow_file_is_an_error_or_another_frame(file in broken_file()) {
        if let Ok(frame) = Frame::from_arrow(&file) {
            let _ = frame.row_count();
        }
    }
}

proptest! {
    #[test]
    fn any_frame_survives_arrow(frame in any_frame()) {
        let read = Frame::from_arrow(&frame.to_arrow().unwrap()).unwrap();
        prop_assert_eq!(format!("{:?}", read), format!("{:?}", frame));
    }

    #[test]
    fn json_keeps_every_value(frame in any_frame()) {
        #[derive(Deserialize)]
        struct Texts<'a> {
            #[serde(borrow)]
            data: Data<'a>,
        }
        #[derive(Deserialize)]
        struct Data<'a> {
            #[serde(borrow)]
            values: Vec<Vec<&'a RawValue>>,
        }
        let text = frame.to_json().unwrap();
        let json = json_of(&frame);
        let texts: Texts<'_> = serde_json::from_slice(&text).unwrap();
        for (position, field) in frame.fields.iter().enumerate() {
            let values = json["data"]["values"][position].as_array().unwrap();
            prop_assert_eq!(values.len(), field.column.len());
            for (row, value) in values.iter().enumerate() {
                let expected = match &field.column {
                    // The parser of the test may be off by the last bit; the text is not.
                    Column::Float64(cells) => {
                        let read = texts.data.values[position][row].get().parse::<f64>().ok();
                        prop_assert_eq!(read, cells.get(row).filter(|value| value.is_finite()));
                        continue;
                    }
                    Column::Int64(cells) => json!(cells.get(row)),
                    Column::UInt64(cells) => json!(cells.get(row)),
                    Column::Int32(cells) => json!(cells.get(row)),
                    Column::Bool(cells) => json!(cells.get(row)),
                    Column::Enum(cells) => json!(cells.get(row)),
                    Column::Text(cells) => json!(cells.get(row)),
                    Column::TimeNanos(cells) => {
                        let nanos = json["data"]["nanos"][position][row].as_i64().unwrap_or(0);
                        let read = value.as_i64().map(|m| i128::from(m) * 1_000_000 + i128::from(nanos));
                        prop_assert_eq!(read, cells.get(row).map(i128::from));
                        continue;
                    }
                    Column::Json(_) => continue,
                };
                prop_assert_eq!(value, &expected);
            }
        }
    }
}
