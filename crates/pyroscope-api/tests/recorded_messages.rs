//! Bodies recorded from a real Pyroscope mean the same as protobuf and as JSON.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use prost::Message;
use pyroscope_api::push::v1::{PushRequest, RawProfileSeries, RawSample};
use pyroscope_api::querier::v1::{
    ProfileFormat, SelectHeatmapRequest, SelectHeatmapResponse, SelectMergeStacktracesRequest,
    SelectMergeStacktracesResponse, SelectSeriesRequest, SelectSeriesResponse,
};
use pyroscope_api::types::v1::LabelPair;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn recorded(file: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/pyroscope-messages")
        .join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()))
}

fn json(file: &str) -> serde_json::Value {
    serde_json::from_slice(&recorded(file)).unwrap()
}

/// The protobuf body and the JSON beside it decode to one message, which encodes to both.
///
/// Servers write canonical JSON; clients may write numbers where the canon has strings, so of a
/// request only the reading is compared.
fn assert_same<M>(file: &str)
where
    M: Message + Default + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let bytes = recorded(&format!("{file}.bin"));
    let expected = json(&format!("{file}.json"));
    let message = M::decode(bytes.as_slice()).unwrap();
    assert_eq!(message.encode_to_vec(), bytes, "{file}: fields were lost");
    if file.ends_with("response") {
        assert_eq!(serde_json::to_value(&message).unwrap(), expected, "{file}");
    }
    assert_eq!(serde_json::from_value::<M>(expected).unwrap(), message, "{file}");
}

#[test]
fn flame_graph_levels() {
    assert_same::<SelectMergeStacktracesRequest>("flamegraph/request");
    assert_same::<SelectMergeStacktracesResponse>("flamegraph/response");
}

#[test]
fn tree() {
    assert_same::<SelectMergeStacktracesRequest>("tree/request");
    assert_same::<SelectMergeStacktracesResponse>("tree/response");
}

#[test]
fn series_with_exemplars() {
    assert_same::<SelectSeriesRequest>("series-exemplars/request");
    assert_same::<SelectSeriesResponse>("series-exemplars/response");
}

#[test]
fn heatmap() {
    assert_same::<SelectHeatmapRequest>("heatmap/request");
    assert_same::<SelectHeatmapResponse>("heatmap/response");
}

#[test]
fn a_json_request_may_write_integers_as_numbers() {
    let from_json: SelectMergeStacktracesRequest =
        serde_json::from_slice(&recorded("tree-json/request.bin")).unwrap();
    let from_protobuf =
        SelectMergeStacktracesRequest::decode(recorded("tree/request.bin").as_slice()).unwrap();
    assert_eq!(from_json, from_protobuf);
    assert_eq!(from_json.format(), ProfileFormat::Tree);
}

#[test]
fn an_answer_in_json_equals_the_one_in_protobuf() {
    let from_json: SelectMergeStacktracesResponse =
        serde_json::from_slice(&recorded("tree-json/response.bin")).unwrap();
    let from_protobuf =
        SelectMergeStacktracesResponse::decode(recorded("tree/response.bin").as_slice()).unwrap();
    assert_eq!(from_json, from_protobuf);
}

#[test]
fn series_in_json_keep_their_points() {
    let response: SelectSeriesResponse =
        serde_json::from_slice(&recorded("series-json/response.bin")).unwrap();
    let points = &response.series[0].points;
    assert_eq!(points.len(), 3);
    assert_eq!((points[0].value, points[0].timestamp), (16_920_000_000.0, 1_795_240_185_000));
}

#[test]
fn unknown_fields_of_a_later_server_are_skipped() {
    let pair: LabelPair =
        serde_json::from_str(r#"{"name":"region","value":"eu-west","since":{"version":3}}"#)
            .unwrap();
    assert_eq!(pair, LabelPair { name: "region".into(), value: "eu-west".into() });
}

#[test]
fn a_pushed_profile_is_base64_under_its_own_names() {
    let request = PushRequest {
        series: vec![RawProfileSeries {
            samples: vec![RawSample { raw_profile: vec![0x1f, 0x8b].into(), id: "a".into() }],
            ..RawProfileSeries::default()
        }],
    };
    let text = r#"{"series":[{"samples":[{"rawProfile":"H4s=","ID":"a"}]}]}"#;
    assert_eq!(serde_json::to_string(&request).unwrap(), text);
    assert_eq!(serde_json::from_str::<PushRequest>(text).unwrap(), request);
}
