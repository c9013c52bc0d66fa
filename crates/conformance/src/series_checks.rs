//! What must hold of series.

use std::collections::BTreeMap;

use query::{ProfileSource, Series, SeriesRequest, Window};

use crate::failure::{Outcome, expect, expect_equal};
use crate::subject::Subject;
use crate::tree_checks::total;

fn sum(series: &Series) -> f64 {
    series.points.iter().map(|point| point.value).sum()
}

pub(crate) async fn adds_up(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    for steps in [1, 4] {
        let mut request = subject.series(steps);
        // The last point ends the window, so that nothing lies after it.
        request.window.end_millis = request.window.start_millis + request.step_millis * steps;
        let series = source.series(&request).await?.series;
        let [series] = &series[..] else {
            return expect(false, || format!("{} series without group_by", series.len()));
        };
        expect_equal("labels without group_by", &series.labels, &vec![])?;
        for point in &series.points {
            let since = point.timestamp_millis - request.window.start_millis;
            let is_on_step = since >= 0 && since % request.step_millis == 0;
            expect(is_on_step && point.timestamp_millis <= request.window.end_millis, || {
                format!("a point at {}, {since} ms after the start", point.timestamp_millis)
            })?;
            let window = Window {
                start_millis: point.timestamp_millis - request.step_millis + 1,
                end_millis: point.timestamp_millis,
            };
            let tree = query::TreeRequest { window, ..subject.tree() };
            let of_tree = total(source, &tree).await? as f64;
            expect_equal("a point and the tree of its step", &point.value, &of_tree)?;
        }
        let times: Vec<i64> = series.points.iter().map(|point| point.timestamp_millis).collect();
        expect(times.is_sorted_by(|a, b| a < b), || format!("points at {times:?}"))?;
        let after_start = Window {
            start_millis: request.window.start_millis + 1,
            end_millis: request.window.end_millis,
        };
        let whole = query::TreeRequest { window: after_start, ..subject.tree() };
        let points = series.points.iter();
        let points = points.filter(|point| point.timestamp_millis > request.window.start_millis);
        let found: f64 = points.map(|point| point.value).sum();
        let expected = total(source, &whole).await? as f64;
        expect_equal("all points and the whole tree", &found, &expected)?;
    }
    Ok(())
}

fn grouped(subject: &Subject) -> SeriesRequest {
    SeriesRequest { group_by: vec![subject.group_by.clone()], ..subject.series(4) }
}

pub(crate) async fn groups(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let series = source.series(&grouped(subject)).await?.series;
    expect(series.len() > 1, || format!("{} groups of {:?}", series.len(), subject.group_by))?;
    let mut sums: BTreeMap<i64, f64> = BTreeMap::new();
    for point in series.iter().flat_map(|series| &series.points) {
        *sums.entry(point.timestamp_millis).or_default() += point.value;
    }
    let together = source.series(&subject.series(4)).await?.series;
    let together: BTreeMap<i64, f64> = together
        .iter()
        .flat_map(|series| &series.points)
        .map(|point| (point.timestamp_millis, point.value))
        .collect();
    expect_equal("points of all groups together", &sums, &together)
}

pub(crate) async fn limit(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let all = source.series(&grouped(subject)).await?.series;
    expect(all.is_sorted_by(|a, b| sum(a) >= sum(b)), || {
        format!("the sums are {:?}, expected descending", all.iter().map(sum).collect::<Vec<_>>())
    })?;
    let request = SeriesRequest { limit: Some(1), ..grouped(subject) };
    expect_equal(
        "the series with a limit of 1",
        &source.series(&request).await?.series,
        &all[..1].to_vec(),
    )
}
