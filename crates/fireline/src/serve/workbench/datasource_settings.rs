//! The settings of the workbench's datasource: kept in a file, secrets never read back.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{fs, io};

use axum::http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The uid of the datasource that the workbench offers.
pub(crate) const UID: &str = "fireline";

/// The plugin behind it.
pub(crate) const PLUGIN_ID: &str = "fireline-profiles-datasource";

/// The settings of the datasource, as Grafana keeps them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DatasourceSettings {
    /// The name shown.
    pub(crate) name: String,
    /// Where profiles are asked for. None: this server itself, wherever it listens.
    pub(crate) url: Option<String>,
    /// Whether user and password are sent.
    pub(crate) basic_auth: bool,
    /// The user of basic authentication.
    pub(crate) basic_auth_user: String,
    /// What the config editor keeps.
    pub(crate) json_data: Map<String, Value>,
    /// What the config editor keeps secret; goes to the plugin only.
    pub(crate) secure_json_data: BTreeMap<String, String>,
    /// The metrics server whose secrets are among them. Empty: there was none.
    pub(crate) metrics_server: String,
    /// When it was last changed. Unit: milliseconds since 1970.
    pub(crate) updated_millis: i64,
    /// How often it was changed.
    pub(crate) version: u64,
}

/// Profilers upload every 10 or 15 seconds: steps of 15 would hold one profile here and two there, and the rate of a
/// steady program would zigzag.
const MIN_STEP: &str = "30s";

impl Default for DatasourceSettings {
    fn default() -> Self {
        Self {
            name: "Fireline".to_owned(),
            url: None,
            basic_auth: false,
            basic_auth_user: String::new(),
            json_data: Map::from_iter([("minStep".to_owned(), MIN_STEP.into())]),
            secure_json_data: BTreeMap::new(),
            metrics_server: String::new(),
            updated_millis: 0,
            version: 1,
        }
    }
}

/// What a page sends to change the settings; the fields of Grafana's call, others are ignored.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DatasourceUpdate {
    name: Option<String>,
    url: Option<String>,
    basic_auth: Option<bool>,
    basic_auth_user: Option<String>,
    /// What the config editor keeps.
    pub(super) json_data: Option<Map<String, Value>>,
    /// Only what changes. An empty text removes a secret.
    secure_json_data: Option<BTreeMap<String, Option<String>>>,
    /// The metrics server that is asked from now on, named or found. Empty: there is none.
    #[serde(skip)]
    pub(super) metrics_server: String,
}

/// How the names of the metrics server's secrets begin.
const METRICS_SECRET: &str = "metrics";

impl DatasourceSettings {
    /// What a page may know: everything but the secrets, of which only the names are told.
    pub(crate) fn public(&self, own_url: &str) -> Value {
        let secure_fields: BTreeMap<&str, bool> =
            self.secure_json_data.keys().map(|name| (name.as_str(), true)).collect();
        json!({
            "id": 1,
            "uid": UID,
            "orgId": 1,
            "name": self.name,
            "type": PLUGIN_ID,
            "access": "proxy",
            "url": self.effective_url(own_url),
            "user": "",
            "database": "",
            "basicAuth": self.basic_auth,
            "basicAuthUser": self.basic_auth_user,
            "withCredentials": false,
            "isDefault": true,
            "jsonData": self.json_data,
            "secureJsonFields": secure_fields,
            "version": self.version,
            "readOnly": false,
        })
    }

    /// Where profiles are asked for.
    pub(crate) fn effective_url<'a>(&'a self, own_url: &'a str) -> &'a str {
        self.url.as_deref().unwrap_or(own_url)
    }

    /// Leaves out the secrets of a metrics server that is not the one that is asked: one that was found today may
    /// be another than the one of yesterday.
    pub(crate) fn leave_out_strange_secrets(&mut self) {
        let asked = metrics_url(&self.json_data);
        if !is_same_server(&self.metrics_server, asked) {
            self.secure_json_data.retain(|name, _| !name.starts_with(METRICS_SECRET));
        }
    }

    /// The settings after an update.
    ///
    /// Secrets stay unless they are sent, but not when the datasource moves to another server:
    /// whoever may change the address, and does not know them, must not have them sent to itself.
    /// Those of the metrics server likewise follow its address.
    fn updated(&self, update: DatasourceUpdate, own_url: &str, now_millis: i64) -> Self {
        let url = update.url.unwrap_or_default();
        let url = url.trim().trim_end_matches('/');
        let url = (!url.is_empty() && url != own_url).then(|| url.to_owned());
        let stays = is_same_server(self.effective_url(own_url), url.as_deref().unwrap_or(own_url));
        let mut secure_json_data =
            if stays { self.secure_json_data.clone() } else { BTreeMap::new() };
        if !is_same_server(&self.metrics_server, &update.metrics_server) {
            secure_json_data.retain(|name, _| !name.starts_with(METRICS_SECRET));
        }
        for (name, secret) in update.secure_json_data.unwrap_or_default() {
            secure_json_data.extend(secret.map(|secret| (name, secret)));
        }
        secure_json_data.retain(|_, secret| !secret.is_empty());
        let name = update.name.filter(|name| !name.is_empty());
        Self {
            name: name.unwrap_or_else(|| self.name.clone()),
            url,
            basic_auth: update.basic_auth.unwrap_or_default(),
            basic_auth_user: update.basic_auth_user.unwrap_or_default(),
            json_data: update.json_data.unwrap_or_default(),
            secure_json_data,
            metrics_server: update.metrics_server,
            // The plugin makes its client anew when this changes, so it must.
            updated_millis: now_millis.max(self.updated_millis.saturating_add(1)),
            version: self.version.saturating_add(1),
        }
    }
}

/// The metrics server that settings name. Empty: none.
pub(crate) fn metrics_url(json_data: &Map<String, Value>) -> &str {
    json_data.get("metrics").and_then(|metrics| metrics["url"].as_str()).unwrap_or_default()
}

/// Whether two addresses have the same scheme, host and port.
fn is_same_server(one: &str, other: &str) -> bool {
    one == other || server(one).is_some_and(|server_of_one| server(other) == Some(server_of_one))
}

/// Scheme, host and port of an address. None: it is no address.
fn server(url: &str) -> Option<(String, String, Option<u16>)> {
    let uri: Uri = url.parse().ok()?;
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    };
    Some((scheme, uri.host()?.to_ascii_lowercase(), uri.port_u16().or(default_port)))
}

/// The settings, in memory and in a file.
#[derive(Debug)]
pub(crate) struct DatasourceFile {
    path: PathBuf,
    settings: Mutex<DatasourceSettings>,
}

impl DatasourceFile {
    /// Opens the file; an absent one means the defaults.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        let mut settings: DatasourceSettings = match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => DatasourceSettings::default(),
            Err(error) => return Err(error),
        };
        if settings.metrics_server.is_empty() {
            metrics_url(&settings.json_data).clone_into(&mut settings.metrics_server);
        }
        Ok(Self { path, settings: Mutex::new(settings) })
    }

    /// The settings as they are now.
    pub(crate) fn get(&self) -> DatasourceSettings {
        self.lock().clone()
    }

    /// Changes the settings and writes them down; on an error nothing is changed.
    pub(crate) fn update(
        &self,
        update: DatasourceUpdate,
        own_url: &str,
        now_millis: i64,
    ) -> io::Result<DatasourceSettings> {
        let mut settings = self.lock();
        let updated = settings.updated(update, own_url, now_millis);
        write_private(&self.path, &serde_json::to_vec_pretty(&updated)?)?;
        *settings = updated.clone();
        Ok(updated)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, DatasourceSettings> {
        self.settings.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Writes a file that only its owner may read, and never half of it.
fn write_private(path: &Path, text: &[u8]) -> io::Result<()> {
    let partial = path.with_extension("partial");
    // A file left over from a crash could have other permissions.
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&partial)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&partial, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN_URL: &str = "http://127.0.0.1:4040";

    fn update(text: &str) -> DatasourceUpdate {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn secrets_are_kept_but_never_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("datasource.json");
        let file = DatasourceFile::open(path.clone()).unwrap();
        let body =
            r#"{"url":"http://pyroscope:4040","secureJsonData":{"basicAuthPassword":"hunter2"}}"#;
        let settings = file.update(update(body), OWN_URL, 5).unwrap();
        let public = settings.public(OWN_URL).to_string();
        assert!(!public.contains("hunter2"), "{public}");
        assert!(public.contains(r#""secureJsonFields":{"basicAuthPassword":true}"#), "{public}");

        let kept = DatasourceFile::open(path).unwrap().get();
        assert_eq!(kept.secure_json_data["basicAuthPassword"], "hunter2");
        assert_eq!(kept.effective_url(OWN_URL), "http://pyroscope:4040");
    }

    #[test]
    fn a_secret_that_is_not_sent_stays_and_an_empty_one_goes() {
        let folder = tempfile::tempdir().unwrap();
        let file = DatasourceFile::open(folder.path().join("datasource.json")).unwrap();
        file.update(update(r#"{"secureJsonData":{"a":"1","b":"2"}}"#), OWN_URL, 5).unwrap();
        file.update(update(r#"{"secureJsonData":{"a":""}}"#), OWN_URL, 5).unwrap();
        let settings = file.get();
        assert_eq!(settings.secure_json_data.keys().collect::<Vec<_>>(), ["b"]);
        assert_eq!((settings.version, settings.updated_millis), (3, 6));
    }

    #[test]
    fn secrets_do_not_go_to_another_server() {
        let folder = tempfile::tempdir().unwrap();
        let file = DatasourceFile::open(folder.path().join("datasource.json")).unwrap();
        let secrets_after = |from: &str, to: &str| {
            let with_secret = json!({"url": from, "secureJsonData": {"password": "hunter2"}});
            file.update(serde_json::from_value(with_secret).unwrap(), OWN_URL, 5).unwrap();
            let moved = serde_json::from_value(json!({ "url": to })).unwrap();
            file.update(moved, OWN_URL, 5).unwrap().secure_json_data
        };
        let own = "https://pyroscope.example/a";
        for same in [
            own,
            "https://pyroscope.example:443/b",
            "HTTPS://Pyroscope.Example",
            "https://u@pyroscope.example/",
        ] {
            assert_eq!(secrets_after(own, same)["password"], "hunter2", "{same}");
        }
        for other in [
            "http://pyroscope.example/a",
            "https://pyroscope.example:444/a",
            "https://evil.example/a",
            "https://pyroscope.example@evil.example/a",
            "https://pyroscope.example.evil.example/a",
            "nonsense",
            "",
        ] {
            assert!(secrets_after(own, other).is_empty(), "{other}");
        }
        assert!(secrets_after("", own).is_empty());
        assert!(secrets_after("nonsense", "other nonsense").is_empty());

        let new = r#"{"url":"http://new:1","secureJsonData":{"token":"of the new one"}}"#;
        let settings = file.update(update(new), OWN_URL, 5).unwrap();
        assert_eq!(settings.secure_json_data["token"], "of the new one");
    }

    #[test]
    fn secrets_of_a_metrics_server_go_to_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = DatasourceFile::open(folder.path().join("datasource.json")).unwrap();
        let with_secrets =
            r#"{"secureJsonData":{"metricsBearerToken":"hunter2","bearerToken":"own"}}"#;
        let asking = |text: &str, server: &str| DatasourceUpdate {
            metrics_server: server.to_owned(),
            ..update(text)
        };
        let secrets_at = |server: &str| {
            let mut settings = file.get();
            settings.json_data = json!({"metrics": {"url": server}}).as_object().cloned().unwrap();
            settings.leave_out_strange_secrets();
            settings.secure_json_data.into_keys().collect::<Vec<_>>()
        };
        file.update(asking(with_secrets, "http://127.0.0.1:9090"), OWN_URL, 5).unwrap();
        assert_eq!(secrets_at("http://127.0.0.1:9090/"), ["bearerToken", "metricsBearerToken"]);
        assert_eq!(secrets_at("http://127.0.0.1:9091"), ["bearerToken"]);
        assert_eq!(secrets_at(""), ["bearerToken"]);
        // Once it has moved the secret is gone for good.
        file.update(asking("{}", "http://mimir:9009"), OWN_URL, 5).unwrap();
        file.update(asking("{}", "http://127.0.0.1:9090"), OWN_URL, 5).unwrap();
        assert_eq!(secrets_at("http://127.0.0.1:9090"), ["bearerToken"]);
    }

    #[test]
    fn a_file_that_does_not_say_whose_its_secrets_are_means_the_server_that_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("datasource.json");
        let text = r#"{"jsonData":{"metrics":{"url":"http://mimir"}},"secureJsonData":{"metricsBearerToken":"x"}}"#;
        fs::write(&path, text).unwrap();
        let mut settings = DatasourceFile::open(path).unwrap().get();
        settings.leave_out_strange_secrets();
        assert_eq!(settings.secure_json_data.len(), 1);
    }

    #[test]
    fn the_own_address_is_not_written_down() {
        let folder = tempfile::tempdir().unwrap();
        let file = DatasourceFile::open(folder.path().join("datasource.json")).unwrap();
        let body = format!("{{\"url\":\"{OWN_URL}/\",\"jsonData\":null}}");
        let settings = file.update(update(&body), OWN_URL, 5).unwrap();
        assert_eq!(settings.url, None);
        assert_eq!(settings.effective_url("http://127.0.0.1:4041"), "http://127.0.0.1:4041");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("datasource.json");
        let file = DatasourceFile::open(path.clone()).unwrap();
        file.update(DatasourceUpdate::default(), OWN_URL, 5).unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_broken_file_is_an_error_and_not_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("datasource.json");
        fs::write(&path, "{").unwrap();
        assert!(DatasourceFile::open(path).is_err());
    }
}
