//! Builds a call tree from the samples of a profile.

use crate::call_trie::{CallTrie, TrieIdx, add_checked};
use crate::function_names::FunctionIdx;
use crate::profile::Profile;
use crate::sample_table::SampleIdx;
use crate::stack_table::StackIdx;
use crate::tree::Tree;
use crate::tree_builder::TreeError;

/// The call tree of the samples that `is_wanted` takes, valued by one sample type.
///
/// `sample_type` is a position in [`Profile::sample_types`].
/// Each line of a location is a frame, inlined ones included; a location without lines gives no
/// frame, and its value goes to its caller. A function without a name goes by its system name.
/// Samples with a value of 0 or less add nothing: [`normalise`](crate::normalise) counts those
/// below 0, so a profile that went through it loses nothing here.
/// Empty: no samples give an empty tree.
/// Errors: [`TreeError::Overflow`].
/// Cost: linear in the tables and samples, not in the samples' depths.
pub fn build_where(
    profile: &Profile,
    sample_type: usize,
    mut is_wanted: impl FnMut(SampleIdx) -> bool,
) -> Result<Tree, TreeError> {
    let mut trie = CallTrie::new();
    let mut root_self = [0];
    let mut value_by_stack = vec![0; profile.stacks().len()];
    let values = profile.samples().value_column(sample_type);
    for (sample, value) in profile.samples().indices().zip(values) {
        if *value <= 0 || !is_wanted(sample) {
            continue;
        }
        match profile.samples().stack(sample) {
            None => add_checked(&mut root_self, CallTrie::ROOT, *value)?,
            Some(StackIdx(stack)) => add_checked(&mut value_by_stack, stack, *value)?,
        }
    }
    let is_used = used_stacks(profile, &value_by_stack);
    let functions: Vec<FunctionIdx> = profile
        .functions()
        .iter()
        .map(|function| match profile.string(function.name) {
            "" => trie.names.intern(profile.string(function.system_name)),
            name => trie.names.intern(name),
        })
        .collect();
    // The node of each stack trace that is used; callers come before callees.
    let mut node_by_stack: Vec<TrieIdx> = vec![CallTrie::ROOT; profile.stacks().len()];
    let mut self_value = vec![root_self[0]];
    for stack in profile.stacks().indices() {
        if !is_used[stack.0 as usize] {
            continue;
        }
        let caller = profile.stacks().parent(stack);
        let mut node = caller.map_or(CallTrie::ROOT, |caller| node_by_stack[caller.0 as usize]);
        let location = profile.stacks().location(stack);
        for line in profile.locations().lines(location).iter().rev() {
            node = trie.child(node, functions[line.function.0 as usize], false)?;
        }
        node_by_stack[stack.0 as usize] = node;
        self_value.resize(trie.len(), 0);
        add_checked(&mut self_value, node, value_by_stack[stack.0 as usize])?;
    }
    trie.into_tree(&self_value)
}

/// The call tree of all samples, valued by one sample type. See [`build_where`].
pub fn build(profile: &Profile, sample_type: usize) -> Result<Tree, TreeError> {
    build_where(profile, sample_type, |_| true)
}

/// The call tree of stack traces given as function names, root first, with a value each.
/// Errors: [`TreeError::Overflow`].
pub fn build_from_stacks<'a, S>(
    stacks: impl IntoIterator<Item = (S, i64)>,
) -> Result<Tree, TreeError>
where
    S: IntoIterator<Item = &'a str>,
{
    let mut trie = CallTrie::new();
    let mut self_value = vec![0];
    for (stack, value) in stacks {
        let mut node = CallTrie::ROOT;
        for name in stack {
            let function = trie.names.intern(name);
            node = trie.child(node, function, false)?;
        }
        self_value.resize(trie.len(), 0);
        add_checked(&mut self_value, node, value)?;
    }
    trie.into_tree(&self_value)
}

/// Which stack traces have a value or call one that has.
fn used_stacks(profile: &Profile, value_by_stack: &[i64]) -> Vec<bool> {
    let mut is_used: Vec<bool> = value_by_stack.iter().map(|value| *value != 0).collect();
    for stack in profile.stacks().indices().rev() {
        if is_used[stack.0 as usize]
            && let Some(caller) = profile.stacks().parent(stack)
        {
            is_used[caller.0 as usize] = true;
        }
    }
    is_used
}
