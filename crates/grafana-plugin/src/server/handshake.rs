//! Finding out who started the process, and telling them where it listens.

use std::io::{self, Write};

#[cfg(unix)]
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::serve::ServeError;
use crate::handshake_line::{
    Address, COOKIE_NAME, COOKIE_VALUE, HandshakeLine, PROTOCOL_VERSION, VERSIONS_NAME,
};

/// Environment variables with the range of ports to listen on.
const PORT_RANGE_NAMES: [&str; 2] = ["PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT"];
/// Environment variable with the folder that sockets shall be made in.
#[cfg(unix)]
const SOCKET_FOLDER_NAME: &str = "PLUGIN_UNIX_SOCKET_DIR";

/// Where the process listens.
pub(super) enum Listener {
    Tcp(TcpListener),
    /// The folder goes away with the listener.
    #[cfg(unix)]
    Unix(tokio::net::UnixListener, TempDir),
}

/// Checks that a host started the process, and one that speaks our version.
pub(super) fn check_host() -> Result<(), ServeError> {
    if std::env::var(COOKIE_NAME).as_deref() != Ok(COOKIE_VALUE) {
        return Err(ServeError::StartedByHand);
    }
    // Hosts that negotiate nothing leave the variable out.
    let Ok(versions) = std::env::var(VERSIONS_NAME) else { return Ok(()) };
    let ours = PROTOCOL_VERSION.to_string();
    if versions.split(',').any(|version| version.trim() == ours) {
        Ok(())
    } else {
        Err(ServeError::NoCommonVersion { host: versions })
    }
}

/// Listens on a socket that only this user can reach, or else on the loopback interface.
pub(super) async fn listen() -> Result<Listener, ServeError> {
    #[cfg(unix)]
    match listen_unix() {
        Ok(listener) => return Ok(listener),
        // A read-only disk or a long path; TCP works there.
        Err(error) => tracing::debug!(%error, "no unix socket, listening on TCP instead"),
    }
    listen_tcp().await.map(Listener::Tcp).map_err(|source| ServeError::Listen { source })
}

#[cfg(unix)]
fn listen_unix() -> io::Result<Listener> {
    use std::os::unix::fs::PermissionsExt;
    let parent = std::env::var_os(SOCKET_FOLDER_NAME)
        .map_or_else(std::env::temp_dir, std::path::PathBuf::from);
    // Whoever reaches the socket can read what the datasource reads.
    let only_this_user = std::fs::Permissions::from_mode(0o700);
    let folder =
        tempfile::Builder::new().prefix("plugin").permissions(only_this_user).tempdir_in(parent)?;
    let listener = tokio::net::UnixListener::bind(folder.path().join("grpc"))?;
    Ok(Listener::Unix(listener, folder))
}

async fn listen_tcp() -> io::Result<TcpListener> {
    let range = PORT_RANGE_NAMES.map(|name| std::env::var(name).ok()?.parse::<u16>().ok());
    if let [Some(first), Some(last)] = range {
        for port in first..=last {
            match TcpListener::bind(("127.0.0.1", port)).await {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                listener => return listener,
            }
        }
    }
    TcpListener::bind(("127.0.0.1", 0)).await
}

/// Tells the host where the process listens.
/// Nothing else may be written to standard output before.
pub(super) fn announce(listener: &Listener) -> io::Result<()> {
    let address = match listener {
        Listener::Tcp(listener) => Address::Tcp(listener.local_addr()?.to_string()),
        #[cfg(unix)]
        Listener::Unix(_, folder) => Address::Unix(folder.path().join("grpc")),
    };
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", HandshakeLine { address })?;
    stdout.flush()
}
