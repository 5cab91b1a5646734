//! Finds the heading of a grid of cells and names the cells of the rows below it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::error::{ReadError, RowProblem, TableError};
use super::{Cell, Columns, Limits, Row};

/// A numbered row of cells without names.
pub(crate) type Line = (u64, Vec<Cell>);

/// The heading stands within this many rows; above it there may be a title.
const SEARCHED: usize = 10;

/// The rows below the heading.
pub(crate) struct Headed<G> {
    grid: G,
    limits: Limits,
    columns: Option<Arc<Columns>>,
    waiting: VecDeque<Result<Line, ReadError>>,
}

impl<G: Iterator<Item = Result<Line, ReadError>>> Headed<G> {
    pub(crate) fn new(grid: G, limits: Limits) -> Self {
        Self { grid, limits, columns: None, waiting: VecDeque::new() }
    }

    /// Takes the first row with two cells or more; a table of one column begins with its first row.
    fn find_heading(&mut self) -> Result<Arc<Columns>, ReadError> {
        while self.waiting.len() < SEARCHED {
            let Some(item) = self.grid.next() else { break };
            let over = matches!(item, Err(ReadError::File(_)));
            let wide = matches!(&item, Ok((_, cells)) if filled(cells) > 1);
            self.waiting.push_back(item);
            if over || wide {
                break;
            }
        }
        let place = |least: usize| self.waiting.iter().position(|i| matches!(i, Ok((_, c)) if filled(c) >= least));
        let Some(place) = place(2).or_else(|| place(1)) else {
            return Err(self.why_no_heading());
        };
        // Titles above the heading go; broken rows above it are still reported.
        let heading = self.waiting.remove(place).and_then(Result::ok).map(|(_, cells)| cells).unwrap_or_default();
        let mut index = 0;
        self.waiting.retain(|item| {
            index += 1;
            index > place || item.is_err()
        });
        names(&heading, &self.limits).map(Arc::new).map_err(ReadError::File)
    }

    fn why_no_heading(&mut self) -> ReadError {
        let fault = self.waiting.drain(..).find_map(|item| match item {
            Err(ReadError::File(fault)) => Some(fault),
            _ => None,
        });
        fault.unwrap_or(TableError::NoHeader).into()
    }

    fn named(&self, line: Line, columns: &Arc<Columns>) -> Result<Row, ReadError> {
        let (number, mut cells) = line;
        let expected = columns.len();
        if cells.iter().skip(expected).any(|c| !c.is_blank()) {
            return Err(RowProblem::TooManyCells { found: cells.len(), expected }.at(number, None));
        }
        cells.resize(expected, Cell::Empty);
        for (name, cell) in columns.iter().zip(&cells) {
            check(cell, &self.limits).map_err(|problem| problem.at(number, Some(name)))?;
        }
        Ok(Row::new(number, Arc::clone(columns), cells))
    }
}

impl<G: Iterator<Item = Result<Line, ReadError>>> Iterator for Headed<G> {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let columns = match &self.columns {
            Some(columns) => Arc::clone(columns),
            None => match self.find_heading() {
                Ok(columns) => Arc::clone(self.columns.insert(columns)),
                Err(error) => return Some(Err(error)),
            },
        };
        loop {
            match self.waiting.pop_front().or_else(|| self.grid.next())? {
                Ok((_, cells)) if cells.iter().all(Cell::is_blank) => {}
                Ok(line) => return Some(self.named(line, &columns)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn filled(cells: &[Cell]) -> usize {
    cells.iter().filter(|c| !c.is_blank()).count()
}

/// What no cell may be, whatever the kind of file.
pub(crate) fn check(cell: &Cell, limits: &Limits) -> Result<(), RowProblem> {
    let (Cell::Text(text) | Cell::Nested(text)) = cell else { return Ok(()) };
    if text.len() > limits.cell {
        return Err(RowProblem::CellTooLong { found: text.len(), limit: limits.cell });
    }
    if memchr::memchr(0, text.as_bytes()).is_some() { Err(RowProblem::Nul) } else { Ok(()) }
}

/// Column names that are present and differ: a nameless column is called by its place, a repeated name gets a number.
fn names(heading: &[Cell], limits: &Limits) -> Result<Columns, TableError> {
    let width = heading.iter().rposition(|c| !c.is_blank()).map_or(0, |last| last + 1);
    if width > limits.columns {
        return Err(TableError::TooManyColumns { found: width, limit: limits.columns });
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    let name = |(index, cell): (usize, &Cell)| {
        let text = cell.text().unwrap_or_default().replace('\0', "");
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        let name = if text.is_empty() { format!("第{}列", index + 1) } else { text.to_owned() };
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name}（{count}）") }
    };
    Ok(heading[..width].iter().enumerate().map(name).collect())
}
