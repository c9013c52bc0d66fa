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
            if part.len() >= SHORTEST_SECRET && !self.secrets.iter().any(|known| known == part) {
                self.secrets.push(part.to_owned());
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

impl std::fmt::Debug for Redaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redaction").field("count", &self.secrets.len()).finish()
    }
}
