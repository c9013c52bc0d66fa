//! One call tree from those of the parts of a window.

use profile::{Tree, TreeError, TreeMerger};
use query::{SourceNotice, TreeResponse};
use upstream_http::Fault;

/// A tree of a part of the window.
#[derive(Debug)]
pub(crate) struct TreePart {
    pub(crate) tree: Tree,
    pub(crate) may_be_truncated: bool,
    pub(crate) wire_bytes: u64,
    pub(crate) notices: Vec<SourceNotice>,
}

/// The parts so far. Each is merged when it comes and let go of: there may be hundreds.
#[derive(Debug, Default)]
pub(crate) struct JoinedTree {
    /// The first part, which stays as it came where it is the only one.
    only: Option<Tree>,
    merger: TreeMerger,
    pub(crate) may_be_truncated: bool,
    missing_at_most: i64,
    wire_bytes: u64,
    notices: Vec<SourceNotice>,
    parts: usize,
}

impl JoinedTree {
    /// With one more part.
    ///
    /// Errors: the values do not fit into one tree.
    pub(crate) async fn add(mut self, part: TreePart) -> Result<Self, Fault> {
        let TreePart { tree, may_be_truncated, wire_bytes, notices } = part;
        if may_be_truncated {
            self.may_be_truncated = true;
            self.missing_at_most = self.missing_at_most.saturating_add(folded_away(&tree));
        }
        self.wire_bytes = self.wire_bytes.saturating_add(wire_bytes);
        for notice in notices {
            if !self.notices.contains(&notice) {
                self.notices.push(notice);
            }
        }
        self.parts += 1;
        if self.parts == 1 {
            self.only = Some(tree);
            return Ok(self);
        }
        let (first, mut merger) = (self.only.take(), std::mem::take(&mut self.merger));
        self.merger = beside_the_network(move || {
            for tree in first.iter().chain([&tree]) {
                merger.add(tree)?;
            }
            Ok(merger)
        })
        .await?;
        Ok(self)
    }

    /// The whole tree, with these notices before those of the parts.
    ///
    /// Errors: the values do not fit into one tree.
    pub(crate) async fn finish(
        self,
        mut notices: Vec<SourceNotice>,
    ) -> Result<TreeResponse, Fault> {
        let Self { only, merger, may_be_truncated, missing_at_most, wire_bytes, .. } = self;
        notices.extend(self.notices);
        let tree = match only {
            Some(tree) => tree,
            None => {
                if missing_at_most > 0 {
                    notices.push(SourceNotice::LowerBounds { missing_at_most });
                }
                beside_the_network(move || merger.finish()).await?
            }
        };
        Ok(TreeResponse { tree, may_be_truncated, call: "", wire_bytes, notices })
    }
}

/// Merges beside the threads that wait for the network.
async fn beside_the_network<T: Send + 'static>(
    merge: impl FnOnce() -> Result<T, TreeError> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(merge)
        .await
        .map_err(|_| Fault::nonsense("merging the parts of the window failed"))?
        .map_err(|problem| Fault::nonsense(format!("merging the parts: {problem}")))
}

/// How much of a tree's value stands for nodes that were folded away.
fn folded_away(tree: &Tree) -> i64 {
    let folded = tree.truncated().iter().map(|node| tree.total_value(*node));
    folded.fold(0, i64::saturating_add)
}
