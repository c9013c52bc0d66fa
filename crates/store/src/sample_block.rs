//! The samples of one label set of one pushed profile, as bytes.
//!
//! Column 0 has stack traces and links, columns 1… the values of one sample type each; all have
//! one entry per sample, so that a query reads the types that it wants and no others.

use std::collections::BTreeMap;

use crate::bytes::{BytesError, BytesReader, put_varint};

/// The span and trace in which a sample was taken. 0: not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Link {
    pub(crate) span_id: u64,
    pub(crate) trace_id: u128,
}

/// Samples before they are written: stack trace and link, and one value per sample type.
///
/// Shape: samples with the same stack trace and link are one; values add up, saturating.
#[derive(Debug, Default)]
pub(crate) struct BlockBuilder {
    values_by_sample: BTreeMap<(u32, Link), Vec<i64>>,
}

impl BlockBuilder {
    pub(crate) fn add(&mut self, stack: u32, link: Link, values: impl Iterator<Item = i64>) {
        match self.values_by_sample.entry((stack, link)) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(values.collect());
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                for (sum, value) in entry.get_mut().iter_mut().zip(values) {
                    *sum = sum.saturating_add(value);
                }
            }
        }
    }

    pub(crate) fn sample_count(&self) -> usize {
        self.values_by_sample.len()
    }

    /// Whether a sample has a span or trace.
    pub(crate) fn has_links(&self) -> bool {
        self.values_by_sample.keys().any(|(_, link)| *link != Link::default())
    }

    /// The sum of a sample type over all samples, saturating.
    pub(crate) fn total(&self, sample_type: usize) -> i64 {
        let values = self.values_by_sample.values().map(|values| values[sample_type]);
        values.fold(0, i64::saturating_add)
    }

    /// Column 0.
    pub(crate) fn stack_column(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.sample_count() * 2 + 8);
        put_varint(&mut out, self.sample_count() as u64);
        let mut before = 0;
        for (stack, _) in self.values_by_sample.keys() {
            put_varint(&mut out, u64::from(stack - before));
            before = *stack;
        }
        let mut idx_by_link = BTreeMap::from([(Link::default(), 0)]);
        let mut links = Vec::new();
        for (_, link) in self.values_by_sample.keys() {
            idx_by_link.entry(*link).or_insert_with(|| {
                links.push(*link);
                links.len() as u64
            });
        }
        put_varint(&mut out, links.len() as u64);
        if links.is_empty() {
            return out;
        }
        for link in &links {
            out.extend_from_slice(&link.span_id.to_le_bytes());
            out.extend_from_slice(&link.trace_id.to_le_bytes());
        }
        for (_, link) in self.values_by_sample.keys() {
            put_varint(&mut out, idx_by_link[link]);
        }
        out
    }

    /// Column `1 + sample_type`.
    pub(crate) fn value_column(&self, sample_type: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.sample_count() * 4);
        for values in self.values_by_sample.values() {
            put_varint(&mut out, values[sample_type].cast_unsigned());
        }
        out
    }
}

/// Column 0, read back.
#[derive(Debug, Clone, Default)]
pub(crate) struct StackColumn {
    /// The stack trace of each sample, ascending.
    pub(crate) stacks: Vec<u32>,
    /// The distinct links; entry 0 is "none".
    pub(crate) links: Vec<Link>,
    /// The position in `links` for each sample. Empty: no sample has a link.
    pub(crate) link_by_sample: Vec<u32>,
}

impl StackColumn {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, BytesError> {
        let mut reader = BytesReader::new(bytes);
        let count = reader.count()?;
        let mut stacks = Vec::with_capacity(count);
        let mut before = 0_u32;
        for _ in 0..count {
            let delta = reader.varint_u32()?;
            before = before.checked_add(delta).ok_or_else(|| reader.error("stack above 2^32"))?;
            stacks.push(before);
        }
        let link_count = reader.count()?;
        let mut links = Vec::with_capacity(link_count + 1);
        links.push(Link::default());
        for _ in 0..link_count {
            links.push(Link {
                span_id: u64::from_le_bytes(reader.array()?),
                trace_id: u128::from_le_bytes(reader.array()?),
            });
        }
        let mut link_by_sample = Vec::new();
        if link_count > 0 {
            link_by_sample.reserve(count);
            for _ in 0..count {
                let link = reader.varint_u32()?;
                if link as usize >= links.len() {
                    return Err(reader.error("link past the end"));
                }
                link_by_sample.push(link);
            }
        }
        Ok(Self { stacks, links, link_by_sample })
    }

    /// The link that all samples have. None: they differ, or there is none.
    pub(crate) fn only_link(&self) -> Option<Link> {
        let (first, others) = self.link_by_sample.split_first()?;
        others.iter().all(|link| link == first).then(|| self.link(0))
    }

    /// The link of a sample.
    pub(crate) fn link(&self, sample: usize) -> Link {
        self.link_by_sample.get(sample).map_or(Link::default(), |idx| self.links[*idx as usize])
    }
}

/// Reads a value column of as many samples.
pub(crate) fn read_value_column(bytes: &[u8], count: usize) -> Result<Vec<i64>, BytesError> {
    let mut reader = BytesReader::new(bytes);
    if count > reader.remaining() {
        return Err(reader.error("fewer values than samples"));
    }
    (0..count).map(|_| reader.varint().map(u64::cast_signed)).collect()
}

#[cfg(test)]
mod tests {
    use super::{BlockBuilder, Link, StackColumn, read_value_column};

    #[test]
    fn a_block_comes_back_with_equal_samples_added_up() {
        let link = Link { span_id: 7, trace_id: 9 << 100 };
        let mut block = BlockBuilder::default();
        block.add(900, Link::default(), [1, i64::MAX].into_iter());
        block.add(3, link, [10, 0].into_iter());
        block.add(900, Link::default(), [2, 5].into_iter());
        block.add(3, Link::default(), [100, 1].into_iter());
        assert_eq!(block.total(0), 113);
        assert_eq!(block.total(1), i64::MAX);

        let column = StackColumn::read(&block.stack_column()).unwrap();
        assert_eq!(column.stacks, [3, 3, 900]);
        let links: Vec<Link> = (0..3).map(|sample| column.link(sample)).collect();
        assert_eq!(links, [Link::default(), link, Link::default()]);
        assert_eq!(read_value_column(&block.value_column(0), 3), Ok(vec![100, 10, 3]));
        assert_eq!(read_value_column(&block.value_column(1), 3), Ok(vec![1, 0, i64::MAX]));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let mut block = BlockBuilder::default();
        for stack in 0..20 {
            let link = Link { span_id: stack.into(), trace_id: 1 };
            block.add(stack * 300, link, [i64::from(stack)].into_iter());
        }
        let bytes = block.stack_column();
        for end in 0..bytes.len() {
            assert!(StackColumn::read(&bytes[..end]).is_err());
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            if let Ok(column) = StackColumn::read(&damaged) {
                (0..column.stacks.len() + 1).for_each(|sample| {
                    column.link(sample);
                });
            }
        }
        assert!(read_value_column(&[1, 2], 3).is_err());
        assert!(read_value_column(&[0x80], 1).is_err());
    }
}
