//! Names and values that a person may have meant.

/// At most so many are offered.
const OFFERED: usize = 5;

/// Those of the names that are most like the wanted one, the most like first; none that is altogether different.
/// Cost: names × length²; names beyond the first ten thousand are not compared.
#[must_use]
pub fn similar_to(wanted: &str, names: &[String]) -> Vec<String> {
    let folded = wanted.to_lowercase();
    let likeness = |name: &String| {
        let name = name.to_lowercase();
        let contained = !folded.is_empty() && (name.contains(&folded) || folded.contains(&name));
        strsim::jaro_winkler(&folded, &name) + if contained { 1.0 } else { 0.0 }
    };
    let mut ranked: Vec<(f64, &String)> = names
        .iter()
        .take(10_000)
        .filter(|name| !name.is_empty() && !name.starts_with("__"))
        .map(|name| (likeness(name), name))
        .filter(|(likeness, _)| *likeness > 0.7)
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    ranked.into_iter().take(OFFERED).map(|(_, name)| name.clone()).collect()
}
