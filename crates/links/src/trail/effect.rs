//! What the page has to do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the page has to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum TrailEffect {
    /// Go to this address: the parameters with these values, without them where the value is null.
    Navigate {
        /// By name.
        params: BTreeMap<String, Option<String>>,
    },
    /// Run queries and hand back what they answer, all at once.
    Query {
        /// Names the answer.
        id: u32,
        /// The data source.
        uid: String,
        /// As that data source reads them; at least one.
        #[cfg_attr(
            feature = "ts",
            tsify(type = "({ refId: string } & Record<string, unknown>)[]")
        )]
        queries: Vec<Map<String, Value>>,
        /// Unit: milliseconds since 1970.
        from_millis: f64,
        /// Unit: milliseconds since 1970.
        to_millis: f64,
        /// What of the answer to hand back.
        wants: Wanted,
    },
    /// Forget a query whose answer nobody waits for any more.
    Cancel {
        /// Its name.
        id: u32,
    },
}

/// What of an answer is handed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Wanted {
    /// The frames with their values.
    Frames,
    /// What is said about the frames; the page shows the values itself.
    Meta,
}
