//! Reads the columns of a Grafana frame, which are arrays or typed arrays, in pieces.

use std::convert::Infallible;

use js_sys::{Array, Float64Array, JsString, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// Rows read at once: enough for few calls, and few enough for the browser to make and drop the
/// pieces among its short-lived objects.
const PIECE: u32 = 1 << 13;
/// Texts read at once.
const TEXT_PIECE: u32 = 1 << 10;
/// Bytes of UTF-8 that one unit of a JavaScript string becomes at most.
const LONGEST_CHARACTER: u32 = 3;

#[wasm_bindgen(typescript_custom_section)]
const COLUMN_TYPE: &str = "export type Column = ArrayLike<unknown>;";

#[wasm_bindgen]
extern "C" {
    /// An array or a typed array.
    #[derive(Debug)]
    #[wasm_bindgen(typescript_type = "Column")]
    pub(super) type Column;

    #[wasm_bindgen(method, getter)]
    fn length(this: &Column) -> u32;

    #[wasm_bindgen(method)]
    fn slice(this: &Column, from: u32, to: u32) -> JsValue;

    /// The browser's own: what wasm-bindgen does for a text looks at each character by itself.
    type TextEncoder;

    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;

    #[wasm_bindgen(method, js_name = encodeInto)]
    fn encode_into(this: &TextEncoder, text: &JsString, target: &Uint8Array) -> Encoded;

    /// How far an encoder came.
    type Encoded;

    /// How many bytes it wrote.
    #[wasm_bindgen(method, getter)]
    fn written(this: &Encoded) -> u32;
}

impl Column {
    /// How many rows there are.
    pub(super) fn row_count(&self) -> u32 {
        self.length()
    }

    /// Gives the rows as numbers, piece by piece; what is no number is NaN.
    pub(super) fn for_each_piece<E>(
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

    /// The same for who takes every number.
    pub(super) fn for_each_number_piece(&self, mut piece: impl FnMut(&[f64])) {
        let Ok(()) = self.for_each_piece(|numbers| {
            piece(numbers);
            Ok::<_, Infallible>(())
        });
    }

    /// Gives the rows as positions in a list of texts, piece by piece.
    pub(super) fn for_each_idx_piece(&self, mut piece: impl FnMut(&[u32])) {
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
    pub(super) fn for_each_text(&self, mut text: impl FnMut(&str)) {
        let encoder = TextEncoder::new();
        // Used for every piece: memory that is touched for the first time costs more than encoding.
        let mut scratch = Uint8Array::new_with_length(0);
        let mut bytes = Vec::new();
        let mut from = 0;
        while from < self.length() {
            let to = self.length().min(from.saturating_add(TEXT_PIECE));
            let piece = self.slice(from, to);
            let piece = piece.dyn_into::<Array>().unwrap_or_else(|piece| Array::from(&piece));
            let joined = piece.join(SEPARATOR);
            let longest = joined.length().saturating_mul(LONGEST_CHARACTER);
            if scratch.length() < longest {
                scratch = Uint8Array::new_with_length(longest);
            }
            let written = encoder.encode_into(&joined, &scratch).written();
            bytes.resize(written as usize, 0);
            scratch.subarray(0, written).copy_to(&mut bytes);
            let joined = std::str::from_utf8(&bytes).expect("an encoder writes UTF-8");
            joined.split(SEPARATOR_CHAR).take((to - from) as usize).for_each(&mut text);
            from = to;
        }
    }
}

/// Stands in no function name.
const SEPARATOR: &str = "\u{0}";
/// The same as a character, which is found faster.
const SEPARATOR_CHAR: char = '\u{0}';
