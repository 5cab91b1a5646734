//! What can be wrong with a file as a whole and with one row of it; every sentence is for the person who made the file.

use std::io;

use kernel::{Error, Fault, Refusal, RefusalKind};

/// The whole file cannot be read, or cannot be read any further.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Not one byte, or nothing but blanks.
    #[error("文件是空的")]
    Empty,
    /// Another kind of file; says which and what to do.
    #[error("这是{found}，不能导入：{advice}")]
    WrongKind {
        /// What it is, in Chinese.
        found: &'static str,
        /// What to do about it, in Chinese.
        advice: &'static str,
    },
    /// The compressed data ends too early.
    #[error("压缩文件不完整，后面的内容缺失，请重新传输后再试")]
    Truncated,
    /// The compressed data or the workbook is damaged.
    #[error("文件已损坏，无法继续读取：{0}")]
    Damaged(String),
    /// Larger than we are willing to read.
    #[error("文件太大：解开后超过 {} MB 的上限", .limit / 1_048_576)]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// No row that could be the heading.
    #[error("没有找到表头：第一行应当是列名")]
    NoHeader,
    /// More columns than a table has.
    #[error("列太多：表头有 {found} 列，最多 {limit} 列")]
    TooManyColumns {
        /// As many as the heading has.
        found: usize,
        /// As many as may be.
        limit: usize,
    },
    /// The workbook has no sheet of that name, or none at all.
    #[error("工作簿里没有可读的工作表{}", .0.as_deref().map(|n| format!("“{n}”")).unwrap_or_default())]
    NoSheet(Option<String>),
    /// The disk or the network failed.
    #[error("读取文件时出错：{0}")]
    Io(#[source] io::Error),
}

/// One row cannot be taken; the others can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The row's number in the file, the heading being row 1.
    pub number: u64,
    /// The column, where the fault lies in one cell.
    pub column: Option<String>,
    /// What is wrong.
    pub problem: RowProblem,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// The line is not JSON.
    #[error("不是合法的 JSON（第 {at} 个字节处：{why}）")]
    BadJson {
        /// The byte within the line, from 1.
        at: usize,
        /// The parser's words.
        why: String,
    },
    /// The line is JSON, but not an object.
    #[error("这一行不是 JSON 对象，应当写成 {{\"列名\": 值}}")]
    NotAnObject,
    /// The same name twice in one object.
    #[error("同一个列名出现了两次")]
    DuplicateColumn,
    /// Half of a surrogate pair, or another escape that names no character.
    #[error("含有无法识别的字符编码（不成对的代理字符）")]
    BadEscape,
    /// Bytes that are not text in the file's encoding.
    #[error("文字编码有误，无法识别")]
    BadEncoding,
    /// A NUL character.
    #[error("含有空字符（NUL），请清除后再导入")]
    Nul,
    /// One cell too long.
    #[error("内容太长：{found} 字节，最多 {limit} 字节")]
    CellTooLong {
        /// The cell's size.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// The whole row too long.
    #[error("这一行太长，超过 {limit} 字节")]
    RowTooLong {
        /// The limit.
        limit: usize,
    },
    /// A quotation mark opens and none closes.
    #[error("双引号没有配对，这一行无法读取")]
    UnclosedQuote,
    /// More cells than columns: a stray delimiter has pushed the values to the right.
    #[error("有 {found} 个单元格，而表头只有 {expected} 列，请检查多余的分隔符")]
    TooManyCells {
        /// Cells in the row.
        found: usize,
        /// Columns in the heading.
        expected: usize,
    },
}

impl RowProblem {
    /// The fault as an identifier, for the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadJson { .. } => "bad_json",
            Self::NotAnObject => "not_an_object",
            Self::DuplicateColumn => "duplicate_column",
            Self::BadEscape => "bad_escape",
            Self::BadEncoding => "bad_encoding",
            Self::Nul => "nul",
            Self::CellTooLong { .. } => "too_long",
            Self::RowTooLong { .. } => "row_too_long",
            Self::UnclosedQuote => "unclosed_quote",
            Self::TooManyCells { .. } => "too_many_cells",
        }
    }

    /// The same fault, placed in a row.
    pub(crate) fn at(self, number: u64, column: Option<&str>) -> ReadError {
        ReadError::Row(RowError { number, column: column.map(str::to_owned), problem: self })
    }
}

impl std::fmt::Display for RowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "第 {} 行", self.number)?;
        if let Some(column) = &self.column {
            write!(f, "“{column}”列")?;
        }
        write!(f, "：{}", self.problem)
    }
}

impl std::error::Error for RowError {}

/// What a reader hands out in place of a row.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// This row only; go on reading.
    #[error(transparent)]
    Row(#[from] RowError),
    /// Nothing more will come.
    #[error(transparent)]
    File(#[from] TableError),
}

/// Carries a [`TableError`] through `std::io`, whose traits stand between the decompressor and the parser.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamFault {
    #[error("truncated")]
    Truncated,
    #[error("damaged: {0}")]
    Damaged(String),
    #[error("too large")]
    TooLarge(u64),
}

impl StreamFault {
    pub(crate) fn into_io(self) -> io::Error {
        io::Error::other(self)
    }
}

impl From<io::Error> for TableError {
    fn from(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<StreamFault>()) {
            Some(StreamFault::Truncated) => Self::Truncated,
            Some(StreamFault::Damaged(why)) => Self::Damaged(why.clone()),
            Some(StreamFault::TooLarge(limit)) => Self::TooLarge { limit: *limit },
            None => Self::Io(error),
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::File(error.into())
    }
}

impl From<TableError> for Error {
    fn from(error: TableError) -> Self {
        let kind = match error {
            TableError::Io(source) => return Fault::new("reading a table", source).into(),
            TableError::WrongKind { .. } => RefusalKind::UnsupportedType,
            TableError::TooLarge { .. } => RefusalKind::TooLarge,
            _ => RefusalKind::Malformed,
        };
        Refusal::new(kind, error.to_string()).into()
    }
}
