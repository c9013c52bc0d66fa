//! Servers of older versions: they ignore what they do not know, and say nothing of it.

use fake_server::{FakeServer, Reply, Request};
use prost::Message;
use pyroscope_api::capabilities::v1::{FeatureFlag, GetFeatureFlagsResponse};
use pyroscope_api::querier::v1::{SelectHeatmapRequest, SelectMergeStacktracesRequest};

use crate::recording::recording;

/// A Pyroscope of some version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OldServer {
    /// What it is.
    pub(crate) version: (u32, u32),
    /// What it says that it is; None: nobody may ask.
    pub(crate) says: Option<&'static str>,
    /// Whether it stores profiles the second way.
    pub(crate) storage_v2: bool,
}

impl OldServer {
    pub(crate) fn new(version: (u32, u32), says: &'static str, storage_v2: bool) -> Self {
        Self { version, says: Some(says), storage_v2 }
    }

    pub(crate) async fn start(self) -> FakeServer {
        FakeServer::start(move |request| self.reply(request)).await
    }

    pub(crate) fn reply(self, request: &Request) -> Reply {
        match request.call() {
            "buildinfo" => match self.says {
                Some(version) => {
                    let answer = serde_json::json!({
                        "status": "success",
                        "data": { "version": version, "branch": "HEAD", "revision": "abc" },
                    });
                    Reply::answer(200, "application/json", answer.to_string())
                }
                None => Reply::answer(401, "text/html", "<html>Who are you?</html>"),
            },
            "GetFeatureFlags" if self.version < (1, 15) => self.no_such_call(),
            "GetFeatureFlags" => Reply::proto(self.feature_flags().encode_to_vec()),
            "SelectHeatmap" => self.heatmap(request),
            "SelectMergeStacktraces" => self.stacktraces(request),
            "SelectMergeSpanProfile" => recording("053-span-profile-tree").reply,
            "SelectSeries" => recording("061-select-series").reply,
            _ => self.no_such_call(),
        }
    }

    fn feature_flags(self) -> GetFeatureFlagsResponse {
        let flag = |name: &str, enabled| FeatureFlag {
            name: name.to_owned(),
            enabled,
            description: None,
            documentation_url: None,
        };
        GetFeatureFlagsResponse {
            feature_flags: vec![
                flag("pyroscopeRuler", false),
                flag("v2StorageLayer", self.storage_v2),
            ],
        }
    }

    fn heatmap(self, request: &Request) -> Reply {
        if self.version < (1, 19) {
            return self.no_such_call();
        }
        if !self.storage_v2 {
            return Reply::error(501, "unimplemented", "heatmap is not implemented");
        }
        let message = SelectHeatmapRequest::decode(request.body.as_slice()).expect("a message");
        if message.start >= message.end {
            return recording("082-heatmap-start-is-end").reply;
        }
        recording("076-heatmap-span").reply
    }

    fn stacktraces(self, request: &Request) -> Reply {
        let message =
            SelectMergeStacktracesRequest::decode(request.body.as_slice()).expect("a message");
        let has_traces = !message.trace_id_selector.is_empty();
        if self.version >= (2, 2) && has_traces {
            if !self.storage_v2 {
                return Reply::error(501, "unimplemented", "trace_id_selector needs v2 storage");
            }
            if !message.span_selector.is_empty() {
                return recording("045-span-and-trace").reply;
            }
        }
        recording("021-tree-max-nodes-8192").reply
    }

    fn no_such_call(self) -> Reply {
        recording("122-error-unknown-rpc").reply
    }
}
