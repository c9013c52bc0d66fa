//! What was pushed is what is found, compared with a list of everything that was pushed.

use std::collections::{BTreeMap, BTreeSet};

use fixtures::{format_tree, profile_from_folded};
use profile::build_from_stacks;
use proptest::prelude::*;
use query::{Labels, ProfileSource, SeriesRequest, TreeRequest};
use selector::{MatchOp, Matcher, Selector};

use crate::profile_store::{DAY, NOON, TestStore, of, series_of, window};

/// One sample, as a person would write it down.
#[derive(Debug, Clone)]
struct Sample {
    stack: Vec<&'static str>,
    value: i64,
    span: Option<u64>,
    route: Option<&'static str>,
}

#[derive(Debug, Clone)]
struct Pushed {
    time_millis: i64,
    region: Option<&'static str>,
    samples: Vec<Sample>,
}

#[derive(Debug, Clone)]
struct Question {
    start: i64,
    end: i64,
    matchers: Vec<Matcher>,
    spans: BTreeSet<u64>,
    call_site: Vec<&'static str>,
    step: i64,
}

fn sample() -> impl Strategy<Value = Sample> {
    let frame = prop::sample::select(vec!["main", "a", "b", "c", "other", "total"]);
    let route = prop::option::of(prop::sample::select(vec!["/x", "/y"]));
    let span = prop::option::of(1_u64..4);
    (prop::collection::vec(frame, 1..6), 1_i64..50, span, route)
        .prop_map(|(stack, value, span, route)| Sample { stack, value, span, route })
}

/// Around midnight, so that profiles lie in two or three days.
fn time() -> impl Strategy<Value = i64> {
    prop_oneof![-40_i64..40, (-40_i64..40).prop_map(|after| after - DAY),]
        .prop_map(|after| NOON - DAY / 2 + after)
}

fn pushed() -> impl Strategy<Value = Pushed> {
    let region = prop::option::of(prop::sample::select(vec!["eu", "us"]));
    (time(), region, prop::collection::vec(sample(), 0..6))
        .prop_map(|(time_millis, region, samples)| Pushed { time_millis, region, samples })
}

fn matcher() -> impl Strategy<Value = Matcher> {
    let name = prop::sample::select(vec!["region", "route", "__name__"]);
    let op = prop::sample::select(vec![
        MatchOp::Equal,
        MatchOp::NotEqual,
        MatchOp::Regex,
        MatchOp::NotRegex,
    ]);
    let value = prop::sample::select(vec!["", "eu", "/x", "cpu"]);
    (name, op, value).prop_map(|(name, op, value)| Matcher {
        name: name.to_owned(),
        op,
        value: value.to_owned(),
    })
}

fn question() -> impl Strategy<Value = Question> {
    let call_site = prop::collection::vec(prop::sample::select(vec!["main", "a", "b"]), 0..3);
    (
        (time(), time()),
        prop::collection::vec(matcher(), 0..3),
        prop::collection::btree_set(1_u64..4, 0..3),
        call_site,
        prop_oneof![Just(1_i64), Just(7), Just(1000), Just(DAY)],
    )
        .prop_map(|((a, b), matchers, spans, call_site, step)| Question {
            start: a.min(b),
            end: a.max(b),
            matchers,
            spans,
            call_site,
            step,
        })
}

impl Pushed {
    fn folded(&self) -> String {
        let lines = self.samples.iter().map(|sample| {
            let span = sample.span.map(|span| format!(" [span_id:{span:016x}]"));
            let route = sample.route.map(|route| format!(" [route:{route}]"));
            let labels = span.into_iter().chain(route).collect::<String>();
            format!("{} {}{labels}", sample.stack.join(";"), sample.value)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn label(&self, sample: &Sample, name: &str) -> &'static str {
        match name {
            "region" => self.region.unwrap_or(""),
            "route" => sample.route.unwrap_or(""),
            _ => "cpu",
        }
    }
}

impl Question {
    fn takes(&self, pushed: &Pushed, sample: &Sample) -> bool {
        self.matchers.iter().all(|matcher| {
            // The values are no expressions, so that equality is what a match is.
            let is_equal = pushed.label(sample, &matcher.name) == matcher.value;
            is_equal == matches!(matcher.op, MatchOp::Equal | MatchOp::Regex)
        }) && sample.stack.starts_with(&self.call_site)
    }

    fn takes_span(&self, sample: &Sample) -> bool {
        self.spans.is_empty() || sample.span.is_some_and(|span| self.spans.contains(&span))
    }

    fn tree_request(&self) -> TreeRequest {
        TreeRequest {
            selector: Selector { matchers: self.matchers.clone() },
            window: window(self.start, self.end),
            span_ids: self.spans.iter().map(|span| format!("{span:016x}")).collect(),
            call_site: self.call_site.iter().map(|&name| name.to_owned()).collect(),
            ..of("{}")
        }
    }

    fn series_request(&self) -> SeriesRequest {
        SeriesRequest {
            selector: Selector { matchers: self.matchers.clone() },
            call_site: self.call_site.iter().map(|&name| name.to_owned()).collect(),
            group_by: vec!["region".to_owned()],
            ..series_of("{}", window(self.start, self.end), self.step)
        }
    }
}

fn expected_tree(all: &[Pushed], question: &Question) -> String {
    let within =
        all.iter().filter(|pushed| (question.start..=question.end).contains(&pushed.time_millis));
    let samples = within.flat_map(|pushed| {
        let takes =
            |sample: &&Sample| question.takes(pushed, sample) && question.takes_span(sample);
        pushed.samples.iter().filter(takes)
    });
    let stacks = samples.map(|sample| (sample.stack.iter().copied(), sample.value));
    format_tree(&build_from_stacks(stacks).unwrap())
}

fn expected_series(all: &[Pushed], question: &Question) -> BTreeMap<Labels, BTreeMap<i64, f64>> {
    let mut series: BTreeMap<Labels, BTreeMap<i64, f64>> = BTreeMap::new();
    let mut point = question.start;
    while point <= question.end {
        for pushed in all {
            if !(point - question.step < pushed.time_millis && pushed.time_millis <= point) {
                continue;
            }
            for sample in pushed.samples.iter().filter(|sample| question.takes(pushed, sample)) {
                let labels = pushed.region.map(|region| ("region".to_owned(), region.to_owned()));
                let points = series.entry(labels.into_iter().collect()).or_default();
                *points.entry(point).or_default() += sample.value as f64;
            }
        }
        // Only steps that have profiles matter; jump over the rest of a day at once.
        let next = all.iter().map(|pushed| pushed.time_millis).filter(|time| *time > point).min();
        let Some(next) = next else { break };
        let steps = (next - point + question.step - 1) / question.step;
        point += steps.max(1) * question.step;
    }
    series
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_was_pushed_is_what_is_found(
        all in prop::collection::vec(pushed(), 0..12),
        questions in prop::collection::vec(question(), 1..12),
        reopens_after in 0_usize..12,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut store = TestStore::with(|config| config.group_commit = std::time::Duration::ZERO);
            for (position, pushed) in all.iter().enumerate() {
                if position == reopens_after {
                    store = store.reopen();
                }
                let labels = pushed.region.map(|region| format!("region={region}"));
                store.push(&labels.unwrap_or_default(), pushed.time_millis, &pushed.folded()).await;
            }
            for question in &questions {
                let found = store.tree(question.tree_request()).await;
                prop_assert_eq!(found, expected_tree(&all, question), "{:?}", question);

                let found = store.store.series(&question.series_request()).await.unwrap().series;
                let found: BTreeMap<Labels, BTreeMap<i64, f64>> = found
                    .into_iter()
                    .map(|series| {
                        let points = series.points.into_iter();
                        let points = points.map(|point| (point.timestamp_millis, point.value));
                        (series.labels, points.collect())
                    })
                    .collect();
                prop_assert_eq!(found, expected_series(&all, question), "{:?}", question);
            }
            Ok(())
        })?;
    }
}

#[test]
fn the_profile_of_a_model_is_what_it_says() {
    let sample = Sample { stack: vec!["main", "a"], value: 3, span: Some(2), route: Some("/x") };
    let pushed = Pushed { time_millis: NOON, region: None, samples: vec![sample] };
    assert_eq!(pushed.folded(), "main;a 3 [span_id:0000000000000002] [route:/x]");
    assert_eq!(profile_from_folded(&pushed.folded()).samples().len(), 1);
}
