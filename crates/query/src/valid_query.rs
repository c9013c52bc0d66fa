//! A query that makes sense: read once at the door, not checked again inside.

use selector::{PastedQuery, ProfileTypeId, ProfileTypeIdError, Selector, SelectorError};

use crate::baseline::{BaselineError, ValidBaseline};
use crate::link_plan::LinkPlan;
use crate::model::{Query, QueryType};
use crate::node_limit::NodeLimit;
use crate::profile_source::{
    ExemplarKind, HeatmapKind, HeatmapRequest, SeriesRequest, TreeRequest,
};
use crate::promql::DEFAULT_MAX_EXEMPLARS;
use crate::settings::Settings;
use crate::span_class::{ClassLookUp, SpanClassError, SpanClassFound};
use crate::window::Window;
use crate::wrapped_query::WRAP;

/// How many series are asked for where the query does not say.
pub const DEFAULT_SERIES_LIMIT: u64 = 100;

/// A heatmap has at most about so many slots: narrower ones cannot be told apart, and hold too little to count.
const MAX_HEATMAP_SLOTS: i64 = 120;

/// A query that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidQuery {
    /// What is asked for.
    pub query_type: QueryType,
    /// The profile type.
    pub profile_type: ProfileTypeId,
    /// Which series.
    pub selector: Selector,
    /// Span ids, 16 lower-case hex digits.
    pub span_ids: Vec<String>,
    /// How many spans of a class there were. None: the query is about no class.
    pub span_class: Option<SpanClassFound>,
    /// Trace ids, 32 lower-case hex digits.
    pub trace_ids: Vec<String>,
    /// Profile ids (UUID), lower case.
    pub profile_ids: Vec<String>,
    /// Function names from the root.
    pub call_site: Vec<String>,
    /// Label names to keep series apart by.
    pub group_by: Vec<String>,
    /// At most so many series; 0 is all.
    pub series_limit: u64,
    /// How many nodes of the call tree.
    pub max_nodes: NodeLimit,
    /// Whether to add what the server says of single points.
    pub annotations: bool,
    /// Which exemplars to add to the series; for a heatmap, whether there are any.
    pub exemplars: ExemplarKind,
    /// At most so many exemplars of each series.
    pub max_exemplars: usize,
    /// What a heatmap counts.
    pub heatmap: HeatmapKind,
    /// What the link says that made the query. None: no link of ours made it.
    pub plan: Option<LinkPlan>,
    /// What a diff compares with. None: the query is no diff.
    pub baseline: Option<Box<ValidBaseline>>,
}

/// Why a query makes no sense: which field, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// `queryType` is not one of ours.
    #[error(
        "unknown query type {found:?}, expected \"metrics\", \"profile\", \"both\", \"diff\", \"heatmap\" or \"promql\""
    )]
    QueryType {
        /// As written.
        found: String,
    },
    /// The query wraps one of another datasource.
    #[error(
        "a query of another data source runs in the browser only, not in alert rules, expressions and public dashboards; \
         query type \"promql\" asks a metrics server from here"
    )]
    OnlyInBrowser,
    /// `profileTypeId` is empty.
    #[error(
        "no profile type is chosen, expected one such as \"process_cpu:cpu:nanoseconds:cpu:nanoseconds\""
    )]
    NoProfileType,
    /// `profileTypeId` is not a profile type id.
    #[error(transparent)]
    ProfileType(#[from] ProfileTypeIdError),
    /// `labelSelector` is not a label selector.
    #[error("{error}: {text}")]
    Selector {
        /// What is wrong, and where.
        error: SelectorError,
        /// The selector as written.
        text: String,
    },
    /// An id is not one.
    #[error("{found:?} is not a {what}, expected {expected}")]
    Id {
        /// Which kind of id.
        what: &'static str,
        /// As written.
        found: String,
        /// The form of such an id.
        expected: &'static str,
    },
    /// A link names something by an id that its row does not have.
    #[error(
        "what the link was followed from has no {what}, so that there is nothing it could open"
    )]
    BlankId {
        /// Which kind of id.
        what: &'static str,
    },
    /// A number is out of range.
    #[error("{field} is {found}, expected {expected}")]
    Number {
        /// The field's JSON name.
        field: &'static str,
        /// As written.
        found: i64,
        /// The range.
        expected: &'static str,
    },
    /// A heatmap or exemplars of something else.
    #[error("unknown {field} {found:?}, expected \"individual\" (profiles) or \"span\"")]
    ProfileOrSpan {
        /// The field's JSON name.
        field: &'static str,
        /// As written.
        found: String,
    },
    /// A class of spans cannot be answered.
    #[error(transparent)]
    SpanClass(#[from] SpanClassError),
    /// What a diff compares with makes no sense.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
}

impl QueryError {
    /// Where in the selector it goes wrong, if that is what is wrong. Unit: bytes.
    pub fn selector_offset(&self) -> Option<usize> {
        match self {
            Self::Selector { error, .. } => Some(error.offset),
            _ => None,
        }
    }
}

impl ValidQuery {
    /// Checks a query. A query in one line (`<profile type id>{…}`) in the selector field brings its
    /// own profile type; what the query leaves open comes from the settings.
    pub fn new(query: &Query, settings: &Settings) -> Result<Self, QueryError> {
        Self::check(query, settings, ClassLookUp::Done)
    }

    /// Checks a query of which the spans of a class may still be looked up.
    pub(crate) fn check(
        query: &Query,
        settings: &Settings,
        look_up: ClassLookUp,
    ) -> Result<Self, QueryError> {
        let query_type = parse_query_type(&query.query_type)?;
        let (profile_type, selector) = profile_type_and_selector(query)?;
        let is_link = query.origin == "link";
        let ids = |what, texts: &[String], id: fn(&str) -> Result<String, QueryError>| {
            let (blank, written): (Vec<&String>, Vec<&String>) =
                texts.iter().partition(|text| text.trim().is_empty());
            // Without it, the link would open everything instead of what it names.
            if is_link && !blank.is_empty() {
                return Err(QueryError::BlankId { what });
            }
            written.into_iter().map(|text| id(text)).collect::<Result<Vec<_>, _>>()
        };
        let span_ids = ids("span id", &query.span_selector, span_id)?;
        let exemplar_type = profile_or_span("exemplarType", &query.exemplar_type)?;
        let span_class = query.span_class.as_ref();
        let mut valid = Self {
            query_type,
            profile_type,
            selector,
            span_class: span_class.map(|class| class.looked_up(&span_ids, look_up)).transpose()?,
            span_ids,
            trace_ids: ids("trace id", &query.trace_selector, trace_id)?,
            profile_ids: ids("profile id", &query.profile_id_selector, profile_id)?,
            call_site: query.call_site.clone(),
            group_by: query.group_by.clone(),
            series_limit: at_least_zero("limit", query.limit)?.unwrap_or(DEFAULT_SERIES_LIMIT),
            max_nodes: at_least_zero("maxNodes", query.max_nodes)?
                .map_or(settings.max_nodes, NodeLimit::from_query),
            annotations: query.annotations,
            exemplars: match exemplar_type {
                _ if !query.include_exemplars => ExemplarKind::None,
                HeatmapKind::Profile => ExemplarKind::Profile,
                HeatmapKind::Span => ExemplarKind::Span,
            },
            max_exemplars: at_least_zero("maxExemplars", query.max_exemplars)?
                .map_or(DEFAULT_MAX_EXEMPLARS, |most| usize::try_from(most).unwrap_or(usize::MAX)),
            heatmap: profile_or_span("heatmapType", &query.heatmap_type)?,
            plan: query.plan.clone().filter(|_| is_link),
            baseline: None,
        };
        if valid.query_type == QueryType::Diff {
            valid.baseline = Some(Box::new(ValidBaseline::new(query, &valid, settings, look_up)?));
        }
        Ok(valid)
    }

    /// Whether the query is about single spans, traces or profiles, whatever its selector says.
    pub fn names_ids(&self) -> bool {
        let has_ids = [&self.span_ids, &self.trace_ids, &self.profile_ids];
        self.span_class.is_some() || has_ids.iter().any(|ids| !ids.is_empty())
    }

    /// What to ask a source for the call tree.
    pub fn tree_request(&self, window: Window) -> TreeRequest {
        TreeRequest {
            profile_type: self.profile_type.clone(),
            selector: self.selector.clone(),
            window,
            max_nodes: self.max_nodes,
            span_ids: self.span_ids.clone(),
            trace_ids: self.trace_ids.clone(),
            profile_ids: self.profile_ids.clone(),
            call_site: self.call_site.clone(),
        }
    }

    /// What to ask a source for the values over time.
    pub fn series_request(&self, window: Window, step_millis: i64) -> SeriesRequest {
        SeriesRequest {
            profile_type: self.profile_type.clone(),
            selector: self.selector.clone(),
            window,
            step_millis,
            group_by: self.group_by.clone(),
            limit: (self.series_limit > 0).then_some(self.series_limit),
            exemplars: self.exemplars,
            // Beside a call tree the series stay those of the whole, as few servers can narrow them.
            call_site: match self.query_type {
                QueryType::Metrics => self.call_site.clone(),
                _ => Vec::new(),
            },
        }
    }

    /// What to ask a source for a heatmap.
    pub fn heatmap_request(&self, window: Window, step_millis: i64) -> HeatmapRequest {
        let length = window.end_millis.saturating_sub(window.start_millis);
        HeatmapRequest {
            profile_type: self.profile_type.clone(),
            selector: self.selector.clone(),
            window,
            step_millis: step_millis.max(length / MAX_HEATMAP_SLOTS).max(1),
            group_by: self.group_by.clone(),
            kind: self.heatmap,
            exemplars: self.exemplars != ExemplarKind::None,
            limit: (self.series_limit > 0).then_some(self.series_limit),
        }
    }
}

fn parse_query_type(text: &str) -> Result<QueryType, QueryError> {
    match text {
        "" | "both" => Ok(QueryType::Both),
        "metrics" => Ok(QueryType::Metrics),
        "profile" => Ok(QueryType::Profile),
        "diff" => Ok(QueryType::Diff),
        "heatmap" => Ok(QueryType::Heatmap),
        WRAP => Err(QueryError::OnlyInBrowser),
        _ => Err(QueryError::QueryType { found: text.to_owned() }),
    }
}

/// The names are those of Grafana's own Pyroscope datasource.
fn profile_or_span(field: &'static str, text: &str) -> Result<HeatmapKind, QueryError> {
    match text {
        "" | "individual" => Ok(HeatmapKind::Profile),
        "span" => Ok(HeatmapKind::Span),
        _ => Err(QueryError::ProfileOrSpan { field, found: text.to_owned() }),
    }
}

fn profile_type_and_selector(query: &Query) -> Result<(ProfileTypeId, Selector), QueryError> {
    let text = query.label_selector.trim();
    let selector_error = |error| QueryError::Selector { error, text: text.to_owned() };
    if let Some(pasted) = PastedQuery::parse(text) {
        let PastedQuery { profile_type, selector } = pasted.map_err(selector_error)?;
        return Ok((profile_type, selector));
    }
    let selector = match text {
        "" => Selector::default(),
        text => Selector::parse(text).map_err(selector_error)?,
    };
    match query.profile_type_id.trim() {
        "" => Err(QueryError::NoProfileType),
        id => Ok((id.parse()?, selector)),
    }
}

/// Servers drop leading zeros on the way and some write upper case; they are put right here.
fn hex_id(text: &str, digits: usize) -> Option<String> {
    let trimmed = text.trim();
    let valid = (1..=digits).contains(&trimmed.len())
        && trimmed.bytes().all(|byte| byte.is_ascii_hexdigit())
        && trimmed.bytes().any(|byte| byte != b'0');
    valid.then(|| format!("{:0>digits$}", trimmed.to_ascii_lowercase()))
}

fn span_id(text: &str) -> Result<String, QueryError> {
    hex_id(text, 16).ok_or_else(|| QueryError::Id {
        what: "span id",
        found: text.to_owned(),
        expected: "1 to 16 hexadecimal digits, not all zero",
    })
}

fn trace_id(text: &str) -> Result<String, QueryError> {
    hex_id(text, 32).ok_or_else(|| QueryError::Id {
        what: "trace id",
        found: text.to_owned(),
        expected: "1 to 32 hexadecimal digits, not all zero",
    })
}

fn profile_id(text: &str) -> Result<String, QueryError> {
    let trimmed = text.trim();
    let valid = trimmed.len() == 36
        && trimmed.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    valid.then(|| trimmed.to_ascii_lowercase()).ok_or_else(|| QueryError::Id {
        what: "profile id",
        found: text.to_owned(),
        expected: "a UUID such as 9c232114-b7ac-4eb4-945b-8ee9bdc2d512",
    })
}

fn at_least_zero(field: &'static str, found: Option<i64>) -> Result<Option<u64>, QueryError> {
    let Some(found) = found else { return Ok(None) };
    u64::try_from(found).map(Some).map_err(|_| QueryError::Number {
        field,
        found,
        expected: "a whole number, 0 or more",
    })
}
