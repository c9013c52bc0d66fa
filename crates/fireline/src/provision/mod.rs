//! `fireline provision`: what is wrong with a folder that Grafana is provisioned from, and the links that it lacks.

mod api_call;
mod arguments;
mod check;
mod edit;
mod folder;
mod generate;
mod yaml;
mod yaml_text;

use anyhow::{Context, Result, bail};

use arguments::ProvisionCommand;
pub use arguments::{CheckArguments, GenerateArguments, NamedSource, ProvisionArguments};
use folder::ProvisioningFolder;

/// Runs `fireline provision`. Returns what to print.
/// Errors: the folder or a file of it cannot be read; `check` found faults, which are already printed then.
pub fn provision(arguments: &ProvisionArguments) -> Result<()> {
    match &arguments.command {
        ProvisionCommand::Check(arguments) => {
            let folder = ProvisioningFolder::read(&arguments.folder)?;
            let faults = check::faults(&folder, &arguments.sources);
            for fault in &faults {
                println!("{fault}");
            }
            let counts = folder.counts();
            match faults.len() {
                0 => println!("{counts}: nothing to say"),
                1 => bail!("1 fault in {counts}"),
                several => bail!("{several} faults in {counts}"),
            }
            Ok(())
        }
        ProvisionCommand::Generate(arguments) => {
            let folder = ProvisioningFolder::read(&arguments.folder)?;
            let generated = generate::generate(&folder, &arguments.sources, &arguments.settings());
            let text = generated.as_text();
            if text.is_empty() {
                println!("# {}: no link is lacking, so nothing is written", folder.counts());
                return Ok(());
            }
            let Some(out) = &arguments.write else {
                print!("{text}");
                return Ok(());
            };
            for (path, text) in generated.edited(&folder)? {
                let path = out.join(path);
                if path.exists() {
                    bail!("{} exists, expected a folder without it", path.display());
                }
                let parent = path.parent().unwrap_or(out);
                std::fs::create_dir_all(parent)
                    .with_context(|| format!("making the folder {}", parent.display()))?;
                std::fs::write(&path, text)
                    .with_context(|| format!("writing {}", path.display()))?;
                println!("# written: {}", path.display());
            }
            print!("{}", generated.calls_as_text());
            Ok(())
        }
    }
}
