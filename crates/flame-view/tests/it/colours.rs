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
