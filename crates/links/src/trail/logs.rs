//! Log lines that name a trace.

use serde::{Deserialize, Serialize};

use crate::json_frame::JsonFrame;

/// One log line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LogRow {
    /// Unit: milliseconds since 1970.
    pub at_millis: f64,
    /// As it was written.
    pub text: String,
    /// Who wrote it. Empty: not known.
    pub service: String,
    /// How bad it is, in its own words. Empty: not known.
    pub level: String,
}

/// Reads Loki's frames, the earliest line first: frames and streams have orders of their own.
pub(super) fn read_logs(frames: &[JsonFrame]) -> Vec<LogRow> {
    let mut rows = Vec::new();
    for frame in frames {
        let (Some(times), Some(lines)) = (frame.field("Time"), frame.field("Line")) else {
            continue;
        };
        let labels = frame.field("labels");
        for row in 0..frame.row_count() {
            let label = |name: &str| {
                let labels = labels.and_then(|labels| labels.values.get(row));
                let value = labels.and_then(|labels| labels[name].as_str());
                value.unwrap_or_default().to_owned()
            };
            let level = [label("level"), label("detected_level")];
            rows.push(LogRow {
                at_millis: times.number(row).unwrap_or_default(),
                text: lines.text(row).to_owned(),
                service: label("service_name"),
                level: level.into_iter().find(|level| !level.is_empty()).unwrap_or_default(),
            });
        }
    }
    rows.sort_by(|a: &LogRow, b| a.at_millis.total_cmp(&b.at_millis));
    rows
}
