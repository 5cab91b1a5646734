//! A pasted sheet as columns and rows of text: whether it has a heading, which columns mean what, and back into text.

use documents::tables::{ReadError, pasted};

use crate::demands::importing::columns::Mapping;

/// Rows of a sheet at most; larger tables go through the import.
pub const MOST_ROWS: usize = 500;
/// The column in which a sheet that was taken apart keeps the numbers of its rows.
pub const ROW_NUMBER: &str = "原表行号";

/// Names beside those that the import knows.
const MORE_NAMES: &[(&str, &str)] = &[
    ("会员企业", "enterprise.name"),
    ("企业全称", "enterprise.name"),
    ("公司名称", "enterprise.name"),
    ("信用代码", "enterprise.uscc"),
    ("问题", "text"),
    ("反映问题", "text"),
    ("问题描述", "text"),
    ("具体内容", "text"),
    ("诉求", "text"),
    ("企业诉求", "text"),
    ("意见建议", "text"),
    ("诉求事项", "title"),
    ("问题标题", "title"),
    ("联系方式", "contact.phone"),
    ("手机号", "contact.phone"),
    ("所在街道", "area"),
    ("地址", "area"),
];

/// What the batch itself says, or what a chamber cannot say; such columns are left out.
const LEFT_OUT: &[&str] = &["source_id", "received_at", "channel", "reply", "reply_time", "reply_unit"];

/// The order of the columns where a sheet has no heading.
pub const USUAL: [&str; 7] = ["企业名称", "标题", "内容", "联系人", "联系电话", "统一社会信用代码", "街道"];

/// A column that means a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the sheet.
    pub name: String,
    /// The field that it means.
    pub field: String,
    /// Its place in the sheet.
    place: usize,
}

/// A row of texts, one for each column that means something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the sheet as it was copied, the heading being 1.
    pub number: u64,
    /// The texts, in the order of the columns.
    pub cells: Vec<String>,
    /// Why it could not be taken apart, where that is so.
    pub broken: Option<String>,
}

/// A sheet, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The columns that mean something.
    pub columns: Vec<Column>,
    /// The names of the other columns.
    pub ignored: Vec<String>,
    /// The rows below the heading.
    pub lines: Vec<Line>,
}

/// The columns that mean fields of a demand, by the import's table of names and this room's.
pub fn mapping() -> Mapping {
    let mut mapping = Mapping::default();
    mapping.columns.extend(MORE_NAMES.iter().map(|(name, field)| ((*name).to_owned(), (*field).to_owned())));
    mapping
}

/// Takes a pasted text apart; `None` where nothing is in it.
pub fn take_apart(text: &str) -> Option<Sheet> {
    let mut rows: Vec<(u64, Result<Vec<String>, String>)> = pasted(text)
        .map(|row| match row {
            Ok((number, cells)) => {
                (number, Ok(cells.iter().map(|c| c.text().unwrap_or_default().trim().to_owned()).collect()))
            }
            Err(ReadError::Row(error)) => (error.number, Err(error.problem.to_string())),
            Err(ReadError::File(error)) => (0, Err(error.to_string())),
        })
        .take(MOST_ROWS + 2)
        .collect();
    let mapping = mapping();
    let names = match rows.first()? {
        (_, Ok(cells)) if is_heading(cells, &mapping) => {
            let names = cells.clone();
            drop(rows.remove(0));
            names
        }
        _ => usual(rows.iter().filter_map(|(_, cells)| cells.as_ref().ok()).map(Vec::len).max().unwrap_or(1)),
    };
    let (columns, ignored) = columns(&names, &mapping);
    let numbered = names.first().is_some_and(|name| name == ROW_NUMBER);
    // A row with nothing but a running number says nothing.
    let lines = rows
        .into_iter()
        .map(|(number, cells)| line(number, cells, &columns, names.len(), numbered))
        .filter(|line| line.broken.is_some() || line.cells.iter().any(|cell| !cell.is_empty()))
        .collect();
    Some(Sheet { columns, ignored, lines })
}

/// Two names that are known, or nothing but one.
fn is_heading(cells: &[String], mapping: &Mapping) -> bool {
    let known = cells.iter().filter(|cell| mapping.field(cell).is_some() || *cell == ROW_NUMBER).count();
    known >= 2 || known == 1 && cells.iter().filter(|cell| !cell.is_empty()).count() == 1
}

fn usual(width: usize) -> Vec<String> {
    let names: &[&str] = match width {
        0 | 1 => &["内容"],
        2 => &["企业名称", "内容"],
        width => &USUAL[..width.min(USUAL.len())],
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn columns(names: &[String], mapping: &Mapping) -> (Vec<Column>, Vec<String>) {
    let mut columns: Vec<Column> = Vec::new();
    let mut ignored = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let field = mapping.field(name).filter(|field| !LEFT_OUT.contains(field));
        match field {
            Some(field) if !columns.iter().any(|column| column.field == field) => {
                columns.push(Column { name: name.clone(), field: field.to_owned(), place });
            }
            _ if name.is_empty() || name == ROW_NUMBER => {}
            _ => ignored.push(name.clone()),
        }
    }
    // A sheet with one column of words says everything in it.
    if !columns.iter().any(|column| column.field == "text")
        && let Some(title) = columns.iter_mut().find(|column| column.field == "title")
    {
        title.field = "text".to_owned();
    }
    (columns, ignored)
}

fn line(number: u64, cells: Result<Vec<String>, String>, columns: &[Column], width: usize, numbered: bool) -> Line {
    let (cells, mut broken) = match cells {
        Ok(cells) => (cells, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let more = cells.iter().skip(width).filter(|cell| !cell.is_empty()).count();
    if more > 0 {
        broken = Some(format!("这一行比表头多出 {more} 格，请核对各列是否对齐"));
    }
    let own = cells.first().filter(|_| numbered).and_then(|cell| cell.parse().ok());
    let cells = columns.iter().map(|column| cells.get(column.place).cloned().unwrap_or_default()).collect();
    Line { number: own.unwrap_or(number), cells, broken }
}

impl Sheet {
    /// The sheet as text, with the numbers of its rows; [`take_apart`] reads it back.
    pub fn written(&self, lines: &[&Line]) -> String {
        let mut text = row_text([ROW_NUMBER].into_iter().chain(self.columns.iter().map(|c| c.name.as_str())));
        for line in lines {
            let number = line.number.to_string();
            text.push_str(&row_text([number.as_str()].into_iter().chain(line.cells.iter().map(String::as_str))));
        }
        text
    }
}

/// One row as a spreadsheet copies it.
pub fn row_text<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells
        .map(|cell| match cell.contains(['\t', '\n', '\r', '"']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell.to_owned(),
        })
        .collect();
    format!("{}\n", cells.join("\t"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(sheet: &Sheet) -> Vec<&str> {
        sheet.columns.iter().map(|column| column.field.as_str()).collect()
    }

    #[test]
    fn a_heading_is_known_by_its_names() {
        let sheet = take_apart("序号\t会员企业\t反映问题\t备注\n1\t甲公司\t用电报装慢\t急\n").unwrap();
        assert_eq!(fields(&sheet), ["enterprise.name", "text"]);
        assert_eq!(sheet.ignored, ["序号", "备注"]);
        assert_eq!((sheet.lines[0].number, sheet.lines[0].cells[1].as_str()), (2, "用电报装慢"));
        let bare = take_apart("甲公司\t用电报装慢\n乙公司\t路灯不亮").unwrap();
        assert_eq!((fields(&bare), bare.lines.len(), bare.lines[0].number), (vec!["enterprise.name", "text"], 2, 1));
        let titles = take_apart("标题\t企业\n用电报装慢\t甲公司").unwrap();
        assert_eq!(fields(&titles), ["text", "enterprise.name"]);
        assert_eq!(take_apart(" \n\t\n"), None);
    }

    #[test]
    fn a_sheet_that_was_taken_apart_reads_back() {
        let sheet = take_apart("企业\t内容\n甲公司\t\"第一行\n第\"\"二\"\"行\"\n乙公司\t路灯\t多了\n").unwrap();
        assert!(sheet.lines[1].broken.as_deref().unwrap().contains("多出 1 格"));
        let whole: Vec<&Line> = sheet.lines.iter().collect();
        let back = take_apart(&sheet.written(&whole[..1])).unwrap();
        assert_eq!(back.lines, sheet.lines[..1]);
        let last = take_apart(&sheet.written(&whole[1..])).unwrap();
        assert_eq!((last.lines[0].number, last.lines[0].broken.is_none()), (3, true));
    }
}
