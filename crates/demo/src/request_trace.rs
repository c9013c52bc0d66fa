//! The trace of one request: its root span, and one for each step of the work.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// The ids of a trace and of its root span; never zero, which would mean none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TraceIds {
    pub(crate) trace: u128,
    pub(crate) span: u64,
}

impl TraceIds {
    pub(crate) fn random() -> Self {
        Self { trace: u128::from(random_id()) << 64 | u128::from(random_id()), span: random_id() }
    }

    /// 32 hexadecimal digits.
    pub(crate) fn trace(self) -> String {
        format!("{:032x}", self.trace)
    }

    /// 16 hexadecimal digits.
    pub(crate) fn span(self) -> String {
        format!("{:016x}", self.span)
    }
}

fn random_id() -> u64 {
    RandomState::new().hash_one(Instant::now()).max(1)
}

/// One step of a request.
struct Step {
    name: &'static str,
    start_micros: u64,
    duration_micros: u64,
}

thread_local! {
    /// The steps of the request that this thread works on.
    static STEPS: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

/// Does a part of a request's work, which becomes a span of its own.
#[inline(always)]
pub(crate) fn step<T>(name: &'static str, work: impl FnOnce() -> T) -> T {
    let (start_micros, started) = (now_micros(), Instant::now());
    let done = work();
    let duration_micros = micros(started);
    STEPS.with_borrow_mut(|steps| steps.push(Step { name, start_micros, duration_micros }));
    done
}

/// A request from its first moment on.
pub(crate) struct RequestTrace {
    pub(crate) ids: TraceIds,
    start_micros: u64,
    started: Instant,
}

/// A request that is done.
pub(crate) struct DoneRequest {
    pub(crate) secs: f64,
    pub(crate) end_micros: u64,
    /// Its spans, as Zipkin takes them.
    pub(crate) spans: Vec<Value>,
}

impl RequestTrace {
    pub(crate) fn start() -> Self {
        STEPS.take();
        Self { ids: TraceIds::random(), start_micros: now_micros(), started: Instant::now() }
    }

    /// Ends it. The root span says under which id the profiler files what was done.
    pub(crate) fn end(self, service: &str, route: &str) -> DoneRequest {
        let duration_micros = micros(self.started).max(1);
        let span = |id: String, name: &str, start_micros: u64, duration_micros: u64| {
            json!({
                "traceId": self.ids.trace(),
                "id": id,
                "name": name,
                "timestamp": start_micros,
                "duration": duration_micros.max(1),
                "localEndpoint": {"serviceName": service},
                // As OpenTelemetry's exporter writes what a resource says of itself.
                "tags": {"service.name": service, "service.namespace": "shop", "region": "eu-west"},
            })
        };
        let mut root = span(self.ids.span(), route, self.start_micros, duration_micros);
        root["kind"] = json!("SERVER");
        root["tags"]["http.route"] = json!(route);
        root["tags"]["pyroscope.profile.id"] = json!(self.ids.span());
        let mut spans = vec![root];
        for Step { name, start_micros, duration_micros } in STEPS.take() {
            let mut step =
                span(format!("{:016x}", random_id()), name, start_micros, duration_micros);
            step["parentId"] = json!(self.ids.span());
            spans.push(step);
        }
        DoneRequest {
            secs: duration_micros as f64 / 1e6,
            end_micros: self.start_micros + duration_micros,
            spans,
        }
    }
}

fn now_micros() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_micros()).unwrap_or(u64::MAX)
}

fn micros(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_spans_below_the_root() {
        let trace = RequestTrace::start();
        let root_id = trace.ids.span();
        assert_eq!(step("reserve_stock", || 7), 7);
        let done = trace.end("checkout", "POST /checkout");
        let [root, below] = &done.spans[..] else { panic!("{:?}", done.spans) };
        assert_eq!((&root["id"], &root["kind"]), (&json!(root_id), &json!("SERVER")));
        assert_eq!(root["tags"]["pyroscope.profile.id"], json!(root_id));
        assert_eq!(
            (&below["name"], &below["parentId"]),
            (&json!("reserve_stock"), &json!(root_id))
        );
        assert_eq!(below["traceId"], root["traceId"]);
        // The next request does not have the steps of this one.
        let next = RequestTrace::start().end("checkout", "GET /cart");
        assert_eq!(next.spans.len(), 1);
    }
}
