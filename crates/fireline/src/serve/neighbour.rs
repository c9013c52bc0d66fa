//! Servers of metrics, traces and logs beside this one: named on the command line, or found.

use std::net::Ipv4Addr;
use std::str::FromStr;
use std::time::Duration;

use tokio::net::TcpStream;
use upstream_http::{Dialect, HttpConfig, Question, RequestHeaders, Timeouts, Transport};

use super::arguments::ServeArguments;

/// How long a server may take to say that it is there.
const PATIENCE: Duration = Duration::from_millis(700);

/// Where a server is, as the command line says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Neighbour {
    /// Nowhere: not even looked for.
    None,
    /// At this address, without a slash at the end.
    At(String),
}

/// A text that is no address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an address such as http://127.0.0.1:9090, or none")]
pub struct NeighbourError;

impl FromStr for Neighbour {
    type Err = NeighbourError;

    fn from_str(text: &str) -> Result<Self, NeighbourError> {
        match text {
            "none" => Ok(Self::None),
            url if url.starts_with("http://") || url.starts_with("https://") => {
                Ok(Self::At(url.trim_end_matches('/').to_owned()))
            }
            _ => Err(NeighbourError),
        }
    }
}

impl Neighbour {
    /// The address. None: there is no such server.
    pub(crate) fn url(neighbour: Option<&Self>) -> Option<&str> {
        match neighbour {
            Some(Self::At(url)) => Some(url),
            _ => None,
        }
    }
}

/// What a server is looked for, where, and how it shows that it is the one.
struct Usual {
    port: u16,
    path: &'static str,
    /// What stands in its answer.
    says: &'static str,
}

const PROMETHEUS: Usual =
    Usual { port: 9090, path: "/api/v1/status/buildinfo", says: "\"status\":\"success\"" };
const ZIPKIN: Usual = Usual { port: 9411, path: "/api/v2/services", says: "[" };
const LOKI: Usual =
    Usual { port: 3100, path: "/loki/api/v1/status/buildinfo", says: "\"version\"" };

static ANY: Dialect = Dialect {
    accept: "application/json",
    body_type: "application/json",
    answer_type: Some("application/json"),
    headers: &[],
    timeout_header: None,
    error: |_| None,
};

impl ServeArguments {
    /// The same arguments, with the servers that answer at the usual ports of this machine in the place of
    /// those that were not named.
    pub(crate) async fn with_found_neighbours(&self) -> Self {
        let look = async |named: &Option<Neighbour>, usual: &Usual| match named {
            Some(named) => Some(named.clone()),
            None => is_there(usual).await.then(|| Neighbour::At(usual.url())),
        };
        let (prometheus, zipkin, loki) = tokio::join!(
            look(&self.prometheus, &PROMETHEUS),
            look(&self.zipkin, &ZIPKIN),
            look(&self.loki, &LOKI),
        );
        Self { prometheus, zipkin, loki, ..self.clone() }
    }

    /// The servers that there are, for the start lines: what they answer for, and where.
    pub(crate) fn neighbours(&self) -> Vec<(&'static str, &str)> {
        [("metrics", &self.prometheus), ("traces", &self.zipkin), ("logs", &self.loki)]
            .into_iter()
            .filter_map(|(what, neighbour)| Some((what, Neighbour::url(neighbour.as_ref())?)))
            .collect()
    }
}

impl Usual {
    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

async fn is_there(usual: &Usual) -> bool {
    // Most machines have nothing there, and say so at once.
    if TcpStream::connect((Ipv4Addr::LOCALHOST, usual.port)).await.is_err() {
        return false;
    }
    let config = HttpConfig {
        timeouts: Timeouts { request: Some(PATIENCE), ..Timeouts::default() },
        ..HttpConfig::new(usual.url())
    };
    let Ok(transport) = Transport::new(&config) else { return false };
    let on_behalf = transport.on_behalf(&RequestHeaders::new());
    let question = Question { what: "looking", path: usual.path, body: None, dialect: &ANY };
    let answer = async {
        let body = transport.ask(&on_behalf, &question).await.ok()?;
        Some(String::from_utf8_lossy(&body.bytes).contains(usual.says))
    };
    // A server that does not answer is asked again; nobody waits for that here.
    tokio::time::timeout(PATIENCE, answer).await.ok().flatten().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neighbour_is_an_address_or_none() {
        assert_eq!("none".parse(), Ok(Neighbour::None));
        assert_eq!("http://prom:9090/".parse(), Ok(Neighbour::At("http://prom:9090".to_owned())));
        assert_eq!("prom:9090".parse::<Neighbour>(), Err(NeighbourError));
    }
}
