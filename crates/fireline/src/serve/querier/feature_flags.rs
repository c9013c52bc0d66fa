//! What this server can do, for clients that ask before they use it.

use pyroscope_api::capabilities::v1::{
    FeatureFlag, GetFeatureFlagsRequest, GetFeatureFlagsResponse,
};

use crate::serve::connect::CallError;

/// The flags that Pyroscope clients look for, and whether they hold here.
const FLAGS: [(&str, bool, &str); 4] = [
    ("pyroscopeRuler", false, "Metrics exported from profiles."),
    ("pyroscopeRulerFunctions", false, "Metrics exported for single functions."),
    ("utf8LabelNames", true, "Label names may hold any UTF-8 text."),
    // The flag by which clients tell that heatmaps, trace ids and exemplars can be asked for.
    ("v2StorageLayer", true, "Heatmaps, exemplars and the selection by span and trace."),
];

pub(crate) fn feature_flags(
    _: GetFeatureFlagsRequest,
) -> Result<GetFeatureFlagsResponse, CallError> {
    let feature_flags = FLAGS.map(|(name, enabled, description)| FeatureFlag {
        name: name.to_owned(),
        enabled,
        description: Some(description.to_owned()),
        documentation_url: None,
    });
    Ok(GetFeatureFlagsResponse { feature_flags: feature_flags.into() })
}
