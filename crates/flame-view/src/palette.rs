//! Which colour a function gets: its package picks the hue, its own name a shade of it.

use crate::colour::Colour;
use crate::diff_sides::CHANGE_STEPS;
use crate::package::package_of;
use crate::theme::Theme;

const HUE_COUNT: u32 = 14;
const SHADE_COUNT: u32 = 3;

/// The fills of frames in one theme.
///
/// Shape: `HUE_COUNT * SHADE_COUNT` fills; a function keeps its fill in every graph and session.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    fills: Vec<Colour>,
    /// From gone to new, the same in the middle.
    changes: Vec<Colour>,
    /// Fill of the root and of nodes that stand for others.
    pub neutral: Colour,
    /// Fill of frames that a search does not match.
    pub muted: Colour,
    dark_text: Colour,
    light_text: Colour,
    background: Colour,
}

impl Palette {
    /// The fills for a theme.
    pub fn new(theme: &Theme) -> Self {
        let fill = |slot: u32| {
            let (hue, shade) = (slot / SHADE_COUNT, f64::from(slot % SHADE_COUNT));
            // Starts at orange, the colour flames have; the step is coprime to the wheel, so that
            // neighbouring hashes look different.
            let degrees = (45.0 + f64::from(hue) * 360.0 / f64::from(HUE_COUNT)) % 360.0;
            if theme.is_dark {
                Colour::from_oklch(0.455 - 0.028 * shade, 0.085, degrees)
            } else {
                Colour::from_oklch(0.86 - 0.03 * shade, 0.085, degrees)
            }
        };
        let (neutral, muted) = if theme.is_dark { (0.26, 0.10) } else { (0.20, 0.07) };
        Self {
            fills: (0..HUE_COUNT * SHADE_COUNT).map(fill).collect(),
            changes: (-CHANGE_STEPS..=CHANGE_STEPS).map(|step| change(theme, step)).collect(),
            neutral: theme.background.mixed_with(theme.text, neutral),
            muted: theme.background.mixed_with(theme.text, muted),
            dark_text: Colour::from_hex(0x16_161d),
            light_text: Colour::from_hex(0xf4_f4f8),
            background: theme.background,
        }
    }

    /// The fill of a function.
    pub fn fill(&self, function_name: &str) -> Colour {
        self.fills[usize::from(Self::fill_idx(function_name))]
    }

    /// The place of a function's fill among [`Self::fills`], the same in every theme.
    /// Cost: the length of the name.
    pub fn fill_idx(function_name: &str) -> u8 {
        let hue = hash(package_of(function_name)) % HUE_COUNT;
        let shade = hash(function_name) % SHADE_COUNT;
        (hue * SHADE_COUNT + shade) as u8
    }

    /// The fill of what changed by so many steps between two profiles: blue for less, orange for
    /// more, which no common colour blindness confuses; neutral for the same.
    pub fn change(&self, step: i8) -> Colour {
        match step.clamp(-CHANGE_STEPS, CHANGE_STEPS) {
            0 => self.neutral,
            step => self.changes[(step + CHANGE_STEPS) as usize],
        }
    }

    /// A fill as it looks above the focus, where it only tells the way.
    pub fn faded(&self, fill: Colour) -> Colour {
        fill.mixed_with(self.background, 0.45)
    }

    /// The colour of text on a fill: whichever is read better.
    pub fn text_on(&self, fill: Colour) -> Colour {
        if fill.contrast_with(self.dark_text) >= fill.contrast_with(self.light_text) {
            self.dark_text
        } else {
            self.light_text
        }
    }

    /// Every fill that a function may get.
    pub fn fills(&self) -> &[Colour] {
        &self.fills
    }
}

/// A shade of the scale of changes: the more, the stronger.
fn change(theme: &Theme, step: i8) -> Colour {
    let part = f64::from(step.unsigned_abs()) / f64::from(CHANGE_STEPS);
    let (lightness, chroma) = if theme.is_dark {
        (0.40 + 0.13 * part, 0.03 + 0.10 * part)
    } else {
        (0.88 - 0.14 * part, 0.03 + 0.12 * part)
    };
    Colour::from_oklch(lightness, chroma, if step < 0 { 250.0 } else { 50.0 })
}

/// FNV-1a with a final mix: the same on every machine, so colours do not change between sessions.
fn hash(text: &str) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    for byte in text.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0x2c1b_3c6d);
    hash ^ (hash >> 13)
}
