//! A PromQL query that makes sense, as far as that is known without evaluating it.

use super::builtin::is_interval_variable;
use super::model::PromqlQuery;
use crate::duration::parse_duration_millis;

/// How many exemplars of each series are shown where the query does not say.
pub const DEFAULT_MAX_EXEMPLARS: usize = 100;

/// A PromQL query that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidPromql {
    /// The expression; intervals such as `$__rate_interval` still stand in it.
    pub expr: String,
    /// Whether it is evaluated over the time range.
    pub range: bool,
    /// Whether it is evaluated at the end of the time range.
    pub instant: bool,
    /// Whether exemplars are added.
    pub exemplars: bool,
    /// How series are called, as in [`PromqlQuery::legend_format`].
    pub legend_format: String,
    /// The smallest step. Unit: milliseconds. None: the scrape interval.
    pub min_step_millis: Option<i64>,
    /// In which shape the answer is wanted.
    pub format: PromqlFormat,
    /// At most so many exemplars of each series.
    pub max_exemplars: usize,
}

/// In which shape an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PromqlFormat {
    /// One frame for each series.
    #[default]
    TimeSeries,
    /// One table of all series.
    Table,
    /// Buckets by `le` side by side, not cumulative.
    Heatmap,
}

/// Why a PromQL query makes no sense: which field, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PromqlError {
    /// `expr` is empty.
    #[error("the query has no expression, expected one in PromQL such as \"up\"")]
    NoExpr,
    /// `interval` is no duration.
    #[error("the minimal step {found:?} is no duration, expected for instance \"15s\" or \"1m\"")]
    Interval {
        /// As written.
        found: String,
    },
    /// `format` is none of ours.
    #[error("unknown format {found:?}, expected \"time_series\", \"table\" or \"heatmap\"")]
    Format {
        /// As written.
        found: String,
    },
    /// `maxExemplars` is below zero.
    #[error("maxExemplars is {found}, expected a whole number of 0 or more")]
    MaxExemplars {
        /// As written.
        found: i64,
    },
}

impl ValidPromql {
    /// Checks a query.
    pub fn new(query: &PromqlQuery) -> Result<Self, PromqlError> {
        let expr = query.expr.trim();
        if expr.is_empty() {
            return Err(PromqlError::NoExpr);
        }
        let max_exemplars = match query.max_exemplars {
            None => DEFAULT_MAX_EXEMPLARS,
            Some(found) => {
                usize::try_from(found).map_err(|_| PromqlError::MaxExemplars { found })?
            }
        };
        Ok(Self {
            expr: expr.to_owned(),
            range: query.range || !query.instant,
            instant: query.instant,
            exemplars: query.exemplar,
            legend_format: query.legend_format.clone(),
            min_step_millis: min_step_millis(&query.interval)?,
            format: format(&query.format)?,
            max_exemplars,
        })
    }
}

fn min_step_millis(written: &str) -> Result<Option<i64>, PromqlError> {
    // Older dashboards write "at least" before it.
    let duration = written.trim().trim_start_matches('>').trim();
    if duration.is_empty() || duration == "0s" || is_interval_variable(duration) {
        return Ok(None);
    }
    let millis = parse_duration_millis(duration).filter(|millis| *millis >= 1);
    millis.map(Some).ok_or_else(|| PromqlError::Interval { found: written.to_owned() })
}

fn format(written: &str) -> Result<PromqlFormat, PromqlError> {
    match written {
        "" | "time_series" => Ok(PromqlFormat::TimeSeries),
        "table" => Ok(PromqlFormat::Table),
        "heatmap" => Ok(PromqlFormat::Heatmap),
        _ => Err(PromqlError::Format { found: written.to_owned() }),
    }
}
