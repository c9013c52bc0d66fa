//! Spans as a tree, each with the time that it did not spend waiting for others.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::Span;

/// The most spans of a trace that are kept.
pub const MAX_SPANS: usize = 20_000;

/// A trace: its spans in pre-order, children by their start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    spans: Vec<Span>,
    depths: Vec<u32>,
    parents: Vec<Option<usize>>,
    self_nanos: Vec<i64>,
    notices: Vec<TraceNotice>,
}

/// What is odd about a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceNotice {
    /// It has more spans than are kept.
    TooManySpans {
        /// How many there are.
        found: usize,
    },
    /// Spans whose parent the tracer does not have; they stand as roots.
    MissingParents {
        /// How many.
        count: usize,
    },
    /// Spans that are their own ancestors; one of each circle stands as a root.
    Circles {
        /// How many circles.
        count: usize,
    },
    /// Spans that begin before their parent: the clocks of two machines differ.
    ClockSkew {
        /// How many.
        count: usize,
        /// By how much at most. Unit: nanoseconds.
        at_most_nanos: i64,
    },
}

impl std::fmt::Display for TraceNotice {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooManySpans { found } => {
                write!(formatter, "the trace has {found} spans, the first {MAX_SPANS} are shown")
            }
            Self::MissingParents { count } => write!(
                formatter,
                "the tracer does not have the parents of {count} spans, which stand as roots"
            ),
            Self::Circles { count } => {
                write!(formatter, "spans that are their own ancestors were cut loose {count} times")
            }
            Self::ClockSkew { count, at_most_nanos } => write!(
                formatter,
                "{count} spans begin before their parents, by {} at most: clocks differ",
                crate::empty_reason::duration(*at_most_nanos)
            ),
        }
    }
}

impl Trace {
    /// Makes the tree. Spans that stand twice are kept once.
    ///
    /// Cost: n log n in the number of spans.
    #[must_use]
    pub fn new(mut spans: Vec<Span>) -> Self {
        let mut notices = Vec::new();
        // Of two that begin together the longer is the one that waits; of two ends of a call, the caller.
        spans.sort_by(by_start);
        spans.dedup_by(|later, earlier| {
            (&later.span_id, &later.service, later.start_nanos, later.is_shared)
                == (&earlier.span_id, &earlier.service, earlier.start_nanos, earlier.is_shared)
        });
        if spans.len() > MAX_SPANS {
            notices.push(TraceNotice::TooManySpans { found: spans.len() });
            spans.truncate(MAX_SPANS);
        }
        let Parents { of, missing } = Parents::of(&spans);
        if missing > 0 {
            notices.push(TraceNotice::MissingParents { count: missing });
        }
        let (order, circles) = pre_order(&of);
        if circles > 0 {
            notices.push(TraceNotice::Circles { count: circles });
        }
        let mut place = vec![0; spans.len()];
        for (at, (span, _)) in order.iter().enumerate() {
            place[*span] = at;
        }
        let mut trace = Self { notices, ..Self::default() };
        for (span, depth) in &order {
            trace.depths.push(*depth);
            // Where a circle was cut, the root has a parent below it.
            trace.parents.push(of[*span].filter(|_| *depth > 0).map(|parent| place[parent]));
            trace.spans.push(std::mem::take(&mut spans[*span]));
        }
        trace.self_nanos = trace.work_out_self_times();
        trace.notices.extend(trace.clock_skew());
        trace
    }

    /// The spans in pre-order. Empty: the trace has none.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// How many ancestors each span has; as long as the spans.
    #[must_use]
    pub fn depths(&self) -> &[u32] {
        &self.depths
    }

    /// The place of each span's parent, which is lower than its own. None: it is a root.
    #[must_use]
    pub fn parent(&self, at: usize) -> Option<usize> {
        self.parents.get(at).copied().flatten()
    }

    /// The time of each span in which none of its children ran. Unit: nanoseconds.
    #[must_use]
    pub fn self_nanos(&self) -> &[i64] {
        &self.self_nanos
    }

    /// What is odd about it. Empty: nothing.
    #[must_use]
    pub fn notices(&self) -> &[TraceNotice] {
        &self.notices
    }

    /// When the first span began. Unit: nanoseconds since 1970; 0 without spans.
    #[must_use]
    pub fn start_nanos(&self) -> i64 {
        self.spans.iter().map(|span| span.start_nanos).min().unwrap_or(0)
    }

    /// When the last span ended. Unit: nanoseconds since 1970; 0 without spans.
    #[must_use]
    pub fn end_nanos(&self) -> i64 {
        self.spans.iter().map(Span::end_nanos).max().unwrap_or(0)
    }

    /// The place of a span. Where both ends of a call carry the id it is the one that did the work.
    #[must_use]
    pub fn find(&self, span_id: &str) -> Option<usize> {
        self.spans.iter().rposition(|span| span.span_id == span_id)
    }

    /// The services, in the order in which they first appear.
    #[must_use]
    pub fn services(&self) -> Vec<&str> {
        let mut services: Vec<&str> = Vec::new();
        for span in &self.spans {
            if !services.contains(&span.service.as_str()) {
                services.push(&span.service);
            }
        }
        services
    }

    /// Duration less the union of what the children cover of it, so that children at the same time
    /// count once and one that outlives its parent takes no more than there is.
    fn work_out_self_times(&self) -> Vec<i64> {
        let mut covered: Vec<Vec<(i64, i64)>> = vec![Vec::new(); self.spans.len()];
        for (at, span) in self.spans.iter().enumerate() {
            if let Some(parent) = self.parent(at) {
                covered[parent].push((span.start_nanos, span.end_nanos()));
            }
        }
        let of_one = |(span, mut covered): (&Span, Vec<(i64, i64)>)| {
            covered.sort_unstable();
            let mut free = 0_i64;
            let mut seen_to = span.start_nanos;
            for (start, end) in covered {
                let (start, end) = (start.min(span.end_nanos()), end.min(span.end_nanos()));
                free = free.saturating_add(start.saturating_sub(seen_to).max(0));
                seen_to = seen_to.max(end);
            }
            free.saturating_add(span.end_nanos().saturating_sub(seen_to).max(0))
        };
        self.spans.iter().zip(covered).map(of_one).collect()
    }

    fn clock_skew(&self) -> Option<TraceNotice> {
        let early = self.spans.iter().enumerate().filter_map(|(at, span)| {
            let parent = &self.spans[self.parent(at)?];
            let by = parent.start_nanos.saturating_sub(span.start_nanos);
            (by > 0).then_some(by)
        });
        let early: Vec<i64> = early.collect();
        let at_most_nanos = early.iter().copied().max()?;
        Some(TraceNotice::ClockSkew { count: early.len(), at_most_nanos })
    }
}

fn by_start(a: &Span, b: &Span) -> Ordering {
    a.start_nanos
        .cmp(&b.start_nanos)
        .then(b.duration_nanos.cmp(&a.duration_nanos))
        .then(a.is_shared.cmp(&b.is_shared))
        .then_with(|| a.span_id.cmp(&b.span_id))
        .then_with(|| a.service.cmp(&b.service))
}

/// Which span is the parent of which.
struct Parents {
    of: Vec<Option<usize>>,
    /// How many name a parent that is not there.
    missing: usize,
}

impl Parents {
    fn of(spans: &[Span]) -> Self {
        let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, span) in spans.iter().enumerate() {
            by_id.entry(&span.span_id).or_default().push(at);
        }
        let mut missing = 0;
        let of = spans.iter().enumerate().map(|(at, span)| {
            // Both ends of a call carry one id: the end that answers is below the one that asks.
            let ends = &by_id[span.span_id.as_str()];
            let asks = ends.iter().copied().find(|end| !spans[*end].is_shared);
            if let Some(asks) = asks.filter(|asks| span.is_shared && *asks != at) {
                return Some(asks);
            }
            let parent = span.parent_span_id.as_deref()?;
            let Some(ends) = by_id.get(parent) else {
                missing += 1;
                return None;
            };
            let in_service = ends.iter().rev().find(|end| spans[**end].service == span.service);
            in_service.or(ends.last()).copied()
        });
        let of = of.collect();
        Self { of, missing }
    }
}

/// The spans in pre-order with their depths, and how many circles were cut. Roots and children stay in the
/// order in which they came.
fn pre_order(parents: &[Option<usize>]) -> (Vec<(usize, u32)>, usize) {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); parents.len()];
    for (at, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            children[*parent].push(at);
        }
    }
    let mut order = Vec::with_capacity(parents.len());
    let mut is_placed = vec![false; parents.len()];
    let mut place_below = |root: usize, is_placed: &mut Vec<bool>| {
        let mut waiting = vec![(root, 0)];
        while let Some((at, depth)) = waiting.pop() {
            if std::mem::replace(&mut is_placed[at], true) {
                continue;
            }
            order.push((at, depth));
            waiting.extend(children[at].iter().rev().map(|child| (*child, depth + 1)));
        }
    };
    for root in (0..parents.len()).filter(|at| parents[*at].is_none()) {
        place_below(root, &mut is_placed);
    }
    let mut circles = 0;
    for at in 0..parents.len() {
        if !is_placed[at] {
            circles += 1;
            place_below(at, &mut is_placed);
        }
    }
    (order, circles)
}
