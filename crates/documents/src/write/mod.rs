//! Tables that we hand out, written row by row: `.xlsx` for people, `.csv` for people with old programs, `.jsonl` for
//! programs. No text of a citizen ever becomes a formula in somebody's spreadsheet.

#[cfg(test)]
mod tests;
mod workbook;

use std::io::Write;

use jiff::civil::DateTime;
use kernel::Fault;
use serde::ser::{SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::tables::Cell;
use workbook::Book;

/// The formats in which a table is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Excel.
    Xlsx,
    /// Values with commas, marked as UTF-8 so that Excel shows Chinese.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its identifier, which JSON Lines uses.
    pub key: String,
    /// Its Chinese heading, which people see.
    pub heading: String,
    /// Its width in a workbook, in half-width characters.
    pub width: f64,
}

/// What a table is called and which columns it has.
#[derive(Clone, Debug)]
pub struct Table {
    /// The worksheet's name.
    pub name: String,
    /// When it is made, on the wall clock; written into the workbook.
    pub created: DateTime,
    /// Its columns, in order.
    pub columns: Vec<Column>,
}

/// Writes one table. Nothing is complete before [`TableWriter::finish`].
pub struct TableWriter<W: Write + Send> {
    columns: Vec<Column>,
    sink: Sink<W>,
    rows: u64,
}

enum Sink<W: Write + Send> {
    Xlsx(Box<Book>, W),
    Csv(Box<csv::Writer<W>>),
    Jsonl(W),
}

impl Format {
    /// The format that a name such as `csv` means.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "xlsx" => Some(Self::Xlsx),
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::Jsonl),
            _ => None,
        }
    }

    /// The extension of such a file.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// The content type of such a file.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
        }
    }
}

impl Column {
    /// A column of usual width.
    pub fn new(key: impl Into<String>, heading: impl Into<String>) -> Self {
        Self { key: key.into(), heading: heading.into(), width: 16.0 }
    }

    /// The same column, `width` half-width characters wide.
    pub fn wide(self, width: f64) -> Self {
        Self { width, ..self }
    }
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a table on `out`.
    pub fn new(format: Format, table: Table, mut out: W) -> Result<Self, Fault> {
        let sink = match format {
            Format::Xlsx => Sink::Xlsx(Box::new(Book::new(&table)?), out),
            Format::Csv => {
                out.write_all(b"\xEF\xBB\xBF").map_err(failed)?;
                let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
                let headings = table.columns.iter().map(|c| harmless(&c.heading));
                writer.write_record(headings).map_err(failed)?;
                Sink::Csv(Box::new(writer))
            }
            Format::Jsonl => Sink::Jsonl(out),
        };
        Ok(Self { columns: table.columns, sink, rows: 0 })
    }

    /// Writes one row; missing cells are empty, and cells beyond the columns are left out.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Fault> {
        self.rows += 1;
        let columns = &self.columns;
        let cell = |index: usize| cells.get(index).unwrap_or(&Cell::Empty);
        match &mut self.sink {
            Sink::Xlsx(book, _) => book.row((0..columns.len()).map(cell)),
            Sink::Csv(writer) => {
                writer.write_record((0..columns.len()).map(|index| csv_text(cell(index)))).map_err(failed)
            }
            Sink::Jsonl(out) => {
                let keys = columns.iter().map(|c| c.key.as_str());
                json_line(out, keys.zip((0..columns.len()).map(cell))).map_err(failed)
            }
        }
    }

    /// As many rows as have been written.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Completes the table and gives the output back, flushed.
    pub fn finish(self) -> Result<W, Fault> {
        let mut out = match self.sink {
            Sink::Xlsx(book, mut out) => {
                book.save(&mut out)?;
                out
            }
            Sink::Csv(writer) => writer.into_inner().map_err(|error| failed(error.into_error()))?,
            Sink::Jsonl(out) => out,
        };
        out.flush().map_err(failed)?;
        Ok(out)
    }
}

/// Writes a whole table into memory.
pub fn to_bytes<'a>(
    format: Format,
    table: Table,
    rows: impl IntoIterator<Item = &'a [Cell]>,
) -> Result<Vec<u8>, Fault> {
    let mut writer = TableWriter::new(format, table, Vec::new())?;
    rows.into_iter().try_for_each(|row| writer.row(row))?;
    writer.finish()
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Fault {
    Fault::new("writing a table", error)
}

fn csv_text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => harmless(text),
        other => other.text().unwrap_or_default().into_owned(),
    }
}

/// Text that a spreadsheet would take for a formula gets an apostrophe in front, unless it is a plain number. The
/// full-width signs count too: a Chinese Excel takes them for the narrow ones.
fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if formula && !is_number(text) { format!("'{text}") } else { text.to_owned() }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.parse::<f64>().is_ok_and(f64::is_finite)
}

fn json_line<'a>(
    out: &mut impl Write,
    members: impl Iterator<Item = (&'a str, &'a Cell)>,
) -> Result<(), serde_json::Error> {
    let mut serializer = serde_json::Serializer::new(&mut *out);
    let mut map = serializer.serialize_map(None)?;
    for (key, cell) in members {
        match cell {
            Cell::Empty => map.serialize_entry(key, &())?,
            Cell::Text(text) | Cell::Nested(text) => map.serialize_entry(key, text)?,
            Cell::Bool(value) => map.serialize_entry(key, value)?,
            Cell::Date(_) => map.serialize_entry(key, &cell.text())?,
            Cell::Number(number) => match serde_json::from_str::<&RawValue>(&number.digits) {
                Ok(raw) if serde_json::from_str::<f64>(raw.get()).is_ok() => map.serialize_entry(key, raw)?,
                _ => map.serialize_entry(key, &number.digits)?,
            },
        }
    }
    SerializeMap::end(map)?;
    out.write_all(b"\n").map_err(serde_json::Error::io)
}
