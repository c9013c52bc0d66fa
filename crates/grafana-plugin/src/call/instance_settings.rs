//! Settings of a datasource or app.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::Secrets;
use crate::protocol::pluginv2;

/// Settings of one datasource.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DatasourceSettings {
    /// Number in Grafana's database; [`DatasourceSettings::uid`] is what names a datasource.
    pub id: i64,
    /// Name within the organisation.
    pub uid: String,
    /// Name for people.
    pub name: String,
    /// Address of the server behind it.
    pub url: String,
    /// User at that server, as old datasources store it.
    pub user: String,
    /// Database at that server, as old datasources store it.
    pub database: String,
    /// User for basic authentication; absent when that is off.
    pub basic_auth_user: Option<String>,
    /// The JSON object that the configuration page stores, unparsed; empty for none.
    pub json_data: Bytes,
    /// Secret settings.
    pub secrets: Secrets,
    /// When the settings were saved, milliseconds since 1970.
    pub updated_millis: i64,
    /// Version of the settings' shape.
    pub api_version: String,
}

impl DatasourceSettings {
    /// Parses the JSON object of the configuration page; no JSON counts as an empty object.
    ///
    /// # Errors
    /// When it does not have the shape of `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        parse_object(&self.json_data)
    }
}

/// Settings of an app.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AppSettings {
    /// The JSON object that the configuration page stores, unparsed; empty for none.
    pub json_data: Bytes,
    /// Secret settings.
    pub secrets: Secrets,
    /// When the settings were saved, milliseconds since 1970.
    pub updated_millis: i64,
    /// Version of the settings' shape.
    pub api_version: String,
}

impl AppSettings {
    /// Parses the JSON object of the configuration page; no JSON counts as an empty object.
    ///
    /// # Errors
    /// When it does not have the shape of `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        parse_object(&self.json_data)
    }
}

fn parse_object<T: DeserializeOwned>(json: &Bytes) -> Result<T, serde_json::Error> {
    serde_json::from_slice(if json.is_empty() { b"{}" } else { json })
}

impl From<pluginv2::DataSourceInstanceSettings> for DatasourceSettings {
    fn from(wire: pluginv2::DataSourceInstanceSettings) -> Self {
        Self {
            id: wire.id,
            uid: wire.uid,
            name: wire.name,
            url: wire.url,
            user: wire.user,
            database: wire.database,
            basic_auth_user: wire.basic_auth_enabled.then_some(wire.basic_auth_user),
            json_data: wire.json_data,
            secrets: wire.decrypted_secure_json_data.into(),
            updated_millis: wire.last_updated_ms,
            api_version: wire.api_version,
        }
    }
}

impl From<&DatasourceSettings> for pluginv2::DataSourceInstanceSettings {
    fn from(settings: &DatasourceSettings) -> Self {
        Self {
            id: settings.id,
            uid: settings.uid.clone(),
            name: settings.name.clone(),
            url: settings.url.clone(),
            user: settings.user.clone(),
            database: settings.database.clone(),
            basic_auth_enabled: settings.basic_auth_user.is_some(),
            basic_auth_user: settings.basic_auth_user.clone().unwrap_or_default(),
            json_data: settings.json_data.clone(),
            decrypted_secure_json_data: settings.secrets.to_map(),
            last_updated_ms: settings.updated_millis,
            api_version: settings.api_version.clone(),
        }
    }
}

impl From<pluginv2::AppInstanceSettings> for AppSettings {
    fn from(wire: pluginv2::AppInstanceSettings) -> Self {
        Self {
            json_data: wire.json_data,
            secrets: wire.decrypted_secure_json_data.into(),
            updated_millis: wire.last_updated_ms,
            api_version: wire.api_version,
        }
    }
}

impl From<&AppSettings> for pluginv2::AppInstanceSettings {
    fn from(settings: &AppSettings) -> Self {
        Self {
            json_data: settings.json_data.clone(),
            decrypted_secure_json_data: settings.secrets.to_map(),
            last_updated_ms: settings.updated_millis,
            api_version: settings.api_version.clone(),
        }
    }
}
