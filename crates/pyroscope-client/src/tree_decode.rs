//! Call trees from a server's answer, in the form that it chose.

use bytes::Bytes;
use profile::Tree;
use profile_codec::levels::Levels;
use profile_codec::{Decoded, levels, tree};
use pyroscope_api::querier::v1::FlameGraph;
use query::SourceNotice;

use upstream_http::Fault;

/// A tree, and what could not be taken as it stood.
#[derive(Debug)]
pub(crate) struct DecodedTree {
    /// The tree.
    pub(crate) tree: Tree,
    /// What could not be taken as it stood. Empty: nothing.
    pub(crate) notices: Vec<SourceNotice>,
}

/// The tree of an answer to `what`: a server in transition sends both forms, an old one levels
/// whatever was asked for, and one without data neither.
pub(crate) fn decode(
    what: &str,
    tree: &Bytes,
    flame_graph: Option<FlameGraph>,
) -> Result<DecodedTree, Fault> {
    match flame_graph {
        Some(flame_graph) if tree.is_empty() => {
            let FlameGraph { names, levels, total, max_self } = flame_graph;
            let levels = levels.into_iter().map(|level| level.values).collect();
            taken(what, levels::decode(&Levels { names, levels, total, max_self }))
        }
        _ => taken(what, tree::decode(tree)),
    }
}

fn taken<W: ToString, E: ToString>(
    what: &str,
    decoded: Result<Decoded<Tree, W>, E>,
) -> Result<DecodedTree, Fault> {
    match decoded {
        Ok(Decoded { value: tree, warnings }) => {
            let notice = |warning: W| SourceNotice::Flawed { problem: warning.to_string() };
            Ok(DecodedTree { tree, notices: warnings.into_iter().map(notice).collect() })
        }
        Err(problem) => {
            let problem = problem.to_string();
            Err(Fault::nonsense(format!("{what}: reading the tree: {problem}")))
        }
    }
}
