//! The walk from a metric to a function and back, without a screen: state, actions, effects, view.
//!
//! What is selected is in the address of the page; the page says what the address is, and an action
//! answers with the address to go to. So going back restores what was seen, and a link shows it again.

mod action;
mod card;
mod chart;
mod effect;
mod location;
mod logs;
mod metric;
mod other_traces;
mod profile;
mod question;
mod scale;
mod source;
mod span_profiles;
mod span_rows;
mod step;
mod view;
mod walk;

pub use action::{RangeMove, TrailAction, TrailProps};
pub use card::{Card, CardMessage, Choice, Severity};
pub use chart::{Chart, Diamond, Line, TimeTick, ValueTick};
pub use effect::{TrailEffect, Wanted};
pub use location::TrailLocation;
pub use logs::LogRow;
pub use other_traces::OtherTraceRow;
pub use source::{Role, Source, SourcePicker};
pub use span_rows::SpanRow;
pub use view::{FunctionView, LogsView, MetricView, ProfileView, TraceView, TrailView};
pub use walk::{Trail, TrailUpdate};
