//! All datasources that were asked so far, each kept until its settings change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use grafana_plugin::{DatasourceSettings, RequestContext};

use crate::client_config::Refusal;
use crate::http_settings::PROXY_KEYS;
use crate::instance::Instance;

/// Datasources by organisation and uid.
#[derive(Debug, Default)]
pub(crate) struct Instances {
    known: Mutex<HashMap<(i64, String), Known>>,
}

#[derive(Debug)]
struct Known {
    /// The whole settings: databases keep the time of a change in seconds, within which it may be saved twice.
    settings: DatasourceSettings,
    /// Grafana's own settings of the secure SOCKS proxy, which may change under a datasource.
    proxy: Vec<Option<String>>,
    instance: Arc<Instance>,
}

impl Instances {
    /// The datasource that a call is about. Opens no connection.
    ///
    /// Errors: the call names none.
    pub(crate) fn get(&self, ctx: &RequestContext) -> Result<Arc<Instance>, Refusal> {
        let settings = ctx.plugin.datasource.as_ref().ok_or(Refusal::NoDatasource)?;
        let key = (ctx.plugin.org_id, settings.uid.clone());
        let proxy: Vec<Option<String>> = PROXY_KEYS
            .iter()
            .map(|key| ctx.plugin.grafana_config.get(key).map(str::to_owned))
            .collect();
        // A panic elsewhere leaves the map whole: entries are replaced, never half changed.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&key)
            && found.settings == *settings
            && found.proxy == proxy
        {
            return Ok(Arc::clone(&found.instance));
        }
        let instance = Arc::new(Instance::new(settings, &ctx.plugin.grafana_config));
        let settings = settings.clone();
        known.insert(key, Known { settings, proxy, instance: Arc::clone(&instance) });
        Ok(instance)
    }
}
