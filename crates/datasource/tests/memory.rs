//! What answers that mean harm cost in memory. Alone in its binary, since all threads count.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "tests; the player can do more than is used here"
)]

#[path = "it/played_server.rs"]
mod played_server;

use std::io::Write;

use serde_json::json;

use played_server::{Answer, PlayedServer, ask, call};

#[test]
fn a_gzip_bomb_of_the_server_costs_no_more_than_the_limit_and_names_it() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..256 {
        gzip.write_all(&[0; 1 << 20]).unwrap();
    }
    let answer = Answer::proto_gzip(gzip.finish().unwrap());
    let server = PlayedServer::start(&[("SelectMergeStacktraces", answer)]);
    let settings = json!({"pyroscopeVersion": "2.2", "timeout": "30", "maxResponseBytes": 1 << 20});
    let query = json!({
        "refId": "A", "queryType": "profile", "labelSelector": "{}",
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = fixtures::assert_peak_growth(24 << 20, || {
        runtime.block_on(ask(&call(&server.url, &settings), &query))
    });
    let message = result.error.unwrap().message;
    assert!(message.contains("SelectMergeStacktraces"), "{message}");
    assert!(message.contains("longer than the limit of 1048576 bytes"), "{message}");
}
