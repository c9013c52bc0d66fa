//! `gpx_fireline`: started by Grafana, speaks its plugin protocol.

use std::process::ExitCode;

fn main() -> ExitCode {
    grafana_plugin::run(datasource::plugin())
}
