//! What can go wrong with a plugin process.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::ProcessExit;
use crate::frame::FrameError;
use crate::handshake_line::HandshakeError;

/// What can go wrong with a plugin process.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The executable cannot be started.
    #[error("starting the plugin {executable:?}")]
    Start {
        /// The executable.
        executable: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The plugin said nothing in time.
    #[error("the plugin did not say within {0:?} where it listens")]
    Silent(Duration),
    /// What the plugin said first is no handshake that we understand.
    #[error("reading the plugin's handshake")]
    Handshake(#[from] HandshakeError),
    /// The plugin said where it listens, but is not there.
    #[error("connecting to the plugin")]
    Connect(#[from] tonic::transport::Error),
    /// The process is gone.
    #[error("{0}")]
    Exited(ProcessExit),
    /// The plugin answered a call with an error.
    #[error("the plugin answered {code:?}: {message}", code = .0.code(), message = .0.message())]
    Call(Box<tonic::Status>),
    /// A frame that the plugin sent cannot be read.
    #[error("reading a frame of the answer {ref_id:?}")]
    Frame {
        /// Query that the frame answers.
        ref_id: String,
        /// What is wrong with it.
        source: FrameError,
    },
}
