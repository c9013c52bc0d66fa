//! What a server can do, concluded from what it shows of itself.
//!
//! Older servers ignore the fields of a request that they do not know and answer for everything,
//! so that nothing may be asked for that a server does not surely understand.

use std::fmt;

use crate::config::ServerVersion;

/// What a server showed when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Evidence {
    /// The version it gives, as it gives it; may be empty.
    pub(crate) version_text: String,
    /// Whether it calls itself Fireline.
    pub(crate) is_fireline: bool,
    /// Its feature flags that are on, ascending. None: it has no feature flags.
    pub(crate) flags: Option<Vec<String>>,
    /// What it does with spans and traces selected at once.
    pub(crate) combined_selectors: CombinedSelectors,
    /// Whether it knows heatmaps.
    pub(crate) has_heatmap: bool,
}

/// What a server does with spans and traces selected at once, which no Pyroscope offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum CombinedSelectors {
    /// It does not notice: it knows neither.
    #[default]
    Ignored,
    /// It says that traces cannot be selected in its storage: it knows spans.
    NoTraces,
    /// It says that they cannot be combined: it knows both.
    Refused,
}

/// What can be asked of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// How stack traces of single spans are selected.
    pub spans: SpanSelection,
    /// Whether stack traces can be selected by trace id.
    pub trace_ids: bool,
    /// Whether stack traces can be selected by profile id.
    pub profile_ids: bool,
    /// Whether trees can be cut to what lies below a call site.
    pub tree_call_site: bool,
    /// Whether series can be cut to what lies below a call site.
    pub series_call_site: bool,
    /// Whether series can bring exemplars that point to profiles.
    pub profile_exemplars: bool,
    /// Whether series can bring exemplars that point to spans.
    pub series_span_exemplars: bool,
    /// Whether there are heatmaps.
    pub heatmap: bool,
    /// Whether exemplars that point to spans know their trace.
    pub exemplar_trace_ids: bool,
    /// Whether label names that are not plain words are shown.
    pub utf8_label_names: bool,
}

/// How stack traces of single spans are selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanSelection {
    /// By the call for trees itself, together with a call site or profile ids.
    WithOthers,
    /// By the call for trees itself, but with nothing else.
    Alone,
    /// By a call of its own, which knows nothing else.
    OlderCall,
}

/// What is known of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    /// The version that the server gives, as it gives it. Empty: it gives none.
    pub version_text: String,
    /// Whether it is Fireline's own store.
    pub is_fireline: bool,
    /// The least version that explains what the server shows.
    pub at_least: ServerVersion,
    /// What can be asked of it.
    pub capabilities: Capabilities,
}

/// The oldest version that the client talks to.
const BASELINE: ServerVersion = version(1, 7);

const fn version(major: u32, minor: u32) -> ServerVersion {
    ServerVersion { major, minor }
}

impl ServerInfo {
    /// What a server of a known version can do.
    /// The storage is taken to be the one that the version has as default.
    pub(crate) fn of_version(at_least: ServerVersion) -> Self {
        let has_v2 = at_least >= version(1, 19);
        let has_selectors = at_least >= version(2, 2);
        let spans =
            if has_selectors { SpanSelection::WithOthers } else { SpanSelection::OlderCall };
        Self {
            version_text: at_least.to_string(),
            is_fireline: false,
            at_least,
            capabilities: Capabilities {
                spans,
                trace_ids: has_selectors,
                profile_ids: at_least >= version(1, 17),
                tree_call_site: at_least >= version(1, 15),
                series_call_site: at_least < version(1, 19),
                profile_exemplars: at_least >= version(1, 17),
                series_span_exemplars: false,
                heatmap: has_v2,
                exemplar_trace_ids: has_selectors,
                utf8_label_names: at_least >= version(1, 16),
            },
        }
    }

    /// What a server can do that showed this.
    pub(crate) fn of_evidence(evidence: &Evidence) -> Self {
        let Evidence { version_text, is_fireline, flags, combined_selectors, has_heatmap } =
            evidence;
        // Fireline's own versions say nothing about Pyroscope's.
        let said = version_text.parse().ok().filter(|_| !is_fireline);
        let shown = match (combined_selectors, has_heatmap, flags) {
            _ if *is_fireline => version(2, 2),
            (CombinedSelectors::Refused | CombinedSelectors::NoTraces, _, _) => version(2, 2),
            (CombinedSelectors::Ignored, true, _) => version(1, 19),
            (CombinedSelectors::Ignored, false, Some(_)) => version(1, 15),
            (CombinedSelectors::Ignored, false, None) => BASELINE,
        };
        let at_least = shown.max(said.unwrap_or(BASELINE));
        let is_v2 = flags.iter().flatten().any(|flag| flag == "v2StorageLayer") || *has_heatmap;
        let spans = match combined_selectors {
            _ if *is_fireline => SpanSelection::WithOthers,
            CombinedSelectors::Refused => SpanSelection::WithOthers,
            CombinedSelectors::NoTraces => SpanSelection::Alone,
            CombinedSelectors::Ignored => SpanSelection::OlderCall,
        };
        let trace_ids = *is_fireline || *combined_selectors == CombinedSelectors::Refused;
        let capabilities = Capabilities {
            spans,
            trace_ids,
            profile_ids: at_least >= version(1, 17),
            tree_call_site: at_least >= version(1, 15),
            series_call_site: *is_fireline || !is_v2,
            profile_exemplars: *is_fireline || (is_v2 && at_least >= version(1, 17)),
            series_span_exemplars: *is_fireline,
            heatmap: *has_heatmap,
            exemplar_trace_ids: *has_heatmap && trace_ids,
            utf8_label_names: at_least >= version(1, 16),
        };
        let version_text = version_text.clone();
        Self { version_text, is_fireline: *is_fireline, at_least, capabilities }
    }

    /// Product and version, as far as known: `Pyroscope 1.14.0`.
    pub fn name(&self) -> String {
        match (self.is_fireline, self.version_text.as_str()) {
            (true, text) => {
                let number = text.strip_prefix("fireline-").unwrap_or(text);
                format!("Fireline {number}").trim_end().to_owned()
            }
            (false, "") => format!("Pyroscope of unknown version (at least {})", self.at_least),
            (false, text) => format!("Pyroscope {text}"),
        }
    }

    /// What the server lacks, in words, the most noticeable first. Empty: nothing.
    pub fn lacks(&self) -> Vec<&'static str> {
        let Capabilities { spans, trace_ids, profile_ids, tree_call_site, heatmap, .. } =
            self.capabilities;
        let mut lacks = Vec::new();
        let mut add = |is_there: bool, words| {
            if !is_there {
                lacks.push(words);
            }
        };
        add(trace_ids, "no trace ids");
        add(heatmap, "no heatmap");
        add(self.capabilities.profile_exemplars, "no exemplars");
        add(profile_ids, "no profile ids");
        add(tree_call_site, "no call sites");
        add(self.capabilities.utf8_label_names, "no label names with dots");
        add(spans != SpanSelection::Alone, "span selection only by itself");
        add(spans != SpanSelection::OlderCall, "span selection by the older call");
        lacks
    }
}

impl fmt::Display for ServerInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        let lacks = self.lacks();
        if lacks.is_empty() { Ok(()) } else { write!(f, ": {}", lacks.join(", ")) }
    }
}
