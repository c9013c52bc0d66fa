//! Queries: each on a task of its own.

use std::pin::Pin;
use std::sync::Arc;

use futures::{Stream, StreamExt, stream};
use tokio::task::JoinSet;
use tonic::{Request, Response, Status};

use super::dyn_handler::DynDataHandler;
use super::panic_guard::guard;
use crate::call::{
    EncodeError, ErrorSource, Query, QueryError, QueryResult, RequestContext, encode_frame,
};
use crate::protocol::pluginv2::data_server::Data;
use crate::protocol::pluginv2::{
    DataFrameFormat, DataQuery, QueryChunkedDataRequest, QueryChunkedDataResponse,
    QueryDataRequest, QueryDataResponse,
};

pub(super) struct DataService {
    pub(super) handler: Option<Arc<dyn DynDataHandler>>,
}

impl DataService {
    /// Starts all queries; dropping the set ends them.
    fn start<T: Send + 'static>(
        &self,
        ctx: RequestContext,
        queries: Vec<DataQuery>,
        encode: impl Fn(&str, QueryResult) -> Result<T, EncodeError> + Clone + Send + 'static,
    ) -> Result<JoinSet<(String, T)>, Status> {
        let handler = self.handler.as_ref().ok_or_else(no_handler)?;
        let ctx = Arc::new(ctx);
        let mut tasks = JoinSet::new();
        for query in queries {
            let handler = Arc::clone(handler);
            let ctx = Arc::clone(&ctx);
            let encode = encode.clone();
            tasks.spawn(async move {
                let query = Query::from(query);
                let ref_id = query.ref_id.clone();
                let result = guard("answering a query", handler.query(&ctx, query))
                    .await
                    .unwrap_or_else(|panicked| plugin_error(panicked.to_string()).into());
                let encoded = encode_on_blocking_thread(ref_id.clone(), result, encode).await;
                (ref_id, encoded)
            });
        }
        Ok(tasks)
    }
}

/// Encoding large frames takes longer than a task may keep its thread.
async fn encode_on_blocking_thread<T: Send + 'static>(
    ref_id: String,
    result: QueryResult,
    encode: impl Fn(&str, QueryResult) -> Result<T, EncodeError> + Clone + Send + 'static,
) -> T {
    let on_error = encode.clone();
    let name = ref_id.clone();
    let encoded = tokio::task::spawn_blocking(move || encode(&name, result)).await;
    let reason = match encoded {
        Ok(Ok(encoded)) => return encoded,
        Ok(Err(error)) => error.to_string(),
        Err(panicked) => panicked.to_string(),
    };
    tracing::error!(ref_id, reason, "frames could not be encoded");
    let result = plugin_error(format!("encoding the answer failed: {reason}")).into();
    on_error(&ref_id, result).unwrap_or_else(|_| unreachable!("an error has no frames"))
}

#[tonic::async_trait]
impl Data for DataService {
    async fn query_data(
        &self,
        request: Request<QueryDataRequest>,
    ) -> Result<Response<QueryDataResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        let format = message.format();
        let ctx = RequestContext::from_wire(message.plugin_context, message.headers, &metadata);
        let mut tasks =
            self.start(ctx, message.queries, move |_, result| result.into_wire(format))?;
        let mut response = QueryDataResponse::default();
        while let Some(finished) = tasks.join_next().await {
            let (ref_id, result) = finished.map_err(|error| Status::internal(error.to_string()))?;
            response.responses.insert(ref_id, result);
        }
        Ok(Response::new(response))
    }

    type QueryChunkedDataStream =
        Pin<Box<dyn Stream<Item = Result<QueryChunkedDataResponse, Status>> + Send>>;

    async fn query_chunked_data(
        &self,
        request: Request<QueryChunkedDataRequest>,
    ) -> Result<Response<Self::QueryChunkedDataStream>, Status> {
        let (metadata, _, message) = request.into_parts();
        let format = message.format();
        let ctx = RequestContext::from_wire(message.plugin_context, message.headers, &metadata);
        let tasks = self
            .start(ctx, message.queries, move |ref_id, result| chunks_of(ref_id, result, format))?;
        let parts = stream::unfold(tasks, |mut tasks| async move {
            let finished = tasks.join_next().await?;
            let parts = match finished {
                Ok((_, parts)) => parts.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(Status::internal(error.to_string()))],
            };
            Some((stream::iter(parts), tasks))
        });
        Ok(Response::new(Box::pin(parts.flatten())))
    }
}

/// One part for each frame, and one for an error.
fn chunks_of(
    ref_id: &str,
    result: QueryResult,
    format: DataFrameFormat,
) -> Result<Vec<QueryChunkedDataResponse>, EncodeError> {
    let mut parts = Vec::with_capacity(result.frames.len() + 1);
    for (number, frame) in result.frames.into_iter().enumerate() {
        parts.push(QueryChunkedDataResponse {
            ref_id: ref_id.to_owned(),
            frame_id: number.to_string(),
            frame: encode_frame(frame, format)?,
            status: 200,
            format: format.into(),
            ..QueryChunkedDataResponse::default()
        });
    }
    if let Some(error) = &result.error {
        parts.push(QueryChunkedDataResponse {
            ref_id: ref_id.to_owned(),
            error: error.text().to_owned(),
            status: error.wire_status().into(),
            error_source: error.error_source.as_str().to_owned(),
            format: format.into(),
            ..QueryChunkedDataResponse::default()
        });
    }
    Ok(parts)
}

fn plugin_error(message: String) -> QueryError {
    QueryError { status: 500, error_source: ErrorSource::Plugin, message }
}

fn no_handler() -> Status {
    Status::unimplemented("this plugin answers no queries")
}
