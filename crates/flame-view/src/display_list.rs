//! What to draw, as data: an executor needs no knowledge of profiles.

use crate::colour::Colour;
use std::fmt;

/// A filled rectangle, in device pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FillRect {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
    /// Fill.
    pub colour: Colour,
}

/// A line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRun {
    /// Where the text begins, in device pixels.
    pub x: i32,
    /// Middle of the line, in device pixels.
    pub y: i32,
    /// Where its characters begin in [`DisplayList::characters`].
    pub from: u32,
    /// Where they end.
    pub to: u32,
    /// Colour.
    pub colour: Colour,
}

/// Draw the rectangles in order, then the texts, then the outlines, then the overlay.
///
/// Shape: rectangles and texts are ordered by colour, so that an executor changes colours rarely;
/// rectangles do not overlap.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DisplayList {
    /// Width in device pixels.
    pub width: u32,
    /// Height in device pixels.
    pub height: u32,
    /// Filled rectangles.
    pub rects: Vec<FillRect>,
    /// The characters of all texts.
    pub characters: String,
    /// Texts.
    pub texts: Vec<TextRun>,
    /// Outlines inside their rectangle.
    pub outlines: Vec<FillRect>,
    /// Filled rectangles on top of everything.
    pub overlay: Vec<FillRect>,
    /// Size of the font in device pixels.
    pub font_device_px: u32,
    /// Thickness of outlines in device pixels.
    pub outline_device_px: i32,
}

impl DisplayList {
    /// Empties the list but keeps its memory.
    pub fn clear(&mut self) {
        self.rects.clear();
        self.characters.clear();
        self.texts.clear();
        self.outlines.clear();
        self.overlay.clear();
    }

    /// The characters of a text.
    pub fn text(&self, run: &TextRun) -> &str {
        &self.characters[run.from as usize..run.to as usize]
    }
}

impl fmt::Display for DisplayList {
    /// One line for each thing to draw, from top to bottom and left to right.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "canvas {} x {}", self.width, self.height)?;
        let mut lines: Vec<((i32, i32, u8), String)> = Vec::new();
        for r in &self.rects {
            let line = format!("rect {},{} {}x{} {}", r.x, r.y, r.width, r.height, r.colour.css());
            lines.push(((r.y, r.x, 0), line));
        }
        for t in &self.texts {
            // A text belongs to the rectangle in whose middle it stands.
            let line = format!("  text {},{} {:?} {}", t.x, t.y, self.text(t), t.colour.css());
            let top = self.rects.iter().filter(|r| r.y <= t.y).map(|r| r.y).max().unwrap_or(t.y);
            lines.push(((top, t.x, 1), line));
        }
        for o in &self.outlines {
            let line =
                format!("outline {},{} {}x{} {}", o.x, o.y, o.width, o.height, o.colour.css());
            lines.push(((o.y, o.x, 2), line));
        }
        for o in &self.overlay {
            let line =
                format!("overlay {},{} {}x{} {}", o.x, o.y, o.width, o.height, o.colour.css());
            lines.push(((o.y, o.x, 3), line));
        }
        lines.sort();
        lines.iter().try_for_each(|(_, line)| writeln!(f, "{line}"))
    }
}
