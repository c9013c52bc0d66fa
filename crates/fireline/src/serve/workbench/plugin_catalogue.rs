//! The plugins of the bundle: every `plugin.json` in its folder and the folders below.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::Value;

/// How deep below the bundle a `plugin.json` is looked for.
const MAX_DEPTH: usize = 6;

/// One plugin of the bundle.
#[derive(Debug, Clone)]
pub(crate) struct Plugin {
    /// The folder of its `plugin.json`.
    pub(crate) folder: PathBuf,
    /// What stands in its `plugin.json`.
    pub(crate) manifest: Value,
}

impl Plugin {
    /// What the page is told of the plugin: its manifest, and where its files are served.
    pub(crate) fn meta(&self) -> Value {
        let mut meta = self.manifest.clone();
        let id = self.id().to_owned();
        if let Some(fields) = meta.as_object_mut() {
            fields.insert("module".into(), format!("public/plugins/{id}/module.js").into());
            fields.insert("baseUrl".into(), format!("public/plugins/{id}").into());
        }
        meta
    }

    /// The id, for instance `fireline-profiles-datasource`.
    pub(crate) fn id(&self) -> &str {
        self.manifest["id"].as_str().unwrap_or_default()
    }

    /// The version, empty if the manifest has none.
    pub(crate) fn version(&self) -> &str {
        self.manifest["info"]["version"].as_str().unwrap_or_default()
    }

    /// The backend program of this machine's kind: `<executable>_<os>_<architecture>[.exe]`.
    /// None: the plugin has no backend.
    pub(crate) fn executable(&self) -> Option<PathBuf> {
        if self.manifest["backend"] != Value::Bool(true) {
            return None;
        }
        let name = self.manifest["executable"].as_str()?;
        let (os, architecture, suffix) = platform();
        Some(self.folder.join(format!("{name}_{os}_{architecture}{suffix}")))
    }
}

/// Operating system and architecture as Go names them, and how programs end.
fn platform() -> (&'static str, &'static str, &'static str) {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    (os, architecture, std::env::consts::EXE_SUFFIX)
}

/// Reads the plugins below `bundle`, by id.
///
/// Empty: the folder is absent or holds no `plugin.json`.
/// A manifest that is no JSON object with an id is logged and left out; of two with one id the one
/// nearer to the top wins. Symbolic links are not followed.
pub(crate) fn read_plugins(bundle: &Path) -> io::Result<BTreeMap<String, Plugin>> {
    let mut plugins = BTreeMap::new();
    let mut folders = vec![(bundle.to_owned(), 0)];
    let mut next = 0;
    while let Some((folder, depth)) = folders.get(next).cloned() {
        next += 1;
        if let Some(plugin) = read_plugin(&folder) {
            plugins.entry(plugin.id().to_owned()).or_insert(plugin);
        }
        if depth < MAX_DEPTH {
            folders.extend(subfolders(&folder)?.into_iter().map(|folder| (folder, depth + 1)));
        }
    }
    Ok(plugins)
}

fn read_plugin(folder: &Path) -> Option<Plugin> {
    let path = folder.join("plugin.json");
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "left out a plugin manifest");
            return None;
        }
    };
    let plugin = serde_json::from_slice(&text)
        .map(|manifest| Plugin { folder: folder.to_owned(), manifest });
    match plugin {
        Ok(plugin) if !plugin.id().is_empty() => Some(plugin),
        Ok(_) => {
            tracing::warn!(path = %path.display(), "left out a plugin manifest without an id");
            None
        }
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "left out a plugin manifest");
            None
        }
    }
}

/// The folders in a folder, ascending by name. Empty: it is absent.
fn subfolders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() && entry.file_name() != "node_modules" {
            folders.push(entry.path());
        }
    }
    folders.sort();
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn plugins_are_found_at_any_depth() {
        let bundle = tempfile::tempdir().unwrap();
        let manifest = |id: &str| format!("{{\"id\":\"{id}\",\"info\":{{\"version\":\"1.2.3\"}}}}");
        write(&bundle.path().join("plugin.json"), &manifest("an-app"));
        write(&bundle.path().join("a/b/plugin.json"), &manifest("a-panel"));
        write(&bundle.path().join("z/plugin.json"), &manifest("a-panel"));
        write(&bundle.path().join("broken/plugin.json"), "{");
        write(&bundle.path().join("nameless/plugin.json"), "{}");
        write(&bundle.path().join("node_modules/x/plugin.json"), &manifest("not-ours"));

        let plugins = read_plugins(bundle.path()).unwrap();
        assert_eq!(plugins.keys().collect::<Vec<_>>(), ["a-panel", "an-app"]);
        assert_eq!(plugins["a-panel"].folder, bundle.path().join("z"));
        assert_eq!(plugins["an-app"].version(), "1.2.3");
        assert_eq!(plugins["an-app"].meta()["module"], "public/plugins/an-app/module.js");
    }

    #[test]
    fn an_absent_bundle_has_no_plugins() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_plugins(&folder.path().join("absent")).unwrap().is_empty());
    }

    #[test]
    fn the_program_is_named_after_the_machine() {
        let plugin = |text: &str| Plugin {
            folder: "/bundle/datasource".into(),
            manifest: serde_json::from_str(text).unwrap(),
        };
        let backend = plugin(r#"{"id":"d","backend":true,"executable":"gpx_d"}"#);
        let path = backend.executable().unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(path.starts_with("/bundle/datasource") && name.starts_with("gpx_d_"), "{name}");
        assert_eq!(plugin(r#"{"id":"p"}"#).executable(), None);
    }
}
