//! The settings of a datasource.

use query::{NodeLimit, Settings};
use serde_json::json;

#[test]
fn settings_are_read_loosely() {
    let (settings, warnings) = Settings::from_json_data(
        &json!({"minStep": "30s", "serviceLabel": " job ", "maxNodes": "4096"}),
    );
    assert_eq!(settings.min_step_millis, 30_000);
    assert_eq!(settings.service_label, "job");
    assert_eq!(settings.max_nodes, NodeLimit::from_query(4096));
    assert!(warnings.is_empty());
    assert_eq!(Settings::from_json_data(&json!(null)).0, Settings::default());
}

#[test]
fn a_bad_setting_takes_its_default_and_is_named() {
    let (settings, warnings) =
        Settings::from_json_data(&json!({"minStep": "soon", "maxNodes": "many"}));
    assert_eq!(settings, Settings::default());
    assert!(warnings[0].contains("minStep is \"soon\""), "{warnings:?}");
    assert!(warnings[1].contains("maxNodes is \"many\""), "{warnings:?}");
}
