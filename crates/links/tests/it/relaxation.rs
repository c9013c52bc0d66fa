//! Selectors are relaxed in the declared order, and every step says why.

use links::{Change, LabelMapping, RelaxationRules, labels_of};
use query::{Labels, LinkPlan};
use selector::Selector;

const RULES: RelaxationRules<'static> =
    RelaxationRules { service_label: "service_name", mappings: &[], plan: None };

fn label_sets(sets: &[&[(&str, &str)]]) -> Vec<Labels> {
    let owned = |set: &&[(&str, &str)]| {
        set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    sets.iter().map(owned).collect()
}

/// The selector that comes out, and the steps, one a line.
fn relaxed(rules: &RelaxationRules<'_>, selector: &str, sets: &[&[(&str, &str)]]) -> String {
    let selector = Selector::parse(selector).expect("a selector");
    let relaxed = rules.relax(&selector, &label_sets(sets));
    let found = if relaxed.is_satisfied { "found" } else { "not found" };
    let mut lines = vec![format!("{} {found}", relaxed.selector)];
    lines.extend(relaxed.changes.iter().map(Change::sentence));
    lines.join("\n")
}

#[test]
fn the_namespace_that_no_profile_has_is_left_out() {
    let found = relaxed(
        &RULES,
        r#"{service_name="rsse-app", service_namespace="rsse-group"}"#,
        &[&[("service_name", "rsse-app")]],
    );
    assert_eq!(
        found,
        "{service_name=\"rsse-app\"} found\n\
         left out service_namespace=\"rsse-group\", because no profile of this service has the label \"service_namespace\""
    );
}

#[test]
fn what_exists_is_not_touched() {
    let selector = r#"{service_name="a", service_namespace="b", region!="us"}"#;
    let sets: &[&[(&str, &str)]] = &[&[("service_name", "a"), ("service_namespace", "b")]];
    assert_eq!(relaxed(&RULES, selector, sets), format!("{selector} found"));
}

#[test]
fn labels_go_before_values_and_values_before_combinations() {
    let found = relaxed(
        &RULES,
        r#"{service_name="a", service_version="2", k8s_pod_name="p1", zone="z1", cloud_region="eu"}"#,
        &[
            &[
                ("service_name", "a"),
                ("service_version", "1"),
                ("k8s_pod_name", "p1"),
                ("zone", "z2"),
            ],
            &[
                ("service_name", "a"),
                ("service_version", "1"),
                ("k8s_pod_name", "p2"),
                ("zone", "z1"),
            ],
        ],
    );
    assert_eq!(
        found,
        "{service_name=\"a\", zone=\"z1\"} found\n\
         left out cloud_region=\"eu\", because no profile of this service has the label \"cloud_region\"\n\
         left out service_version=\"2\", because no profile of this service has such a value\n\
         left out k8s_pod_name=\"p1\", because no profile has it together with the rest"
    );
}

/// The labels that are left out, in that order, where no profile has any but the service.
fn left_out(rules: &RelaxationRules<'_>, conditions: &[&str]) -> Vec<String> {
    let conditions: Vec<String> = conditions.iter().map(|label| format!("{label}=\"x\"")).collect();
    let selector = format!("{{{}}}", conditions.join(", "));
    let relaxed = rules.relax(
        &Selector::parse(&selector).expect("a selector"),
        &label_sets(&[&[("service_name", "x")]]),
    );
    let label_of = |change: &Change| match change {
        Change::Dropped { label, .. } => label.clone(),
        other => panic!("{other:?} for {selector}"),
    };
    relaxed.changes.iter().map(label_of).collect()
}

#[test]
fn optional_labels_go_in_their_declared_order_and_others_from_the_last() {
    let declared = [
        "service_namespace",
        "service_instance_id",
        "service_version",
        "deployment_environment_name",
        "deployment_environment",
        "k8s_container_name",
        "k8s_pod_name",
        "k8s_node_name",
        "k8s_namespace_name",
        "k8s_cluster_name",
        "host_name",
        "cloud_region",
    ];
    let mut asked: Vec<&str> = declared.into_iter().rev().collect();
    asked.extend(["one", "two", "service_name"]);
    let mut expected = declared.to_vec();
    expected.extend(["two", "one"]);
    assert_eq!(left_out(&RULES, &asked), expected);
}

#[test]
fn no_more_is_left_out_than_needs_to_be() {
    let found = relaxed(
        &RULES,
        r#"{service_name="a", service_namespace="n", host_name="h"}"#,
        &[&[("service_name", "a"), ("host_name", "h")]],
    );
    assert!(found.starts_with("{service_name=\"a\", host_name=\"h\"} found\n"), "{found}");
    assert_eq!(found.lines().count(), 2, "{found}");
}

#[test]
fn the_service_is_never_left_out() {
    let found = relaxed(&RULES, r#"{service_name="a"}"#, &[&[("service_name", "b")]]);
    assert_eq!(found, "{service_name=\"a\"} not found");
    for label in ["service", "job", "app", "my_service"] {
        let rules = RelaxationRules { service_label: "my_service", ..RULES };
        let selector = format!("{{{label}=\"a\"}}");
        let found = relaxed(&rules, &selector, &[&[(label, "b")]]);
        assert_eq!(found, format!("{selector} not found"));
    }
}

#[test]
fn without_any_label_set_nothing_is_known_and_nothing_changed() {
    let selector = r#"{service_name="a", service_namespace="n"}"#;
    assert_eq!(relaxed(&RULES, selector, &[]), format!("{selector} not found"));
}

#[test]
fn a_condition_moves_to_the_label_that_means_the_same() {
    let found = relaxed(
        &RULES,
        r#"{service_name="a", pod="p"}"#,
        &[&[("job", "a"), ("k8s_pod_name", "p")]],
    );
    assert_eq!(
        found,
        "{job=\"a\", k8s_pod_name=\"p\"} found\n\
         used the label \"job\" for \"service_name\", which no profile has\n\
         used the label \"k8s_pod_name\" for \"pod\", which no profile has"
    );
    let mapping = LabelMapping { attribute: "service.name".into(), label: "component".into() };
    let rules = RelaxationRules { mappings: &[mapping], ..RULES };
    let found = relaxed(&rules, r#"{component="a"}"#, &[&[("service_name", "a")]]);
    assert!(found.starts_with("{service_name=\"a\"} found"), "a label of the settings: {found}");
    let other_value = relaxed(&RULES, r#"{service_name="a"}"#, &[&[("job", "b")]]);
    assert_eq!(other_value, "{service_name=\"a\"} not found", "only where the value is there too");
    let both = relaxed(&RULES, r#"{service_name="a"}"#, &[&[("service_name", "b"), ("job", "a")]]);
    assert_eq!(both, "{service_name=\"a\"} not found", "only where the label itself is not");
}

#[test]
fn a_links_plan_says_what_may_be_left_out() {
    let plan = LinkPlan { optional: vec!["zone".into(), "pod".into()], ..LinkPlan::default() };
    let rules = RelaxationRules { plan: Some(&plan), ..RULES };
    let selector = r#"{service_name="a", service_namespace="n", pod="p", zone="z"}"#;
    let sets: &[&[(&str, &str)]] = &[&[("service_name", "a")]];
    let found = relaxed(&rules, selector, sets);
    assert!(
        found.starts_with("{service_name=\"a\", service_namespace=\"n\"} not found\n"),
        "{found}"
    );
    let order: Vec<&str> =
        found.lines().skip(1).map(|line| line.split(['=', ' ']).nth(2).unwrap()).collect();
    assert_eq!(order, ["zone", "pod"]);
}

#[test]
fn conditions_of_every_kind_are_compared() {
    let sets: &[&[(&str, &str)]] = &[&[("service_name", "a"), ("pod", "shop-1")]];
    for (condition, holds) in [
        (r#"pod=~"shop-.*""#, true),
        (r#"pod=~"shop""#, false),
        (r#"pod!="shop-1""#, false),
        (r#"pod!~"cart-.*""#, true),
        (r#"zone!="z""#, true),
        (r#"zone=~".*""#, true),
        (r#"zone=~".+""#, false),
    ] {
        let found = relaxed(&RULES, &format!("{{service_name=\"a\", {condition}}}"), sets);
        assert_eq!(found.lines().count() == 1, holds, "{condition}: {found}");
    }
}

#[test]
fn the_labels_that_have_to_be_known_include_those_of_the_same_meaning() {
    let selector = Selector::parse(r#"{service_name="a", zone="z"}"#).unwrap();
    assert_eq!(
        RULES.labels_of_interest(&selector),
        ["app", "job", "service", "service_name", "zone"]
    );
    let services: Vec<String> =
        RULES.service_matchers(&selector).iter().map(ToString::to_string).collect();
    assert_eq!(services, ["service_name=\"a\"", "service=\"a\"", "job=\"a\"", "app=\"a\""]);
    let none = Selector::parse(r#"{zone="z"}"#).unwrap();
    assert_eq!(RULES.service_matchers(&none), []);
}

#[test]
fn attributes_are_looked_for_under_the_labels_that_carry_them() {
    let environments: &[&str] =
        &["deployment_environment_name", "deployment_environment", "environment", "env"];
    let table: &[(&str, &[&str])] = &[
        ("service.name", &["service_name", "service", "job", "app"]),
        ("service_name", &["service_name", "service", "job", "app"]),
        ("service.namespace", &["service_namespace"]),
        ("service.version", &["service_version", "version"]),
        ("service.instance.id", &["service_instance_id", "instance"]),
        ("deployment.environment.name", environments),
        ("deployment.environment", environments),
        ("k8s.cluster.name", &["k8s_cluster_name", "cluster"]),
        ("k8s.namespace.name", &["k8s_namespace_name", "namespace"]),
        ("k8s.pod.name", &["k8s_pod_name", "pod"]),
        ("k8s.container.name", &["k8s_container_name", "container"]),
        ("k8s.node.name", &["k8s_node_name", "node"]),
        ("host.name", &["host_name", "hostname", "host"]),
        ("cloud.region", &["cloud_region", "region"]),
        ("my-own.attribute", &["my_own_attribute"]),
    ];
    for (attribute, labels) in table {
        assert_eq!(labels_of(attribute, &[]), *labels, "{attribute}");
    }
    let mapping = LabelMapping { attribute: "service.name".into(), label: "component".into() };
    let labels = labels_of("service.name", std::slice::from_ref(&mapping));
    assert_eq!(
        labels,
        ["component", "service_name", "service", "job", "app"],
        "the settings come first"
    );
    let of_pod = LabelMapping { attribute: "k8s.pod.name".into(), label: "my.pod".into() };
    let mappings = [mapping, of_pod];
    for label in ["component", "service_name", "job"] {
        assert_eq!(labels_of(label, &mappings)[..5], labels, "{label} carries the same");
    }
    for name in ["k8s.pod.name", "my.pod", "pod"] {
        assert_eq!(labels_of(name, &mappings)[..3], ["my.pod", "k8s_pod_name", "pod"], "{name}");
    }
    assert_eq!(labels_of("host.name", &mappings), ["host_name", "hostname", "host"]);
    let unusual = [LabelMapping { attribute: "team".into(), label: "squad".into() }];
    for name in ["team", "squad"] {
        assert_eq!(labels_of(name, &unusual), ["squad", "team"], "{name}");
    }
}

#[test]
fn a_service_with_its_namespace_before_it_is_found_by_its_name_alone() {
    let sets: &[&[(&str, &str)]] = &[&[("service_name", "rsse-app")], &[("app", "cart")]];
    let used = |selector: &str| relaxed(&RULES, selector, sets);
    assert_eq!(
        used(r#"{service_name="rsse-group/rsse-app"}"#),
        "{service_name=\"rsse-app\"} found\n\
         used service_name=\"rsse-app\" for service_name=\"rsse-group/rsse-app\", which no profile has"
    );
    assert_eq!(
        used(r#"{job="rsse-group/cart"}"#),
        "{app=\"cart\"} found\n\
         used app=\"cart\" for job=\"rsse-group/cart\", which no profile has"
    );
    for kept in [r#"{service_name="rsse-group/gone"}"#, r#"{service_name=~"rsse-group/rsse-app"}"#]
    {
        assert_eq!(used(kept), format!("{kept} not found"));
    }
    let zones: &[&[(&str, &str)]] = &[&[("zone", "b")]];
    let zone = relaxed(&RULES, r#"{zone="a/b"}"#, zones);
    assert!(zone.starts_with("{} found"), "only services have namespaces: {zone}");
    let both: &[&[(&str, &str)]] = &[&[("service_name", "a/b")], &[("service_name", "b")]];
    assert_eq!(relaxed(&RULES, r#"{service_name="a/b"}"#, both), "{service_name=\"a/b\"} found");
    let asked = Selector::parse(r#"{job="a/b/c"}"#).expect("a selector");
    let names: Vec<String> =
        RULES.service_matchers(&asked).iter().map(ToString::to_string).collect();
    assert_eq!(
        names,
        [
            "job=\"a/b/c\"",
            "service_name=\"a/b/c\"",
            "service=\"a/b/c\"",
            "app=\"a/b/c\"",
            "job=\"b/c\"",
            "service_name=\"b/c\"",
            "service=\"b/c\"",
            "app=\"b/c\"",
        ]
    );
}

#[test]
fn a_plan_may_give_up_the_service_too_and_does_so_last() {
    let plan = LinkPlan {
        optional: vec!["region".to_owned(), "service_name".to_owned()],
        ..LinkPlan::default()
    };
    let rules = RelaxationRules { plan: Some(&plan), ..RULES };
    let sets: &[&[(&str, &str)]] = &[&[("service_name", "a"), ("region", "eu")]];
    assert_eq!(
        relaxed(&rules, r#"{service_name="gone", region="eu"}"#, sets),
        "{region=\"eu\"} found\n\
         left out service_name=\"gone\", because no profile is of this service"
    );
    let may = |rules: &RelaxationRules<'_>, selector: &str| {
        rules.may_drop_service(&Selector::parse(selector).expect("a selector"))
    };
    assert!(may(&rules, r#"{service_name="a"}"#));
    assert!(!may(&rules, r#"{job="a"}"#), "the plan names the label");
    assert!(!may(&rules, "{}"));
    assert!(!may(&RULES, r#"{service_name="a"}"#));
}
