//! The client: one server, on behalf of one or many users.

use std::sync::Arc;
use std::time::Instant;

use query::SourceError;
use upstream_http::{ConfigError, Fault, OnBehalf, RequestHeaders, Transport};

use crate::capabilities::ServerInfo;
use crate::config::{ClientConfig, ServerVersion};
use crate::learnt::{KnownServer, Limits, is_fresh};
use crate::probe;

/// A [`ProfileSource`](query::ProfileSource) over HTTP: a Pyroscope server, Grafana Cloud
/// Profiles, or Fireline's own store.
///
/// Cheap to clone; clones share connections and what was found out about the server.
#[derive(Debug, Clone)]
pub struct PyroscopeClient {
    pub(crate) shared: Arc<Shared>,
    pub(crate) on_behalf: Arc<OnBehalf>,
    /// Limits are a tenant's, and whose tenant is asked may depend on the user.
    pub(crate) limits: Arc<Limits>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) transport: Transport,
    known: KnownServer,
    known_version: Option<ServerVersion>,
}

impl PyroscopeClient {
    /// A client for a server. Opens no connection.
    ///
    /// Errors: a configuration that no request could be made with.
    pub fn new(config: &ClientConfig) -> Result<Self, ConfigError> {
        let transport = Transport::new(&config.http)?;
        let on_behalf = Arc::new(transport.on_behalf(&RequestHeaders::new()));
        let known_version = config.server_version;
        let shared = Shared { transport, known: KnownServer::default(), known_version };
        Ok(Self { shared: Arc::new(shared), on_behalf, limits: Arc::default() })
    }

    /// The same client on behalf of one user's request. Shares connections with this one.
    pub fn with_headers(&self, headers: &RequestHeaders) -> Self {
        let on_behalf = Arc::new(self.shared.transport.on_behalf(headers));
        let limits =
            if on_behalf.is_of_nobody() { Arc::clone(&self.limits) } else { Arc::default() };
        Self { shared: Arc::clone(&self.shared), on_behalf, limits }
    }

    /// Whether something of a user's own request is passed on, so that another user may get other answers.
    pub fn speaks_for_a_user(&self) -> bool {
        !self.on_behalf.is_of_nobody()
    }

    /// What is known of the server; looks at it where nothing is known yet.
    ///
    /// Errors: the server cannot be reached, or refuses to talk.
    /// Cost: up to four small requests, once in five minutes.
    pub async fn server_info(&self) -> Result<ServerInfo, SourceError> {
        Ok(self.known_server().await?)
    }

    pub(crate) async fn known_server(&self) -> Result<ServerInfo, Fault> {
        if let Some(version) = self.shared.known_version {
            return Ok(ServerInfo::of_version(version));
        }
        let shared = &self.shared;
        // Others may be looking already, and wait as long themselves.
        let looking = self.look_at_server();
        match shared.transport.request_timeout() {
            None => looking.await,
            Some(limit) => tokio::time::timeout(limit, looking)
                .await
                .unwrap_or_else(|_| Err(Fault::timeout("looking at the server", limit))),
        }
    }

    async fn look_at_server(&self) -> Result<ServerInfo, Fault> {
        let mut known = self.shared.known.lock().await;
        if let Some((since, info)) = known.as_ref()
            && is_fresh(*since)
        {
            return Ok(info.clone());
        }
        let evidence = probe::look(&self.shared.transport, &self.on_behalf).await?;
        let info = ServerInfo::of_evidence(&evidence);
        tracing::debug!(server = %info, "looked at the server");
        *known = Some((Instant::now(), info.clone()));
        Ok(info)
    }

    /// Forgets what was found out, because the server contradicted it.
    pub(crate) async fn forget_server(&self) {
        *self.shared.known.lock().await = None;
    }
}
