//! Keeps secrets out of messages, whoever repeats them: a proxy's error page may.

use http::{HeaderMap, header};

use crate::fault::Fault;

/// Texts shorter than this are words rather than secrets. Unit: bytes.
const SHORTEST_SECRET: usize = 6;

/// The texts that must not appear in a message.
#[derive(Clone, Default)]
pub(crate) struct Redaction {
    secrets: Vec<String>,
}

impl Redaction {
    /// Adds a text and, of `Bearer abc`, `Basic abc` or `name=abc; …`, what follows.
    pub(crate) fn add(&mut self, secret: &str) {
        let parts = secret.split([' ', '=', ';']).filter(|part| part.len() >= SHORTEST_SECRET);
        for part in std::iter::once(secret).chain(parts) {
            for text in as_repeated(part) {
                if part.len() >= SHORTEST_SECRET && !self.secrets.contains(&text) {
                    self.secrets.push(text);
                }
            }
        }
        // The longest first, so that no rest of one shows after another was taken out.
        self.secrets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    }

    /// The same, and what one user's request carries.
    pub(crate) fn with_headers(&self, headers: &HeaderMap) -> Self {
        let mut all = self.clone();
        for name in [header::AUTHORIZATION.as_str(), "x-id-token", header::COOKIE.as_str()] {
            for value in headers.get_all(name) {
                all.add(&String::from_utf8_lossy(value.as_bytes()));
            }
        }
        all
    }

    /// An answer's text without secrets, before anything shortens it: what is left of a secret that
    /// was cut is not found any more.
    ///
    /// `is_cut` says that the text may end within a secret; such an end goes too.
    pub(crate) fn clean_text(&self, text: &str, is_cut: bool) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            if text.contains(secret) {
                text = text.replace(secret, "[secret]");
            }
        }
        if is_cut {
            let begins = |secret: &String| {
                let ends = secret.char_indices().map(|(end, _)| end).skip(1);
                ends.filter(|end| text.ends_with(&secret[..*end])).max()
            };
            let surplus = self.secrets.iter().filter_map(begins).max().unwrap_or(0);
            text.truncate(text.len() - surplus);
        }
        text
    }

    /// The fault without secrets in its words.
    pub(crate) fn clean(&self, mut fault: Fault) -> Fault {
        for secret in &self.secrets {
            if fault.message.contains(secret) {
                fault.message = fault.message.replace(secret, "[secret]");
            }
            if fault.server_text.contains(secret) {
                fault.server_text = fault.server_text.replace(secret, "[secret]");
            }
        }
        fault
    }
}

/// A secret, and how JSON, HTML and `{:?}` write it where they differ.
fn as_repeated(secret: &str) -> [String; 5] {
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let json = serde_json::Value::from(secret).to_string();
    [
        secret.to_owned(),
        unquoted(&format!("{secret:?}")),
        unquoted(&json),
        html.replace('"', "&quot;"),
        html.replace('"', "&#34;").replace('\'', "&#39;"),
    ]
}

/// A quoted text without the quotes around it.
fn unquoted(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or(text).to_owned()
}

impl std::fmt::Debug for Redaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redaction").field("count", &self.secrets.len()).finish()
    }
}
