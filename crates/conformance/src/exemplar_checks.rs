//! What must hold of exemplars and heatmaps.

use query::{
    Exemplar, ExemplarKind, HeatmapKind, ProfileSource, SeriesRequest, TreeRequest, Window,
};

use crate::failure::{Outcome, expect, expect_equal};
use crate::subject::Subject;
use crate::tree_checks::total;

pub(crate) async fn profiles(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let request = SeriesRequest { exemplars: ExemplarKind::Profile, ..subject.series(4) };
    let mut found = 0;
    for point in source.series(&request).await?.series.iter().flat_map(|series| &series.points) {
        for exemplar in &point.exemplars {
            found += 1;
            let step = Window {
                start_millis: point.timestamp_millis - request.step_millis + 1,
                end_millis: point.timestamp_millis,
            };
            expect_within(exemplar, step)?;
            expect(exemplar.value as f64 <= point.value, || {
                format!("an exemplar has {}, its point {}", exemplar.value, point.value)
            })?;
            let profile_ids = vec![exemplar.profile_id.clone()];
            let tree = TreeRequest { profile_ids, window: step, ..subject.tree() };
            let of_tree = total(source, &tree).await?;
            expect_equal("the tree of an exemplar's profile", &of_tree, &exemplar.value)?;
        }
    }
    expect(found > 0, || "no point has an exemplar".to_owned())
}

fn expect_within(exemplar: &Exemplar, step: Window) -> Outcome {
    let time = exemplar.timestamp_millis;
    expect(step.start_millis <= time && time <= step.end_millis, || {
        format!("an exemplar at {time} for {step:?}")
    })
}

pub(crate) async fn heatmap(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    for kind in [HeatmapKind::Profile, HeatmapKind::Span] {
        let heatmap = source.heatmap(&subject.heatmap(kind, 4)).await?;
        let slots: Vec<_> = heatmap.series.iter().flat_map(|series| &series.slots).collect();
        let Some(first) = slots.first() else {
            return expect(false, || format!("the heatmap of {kind:?} is empty"));
        };
        for slot in &slots {
            expect_equal("the axis of a slot", &slot.y_min, &first.y_min)?;
            expect_equal("the counts of a slot", &slot.counts.len(), &20)?;
            expect(slot.counts.iter().sum::<i32>() > 0, || "an empty slot".to_owned())?;
            let cells = slot.counts.iter().filter(|count| **count > 0).count();
            expect(slot.exemplars.len() <= cells, || {
                format!("{} exemplars for {cells} cells", slot.exemplars.len())
            })?;
        }
        expect_equal("the buckets", &first.y_min.len(), &20)?;
        let is_ascending = first.y_min.is_sorted_by(|a, b| a < b);
        expect(is_ascending, || format!("the axis is {:?}", first.y_min))?;
    }
    Ok(())
}

/// How many span exemplars are followed.
const FOLLOWED: usize = 8;

pub(crate) async fn spans(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let heatmap = source.heatmap(&subject.heatmap(HeatmapKind::Span, 4)).await?;
    let slots = heatmap.series.iter().flat_map(|series| &series.slots);
    let exemplars: Vec<&Exemplar> = slots.flat_map(|slot| &slot.exemplars).collect();
    expect(!exemplars.is_empty(), || "no cell has an exemplar".to_owned())?;
    for exemplar in exemplars.into_iter().take(FOLLOWED) {
        // A span may go on in the next profile: its value is that of one.
        let time = exemplar.timestamp_millis;
        let of_profile = TreeRequest {
            // A profile within the millisecond is after its start, for sources that count in nanoseconds.
            window: Window { start_millis: time, end_millis: time + 1 },
            ..subject.tree()
        };
        let span_ids = vec![exemplar.span_id.clone()];
        let of_span = total(source, &TreeRequest { span_ids, ..of_profile.clone() }).await?;
        expect_equal("the tree of an exemplar's span", &of_span, &exemplar.value)?;
        if exemplar.trace_id.is_empty() {
            continue;
        }
        let trace_ids = vec![exemplar.trace_id.clone()];
        let of_trace = total(source, &TreeRequest { trace_ids, ..of_profile }).await?;
        expect(of_trace >= of_span, || {
            format!("the trace has {of_trace}, its span {} {of_span}", exemplar.span_id)
        })?;
    }
    Ok(())
}
