//! The paths of the workbench.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{self, Next};
use axum::routing::{any, get, post};
use serde_json::json;

use super::Workbench;
use super::files::serve_file;
use super::{api, calls, page};
use crate::serve::app::not_found;
use crate::serve::status::json_with_status;

/// Every path of the workbench; what is at none of them is a file of the page, or the page.
pub(crate) fn routes(workbench: Arc<Workbench>) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/api/workbench/settings", get(api::settings))
        .route("/api/ds/query", post(calls::query))
        .route("/api/datasources/uid/{uid}/health", get(calls::health))
        .route("/api/datasources/uid/{uid}/resources", any(calls::resource))
        .route("/api/datasources/uid/{uid}/resources/{*path}", any(calls::resource))
        .route("/api/datasources/uid/{uid}", get(api::datasource).put(api::update_datasource))
        .route("/public/plugins/{id}/{*path}", get(plugin_file))
        .route("/public/{*path}", get(public_file))
        .route("/api/{*path}", any(async || not_found()))
        .fallback(get(page_file))
        .with_state(workbench)
        .layer(middleware::from_fn(protected))
}

async fn protected(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    page::protect(response.headers_mut());
    response
}

async fn index(State(workbench): State<Arc<Workbench>>) -> Response<Body> {
    page::index(&workbench.page_folder(), &workbench.base_path).await
}

async fn page_file(State(workbench): State<Arc<Workbench>>, request: Request) -> Response<Body> {
    let path = request.uri().path().trim_start_matches('/');
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let folder = workbench.page_folder();
    page::file_or_index(&folder, &path, request.headers(), &workbench.base_path).await
}

async fn plugin_file(
    State(workbench): State<Arc<Workbench>>,
    Path((id, path)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    match workbench.plugin(&id) {
        Some(plugin) => serve_file(&plugin.folder, &path, request.headers()).await,
        None => {
            let message = format!("plugin {id:?} is not in the bundle");
            json_with_status(StatusCode::NOT_FOUND, &json!({"message": message}))
        }
    }
}

/// Icons and fonts of Grafana's components, which they ask for where Grafana's server has them.
async fn public_file(
    State(workbench): State<Arc<Workbench>>,
    Path(path): Path<String>,
    request: Request,
) -> Response<Body> {
    serve_file(&workbench.page_folder(), &path, request.headers()).await
}
