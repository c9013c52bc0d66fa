//! Puts what benches found into `docs/performance.md`, between comments that mark the place.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::ground;

/// A part of the document that is generated.
#[derive(Clone, Copy)]
pub(crate) enum Section {
    /// The panel beside other flame graphs.
    Panel,
    /// The crates.
    Crates,
}

impl Section {
    fn name(self) -> &'static str {
        match self {
            Self::Panel => "the panel",
            Self::Crates => "the crates",
        }
    }
}

/// Puts a text between a section's marks.
pub(crate) fn write(section: Section, text: &str) -> Result<()> {
    let path = ground::root().join("docs/performance.md");
    let document = std::fs::read_to_string(&path)?;
    std::fs::write(&path, with_section(&document, section.name(), text)?)?;
    println!("docs/performance.md has the figures of {}", section.name());
    Ok(())
}

fn with_section(document: &str, name: &str, text: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- begin: {name} -->"), format!("<!-- end: {name} -->"));
    let missing = || format!("docs/performance.md has no {begin:?} before a {end:?}");
    let (before, rest) = document.split_once(&begin).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    Ok(format!("{before}{begin}\n\n{}\n\n{end}{after}", text.trim()))
}

/// Rows of the panel's table, in the order in which they happen.
const MEASURES: [&str; 14] = [
    "mount",
    "first paint",
    "zoom",
    "back",
    "wheel step",
    "wheel zoom",
    "pan",
    "hover, per move",
    "search",
    "table opened",
    "table sorted",
    "refresh",
    "memory kept, MB",
    "of it wasm, MB",
];

/// Who is measured, ourselves first.
const SUBJECTS: [&str; 5] = [
    "Fireline, graph",
    "@grafana/flamegraph, graph",
    "Fireline, both",
    "@grafana/flamegraph, both",
    "speedscope",
];

/// The tables of the panel: one for each size.
pub(crate) fn of_panel(report: &Value) -> Result<String> {
    let text = |key: &str| report[key].as_str().unwrap_or("?").to_owned();
    let number = |key: &str| report[key].as_f64().unwrap_or_default();
    let mut page = format!(
        "Measured on {}: {} cores, headless Chromium {}, load {:.1} at the start, medians of {}.\n",
        text("date"),
        number("cores"),
        text("browser"),
        number("load"),
        number("runs"),
    );
    let sizes = report["sizes"].as_object().context("the panel's report has no sizes")?;
    let mut sizes: Vec<(u64, &Value)> = sizes
        .iter()
        .map(|(nodes, results)| Ok((nodes.parse()?, results)))
        .collect::<Result<_>>()?;
    sizes.sort_by_key(|(nodes, _)| *nodes);
    for (nodes, results) in sizes {
        let there: Vec<&str> =
            SUBJECTS.into_iter().filter(|name| !results[name].is_null()).collect();
        write!(page, "\n| {nodes} nodes | {} |\n|---|", there.join(" | "))?;
        page.push_str(&"---|".repeat(there.len()));
        page.push('\n');
        for measure in MEASURES {
            let cells: Vec<String> =
                there.iter().map(|name| cell(&results[name], measure)).collect();
            if cells.iter().any(|cell| cell != NOTHING) {
                writeln!(page, "| {measure} | {} |", cells.join(" | "))?;
            }
        }
    }
    Ok(page)
}

const NOTHING: &str = "–";

fn cell(result: &Value, measure: &str) -> String {
    if result.is_string() {
        return "failed".to_owned();
    }
    let value = &result[measure];
    match (value.as_f64(), value["cpu"].as_f64(), value["clock"].as_f64()) {
        (Some(number), ..) | (None, Some(number), None) => number.to_string(),
        (None, Some(cpu), Some(clock)) => format!("{cpu} ({clock})"),
        _ => NOTHING.to_owned(),
    }
}

/// Where criterion keeps what it found.
pub(crate) fn criterion_folder() -> PathBuf {
    ground::target().join("criterion")
}

/// The table of the crates: what criterion's last run found for each bench.
pub(crate) fn of_crates() -> Result<String> {
    let mut medians = BTreeMap::new();
    read_estimates(&criterion_folder(), &mut medians)?;
    ensure!(!medians.is_empty(), "criterion left nothing in {}", criterion_folder().display());
    let mut page = String::from("| bench | median |\n|---|---|\n");
    for (name, nanos) in medians {
        writeln!(page, "| {name} | {} |", duration(nanos))?;
    }
    Ok(page)
}

/// Adds the median of every bench below a folder, by the bench's name.
fn read_estimates(folder: &Path, medians: &mut BTreeMap<String, f64>) -> Result<()> {
    let json = |name: &str| -> Result<Value> {
        Ok(serde_json::from_slice(&std::fs::read(folder.join("new").join(name))?)?)
    };
    if folder.join("new/estimates.json").is_file() {
        let name = json("benchmark.json")?["full_id"].as_str().unwrap_or("?").to_owned();
        let median = json("estimates.json")?["median"]["point_estimate"].as_f64();
        medians.insert(name, median.unwrap_or_default());
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_estimates(&path, medians)?;
        }
    }
    Ok(())
}

fn duration(nanos: f64) -> String {
    match nanos {
        1e6.. => format!("{:.1} ms", nanos / 1e6),
        1e3.. => format!("{:.1} µs", nanos / 1e3),
        _ => format!("{nanos:.0} ns"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_section_is_replaced_and_nothing_else() {
        let document = "a\n<!-- begin: x -->\nold\n<!-- end: x -->\nb\n";
        let expected = "a\n<!-- begin: x -->\n\nnew\n\n<!-- end: x -->\nb\n";
        assert_eq!(with_section(document, "x", "new\n").unwrap(), expected);
        assert!(with_section(document, "y", "new").is_err());
    }

    #[test]
    fn sizes_are_in_order_and_failures_are_told() {
        let report = json!({
            "date": "2026-01-02", "cores": 2, "browser": "150", "load": 0.5, "runs": 3,
            "sizes": {
                "1000000": { "Fireline, graph": { "zoom": { "cpu": 2.5 } }, "speedscope": "failed: x" },
                "20000": { "Fireline, graph": { "zoom": { "cpu": 1, "clock": 3 }, "memory kept, MB": 4 } },
            },
        });
        let page = of_panel(&report).unwrap();
        let expected = "\
Measured on 2026-01-02: 2 cores, headless Chromium 150, load 0.5 at the start, medians of 3.

| 20000 nodes | Fireline, graph |
|---|---|
| zoom | 1 (3) |
| memory kept, MB | 4 |
";
        assert!(page.starts_with(expected), "{page}");
        assert!(page.contains("| zoom | 2.5 | failed |"), "{page}");
    }
}
