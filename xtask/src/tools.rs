//! What building and testing need beyond Rust and Node, and how it gets onto the machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{Options, in_ci, npm, step};
use crate::ground;

/// Version and command line tool of wasm-bindgen must be the library's, pinned in `Cargo.toml`.
const WASM_BINDGEN: &str = "0.2.129";
const WASM_PACK: &str = "0.15.1";
const PYROSCOPE_PYTHON: &str = "1.4.0";
const ZIPKIN: &str = "3.5.1";

/// A tool built by cargo, once per pinned version.
fn cargo_tool(package: &str, version: &str) -> Result<PathBuf> {
    let root = ground::tool_cache().join(format!("{package}-{version}"));
    let bin = root.join("bin");
    if !bin.is_dir() {
        let mut install = crate::command::cargo(&["install", "--locked", "--root"]);
        // Its build output is not ours to keep, nor is our linker configuration its business.
        install.arg(&root).args([package, "--version", version]).env_remove("CARGO_TARGET_DIR");
        step(&format!("install {package} {version} (once)"), &mut install)?;
    }
    Ok(bin)
}

/// The folders of wasm-pack and wasm-bindgen, for `PATH`.
pub(crate) fn wasm_tools() -> Result<Vec<PathBuf>> {
    let wanted = "wasm32-unknown-unknown";
    let installed = Command::new("rustup").args(["target", "list", "--installed"]).output();
    if let Ok(installed) = installed
        && !String::from_utf8_lossy(&installed.stdout).contains(wanted)
    {
        step("install the wasm target", Command::new("rustup").args(["target", "add", wanted]))?;
    }
    Ok(vec![cargo_tool("wasm-pack", WASM_PACK)?, cargo_tool("wasm-bindgen-cli", WASM_BINDGEN)?])
}

/// Installs the npm packages, unless the lock file was installed before.
pub(crate) fn npm_packages() -> Result<()> {
    npm_packages_in(ground::root(), &[])
}

/// Installs the packages of another Grafana for the workbench's page, unless that was done before.
pub(crate) fn npm_packages_of(grafana: &str) -> Result<()> {
    let folder = ground::root().join("workbench").join(grafana);
    npm_packages_in(&folder, &["--legacy-peer-deps", "--ignore-scripts"])
}

fn npm_packages_in(folder: &Path, options: &[&str]) -> Result<()> {
    let lock = std::fs::read(folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    check_node()?;
    let mut install = npm(&["ci", "--no-audit", "--no-fund"]);
    step("install npm packages", install.args(options).current_dir(folder))?;
    std::fs::write(stamp, lock)?;
    Ok(())
}

fn check_node() -> Result<()> {
    let output = Command::new("node").arg("--version").output();
    let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let major =
        version.as_deref().ok().and_then(|v| v.strip_prefix('v')?.split('.').next()?.parse().ok());
    match major {
        Some(20..) => Ok(()),
        Some(found) => bail!("Node {found} is too old, expected 20 or later (22 is recommended)"),
        None => bail!("Node is not installed, expected version 20 or later (22 is recommended)"),
    }
}

/// A part that only tests need.
pub(crate) enum Part {
    /// It is there.
    There(PathBuf),
    /// It is not, and this is why and what to do.
    Missing(String),
}

impl Part {
    /// The path, or why there is none: to go on without it, unless in CI.
    pub(crate) fn path_or_skip(self, what: &str) -> Result<Result<PathBuf, String>> {
        match self {
            Self::There(path) => Ok(Ok(path)),
            Self::Missing(why) if in_ci() => bail!("{what} is missing: {why}"),
            Self::Missing(why) => Ok(Err(why)),
        }
    }
}

fn debian_package(
    options: &Options,
    package: &str,
    find: impl Fn() -> Option<PathBuf>,
) -> Result<Part> {
    if let Some(path) = find() {
        return Ok(Part::There(path));
    }
    let by_hand = format!("install it by: apt-get install {package}");
    if ground::find_program("apt-get").is_none() {
        return Ok(Part::Missing(format!("{package} is not installed")));
    }
    if !options.may_install() {
        return Ok(Part::Missing(format!("{by_hand} (or give --yes)")));
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        command
    };
    let install = ["install", "-y", "--no-install-recommends", package];
    let installed = step("read the list of system packages", &mut apt(&["update"]))
        .and_then(|()| step(&format!("install {package}"), &mut apt(&install)));
    Ok(match (installed, find()) {
        (_, Some(path)) => Part::There(path),
        // Without a network, or where the package has another name, the part stays missing.
        (Err(error), None) => Part::Missing(format!("{error:#}")),
        (Ok(()), None) => Part::Missing(format!("{by_hand} did not bring what is needed")),
    })
}

/// A browser for tests: what `CHROME_PATH` names, an installed one, or Debian's.
pub(crate) fn browser(options: &Options) -> Result<Part> {
    if let Some(path) = std::env::var_os("CHROME_PATH").map(PathBuf::from)
        && path.is_file()
    {
        return Ok(Part::There(path));
    }
    const INSTALLED: [&str; 3] = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ];
    const NAMES: [&str; 5] =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
    debian_package(options, "chromium", || {
        NAMES
            .iter()
            .find_map(|name| ground::find_program(name))
            .or_else(|| INSTALLED.iter().map(PathBuf::from).find(|path| path.is_file()))
    })
}

/// Go, with which Grafana's own libraries drive the plugin; 1.21 or later, which fetches the
/// version that it needs by itself.
pub(crate) fn go(options: &Options) -> Result<Part> {
    debian_package(options, "golang-go", || {
        let go = ground::find_program("go")?;
        let version = Command::new(&go).args(["env", "GOVERSION"]).output().ok()?;
        let text = String::from_utf8(version.stdout).ok()?;
        let minor: u32 = text.trim().strip_prefix("go1.")?.split('.').next()?.parse().ok()?;
        (minor >= 21).then_some(go)
    })
}

/// Prometheus, against which queries in PromQL are tested. Debian starts it as a service, which the
/// tests have no use for and leave alone.
pub(crate) fn prometheus(options: &Options) -> Result<Part> {
    debian_package(options, "prometheus", || ground::find_program("prometheus"))
}

/// A C compiler for musl, for the parts of the backend that are C.
pub(crate) fn musl(options: &Options) -> Result<Part> {
    debian_package(options, "musl-tools", || ground::find_program("musl-gcc"))
}

/// A folder for `PYTHONPATH` that holds Pyroscope's Python package.
pub(crate) fn python_pyroscope(options: &Options) -> Result<Part> {
    let python = match debian_package(options, "python3-pip", find_python)? {
        Part::There(python) => python,
        missing @ Part::Missing(_) => return Ok(missing),
    };
    let folder = ground::tool_cache().join(format!("python-pyroscope-io-{PYROSCOPE_PYTHON}"));
    if !folder.join("pyroscope").is_dir() {
        let mut pip = Command::new(python);
        pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--target"]);
        pip.arg(&folder).arg(format!("pyroscope-io=={PYROSCOPE_PYTHON}"));
        if let Err(error) = step("install the Python profiler (once)", &mut pip) {
            return Ok(Part::Missing(format!("{error:#}")));
        }
    }
    Ok(Part::There(folder))
}

/// Zipkin's server as one jar, fetched by Maven, and the `java` that runs it must be there.
pub(crate) fn zipkin(options: &Options) -> Result<Part> {
    let java = debian_package(options, "default-jre-headless", || ground::find_program("java"))?;
    if let missing @ Part::Missing(_) = java {
        return Ok(missing);
    }
    let folder = ground::tool_cache();
    let jar = folder.join(format!("zipkin-server-{ZIPKIN}-exec.jar"));
    if !jar.is_file() {
        let maven = match debian_package(options, "maven", || ground::find_program("mvn"))? {
            Part::There(maven) => maven,
            missing @ Part::Missing(_) => return Ok(missing),
        };
        std::fs::create_dir_all(&folder)?;
        let mut copy = Command::new(maven);
        copy.current_dir(&folder).args(["--batch-mode", "--quiet", "dependency:copy"]);
        copy.arg(format!("-Dartifact=io.zipkin:zipkin-server:{ZIPKIN}:jar:exec"));
        copy.arg(format!("-DoutputDirectory={}", folder.display()));
        if let Err(error) = step("fetch the Zipkin server (once)", &mut copy) {
            return Ok(Part::Missing(format!("{error:#}")));
        }
    }
    Ok(if jar.is_file() {
        Part::There(jar)
    } else {
        Part::Missing(format!("Maven did not bring {}", jar.display()))
    })
}

fn find_python() -> Option<PathBuf> {
    let python = ground::find_program("python3")?;
    let pip = Command::new(&python).args(["-m", "pip", "--version"]).output().ok()?;
    pip.status.success().then_some(python)
}
