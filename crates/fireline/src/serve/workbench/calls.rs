//! Calls from the page to the datasource's backend, as Grafana's server passes them on.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use futures::TryStreamExt;
use grafana_plugin::host::{HostError, PluginProcess};
use grafana_plugin::{
    DatasourceSettings, GrafanaConfig, Headers, HealthStatus, PluginContext, Query, RequestContext,
    ResourceHeaders, ResourceRequest, User,
};
use serde_json::json;

use super::Workbench;
use super::api::{LIMIT_BYTES, message_response, read_json, unknown_datasource};
use super::backend::BackendError;
use super::datasource_settings::{PLUGIN_ID, UID};
use super::query_request::{PluginQuery, QueryRequest};
use crate::serve::connect::read_body;
use crate::serve::error_text::error_text;
use crate::serve::status::{json_text, json_with_status};

/// Headers of a query that Grafana passes on to the plugin, by the names it gives them.
const PASSED_ON: [&str; 6] = [
    "X-Dashboard-Uid",
    "X-Datasource-Uid",
    "X-Panel-Id",
    "X-Panel-Plugin-Id",
    "X-Plugin-Id",
    "X-Query-Group-Id",
];

/// Headers that are about one connection, or about the login, and end at this server.
const NOT_PASSED_ON: [HeaderName; 12] = [
    header::AUTHORIZATION,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::COOKIE,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::SET_COOKIE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// `POST /api/ds/query`. Status 400 as soon as one query failed, with all answers in the body.
pub(super) async fn query(
    State(workbench): State<Arc<Workbench>>,
    request: Request,
) -> Response<Body> {
    let headers = request.headers().clone();
    let request: QueryRequest = match read_json(request).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    let queries = match request.queries((workbench.clock)()) {
        Ok(queries) => queries,
        Err(error) => return message_response(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let is_known = |query: &&PluginQuery| {
        query.datasource_uid == UID || workbench.sources.knows(&query.datasource_uid)
    };
    if let Some(other) = queries.iter().find(|query| !is_known(query)) {
        return unknown_datasource(&other.datasource_uid);
    }
    match queries.iter().filter(|query| query.datasource_uid != UID).count() {
        0 => {}
        others if others == queries.len() => return source_answers(&workbench, &queries).await,
        _ => {
            let message = "queries to several data sources in one request are not supported here";
            return message_response(StatusCode::BAD_REQUEST, message);
        }
    }
    let queries: Vec<Query> = queries.into_iter().map(plugin_query).collect();
    let answered = async {
        let process = workbench.backend_process().await?;
        let ctx = workbench.request_context(&headers);
        Ok::<_, BackendError>(process.query(&ctx, &queries).await?)
    };
    match answered.await {
        Ok(results) => {
            let status = StatusCode::from_u16(results.http_status());
            // Frames may hold hundreds of thousands of rows.
            let text = tokio::task::spawn_blocking(move || serde_json::to_vec(&results)).await;
            match text {
                Ok(Ok(text)) => json_text(status.unwrap_or(StatusCode::BAD_REQUEST), text),
                Ok(Err(error)) => internal_error(&error),
                Err(error) => internal_error(&error),
            }
        }
        Err(error) => backend_failure(&error),
    }
}

/// The answers of a data source beside the plugin's, one after the other.
async fn source_answers(workbench: &Workbench, queries: &[PluginQuery]) -> Response<Body> {
    let mut results = serde_json::Map::new();
    let mut status = StatusCode::OK;
    for query in queries {
        let answer = workbench.sources.answer(query).await;
        if answer.get("error").is_some() {
            status = StatusCode::BAD_REQUEST;
        }
        results.insert(query.ref_id.clone(), answer);
    }
    json_with_status(status, &json!({"results": results}))
}

fn plugin_query(query: PluginQuery) -> Query {
    Query {
        ref_id: query.ref_id,
        query_type: query.query_type,
        max_data_points: query.max_data_points,
        interval_millis: query.interval_millis,
        from_millis: query.from_millis,
        to_millis: query.to_millis,
        json: query.model.to_string().into(),
    }
}

/// `GET /api/datasources/uid/<uid>/health`. Status 400 when the datasource does not work.
pub(super) async fn health(
    State(workbench): State<Arc<Workbench>>,
    Path(uid): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    if uid != UID {
        return unknown_datasource(&uid);
    }
    let answered = async {
        let process = workbench.backend_process().await?;
        Ok::<_, BackendError>(process.check_health(&workbench.request_context(&headers)).await?)
    };
    match answered.await {
        Ok(report) => {
            let (status, word) = match report.status {
                HealthStatus::Ok => (StatusCode::OK, "OK"),
                HealthStatus::Error => (StatusCode::BAD_REQUEST, "ERROR"),
                HealthStatus::Unknown => (StatusCode::BAD_REQUEST, "UNKNOWN"),
            };
            let mut answer = json!({"status": word, "message": report.message});
            if !report.details.is_null() {
                answer["details"] = report.details;
            }
            json_with_status(status, &answer)
        }
        Err(error) => backend_failure(&error),
    }
}

/// Calls below `/api/datasources/uid/<uid>/resources`: passed on as they are, answered as they come.
pub(super) async fn resource(
    State(workbench): State<Arc<Workbench>>,
    Path(parameters): Path<BTreeMap<String, String>>,
    request: Request,
) -> Response<Body> {
    let uid = parameters.get("uid").map_or("", String::as_str);
    if uid != UID {
        return unknown_datasource(uid);
    }
    let path = parameters.get("path").cloned().unwrap_or_default();
    let (head, body) = request.into_parts();
    let body = match read_body(&head.headers, body, LIMIT_BYTES).await {
        Ok(body) => body,
        Err(error) => return message_response(error.code.status(), &error.message),
    };
    let call = ResourceRequest {
        method: head.method.to_string(),
        url: head.uri.query().map_or_else(|| path.clone(), |query| format!("{path}?{query}")),
        path,
        headers: passed_on(&head.headers),
        body,
    };
    let answered = async {
        let process = workbench.backend_process().await?;
        let ctx = workbench.request_context(&head.headers);
        let answer = process.call_resource(&ctx, call).await?;
        Ok::<_, BackendError>((process, answer))
    };
    match answered.await {
        Ok((process, answer)) => resource_response(process, answer),
        Err(error) => backend_failure(&error),
    }
}

fn passed_on(headers: &HeaderMap) -> ResourceHeaders {
    headers
        .iter()
        .filter(|(name, _)| !NOT_PASSED_ON.contains(name))
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect()
}

fn resource_response(
    process: Arc<PluginProcess>,
    answer: grafana_plugin::ResourceResponse,
) -> Response<Body> {
    // The process lives at least as long as its answer.
    let parts = answer.body.into_stream().inspect_ok(move |_| {
        let _ = &process;
    });
    let mut response = Response::new(Body::from_stream(parts));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in answer.headers.iter() {
        let header = (HeaderName::try_from(name), HeaderValue::try_from(value));
        if let (Ok(name), Ok(value)) = header
            && !NOT_PASSED_ON.contains(&name)
        {
            headers.append(name, value);
        }
    }
    let json = HeaderValue::from_static("application/json");
    headers.entry(header::CONTENT_TYPE).or_insert(json);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // What a plugin answers must not act as a page of this server.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    response
}

fn internal_error(error: &dyn std::error::Error) -> Response<Body> {
    tracing::error!(error = %error_text(error), "cannot write the answer");
    message_response(StatusCode::INTERNAL_SERVER_ERROR, "cannot write the answer")
}

fn backend_failure(error: &BackendError) -> Response<Body> {
    let status = match error {
        BackendError::NoPlugin | BackendError::NoExecutable(_) => StatusCode::NOT_FOUND,
        BackendError::Host(HostError::Call(_)) => StatusCode::INTERNAL_SERVER_ERROR,
        BackendError::Host(_) => StatusCode::BAD_GATEWAY,
    };
    let message = error_text(error);
    tracing::error!(%message, "the plugin did not answer");
    message_response(status, &message)
}

impl Workbench {
    async fn backend_process(&self) -> Result<Arc<PluginProcess>, BackendError> {
        let executable = self.plugin(PLUGIN_ID).and_then(|plugin| plugin.executable());
        self.backend.process(&executable.ok_or(BackendError::NoPlugin)?).await
    }

    /// Where and for whom a call happens: the one datasource, and the one user there is.
    fn request_context(&self, headers: &HeaderMap) -> RequestContext {
        let mut settings = self.datasource.get();
        self.sources.add_metrics(&mut settings.json_data);
        settings.leave_out_strange_secrets();
        let json_data = serde_json::Value::Object(settings.json_data.clone()).to_string();
        let config = BTreeMap::from([("GF_APP_URL".to_owned(), format!("{}/", self.own_url))]);
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let passed_on: BTreeMap<String, String> = PASSED_ON
            .iter()
            .filter_map(|name| Some((format!("http_{name}"), header(name)?.to_owned())))
            .collect();
        RequestContext {
            plugin: PluginContext {
                org_id: 1,
                plugin_id: PLUGIN_ID.to_owned(),
                user: Some(User {
                    login: "admin".to_owned(),
                    name: "Workbench".to_owned(),
                    email: String::new(),
                    role: "Admin".to_owned(),
                }),
                app: None,
                datasource: Some(DatasourceSettings {
                    id: 1,
                    uid: UID.to_owned(),
                    name: settings.name.clone(),
                    url: settings.effective_url(&self.own_url).to_owned(),
                    basic_auth_user: settings.basic_auth.then(|| settings.basic_auth_user.clone()),
                    json_data: json_data.into(),
                    secrets: settings.secure_json_data.into(),
                    updated_millis: settings.updated_millis,
                    ..DatasourceSettings::default()
                }),
                grafana_config: GrafanaConfig::from(config),
                plugin_version: self
                    .plugin(PLUGIN_ID)
                    .map(|plugin| plugin.version().to_owned())
                    .unwrap_or_default(),
                user_agent: concat!("Fireline/", env!("CARGO_PKG_VERSION")).to_owned(),
                namespace: "default".to_owned(),
                ..PluginContext::default()
            },
            headers: Headers::from(passed_on),
            trace_parent: header("traceparent").map(str::to_owned),
        }
    }
}
