//! Where to begin when nobody has chosen anything: the service and profile type with most data.

use selector::{MatchOp, Matcher, ProfileTypeId, Selector};
use serde::{Deserialize, Serialize};

use crate::{ExemplarKind, MetadataRequest, ProfileSource, SeriesRequest, SourceError, Window};

/// A first choice. Both empty: the source has no profiles in this time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct StartingPoint {
    /// The value of the service label; empty where no profile has it.
    pub service: String,
    /// The profile type.
    pub profile_type_id: String,
}

/// The profile type that is usually meant: CPU time, else anything of the CPU, else wall time, else the first.
#[must_use]
pub fn preferred_profile_type<Id: AsRef<str>>(ids: &[Id]) -> Option<&str> {
    let rank = |id: &str| -> u8 {
        let Ok(id) = id.parse::<ProfileTypeId>() else {
            return 4;
        };
        match (id.name.as_str(), id.sample_type.as_str()) {
            (_, "cpu") => 0,
            ("process_cpu", _) => 1,
            ("wall", "wall") => 2,
            _ => 3,
        }
    };
    ids.iter().map(AsRef::as_ref).min_by_key(|id| rank(id))
}

/// Asks a source for the preferred profile type and the service that has most of it.
///
/// # Errors
/// Whatever the source fails with.
pub async fn starting_point<Source: ProfileSource>(
    source: &Source,
    service_label: &str,
    window: Window,
) -> Result<StartingPoint, SourceError> {
    let everything = MetadataRequest { selectors: Vec::new(), window };
    let ids: Vec<String> =
        source.profile_types(&everything).await?.iter().map(ToString::to_string).collect();
    let Some(profile_type_id) = preferred_profile_type(&ids).map(str::to_owned) else {
        return Ok(StartingPoint::default());
    };
    let Ok(profile_type) = profile_type_id.parse::<ProfileTypeId>() else {
        return Ok(StartingPoint { profile_type_id, ..StartingPoint::default() });
    };
    let named =
        Matcher { name: service_label.to_owned(), op: MatchOp::NotEqual, value: String::new() };
    let series = source
        .series(&SeriesRequest {
            profile_type,
            selector: Selector { matchers: vec![named] },
            window,
            step_millis: window.end_millis.saturating_sub(window.start_millis).max(1),
            group_by: vec![service_label.to_owned()],
            limit: None,
            exemplars: ExemplarKind::None,
            call_site: Vec::new(),
        })
        .await?;
    let mut busiest: Option<(f64, String)> = None;
    for one in &series.series {
        let total: f64 = one.points.iter().map(|point| point.value).sum();
        let Some((_, service)) = one.labels.iter().find(|(name, _)| name == service_label) else {
            continue;
        };
        let is_busier = match &busiest {
            None => true,
            Some((most, first)) => total > *most || (total == *most && service < first),
        };
        if is_busier {
            busiest = Some((total, service.clone()));
        }
    }
    let service = busiest.map(|(_, service)| service).unwrap_or_default();
    Ok(StartingPoint { service, profile_type_id })
}
