//! What people and monitors ask a server about itself.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use query::{MetadataRequest, Window};
use serde_json::{Value, json};

use super::connect::CallError;
use super::face::Face;
use super::profile_store::ProfileStore;

/// How far back the listings look. Unit: milliseconds; a day.
const LISTED_MILLIS: i64 = 86_400_000;

/// What `GET /api/v1/status/buildinfo` answers.
///
/// The fields are Pyroscope's; the values say that this is another program.
pub(crate) fn build_info() -> Response<Body> {
    json_response(&json!({
        "status": "success",
        "data": {
            "version": concat!("fireline-", env!("CARGO_PKG_VERSION")),
            "revision": "",
            "branch": "fireline",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        },
    }))
}

/// What `GET /metrics` answers.
pub(crate) fn metrics(face: &Face<impl ProfileStore>) -> Response<Body> {
    let mut text = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let _ = writeln!(
        text,
        "# HELP fireline_build_info What is running.\n\
         # TYPE fireline_build_info gauge\n\
         fireline_build_info{{version=\"{version}\"}} 1"
    );
    face.metrics.write(&mut text);
    face.store.write_metrics(&mut text);
    let mut response = Response::new(Body::from(text));
    let exposition = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, exposition);
    response
}

/// What `GET /ready` answers: 503 when nothing that is pushed can be stored any more.
pub(crate) fn ready(face: &Face<impl ProfileStore>) -> Response<Body> {
    let (status, text) = if face.store.is_writing() {
        (StatusCode::OK, "ready")
    } else {
        let text = "not ready: the store's writer has ended, pushes fail until a restart";
        (StatusCode::SERVICE_UNAVAILABLE, text)
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

/// What `GET /api/apps` answers: the services of the last day and their profile types.
pub(crate) async fn list_apps<S: ProfileStore>(face: &Face<S>) -> Response<Body> {
    let listed = async {
        let names = ["service_name".to_owned(), "__profile_type__".to_owned()];
        let sets = face.store.label_sets(&names, &last_day(face)).await?;
        let apps: Vec<Value> = sets
            .iter()
            .map(|set| {
                let value = |name: &str| {
                    set.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
                };
                json!({"name": value("service_name"), "profileType": value("__profile_type__")})
            })
            .collect();
        Ok(listing("apps", &apps, "querier.v1.QuerierService/Series"))
    };
    answer(listed.await)
}

/// What `GET /api/profiles` answers: the profile types of the last day.
pub(crate) async fn list_profiles<S: ProfileStore>(face: &Face<S>) -> Response<Body> {
    let listed = async {
        let types = face.store.profile_types(&last_day(face)).await?;
        let types: Vec<Value> = types.iter().map(|id| id.to_string().into()).collect();
        Ok(listing("profileTypes", &types, "querier.v1.QuerierService/ProfileTypes"))
    };
    answer(listed.await)
}

fn last_day<S>(face: &Face<S>) -> MetadataRequest {
    let end_millis = (face.clock)();
    let start_millis = end_millis.saturating_sub(LISTED_MILLIS);
    MetadataRequest { selectors: Vec::new(), window: Window { start_millis, end_millis } }
}

fn listing(name: &str, entries: &[Value], call: &str) -> Value {
    json!({
        name: entries,
        "window": "the last 24 hours",
        "more": format!(
            "this listing is for people; programs POST {{\"start\":…,\"end\":…}} in milliseconds \
             as application/json to /{call}"
        ),
    })
}

fn answer(listed: Result<Value, CallError>) -> Response<Body> {
    match listed {
        Ok(listing) => json_response(&listing),
        Err(error) => error.into_response(),
    }
}

/// An answer of status 200 with a JSON body.
pub(crate) fn json_response(body: &Value) -> Response<Body> {
    json_with_status(StatusCode::OK, body)
}

/// An answer with a JSON body.
pub(crate) fn json_with_status(status: StatusCode, body: &Value) -> Response<Body> {
    json_text(status, body.to_string())
}

/// An answer whose body is JSON already.
pub(crate) fn json_text(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
