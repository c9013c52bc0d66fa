//! All datasources that were asked so far, each kept until its settings change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use grafana_plugin::{DatasourceSettings, RequestContext};

use crate::client_config::Refusal;
use crate::http_settings::PROXY_KEYS;
use crate::instance::Instance;

/// Of more datasources, the one that was not asked for longest is forgotten: nobody says when one is deleted.
const MOST_KEPT: usize = 500;

/// Datasources by organisation and uid.
#[derive(Debug, Default)]
pub(crate) struct Instances {
    known: Mutex<KnownInstances>,
}

#[derive(Debug, Default)]
struct KnownInstances {
    by_key: HashMap<(i64, String), Known>,
    /// How often one was asked for.
    calls: u64,
}

#[derive(Debug)]
struct Known {
    /// The whole settings: databases keep the time of a change in seconds, within which it may be saved twice.
    settings: DatasourceSettings,
    /// Grafana's own settings of the secure SOCKS proxy, which may change under a datasource.
    proxy: Vec<Option<String>>,
    instance: Arc<Instance>,
    /// With which call it was asked for last.
    last_call: u64,
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
        let KnownInstances { by_key, calls } = &mut *known;
        *calls += 1;
        if let Some(found) = by_key.get_mut(&key)
            && found.settings == *settings
            && found.proxy == proxy
        {
            found.last_call = *calls;
            return Ok(Arc::clone(&found.instance));
        }
        let instance = Arc::new(Instance::new(settings, &ctx.plugin.grafana_config));
        if by_key.len() >= MOST_KEPT && !by_key.contains_key(&key) {
            let oldest = by_key.iter().min_by_key(|(_, known)| known.last_call);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                by_key.remove(&oldest);
            }
        }
        let settings = settings.clone();
        let known = Known { settings, proxy, instance: Arc::clone(&instance), last_call: *calls };
        by_key.insert(key, known);
        Ok(instance)
    }
}

#[cfg(test)]
mod tests {
    use grafana_plugin::PluginContext;

    use super::*;

    fn call(uid: usize) -> RequestContext {
        let url = "http://127.0.0.1:9".to_owned();
        let uid = uid.to_string();
        let datasource = Some(DatasourceSettings { uid, url, ..DatasourceSettings::default() });
        let plugin = PluginContext { datasource, ..PluginContext::default() };
        RequestContext { plugin, ..RequestContext::default() }
    }

    #[test]
    fn of_too_many_datasources_the_one_not_asked_for_longest_is_forgotten() {
        let instances = Instances::default();
        let first: Vec<Arc<Instance>> =
            (0..MOST_KEPT).map(|uid| instances.get(&call(uid)).unwrap()).collect();
        let is_kept = |uid: usize| Arc::ptr_eq(&first[uid], &instances.get(&call(uid)).unwrap());
        assert!(is_kept(0));
        instances.get(&call(MOST_KEPT)).unwrap();
        assert!(is_kept(0));
        assert!(!is_kept(1));
        assert_eq!(instances.known.lock().unwrap().by_key.len(), MOST_KEPT);
    }
}
