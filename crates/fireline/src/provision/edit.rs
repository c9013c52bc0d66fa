//! Adding to a provisioning file without touching what people wrote: lines come in, none goes.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::folder::SourceFile;
use super::generate::{Addition, setting_line};
use super::yaml::Document;
use super::yaml_text::correlation_items;

/// Lines that come in behind a line.
struct Insertion {
    /// How many lines stand before.
    after: usize,
    text: String,
}

/// A file with additions to its data sources.
/// Errors: one of them is written in braces, where no lines can be added.
pub(super) fn edited(file: &SourceFile, additions: &[&Addition]) -> Result<String> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut insertions: Vec<Insertion> =
        additions.iter().flat_map(|addition| insertions(file, &lines, addition)).collect();
    // From the last, so that the numbers of the lines before stay what they are.
    insertions.sort_by_key(|insertion| std::cmp::Reverse(insertion.after));
    let mut edited: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    for insertion in insertions {
        let after = insertion.after.min(edited.len());
        edited.insert(after, insertion.text.trim_end().to_owned());
    }
    let text = edited.join("\n") + "\n";
    ensure!(
        is_as_meant(file, &text, additions),
        "{} has a data source in braces or of an unusual shape, expected block style; add by hand what is printed without --write",
        file.shown
    );
    Ok(text)
}

fn insertions(file: &SourceFile, lines: &[&str], addition: &Addition) -> Vec<Insertion> {
    let above = format!("/datasources/{}", addition.at);
    let place = |pointer: &str| file.document.place(&format!("{above}{pointer}"));
    let has = |pointer: &str| file.document.value.pointer(&format!("{above}{pointer}"));
    // The first line of the data source has its name, and all its keys stand below each other.
    let (Some(entry), Some(key)) = (place(""), place("/name")) else { return Vec::new() };
    let end = end_of_block(lines, entry.line, key.column);
    let keys = " ".repeat(key.column);
    let mut insertions = Vec::new();
    if let Some(setting) = &addition.traces_to_profiles {
        let line = setting_line(setting);
        let first = has("/jsonData").and_then(Value::as_object).and_then(|fields| {
            fields
                .keys()
                .filter_map(|name| place(&format!("/jsonData/{name}")))
                .min_by_key(|at| at.line)
        });
        insertions.push(match first {
            Some(first) => Insertion {
                after: first.line - 1,
                text: format!("{}{line}", " ".repeat(first.column)),
            },
            None => Insertion { after: end, text: format!("{keys}jsonData:\n{keys}  {line}") },
        });
    }
    if !addition.correlations.is_empty() {
        let listed = has("/correlations").and_then(Value::as_array);
        insertions.push(match (listed, place("/correlations"), place("/correlations/0")) {
            (Some(listed), Some(key), Some(first)) if !listed.is_empty() => {
                let dash = lines.get(first.line - 1).map_or(0, |line| indent_of(line));
                Insertion {
                    after: end_of_list(lines, key.line, dash),
                    text: correlation_items(&addition.correlations, dash),
                }
            }
            _ => Insertion {
                after: end,
                text: format!(
                    "{keys}correlations:\n{}",
                    correlation_items(&addition.correlations, key.column + 2)
                ),
            },
        });
    }
    insertions
}

/// How many lines stand up to the end of a block that begins on a line and whose keys stand at a column.
fn end_of_block(lines: &[&str], first_line: usize, column: usize) -> usize {
    end_where(lines, first_line, |line| indent_of(line) >= column)
}

/// The same for the list below a key, whose dashes stand at a column.
fn end_of_list(lines: &[&str], key_line: usize, dash: usize) -> usize {
    end_where(lines, key_line, |line| {
        indent_of(line) > dash || indent_of(line) == dash && line.trim_start().starts_with('-')
    })
}

/// How many lines stand up to the last that belongs; empty ones count only between two that do.
fn end_where(lines: &[&str], first_line: usize, belongs: impl Fn(&str) -> bool) -> usize {
    let mut end = first_line;
    for (at, line) in lines.iter().enumerate().skip(first_line) {
        if line.trim().is_empty() {
            continue;
        }
        if !belongs(line) {
            break;
        }
        end = at + 1;
    }
    end
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether the edited text says what the file said and the additions, and nothing else.
fn is_as_meant(file: &SourceFile, text: &str, additions: &[&Addition]) -> bool {
    let mut expected = file.document.value.clone();
    for addition in additions {
        let Some(entry) = expected.pointer_mut(&format!("/datasources/{}", addition.at)) else {
            return false;
        };
        if let Some(setting) = &addition.traces_to_profiles {
            if !entry["jsonData"].is_object() {
                entry["jsonData"] = Value::Object(serde_json::Map::new());
            }
            entry["jsonData"]["tracesToProfiles"] = setting.clone();
        }
        if !addition.correlations.is_empty() {
            let mut listed = entry["correlations"].as_array().cloned().unwrap_or_default();
            listed.extend(addition.correlations.iter().cloned());
            entry["correlations"] = Value::Array(listed);
        }
    }
    Document::read(text).is_ok_and(|read| read.value == expected)
}
