//! `cargo xtask dist`: the installable bundle, its zip and its checksum.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::build::{self, Optimised};
use crate::command::{Options, npm, step};
use crate::ground;

/// The ids of the three plugins, which an unsigned installation must allow.
pub(crate) const PLUGIN_IDS: [&str; 3] =
    ["fireline-profiles-app", "fireline-profiles-datasource", "fireline-flamegraph-panel"];

pub(crate) fn run(options: &Options) -> Result<()> {
    options.expect_only(&["--dev", "--sign"], &[])?;
    let optimised = if options.has("--dev") { Optimised::Little } else { Optimised::Fully };
    build::bundle_and_page(options, optimised)?;
    let bundle = bundle();
    check_bundle(&bundle)?;
    if options.has("--sign") {
        sign(&bundle)?;
    }
    let archive = archive(&bundle, &ground::dist())?;
    println!("{}", archive.display());
    println!("unsigned installations allow: {}", PLUGIN_IDS.join(","));
    Ok(())
}

/// The folder of the built bundle.
pub(crate) fn bundle() -> PathBuf {
    ground::dist().join(PLUGIN_IDS[0])
}

/// Fails unless the folder is what Grafana expects of a bundle.
pub(crate) fn check_bundle(bundle: &Path) -> Result<()> {
    let app = read_plugin_json(bundle)?;
    let version = app["info"]["version"].as_str().unwrap_or_default().to_owned();
    ensure!(
        version == env!("CARGO_PKG_VERSION"),
        "the bundle says version {version:?}, expected {:?} as in Cargo.toml",
        env!("CARGO_PKG_VERSION")
    );
    for (folder, id) in
        [("", PLUGIN_IDS[0]), ("datasource", PLUGIN_IDS[1]), ("panel", PLUGIN_IDS[2])]
    {
        let path = bundle.join(folder);
        let plugin = read_plugin_json(&path)?;
        check_plugin(&path, &plugin, id).with_context(|| format!("plugin {id}"))?;
        if !folder.is_empty() {
            check_included(&app, folder, &plugin)?;
        }
    }
    for file in ["README.md", "CHANGELOG.md", "LICENSE"] {
        ensure!(bundle.join(file).is_file(), "the bundle has no {file}");
    }
    let wasm = std::fs::read_dir(bundle.join("wasm")).context("the bundle has no folder wasm")?;
    ensure!(wasm.count() > 0, "the bundle's folder wasm is empty");
    Ok(())
}

fn read_plugin_json(folder: &Path) -> Result<Value> {
    let path = folder.join("plugin.json");
    let text = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// The rules of Grafana's schema and loader, and of its plugin validator.
fn check_plugin(folder: &Path, plugin: &Value, id: &str) -> Result<()> {
    ensure!(plugin["id"] == id, "plugin.json says id {}, expected {id:?}", plugin["id"]);
    let kind = plugin["type"].as_str().unwrap_or_default();
    ensure!(["app", "datasource", "panel"].contains(&kind), "type is {kind:?}");
    ensure!(id.ends_with(kind), "the id must end in its type {kind:?}");
    for field in ["name", "info", "dependencies"] {
        ensure!(!plugin[field].is_null(), "plugin.json has no {field}");
    }
    let range = plugin["dependencies"]["grafanaDependency"].as_str().unwrap_or_default();
    ensure!(range == ">=11.6.0", "grafanaDependency is {range:?}, expected \">=11.6.0\"");
    let words = plugin["info"]["keywords"].as_array().map_or(0, Vec::len);
    ensure!(words > 0, "info.keywords is empty");
    for size in ["small", "large"] {
        let logo = plugin["info"]["logos"][size].as_str().unwrap_or_default();
        ensure!(
            logo.ends_with(".svg") && folder.join(logo).is_file(),
            "logo {logo:?} does not exist"
        );
    }
    ensure!(folder.join("module.js").is_file(), "there is no module.js");
    if plugin["backend"] == true {
        check_backend(folder, plugin)?;
        let uses = ["metrics", "annotations", "tracing", "logs", "alerting"];
        ensure!(
            uses.iter().any(|field| plugin[field] == true),
            "none of {uses:?} is true: Grafana would hide the datasource"
        );
    }
    Ok(())
}

fn check_backend(folder: &Path, plugin: &Value) -> Result<()> {
    let name = plugin["executable"].as_str().context("backend without executable")?;
    let found = std::fs::read_dir(folder)?
        .filter_map(Result::ok)
        .find(|file| file.file_name().to_string_lossy().starts_with(&format!("{name}_")));
    let Some(found) = found else {
        bail!("no executable {name}_<os>_<arch> in {}", folder.display())
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = found.metadata()?.permissions().mode();
        ensure!(mode & 0o111 != 0, "{} is not executable", found.path().display());
    }
    let _ = found;
    Ok(())
}

fn check_included(app: &Value, folder: &str, plugin: &Value) -> Result<()> {
    let path = format!("{folder}/plugin.json");
    let includes = app["includes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let included = includes.iter().any(|i| i["path"] == path && i["type"] == plugin["type"]);
    ensure!(included, "the app's includes do not list {path:?} with type {}", plugin["type"]);
    Ok(())
}

fn sign(bundle: &Path) -> Result<()> {
    ensure!(
        std::env::var_os("GRAFANA_ACCESS_POLICY_TOKEN").is_some(),
        "signing needs GRAFANA_ACCESS_POLICY_TOKEN, an access policy token with scope plugins:write"
    );
    let mut signer = npm(&["exec", "--yes", "--", "@grafana/sign-plugin", "--distDir"]);
    step("sign the bundle", signer.arg(bundle))
}

/// Packs the bundle into a zip in a folder, with its checksum beside it; exec bits are kept, and so
/// is the order of files. Returns the zip's path.
fn archive(bundle: &Path, folder: &Path) -> Result<PathBuf> {
    let name = format!("{}-{}.zip", PLUGIN_IDS[0], env!("CARGO_PKG_VERSION"));
    let path = folder.join(&name);
    let mut zip = zip::ZipWriter::new(File::create(&path)?);
    for file in files_below(bundle)? {
        let inside = file.strip_prefix(bundle)?.to_string_lossy().replace('\\', "/");
        let inside = format!("{}/{inside}", PLUGIN_IDS[0]);
        let mode = if inside.contains("/gpx_") { 0o755 } else { 0o644 };
        zip.start_file(inside, zip::write::SimpleFileOptions::default().unix_permissions(mode))?;
        zip.write_all(&std::fs::read(&file)?)?;
    }
    zip.finish()?;
    let digest = Sha256::digest(std::fs::read(&path)?);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    std::fs::write(path.with_extension("zip.sha256"), format!("{hex}  {name}\n"))?;
    Ok(path)
}

/// Fails unless the zip of the bundle holds what its checksum says and, unpacked, is the bundle:
/// file by file, and able to be started.
pub(crate) fn check_archive(bundle: &Path) -> Result<()> {
    let folder = ground::target().join("archive-check");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let path = archive(bundle, &folder)?;
    check_sum(&path)?;
    zip::ZipArchive::new(File::open(&path)?)?.extract(&folder)?;
    let unpacked = folder.join(PLUGIN_IDS[0]);
    check_bundle(&unpacked).context("the unpacked zip")?;
    let inside = |folder: &Path| -> Result<Vec<PathBuf>> {
        let files = files_below(folder)?;
        files.iter().map(|file| Ok(file.strip_prefix(folder)?.to_owned())).collect()
    };
    ensure!(inside(bundle)? == inside(&unpacked)?, "the zip has other files than the bundle");
    for file in inside(bundle)? {
        let is_same = std::fs::read(bundle.join(&file))? == std::fs::read(unpacked.join(&file))?;
        ensure!(is_same, "{} differs in the zip", file.display());
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Checks a file against the checksum beside it by the command of the how-to, where there is one.
fn check_sum(path: &Path) -> Result<()> {
    let sum = path.with_extension("zip.sha256");
    let mut check = std::process::Command::new("sha256sum");
    check.arg("--check").arg(&sum).current_dir(sum.parent().unwrap_or(&sum));
    match check.output() {
        Ok(checked) => ensure!(
            checked.status.success(),
            "sha256sum --check {}: {}",
            sum.display(),
            String::from_utf8_lossy(&checked.stdout)
        ),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).context("sha256sum"),
    }
    Ok(())
}

/// All files of a folder and those below it, in order.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in
            std::fs::read_dir(&next).with_context(|| format!("reading {}", next.display()))?
        {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
