//! What the client sends, and what it makes of what comes back.

mod canonical;
mod fake_server;
mod recording;
mod replay;

mod goldens;
