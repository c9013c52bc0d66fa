//! What hashicorp/go-plugin asks of every plugin process.
//!
//! Without the controller the host kills the process two seconds after asking it to stop.

use std::pin::Pin;

use futures::{Stream, StreamExt, stream};
use tonic::{Request, Response, Status, Streaming};

use super::shutdown::Shutdown;
use crate::protocol::go_plugin::grpc_broker_server::GrpcBroker;
use crate::protocol::go_plugin::grpc_controller_server::GrpcController;
use crate::protocol::go_plugin::grpc_stdio_server::GrpcStdio;
use crate::protocol::go_plugin::{ConnInfo, Empty, StdioData};

/// Ends the process in good order.
pub(super) struct Controller(pub(super) Shutdown);

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.0.order();
        Ok(Response::new(Empty {}))
    }
}

/// Opens no further connections: Grafana's services need none.
pub(super) struct Broker(pub(super) Shutdown);

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = Pin<Box<dyn Stream<Item = Result<ConnInfo, Status>> + Send>>;

    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        let answers = request.into_inner().filter_map(|_| async { None });
        Ok(Response::new(Box::pin(answers.take_until(self.0.ordered()))))
    }
}

/// Forwards no output: standard error is the host's own pipe, standard output stays unused.
pub(super) struct Stdio(pub(super) Shutdown);

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = Pin<Box<dyn Stream<Item = Result<StdioData, Status>> + Send>>;

    async fn stream_stdio(
        &self,
        _: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(Response::new(Box::pin(stream::pending().take_until(self.0.ordered()))))
    }
}
