//! What the page decides and the view obeys.

use crate::theme::Theme;
use crate::viewport::ViewportSize;

/// How numbers are written in the user's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberStyle {
    /// Between whole and fraction.
    pub decimal: char,
    /// Between groups of three digits.
    pub group: char,
}

impl Default for NumberStyle {
    fn default() -> Self {
        Self { decimal: '.', group: ',' }
    }
}

/// Size, theme and language, passed whole each time.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewProps {
    /// Size of the graph's drawing area.
    pub size: ViewportSize,
    /// Width of graph and table together, in CSS pixels.
    pub panel_width_css_px: f64,
    /// Colours of the page.
    pub theme: Theme,
    /// How numbers are written.
    pub number_style: NumberStyle,
}

impl Default for ViewProps {
    fn default() -> Self {
        Self {
            size: ViewportSize { width_css_px: 0.0, height_css_px: 0.0, device_pixel_ratio: 1.0 },
            panel_width_css_px: 0.0,
            theme: Theme::light(),
            number_style: NumberStyle::default(),
        }
    }
}

/// What the settings of the value field say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSettings {
    /// Unit id, as Grafana names it. Empty: a plain number.
    pub unit: String,
    /// Number of decimals. Empty: as many as tell three digits.
    pub decimals: Option<u8>,
    /// What the values are. Empty: their unit tells.
    pub display_name: String,
}
