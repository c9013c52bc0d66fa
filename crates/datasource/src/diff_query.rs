//! Two call trees, looked up side by side.

use grafana_plugin::{ErrorSource, QueryError};
use query::{ProfileSource, SourceError, ValidBaseline, ValidQuery, Window};

use crate::error_table::source_error;
use crate::lookup::{FoundTree, TreeLookup};

/// The two sides of a diff.
#[derive(Debug, Clone)]
pub struct FoundDiff {
    /// What is compared with.
    pub baseline: FoundTree,
    /// What the query itself asks for.
    pub comparison: FoundTree,
}

/// Looks both sides of a diff up, at the same time and by the same rules.
///
/// Errors: a side has no answer; the message says which.
pub async fn look_up_diff<Source: ProfileSource>(
    lookup: TreeLookup<'_, Source>,
    comparison: &ValidQuery,
    baseline: &ValidBaseline,
    asked: Window,
) -> Result<FoundDiff, QueryError> {
    let (baseline, comparison) = tokio::join!(
        Box::pin(lookup.look_up(&baseline.query, baseline.time.window(asked))),
        Box::pin(lookup.look_up(comparison, asked)),
    );
    match (baseline, comparison) {
        (Ok(baseline), Ok(comparison)) => Ok(FoundDiff { baseline, comparison }),
        (Err(error), Ok(_)) => Err(named("the baseline", &error)),
        (Ok(_), Err(error)) => Err(named("the query that is compared", &error)),
        (Err(of_baseline), Err(error)) if of_baseline == error => {
            Err(named("both sides of the diff", &error))
        }
        (Err(of_baseline), Err(error)) => {
            let first = named("the query that is compared", &error);
            let second = named("the baseline", &of_baseline);
            let message = format!("{}; {}", first.message, second.message);
            Err(QueryError { message, ..first })
        }
    }
}

fn named(side: &str, error: &SourceError) -> QueryError {
    let error = source_error(error);
    QueryError { message: format!("{side}: {}", error.message), ..error }
}

/// Two trees whose values do not fit into one.
pub(crate) fn no_diff(error: &profile::TreeError) -> QueryError {
    QueryError {
        status: 500,
        error_source: ErrorSource::Downstream,
        message: format!("the two call trees cannot be compared: {error}"),
    }
}
