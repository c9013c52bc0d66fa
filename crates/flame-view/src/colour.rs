//! Colours: sRGB triples, the OKLCH space in which palettes are chosen, and WCAG contrast.

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Colour {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Colour {
    /// A colour from `0xRRGGBB`.
    pub const fn from_hex(hex: u32) -> Self {
        Self { red: (hex >> 16) as u8, green: (hex >> 8) as u8, blue: hex as u8 }
    }

    /// A colour from lightness (0 to 1), chroma (0 to about 0.3) and hue in degrees, as OKLCH
    /// defines them; what sRGB cannot show is clipped.
    pub fn from_oklch(lightness: f64, chroma: f64, hue_degrees: f64) -> Self {
        let (sin, cos) = hue_degrees.to_radians().sin_cos();
        let (a, b) = (chroma * cos, chroma * sin);
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        Self {
            red: encode(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
            green: encode(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
            blue: encode(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s),
        }
    }

    /// Reads `#rgb`, `#rrggbb`, `rgb(…)` and `rgba(…)`; alpha is ignored. Empty: anything else.
    pub fn parse_css(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(hex) = text.strip_prefix('#') {
            let digits = u32::from_str_radix(hex, 16).ok()?;
            return match hex.len() {
                6 => Some(Self::from_hex(digits)),
                3 => {
                    let [r, g, b] = [digits >> 8 & 15, digits >> 4 & 15, digits & 15];
                    Some(Self::from_hex(r * 0x11_0000 + g * 0x1100 + b * 0x11))
                }
                _ => None,
            };
        }
        let inner = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb("))?;
        let mut parts =
            inner.trim_end_matches(')').split([',', ' ', '/']).filter(|p| !p.is_empty());
        let mut channel = || parts.next()?.parse::<f64>().ok().map(|c| c.round() as u8);
        Some(Self { red: channel()?, green: channel()?, blue: channel()? })
    }

    /// The colour as `#rrggbb`.
    pub fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// A mix with `other`, which gets `fraction` of the weight.
    pub fn mixed_with(self, other: Self, fraction: f64) -> Self {
        let mix = |a: u8, b: u8| {
            let mixed = f64::from(a) + (f64::from(b) - f64::from(a)) * fraction;
            // `round` is a call in wasm, `floor` an instruction.
            (mixed + 0.5).floor() as u8
        };
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// Relative luminance, 0 (black) to 1 (white), as WCAG 2 defines it.
    pub fn luminance(self) -> f64 {
        let [r, g, b] = [self.red, self.green, self.blue].map(decode);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// Contrast ratio with `other`, 1 to 21, as WCAG 2 defines it.
    pub fn contrast_with(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if a > b { a / b } else { b / a }
    }
}

fn encode(linear: f64) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let encoded =
        if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (encoded * 255.0).round() as u8
}

fn decode(channel: u8) -> f64 {
    let channel = f64::from(channel) / 255.0;
    if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}
