//! Unary calls of the Connect protocol: one POST, one message in, one message out.

mod beside;
mod body;
mod code;
mod compression;
mod error;
mod media_type;
mod unary;

pub(crate) use body::{BodyError, read_body, read_plain_body};
pub(crate) use code::Code;
pub(crate) use error::CallError;
pub(crate) use media_type::Codec;
pub(crate) use unary::{BodyRules, CallContext, Message, answer};
