//! Call trees from a server's bytes.

use profile::{Tree, TreeBuilder};
use pyroscope_api::querier::v1::FlameGraph;

/// Reads TREE bytes.
pub(crate) fn decode_tree(bytes: &[u8]) -> Result<Tree, String> {
    let mut builder = TreeBuilder::new();
    let mut rest = bytes;
    let mut left = vec![1_u64];
    while rest.len() > 1 && !left.is_empty() {
        let depth = left.len() as u32 - 1;
        let length = varint(&mut rest)? as usize;
        if length > rest.len() {
            return Err("name past the end".to_owned());
        }
        let (name, after) = rest.split_at(length);
        rest = after;
        let self_value = varint(&mut rest)? as i64;
        let children = varint(&mut rest)?;
        if depth == 0 {
            builder.add_root_self(self_value).map_err(|e| e.to_string())?;
        } else {
            let function = builder.intern(&String::from_utf8_lossy(name));
            let node = builder.push(depth, function, self_value).map_err(|e| e.to_string())?;
            if name == b"other" && children == 0 {
                builder.mark_truncated(node);
            }
        }
        *left.last_mut().expect("checked by the loop") -= 1;
        left.push(children);
        while left.last() == Some(&0) {
            left.pop();
        }
    }
    if !left.is_empty() && !bytes.is_empty() {
        return Err("ends early".to_owned());
    }
    builder.finish().map_err(|e| e.to_string())
}

fn varint(rest: &mut &[u8]) -> Result<u64, String> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, after) = rest.split_first().ok_or("ends early")?;
        *rest = after;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("number too long".to_owned())
}

/// Reads levels.
pub(crate) fn decode_levels(flamegraph: &FlameGraph) -> Result<Tree, String> {
    let mut levels: Vec<Vec<(i64, i64, i64, usize)>> = Vec::new();
    for level in &flamegraph.levels {
        let mut end = 0;
        let mut nodes = Vec::new();
        for quad in level.values.chunks_exact(4) {
            let x = end + quad[0];
            end = x + quad[1];
            nodes.push((x, quad[1], quad[2], quad[3] as usize));
        }
        levels.push(nodes);
    }
    let mut builder = TreeBuilder::new();
    let mut cursors = vec![0; levels.len()];
    let mut open = vec![(0, i64::MAX)];
    while let Some(&(_, end)) = open.last() {
        let depth = open.len();
        let next = levels.get(depth).and_then(|l| l.get(cursors[depth])).filter(|n| n.0 < end);
        match next {
            None => {
                open.pop();
            }
            Some(&(x, total, self_value, name)) => {
                cursors[depth] += 1;
                let name = flamegraph.names.get(name).ok_or("no such name")?;
                let function = builder.intern(name);
                let node =
                    builder.push(depth as u32, function, self_value).map_err(|e| e.to_string())?;
                if name == "other" {
                    builder.mark_truncated(node);
                }
                open.push((x, x + total));
            }
        }
    }
    builder.finish().map_err(|e| e.to_string())
}
