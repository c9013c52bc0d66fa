//! Judges, cleans and splits profiles before they are written.

use std::collections::BTreeSet;

use profile::{NormaliseOptions, Profile, SplitSamples, normalise, split_samples};
use query::Labels;
use selector::ProfileTypeId;
use uuid::Uuid;

use crate::config::{Limits, StoreConfig};
use crate::error::ProfileError;
use crate::prepared::{IncomingProfile, PreparedProfile, PreparedSample, SampleGroup};
use crate::sample_block::Link;

/// What a series without a service name gets.
const UNKNOWN_SERVICE: &str = "unknown_service";

/// Name and value of a label, as long as nothing is kept.
type BorrowedLabel<'a> = (&'a str, &'a str);

/// Makes a profile ready to be written. A profile in which nothing is left has no groups.
pub(crate) fn prepare(
    incoming: &IncomingProfile,
    now_millis: i64,
    config: &StoreConfig,
) -> Result<PreparedProfile, ProfileError> {
    let labels = series_labels(&incoming.labels, &config.limits)?;
    check_contents(&incoming.profile, &config.limits)?;
    let time_nanos = match incoming.profile.time_nanos {
        0 => now_millis.saturating_mul(1_000_000),
        time_nanos => time_nanos,
    };
    check_time(time_nanos, now_millis, config)?;
    let max_stack_depth = u32::try_from(config.limits.max_stack_depth).unwrap_or(u32::MAX);
    let profile = normalise(
        &incoming.profile,
        NormaliseOptions { max_stack_depth, ..NormaliseOptions::default() },
    )
    .profile;
    let groups = groups(&profile, &labels, &config.limits)?;
    Ok(PreparedProfile { time_nanos, profile_id: Uuid::new_v4().as_u128(), profile, groups })
}

/// The labels of a push as the store keeps them: checked, sorted, private ones dropped.
fn series_labels(labels: &Labels, limits: &Limits) -> Result<Labels, ProfileError> {
    let mut kept: Labels = labels
        .iter()
        // An empty value is the same as no label.
        .filter(|(name, value)| !value.is_empty() && (name == "__name__" || !is_private(name)))
        .cloned()
        .collect();
    kept.sort();
    if !kept.iter().any(|(name, _)| name == "__name__") {
        let text = "the labels have no \"__name__\", expected the kind of profile there";
        return Err(ProfileError::Invalid(text.to_owned()));
    }
    if !kept.iter().any(|(name, _)| name == "service_name") {
        kept.push(("service_name".to_owned(), UNKNOWN_SERVICE.to_owned()));
        kept.sort();
    }
    check_labels(&borrowed(&kept), limits)?;
    Ok(kept)
}

fn borrowed(labels: &Labels) -> Vec<BorrowedLabel<'_>> {
    labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn is_private(name: &str) -> bool {
    name.starts_with("__") && name.ends_with("__")
}

/// Labels in ascending order: each name once, and neither names nor values too long.
fn check_labels(labels: &[BorrowedLabel<'_>], limits: &Limits) -> Result<(), ProfileError> {
    if labels.len() > limits.max_series_labels {
        return Err(ProfileError::Invalid(format!(
            "a series has {} labels, expected at most {}",
            labels.len(),
            limits.max_series_labels
        )));
    }
    for pair in labels.windows(2) {
        if pair[0].0 == pair[1].0 {
            let name = pair[0].0;
            return Err(ProfileError::Invalid(format!("the labels have {name:?} more than once")));
        }
    }
    for (name, value) in labels {
        if name.is_empty() || name.len() > limits.max_label_name_bytes {
            return Err(ProfileError::Invalid(format!(
                "a label name has {} bytes, expected 1 to {}",
                name.len(),
                limits.max_label_name_bytes
            )));
        }
        if value.len() > limits.max_label_value_bytes {
            return Err(ProfileError::Invalid(format!(
                "the value of label {name:?} has {} bytes, expected at most {}",
                value.len(),
                limits.max_label_value_bytes
            )));
        }
    }
    Ok(())
}

fn check_contents(profile: &Profile, limits: &Limits) -> Result<(), ProfileError> {
    let samples = profile.samples();
    if samples.len() > limits.max_samples {
        return Err(ProfileError::Invalid(format!(
            "the profile has {} samples, expected at most {}",
            samples.len(),
            limits.max_samples
        )));
    }
    let types = profile.sample_types().len();
    if types > limits.max_sample_types {
        return Err(ProfileError::Invalid(format!(
            "the profile has {types} sample types, expected at most {}",
            limits.max_sample_types
        )));
    }
    let most_labels = samples.indices().map(|sample| samples.labels(sample).len()).max();
    if let Some(most_labels) = most_labels.filter(|most| *most > limits.max_sample_labels) {
        return Err(ProfileError::Invalid(format!(
            "a sample has {most_labels} labels, expected at most {}",
            limits.max_sample_labels
        )));
    }
    let longest = profile.strings().iter().map(str::len).max().unwrap_or(0);
    if longest > limits.max_string_bytes {
        return Err(ProfileError::Invalid(format!(
            "the profile has a string of {longest} bytes, expected at most {}",
            limits.max_string_bytes
        )));
    }
    Ok(())
}

fn check_time(time_nanos: i64, now_millis: i64, config: &StoreConfig) -> Result<(), ProfileError> {
    let time_millis = time_nanos.div_euclid(1_000_000);
    let max_behind = config.max_behind.map_or(config.max_age, |max| max.min(config.max_age));
    let max_behind = i64::try_from(max_behind.as_millis()).unwrap_or(i64::MAX);
    let max_ahead = i64::try_from(config.max_ahead.as_millis()).unwrap_or(i64::MAX);
    let behind = now_millis.saturating_sub(time_millis);
    if behind > max_behind {
        return Err(ProfileError::Time(format!(
            "the profile is {} s old, expected at most {} s",
            behind / 1000,
            max_behind / 1000
        )));
    }
    if behind < max_ahead.saturating_neg() {
        return Err(ProfileError::Time(format!(
            "the profile's time is {} s ahead, expected at most {} s",
            behind.saturating_neg() / 1000,
            max_ahead / 1000
        )));
    }
    Ok(())
}

fn groups(
    profile: &Profile,
    labels: &Labels,
    limits: &Limits,
) -> Result<Vec<SampleGroup>, ProfileError> {
    let split = split_samples(profile);
    let types = profile_types(profile, labels)?;
    let labels = borrowed(labels);
    let of_types: Vec<Labels> = types.iter().map(|id| type_labels(&labels, id)).collect();
    // Before label sets are made: there can be as many as samples, each once for every type.
    check_series(split.series.len().saturating_mul(types.len()), limits)?;
    let mut groups = Vec::with_capacity(split.series.len());
    for series in &split.series {
        let own = series.labels.iter();
        let own = own.map(|(name, value)| (profile.string(*name), profile.string(*value)));
        let labels = with_sample_labels(&labels, own);
        check_labels(&labels, limits)?;
        let samples = series.samples.iter().map(|sample| PreparedSample {
            stack: profile.samples().stack(*sample),
            link: link(&split, sample.0 as usize),
            values: profile.samples().values(*sample).collect(),
        });
        groups.push(SampleGroup {
            series: of_types.iter().map(|of_type| with_type_labels(&labels, of_type)).collect(),
            samples: samples.collect(),
        });
    }
    Ok(groups)
}

fn check_series(series: usize, limits: &Limits) -> Result<(), ProfileError> {
    if series > limits.max_series_per_day {
        return Err(ProfileError::LimitReached(format!(
            "the profile has {series} series, expected at most {} series per day",
            limits.max_series_per_day
        )));
    }
    if series > limits.max_series_per_profile {
        return Err(ProfileError::LimitReached(format!(
            "the profile has {series} series, expected at most {} series per profile",
            limits.max_series_per_profile
        )));
    }
    Ok(())
}

/// Zeros are what tracers write where there is no id, and what the store writes for none.
fn link(split: &SplitSamples, sample: usize) -> Link {
    Link {
        span_id: split.span_ids[sample].map_or(0, |id| id.0),
        trace_id: split.trace_ids[sample].map_or(0, |id| id.0),
    }
}

/// One profile type for each sample type. Errors: two are the same, or contain a colon.
fn profile_types(profile: &Profile, labels: &Labels) -> Result<Vec<ProfileTypeId>, ProfileError> {
    let name = labels.iter().find(|(name, _)| name == "__name__");
    let name = name.map_or("", |(_, value)| value.as_str());
    let (period_type, period_unit) = profile.period_type().map_or(("", ""), |period| {
        (profile.string(period.value_type), profile.string(period.unit))
    });
    let mut seen = BTreeSet::new();
    let mut types = Vec::new();
    for sample_type in profile.sample_types() {
        let id = ProfileTypeId {
            name: name.to_owned(),
            sample_type: profile.string(sample_type.value_type).to_owned(),
            sample_unit: profile.string(sample_type.unit).to_owned(),
            period_type: period_type.to_owned(),
            period_unit: period_unit.to_owned(),
        };
        if id.to_string().parse().ok().as_ref() != Some(&id) {
            let text = format!("{:?} is no profile type id", id.to_string());
            return Err(ProfileError::Invalid(text));
        }
        if !seen.insert(id.to_string()) {
            return Err(ProfileError::Invalid(format!("the profile has the type {id} twice")));
        }
        types.push(id);
    }
    Ok(types)
}

/// Labels of a series with those of its samples, ascending; the series' own win.
fn with_sample_labels<'a>(
    labels: &[BorrowedLabel<'a>],
    own: impl Iterator<Item = BorrowedLabel<'a>>,
) -> Vec<BorrowedLabel<'a>> {
    let mut merged = labels.to_vec();
    merged.extend(own.filter(|(name, value)| {
        let is_taken = labels.iter().any(|(taken, _)| taken == name);
        !is_taken && !is_private(name) && !name.is_empty() && !value.is_empty()
    }));
    merged.sort_unstable();
    merged
}

/// The labels that the store makes itself for all series of a profile type.
fn type_labels(labels: &[BorrowedLabel<'_>], id: &ProfileTypeId) -> Labels {
    let service = labels.iter().find(|(name, _)| *name == "service_name");
    let service = service.map_or(UNKNOWN_SERVICE, |(_, value)| *value);
    let profile_type = id.to_string();
    let made = [
        ("__period_type__", id.period_type.as_str()),
        ("__period_unit__", id.period_unit.as_str()),
        ("__profile_type__", profile_type.as_str()),
        ("__service_name__", service),
        ("__type__", id.sample_type.as_str()),
        ("__unit__", id.sample_unit.as_str()),
    ];
    // Java's oldest types have no period.
    let made = made.into_iter().filter(|(_, value)| !value.is_empty());
    made.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The whole label set of a series, ascending: the only place where it is copied.
fn with_type_labels(labels: &[BorrowedLabel<'_>], of_type: &Labels) -> Labels {
    let mut all = Labels::with_capacity(labels.len() + of_type.len());
    all.extend(labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    all.extend_from_slice(of_type);
    all.sort_unstable();
    all
}
