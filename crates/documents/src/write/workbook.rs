//! Workbooks written with constant memory: each row goes to a temporary file of the library as soon as it is complete.

use std::io::Write;

use jiff::civil::{DateTime, Time};
use kernel::Fault;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{Column, Table};
use crate::tables::{Cell, Number};

/// As many rows as Excel shows on one sheet; what comes after goes to another sheet.
const MOST_ROWS: u32 = 1_048_576;
/// Excel refuses a cell of more than 32,767 characters.
const MOST_UNITS: usize = 32_700;
const CUT: &str = "……（超过单元格上限，已截断）";

/// A workbook that grows row by row.
pub(super) struct Book {
    workbook: Workbook,
    name: String,
    columns: Vec<Column>,
    sheets: u32,
    next_row: u32,
    formats: Formats,
}

struct Formats {
    heading: Format,
    text: Format,
    day: Format,
    moment: Format,
}

impl Book {
    pub(super) fn new(table: &Table) -> Result<Self, Fault> {
        let mut workbook = Workbook::new();
        let created = serial(table.created).map_err(failed)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let mut book = Self {
            workbook,
            name: sheet_name(&table.name),
            columns: table.columns.clone(),
            sheets: 0,
            next_row: 0,
            formats: Formats::new(),
        };
        book.new_sheet().map_err(failed)?;
        Ok(book)
    }

    pub(super) fn row<'a>(&mut self, cells: impl Iterator<Item = &'a Cell>) -> Result<(), Fault> {
        if self.next_row == MOST_ROWS {
            self.new_sheet().map_err(failed)?;
        }
        let row = self.next_row;
        self.next_row += 1;
        let index = self.sheets as usize - 1;
        let sheet = self.workbook.worksheet_from_index(index).map_err(failed)?;
        for (column, cell) in (0_u16..).zip(cells) {
            put(sheet, row, column, cell, &self.formats).map_err(failed)?;
        }
        Ok(())
    }

    pub(super) fn save(mut self, out: &mut (impl Write + Send)) -> Result<(), Fault> {
        self.workbook.save_to_writer(out).map_err(failed)
    }

    fn new_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let name = if self.sheets == 1 { self.name.clone() } else { format!("{}-{}", self.name, self.sheets) };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?.set_landscape();
        for (index, column) in (0_u16..).zip(&self.columns) {
            sheet.set_column_width(index, column.width)?;
        }
        for (index, column) in (0_u16..).zip(&self.columns) {
            sheet.write_string_with_format(0, index, column.heading.as_str(), &self.formats.heading)?;
        }
        self.next_row = 1;
        Ok(())
    }
}

impl Formats {
    fn new() -> Self {
        let top = Format::new().set_align(FormatAlign::Top);
        Self {
            heading: Format::new()
                .set_bold()
                .set_align(FormatAlign::VerticalCenter)
                .set_border_bottom(FormatBorder::Thin),
            text: top.clone().set_text_wrap(),
            day: top.clone().set_num_format("yyyy-mm-dd"),
            moment: top.set_num_format("yyyy-mm-dd hh:mm"),
        }
    }
}

/// Text goes in as text and nothing else; a number with more digits than Excel keeps goes in as text too.
fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, formats: &Formats) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            sheet.write_string_with_format(row, column, fitting(text), &formats.text)?;
        }
        Cell::Bool(_) | Cell::Nested(_) => {
            let word = cell.text().unwrap_or_default();
            sheet.write_string_with_format(row, column, word, &formats.text)?;
        }
        Cell::Number(number) => match keeps_digits(number) {
            Some(value) => {
                sheet.write_number(row, column, value)?;
            }
            None => {
                sheet.write_string_with_format(row, column, number.digits.as_str(), &formats.text)?;
            }
        },
        Cell::Date(at) => {
            let format = if at.time() == Time::midnight() { &formats.day } else { &formats.moment };
            match serial(*at) {
                Ok(serial) => sheet.write_datetime_with_format(row, column, &serial, format)?,
                Err(_) => sheet.write_string(row, column, cell.text().unwrap_or_default())?,
            };
        }
    }
    Ok(())
}

fn keeps_digits(number: &Number) -> Option<f64> {
    let digits = number.digits.trim_start_matches('-');
    let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let value = number.digits.parse::<f64>().ok().filter(|v| v.is_finite())?;
    let significant = digits.bytes().filter(u8::is_ascii_digit).count();
    (!padded && significant <= 15).then_some(value)
}

fn fitting(text: &str) -> String {
    if text.len() <= MOST_UNITS || text.encode_utf16().count() <= MOST_UNITS {
        return text.to_owned();
    }
    let mut units = 0;
    let kept = text.chars().take_while(|c| {
        units += c.len_utf16();
        units <= MOST_UNITS
    });
    kept.chain(CUT.chars()).collect()
}

fn serial(at: DateTime) -> Result<ExcelDateTime, XlsxError> {
    let unsigned = |value: i8| u8::try_from(value).unwrap_or_default();
    let year = u16::try_from(at.year()).unwrap_or_default();
    ExcelDateTime::from_ymd(year, unsigned(at.month()), unsigned(at.day()))?.and_hms(
        at.hour().try_into().unwrap_or_default(),
        unsigned(at.minute()),
        f64::from(at.second()),
    )
}

/// A name that Excel accepts, with room for the number of a further sheet.
fn sheet_name(name: &str) -> String {
    let kept =
        name.chars().filter(|c| !c.is_control() && !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\''));
    let name: String = kept.take(24).collect();
    if name.trim().is_empty() { "表".to_owned() } else { name }
}

fn failed(error: XlsxError) -> Fault {
    Fault::new("writing a workbook", error)
}
