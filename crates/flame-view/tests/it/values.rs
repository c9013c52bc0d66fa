//! Values as text.

use flame_view::{NumberStyle, ValueFormat};

fn format(unit: &str) -> ValueFormat {
    ValueFormat::new(unit, None, NumberStyle::default())
}

#[test]
fn values_are_written_in_their_unit() {
    for (unit, value, text) in [
        ("ns", 0.0, "0 s"),
        ("ns", 16.0, "16 ns"),
        ("ns", 1_500.0, "1.5 µs"),
        ("ns", 999_999.0, "1 ms"),
        ("ns", 12_340_000_000.0, "12.3 s"),
        ("ns", 90e9, "1.5 min"),
        ("ns", 8.3e12, "2.31 h"),
        ("ns", 3e14, "3.47 d"),
        ("ms", 0.25, "250 µs"),
        ("s", 61.0, "1.02 min"),
        ("bytes", 1023.9, "1 KiB"),
        ("bytes", 512.0, "512 B"),
        ("bytes", 1_610_612_736.0, "1.5 GiB"),
        ("decbytes", 1_500_000.0, "1.5 MB"),
        ("short", 999.0, "999"),
        ("short", 12_345.0, "12.3 K"),
        ("", 2_500_000.0, "2.5 Mil"),
        ("none", 1_234_567.0, "1,234,567"),
        ("cps", 1_200.0, "1.2 K c/s"),
        ("Bps", 2_000.0, "2 kB/s"),
        ("percent", 12.34, "12.3%"),
        ("percentunit", 0.5, "50%"),
        ("suffix:goroutines", 42.0, "42 goroutines"),
        ("prefix:#", 42.0, "#42"),
        ("widgets", 1_234.0, "1,234 widgets"),
    ] {
        assert_eq!(format(unit).format(value), text, "{value} {unit}");
    }
}

#[test]
fn decimals_are_honoured() {
    let format = |decimals| ValueFormat::new("ns", Some(decimals), NumberStyle::default());
    assert_eq!(format(0).format(1_500_000.0), "2 ms");
    assert_eq!(format(3).format(1_500_000.0), "1.500 ms");
    // Nobody asks for more than a float has.
    assert!(format(200).format(1.0).len() < 30);
}

#[test]
fn numbers_are_written_in_the_users_language() {
    let german = NumberStyle { decimal: ',', group: '.' };
    let format = ValueFormat::new("none", None, german);
    assert_eq!(format.format(1_234_567.0), "1.234.567");
    assert_eq!(format.format(1.5), "1,5");
    assert_eq!(format.count(12_345), "12.345");
    assert_eq!(format.percent(1.0, 8.0), "12,5%");
    assert_eq!(format.percent(1.0, 1e9), "<0,01%");
}

#[test]
fn shares_are_per_cent() {
    let format = format("");
    assert_eq!(format.percent(0.0, 0.0), "0%");
    assert_eq!(format.percent(1.0, 3.0), "33.3%");
    assert_eq!(format.percent(1.0, 30.0), "3.33%");
    assert_eq!(format.percent(5.0, 5.0), "100%");
}
