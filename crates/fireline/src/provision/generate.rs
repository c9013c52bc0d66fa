//! The links that the data sources of a folder lack.

use std::path::PathBuf;

use anyhow::Result;
use links::correlation::{
    Correlation, DataSource, GenerateSettings, generate as correlations_between, traces_to_profiles,
};
use links::target::DataSourceKind;
use serde_json::Value;

use super::api_call;
use super::arguments::NamedSource;
use super::edit::edited;
use super::folder::{ProvisioningFolder, SourceEntry};
use super::yaml_text::{correlation_items, inline};

/// What a data source of the folder lacks.
#[derive(Debug, Clone)]
pub(super) struct Addition {
    /// The file, by its place in the folder's list.
    pub file: PathBuf,
    /// The data source, by its place in the file's list.
    pub at: usize,
    name: String,
    /// As provisioning files have them. Empty: none are lacking.
    pub correlations: Vec<Value>,
    /// The setting that leads from spans to profiles. None: it is there, or is not for this data source.
    pub traces_to_profiles: Option<Value>,
}

/// The links that are lacking.
#[derive(Debug, Clone)]
pub(super) struct Generated {
    additions: Vec<Addition>,
    /// By uid of a data source that is not in the folder.
    calls: Vec<(String, Vec<Correlation>)>,
    /// Data sources of the folder that nothing can link to.
    without_uid: Vec<String>,
}

/// The links between all data sources of a folder and those that are named.
pub(super) fn generate(
    folder: &ProvisioningFolder,
    named: &[NamedSource],
    settings: &GenerateSettings,
) -> Generated {
    let outside: Vec<DataSource> = named.iter().map(NamedSource::to_data_source).collect();
    let inside = || folder.entries().filter_map(|entry| Some((entry, entry.data_source()?)));
    let targets: Vec<DataSource> =
        inside().map(|(_, source)| source).chain(outside.iter().cloned()).collect();
    let from = |source: &DataSource| -> Vec<Correlation> {
        targets.iter().flat_map(|target| correlations_between(source, target, settings)).collect()
    };
    let profiles = profiles_of(&targets);
    let mut additions = Vec::new();
    for (entry, source) in inside() {
        let lacking = from(&source).into_iter().filter(|one| !has(&entry, one));
        let addition = Addition {
            file: entry.file.path.clone(),
            at: entry.at,
            name: source.name.clone(),
            correlations: lacking.map(|one| one.to_provisioned_json()).collect(),
            traces_to_profiles: profiles
                .filter(|_| source.kind().is_some_and(DataSourceKind::has_traces))
                .filter(|_| entry.value.pointer("/jsonData/tracesToProfiles").is_none())
                .map(|profiles| traces_to_profiles(profiles, settings)),
        };
        if !addition.correlations.is_empty() || addition.traces_to_profiles.is_some() {
            additions.push(addition);
        }
    }
    let calls = outside.iter().map(|source| (source.uid.clone(), from(source)));
    let without_uid = folder.entries().filter(|entry| entry.data_source().is_none());
    Generated {
        additions,
        calls: calls.filter(|(_, correlations)| !correlations.is_empty()).collect(),
        without_uid: without_uid.map(|entry| entry.name().to_owned()).collect(),
    }
}

/// Where spans find their profiles: our own data source rather than Grafana's.
fn profiles_of(sources: &[DataSource]) -> Option<&DataSource> {
    [DataSourceKind::Fireline, DataSourceKind::Pyroscope]
        .into_iter()
        .find_map(|kind| sources.iter().find(|source| source.kind() == Some(kind)))
}

/// Whether a data source has a correlation already, perhaps with another query.
fn has(entry: &SourceEntry, correlation: &Correlation) -> bool {
    entry.correlations().iter().any(|there| {
        there["targetUID"] == correlation.target_uid.as_str()
            && there["label"] == correlation.label.as_str()
            && there["config"]["field"] == correlation.field.as_str()
    })
}

impl Generated {
    /// What to add where, and what to call.
    pub(super) fn as_text(&self) -> String {
        let mut text = String::new();
        for addition in &self.additions {
            let file = addition.file.display();
            text.push_str(&format!("# {file}, below the data source {:?}:\n", addition.name));
            if let Some(setting) = &addition.traces_to_profiles {
                text.push_str(&format!("    jsonData:\n      {}\n", setting_line(setting)));
            }
            if !addition.correlations.is_empty() {
                text.push_str("    correlations:\n");
                text.push_str(&correlation_items(&addition.correlations, 6));
            }
            text.push('\n');
        }
        text + &self.calls_as_text()
    }

    /// What to call, and what could not be done.
    pub(super) fn calls_as_text(&self) -> String {
        let mut text = String::new();
        for (uid, correlations) in &self.calls {
            text.push_str(&format!(
                "# {uid:?} is not provisioned from here: its links are made once, by Grafana's API.\n"
            ));
            for correlation in correlations {
                text.push_str(&api_call::create(uid, correlation));
            }
            text.push('\n');
        }
        for name in &self.without_uid {
            text.push_str(&format!(
                "# {name:?} has no uid in its file, so nothing links to it or from it.\n"
            ));
        }
        text
    }

    /// The files of the folder with everything added, by their paths within it; what lacks nothing is left out.
    /// Errors: a file is written in a way that cannot be added to.
    pub(super) fn edited(&self, folder: &ProvisioningFolder) -> Result<Vec<(PathBuf, String)>> {
        let mut files = Vec::new();
        for file in &folder.files {
            let additions: Vec<&Addition> =
                self.additions.iter().filter(|addition| addition.file == file.path).collect();
            if !additions.is_empty() {
                files.push((file.path.clone(), edited(file, &additions)?));
            }
        }
        Ok(files)
    }
}

/// The setting that leads from spans to profiles, on one line.
pub(super) fn setting_line(setting: &Value) -> String {
    format!("tracesToProfiles: {}", inline(setting))
}
