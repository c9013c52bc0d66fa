//! Queries and their answers.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::frame::{Frame, FrameError};
use crate::protocol::pluginv2::{self, DataFrameFormat};

/// One query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// Letter or name that the answer is filed under.
    pub ref_id: String,
    /// Kind of query; empty unless the datasource has several.
    pub query_type: String,
    /// How many points can be drawn.
    pub max_data_points: i64,
    /// Suggested step.
    pub interval_millis: i64,
    /// Begin of the time range, milliseconds since 1970.
    pub from_millis: i64,
    /// End of the time range, milliseconds since 1970.
    pub to_millis: i64,
    /// The query as the query editor wrote it, an unparsed JSON object.
    pub json: Bytes,
}

impl Query {
    /// Parses the JSON of the query.
    ///
    /// # Errors
    /// When it is not JSON or does not have the shape of `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.json)
    }
}

/// Who is to blame for an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorSource {
    /// The plugin, or Grafana.
    Plugin,
    /// The server that the datasource asks, or who asked for the impossible.
    Downstream,
}

impl ErrorSource {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plugin => "plugin",
            Self::Downstream => "downstream",
        }
    }
}

/// Why a query was not answered, or only in part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// HTTP-like status, 100 to 599.
    pub status: u16,
    /// Who is to blame.
    pub error_source: ErrorSource,
    /// Message for the user.
    pub message: String,
}

impl QueryError {
    /// The message; an empty one would stand for success on the wire.
    pub(crate) fn text(&self) -> &str {
        if self.message.is_empty() { "the query failed" } else { &self.message }
    }

    /// The status; Grafana takes what is no HTTP status for 500.
    pub(crate) fn wire_status(&self) -> u16 {
        if (100..600).contains(&self.status) { self.status } else { 500 }
    }
}

/// Answer to one query.
///
/// Frames beside an error are a partial answer; Grafana shows both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QueryResult {
    /// Frames.
    pub frames: Vec<Frame>,
    /// What went wrong.
    pub error: Option<QueryError>,
}

/// Answers by ref id.
///
/// Serialises to the JSON that `/api/ds/query` answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QueryResults(pub BTreeMap<String, QueryResult>);

impl QueryResults {
    /// HTTP status of `/api/ds/query`: 400 as soon as one query failed, else 200.
    pub fn http_status(&self) -> u16 {
        if self.0.values().any(|result| result.error.is_some()) { 400 } else { 200 }
    }
}

impl Serialize for QueryResults {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("results", &self.0)?;
        map.end()
    }
}

impl QueryResult {
    /// The same answer with an error beside its frames.
    #[must_use]
    pub fn with_error(mut self, error: QueryError) -> Self {
        self.error = Some(error);
        self
    }

    pub(crate) fn into_wire(
        self,
        format: DataFrameFormat,
    ) -> Result<pluginv2::DataResponse, EncodeError> {
        let status = self.status();
        let frames = self.frames.into_iter().map(|frame| encode_frame(frame, format));
        Ok(pluginv2::DataResponse {
            frames: frames.collect::<Result<_, _>>()?,
            error: self.error.as_ref().map(|e| e.text().to_owned()).unwrap_or_default(),
            json_meta: Bytes::new(),
            status,
            error_source: self.error.as_ref().map_or("", |e| e.error_source.as_str()).to_owned(),
            format: format.into(),
        })
    }

    pub(crate) fn from_wire(wire: &pluginv2::DataResponse) -> Result<Self, FrameError> {
        let frames = wire.frames.iter().map(|frame| Frame::from_arrow(frame));
        let error = (!wire.error.is_empty()).then(|| QueryError {
            status: u16::try_from(wire.status).unwrap_or_default(),
            error_source: match wire.error_source.as_str() {
                "downstream" => ErrorSource::Downstream,
                _ => ErrorSource::Plugin,
            },
            message: wire.error.clone(),
        });
        Ok(Self { frames: frames.collect::<Result<_, _>>()?, error })
    }

    fn status(&self) -> i32 {
        self.error.as_ref().map_or(200, |error| error.wire_status().into())
    }
}

/// Why frames could not be encoded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EncodeError {
    #[error(transparent)]
    Arrow(#[from] FrameError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// A frame's bytes. Takes the frame, so that its columns are not in memory twice.
pub(crate) fn encode_frame(frame: Frame, format: DataFrameFormat) -> Result<Bytes, EncodeError> {
    Ok(match format {
        DataFrameFormat::Arrow => frame.into_arrow()?.into(),
        DataFrameFormat::Json => frame.to_json()?.into(),
    })
}

impl From<Vec<Frame>> for QueryResult {
    fn from(frames: Vec<Frame>) -> Self {
        Self { frames, error: None }
    }
}

impl From<Frame> for QueryResult {
    fn from(frame: Frame) -> Self {
        vec![frame].into()
    }
}

impl From<QueryError> for QueryResult {
    fn from(error: QueryError) -> Self {
        Self { frames: Vec::new(), error: Some(error) }
    }
}

/// The JSON that `/api/ds/query` holds below `results.<ref id>`.
impl Serialize for QueryResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(error) = &self.error {
            map.serialize_entry("error", error.text())?;
            map.serialize_entry("errorSource", error.error_source.as_str())?;
        }
        map.serialize_entry("status", &self.status())?;
        map.serialize_entry("frames", &self.frames)?;
        map.end()
    }
}

impl From<pluginv2::DataQuery> for Query {
    fn from(wire: pluginv2::DataQuery) -> Self {
        let range = wire.time_range.unwrap_or_default();
        Self {
            ref_id: wire.ref_id,
            query_type: wire.query_type,
            max_data_points: wire.max_data_points,
            interval_millis: wire.interval_ms,
            from_millis: range.from_epoch_ms,
            to_millis: range.to_epoch_ms,
            json: wire.json,
        }
    }
}

impl From<&Query> for pluginv2::DataQuery {
    fn from(query: &Query) -> Self {
        Self {
            ref_id: query.ref_id.clone(),
            max_data_points: query.max_data_points,
            interval_ms: query.interval_millis,
            time_range: Some(pluginv2::TimeRange {
                from_epoch_ms: query.from_millis,
                to_epoch_ms: query.to_millis,
            }),
            json: query.json.clone(),
            query_type: query.query_type.clone(),
        }
    }
}
