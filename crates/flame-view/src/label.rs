//! Fits a function name into a frame.

use crate::package::without_directories;

/// Measures text in the font of the graph.
pub trait TextMeasure {
    /// How far a character moves the pen, in device pixels.
    fn advance_device_px(&self, character: char) -> f64;
}

/// Every character as wide as every other: for tests, and where there is no font.
#[derive(Debug, Clone, Copy)]
pub struct FixedWidth(
    /// The width in device pixels.
    pub f64,
);

impl TextMeasure for FixedWidth {
    fn advance_device_px(&self, _: char) -> f64 {
        self.0
    }
}

/// Writes as much of `name` to `out` as fits: all of it, else the name without its directories,
/// else without its modules too, else the beginning of that with an ellipsis.
/// Empty: not even two characters and an ellipsis fit.
pub fn fit_label(name: &str, width_device_px: f64, measure: &dyn TextMeasure, out: &mut String) {
    let shortest = shortest_label(name);
    for candidate in [name, without_directories(name).unwrap_or(name), shortest] {
        if fits(candidate, width_device_px, measure).is_ok() {
            out.push_str(candidate);
            return;
        }
    }
    let room = width_device_px - measure.advance_device_px('…');
    let end = match fits(shortest, room, measure) {
        Ok(()) => shortest.len(),
        Err(end) => end,
    };
    if shortest[..end].chars().nth(1).is_some() {
        out.push_str(&shortest[..end]);
        out.push('…');
    }
}

/// A name without its directories and modules.
pub(crate) fn shortest_label(name: &str) -> &str {
    without_modules(without_directories(name).unwrap_or(name))
}

/// The last part of a path of modules: `sign` of `shop::checkout::sign`. A name with type
/// parameters stays as it is, for its colons may be theirs.
fn without_modules(name: &str) -> &str {
    match name.rfind("::") {
        Some(at) if !name.contains('<') && at + 2 < name.len() => &name[at + 2..],
        _ => name,
    }
}

/// Whether the whole text fits; if not, where the first character that does not begins.
fn fits(text: &str, width_device_px: f64, measure: &dyn TextMeasure) -> Result<(), usize> {
    let mut used = 0.0;
    for (at, character) in text.char_indices() {
        used += measure.advance_device_px(character);
        if used > width_device_px {
            return Err(at);
        }
    }
    Ok(())
}
