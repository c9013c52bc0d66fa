//! Many exemplars as columns of labels, as data frames hold them.

use crate::exemplar::{IdConflict, normalise_exemplar};
use crate::exemplar_settings::ExemplarSettings;

/// One label of many exemplars. Shape: as long as there are exemplars; None where one does not have the label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelColumn {
    /// The label.
    pub name: String,
    /// Its value for each exemplar.
    pub values: Vec<Option<String>>,
}

impl LabelColumn {
    /// Whether another one says the same of every exemplar; an empty text is none.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let text = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        self.name == other.name
            && self.values.len() == other.values.len()
            && self.values.iter().zip(&other.values).all(|(a, b)| text(a) == text(b))
    }
}

/// Exemplars after normalising.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NormalisedTable {
    /// In the order of the given ones; a label that got another name stands where the old one stood.
    pub columns: Vec<LabelColumn>,
    /// By column: the place of the given one that it is, or that its first id was found in.
    pub places: Vec<usize>,
    /// Each once, in the order found. Empty: no exemplar contradicts itself.
    pub conflicts: Vec<IdConflict>,
}

/// Normalises exemplars row by row, as [`normalise_exemplar`] does with one.
///
/// Shape: all columns are equally long; a shorter one counts as having no further values.
/// Cost: rows × columns².
#[must_use]
pub fn normalise_table(columns: &[LabelColumn], settings: &ExemplarSettings) -> NormalisedTable {
    let rows = columns.iter().map(|column| column.values.len()).max().unwrap_or(0);
    let mut table = NormalisedTable::default();
    let mut order: Vec<(usize, String)> = Vec::new();
    let mut normalised_rows = Vec::with_capacity(rows);
    for row in 0..rows {
        let value_of = |column: &LabelColumn| {
            let value = column.values.get(row)?.clone()?;
            (!value.is_empty()).then(|| (column.name.clone(), value))
        };
        let given: Vec<(String, String)> = columns.iter().filter_map(value_of).collect();
        let normalised = normalise_exemplar(&given, settings);
        for (at, (name, _)) in normalised.labels.iter().enumerate() {
            if order.iter().all(|(_, known)| known != name) {
                let own = columns.iter().position(|column| column.name == *name);
                // A new name stands where the label stood that it was found in.
                let place = own.unwrap_or_else(|| place_of(columns, &given, at));
                // Put where it belongs: a sort would be ten kilobytes of wasm.
                let before = order.iter().take_while(|(known, _)| *known <= place).count();
                order.insert(before, (place, name.clone()));
            }
        }
        for conflict in normalised.conflicts {
            if !table.conflicts.contains(&conflict) {
                table.conflicts.push(conflict);
            }
        }
        normalised_rows.push(normalised.labels);
    }
    table.places = order.iter().map(|(place, _)| *place).collect();
    table.columns = order
        .into_iter()
        .map(|(_, name)| {
            let value_in = |labels: &Vec<(String, String)>| {
                labels.iter().find(|(label, _)| *label == name).map(|(_, value)| value.clone())
            };
            LabelColumn { values: normalised_rows.iter().map(value_in).collect(), name }
        })
        .collect();
    table
}

/// The column that the label at this place of a row came from.
fn place_of(columns: &[LabelColumn], given: &[(String, String)], at: usize) -> usize {
    let name = given.get(at).map(|(name, _)| name);
    columns.iter().position(|column| Some(&column.name) == name).unwrap_or(columns.len())
}
