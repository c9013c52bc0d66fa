//! One operation of one service.

/// One operation of one service, as a tracer recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// 32 lower-case hexadecimal digits, or whatever the tracer calls the trace.
    pub trace_id: String,
    /// 16 lower-case hexadecimal digits, or whatever the tracer calls the span.
    pub span_id: String,
    /// The span that waited for this one. None: it is a root.
    pub parent_span_id: Option<String>,
    /// What was done: `POST /checkout`.
    pub operation: String,
    /// Who did it.
    pub service: String,
    /// Unit: nanoseconds since 1970.
    pub start_nanos: i64,
    /// Unit: nanoseconds, never negative.
    pub duration_nanos: i64,
    /// Whether it failed.
    pub is_error: bool,
    /// Whether another service recorded the same span, as Zipkin's libraries do for both ends of a call.
    pub is_shared: bool,
    /// What the span says of itself, in the frame's order.
    pub tags: Vec<(String, String)>,
    /// What the span says of its service.
    pub service_tags: Vec<(String, String)>,
}

impl Span {
    /// When it ended. Unit: nanoseconds since 1970.
    #[must_use]
    pub fn end_nanos(&self) -> i64 {
        self.start_nanos.saturating_add(self.duration_nanos)
    }

    /// What it says under a name, of itself or of its service. None: nothing.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let mut all = self.tags.iter().chain(&self.service_tags);
        all.find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The span id that a profiler put on the samples of this span. None: it says of none.
    #[must_use]
    pub fn profile_id(&self) -> Option<&str> {
        self.attribute("pyroscope.profile.id").filter(|id| !id.is_empty())
    }
}
