//! What a plugin logs is what its host reads.

use std::io::Write;
use std::sync::{Arc, Mutex};

use grafana_plugin::host::LogLine;
use grafana_plugin::logging::HclogLayer;
use serde_json::{Value, json};
use tracing::Level;
use tracing_subscriber::layer::SubscriberExt;

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn logged(log: impl FnOnce()) -> String {
    let buffer = Buffer::default();
    let writer = buffer.clone();
    let layer = HclogLayer::new(move || writer.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
    let bytes = buffer.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn an_event_is_one_line_with_the_keys_of_hclog() {
    let text = logged(|| {
        let span = tracing::info_span!("query", ref_id = "A", rows = tracing::field::Empty);
        let _entered = span.enter();
        span.record("rows", 7);
        tracing::warn!(url = "http://db", slow = true, "cut at {} nodes\nand more", 64);
    });
    assert_eq!(text.matches('\n').count(), 1);
    let line: Value = serde_json::from_str(&text).unwrap();
    let timestamp = line["@timestamp"].as_str().unwrap();
    assert!(timestamp.starts_with("20") && timestamp.ends_with('Z'), "{timestamp}");
    assert_eq!(
        line,
        json!({
            "@level": "warn",
            "@message": "cut at 64 nodes\nand more",
            "@module": "it::log_lines",
            "@timestamp": timestamp,
            "ref_id": "A",
            "rows": 7,
            "slow": true,
            "url": "http://db",
        })
    );
}

#[test]
fn the_host_reads_what_the_plugin_wrote() {
    let text = logged(|| tracing::error!(tenant = 3, "it broke"));
    let line = LogLine::parse(text.trim_end());
    assert_eq!((line.level, line.message.as_str()), (Level::ERROR, "it broke"));
    assert_eq!(line.module, "it::log_lines");
    assert_eq!(Value::Object(line.fields), json!({ "tenant": 3 }));
}

#[test]
fn long_texts_are_cut_below_what_hosts_split() {
    let text = logged(|| tracing::info!(query = "ü".repeat(100_000), "long"));
    assert!(text.len() < 64 * 1024, "{} bytes", text.len());
    assert!(text.contains("ü…\""));
}

#[test]
fn other_lines_are_messages_at_debug() {
    for line in ["plain text", "{\"a\":1}", "[1]", ""] {
        let parsed = LogLine::parse(line);
        assert_eq!((parsed.level, parsed.message.as_str()), (Level::DEBUG, line));
    }
}
