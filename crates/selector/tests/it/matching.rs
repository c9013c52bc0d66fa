//! Which label sets a selector picks.

use selector::Selector;

#[track_caller]
fn matches(selector: &str, labels: &[(&str, &str)]) -> bool {
    let compiled = Selector::parse(selector).unwrap().compile().unwrap();
    compiled.matches(|name| labels.iter().find(|(n, _)| *n == name).map(|(_, value)| *value))
}

#[test]
fn every_matcher_must_hold() {
    let labels = [("service_name", "checkout"), ("region", "eu-west")];
    assert!(matches("{}", &labels));
    assert!(matches(r#"{service_name="checkout", region=~"eu-.*"}"#, &labels));
    assert!(!matches(r#"{service_name="checkout", region=~"us-.*"}"#, &labels));
    assert!(!matches(r#"{service_name!="checkout"}"#, &labels));
    assert!(matches(r#"{region!~"us-.*"}"#, &labels));
}

#[test]
fn regular_expressions_match_whole_values() {
    let labels = [("region", "eu-west")];
    assert!(!matches(r#"{region=~"west"}"#, &labels));
    assert!(!matches(r#"{region=~"eu"}"#, &labels));
    assert!(!matches(r#"{region=~"eu|us"}"#, &labels));
    assert!(matches(r#"{region=~"eu-west|us"}"#, &labels));
    assert!(matches(r#"{region=~"a.b"}"#, &[("region", "a\nb")]));
}

#[test]
fn an_absent_label_is_empty() {
    assert!(matches(r#"{zone=""}"#, &[]));
    assert!(matches(r#"{zone!="x"}"#, &[]));
    assert!(matches(r#"{zone=~".*"}"#, &[]));
    assert!(!matches(r#"{zone=~".+"}"#, &[]));
}

#[test]
fn a_huge_regular_expression_is_refused() {
    assert!(Selector::parse(r#"{a=~"(((\\w{100}){100}){100}){100}"}"#).is_err());
}
