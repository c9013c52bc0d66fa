//! The flame graph of a whole trace: its spans as the upper levels, what each of them did below.

use profile::{NodeIdx, Tree, TreeBuilder, TreeError};

use super::Trace;

/// A span as a level of a flame graph.
pub(crate) fn span_label(trace: &Trace, at: usize) -> String {
    let span = &trace.spans()[at];
    format!("{}: {}", span.service, span.operation)
}

/// The spans of a trace with the profile of each below it.
///
/// Shape: spans without a profile, of their own or below, have no width and are left out; siblings of one service
/// and operation are merged.
/// `profiles`: places of spans, ascending and each once, with their profiles in one unit.
/// Empty: the root alone.
/// Errors: [`TreeError::Overflow`], [`TreeError::TooManyNodes`].
pub fn trace_flame(trace: &Trace, profiles: &[(usize, Tree)]) -> Result<Tree, TreeError> {
    let spans = trace.spans();
    let mut is_kept = vec![false; spans.len()];
    for (at, _) in profiles.iter().filter(|(at, tree)| *at < spans.len() && has_values(tree)) {
        let mut place = Some(*at);
        while let Some(here) = place.filter(|here| !is_kept[*here]) {
            is_kept[here] = true;
            place = trace.parent(here);
        }
    }
    let mut builder = TreeBuilder::new();
    for at in (0..spans.len()).filter(|at| is_kept[*at]) {
        let depth = trace.depths()[at] + 1;
        let label = builder.intern(&span_label(trace, at));
        let own = profiles.iter().find(|(place, _)| *place == at).map(|(_, tree)| tree);
        builder.push(depth, label, own.map_or(0, |tree| tree.self_value(NodeIdx(0))))?;
        for node in
            own.into_iter().flat_map(|tree| tree.nodes().skip(1).map(move |node| (tree, node)))
        {
            let (tree, node) = node;
            let function = builder.intern(tree.name(node));
            let pushed = builder.push(depth + tree.depth(node), function, tree.self_value(node))?;
            if tree.is_truncated(node) {
                builder.mark_truncated(pushed);
            }
        }
    }
    builder.finish_sorted()
}

fn has_values(tree: &Tree) -> bool {
    tree.total_value(NodeIdx(0)) > 0
}

/// How many of a call path's first functions are spans of the trace, and the place of the last of these.
/// None: the path does not begin with a span.
pub(crate) fn spans_of_path(trace: &Trace, path: &[String]) -> Option<(usize, usize)> {
    let mut found = None;
    for (depth, name) in path.iter().enumerate() {
        let parent = found.map(|(_, place)| place);
        let next = (0..trace.spans().len())
            .find(|at| trace.parent(*at) == parent && span_label(trace, *at) == *name);
        match next {
            Some(place) => found = Some((depth + 1, place)),
            None => break,
        }
    }
    found
}
