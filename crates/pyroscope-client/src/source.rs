//! The client as a source of profiles.

use query::{
    Heatmap, HeatmapRequest, Labels, MetadataRequest, ProfileSource, ProfileStats, SeriesRequest,
    SeriesResponse, SourceError, TreeRequest, TreeResponse,
};
use selector::ProfileTypeId;

use crate::client::PyroscopeClient;

impl ProfileSource for PyroscopeClient {
    async fn profile_types(
        &self,
        request: &MetadataRequest,
    ) -> Result<Vec<ProfileTypeId>, SourceError> {
        Ok(self.ask_profile_types(request).await?)
    }

    async fn label_names(&self, request: &MetadataRequest) -> Result<Vec<String>, SourceError> {
        Ok(self.ask_label_names(request).await?)
    }

    async fn label_values(
        &self,
        name: &str,
        request: &MetadataRequest,
    ) -> Result<Vec<String>, SourceError> {
        Ok(self.ask_label_values(name, request).await?)
    }

    async fn label_sets(
        &self,
        label_names: &[String],
        request: &MetadataRequest,
    ) -> Result<Vec<Labels>, SourceError> {
        Ok(self.ask_label_sets(label_names, request).await?)
    }

    async fn tree(&self, request: &TreeRequest) -> Result<TreeResponse, SourceError> {
        Ok(self.ask_tree(request).await?)
    }

    async fn series(&self, request: &SeriesRequest) -> Result<SeriesResponse, SourceError> {
        Ok(self.ask_series(request).await?)
    }

    async fn heatmap(&self, request: &HeatmapRequest) -> Result<Heatmap, SourceError> {
        Ok(self.ask_heatmap(request).await?)
    }

    async fn stats(&self) -> Result<ProfileStats, SourceError> {
        Ok(self.ask_stats().await?)
    }
}
