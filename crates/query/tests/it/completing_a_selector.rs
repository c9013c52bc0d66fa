//! What belongs at the caret, written as `|`.

use query::editor::{Expected, completion_point};

/// What is expected, the prefix, the replaced text and the other matchers, in one line.
fn at(marked: &str) -> String {
    let caret = marked.find('|').expect("the text marks the caret");
    let text = marked.replace('|', "");
    let Some(point) = completion_point(&text, caret) else {
        return "nothing".to_owned();
    };
    let expected = match &point.expected {
        Expected::LabelName => "name".to_owned(),
        Expected::Operator => "operator".to_owned(),
        Expected::LabelValue { name } => format!("value of {name}"),
        Expected::Separator => "separator".to_owned(),
    };
    format!("{expected} <{}> for <{}> with {}", point.prefix, &text[point.replaced], point.others)
}

#[test]
fn a_name_is_expected_after_the_brace_and_after_a_comma() {
    assert_eq!(at("{|}"), "name <> for <> with {}");
    assert_eq!(at("{reg|}"), "name <reg> for <reg> with {}");
    assert_eq!(at("{re|gion}"), "name <re> for <region> with {}");
    assert_eq!(at(r#"{a="1", |}"#), r#"name <> for <> with {a="1"}"#);
    assert_eq!(at("re|"), "name <re> for <re> with {}");
}

#[test]
fn an_operator_is_expected_after_a_name() {
    assert_eq!(at("{region |}"), "operator <> for <> with {}".replace("<> for <>", "< > for < >"));
    assert_eq!(at("{region=|~\"x\"}"), "operator <=> for <=~> with {}");
}

#[test]
fn a_value_is_expected_between_quotes() {
    assert_eq!(at(r#"{region="|"}"#), r#"value of region <> for <""> with {}"#);
    assert_eq!(at(r#"{region="eu|"}"#), r#"value of region <eu> for <"eu"> with {}"#);
    assert_eq!(at(r#"{region="eu|-west"}"#), r#"value of region <eu> for <"eu-west"> with {}"#);
    assert_eq!(at("{region=|}"), "value of region <> for <> with {}");
}

#[test]
fn an_unfinished_value_is_completed_too() {
    assert_eq!(at(r#"{region="eu|"#), r#"value of region <eu> for <"eu> with {}"#);
    assert_eq!(at(r#"{region="eu|}"#), r#"value of region <eu> for <"eu> with {}"#);
}

#[test]
fn values_respect_the_other_matchers_whatever_their_operator() {
    let wanted = r#"value of region <e> for <"e"> with {service_name=~"a,b|c", route!="x"}"#;
    assert_eq!(
        at(r#"{service_name=~"a,b¦c", region="e|", route!="x"}"#.replace('¦', "\u{1}").as_str())
            .replace('\u{1}', "|"),
        wanted
    );
}

#[test]
fn a_broken_neighbour_is_left_out() {
    assert_eq!(at(r#"{a=, region="|"}"#), r#"value of region <> for <""> with {}"#);
}

#[test]
fn a_comma_or_brace_follows_a_finished_value() {
    assert_eq!(at(r#"{region="eu"|}"#), "separator <> for <> with {}");
}

#[test]
fn outside_of_the_braces_there_is_nothing_to_complete() {
    assert_eq!(at("|{}"), "nothing");
    assert_eq!(at("{}|"), "nothing");
}

#[test]
fn a_caret_inside_a_character_does_no_harm() {
    for caret in 0..12 {
        let _ = completion_point("{ä=\"ö\"}", caret);
    }
}

proptest::proptest! {
    #[test]
    fn any_text_and_caret_give_a_range_within_the_text(text in r#"[{}a-c="~!,\\ ä']{0,24}"#, caret in 0_usize..40) {
        if let Some(point) = completion_point(&text, caret) {
            proptest::prop_assert!(text.get(point.replaced).is_some());
        }
    }
}
