//! One question, one answer, repeated where that may help.

use std::fmt;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Semaphore;

use crate::base_url::{BaseUrl, basic_authorization};
use crate::body::{self, Body};
use crate::config::{Authentication, Compression, Forwarding, HttpConfig, Retries};
use crate::config_error::ConfigError;
use crate::connector::Connector;
use crate::dialect::Dialect;
use crate::fault::Fault;
use crate::proxy::Route;
use crate::redaction::Redaction;
use crate::refusal::{READ_AT_MOST, Refusal};
use crate::request_headers::{RequestHeaders, header_name, header_value};
use crate::retry::wait_before_repeat;
use crate::tls::TlsPeer;

/// Speaks HTTP with one server.
pub struct Transport {
    client: Client<Connector, Full<Bytes>>,
    base: BaseUrl,
    headers: HeaderMap,
    pinned: Vec<HeaderName>,
    redaction: Redaction,
    forwarding: Forwarding,
    slots: Option<Semaphore>,
    request_timeout: Option<Duration>,
    retries: Retries,
    max_response_bytes: u64,
}

/// What is passed on of one user's request, with what must not be shown of it.
#[derive(Debug, Clone, Default)]
pub struct OnBehalf {
    headers: HeaderMap,
    /// The client's own secrets included.
    redaction: Redaction,
}

/// One question to the server. It must be idempotent.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// What is asked, for messages.
    pub what: &'a str,
    /// The path, below the server's prefix; with `?` and parameters where it has some.
    pub path: &'a str,
    /// What is sent. None: nothing, by a GET rather than a POST.
    pub body: Option<Bytes>,
    /// In which words it is asked and answered.
    pub dialect: &'static Dialect,
}

impl OnBehalf {
    /// Whether nothing of a user's is passed on, so that the answers are everybody's.
    pub fn is_of_nobody(&self) -> bool {
        self.headers.is_empty()
    }
}

impl Transport {
    /// A transport for a configuration. Opens no connection.
    ///
    /// Errors: a configuration that no request could be made with.
    pub fn new(config: &HttpConfig) -> Result<Self, ConfigError> {
        if config.aws_signing {
            return Err(ConfigError::AwsSigning);
        }
        if config.max_response_bytes == 0 {
            return Err(ConfigError::ZeroLimit { limit: "the longest answer" });
        }
        if config.connections.max_per_host == Some(0) {
            return Err(ConfigError::ZeroLimit { limit: "the number of connections" });
        }
        let (base, url_credentials) = BaseUrl::parse(&config.url)?;
        let authentication = match (&config.authentication, url_credentials) {
            (Authentication::None, Some((user, password))) => {
                Authentication::Basic { user, password }
            }
            (configured, _) => configured.clone(),
        };
        let mut redaction = Redaction::default();
        let mut headers = configured_headers(config, &authentication, &mut redaction)?;
        let accepts_gzip = match config.compression {
            Compression::Always => true,
            Compression::Never => false,
            Compression::Auto => !base.is_loopback(),
        };
        let encoding = if accepts_gzip { "gzip" } else { "identity" };
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding));
        let server = base.join("/").map_err(|_| ConfigError::Url {
            url: base.host_and_port().to_owned(),
            problem: "no path can be added to it",
        })?;
        let route = config.proxy.route(&server)?;
        if let Route::Forward { authorization: Some(value), .. } = &route {
            headers.insert(header::PROXY_AUTHORIZATION, value.clone());
        }
        let connector = connector(config, &base, route)?;
        let idle = [config.connections.max_idle, config.connections.max_idle_per_host];
        let mut builder = Client::builder(TokioExecutor::new());
        builder.timer(TokioTimer::new()).pool_timer(TokioTimer::new());
        builder.pool_idle_timeout(config.timeouts.idle_connection);
        builder.pool_max_idle_per_host(idle.into_iter().flatten().min().unwrap_or(usize::MAX));
        Ok(Self {
            client: builder.build(connector),
            base,
            headers,
            pinned: pinned_headers(config)?,
            redaction,
            forwarding: config.forwarding.clone(),
            slots: config.connections.max_per_host.map(Semaphore::new),
            request_timeout: config.timeouts.request,
            retries: config.retries.clone(),
            max_response_bytes: config.max_response_bytes,
        })
    }

    /// What is passed on of one user's request; of [`RequestHeaders::new`] nothing.
    pub fn on_behalf(&self, headers: &RequestHeaders) -> OnBehalf {
        let headers = headers.allowed(&self.forwarding, &self.pinned);
        let redaction = self.redaction.with_headers(&headers);
        OnBehalf { headers, redaction }
    }

    /// How long a question may take. None: as long as it takes.
    pub fn request_timeout(&self) -> Option<Duration> {
        self.request_timeout
    }

    /// Asks, and asks again where that may help, until there is an answer or no time is left.
    ///
    /// Dropping the future closes the connection.
    ///
    /// Errors: no answer, or one that is not what was asked for, in words without secrets.
    pub async fn ask(&self, on_behalf: &OnBehalf, question: &Question<'_>) -> Result<Body, Fault> {
        let deadline = self.request_timeout.map(|timeout| Instant::now() + timeout);
        let mut repeats = 0;
        loop {
            let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
            let attempt = self.attempt(on_behalf, question, left);
            let outcome = match left {
                None => attempt.await,
                Some(left) => match tokio::time::timeout(left, attempt).await {
                    Ok(outcome) => outcome,
                    Err(_) => {
                        let limit = self.request_timeout.unwrap_or_default();
                        Err(Fault::timeout(question.what, limit))
                    }
                },
            };
            let fault = match outcome {
                Ok(body) => return Ok(body),
                Err(fault) => on_behalf.redaction.clean(fault),
            };
            let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
            let Some(wait) = wait_before_repeat(&self.retries, &fault, repeats, left) else {
                return Err(fault);
            };
            repeats += 1;
            tracing::debug!(what = question.what, repeats, ?wait, kind = ?fault.kind, "asking again");
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(
        &self,
        on_behalf: &OnBehalf,
        question: &Question<'_>,
        time_left: Option<Duration>,
    ) -> Result<Body, Fault> {
        let _slot = match &self.slots {
            Some(slots) => Some(slots.acquire().await.map_err(|_| {
                Fault::refused(format!("{}: the client is being closed", question.what))
            })?),
            None => None,
        };
        let what = question.what;
        let request = self
            .request(on_behalf, question, time_left)
            .map_err(|error| Fault::refused(format!("{what}: {error}")))?;
        let response = self.client.request(request).await;
        let response = response.map_err(|error| Fault::no_answer(what, &error))?;
        self.take_in(on_behalf, question, response).await
    }

    fn request(
        &self,
        on_behalf: &OnBehalf,
        question: &Question<'_>,
        time_left: Option<Duration>,
    ) -> Result<Request<Full<Bytes>>, http::Error> {
        let uri = self.base.join(question.path)?;
        let mut headers = self.headers.clone();
        for name in on_behalf.headers.keys() {
            headers.remove(name);
        }
        headers.extend(on_behalf.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
        let Dialect { accept, body_type, headers: fixed, timeout_header, .. } = question.dialect;
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        let method = if question.body.is_some() { Method::POST } else { Method::GET };
        if question.body.is_some() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(body_type));
            for (name, value) in *fixed {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            if let (Some(name), Some(left)) = (timeout_header, time_left) {
                // Ten digits are more than three months, and all that Connect allows.
                let millis = left.as_millis().clamp(1, 9_999_999_999);
                let value = HeaderValue::from_str(&millis.to_string())?;
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        let mut request = Request::new(Full::new(question.body.clone().unwrap_or_default()));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        Ok(request)
    }

    async fn take_in(
        &self,
        on_behalf: &OnBehalf,
        question: &Question<'_>,
        response: Response<Incoming>,
    ) -> Result<Body, Fault> {
        let (head, incoming) = response.into_parts();
        let text = |name: HeaderName| {
            head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        let encoding = text(header::CONTENT_ENCODING).trim().to_ascii_lowercase();
        let content_type = text(header::CONTENT_TYPE);
        let is_expected = question.dialect.expects(content_type);
        if head.status == StatusCode::OK && is_expected {
            let limit = self.max_response_bytes;
            let (bytes, wire_bytes) = body::read(question.what, &encoding, incoming, limit).await?;
            return Ok(Body { bytes, wire_bytes, headers: head.headers });
        }
        let beginning = body::read_beginning(&encoding, incoming, READ_AT_MOST).await;
        let clean = |text: &str, is_cut| on_behalf.redaction.clean_text(text, is_cut);
        let is_cut = beginning.len() >= READ_AT_MOST;
        let body = clean(&String::from_utf8_lossy(&beginning), is_cut);
        let refusal = Refusal {
            what: question.what,
            dialect: question.dialect,
            status: head.status,
            content_type: &clean(content_type, false),
            location: &clean(text(header::LOCATION), false),
            body: body.as_bytes(),
        };
        let mut fault = refusal.fault();
        fault.retry_after = text(header::RETRY_AFTER).trim().parse().ok().map(Duration::from_secs);
        Err(fault)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("base", &self.base).finish_non_exhaustive()
    }
}

fn connector(config: &HttpConfig, base: &BaseUrl, route: Route) -> Result<Connector, ConfigError> {
    let server_tls = base.is_https().then(|| TlsPeer::server(&config.tls)).transpose()?;
    let proxy_tls = match (&route, config.proxy.secure_socks_tls()) {
        (_, Some(tls)) => Some(TlsPeer::secure_socks(tls)?),
        (Route::Forward { proxy, .. } | Route::Tunnel { proxy, .. }, None)
            if proxy.scheme_str() == Some("https") =>
        {
            Some(TlsPeer::proxy()?)
        }
        _ => None,
    };
    Ok(Connector::new(route, proxy_tls, server_tls, &config.timeouts))
}

fn configured_headers(
    config: &HttpConfig,
    authentication: &Authentication,
    redaction: &mut Redaction,
) -> Result<HeaderMap, ConfigError> {
    let mut headers = HeaderMap::new();
    headers.insert(header::USER_AGENT, header_value("User-Agent", &config.user_agent)?);
    let authorization = match authentication {
        Authentication::None => None,
        Authentication::Basic { user, password } => {
            redaction.add(password.expose());
            Some(basic_authorization(user, password))
        }
        Authentication::Bearer { token } => Some(format!("Bearer {}", token.expose())),
    };
    if let Some(value) = authorization {
        redaction.add(&value);
        headers.insert(header::AUTHORIZATION, header_value("Authorization", &value)?);
    }
    if let Some(tenant) = config.tenant.as_deref().filter(|tenant| !tenant.is_empty()) {
        if !is_tenant(tenant) {
            return Err(ConfigError::Tenant { tenant: tenant.to_owned() });
        }
        headers.insert("x-scope-orgid", header_value("X-Scope-OrgID", tenant)?);
    }
    for (name, value) in &config.headers {
        let header = header_name(name)?;
        // A tenant is no secret, and users must see which one was refused.
        if header.as_str() != "x-scope-orgid" {
            redaction.add(value.expose());
        }
        headers.insert(header, header_value(name, value.expose())?);
    }
    Ok(headers)
}

/// The headers that are set by name, and the tenant. Credentials are not among them: where a
/// user's own identity is passed on, it takes the place of theirs.
fn pinned_headers(config: &HttpConfig) -> Result<Vec<HeaderName>, ConfigError> {
    let tenant = config.tenant.as_deref().filter(|tenant| !tenant.is_empty());
    let tenant = tenant.map(|_| HeaderName::from_static("x-scope-orgid"));
    let named = config.headers.iter().map(|(name, _)| header_name(name));
    tenant.into_iter().map(Ok).chain(named).collect()
}

fn is_tenant(tenant: &str) -> bool {
    let is_one = |tenant: &str| {
        !tenant.is_empty()
            && tenant.len() <= 150
            && tenant.chars().all(|c| c.is_ascii_alphanumeric() || "!-_.*'()".contains(c))
    };
    tenant.split('|').all(is_one)
}
