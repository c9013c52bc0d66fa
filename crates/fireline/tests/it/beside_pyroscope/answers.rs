//! Answers without what cannot be equal: ids that a server makes, and orders that mean nothing.

use std::collections::{BTreeMap, BTreeSet};

use profile::{NodeIdx, Tree};
use profile_codec::levels::{self, Levels};
use pyroscope_api::google::v1::Profile;
use pyroscope_api::querier::v1::SelectMergeStacktracesResponse;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::Response;

/// What an answer has, and how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// JSON, whose lists have an order that means something.
    Ordered,
    /// JSON, whose lists are sets.
    Sets,
    /// A tree as TREE bytes.
    TreeBytes,
    /// A tree as levels.
    Levels,
    /// A profile.
    Pprof,
    /// A profile among stack traces.
    PprofOfStacktraces,
    /// The status and the code of an error.
    Refusal,
    /// An empty answer.
    Nothing,
}

impl Shape {
    /// Whether an empty answer would prove nothing.
    pub(super) fn has_data(self) -> bool {
        !matches!(self, Self::Refusal | Self::Nothing)
    }
}

/// Self values by path of function names.
type SelfValues = BTreeMap<Vec<String>, i64>;

#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Json(Value),
    Tree(SelfValues),
    /// Status and code.
    Refused(u16, String),
}

impl Answer {
    pub(super) fn read(response: &Response, shape: Shape) -> Self {
        if response.status != 200 {
            return Self::Refused(response.status, response.code());
        }
        match shape {
            Shape::Ordered => Self::Json(without_ids(response.json(), false)),
            Shape::Sets => Self::Json(without_ids(response.json(), true)),
            Shape::Refusal | Shape::Nothing => Self::Json(response.json()),
            Shape::TreeBytes => Self::Tree(of_tree_bytes(&message(response))),
            Shape::Levels => Self::Tree(of_levels(message(response))),
            Shape::Pprof => Self::Tree(of_pprof(&message(response))),
            Shape::PprofOfStacktraces => {
                let answer: SelectMergeStacktracesResponse = message(response);
                let profile = answer.pprof.and_then(|pprof| pprof.profile);
                Self::Tree(of_pprof(&profile.unwrap_or_default()))
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Json(value) => value.as_object().is_some_and(serde_json::Map::is_empty),
            Self::Tree(tree) => tree.is_empty(),
            Self::Refused(..) => true,
        }
    }

    /// What only one of them has, for a person.
    pub(super) fn difference(&self, ours: &Self) -> String {
        let lines = |answer: &Self| -> BTreeSet<String> {
            match answer {
                Self::Json(value) => serde_json::to_string_pretty(value)
                    .unwrap()
                    .lines()
                    .map(str::to_owned)
                    .collect(),
                Self::Tree(tree) => {
                    tree.iter().map(|(path, value)| format!("{} {value}", path.join(";"))).collect()
                }
                Self::Refused(status, code) => BTreeSet::from([format!("{status} {code}")]),
            }
        };
        let (theirs, ours) = (lines(self), lines(ours));
        let only = |mark: &str, one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
            one.difference(other).take(12).map(|line| format!("  {mark} {line}")).collect()
        };
        [only("Pyroscope", &theirs, &ours), only("ours     ", &ours, &theirs)].concat().join("\n")
    }
}

/// Without profile ids, and with lists in one order where that means nothing.
fn without_ids(value: Value, sorts: bool) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(name, _)| name != "profileId")
            .map(|(name, value)| {
                // Which labels come first is never said.
                let sorts = sorts || name == "labels" || name == "exemplars";
                (name, without_ids(value, sorts))
            })
            .collect(),
        Value::Array(items) => {
            let mut items: Vec<Value> =
                items.into_iter().map(|item| without_ids(item, sorts)).collect();
            if sorts {
                items.sort_by_key(Value::to_string);
            }
            items.into()
        }
        // The same number, whether or not it is written with a fraction of zero.
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        other => other,
    }
}

/// A function's name without Go's type parameters, which Pyroscope takes off.
fn plain_name(name: &str) -> String {
    let Some(start) = name.find("[go.shape.") else { return name.to_owned() };
    let end = name.rfind(']').map_or(name.len(), |end| end + 1);
    [&name[..start], &name[end..]].concat()
}

fn message<M: DeserializeOwned>(response: &Response) -> M {
    serde_json::from_value(response.json()).unwrap()
}

fn of_tree(tree: &Tree) -> SelfValues {
    let mut by_path = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    for node in (0..).map(NodeIdx).take(tree.node_count()) {
        path.truncate((tree.depth(node) as usize).saturating_sub(1));
        if node != NodeIdx(0) {
            path.push(plain_name(tree.name(node)));
        }
        if tree.self_value(node) != 0 {
            *by_path.entry(path.clone()).or_insert(0) += tree.self_value(node);
        }
    }
    by_path
}

fn of_tree_bytes(answer: &SelectMergeStacktracesResponse) -> SelfValues {
    of_tree(&profile_codec::tree::decode(&answer.tree).unwrap().value)
}

fn of_levels(answer: SelectMergeStacktracesResponse) -> SelfValues {
    let Some(graph) = answer.flamegraph else { return SelfValues::new() };
    let levels = Levels {
        names: graph.names,
        levels: graph.levels.into_iter().map(|level| level.values).collect(),
        ..Levels::default()
    };
    of_tree(&levels::decode(&levels).unwrap().value)
}

fn of_pprof(profile: &Profile) -> SelfValues {
    let text = |idx: i64| profile.string_table[usize::try_from(idx).unwrap()].clone();
    let functions: BTreeMap<u64, String> =
        profile.function.iter().map(|function| (function.id, text(function.name))).collect();
    let locations: BTreeMap<u64, Vec<String>> = profile
        .location
        .iter()
        .map(|location| {
            let lines = location.line.iter().map(|line| plain_name(&functions[&line.function_id]));
            (location.id, lines.collect())
        })
        .collect();
    let mut by_path = BTreeMap::new();
    for sample in &profile.sample {
        let mut path: Vec<String> =
            sample.location_id.iter().flat_map(|id| locations[id].clone()).collect();
        path.reverse();
        *by_path.entry(path).or_insert(0) += sample.value[0];
    }
    by_path.retain(|_, value| *value != 0);
    by_path
}
