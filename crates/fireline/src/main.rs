//! The `fireline` program.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use fireline::provision::{self, ProvisionArguments};
use fireline::serve::{self, ServeArguments};
use tracing_subscriber::EnvFilter;

/// Profiles of a machine: stored, answered and shown.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(ServeArguments),
    Provision(ProvisionArguments),
}

fn main() -> ExitCode {
    let CommandLine { command } = CommandLine::parse();
    // Standard output is for what was asked for, such as the address; the log goes beside it.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let done = match command {
        Command::Serve(arguments) => run(serve::serve(&arguments)),
        Command::Provision(arguments) => provision::provision(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fireline: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command)
}
