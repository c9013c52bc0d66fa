//! `fireline serve`, from the command line to the last commit.

use anyhow::Context;
use store::{Store, StoreConfig};

use super::arguments::ServeArguments;
use super::face::system_clock;
use super::server::{Server, stop_signal};

/// Where profiles lie in the data folder.
const PROFILES_FOLDER: &str = "profiles";

/// Serves until the process is asked to stop; then finishes what is under way.
///
/// Errors: the store cannot be opened, or the address cannot be listened on.
pub async fn serve(arguments: &ServeArguments) -> anyhow::Result<()> {
    let folder = arguments.data.join(PROFILES_FOLDER);
    let store = Store::open(StoreConfig::new(&folder))
        .with_context(|| format!("opening the profile store in {}", folder.display()))?;
    let server = Server::bind(arguments, store, system_clock).await?;
    announce(arguments, &server)?;
    let stop = async {
        if let Err(error) = stop_signal().await {
            tracing::error!(%error, "cannot listen for the signal to stop");
            std::future::pending::<()>().await;
        }
        tracing::info!("stopping");
    };
    server.run(stop).await?;
    Ok(())
}

/// Says where the server is. Scripts read the first address that is printed.
fn announce(arguments: &ServeArguments, server: &Server) -> anyhow::Result<()> {
    let wanted = arguments.listen;
    let bound = server.address()?;
    if wanted.port() != 0 && wanted.port() != bound.port() {
        println!("port {} is taken, port {} is used", wanted.port(), bound.port());
    }
    if arguments.no_workbench {
        println!("Fireline takes and answers profiles at {}", server.url());
    } else {
        println!("Fireline takes, answers and shows profiles at {}", server.url());
    }
    println!("profiles are kept in {}", arguments.data.display());
    if !bound.ip().is_loopback() {
        tracing::warn!(
            address = %bound,
            "whoever reaches this address can read and push profiles: there is no login"
        );
    }
    Ok(())
}
