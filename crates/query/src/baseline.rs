//! What a diff compares its query with.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::duration::parse_duration_millis;
use crate::link_plan::LinkPlan;
use crate::model::{Query, ids, text};
use crate::settings::Settings;
use crate::span_class::{ClassLookUp, SpanClass};
use crate::valid_query::{QueryError, ValidQuery};
use crate::window::Window;

/// The other side of a diff, as it is saved: what it leaves out is as in the query itself.
///
/// Nothing here is validated; see [`ValidBaseline`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Baseline {
    /// The profile type id. Empty: the query's own.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub profile_type_id: String,
    /// The label selector. Empty: the query's own; `{}` is everything.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub label_selector: String,
    /// Span ids. None: the query's own, which must be of the same time. Empty: samples of any span and of none.
    #[serde(deserialize_with = "some_texts", skip_serializing_if = "Option::is_none")]
    pub span_selector: Option<Vec<String>>,
    /// The class that the spans belong to. None: with span ids they are named one by one, else the query's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span_class: Option<SpanClass>,
    /// Trace ids. None: the query's own. Empty: samples of any trace and of none.
    #[serde(deserialize_with = "some_texts", skip_serializing_if = "Option::is_none")]
    pub trace_selector: Option<Vec<String>>,
    /// Profile ids. None: the query's own. Empty: any profile.
    #[serde(deserialize_with = "some_texts", skip_serializing_if = "Option::is_none")]
    pub profile_id_selector: Option<Vec<String>>,
    /// How much earlier than the query's time range, as a duration: `1d`. Empty: not earlier.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub offset: String,
    /// Start of a time range of its own, with `to`. Unit: milliseconds since 1970.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// End of a time range of its own, with `from`. Unit: milliseconds since 1970.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub to: String,
}

impl Baseline {
    /// Whether anything is asked that the query itself does not ask.
    fn says_something(&self) -> bool {
        *self != Self::default()
    }

    /// When it is.
    ///
    /// Errors: offset, from or to cannot be read.
    pub fn time(&self) -> Result<BaselineTime, BaselineError> {
        time_of(self)
    }

    /// Whether it says itself which spans it is about.
    #[must_use]
    pub fn names_spans(&self) -> bool {
        self.span_selector.is_some() || self.span_class.is_some()
    }
}

fn some_texts<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Vec<String>>, D::Error> {
    match Value::deserialize(json)? {
        Value::Null => Ok(None),
        // A list from JSON is read as the query's own lists are.
        list => ids(list).map(Some).map_err(serde::de::Error::custom),
    }
}

/// The other side of a diff, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidBaseline {
    /// What is asked for: a call tree.
    pub query: ValidQuery,
    /// When.
    pub time: BaselineTime,
}

/// When the baseline of a diff is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineTime {
    /// As long as the query's time range, so much earlier. Unit: milliseconds.
    Earlier(i64),
    /// A time range of its own.
    Window(Window),
}

impl BaselineTime {
    /// Whether it is another time than the query's.
    #[must_use]
    pub fn is_its_own(self) -> bool {
        self != Self::Earlier(0)
    }

    /// The baseline's time range, for that of the query.
    #[must_use]
    pub fn window(self, asked: Window) -> Window {
        match self {
            Self::Earlier(millis) => Window {
                start_millis: asked.start_millis.saturating_sub(millis),
                end_millis: asked.end_millis.saturating_sub(millis),
            },
            Self::Window(window) => window,
        }
    }
}

/// Why a diff cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// Both sides would be the same.
    #[error(
        "the baseline of the diff says nothing of its own, expected a labelSelector, profileTypeId, spanSelector, \
         spanClass, traceSelector, profileIdSelector, an offset such as \"1d\", or from and to"
    )]
    Missing,
    /// The baseline makes no sense as a query.
    #[error("in the baseline: {0}")]
    Query(#[source] Box<QueryError>),
    /// `offset` is no duration.
    #[error("the baseline's offset is {found:?}, expected a duration such as \"1d\"")]
    Offset {
        /// As written.
        found: String,
    },
    /// `from` or `to` is no time.
    #[error("the baseline's {field} is {found:?}, expected milliseconds since 1970")]
    Time {
        /// `from` or `to`.
        field: &'static str,
        /// As written.
        found: String,
    },
    /// `from` is after `to`.
    #[error("the baseline's time range ends before it starts: from {from} to {to}")]
    Reversed {
        /// Unit: milliseconds since 1970.
        from: i64,
        /// Unit: milliseconds since 1970.
        to: i64,
    },
    /// There are both an offset and a time range.
    #[error("the baseline has an offset as well as from and to, expected one of them")]
    TwoTimes,
    /// What has these ids was at another time.
    #[error(
        "the baseline is of another time, at which nothing has the ids in the query's {field}; expected a {field} in the \
         baseline, [] for all samples, or a baseline of the same time"
    )]
    IdsOfAnotherTime {
        /// The JSON name of the list that the baseline would take over.
        field: &'static str,
    },
    /// The sides cannot be compared.
    #[error(
        "a diff needs one unit on both sides: {comparison} is in {comparison_unit:?}, its baseline {baseline} in \
         {baseline_unit:?}"
    )]
    Units {
        /// The query's profile type.
        comparison: String,
        /// Its unit.
        comparison_unit: String,
        /// The baseline's profile type.
        baseline: String,
        /// Its unit.
        baseline_unit: String,
    },
}

impl ValidBaseline {
    /// Checks the baseline of a query, of which `comparison` is the rest.
    pub(crate) fn new(
        query: &Query,
        comparison: &ValidQuery,
        settings: &Settings,
        look_up: ClassLookUp,
    ) -> Result<Self, BaselineError> {
        let baseline = query
            .baseline
            .as_ref()
            .filter(|baseline| baseline.says_something())
            .ok_or(BaselineError::Missing)?;
        let time = time_of(baseline)?;
        let or_own = |text: &str, own: String| match text.trim() {
            "" => own,
            text => text.to_owned(),
        };
        let list_or_own =
            |list: &Option<Vec<String>>, own: &Vec<String>| list.as_ref().unwrap_or(own).clone();
        let (span_selector, span_class) = match (&baseline.span_selector, &baseline.span_class) {
            // The same class has other spans at another time.
            (None, None) if time.is_its_own() && query.span_class.is_some() => {
                let class = query.span_class.clone();
                (Vec::new(), class.map(|class| SpanClass { found: None, ..class }))
            }
            (None, None) => (query.span_selector.clone(), query.span_class.clone()),
            (span_ids, class) => (span_ids.clone().unwrap_or_default(), class.clone()),
        };
        if time.is_its_own() {
            let lists = [
                ("spanSelector", baseline.names_spans(), &span_selector),
                ("traceSelector", baseline.trace_selector.is_some(), &query.trace_selector),
                (
                    "profileIdSelector",
                    baseline.profile_id_selector.is_some(),
                    &query.profile_id_selector,
                ),
            ];
            let taken_over = lists.into_iter().find(|(_, own, ids)| !own && !ids.is_empty());
            if let Some((field, ..)) = taken_over {
                return Err(BaselineError::IdsOfAnotherTime { field });
            }
        }
        let merged = Query {
            query_type: "profile".to_owned(),
            profile_type_id: or_own(&baseline.profile_type_id, comparison.profile_type.to_string()),
            label_selector: or_own(&baseline.label_selector, comparison.selector.to_string()),
            span_selector,
            span_class,
            trace_selector: list_or_own(&baseline.trace_selector, &query.trace_selector),
            profile_id_selector: list_or_own(
                &baseline.profile_id_selector,
                &query.profile_id_selector,
            ),
            plan: query.plan.clone().map(|plan| moved(plan, time)),
            baseline: None,
            ..query.clone()
        };
        let valid = ValidQuery::check(&merged, settings, look_up)
            .map_err(|error| BaselineError::Query(Box::new(error)))?;
        let units = [comparison.profile_type.unit(), valid.profile_type.unit()];
        if units[0] != units[1] {
            return Err(BaselineError::Units {
                comparison: comparison.profile_type.to_string(),
                comparison_unit: units[0].to_owned(),
                baseline: valid.profile_type.to_string(),
                baseline_unit: units[1].to_owned(),
            });
        }
        Ok(Self { query: valid, time })
    }
}

/// The plan of the query, about the baseline's own moment.
fn moved(plan: LinkPlan, time: BaselineTime) -> LinkPlan {
    let at_millis = match time {
        BaselineTime::Earlier(millis) => plan.at_millis.map(|at| at.saturating_sub(millis)),
        BaselineTime::Window(_) => None,
    };
    LinkPlan { at_millis, ..plan }
}

fn time_of(baseline: &Baseline) -> Result<BaselineTime, BaselineError> {
    let offset = baseline.offset.trim();
    if baseline.from.trim().is_empty() && baseline.to.trim().is_empty() {
        return match offset {
            "" => Ok(BaselineTime::Earlier(0)),
            text => parse_duration_millis(text)
                .map(BaselineTime::Earlier)
                .ok_or_else(|| BaselineError::Offset { found: text.to_owned() }),
        };
    }
    if !offset.is_empty() {
        return Err(BaselineError::TwoTimes);
    }
    let millis = |field: &'static str, text: &str| {
        let found = || BaselineError::Time { field, found: text.to_owned() };
        text.trim().parse::<i64>().map_err(|_| found())
    };
    let (from, to) = (millis("from", &baseline.from)?, millis("to", &baseline.to)?);
    if from > to {
        return Err(BaselineError::Reversed { from, to });
    }
    Ok(BaselineTime::Window(Window { start_millis: from, end_millis: to }))
}
