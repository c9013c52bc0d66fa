//! A trace as a tree of spans, read from the frame with which every tracer's datasource answers.

mod picture;
mod read;
mod span;
mod tree;

pub use picture::format_trace;
pub use read::{TraceFrameError, read_trace_frame};
pub use span::Span;
pub use tree::{MAX_SPANS, Trace, TraceNotice};
