//! Which samples a question is about: labels, time, spans, traces, profiles, call sites.

use fixtures::assert_text;
use query::{NodeLimit, ProfileSource, SourceErrorKind, TreeRequest};

use crate::profile_store::{DAY, HOUR, NOON, TestStore, about, around_noon, of, texts, window};

#[tokio::test]
async fn label_matchers_choose_series() {
    let store = TestStore::new();
    store.push("service_name=cart region=eu", NOON, "main 1").await;
    store.push("service_name=cart region=us", NOON, "main 10").await;
    store.push("service_name=checkout", NOON, "main 100").await;
    for (selector, total) in [
        ("{}", 111),
        (r#"{service_name="cart"}"#, 11),
        (r#"{service_name!="cart"}"#, 100),
        (r#"{service_name=~"c.*t",region=~"eu|us"}"#, 11),
        (r#"{service_name=~"c"}"#, 0),
        (r#"{region!~"e.+"}"#, 110),
        // An absent label has the empty value.
        (r#"{region=""}"#, 100),
        (r#"{region!=""}"#, 11),
        (r#"{region=~".*"}"#, 111),
        (r#"{__name__="cpu",__type__="samples"}"#, 111),
        (r#"{unknown="x"}"#, 0),
    ] {
        assert_eq!(store.total(of(selector)).await, total, "{selector}");
    }
}

#[tokio::test]
async fn another_profile_type_is_another_tree() {
    let store = TestStore::new();
    let types = [("alloc_objects", "count"), ("alloc_space", "bytes")];
    let profile = fixtures::profile_from_columns_with_types(
        &types,
        "
        main         main
        sort         idle
        [value:1,64] [value:0,16]
        ",
    );
    store.push_profile("", NOON, profile).await;
    let mut request = of("{}");
    assert_eq!(store.total(request.clone()).await, 0);
    request.profile_type = "cpu:alloc_objects:count::".parse().unwrap();
    assert_eq!(store.total(request.clone()).await, 1);
    request.profile_type = "cpu:alloc_space:bytes::".parse().unwrap();
    let tree = store.tree(request).await;
    assert_text(
        &tree,
        "
        total (total: 80, self: 0)
          main (total: 80, self: 0)
            idle (total: 16, self: 16)
            sort (total: 64, self: 64)
        ",
    );
    let ids = store.store.profile_types(&about("{}", around_noon())).await.unwrap();
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    assert_eq!(ids, ["cpu:alloc_objects:count::", "cpu:alloc_space:bytes::"]);
}

#[tokio::test]
async fn both_ends_of_a_window_are_included() {
    let store = TestStore::new();
    for (time, folded) in [(NOON, "main 1"), (NOON + 5, "main 10"), (NOON + 6, "main 100")] {
        store.push("", time, folded).await;
    }
    let within = |start, end| TreeRequest { window: window(NOON + start, NOON + end), ..of("{}") };
    for (start, end, total) in
        [(0, 5, 11), (1, 5, 10), (0, 4, 1), (5, 6, 110), (7, 9, 0), (5, 0, 0)]
    {
        assert_eq!(store.total(within(start, end)).await, total, "{start}..={end}");
    }
}

#[tokio::test]
async fn a_window_over_several_days_merges_them() {
    let store = TestStore::new();
    store.push("", NOON - 2 * DAY, "main;sort;swap 1\nmain;old 5").await;
    store.push("", NOON, "init 3\nmain;sort 10\nmain;sort;swap 20").await;
    assert_eq!(store.files(), ["profiles-2026-11-19.redb", "profiles-2026-11-21.redb"]);
    let request = TreeRequest { window: window(NOON - 3 * DAY, NOON), ..of("{}") };
    let tree = store.tree(request).await;
    assert_text(
        &tree,
        "
        total (total: 39, self: 0)
          init (total: 3, self: 3)
          main (total: 36, self: 0)
            old (total: 5, self: 5)
            sort (total: 31, self: 10)
              swap (total: 21, self: 21)
        ",
    );
    // Old data has a narrow window of its own.
    let old = window(NOON - 2 * DAY, NOON - 2 * DAY);
    assert_eq!(store.total(TreeRequest { window: old, ..of("{}") }).await, 6);
    let services = store.store.label_values("service_name", &about("{}", old)).await.unwrap();
    assert_eq!(services, ["unknown_service"]);
}

const SPAN_1: &str = "00000000000000a1";
const SPAN_2: &str = "03fa1cbd967b13da";
const TRACE: &str = "0000fc071464bd616aa06660dfc57e5f";

async fn store_with_spans() -> TestStore {
    let store = TestStore::new();
    let folded = format!(
        "
        main;pay 1 [span_id:{SPAN_1}] [trace_id:{TRACE}]
        main;pay 10 [span_id:{SPAN_2}]
        main;sort 100 [profile_id:{SPAN_2}] [route:/cart]
        idle 1000
        "
    );
    store.push("", NOON, &folded).await;
    store
}

#[tokio::test]
async fn spans_and_traces_choose_samples() {
    let store = store_with_spans().await;
    let chosen = |spans: &[&str], traces: &[&str]| TreeRequest {
        span_ids: texts(spans),
        trace_ids: texts(traces),
        ..of("{}")
    };
    for (spans, traces, total) in [
        (&[][..], &[][..], 1111),
        (&[SPAN_1], &[], 1),
        // `profile_id` is the older name of `span_id`.
        (&[SPAN_2], &[], 110),
        (&[SPAN_1, SPAN_2], &[], 111),
        (&["03FA1CBD967B13DA"], &[], 110),
        (&["ffffffffffffffff"], &[], 0),
        (&[], &[TRACE], 1),
        (&[SPAN_1], &[TRACE], 1),
        (&[SPAN_2], &[TRACE], 0),
    ] {
        assert_eq!(store.total(chosen(spans, traces)).await, total, "{spans:?} {traces:?}");
    }
    let names = store.store.label_names(&about("{}", around_noon())).await.unwrap();
    let own: Vec<&String> = names.iter().filter(|name| !name.starts_with("__")).collect();
    assert_eq!(own, ["route", "service_name"], "ids are no labels");
}

#[tokio::test]
async fn ids_that_are_none_are_the_callers_mistake() {
    let store = TestStore::new();
    for request in [
        TreeRequest { span_ids: texts(&["a1"]), ..of("{}") },
        TreeRequest { trace_ids: texts(&["fc071464bd616aa06660dfc57e5f"]), ..of("{}") },
        TreeRequest { profile_ids: texts(&["nope"]), ..of("{}") },
        TreeRequest { max_nodes: NodeLimit::from_query((1 << 20) + 1), ..of("{}") },
    ] {
        let error = store.error(request).await;
        assert_eq!(error.kind, SourceErrorKind::InvalidRequest, "{error}");
        assert!(error.message.contains("expected") || error.message.contains("is not"), "{error}");
    }
    let mut request = of(r#"{a="b"}"#);
    request.selector.matchers[0].op = selector::MatchOp::Regex;
    request.selector.matchers[0].value = "(".to_owned();
    assert_eq!(store.error(request).await.kind, SourceErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_tree_is_cut_once_and_at_the_end() {
    let store = TestStore::new();
    // Small on each day, and large together.
    for days_ago in 0..3 {
        let time = NOON - days_ago * DAY;
        store.push("", time, &format!("main;sum 4\nmain;day{days_ago} 5\nmain;tiny 1")).await;
    }
    let three_days = window(NOON - 3 * DAY, NOON);
    let cut = |max_nodes| TreeRequest { window: three_days, max_nodes, ..of("{}") };
    let response = store.store.tree(&cut(NodeLimit::from_query(3))).await.unwrap();
    assert!(response.may_be_truncated);
    fixtures::assert_tree(
        &response.tree,
        "
        total (total: 30, self: 0)
          main (total: 30, self: 0)
            sum (total: 12, self: 12)
            other (total: 18, self: 18) [truncated]
        ",
    );
    let whole = store.tree(cut(NodeLimit::All)).await;
    assert_eq!(whole.lines().count(), 7);
    assert_eq!(store.tree(cut(NodeLimit::SourceDefault)).await, whole, "8192 unless it says");
    let many: Vec<String> = (0..9000).map(|at| format!("f{at} {}", at + 1)).collect();
    store.push("service_name=wide", NOON, &many.join("\n")).await;
    let wide = |max_nodes| TreeRequest { max_nodes, ..of(r#"{service_name="wide"}"#) };
    let response = store.store.tree(&wide(NodeLimit::SourceDefault)).await.unwrap();
    // The root and the 8191 largest functions, and what stands for the others.
    assert_eq!((response.tree.node_count(), response.may_be_truncated), (8193, true));
    assert!(
        !store.store.tree(&wide(NodeLimit::from_query(1 << 20))).await.unwrap().may_be_truncated
    );
}

#[tokio::test]
async fn a_call_site_keeps_stack_traces_that_begin_with_it() {
    let store = TestStore::new();
    store.push("", NOON, "main;a;b 1\nmain;a;b;c 10\nmain;a 100\nmain;b;a 1000\na;b 10000").await;
    let below = |names: &[&str]| TreeRequest { call_site: texts(names), ..of("{}") };
    for (names, total) in [
        (&["main"][..], 1111),
        (&["main", "a"], 111),
        (&["main", "a", "b"], 11),
        (&["main", "a", "b", "c"], 10),
        (&["a"], 10000),
        (&["b"], 0),
        (&["main", "nowhere"], 0),
    ] {
        assert_eq!(store.total(below(names)).await, total, "{names:?}");
        let merged = store.store.merged_profile(&below(names)).await.unwrap();
        assert_eq!(merged.samples().value_column(0).iter().sum::<i64>(), total, "{names:?}");
    }
    let tree = store.tree(below(&["main", "a", "b"])).await;
    assert_text(
        &tree,
        "
        total (total: 11, self: 0)
          main (total: 11, self: 0)
            a (total: 11, self: 0)
              b (total: 11, self: 1)
                c (total: 10, self: 10)
        ",
    );
}

#[tokio::test]
async fn metadata_is_of_the_window_and_the_selectors() {
    let store = TestStore::new();
    store.push("service_name=cart region=eu", NOON - HOUR, "main 1").await;
    store.push("service_name=checkout zone=b", NOON, "main 1").await;
    let values = |name: &'static str, selector: &'static str, from: i64| {
        let request = about(selector, window(from, NOON));
        let store = &store.store;
        async move { store.label_values(name, &request).await.unwrap() }
    };
    assert_eq!(values("service_name", "{}", NOON - DAY).await, ["cart", "checkout"]);
    assert_eq!(values("service_name", "{}", NOON - HOUR + 1).await, ["checkout"]);
    assert_eq!(values("service_name", r#"{region="eu"}"#, NOON - DAY).await, ["cart"]);
    assert_eq!(values("zone", r#"{service_name="cart"}"#, NOON - DAY).await, Vec::<String>::new());

    let both = query::MetadataRequest {
        selectors: vec![
            selector::Selector::parse(r#"{service_name=~"c.*"}"#).unwrap(),
            selector::Selector::parse(r#"{zone="b"}"#).unwrap(),
        ],
        window: around_noon(),
    };
    let names = texts(&["zone", "region", "service_name"]);
    let sets = store.store.label_sets(&names, &both).await.unwrap();
    let label = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(sets, [vec![label("service_name", "checkout"), label("zone", "b")]]);
    let sets =
        store.store.label_sets(&texts(&["region"]), &about("{}", around_noon())).await.unwrap();
    assert_eq!(sets, [vec![], vec![label("region", "eu")]], "series without the label are one set");
}

#[tokio::test]
async fn an_id_of_zeros_is_none() {
    let store = TestStore::new();
    let (no_span, no_trace) = ("0".repeat(16), "0".repeat(32));
    let folded = format!(
        "
        main 1 [span_id:{no_span}] [trace_id:{no_trace}]
        main 10 [span_id:{SPAN_1}] [trace_id:{no_trace}]
        idle 100
        "
    );
    store.push("", NOON, &folded).await;
    let of_spans = |ids: &[&str]| TreeRequest { span_ids: texts(ids), ..of("{}") };
    let of_traces = |ids: &[&str]| TreeRequest { trace_ids: texts(ids), ..of("{}") };
    assert_eq!(store.total(of("{}")).await, 111);
    assert_eq!(store.total(of_spans(&[SPAN_1])).await, 10);
    assert_eq!(store.total(of_traces(&[TRACE])).await, 0);
    for request in [of_spans(&[&no_span]), of_spans(&[SPAN_1, &no_span]), of_traces(&[&no_trace])] {
        let error = store.error(request).await;
        assert_eq!(error.kind, SourceErrorKind::InvalidRequest, "{error}");
        assert!(error.message.contains("other than 0"), "{error}");
    }
}
