//! How many entries a push has, counted before it is decoded.
//!
//! An empty sample is two bytes on the wire and some fifty in memory, so that a limit on bytes does not bound what a
//! message takes when it is decoded.

use bytes::Buf;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use super::connect::{CallError, Code, Codec};

/// The most series, labels and samples of one push, added up.
///
/// A profiler sends some tens, an agent for a whole machine some thousands.
const MAX_ENTRIES: usize = 1 << 17;

/// The fields of `push.v1.PushRequest` and of `push.v1.RawProfileSeries` that are repeated.
const SERIES: u32 = 1;
const LABELS: u32 = 1;
const SAMPLES: u32 = 2;

/// Checks how many entries a push has. Errors: too many. What cannot be read is for the decoder to say.
/// Cost: looks at the field headers of protobuf, at every byte of JSON; takes no memory.
pub(crate) fn check_entries(body: &[u8], codec: Codec) -> Result<(), CallError> {
    let count = match codec {
        Codec::Proto => count_entries(body),
        // Every entry is an object; braces within texts count too, of which labels have few.
        Codec::Json => body.iter().filter(|byte| **byte == b'{').count(),
    };
    if count <= MAX_ENTRIES {
        return Ok(());
    }
    let message = format!(
        "the push has more than {MAX_ENTRIES} series, labels and samples together; send it in parts"
    );
    Err(CallError::new(Code::ResourceExhausted, message))
}

fn count_entries(push: &[u8]) -> usize {
    let mut count = 0;
    for_each_message(push, &mut |field, series| {
        if field == SERIES {
            count += 1;
            for_each_message(series, &mut |field, _| {
                count += usize::from(field == LABELS || field == SAMPLES);
            });
        }
    });
    count
}

/// Hands over every field that has a length, as far as the bytes can be read: nothing is decoded beyond that.
fn for_each_message(body: &[u8], take: &mut dyn FnMut(u32, &[u8])) {
    let mut rest = body;
    while rest.has_remaining() {
        let Ok((field, wire_type)) = decode_key(&mut rest) else { return };
        if wire_type == WireType::LengthDelimited {
            let Ok(length) = decode_varint(&mut rest) else { return };
            // A message that is cut off is decoded as far as it goes.
            let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
            let (message, after) = rest.split_at(length);
            take(field, message);
            rest = after;
        } else if skip_field(wire_type, field, &mut rest, DecodeContext::default()).is_err() {
            return;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use prost::Message;
    use pyroscope_api::push::v1::{PushRequest, RawProfileSeries, RawSample};
    use pyroscope_api::types::v1::LabelPair;

    use super::*;

    /// One series with a label and samples, `entries` together.
    fn push(entries: usize) -> PushRequest {
        let labels = vec![LabelPair { name: "a".to_owned(), value: "{\"}".to_owned() }];
        let samples = vec![RawSample::default(); entries - 2];
        let series = RawProfileSeries { labels, samples, ..RawProfileSeries::default() };
        PushRequest { series: vec![series] }
    }

    #[test]
    fn as_many_entries_as_allowed_are_taken_and_not_one_more() {
        // The brace in the label's value counts in JSON, and so do those of the request.
        for (codec, beside) in [(Codec::Proto, 0), (Codec::Json, 2)] {
            let bytes = |push: PushRequest| match codec {
                Codec::Proto => push.encode_to_vec(),
                Codec::Json => serde_json::to_vec(&push).unwrap(),
            };
            let most = bytes(push(MAX_ENTRIES - beside));
            assert_eq!(check_entries(&most, codec), Ok(()));
            let more = bytes(push(MAX_ENTRIES - beside + 1));
            let error = check_entries(&more, codec).unwrap_err();
            assert_eq!(error.code, Code::ResourceExhausted);
            assert!(error.message.contains("131072"), "{error}");
        }
    }

    #[test]
    fn entries_before_bytes_that_cannot_be_read_count() {
        let whole = push(MAX_ENTRIES + 1).encode_to_vec();
        let cut_off = &whole[..whole.len() - 1];
        assert_eq!(check_entries(&cut_off[..cut_off.len() / 2], Codec::Proto), Ok(()));
        assert!(check_entries(&whole, Codec::Proto).is_err());
        let two_series: Vec<u8> = (0..=MAX_ENTRIES).flat_map(|_| [0x0a, 0]).chain([0xff]).collect();
        assert!(check_entries(&two_series, Codec::Proto).is_err());
    }
}
