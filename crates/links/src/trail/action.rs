//! What happens to the walk.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::source::{Role, Source};

/// What the page knows and the walk does not.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(rename_all = "camelCase")]
pub struct TrailProps {
    /// The data sources that there are.
    pub sources: Vec<Source>,
    /// The parameters of the page's address.
    pub params: BTreeMap<String, String>,
    /// Start of the time range. Unit: milliseconds since 1970.
    pub from_millis: f64,
    /// End of the time range. Unit: milliseconds since 1970.
    pub to_millis: f64,
    /// How wide the chart may be.
    pub width_css_px: f64,
    /// Goes up when everything is to be asked again.
    pub refreshes: u32,
}

/// What a person does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum TrailAction {
    /// Asks another data source.
    ChooseSource {
        /// For what.
        role: Role,
        /// Which.
        uid: String,
    },
    /// Chooses or types what the chart shows, in PromQL.
    ChooseExpr {
        /// Empty: the first of the choices.
        expr: String,
    },
    /// Follows an exemplar, or any other pointer to a trace.
    ChooseTrace {
        /// The trace.
        trace_id: String,
        /// The span in it. None: the whole trace.
        #[cfg_attr(feature = "ts", tsify(optional))]
        span_id: Option<String>,
    },
    /// Chooses a span of the trace.
    ChooseSpan {
        /// Which. None: the whole trace.
        #[cfg_attr(feature = "ts", tsify(optional))]
        span_id: Option<String>,
    },
    /// Chooses what the profile counts.
    ChooseProfileType {
        /// Its id.
        id: String,
    },
    /// Chooses a function of the flame graph.
    ChooseFunction {
        /// The functions that lead to it from the root, itself last. Empty: none is chosen.
        call_site: Vec<String>,
    },
    /// Looks at the time beside, or at more of it.
    MoveRange {
        /// Where.
        by: RangeMove,
    },
    /// Looks at another time.
    ChooseRange {
        /// As Grafana writes times: `now-15m`, or milliseconds since 1970.
        from: String,
        /// Likewise.
        to: String,
    },
}

/// How a time range is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum RangeMove {
    /// Half of its length back.
    Earlier,
    /// Half of its length on.
    Later,
    /// Twice as long, around the same middle.
    Longer,
}

impl RangeMove {
    /// Start and end after the change. Unit: as before.
    pub(super) fn apply(self, from: f64, to: f64) -> [f64; 2] {
        let half = (to - from) / 2.0;
        match self {
            Self::Earlier => [from - half, to - half],
            Self::Later => [from + half, to + half],
            Self::Longer => [from - half, to + half],
        }
    }
}
