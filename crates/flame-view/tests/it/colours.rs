//! Colours that can be told apart and read on.

use flame_view::{Colour, Palette, Theme};

fn themes() -> [Theme; 3] {
    // Grafana's dark theme has had two backgrounds.
    let darker = Theme { background: Colour::from_hex(0x11_1217), ..Theme::dark() };
    [Theme::light(), Theme::dark(), darker]
}

#[test]
fn text_on_every_fill_meets_wcag_aa() {
    for theme in themes() {
        let palette = Palette::new(&theme);
        let fills = palette.fills().iter().copied().chain([palette.neutral, palette.muted]);
        for fill in fills.flat_map(|fill| [fill, palette.faded(fill)]) {
            let contrast = palette.text_on(fill).contrast_with(fill);
            assert!(contrast >= 4.5, "{} on a {theme:?}: {contrast}", fill.css());
        }
    }
}

#[test]
fn matches_stand_out_from_what_is_muted() {
    for theme in themes() {
        let palette = Palette::new(&theme);
        for fill in palette.fills() {
            assert!(fill.contrast_with(palette.muted) >= 1.25, "{}", fill.css());
        }
    }
}

#[test]
fn a_function_keeps_its_colour_and_shares_its_hue_with_its_package() {
    let palette = Palette::new(&Theme::light());
    assert_eq!(palette.fill("net/http.(*conn).serve").css(), "#8ae2e6");
    let shades: std::collections::BTreeSet<_> =
        (0..50).map(|at| palette.fill(&format!("net/http.f{at}"))).collect();
    assert_eq!(shades.len(), 3);
    let all: std::collections::BTreeSet<_> =
        (0..500).map(|at| palette.fill(&format!("package{at}.f"))).collect();
    assert_eq!(all.len(), palette.fills().len());
}

#[test]
fn css_colours_are_read() {
    let read = |css| Colour::parse_css(css).map(Colour::css);
    assert_eq!(read("#181b1f").as_deref(), Some("#181b1f"));
    assert_eq!(read("#fff").as_deref(), Some("#ffffff"));
    assert_eq!(read("rgb(204, 204, 220)").as_deref(), Some("#ccccdc"));
    assert_eq!(read("rgba(36, 41, 46, 0.75)").as_deref(), Some("#24292e"));
    for css in ["", "red", "#12345", "rgb(1,2)", "#ggg", "rgb(é)"] {
        assert_eq!(read(css), None, "{css}");
    }
}

/// A colour as people see it who lack one kind of cone, by the matrices of Viénot and others for
/// the first two and of Brettel's for the third, in linear light.
fn seen_without(cone: usize, colour: Colour) -> [f64; 3] {
    const SEEN: [[[f64; 3]; 3]; 3] = [
        [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]],
        [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]],
        [[1.0, 0.1446, -0.1446], [0.0, 0.8592, 0.1408], [0.0, 0.8592, 0.1408]],
    ];
    let linear = |channel: u8| (f64::from(channel) / 255.0).powf(2.2);
    let rgb = [colour.red, colour.green, colour.blue].map(linear);
    SEEN[cone].map(|row| row.iter().zip(rgb).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0))
}

/// How far apart two colours look, in the lightness and the opponents of OKLab.
fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    let lab = |[r, g, b]: [f64; 3]| {
        let l = (0.41222 * r + 0.53633 * g + 0.05145 * b).cbrt();
        let m = (0.21190 * r + 0.68070 * g + 0.10740 * b).cbrt();
        let s = (0.08830 * r + 0.28172 * g + 0.62998 * b).cbrt();
        [
            0.21045 * l + 0.79362 * m - 0.00407 * s,
            1.97800 * l - 2.42859 * m + 0.45060 * s,
            0.02590 * l + 0.78277 * m - 0.80868 * s,
        ]
    };
    lab(a).iter().zip(lab(b)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn more_less_and_the_same_are_told_apart_without_any_cone() {
    for theme in themes() {
        let palette = Palette::new(&theme);
        for cone in 0..3 {
            let seen = |step| seen_without(cone, palette.change(step));
            for step in 4..=8 {
                let (more, less, same) = (seen(step), seen(-step), seen(0));
                let apart = [distance(more, less), distance(more, same), distance(less, same)];
                let least = apart.into_iter().fold(f64::INFINITY, f64::min);
                assert!(least > 0.04, "step {step} without cone {cone} on {theme:?}: {apart:?}");
            }
        }
    }
}

#[test]
fn text_on_every_change_meets_wcag_aa_and_more_change_is_a_stronger_colour() {
    for theme in themes() {
        let palette = Palette::new(&theme);
        for step in -8..=8 {
            for fill in [palette.change(step), palette.faded(palette.change(step))] {
                let contrast = palette.text_on(fill).contrast_with(fill);
                assert!(contrast >= 4.5, "{step} on a {theme:?}: {contrast}");
            }
        }
        let distance = |step| {
            let rgb = |c: Colour| [c.red, c.green, c.blue].map(|c| f64::from(c) / 255.0);
            distance(rgb(palette.change(step)), rgb(palette.neutral))
        };
        for step in 1..8 {
            assert!(distance(step) < distance(step + 1) && distance(-step) < distance(-step - 1));
        }
    }
}
