//! A store that answers what a test tells it to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fireline::serve::ProfileStore;
use profile::Profile;
use query::{
    Heatmap, HeatmapRequest, Labels, MetadataRequest, ProfileSource, ProfileStats, SeriesRequest,
    SeriesResponse, SourceError, SourceErrorKind, TreeRequest, TreeResponse,
};
use selector::ProfileTypeId;
use store::{IncomingProfile, ProfileError, PushError, PushOutcome};

/// What a store answers, and what it was asked.
#[derive(Clone, Default)]
pub(crate) struct FakeStore {
    /// Every query fails like this.
    pub(crate) failure: Option<SourceErrorKind>,
    /// Queries take so long.
    pub(crate) delay: Duration,
    pub(crate) label_names: Vec<String>,
    pub(crate) label_sets: Vec<Labels>,
    pub(crate) tree: Option<TreeResponse>,
    /// What is wrong with every pushed profile.
    pub(crate) refusal: Option<ProfileError>,
    pub(crate) asked: Arc<Mutex<Vec<TreeRequest>>>,
    /// Whether the store's writer has ended.
    pub(crate) writer_ended: bool,
    pub(crate) pushed: Arc<Mutex<Vec<IncomingProfile>>>,
    /// How many queries began, and how many ended.
    pub(crate) progress: Arc<Mutex<(u32, u32)>>,
}

impl FakeStore {
    async fn answer<T>(&self, answer: T) -> Result<T, SourceError> {
        self.progress.lock().unwrap().0 += 1;
        tokio::time::sleep(self.delay).await;
        self.progress.lock().unwrap().1 += 1;
        match self.failure {
            Some(kind) => Err(SourceError { kind, message: format!("told to fail: {kind:?}") }),
            None => Ok(answer),
        }
    }
}

impl ProfileSource for FakeStore {
    async fn profile_types(&self, _: &MetadataRequest) -> Result<Vec<ProfileTypeId>, SourceError> {
        let types = ["process_cpu:cpu:nanoseconds:cpu:nanoseconds"];
        self.answer(types.map(|id| id.parse().unwrap()).into()).await
    }

    async fn label_names(&self, _: &MetadataRequest) -> Result<Vec<String>, SourceError> {
        self.answer(self.label_names.clone()).await
    }

    async fn label_values(
        &self,
        name: &str,
        _: &MetadataRequest,
    ) -> Result<Vec<String>, SourceError> {
        self.answer(vec![format!("a value of {name}")]).await
    }

    async fn label_sets(
        &self,
        _: &[String],
        _: &MetadataRequest,
    ) -> Result<Vec<Labels>, SourceError> {
        self.answer(self.label_sets.clone()).await
    }

    async fn tree(&self, request: &TreeRequest) -> Result<TreeResponse, SourceError> {
        self.asked.lock().unwrap().push(request.clone());
        self.answer(self.tree.clone().expect("a tree to answer with")).await
    }

    async fn series(&self, _: &SeriesRequest) -> Result<SeriesResponse, SourceError> {
        self.answer(SeriesResponse::default()).await
    }

    async fn heatmap(&self, _: &HeatmapRequest) -> Result<Heatmap, SourceError> {
        self.answer(Heatmap::default()).await
    }

    async fn stats(&self) -> Result<ProfileStats, SourceError> {
        self.answer(ProfileStats::default()).await
    }
}

impl ProfileStore for FakeStore {
    async fn push(&self, profiles: Vec<IncomingProfile>, _: i64) -> Result<PushOutcome, PushError> {
        let count = profiles.len();
        self.pushed.lock().unwrap().extend(profiles);
        Ok(match &self.refusal {
            None => PushOutcome { stored: count, errors: Vec::new() },
            Some(error) => PushOutcome {
                stored: 0,
                errors: (0..count).map(|position| (position, error.clone())).collect(),
            },
        })
    }

    async fn merged_profile(&self, _: &TreeRequest) -> Result<Profile, SourceError> {
        self.answer(Profile::with_sample_types(&[("cpu", "nanoseconds")])).await
    }

    fn is_writing(&self) -> bool {
        !self.writer_ended
    }

    fn write_metrics(&self, text: &mut String) {
        text.push_str("fake_store_up 1\n");
    }
}
