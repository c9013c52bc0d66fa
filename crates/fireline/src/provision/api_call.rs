//! Calls of Grafana's API, as lines for a shell.

use links::correlation::Correlation;

/// The call that hangs a correlation on a data source, which may be one that nobody can edit otherwise.
/// Address and token come from the environment: `GRAFANA_URL`, `GRAFANA_TOKEN`.
pub(super) fn create(source_uid: &str, correlation: &Correlation) -> String {
    let path =
        percent_encoding::utf8_percent_encode(source_uid, percent_encoding::NON_ALPHANUMERIC);
    // What people give as uids has these, and they mean nothing in a path.
    let path = path.to_string().replace("%2D", "-").replace("%5F", "_");
    let body = correlation.to_json().to_string().replace('\'', r"'\''");
    format!(
        "curl --fail --silent --show-error -X POST \"$GRAFANA_URL/api/datasources/uid/{path}/correlations\" \\\n  \
         -H \"Authorization: Bearer $GRAFANA_TOKEN\" -H 'Content-Type: application/json' \\\n  \
         -d '{body}'\n"
    )
}
