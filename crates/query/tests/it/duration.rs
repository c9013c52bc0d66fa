//! Durations in settings.

use query::parse_duration_millis;

#[test]
fn durations_are_read_as_grafana_writes_them() {
    let table = [
        ("15s", Some(15_000)),
        ("1m30s", Some(90_000)),
        ("500ms", Some(500)),
        ("1d", Some(86_400_000)),
        ("1w", Some(604_800_000)),
        ("1.5h", Some(5_400_000)),
        ("20", Some(20_000)),
        ("", None),
        ("soon", None),
        ("5 apples", None),
        ("-5s", None),
        ("9999999999999y", None),
    ];
    for (text, millis) in table {
        assert_eq!(parse_duration_millis(text), millis, "{text:?}");
    }
}
