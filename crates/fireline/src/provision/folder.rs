//! A folder that Grafana is provisioned from: its data sources, with where each stands.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use links::correlation::DataSource;
use serde_json::Value;

use super::yaml::Document;

/// A file of data sources.
#[derive(Debug, Clone)]
pub(super) struct SourceFile {
    /// Within the folder.
    pub path: PathBuf,
    /// As people call it: with the folder.
    pub shown: String,
    pub text: String,
    pub document: Document,
}

/// A data source of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct SourceEntry<'a> {
    pub file: &'a SourceFile,
    /// Its place in the file's list.
    pub at: usize,
    pub value: &'a Value,
}

/// A folder that Grafana is provisioned from.
#[derive(Debug, Clone)]
pub(super) struct ProvisioningFolder {
    /// By name.
    pub files: Vec<SourceFile>,
}

/// How much there is in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    files: usize,
    sources: usize,
    correlations: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |count: usize, noun: &str| {
            if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
        };
        let Self { files, sources, correlations } = *self;
        write!(f, "{}, ", of(files, "file"))?;
        write!(f, "{}, {}", of(sources, "data source"), of(correlations, "correlation"))
    }
}

impl ProvisioningFolder {
    /// Reads the files of data sources in a folder.
    /// Errors: there are none, or one of them cannot be read or is no YAML.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let sources = folder.join("datasources");
        let mut paths = Vec::new();
        let entries = std::fs::read_dir(&sources)
            .with_context(|| format!("reading the folder {}", sources.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("reading {}", sources.display()))?.path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            if matches!(extension, Some("yaml" | "yml")) {
                paths.push(path);
            }
        }
        paths.sort();
        if paths.is_empty() {
            return Err(anyhow!("no file *.yaml in {}", sources.display()));
        }
        let mut files = Vec::new();
        for path in paths {
            let shown = path.display().to_string();
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("reading {shown}"))?;
            let document = Document::read(&text).with_context(|| format!("reading {shown}"))?;
            let path = path.strip_prefix(folder).unwrap_or(&path).to_owned();
            files.push(SourceFile { path, shown, text, document });
        }
        Ok(Self { files })
    }

    /// Every data source, in the order of the files.
    pub(super) fn entries(&self) -> impl Iterator<Item = SourceEntry<'_>> {
        self.files.iter().flat_map(|file| {
            let listed = file.document.value.get("datasources").and_then(Value::as_array);
            let listed = listed.into_iter().flatten().enumerate();
            listed.map(move |(at, value)| SourceEntry { file, at, value })
        })
    }

    pub(super) fn counts(&self) -> Counts {
        let correlations = self.entries().map(|entry| entry.correlations().len()).sum();
        Counts { files: self.files.len(), sources: self.entries().count(), correlations }
    }
}

impl<'a> SourceEntry<'a> {
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str().filter(|text| !text.is_empty())
    }

    /// What people call it by. Empty: it has no name.
    pub(super) fn name(&self) -> &'a str {
        self.text("name").unwrap_or_default()
    }

    /// As links know it. None: it has no uid of its own, as far as the file says.
    pub(super) fn data_source(&self) -> Option<DataSource> {
        let uid = self.text("uid").filter(|uid| !uid.contains('$'))?;
        Some(DataSource {
            uid: uid.to_owned(),
            name: self.name().to_owned(),
            datasource_type: self.text("type").unwrap_or_default().to_owned(),
        })
    }

    /// Its correlations as they stand there. Empty: it has none.
    pub(super) fn correlations(&self) -> &'a [Value] {
        let listed = self.value.get("correlations").and_then(Value::as_array);
        listed.map(Vec::as_slice).unwrap_or_default()
    }

    /// Where it is in its file, as a JSON pointer.
    pub(super) fn pointer(&self) -> String {
        format!("/datasources/{}", self.at)
    }
}
