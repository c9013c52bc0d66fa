//! A plugin that serves one frame for each kind of field, and misbehaves when asked to.
//!
//! Queries: `{"frame": "<name>"}`, or `{"do": "…"}` with one of the words of `Golden::act`.
//! Resources: `echo`, `stream`, `endless`, `dropped`, `breaks`, `panic`, `exit`.

mod frames;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use grafana_plugin::{
    Body, BodyError, DataHandler, ErrorSource, HealthHandler, HealthReport, HealthStatus,
    MetricsHandler, Plugin, Query, QueryError, QueryResult, RequestContext, ResourceHandler,
    ResourceRequest, ResourceResponse, run,
};
use serde::Deserialize;
use serde_json::json;

fn main() -> ExitCode {
    let golden = Arc::new(Golden::default());
    run(Plugin::new()
        .with_data(Arc::clone(&golden))
        .with_resource(Arc::clone(&golden))
        .with_health(Arc::clone(&golden))
        .with_metrics(golden))
}

#[derive(Default)]
struct Golden {
    /// How many slow answers were dropped before their end.
    dropped: Arc<AtomicUsize>,
}

/// Counts when it is dropped.
struct CountDrop(Arc<AtomicUsize>);

impl Drop for CountDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[derive(Deserialize)]
struct GoldenQuery {
    #[serde(default)]
    frame: String,
    #[serde(default, rename = "do")]
    action: String,
}

impl DataHandler for Golden {
    async fn query(&self, ctx: &RequestContext, query: Query) -> QueryResult {
        tracing::info!(ref_id = query.ref_id, "a query came");
        let parsed = match query.parse::<GoldenQuery>() {
            Ok(parsed) => parsed,
            Err(error) => return failure(400, &format!("reading the query: {error}")).into(),
        };
        if !parsed.action.is_empty() {
            return self.act(&parsed.action, ctx, &query).await;
        }
        let mut golden = frames::golden_frames();
        match golden.iter().position(|(name, _)| *name == parsed.frame) {
            Some(position) => golden.swap_remove(position).1.into(),
            None => failure(404, &format!("there is no frame {:?}", parsed.frame)).into(),
        }
    }
}

impl Golden {
    async fn act(&self, action: &str, ctx: &RequestContext, query: &Query) -> QueryResult {
        match action {
            "fail" => failure(502, "upstream said: \"no\" <&>").into(),
            "fail silently" => failure(0, "").into(),
            "fail in part" => {
                let mut partial: QueryResult = frames::golden_frames().swap_remove(0).1.into();
                partial.frames[0].ref_id.clone_from(&query.ref_id);
                partial.with_error(failure(504, "half of it took too long"))
            }
            "panic" => panic!("asked to panic"),
            "be large" => {
                let values = (0..1_000_000_i64).collect::<Vec<_>>();
                let field = grafana_plugin::frame::Field::new("value", values);
                grafana_plugin::frame::Frame::new("large", vec![field]).into()
            }
            "answer nothing" => QueryResult::default(),
            "unequal" => grafana_plugin::frame::Frame::new(
                "unequal",
                vec![
                    grafana_plugin::frame::Field::new("one", vec![1.0]),
                    grafana_plugin::frame::Field::new("two", vec![1.0, 2.0]),
                ],
            )
            .into(),
            "sleep" => {
                let _count = CountDrop(Arc::clone(&self.dropped));
                tokio::time::sleep(Duration::from_secs(60)).await;
                QueryResult::default()
            }
            "wait a little" => {
                tokio::time::sleep(Duration::from_millis(300)).await;
                QueryResult::default()
            }
            "tell" => failure(
                400,
                &json!({
                    "user": ctx.plugin.user.as_ref().map(|user| &user.role),
                    "uid": ctx.plugin.datasource.as_ref().map(|settings| &settings.uid),
                    "panel": ctx.headers.get("x-panel-id"),
                    "trace": ctx.trace_parent,
                    "range": [query.from_millis, query.to_millis],
                    "toggle": ctx.plugin.grafana_config.has_feature_toggle("traceQLStreaming"),
                })
                .to_string(),
            )
            .into(),
            other => failure(400, &format!("cannot do {other:?}")).into(),
        }
    }
}

fn failure(status: u16, message: &str) -> QueryError {
    QueryError { status, error_source: ErrorSource::Downstream, message: message.to_owned() }
}

impl ResourceHandler for Golden {
    async fn call(&self, _ctx: &RequestContext, request: ResourceRequest) -> ResourceResponse {
        match request.path.as_str() {
            "echo" => {
                let headers: Vec<_> = request.headers.iter().collect();
                let mut response = ResourceResponse::json(
                    201,
                    &json!({
                        "method": request.method,
                        "query": request.query_string(),
                        "headers": headers,
                        "body": String::from_utf8_lossy(&request.body),
                    }),
                );
                response.headers.append("X-Twice", "one");
                response.headers.append("X-Twice", "two");
                response
            }
            "large" => ResourceResponse::new(200, "application/octet-stream", large_body()),
            "stream" => ResourceResponse::new(200, "text/plain", parts(Some(5))),
            "endless" => {
                let count = CountDrop(Arc::clone(&self.dropped));
                let parts = parts(None).into_stream().map(move |part| {
                    let _held = &count;
                    part
                });
                ResourceResponse::new(200, "text/plain", Body::stream(parts))
            }
            "breaks" => {
                let parts = [Ok("begun".into()), Err(BodyError("the well ran dry".to_owned()))];
                ResourceResponse::new(200, "text/plain", Body::stream(stream::iter(parts)))
            }
            "dropped" => ResourceResponse::json(200, &json!(self.dropped.load(Ordering::SeqCst))),
            "panic" => panic!("asked to panic"),
            "exit" => {
                tracing::error!("asked to exit");
                std::process::exit(3)
            }
            other => ResourceResponse::json(404, &json!({ "message": format!("no {other:?}") })),
        }
    }
}

fn parts(count: Option<usize>) -> Body {
    let numbers = stream::iter(0..count.unwrap_or(usize::MAX));
    Body::stream(numbers.then(|number| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(Bytes::from(format!("part {number}\n")))
    }))
}

/// Above the four megabytes that gRPC allows unless told otherwise.
fn large_body() -> Vec<u8> {
    (0..20_000_000_u32).map(|number| number.to_le_bytes()[0]).collect()
}

impl HealthHandler for Golden {
    async fn check_health(&self, ctx: &RequestContext) -> HealthReport {
        if let Some(settings) = &ctx.plugin.datasource
            && settings.url == "panic"
        {
            panic!("asked to panic");
        }
        HealthReport::new(HealthStatus::Ok, "all is golden").with_details(json!({ "frames": 31 }))
    }
}

impl MetricsHandler for Golden {
    async fn collect_metrics(&self, _ctx: &RequestContext) -> String {
        format!("golden_dropped_total {}\n", self.dropped.load(Ordering::SeqCst))
    }
}
