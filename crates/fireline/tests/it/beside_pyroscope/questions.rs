//! What both are asked: every call of the API that profilers and datasources need.

use query::Window;
use serde_json::{Value, json};

use super::answers::Shape;
use super::pushes::Pushes;
use crate::http::Request;

pub(super) const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

/// A question that Pyroscope answers only with its second storage.
pub(super) const A_HEATMAP: &str = "a heatmap of spans";

/// One question, and how its answers are compared.
pub(super) struct Question {
    pub(super) name: &'static str,
    pub(super) request: Request,
    pub(super) shape: Shape,
}

pub(super) fn questions(pushes: &Pushes) -> Vec<Question> {
    let asker = Asker { pushes, questions: Vec::new() };
    asker
        .metadata()
        .series()
        .trees()
        .profiles()
        .heatmaps()
        .ingested()
        .nothing()
        .refusals()
        .questions
}

struct Asker<'a> {
    pushes: &'a Pushes,
    questions: Vec<Question>,
}

impl Asker<'_> {
    fn ask(mut self, name: &'static str, call: &str, shape: Shape, fields: &Value) -> Self {
        let path = format!("querier.v1.QuerierService/{call}");
        let request = Request::call(&path, fields);
        let request = request.header("Accept", "application/json; allow-utf8-labelnames=true");
        self.questions.push(Question { name, request, shape });
        self
    }

    fn window(&self) -> Window {
        self.pushes.window()
    }

    /// Fields of a question about a service, and more.
    fn about(&self, service: &str, more: Value) -> Value {
        let Window { start_millis, end_millis } = self.window();
        let mut fields = json!({
            "profileTypeID": CPU,
            "labelSelector": self.pushes.selector(service),
            "start": start_millis,
            "end": end_millis,
            "maxNodes": 1 << 20,
        });
        if let (Value::Object(fields), Value::Object(more)) = (&mut fields, more) {
            fields.extend(more);
        }
        fields
    }

    fn metadata(self) -> Self {
        let of = |services: &[&str]| {
            let selectors: Vec<String> =
                services.iter().map(|service| self.pushes.selector(service)).collect();
            let Window { start_millis, end_millis } = self.window();
            json!({"matchers": selectors, "start": start_millis, "end": end_millis})
        };
        let with = |mut fields: Value, name: &str, value: Value| {
            fields[name] = value;
            fields
        };
        let (go, python, node) =
            (of(&["checkout"]), of(&["checkout-python"]), of(&["checkout-node"]));
        let services = with(go.clone(), "name", json!("service_name"));
        let types = with(node.clone(), "name", json!("__profile_type__"));
        let routes = with(go.clone(), "name", json!("route"));
        let dotted = with(python.clone(), "name", json!("otel.scope.name"));
        let unknown = with(go.clone(), "name", json!("no_such_label"));
        let sets = with(go.clone(), "labelNames", json!([]));
        let pairs = with(node.clone(), "labelNames", json!(["service_name", "__profile_type__"]));
        let absent = with(node.clone(), "labelNames", json!(["route"]));
        self.ask("label names", "LabelNames", Shape::Ordered, &go)
            .ask("label names of another", "LabelNames", Shape::Ordered, &python)
            .ask("values of the service label", "LabelValues", Shape::Ordered, &services)
            .ask("values of the profile type label", "LabelValues", Shape::Ordered, &types)
            .ask("values of a label of spans", "LabelValues", Shape::Ordered, &routes)
            .ask("values of a label with a dot", "LabelValues", Shape::Ordered, &dotted)
            .ask("values of an unknown label", "LabelValues", Shape::Nothing, &unknown)
            .ask("whole label sets", "Series", Shape::Sets, &sets)
            .ask("label sets cut to two names", "Series", Shape::Sets, &pairs)
            .ask("label sets cut to a name that none has", "Series", Shape::Sets, &absent)
    }

    fn series(self) -> Self {
        let of = |service: &str, more: Value| self.about(service, more);
        let plain = of("checkout", json!({"step": 15}));
        let coarse = of("checkout", json!({"step": 60}));
        let routes = of("checkout", json!({"step": 15, "groupBy": ["region", "route"]}));
        let limited = of("checkout", json!({"step": 15, "groupBy": ["route"], "limit": "2"}));
        let narrowed = self.pushes.selector("checkout").replace('}', ",route=~\".+\"}");
        let narrowed = of("checkout", json!({"step": 15, "labelSelector": narrowed}));
        let exemplars = json!({"step": 15, "exemplarType": "EXEMPLAR_TYPE_INDIVIDUAL"});
        let exemplars = of("checkout", exemplars);
        let fraction = of("checkout", json!({"step": 0.5}));
        let python = of("checkout-python", json!({"step": 15}));
        self.ask("a series", "SelectSeries", Shape::Ordered, &plain)
            .ask("a series in long steps", "SelectSeries", Shape::Ordered, &coarse)
            .ask("a series in steps of half a second", "SelectSeries", Shape::Ordered, &fraction)
            .ask("series by two labels", "SelectSeries", Shape::Sets, &routes)
            .ask("the two largest series", "SelectSeries", Shape::Ordered, &limited)
            .ask("a series of what has a label", "SelectSeries", Shape::Ordered, &narrowed)
            .ask("a series of another", "SelectSeries", Shape::Ordered, &python)
            .ask("a series with exemplars", "SelectSeries", Shape::Ordered, &exemplars)
    }

    fn trees(self) -> Self {
        const CALL: &str = "SelectMergeStacktraces";
        const SPANS: &str = "SelectMergeSpanProfile";
        let of = |service: &str, more: Value| self.about(service, more);
        let tree = |service: &str, mut more: Value| {
            more["format"] = json!("PROFILE_FORMAT_TREE");
            self.about(service, more)
        };
        let wall = json!({"profileTypeID": "wall:wall:nanoseconds:wall:nanoseconds"});
        let memory = json!({"profileTypeID": "memory:alloc_space:bytes:space:bytes"});
        let site = json!({"stackTraceSelector": {"callSite": [
            {"name": "sync.(*WaitGroup).Go.func1"}, {"name": "main.main.func2"},
        ]}});
        let other = self.pushes.selector("checkout").replace('}', ",route!=\"checkout\"}");
        let questions = [
            ("levels", CALL, Shape::Levels, of("checkout", json!({}))),
            ("tree bytes", CALL, Shape::TreeBytes, tree("checkout", json!({}))),
            ("the tree of Rust", CALL, Shape::TreeBytes, tree("checkout-rust", json!({}))),
            ("the tree of Python", CALL, Shape::TreeBytes, tree("checkout-python", json!({}))),
            ("the tree of Node", CALL, Shape::TreeBytes, tree("checkout-node", wall)),
            ("a tree of memory", CALL, Shape::TreeBytes, tree("checkout-python", memory)),
            (
                "a tree of a span",
                CALL,
                Shape::TreeBytes,
                tree("checkout", json!({"spanSelector": [self.pushes.span()]})),
            ),
            (
                "a tree of a trace",
                CALL,
                Shape::TreeBytes,
                tree("checkout", json!({"traceIdSelector": [self.pushes.trace()]})),
            ),
            ("a tree of a call site", CALL, Shape::TreeBytes, tree("checkout", site.clone())),
            ("levels of a call site", CALL, Shape::Levels, of("checkout", site)),
            (
                "a tree without a value",
                CALL,
                Shape::TreeBytes,
                tree("checkout", json!({"labelSelector": other})),
            ),
            (
                "levels of a span by the older call",
                SPANS,
                Shape::Levels,
                of("checkout", json!({"spanSelector": [self.pushes.span()]})),
            ),
            (
                "tree bytes of a span by the older call",
                SPANS,
                Shape::TreeBytes,
                tree("checkout", json!({"spanSelector": [self.pushes.span()]})),
            ),
        ];
        questions
            .into_iter()
            .fold(self, |asker, (name, call, shape, fields)| asker.ask(name, call, shape, &fields))
    }

    fn profiles(self) -> Self {
        let all = json!({"maxNodes": null});
        let pprof = json!({"maxNodes": null, "format": "PROFILE_FORMAT_PPROF"});
        let (merged, trace) = (
            self.about("checkout-python", all.clone()),
            self.about(
                "checkout",
                json!({"maxNodes": null, "traceIdSelector": [self.pushes.trace()]}),
            ),
        );
        let stacktraces = self.about("checkout-rust", pprof);
        self.ask("a merged profile", "SelectMergeProfile", Shape::Pprof, &merged)
            .ask("a merged profile of a trace", "SelectMergeProfile", Shape::Pprof, &trace)
            .ask(
                "stack traces as pprof",
                "SelectMergeStacktraces",
                Shape::PprofOfStacktraces,
                &stacktraces,
            )
    }

    fn heatmaps(self) -> Self {
        let of = |kind: &str, more: Value| {
            let mut fields = self.about("checkout", more);
            fields["queryType"] = json!(format!("HEATMAP_QUERY_TYPE_{kind}"));
            fields["step"] = json!(30);
            fields
        };
        let spans = of("SPAN", json!({}));
        let profiles = of("INDIVIDUAL", json!({}));
        let regions = of("INDIVIDUAL", json!({"groupBy": ["region"]}));
        self.ask(A_HEATMAP, "SelectHeatmap", Shape::Ordered, &spans)
            .ask("a heatmap of profiles", "SelectHeatmap", Shape::Ordered, &profiles)
            .ask("heatmaps by region", "SelectHeatmap", Shape::Sets, &regions)
    }

    /// What came by `/ingest`: under which types and labels, and with which values.
    fn ingested(self) -> Self {
        let Window { start_millis, end_millis } = self.window();
        let sets = |service: &str| {
            let selector = self.pushes.selector(service);
            json!({"matchers": [selector], "labelNames": [], "start": start_millis, "end": end_millis})
        };
        let heap = json!({"profileTypeID": "memory:inuse_space:bytes:inuse_space:bytes"});
        let questions = [
            ("labels of a multipart pprof", "Series", Shape::Sets, sets("ingest-multipart")),
            ("labels of a bare pprof", "Series", Shape::Sets, sets("ingest-bare")),
            ("labels of folded text", "Series", Shape::Sets, sets("ingest-folded")),
            ("labels of groups", "Series", Shape::Sets, sets("ingest-groups")),
            ("labels of lines", "Series", Shape::Sets, sets("ingest-lines")),
            (
                "levels of a multipart pprof",
                "SelectMergeStacktraces",
                Shape::Levels,
                self.about("ingest-multipart", json!({})),
            ),
            (
                "levels of a bare pprof",
                "SelectMergeStacktraces",
                Shape::Levels,
                self.about("ingest-bare", heap),
            ),
            (
                "levels of folded text",
                "SelectMergeStacktraces",
                Shape::Levels,
                self.about("ingest-folded", json!({})),
            ),
            (
                "levels of groups",
                "SelectMergeStacktraces",
                Shape::Levels,
                self.about("ingest-groups", json!({})),
            ),
            (
                "levels of lines",
                "SelectMergeStacktraces",
                Shape::Levels,
                self.about("ingest-lines", json!({})),
            ),
            (
                "a series of folded text",
                "SelectSeries",
                Shape::Ordered,
                self.about("ingest-folded", json!({"step": 15})),
            ),
        ];
        questions
            .into_iter()
            .fold(self, |asker, (name, call, shape, fields)| asker.ask(name, call, shape, &fields))
    }

    /// Questions that nothing answers to.
    fn nothing(self) -> Self {
        let of = |more: Value| self.about("checkout", more);
        let other_type = json!({"profileTypeID": "process_cpu:nothing:count:cpu:nanoseconds"});
        let early = json!({"start": 1_000, "end": 2_000});
        let step = json!({"step": 15, "labelSelector": "{service_name=\"nobody at all\"}"});
        let span = json!({"spanSelector": ["ffffffffffffffff"]});
        let absent = json!({"stackTraceSelector": {"callSite": [{"name": "no such function"}]}});
        let questions = [
            ("levels of nobody", "SelectMergeStacktraces", self.about("nobody", json!({}))),
            ("levels of an unknown type", "SelectMergeStacktraces", of(other_type)),
            ("levels of 1970", "SelectMergeStacktraces", of(early)),
            ("a series of nobody", "SelectSeries", of(step)),
            ("levels of an absent span", "SelectMergeStacktraces", of(span)),
            ("levels of an absent call site", "SelectMergeStacktraces", of(absent)),
            (
                "a profile of nobody",
                "SelectMergeProfile",
                self.about("nobody", json!({"maxNodes": null})),
            ),
        ];
        questions.into_iter().fold(self, |asker, (name, call, fields)| {
            asker.ask(name, call, Shape::Nothing, &fields)
        })
    }

    /// Questions that make no sense.
    fn refusals(self) -> Self {
        const TREE: &str = "SelectMergeStacktraces";
        let of = |more: Value| self.about("checkout", more);
        let questions = [
            (
                "a selector without its end",
                TREE,
                of(json!({"labelSelector": "{service_name=\"checkout\""})),
            ),
            ("an empty selector", TREE, of(json!({"labelSelector": ""}))),
            (
                "a selector that is no regular expression",
                TREE,
                of(json!({"labelSelector": "{service_name=~\"(\"}"})),
            ),
            ("a profile type of two parts", TREE, of(json!({"profileTypeID": "process_cpu:cpu"}))),
            ("no profile type", TREE, of(json!({"profileTypeID": ""}))),
            ("an end before the start", TREE, of(json!({"start": 2_000, "end": 1_000}))),
            ("no range", TREE, of(json!({"start": 0, "end": 0}))),
            ("more nodes than allowed", TREE, of(json!({"maxNodes": 1_048_577}))),
            (
                "a span and a trace",
                TREE,
                of(
                    json!({"spanSelector": [self.pushes.span()], "traceIdSelector": [self.pushes.trace()]}),
                ),
            ),
            ("a step of 0", "SelectSeries", of(json!({"step": 0}))),
        ];
        questions.into_iter().fold(self, |asker, (name, call, fields)| {
            asker.ask(name, call, Shape::Refusal, &fields)
        })
    }
}
