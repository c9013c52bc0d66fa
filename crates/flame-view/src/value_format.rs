//! Writes values in their unit.

use crate::view_props::NumberStyle;

/// How values of one field are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueFormat {
    unit: Unit,
    decimals: Option<u8>,
    style: NumberStyle,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Unit {
    /// A factor to seconds as a power of ten.
    Time(i32),
    /// Steps of a base with a name each.
    Steps { base: u32, names: &'static [&'static str], suffix: &'static str },
    /// The number as it is, with a text after it.
    Suffix(String),
    /// The number as it is, with a text before it.
    Prefix(String),
    /// Times a hundred, with a per cent sign.
    Fraction,
}

const COUNT: &[&str] = &["", " K", " Mil", " Bil", " Tri", " Quadr"];
const METRIC: &[&str] = &[" ", " k", " M", " G", " T", " P", " E"];
const BINARY: &[&str] = &[" ", " Ki", " Mi", " Gi", " Ti", " Pi", " Ei"];

impl ValueFormat {
    /// The format for one of Grafana's unit ids; an id that is not known is written after the
    /// number.
    pub fn new(unit: &str, decimals: Option<u8>, style: NumberStyle) -> Self {
        let steps = |base, names, suffix| Unit::Steps { base, names, suffix };
        let unit = match unit {
            "" | "short" | "count" => steps(1000, COUNT, ""),
            "none" => Unit::Suffix(String::new()),
            "ns" | "nanoseconds" => Unit::Time(-9),
            "µs" | "us" | "microseconds" => Unit::Time(-6),
            "ms" | "milliseconds" => Unit::Time(-3),
            "s" | "seconds" => Unit::Time(0),
            "bytes" => steps(1024, BINARY, "B"),
            "decbytes" => steps(1000, METRIC, "B"),
            "bits" => steps(1024, BINARY, "b"),
            "decbits" => steps(1000, METRIC, "b"),
            "binBps" => steps(1024, BINARY, "B/s"),
            "Bps" => steps(1000, METRIC, "B/s"),
            "hertz" => steps(1000, METRIC, "Hz"),
            "cps" => steps(1000, COUNT, " c/s"),
            "ops" => steps(1000, COUNT, " ops/s"),
            "reqps" => steps(1000, COUNT, " req/s"),
            "rps" => steps(1000, COUNT, " rd/s"),
            "wps" => steps(1000, COUNT, " wr/s"),
            "iops" => steps(1000, COUNT, " io/s"),
            "percent" => Unit::Suffix("%".to_owned()),
            "percentunit" => Unit::Fraction,
            other => match other.split_once(':') {
                Some(("suffix", text)) => Unit::Suffix(format!(" {text}")),
                Some(("prefix", text)) => Unit::Prefix(text.to_owned()),
                _ => Unit::Suffix(format!(" {other}")),
            },
        };
        Self { unit, decimals, style }
    }

    /// A value with its unit.
    pub fn format(&self, value: f64) -> String {
        match &self.unit {
            Unit::Time(exponent) => self.format_time(value * 10_f64.powi(*exponent)),
            Unit::Steps { base, names, suffix } => {
                let mut value = value;
                let mut step = 0;
                // Rounding must not write "1000 K" where "1 Mil" is meant.
                while value.abs() >= f64::from(*base) * 0.9995 && step + 1 < names.len() {
                    value /= f64::from(*base);
                    step += 1;
                }
                format!("{}{}{suffix}", self.number(value), names[step])
            }
            Unit::Suffix(text) => format!("{}{text}", self.number(value)),
            Unit::Prefix(text) => format!("{text}{}", self.number(value)),
            Unit::Fraction => format!("{}%", self.number(value * 100.0)),
        }
    }

    /// What the values are, for headings.
    pub fn title(&self) -> &'static str {
        match self.unit {
            Unit::Time(_) => "Time",
            Unit::Steps { suffix: "B", .. } => "Memory",
            _ => "Count",
        }
    }

    /// A whole number with its groups of three apart.
    pub fn count(&self, count: usize) -> String {
        group(&count.to_string(), self.style.group)
    }

    /// A count and what is counted, whose plural ends in s.
    pub fn counted(&self, count: usize, noun: &str) -> String {
        let plural = if count == 1 { "" } else { "s" };
        format!("{} {noun}{plural}", self.count(count))
    }

    /// `part` of `whole` in per cent; 0 of 0 is 0.
    pub fn percent(&self, part: f64, whole: f64) -> String {
        let percent = if whole > 0.0 { part / whole * 100.0 } else { 0.0 };
        if percent > 0.0 && percent < 0.01 {
            return format!("<0{}01%", self.style.decimal);
        }
        let digits = if percent >= 10.0 { 1 } else { 2 };
        format!("{}%", self.trimmed(percent, digits))
    }

    /// A number without a unit, to a few digits.
    pub fn plain(&self, number: f64) -> String {
        self.trimmed(number, if number.abs() >= 100.0 { 0 } else { 1 })
    }

    /// A part of one in per cent with its sign and without the per cent sign: percentage points.
    pub fn signed_percent(&self, part: f64) -> String {
        let percent = part.abs() * 100.0;
        let sign = match part {
            part if part > 0.0 => "+",
            part if part < 0.0 => "\u{2212}",
            _ => "\u{b1}",
        };
        if percent > 0.0 && percent < 0.01 {
            return format!("{sign}<0{}01", self.style.decimal);
        }
        let digits = if percent >= 10.0 { 1 } else { 2 };
        format!("{sign}{}", self.trimmed(percent, digits))
    }

    fn format_time(&self, seconds: f64) -> String {
        const UNITS: [(f64, &str); 7] = [
            (86_400.0, " d"),
            (3600.0, " h"),
            (60.0, " min"),
            (1.0, " s"),
            (1e-3, " ms"),
            (1e-6, " µs"),
            (1e-9, " ns"),
        ];
        let size = seconds.abs() * 1.0005;
        let (factor, name) = UNITS.into_iter().find(|(f, _)| size >= *f).unwrap_or((1e-9, " ns"));
        let zero = if seconds == 0.0 { (1.0, " s") } else { (factor, name) };
        format!("{}{}", self.number(seconds / zero.0), zero.1)
    }

    fn number(&self, value: f64) -> String {
        match self.decimals {
            Some(decimals) => self.grouped(&format!("{value:.*}", usize::from(decimals.min(15)))),
            None => {
                let digits = match value.abs() {
                    v if v >= 99.95 => 0,
                    v if v >= 9.995 => 1,
                    v if v >= 0.0995 || v == 0.0 => 2,
                    v if v >= 0.00995 => 3,
                    _ => 6,
                };
                self.trimmed(value, digits)
            }
        }
    }

    fn trimmed(&self, value: f64, digits: usize) -> String {
        let text = format!("{value:.digits$}");
        let text = match text.split_once('.') {
            Some(_) => text.trim_end_matches('0').trim_end_matches('.'),
            None => &text,
        };
        self.grouped(text)
    }

    fn grouped(&self, text: &str) -> String {
        match text.split_once('.') {
            Some((whole, fraction)) => {
                format!("{}{}{fraction}", group(whole, self.style.group), self.style.decimal)
            }
            None => group(text, self.style.group),
        }
    }
}

fn group(digits: &str, separator: char) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}
