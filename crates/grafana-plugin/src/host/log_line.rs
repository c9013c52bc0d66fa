//! A line that a plugin wrote to its log.

use serde_json::{Map, Value};
use tracing::Level;

/// A line that a plugin wrote to standard error.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// How much it matters; debug for lines without a level.
    pub level: Level,
    /// The message.
    pub message: String,
    /// Part of the plugin that wrote it; empty where unknown.
    pub module: String,
    /// When it was written, as the plugin wrote it; empty where unknown.
    pub timestamp: String,
    /// Everything else.
    pub fields: Map<String, Value>,
}

impl LogLine {
    /// Reads a line: a JSON object with `@level` and `@message`, or any text.
    pub fn parse(line: &str) -> Self {
        let plain = || Self {
            level: Level::DEBUG,
            message: line.to_owned(),
            module: String::new(),
            timestamp: String::new(),
            fields: Map::new(),
        };
        let Ok(Value::Object(mut fields)) = serde_json::from_str(line) else { return plain() };
        if !fields.contains_key("@message") {
            return plain();
        }
        let mut take = |key: &str| match fields.remove(key) {
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
            None => String::new(),
        };
        Self {
            level: take("@level").parse().unwrap_or(Level::DEBUG),
            message: take("@message"),
            module: take("@module"),
            timestamp: take("@timestamp"),
            fields,
        }
    }

    /// Repeats the line in our own log.
    pub(super) fn repeat(&self, plugin: &str) {
        let fields = Value::Object(self.fields.clone());
        let Self { message, module, .. } = self;
        match self.level {
            Level::ERROR => tracing::error!(target: "plugin", plugin, module, %fields, "{message}"),
            Level::WARN => tracing::warn!(target: "plugin", plugin, module, %fields, "{message}"),
            Level::INFO => tracing::info!(target: "plugin", plugin, module, %fields, "{message}"),
            Level::DEBUG => tracing::debug!(target: "plugin", plugin, module, %fields, "{message}"),
            Level::TRACE => tracing::trace!(target: "plugin", plugin, module, %fields, "{message}"),
        }
    }
}
