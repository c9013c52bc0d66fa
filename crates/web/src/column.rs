//! Reads the columns of a Grafana frame, which are arrays or typed arrays, in pieces.

use js_sys::{Array, Float64Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// Numbers read at once: large enough for few calls, small enough to need no second copy.
const PIECE: u32 = 1 << 16;
/// Texts read at once; they are longer than numbers.
const TEXT_PIECE: u32 = 1 << 13;

#[wasm_bindgen(typescript_custom_section)]
const COLUMN_TYPE: &str = "export type Column = ArrayLike<unknown>;";

#[wasm_bindgen]
extern "C" {
    /// An array or a typed array.
    #[derive(Debug)]
    #[wasm_bindgen(typescript_type = "Column")]
    pub(crate) type Column;

    #[wasm_bindgen(method, getter)]
    fn length(this: &Column) -> u32;

    #[wasm_bindgen(method)]
    fn slice(this: &Column, from: u32, to: u32) -> JsValue;
}

impl Column {
    /// How many rows there are.
    pub(crate) fn row_count(&self) -> u32 {
        self.length()
    }

    /// Gives the rows as numbers, piece by piece; what is no number is NaN.
    pub(crate) fn for_each_piece<E>(
        &self,
        mut piece: impl FnMut(&[f64]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut buffer = vec![0.0; PIECE.min(self.length()) as usize];
        // Converts what an ordinary array holds, faster than an array made of it.
        let scratch = Float64Array::new_with_length(PIECE.min(self.length()));
        let mut from = 0;
        while from < self.length() {
            let to = self.length().min(from.saturating_add(PIECE));
            let part = &mut buffer[..(to - from) as usize];
            scratch.set(&self.slice(from, to), 0);
            scratch.subarray(0, to - from).copy_to(part);
            piece(part)?;
            from = to;
        }
        Ok(())
    }

    /// Gives the rows as positions in a list of texts, piece by piece.
    pub(crate) fn for_each_idx_piece(&self, mut piece: impl FnMut(&[u32])) {
        let mut buffer = vec![0; PIECE.min(self.length()) as usize];
        let scratch = Uint32Array::new_with_length(PIECE.min(self.length()));
        let mut from = 0;
        while from < self.length() {
            let to = self.length().min(from.saturating_add(PIECE));
            let part = &mut buffer[..(to - from) as usize];
            scratch.set(&self.slice(from, to), 0);
            scratch.subarray(0, to - from).copy_to(part);
            piece(part);
            from = to;
        }
    }

    /// Gives the rows as texts, piece by piece.
    ///
    /// One string crosses per piece: a call per row would take longer than everything else.
    pub(crate) fn for_each_text(&self, mut text: impl FnMut(&str)) {
        let mut from = 0;
        while from < self.length() {
            let to = self.length().min(from.saturating_add(TEXT_PIECE));
            let joined = Array::from(&self.slice(from, to)).join(SEPARATOR);
            let joined = String::from(joined);
            let mut rows = 0;
            for row in joined.split(SEPARATOR_CHAR) {
                rows += 1;
                if rows <= to - from {
                    text(row);
                }
            }
            from = to;
        }
    }
}

/// Stands in no function name.
const SEPARATOR: &str = "\u{0}";
/// The same as a character, which is found faster.
const SEPARATOR_CHAR: char = '\u{0}';
