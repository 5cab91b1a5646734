//! What a file is: by its content, and by its name only where the content fits more than one kind.

use std::io::{Cursor, Read};

use super::Limits;
use super::charset::{self, Charset};
use super::error::TableError;
use super::source::{Gunzip, Limited, Peeked, Stream};

/// The kinds of table that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An Excel workbook, `.xlsx`.
    Workbook,
    /// Values with delimiters, `.csv`.
    Csv,
    /// One JSON object a line, `.jsonl`.
    Jsonl,
}

/// A recognised file, ready for its reader.
pub(crate) enum Content {
    Workbook(Vec<u8>),
    Csv(Text),
    Jsonl(Text),
}

/// A stream of text in an encoding that leaves ASCII where it is.
pub(crate) struct Text {
    pub(crate) stream: Stream,
    pub(crate) head: Vec<u8>,
    pub(crate) charset: Charset,
}

/// Recognises a file and prepares its content.
pub(crate) fn recognise(name: &str, input: Stream, limits: &Limits) -> Result<(Kind, Content), TableError> {
    let mut peeked = Peeked::new(input)?;
    let mut name = name.to_ascii_lowercase();
    if peeked.head().starts_with(&[0x1F, 0x8B]) {
        let unpacked = Limited::new(Gunzip::new(Box::new(peeked)), limits.unpacked);
        peeked = Peeked::new(Box::new(unpacked))?;
        name = name.strip_suffix(".gz").unwrap_or(&name).to_owned();
        if peeked.head().starts_with(&[0x1F, 0x8B]) {
            return Err(wrong("压缩了两次的 gzip 文件", "请只压缩一次"));
        }
    } else {
        peeked = Peeked::new(Box::new(Limited::new(peeked, limits.unpacked)))?;
    }
    if peeked.head().is_empty() {
        return Err(TableError::Empty);
    }
    if peeked.head().starts_with(b"PK\x03\x04") || peeked.head().starts_with(b"PK\x05\x06") {
        return workbook(peeked, limits).map(|content| (Kind::Workbook, content));
    }
    if let Some(error) = foreign(peeked.head()) {
        return Err(error);
    }
    let text = text(peeked)?;
    match jsonl(&name, &text)? {
        true => Ok((Kind::Jsonl, Content::Jsonl(text))),
        false => Ok((Kind::Csv, Content::Csv(text))),
    }
}

fn wrong(found: &'static str, advice: &'static str) -> TableError {
    TableError::WrongKind { found, advice }
}

/// Reads a zip whole, since its directory is at its end, and makes sure that it is a workbook.
fn workbook(peeked: Peeked, limits: &Limits) -> Result<Content, TableError> {
    let mut bytes = Vec::new();
    let mut limited = Limited::new(peeked, limits.workbook);
    limited.read_to_end(&mut bytes)?;
    let archive = zip::ZipArchive::new(Cursor::new(&bytes)).map_err(|error| match error {
        zip::result::ZipError::Io(_) => TableError::Truncated,
        other => TableError::Damaged(other.to_string()),
    })?;
    let has = |part: &str| archive.file_names().flatten().any(|name| name.eq_ignore_ascii_case(part));
    if has("xl/workbook.xml") {
        return Ok(Content::Workbook(bytes));
    }
    Err(if has("word/document.xml") {
        wrong("Word 文档", "请把表格另存为 .xlsx 或 .csv")
    } else if has("xl/workbook.bin") {
        wrong("二进制工作簿（.xlsb）", "请在 Excel 中另存为 .xlsx")
    } else if has("content.xml") {
        wrong("开放文档（.ods、.odt）", "请另存为 .xlsx")
    } else {
        wrong("压缩包", "请解压后导入其中的 .xlsx、.csv 或 .jsonl 文件")
    })
}

/// Kinds that are no table of ours, with what to do.
fn foreign(head: &[u8]) -> Option<TableError> {
    const ENCRYPTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Some(if memchr::memmem::find(head, ENCRYPTED).is_some() {
            wrong("加了密码的工作簿", "请在 Excel 中去掉密码后再导入")
        } else {
            wrong("旧版 Excel 或 Word 文件（.xls、.doc）", "请在 Excel 中另存为 .xlsx")
        });
    }
    if head.starts_with(b"%PDF") {
        return Some(wrong("PDF 文件", "请导入原来的 Excel 表格"));
    }
    let kind = infer::get(head)?;
    match kind.matcher_type() {
        infer::MatcherType::Image => Some(wrong("图片", "请导入表格文件")),
        infer::MatcherType::Audio | infer::MatcherType::Video => Some(wrong("音频或视频", "请导入表格文件")),
        infer::MatcherType::Archive => Some(wrong("压缩包", "请解压后导入，或者用 gzip 压缩单个文件")),
        infer::MatcherType::App => Some(wrong("程序文件", "请导入表格文件")),
        infer::MatcherType::Text => match kind.mime_type() {
            "text/html" | "text/xml" => Some(wrong("网页或 XML 文件", "请在 Excel 中打开后另存为 .xlsx")),
            _ => None,
        },
        _ => Some(wrong("其他种类的文件", "只能导入 .xlsx、.csv、.jsonl 文件")),
    }
}

/// Finds the encoding and removes the mark at the beginning.
fn text(peeked: Peeked) -> Result<Text, TableError> {
    let order = charset::utf16(peeked.head());
    let mut peeked = match order {
        Some(order) => Peeked::new(Box::new(charset::FromUtf16::new(Box::new(peeked), order)))?,
        None => peeked,
    };
    if peeked.head().starts_with(b"\xEF\xBB\xBF") {
        let mut mark = [0; 3];
        peeked.read_exact(&mut mark)?;
    }
    let whole = peeked.head().len() < super::source::HEAD;
    let head = peeked.head().strip_prefix(b"\xEF\xBB\xBF").unwrap_or(peeked.head()).to_vec();
    if head.iter().all(u8::is_ascii_whitespace) && whole {
        return Err(TableError::Empty);
    }
    if is_binary(&head) {
        return Err(wrong("无法识别的二进制文件", "只能导入 .xlsx、.csv、.jsonl 文件"));
    }
    let charset = if order.is_some() { Charset::FromUtf16 } else { charset::guess(&head, whole) };
    Ok(Text { stream: Box::new(peeked), head, charset })
}

/// Text may contain a stray control character, but not many.
fn is_binary(head: &[u8]) -> bool {
    let controls = head.iter().filter(|b| matches!(b, 0..=8 | 14..=26 | 28..=31)).count();
    controls > 4 && controls * 20 > head.len()
}

/// True for JSON Lines: when the first line is an object, or when it might be one and the name says so.
fn jsonl(name: &str, text: &Text) -> Result<bool, TableError> {
    let named = name.ends_with(".jsonl") || name.ends_with(".ndjson") || name.ends_with(".json");
    let start = text.head.trim_ascii_start();
    let line = start.split(|b| *b == b'\n').next().unwrap_or_default();
    match start.first() {
        Some(b'{') => {
            let complete = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
            Ok(complete || named || !name.ends_with(".csv"))
        }
        Some(b'[') if named || start.starts_with(b"[{") => {
            Err(wrong("整个写成一个数组的 JSON 文件", "请改成每行一个 JSON 对象（.jsonl）"))
        }
        _ => Ok(named),
    }
}
