//! Packages of functions and names that have to fit.

use flame_view::{FixedWidth, fit_label, package_of, without_directories};
use proptest::prelude::*;

#[test]
fn packages_of_many_languages() {
    for (name, package) in [
        ("net/http.(*conn).serve", "net/http"),
        (
            "github.com/grafana/pyroscope/pkg/querier.(*Q).Select",
            "github.com/grafana/pyroscope/pkg/querier",
        ),
        ("runtime.mallocgc", "runtime"),
        ("main.main.func1", "main.main"),
        ("java/util/HashMap.get", "java/util/HashMap"),
        ("java.util.HashMap.get", "java.util"),
        ("core::ptr::drop_in_place<alloc::string::String>", "core"),
        ("<alloc::vec::Vec<T> as core::clone::Clone>::clone", "alloc"),
        ("std::vector<int, std::allocator<int> >::push_back(int const&)", "std"),
        ("/app/server/routes.py:handle", "/app/server"),
        ("app.py:main", "app.py"),
        ("./node_modules/express/lib/router.js:next:12", "express"),
        ("./node_modules/@grpc/grpc-js/build/call.js:end:3", "@grpc/grpc-js"),
        ("System.Linq.Enumerable.ToList", "System.Linq"),
        ("malloc", "malloc"),
        ("[kernel]", "kernel]"),
        ("", ""),
        (":", ":"),
        ("::", ""),
        ("a/", "a/"),
    ] {
        assert_eq!(package_of(name), package, "{name}");
    }
}

#[test]
fn directories_are_left_out_first() {
    assert_eq!(without_directories("net/http.(*conn).serve"), Some("http.(*conn).serve"));
    assert_eq!(without_directories("f(a/b)"), None);
    assert_eq!(without_directories("a/b/"), None);
    assert_eq!(without_directories("main"), None);
}

fn fitted(name: &str, width: f64) -> String {
    let mut out = String::new();
    fit_label(name, width, &FixedWidth(6.0), &mut out);
    out
}

#[test]
fn a_name_gives_up_what_tells_least() {
    assert_eq!(fitted("net/http.(*conn).serve", 132.0), "net/http.(*conn).serve");
    assert_eq!(fitted("net/http.(*conn).serve", 131.0), "http.(*conn).serve");
    assert_eq!(fitted("net/http.(*conn).serve", 60.0), "http.(*co…");
    assert_eq!(fitted("net/http.(*conn).serve", 18.0), "ht…");
    assert_eq!(fitted("net/http.(*conn).serve", 17.0), "");
    assert_eq!(fitted("shop::checkout::sign_payload", 72.0), "sign_payload");
    assert_eq!(fitted("shop::checkout::sign_payload", 66.0), "sign_paylo…");
    assert_eq!(fitted("Vec<shop::Item>::push", 60.0), "Vec<shop:…");
    assert_eq!(fitted("ab", 12.0), "ab");
    assert_eq!(fitted("größer", 30.0), "größ…");
}

proptest! {
    #[test]
    fn a_label_is_never_wider_than_its_room(name in "\\PC{0,40}", width in 0.0..300.0_f64) {
        let label = fitted(&name, width);
        prop_assert!(label.chars().count() as f64 * 6.0 <= width);
    }

    #[test]
    fn any_name_has_a_package(name in "\\PC{0,60}") {
        prop_assert!(name.contains(package_of(&name)));
    }
}
