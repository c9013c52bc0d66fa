//! Fireline's own commands, run as `cargo xtask <command>`.

mod bench;
mod bench_report;
mod beside;
mod build;
mod codegen;
mod command;
mod demo;
mod dist;
mod fresh;
mod ground;
mod test;
mod tidy;
mod tied;
mod tools;

use anyhow::{Result, bail};

const HELP: &str = "\
Usage: cargo xtask <command> [options]

  demo     builds everything and shows a running program's flame graph in the browser
             --check         looks at the page with a headless browser, and says whether it is right
             --docker        runs Grafana, Pyroscope, Tempo, Loki and Prometheus beside it, in Docker
             --listen <a>    where to listen, 127.0.0.1:4040 unless given
  test     proves everything; the last line counts
             --only <part>   only the steps whose name contains this
  dist     builds the installable bundle into dist/
             --dev           without optimisation, which is quicker
             --sign          signs it; needs GRAFANA_ACCESS_POLICY_TOKEN
  bench    measures, beside other flame graphs, and writes docs/performance.md
             --crates        only the crates, in about ten minutes
             --panel         only the panel
             --quick         the crates as shortly as can be, to see that it works
  codegen  regenerates the protobuf code from proto/
  tidy     checks the arrows between crates, links in documents, and sizes

  --yes    lets a command install what it needs from the system's packages
";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    let options = command::Options::new(rest);
    match name.as_str() {
        "demo" => demo::run(&options),
        "test" => test::run(&options),
        "dist" => dist::run(&options),
        "bench" => bench::run(&options),
        "codegen" => codegen::run(),
        "tidy" => tidy::run(),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("unknown command {other:?}\n\n{HELP}"),
    }
}
