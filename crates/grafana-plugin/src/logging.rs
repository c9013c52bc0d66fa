//! Log lines that Grafana files under the plugin's name.
//!
//! One JSON object a line on standard error, with the keys of hashicorp/go-hclog.

use std::fmt;
use std::io::Write;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Scope};
use tracing_subscriber::util::SubscriberInitExt;

/// Environment variable with the log filter; set by `rust_log` in `[plugin.<id>]` of Grafana's
/// configuration, since other variables do not reach a plugin.
pub const FILTER_NAME: &str = "GF_PLUGIN_RUST_LOG";

/// Longest text in a log line, in bytes; hosts split lines above 64 KiB.
const MAX_TEXT_BYTES: usize = 16 * 1024;

/// Logs to standard error from here on, panics included.
///
/// The filter comes from [`FILTER_NAME`]; without one it is `info`.
/// Does nothing when the process logs already.
pub fn init() {
    let filter = EnvFilter::try_from_env(FILTER_NAME).unwrap_or_else(|_| EnvFilter::new("info"));
    let layer = HclogLayer::new(std::io::stderr);
    if tracing_subscriber::registry().with(filter).with(layer).try_init().is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let location = panic.location().map(ToString::to_string);
            let message = panic.payload_as_str().unwrap_or("no message");
            let backtrace = std::backtrace::Backtrace::capture().to_string();
            tracing::error!(location, backtrace, "panic: {message}");
        }));
    }
}

/// Writes events in the form of hashicorp/go-hclog.
///
/// `@level`, `@message`, `@timestamp`, `@module`, then the fields of the spans around the event,
/// outermost first, then its own; of equal names the innermost stays.
#[derive(Debug)]
pub struct HclogLayer<W> {
    writer: W,
}

impl<W> HclogLayer<W> {
    /// Writes one line an event to what `writer` makes.
    pub fn new(writer: W) -> Self {
        Self { writer }
    }
}

impl<S, W> Layer<S> for HclogLayer<W>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = ctx.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        if let Some(span) = ctx.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let mut own = Fields::default();
        event.record(&mut own);
        let mut line = Map::new();
        line.insert("@level".to_owned(), level_name(*event.metadata().level()).into());
        line.insert("@message".to_owned(), own.message.into());
        line.insert("@module".to_owned(), event.metadata().target().into());
        line.insert("@timestamp".to_owned(), timestamp().into());
        for span in ctx.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                line.extend(fields.values.clone());
            }
        }
        line.extend(own.values);
        let mut text = Value::Object(line).to_string();
        text.push('\n');
        // There is nowhere to report that the log itself cannot be written.
        let _ = self.writer.make_writer_for(event.metadata()).write_all(text.as_bytes());
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

fn timestamp() -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

/// Fields of an event or span.
#[derive(Default)]
struct Fields {
    message: String,
    values: Map<String, Value>,
}

impl Fields {
    fn insert(&mut self, field: &Field, value: Value) {
        self.values.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let value = shortened(value);
        if field.name() == "message" {
            self.message = value;
        } else {
            self.insert(field, value.into());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

fn shortened(text: &str) -> String {
    if text.len() <= MAX_TEXT_BYTES {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(MAX_TEXT_BYTES)])
}
