//! Alert rules and expressions: who reads nothing but numbers, and what a query is for them.

use grafana_plugin::{ErrorSource, QueryError, RequestContext};
use query::{ExemplarKind, QueryType, ValidQuery};

/// Whether alert rules or expressions read the answer: they take nothing but numbers.
pub(crate) fn is_for_numbers(ctx: &RequestContext) -> bool {
    ["FromAlert", "X-Grafana-From-Expr"]
        .iter()
        .any(|name| ctx.headers.get(name).is_some_and(|value| value == "true"))
}

/// Leaves of a query what is numbers over time: no call tree, no exemplars, no annotations,
/// at any of which an alert rule or an expression fails as a whole.
///
/// Errors: a query for call trees only.
pub(crate) fn keep_numbers(valid: &mut ValidQuery) -> Result<(), QueryError> {
    if !valid.query_type.wants_series() {
        return Err(QueryError {
            status: 400,
            error_source: ErrorSource::Downstream,
            message: "alert rules and expressions take numbers, which neither flame graphs nor heatmaps are: choose the query type \"Metrics\""
                .to_owned(),
        });
    }
    valid.query_type = QueryType::Metrics;
    valid.exemplars = ExemplarKind::None;
    valid.annotations = false;
    Ok(())
}
