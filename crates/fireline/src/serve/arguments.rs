//! The command line of `fireline serve`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::front_door::BasePath;
use super::neighbour::Neighbour;
use super::retention_arguments::{parse_age, parse_size};

/// Take profiles from profilers, answer queries as Pyroscope does, and show the workbench page.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArguments {
    /// Address to listen on; when its port is taken another is used, and said.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4040", value_parser = parse_address)]
    pub listen: SocketAddr,

    /// Folder that profiles and settings are kept in; made if absent.
    #[arg(long, value_name = "FOLDER", default_value = "fireline-data")]
    pub data: PathBuf,

    /// How long profiles are kept, such as 12h, 7d or 4w; whole UTC days are deleted, the newest never.
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = parse_age)]
    pub max_age: Duration,

    /// How much of the disk profiles take, such as 500MB or 2GiB; beyond it the oldest UTC days are
    /// deleted. When the newest alone takes more, no more is stored until the next begins.
    #[arg(long, value_name = "SIZE", default_value = "2GiB", value_parser = parse_size)]
    pub max_bytes: u64,

    /// Folder of the built plugins and of the workbench page.
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    pub dist: PathBuf,

    /// Path below which everything is served, for a server behind a proxy.
    #[arg(long, value_name = "PATH", default_value = "/")]
    pub base_path: BasePath,

    /// Further host name under which the server may be asked; may be given several times.
    #[arg(long = "allowed-host", value_name = "NAME")]
    pub allowed_hosts: Vec<String>,

    /// Serve the API only: no page, no plugin process.
    /// It is so too when other machines reach the address that is listened on.
    #[arg(long)]
    pub no_workbench: bool,

    /// Serve the workbench although other machines reach the address that is listened on.
    /// There is no login: whoever reaches it can change where profiles are read from, and use the
    /// stored credentials by its queries.
    #[arg(long, conflicts_with = "no_workbench")]
    pub workbench_off_loopback: bool,

    /// A Prometheus server whose metrics the workbench shows, or none.
    /// Unless given, the one at port 9090 of this machine, if there is one.
    #[arg(long, value_name = "URL")]
    pub prometheus: Option<Neighbour>,

    /// A Zipkin server whose traces the workbench shows, or none.
    /// Unless given, the one at port 9411 of this machine, if there is one.
    #[arg(long, value_name = "URL")]
    pub zipkin: Option<Neighbour>,

    /// A Loki server whose logs the workbench shows, or none.
    /// Unless given, the one at port 3100 of this machine, if there is one.
    #[arg(long, value_name = "URL")]
    pub loki: Option<Neighbour>,
}

impl ServeArguments {
    /// Whether there is a workbench on a server that is bound to `address`.
    pub(crate) fn serves_workbench(&self, address: IpAddr) -> bool {
        !self.no_workbench && (address.is_loopback() || self.workbench_off_loopback)
    }
}

fn parse_address(written: &str) -> Result<SocketAddr, String> {
    let expected = "expected an IP address and a port, such as 127.0.0.1:4040";
    written.parse().map_err(|_| expected.to_owned())
}
