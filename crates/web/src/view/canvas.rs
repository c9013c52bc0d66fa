//! Draws a display list on a canvas: a plain loop.

use flame_view::{Colour, DisplayList, FillRect, TextMeasure};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// A canvas with the font that its texts are measured and drawn in.
#[derive(Debug)]
pub(super) struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    font: String,
    ratio: f64,
    advances: FontAdvances,
}

/// Widths of the characters of one font; each is measured once.
#[derive(Debug)]
struct FontAdvances {
    context: CanvasRenderingContext2d,
    ascii: [f64; 128],
    others: RefCell<HashMap<char, f64>>,
}

impl Canvas {
    /// A canvas; an error if it cannot be drawn on.
    pub(super) fn new(element: HtmlCanvasElement) -> Result<Self, JsValue> {
        let context = element
            .get_context("2d")?
            .ok_or_else(|| JsValue::from_str("this browser gives no 2D canvas"))?
            .dyn_into::<CanvasRenderingContext2d>()?;
        let advances = FontAdvances {
            context: context.clone(),
            ascii: [0.0; 128],
            others: RefCell::default(),
        };
        Ok(Self { element, context, font: String::new(), ratio: 1.0, advances })
    }

    /// Uses a font of a family and a ratio of device pixels to CSS pixels; the characters are
    /// measured when either changes.
    pub(super) fn set_font(&mut self, family: &str, device_pixel_ratio: f64) {
        self.ratio = device_pixel_ratio;
        let size_device_px = (12.0 * device_pixel_ratio).round().max(1.0);
        let font = format!("{size_device_px}px {family}");
        if font == self.font {
            return;
        }
        self.context.set_font(&font);
        for code in 0x20..0x7f_u8 {
            self.advances.ascii[usize::from(code)] =
                self.advances.measured(char::from(code)).unwrap_or(size_device_px * 0.6);
        }
        self.advances.others.borrow_mut().clear();
        self.font = font;
    }

    /// The widths of the font.
    pub(super) fn advances(&self) -> &dyn TextMeasure {
        &self.advances
    }

    /// Draws a display list over whatever was there.
    pub(super) fn draw(&self, list: &DisplayList) -> Result<(), JsValue> {
        let context = &self.context;
        if self.element.width() != list.width || self.element.height() != list.height {
            self.element.set_width(list.width);
            self.element.set_height(list.height);
            // One canvas pixel on each device pixel, whatever the ratio.
            let style = self.element.style();
            let css_px = |device_px: u32| format!("{}px", f64::from(device_px) / self.ratio);
            style.set_property("width", &css_px(list.width))?;
            style.set_property("height", &css_px(list.height))?;
        } else {
            context.clear_rect(0.0, 0.0, f64::from(list.width), f64::from(list.height));
        }
        fill(context, &list.rects);
        // A new size resets the context, font included.
        context.set_font(&self.font);
        context.set_text_baseline("middle");
        let mut colour = None;
        for text in &list.texts {
            change(context, &mut colour, text.colour);
            context.fill_text(list.text(text), f64::from(text.x), f64::from(text.y))?;
        }
        let thickness = f64::from(list.outline_device_px);
        context.set_line_width(thickness);
        for outline in &list.outlines {
            context.set_stroke_style_str(&outline.colour.css());
            context.stroke_rect(
                f64::from(outline.x) + thickness / 2.0,
                f64::from(outline.y) + thickness / 2.0,
                (f64::from(outline.width) - thickness).max(1.0),
                (f64::from(outline.height) - thickness).max(1.0),
            );
        }
        fill(context, &list.overlay);
        Ok(())
    }
}

fn fill(context: &CanvasRenderingContext2d, rects: &[FillRect]) {
    let mut colour = None;
    for rect in rects {
        change(context, &mut colour, rect.colour);
        context.fill_rect(
            f64::from(rect.x),
            f64::from(rect.y),
            f64::from(rect.width),
            f64::from(rect.height),
        );
    }
}

fn change(context: &CanvasRenderingContext2d, current: &mut Option<Colour>, wanted: Colour) {
    if *current != Some(wanted) {
        context.set_fill_style_str(&wanted.css());
        *current = Some(wanted);
    }
}

impl FontAdvances {
    fn measured(&self, character: char) -> Option<f64> {
        let mut buffer = [0; 4];
        let text = character.encode_utf8(&mut buffer);
        self.context.measure_text(text).ok().map(|metrics| metrics.width())
    }
}

impl TextMeasure for FontAdvances {
    fn advance_device_px(&self, character: char) -> f64 {
        if let Some(width) = self.ascii.get(character as usize) {
            return *width;
        }
        let mut others = self.others.borrow_mut();
        *others.entry(character).or_insert_with(|| self.measured(character).unwrap_or(0.0))
    }
}
