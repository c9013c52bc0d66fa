//! What every request passes first: who may ask, and below which path the server lives.
//!
//! A page on another site can make a browser send requests to this machine.
//! Two checks keep such pages out. A request that names an `Origin` (every POST of a browser does) must
//! come from a page of this server. And what answers a plain GET must be asked under a name of this
//! machine, so that a foreign name that was pointed at this machine does not work.
//! Profilers and Grafana's server send POSTs without an `Origin`, and are not touched by either.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::uri::{Authority, PathAndQuery, Uri};
use axum::http::{HeaderMap, Method, header};

/// What monitors ask for, from wherever they are and under whatever name; it says nothing of profiles.
const OPEN_PATHS: [&str; 3] = ["/ready", "/metrics", "/api/v1/status/buildinfo"];

/// Which names the server answers to.
#[derive(Debug, Clone)]
pub(crate) struct AllowedHosts {
    /// Host names that were allowed by hand, in lower case, without port.
    named: Vec<String>,
    /// Whether only this machine can reach the server.
    bound_to_loopback: bool,
}

impl AllowedHosts {
    /// `listen` is the address that the server is bound to.
    pub(crate) fn new(listen: IpAddr, named: &[String]) -> Self {
        Self {
            named: named.iter().map(|name| name.to_ascii_lowercase()).collect(),
            bound_to_loopback: listen.is_loopback(),
        }
    }

    /// Checks where a request comes from; `path` is seen from the base path.
    pub(crate) fn check(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Result<(), ForbiddenHost> {
        self.check_origin(headers)?;
        let is_plain_get = method.is_safe() && !OPEN_PATHS.contains(&path);
        if is_plain_get { self.check_host(headers) } else { Ok(()) }
    }

    /// Checks the `Origin` of a request; requests without one pass.
    fn check_origin(&self, headers: &HeaderMap) -> Result<(), ForbiddenHost> {
        for origin in headers.get_all(header::ORIGIN) {
            let origin = origin.to_str().unwrap_or_default();
            let host = origin.split_once("://").map_or("", |(_, authority)| authority);
            let is_own = match host_name(host) {
                Some(name) if self.is_allowed(&name) => true,
                // Reachable from elsewhere, under names that it cannot know: the page has the name under
                // which this server is asked. A foreign name that was pointed at it has that as well, so
                // that this is not enough where the names are given.
                Some(_) => self.is_asked_by_any_name() && request_host(headers) == Some(host),
                None => false,
            };
            if !is_own {
                return Err(ForbiddenHost { what: "origin", host: origin.to_owned() });
            }
        }
        Ok(())
    }

    /// Checks the `Host` of a request.
    ///
    /// A server that listens to the network is known by names that it cannot know, so all pass there,
    /// unless some were allowed by hand.
    fn check_host(&self, headers: &HeaderMap) -> Result<(), ForbiddenHost> {
        if self.is_asked_by_any_name() {
            return Ok(());
        }
        let host = request_host(headers).unwrap_or_default();
        match host_name(host) {
            Some(name) if self.is_allowed(&name) => Ok(()),
            _ => Err(ForbiddenHost { what: "host", host: host.to_owned() }),
        }
    }

    /// Whether other machines reach the server, and nobody said by which names.
    fn is_asked_by_any_name(&self) -> bool {
        !self.bound_to_loopback && self.named.is_empty()
    }

    fn is_allowed(&self, name: &str) -> bool {
        let is_this_machine = name == "localhost"
            || name.ends_with(".localhost")
            || name
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        is_this_machine || self.named.iter().any(|allowed| allowed == name)
    }
}

/// A request that comes from another site, or under another name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} {host:?} is not allowed here: use localhost, or start with --allowed-host <name>")]
pub(crate) struct ForbiddenHost {
    what: &'static str,
    host: String,
}

fn request_host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}

/// The host of `host:port`, in lower case. None: not a host.
fn host_name(authority: &str) -> Option<String> {
    let authority: Authority = authority.parse().ok()?;
    if authority.as_str().contains('@') {
        return None;
    }
    Some(authority.host().to_ascii_lowercase())
}

/// The path below which everything lives: empty, or `/grafana` without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BasePath(String);

/// A text that is no [`BasePath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("base path {0:?}: expected letters, digits and any of / - . _ ~")]
pub struct BasePathError(String);

/// Where a path lies relative to a [`BasePath`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BelowBase {
    /// At this address, seen from the base path.
    At(Uri),
    /// It is the base path itself, without the slash that relative links need.
    Redirect(String),
    /// Elsewhere.
    Outside,
}

impl FromStr for BasePath {
    type Err = BasePathError;

    /// Takes `/grafana`, `grafana/` and the like; empty or `/`: no base path.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text.trim().trim_matches('/');
        // It is written into addresses and into the page, so nothing may need escaping.
        let is_plain =
            path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte));
        if !is_plain {
            return Err(BasePathError(text.to_owned()));
        }
        Ok(Self(if path.is_empty() { String::new() } else { format!("/{path}") }))
    }
}

impl BasePath {
    /// Empty, or with a slash at the start and none at the end.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the base path off an address.
    pub(crate) fn strip(&self, uri: &Uri) -> BelowBase {
        if self.0.is_empty() {
            return BelowBase::At(uri.clone());
        }
        let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        match path.strip_prefix(&self.0) {
            Some(rest) if rest.starts_with('/') => {
                rest.parse().map_or(BelowBase::Outside, BelowBase::At)
            }
            Some(rest) if rest.is_empty() || rest.starts_with('?') => {
                BelowBase::Redirect(format!("{}/{rest}", self.0))
            }
            _ => BelowBase::Outside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn loopback() -> AllowedHosts {
        AllowedHosts::new("127.0.0.1".parse().unwrap(), &["Grafana.example".to_owned()])
    }

    #[test]
    fn on_loopback_only_names_of_this_machine_are_answered() {
        for host in ["localhost", "localhost:4040", "127.0.0.1:1", "[::1]:4040", "grafana.example"]
        {
            assert_eq!(loopback().check_host(&headers(&[("host", host)])), Ok(()), "{host}");
        }
        for host in ["evil.example:4040", "localhost.evil.example", "", "a@localhost", "10.0.0.1"] {
            assert!(loopback().check_host(&headers(&[("host", host)])).is_err(), "{host}");
        }
        assert!(loopback().check_host(&headers(&[])).is_err());
    }

    #[test]
    fn only_plain_gets_must_know_the_name_of_this_machine() {
        let foreign = headers(&[("host", "host.docker.internal:4040")]);
        let check = |method, path| loopback().check(&method, path, &foreign);
        assert_eq!(check(Method::POST, "/push.v1.PusherService/Push"), Ok(()));
        assert_eq!(check(Method::GET, "/metrics"), Ok(()));
        assert!(check(Method::GET, "/api/apps").is_err());
        assert!(check(Method::HEAD, "/").is_err());
    }

    #[test]
    fn on_the_network_any_name_is_answered_unless_names_are_given() {
        let any = AllowedHosts::new("0.0.0.0".parse().unwrap(), &[]);
        assert_eq!(any.check_host(&headers(&[("host", "box.lan:4040")])), Ok(()));
        let named = AllowedHosts::new("0.0.0.0".parse().unwrap(), &["box.lan".to_owned()]);
        assert_eq!(named.check_host(&headers(&[("host", "box.lan:4040")])), Ok(()));
        assert!(named.check_host(&headers(&[("host", "evil.example")])).is_err());
    }

    #[test]
    fn an_origin_must_be_a_page_of_this_server() {
        let own = [("host", "localhost:4040"), ("origin", "http://localhost:4040")];
        assert_eq!(loopback().check_origin(&headers(&own)), Ok(()));
        assert_eq!(loopback().check_origin(&headers(&[("host", "localhost")])), Ok(()));
        for origin in ["http://evil.example", "null", "", "http://localhost.evil.example:4040"] {
            let asked = headers(&[("host", "localhost:4040"), ("origin", origin)]);
            assert!(loopback().check_origin(&asked).is_err(), "{origin}");
        }
        // A foreign name that was pointed at this machine: host and origin agree, and both are foreign.
        let rebound = [("host", "evil.example:4040"), ("origin", "http://evil.example:4040")];
        assert!(loopback().check_origin(&headers(&rebound)).is_err());
    }

    #[test]
    fn on_the_network_an_origin_must_be_the_host() {
        let any = AllowedHosts::new("0.0.0.0".parse().unwrap(), &[]);
        let same = [("host", "box.lan:4040"), ("origin", "http://box.lan:4040")];
        assert_eq!(any.check_origin(&headers(&same)), Ok(()));
        let other = [("host", "box.lan:4040"), ("origin", "http://evil.example")];
        assert!(any.check_origin(&headers(&other)).is_err());
    }

    #[test]
    fn on_the_network_an_origin_must_have_one_of_the_names_that_were_given() {
        let named = AllowedHosts::new("0.0.0.0".parse().unwrap(), &["box.lan".to_owned()]);
        let check = |method: &Method, host: &str| {
            let origin = format!("http://{host}:4040");
            let asked = headers(&[("host", &format!("{host}:4040")), ("origin", &origin)]);
            named.check(method, "/push.v1.PusherService/Push", &asked)
        };
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            for own in ["box.lan", "BOX.lan", "localhost", "127.0.0.1"] {
                assert_eq!(check(&method, own), Ok(()), "{method} {own}");
            }
            // A foreign name that was pointed at this machine: host and origin agree, and both are foreign.
            assert!(check(&method, "evil.example").is_err(), "{method}");
        }
    }

    #[test]
    fn a_base_path_is_taken_off() {
        let base: BasePath = "grafana/".parse().unwrap();
        assert_eq!(base.as_str(), "/grafana");
        let at = |text: &str| BelowBase::At(text.parse().unwrap());
        assert_eq!(base.strip(&"/grafana/ready?x=1".parse().unwrap()), at("/ready?x=1"));
        assert_eq!(base.strip(&"/grafana/".parse().unwrap()), at("/"));
        assert_eq!(
            base.strip(&"/grafana?a=b".parse().unwrap()),
            BelowBase::Redirect("/grafana/?a=b".to_owned())
        );
        assert_eq!(base.strip(&"/grafanas/ready".parse().unwrap()), BelowBase::Outside);
        assert_eq!(base.strip(&"/ready".parse().unwrap()), BelowBase::Outside);
        let none: BasePath = "/".parse().unwrap();
        assert_eq!(none.strip(&"/ready".parse().unwrap()), at("/ready"));
        assert!("/\"><script>".parse::<BasePath>().is_err());
    }
}
