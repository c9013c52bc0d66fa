//! All paths of the server as one service.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use tower::ServiceExt;

use super::api;
use super::connect::{CallError, Code};
use super::face::Face;
use super::front_door::{AllowedHosts, BasePath, BelowBase};
use super::profile_store::ProfileStore;
use super::workbench::{self, Workbench};

/// Puts the front door before the API and, if there is one, the workbench.
pub(crate) fn app<S: ProfileStore>(
    face: Arc<Face<S>>,
    workbench: Option<Arc<Workbench>>,
    allowed_hosts: AllowedHosts,
    base_path: BasePath,
) -> Router {
    let allowed_hosts = Arc::new(allowed_hosts);
    let mut inside: Router = api::routes().with_state(face);
    inside = match workbench {
        Some(workbench) => inside.merge(workbench::routes(workbench)),
        None => inside.fallback(async || not_found()),
    };
    let enter = move |request: Request| {
        enter(inside.clone(), Arc::clone(&allowed_hosts), base_path.clone(), request)
    };
    // A fallback sees every request before any route does, so nothing goes round the front door.
    Router::new().fallback(enter)
}

async fn enter(
    inside: Router,
    allowed_hosts: Arc<AllowedHosts>,
    base_path: BasePath,
    mut request: Request,
) -> Response<Body> {
    match base_path.strip(request.uri()) {
        BelowBase::At(uri) => *request.uri_mut() = uri,
        BelowBase::Redirect(to) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            if let Ok(to) = HeaderValue::try_from(to) {
                response.headers_mut().insert(header::LOCATION, to);
            }
            return response;
        }
        BelowBase::Outside => return not_found(),
    }
    let path = request.uri().path();
    if let Err(error) = allowed_hosts.check(request.method(), path, request.headers()) {
        return CallError::new(Code::PermissionDenied, error.to_string()).into_response();
    }
    inside.oneshot(request).await.into_response()
}

/// The answer to a path that nothing is at.
pub(crate) fn not_found() -> Response<Body> {
    let mut response = Response::new(Body::from("404 page not found\n"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
