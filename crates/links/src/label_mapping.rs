//! Which labels of profiles mean what an attribute of a span, a metric or a log line means.

use serde::{Deserialize, Serialize};

/// An attribute under the names that it has in traces, and the labels that may carry it, the usual first.
struct Synonyms {
    attributes: &'static [&'static str],
    labels: &'static [&'static str],
}

/// Names from OpenTelemetry's resource conventions, and what collectors, agents and SDKs make of them, where that is
/// more than the attribute's own name.
const SYNONYMS: &[Synonyms] = &[
    Synonyms { attributes: &["service.name"], labels: &["service_name", "service", "job", "app"] },
    Synonyms { attributes: &["service.version"], labels: &["service_version", "version"] },
    Synonyms { attributes: &["service.instance.id"], labels: &["service_instance_id", "instance"] },
    Synonyms {
        attributes: &["deployment.environment.name", "deployment.environment"],
        labels: &["deployment_environment_name", "deployment_environment", "environment", "env"],
    },
    Synonyms { attributes: &["k8s.cluster.name"], labels: &["k8s_cluster_name", "cluster"] },
    Synonyms { attributes: &["k8s.namespace.name"], labels: &["k8s_namespace_name", "namespace"] },
    Synonyms { attributes: &["k8s.pod.name"], labels: &["k8s_pod_name", "pod"] },
    Synonyms { attributes: &["k8s.container.name"], labels: &["k8s_container_name", "container"] },
    Synonyms { attributes: &["k8s.node.name"], labels: &["k8s_node_name", "node"] },
    Synonyms { attributes: &["host.name"], labels: &["host_name", "hostname", "host"] },
    Synonyms { attributes: &["cloud.region"], labels: &["cloud_region", "region"] },
];

/// Labels that narrow a link's selector, but without which it still means the same; the first is left out first.
pub const OPTIONAL_LABELS: &[&str] = &[
    "service_namespace",
    "service_instance_id",
    "service_version",
    "deployment_environment_name",
    "deployment_environment",
    "k8s_container_name",
    "k8s_pod_name",
    "k8s_node_name",
    "k8s_namespace_name",
    "k8s_cluster_name",
    "host_name",
    "cloud_region",
];

/// One mapping of the settings: an attribute and the label that carries it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct LabelMapping {
    /// As spans call it: `service.name`.
    pub attribute: String,
    /// As profiles call it: `service_name`.
    pub label: String,
}

/// Which labels may carry an attribute: the mappings of the settings first, then the usual ones, then its own name
/// as a label. `attribute` may also be a label that carries one. Shape: distinct, never empty.
#[must_use]
pub fn labels_of(attribute: &str, mappings: &[LabelMapping]) -> Vec<String> {
    let carried = mappings.iter().filter(|mapping| mapping.label == attribute);
    let carried = carried.map(|mapping| mapping.attribute.as_str());
    let mut names: Vec<String> = carried.chain([attribute]).map(label_name).collect();
    let is_meant = |synonyms: &&Synonyms| {
        synonyms.attributes.iter().any(|name| names.contains(&label_name(name)))
            || synonyms.labels.contains(&attribute)
    };
    let usual = SYNONYMS.iter().find(is_meant);
    names.extend(usual.into_iter().flat_map(|usual| usual.attributes).map(|name| label_name(name)));
    let mapped = mappings.iter().filter(|mapping| names.contains(&label_name(&mapping.attribute)));
    let mapped = mapped.map(|mapping| mapping.label.clone());
    let usual = usual.into_iter().flat_map(|usual| usual.labels).map(|label| (*label).to_owned());
    let mut labels: Vec<String> = Vec::new();
    for label in mapped.chain(usual).chain(names.iter().cloned()) {
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

/// An attribute's name as a label: what labels cannot have becomes `_`.
#[must_use]
pub fn label_name(attribute: &str) -> String {
    let letter = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    attribute.chars().map(letter).collect()
}

/// Whether a label means "service".
#[must_use]
pub fn is_service_label(label: &str, service_label: &str, mappings: &[LabelMapping]) -> bool {
    label == service_label || labels_of("service.name", mappings).iter().any(|name| name == label)
}
