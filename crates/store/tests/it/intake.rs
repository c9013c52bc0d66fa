//! What is taken in, and what is not.

use fixtures::{profile_from_columns, profile_from_folded};
use profile::Profile;
use query::{Labels, ProfileSource, ProfileStats};
use store::{IncomingProfile, ProfileError};

use crate::profile_store::{DAY, HOUR, NOON, TestStore, about, around_noon, of, parse_labels};

async fn error_of(store: &TestStore, labels: Labels, profile: Profile) -> String {
    let outcome = store
        .store
        .push(vec![IncomingProfile { labels: labels.into(), profile }], NOON)
        .await
        .unwrap();
    assert_eq!(outcome.stored, 0, "{outcome:?}");
    let [(0, error)] = &outcome.errors[..] else { panic!("{outcome:?}") };
    assert!(!matches!(error, ProfileError::Storage(_)), "{error}");
    error.to_string()
}

fn at_noon() -> Profile {
    let mut profile = profile_from_folded("main 1");
    profile.time_nanos = NOON * 1_000_000;
    profile
}

#[tokio::test]
async fn each_profile_of_a_push_is_judged_on_its_own() {
    let store = TestStore::new();
    let incoming = |labels: Labels| IncomingProfile { labels: labels.into(), profile: at_noon() };
    let without_name = vec![("service_name".to_owned(), "cart".to_owned())];
    let outcome = store
        .store
        .push(
            vec![
                incoming(without_name.clone()),
                incoming(parse_labels("")),
                incoming(without_name),
                incoming(parse_labels("service_name=cart")),
            ],
            NOON,
        )
        .await
        .unwrap();
    assert_eq!(outcome.stored, 2);
    assert_eq!(outcome.errors.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 2]);
    assert!(outcome.errors[0].1.to_string().contains("__name__"));
    assert_eq!(store.total(of("{}")).await, 2);
    let services = store.store.label_values("service_name", &about("{}", around_noon())).await;
    assert_eq!(services.unwrap(), ["cart", "unknown_service"]);
}

#[tokio::test]
async fn labels_have_limits() {
    let store = TestStore::new();
    let twice = parse_labels("region=eu region=us");
    assert!(error_of(&store, twice, at_noon()).await.contains("more than once"));
    let many: Labels = (0..30).map(|at| (format!("label_{at}"), "x".to_owned())).collect();
    let many = [many, parse_labels("")].concat();
    assert!(error_of(&store, many, at_noon()).await.contains("expected at most 30"));
    let long = parse_labels(&format!("{}=x", "n".repeat(1025)));
    assert!(error_of(&store, long, at_noon()).await.contains("expected 1 to 1024"));
    let long = parse_labels(&format!("region={}", "v".repeat(2049)));
    assert!(error_of(&store, long, at_noon()).await.contains("expected at most 2048"));
    let name = vec![("__name__".to_owned(), "a:b".to_owned())];
    assert!(error_of(&store, name, at_noon()).await.contains("is no profile type id"));
}

#[tokio::test]
async fn profiles_have_limits() {
    let store = TestStore::with(|config| {
        config.limits.max_samples = 2;
        config.limits.max_sample_labels = 1;
        config.limits.max_string_bytes = 10;
        config.limits.max_stack_depth = 3;
        config.limits.max_series_per_day = 2;
    });
    let at_noon = |folded: &str| {
        let mut profile = profile_from_folded(folded);
        profile.time_nanos = NOON * 1_000_000;
        profile
    };
    let labels = || parse_labels("");
    let error = error_of(&store, labels(), at_noon("a 1\nb 1\nc 1")).await;
    assert!(error.contains("3 samples, expected at most 2"), "{error}");
    let error = error_of(&store, labels(), at_noon("a 1 [x:1] [y:2]")).await;
    assert!(error.contains("2 labels, expected at most 1"), "{error}");
    let error = error_of(&store, labels(), at_noon("abcdefghijk 1")).await;
    assert!(error.contains("11 bytes, expected at most 10"), "{error}");
    store.push("", NOON, "a;b;c;d;e 1").await;
    assert!(store.tree(of("{}")).await.trim_end().ends_with("c (total: 1, self: 1)"));
    let error = error_of(&store, labels(), at_noon("a 1 [route:1]\nb 1 [route:2]")).await;
    assert!(error.contains("at most 2 series per day"), "{error}");
    store.push("region=eu", NOON, "a 1").await;
    let error = error_of(&store, parse_labels("region=us"), at_noon("a 1")).await;
    assert!(error.contains("at most 2 series per day"), "{error}");
    store.push("region=eu", NOON, "a 1").await;
    assert_eq!(store.total(of("{}")).await, 3);
}

#[tokio::test]
async fn the_series_of_one_profile_have_limits() {
    let store = TestStore::with(|config| {
        config.limits.max_sample_types = 2;
        config.limits.max_series_per_profile = 4;
        config.limits.max_series_per_day = 5;
    });
    let profile = |types: usize, routes: usize| {
        let names: Vec<String> = (0..types).map(|at| format!("type_{at}")).collect();
        let types: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "count")).collect();
        let row = |cell: &dyn Fn(usize) -> String| -> String {
            (0..routes).map(|at| format!("{:<16}", cell(at))).collect()
        };
        let values = vec!["1"; types.len()].join(",");
        let text = [
            row(&|_| "main".to_owned()),
            row(&|at| format!("[route:/{at}]")),
            row(&|_| format!("[value:{values}]")),
        ];
        let mut profile = fixtures::profile_from_columns_with_types(&types, &text.join("\n"));
        profile.time_nanos = NOON * 1_000_000;
        profile
    };
    let error = error_of(&store, parse_labels(""), profile(3, 1)).await;
    assert!(error.contains("3 sample types, expected at most 2"), "{error}");
    let error = error_of(&store, parse_labels(""), profile(1, 5)).await;
    assert!(error.contains("5 series, expected at most 4 series per profile"), "{error}");
    let error = error_of(&store, parse_labels(""), profile(2, 3)).await;
    assert!(error.contains("6 series, expected at most 5 series per day"), "{error}");
    store.push_profile("", NOON, profile(2, 2)).await;
    assert_eq!(store.store.statistics().stored_profiles, 1);
}

#[tokio::test]
async fn time_has_limits_and_zero_is_the_time_of_the_push() {
    let store = TestStore::new();
    let at = |time_millis: i64| {
        let mut profile = profile_from_folded("main 1");
        profile.time_nanos = time_millis * 1_000_000;
        profile
    };
    let error = error_of(&store, parse_labels(""), at(NOON + HOUR)).await;
    assert!(error.contains("3600 s ahead, expected at most 600 s"), "{error}");
    let error = error_of(&store, parse_labels(""), at(NOON - 8 * DAY)).await;
    assert!(error.contains("expected at most 604800 s"), "{error}");
    assert_eq!(store.store.stats().await.unwrap(), ProfileStats::default());

    store.push("", NOON - 6 * DAY, "main 1").await;
    let incoming =
        IncomingProfile { labels: parse_labels("").into(), profile: profile_from_folded("main 1") };
    assert_eq!(store.store.push(vec![incoming], NOON + 5).await.unwrap().stored, 1);
    assert_eq!(
        store.store.stats().await.unwrap(),
        ProfileStats {
            data_ingested: true,
            oldest_profile_millis: NOON - 6 * DAY,
            newest_profile_millis: NOON + 5,
        }
    );
}

#[tokio::test]
async fn what_normalising_leaves_nothing_of_is_accepted_and_not_there() {
    let store = TestStore::new();
    store.push("", NOON, "main 0").await;
    store.push("", NOON, "main -5\nidle 3").await;
    assert_eq!(store.total(of("{}")).await, 3);
}

#[tokio::test]
async fn sample_labels_make_series_and_numbers_do_not() {
    let store = TestStore::new();
    let profile = profile_from_columns(
        "
        main             main         main
        [bytes#512 b]    [route:/a]   [region:ap]
        [value:1]        [value:10]   [value:100]
        ",
    );
    store.push_profile("region=eu __session_id__=x __custom__=y", NOON, profile).await;
    assert_eq!(store.total(of(r#"{route="/a"}"#)).await, 10);
    // The labels of the push count before those of samples.
    assert_eq!(store.total(of(r#"{region="eu"}"#)).await, 111);
    let names = store.store.label_names(&about("{}", around_noon())).await.unwrap();
    assert_eq!(
        names,
        [
            "__name__",
            "__profile_type__",
            "__service_name__",
            "__type__",
            "__unit__",
            "region",
            "route",
            "service_name"
        ]
    );
}

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let store = TestStore::new();
    store.push("region=eu", NOON, "main;a 1").await;
    store.push("region=us", NOON, "main;a 10\nmain;b 5").await;
    let before = store.tree(of("{}")).await;
    let store = store.reopen();
    assert_eq!(store.tree(of("{}")).await, before);
    store.push("region=eu", NOON, "main;b 100\nmain;c 7").await;
    let tree = store.tree(of("{}")).await;
    fixtures::assert_text(
        &tree,
        "
        total (total: 123, self: 0)
          main (total: 123, self: 0)
            a (total: 11, self: 11)
            b (total: 105, self: 105)
            c (total: 7, self: 7)
        ",
    );
    assert_eq!(store.reopen().tree(of("{}")).await, tree);
}
