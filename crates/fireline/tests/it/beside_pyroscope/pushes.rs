//! What is pushed: recorded profiles of profilers, as if they had been taken just now.

use std::io::Write;
use std::path::PathBuf;

use fireline::serve::system_clock;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use prost::Message;
use pyroscope_api::google::v1::Profile;
use pyroscope_api::push::v1::{PushRequest, RawProfileSeries, RawSample};
use pyroscope_api::types::v1::LabelPair;
use query::Window;
use serde_json::Value;

use crate::http::Request;

const RECORDED: Window = Window { start_millis: 1_795_240_170_000, end_millis: 1_795_240_290_000 };
const MINUTE_MILLIS: i64 = 60_000;
const PUSH: &str = "/push.v1.PusherService/Push";

/// Pushes of one run.
pub(super) struct Pushes {
    /// What tells the services of this run from those of others.
    run: String,
    /// How much later than recorded everything is. Unit: milliseconds, whole minutes.
    shift_millis: i64,
}

impl Pushes {
    pub(super) fn of_now(test: &str) -> Self {
        let now = system_clock();
        let behind = now - RECORDED.end_millis - MINUTE_MILLIS;
        let run = format!("{}-{now}", test.len());
        Self { run, shift_millis: behind - behind.rem_euclid(MINUTE_MILLIS) }
    }

    /// When everything was taken.
    pub(super) fn window(&self) -> Window {
        Window {
            start_millis: RECORDED.start_millis + self.shift_millis,
            end_millis: RECORDED.end_millis + self.shift_millis,
        }
    }

    /// The name of a service in this run.
    pub(super) fn service(&self, name: &str) -> String {
        format!("{name}-{}", self.run)
    }

    /// The selector of a service.
    pub(super) fn selector(&self, name: &str) -> String {
        format!("{{service_name=\"{}\"}}", self.service(name))
    }

    /// Every push, with a name for messages.
    pub(super) fn requests(&self) -> Vec<(String, Request)> {
        let mut requests = Vec::new();
        let pushes = std::fs::read(recorded("pushes.json")).unwrap();
        let pushes: Value = serde_json::from_slice(&pushes).unwrap();
        for (idx, push) in pushes.as_array().unwrap().iter().enumerate() {
            let file = push["file"].as_str().unwrap();
            let message = self.message(&push["labels"], &self.pprof(file));
            // The codings of a push in turn.
            let request = match idx % 4 {
                0 => Request::post(PUSH, "application/proto", message.encode_to_vec()),
                1 => Request::post(PUSH, "application/json", json(&message)),
                2 => Request::post(PUSH, "application/proto", gzip(&message.encode_to_vec()))
                    .header("Content-Encoding", "gzip"),
                _ => Request::post(PUSH, "application/json", gzip(&json(&message)))
                    .header("Content-Encoding", "gzip"),
            };
            requests.push((file.to_owned(), request));
        }
        requests.extend(self.ingests());
        requests
    }

    fn message(&self, labels: &Value, pprof: &[u8]) -> PushRequest {
        let labels = labels.as_object().unwrap().iter().map(|(name, value)| {
            let value = value.as_str().unwrap();
            let is_service = name == "service_name";
            let value = if is_service { self.service(value) } else { value.to_owned() };
            LabelPair { name: name.clone(), value }
        });
        let sample = RawSample { raw_profile: gzip(pprof).into(), ..RawSample::default() };
        let series = RawProfileSeries {
            labels: labels.collect(),
            samples: vec![sample],
            ..RawProfileSeries::default()
        };
        PushRequest { series: vec![series] }
    }

    /// A recorded pprof, moved to the time of the run.
    fn pprof(&self, file: &str) -> Vec<u8> {
        let bytes = std::fs::read(recorded(file)).unwrap();
        let mut plain = Vec::new();
        match file.ends_with(".gz") {
            true => drop(std::io::copy(&mut GzDecoder::new(&bytes[..]), &mut plain).unwrap()),
            false => plain = bytes,
        }
        let mut profile = Profile::decode(&plain[..]).unwrap();
        profile.time_nanos += self.shift_millis * 1_000_000;
        profile.encode_to_vec()
    }

    /// A span of the Go program.
    pub(super) fn span(&self) -> String {
        self.id_of_sample("span_id")
    }

    /// A trace of the Go program.
    pub(super) fn trace(&self) -> String {
        self.id_of_sample("trace_id")
    }

    fn id_of_sample(&self, name: &str) -> String {
        let profile = Profile::decode(&self.pprof("go-02.pprof.gz")[..]).unwrap();
        let text = |idx: i64| &profile.string_table[usize::try_from(idx).unwrap()];
        let mut labels = profile.sample.iter().flat_map(|sample| &sample.label);
        let label = labels.find(|label| text(label.key) == name).expect("the samples have spans");
        text(label.str).clone()
    }

    /// One push for every way into `/ingest`, each to a service of its own.
    fn ingests(&self) -> Vec<(String, Request)> {
        let at = |path: &str, service: &str, more: &str| {
            let Window { start_millis, end_millis } = self.window();
            format!(
                "{path}?name={}%7Bregion%3Deu-west%7D&from={}&until={}{more}",
                self.service(service),
                start_millis / 1_000 + 20,
                end_millis / 1_000 - 60,
            )
        };
        let go = gzip(&self.pprof("go-02.pprof.gz"));
        let boundary = "a-boundary-of-parts";
        let mut form = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"profile\"; \
             filename=\"profile.pprof\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        form.extend(&go);
        form.extend(format!("\r\n--{boundary}--\r\n").bytes());
        let multipart = format!("multipart/form-data; boundary={boundary}");
        let node = gzip(&self.pprof("node-01.pprof.gz"));
        let folded =
            "main;checkout;charge_card 30\nmain;checkout;render_invoice 12\nmain;sleep 5\n";
        let lines = "main;checkout\nmain;checkout\nmain;sleep\n";
        let binary = "application/octet-stream";
        [
            (
                "multipart pprof",
                at("/ingest", "ingest-multipart", "&spyName=gospy&sampleRate=100&units=samples"),
                multipart.as_str(),
                form,
            ),
            (
                "bare pprof",
                at("/pyroscope/ingest", "ingest-bare", "&format=pprof&spyName=nodespy"),
                binary,
                node,
            ),
            (
                "folded",
                at("/ingest", "ingest-folded", "&spyName=pyspy&sampleRate=100"),
                "text/plain",
                folded.into(),
            ),
            (
                "folded groups",
                at("/pyroscope/ingest", "ingest-groups", "&format=groups&sampleRate=50"),
                "text/plain",
                folded.into(),
            ),
            (
                "lines",
                at("/ingest", "ingest-lines", "&format=lines&sampleRate=100"),
                "text/plain",
                lines.into(),
            ),
        ]
        .into_iter()
        .map(|(name, path, content_type, body): (&str, String, &str, Vec<u8>)| {
            (format!("ingest of {name}"), Request::post(&path, content_type, body))
        })
        .collect()
    }
}

fn recorded(file: &str) -> PathBuf {
    let folder = "../store/testdata/pyroscope-2/pushes";
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder).join(file)
}

fn json(message: &PushRequest) -> Vec<u8> {
    serde_json::to_vec(message).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
