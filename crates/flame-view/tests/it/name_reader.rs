//! Names are read again as if for the first time.

use flame_view::NameReader;
use profile::FunctionNames;
use proptest::prelude::*;

fn read(before: FunctionNames, names: &[String]) -> (FunctionNames, Vec<u32>) {
    let mut reader = NameReader::new(before, names.len(), 0);
    let read = names.iter().map(|name| reader.read(name).0).collect();
    (reader.finish(), read)
}

fn some_names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ab]{0,2}", 0..8)
}

proptest! {
    #[test]
    fn names_read_after_others_are_those_read_alone(before in some_names(), names in some_names()) {
        let (table, read_after) = read(read(FunctionNames::default(), &before).0, &names);
        let (alone, read_alone) = read(FunctionNames::default(), &names);
        prop_assert_eq!(read_after, read_alone);
        prop_assert!(table.iter().eq(alone.iter()));
        // Those that are gone are not found, and the others are.
        for name in before.iter().chain(&names) {
            prop_assert_eq!(table.find(name), alone.find(name));
        }
    }
}

#[test]
fn the_names_of_the_graph_that_is_replaced_are_handed_back() {
    let mut graph = crate::support::graph("total 3\n  main 3\n    work 2\n");
    let names = graph.release_frame();
    assert_eq!(names.iter().collect::<Vec<_>>(), ["total", "main", "work"]);
    assert!(graph.release_frame().is_empty());
}
