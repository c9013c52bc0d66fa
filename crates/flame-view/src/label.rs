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
/// else the beginning of that with an ellipsis.
/// Empty: not even two characters and an ellipsis fit.
pub fn fit_label(name: &str, width_device_px: f64, measure: &dyn TextMeasure, out: &mut String) {
    if fits(name, width_device_px, measure).is_ok() {
        out.push_str(name);
        return;
    }
    let short = without_directories(name).unwrap_or(name);
    let room = width_device_px - measure.advance_device_px('…');
    match fits(short, width_device_px, measure) {
        Ok(()) => out.push_str(short),
        Err(_) => {
            let end = match fits(short, room, measure) {
                Ok(()) => short.len(),
                Err(end) => end,
            };
            if short[..end].chars().nth(1).is_some() {
                out.push_str(&short[..end]);
                out.push('…');
            }
        }
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
