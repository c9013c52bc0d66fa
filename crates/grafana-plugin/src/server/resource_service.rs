//! HTTP-like calls, whose answers may come in parts.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use tonic::{Request, Response, Status};

use super::dyn_handler::DynResourceHandler;
use super::panic_guard::{guard, message_of};
use crate::call::{BodyError, Headers, RequestContext, ResourceResponse};
use crate::protocol::pluginv2::resource_server::Resource;
use crate::protocol::pluginv2::{CallResourceRequest, CallResourceResponse};

pub(super) struct ResourceService {
    pub(super) handler: Option<Arc<dyn DynResourceHandler>>,
}

#[tonic::async_trait]
impl Resource for ResourceService {
    type CallResourceStream =
        Pin<Box<dyn Stream<Item = Result<CallResourceResponse, Status>> + Send>>;

    async fn call_resource(
        &self,
        request: Request<CallResourceRequest>,
    ) -> Result<Response<Self::CallResourceStream>, Status> {
        let handler = self
            .handler
            .as_ref()
            .ok_or_else(|| Status::unimplemented("this plugin has no resources"))?;
        let (metadata, _, mut message) = request.into_parts();
        let ctx =
            RequestContext::from_wire(message.plugin_context.take(), Headers::default(), &metadata);
        let response = guard("answering a resource call", handler.call(&ctx, message.into()))
            .await
            .unwrap_or_else(|panicked| {
                ResourceResponse::json(500, &serde_json::json!({ "message": panicked.to_string() }))
            });
        let mut body = AssertUnwindSafe(response.body.into_stream()).catch_unwind();
        // Status and headers travel with the first part, so that a whole body is one message.
        let first = body.next().await.map_or(Ok(Bytes::new()), part)?;
        let head = CallResourceResponse {
            code: response.status.into(),
            headers: response.headers.into(),
            body: first,
        };
        let tail = body.map(|next| {
            Ok(CallResourceResponse { body: part(next)?, ..CallResourceResponse::default() })
        });
        Ok(Response::new(Box::pin(stream::once(async move { Ok(head) }).chain(tail))))
    }
}

fn part(
    next: Result<Result<Bytes, BodyError>, Box<dyn std::any::Any + Send>>,
) -> Result<Bytes, Status> {
    match next {
        Ok(part) => part.map_err(|error| Status::aborted(error.to_string())),
        Err(payload) => {
            tracing::error!(panic = message_of(payload.as_ref()), "a body panicked");
            Err(Status::internal("the plugin panicked while sending a body; its log says why"))
        }
    }
}
