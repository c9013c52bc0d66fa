//! Real pprof pushes, compared with what another implementation decoded.

use profile::{LabelValue, Profile};
use profile_codec::pprof;
use serde_json::{Value, json};

use crate::testdata;

const PUSHES: [&str; 9] = [
    "go-cpu-with-spans.pb.gz",
    "go-goroutines-with-spans.pb.gz",
    "go-memory.pb.gz",
    "go-mutex.pb.gz",
    "node-heap.pb.gz",
    "node-wall.pb.gz",
    "python-cpu.pb",
    "python-memory.pb",
    "rust-cpu.pb",
];

fn decode_push(name: &str) -> Profile {
    let bytes = testdata::read(&format!("sdk-pprof/{name}"));
    let decoded = pprof::decode(&bytes, 16 << 20).unwrap();
    assert_eq!(decoded.warnings, [], "{name}");
    decoded.value
}

#[test]
fn every_push_decodes_to_what_another_implementation_saw() {
    for name in PUSHES {
        let json_name = name.trim_end_matches(".gz").trim_end_matches(".pb");
        let expected = testdata::read_json(&format!("sdk-pprof/{json_name}.json"));
        let profile = decode_push(name);
        assert_eq!(described(&profile), described_json(&expected), "{name}");
    }
}

#[test]
fn encoding_a_push_and_decoding_it_again_changes_nothing() {
    for name in PUSHES {
        let profile = decode_push(name);
        for bytes in [pprof::encode(&profile), pprof::encode_gzip(&profile)] {
            let again = pprof::decode(&bytes, 16 << 20).unwrap();
            assert_eq!(again.warnings, []);
            assert_eq!(described(&again.value), described(&profile), "{name}");
            assert_eq!(pprof::encode(&again.value), pprof::encode(&profile), "{name}");
        }
    }
}

/// The profile as readable rows without ids.
fn described(profile: &Profile) -> Value {
    let text = |idx| profile.string(idx).to_owned();
    let value_type = |value: &profile::ValueType| json!([text(value.value_type), text(value.unit)]);
    let samples: Vec<Value> = profile
        .samples()
        .indices()
        .map(|sample| {
            let stack = profile.stacks().locations(profile.samples().stack(sample));
            let locations: Vec<Value> = stack
                .map(|location| {
                    let lines = profile.locations().lines(location).iter().map(|line| {
                        let function = profile.functions().get(line.function);
                        json!([
                            text(function.name),
                            text(function.system_name),
                            text(function.filename),
                            function.start_line,
                            line.line,
                        ])
                    });
                    let place = profile.locations().get(location);
                    let mapping = place.mapping.map(|idx| {
                        let mapping = profile.mappings().get(idx);
                        json!([text(mapping.filename), text(mapping.build_id)])
                    });
                    json!([place.address, mapping, lines.collect::<Vec<_>>()])
                })
                .collect();
            let labels: Vec<Value> = profile
                .samples()
                .labels(sample)
                .iter()
                .map(|label| match label.value {
                    LabelValue::Text(value) => json!([text(label.name), text(value)]),
                    LabelValue::Number { number, unit } => {
                        json!([text(label.name), number, text(unit)])
                    }
                })
                .collect();
            json!([locations, profile.samples().values(sample).collect::<Vec<_>>(), labels])
        })
        .collect();
    json!({
        "sample_types": profile.sample_types().iter().map(value_type).collect::<Vec<_>>(),
        "period_type": profile.period_type().as_ref().map(value_type),
        "period": profile.period,
        "time_nanos": profile.time_nanos,
        "duration_nanos": profile.duration_nanos,
        "default_sample_type": text(profile.default_sample_type()),
        "drop_frames": text(profile.drop_frames()),
        "comments": profile.comments().iter().map(|idx| text(*idx)).collect::<Vec<_>>(),
        "samples": samples,
    })
}

/// The same rows from protobuf JSON.
fn described_json(message: &Value) -> Value {
    let rows = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |idx: &Value| message["stringTable"][integer(idx) as usize].clone();
    let find = |table: &str, id: &Value| {
        rows(&message[table]).into_iter().find(|row| integer(&row["id"]) == integer(id))
    };
    let value_type = |value: &Value| json!([text(&value["type"]), text(&value["unit"])]);
    let line = |line: &Value| {
        let function = find("function", &line["functionId"]).unwrap();
        json!([
            text(&function["name"]),
            text(&function["systemName"]),
            text(&function["filename"]),
            integer(&function["startLine"]),
            integer(&line["line"]),
        ])
    };
    let location = |id: &Value| {
        let location = find("location", id).unwrap();
        let lines: Vec<Value> = rows(&location["line"]).iter().map(line).collect();
        let mapping = find("mapping", &location["mappingId"])
            .map(|mapping| json!([text(&mapping["filename"]), text(&mapping["buildId"])]));
        json!([address(&location["address"]), mapping, lines])
    };
    let label = |label: &Value| match integer(&label["str"]) {
        0 => json!([text(&label["key"]), integer(&label["num"]), text(&label["numUnit"])]),
        _ => json!([text(&label["key"]), text(&label["str"])]),
    };
    let sample = |sample: &Value| {
        let locations: Vec<Value> = rows(&sample["locationId"]).iter().map(location).collect();
        let values: Vec<i64> = rows(&sample["value"]).iter().map(integer).collect();
        let labels: Vec<Value> = rows(&sample["label"]).iter().map(label).collect();
        json!([locations, values, labels])
    };
    json!({
        "sample_types": rows(&message["sampleType"]).iter().map(value_type).collect::<Vec<_>>(),
        "period_type": message.get("periodType").map(value_type),
        "period": integer(&message["period"]),
        "time_nanos": integer(&message["timeNanos"]),
        "duration_nanos": integer(&message["durationNanos"]),
        "default_sample_type": text(&message["defaultSampleType"]),
        "drop_frames": text(&message["dropFrames"]),
        "comments": rows(&message["comment"]).iter().map(text).collect::<Vec<_>>(),
        "samples": rows(&message["sample"]).iter().map(sample).collect::<Vec<_>>(),
    })
}

/// A 64-bit integer, which protobuf JSON writes as a string and leaves out when it is 0.
fn integer(value: &Value) -> i64 {
    value.as_str().map_or(0, |text| text.parse().unwrap())
}

/// The same without a sign.
fn address(value: &Value) -> u64 {
    value.as_str().map_or(0, |text| text.parse().unwrap())
}
