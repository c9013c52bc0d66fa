//! A decoded value with what was wrong about it.

/// What a decoder made of its input, best effort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<T, W> {
    /// The value.
    pub value: T,
    /// What could not be taken as it stood, one entry per kind. Empty: nothing.
    pub warnings: Vec<W>,
}
