//! Data frames: named columns with labels, display settings and notes on the whole.

mod arrow_decode;
mod arrow_encode;
mod cells;
mod column;
mod data_link;
mod enum_config;
mod error;
mod field;
mod field_config;
#[expect(clippy::module_inception, reason = "the noun that the folder is about")]
mod frame;
mod frame_meta;
mod json;
mod text_cells;

pub use cells::Cells;
pub use column::Column;
pub use data_link::{DataLink, InternalLink};
pub use enum_config::{EnumConfig, TypeConfig};
pub use error::FrameError;
pub use field::Field;
pub use field_config::FieldConfig;
pub use frame::Frame;
pub use frame_meta::{DataTopic, FrameMeta, Notice, Severity, Statistic, Visualisation};
pub use text_cells::{JsonCells, TextCells};
