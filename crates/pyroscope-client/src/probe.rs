//! Finds out what a server can do by asking what costs it nothing.

use std::time::{SystemTime, UNIX_EPOCH};

use pyroscope_api::capabilities::v1::{GetFeatureFlagsRequest, GetFeatureFlagsResponse};
use pyroscope_api::querier::v1::{
    HeatmapQueryType, ProfileFormat, SelectHeatmapRequest, SelectMergeStacktracesRequest,
};
use query::SourceErrorKind;
use serde::Deserialize;
use upstream_http::{Fault, OnBehalf, Question, Transport};

use crate::capabilities::{CombinedSelectors, Evidence};
use crate::connect;
use crate::rpc::{self, querier_path};

/// A profile type that every server can parse. Nothing is ever computed for it.
const ANY_PROFILE_TYPE: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

/// Looks at a server.
///
/// Errors: what would make any other question fail too, such as wrong credentials.
pub(crate) async fn look(transport: &Transport, on_behalf: &OnBehalf) -> Result<Evidence, Fault> {
    let (build, flags, combined, heatmap) = futures::join!(
        build_info(transport, on_behalf),
        feature_flags(transport, on_behalf),
        combined_selectors(transport, on_behalf),
        heatmap(transport, on_behalf),
    );
    let combined_selectors = combined?;
    let build = build?;
    let flags = flags?;
    let calls_itself_fireline =
        [&build.version, &build.branch, &build.revision].iter().any(|text| is_fireline(text))
            || flags.iter().flatten().any(|flag| is_fireline(flag));
    Ok(Evidence {
        version_text: build.version,
        is_fireline: calls_itself_fireline,
        flags,
        combined_selectors,
        has_heatmap: heatmap?,
    })
}

fn is_fireline(text: &str) -> bool {
    text.to_ascii_lowercase().contains("fireline")
}

#[derive(Deserialize, Default)]
struct BuildInfoAnswer {
    #[serde(default)]
    data: BuildInfo,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct BuildInfo {
    version: String,
    revision: String,
    branch: String,
}

async fn build_info(transport: &Transport, on_behalf: &OnBehalf) -> Result<BuildInfo, Fault> {
    let question = Question {
        what: "build information",
        path: "/api/v1/status/buildinfo",
        body: None,
        dialect: &connect::PAGE,
    };
    match transport.ask(on_behalf, &question).await {
        // Gateways answer pages of their own here, which is as good as no answer.
        Ok(body) => Ok(serde_json::from_slice::<BuildInfoAnswer>(&body.bytes)
            .map(|answer| answer.data)
            .unwrap_or_default()),
        Err(fault) if fault.status.is_some() => Ok(BuildInfo::default()),
        Err(fault) => Err(fault),
    }
}

async fn feature_flags(
    transport: &Transport,
    on_behalf: &OnBehalf,
) -> Result<Option<Vec<String>>, Fault> {
    let path = "/capabilities.v1.FeatureFlagsService/GetFeatureFlags";
    let question = rpc::question("GetFeatureFlags", path, &GetFeatureFlagsRequest {});
    match transport.ask(on_behalf, &question).await {
        Ok(body) => {
            let response: GetFeatureFlagsResponse = rpc::decode("GetFeatureFlags", body.bytes)?;
            let on = response.feature_flags.into_iter().filter(|flag| flag.enabled);
            let mut names: Vec<String> = on.map(|flag| flag.name).collect();
            names.sort();
            Ok(Some(names))
        }
        Err(fault) if is_absent(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Servers that know both selectors refuse the two of them before they look at anything else;
/// others see a window of a millisecond.
async fn combined_selectors(
    transport: &Transport,
    on_behalf: &OnBehalf,
) -> Result<CombinedSelectors, Fault> {
    // A window of today, because a server with two storages sends old windows to the older one.
    let now = now_millis();
    let message = SelectMergeStacktracesRequest {
        profile_type_id: ANY_PROFILE_TYPE.to_owned(),
        label_selector: "{}".to_owned(),
        start: now - 1,
        end: now,
        max_nodes: Some(1),
        format: ProfileFormat::Tree.into(),
        span_selector: vec!["0000000000000001".to_owned()],
        trace_id_selector: vec!["00000000000000000000000000000001".to_owned()],
        ..Default::default()
    };
    let path = querier_path("SelectMergeStacktraces");
    let question = rpc::question("SelectMergeStacktraces", &path, &message);
    match transport.ask(on_behalf, &question).await {
        Ok(_) => Ok(CombinedSelectors::Ignored),
        Err(fault) if fault.server_text.contains("cannot be combined") => {
            Ok(CombinedSelectors::Refused)
        }
        Err(fault) if fault.kind == SourceErrorKind::Unimplemented => {
            Ok(CombinedSelectors::NoTraces)
        }
        // Something else in the request displeased an older server.
        Err(fault) if fault.kind == SourceErrorKind::InvalidRequest => {
            Ok(CombinedSelectors::Ignored)
        }
        Err(fault) => Err(fault),
    }
}

/// Servers that know heatmaps refuse an empty window; others do not know the call.
async fn heatmap(transport: &Transport, on_behalf: &OnBehalf) -> Result<bool, Fault> {
    let now = now_millis();
    let message = SelectHeatmapRequest {
        profile_type_id: ANY_PROFILE_TYPE.to_owned(),
        label_selector: "{}".to_owned(),
        start: now,
        end: now,
        step: 1.0,
        query_type: HeatmapQueryType::Individual.into(),
        ..Default::default()
    };
    let path = querier_path("SelectHeatmap");
    let question = rpc::question("SelectHeatmap", &path, &message);
    match transport.ask(on_behalf, &question).await {
        Ok(_) => Ok(true),
        Err(fault) if fault.kind == SourceErrorKind::InvalidRequest => Ok(true),
        Err(fault) if is_absent(&fault) => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Whether a fault says that there is no such call, rather than that it failed.
fn is_absent(fault: &Fault) -> bool {
    use SourceErrorKind::{NotFound, Unimplemented};
    matches!(fault.kind, NotFound | Unimplemented) && fault.status.is_some()
}

fn now_millis() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}
