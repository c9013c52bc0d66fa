//! Merges samples into one call tree.

use std::sync::Arc;

use profile::{Tree, TreeBuilder, TreeError};
use query::{SourceError, TreeRequest};

use crate::day_file::DayReader;
use crate::error::DayError;
use crate::read::{Reading, internal};
use crate::sample_filter::{CallSite, SampleFilter};
use crate::select_profiles::for_each_profile;
use crate::series_matcher::SeriesMatcher;
use crate::symbols::Symbols;

/// The whole call tree of the samples asked for.
pub(crate) fn merged_tree(reading: &Reading, request: &TreeRequest) -> Result<Tree, SourceError> {
    let matcher = SeriesMatcher::of_type(&request.profile_type, &request.selector)?;
    let filter = SampleFilter::of(request)?;
    let days = reading.map_days(request.window, |day| {
        let self_values = self_value_by_node(reading, day, request, &matcher, &filter)?;
        Ok(TouchedNodes::of(&day.contents.symbols, &self_values))
    })?;
    let trees = days.into_iter().map(TouchedNodes::into_tree).collect::<Result<Vec<_>, _>>();
    let merged = trees.and_then(|mut trees| match trees.len() {
        1 => Ok(trees.remove(0)),
        _ => profile::merge(&trees),
    });
    merged.map_err(|error| internal(&format!("cannot merge the samples: {error}")))
}

/// Adds up values by the node in which their stack trace ends.
/// Shape: one entry for each node of the day's call tree. Sums saturate.
fn self_value_by_node(
    reading: &Reading,
    day: &DayReader,
    request: &TreeRequest,
    matcher: &SeriesMatcher,
    filter: &SampleFilter,
) -> Result<Vec<i64>, DayError> {
    let symbols = &day.contents.symbols;
    let call_site = CallSite::find(symbols, &request.call_site);
    let mut self_values = vec![0_i64; symbols.nodes.len()];
    for_each_profile(reading, day, matcher, request.window, |_, row| {
        if !filter.takes_profile(row) {
            return Ok(());
        }
        let column = day.stack_column(row.block)?;
        let values = day.values(row, column.stacks.len())?;
        let takes_link = filter.takes_links(&column);
        for (sample, (stack, value)) in column.stacks.iter().zip(values).enumerate() {
            let link = column.link_by_sample.get(sample).map_or(0, |link| *link as usize);
            let node = day.node(row, *stack)?;
            if takes_link[link] && call_site.takes(node) {
                let sum = &mut self_values[node as usize];
                *sum = sum.saturating_add(value);
            }
        }
        Ok(())
    })?;
    Ok(self_values)
}

/// The part of a day's call tree that has values.
///
/// Shape: parents come before children; entry 0 is the root; siblings have different names.
#[derive(Debug)]
struct TouchedNodes {
    parent: Vec<u32>,
    /// Position in `names`.
    name: Vec<u32>,
    self_value: Vec<i64>,
    names: Vec<Arc<str>>,
}

impl Default for TouchedNodes {
    fn default() -> Self {
        Self { parent: vec![0], name: vec![0], self_value: vec![0], names: vec!["".into()] }
    }
}

/// Not touched, or not yet met.
const NONE: u32 = u32::MAX;

impl TouchedNodes {
    /// Cost: passes over the day's nodes and strings; no hashing.
    fn of(symbols: &Symbols, self_values: &[i64]) -> Self {
        let nodes = symbols.nodes.to_vec();
        let mut is_touched: Vec<bool> = self_values.iter().map(|value| *value != 0).collect();
        for idx in (1..nodes.len()).rev() {
            if is_touched[idx] {
                is_touched[nodes[idx].parent as usize] = true;
            }
        }
        let mut touched = Self { self_value: vec![self_values[0]], ..Self::default() };
        let mut new_idx_by_node = vec![NONE; nodes.len()];
        new_idx_by_node[0] = 0;
        let mut name_idx_by_string = vec![NONE; symbols.strings.len()];
        for idx in 1..nodes.len() {
            if !is_touched[idx] {
                continue;
            }
            let node = nodes[idx];
            let name_idx = &mut name_idx_by_string[node.name as usize];
            if *name_idx == NONE {
                *name_idx = length(&touched.names);
                let name = symbols.strings.get(node.name).cloned().unwrap_or_default();
                touched.names.push(name);
            }
            new_idx_by_node[idx] = length(&touched.parent);
            touched.parent.push(new_idx_by_node[node.parent as usize]);
            touched.name.push(*name_idx);
            touched.self_value.push(self_values[idx]);
        }
        touched
    }

    /// The tree, siblings ascending by name. Cost: sorts the names once and siblings by rank.
    fn into_tree(self) -> Result<Tree, TreeError> {
        let mut by_text: Vec<u32> = (0..length(&self.names)).collect();
        by_text.sort_unstable_by(|a, b| self.names[*a as usize].cmp(&self.names[*b as usize]));
        let mut rank = vec![0_u32; self.names.len()];
        for (position, name) in (0..).zip(&by_text) {
            rank[*name as usize] = position;
        }
        // Children of each node in one run: `children[start[node]..start[node + 1]]`.
        let count = self.parent.len();
        let mut start = vec![0_usize; count + 1];
        for parent in &self.parent[1..] {
            start[*parent as usize + 1] += 1;
        }
        for idx in 0..count {
            start[idx + 1] += start[idx];
        }
        let mut children = vec![0_u32; count - 1];
        let mut next = start.clone();
        for (node, parent) in (1..).zip(&self.parent[1..]) {
            let at = &mut next[*parent as usize];
            children[*at] = node;
            *at += 1;
        }
        let mut builder = TreeBuilder::new();
        let names: Vec<_> = self.names.iter().map(|name| builder.intern(name)).collect();
        builder.add_root_self(self.self_value[0])?;
        // Depth first; the next child to visit is on top.
        let mut open = Vec::new();
        let mut node = 0_usize;
        let mut depth = 0_u32;
        loop {
            let below = &mut children[start[node]..start[node + 1]];
            below.sort_unstable_by_key(|child| rank[self.name[*child as usize] as usize]);
            open.extend(below.iter().rev().map(|child| (*child, depth + 1)));
            let Some((child, child_depth)) = open.pop() else { break };
            (node, depth) = (child as usize, child_depth);
            builder.push(depth, names[self.name[node] as usize], self.self_value[node])?;
        }
        builder.finish()
    }
}

fn length<T>(entries: &[T]) -> u32 {
    u32::try_from(entries.len()).expect("a day has fewer than 2^32 - 1 nodes and names")
}
