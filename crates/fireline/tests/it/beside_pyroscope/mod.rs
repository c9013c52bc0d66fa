//! The same bytes pushed to this server and to a Pyroscope that runs, and the same questions asked.
//!
//! `PYROSCOPE_URL` names the Pyroscope, such as `http://127.0.0.1:4040`; without it the tests are
//! skipped by name. Every run pushes to services of its own, so it can be repeated.

mod answers;
mod pushes;
mod questions;

use std::collections::BTreeSet;
use std::io::Write;
use std::net::{SocketAddr, ToSocketAddrs};

use conformance::{Subject, Truncation};
use fireline::serve::{ConnectionLimits, system_clock};
use pyroscope_client::{ClientConfig, PyroscopeClient};
use query::Window;
use selector::Selector;
use store::{Store, StoreConfig};

use crate::http::{Request, Response, Running, arguments};
use answers::Answer;
use pushes::Pushes;
use questions::{A_HEATMAP, Question, questions};

/// What Pyroscope with its first storage answers otherwise than with its second, which is ours.
///
/// A question that is listed must be answered differently, so that no line outlives its reason.
/// There is no such list for the second storage: where ours differs from it on purpose
/// (`docs/formats/store-differences.md`, `docs/decisions/0010-embedded-store-differences.md`), the
/// recorded exchanges are compared.
const OF_THE_FIRST_STORAGE: [&str; 15] = [
    // No heatmap, no exemplars, no traces, no call site in trees.
    "a heatmap of profiles",
    "a heatmap of spans",
    "a merged profile of a trace",
    "a series with exemplars",
    "a span and a trace",
    "a tree of a call site",
    "a tree of a trace",
    "heatmaps by region",
    "levels of a call site",
    "levels of an absent call site",
    // Labels whose name has a dot are not kept.
    "label names",
    "label names of another",
    "whole label sets",
    // Allocations are counted from the second push on.
    "a tree of memory",
    // A profile without samples, but with its types.
    "a profile of nobody",
];

/// A Pyroscope that runs, and a server of ours.
struct Both {
    storage: Storage,
    pyroscope: SocketAddr,
    pyroscope_url: String,
    ours: Running,
    pushes: Pushes,
    _folder: tempfile::TempDir,
}

/// Starts our server, and pushes everything to both. None: there is no Pyroscope to ask.
async fn both(test: &str) -> Option<Both> {
    let Ok(url) = std::env::var("PYROSCOPE_URL") else {
        skipped(&format!("{test}: PYROSCOPE_URL names no server"));
        return None;
    };
    let authority = url.strip_prefix("http://").expect("PYROSCOPE_URL begins with http://");
    let pyroscope = authority.trim_end_matches('/').to_socket_addrs().unwrap().next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(StoreConfig::new(folder.path().join("profiles"))).unwrap();
    let arguments = arguments(folder.path(), &["--no-workbench"]);
    let limits = ConnectionLimits::default();
    let ours = Running::start_with(&arguments, store, limits, system_clock).await;
    let pushes = Pushes::of_now(test);
    let storage = Storage::of(pyroscope, &pushes).await;
    let both = Both { storage, pyroscope, pyroscope_url: url, ours, pushes, _folder: folder };
    for (name, push) in both.pushes.requests() {
        let (theirs, ours) = both.send(&push).await;
        assert_eq!((theirs.status, ours.status), (200, 200), "{name}: {}", theirs.text());
    }
    Some(both)
}

/// Says, past the test runner's capture, that a test did not run, and why.
fn skipped(why: &str) {
    let message = format!("SKIPPED beside_pyroscope::{why}\n");
    std::io::stderr().write_all(message.as_bytes()).unwrap();
}

/// How a Pyroscope keeps profiles; it does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Storage {
    First,
    Second,
}

impl Storage {
    async fn of(pyroscope: SocketAddr, pushes: &Pushes) -> Self {
        let heatmap = questions(pushes).into_iter().find(|asked| asked.name == A_HEATMAP).unwrap();
        match heatmap.request.send(pyroscope).await.status {
            501 => Self::First,
            _ => Self::Second,
        }
    }
}

impl Both {
    async fn send(&self, request: &Request) -> (Response, Response) {
        let ours = self.ours.send(request.clone());
        futures::join!(request.send(self.pyroscope), ours)
    }

    fn clients(&self) -> [(&'static str, PyroscopeClient); 2] {
        let client = |url: &str| PyroscopeClient::new(&ClientConfig::new(url.to_owned())).unwrap();
        [("Pyroscope", client(&self.pyroscope_url)), ("ours", client(&self.ours.url))]
    }
}

#[tokio::test]
async fn the_same_questions_have_the_same_answers() {
    let Some(both) = both("the_same_questions_have_the_same_answers").await else { return };
    let expected = match both.storage {
        Storage::First => BTreeSet::from(OF_THE_FIRST_STORAGE),
        Storage::Second => BTreeSet::new(),
    };
    let mut differ = BTreeSet::new();
    let asked = questions(&both.pushes);
    for Question { name, request, shape } in &asked {
        let (theirs, ours) = both.send(request).await;
        let (theirs, ours) = (Answer::read(&theirs, *shape), Answer::read(&ours, *shape));
        if theirs != ours {
            differ.insert(*name);
            if !expected.contains(name) {
                eprintln!("{name}\n{}", theirs.difference(&ours));
            }
        } else if shape.has_data() {
            assert!(!ours.is_empty(), "{name}: both answered nothing");
        }
    }
    assert_eq!(differ, expected, "the questions that are answered differently");
}

#[tokio::test]
async fn both_pass_the_suite_of_every_source() {
    let Some(both) = both("both_pass_the_suite_of_every_source").await else { return };
    let Window { start_millis, end_millis } = both.pushes.window();
    if both.storage == Storage::First {
        skipped("both_pass_the_suite_of_every_source: the first storage has no heatmap");
        return;
    }
    for (name, source) in both.clients() {
        let truncation = match name {
            "ours" => Truncation::Exact,
            _ => Truncation::LowerBounds,
        };
        let subject = Subject {
            profile_type: questions::CPU.parse().unwrap(),
            selector: Selector::parse(&both.pushes.selector("checkout")).unwrap(),
            window: Window { start_millis: start_millis - 1_000, end_millis: end_millis - 1_000 },
            group_by: "route".to_owned(),
            truncation,
            // Pyroscope's know what was compacted.
            stats_are_prompt: name == "ours",
        };
        let passed = conformance::check(&source, &subject).await;
        assert_eq!(passed.unwrap_or_else(|failure| panic!("{name}: {failure}")).len(), 16);
    }
}

#[tokio::test]
async fn both_say_that_they_are_ready_and_what_they_are() {
    let Some(both) = both("both_say_that_they_are_ready_and_what_they_are").await else { return };
    let get = async |path: &str| both.send(&Request::get(path)).await;
    let (theirs, ours) = get("/ready").await;
    assert_eq!((theirs.status, theirs.text().trim()), (ours.status, ours.text().trim()));
    let (theirs, ours) = get("/api/v1/status/buildinfo").await;
    let fields = |answer: &Response| -> BTreeSet<String> {
        let data = answer.json()["data"].as_object().unwrap().clone();
        data.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!((theirs.status, ours.status), (200, 200));
    assert!(fields(&theirs).is_superset(&fields(&ours)), "{}", ours.text());
    let flags = "capabilities.v1.FeatureFlagsService/GetFeatureFlags";
    let (theirs, ours) = both.send(&Request::call(flags, &serde_json::json!({}))).await;
    let names = |answer: &Response| -> BTreeSet<String> {
        let flags = answer.json()["featureFlags"].as_array().unwrap().clone();
        flags.iter().map(|flag| flag["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&theirs), names(&ours));
}
