//! The client: one server, on behalf of one or many users.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use form_urlencoded::Serializer;
use query::{SourceError, SourceErrorKind, Window};
use serde::de::DeserializeOwned;
use upstream_http::{
    ConfigError, Fault, HttpConfig, OnBehalf, Question, RequestHeaders, Transport,
};

use crate::answer::{self, Answer};
use crate::dialect;
use crate::exemplars::SeriesExemplars;
use crate::metadata::{BuildInfo, MetricMetadata};
use crate::query_result::QueryResult;

/// What a client is told.
#[derive(Debug, Clone)]
pub struct PrometheusConfig {
    /// How the server is reached, and as whom. The address stops before `/api/v1`.
    pub http: HttpConfig,
    /// Whether questions are sent by POST, unless the server refuses that.
    pub by_post: bool,
}

/// An expression over a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeQuery {
    /// The expression, in PromQL.
    pub expr: String,
    /// First and last point in time at which it is evaluated.
    pub window: Window,
    /// The distance between those. Unit: milliseconds, above 0.
    pub step_millis: i64,
}

/// A server with Prometheus's HTTP API.
///
/// Cheap to clone; clones share connections.
/// All questions: an error says what the server says, in words without secrets.
#[derive(Debug, Clone)]
pub struct PrometheusClient {
    shared: Arc<Shared>,
    on_behalf: Arc<OnBehalf>,
}

#[derive(Debug)]
struct Shared {
    transport: Transport,
    by_post: AtomicBool,
}

type Parameters<'a> = [(&'a str, &'a str)];

impl PrometheusClient {
    /// A client for a server. Opens no connection.
    ///
    /// Errors: a configuration that no request could be made with.
    pub fn new(config: &PrometheusConfig) -> Result<Self, ConfigError> {
        let transport = Transport::new(&config.http)?;
        let on_behalf = Arc::new(transport.on_behalf(&RequestHeaders::new()));
        let by_post = AtomicBool::new(config.by_post);
        Ok(Self { shared: Arc::new(Shared { transport, by_post }), on_behalf })
    }

    /// The same client on behalf of one user's request. Shares connections with this one.
    #[must_use]
    pub fn with_headers(&self, headers: &RequestHeaders) -> Self {
        let on_behalf = Arc::new(self.shared.transport.on_behalf(headers));
        Self { shared: Arc::clone(&self.shared), on_behalf }
    }

    /// An expression over a range.
    pub async fn query_range(
        &self,
        query: &RangeQuery,
    ) -> Result<Answer<QueryResult>, SourceError> {
        let [start, end, step] =
            [query.window.start_millis, query.window.end_millis, query.step_millis].map(secs);
        let parameters =
            [("query", query.expr.as_str()), ("start", &start), ("end", &end), ("step", &step)];
        self.ask("range query", "query_range", &parameters).await
    }

    /// An expression at one point in time. Unit: milliseconds since 1970.
    pub async fn query(
        &self,
        expr: &str,
        at_millis: i64,
    ) -> Result<Answer<QueryResult>, SourceError> {
        self.ask("instant query", "query", &[("query", expr), ("time", &secs(at_millis))]).await
    }

    /// The exemplars of all series that an expression selects.
    ///
    /// Empty: there are none, or the server stores none.
    pub async fn query_exemplars(
        &self,
        expr: &str,
        window: Window,
    ) -> Result<Answer<Vec<SeriesExemplars>>, SourceError> {
        let [start, end] = [window.start_millis, window.end_millis].map(secs);
        let parameters = [("query", expr), ("start", &start), ("end", &end)];
        self.ask("exemplars", "query_exemplars", &parameters).await
    }

    /// The label names of series, ascending. Empty `selectors`: of all series.
    pub async fn label_names(
        &self,
        selectors: &[String],
        window: Window,
    ) -> Result<Vec<String>, SourceError> {
        let [start, end] = [window.start_millis, window.end_millis].map(secs);
        let mut parameters = vec![("start", start.as_str()), ("end", end.as_str())];
        parameters.extend(selectors.iter().map(|selector| ("match[]", selector.as_str())));
        let names: Answer<Vec<String>> = self.ask("label names", "labels", &parameters).await?;
        Ok(names.data)
    }

    /// The values of a label, ascending. Empty `selectors`: of all series.
    pub async fn label_values(
        &self,
        name: &str,
        selectors: &[String],
        window: Window,
    ) -> Result<Vec<String>, SourceError> {
        let [start, end] = [window.start_millis, window.end_millis].map(secs);
        let mut parameters = vec![("start", start.as_str()), ("end", end.as_str())];
        parameters.extend(selectors.iter().map(|selector| ("match[]", selector.as_str())));
        let path = format!("label/{}/values", path_part(name));
        let values: Answer<Vec<String>> = self.get("label values", &path, &parameters).await?;
        Ok(values.data)
    }

    /// What programs say of their metrics, by name; at most `limit` of them.
    pub async fn metadata(
        &self,
        limit: usize,
    ) -> Result<BTreeMap<String, Vec<MetricMetadata>>, SourceError> {
        let parameters = [("limit", limit.to_string())];
        let [(name, limit)] = &parameters;
        let metadata: Answer<_> = self.get("metadata", "metadata", &[(name, limit)]).await?;
        Ok(metadata.data)
    }

    /// What the server says of itself. None: it says nothing there.
    pub async fn build_info(&self) -> Result<Option<BuildInfo>, SourceError> {
        let info = self.get_fault::<BuildInfo>("build information", "status/buildinfo", &[]).await;
        match info {
            Ok(answer) => Ok(Some(answer.data)),
            Err(fault) if fault.status.is_some() && !is_about_access(fault.kind) => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Whether the server stores exemplars: what its flags say, else whether it takes the question.
    pub async fn has_exemplars(&self) -> Result<bool, SourceError> {
        let flags: Result<Answer<BTreeMap<String, String>>, _> =
            self.get("flags", "status/flags", &[]).await;
        if let Some(features) = flags.ok().and_then(|mut flags| flags.data.remove("enable-feature"))
        {
            return Ok(features.split(',').any(|feature| feature.trim() == "exemplar-storage"));
        }
        let nothing = Window { start_millis: 0, end_millis: 0 };
        Ok(self.query_exemplars("up", nothing).await.is_ok())
    }

    /// Asks by POST; by GET where POST is refused, from then on.
    async fn ask<T: DeserializeOwned + Send + 'static>(
        &self,
        what: &'static str,
        path: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Answer<T>, SourceError> {
        if !self.shared.by_post.load(Ordering::Relaxed) {
            return self.get(what, path, parameters).await;
        }
        let path_here = format!("/api/v1/{path}");
        let body = Some(encoded(parameters).into());
        match self.answer(what, &path_here, body).await {
            Err(fault) if fault.status.is_some_and(refuses_post) => {
                let answer = self.get(what, path, parameters).await?;
                self.shared.by_post.store(false, Ordering::Relaxed);
                Ok(answer)
            }
            outcome => Ok(outcome?),
        }
    }

    async fn get<T: DeserializeOwned + Send + 'static>(
        &self,
        what: &'static str,
        path: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Answer<T>, SourceError> {
        Ok(self.get_fault(what, path, parameters).await?)
    }

    async fn get_fault<T: DeserializeOwned + Send + 'static>(
        &self,
        what: &'static str,
        path: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Answer<T>, Fault> {
        let mut path = format!("/api/v1/{path}");
        if !parameters.is_empty() {
            path = format!("{path}?{}", encoded(parameters));
        }
        self.answer(what, &path, None).await
    }

    async fn answer<T: DeserializeOwned + Send + 'static>(
        &self,
        what: &'static str,
        path: &str,
        body: Option<bytes::Bytes>,
    ) -> Result<Answer<T>, Fault> {
        let question = Question { what, path, body, dialect: &dialect::API };
        let body = self.shared.transport.ask(&self.on_behalf, &question).await?;
        answer::read(what, body.bytes).await
    }
}

/// Whether a status says that the method is not taken. Read-only gateways say 403 of any POST.
fn refuses_post(status: http::StatusCode) -> bool {
    matches!(status.as_u16(), 403 | 405 | 501)
}

fn is_about_access(kind: SourceErrorKind) -> bool {
    matches!(kind, SourceErrorKind::Unauthenticated | SourceErrorKind::PermissionDenied)
}

/// Seconds with a fraction, as the API reads times and durations.
fn secs(millis: i64) -> String {
    let sign = if millis < 0 { "-" } else { "" };
    let millis = millis.unsigned_abs();
    format!("{sign}{}.{:03}", millis / 1000, millis % 1000)
}

fn encoded(parameters: &Parameters<'_>) -> String {
    Serializer::new(String::new()).extend_pairs(parameters).finish()
}

/// A label name as part of a path: names that are not plain words are escaped as the API asks,
/// `U__` and their odd characters in hexadecimal.
fn path_part(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    if name.chars().all(is_plain) {
        return name.to_owned();
    }
    let mut escaped = "U__".to_owned();
    for character in name.chars() {
        match character {
            '_' => escaped.push_str("__"),
            plain if is_plain(plain) => escaped.push(plain),
            odd => escaped.push_str(&format!("_{:x}_", u32::from(odd))),
        }
    }
    escaped
}
