//! The store as a source of profiles.

use query::{
    Heatmap, HeatmapRequest, Labels, MetadataRequest, NodeLimit, ProfileSource, ProfileStats,
    SeriesRequest, SeriesResponse, SourceError, TreeRequest, TreeResponse,
};
use selector::ProfileTypeId;

use crate::heatmap_query::select_heatmap;
use crate::metadata_query::{label_names, label_sets, label_values, profile_types, stats};
use crate::read::{internal, invalid};
use crate::series_query::select_series;
use crate::store::Store;
use crate::tree_query::merged_tree;

impl ProfileSource for Store {
    async fn profile_types(
        &self,
        request: &MetadataRequest,
    ) -> Result<Vec<ProfileTypeId>, SourceError> {
        let request = request.clone();
        self.readers().run(move |reading| profile_types(reading, &request)).await
    }

    async fn label_names(&self, request: &MetadataRequest) -> Result<Vec<String>, SourceError> {
        let request = request.clone();
        self.readers().run(move |reading| label_names(reading, &request)).await
    }

    async fn label_values(
        &self,
        name: &str,
        request: &MetadataRequest,
    ) -> Result<Vec<String>, SourceError> {
        let (name, request) = (name.to_owned(), request.clone());
        self.readers().run(move |reading| label_values(reading, &name, &request)).await
    }

    async fn label_sets(
        &self,
        names: &[String],
        request: &MetadataRequest,
    ) -> Result<Vec<Labels>, SourceError> {
        let (names, request) = (names.to_vec(), request.clone());
        self.readers().run(move |reading| label_sets(reading, &names, &request)).await
    }

    /// The tree is cut once, at the end: what is kept is exact.
    async fn tree(&self, request: &TreeRequest) -> Result<TreeResponse, SourceError> {
        let max_nodes = match request.max_nodes.or(NodeLimit::OF_PYROSCOPE).to_query() {
            None | Some(0) => None,
            Some(max_nodes) if max_nodes > NodeLimit::MOST_OF_PYROSCOPE => {
                let most = NodeLimit::MOST_OF_PYROSCOPE;
                return Err(invalid(format!(
                    "max nodes is {max_nodes}, expected at most {most}, or all"
                )));
            }
            Some(max_nodes) => Some(usize::try_from(max_nodes).unwrap_or(usize::MAX)),
        };
        let request = request.clone();
        self.readers()
            .run(move |reading| {
                let mut tree = merged_tree(reading, &request)?;
                if let Some(max_nodes) = max_nodes {
                    let truncated = profile::truncate(tree, max_nodes);
                    tree = truncated.map_err(|error| internal(&error.to_string()))?.tree;
                }
                let may_be_truncated = !tree.truncated().is_empty();
                let notices = reading.notices(request.window);
                Ok(TreeResponse { tree, may_be_truncated, call: "", wire_bytes: 0, notices })
            })
            .await
    }

    async fn series(&self, request: &SeriesRequest) -> Result<SeriesResponse, SourceError> {
        let request = request.clone();
        self.readers()
            .run(move |reading| {
                let series = select_series(reading, &request)?;
                let notices = reading.notices(request.window);
                Ok(SeriesResponse { series, notices, ..SeriesResponse::default() })
            })
            .await
    }

    async fn heatmap(&self, request: &HeatmapRequest) -> Result<Heatmap, SourceError> {
        let request = request.clone();
        self.readers()
            .run(move |reading| {
                let heatmap = select_heatmap(reading, &request)?;
                Ok(Heatmap { notices: reading.notices(request.window), ..heatmap })
            })
            .await
    }

    async fn stats(&self) -> Result<ProfileStats, SourceError> {
        self.readers().run(stats).await
    }
}
