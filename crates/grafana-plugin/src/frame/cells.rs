//! Values of one fixed-size type, one per row.

/// Values of one fixed-size type, one per row, kept side by side without a box per value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells<T> {
    /// Every row has a value.
    Required(Vec<T>),
    /// Rows may be empty; the field is marked as nullable even when none is.
    Nullable(Vec<Option<T>>),
}

impl<T: Copy> Cells<T> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Required(values) => values.len(),
            Self::Nullable(values) => values.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether rows may be empty.
    pub fn is_nullable(&self) -> bool {
        matches!(self, Self::Nullable(_))
    }

    /// The value of a row; nothing for an empty row and for a row that does not exist.
    pub fn get(&self, row: usize) -> Option<T> {
        match self {
            Self::Required(values) => values.get(row).copied(),
            Self::Nullable(values) => values.get(row).copied().flatten(),
        }
    }

    /// The rows from the first to the last.
    pub fn iter(&self) -> impl Iterator<Item = Option<T>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl<T> From<Vec<T>> for Cells<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Required(values)
    }
}

impl<T> From<Vec<Option<T>>> for Cells<T> {
    fn from(values: Vec<Option<T>>) -> Self {
        Self::Nullable(values)
    }
}
