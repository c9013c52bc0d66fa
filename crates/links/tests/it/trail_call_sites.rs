//! The chosen function in the address of the page.

use links::trail::{TrailAction, TrailLocation};
use serde_json::{Value, json};

use crate::trails::{Page, ROOT_SPAN, TRACE, all_sources, frame, with_trace};

#[test]
fn a_call_site_that_is_too_long_for_an_address_is_remembered() {
    let long: Vec<String> = (0..200).map(|at| format!("core::ops::function_{at}")).collect();
    let mut page = with_trace("zipkin");
    page.answer("fireline", "spanSelector", &json!([frame("response", &Value::Null, &[])]));
    page.act(TrailAction::ChooseFunction { call_site: long.clone() });
    let written = page.params["callSite"].clone();
    assert!(written.len() < 40, "{written}");
    let (_, query) = page.asked("fireline", "exemplarType");
    assert_eq!(query["callSite"], json!(long));
    page.act(TrailAction::ChooseFunction { call_site: vec!["main".to_owned()] });
    assert_eq!(page.params["callSite"], "[\"main\"]");
    page.back();
    assert_eq!(page.update.view.function.as_ref().unwrap().callers.len(), 199);
    // Somebody else does not know it, and is told.
    let mut other = Page::open(all_sources(), &[("trace", TRACE), ("callSite", &written)]);
    let function = other.update.view.function.clone().unwrap();
    assert_eq!(function.card.title, "Traces through a function");
    assert!(function.card.message.unwrap().advice.contains("Choose it again"));
    other.act(TrailAction::ChooseSpan { span_id: Some(ROOT_SPAN.to_owned()) });
    assert_eq!(other.update.view.function, None);
}

#[test]
fn the_last_hundred_call_sites_at_most_are_remembered() {
    let long = |number: usize| -> Vec<String> {
        (0..200).map(|at| format!("core::ops::function_{number}_{at}")).collect()
    };
    let mut page = with_trace("zipkin");
    page.act(TrailAction::ChooseFunction { call_site: long(0) });
    let first = page.params["callSite"].clone();
    let is_remembered = |page: &mut Page| {
        page.params.insert("callSite".to_owned(), first.clone());
        page.arrive();
        page.update.view.function.as_ref().unwrap().callers.len() == 199
    };
    for number in 1..100 {
        page.act(TrailAction::ChooseFunction { call_site: long(number) });
    }
    assert!(is_remembered(&mut page));
    page.act(TrailAction::ChooseFunction { call_site: long(100) });
    assert!(!is_remembered(&mut page));
}

#[test]
fn an_address_has_5000_bytes_of_a_call_site() {
    // In an address each bracket and each quote is three bytes.
    for (letters, is_in_full) in [(4_988, true), (4_989, false)] {
        let location =
            TrailLocation { call_site: vec!["f".repeat(letters)], ..TrailLocation::default() };
        let written = location.write()["callSite"].clone().unwrap();
        assert_eq!(written.starts_with("[\"f"), is_in_full, "{letters}");
    }
}
