//! Log lines of a trace, and where each of them leads.

use serde::{Deserialize, Serialize};

use super::effect::TrailEffect;
use super::question::Question;
use super::step::Step;
use crate::exemplar_settings::ExemplarSettings;
use crate::json_frame::JsonFrame;
use crate::log_ids::ids_of_log_line;

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
    /// The trace that it names.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub trace_id: Option<String>,
    /// The span that it names.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub span_id: Option<String>,
    /// Where that is, in a few words. Empty: it names no trace.
    pub leads_to: String,
    /// Whether its span is the one that is looked at.
    pub is_chosen: bool,
}

/// What is asked for the log lines of a trace.
#[derive(Debug, Default)]
pub(super) struct LogSteps {
    /// Lines with the trace's id in their text.
    in_text: Step<Vec<LogRow>>,
    /// Lines with the id in their structured metadata. Two services may do it in two ways.
    in_metadata: Step<Vec<LogRow>>,
    /// Where there are neither: what the services wrote at that time.
    nearby: Step<Vec<LogRow>>,
}

/// What to ask for the log lines of a trace.
#[derive(Debug)]
pub(super) struct LogQuestions {
    pub(super) in_text: Question,
    pub(super) in_metadata: Question,
    /// None: nobody knows which services had a part in it.
    pub(super) nearby: Option<Question>,
}

impl LogSteps {
    /// Asks for the lines that name a trace, and where there are none for those around it.
    /// None: there is nothing to ask.
    pub(super) fn want(
        &mut self,
        questions: Option<LogQuestions>,
        next_id: &mut u32,
        effects: &mut Vec<TrailEffect>,
    ) {
        let (in_text, in_metadata, nearby) = match questions {
            Some(LogQuestions { in_text, in_metadata, nearby }) => {
                (Some(in_text), Some(in_metadata), nearby)
            }
            None => (None, None, None),
        };
        self.in_text.want(in_text, next_id, effects);
        self.in_metadata.want(in_metadata, next_id, effects);
        let is_empty = |step: &Step<Vec<LogRow>>| step.answer.as_ref().is_some_and(Vec::is_empty);
        let nothing_names_it = is_empty(&self.in_text) && is_empty(&self.in_metadata);
        self.nearby.want(nearby.filter(|_| nothing_names_it), next_id, effects);
    }

    /// Takes an answer if one of these steps waits for it.
    pub(super) fn take(
        &mut self,
        id: u32,
        frames: Result<Vec<JsonFrame>, String>,
        settings: &ExemplarSettings,
    ) {
        let mut steps = [&mut self.in_text, &mut self.in_metadata, &mut self.nearby];
        if let Some(step) = steps.iter_mut().find(|step| step.waits_for(id)) {
            step.take(frames.map(|frames| read_logs(&frames, settings)));
        }
    }

    fn all(&self) -> [&Step<Vec<LogRow>>; 3] {
        [&self.in_text, &self.in_metadata, &self.nearby]
    }

    pub(super) fn is_loading(&self) -> bool {
        self.all().iter().any(|step| step.is_loading)
    }

    /// Whether anything was answered.
    pub(super) fn is_answered(&self) -> bool {
        self.all().iter().any(|step| step.answer.is_some())
    }

    pub(super) fn failure(&self) -> Option<String> {
        self.all().iter().find_map(|step| step.failure.clone())
    }

    /// Whether what there is does not name the trace, but stands around it.
    pub(super) fn are_nearby(&self) -> bool {
        self.nearby.answer.is_some()
    }

    /// Whether one of the answers has so many lines.
    pub(super) fn has_answer_of(&self, lines: usize) -> bool {
        self.all().iter().any(|step| step.answer.as_ref().is_some_and(|rows| rows.len() >= lines))
    }

    /// The earliest first. A line that names its trace in both ways stands once.
    pub(super) fn rows(&self) -> Vec<LogRow> {
        let rows = |step: &Step<Vec<LogRow>>| step.answer.clone().unwrap_or_default();
        let in_text = rows(&self.in_text);
        let mut others = rows(&self.in_metadata);
        others.retain(|row| !in_text.contains(row));
        let mut rows = [in_text, others, rows(&self.nearby)].concat();
        rows.sort_by(|a, b| a.at_millis.total_cmp(&b.at_millis));
        rows
    }
}

/// Reads Loki's frames, the earliest line first: frames and streams have orders of their own.
fn read_logs(frames: &[JsonFrame], settings: &ExemplarSettings) -> Vec<LogRow> {
    let mut rows = Vec::new();
    for frame in frames {
        let (Some(times), Some(lines)) = (frame.field("Time"), frame.field("Line")) else {
            continue;
        };
        let labels = frame.field("labels");
        for row in 0..frame.row_count() {
            let labels = labels.and_then(|labels| labels.values.get(row)?.as_object());
            // Structured metadata stands among them.
            let labels: Vec<(String, String)> = labels
                .into_iter()
                .flatten()
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect();
            let label = |name: &str| {
                let found = labels.iter().find(|(known, value)| known == name && !value.is_empty());
                found.map(|(_, value)| value.clone())
            };
            let ids = ids_of_log_line(&labels, lines.text(row), settings);
            rows.push(LogRow {
                at_millis: times.number(row).unwrap_or_default(),
                text: lines.text(row).to_owned(),
                service: label("service_name").unwrap_or_default(),
                level: label("level").or_else(|| label("detected_level")).unwrap_or_default(),
                trace_id: ids.trace_id,
                span_id: ids.span_id,
                leads_to: String::new(),
                is_chosen: false,
            });
        }
    }
    rows.sort_by(|a: &LogRow, b| a.at_millis.total_cmp(&b.at_millis));
    rows
}
