//! Cells that were copied from a spreadsheet and pasted as text.

use std::io::Cursor;

use super::charset::Charset;
use super::csv::Grid;
use super::error::ReadError;
use super::kind::Text;
use super::source::HEAD;
use super::{Cell, Limits};

/// The line by which a CSV names its delimiter.
const TABS: &str = "sep=\t\n";

/// The rows of a pasted table: tabs between cells, cells with line breaks in quotation marks, no heading assumed. The
/// numbers are those of the rows as they were copied; rows without anything in them are left out.
pub fn pasted(text: &str) -> impl Iterator<Item = Result<(u64, Vec<Cell>), ReadError>> {
    let text = format!("{TABS}{}", text.replace("\r\n", "\n").replace('\r', "\n")).into_bytes();
    let head = text[..text.len().min(HEAD)].to_vec();
    let stream = Box::new(Cursor::new(text));
    let grid = Grid::new(Text { stream, head, charset: Charset::Utf8 }, Limits::default());
    grid.filter_map(|line| match line {
        Ok((_, cells)) if cells.iter().all(Cell::is_blank) => None,
        Ok((number, cells)) => Some(Ok((number - 1, cells))),
        Err(ReadError::Row(mut error)) => {
            error.number = error.number.saturating_sub(1);
            Some(Err(ReadError::Row(error)))
        }
        Err(fault) => Some(Err(fault)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(u64, Vec<String>)> {
        let rows = pasted(text).map(|row| row.unwrap());
        rows.map(|(n, cells)| (n, cells.iter().map(|c| c.text().unwrap_or_default().into_owned()).collect())).collect()
    }

    #[test]
    fn cells_come_as_they_were_copied() {
        let sheet = "标题\t内容\r\n用电\t\"第一行\r\n第二行，带\"\"引号\"\"\"\r\n\r\n用水, 用气\t没有引号的\"\r\n";
        let rows = texts(sheet);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1], (2, vec!["用电".into(), "第一行\n第二行，带\"引号\"".into()]));
        assert_eq!(rows[2], (4, vec!["用水, 用气".into(), "没有引号的\"".into()]));
        assert_eq!(texts("只有一格"), [(1, vec!["只有一格".to_owned()])]);
        assert!(texts("").is_empty() && texts("\n\t\t\n").is_empty());
        assert!(pasted("a\t\"没有关上\nb\tc").next().unwrap().is_err());
    }
}
