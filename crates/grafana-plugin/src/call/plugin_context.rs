//! Where and for whom a call happens.

use std::collections::BTreeMap;

use super::{AppSettings, DatasourceSettings};
use crate::protocol::pluginv2;

/// Where and for whom a call happens.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PluginContext {
    /// Organisation.
    pub org_id: i64,
    /// Plugin that is called.
    pub plugin_id: String,
    /// Who asks; absent when nobody does, as in alert rules.
    pub user: Option<User>,
    /// Settings of the app, when an app is called.
    pub app: Option<AppSettings>,
    /// Settings of the datasource, when a datasource is called.
    pub datasource: Option<DatasourceSettings>,
    /// Grafana's own settings that concern plugins.
    pub grafana_config: GrafanaConfig,
    /// Version of the plugin as Grafana knows it.
    pub plugin_version: String,
    /// Name and version of Grafana.
    pub user_agent: String,
    /// Version of the API that is called.
    pub api_version: String,
    /// Namespace of the organisation or stack.
    pub namespace: String,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// Login name.
    pub login: String,
    /// Name to show.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// `Admin`, `Editor`, `Viewer`, `None`, empty, or what Grafana adds later.
    pub role: String,
}

/// Grafana's own settings that concern plugins, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrafanaConfig(BTreeMap<String, String>);

impl GrafanaConfig {
    /// The setting of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Address of Grafana as browsers see it.
    pub fn app_url(&self) -> Option<&str> {
        self.get("GF_APP_URL")
    }

    /// Whether a feature toggle is on.
    pub fn has_feature_toggle(&self, name: &str) -> bool {
        self.get("GF_INSTANCE_FEATURE_TOGGLES_ENABLE")
            .is_some_and(|toggles| toggles.split(',').any(|toggle| toggle.trim() == name))
    }
}

impl From<BTreeMap<String, String>> for GrafanaConfig {
    fn from(settings: BTreeMap<String, String>) -> Self {
        Self(settings)
    }
}

impl From<pluginv2::PluginContext> for PluginContext {
    fn from(wire: pluginv2::PluginContext) -> Self {
        Self {
            org_id: wire.org_id,
            plugin_id: wire.plugin_id,
            user: wire.user.map(|user| User {
                login: user.login,
                name: user.name,
                email: user.email,
                role: user.role,
            }),
            app: wire.app_instance_settings.map(Into::into),
            datasource: wire.data_source_instance_settings.map(Into::into),
            grafana_config: wire.grafana_config.into(),
            plugin_version: wire.plugin_version,
            user_agent: wire.user_agent,
            api_version: wire.api_version,
            namespace: wire.namespace,
        }
    }
}

impl From<&PluginContext> for pluginv2::PluginContext {
    fn from(context: &PluginContext) -> Self {
        Self {
            org_id: context.org_id,
            plugin_id: context.plugin_id.clone(),
            user: context.user.as_ref().map(|user| pluginv2::User {
                login: user.login.clone(),
                name: user.name.clone(),
                email: user.email.clone(),
                role: user.role.clone(),
            }),
            app_instance_settings: context.app.as_ref().map(Into::into),
            data_source_instance_settings: context.datasource.as_ref().map(Into::into),
            grafana_config: context.grafana_config.0.clone(),
            plugin_version: context.plugin_version.clone(),
            user_agent: context.user_agent.clone(),
            api_version: context.api_version.clone(),
            namespace: context.namespace.clone(),
        }
    }
}
