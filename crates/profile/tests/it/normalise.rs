//! Profiles made ready to be stored.

use fixtures::{
    assert_tree, format_tree, profile_from_columns, profile_from_columns_with_types, strategies,
};
use profile::{
    Function, FunctionNaming, LabelValue, Line, Location, NormaliseOptions, Profile, build,
    normalise,
};
use proptest::prelude::*;

#[test]
fn samples_of_one_stack_trace_and_the_same_labels_become_one() {
    let profile = profile_from_columns(
        "
        main                 main                 main
        sort                 sort                 sort
        [value:1][route:/a]  [value:2][route:/a]  [value:4][route:/b]
        ",
    );
    let normalised = normalise(&profile, NormaliseOptions::default());
    assert_eq!(normalised.profile.samples().value_column(0), [3, 4]);
}

#[test]
fn the_order_of_labels_does_not_matter_and_numbers_are_dropped() {
    let profile = profile_from_columns(
        "
        main                        main
        [route:/a][pod:x][bytes#5]  [pod:x][bytes#6][route:/a]
        ",
    );
    let normalised = normalise(&profile, NormaliseOptions::default());
    let samples = normalised.profile.samples();
    assert_eq!(samples.value_column(0), [2]);
    let labels = samples.labels(samples.indices().next().unwrap());
    assert_eq!(labels.len(), 2);
    assert!(labels.iter().all(|label| matches!(label.value, LabelValue::Text(_))));
}

#[test]
fn samples_with_a_negative_value_or_only_zeros_are_dropped_and_counted() {
    let profile = profile_from_columns_with_types(
        &[("n", "count"), ("cpu", "nanoseconds")],
        "
        a            b             c            d
        [value:1,0]  [value:5,-1]  [value:0,0]  [value:0,3]
        ",
    );
    let normalised = normalise(&profile, NormaliseOptions::default());
    assert_eq!(normalised.profile.samples().value_column(0), [1, 0]);
    assert_eq!(normalised.negative_samples, 1);
    assert_eq!(normalised.zero_samples, 1);
    assert_eq!(normalised.profile.functions().len(), 2);
}

#[test]
fn addresses_go_where_the_mapping_has_functions_and_locations_merge() {
    let profile = profile_from_columns(
        "
        main[mapping:shop][address:0x10]  main[mapping:shop][address:0x20]
        ",
    );
    assert_eq!(profile.locations().len(), 2);
    let normalised = normalise(&profile, NormaliseOptions::default()).profile;
    assert_eq!(normalised.locations().len(), 1);
    assert_eq!(normalised.samples().value_column(0), [2]);
}

#[test]
fn a_location_without_a_mapping_gets_a_stand_in_and_keeps_its_address() {
    let profile = profile_from_columns("main[address:0x10]");
    let normalised = normalise(&profile, NormaliseOptions::default()).profile;
    let location = normalised.locations().get(normalised.locations().indices().next().unwrap());
    assert_eq!(location.address, 0x10);
    assert_eq!(normalised.mappings().len(), 1);
    assert!(location.mapping.is_some());
}

#[test]
fn a_location_of_which_nothing_is_known_disappears() {
    let mut profile = Profile::with_sample_types(&[("n", "count")]);
    let unknown = profile.add_location(Location::default(), &[]);
    let hollow = profile.add_location(Location { address: 7, ..Location::default() }, &[]);
    let stack = profile.intern_stack(None, unknown);
    let stack = profile.intern_stack(Some(stack), hollow);
    profile.add_sample(Some(stack), &[1], &[]);
    let normalised = normalise(&profile, NormaliseOptions::default()).profile;
    assert_eq!(normalised.locations().len(), 1);
    assert_eq!(normalised.stacks().len(), 1);
}

#[test]
fn stack_traces_that_are_too_deep_keep_their_root_side() {
    let profile = profile_from_columns(
        "
        a           a
        b           b
        c           d
        [value:1]   [value:2]
        ",
    );
    let normalised =
        normalise(&profile, NormaliseOptions { max_stack_depth: 2, ..NormaliseOptions::default() });
    assert_eq!(normalised.cut_stacks, 2);
    assert_tree(
        &build(&normalised.profile, 0).unwrap(),
        "
        total (total: 3, self: 0)
          a (total: 3, self: 0)
            b (total: 3, self: 3)
        ",
    );
}

#[test]
fn instances_of_a_generic_go_function_become_one_where_asked() {
    let mut profile = Profile::with_sample_types(&[("n", "count")]);
    for name in [
        "slices.Sort[go.shape.int]",
        "slices.Sort[go.shape.[]uint8,go.shape.map[string]int]",
        "slices.Sort[go.shape.int].func1[go.shape.int]",
        "broken[go.shape.int",
        "plain[int]",
    ] {
        let name = profile.intern(name);
        let function = profile.add_function(Function { name, ..Function::default() });
        let line = Line { function, line: 0 };
        let location = profile.add_location(Location::default(), &[line]);
        let stack = profile.intern_stack(None, location);
        profile.add_sample(Some(stack), &[1], &[]);
    }
    let names = FunctionNaming::FoldGoTypeParameters;
    let options = NormaliseOptions { names, ..NormaliseOptions::default() };
    assert_tree(
        &build(&normalise(&profile, options).profile, 0).unwrap(),
        "
        total (total: 5, self: 0)
          broken[go.shape.int (total: 1, self: 1)
          plain[int] (total: 1, self: 1)
          slices.Sort[...] (total: 2, self: 2)
          slices.Sort[...].func1[...] (total: 1, self: 1)
        ",
    );
    let as_recorded = normalise(&profile, NormaliseOptions::default()).profile;
    assert_eq!(as_recorded.functions().len(), 5);
}

#[test]
fn sums_that_do_not_fit_stay_at_the_largest_value() {
    let text = format!("main  main\n[value:{}]  [value:1]", i64::MAX);
    // The columns begin where the first line's cells begin.
    let text = text.replace("main  main", &format!("main{}main", " ".repeat(24)));
    let normalised = normalise(&profile_from_columns(&text), NormaliseOptions::default());
    assert_eq!(normalised.profile.samples().value_column(0), [i64::MAX]);
}

proptest! {
    #[test]
    fn what_is_left_has_the_same_tree_and_nothing_more_to_do(profile in strategies::profile()) {
        let valid = |sample| profile.samples().values(sample).all(|value| value >= 0);
        let once = normalise(&profile, NormaliseOptions::default());
        for sample_type in 0..2 {
            let expected = profile::build_where(&profile, sample_type, valid).unwrap();
            let tree = build(&once.profile, sample_type).unwrap();
            prop_assert_eq!(format_tree(&tree), format_tree(&expected));
        }
        let twice = normalise(&once.profile, NormaliseOptions::default());
        prop_assert_eq!(twice.negative_samples + twice.zero_samples + twice.cut_stacks, 0);
        prop_assert_eq!(twice.profile.samples().len(), once.profile.samples().len());
        prop_assert_eq!(twice.profile.locations().len(), once.profile.locations().len());
        prop_assert_eq!(twice.profile.stacks().len(), once.profile.stacks().len());
    }
}
