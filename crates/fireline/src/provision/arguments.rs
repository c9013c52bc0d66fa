//! The command line of `fireline provision`.

use std::path::PathBuf;
use std::str::FromStr;

use links::correlation::{DataSource, GenerateSettings};
use links::target::DataSourceKind;
use selector::ProfileTypeId;

/// Check a folder that Grafana is provisioned from, and write the links that its data sources lack.
#[derive(Debug, Clone, clap::Args)]
pub struct ProvisionArguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: ProvisionCommand,
}

/// What to do with the folder.
#[derive(Debug, Clone, clap::Subcommand)]
pub(super) enum ProvisionCommand {
    Check(CheckArguments),
    Generate(GenerateArguments),
}

/// Say what is wrong with the data sources of a provisioning folder and their links.
#[derive(Debug, Clone, clap::Args)]
pub struct CheckArguments {
    /// The folder, in which there is a folder "datasources".
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,

    /// Data source of Grafana that is not in the folder, as uid=type; may be given several times.
    #[arg(long = "source", value_name = "UID=TYPE")]
    pub sources: Vec<NamedSource>,
}

/// Print the correlations between the data sources of a provisioning folder, and the settings that lead from spans
/// to profiles. What is there already is left out.
#[derive(Debug, Clone, clap::Args)]
pub struct GenerateArguments {
    /// The folder, in which there is a folder "datasources".
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,

    /// Data source of Grafana that is not in the folder, such as one that Grafana Cloud manages, as uid=type;
    /// may be given several times. Links from it are printed as calls of Grafana's API.
    #[arg(long = "source", value_name = "UID=TYPE")]
    pub sources: Vec<NamedSource>,

    /// Write the folder's files with the links in them into this folder, instead of printing what to add.
    #[arg(long, value_name = "FOLDER")]
    pub write: Option<PathBuf>,

    /// Profile type that links to profiles ask for.
    #[arg(long, value_name = "ID", default_value = "process_cpu:cpu:nanoseconds:cpu:nanoseconds")]
    pub profile_type: ProfileTypeId,

    /// Label that means "service" in data sources of a type, as type=label; may be given several times.
    /// Without it: "service_name", and in Prometheus "job" as well.
    #[arg(long = "service-label", value_name = "TYPE=LABEL")]
    pub service_labels: Vec<ServiceLabel>,
}

impl GenerateArguments {
    /// What the generated links ask for.
    pub(super) fn settings(&self) -> GenerateSettings {
        GenerateSettings {
            profile_type_id: self.profile_type.to_string(),
            service_labels: self
                .service_labels
                .iter()
                .map(|one| (one.kind, one.label.clone()))
                .collect(),
        }
    }
}

/// A data source that Grafana has, but not from the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSource {
    /// What links call it by.
    pub uid: String,
    /// The id of its plugin.
    pub datasource_type: String,
}

impl NamedSource {
    /// As links know it: its uid is its name as well.
    pub(super) fn to_data_source(&self) -> DataSource {
        DataSource {
            uid: self.uid.clone(),
            name: self.uid.clone(),
            datasource_type: self.datasource_type.clone(),
        }
    }
}

impl FromStr for NamedSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (uid, name) = halves(text, "uid=type")?;
        let (datasource_type, _) = known_type(name)?;
        Ok(Self { uid: uid.to_owned(), datasource_type: datasource_type.to_owned() })
    }
}

/// The label that means "service" in data sources of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceLabel {
    kind: DataSourceKind,
    label: String,
}

impl FromStr for ServiceLabel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, label) = halves(text, "type=label")?;
        let (_, kind) = known_type(name)?;
        Ok(Self { kind, label: label.to_owned() })
    }
}

fn halves<'a>(text: &'a str, expected: &str) -> Result<(&'a str, &'a str), String> {
    let halves = text.split_once('=').map(|(left, right)| (left.trim(), right.trim()));
    halves
        .filter(|(left, right)| !left.is_empty() && !right.is_empty())
        .ok_or_else(|| format!("expected {expected}"))
}

/// A plugin id, or a short name for one of ours and Grafana's.
fn known_type(name: &str) -> Result<(&str, DataSourceKind), String> {
    let id = match name {
        "pyroscope" => "grafana-pyroscope-datasource",
        "fireline" => "fireline-profiles-datasource",
        other => other,
    };
    let expected = "prometheus, tempo, jaeger, zipkin, loki, pyroscope, fireline, or the id of a plugin like these";
    let kind = DataSourceKind::of_type(id);
    kind.map(|kind| (id, kind))
        .ok_or_else(|| format!("type {name:?} is not known, expected {expected}"))
}
