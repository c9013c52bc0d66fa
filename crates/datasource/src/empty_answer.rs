//! Why an answer is empty, told apart by a few cheap questions.

use query::{MetadataRequest, ProfileSource, SourceError, TreeRequest};
use selector::Selector;

/// One sentence on why a call tree is empty.
///
/// Cost: at most three metadata questions, and only for an empty answer.
pub(crate) async fn why_empty<Source: ProfileSource>(
    source: &Source,
    request: &TreeRequest,
) -> Result<String, SourceError> {
    let types_of = async |selector: &Selector| {
        let metadata =
            MetadataRequest { selectors: vec![selector.clone()], window: request.window };
        source.label_values("__profile_type__", &metadata).await
    };
    let wanted = request.profile_type.to_string();
    let types = types_of(&request.selector).await?;
    if types.contains(&wanted) {
        return Ok(why_nothing_is_left(request));
    }
    if !types.is_empty() {
        return Ok(format!(
            "{} has no profiles of type {wanted} in this time range; it has {}",
            request.selector,
            list(&types)
        ));
    }
    if !request.selector.matchers.is_empty() && !types_of(&Selector::default()).await?.is_empty() {
        return Ok(format!(
            "no profile in this time range has the labels {}; the server has profiles of others",
            request.selector
        ));
    }
    let stats = source.stats().await.unwrap_or_default();
    Ok(if stats.data_ingested {
        let age_secs = (request.window.end_millis - stats.newest_profile_millis) / 1000;
        match age_secs {
            1.. => format!(
                "the server has no profiles in this time range; its newest is {} older than the end of the range",
                age(age_secs)
            ),
            _ => "the server has no profiles in this time range, but outside of it".to_owned(),
        }
    } else {
        "the server has no profiles in this time range".to_owned()
    })
}

/// The profiles exist, but something narrower than labels leaves no sample of them.
fn why_nothing_is_left(request: &TreeRequest) -> String {
    let narrowed_by = [
        (
            !request.span_ids.is_empty(),
            "spans",
            "a span shorter than the sampling period has no sample, and most profilers mark root spans only",
        ),
        (
            !request.trace_ids.is_empty(),
            "traces",
            "older profilers and servers do not keep trace ids",
        ),
        (
            !request.profile_ids.is_empty(),
            "profiles",
            "the profile may be outside of the time range",
        ),
        (!request.call_site.is_empty(), "call site", "no stack trace begins with these functions"),
    ];
    match narrowed_by.iter().find(|(narrowed, ..)| *narrowed) {
        Some((_, what, why)) => {
            format!(
                "there are profiles with these labels, but no sample of the {what} asked for: {why}"
            )
        }
        None => "the profiles with these labels have no samples in this time range".to_owned(),
    }
}

fn list(types: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = types.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if types.len() > SHOWN {
        text.push_str(&format!(" and {} more", types.len() - SHOWN));
    }
    text
}

fn age(secs: i64) -> String {
    match secs {
        ..120 => format!("{secs} seconds"),
        120..7_200 => format!("{} minutes", secs / 60),
        7_200..172_800 => format!("{} hours", secs / 3600),
        _ => format!("{} days", secs / 86_400),
    }
}
