//! The database of one day: its tables, and how they are opened and read.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use redb::{Database, ReadOnlyTable, ReadableDatabase, ReadableTable, TableDefinition};

use crate::bytes::{BytesError, BytesReader};
use crate::error::DayError;
use crate::sample_block::{Link, StackColumn, read_value_column};
use crate::series_index::{SeriesIndex, read_labels};
use crate::symbols::{FunctionRow, LocationRow, MappingRow, NodeRow, StackRow, SymbolRow, Symbols};

/// The version of the layout that is written, and the only one that is read.
pub(crate) const FORMAT_VERSION: i64 = 1;

type SymbolTable = TableDefinition<'static, u32, &'static [u8]>;

pub(crate) const META: TableDefinition<'_, &str, i64> = TableDefinition::new("meta");
pub(crate) const STRINGS: SymbolTable = TableDefinition::new("strings");
pub(crate) const FUNCTIONS: SymbolTable = TableDefinition::new("functions");
pub(crate) const MAPPINGS: SymbolTable = TableDefinition::new("mappings");
pub(crate) const LOCATIONS: SymbolTable = TableDefinition::new("locations");
pub(crate) const NODES: SymbolTable = TableDefinition::new("nodes");
pub(crate) const STACKS: SymbolTable = TableDefinition::new("stacks");
pub(crate) const SERIES: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("series");
/// Series id, profile time in nanoseconds, block.
pub(crate) const PROFILES: TableDefinition<'_, (u32, i64, u64), &[u8]> =
    TableDefinition::new("profiles");
/// Block, column.
pub(crate) const SAMPLES: TableDefinition<'_, (u64, u16), &[u8]> = TableDefinition::new("samples");

/// Keys of [`META`].
pub(crate) mod meta {
    /// [`FORMAT_VERSION`](super::FORMAT_VERSION) of the file.
    pub(crate) const FORMAT_VERSION: &str = "format_version";
    /// The block that comes next.
    pub(crate) const NEXT_BLOCK: &str = "next_block";
    /// The time of the oldest profile, in nanoseconds since 1970.
    pub(crate) const OLDEST_NANOS: &str = "oldest_nanos";
    /// The time of the newest profile, in nanoseconds since 1970.
    pub(crate) const NEWEST_NANOS: &str = "newest_nanos";
}

/// The open database of one day.
#[derive(Debug)]
pub(crate) struct DayFile {
    pub(crate) database: Database,
    contents: Mutex<Option<Contents>>,
}

/// What a day keeps in memory. A clone is a cheap snapshot; later ones only have more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents {
    pub(crate) symbols: Symbols,
    pub(crate) series: Arc<SeriesIndex>,
}

/// A consistent view of a day: what was committed when it was made.
#[derive(Debug)]
pub(crate) struct DayReader {
    pub(crate) contents: Contents,
    profiles: ReadOnlyTable<(u32, i64, u64), &'static [u8]>,
    samples: ReadOnlyTable<(u64, u16), &'static [u8]>,
}

/// One profile of one series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProfileRow {
    /// When it was taken. Unit: nanoseconds since 1970.
    pub(crate) time_nanos: i64,
    /// Where its samples are.
    pub(crate) block: u64,
    /// Which column of the block has the values of this series.
    pub(crate) column: u16,
    /// The same for all series that came from one pushed profile.
    pub(crate) profile_id: u128,
    pub(crate) duration_nanos: i64,
    pub(crate) period: i64,
    /// The sum of all values, saturating.
    pub(crate) total: i64,
    /// Whether a sample has a span or trace.
    pub(crate) has_links: bool,
}

impl ProfileRow {
    pub(crate) fn time_millis(&self) -> i64 {
        self.time_nanos.div_euclid(1_000_000)
    }

    /// The value in [`PROFILES`].
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(43);
        out.extend_from_slice(&self.profile_id.to_le_bytes());
        out.extend_from_slice(&self.duration_nanos.to_le_bytes());
        out.extend_from_slice(&self.period.to_le_bytes());
        out.extend_from_slice(&self.total.to_le_bytes());
        out.extend_from_slice(&self.column.to_le_bytes());
        out.push(u8::from(self.has_links));
        out
    }

    fn read(time_nanos: i64, block: u64, bytes: &[u8]) -> Result<Self, BytesError> {
        let mut reader = BytesReader::new(bytes);
        Ok(Self {
            time_nanos,
            block,
            profile_id: u128::from_le_bytes(reader.array()?),
            duration_nanos: i64::from_le_bytes(reader.array()?),
            period: i64::from_le_bytes(reader.array()?),
            total: i64::from_le_bytes(reader.array()?),
            column: u16::from_le_bytes(reader.array()?),
            has_links: reader.array::<1>()?[0] & 1 == 1,
        })
    }
}

impl DayFile {
    /// Opens or makes the file, and repairs it after a crash. Contents are read when needed.
    pub(crate) fn open(path: &Path, cache_bytes: usize) -> Result<Self, DayError> {
        let database = Database::builder().set_cache_size(cache_bytes).create(path)?;
        let file = Self { database, contents: Mutex::new(None) };
        match file.meta(meta::FORMAT_VERSION)? {
            None | Some(FORMAT_VERSION) => Ok(file),
            Some(version) => Err(DayError::Version(version)),
        }
    }

    /// As [`open`](Self::open), after a look at the checksums of the whole file, and reads its
    /// contents. Cost: reads the file.
    pub(crate) fn open_checked(path: &Path, cache_bytes: usize) -> Result<Self, DayError> {
        let mut file = Self::open(path, cache_bytes)?;
        if !file.database.check_integrity()? {
            tracing::warn!(file = %path.display(), "a day file was repaired");
        }
        file.contents()?;
        Ok(file)
    }

    /// A number of [`META`]. None: nothing was ever written.
    pub(crate) fn meta(&self, key: &str) -> Result<Option<i64>, DayError> {
        let table = match self.database.begin_read()?.open_table(META) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(table.get(key)?.map(|value| value.value()))
    }

    /// The tables that are kept in memory, read from the file the first time.
    pub(crate) fn contents(&self) -> Result<Contents, DayError> {
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(contents) = &*contents {
            return Ok(contents.clone());
        }
        let loaded = self.load()?;
        Ok(contents.insert(loaded).clone())
    }

    /// Lets readers see rows that are about to be committed: they only look for what a committed
    /// profile points to, and must find that.
    pub(crate) fn publish(&self, contents: Contents) {
        *self.contents.lock().unwrap_or_else(PoisonError::into_inner) = Some(contents);
    }

    /// A view of what is committed. None: nothing was ever written.
    pub(crate) fn read(&self) -> Result<Option<DayReader>, DayError> {
        // First the transaction, then the contents: those may be newer, never older.
        let transaction = self.database.begin_read()?;
        let profiles = match transaction.open_table(PROFILES) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let samples = transaction.open_table(SAMPLES)?;
        Ok(Some(DayReader { contents: self.contents()?, profiles, samples }))
    }

    fn load(&self) -> Result<Contents, DayError> {
        let mut symbols = Symbols::default();
        let mut series = SeriesIndex::default();
        if self.meta(meta::FORMAT_VERSION)?.is_none() {
            return Ok(Contents::default());
        }
        let transaction = self.database.begin_read()?;
        load_table::<Arc<str>>("strings", &transaction.open_table(STRINGS)?, &mut symbols)?;
        load_table::<FunctionRow>("functions", &transaction.open_table(FUNCTIONS)?, &mut symbols)?;
        load_table::<MappingRow>("mappings", &transaction.open_table(MAPPINGS)?, &mut symbols)?;
        load_table::<LocationRow>("locations", &transaction.open_table(LOCATIONS)?, &mut symbols)?;
        load_table::<NodeRow>("nodes", &transaction.open_table(NODES)?, &mut symbols)?;
        load_table::<StackRow>("stacks", &transaction.open_table(STACKS)?, &mut symbols)?;
        for entry in transaction.open_table(SERIES)?.iter()? {
            let (id, labels) = entry?;
            let damage =
                |cause| DayError::Bytes { table: "series", key: id.value().to_string(), cause };
            let labels = read_labels(labels.value()).map_err(damage)?;
            if id.value() as usize != series.len() || series.find(&labels).is_some() {
                return Err(DayError::Shape(format!("series {} is out of order", id.value())));
            }
            series.push(Arc::new(labels));
        }
        Ok(Contents { symbols, series: Arc::new(series) })
    }
}

fn load_table<R: SymbolRow>(
    name: &'static str,
    table: &ReadOnlyTable<u32, &'static [u8]>,
    symbols: &mut Symbols,
) -> Result<(), DayError> {
    let mut rows = Vec::new();
    let start = R::table(symbols).len();
    for entry in table.iter()? {
        let (first, bytes) = entry?;
        if first.value() as usize != start + rows.len() {
            return Err(DayError::Shape(format!(
                "table {name:?} goes on at {}, expected {}",
                first.value(),
                start + rows.len()
            )));
        }
        let mut idx = first.value();
        let mut reader = BytesReader::new(bytes.value());
        while !reader.is_at_end() {
            let row = R::read(&mut reader, idx, symbols).map_err(|cause| DayError::Bytes {
                table: name,
                key: first.value().to_string(),
                cause,
            })?;
            rows.push(row);
            idx = idx.checked_add(1).ok_or_else(|| {
                DayError::Shape(format!("table {name:?} has more than 2^32 - 1 rows"))
            })?;
        }
    }
    R::table(symbols).append(rows);
    Ok(())
}

impl DayReader {
    /// The profiles of a series between two times, both included, ascending by time.
    pub(crate) fn profiles(
        &self,
        series: u32,
        from_nanos: i64,
        to_nanos: i64,
    ) -> Result<impl Iterator<Item = Result<ProfileRow, DayError>> + use<'_>, DayError> {
        let range = self.profiles.range((series, from_nanos, 0)..=(series, to_nanos, u64::MAX))?;
        Ok(range.map(|entry| {
            let (key, value) = entry?;
            let (series, time_nanos, block) = key.value();
            ProfileRow::read(time_nanos, block, value.value()).map_err(|cause| DayError::Bytes {
                table: "profiles",
                key: format!("({series}, {time_nanos}, {block})"),
                cause,
            })
        }))
    }

    /// Stack traces and links of a block.
    pub(crate) fn stack_column(&self, block: u64) -> Result<StackColumn, DayError> {
        self.column(block, 0, StackColumn::read)
    }

    /// The values of a profile, as many as its stack column has stack traces.
    pub(crate) fn values(&self, row: &ProfileRow, count: usize) -> Result<Vec<i64>, DayError> {
        self.column(row.block, row.column, |bytes| read_value_column(bytes, count))
    }

    /// Hands over the samples of a profile: the node of the day's call tree in which the stack
    /// trace ends, the link, and the value.
    pub(crate) fn for_each_sample(
        &self,
        row: &ProfileRow,
        mut take: impl FnMut(u32, Link, i64),
    ) -> Result<(), DayError> {
        let column = self.stack_column(row.block)?;
        let values = self.values(row, column.stacks.len())?;
        for (sample, value) in values.into_iter().enumerate() {
            take(self.node(row, column.stacks[sample])?, column.link(sample), value);
        }
        Ok(())
    }

    /// The node in which a stack trace of a profile ends.
    pub(crate) fn node(&self, row: &ProfileRow, stack: u32) -> Result<u32, DayError> {
        match self.contents.symbols.stacks.get(stack) {
            Some(stack) => Ok(stack.node),
            None => Err(DayError::Shape(format!(
                "block {} has stack {stack}, which is none",
                row.block
            ))),
        }
    }

    fn column<T>(
        &self,
        block: u64,
        column: u16,
        read: impl FnOnce(&[u8]) -> Result<T, BytesError>,
    ) -> Result<T, DayError> {
        let Some(bytes) = self.samples.get((block, column))? else {
            return Err(DayError::Shape(format!("block {block} has no column {column}")));
        };
        read(bytes.value()).map_err(|cause| DayError::Bytes {
            table: "samples",
            key: format!("({block}, {column})"),
            cause,
        })
    }
}
