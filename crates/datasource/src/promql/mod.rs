//! Queries in PromQL: series and exemplars of the metrics server.

mod exemplar_frame;
mod handler;
mod legend;
mod native_histogram_frame;
mod series_frames;
mod shapes;

pub use exemplar_frame::{MAX_EXEMPLAR_ROWS, exemplar_frame};
pub(crate) use handler::answer;
