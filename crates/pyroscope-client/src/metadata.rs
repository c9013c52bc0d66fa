//! Profile types, label names, label values, label sets.

use std::collections::BTreeSet;

use pyroscope_api::querier::v1::{
    ProfileTypesRequest, ProfileTypesResponse, SeriesRequest, SeriesResponse,
};
use pyroscope_api::types::v1::{
    GetProfileStatsRequest, GetProfileStatsResponse, LabelNamesRequest, LabelNamesResponse,
    LabelPair, LabelValuesRequest, LabelValuesResponse,
};
use query::{Labels, MetadataRequest, ProfileStats, Window};
use selector::ProfileTypeId;

use crate::client::PyroscopeClient;
use crate::rpc;
use crate::window_parts::{Parts, ask_in_parts, split};
use upstream_http::Fault;

/// The label that holds the profile type id.
const PROFILE_TYPE_LABEL: &str = "__profile_type__";

impl PyroscopeClient {
    pub(crate) async fn ask_profile_types(
        &self,
        request: &MetadataRequest,
    ) -> Result<Vec<ProfileTypeId>, Fault> {
        let ids = if request.selectors.is_empty() {
            let parts = ask_in_parts(&self.limits, request.window, split, unite, |part| {
                let message =
                    ProfileTypesRequest { start: part.start_millis, end: part.end_millis };
                self.names("ProfileTypes", message, |response: ProfileTypesResponse| {
                    response.profile_types.into_iter().map(|profile_type| profile_type.id).collect()
                })
            });
            union(parts.await?)
        } else {
            // The call itself takes no selector.
            self.ask_label_values(PROFILE_TYPE_LABEL, request).await?
        };
        // An id that cannot be read cannot be asked for either.
        let ids: BTreeSet<ProfileTypeId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        Ok(ids.into_iter().collect())
    }

    pub(crate) async fn ask_label_names(
        &self,
        request: &MetadataRequest,
    ) -> Result<Vec<String>, Fault> {
        let parts = ask_in_parts(&self.limits, request.window, split, unite, |part| {
            let Window { start_millis: start, end_millis: end } = part;
            let message = LabelNamesRequest { matchers: matchers(request), start, end };
            self.names("LabelNames", message, |response: LabelNamesResponse| response.names)
        });
        Ok(union(parts.await?))
    }

    pub(crate) async fn ask_label_values(
        &self,
        name: &str,
        request: &MetadataRequest,
    ) -> Result<Vec<String>, Fault> {
        let parts = ask_in_parts(&self.limits, request.window, split, unite, |part| {
            let Window { start_millis: start, end_millis: end } = part;
            let matchers = matchers(request);
            let message = LabelValuesRequest { name: name.to_owned(), matchers, start, end };
            self.names("LabelValues", message, |response: LabelValuesResponse| response.names)
        });
        Ok(union(parts.await?))
    }

    pub(crate) async fn ask_label_sets(
        &self,
        label_names: &[String],
        request: &MetadataRequest,
    ) -> Result<Vec<Labels>, Fault> {
        let parts = ask_in_parts(&self.limits, request.window, split, unite, |part| {
            let message = SeriesRequest {
                matchers: matchers(request),
                label_names: label_names.to_vec(),
                start: part.start_millis,
                end: part.end_millis,
            };
            self.names("Series", message, |response: SeriesResponse| {
                response.labels_set.into_iter().map(|set| labels(set.labels)).collect()
            })
        });
        Ok(union(parts.await?))
    }

    pub(crate) async fn ask_stats(&self) -> Result<ProfileStats, Fault> {
        let shared = &self.shared;
        let make = |response: GetProfileStatsResponse| Ok(response);
        let request = GetProfileStatsRequest {};
        let answer =
            rpc::call(&shared.transport, &self.on_behalf, "GetProfileStats", &request, make);
        let GetProfileStatsResponse { data_ingested, oldest_profile_time, newest_profile_time } =
            answer.await?.message;
        // Without data the server gives the first and last time it can think of.
        let time = |millis: i64| if data_ingested { millis } else { 0 };
        Ok(ProfileStats {
            data_ingested,
            oldest_profile_millis: time(oldest_profile_time),
            newest_profile_millis: time(newest_profile_time),
        })
    }

    async fn names<Q, R, T>(
        &self,
        name: &'static str,
        request: Q,
        make: fn(R) -> Vec<T>,
    ) -> Result<Vec<T>, Fault>
    where
        Q: prost::Message,
        R: prost::Message + Default + 'static,
        T: Send + 'static,
    {
        let shared = &self.shared;
        let make = move |response| Ok(make(response));
        let answer = rpc::call(&shared.transport, &self.on_behalf, name, &request, make).await?;
        Ok(answer.message)
    }
}

/// A server's labels as a label set.
pub(crate) fn labels(pairs: Vec<LabelPair>) -> Labels {
    let mut labels: Labels =
        pairs.into_iter().map(|LabelPair { name, value }| (name, value)).collect();
    labels.sort();
    labels.dedup_by(|later, first| later.0 == first.0);
    labels
}

fn matchers(request: &MetadataRequest) -> Vec<String> {
    request.selectors.iter().map(ToString::to_string).collect()
}

/// Gathers what is distinct.
async fn unite<T: Ord>(mut all: BTreeSet<T>, answer: Vec<T>) -> Result<BTreeSet<T>, Fault> {
    all.extend(answer);
    Ok(all)
}

fn union<T: Ord>(parts: Parts<BTreeSet<T>>) -> Vec<T> {
    parts.gathered.into_iter().collect()
}
