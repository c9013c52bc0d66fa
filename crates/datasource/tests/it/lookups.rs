//! Call trees looked up in a real store: what is relaxed, and why nothing is found.

use std::collections::BTreeMap;

use datasource::{FactCache, FoundTree, TreeLookup};
use fixtures::{format_tree, profile_from_folded};
use links::{Change, EmptyReason, LinkSettings};
use query::{LinkPlan, Query, Settings, ValidQuery, Window};
use serde_json::{Value, json};
use store::{IncomingProfile, Store, StoreConfig};

/// Noon of 2026-11-21, UTC.
pub(crate) const NOON: i64 = 1_795_262_400_000;
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const TYPE: &str = "cpu:samples:count::";
pub(crate) const SPAN: &str = "03fa1cbd967b13da";
pub(crate) const OTHER_SPAN: &str = "d94bc0e4b55a89c1";
pub(crate) const TRACE: &str = "3f42b39a917f6c014f638c7e3c69341d";
pub(crate) const FIVE_MINUTES: Window =
    Window { start_millis: NOON - 5 * MINUTE, end_millis: NOON };

pub(crate) struct Profiles {
    pub(crate) store: Store,
    _folder: tempfile::TempDir,
}

impl Profiles {
    pub(crate) fn none() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: Store::open(StoreConfig::new(folder.path())).unwrap(), _folder: folder }
    }

    /// `rsse-app` two minutes before noon, as Pyroscope's SDKs push it: without a namespace.
    pub(crate) async fn of_rsse_app() -> Self {
        let profiles = Self::none();
        let folded = format!("main;pay 3 [span_id:{SPAN}] [trace_id:{TRACE}]\nmain;idle 5");
        profiles.push("service_name=rsse-app region=eu", NOON - 2 * MINUTE, &folded).await;
        profiles
    }

    pub(crate) async fn push(&self, labels: &str, time_millis: i64, folded: &str) {
        let mut profile = profile_from_folded(folded);
        profile.time_nanos = time_millis * 1_000_000;
        let own = labels.split_whitespace().map(|label| label.split_once('=').unwrap());
        let all = [("__name__", "cpu")].into_iter().chain(own);
        let labels: BTreeMap<String, String> =
            all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let labels: query::Labels = labels.into_iter().collect();
        let outcome = self
            .store
            .push(vec![IncomingProfile { labels: labels.into(), profile }], NOON)
            .await
            .unwrap();
        assert_eq!(outcome.stored, 1);
    }

    async fn look_up_in(&self, window: Window, selector: &str, change: &Value) -> FoundTree {
        let mut query = json!({
            "queryType": "profile", "profileTypeId": TYPE, "labelSelector": selector, "maxNodes": 0,
        });
        query.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let settings = Settings::default();
        let query = Query::from_json(query.to_string().as_bytes()).unwrap();
        let query = ValidQuery::new(&query, &settings).unwrap();
        let lookup = TreeLookup {
            source: &self.store,
            settings: &settings,
            links: &LinkSettings::default(),
            facts: Some(&FactCache::default()),
        };
        lookup.look_up(&query, window).await.unwrap()
    }

    async fn look_up(&self, selector: &str, change: &Value) -> FoundTree {
        self.look_up_in(FIVE_MINUTES, selector, change).await
    }

    /// Why nothing is found.
    async fn why(&self, selector: &str, change: &Value) -> EmptyReason {
        let found = self.look_up(selector, change).await;
        assert!(found.response.tree.is_empty(), "{}", format_tree(&found.response.tree));
        found.explanation.unwrap().empty.unwrap()
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The query of Grafana's trace view for "Profiles for this span", as `createSpanLink` writes it.
fn of_span(span: &str) -> Value {
    json!({ "groupBy": [], "spanSelector": [span], "refId": "profile" })
}

const WITH_NAMESPACE: &str = r#"{service_name="rsse-app", service_namespace="rsse-group"}"#;

#[tokio::test]
async fn the_link_of_a_trace_finds_the_span_although_no_profile_has_the_namespace() {
    let profiles = Profiles::of_rsse_app().await;
    // Grafana hands the very range of the span to a datasource that is not its own.
    let span_range = Window { start_millis: NOON - MINUTE - 7, end_millis: NOON - MINUTE };
    let found = profiles.look_up_in(span_range, WITH_NAMESPACE, &of_span(SPAN)).await;
    assert_eq!(
        format_tree(&found.response.tree).lines().last().unwrap().trim(),
        "pay (total: 3, self: 3)"
    );
    let explanation = found.explanation.unwrap();
    assert_eq!(explanation.empty, None);
    assert!(
        matches!(&explanation.changes[0], Change::Dropped { label, .. } if label == "service_namespace")
    );
    assert!(matches!(
        explanation.changes[1],
        Change::Widened { before_millis: 60_000, after_millis: 60_000 }
    ));
    assert!(
        explanation.line.starts_with("Left out service_namespace=\"rsse-group\""),
        "{}",
        explanation.line
    );
}

#[tokio::test]
async fn an_ordinary_query_is_never_changed_but_told_what_would_find_something() {
    let profiles = Profiles::of_rsse_app().await;
    let found = profiles.look_up(WITH_NAMESPACE, &json!({})).await;
    assert!(found.response.tree.is_empty());
    assert_eq!(found.request.window, FIVE_MINUTES);
    let explanation = found.explanation.unwrap();
    assert_eq!(explanation.changes, []);
    let fields = explanation.relaxed_query.unwrap().fields;
    assert_eq!(json!(fields), json!({ "labelSelector": "{service_name=\"rsse-app\"}" }));
    assert!(
        matches!(explanation.empty, Some(EmptyReason::NoSuchLabel { label, .. }) if label == "service_namespace")
    );
}

#[tokio::test]
async fn a_link_of_ours_leaves_out_what_its_plan_says() {
    let profiles = Profiles::of_rsse_app().await;
    let plan = |optional: &[&str]| {
        let plan = LinkPlan { optional: texts(optional), ..LinkPlan::default() };
        json!({ "origin": "link", "plan": plan })
    };
    let found = profiles.look_up(WITH_NAMESPACE, &plan(&["service_namespace"])).await;
    assert!(!found.response.tree.is_empty());
    let found = profiles.look_up(WITH_NAMESPACE, &plan(&[])).await;
    assert!(found.response.tree.is_empty(), "what the plan does not name stays");
    let mut unsaid = plan(&["service_namespace"]);
    unsaid.as_object_mut().unwrap().remove("origin");
    let found = profiles.look_up(WITH_NAMESPACE, &unsaid).await;
    assert!(found.response.tree.is_empty(), "a plan counts only in a link");
}

#[tokio::test]
async fn a_link_of_ours_draws_the_range_around_its_moment() {
    let profiles = Profiles::of_rsse_app().await;
    let plan = json!({ "atMillis": NOON - 2 * MINUTE + 500, "paddingMillis": 1_000 });
    let link = json!({ "origin": "link", "plan": plan });
    let far = Window { start_millis: NOON - 60 * MINUTE, end_millis: NOON - 50 * MINUTE };
    let found = profiles.look_up_in(far, r#"{service_name="rsse-app"}"#, &link).await;
    assert!(!found.response.tree.is_empty());
    assert_eq!(found.request.window.start_millis, NOON - 2 * MINUTE - 500);
}

#[tokio::test]
async fn a_service_is_found_under_another_label_of_that_meaning() {
    let profiles = Profiles::none();
    profiles
        .push("service_name=unknown job=cart", NOON - MINUTE, &format!("main 3 [span_id:{SPAN}]"))
        .await;
    let found = profiles.look_up(r#"{service="cart"}"#, &of_span(SPAN)).await;
    assert!(!found.response.tree.is_empty());
    let explanation = found.explanation.unwrap();
    assert_eq!(
        explanation.changes[0],
        Change::Renamed { from: "service".into(), to: "job".into() }
    );
}

#[tokio::test]
async fn a_link_to_an_id_finds_it_whatever_the_metrics_call_the_service() {
    let profiles = Profiles::of_rsse_app().await;
    let optional = texts(&["service_namespace", "service_name"]);
    let plan = LinkPlan { optional, ..LinkPlan::default() };
    let link = json!({ "origin": "link", "plan": plan, "spanSelector": [SPAN] });
    // As OpenTelemetry's collector hands it to Prometheus: the label job, with the namespace before the name.
    let found = profiles.look_up(r#"{service_name="rsse-group/rsse-app"}"#, &link).await;
    assert_eq!(found.request.selector.to_string(), r#"{service_name="rsse-app"}"#);
    assert!(!found.response.tree.is_empty());
    let found = profiles.look_up(r#"{service_name="another-name"}"#, &link).await;
    assert_eq!(found.request.selector.to_string(), "{}", "the id is what is meant");
    assert!(!found.response.tree.is_empty());
    let moment = json!({ "origin": "link", "plan": {} });
    let found = profiles.look_up(r#"{service_name="another-name"}"#, &moment).await;
    assert!(found.response.tree.is_empty(), "without an id, the service is what is meant");
}

#[tokio::test]
async fn labels_of_other_types_of_profiles_do_not_count() {
    let profiles = Profiles::of_rsse_app().await;
    // Memory's profiles have the namespace; those of CPU time do not.
    let memory = "__name__=memory service_name=rsse-app service_namespace=rsse-group";
    profiles.push(memory, NOON - 2 * MINUTE, "main 1").await;
    let found = profiles.look_up(WITH_NAMESPACE, &of_span(SPAN)).await;
    assert!(!found.response.tree.is_empty());
    let change = &found.explanation.unwrap().changes[0];
    assert!(matches!(change, Change::Dropped { label, .. } if label == "service_namespace"));
    // Where no profile is of the type, those of others are better than nothing to tell what is wrong.
    let other = json!({ "profileTypeId": "wall:wall:nanoseconds:wall:nanoseconds" });
    let reason = profiles.why(WITH_NAMESPACE, &other).await;
    assert!(matches!(reason, EmptyReason::NoSuchType { .. }), "{reason:?}");
}

#[tokio::test]
async fn what_is_there_is_asked_for_once_and_explains_nothing() {
    let profiles = Profiles::of_rsse_app().await;
    let found = profiles.look_up(r#"{service_name="rsse-app"}"#, &json!({})).await;
    assert!(!found.response.tree.is_empty());
    assert_eq!(found.explanation, None);
}

/// What is offered where nothing is found, after it was tried: the fields of the query.
async fn next_best(profiles: &Profiles, selector: &str, change: &Value) -> Option<Value> {
    let found = profiles.look_up(selector, change).await;
    assert!(found.response.tree.is_empty(), "{}", format_tree(&found.response.tree));
    let relaxed = found.explanation.unwrap().relaxed_query?;
    let mut query = change.clone();
    query.as_object_mut().unwrap().extend(relaxed.fields.clone());
    let selector = relaxed.fields["labelSelector"].as_str().unwrap();
    let tried = profiles.look_up(selector, &query).await;
    assert!(!tried.response.tree.is_empty(), "{query}");
    Some(json!(relaxed.fields))
}

#[tokio::test]
async fn where_an_id_finds_nothing_the_service_around_it_is_offered() {
    let profiles = Profiles::of_rsse_app().await;
    let selector = r#"{service_name="rsse-app"}"#;
    for ids in [
        json!({ "spanSelector": [OTHER_SPAN] }),
        json!({ "traceSelector": ["fc07"] }),
        json!({ "profileIdSelector": ["9c232114-b7ac-4eb4-945b-8ee9bdc2d512"] }),
        json!({ "spanSelector": [OTHER_SPAN], "origin": "link", "plan": { "spanDurationNanos": 1 } }),
    ] {
        let offered = next_best(&profiles, selector, &ids).await.unwrap();
        assert_eq!(offered["spanSelector"], json!([]), "{ids}");
        let around = json!({ "atMillis": NOON - 5 * MINUTE / 2, "paddingMillis": 7 * MINUTE / 2 });
        assert_eq!(offered["plan"], around, "as far as was looked: {ids}");
    }
    let call_site = json!({ "callSite": ["gone"] });
    let offered = next_best(&profiles, selector, &call_site).await.unwrap();
    assert_eq!(offered, json!({ "labelSelector": selector, "callSite": [] }));
    assert_eq!(next_best(&profiles, r#"{service_name="gone"}"#, &json!({})).await, None);
}

#[tokio::test]
async fn where_profiles_are_of_another_time_the_nearest_is_offered() {
    let selector = r#"{service_name="a"}"#;
    // As exact as the points of a minute that are asked for.
    for (before, after, nearest) in [(30, 10, NOON + 10 * MINUTE), (12, 10, NOON - 12 * MINUTE)] {
        let profiles = Profiles::none();
        profiles.push("service_name=a", NOON - before * MINUTE, "main 1").await;
        profiles.push("service_name=a", NOON + after * MINUTE, "main 1").await;
        let offered = next_best(&profiles, selector, &json!({})).await.unwrap();
        let at = offered["plan"]["atMillis"].as_i64().unwrap();
        assert!((at - nearest).abs() <= 2 * MINUTE, "{before} {after}");
        assert_eq!(offered["plan"]["paddingMillis"], 5 * MINUTE);
    }
    let profiles = Profiles::none();
    profiles.push("service_name=a", NOON - 30 * 60 * MINUTE, "main 1").await;
    assert_eq!(next_best(&profiles, selector, &json!({})).await, None, "of whatever service");
}

#[tokio::test]
async fn a_tenant_without_any_data_is_told_so() {
    let profiles = Profiles::none();
    assert_eq!(
        profiles.why(r#"{service_name="a"}"#, &json!({})).await,
        EmptyReason::TenantHasNoData
    );
}

#[tokio::test]
async fn a_label_that_does_not_exist_is_named_with_similar_ones() {
    let profiles = Profiles::of_rsse_app().await;
    assert_eq!(
        profiles.why(r#"{servicename="rsse-app"}"#, &json!({})).await,
        EmptyReason::NoSuchLabel { label: "servicename".into(), similar: texts(&["service_name"]) }
    );
}

#[tokio::test]
async fn a_value_that_does_not_exist_is_named_with_the_nearest() {
    let profiles = Profiles::of_rsse_app().await;
    profiles.push("service_name=checkout", NOON - MINUTE, "main 1").await;
    assert_eq!(
        profiles.why(r#"{service_name="rsse-ap"}"#, &json!({})).await,
        EmptyReason::NoSuchValue {
            label: "service_name".into(),
            value: "rsse-ap".into(),
            similar: texts(&["rsse-app"]),
        }
    );
}

#[tokio::test]
async fn conditions_that_do_not_go_together_are_told() {
    let profiles = Profiles::of_rsse_app().await;
    profiles.push("service_name=checkout region=us", NOON - MINUTE, "main 1").await;
    let selector = r#"{service_name="checkout", region="eu"}"#;
    assert_eq!(
        profiles.why(selector, &json!({})).await,
        EmptyReason::NotTogether { selector: selector.into() }
    );
}

#[tokio::test]
async fn a_type_that_does_not_exist_is_told_with_those_that_do() {
    let profiles = Profiles::of_rsse_app().await;
    let other = "memory:alloc_space:bytes:space:bytes";
    assert_eq!(
        profiles.why(r#"{service_name="rsse-app"}"#, &json!({ "profileTypeId": other })).await,
        EmptyReason::NoSuchType {
            selector: "{service_name=\"rsse-app\"}".into(),
            profile_type: other.into(),
            types: texts(&[TYPE]),
        }
    );
}

#[tokio::test]
async fn another_time_is_told_with_how_far_it_is() {
    let profiles = Profiles::none();
    profiles.push("service_name=a", NOON - 30 * MINUTE, "main 1").await;
    profiles.push("service_name=a", NOON + 10 * MINUTE, "main 1").await;
    profiles.push("service_name=b", NOON - MINUTE, "main 1").await;
    let reason = profiles.why(r#"{service_name="a"}"#, &json!({})).await;
    let EmptyReason::OtherTime { before_millis: Some(before), after_millis: Some(after) } = reason
    else {
        panic!("{reason:?}")
    };
    // As exact as the points of a minute that are asked for.
    assert!((24 * MINUTE..=26 * MINUTE).contains(&before), "{before}");
    assert!((9 * MINUTE..=11 * MINUTE).contains(&after), "{after}");
}

#[tokio::test]
async fn a_far_away_time_is_told_where_nothing_else_is_there_either() {
    let profiles = Profiles::none();
    profiles.push("service_name=a", NOON - 30 * 60 * MINUTE, "main 1").await;
    let reason = profiles.why(r#"{service_name="a"}"#, &json!({})).await;
    let EmptyReason::OtherTime { before_millis: Some(before), after_millis: None } = reason else {
        panic!("{reason:?}")
    };
    assert_eq!(before, (30 * 60 - 5) * MINUTE);
}

#[tokio::test]
async fn a_span_shorter_than_the_sampling_period_is_told_so() {
    let profiles = Profiles::of_rsse_app().await;
    let mut link = of_span(OTHER_SPAN);
    link["origin"] = json!("link");
    link["plan"] = json!({ "spanDurationNanos": 400_000 });
    let short = EmptyReason::SpanShorterThanSamplingPeriod {
        duration_nanos: 400_000,
        period_nanos: 10_000_000,
    };
    assert_eq!(profiles.why(r#"{service_name="rsse-app"}"#, &link).await, short);
    for (of_row, expected) in [("0.4ms", short.clone()), ("NaNms", EmptyReason::NoSuchSpan)] {
        link["plan"] = json!({ "spanDuration": of_row });
        assert_eq!(profiles.why(r#"{service_name="rsse-app"}"#, &link).await, expected);
    }
    let range = Window { start_millis: NOON - MINUTE, end_millis: NOON - MINUTE + 1 };
    let found =
        profiles.look_up_in(range, r#"{service_name="rsse-app"}"#, &of_span(OTHER_SPAN)).await;
    assert_eq!(
        found.explanation.unwrap().empty,
        Some(EmptyReason::SpanShorterThanSamplingPeriod {
            duration_nanos: 1_000_000,
            period_nanos: 10_000_000
        }),
        "the range of Grafana's trace view is the span's own"
    );
}

#[tokio::test]
async fn a_span_of_which_no_sample_was_taken_is_told_so() {
    let profiles = Profiles::of_rsse_app().await;
    assert_eq!(
        profiles.why(r#"{service_name="rsse-app"}"#, &of_span(OTHER_SPAN)).await,
        EmptyReason::NoSuchSpan
    );
    let other = "b76efb7ac1779aa58aecd0fd08c2bdc5";
    let of_trace = json!({ "traceSelector": [other] });
    assert_eq!(
        profiles.why(r#"{service_name="rsse-app"}"#, &of_trace).await,
        EmptyReason::NoSuchTrace
    );
}

#[tokio::test]
async fn profiles_without_ids_are_told_so() {
    let profiles = Profiles::none();
    profiles.push("service_name=a", NOON - MINUTE, "main 1").await;
    assert_eq!(profiles.why(r#"{service_name="a"}"#, &of_span(SPAN)).await, EmptyReason::NoSpanIds);
    let of_trace = json!({ "traceSelector": [TRACE] });
    assert_eq!(profiles.why(r#"{service_name="a"}"#, &of_trace).await, EmptyReason::NoTraceIds);
}

#[tokio::test]
async fn a_profile_id_that_is_not_there_is_told() {
    let profiles = Profiles::of_rsse_app().await;
    let of_profile = json!({ "profileIdSelector": ["9c232114-b7ac-4eb4-945b-8ee9bdc2d512"] });
    assert_eq!(
        profiles.why(r#"{service_name="rsse-app"}"#, &of_profile).await,
        EmptyReason::NoSuchProfile
    );
}

#[tokio::test]
async fn a_call_site_that_no_stack_trace_begins_with_is_told() {
    let profiles = Profiles::of_rsse_app().await;
    let of_call_site = json!({ "callSite": ["main", "cook"] });
    assert_eq!(
        profiles.why(r#"{service_name="rsse-app"}"#, &of_call_site).await,
        EmptyReason::NoSuchCallSite
    );
}

#[tokio::test]
async fn a_limit_on_nodes_that_cuts_everything_off_is_told() {
    let profiles = Profiles::none();
    let wide: Vec<String> = (0..50).map(|number| format!("function_{number:02} 1")).collect();
    profiles.push("service_name=a", NOON - MINUTE, &wide.join("\n")).await;
    let found = profiles.look_up(r#"{service_name="a"}"#, &json!({ "maxNodes": 1 })).await;
    let empty = found.explanation.and_then(|explanation| explanation.empty);
    assert_eq!(
        empty,
        Some(EmptyReason::Truncated { max_nodes: 1 }),
        "{}",
        format_tree(&found.response.tree)
    );
}
