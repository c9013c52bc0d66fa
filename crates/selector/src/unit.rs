//! What the values of a profile type mean: their unit, and whether they add up over time.

use serde::Serialize;

use crate::profile_type::ProfileTypeId;

/// Whether the values of a profile type add up over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Aggregation {
    /// Used up since the last profile, such as CPU time or allocations: shown as a rate.
    Cumulative,
    /// A reading at one moment, such as memory in use or goroutines: shown as it is.
    Instant,
}

/// What there is to know of a profile type besides its id.
///
/// Derived by rule from the id, so that types which no table lists are right as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileTypeMetadata {
    /// The id.
    pub id: String,
    /// One line for people.
    pub description: String,
    /// The sample type, for instance `cpu`.
    #[serde(rename = "type")]
    pub sample_type: String,
    /// The name part, for instance `process_cpu`.
    pub group: String,
    /// Grafana's unit of the values, for instance `ns`, `bytes` or `short`.
    pub unit: String,
    /// Whether the values add up over time.
    pub aggregation_type: Aggregation,
}

impl ProfileTypeId {
    /// Grafana's unit of a single value: `ns`, `bytes`, `short`; what Grafana does not know is
    /// passed on as it is written.
    pub fn unit(&self) -> &str {
        match self.sample_unit.as_str() {
            "nanoseconds" => "ns",
            "microseconds" => "µs",
            "milliseconds" => "ms",
            "seconds" => "s",
            "count" | "objects" | "samples" => "short",
            other => other,
        }
    }

    /// Grafana's unit of a value per second, and what a rate in the unit of the profile type is
    /// divided by to be in it. CPU time per second is a number of cores.
    pub fn rate_unit(&self) -> (&str, f64) {
        match self.unit() {
            "ns" if self.is_cpu_time() => ("cores", 1e9),
            "bytes" => ("binBps", 1.0),
            "short" => ("ops", 1.0),
            other => (other, 1.0),
        }
    }

    /// Whether values are CPU time in nanoseconds.
    pub fn is_cpu_time(&self) -> bool {
        self.sample_type == "cpu" && self.sample_unit == "nanoseconds" && self.name != "wall"
    }

    /// Whether values add up over time.
    pub fn aggregation(&self) -> Aggregation {
        let readings = ["goroutine", "goroutines", "live", "inuse_objects", "inuse_space"];
        let node_heap = self.name == "memory"
            && matches!(self.sample_type.as_str(), "objects" | "space")
            && self.period_type == "space";
        if readings.contains(&self.sample_type.as_str()) || node_heap || self.is_sample_count() {
            Aggregation::Instant
        } else {
            Aggregation::Cumulative
        }
    }

    /// Counts of samples say how often was looked, not how much was used: no rate is made of them.
    fn is_sample_count(&self) -> bool {
        self.sample_type == "samples" && self.sample_unit == "count" && !self.period_type.is_empty()
    }

    /// The short name that people choose by: `process_cpu - cpu`.
    pub fn label(&self) -> String {
        format!("{} - {}", self.name, self.sample_type)
    }

    /// What there is to know of this profile type.
    pub fn metadata(&self) -> ProfileTypeMetadata {
        let how = match self.aggregation() {
            Aggregation::Cumulative => "used over time",
            Aggregation::Instant => "at the time of the profile",
        };
        ProfileTypeMetadata {
            id: self.to_string(),
            description: format!("{} of {} in {}, {how}", self.sample_type, self.name, self.unit()),
            sample_type: self.sample_type.clone(),
            group: self.name.clone(),
            unit: self.unit().to_owned(),
            aggregation_type: self.aggregation(),
        }
    }
}
