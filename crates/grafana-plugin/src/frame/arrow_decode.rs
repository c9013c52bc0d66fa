//! A frame out of an Arrow IPC file.

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, ByteArrayType, Float64Type, Int32Type, Int64Type, TimestampNanosecondType,
    UInt16Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, GenericByteArray, RecordBatch};
use arrow_ipc::reader::FileReader;
use arrow_schema::{DataType, Field as ArrowField, Metadata, TimeUnit};
use serde::de::DeserializeOwned;

use super::{Cells, Column, Field, Frame, FrameError, JsonCells, TextCells};

impl Frame {
    /// Reads a frame from an Arrow IPC file that a plugin made.
    ///
    /// # Errors
    /// [`FrameError::Arrow`] and [`FrameError::BrokenFile`] for bytes that are not such a file, [`FrameError::UnknownType`] for
    /// columns of other types than those of [`Column`], [`FrameError::Metadata`] and
    /// [`FrameError::NotJson`] for JSON that is not as expected.
    pub fn from_arrow(file: &[u8]) -> Result<Self, FrameError> {
        // The Arrow library answers some broken files with a panic; a host must outlive those.
        std::panic::catch_unwind(|| read_file(file)).unwrap_or(Err(FrameError::BrokenFile))
    }
}

fn read_file(file: &[u8]) -> Result<Frame, FrameError> {
    let reader = FileReader::try_new(Cursor::new(file), None)?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    let text = |key: &str| schema.metadata().get(key).cloned().unwrap_or_default();
    let fields = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(position, field)| read_field(field, position, &batches))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Frame {
        name: text("name"),
        ref_id: text("refId"),
        meta: metadata("meta", schema.metadata())?,
        fields,
    })
}

fn metadata<T: DeserializeOwned>(
    key: &'static str,
    metadata: &Metadata,
) -> Result<Option<T>, FrameError> {
    metadata
        .get(key)
        .map_or(Ok(None), |text| serde_json::from_str(text))
        .map_err(|source| FrameError::Metadata { key, source })
}

fn read_field(
    field: &ArrowField,
    position: usize,
    batches: &[RecordBatch],
) -> Result<Field, FrameError> {
    let arrays: Vec<_> = batches.iter().map(|batch| batch.column(position)).collect();
    let nullable = field.is_nullable();
    let is_enum = field.metadata().get("tstype").is_some_and(|tstype| tstype == "enum");
    let column = match field.data_type() {
        DataType::Float64 => Column::Float64(numbers::<Float64Type>(&arrays, nullable)),
        DataType::Int64 => Column::Int64(numbers::<Int64Type>(&arrays, nullable)),
        DataType::UInt64 => Column::UInt64(numbers::<UInt64Type>(&arrays, nullable)),
        DataType::Int32 => Column::Int32(numbers::<Int32Type>(&arrays, nullable)),
        DataType::Boolean => {
            let rows = arrays.iter().flat_map(|array| array.as_boolean().iter());
            Column::Bool(cells(rows, nullable))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            Column::TimeNanos(numbers::<TimestampNanosecondType>(&arrays, nullable))
        }
        DataType::UInt16 if is_enum => Column::Enum(numbers::<UInt16Type>(&arrays, nullable)),
        DataType::Utf8 => {
            let arrays = arrays.iter().map(|array| array.as_string::<i32>());
            Column::Text(text(field.name(), arrays, nullable)?)
        }
        DataType::Binary => {
            let arrays = arrays.iter().map(|array| array.as_binary::<i32>());
            Column::Json(JsonCells::from_text(text(field.name(), arrays, nullable)?)?)
        }
        found => {
            return Err(FrameError::UnknownType {
                field: field.name().clone(),
                found: found.clone(),
            });
        }
    };
    Ok(Field {
        name: field.name().clone(),
        labels: metadata("labels", field.metadata())?.unwrap_or_default(),
        config: metadata("config", field.metadata())?,
        column,
    })
}

fn numbers<T: ArrowPrimitiveType>(arrays: &[&ArrayRef], nullable: bool) -> Cells<T::Native> {
    if nullable {
        let rows = arrays.iter().flat_map(|array| array.as_primitive::<T>().iter());
        return Cells::Nullable(rows.collect());
    }
    let mut values = Vec::with_capacity(arrays.iter().map(Array::len).sum());
    for array in arrays {
        values.extend_from_slice(array.as_primitive::<T>().values());
    }
    Cells::Required(values)
}

fn cells<T: Default>(rows: impl Iterator<Item = Option<T>>, nullable: bool) -> Cells<T> {
    if nullable {
        Cells::Nullable(rows.collect())
    } else {
        Cells::Required(rows.map(Option::unwrap_or_default).collect())
    }
}

/// Whole buffers at a time: a million short texts are no million copies.
fn text<'a, T: ByteArrayType<Offset = i32>>(
    field: &str,
    arrays: impl Iterator<Item = &'a GenericByteArray<T>>,
    nullable: bool,
) -> Result<TextCells, FrameError> {
    let mut cells = TextCells::empty(nullable);
    for array in arrays {
        let offset = |position: &i32| usize::try_from(*position).unwrap_or_default();
        let [first, .., last] = array.value_offsets() else { continue };
        let (first, last) = (offset(first), offset(last));
        let bytes = array.value_data().get(first..last).ok_or(FrameError::BrokenFile)?;
        let texts = std::str::from_utf8(bytes)
            .map_err(|source| FrameError::NotText { field: field.to_owned(), source })?;
        let ends = array.value_offsets()[1..].iter().map(|end| offset(end).saturating_sub(first));
        let present = array.nulls().map(|nulls| nulls.iter().collect());
        cells.append(texts, ends, present);
    }
    Ok(cells)
}
