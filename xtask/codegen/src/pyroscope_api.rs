//! Messages of Pyroscope's API, and their JSON form.

use std::path::Path;

use anyhow::{Context, Result};
use prost::Message;

use crate::compile;

pub(crate) const FOLDER: &str = "crates/pyroscope-api/src/generated";

const FILES: [&str; 5] = [
    "capabilities/v1/feature_flags.proto",
    "google/v1/profile.proto",
    "push/v1/push.proto",
    "querier/v1/querier.proto",
    "types/v1/types.proto",
];

const PACKAGES: [&str; 5] =
    [".capabilities.v1", ".google.v1", ".push.v1", ".querier.v1", ".types.v1"];

/// Fields that hold whole profiles: sliced out of the received buffer, never copied.
const LARGE_FIELDS: [&str; 3] = [
    ".push.v1.RawSample.raw_profile",
    ".querier.v1.SelectMergeStacktracesResponse.tree",
    ".querier.v1.SelectMergeSpanProfileResponse.tree",
];

pub(crate) fn generate(workspace: &Path, folder: &Path) -> Result<()> {
    let descriptors = compile(&workspace.join("proto"), &FILES)?;
    pbjson_build::Builder::new()
        .register_descriptors(&descriptors.encode_to_vec())
        .context("reading the descriptors of Pyroscope's messages")?
        .ignore_unknown_fields()
        .out_dir(folder)
        .build(&PACKAGES)
        .context("generating the JSON form of Pyroscope's messages")?;
    prost_build::Config::new()
        .bytes(LARGE_FIELDS)
        .out_dir(folder)
        .compile_fds(descriptors)
        .context("generating Pyroscope's messages")
}
