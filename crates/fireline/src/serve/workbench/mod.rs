//! The server side of the workbench page: what Grafana's server does for a plugin.

mod api;
mod backend;
mod calls;
mod datasource_settings;
mod files;
mod page;
mod plugin_catalogue;
mod query_request;
mod routes;
mod sources;

pub(crate) use routes::routes;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::RwLock;

use super::arguments::ServeArguments;
use super::face::Clock;
use super::front_door::BasePath;
use backend::Backend;
use datasource_settings::DatasourceFile;
use plugin_catalogue::{Plugin, read_plugins};
use sources::Sources;

/// Where the bundle lies below the folder of built things.
const BUNDLE_FOLDER: &str = "fireline-profiles-app";

/// Where the page lies below the folder of built things.
const PAGE_FOLDER: &str = "workbench";

/// What the workbench's paths share.
#[derive(Debug)]
pub(crate) struct Workbench {
    dist: PathBuf,
    plugins: RwLock<BTreeMap<String, Plugin>>,
    datasource: DatasourceFile,
    sources: Sources,
    backend: Backend,
    own_url: String,
    base_path: BasePath,
    clock: Clock,
}

impl Workbench {
    /// Opens the workbench: bundle, page, settings and the servers beside it as the arguments say.
    /// `own_url` is where this server answers the API, without a slash at the end.
    pub(crate) fn open(
        arguments: &ServeArguments,
        own_url: String,
        base_path: BasePath,
        clock: Clock,
    ) -> io::Result<Self> {
        let datasource = DatasourceFile::open(arguments.data.join("workbench-datasource.json"))?;
        let workbench = Self {
            dist: arguments.dist.clone(),
            plugins: RwLock::default(),
            datasource,
            sources: Sources::new(arguments),
            backend: Backend::default(),
            own_url,
            base_path,
            clock,
        };
        workbench.read_plugins();
        Ok(workbench)
    }

    /// Stops the plugin process, if there is one.
    pub(crate) async fn stop(&self) {
        self.backend.stop().await;
    }

    fn page_folder(&self) -> PathBuf {
        self.dist.join(PAGE_FOLDER)
    }

    /// Looks again which plugins the bundle has, for a bundle that is built while the server runs.
    fn read_plugins(&self) -> BTreeMap<String, Plugin> {
        let bundle = self.dist.join(BUNDLE_FOLDER);
        let plugins = read_plugins(&bundle).unwrap_or_else(|error| {
            tracing::error!(folder = %bundle.display(), %error, "cannot read the bundle");
            BTreeMap::new()
        });
        self.plugins
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone_from(&plugins);
        plugins
    }

    /// A plugin of the bundle.
    fn plugin(&self, id: &str) -> Option<Plugin> {
        let known = |plugins: &BTreeMap<String, Plugin>| plugins.get(id).cloned();
        let plugin = known(&self.plugins.read().unwrap_or_else(std::sync::PoisonError::into_inner));
        plugin.or_else(|| known(&self.read_plugins()))
    }
}
