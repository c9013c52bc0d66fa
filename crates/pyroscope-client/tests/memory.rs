//! What long windows cost in memory. Alone in its binary, since all threads count.
#![allow(clippy::unwrap_used)]

use fake_server::{FakeServer, Reply};
use prost::Message;
use pyroscope_api::querier::v1::{SelectMergeStacktracesRequest, SelectMergeStacktracesResponse};
use pyroscope_client::{ClientConfig, PyroscopeClient};
use query::{NodeLimit, ProfileSource, TreeRequest, Window};
use selector::Selector;

const HOUR: i64 = 3_600_000;

/// The server answers an hour at most, and always with the same tree.
#[test]
fn a_tree_of_many_parts_costs_as_much_as_a_few() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let tree = profile_codec::tree::encode(&fixtures::synthetic_tree(30_000, 1));
    let response = SelectMergeStacktracesResponse { tree: tree.into(), ..Default::default() };
    let response = response.encode_to_vec();
    let server = runtime.block_on(FakeServer::start(move |request| {
        let message = SelectMergeStacktracesRequest::decode(request.body.as_slice()).unwrap();
        if message.end - message.start > HOUR {
            let text = "the query time range exceeds the limit (max_query_length, limit: 1h)";
            return Reply::error(400, "invalid_argument", text);
        }
        Reply::proto(response.clone())
    }));
    let client = PyroscopeClient::new(&ClientConfig::new(server.url())).unwrap();
    let request = |hours: i64| TreeRequest {
        profile_type: "process_cpu:cpu:nanoseconds:cpu:nanoseconds".parse().unwrap(),
        selector: Selector::default(),
        window: Window { start_millis: 0, end_millis: hours * HOUR },
        max_nodes: NodeLimit::SourceDefault,
        span_ids: Vec::new(),
        trace_ids: Vec::new(),
        profile_ids: Vec::new(),
        call_site: Vec::new(),
    };
    let of_parts = |hours: i64| {
        let (answer, growth) =
            fixtures::peak_growth_bytes(|| runtime.block_on(client.tree(&request(hours))));
        let nodes = answer.unwrap().tree.node_count();
        assert!(nodes > 20_000, "{nodes} nodes");
        growth
    };
    let (Some(few), Some(many)) = (of_parts(8), of_parts(80)) else {
        eprintln!("the system does not tell how much memory was taken");
        return;
    };
    let mebibytes = |bytes: u64| bytes >> 20;
    assert!(
        many <= few + (32 << 20),
        "{} MiB for 80 parts, {} MiB for 8",
        mebibytes(many),
        mebibytes(few)
    );
}
