//! The settings of links, as Grafana saves them.

use links::{LabelMapping, LinkSettings};
use serde_json::json;

#[test]
fn links_have_settings_of_their_own() {
    let (settings, warnings) = LinkSettings::from_json_data(&json!({
        "links": { "padding": "5m", "labels": { "service.name": " component ", "zone": "" } }
    }));
    assert_eq!(settings.padding_millis, 300_000);
    let mapping = LabelMapping { attribute: "service.name".into(), label: "component".into() };
    assert_eq!(settings.mappings, [mapping]);
    assert_eq!(
        warnings,
        ["setting links.labels.zone is \"\", expected the name of a label; it is not used"]
    );
}

#[test]
fn what_cannot_be_read_takes_its_default() {
    let (settings, warnings) =
        LinkSettings::from_json_data(&json!({ "links": { "padding": 7, "labels": ["a"] } }));
    assert_eq!(settings, LinkSettings::default());
    assert_eq!(settings.padding_millis, 60_000);
    assert_eq!(
        warnings,
        [
            "setting links.padding is 7, expected a duration such as 60s; 60s is used",
            "setting links.labels is [\"a\"], expected an object such as {\"service.name\": \"service_name\"}; it is not used",
        ]
    );
    for absent in [json!({}), json!({ "links": { "padding": " ", "labels": null } })] {
        assert_eq!(LinkSettings::from_json_data(&absent), (LinkSettings::default(), vec![]));
    }
}

#[test]
fn the_address_of_a_trace_is_a_page_with_its_id() {
    let read = |url: serde_json::Value| {
        let (settings, warnings) =
            LinkSettings::from_json_data(&json!({ "links": { "traceUrl": url } }));
        (settings.trace_url_of("traceID"), warnings.len())
    };
    let page = |start: &str| Some(format!("{start}${{__data.fields['traceID']}}#top"));
    for start in ["https://traces.example.com/", "http://zipkin:9411/", "/a/x-ray?id="] {
        assert_eq!(read(json!(format!(" {start}${{trace_id}}#top "))), (page(start), 0));
    }
    for none in [json!(null), json!(""), json!("  ")] {
        assert_eq!(read(none), (None, 0));
    }
    for wrong in
        [json!("https://traces.example.com"), json!("javascript:alert(${trace_id})"), json!(1)]
    {
        assert_eq!(read(wrong.clone()), (None, 1), "{wrong}");
    }
}
