//! Makes a profile ready to be stored: nothing invalid, nothing twice.

use std::collections::HashMap;

use crate::function_table::{Function, ProfileFunctionIdx};
use crate::location_table::{Line, Location, LocationIdx};
use crate::mapping_table::{Mapping, MappingIdx};
use crate::profile::Profile;
use crate::sample_table::{Label, LabelValue, SampleIdx};
use crate::stack_table::StackIdx;

/// A profile that went through [`normalise`], and what had to go.
#[derive(Debug, Clone)]
pub struct Normalised {
    /// The profile.
    pub profile: Profile,
    /// How many samples were dropped because a value was negative.
    pub negative_samples: usize,
    /// How many samples were dropped because all values were 0.
    pub zero_samples: usize,
    /// How many stack traces were cut because they were too deep.
    pub cut_stacks: usize,
}

/// How [`normalise`] goes about it.
#[derive(Debug, Clone, Copy)]
pub struct NormaliseOptions {
    /// The most locations that a stack trace keeps; those nearest to the root stay.
    pub max_stack_depth: u32,
    /// What function names to make one.
    pub names: FunctionNaming,
}

/// Which functions count as one although their names differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionNaming {
    /// None.
    AsRecorded,
    /// In Go, the instances of a generic function: `Sort[go.shape.int]` becomes `Sort[...]`.
    FoldGoTypeParameters,
}

impl Default for NormaliseOptions {
    fn default() -> Self {
        Self { max_stack_depth: 1000, names: FunctionNaming::AsRecorded }
    }
}

/// The profile with
/// - numeric labels dropped, and the others sorted;
/// - samples with a negative value, or only zeros, dropped and counted;
/// - samples of equal stack trace and labels merged (sums saturate);
/// - stack traces cut to the depth that the options allow;
/// - locations without lines and address removed from stack traces;
/// - a stand-in mapping for locations that have none;
/// - addresses cleared where the mapping already has functions;
/// - names of generic functions folded where the options say so;
/// - functions and locations that became equal merged, those without samples dropped.
///
/// Samples, and the entries of each table, keep the order in which they are first used.
/// Cost: linear.
/// Source: what Pyroscope's distributor does to a profile before it stores it.
pub fn normalise(profile: &Profile, options: NormaliseOptions) -> Normalised {
    let mut counts = (0, 0);
    let is_kept: Vec<bool> = profile
        .samples()
        .indices()
        .map(|sample| {
            let mut values = profile.samples().values(sample);
            if values.any(|value| value < 0) {
                counts.0 += 1;
                return false;
            }
            let has_value = profile.samples().values(sample).any(|value| value > 0);
            counts.1 += usize::from(!has_value);
            has_value
        })
        .collect();
    let mut rewriter = Rewriter::new(profile, options.names);
    let stacks = rewriter.rewrite_stacks(&is_kept, options.max_stack_depth);
    rewriter.merge_samples(&is_kept, &stacks.rewritten);
    Normalised {
        profile: rewriter.to,
        negative_samples: counts.0,
        zero_samples: counts.1,
        cut_stacks: stacks.cut_count,
    }
}

struct RewrittenStacks {
    /// The new stack trace of each old one that a kept sample uses.
    rewritten: Vec<Option<StackIdx>>,
    cut_count: usize,
}

struct Rewriter<'a> {
    from: &'a Profile,
    naming: FunctionNaming,
    to: Profile,
    mappings: Vec<Option<MappingIdx>>,
    stand_in: Option<MappingIdx>,
    functions: HashMap<Function, ProfileFunctionIdx>,
    locations: HashMap<(Location, Vec<Line>), LocationIdx>,
    /// The new location of each old one that was asked for; the inner None: it is gone.
    location_by_old: Vec<Option<Option<LocationIdx>>>,
}

impl<'a> Rewriter<'a> {
    fn new(from: &'a Profile, naming: FunctionNaming) -> Self {
        Self {
            from,
            naming,
            to: from.without_samples(),
            mappings: vec![None; from.mappings().len()],
            stand_in: None,
            functions: HashMap::new(),
            locations: HashMap::new(),
            location_by_old: vec![None; from.locations().len()],
        }
    }

    fn rewrite_stacks(&mut self, is_kept: &[bool], max_depth: u32) -> RewrittenStacks {
        let from = self.from;
        let stacks = from.stacks();
        let mut is_used = vec![false; stacks.len()];
        let mut cut_count = 0;
        for sample in from.samples().indices().filter(|sample| is_kept[sample.0 as usize]) {
            if let Some(stack) = from.samples().stack(sample) {
                let is_new = !std::mem::replace(&mut is_used[stack.0 as usize], true);
                cut_count += usize::from(is_new && stacks.depth(stack) > max_depth);
            }
        }
        for stack in stacks.indices().rev().filter(|stack| stacks.parent(*stack).is_some()) {
            if is_used[stack.0 as usize]
                && let Some(caller) = stacks.parent(stack)
            {
                is_used[caller.0 as usize] = true;
            }
        }
        let mut rewritten: Vec<Option<StackIdx>> = vec![None; stacks.len()];
        for stack in stacks.indices().filter(|stack| is_used[stack.0 as usize]) {
            let caller = stacks.parent(stack).and_then(|caller| rewritten[caller.0 as usize]);
            let location = match stacks.depth(stack) <= max_depth {
                true => self.location(stacks.location(stack)),
                false => None,
            };
            rewritten[stack.0 as usize] = match location {
                Some(location) => Some(self.to.intern_stack(caller, location)),
                None => caller,
            };
        }
        RewrittenStacks { rewritten, cut_count }
    }

    fn location(&mut self, old: LocationIdx) -> Option<LocationIdx> {
        if let Some(known) = self.location_by_old[old.0 as usize] {
            return known;
        }
        let mut location = self.from.locations().get(old);
        let old_lines = self.from.locations().lines(old);
        let new = if old_lines.is_empty() && location.address == 0 {
            None
        } else {
            let mapping = self.mapping(location.mapping);
            location.mapping = Some(mapping);
            if self.to.mappings().get(mapping).has_functions {
                location.address = 0;
            }
            let lines: Vec<Line> = old_lines
                .iter()
                .map(|line| Line { function: self.function(line.function), line: line.line })
                .collect();
            let to = &mut self.to;
            let entry = self.locations.entry((location, lines));
            Some(*entry.or_insert_with_key(|(location, lines)| to.add_location(*location, lines)))
        };
        self.location_by_old[old.0 as usize] = Some(new);
        new
    }

    fn mapping(&mut self, old: Option<MappingIdx>) -> MappingIdx {
        let (slot, mapping) = match old {
            Some(old) => (&mut self.mappings[old.0 as usize], self.from.mappings().get(old)),
            None => (&mut self.stand_in, Mapping::default()),
        };
        *slot.get_or_insert_with(|| self.to.add_mapping(mapping))
    }

    fn function(&mut self, old: ProfileFunctionIdx) -> ProfileFunctionIdx {
        let mut function = self.from.functions().get(old);
        let to = &mut self.to;
        if self.naming == FunctionNaming::FoldGoTypeParameters {
            for name in [&mut function.name, &mut function.system_name] {
                if let Some(folded) = fold_go_type_parameters(self.from.string(*name)) {
                    *name = to.intern(&folded);
                }
            }
        }
        *self.functions.entry(function).or_insert_with(|| to.add_function(function))
    }

    fn merge_samples(&mut self, is_kept: &[bool], stacks: &[Option<StackIdx>]) {
        let samples = self.from.samples();
        let mut label_sets: HashMap<Vec<Label>, usize> = HashMap::new();
        let mut rows: Vec<MergedSample> = Vec::new();
        let mut row_by_key: HashMap<(Option<StackIdx>, usize), usize> = HashMap::new();
        let mut labels = Vec::new();
        for sample in samples.indices().filter(|sample| is_kept[sample.0 as usize]) {
            text_labels(samples.labels(sample), &mut labels);
            let label_set = match label_sets.get(&labels) {
                Some(known) => *known,
                None => {
                    let new = label_sets.len();
                    label_sets.insert(labels.clone(), new);
                    new
                }
            };
            let stack = samples.stack(sample).and_then(|old| stacks[old.0 as usize]);
            let row = *row_by_key.entry((stack, label_set)).or_insert(rows.len());
            if row == rows.len() {
                let values = samples.values(sample).collect();
                rows.push(MergedSample { stack, first: sample, values });
            } else {
                for (sum, value) in rows[row].values.iter_mut().zip(samples.values(sample)) {
                    *sum = sum.saturating_add(value);
                }
            }
        }
        for row in rows {
            text_labels(samples.labels(row.first), &mut labels);
            self.to.add_sample(row.stack, &row.values, &labels);
        }
    }
}

struct MergedSample {
    stack: Option<StackIdx>,
    /// The first sample that went in; all others have its labels.
    first: SampleIdx,
    values: Vec<i64>,
}

/// The labels with text in `labels`, sorted, each once, into `kept`, which is overwritten.
fn text_labels(labels: &[Label], kept: &mut Vec<Label>) {
    kept.clear();
    kept.extend(labels.iter().filter(|label| matches!(label.value, LabelValue::Text(_))));
    kept.sort_unstable();
    kept.dedup();
}

/// The name with every list of shapes replaced by `[...]`. None: it has none.
///
/// The compiler makes one instance of a generic function per shape of its type parameters, and the
/// shapes differ between builds.
fn fold_go_type_parameters(name: &str) -> Option<String> {
    const SHAPES: &str = "[go.shape.";
    let mut rest = name;
    let mut folded = String::new();
    while let Some(begin) = rest.find(SHAPES) {
        // Shapes may hold brackets themselves: a list ends where its own bracket closes.
        let mut depth = 0_usize;
        let end = rest[begin..].find(|character| {
            match character {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let Some(end) = end else { break };
        folded.push_str(&rest[..begin]);
        folded.push_str("[...]");
        rest = &rest[begin + end + 1..];
    }
    if folded.is_empty() {
        return None;
    }
    folded.push_str(rest);
    Some(folded)
}
