//! Merges samples into one profile with all its tables, as for pprof.

use hashbrown::HashMap;
use profile::{
    Function, Line, Location, LocationIdx, Mapping, MappingIdx, Profile, ProfileFunctionIdx,
    StackIdx, StringIdx, ValueType,
};
use query::{SourceError, TreeRequest};

use crate::day_file::DayReader;
use crate::error::DayError;
use crate::read::Reading;
use crate::sample_filter::{CallSite, SampleFilter};
use crate::select_profiles::for_each_profile;
use crate::series_matcher::SeriesMatcher;
use crate::symbols::Symbols;

/// One profile of all samples asked for, whole: `max_nodes` of the request does not count.
///
/// Shape: one sample type; samples carry no labels; each stack trace is one sample.
/// Its time is the end of the window, its duration the time that was profiled, and its period that
/// of the profiles, or 0 where they differ.
pub(crate) fn merged_profile(
    reading: &Reading,
    request: &TreeRequest,
) -> Result<Profile, SourceError> {
    let matcher = SeriesMatcher::of_type(&request.profile_type, &request.selector)?;
    let filter = SampleFilter::of(request)?;
    let days = reading.map_days(request.window, |day| {
        let sums = value_by_stack(reading, day, request, &matcher, &filter)?;
        Ok((day.contents.symbols.clone(), sums))
    })?;
    let mut merger = Merger::new(request);
    for (symbols, sums) in &days {
        merger.add(symbols, sums);
    }
    Ok(merger.finish(request, &days.iter().map(|(_, sums)| sums).collect::<Vec<_>>()))
}

/// What the profiles of a day add up to.
#[derive(Debug)]
struct DaySums {
    /// One entry for each stack trace of the day. Sums saturate.
    value_by_stack: Vec<i64>,
    /// The period of the profiles. None: they differ, or there is none.
    period: Option<i64>,
    duration_nanos: i64,
}

fn value_by_stack(
    reading: &Reading,
    day: &DayReader,
    request: &TreeRequest,
    matcher: &SeriesMatcher,
    filter: &SampleFilter,
) -> Result<DaySums, DayError> {
    let symbols = &day.contents.symbols;
    let call_site = CallSite::find(symbols, &request.call_site);
    let mut value_by_stack = vec![0_i64; symbols.stacks.len()];
    let mut periods = Vec::new();
    // A pushed profile may be in several series; its time counts once.
    let mut duration_by_profile = HashMap::new();
    for_each_profile(reading, day, matcher, request.window, |_, row| {
        if !filter.takes_profile(row) {
            return Ok(());
        }
        let column = day.stack_column(row.block)?;
        let values = day.values(row, column.stacks.len())?;
        let takes_link = filter.takes_links(&column);
        for (sample, (stack, value)) in column.stacks.iter().zip(values).enumerate() {
            let link = column.link_by_sample.get(sample).map_or(0, |link| *link as usize);
            if takes_link[link] && call_site.takes(day.node(row, *stack)?) {
                let sum = &mut value_by_stack[*stack as usize];
                *sum = sum.saturating_add(value);
            }
        }
        if !periods.contains(&row.period) && periods.len() < 2 {
            periods.push(row.period);
        }
        duration_by_profile.insert(row.profile_id, row.duration_nanos);
        Ok(())
    })?;
    let duration_nanos = duration_by_profile.into_values().fold(0_i64, i64::saturating_add);
    let period = if let [period] = periods[..] { Some(period) } else { None };
    Ok(DaySums { value_by_stack, period, duration_nanos })
}

/// Brings the stack traces of several days into one profile.
#[derive(Debug)]
struct Merger {
    profile: Profile,
    mappings: HashMap<Mapping, MappingIdx>,
    functions: HashMap<Function, ProfileFunctionIdx>,
    locations: HashMap<(Location, Vec<Line>), LocationIdx>,
    value_by_stack: HashMap<Option<StackIdx>, i64>,
    /// In the order of their first value, so that the profile does not depend on hashing.
    stacks: Vec<Option<StackIdx>>,
}

impl Merger {
    fn new(request: &TreeRequest) -> Self {
        let id = &request.profile_type;
        let mut profile =
            Profile::with_sample_types(&[(id.sample_type.as_str(), id.sample_unit.as_str())]);
        let sample_type = profile.sample_types()[0].value_type;
        profile.set_default_sample_type(sample_type);
        if !id.period_type.is_empty() {
            let value_type = profile.intern(&id.period_type);
            let unit = profile.intern(&id.period_unit);
            profile.set_period_type(Some(ValueType { value_type, unit }));
        }
        Self {
            profile,
            mappings: HashMap::new(),
            functions: HashMap::new(),
            locations: HashMap::new(),
            value_by_stack: HashMap::new(),
            stacks: Vec::new(),
        }
    }

    fn add(&mut self, symbols: &Symbols, sums: &DaySums) {
        let stacks = symbols.stacks.to_vec();
        let mut is_touched: Vec<bool> =
            sums.value_by_stack.iter().map(|value| *value != 0).collect();
        for idx in (1..stacks.len()).rev() {
            if is_touched[idx] {
                is_touched[stacks[idx].parent as usize] = true;
            }
        }
        let mut new_stacks: Vec<Option<StackIdx>> = vec![None; stacks.len()];
        let mut new_locations: HashMap<u32, LocationIdx> = HashMap::new();
        for idx in 0..stacks.len() {
            if !is_touched[idx] {
                continue;
            }
            if idx > 0 {
                let row = stacks[idx];
                let location = match new_locations.get(&row.location) {
                    Some(location) => *location,
                    None => {
                        let location = self.location(symbols, row.location);
                        new_locations.insert(row.location, location);
                        location
                    }
                };
                let parent = new_stacks[row.parent as usize];
                new_stacks[idx] = Some(self.profile.intern_stack(parent, location));
            }
            let value = sums.value_by_stack[idx];
            if value != 0 {
                let stack = new_stacks[idx];
                let sum = self.value_by_stack.entry(stack).or_insert_with(|| {
                    self.stacks.push(stack);
                    0
                });
                *sum = sum.saturating_add(value);
            }
        }
    }

    fn location(&mut self, symbols: &Symbols, idx: u32) -> LocationIdx {
        let row = symbols.locations.get(idx).expect("symbols are closed under reference");
        let location = Location {
            mapping: row.mapping.map(|mapping| self.mapping(symbols, mapping)),
            address: row.address,
            is_folded: row.is_folded,
        };
        let lines: Vec<Line> = row
            .lines
            .iter()
            .map(|line| Line { function: self.function(symbols, line.function), line: line.line })
            .collect();
        let profile = &mut self.profile;
        *self
            .locations
            .entry((location, lines))
            .or_insert_with_key(|(location, lines)| profile.add_location(*location, lines))
    }

    fn mapping(&mut self, symbols: &Symbols, idx: u32) -> MappingIdx {
        let row = symbols.mappings.get(idx).expect("symbols are closed under reference");
        let mapping = Mapping {
            memory_start: row.memory_start,
            memory_limit: row.memory_limit,
            file_offset: row.file_offset,
            filename: self.string(symbols, row.filename),
            build_id: self.string(symbols, row.build_id),
            has_functions: row.flags & 1 != 0,
            has_filenames: row.flags & 2 != 0,
            has_line_numbers: row.flags & 4 != 0,
            has_inline_frames: row.flags & 8 != 0,
        };
        let profile = &mut self.profile;
        *self.mappings.entry(mapping).or_insert_with(|| profile.add_mapping(mapping))
    }

    fn function(&mut self, symbols: &Symbols, idx: u32) -> ProfileFunctionIdx {
        let row = symbols.functions.get(idx).expect("symbols are closed under reference");
        let function = Function {
            name: self.string(symbols, row.name),
            system_name: self.string(symbols, row.system_name),
            filename: self.string(symbols, row.filename),
            start_line: row.start_line,
        };
        let profile = &mut self.profile;
        *self.functions.entry(function).or_insert_with(|| profile.add_function(function))
    }

    fn string(&mut self, symbols: &Symbols, idx: u32) -> StringIdx {
        let text = symbols.strings.get(idx).expect("symbols are closed under reference");
        self.profile.intern(text)
    }

    fn finish(mut self, request: &TreeRequest, days: &[&DaySums]) -> Profile {
        for stack in &self.stacks {
            self.profile.add_sample(*stack, &[self.value_by_stack[stack]], &[]);
        }
        self.profile.time_nanos = request.window.end_millis.saturating_mul(1_000_000);
        self.profile.duration_nanos =
            days.iter().fold(0_i64, |sum, day| sum.saturating_add(day.duration_nanos));
        let period = days.first().and_then(|day| day.period);
        let is_the_same = days.iter().all(|day| day.period == period);
        self.profile.period = period.filter(|_| is_the_same).unwrap_or(0);
        self.profile
    }
}
