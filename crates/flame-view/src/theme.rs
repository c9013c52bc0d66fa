//! The colours and fonts that the graph takes from the page around it.

use crate::colour::Colour;

/// Theme tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Whether the background is dark.
    pub is_dark: bool,
    /// Background of the panel.
    pub background: Colour,
    /// Colour of ordinary text.
    pub text: Colour,
    /// Colour of the outline of what is selected.
    pub accent: Colour,
}

impl Theme {
    /// A light theme, for when the page names none.
    pub fn light() -> Self {
        Self {
            is_dark: false,
            background: Colour::from_hex(0xff_ffff),
            text: Colour::from_hex(0x24_292e),
            accent: Colour::from_hex(0x38_71dc),
        }
    }

    /// A dark theme, for when the page names none.
    pub fn dark() -> Self {
        Self {
            is_dark: true,
            background: Colour::from_hex(0x18_1b1f),
            text: Colour::from_hex(0xcc_ccdc),
            accent: Colour::from_hex(0x6e_9fff),
        }
    }
}
