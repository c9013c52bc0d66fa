//! A frame as the Arrow IPC file that Grafana decodes.
//!
//! Metadata of the schema: `name`, `refId`, `meta`; of each field: `tstype`, `labels`, `config`.
//! Enums are unsigned 16-bit integers whose `tstype` is `enum`; JSON values are binary.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch,
    RecordBatchOptions, StringArray, TimestampNanosecondArray, UInt16Array, UInt64Array,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field as ArrowField, Metadata, Schema, TimeUnit};
use serde::Serialize;

use super::{Cells, Column, Field, Frame, FrameError, TextCells};

impl Frame {
    /// The frame as an Arrow IPC file.
    ///
    /// # Errors
    /// [`FrameError::UnequalLengths`], [`FrameError::TextTooLong`] above 2 GiB of text in a field.
    pub fn to_arrow(&self) -> Result<Vec<u8>, FrameError> {
        self.clone().into_arrow()
    }

    /// The same without a copy of the columns.
    ///
    /// # Errors
    /// As [`Self::to_arrow`].
    pub fn into_arrow(self) -> Result<Vec<u8>, FrameError> {
        let row_count = self.row_count()?;
        let fields = self.fields.iter().map(arrow_field).collect::<Result<Vec<_>, _>>()?;
        let schema = Arc::new(Schema::new_with_metadata(fields, self.schema_metadata()?));
        let columns = self.fields.into_iter().map(arrow_column).collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(row_count));
        let size = columns.iter().map(|column| column.get_buffer_memory_size()).sum::<usize>();
        let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)?;
        let mut writer = FileWriter::try_new(Vec::with_capacity(size + 4096), &schema)?;
        writer.write(&batch)?;
        Ok(writer.into_inner()?)
    }

    fn schema_metadata(&self) -> Result<Metadata, FrameError> {
        let mut metadata = Metadata::from([("name", &self.name), ("refId", &self.ref_id)]);
        if let Some(meta) = &self.meta {
            metadata.insert("meta", json("meta", meta)?);
        }
        Ok(metadata)
    }
}

fn arrow_field(field: &Field) -> Result<ArrowField, FrameError> {
    let data_type = match field.column {
        Column::Float64(_) => DataType::Float64,
        Column::Int64(_) => DataType::Int64,
        Column::UInt64(_) => DataType::UInt64,
        Column::Int32(_) => DataType::Int32,
        Column::Bool(_) => DataType::Boolean,
        Column::TimeNanos(_) => DataType::Timestamp(TimeUnit::Nanosecond, None),
        Column::Enum(_) => DataType::UInt16,
        Column::Text(_) => DataType::Utf8,
        Column::Json(_) => DataType::Binary,
    };
    let mut metadata = Metadata::from([("tstype", field.column.browser_type())]);
    if !field.labels.is_empty() {
        metadata.insert("labels", json("labels", &field.labels)?);
    }
    if let Some(config) = &field.config {
        metadata.insert("config", json("config", config)?);
    }
    Ok(ArrowField::new(&field.name, data_type, field.column.is_nullable()).with_metadata(metadata))
}

fn json(key: &'static str, value: &impl Serialize) -> Result<String, FrameError> {
    serde_json::to_string(value).map_err(|source| FrameError::Metadata { key, source })
}

macro_rules! primitive {
    ($array:ty, $cells:expr) => {
        match $cells {
            Cells::Required(values) => Arc::new(<$array>::from(values)) as ArrayRef,
            Cells::Nullable(values) => Arc::new(<$array>::from_iter(values)),
        }
    };
}

fn arrow_column(field: Field) -> Result<ArrayRef, FrameError> {
    Ok(match field.column {
        Column::Float64(cells) => primitive!(Float64Array, cells),
        Column::Int64(cells) => primitive!(Int64Array, cells),
        Column::UInt64(cells) => primitive!(UInt64Array, cells),
        Column::Int32(cells) => primitive!(Int32Array, cells),
        Column::Bool(cells) => primitive!(BooleanArray, cells),
        Column::TimeNanos(cells) => primitive!(TimestampNanosecondArray, cells),
        Column::Enum(cells) => primitive!(UInt16Array, cells),
        Column::Text(cells) => {
            let (offsets, text, present) = text_buffers(&field.name, cells)?;
            Arc::new(StringArray::try_new(offsets, text, present)?)
        }
        Column::Json(cells) => {
            let (offsets, text, present) = text_buffers(&field.name, cells.into_text())?;
            Arc::new(BinaryArray::try_new(offsets, text, present)?)
        }
    })
}

type TextBuffers = (OffsetBuffer<i32>, Buffer, Option<NullBuffer>);

fn text_buffers(field: &str, cells: TextCells) -> Result<TextBuffers, FrameError> {
    let bytes = cells.text().len();
    let limit = i32::MAX as usize;
    let too_long = || FrameError::TextTooLong { field: field.to_owned(), bytes, limit };
    let mut offsets = Vec::with_capacity(cells.len() + 1);
    offsets.push(0);
    for end in cells.ends() {
        offsets.push(i32::try_from(*end).map_err(|_| too_long())?);
    }
    let (text, present) = cells.into_text_and_present();
    Ok((
        OffsetBuffer::new(ScalarBuffer::from(offsets)),
        Buffer::from(text.into_bytes()),
        present.map(NullBuffer::from),
    ))
}
