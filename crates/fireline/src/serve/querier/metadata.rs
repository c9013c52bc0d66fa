//! Which profile types, labels and series there are.

use pyroscope_api::querier::v1::{
    ProfileTypesRequest, ProfileTypesResponse, SeriesRequest, SeriesResponse,
};
use pyroscope_api::types::v1::{
    GetProfileStatsRequest, GetProfileStatsResponse, LabelNamesRequest, LabelNamesResponse,
    LabelPair, LabelValuesRequest, LabelValuesResponse, Labels, ProfileType,
};
use query::{MetadataRequest, ProfileSource, Window};
use selector::ProfileTypeId;

use super::validate;
use crate::serve::connect::{CallContext, CallError};

/// How far back profile types are looked up when the client names no time.
const DEFAULT_LOOK_BACK_MILLIS: i64 = 3_600_000;

pub(crate) async fn profile_types(
    source: &impl ProfileSource,
    now_millis: i64,
    request: ProfileTypesRequest,
) -> Result<ProfileTypesResponse, CallError> {
    let window = if request.start == 0 && request.end == 0 {
        let start_millis = now_millis.saturating_sub(DEFAULT_LOOK_BACK_MILLIS);
        Window { start_millis, end_millis: now_millis }
    } else {
        validate::window(request.start, request.end)?
    };
    let types = source.profile_types(&MetadataRequest { selectors: Vec::new(), window }).await?;
    Ok(ProfileTypesResponse { profile_types: types.into_iter().map(profile_type).collect() })
}

fn profile_type(id: ProfileTypeId) -> ProfileType {
    ProfileType {
        id: id.to_string(),
        name: id.name,
        sample_type: id.sample_type,
        sample_unit: id.sample_unit,
        period_type: id.period_type,
        period_unit: id.period_unit,
    }
}

pub(crate) async fn label_names(
    source: &impl ProfileSource,
    ctx: &CallContext,
    request: LabelNamesRequest,
) -> Result<LabelNamesResponse, CallError> {
    let window = validate::window(request.start, request.end)?;
    let selectors = validate::matchers(&request.matchers)?;
    let mut names = source.label_names(&MetadataRequest { selectors, window }).await?;
    names.retain(|name| is_shown(name, ctx));
    Ok(LabelNamesResponse { names })
}

pub(crate) async fn label_values(
    source: &impl ProfileSource,
    request: LabelValuesRequest,
) -> Result<LabelValuesResponse, CallError> {
    if request.name.is_empty() {
        return Err(CallError::invalid_argument("label values of which label: name is empty"));
    }
    let window = validate::window(request.start, request.end)?;
    let selectors = validate::matchers(&request.matchers)?;
    let asked = MetadataRequest { selectors, window };
    let names = source.label_values(&request.name, &asked).await?;
    Ok(LabelValuesResponse { names })
}

pub(crate) async fn series(
    source: &impl ProfileSource,
    ctx: &CallContext,
    request: SeriesRequest,
) -> Result<SeriesResponse, CallError> {
    let window = validate::window(request.start, request.end)?;
    let selectors = validate::matchers(&request.matchers)?;
    let asked = MetadataRequest { selectors, window };
    let mut sets = source.label_sets(&request.label_names, &asked).await?;
    if !ctx.capabilities.utf8_label_names {
        for set in &mut sets {
            set.retain(|(name, _)| is_shown(name, ctx));
        }
        // Sets that differed only in hidden labels are one now.
        sets.sort();
        sets.dedup();
    }
    let labels_set = sets.into_iter().map(|set| Labels { labels: label_pairs(set) }).collect();
    Ok(SeriesResponse { labels_set })
}

pub(crate) async fn profile_stats(
    source: &impl ProfileSource,
    _: GetProfileStatsRequest,
) -> Result<GetProfileStatsResponse, CallError> {
    let stats = source.stats().await?;
    Ok(GetProfileStatsResponse {
        data_ingested: stats.data_ingested,
        oldest_profile_time: stats.oldest_profile_millis,
        newest_profile_time: stats.newest_profile_millis,
    })
}

/// Labels as the API has them.
pub(super) fn label_pairs(labels: query::Labels) -> Vec<LabelPair> {
    labels.into_iter().map(|(name, value)| LabelPair { name, value }).collect()
}

/// Whether a client that did not ask for UTF-8 label names sees this one.
fn is_shown(name: &str, ctx: &CallContext) -> bool {
    ctx.capabilities.utf8_label_names || is_identifier(name)
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
