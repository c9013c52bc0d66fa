//! A table of named columns.

use super::{Field, FrameError, FrameMeta, Notice};

/// A table of named columns of equal length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frame {
    /// Name; may be empty.
    pub name: String,
    /// Query that the frame answers; may be empty.
    pub ref_id: String,
    /// Notes on the whole.
    pub meta: Option<FrameMeta>,
    /// The columns.
    pub fields: Vec<Field>,
}

impl Frame {
    /// A frame without notes.
    pub fn new(name: impl Into<String>, fields: Vec<Field>) -> Self {
        Self { name: name.into(), fields, ..Self::default() }
    }

    /// The same frame with these notes.
    #[must_use]
    pub fn with_meta(mut self, meta: FrameMeta) -> Self {
        self.meta = Some(meta);
        self
    }

    /// The notes, made when there are none.
    pub fn meta_mut(&mut self) -> &mut FrameMeta {
        self.meta.get_or_insert_default()
    }

    /// Adds a message for the user.
    pub fn push_notice(&mut self, notice: Notice) {
        self.meta_mut().notices.push(notice);
    }

    /// The first field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Number of rows; 0 without fields.
    ///
    /// # Errors
    /// [`FrameError::UnequalLengths`].
    pub fn row_count(&self) -> Result<usize, FrameError> {
        let expected = self.fields.first().map_or(0, |field| field.column.len());
        for field in &self.fields {
            let found = field.column.len();
            if found != expected {
                return Err(FrameError::UnequalLengths {
                    field: field.name.clone(),
                    found,
                    expected,
                });
            }
        }
        Ok(expected)
    }
}
