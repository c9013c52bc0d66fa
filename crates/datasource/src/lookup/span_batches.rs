//! Call trees of many spans, asked for in several questions.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use profile::{Tree, TreeMerger};
use query::{
    HeatmapKind, HeatmapRequest, ProfileSource, SourceError, SourceErrorKind, SourceNotice,
    TreeRequest, TreeResponse,
};

use super::tree_lookup::within_patience;

/// So many span ids go into one question: servers look for each in every profile.
pub const SPANS_OF_BATCH: usize = 100;

/// So many questions are asked at the same time.
const BATCHES_AT_ONCE: usize = 4;

/// Into so many slots the time range is cut to find out which spans have samples.
const SLOTS: i64 = 500;

/// What is known of the spans that a call tree was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedSpans {
    /// How many different spans were asked for, at least 2.
    pub asked: usize,
    /// In how many questions.
    pub batches: usize,
    /// How many of them have samples. None: that is not known.
    pub with_samples: Option<SampledSpans>,
}

/// How many spans have samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampledSpans {
    /// How many are known to have some.
    pub count: usize,
    /// Whether no other has any.
    pub is_exact: bool,
}

impl AskedSpans {
    /// One sentence for the user.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { asked, batches, with_samples } = self;
        let mut text = match with_samples {
            Some(SampledSpans { count, is_exact: true }) => {
                format!("{count} of the {asked} spans asked for have samples")
            }
            Some(SampledSpans { count, is_exact: false }) => {
                format!("at least {count} of the {asked} spans asked for have samples")
            }
            None => {
                format!("{asked} spans were asked for; how many of them have samples is not known")
            }
        };
        if *batches > 1 {
            text.push_str(&format!("; they were asked for in {batches} parts"));
        }
        text
    }
}

/// The call tree of a request, its spans in batches, and for more than one span what is known of them.
///
/// Each span counts once, however often it is named.
/// Cost: one question for each batch, and one more about many spans.
pub(crate) async fn tree_of_spans<Source: ProfileSource>(
    source: &Source,
    request: &TreeRequest,
) -> Result<(TreeResponse, Option<AskedSpans>), SourceError> {
    let span_ids: BTreeSet<&String> = request.span_ids.iter().collect();
    if span_ids.len() < 2 {
        return Ok((source.tree(request).await?, None));
    }
    let span_ids: Vec<String> = span_ids.into_iter().cloned().collect();
    let batches: Vec<TreeRequest> = span_ids
        .chunks(SPANS_OF_BATCH)
        .map(|batch| TreeRequest { span_ids: batch.to_vec(), ..request.clone() })
        .collect();
    let asked = AskedSpans { asked: span_ids.len(), batches: batches.len(), with_samples: None };
    let counted = within_patience("which spans have samples", sampled(source, request, &span_ids));
    let (response, with_samples) =
        tokio::try_join!(all_batches(source, &batches), async { Ok(counted.await.flatten()) })?;
    let none = SampledSpans { count: 0, is_exact: true };
    let with_samples = if response.tree.is_empty() { Some(none) } else { with_samples };
    Ok((response, Some(AskedSpans { with_samples, ..asked })))
}

async fn all_batches<Source: ProfileSource>(
    source: &Source,
    batches: &[TreeRequest],
) -> Result<TreeResponse, SourceError> {
    if let [only] = batches {
        return source.tree(only).await;
    }
    // Nothing is asked before it is its turn.
    let questions: Vec<_> = batches.iter().map(|batch| source.tree(batch)).collect();
    let mut answers = stream::iter(questions).buffered(BATCHES_AT_ONCE);
    let mut merger = TreeMerger::default();
    let mut merged = TreeResponse {
        tree: Tree::empty(),
        may_be_truncated: false,
        call: "",
        wire_bytes: 0,
        notices: Vec::new(),
    };
    let mut missing_at_most = 0_i64;
    while let Some(TreeResponse { tree, may_be_truncated, call, wire_bytes, notices }) =
        answers.try_next().await?
    {
        merger.add(&tree).map_err(|error| not_merged(&error))?;
        merged.call = call;
        merged.may_be_truncated |= may_be_truncated;
        merged.wire_bytes = merged.wire_bytes.saturating_add(wire_bytes);
        for notice in notices {
            match notice {
                SourceNotice::LowerBounds { missing_at_most: missing } => {
                    missing_at_most = missing_at_most.saturating_add(missing);
                }
                notice if merged.notices.contains(&notice) => {}
                notice => merged.notices.push(notice),
            }
        }
        let folded = tree.truncated().iter().map(|node| tree.total_value(*node));
        missing_at_most = folded.fold(missing_at_most, i64::saturating_add);
    }
    if missing_at_most > 0 {
        merged.notices.push(SourceNotice::LowerBounds { missing_at_most });
    }
    merged.tree = merger.finish().map_err(|error| not_merged(&error))?;
    Ok(merged)
}

fn not_merged(error: &profile::TreeError) -> SourceError {
    SourceError {
        kind: SourceErrorKind::InvalidResponse,
        message: format!("merging the call trees of many spans: {error}"),
    }
}

/// How many of the spans have samples, as far as a heatmap's exemplars tell. None: they cannot.
///
/// Errors: those of the heatmap.
///
/// A heatmap shows the largest span of each of its cells: it knows them all where no cell holds two.
async fn sampled<Source: ProfileSource>(
    source: &Source,
    request: &TreeRequest,
    span_ids: &[String],
) -> Result<Option<SampledSpans>, SourceError> {
    // Samples of a call site or of single profiles are fewer than a heatmap counts.
    if !request.call_site.is_empty() || !request.profile_ids.is_empty() {
        return Ok(None);
    }
    let length = request.window.end_millis.saturating_sub(request.window.start_millis);
    let heatmap = source
        .heatmap(&HeatmapRequest {
            profile_type: request.profile_type.clone(),
            selector: request.selector.clone(),
            window: request.window,
            step_millis: (length / SLOTS).max(1_000),
            group_by: Vec::new(),
            kind: HeatmapKind::Span,
            exemplars: true,
            limit: Some(1),
        })
        .await?;
    let slots = || heatmap.series.iter().flat_map(|series| &series.slots);
    let counted: i64 = slots().flat_map(|slot| &slot.counts).map(|count| i64::from(*count)).sum();
    let exemplars = || slots().flat_map(|slot| &slot.exemplars);
    let seen: BTreeSet<&str> = exemplars().map(|exemplar| exemplar.span_id.as_str()).collect();
    let count = span_ids.iter().filter(|id| seen.contains(id.as_str())).count();
    let shown = i64::try_from(exemplars().count()).unwrap_or(i64::MAX);
    Ok(Some(SampledSpans { count, is_exact: shown == counted || count == span_ids.len() }))
}
