//! Integers of variable length: seven bits a byte, low bits first.

/// Why bytes are not a varint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VarintError {
    /// The bytes end within it.
    Truncated,
    /// It has more than 64 bits.
    TooLong,
}

/// Takes a varint off the front of `bytes`, which it shortens.
#[inline]
pub(crate) fn read_varint(bytes: &mut &[u8]) -> Result<u64, VarintError> {
    if let [byte, rest @ ..] = *bytes
        && *byte < 0x80
    {
        *bytes = rest;
        return Ok(u64::from(*byte));
    }
    read_long_varint(bytes)
}

fn read_long_varint(bytes: &mut &[u8]) -> Result<u64, VarintError> {
    let mut value = 0_u64;
    for (position, byte) in bytes.iter().take(10).enumerate() {
        let bits = u64::from(byte & 0x7f);
        // The tenth byte holds only the 64th bit.
        if position == 9 && *byte > 1 {
            return Err(VarintError::TooLong);
        }
        value |= bits << (7 * position);
        if byte & 0x80 == 0 {
            *bytes = &bytes[position + 1..];
            return Ok(value);
        }
    }
    Err(if bytes.len() < 10 { VarintError::Truncated } else { VarintError::TooLong })
}

/// Appends `value` as a varint.
pub(crate) fn write_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_reads_back() {
        for shift in 0..64 {
            for value in [1_u64 << shift, (1_u64 << shift) - 1, u64::MAX >> shift] {
                let mut bytes = Vec::new();
                write_varint(&mut bytes, value);
                bytes.push(7);
                let mut rest = bytes.as_slice();
                assert_eq!(read_varint(&mut rest), Ok(value));
                assert_eq!(rest, [7]);
            }
        }
    }

    #[test]
    fn a_cut_varint_is_told_from_one_that_is_too_long() {
        assert_eq!(read_varint(&mut [].as_slice()), Err(VarintError::Truncated));
        assert_eq!(read_varint(&mut [0x80; 9].as_slice()), Err(VarintError::Truncated));
        assert_eq!(read_varint(&mut [0x80; 10].as_slice()), Err(VarintError::TooLong));
        let mut too_big = [0xff; 10];
        too_big[9] = 2;
        assert_eq!(read_varint(&mut too_big.as_slice()), Err(VarintError::TooLong));
    }
}
