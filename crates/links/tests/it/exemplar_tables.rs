//! Exemplars in columns, as data frames hold them.

use links::{ExemplarSettings, LabelColumn, NormalisedTable, normalise_table};

const TRACE: &str = "3f42b39a917f6c014f638c7e3c69341d";
const OTHER: &str = "b76efb7ac1779aa58aecd0fd08c2bdc5";

fn column(name: &str, values: &[&str]) -> LabelColumn {
    let values = values.iter().map(|value| (!value.is_empty()).then(|| (*value).to_owned()));
    LabelColumn { name: name.to_owned(), values: values.collect() }
}

#[test]
fn each_row_is_normalised_by_itself_and_columns_keep_their_order() {
    let upper = OTHER.to_uppercase();
    let table = normalise_table(
        &[
            column("job", &["shop", "cart", "shop"]),
            column("traceID", &[TRACE, "", "none"]),
            column("route", &["/pay", "", "/cart"]),
            column("TraceId", &["", &upper, ""]),
        ],
        &ExemplarSettings::default(),
    );
    let expected = [
        column("job", &["shop", "cart", "shop"]),
        column("trace_id", &[TRACE, OTHER, ""]),
        column("traceID", &["", "", "none"]),
        column("route", &["/pay", "", "/cart"]),
    ];
    assert_eq!(table.columns, expected);
    assert_eq!(table.places, [0, 1, 1, 2], "where each was found");
    assert_eq!(table.conflicts, []);
}

#[test]
fn a_new_name_stands_where_the_old_one_stood() {
    let one = |names: [&str; 5]| {
        names.map(|name| column(name, &[if name == "user" { "7" } else { TRACE }]))
    };
    let table = normalise_table(
        &one(["job", "route", "user", "traceID", "zone"]),
        &ExemplarSettings::default(),
    );
    assert_eq!(table.columns, one(["job", "route", "user", "trace_id", "zone"]));
}

#[test]
fn a_conflict_is_told_once() {
    let columns =
        [column("trace_id", &[TRACE, OTHER, TRACE]), column("traceID", &[OTHER, OTHER, OTHER])];
    let table = normalise_table(&columns, &ExemplarSettings::default());
    assert_eq!(table.conflicts.len(), 1);
    assert_eq!(table.columns[0], columns[0]);
    assert_eq!(table.columns[1], column("traceID", &[OTHER, "", OTHER]));
}

#[test]
fn ragged_columns_and_none_at_all_are_no_matter() {
    let empty = NormalisedTable::default();
    assert_eq!(normalise_table(&[], &ExemplarSettings::default()), empty);
    let ragged = [column("traceID", &[TRACE]), column("job", &["a", "b"])];
    let table = normalise_table(&ragged, &ExemplarSettings::default());
    assert_eq!(table.columns, [column("trace_id", &[TRACE, ""]), column("job", &["a", "b"])]);
}

#[test]
fn a_column_with_empty_texts_says_the_same_as_one_without_them() {
    let column = |name: &str, values: &[Option<&str>]| LabelColumn {
        name: name.to_owned(),
        values: values.iter().map(|value| value.map(str::to_owned)).collect(),
    };
    let given = column("job", &[Some("a"), Some(""), None]);
    let table = normalise_table(std::slice::from_ref(&given), &ExemplarSettings::default());
    assert!(table.columns[0].says_the_same(&given) && given.says_the_same(&table.columns[0]));
    for other in [
        column("app", &[Some("a"), None, None]),
        column("job", &[Some("a"), None]),
        column("job", &[Some("a"), None, Some("b")]),
        column("job", &[None, None, None]),
    ] {
        assert!(!other.says_the_same(&given), "{other:?}");
    }
}
