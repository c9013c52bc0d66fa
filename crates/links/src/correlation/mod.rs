//! Grafana's correlations: links of Explore that hang on a data source, as provisioning files and its API have them.
//!
//! [`check`] holds what stands in a provisioning file against the rules of the provisioner and of Explore;
//! [`generate`] writes the correlations from one data source to another.

mod check;
mod dollars;
mod fields;
mod generate;
mod model;
mod rules;
mod traces_to_profiles;
mod variables;

pub use check::{Fault, check, rule_names};
pub use dollars::{as_grafana_reads, as_provisioned};
pub use generate::{GenerateSettings, generate};
pub use model::{Correlation, DataSource, Transformation};
pub use traces_to_profiles::{
    check_exemplar_destinations, check_traces_to_profiles, traces_to_profiles,
};
