//! The line that a plugin prints first: where it listens, and how it speaks.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Environment variable that tells a plugin that a host started it.
pub(crate) const COOKIE_NAME: &str = "grafana_plugin_type";
/// Value of that variable, for every type of plugin.
pub(crate) const COOKIE_VALUE: &str = "datasource";
/// Environment variable with the protocol versions that the host speaks, separated by commas.
pub(crate) const VERSIONS_NAME: &str = "PLUGIN_PROTOCOL_VERSIONS";
/// Version of Grafana's plugin protocol.
pub(crate) const PROTOCOL_VERSION: u32 = 2;
/// Largest message either way: what Grafana's own client allows.
pub(crate) const MAX_MESSAGE_BYTES: usize = i32::MAX as usize;

/// Version of the handshake itself.
const CORE_VERSION: u32 = 1;

/// Where a plugin listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// Host and port.
    Tcp(String),
    /// Path of a socket.
    Unix(PathBuf),
}

/// The line that a plugin prints first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HandshakeLine {
    pub(crate) address: Address,
}

impl fmt::Display for HandshakeLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{CORE_VERSION}|{PROTOCOL_VERSION}|")?;
        match &self.address {
            Address::Tcp(address) => write!(formatter, "tcp|{address}")?,
            Address::Unix(path) => write!(formatter, "unix|{}", path.display())?,
        }
        formatter.write_str("|grpc")
    }
}

/// Why a line is no handshake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The line has another shape.
    #[error("expected a line like \"1|2|tcp|127.0.0.1:1234|grpc\", found {0:?}")]
    Shape(String),
    /// The plugin speaks another version.
    #[error(
        "the plugin speaks handshake {core} and protocol {protocol}; expected {CORE_VERSION} and \
         {PROTOCOL_VERSION}"
    )]
    Version {
        /// Version of the handshake.
        core: String,
        /// Version of the protocol.
        protocol: String,
    },
    /// The plugin listens or speaks in a way that we do not.
    #[error("the plugin offers {network:?} with {speech:?}; expected tcp or unix with grpc")]
    Transport {
        /// Kind of address.
        network: String,
        /// Kind of remote calls.
        speech: String,
    },
}

impl FromStr for HandshakeLine {
    type Err = HandshakeError;

    fn from_str(line: &str) -> Result<Self, HandshakeError> {
        let parts: Vec<&str> = line.trim().split('|').collect();
        let [core, protocol, network, address, speech, ..] = parts.as_slice() else {
            return Err(HandshakeError::Shape(line.to_owned()));
        };
        if *core != CORE_VERSION.to_string() || *protocol != PROTOCOL_VERSION.to_string() {
            let (core, protocol) = ((*core).to_owned(), (*protocol).to_owned());
            return Err(HandshakeError::Version { core, protocol });
        }
        let address = match (*network, *speech) {
            ("tcp", "grpc") => Address::Tcp((*address).to_owned()),
            ("unix", "grpc") => Address::Unix(PathBuf::from(address)),
            _ => {
                let (network, speech) = ((*network).to_owned(), (*speech).to_owned());
                return Err(HandshakeError::Transport { network, speech });
            }
        };
        Ok(Self { address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_as_it_was_written() {
        for (address, text) in [
            (Address::Tcp("127.0.0.1:1234".to_owned()), "1|2|tcp|127.0.0.1:1234|grpc"),
            (Address::Unix("/tmp/plugin x/grpc".into()), "1|2|unix|/tmp/plugin x/grpc|grpc"),
        ] {
            let line = HandshakeLine { address };
            assert_eq!(line.to_string(), text);
            assert_eq!(text.parse(), Ok(line));
        }
    }

    #[test]
    fn further_parts_of_later_hosts_are_skipped() {
        let line: HandshakeLine = "1|2|tcp|[::1]:1|grpc||true\r\n".parse().unwrap();
        assert_eq!(line.address, Address::Tcp("[::1]:1".to_owned()));
    }

    #[test]
    fn other_lines_say_what_was_expected() {
        for (line, message) in [
            ("Hello", "expected a line like \"1|2|tcp|127.0.0.1:1234|grpc\", found \"Hello\""),
            (
                "1|1|tcp|127.0.0.1:1|grpc",
                "the plugin speaks handshake 1 and protocol 1; expected 1 and 2",
            ),
            (
                "1|2|pipe|x|netrpc",
                "the plugin offers \"pipe\" with \"netrpc\"; expected tcp or unix with grpc",
            ),
        ] {
            assert_eq!(line.parse::<HandshakeLine>().unwrap_err().to_string(), message);
        }
    }
}
