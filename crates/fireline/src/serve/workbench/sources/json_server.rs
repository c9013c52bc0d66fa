//! A server beside the workbench that is asked by `GET` and answers in JSON.

use serde::de::DeserializeOwned;
use upstream_http::{ConfigError, Dialect, HttpConfig, Question, RequestHeaders, Transport};

use super::SourceFailure;

/// A server, and how it speaks.
#[derive(Debug)]
pub(super) struct JsonServer {
    /// For the user.
    name: &'static str,
    url: String,
    dialect: &'static Dialect,
    transport: Transport,
}

impl JsonServer {
    /// Opens no connection. Errors: no request could be made with this address.
    pub(super) fn new(
        name: &'static str,
        url: String,
        dialect: &'static Dialect,
    ) -> Result<Self, ConfigError> {
        let transport = Transport::new(&HttpConfig::new(&url))?;
        Ok(Self { name, url, dialect, transport })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Its answer. `what`: for the user, as in "log lines". Errors: it does not answer, refuses, or answers
    /// something else.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        what: &'static str,
        path: &str,
    ) -> Result<T, SourceFailure> {
        let question = Question { what, path, body: None, dialect: self.dialect };
        let on_behalf = self.transport.on_behalf(&RequestHeaders::new());
        let body = self.transport.ask(&on_behalf, &question).await?;
        serde_json::from_slice(&body.bytes).map_err(|error| SourceFailure {
            status: 502,
            message: format!("{}'s answer cannot be read: {error}", self.name),
        })
    }
}
