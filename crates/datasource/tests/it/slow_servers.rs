//! What only explains an answer never keeps the answer waiting for long.

use std::future::pending;
use std::time::Duration;

use datasource::{FoundTree, TreeLookup};
use links::LinkSettings;
use profile::Tree;
use query::{
    Heatmap, HeatmapRequest, Labels, MetadataRequest, ProfileSource, ProfileStats, Query,
    SeriesRequest, SeriesResponse, Settings, SourceError, SourceErrorKind, TreeRequest,
    TreeResponse, ValidQuery,
};
use selector::ProfileTypeId;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::lookups::{FIVE_MINUTES, TYPE};

/// Answers for call trees at once, and nothing else ever.
struct TreesOnly {
    tree: Result<Tree, SourceError>,
}

impl ProfileSource for TreesOnly {
    async fn profile_types(&self, _: &MetadataRequest) -> Result<Vec<ProfileTypeId>, SourceError> {
        pending().await
    }

    async fn label_names(&self, _: &MetadataRequest) -> Result<Vec<String>, SourceError> {
        pending().await
    }

    async fn label_values(&self, _: &str, _: &MetadataRequest) -> Result<Vec<String>, SourceError> {
        pending().await
    }

    async fn label_sets(
        &self,
        _: &[String],
        _: &MetadataRequest,
    ) -> Result<Vec<Labels>, SourceError> {
        pending().await
    }

    async fn tree(&self, _: &TreeRequest) -> Result<TreeResponse, SourceError> {
        let tree = self.tree.clone()?;
        let notices = Vec::new();
        Ok(TreeResponse { tree, may_be_truncated: false, call: "", wire_bytes: 0, notices })
    }

    async fn series(&self, _: &SeriesRequest) -> Result<SeriesResponse, SourceError> {
        pending().await
    }

    async fn heatmap(&self, _: &HeatmapRequest) -> Result<Heatmap, SourceError> {
        pending().await
    }

    async fn stats(&self) -> Result<ProfileStats, SourceError> {
        pending().await
    }
}

/// What is found, and after how long.
async fn look_up(
    tree: Result<Tree, SourceError>,
    change: &Value,
) -> (Result<FoundTree, SourceError>, Duration) {
    let mut query = json!({
        "queryType": "profile", "profileTypeId": TYPE, "labelSelector": "{service_name=\"a\"}",
    });
    query.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let settings = Settings::default();
    let query = Query::from_json(query.to_string().as_bytes()).unwrap();
    let query = ValidQuery::new(&query, &settings).unwrap();
    let links = LinkSettings::default();
    let source = TreesOnly { tree };
    let lookup = TreeLookup { source: &source, settings: &settings, links: &links, facts: None };
    let started = Instant::now();
    let found = lookup.look_up(&query, FIVE_MINUTES).await;
    (found, started.elapsed())
}

fn two_spans() -> Value {
    json!({"spanSelector": ["03fa1cbd967b13da", "d94bc0e4b55a89c1"]})
}

#[tokio::test(start_paused = true)]
async fn why_nothing_is_found_is_left_unsaid_where_it_takes_too_long() {
    let (found, took) = look_up(Ok(Tree::empty()), &json!({})).await;
    assert!(found.unwrap().response.tree.is_empty());
    assert!(took <= Duration::from_secs(20), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn how_many_spans_had_samples_is_left_unsaid_where_it_takes_too_long() {
    let tree = fixtures::tree_from_folded("main 1");
    let (found, took) = look_up(Ok(tree), &two_spans()).await;
    let spans = found.unwrap().spans.unwrap();
    assert_eq!(spans.with_samples, None);
    assert!(spans.sentence().contains("is not known"), "{}", spans.sentence());
    assert!(took <= Duration::from_secs(10), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_at_once() {
    let message = "out of order".to_owned();
    let error = SourceError { kind: SourceErrorKind::Internal, message };
    let (found, took) = look_up(Err(error.clone()), &two_spans()).await;
    assert_eq!(found.unwrap_err(), error);
    assert_eq!(took, Duration::ZERO);
}
