//! Excel workbooks. The library borrows the sheet from the workbook, so both live on a thread of their own that sends
//! rows through a short channel; a broken workbook that makes the library panic ends that thread and nothing else.

use std::io::{self, Cursor, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use super::error::{ReadError, RowProblem, TableError};
use super::headed::Line;
use super::{Cell, Limits, Number};
use crate::dates;

/// Where a workbook keeps the texts of its cells.
const STRINGS: &str = "sharedstrings.xml";
/// Rows sent at once.
const BATCH: usize = 256;

type Item = Result<Line, ReadError>;

/// The rows of one worksheet as cells.
pub(crate) struct Sheet {
    batches: Receiver<Vec<Item>>,
    current: std::vec::IntoIter<Item>,
    over: bool,
}

impl Sheet {
    pub(crate) fn open(bytes: Vec<u8>, sheet: Option<String>, limits: Limits) -> Result<Self, TableError> {
        measure(&bytes, &limits)?;
        let (sender, batches) = sync_channel(4);
        let work = move || send_rows(bytes, sheet, limits, sender);
        thread::Builder::new().name("workbook".to_owned()).spawn(work).map_err(TableError::Io)?;
        Ok(Self { batches, current: Vec::new().into_iter(), over: false })
    }
}

impl Iterator for Sheet {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.current.next() {
                return Some(item);
            }
            if self.over {
                return None;
            }
            match self.batches.recv() {
                // An empty batch says that the sheet ended well.
                Ok(batch) if batch.is_empty() => self.over = true,
                Ok(batch) => self.current = batch.into_iter(),
                Err(_) => {
                    self.over = true;
                    return Some(Err(damaged("工作表无法解析").into()));
                }
            }
        }
    }
}

fn damaged(why: impl Into<String>) -> TableError {
    TableError::Damaged(why.into())
}

/// Unpacks every part once and throws it away: the sizes that a zip declares may lie.
fn measure(bytes: &[u8], limits: &Limits) -> Result<(), TableError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(e.to_string()))?;
    let mut total = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|e| damaged(e.to_string()))?;
        let name = part.name().map_or_else(|_| String::new(), |name| name.to_ascii_lowercase());
        let limit = part_limit(&name, limits);
        let mut part = part.take(limit + 1);
        let size = if name.ends_with(STRINGS) {
            text_table(&mut part)?
        } else {
            io::copy(&mut part, &mut io::sink()).map_err(unreadable)?
        };
        total += size;
        if size > limit || total > limits.unpacked {
            return Err(TableError::TooLarge { limit });
        }
    }
    Ok(())
}

fn unreadable(_: io::Error) -> TableError {
    damaged("工作簿的一部分解不开")
}

/// What the library holds in memory as a whole is held short; sheets stream through it.
fn part_limit(name: &str, limits: &Limits) -> u64 {
    const HELD: [&str; 4] = ["styles.xml", "workbook.xml", ".rels", "[content_types].xml"];
    match name {
        "" => 0,
        name if name.ends_with(STRINGS) => limits.strings,
        name if HELD.iter().any(|end| name.ends_with(end)) => limits.unpacked.min(16 << 20),
        _ => limits.unpacked,
    }
}

/// Reads the table of texts and returns its size. The library reserves memory for as many texts as the table claims to
/// have, so that a false claim would end the whole program.
fn text_table(part: &mut impl Read) -> Result<u64, TableError> {
    /// No text takes less than `<si><t/></si>`; beyond that a careless program may count what it likes up to here.
    const SHORTEST: u64 = 14;
    const CARELESS: u64 = 1_000_000;
    let mut bytes = Vec::new();
    part.read_to_end(&mut bytes).map_err(unreadable)?;
    let size = bytes.len() as u64;
    let claims = memchr::memmem::find_iter(&bytes, "uniqueCount").map(|at| claimed(&bytes[at + "uniqueCount".len()..]));
    // A NUL would be UTF-16, in which the claim could hide from this search.
    if bytes.contains(&0) || claims.into_iter().any(|claim| claim > size / SHORTEST + CARELESS) {
        return Err(damaged("文本表的条数不对"));
    }
    Ok(size)
}

/// The number in `="123"`.
fn claimed(rest: &[u8]) -> u64 {
    let digits = rest.iter().skip_while(|b| matches!(b, b'=' | b'"' | b'\'' | b'+') || b.is_ascii_whitespace());
    let digits = digits.take_while(|b| b.is_ascii_digit());
    digits.fold(0_u64, |sum, b| sum.saturating_mul(10).saturating_add(u64::from(b - b'0')))
}

fn send_rows(bytes: Vec<u8>, sheet: Option<String>, limits: Limits, sender: SyncSender<Vec<Item>>) {
    let mut batch = Batch { items: Vec::with_capacity(BATCH), sender };
    match read_rows(bytes, sheet, limits, &mut batch) {
        Ok(()) => batch.end(),
        Err(error) => {
            batch.push(Err(error.into()));
            batch.end();
        }
    }
}

/// Collects rows for sending. When nobody listens any more, the rest is dropped.
struct Batch {
    items: Vec<Item>,
    sender: SyncSender<Vec<Item>>,
}

impl Batch {
    /// False when the reader is gone and the work can stop.
    fn push(&mut self, item: Item) -> bool {
        self.items.push(item);
        if self.items.len() < BATCH {
            return true;
        }
        let full = std::mem::replace(&mut self.items, Vec::with_capacity(BATCH));
        self.sender.send(full).is_ok()
    }

    fn end(mut self) {
        let rest = std::mem::take(&mut self.items);
        if rest.is_empty() || self.sender.send(rest).is_ok() {
            self.sender.send(Vec::new()).ok();
        }
    }
}

fn read_rows(bytes: Vec<u8>, sheet: Option<String>, limits: Limits, out: &mut Batch) -> Result<(), TableError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(named)?;
    let name = choose(&workbook, sheet)?;
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(named)?;
    let mut row: Vec<Cell> = Vec::new();
    let mut number: u64 = 0;
    let mut wide = false;
    while let Some(cell) = cells.next_cell().map_err(named)? {
        let (at, column) = (u64::from(cell.get_position().0) + 1, cell.get_position().1 as usize);
        if at != number {
            if !flush(&mut row, number, &mut wide, &limits, out) {
                return Ok(());
            }
            number = at;
        }
        let value = value(cell.get_value());
        if value == Cell::Empty {
            continue;
        }
        if column >= limits.columns {
            wide = true;
            continue;
        }
        if row.len() <= column {
            row.resize(column + 1, Cell::Empty);
        }
        row[column] = value;
    }
    flush(&mut row, number, &mut wide, &limits, out);
    Ok(())
}

fn flush(row: &mut Vec<Cell>, number: u64, wide: &mut bool, limits: &Limits, out: &mut Batch) -> bool {
    let cells = std::mem::take(row);
    if std::mem::take(wide) {
        let problem = RowProblem::TooManyCells { found: limits.columns + 1, expected: limits.columns };
        return out.push(Err(problem.at(number, None)));
    }
    cells.is_empty() || out.push(Ok((number, cells)))
}

fn choose<R: io::Read + io::Seek>(workbook: &Xlsx<R>, wanted: Option<String>) -> Result<String, TableError> {
    let sheets = workbook.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet);
    let found = match &wanted {
        Some(name) => sheets.into_iter().find(|s| s.name == *name),
        None => sheets.into_iter().find(|s| s.visible == SheetVisible::Visible),
    };
    found.map(|s| s.name.clone()).ok_or(TableError::NoSheet(wanted))
}

fn named(error: XlsxError) -> TableError {
    match error {
        XlsxError::Password => TableError::WrongKind {
            found: "加了密码的工作簿",
            advice: "请在 Excel 中去掉密码后再导入",
        },
        other => damaged(other.to_string()),
    }
}

fn value(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::of_text(text.as_str()),
        DataRef::SharedString(text) => Cell::of_text(*text),
        DataRef::Int(number) => Cell::of_digits(number.to_string()),
        DataRef::Float(number) => Cell::Number(digits(*number)),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(at) => date(at),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            dates::read(text).map_or_else(|_| Cell::of_text(text.as_str()), |written| Cell::Date(written.civil))
        }
        // An error such as #N/A is kept visible, so that a rule about the column can refuse it.
        DataRef::Error(_) => Cell::of_text(Data::from(data.clone()).to_string()),
    }
}

/// The digits as Excel shows them: whole numbers without exponent, others with the 15 digits that it keeps.
fn digits(number: f64) -> Number {
    const KEPT: f64 = 1e15;
    if number.fract() == 0.0 {
        return Number { digits: format!("{number}"), exact: number.abs() < KEPT };
    }
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    Number { digits: format!("{rounded}"), exact: true }
}

/// A date; a time of day alone, or a length of time, becomes text.
fn date(at: &ExcelDateTime) -> Cell {
    let serial = at.as_f64();
    if !at.is_duration() && serial >= 1.0 {
        let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
        let part = |value: u8| i8::try_from(value).unwrap_or_default();
        let civil = jiff::civil::DateTime::new(
            i16::try_from(year).unwrap_or_default(),
            part(month),
            part(day),
            part(hour),
            part(minute),
            part(second),
            0,
        );
        // A serial number says 09:32:09 as something a little below it.
        let round = jiff::Span::new().seconds(i64::from(milli >= 500));
        let civil = civil.and_then(|civil| civil.checked_add(round));
        return civil.map_or_else(|_| Cell::Number(digits(serial)), Cell::Date);
    }
    if !(0.0..1_000_000.0).contains(&serial) {
        return Cell::Number(digits(serial));
    }
    // The range has just been checked, so the seconds fit.
    let seconds = (serial * 86_400.0).round() as u64;
    Cell::of_text(format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
}
