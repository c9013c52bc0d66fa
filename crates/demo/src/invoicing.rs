//! The service `invoicing`: memory-bound work, sorting and compressing.

use std::collections::BTreeMap;

use crate::checkout::mix;
use crate::latency::ExemplarLabels;
use crate::log_lines::LogIds;
use crate::request_trace::step;
use crate::service::{Route, Service};

pub(crate) fn service() -> Service {
    const ROUTES: &[Route] = &[Route { name: "POST /invoice", handle: render_invoice }];
    // Its spans say that it is in the namespace "shop"; nobody told its profiler.
    Service {
        name: "invoicing",
        routes: ROUTES,
        profile_tags: &[("region", "eu-west")],
        exemplar_labels: ExemplarLabels::Snake,
        log_ids: LogIds::InMetadata,
    }
}

#[inline(never)]
fn render_invoice(request: u64) -> u64 {
    let mut lines = step("collect_lines", || collect_lines(request));
    step("sort_lines", || sort_lines(&mut lines));
    step("compress_invoice", || compress_invoice(&lines))
}

#[inline(never)]
fn collect_lines(request: u64) -> Vec<u64> {
    (0..400_000).map(|line| mix(request ^ line, 8)).collect()
}

#[inline(never)]
fn sort_lines(lines: &mut [u64]) {
    lines.sort_unstable();
}

#[inline(never)]
fn compress_invoice(lines: &[u64]) -> u64 {
    let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
    for line in lines {
        *counts.entry(line >> 48).or_default() += 1;
    }
    counts.iter().fold(0, |sum, (bucket, count)| sum ^ mix(bucket * count, 6))
}
