//! Settings of trace and metric data sources that lead to profiles and traces without a correlation.

use serde_json::{Value, json};

use super::check::Fault;
use super::dollars::single_dollar;
use super::generate::GenerateSettings;
use super::model::DataSource;
use crate::target::DataSourceKind;

/// The setting `jsonData.tracesToProfiles` of a trace data source.
///
/// Grafana's page for settings has it for Tempo only, but its trace view reads it from any of them: a span with a
/// profile id then shows its flame graph. The selector holds the service alone, as not every profile has more.
#[must_use]
pub fn traces_to_profiles(profiles: &DataSource, settings: &GenerateSettings) -> Value {
    let label = profiles.kind().map(|kind| settings.service_label(kind)).unwrap_or_default();
    json!({
        "datasourceUid": profiles.uid,
        "tags": [{ "key": "service.name", "value": label }],
        "profileTypeId": settings.profile_type_id,
        "customQuery": false,
    })
}

/// What is wrong with the setting `tracesToProfiles` of a provisioning file. Empty: nothing, or it is not there.
/// Pointers are below `json_data`.
#[must_use]
pub fn check_traces_to_profiles(json_data: &Value) -> Vec<Fault> {
    let Some(setting) = json_data.get("tracesToProfiles").filter(|value| !value.is_null()) else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, what: String| {
        let pointer = format!("/tracesToProfiles{pointer}");
        faults.push(Fault { rule: "traces-to-profiles", pointer, what });
    };
    for (key, expected) in [
        ("datasourceUid", "the uid of a data source with profiles"),
        ("profileTypeId", "a profile type id"),
    ] {
        match setting.get(key) {
            Some(Value::String(text)) if !text.is_empty() => {}
            _ => fault("", format!("tracesToProfiles has no {key}, expected {expected}")),
        }
    }
    if let Some(query) = setting.get("query").and_then(Value::as_str)
        && let Some(single) = single_dollar(query)
    {
        fault(
            "/query",
            format!(
                "{single:?} would be read from the environment, expected \"${single}\" for a variable of the link"
            ),
        );
    }
    faults
}

/// What is wrong with the setting `exemplarTraceIdDestinations` of a provisioning file. Empty: nothing, or it is not
/// there. Pointers are below `json_data`.
///
/// `kind_of`: what the data source of a uid holds; None: not known.
#[must_use]
pub fn check_exemplar_destinations(
    json_data: &Value,
    kind_of: impl Fn(&str) -> Option<DataSourceKind>,
) -> Vec<Fault> {
    let listed = json_data.get("exemplarTraceIdDestinations").and_then(Value::as_array);
    let mut faults = Vec::new();
    for (at, destination) in listed.into_iter().flatten().enumerate() {
        let text = |key: &str| {
            destination.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
        };
        let mut fault = |what: String| {
            let pointer = format!("/exemplarTraceIdDestinations/{at}");
            faults.push(Fault { rule: "exemplar-destination", pointer, what });
        };
        if text("name").is_none() {
            fault(
                "an exemplar destination has no name, expected that of the label with the trace id"
                    .to_owned(),
            );
        }
        match text("datasourceUid") {
            Some(uid) if kind_of(uid) == Some(DataSourceKind::Jaeger) => fault(format!(
                "the exemplar destination {uid:?} is a Jaeger data source, which answers nothing to the query of such a link, expected a url"
            )),
            None if text("url").is_none() => {
                fault(
                    "an exemplar destination leads nowhere, expected datasourceUid or url"
                        .to_owned(),
                );
            }
            _ => {}
        }
    }
    faults
}
