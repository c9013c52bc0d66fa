//! All checks, one after the other.

use query::ProfileSource;

use crate::failure::{Failure, Outcome};
use crate::subject::Subject;
use crate::{exemplar_checks, metadata_checks, series_checks, tree_checks};

/// Runs every check, and returns their names. Errors: the first that does not pass.
///
/// The source must not be written to meanwhile.
/// Cost: some dozens of questions, several of them for whole trees.
pub async fn check(
    source: &impl ProfileSource,
    subject: &Subject,
) -> Result<Vec<&'static str>, Failure> {
    let mut passed = Vec::new();
    let mut note = |check: &'static str, outcome: Outcome| {
        outcome.map_err(|reason| Failure { check, reason: reason.to_string() })?;
        passed.push(check);
        Ok(())
    };
    note("lists are sorted and distinct", metadata_checks::sorted(source, subject).await)?;
    note("label sets agree with names and values", metadata_checks::agree(source, subject).await)?;
    note("no series has no metadata", metadata_checks::nothing(source, subject).await)?;
    note("stats cover the window", metadata_checks::stats(source, subject).await)?;
    note("a tree adds up", tree_checks::adds_up(source, subject).await)?;
    note("a cut tree keeps its total", tree_checks::cut(source, subject).await)?;
    note("a call site is a part of the tree", tree_checks::call_sites(source, subject).await)?;
    note("trees of label values add up to the whole", tree_checks::labels(source, subject).await)?;
    note("trees of windows add up to the whole", tree_checks::windows(source, subject).await)?;
    note("nothing selected is an empty tree", tree_checks::nothing(source, subject).await)?;
    note("a series adds up to the tree", series_checks::adds_up(source, subject).await)?;
    note("groups add up to the series", series_checks::groups(source, subject).await)?;
    note("a limit keeps the largest series", series_checks::limit(source, subject).await)?;
    note(
        "profile exemplars lead to their profile",
        exemplar_checks::profiles(source, subject).await,
    )?;
    note("a heatmap has one axis", exemplar_checks::heatmap(source, subject).await)?;
    note("span exemplars lead to their span", exemplar_checks::spans(source, subject).await)?;
    Ok(passed)
}
