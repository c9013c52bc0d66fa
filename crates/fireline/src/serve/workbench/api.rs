//! Settings of the page and of its datasource.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use super::Workbench;
use super::datasource_settings::{self, DatasourceSettings, DatasourceUpdate};
use crate::serve::connect::read_body;
use crate::serve::status::{json_response, json_with_status};

/// The most bytes of a request to the workbench.
pub(super) const LIMIT_BYTES: usize = 4 << 20;

/// `GET /api/workbench/settings`: what Grafana's page knows when it starts.
pub(super) async fn settings(State(workbench): State<Arc<Workbench>>) -> Response<Body> {
    let plugins = workbench.read_plugins();
    let plugins: BTreeMap<&str, Value> =
        plugins.iter().map(|(id, plugin)| (id.as_str(), plugin.meta())).collect();
    let mut datasource = public_settings(&workbench, &workbench.datasource.get());
    datasource["meta"] =
        plugins.get(datasource_settings::PLUGIN_ID).cloned().unwrap_or(Value::Null);
    let mut datasources = vec![datasource];
    datasources.extend(workbench.sources.public());
    json_response(&json!({
        "appSubUrl": workbench.base_path.as_str(),
        "datasources": datasources,
        "plugins": plugins,
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

/// `GET /api/datasources/uid/<uid>`: the settings, without secrets.
pub(super) async fn datasource(
    State(workbench): State<Arc<Workbench>>,
    Path(uid): Path<String>,
) -> Response<Body> {
    if uid != datasource_settings::UID {
        return unknown_datasource(&uid);
    }
    json_response(&public_settings(&workbench, &workbench.datasource.get()))
}

/// `PUT /api/datasources/uid/<uid>`: changes the settings.
pub(super) async fn update_datasource(
    State(workbench): State<Arc<Workbench>>,
    Path(uid): Path<String>,
    request: Request,
) -> Response<Body> {
    if uid != datasource_settings::UID {
        return unknown_datasource(&uid);
    }
    let mut update: DatasourceUpdate = match read_json(request).await {
        Ok(update) => update,
        Err(response) => return response,
    };
    let mut asked = update.json_data.clone().unwrap_or_default();
    workbench.sources.add_metrics(&mut asked);
    datasource_settings::metrics_url(&asked).clone_into(&mut update.metrics_server);
    if let Some(json_data) = &mut update.json_data {
        workbench.sources.remove_metrics(json_data);
    }
    let updated = workbench.datasource.update(update, &workbench.own_url, (workbench.clock)());
    match updated {
        Ok(settings) => json_response(&json!({
            "datasource": public_settings(&workbench, &settings),
            "id": 1,
            "message": "Datasource updated",
            "name": settings.name,
        })),
        Err(error) => {
            tracing::error!(%error, "cannot write the datasource's settings");
            let message = format!("cannot write the settings: {error}");
            message_response(StatusCode::INTERNAL_SERVER_ERROR, &message)
        }
    }
}

fn public_settings(workbench: &Workbench, settings: &DatasourceSettings) -> Value {
    let mut settings = settings.clone();
    workbench.sources.add_metrics(&mut settings.json_data);
    settings.leave_out_strange_secrets();
    settings.public(&workbench.own_url)
}

/// The JSON in a request's body. Errors: the answer that says what is wrong with it.
pub(super) async fn read_json<T: serde::de::DeserializeOwned>(
    request: Request,
) -> Result<T, Response<Body>> {
    let (head, body) = request.into_parts();
    let body = read_body(&head.headers, body, LIMIT_BYTES)
        .await
        .map_err(|error| message_response(error.code.status(), &error.message))?;
    serde_json::from_slice(&body).map_err(|error| {
        message_response(StatusCode::BAD_REQUEST, &format!("bad request data: {error}"))
    })
}

/// An answer that is only a message, as Grafana's API has them.
pub(super) fn message_response(status: StatusCode, message: &str) -> Response<Body> {
    json_with_status(status, &json!({"message": message}))
}

/// The answer for a datasource that is not there.
pub(super) fn unknown_datasource(uid: &str) -> Response<Body> {
    message_response(
        StatusCode::NOT_FOUND,
        &format!("data source {uid:?} not found, this server has {:?}", datasource_settings::UID),
    )
}
