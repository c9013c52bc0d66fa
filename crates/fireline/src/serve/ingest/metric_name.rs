//! What a profile is called when the client does not say: the label `__name__`.

use std::collections::BTreeMap;

use profile::Profile;

use super::form::SampleTypeConfig;

/// The `__name__` of a pprof, told by its sample types.
///
/// A wall clock profile is one whatever else it holds. Else the first sample type that says something
/// decides, under the name that the client shows it by; else the last sample type is the name.
/// Empty: the profile has no sample type.
pub(crate) fn metric_name(
    profile: &Profile,
    configs: &BTreeMap<String, SampleTypeConfig>,
) -> String {
    let sample_types: Vec<&str> =
        profile.sample_types().iter().map(|value| profile.string(value.value_type)).collect();
    if sample_types.contains(&"wall") {
        return "wall".to_owned();
    }
    let shown = |sample_type: &&str| {
        let display_name = configs.get(*sample_type).map(|config| config.display_name.as_str());
        display_name.filter(|name| !name.is_empty()).unwrap_or(sample_type).to_owned()
    };
    let shown: Vec<String> = sample_types.iter().map(shown).collect();
    shown
        .iter()
        .find_map(|name| known_metric_name(name))
        .map(str::to_owned)
        .or_else(|| shown.last().cloned())
        .unwrap_or_default()
}

fn known_metric_name(shown: &str) -> Option<&'static str> {
    let has = |part: &str| shown.contains(part);
    if has("cpu") {
        Some("process_cpu")
    } else if has("alloc_") || has("inuse_") || shown == "space" || shown == "objects" {
        Some("memory")
    } else if has("mutex_") {
        Some("mutex")
    } else if has("block_") {
        Some("block")
    } else if has("goroutines") {
        Some("goroutines")
    } else {
        None
    }
}

/// What the values of folded stack traces are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FoldedKind {
    /// The label `__name__`.
    pub(crate) metric_name: &'static str,
    /// The sample type and its unit.
    pub(crate) sample_type: (&'static str, &'static str),
    /// What the period counts, and its unit.
    pub(crate) period_type: (&'static str, &'static str),
    /// Whether a value counts samples, of which each stands for the time between two.
    pub(crate) counts_samples: bool,
}

/// What folded stack traces of an application are, told by the end of its name, and the name without it.
///
/// `checkout.alloc_space` is memory of `checkout`; a name without a known end is CPU time.
pub(crate) fn folded_kind(application: &str) -> (&str, FoldedKind) {
    const CPU: FoldedKind = FoldedKind {
        metric_name: "process_cpu",
        sample_type: ("cpu", "nanoseconds"),
        period_type: ("cpu", "nanoseconds"),
        counts_samples: true,
    };
    let plain = |metric_name, sample_type, period_type| FoldedKind {
        metric_name,
        sample_type,
        period_type,
        counts_samples: false,
    };
    let Some((name, end)) = application.rsplit_once('.').filter(|(name, _)| !name.is_empty())
    else {
        return (application, CPU);
    };
    let space = ("space", "bytes");
    let kind = match end {
        "cpu" | "itimer" => CPU,
        "wall" => FoldedKind {
            metric_name: "wall",
            sample_type: ("wall", "nanoseconds"),
            period_type: ("wall", "nanoseconds"),
            counts_samples: true,
        },
        "inuse_objects" => plain("memory", ("inuse_objects", "count"), space),
        "inuse_space" => plain("memory", ("inuse_space", "bytes"), space),
        "alloc_objects" => plain("memory", ("alloc_objects", "count"), space),
        "alloc_space" => plain("memory", ("alloc_space", "bytes"), space),
        "goroutines" => plain("goroutines", ("goroutine", "count"), ("goroutine", "count")),
        "mutex_count" => plain("mutex", ("contentions", "count"), ("contentions", "count")),
        "mutex_duration" => plain("mutex", ("delay", "nanoseconds"), ("contentions", "count")),
        "block_count" => plain("block", ("contentions", "count"), ("contentions", "count")),
        "block_duration" => plain("block", ("delay", "nanoseconds"), ("contentions", "count")),
        // Part of the application's own name, as in `shop.checkout`.
        _ => return (application, CPU),
    };
    (name, kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(sample_types: &[&str], display_names: &[(&str, &str)]) -> String {
        let sample_types: Vec<_> = sample_types.iter().map(|name| (*name, "count")).collect();
        let configs = display_names.iter().map(|(sample_type, display_name)| {
            let config = SampleTypeConfig { display_name: (*display_name).to_owned() };
            ((*sample_type).to_owned(), config)
        });
        metric_name(&Profile::with_sample_types(&sample_types), &configs.collect())
    }

    #[test]
    fn the_sample_types_tell_what_a_profile_is() {
        assert_eq!(name_of(&["samples", "cpu"], &[]), "process_cpu");
        assert_eq!(name_of(&["samples", "cpu", "wall"], &[]), "wall");
        assert_eq!(name_of(&["alloc_objects", "alloc_space"], &[]), "memory");
        assert_eq!(name_of(&["objects", "space"], &[]), "memory");
        assert_eq!(name_of(&["exception"], &[]), "exception");
        assert_eq!(name_of(&[], &[]), "");
    }

    #[test]
    fn display_names_tell_mutex_from_block() {
        let names = |kind: &'static str| {
            let (count, duration) = match kind {
                "mutex" => ("mutex_count", "mutex_duration"),
                _ => ("block_count", "block_duration"),
            };
            name_of(&["contentions", "delay"], &[("contentions", count), ("delay", duration)])
        };
        assert_eq!(names("mutex"), "mutex");
        assert_eq!(names("block"), "block");
        assert_eq!(name_of(&["goroutine"], &[("goroutine", "goroutines")]), "goroutines");
    }

    #[test]
    fn the_end_of_an_application_name_tells_what_folded_stack_traces_are() {
        let (name, kind) = folded_kind("shop.checkout.alloc_space");
        assert_eq!((name, kind.metric_name), ("shop.checkout", "memory"));
        let (name, kind) = folded_kind("shop.checkout");
        assert_eq!((name, kind.metric_name), ("shop.checkout", "process_cpu"));
        let (name, kind) = folded_kind("checkout.cpu");
        assert_eq!((name, kind.metric_name), ("checkout", "process_cpu"));
        assert_eq!(folded_kind(".cpu").0, ".cpu");
    }
}
