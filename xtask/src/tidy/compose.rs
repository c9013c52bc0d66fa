//! The demo in Docker: every image has a tag, every mounted path exists, and what Grafana is
//! provisioned from is the folder that the browser tests use.

use std::path::PathBuf;

use anyhow::Result;

use super::read;
use crate::ground;

/// The file that describes the demo in Docker.
const COMPOSE: &str = "docker-compose.yml";

/// The folder that Grafana is provisioned from, there and in the browser tests.
const PROVISIONING: &str = "provisioning";

/// The spec that reads back what a Grafana made of that folder.
const SPEC: &str = "e2e/specs/correlations.spec.ts";

pub(super) fn faults() -> Result<Vec<String>> {
    let mut faults = faults_in(&read(&PathBuf::from(COMPOSE))?, |path| {
        // What a build makes is not in a fresh clone.
        path.starts_with("./dist/") || ground::root().join(path).exists()
    });
    if !reads_provisioning(&read(&PathBuf::from(SPEC))?) {
        faults.push(format!("{SPEC}: does not read {PROVISIONING:?}, which {COMPOSE} mounts"));
    }
    Ok(faults)
}

/// Whether a spec reads the folder of the repository that Grafana is provisioned from.
fn reads_provisioning(spec: &str) -> bool {
    spec.contains(&format!("join(__dirname, '../../{PROVISIONING}/"))
}

fn faults_in(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    let mut is_provisioned = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let mut fault = |what: String| faults.push(format!("{COMPOSE}:{}: {what}", number + 1));
        if let Some(image) = line.strip_prefix("image:") {
            let tag = image.rsplit('/').next().unwrap_or_default().split_once(':');
            if !tag.is_some_and(|(_, tag)| !tag.is_empty() && tag != "latest") {
                fault(format!("image {:?} has no tag", image.trim()));
            }
        }
        if let Some(mount) = line.strip_prefix("- ./") {
            let path = format!("./{}", mount.split(':').next().unwrap_or_default());
            if !exists(&path) {
                fault(format!("mounted path {path:?} does not exist"));
            }
            is_provisioned |= mount
                .strip_prefix(PROVISIONING)
                .is_some_and(|rest| rest.starts_with(":/etc/grafana/provisioning"));
        }
    }
    if !is_provisioned {
        faults.push(format!("{COMPOSE}: Grafana is not provisioned from ./{PROVISIONING}"));
    }
    for variable in ["${PYROSCOPE_VERSION", "${PYROSCOPE_PORT"] {
        if !text.contains(variable) {
            faults.push(format!("{COMPOSE}: {variable}}} is not a variable"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::{faults_in, reads_provisioning};

    const GOOD: &str = "\
image: grafana/grafana:12.4.0
image: grafana/pyroscope:${PYROSCOPE_VERSION:-2.2.1}
- ./provisioning:/etc/grafana/provisioning:ro
- \"${PYROSCOPE_PORT:-4040}\"
";

    #[test]
    fn a_good_file_has_no_faults() {
        assert_eq!(faults_in(GOOD, |_| true), Vec::<String>::new());
    }

    #[test]
    fn an_image_without_tag_is_named() {
        for image in ["grafana/tempo", "grafana/tempo:latest"] {
            let faults = faults_in(&format!("{GOOD}image: {image}\n"), |_| true);
            assert!(faults[0].contains("has no tag"), "{faults:?}");
        }
    }

    #[test]
    fn a_mounted_path_that_does_not_exist_is_named() {
        let faults = faults_in(&format!("{GOOD}- ./gone:/x\n"), |path| path != "./gone");
        assert!(faults[0].contains("\"./gone\" does not exist"), "{faults:?}");
    }

    #[test]
    fn another_provisioning_folder_is_a_fault() {
        let faults = faults_in(&GOOD.replace("./provisioning", "./elsewhere"), |_| true);
        assert!(faults[0].contains("not provisioned from"), "{faults:?}");
    }

    #[test]
    fn a_spec_that_reads_another_folder_is_noticed() {
        assert!(reads_provisioning("join(__dirname, '../../provisioning/datasources')"));
        assert!(!reads_provisioning("join(__dirname, '../provisioning/datasources')"));
    }
}
