//! Tables that people send: `.xlsx`, `.csv` and `.jsonl`, each also gzipped, read as a stream of rows.
//!
//! What a file is, its content decides and its name only helps. One bad row is reported with its number and reason and
//! the reading goes on; only a fault of the file itself ends it. Memory stays bounded whatever the file claims.

mod charset;
mod csv;
mod error;
mod headed;
mod jsonl;
mod kind;
mod lines;
mod pasted;
mod source;
#[cfg(test)]
mod tests;
mod workbook;

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

use jiff::civil::DateTime;

pub use error::{ReadError, RowError, RowProblem, TableError};
pub use kind::Kind;
pub use pasted::pasted;

use headed::Headed;
use kind::Content;

/// How much a reader is willing to take in.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a stream after decompression; what a decompression bomb runs into.
    pub unpacked: u64,
    /// Bytes of a workbook as it lies on disk; it has to be held whole, because a zip is read from its end.
    pub workbook: u64,
    /// Bytes of a workbook's text table after decompression; it too has to be held whole.
    pub strings: u64,
    /// Bytes of one row.
    pub row: usize,
    /// Bytes of one cell.
    pub cell: usize,
    /// Columns of a table.
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            unpacked: 2048 * MIB as u64,
            workbook: 64 * MIB as u64,
            strings: 192 * MIB as u64,
            row: 4 * MIB,
            cell: MIB,
            columns: 1000,
        }
    }
}

/// How a table is to be read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How much is taken in.
    pub limits: Limits,
    /// The worksheet to read; absent: the first that is visible.
    pub sheet: Option<String>,
}

/// A number with the digits that the file gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// The digits, never in the notation 1.23E+18 where the value is whole.
    pub digits: String,
    /// False where the file itself may have lost digits: a spreadsheet keeps 15 of them, so a longer code that was
    /// typed as a number is no longer the code.
    pub exact: bool,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text as written; a CSV has nothing else, so that codes keep their leading zeros.
    Text(String),
    /// A number.
    Number(Number),
    /// True or false.
    Bool(bool),
    /// A date or a date with time, where the file says that it is one.
    Date(DateTime),
    /// A list or a deep object of a JSON file, as it is written there; no table has such a cell.
    Nested(String),
}

/// The column names of a table, in order.
pub type Columns = Vec<String>;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The row's number in the file as a person counts it: the first line is 1.
    pub number: u64,
    columns: Arc<Columns>,
    cells: Vec<Cell>,
}

/// The rows of a table. An iterator that yields nothing more after [`ReadError::File`].
pub struct Reader {
    kind: Kind,
    rows: Box<dyn Iterator<Item = Result<Row, ReadError>> + Send>,
    over: bool,
}

/// Opens a table. `name` is the file's name, of which the extension helps where the content leaves doubt.
pub fn open(name: &str, input: impl Read + Send + 'static, options: &Options) -> Result<Reader, TableError> {
    let (kind, content) = kind::recognise(name, Box::new(input), &options.limits)?;
    let limits = options.limits;
    let rows: Box<dyn Iterator<Item = Result<Row, ReadError>> + Send> = match content {
        Content::Workbook(bytes) => {
            Box::new(Headed::new(workbook::Sheet::open(bytes, options.sheet.clone(), limits)?, limits))
        }
        Content::Csv(text) => Box::new(Headed::new(csv::Grid::new(text, limits), limits)),
        Content::Jsonl(text) => Box::new(jsonl::Rows::new(text, limits)),
    };
    Ok(Reader { kind, rows, over: false })
}

/// Opens a table that is already in memory.
pub fn open_bytes(name: &str, bytes: Vec<u8>, options: &Options) -> Result<Reader, TableError> {
    open(name, std::io::Cursor::new(bytes), options)
}

impl Reader {
    /// What the file turned out to be.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

impl Iterator for Reader {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.rows.next();
        self.over = matches!(next, None | Some(Err(ReadError::File(_))));
        next
    }
}

impl Row {
    /// A row made by hand: `cells` in the order of `columns`.
    pub fn new(number: u64, columns: Arc<Columns>, cells: Vec<Cell>) -> Self {
        Self { number, columns, cells }
    }

    /// The column names, shared by the rows that have the same.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The cell of a column; [`Cell::Empty`] where the table has no such column.
    pub fn get(&self, column: &str) -> &Cell {
        let place = self.columns.iter().position(|c| c == column);
        place.and_then(|at| self.cells.get(at)).unwrap_or(&Cell::Empty)
    }

    /// Column name and cell, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Cell)> {
        self.columns.iter().map(String::as_str).zip(&self.cells)
    }
}

impl Cell {
    /// Text, where there is any.
    pub fn of_text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A number whose digits are all there.
    pub fn of_digits(digits: impl Into<String>) -> Self {
        Self::Number(Number { digits: digits.into(), exact: true })
    }

    /// True where there is nothing to read, blanks included.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The value as text, as a person would write it; `None` where there is none.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Empty => None,
            Self::Text(text) | Self::Nested(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Borrowed(&number.digits)),
            Self::Bool(value) => Some(Cow::Borrowed(if *value { "是" } else { "否" })),
            Self::Date(at) => Some(Cow::Owned(at.strftime("%Y-%m-%dT%H:%M:%S").to_string())),
        }
    }

    /// The value as a number, also where it is text that says one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.digits.parse().ok(),
            Self::Text(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        }
    }

    /// The value as a whole number.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.digits.parse().ok(),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The value as a yes or no, also in the words people use.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Empty | Self::Date(_) | Self::Nested(_) => None,
            Self::Number(number) => word_of_truth(&number.digits),
            Self::Text(text) => word_of_truth(text),
        }
    }

    /// The value as a date with time, also where it is text or a serial number that names one.
    pub fn date(&self) -> Option<crate::dates::Written> {
        match self {
            Self::Date(at) => Some(crate::dates::Written::at(*at)),
            Self::Text(text) => crate::dates::read(text).ok(),
            Self::Number(number) => crate::dates::read(&number.digits).ok(),
            Self::Empty | Self::Bool(_) | Self::Nested(_) => None,
        }
    }
}

fn word_of_truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "是" | "有" | "对" | "√" | "1" | "true" | "yes" | "y" => Some(true),
        "否" | "无" | "错" | "×" | "0" | "false" | "no" | "n" => Some(false),
        _ => None,
    }
}
