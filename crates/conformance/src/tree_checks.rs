//! What must hold of trees.

use std::collections::BTreeMap;

use profile::{NodeIdx, Tree};
use query::{NodeLimit, ProfileSource, TreeRequest, Window};

use crate::failure::{Outcome, Reason, expect, expect_equal};
use crate::label_selection::{of_nothing, with_label};
use crate::subject::{Subject, Truncation};

const ROOT: NodeIdx = NodeIdx(0);

async fn whole_tree(source: &impl ProfileSource, request: &TreeRequest) -> Result<Tree, Reason> {
    let response = source.tree(request).await?;
    expect(!response.may_be_truncated && response.tree.truncated().is_empty(), || {
        "a tree of all nodes is said to be cut".to_owned()
    })?;
    Ok(response.tree)
}

/// Self values by path of function names; nodes with the same path are one.
fn self_values(tree: &Tree) -> BTreeMap<Vec<&str>, i64> {
    let mut by_path = BTreeMap::new();
    for (path, node) in paths(tree) {
        if tree.self_value(node) != 0 {
            *by_path.entry(path).or_insert(0) += tree.self_value(node);
        }
    }
    by_path
}

/// Every node with the names that lead to it from below the root.
fn paths(tree: &Tree) -> impl Iterator<Item = (Vec<&str>, NodeIdx)> {
    let mut path = Vec::new();
    (0..).map(NodeIdx).take(tree.node_count()).map(move |node| {
        path.truncate((tree.depth(node) as usize).saturating_sub(1));
        if node != ROOT {
            path.push(tree.name(node));
        }
        (path.clone(), node)
    })
}

fn add_to<'a>(sum: &mut BTreeMap<Vec<&'a str>, i64>, values: BTreeMap<Vec<&'a str>, i64>) {
    for (path, value) in values {
        *sum.entry(path).or_insert(0) += value;
    }
}

pub(crate) async fn adds_up(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let tree = whole_tree(source, &subject.tree()).await?;
    expect(tree.total_value(ROOT) > 0, || "the subject has no samples".to_owned())?;
    for (path, node) in paths(&tree) {
        let below: i64 = tree.children(node).map(|child| tree.total_value(child)).sum();
        let sum = tree.self_value(node) + below;
        expect_equal(&format!("total of {path:?}"), &tree.total_value(node), &sum)?;
        expect(tree.self_value(node) >= 0, || format!("{path:?} has a negative value"))?;
        let mut names: Vec<&str> = tree.children(node).map(|child| tree.name(child)).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        expect(names.len() == count, || format!("{path:?} has two children of one name"))?;
    }
    Ok(())
}

pub(crate) async fn cut(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let whole = whole_tree(source, &subject.tree()).await?;
    let totals: BTreeMap<Vec<&str>, i64> =
        paths(&whole).map(|(path, node)| (path, whole.total_value(node))).collect();
    for max_nodes in [2, 16] {
        let request = TreeRequest { max_nodes: NodeLimit::from_query(max_nodes), ..subject.tree() };
        let response = source.tree(&request).await?;
        let cut = &response.tree;
        expect_equal("the total", &cut.total_value(ROOT), &whole.total_value(ROOT))?;
        expect(response.may_be_truncated && cut.node_count() < whole.node_count(), || {
            format!("{} nodes of {} for {max_nodes}", cut.node_count(), whole.node_count())
        })?;
        for (path, node) in paths(cut) {
            if cut.truncated().contains(&node) {
                continue;
            }
            let (found, expected) = (cut.total_value(node), totals.get(&path).copied());
            let holds = match subject.truncation {
                Truncation::Exact => Some(found) == expected,
                Truncation::LowerBounds => expected.is_some_and(|expected| found <= expected),
            };
            expect(holds, || format!("{path:?} has {found}, and {expected:?} in the whole tree"))?;
        }
    }
    Ok(())
}

pub(crate) async fn call_sites(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let whole = whole_tree(source, &subject.tree()).await?;
    // Along the heaviest path, and one call site that nobody has.
    let mut node = ROOT;
    let mut call_site = Vec::new();
    while let Some(child) = whole.children(node).max_by_key(|child| whole.total_value(*child)) {
        call_site.push(whole.name(child).to_owned());
        let request = TreeRequest { call_site: call_site.clone(), ..subject.tree() };
        let tree = whole_tree(source, &request).await?;
        let names: Vec<&str> = call_site.iter().map(String::as_str).collect();
        let expected: BTreeMap<Vec<&str>, i64> =
            self_values(&whole).into_iter().filter(|(path, _)| path.starts_with(&names)).collect();
        let found = self_values(&tree);
        expect(found == expected, || {
            let (found, expected) = (found.len(), expected.len());
            format!("below {names:?}: {found} stack traces found, {expected} expected, or others")
        })?;
        if call_site.len() == 4 {
            break;
        }
        node = child;
    }
    call_site.push("a function that nobody has, by agreement".to_owned());
    let request = TreeRequest { call_site, ..subject.tree() };
    expect_equal("an unknown call site", &total(source, &request).await?, &0)
}

pub(crate) async fn labels(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let name = &subject.group_by;
    let values = source.label_values(name, &subject.metadata()).await?;
    expect(values.len() > 1, || format!("label {name:?} has the values {values:?}"))?;
    let mut trees = Vec::new();
    for value in values.iter().map(String::as_str).chain([""]) {
        let selector = with_label(&subject.selector, name, value);
        trees.push(whole_tree(source, &TreeRequest { selector, ..subject.tree() }).await?);
    }
    expect_sum(&trees, &whole_tree(source, &subject.tree()).await?)
}

pub(crate) async fn windows(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let Window { start_millis, end_millis } = subject.tree().window;
    let middle = start_millis + (end_millis - start_millis) / 3;
    let mut trees = Vec::new();
    for (start_millis, end_millis) in [(start_millis, middle), (middle + 1, end_millis)] {
        let window = Window { start_millis, end_millis };
        trees.push(whole_tree(source, &TreeRequest { window, ..subject.tree() }).await?);
    }
    expect_sum(&trees, &whole_tree(source, &subject.tree()).await?)
}

fn expect_sum(parts: &[Tree], whole: &Tree) -> Outcome {
    let mut sum = BTreeMap::new();
    for part in parts {
        add_to(&mut sum, self_values(part));
    }
    let expected = self_values(whole);
    expect(sum == expected, || {
        let total = sum.values().sum::<i64>();
        format!("the parts have {total}, expected {}, or others", whole.total_value(ROOT))
    })
}

pub(crate) async fn nothing(source: &impl ProfileSource, subject: &Subject) -> Outcome {
    let selector = of_nothing(&subject.selector);
    let absent = "ffffffffffffffff";
    let mut other_type = subject.profile_type.clone();
    other_type.sample_type.push_str("_of_nobody");
    for request in [
        TreeRequest { selector, ..subject.tree() },
        TreeRequest { span_ids: vec![absent.to_owned()], ..subject.tree() },
        TreeRequest { trace_ids: vec![absent.repeat(2)], ..subject.tree() },
        TreeRequest { profile_type: other_type, ..subject.tree() },
    ] {
        let tree = whole_tree(source, &request).await?;
        expect(tree.is_empty(), || format!("{request:?} has {}", tree.total_value(ROOT)))?;
    }
    Ok(())
}

/// The total of a tree.
pub(crate) async fn total(
    source: &impl ProfileSource,
    request: &TreeRequest,
) -> Result<i64, Reason> {
    Ok(source.tree(request).await?.tree.total_value(ROOT))
}
