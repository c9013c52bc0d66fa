//! Numbers and texts as bytes: little-endian, lengths and small numbers as varints.

/// Why stored bytes do not make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {offset}")]
pub(crate) struct BytesError {
    /// What is wrong.
    pub(crate) what: &'static str,
    /// Where, from the start of the value.
    pub(crate) offset: usize,
}

/// Appends an unsigned number, 7 bits a byte, least significant first.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a text: its length in bytes, then UTF-8.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Reads what the `put_…` functions wrote.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BytesReader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> BytesReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// Whether everything was read.
    pub(crate) fn is_at_end(&self) -> bool {
        self.offset == self.bytes.len()
    }

    /// How many bytes are left: a bound for how many entries can follow.
    pub(crate) fn remaining(&self) -> usize {
        self.bytes.len() - self.offset
    }

    /// An error at this place.
    pub(crate) fn error(&self, what: &'static str) -> BytesError {
        BytesError { what, offset: self.offset }
    }

    pub(crate) fn varint(&mut self) -> Result<u64, BytesError> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.bytes.get(self.offset).ok_or_else(|| self.error("number cut off"))?;
            self.offset += 1;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(self.error("number above 2^64 - 1"));
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.error("number longer than 10 bytes"))
    }

    pub(crate) fn varint_u32(&mut self) -> Result<u32, BytesError> {
        let number = self.varint()?;
        u32::try_from(number).map_err(|_| self.error("number above 2^32 - 1"))
    }

    /// A count of entries that take at least one byte each.
    pub(crate) fn count(&mut self) -> Result<usize, BytesError> {
        let count = self.varint()?;
        usize::try_from(count)
            .ok()
            .filter(|count| *count <= self.remaining())
            .ok_or_else(|| self.error("count above the bytes that follow"))
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, BytesError> {
        let length = self.count()?;
        let bytes = self.take(length)?;
        str::from_utf8(bytes).map_err(|_| self.error("text is not UTF-8"))
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], BytesError> {
        let bytes = self.take(N)?;
        Ok(bytes.try_into().expect("take gives as many bytes as asked for"))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], BytesError> {
        let bytes =
            self.bytes[self.offset..].get(..length).ok_or_else(|| self.error("bytes cut off"))?;
        self.offset += length;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::{BytesReader, put_text, put_varint};

    #[test]
    fn numbers_and_texts_come_back() {
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), 1 << 62, u64::MAX];
        let mut bytes = Vec::new();
        for number in numbers {
            put_varint(&mut bytes, number);
        }
        put_text(&mut bytes, "größe");
        let mut reader = BytesReader::new(&bytes);
        for number in numbers {
            assert_eq!(reader.varint(), Ok(number));
        }
        assert_eq!(reader.text(), Ok("größe"));
        assert!(reader.is_at_end());
        assert!(reader.varint().is_err());
    }

    #[test]
    fn hostile_bytes_are_errors() {
        assert!(BytesReader::new(&[0xff; 11]).varint().is_err());
        assert!(
            BytesReader::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2])
                .varint()
                .is_err()
        );
        assert!(BytesReader::new(&[5, b'a']).text().is_err());
        assert!(BytesReader::new(&[1, 0xff]).text().is_err());
        assert!(BytesReader::new(&[0xff, 0xff, 0xff, 0xff, 0x7f]).count().is_err());
    }
}
