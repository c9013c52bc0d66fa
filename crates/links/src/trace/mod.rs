//! A trace as a tree of spans, read from the frame with which every tracer's datasource answers.

mod flame;
mod picture;
mod read;
mod span;
mod tree;

pub(crate) use flame::spans_of_path;
pub use flame::trace_flame;
pub use picture::format_trace;
pub use read::{TraceFrameError, read_trace_frame};
pub use span::Span;
pub use tree::{MAX_SPANS, Trace, TraceNotice};
