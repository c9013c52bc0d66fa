//! What is wrong with the data sources of a folder and their links.

use std::collections::BTreeMap;
use std::fmt;

use links::correlation::{Fault, check, check_exemplar_destinations, check_traces_to_profiles};
use links::target::DataSourceKind;
use serde_json::Value;

use super::arguments::NamedSource;
use super::folder::{ProvisioningFolder, SourceEntry, SourceFile};

/// A fault with where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlacedFault {
    file: String,
    line: usize,
    /// Of what: a data source, one of its correlations. Empty: of the file.
    subject: String,
    what: String,
}

impl fmt::Display for PlacedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, subject, what } = self;
        let separator = if subject.is_empty() { "" } else { ": " };
        write!(f, "{file}:{line}: {subject}{separator}{what}")
    }
}

/// What is wrong with a folder. `named`: data sources that Grafana has besides.
/// Shape: by file, in the order of its entries.
pub(super) fn faults(folder: &ProvisioningFolder, named: &[NamedSource]) -> Vec<PlacedFault> {
    let mut checking = Checking { kinds: BTreeMap::new(), faults: Vec::new() };
    for source in named.iter().map(NamedSource::to_data_source) {
        checking.kinds.insert(source.uid.clone(), source.kind());
    }
    for entry in folder.entries() {
        if let Some(uid) = entry.text("uid") {
            let kind = entry.text("type").and_then(DataSourceKind::of_type);
            checking.kinds.insert(uid.to_owned(), kind);
        }
    }
    for file in &folder.files {
        checking.file(file);
    }
    let mut seen: BTreeMap<(&str, String), String> = BTreeMap::new();
    for entry in folder.entries() {
        checking.entry(&entry);
        for key in ["uid", "name"] {
            let Some(text) = entry.text(key) else { continue };
            // Organisations have names of their own.
            let organisation = entry.value.get("orgId").cloned().unwrap_or_default().to_string();
            let place = (key, format!("{organisation}/{text}"));
            if let Some(before) = seen.get(&place) {
                let what = format!(
                    "{key} {text:?} is taken by a data source in {before}, expected another"
                );
                checking.fault(&entry, &format!("/{key}"), "", what);
            }
            seen.entry(place).or_insert_with(|| entry.file.shown.clone());
        }
    }
    checking.faults
}

struct Checking {
    /// By uid: what the data sources hold. None: links do not know their type.
    kinds: BTreeMap<String, Option<DataSourceKind>>,
    faults: Vec<PlacedFault>,
}

impl Checking {
    fn file(&mut self, file: &SourceFile) {
        let value = &file.document.value;
        let mut fault = |pointer: &str, what: String| {
            let line = file.document.place(pointer).map_or(1, |place| place.line);
            let (file, subject) = (file.shown.clone(), String::new());
            self.faults.push(PlacedFault { file, line, subject, what });
        };
        let listed = ["datasources", "deleteDatasources"].map(|key| (key, value.get(key)));
        if listed.iter().all(|(_, list)| list.is_none()) {
            fault("", "no data sources, expected a list datasources".to_owned());
            return;
        }
        // An older version is read as one that has no correlations.
        if value.get("apiVersion") != Some(&Value::from(1)) {
            fault("/apiVersion", "apiVersion is not 1, expected it for correlations".to_owned());
        }
        for (key, list) in listed {
            if list.is_some_and(|list| !list.is_array() && !list.is_null()) {
                fault(&format!("/{key}"), format!("{key} is no list, expected one"));
            }
        }
    }

    fn fault(&mut self, entry: &SourceEntry, pointer: &str, part: &str, what: String) {
        let subject = match entry.name() {
            "" => format!("data source {}", entry.at + 1),
            name => format!("data source {name:?}"),
        };
        let subject = if part.is_empty() { subject } else { format!("{subject}, {part}") };
        let place = entry.file.document.place(&format!("{}{pointer}", entry.pointer()));
        self.faults.push(PlacedFault {
            file: entry.file.shown.clone(),
            line: place.map_or(1, |place| place.line),
            subject,
            what,
        });
    }

    fn entry(&mut self, entry: &SourceEntry) {
        for key in ["name", "type"] {
            if entry.text(key).is_none() {
                self.fault(entry, "", "", format!("{key} is missing, expected a text"));
            }
        }
        self.json_data(entry);
        let Some(correlations) = entry.value.get("correlations") else { return };
        if !correlations.is_array() && !correlations.is_null() {
            self.fault(
                entry,
                "/correlations",
                "",
                "correlations are no list, expected one".to_owned(),
            );
        }
        let source = entry.text("type").and_then(DataSourceKind::of_type);
        for (at, correlation) in entry.correlations().iter().enumerate() {
            let part = match correlation.get("label").and_then(Value::as_str) {
                None | Some("") => format!("correlation {}", at + 1),
                Some(label) => format!("correlation {label:?}"),
            };
            let above = format!("/correlations/{at}");
            for fault in check(correlation, source) {
                self.fault(entry, &format!("{above}{}", fault.pointer), &part, fault.what);
            }
            if let Some(what) = self.unknown_uid("targetUID", correlation.get("targetUID")) {
                self.fault(entry, &format!("{above}/targetUID"), &part, what);
            }
        }
    }

    fn json_data(&mut self, entry: &SourceEntry) {
        let Some(json_data) = entry.value.get("jsonData") else { return };
        let kinds = self.kinds.clone();
        let kind_of = |uid: &str| kinds.get(uid).copied().flatten();
        let mut faults: Vec<Fault> = check_traces_to_profiles(json_data);
        faults.extend(check_exemplar_destinations(json_data, kind_of));
        for fault in faults {
            self.fault(entry, &format!("/jsonData{}", fault.pointer), "", fault.what);
        }
        let setting = json_data.pointer("/tracesToProfiles/datasourceUid");
        let at = "/jsonData/tracesToProfiles/datasourceUid".to_owned();
        let mut named = vec![(at, setting)];
        let destinations = json_data.get("exemplarTraceIdDestinations").and_then(Value::as_array);
        for (at, destination) in destinations.into_iter().flatten().enumerate() {
            let pointer = format!("/jsonData/exemplarTraceIdDestinations/{at}/datasourceUid");
            named.push((pointer, destination.get("datasourceUid")));
        }
        for (pointer, uid) in named {
            if let Some(what) = self.unknown_uid("datasourceUid", uid) {
                self.fault(entry, &pointer, "", what);
            }
        }
    }

    /// What is wrong with a uid that names no data source. None: it does, or the environment says which.
    fn unknown_uid(&self, key: &str, uid: Option<&Value>) -> Option<String> {
        let uid = uid?.as_str().filter(|uid| !uid.is_empty() && !uid.contains('$'))?;
        if self.kinds.contains_key(uid) {
            return None;
        }
        let known: Vec<&str> = self.kinds.keys().map(String::as_str).collect();
        Some(format!(
            "{key} {uid:?} is no data source, expected one of {}, or that it is named by --source {uid}=<type>",
            known.join(", ")
        ))
    }
}
