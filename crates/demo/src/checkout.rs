//! The service `checkout`: a plain chain of calls with one hot function at its end.

use crate::latency::ExemplarLabels;
use crate::log_lines::LogIds;
use crate::request_trace::step;
use crate::service::{Route, Service};

pub(crate) fn service() -> Service {
    const ROUTES: &[Route] = &[
        Route { name: "POST /checkout", handle: checkout },
        Route { name: "GET /cart", handle: show_cart },
    ];
    // A label that many clients write, and that no data source expects.
    Service {
        name: "checkout",
        routes: ROUTES,
        profile_tags: &[("region", "eu-west"), ("service_namespace", "shop")],
        exemplar_labels: ExemplarLabels::Camel,
        log_ids: LogIds::InText,
    }
}

#[inline(never)]
fn checkout(request: u64) -> u64 {
    let stock = step("reserve_stock", || reserve_stock(request));
    step("charge_card", || charge_card(request)) ^ stock
}

#[inline(never)]
fn show_cart(request: u64) -> u64 {
    let stock = step("reserve_stock", || reserve_stock(request));
    step("price_items", || price_items(request)) ^ stock
}

#[inline(never)]
fn reserve_stock(request: u64) -> u64 {
    mix(request, 7_000_000)
}

#[inline(never)]
fn price_items(request: u64) -> u64 {
    (0..40).fold(request, |price, item| price ^ apply_discounts(item))
}

#[inline(never)]
fn apply_discounts(item: u64) -> u64 {
    mix(item, 250_000)
}

#[inline(never)]
fn charge_card(request: u64) -> u64 {
    let signature = sign_payload(request);
    signature ^ mix(signature, 3_000_000)
}

#[inline(never)]
fn sign_payload(request: u64) -> u64 {
    // By far the most expensive function of this service: the one that a profile should show.
    mix(request, 50_000_000)
}

/// Work that the compiler cannot take away; part of whichever function does it, which a profile
/// then shows with a self value.
#[inline(always)]
pub(crate) fn mix(seed: u64, rounds: u64) -> u64 {
    (0..rounds).fold(seed | 1, |state, round| {
        state.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ round
    })
}
