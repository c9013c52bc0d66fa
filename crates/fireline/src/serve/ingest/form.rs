//! The form in which Go and other clients push a pprof.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures::stream;
use multer::Multipart;
use serde::Deserialize;

use super::error::IngestError;

/// The parts of a form that say something.
#[derive(Debug)]
pub(crate) struct PprofForm {
    /// The pprof, raw or gzip.
    pub(crate) profile: Bytes,
    /// What the client says of sample types, by sample type.
    pub(crate) sample_types: BTreeMap<String, SampleTypeConfig>,
}

/// What a client says of one sample type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct SampleTypeConfig {
    /// What it is called, for instance `mutex_count` for `contentions`: tells mutex from block.
    #[serde(rename = "display-name", default)]
    pub(crate) display_name: String,
}

/// Reads a form. Errors: no form, no part `profile`, a part that only old clients send.
pub(crate) async fn read_form(headers: &HeaderMap, body: Bytes) -> Result<PprofForm, IngestError> {
    let invalid = |reason: String| IngestError::Body { format: "multipart form", reason };
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(content_type.unwrap_or_default())
        .map_err(|error| invalid(error.to_string()))?;
    let body = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut form = Multipart::new(body, boundary);

    let (mut profile, mut sample_types) = (None, BTreeMap::new());
    while let Some(field) = form.next_field().await.map_err(|error| invalid(error.to_string()))? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|error| invalid(error.to_string()))?;
        match name.as_str() {
            "profile" => profile = Some(bytes),
            "sample_type_config" => {
                sample_types = serde_json::from_slice(&bytes)
                    .map_err(|error| invalid(format!("part \"sample_type_config\": {error}")))?;
            }
            // Two cumulative profiles to subtract; clients since 2023 send the difference.
            "prev_profile" if !bytes.is_empty() => {
                return Err(invalid("part \"prev_profile\": the client is too old".to_owned()));
            }
            _ => {}
        }
    }
    let profile = profile.ok_or_else(|| invalid("there is no part \"profile\"".to_owned()))?;
    Ok(PprofForm { profile, sample_types })
}
