//! The service `catalogue`: deep recursion through a tree of categories, and a wide search.

use crate::checkout::mix;
use crate::latency::ExemplarLabels;
use crate::log_lines::LogIds;
use crate::request_trace::step;
use crate::service::{Route, Service};

/// How deep categories are nested.
const DEPTH: u32 = 24;

pub(crate) fn service() -> Service {
    const ROUTES: &[Route] = &[
        Route { name: "GET /categories", handle: list_categories },
        Route { name: "GET /search", handle: search_products },
    ];
    Service {
        name: "catalogue",
        routes: ROUTES,
        profile_tags: &[("region", "eu-west"), ("service_namespace", "shop")],
        exemplar_labels: ExemplarLabels::Snake,
        log_ids: LogIds::InMetadata,
    }
}

#[inline(never)]
fn list_categories(request: u64) -> u64 {
    // Something is left to do after the call: a call that ends a function takes its frame over.
    walk_category(request, DEPTH) ^ count_products(request)
}

#[inline(never)]
fn walk_category(seed: u64, depth: u32) -> u64 {
    let here = count_products(seed);
    if depth == 0 { here } else { here ^ walk_category(here, depth - 1) }
}

#[inline(never)]
fn count_products(seed: u64) -> u64 {
    mix(seed, 1_200_000)
}

#[inline(never)]
fn search_products(request: u64) -> u64 {
    let words = step("tokenize", || tokenize(request));
    let ranked = step("rank_results", || rank_results(words));
    let shown = step("highlight_matches", || highlight_matches(words));
    ranked ^ shown ^ step("load_thumbnails", || load_thumbnails(words))
}

#[inline(never)]
fn tokenize(request: u64) -> u64 {
    mix(request, 3_000_000)
}

#[inline(never)]
fn rank_results(words: u64) -> u64 {
    (0..12).fold(words, |rank, result| rank ^ score_relevance(result))
}

#[inline(never)]
fn score_relevance(result: u64) -> u64 {
    mix(result, 1_300_000)
}

#[inline(never)]
fn highlight_matches(words: u64) -> u64 {
    mix(words, 6_000_000)
}

#[inline(never)]
fn load_thumbnails(words: u64) -> u64 {
    mix(words, 4_500_000)
}
