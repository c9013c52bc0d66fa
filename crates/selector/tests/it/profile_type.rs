//! Profile type ids, their units, and queries in one line.

use selector::{Aggregation, PastedQuery, ProfileTypeId};

fn id(text: &str) -> ProfileTypeId {
    text.parse().expect(text)
}

#[test]
fn an_id_has_five_parts_and_some_may_be_empty() {
    assert_eq!(id("memory:alloc_in_new_tlab_bytes:bytes::").period_unit, "");
    assert_eq!(id(" a:b:c:d:e ").to_string(), "a:b:c:d:e");
    assert_eq!(id("a:b:c:d:e:delta").to_string(), "a:b:c:d:e");
    let error = "cpu".parse::<ProfileTypeId>().unwrap_err();
    assert!(
        error.to_string().starts_with(r#"profile type "cpu" has 1 parts, expected 5"#),
        "{error}"
    );
    assert!(":b:c:d:e".parse::<ProfileTypeId>().is_err());
    assert!("a:b:c:d:e:f:g".parse::<ProfileTypeId>().is_err());
}

#[test]
fn people_choose_by_name_and_sample_type() {
    let cpu = id("process_cpu:cpu:nanoseconds:cpu:nanoseconds");
    assert_eq!(cpu.label(), "process_cpu - cpu");
    assert_eq!(String::from(cpu), "process_cpu:cpu:nanoseconds:cpu:nanoseconds");
}

/// id, unit, rate unit, divisor, aggregation: as Grafana's own Pyroscope datasource shows them.
#[test]
fn units_follow_from_the_id() {
    use Aggregation::{Cumulative, Instant};
    let table = [
        ("process_cpu:cpu:nanoseconds:cpu:nanoseconds", "ns", "cores", 1e9, Cumulative),
        ("process_cpu:samples:count:cpu:nanoseconds", "short", "ops", 1.0, Instant),
        ("process_cpu:samples:count::milliseconds", "short", "ops", 1.0, Cumulative),
        ("wall:wall:nanoseconds:wall:nanoseconds", "ns", "ns", 1.0, Cumulative),
        ("wall:cpu:nanoseconds:wall:nanoseconds", "ns", "ns", 1.0, Cumulative),
        ("memory:alloc_space:bytes:space:bytes", "bytes", "binBps", 1.0, Cumulative),
        ("memory:alloc_objects:count:space:bytes", "short", "ops", 1.0, Cumulative),
        ("memory:inuse_space:bytes:space:bytes", "bytes", "binBps", 1.0, Instant),
        ("memory:inuse_objects:count:space:bytes", "short", "ops", 1.0, Instant),
        ("memory:space:bytes:space:bytes", "bytes", "binBps", 1.0, Instant),
        ("memory:alloc_in_new_tlab_bytes:bytes::", "bytes", "binBps", 1.0, Cumulative),
        ("goroutine:goroutine:count:goroutine:count", "short", "ops", 1.0, Instant),
        ("goroutines:goroutine:count:goroutine:count", "short", "ops", 1.0, Instant),
        ("mutex:delay:nanoseconds:contentions:count", "ns", "ns", 1.0, Cumulative),
        ("mutex:contentions:count:contentions:count", "short", "ops", 1.0, Cumulative),
        ("wall:wall:microseconds:wall:microseconds", "µs", "µs", 1.0, Cumulative),
        ("gpu:joules:joules::", "joules", "joules", 1.0, Cumulative),
    ];
    for (text, unit, rate_unit, divisor, aggregation) in table {
        let id = id(text);
        assert_eq!(id.unit(), unit, "{text}");
        assert_eq!(id.rate_unit(), (rate_unit, divisor), "{text}");
        assert_eq!(id.aggregation(), aggregation, "{text}");
    }
}

#[test]
fn a_query_in_one_line_is_understood() {
    let text = r#"process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="x"}"#;
    let query = PastedQuery::parse(text).unwrap().unwrap();
    assert_eq!(query.profile_type, id("process_cpu:cpu:nanoseconds:cpu:nanoseconds"));
    assert_eq!(query.selector.to_string(), r#"{service_name="x"}"#);

    let tlab = PastedQuery::parse("memory:alloc_in_new_tlab_bytes:bytes::{}").unwrap().unwrap();
    assert_eq!(tlab.profile_type.period_type, "");

    assert!(PastedQuery::parse(r#"{service_name="x"}"#).is_none());
    assert!(PastedQuery::parse("process_cpu{}").is_none());
    let error = PastedQuery::parse("a:b:c:d:e{x}").unwrap().unwrap_err();
    assert_eq!(error.offset, 11);
}
