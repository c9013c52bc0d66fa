//! Strings and JSON values, one per row, in one buffer.

use serde_json::value::RawValue;

use super::FrameError;

/// Strings, one per row, one after the other in a single buffer.
///
/// Collects from strings (every row has a value) or from optional strings (rows may be empty).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextCells {
    text: String,
    /// Where each row's text ends.
    ends: Vec<usize>,
    /// Which rows have a value; absent when all must.
    present: Option<Vec<bool>>,
}

impl TextCells {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether rows may be empty.
    pub fn is_nullable(&self) -> bool {
        self.present.is_some()
    }

    /// The value of a row; nothing for an empty row and for a row that does not exist.
    pub fn get(&self, row: usize) -> Option<&str> {
        if let Some(present) = &self.present
            && !*present.get(row)?
        {
            return None;
        }
        let end = *self.ends.get(row)?;
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        self.text.get(start..end)
    }

    /// The rows from the first to the last.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// All text, one row after the other.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where each row's text ends.
    pub(super) fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// All text, one row after the other, and which rows have a value; absent when all must.
    pub(super) fn into_text_and_present(self) -> (String, Option<Vec<bool>>) {
        (self.text, self.present)
    }

    /// No rows.
    pub(super) fn empty(nullable: bool) -> Self {
        Self { present: nullable.then(Vec::new), ..Self::default() }
    }

    /// Adds rows: their texts, one after the other, and where each ends.
    /// `present` is absent when all rows have a value.
    pub(super) fn append(
        &mut self,
        texts: &str,
        ends: impl Iterator<Item = usize>,
        present: Option<Vec<bool>>,
    ) {
        let begin = self.text.len();
        self.text.push_str(texts);
        self.ends.extend(ends.map(|end| begin + end));
        if let Some(all) = &mut self.present {
            all.extend(present.unwrap_or_default());
            all.resize(self.ends.len(), true);
        }
    }

    fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends.push(self.text.len());
    }
}

impl<'a> FromIterator<&'a str> for TextCells {
    fn from_iter<I: IntoIterator<Item = &'a str>>(values: I) -> Self {
        let mut cells = Self::default();
        for value in values {
            cells.push(value);
        }
        cells
    }
}

impl<'a> FromIterator<Option<&'a str>> for TextCells {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(values: I) -> Self {
        let mut cells = Self::default();
        let mut present = Vec::new();
        for value in values {
            cells.push(value.unwrap_or_default());
            present.push(value.is_some());
        }
        cells.present = Some(present);
        cells
    }
}

impl FromIterator<String> for TextCells {
    fn from_iter<I: IntoIterator<Item = String>>(values: I) -> Self {
        let mut cells = Self::default();
        for value in values {
            cells.push(&value);
        }
        cells
    }
}

impl FromIterator<Option<String>> for TextCells {
    fn from_iter<I: IntoIterator<Item = Option<String>>>(values: I) -> Self {
        let mut cells = Self::default();
        let mut present = Vec::new();
        for value in values {
            cells.push(value.as_deref().unwrap_or_default());
            present.push(value.is_some());
        }
        cells.present = Some(present);
        cells
    }
}

/// JSON values, one per row, each kept as its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonCells(TextCells);

impl JsonCells {
    /// The rows as text.
    pub fn text(&self) -> &TextCells {
        &self.0
    }

    /// The rows as text, taken.
    pub(super) fn into_text(self) -> TextCells {
        self.0
    }

    /// Takes rows that are JSON already.
    ///
    /// # Errors
    /// [`FrameError::NotJson`] with the first row that is not.
    pub fn from_text(cells: TextCells) -> Result<Self, FrameError> {
        for (row, text) in cells.iter().enumerate() {
            if let Some(text) = text {
                serde_json::from_str::<&RawValue>(text)
                    .map_err(|source| FrameError::NotJson { row, source })?;
            }
        }
        Ok(Self(cells))
    }
}

impl FromIterator<serde_json::Value> for JsonCells {
    fn from_iter<I: IntoIterator<Item = serde_json::Value>>(values: I) -> Self {
        Self(values.into_iter().map(|value| value.to_string()).collect())
    }
}

impl FromIterator<Option<serde_json::Value>> for JsonCells {
    fn from_iter<I: IntoIterator<Item = Option<serde_json::Value>>>(values: I) -> Self {
        Self(values.into_iter().map(|value| value.map(|value| value.to_string())).collect())
    }
}
