//! A server that answers as a real one did: to the same bytes with the same bytes.

use fake_server::{FakeServer, Reply, Request};
use prost::Message;
use pyroscope_api::querier::v1::{SelectHeatmapRequest, SelectMergeStacktracesRequest};

use crate::recording::{recording, recordings};

/// Answers every request that was recorded, and those that find out what the server can do.
pub(crate) async fn replay() -> FakeServer {
    let known = recordings();
    FakeServer::start(move |request| {
        let is_same = |method: &str, path: &str, body: &[u8]| {
            request.method == method && request.path == path && request.body == body
        };
        if let Some(found) = known.iter().find(|one| is_same(&one.method, &one.path, &one.request))
        {
            return found.reply.clone();
        }
        match probe(request) {
            Some(name) => recording(name).reply,
            None => Reply::error(500, "internal", &format!("not recorded: {}", describe(request))),
        }
    })
    .await
}

/// The exchange that is the answer to a question about the server's abilities, whose times differ.
fn probe(request: &Request) -> Option<&'static str> {
    match request.call() {
        "SelectMergeStacktraces" => {
            let message = SelectMergeStacktracesRequest::decode(request.body.as_slice()).ok()?;
            let is_probe =
                !message.span_selector.is_empty() && !message.trace_id_selector.is_empty();
            is_probe.then_some("045-span-and-trace")
        }
        "SelectHeatmap" => {
            let message = SelectHeatmapRequest::decode(request.body.as_slice()).ok()?;
            (message.start == message.end).then_some("082-heatmap-start-is-end")
        }
        _ => None,
    }
}

fn describe(request: &Request) -> String {
    let call = request.call();
    let Request { method, path, body, .. } = request;
    if call == "SelectMergeStacktraces" {
        return format!("{:?}", SelectMergeStacktracesRequest::decode(body.as_slice()));
    }
    format!("{method} {path} {}", String::from_utf8_lossy(body))
}
