//! Size, theme and language as the page tells them.

use flame_view::{Colour, NumberStyle, Theme, ViewProps, ViewportSize};
use js_sys::{Array, Reflect};
use serde::{Deserialize, Serialize};
use tsify::Tsify;
use wasm_bindgen::{JsCast, JsValue};

/// What the page decides, passed whole each time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ViewSettings {
    /// Width of the graph in CSS pixels.
    pub width_css_px: f64,
    /// Height of the graph in CSS pixels.
    pub height_css_px: f64,
    /// Width of graph and table together in CSS pixels.
    pub panel_width_css_px: f64,
    /// Device pixels per CSS pixel.
    pub device_pixel_ratio: f64,
    /// Whether the theme is dark.
    pub is_dark: bool,
    /// Background of the panel, as CSS.
    pub background: String,
    /// Colour of ordinary text, as CSS.
    pub text: String,
    /// Colour of what is selected, as CSS.
    pub accent: String,
    /// Font family, as CSS.
    pub font_family: String,
    /// Language tag of the user. Empty: the browser's.
    pub locale: Option<String>,
}

impl ViewSettings {
    /// The settings as the view takes them.
    pub fn to_props(&self) -> ViewProps {
        let fallback = if self.is_dark { Theme::dark() } else { Theme::light() };
        let colour = |css: &str, or: Colour| Colour::parse_css(css).unwrap_or(or);
        ViewProps {
            size: ViewportSize {
                width_css_px: self.width_css_px,
                height_css_px: self.height_css_px,
                device_pixel_ratio: self.device_pixel_ratio,
            },
            panel_width_css_px: self.panel_width_css_px,
            theme: Theme {
                is_dark: self.is_dark,
                background: colour(&self.background, fallback.background),
                text: colour(&self.text, fallback.text),
                accent: colour(&self.accent, fallback.accent),
            },
            number_style: number_style(self.locale.as_deref()),
        }
    }
}

/// How the browser writes numbers in a language; as in English where it does not know.
fn number_style(locale: Option<&str>) -> NumberStyle {
    let mut style = NumberStyle::default();
    let part_of = |kind: &str| -> Option<char> {
        let locales: Array = locale.into_iter().map(JsValue::from).collect();
        // A tag that is not well formed throws, and English is used.
        let parts = format_to_parts(&locales, 1_234_567.5)?;
        let part = parts.iter().find(|part| {
            Reflect::get(part, &"type".into()).is_ok_and(|t| t.as_string().as_deref() == Some(kind))
        })?;
        Reflect::get(&part, &"value".into()).ok()?.as_string()?.chars().next()
    };
    if let Some(decimal) = part_of("decimal") {
        style.decimal = decimal;
        style.group = part_of("group").unwrap_or(style.group);
    }
    style
}

fn format_to_parts(locales: &Array, number: f64) -> Option<Array> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let constructor = Reflect::get(&intl, &"NumberFormat".into()).ok()?;
    let constructor = constructor.dyn_into::<js_sys::Function>().ok()?;
    let format = Reflect::construct(&constructor, &Array::of1(locales)).ok()?;
    let method = Reflect::get(&format, &"formatToParts".into()).ok()?;
    method.dyn_into::<js_sys::Function>().ok()?.call1(&format, &number.into()).ok()?.dyn_into().ok()
}
