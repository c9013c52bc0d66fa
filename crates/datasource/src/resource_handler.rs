//! What editors ask for: profile types, label names and values, a place to begin.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use grafana_plugin::{RequestContext, ResourceHandler, ResourceRequest, ResourceResponse};
use pyroscope_client::PyroscopeClient;
use query::editor::starting_point;
use query::{MetadataRequest, ProfileSource, SourceError, Window};
use selector::{MatchOp, PastedQuery, ProfileTypeId, Selector, SelectorError};
use serde_json::{Map, Value, json};

use crate::Fireline;
use crate::error_table::{message, metrics_message, no_profiles, verdict};
use crate::instance::Instance;
use crate::metrics_resources;

/// Without a range the last hour is meant. Unit: milliseconds.
const DEFAULT_RANGE_MILLIS: i64 = 3_600_000;

/// Why a resource call has no answer.
pub(crate) enum Failure {
    /// The server that would answer is not set up, or its settings make no sense.
    Settings(String),
    /// A parameter makes no sense.
    Parameter(String),
    /// A selector that is not one: where, for the editor's caret.
    Selector(SelectorError),
    /// The source failed.
    Source(SourceError),
    /// The metrics server failed.
    Metrics(SourceError),
    /// There is no such resource.
    NoSuchResource,
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl ResourceHandler for Fireline {
    async fn call(&self, ctx: &RequestContext, request: ResourceRequest) -> ResourceResponse {
        let started = Instant::now();
        let response = self.resource(ctx, &request).await;
        self.metrics.count("resource", response.status, started.elapsed());
        response
    }
}

impl Fireline {
    async fn resource(&self, ctx: &RequestContext, request: &ResourceRequest) -> ResourceResponse {
        let instance = match self.instances.get(ctx) {
            Ok(instance) => instance,
            Err(refusal) => return failed(400, &refusal.to_string()),
        };
        if !["GET", "POST"].contains(&request.method.as_str()) {
            return failed(405, &format!("method {} is not allowed, expected GET", request.method));
        }
        let parameters = Parameters::of(request);
        let outcome = match request.path.trim_matches('/').strip_prefix("metrics/") {
            Some(name) => metrics_resources::answer(&instance, request, name, &parameters).await,
            None => match instance.client_for_resource(&request.headers) {
                Ok(client) => answer(&instance, &client, &request.path, &parameters).await,
                Err(refusal) => Err(Failure::Settings(no_profiles(refusal).message)),
            },
        };
        match outcome {
            Ok(value) => ResourceResponse::json(200, &value),
            Err(Failure::Settings(text) | Failure::Parameter(text)) => failed(400, &text),
            Err(Failure::Selector(error)) => ResourceResponse::json(
                400,
                &json!({"message": error.to_string(), "offset": error.offset}),
            ),
            Err(Failure::Source(error)) => failed(verdict(error.kind).0, &message(&error)),
            Err(Failure::Metrics(error)) => failed(verdict(error.kind).0, &metrics_message(&error)),
            Err(Failure::NoSuchResource) => failed(
                404,
                &format!(
                    "there is no resource {:?}, expected one of profileTypes, labelNames, labelValues, \
                 profileMetadata, startingPoint, serverInfo, \
                 metrics/labelNames, metrics/labelValues, metrics/metadata",
                    request.path
                ),
            ),
        }
    }
}

fn failed(status: u16, text: &str) -> ResourceResponse {
    ResourceResponse::json(status, &json!({"message": text}))
}

async fn answer(
    instance: &Instance,
    client: &PyroscopeClient,
    path: &str,
    parameters: &Parameters,
) -> Result<Value, Failure> {
    match path.trim_matches('/') {
        "profileTypes" => profile_types(client, parameters).await,
        "labelNames" => label_names(client, parameters).await,
        "labelValues" => label_values(client, parameters).await,
        "profileMetadata" => profile_metadata(client, parameters).await,
        "startingPoint" => {
            let label = parameters.get("serviceLabel").unwrap_or(&instance.settings.service_label);
            let start = starting_point(client, label, parameters.window()?).await?;
            Ok(json!(start))
        }
        "serverInfo" => {
            let info = client.server_info().await?;
            Ok(json!({"name": info.name(), "lacks": info.lacks()}))
        }
        _ => Err(Failure::NoSuchResource),
    }
}

async fn profile_types(
    client: &PyroscopeClient,
    parameters: &Parameters,
) -> Result<Value, Failure> {
    let request = parameters.metadata_request()?;
    let types = if request.selectors.iter().all(|selector| selector.matchers.is_empty()) {
        client.profile_types(&request).await?
    } else {
        let ids = client.label_values("__profile_type__", &request).await?;
        ids.iter().filter_map(|id| id.parse().ok()).collect()
    };
    Ok(types.iter().map(|id| json!({"id": id.to_string(), "label": id.label()})).collect())
}

/// Names that people use: private ones (`__…__`) are not, nor those that the selector fixes already.
async fn label_names(client: &PyroscopeClient, parameters: &Parameters) -> Result<Value, Failure> {
    let request = parameters.metadata_request()?;
    let fixed = |name: &str| {
        let mut matchers = request.selectors.iter().flat_map(|selector| &selector.matchers);
        matchers.any(|matcher| matcher.name == name && matcher.op == MatchOp::Equal)
    };
    let names = client.label_names(&request).await?;
    Ok(names.into_iter().filter(|name| !name.starts_with("__") && !fixed(name)).collect())
}

async fn label_values(client: &PyroscopeClient, parameters: &Parameters) -> Result<Value, Failure> {
    let label = parameters.get("label").unwrap_or_default();
    if label.is_empty() {
        return Err(Failure::Parameter("the parameter label is missing: which label?".to_owned()));
    }
    let values = client.label_values(label, &parameters.metadata_request()?).await?;
    Ok(values.into_iter().collect())
}

/// Units and meaning of the types that the server has, by id.
async fn profile_metadata(
    client: &PyroscopeClient,
    parameters: &Parameters,
) -> Result<Value, Failure> {
    let types: Vec<ProfileTypeId> = client.profile_types(&parameters.metadata_request()?).await?;
    let by_id: Map<String, Value> =
        types.iter().map(|id| (id.to_string(), json!(id.metadata()))).collect();
    Ok(by_id.into())
}

/// The parameters of a resource call, from its query string.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn of(request: &ResourceRequest) -> Self {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn millis(&self, name: &str) -> Result<Option<i64>, Failure> {
        match self.get(name).map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| {
                Failure::Parameter(format!(
                    "the parameter {name} is {text:?}, expected milliseconds since 1970"
                ))
            }),
        }
    }

    /// The time range; without one the last hour.
    pub(crate) fn window(&self) -> Result<Window, Failure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_millis = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
        let end_millis = self.millis("end")?.unwrap_or(now_millis);
        let default_start = end_millis.saturating_sub(DEFAULT_RANGE_MILLIS);
        let start_millis = self.millis("start")?.unwrap_or(default_start);
        if start_millis > end_millis {
            let text = format!("start {start_millis} is after end {end_millis}");
            return Err(Failure::Parameter(text));
        }
        Ok(Window { start_millis, end_millis })
    }

    fn metadata_request(&self) -> Result<MetadataRequest, Failure> {
        let text = self.get("query").unwrap_or_default().trim();
        let selector = match PastedQuery::parse(text) {
            Some(pasted) => pasted.map_err(Failure::Selector)?.selector,
            None if text.is_empty() => Selector::default(),
            None => Selector::parse(text).map_err(Failure::Selector)?,
        };
        let selectors = if selector.matchers.is_empty() { Vec::new() } else { vec![selector] };
        Ok(MetadataRequest { selectors, window: self.window()? })
    }
}
