//! The part of the graph that is seen: a window of values and a scroll offset of rows.

/// Height of a row with its gap.
pub const ROW_HEIGHT_CSS_PX: f64 = 21.0;

/// The range of values that fills the width of the graph.
///
/// Unit: sample values as offsets from the left edge of the root; `start < end` unless there is
/// nothing to show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueWindow {
    /// Value at the left edge.
    pub start: f64,
    /// Value at the right edge.
    pub end: f64,
}

impl ValueWindow {
    /// The width in values.
    pub fn span(self) -> f64 {
        self.end - self.start
    }

    /// Whether `other` lies inside, borders included.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// This window moved and, if need be, narrowed to lie inside `outer`.
    pub fn clamped_to(self, outer: Self) -> Self {
        let span = self.span().min(outer.span());
        let start = self.start.clamp(outer.start, (outer.end - span).max(outer.start));
        Self { start, end: start + span }
    }

    /// This window scaled about a point of it; `fraction` tells where the point is, 0 to 1.
    pub fn zoomed(self, fraction: f64, factor: f64) -> Self {
        let span = self.span() * factor;
        let pivot = self.start + self.span() * fraction;
        Self { start: pivot - span * fraction, end: pivot + span * (1.0 - fraction) }
    }
}

/// Size of the graph's drawing area and the ratio of device pixels to CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ViewportSize {
    /// Width in CSS pixels.
    pub width_css_px: f64,
    /// Height in CSS pixels.
    pub height_css_px: f64,
    /// Device pixels per CSS pixel.
    pub device_pixel_ratio: f64,
}

impl ViewportSize {
    /// Width in whole device pixels; at most what every browser can make a canvas of.
    pub fn width_device_px(self) -> u32 {
        device_px(self.width_css_px * self.device_pixel_ratio)
    }

    /// Height in whole device pixels; at most what every browser can make a canvas of.
    pub fn height_device_px(self) -> u32 {
        device_px(self.height_css_px * self.device_pixel_ratio)
    }

    /// Height of a row in whole device pixels, its gap included.
    pub fn row_height_device_px(self) -> i32 {
        (ROW_HEIGHT_CSS_PX * self.device_pixel_ratio).round().max(1.0) as i32
    }

    /// How far rows can be scrolled, in device pixels.
    pub fn scroll_limit_device_px(self, row_count: usize) -> f64 {
        let content = row_count as f64 * f64::from(self.row_height_device_px());
        (content - f64::from(self.height_device_px())).max(0.0)
    }
}

fn device_px(value: f64) -> u32 {
    // Chromium and Firefox refuse larger canvases, NaN becomes 0.
    value.round().clamp(0.0, 16_384.0) as u32
}
