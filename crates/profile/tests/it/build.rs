//! Trees from profiles.

use fixtures::{assert_tree, profile_from_columns, profile_from_folded, strategies};
use profile::{Profile, SampleIdx, Tree, TreeError, build, build_from_stacks, build_where};
use proptest::prelude::*;

/// The stack traces of a profile as function names, root first: slow and obvious.
pub(crate) fn stacks_of(profile: &Profile, sample_type: usize) -> Vec<(Vec<String>, i64)> {
    let samples = profile.samples();
    let stacks = samples.indices().map(|sample| {
        let mut names = Vec::new();
        for location in profile.stacks().locations(samples.stack(sample)) {
            for line in profile.locations().lines(location) {
                names.push(profile.string(profile.functions().get(line.function).name).to_owned());
            }
        }
        names.reverse();
        (names, samples.value(sample, sample_type))
    });
    stacks.filter(|(_, value)| *value > 0).collect()
}

#[test]
fn inlined_frames_are_frames_of_their_own() {
    let profile = profile_from_columns(
        "
        main          main
        sort          sort
        cmp[inlined]  swap[inlined]
        less          less
        [value:2]     [value:3]
        ",
    );
    assert_tree(
        &build(&profile, 0).unwrap(),
        "
        total (total: 5, self: 0)
          main (total: 5, self: 0)
            sort (total: 5, self: 0)
              cmp (total: 2, self: 0)
                less (total: 2, self: 2)
              swap (total: 3, self: 0)
                less (total: 3, self: 3)
        ",
    );
}

#[test]
fn functions_that_differ_in_line_and_file_only_are_one_node() {
    let profile = profile_from_columns(
        "
        main[line:1]          main[line:2][file:a.go]
        [value:2]             [value:3]
        ",
    );
    assert_tree(
        &build(&profile, 0).unwrap(),
        "
        total (total: 5, self: 0)
          main (total: 5, self: 5)
        ",
    );
}

#[test]
fn only_samples_that_are_wanted_count_and_leave_no_empty_nodes() {
    let profile = profile_from_folded("main;a 1\nmain;b;c 2\nd 4\nmain;e 0");
    let tree = build_where(&profile, 0, |sample| sample != SampleIdx(1)).unwrap();
    assert_tree(
        &tree,
        "
        total (total: 5, self: 0)
          d (total: 4, self: 4)
          main (total: 1, self: 0)
            a (total: 1, self: 1)
        ",
    );
}

#[test]
fn a_profile_without_samples_is_an_empty_tree() {
    let profile = Profile::with_sample_types(&[("cpu", "nanoseconds")]);
    assert!(build(&profile, 0).unwrap().is_empty());
    assert!(Tree::empty().is_empty());
}

#[test]
fn values_that_do_not_fit_are_an_error() {
    let stacks = [(["a"], i64::MAX), (["b"], 1)];
    assert_eq!(build_from_stacks(stacks).unwrap_err(), TreeError::Overflow { node: 1 });
}

proptest! {
    #[test]
    fn a_profile_gives_the_tree_of_its_stack_traces(profile in strategies::profile()) {
        for sample_type in 0..2 {
            let stacks = stacks_of(&profile, sample_type);
            let stacks = stacks.iter().map(|(stack, value)| {
                (stack.iter().map(String::as_str), *value)
            });
            let expected = build_from_stacks(stacks).unwrap();
            let tree = build(&profile, sample_type).unwrap();
            prop_assert_eq!(fixtures::format_tree(&tree), fixtures::format_tree(&expected));
        }
    }

    #[test]
    fn totals_are_the_self_value_and_the_childrens_totals(stacks in strategies::stacks()) {
        let total: i64 = stacks.iter().map(|(_, value)| value).sum();
        let borrowed = stacks.iter().map(|(stack, value)| {
            (stack.iter().map(String::as_str), *value)
        });
        let tree = build_from_stacks(borrowed).unwrap();
        prop_assert_eq!(tree.total_values()[0], total);
        prop_assert_eq!(tree.self_values().iter().sum::<i64>(), total);
        for node in tree.nodes() {
            let below: i64 = tree.children(node).map(|child| tree.total_value(child)).sum();
            prop_assert_eq!(tree.total_value(node), tree.self_value(node) + below);
            let names: Vec<_> = tree.children(node).map(|child| tree.name(child)).collect();
            prop_assert!(names.is_sorted_by(|a, b| a < b), "siblings {:?}", names);
            prop_assert_eq!(*tree.path(node).last().unwrap(), node);
            prop_assert_eq!(tree.path(node).len(), tree.depth(node) as usize + 1);
        }
        // Every stack trace ends in the node that its names lead to.
        for (stack, _) in &stacks {
            let node = stack.iter().try_fold(profile::NodeIdx(0), |node, name| {
                tree.children(node).find(|child| tree.name(*child) == name)
            });
            let node = node.unwrap();
            let expected: i64 =
                stacks.iter().filter(|(other, _)| other == stack).map(|(_, value)| value).sum();
            prop_assert_eq!(tree.self_value(node), expected);
        }
    }
}
