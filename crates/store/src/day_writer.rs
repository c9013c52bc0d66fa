//! Writes profiles into the file of their day.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use query::Labels;
use redb::{Durability, TableDefinition, WriteTransaction};

use crate::day_file::{
    Contents, DayFile, FORMAT_VERSION, FUNCTIONS, LOCATIONS, MAPPINGS, META, NODES, PROFILES,
    ProfileRow, SAMPLES, SERIES, STACKS, STRINGS, meta,
};
use crate::error::{DayError, ProfileError};
use crate::prepared::{PreparedProfile, SampleGroup};
use crate::sample_block::BlockBuilder;
use crate::series_index::{SeriesIndex, put_labels};
use crate::symbol_interner::{SymbolInterner, Translation};
use crate::symbols::SymbolRow;

/// What the writer knows of a day beside its file.
///
/// After an error it must be dropped, and the file be opened anew: both may be ahead of what is
/// on the disk.
#[derive(Debug)]
pub(crate) struct DayWriter {
    /// Not owned: when the file is closed after an error, it must be possible to open it anew.
    file: Weak<DayFile>,
    contents: Contents,
    interner: SymbolInterner,
    next_block: u64,
    oldest_nanos: i64,
    newest_nanos: i64,
}

impl DayWriter {
    /// A writer for the day. Cost: one pass over the day's symbols.
    pub(crate) fn new(file: &Arc<DayFile>) -> Result<Self, DayError> {
        let contents = file.contents()?;
        let interner = SymbolInterner::load(&contents.symbols);
        let next_block = file.meta(meta::NEXT_BLOCK)?.unwrap_or(0).cast_unsigned();
        let oldest_nanos = file.meta(meta::OLDEST_NANOS)?.unwrap_or(i64::MAX);
        let newest_nanos = file.meta(meta::NEWEST_NANOS)?.unwrap_or(i64::MIN);
        let file = Arc::downgrade(file);
        Ok(Self { file, contents, interner, next_block, oldest_nanos, newest_nanos })
    }

    /// Whether this writes into `file`, not into one that was opened later under its name.
    pub(crate) fn is_for(&self, file: &Arc<DayFile>) -> bool {
        std::ptr::eq(self.file.as_ptr(), Arc::as_ptr(file))
    }

    /// Writes profiles in one transaction and returns when they are on the disk.
    /// The file must be the one that [this is for](Self::is_for).
    ///
    /// The result has one entry per profile: whether it is stored, or which limit it hit.
    /// Errors: nothing is stored.
    pub(crate) fn write(
        &mut self,
        file: &DayFile,
        profiles: &[&PreparedProfile],
        max_series: usize,
    ) -> Result<Vec<Result<(), ProfileError>>, DayError> {
        let mut transaction = file.database.begin_write()?;
        transaction.set_durability(Durability::Immediate).map_err(redb::Error::from)?;
        // The allocator's state goes into each commit: after a crash the file is usable at once,
        // however large it is, at the price of a second fsync.
        transaction.set_quick_repair(true);
        let mut new_series = NewSeries::of(&self.contents.series);
        let mut outcome = Vec::with_capacity(profiles.len());
        for profile in profiles {
            let accepted = new_series.admit(profile, max_series);
            if accepted.is_ok() {
                self.write_profile(&transaction, profile, &mut new_series)?;
            }
            outcome.push(accepted);
        }
        self.write_symbols(&transaction)?;
        let added = new_series.into_added();
        if !added.is_empty() {
            let mut table = transaction.open_table(SERIES)?;
            let series = Arc::make_mut(&mut self.contents.series);
            let mut bytes = Vec::new();
            for labels in added {
                bytes.clear();
                put_labels(&mut bytes, &labels);
                let id = u32::try_from(series.len()).expect("fewer series than their limit");
                table.insert(id, bytes.as_slice())?;
                series.push(labels);
            }
        }
        self.write_meta(&transaction)?;
        file.publish(self.contents.clone());
        transaction.commit()?;
        Ok(outcome)
    }

    fn write_profile(
        &mut self,
        transaction: &WriteTransaction,
        profile: &PreparedProfile,
        new_series: &mut NewSeries,
    ) -> Result<(), DayError> {
        let mut profiles = transaction.open_table(PROFILES)?;
        let mut samples = transaction.open_table(SAMPLES)?;
        let mut translation = self.interner.translate(&profile.profile);
        for group in &profile.groups {
            let block = build_block(group, &mut translation)?;
            let block_id = self.next_block;
            self.next_block += 1;
            samples.insert((block_id, 0), block.stack_column().as_slice())?;
            for (sample_type, labels) in group.series.iter().enumerate() {
                let column = u16::try_from(sample_type + 1).map_err(|_| {
                    DayError::Shape("a profile has more than 65 534 sample types".to_owned())
                })?;
                samples.insert((block_id, column), block.value_column(sample_type).as_slice())?;
                let row = ProfileRow {
                    time_nanos: profile.time_nanos,
                    block: block_id,
                    column,
                    profile_id: profile.profile_id,
                    duration_nanos: profile.profile.duration_nanos,
                    period: profile.profile.period,
                    total: block.total(sample_type),
                    has_links: block.has_links(),
                };
                let series = new_series.id(labels);
                profiles.insert((series, row.time_nanos, block_id), row.bytes().as_slice())?;
            }
            self.oldest_nanos = self.oldest_nanos.min(profile.time_nanos);
            self.newest_nanos = self.newest_nanos.max(profile.time_nanos);
        }
        Ok(())
    }

    fn write_symbols(&mut self, transaction: &WriteTransaction) -> Result<(), DayError> {
        let new = self.interner.take_new();
        let symbols = &self.contents.symbols;
        write_rows(transaction, STRINGS, symbols.strings.len(), &new.strings)?;
        write_rows(transaction, FUNCTIONS, symbols.functions.len(), &new.functions)?;
        write_rows(transaction, MAPPINGS, symbols.mappings.len(), &new.mappings)?;
        write_rows(transaction, LOCATIONS, symbols.locations.len(), &new.locations)?;
        write_rows(transaction, NODES, symbols.nodes.len(), &new.nodes)?;
        write_rows(transaction, STACKS, symbols.stacks.len(), &new.stacks)?;
        new.append_to(&mut self.contents.symbols);
        Ok(())
    }

    fn write_meta(&self, transaction: &WriteTransaction) -> Result<(), DayError> {
        // Every table is made with the first commit, so that readers need not ask for each.
        transaction.open_table(SERIES)?;
        transaction.open_table(PROFILES)?;
        transaction.open_table(SAMPLES)?;
        let mut table = transaction.open_table(META)?;
        table.insert(meta::FORMAT_VERSION, FORMAT_VERSION)?;
        table.insert(meta::NEXT_BLOCK, self.next_block.cast_signed())?;
        if self.oldest_nanos <= self.newest_nanos {
            table.insert(meta::OLDEST_NANOS, self.oldest_nanos)?;
            table.insert(meta::NEWEST_NANOS, self.newest_nanos)?;
        }
        Ok(())
    }
}

fn build_block(
    group: &SampleGroup,
    translation: &mut Translation<'_>,
) -> Result<BlockBuilder, DayError> {
    let mut block = BlockBuilder::default();
    for sample in &group.samples {
        let stack = translation.stack(sample.stack)?;
        block.add(stack, sample.link, sample.values.iter().copied());
    }
    Ok(block)
}

/// Writes rows as one run, whose key is the index of the first.
fn write_rows<R: SymbolRow>(
    transaction: &WriteTransaction,
    definition: TableDefinition<'static, u32, &'static [u8]>,
    first: usize,
    rows: &[R],
) -> Result<(), DayError> {
    let mut table = transaction.open_table(definition)?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    for row in rows {
        row.put(&mut bytes);
    }
    let first = u32::try_from(first).expect("the interner gives 32-bit indices");
    table.insert(first, bytes.as_slice())?;
    Ok(())
}

/// The series that a transaction adds.
#[derive(Debug)]
struct NewSeries {
    known: Arc<SeriesIndex>,
    added: Vec<Arc<Labels>>,
    id_by_labels: HashMap<Arc<Labels>, u32>,
}

impl NewSeries {
    fn of(known: &Arc<SeriesIndex>) -> Self {
        Self { known: Arc::clone(known), added: Vec::new(), id_by_labels: HashMap::new() }
    }

    fn find(&self, labels: &Labels) -> Option<u32> {
        self.known.find(labels).or_else(|| self.id_by_labels.get(labels).copied())
    }

    /// Whether there is room for the series of a profile.
    fn admit(&self, profile: &PreparedProfile, max_series: usize) -> Result<(), ProfileError> {
        let series = profile.groups.iter().flat_map(|group| &group.series);
        let missing = series.filter(|labels| self.find(labels).is_none()).count();
        let present = self.known.len() + self.added.len();
        if missing > 0 && present + missing > max_series {
            return Err(ProfileError::LimitReached(format!(
                "the day has {present} series and the profile would add {missing}, \
                 expected at most {max_series} series per day"
            )));
        }
        Ok(())
    }

    /// The series in the order of their ids; lets go of those that were there before.
    fn into_added(self) -> Vec<Arc<Labels>> {
        self.added
    }

    fn id(&mut self, labels: &Labels) -> u32 {
        if let Some(id) = self.find(labels) {
            return id;
        }
        let id = u32::try_from(self.known.len() + self.added.len())
            .expect("fewer series than the limit of a day");
        let labels = Arc::new(labels.clone());
        self.id_by_labels.insert(Arc::clone(&labels), id);
        self.added.push(labels);
        id
    }
}
