//! A store in a folder of its own, and requests with few words.

use fixtures::{format_tree, profile_from_folded};
use profile::{NodeIdx, Profile, Tree};
use query::{
    ExemplarKind, HeatmapKind, HeatmapRequest, Labels, MetadataRequest, NodeLimit, ProfileSource,
    SeriesRequest, SourceError, TreeRequest, Window,
};
use selector::{ProfileTypeId, Selector};
use store::{IncomingProfile, PushOutcome, Store, StoreConfig};

/// Noon of 2026-11-21, UTC.
pub(crate) const NOON: i64 = 1_795_262_400_000;
pub(crate) const HOUR: i64 = 3_600_000;
pub(crate) const DAY: i64 = 24 * HOUR;
/// The type of profiles that `fixtures` makes, pushed with `__name__="cpu"`.
pub(crate) const TYPE: &str = "cpu:samples:count::";

/// A store in a temporary folder, which is open for as long as this lives.
#[derive(Debug)]
pub(crate) struct TestStore {
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
}

impl TestStore {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut StoreConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = StoreConfig::new(folder.path());
        change(&mut config);
        Self { store: Store::open(config).unwrap(), folder }
    }

    /// Closes the store and opens it anew.
    pub(crate) fn reopen(self) -> Self {
        self.reopen_with(|_| {})
    }

    pub(crate) fn reopen_with(self, change: impl FnOnce(&mut StoreConfig)) -> Self {
        let Self { store, folder } = self;
        drop(store);
        let mut config = StoreConfig::new(folder.path());
        change(&mut config);
        Self { store: Store::open(config).unwrap(), folder }
    }

    /// Pushes a profile in folded text, and expects it to be stored.
    pub(crate) async fn push(&self, labels: &str, time_millis: i64, folded: &str) {
        self.push_profile(labels, time_millis, profile_from_folded(folded)).await;
    }

    pub(crate) async fn push_profile(&self, labels: &str, time_millis: i64, profile: Profile) {
        let outcome = self.try_push(labels, time_millis, profile).await;
        assert_eq!(outcome, PushOutcome { stored: 1, errors: vec![] });
    }

    pub(crate) async fn try_push(
        &self,
        labels: &str,
        time_millis: i64,
        mut profile: Profile,
    ) -> PushOutcome {
        profile.time_nanos = time_millis * 1_000_000;
        let incoming = vec![IncomingProfile { labels: parse_labels(labels).into(), profile }];
        self.store.push(incoming, time_millis.max(NOON)).await.unwrap()
    }

    /// The whole call tree of a request, written out.
    pub(crate) async fn tree(&self, request: TreeRequest) -> String {
        format_tree(&self.store.tree(&request).await.unwrap().tree)
    }

    pub(crate) async fn total(&self, request: TreeRequest) -> i64 {
        total(&self.store.tree(&request).await.unwrap().tree)
    }

    pub(crate) async fn error(&self, request: TreeRequest) -> SourceError {
        self.store.tree(&request).await.unwrap_err()
    }

    /// The names of the day files, ascending.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name != "lock");
        names.sort();
        names
    }
}

pub(crate) fn total(tree: &Tree) -> i64 {
    tree.total_value(NodeIdx(0))
}

/// `service_name=checkout route=/cart`, with `__name__="cpu"` added.
pub(crate) fn parse_labels(text: &str) -> Labels {
    let own = text.split_whitespace().map(|label| label.split_once('=').unwrap());
    let all = [("__name__", "cpu")].into_iter().chain(own);
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub(crate) fn window(start_millis: i64, end_millis: i64) -> Window {
    Window { start_millis, end_millis }
}

/// A day around noon.
pub(crate) fn around_noon() -> Window {
    window(NOON - DAY / 2, NOON + DAY / 2)
}

/// The whole tree of a selector around noon.
pub(crate) fn of(selector: &str) -> TreeRequest {
    TreeRequest {
        profile_type: TYPE.parse().unwrap(),
        selector: Selector::parse(selector).unwrap(),
        window: around_noon(),
        max_nodes: NodeLimit::All,
        span_ids: vec![],
        trace_ids: vec![],
        profile_ids: vec![],
        call_site: vec![],
    }
}

pub(crate) fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

pub(crate) fn about(selector: &str, window: Window) -> MetadataRequest {
    MetadataRequest { selectors: vec![Selector::parse(selector).unwrap()], window }
}

pub(crate) fn series_of(selector: &str, window: Window, step_millis: i64) -> SeriesRequest {
    SeriesRequest {
        profile_type: TYPE.parse().unwrap(),
        selector: Selector::parse(selector).unwrap(),
        window,
        step_millis,
        group_by: vec![],
        limit: None,
        exemplars: ExemplarKind::None,
        call_site: vec![],
    }
}

pub(crate) fn heatmap_of(kind: HeatmapKind, window: Window, step_millis: i64) -> HeatmapRequest {
    HeatmapRequest {
        profile_type: TYPE.parse::<ProfileTypeId>().unwrap(),
        selector: Selector::default(),
        window,
        step_millis,
        group_by: vec![],
        kind,
        exemplars: true,
        limit: None,
    }
}
