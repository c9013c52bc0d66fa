//! The service `invoicing`: memory-bound work, sorting and compressing.

use std::collections::BTreeMap;

use crate::checkout::mix;
use crate::service::{Route, Service};

pub(crate) fn service() -> Service {
    const ROUTES: &[Route] = &[Route { name: "POST /invoice", handle: render_invoice }];
    Service { name: "invoicing", routes: ROUTES }
}

#[inline(never)]
fn render_invoice(request: u64) -> u64 {
    let mut lines = collect_lines(request);
    sort_lines(&mut lines);
    compress_invoice(&lines)
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
