//! Values with delimiters, in the many ways in which spreadsheets write them.

use std::collections::VecDeque;

use super::charset::Charset;
use super::error::{ReadError, RowProblem, TableError};
use super::headed::Line as GridLine;
use super::kind::Text;
use super::lines::{Line, Lines};
use super::{Cell, Limits};

/// After this many quotation marks without a partner the file is no CSV, and looking further would take for ever.
const MOST_UNCLOSED: usize = 100;

/// The rows of a CSV as cells.
pub(crate) struct Grid {
    lines: Lines,
    charset: Charset,
    fields: Fields,
    limits: Limits,
    number: u64,
    /// Lines to read once more, because the quotation mark before them never closed.
    replay: VecDeque<(Line, Vec<u8>)>,
    unclosed: usize,
    line: Vec<u8>,
    skip_first: bool,
}

impl Grid {
    pub(crate) fn new(text: Text, limits: Limits) -> Self {
        let terminator =
            if memchr::memchr(b'\n', &text.head).is_none() && text.head.contains(&b'\r') { b'\r' } else { b'\n' };
        let declared = declared_delimiter(&text.head);
        let delimiter = declared.unwrap_or_else(|| sniff(&text.head, terminator));
        Self {
            lines: Lines::new(text.stream, terminator, limits.row),
            charset: text.charset,
            fields: Fields::new(delimiter),
            limits,
            number: 0,
            replay: VecDeque::new(),
            unclosed: 0,
            line: Vec::new(),
            skip_first: declared.is_some(),
        }
    }

    fn next_line(&mut self) -> Result<Line, ReadError> {
        if let Some((line, bytes)) = self.replay.pop_front() {
            self.line = bytes;
            return Ok(line);
        }
        Ok(self.lines.next_into(&mut self.line)?)
    }

    fn read(&mut self) -> Result<Option<GridLine>, ReadError> {
        let first = self.next_line()?;
        if first == Line::End {
            return Ok(None);
        }
        self.number += 1;
        if first == Line::TooLong {
            return Err(RowProblem::RowTooLong { limit: self.limits.row }.at(self.number, None));
        }
        self.fields.start();
        self.fields.feed(&self.line);
        if self.fields.open {
            self.read_on()?;
        }
        self.fields.finish();
        self.cells().map(|cells| Some((self.number, cells)))
    }

    /// A quoted value goes on over line ends. If it never closes, only its first line is given up.
    fn read_on(&mut self) -> Result<(), ReadError> {
        let mut size = self.line.len();
        let mut passed = VecDeque::new();
        while self.fields.open {
            let line = self.next_line()?;
            size += self.line.len() + 1;
            if line != Line::Whole || size > self.limits.row {
                if line != Line::End {
                    passed.push_back((line, std::mem::take(&mut self.line)));
                }
                return Err(self.give_up(passed));
            }
            self.fields.bytes.push(b'\n');
            self.fields.feed(&self.line);
            passed.push_back((line, std::mem::take(&mut self.line)));
        }
        Ok(())
    }

    fn give_up(&mut self, mut passed: VecDeque<(Line, Vec<u8>)>) -> ReadError {
        self.unclosed += 1;
        if self.unclosed > MOST_UNCLOSED {
            return TableError::Damaged("双引号没有配对的行太多".to_owned()).into();
        }
        passed.append(&mut self.replay);
        self.replay = passed;
        RowProblem::UnclosedQuote.at(self.number, None)
    }

    fn cells(&mut self) -> Result<Vec<Cell>, ReadError> {
        let mut cells = Vec::with_capacity(self.fields.ends.len());
        let mut start = 0;
        for &end in &self.fields.ends {
            let text = self.charset.decode(&self.fields.bytes[start..end]);
            let text = text.map_err(|_| RowProblem::BadEncoding.at(self.number, None))?;
            cells.push(Cell::of_text(text));
            start = end;
        }
        Ok(cells)
    }
}

impl Iterator for Grid {
    type Item = Result<GridLine, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.read().transpose()?;
        if std::mem::take(&mut self.skip_first) && item.is_ok() {
            return self.next();
        }
        Some(item)
    }
}

/// The values of one row, one after the other in one buffer.
struct Fields {
    delimiter: u8,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Inside quotation marks.
    open: bool,
    /// At the beginning of a value, where alone a quotation mark opens.
    fresh: bool,
}

impl Fields {
    fn new(delimiter: u8) -> Self {
        Self { delimiter, bytes: Vec::new(), ends: Vec::new(), open: false, fresh: true }
    }

    fn start(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.open = false;
        self.fresh = true;
    }

    fn finish(&mut self) {
        self.ends.push(self.bytes.len());
    }

    /// Takes one line in.
    fn feed(&mut self, mut line: &[u8]) {
        while !line.is_empty() {
            line = if self.open { self.inside(line) } else { self.outside(line) };
        }
    }

    /// Up to and including the quotation mark that closes; two of them are one that is meant.
    fn inside<'a>(&mut self, line: &'a [u8]) -> &'a [u8] {
        let Some(quote) = memchr::memchr(b'"', line) else {
            self.bytes.extend_from_slice(line);
            return &[];
        };
        self.bytes.extend_from_slice(&line[..quote]);
        let rest = &line[quote + 1..];
        if rest.first() == Some(&b'"') {
            self.bytes.push(b'"');
            return &rest[1..];
        }
        self.open = false;
        rest
    }

    /// Up to and including the delimiter; whatever stands between a closing quotation mark and it is kept.
    fn outside<'a>(&mut self, line: &'a [u8]) -> &'a [u8] {
        if self.fresh && line[0] == b'"' {
            self.open = true;
            self.fresh = false;
            return &line[1..];
        }
        let end = memchr::memchr(self.delimiter, line);
        self.bytes.extend_from_slice(&line[..end.unwrap_or(line.len())]);
        self.fresh = end.is_some();
        match end {
            Some(end) => {
                self.ends.push(self.bytes.len());
                &line[end + 1..]
            }
            None => &[],
        }
    }
}

/// Excel's own first line `sep=;`.
fn declared_delimiter(head: &[u8]) -> Option<u8> {
    match head.strip_prefix(b"sep=")? {
        [delimiter, b'\r' | b'\n', ..] => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter that cuts the first rows most evenly, and among those the one that cuts them into most cells.
fn sniff(head: &[u8], terminator: u8) -> u8 {
    let score = |delimiter: u8| {
        let mut fields = Fields::new(delimiter);
        let mut widths = Vec::new();
        for line in head.split(|b| *b == terminator).take(30) {
            if fields.open {
                fields.feed(line);
            } else {
                fields.start();
                fields.feed(line);
            }
            if !fields.open && !line.trim_ascii().is_empty() {
                fields.finish();
                widths.push(fields.ends.len());
            }
        }
        let share = |width: usize| widths.iter().filter(|w| **w == width).count() * 1000 / widths.len();
        widths.iter().filter(|w| **w > 1).map(|w| (share(*w), *w)).max().unwrap_or_default()
    };
    let mut best = (b',', score(b','));
    for delimiter in [b'\t', b';', b'|'] {
        let found = score(delimiter);
        if found > best.1 {
            best = (delimiter, found);
        }
    }
    best.0
}
