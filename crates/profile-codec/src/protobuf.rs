//! Protobuf fields, read in place and written without messages in between.

use crate::varint::{VarintError, read_varint, write_varint};

/// Why bytes are not a protobuf message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtobufError {
    /// The bytes end within a field.
    #[error("the message ends within the field that begins at byte {offset}")]
    Truncated {
        /// Where the field begins.
        offset: usize,
    },
    /// A varint with more than 64 bits.
    #[error("the varint in the field at byte {offset} has more than 64 bits")]
    VarintTooLong {
        /// Where the field begins.
        offset: usize,
    },
    /// A field number that does not exist, or a wire type that protobuf 3 does not have.
    #[error("the bytes at {offset} are no protobuf field: number {number}, wire type {wire_type}")]
    Tag {
        /// Where the field begins.
        offset: usize,
        /// The field number.
        number: u64,
        /// The wire type.
        wire_type: u8,
    },
    /// A field has another wire type than its message says.
    #[error("field {number} at byte {offset} has another wire type than expected")]
    WireType {
        /// Where the field begins.
        offset: usize,
        /// The field number.
        number: u32,
    },
}

/// A message within the input, with its place there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message<'a> {
    bytes: &'a [u8],
    offset: usize,
}

/// A field of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) number: u32,
    content: Content<'a>,
    offset: usize,
}

#[derive(Debug, Clone, Copy)]
enum Content<'a> {
    Varint(u64),
    Bytes(Message<'a>),
    Fixed,
}

impl<'a> Message<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Takes the next field off the front. None: the message is over.
    #[inline]
    pub(crate) fn next_field(&mut self) -> Result<Option<Field<'a>>, ProtobufError> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let offset = self.offset;
        let tag = self.read_varint(offset)?;
        let (number, wire_type) = (tag >> 3, (tag & 7) as u8);
        let content = match wire_type {
            0 => Content::Varint(self.read_varint(offset)?),
            1 => self.skip(8, offset)?,
            2 => {
                let length = self.read_varint(offset)?;
                Content::Bytes(self.take(length, offset)?)
            }
            5 => self.skip(4, offset)?,
            _ => return Err(ProtobufError::Tag { offset, number, wire_type }),
        };
        match u32::try_from(number) {
            Ok(number @ 1..=0x1fff_ffff) => Ok(Some(Field { number, content, offset })),
            _ => Err(ProtobufError::Tag { offset, number, wire_type }),
        }
    }

    #[inline]
    fn read_varint(&mut self, field_offset: usize) -> Result<u64, ProtobufError> {
        let before = self.bytes.len();
        let value = read_varint(&mut self.bytes).map_err(|error| match error {
            VarintError::Truncated => ProtobufError::Truncated { offset: field_offset },
            VarintError::TooLong => ProtobufError::VarintTooLong { offset: field_offset },
        })?;
        self.offset += before - self.bytes.len();
        Ok(value)
    }

    fn take(&mut self, length: u64, field_offset: usize) -> Result<Message<'a>, ProtobufError> {
        let length = usize::try_from(length).ok().filter(|length| *length <= self.bytes.len());
        let length = length.ok_or(ProtobufError::Truncated { offset: field_offset })?;
        let (bytes, rest) = self.bytes.split_at(length);
        let taken = Message { bytes, offset: self.offset };
        self.bytes = rest;
        self.offset += length;
        Ok(taken)
    }

    fn skip(&mut self, length: u64, field_offset: usize) -> Result<Content<'a>, ProtobufError> {
        self.take(length, field_offset)?;
        Ok(Content::Fixed)
    }
}

impl<'a> Field<'a> {
    /// The field as an unsigned integer.
    #[inline]
    pub(crate) fn uint64(&self) -> Result<u64, ProtobufError> {
        match self.content {
            Content::Varint(value) => Ok(value),
            _ => Err(self.wire_type_error()),
        }
    }

    /// The field as a signed integer.
    #[inline]
    pub(crate) fn int64(&self) -> Result<i64, ProtobufError> {
        Ok(self.uint64()?.cast_signed())
    }

    /// The field as a message, a string or bytes.
    #[inline]
    pub(crate) fn message(&self) -> Result<Message<'a>, ProtobufError> {
        match self.content {
            Content::Bytes(message) => Ok(message),
            _ => Err(self.wire_type_error()),
        }
    }

    /// Takes the integers of a repeated field, which come packed or one by one.
    #[inline]
    pub(crate) fn each_uint64<E: From<ProtobufError>>(
        &self,
        mut take: impl FnMut(u64) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.content {
            Content::Varint(value) => take(value)?,
            Content::Bytes(mut packed) => {
                while !packed.bytes.is_empty() {
                    let offset = packed.offset;
                    take(packed.read_varint(offset)?)?;
                }
            }
            Content::Fixed => return Err(self.wire_type_error().into()),
        }
        Ok(())
    }

    fn wire_type_error(&self) -> ProtobufError {
        ProtobufError::WireType { offset: self.offset, number: self.number }
    }
}

/// Appends an integer field; 0 is the default and is left out.
pub(crate) fn write_uint64(bytes: &mut Vec<u8>, number: u32, value: u64) {
    if value != 0 {
        write_varint(bytes, u64::from(number) << 3);
        write_varint(bytes, value);
    }
}

/// Appends a signed integer field; 0 is the default and is left out.
pub(crate) fn write_int64(bytes: &mut Vec<u8>, number: u32, value: i64) {
    write_uint64(bytes, number, value.cast_unsigned());
}

/// Appends a field of bytes: a string or an encoded message, even an empty one.
pub(crate) fn write_bytes(bytes: &mut Vec<u8>, number: u32, content: &[u8]) {
    write_varint(bytes, u64::from(number) << 3 | 2);
    write_varint(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}

/// Appends integers as a packed field; none at all leaves the field out.
/// `scratch` is overwritten.
pub(crate) fn write_packed(
    bytes: &mut Vec<u8>,
    scratch: &mut Vec<u8>,
    number: u32,
    values: impl Iterator<Item = u64>,
) {
    scratch.clear();
    for value in values {
        write_varint(scratch, value);
    }
    if !scratch.is_empty() {
        write_bytes(bytes, number, scratch);
    }
}
