//! `fireline serve`, from the command line to the last commit.

use std::io::Write as _;
use std::time::Duration;

use anyhow::Context;
use store::{Store, StoreConfig};

use super::arguments::ServeArguments;
use super::face::system_clock;
use super::server::{Server, stop_signal};

/// Where profiles lie in the data folder.
const PROFILES_FOLDER: &str = "profiles";

/// How often old profiles are looked for, beside after each push.
const CLEANING_INTERVAL: Duration = Duration::from_secs(15 * 60);

/// Serves until the process is asked to stop; then finishes what is under way.
///
/// Errors: the store cannot be opened, or the address cannot be listened on.
pub async fn serve(arguments: &ServeArguments) -> anyhow::Result<()> {
    let arguments = &if arguments.serves_workbench(arguments.listen.ip()) {
        arguments.with_found_neighbours().await
    } else {
        arguments.clone()
    };
    let folder = arguments.data.join(PROFILES_FOLDER);
    let mut config = StoreConfig::new(&folder);
    (config.max_age, config.max_bytes) = (arguments.max_age, arguments.max_bytes);
    let store = Store::open(config)
        .with_context(|| format!("opening the profile store in {}", folder.display()))?;
    let server = Server::bind(arguments, store.clone(), system_clock).await?;
    announce(arguments, &server)?;
    let cleaning = tokio::spawn(delete_old_profiles(store));
    let stop = async {
        if let Err(error) = stop_signal().await {
            tracing::error!(%error, "cannot listen for the signal to stop");
            std::future::pending::<()>().await;
        }
        tracing::info!("stopping");
    };
    server.run(stop).await;
    cleaning.abort();
    Ok(())
}

/// Deletes what is too old now and then, also when nobody pushes.
async fn delete_old_profiles(store: Store) {
    let mut ticks = tokio::time::interval(CLEANING_INTERVAL);
    loop {
        ticks.tick().await;
        let store = store.clone();
        let deleted = tokio::task::spawn_blocking(move || store.delete_old(system_clock()));
        if let Err(error) = deleted.await {
            tracing::error!(%error, "cannot delete old profiles");
        }
    }
}

/// Says where the server is. Scripts read the first address that is printed.
fn announce(arguments: &ServeArguments, server: &Server) -> anyhow::Result<()> {
    let wanted = arguments.listen;
    let bound = server.address()?;
    let mut text = String::new();
    if wanted.port() != 0 && wanted.port() != bound.port() {
        text.push_str(&format!("port {} is taken, port {} is used\n", wanted.port(), bound.port()));
    }
    let shows = arguments.serves_workbench(bound.ip());
    let does = if shows { ", answers and shows" } else { " and answers" };
    let (url, data) = (server.url(), arguments.data.display());
    text.push_str(&format!(
        "Fireline takes{does} profiles at {url}\nprofiles are kept in {data}\n"
    ));
    if shows {
        for (what, url) in arguments.neighbours() {
            text.push_str(&format!("{what} come from {url}\n"));
        }
    }
    // Whoever reads this may have gone after the address; that is no reason to stop.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if !bound.ip().is_loopback() {
        tracing::warn!(address = %bound, "{}", off_loopback_warning(shows));
        if !shows && !arguments.no_workbench {
            tracing::warn!(
                "no workbench is served at an address that other machines reach; \
                 --workbench-off-loopback serves it nevertheless"
            );
        }
    }
    Ok(())
}

/// What whoever reaches a server can do.
fn off_loopback_warning(has_workbench: bool) -> &'static str {
    if has_workbench {
        "there is no login: whoever reaches this address can read and push profiles, change the \
         settings of the workbench's datasource, and query through it with its stored credentials"
    } else {
        "there is no login: whoever reaches this address can read and push profiles"
    }
}
