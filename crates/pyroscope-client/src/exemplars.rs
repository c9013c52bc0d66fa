//! Exemplars, as servers write them.

use pyroscope_api::types::v1::Exemplar as Message;
use query::{Exemplar, Series};

use crate::metadata::labels;

/// A server's exemplars, each once, ascending by time and ids, because servers keep no order.
pub(crate) fn exemplars(messages: Vec<Message>) -> Vec<Exemplar> {
    let mut exemplars: Vec<Exemplar> = messages.into_iter().map(exemplar).collect();
    exemplars.sort_by(|a, b| key(a).cmp(&key(b)));
    exemplars.dedup();
    exemplars
}

fn exemplar(message: Message) -> Exemplar {
    let Message { timestamp, profile_id, span_id, value, labels: pairs, trace_id } = message;
    Exemplar {
        timestamp_millis: timestamp,
        profile_id,
        span_id: id(&span_id),
        trace_id: id(&trace_id),
        value,
        labels: labels(pairs),
    }
}

/// Lower-case hex; an id of zeros is none.
fn id(text: &str) -> String {
    if text.bytes().all(|digit| digit == b'0') { String::new() } else { text.to_ascii_lowercase() }
}

fn key(exemplar: &Exemplar) -> (i64, &str, &str, &str, i64) {
    let Exemplar { timestamp_millis, profile_id, trace_id, span_id, value, .. } = exemplar;
    (*timestamp_millis, profile_id, trace_id, span_id, *value)
}

/// Adds an exemplar to the point of a series in whose step it lies, if there is one.
pub(crate) fn attach(series: &mut Series, exemplar: &Exemplar, step_millis: i64) {
    let next =
        series.points.partition_point(|point| point.timestamp_millis < exemplar.timestamp_millis);
    let Some(point) = series.points.get_mut(next) else { return };
    let begins_after = point.timestamp_millis.saturating_sub(step_millis);
    if exemplar.timestamp_millis > begins_after {
        point.exemplars.push(exemplar.clone());
    }
}
