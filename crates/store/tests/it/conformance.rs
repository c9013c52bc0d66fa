//! The suite that every source of profiles passes, and that it would notice a source that lies.

use conformance::{Subject, Truncation, check};
use query::{
    Heatmap, HeatmapRequest, Labels, MetadataRequest, NodeLimit, ProfileSource, ProfileStats,
    SeriesRequest, SeriesResponse, SourceError, TreeRequest, TreeResponse, Window,
};
use selector::{ProfileTypeId, Selector};
use store::Store;

use crate::recorded::recorded_store;

fn subject() -> Subject {
    Subject {
        profile_type: "process_cpu:cpu:nanoseconds:cpu:nanoseconds".parse().unwrap(),
        selector: Selector::parse(r#"{service_name="checkout"}"#).unwrap(),
        window: Window { start_millis: 1_795_240_169_000, end_millis: 1_795_240_289_000 },
        group_by: "route".to_owned(),
        truncation: Truncation::Exact,
        stats_are_prompt: true,
    }
}

#[tokio::test]
async fn the_store_passes() {
    let (store, _folder) = recorded_store().await;
    let passed = check(&store, &subject()).await.unwrap();
    assert_eq!(passed.len(), 16);
}

/// The store, with one answer spoiled.
#[derive(Debug)]
struct Lying {
    store: Store,
    lie: Lie,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    UnsortedNames,
    ForgottenLabel,
    MetadataOfOthers,
    NoStats,
    CutWithoutSaying,
    CallSiteIgnored,
    LabelIgnored,
    WindowIgnored,
    SpansIgnored,
    PointsLate,
    GroupLost,
    LimitIgnored,
    ProfileIdIgnored,
    AxisOfItsOwn,
    ForeignSpans,
}

impl ProfileSource for Lying {
    async fn profile_types(
        &self,
        request: &MetadataRequest,
    ) -> Result<Vec<ProfileTypeId>, SourceError> {
        self.store.profile_types(request).await
    }

    async fn label_names(&self, request: &MetadataRequest) -> Result<Vec<String>, SourceError> {
        let mut names = self.store.label_names(request).await?;
        match self.lie {
            Lie::UnsortedNames => names.reverse(),
            Lie::ForgottenLabel => {
                names.pop();
            }
            _ => {}
        }
        Ok(names)
    }

    async fn label_values(
        &self,
        name: &str,
        request: &MetadataRequest,
    ) -> Result<Vec<String>, SourceError> {
        let mut request = request.clone();
        if self.lie == Lie::MetadataOfOthers {
            request.selectors[0].matchers.truncate(1);
        }
        self.store.label_values(name, &request).await
    }

    async fn label_sets(
        &self,
        names: &[String],
        request: &MetadataRequest,
    ) -> Result<Vec<Labels>, SourceError> {
        self.store.label_sets(names, request).await
    }

    async fn tree(&self, request: &TreeRequest) -> Result<TreeResponse, SourceError> {
        let mut asked = request.clone();
        match self.lie {
            Lie::CutWithoutSaying if request.max_nodes == NodeLimit::from_query(16) => {
                asked.max_nodes = NodeLimit::All;
            }
            Lie::CallSiteIgnored => asked.call_site.clear(),
            Lie::LabelIgnored => asked.selector.matchers.truncate(1),
            Lie::WindowIgnored => asked.window = subject().window,
            Lie::SpansIgnored => asked.span_ids.clear(),
            Lie::ProfileIdIgnored => asked.profile_ids.clear(),
            _ => {}
        }
        self.store.tree(&asked).await
    }

    async fn series(&self, request: &SeriesRequest) -> Result<SeriesResponse, SourceError> {
        let mut asked = request.clone();
        if self.lie == Lie::LimitIgnored {
            asked.limit = None;
        }
        let mut response = self.store.series(&asked).await?;
        let series = &mut response.series;
        match self.lie {
            Lie::PointsLate => {
                let points = series.iter_mut().flat_map(|series| &mut series.points);
                points.for_each(|point| point.timestamp_millis += 1);
            }
            Lie::GroupLost if !request.group_by.is_empty() => {
                series.pop();
            }
            _ => {}
        }
        Ok(response)
    }

    async fn heatmap(&self, request: &HeatmapRequest) -> Result<Heatmap, SourceError> {
        let mut heatmap = self.store.heatmap(request).await?;
        for slot in heatmap.series.iter_mut().flat_map(|series| &mut series.slots) {
            match self.lie {
                Lie::AxisOfItsOwn => slot.y_min[0] += slot.timestamp_millis as f64,
                Lie::ForeignSpans => {
                    let exemplars = slot.exemplars.iter_mut();
                    exemplars.for_each(|exemplar| exemplar.span_id = "00000000000000a1".to_owned());
                }
                _ => {}
            }
        }
        Ok(heatmap)
    }

    async fn stats(&self) -> Result<ProfileStats, SourceError> {
        let stats = self.store.stats().await?;
        Ok(if self.lie == Lie::NoStats { ProfileStats::default() } else { stats })
    }
}

#[tokio::test]
async fn the_suite_notices_a_source_that_lies() {
    let (store, _folder) = recorded_store().await;
    for (lie, noticed) in [
        (Lie::UnsortedNames, "lists are sorted and distinct"),
        (Lie::ForgottenLabel, "label sets agree with names and values"),
        (Lie::MetadataOfOthers, "no series has no metadata"),
        (Lie::NoStats, "stats cover the window"),
        (Lie::CutWithoutSaying, "a cut tree keeps its total"),
        (Lie::CallSiteIgnored, "a call site is a part of the tree"),
        (Lie::LabelIgnored, "trees of label values add up to the whole"),
        (Lie::WindowIgnored, "trees of windows add up to the whole"),
        (Lie::SpansIgnored, "nothing selected is an empty tree"),
        (Lie::PointsLate, "a series adds up to the tree"),
        (Lie::GroupLost, "groups add up to the series"),
        (Lie::LimitIgnored, "a limit keeps the largest series"),
        (Lie::ProfileIdIgnored, "profile exemplars lead to their profile"),
        (Lie::AxisOfItsOwn, "a heatmap has one axis"),
        (Lie::ForeignSpans, "span exemplars lead to their span"),
    ] {
        let failure = check(&Lying { store: store.clone(), lie }, &subject()).await.unwrap_err();
        assert_eq!(failure.check, noticed, "{lie:?}: {failure}");
    }
}
