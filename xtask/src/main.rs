//! Fireline's own commands, run as `cargo xtask <command>`.

mod codegen;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    match command.as_str() {
        "codegen" => codegen::run(),
        other => bail!("unknown command {other:?}; expected one of: codegen"),
    }
}
