//! One JSON object a line.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::charset::Charset;
use super::error::{ReadError, RowProblem};
use super::headed::check;
use super::kind::Text;
use super::lines::{Line, Lines};
use super::{Cell, Columns, Limits, Row};

/// Objects within objects become columns with dots in their names, down to this depth.
const DEPTH: usize = 4;

/// The rows of a JSON Lines file.
pub(crate) struct Rows {
    lines: Lines,
    charset: Charset,
    limits: Limits,
    number: u64,
    line: Vec<u8>,
    /// The columns of the last row, which the next one most often has too.
    columns: Arc<Columns>,
}

impl Rows {
    pub(crate) fn new(text: Text, limits: Limits) -> Self {
        Self {
            lines: Lines::new(text.stream, b'\n', limits.row),
            charset: text.charset,
            limits,
            number: 0,
            line: Vec::new(),
            columns: Arc::default(),
        }
    }

    fn row(&mut self) -> Result<Row, ReadError> {
        let (number, limits) = (self.number, self.limits);
        let text = self.charset.decode(&self.line).map_err(|_| RowProblem::BadEncoding.at(number, None))?;
        let mut found = Vec::with_capacity(self.columns.len());
        flatten(&text, "", 1, &limits, &mut found)
            .map_err(|(column, problem)| problem.at(number, column.as_deref()))?;
        if !self.columns.iter().map(String::as_str).eq(found.iter().map(|(name, _)| name.as_ref())) {
            self.columns = Arc::new(distinct(&found).map_err(|(name, problem)| problem.at(number, Some(&name)))?);
        }
        let cells = found.into_iter().map(|(_, cell)| cell).collect();
        Ok(Row::new(number, Arc::clone(&self.columns), cells))
    }
}

impl Iterator for Rows {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.lines.next_into(&mut self.line) {
                Ok(Line::End) => return None,
                Ok(line) => line,
                Err(error) => return Some(Err(error.into())),
            };
            self.number += 1;
            if line == Line::TooLong {
                return Some(Err(RowProblem::RowTooLong { limit: self.limits.row }.at(self.number, None)));
            }
            if !self.line.trim_ascii().is_empty() {
                return Some(self.row());
            }
        }
    }
}

type Named<'a> = (Cow<'a, str>, Cell);
type Misplaced = (Option<String>, RowProblem);

/// Puts the values of an object, and of the objects in it, into `found`.
fn flatten<'a>(
    text: &'a str,
    prefix: &str,
    depth: usize,
    limits: &Limits,
    found: &mut Vec<Named<'a>>,
) -> Result<(), Misplaced> {
    let members: Members<'a> = serde_json::from_str(text).map_err(|error| (None, bad_json(text, &error)))?;
    for (name, raw) in members.0 {
        let name = if prefix.is_empty() { name } else { Cow::Owned(format!("{prefix}.{name}")) };
        if found.len() >= limits.columns {
            let problem = RowProblem::TooManyCells { found: found.len() + 1, expected: limits.columns };
            return Err((None, problem));
        }
        if raw.get().starts_with('{') && depth < DEPTH {
            flatten(raw.get(), &name, depth + 1, limits, found)?;
            continue;
        }
        let cell = cell(raw.get()).and_then(|cell| check(&cell, limits).map(|()| cell));
        match cell {
            Ok(cell) => found.push((name, cell)),
            Err(problem) => return Err((Some(name.into_owned()), problem)),
        }
    }
    Ok(())
}

fn bad_json(text: &str, error: &serde_json::Error) -> RowProblem {
    let why = error.to_string();
    if !text.trim_start().starts_with('{') && error.is_data() {
        RowProblem::NotAnObject
    } else if ["surrogate", "hex escape", "unicode code point"].iter().any(|word| why.contains(word)) {
        RowProblem::BadEscape
    } else {
        RowProblem::BadJson { at: error.column(), why: reason(error).to_owned() }
    }
}

fn reason(error: &serde_json::Error) -> &'static str {
    if error.is_eof() { "内容不完整" } else { "语法有误" }
}

/// One value. A number keeps the digits it is written with; a list stays as it is written.
fn cell(raw: &str) -> Result<Cell, RowProblem> {
    match raw.as_bytes().first() {
        Some(b'"') => string(raw).map(Cell::of_text),
        Some(b't') => Ok(Cell::Bool(true)),
        Some(b'f') => Ok(Cell::Bool(false)),
        Some(b'n') | None => Ok(Cell::Empty),
        Some(b'[' | b'{') => Ok(Cell::Nested(raw.to_owned())),
        Some(_) => Ok(Cell::of_digits(raw)),
    }
}

fn string(raw: &str) -> Result<String, RowProblem> {
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
        return Ok(raw[1..raw.len() - 1].to_owned());
    }
    serde_json::from_str(raw).map_err(|_| RowProblem::BadEscape)
}

fn distinct(found: &[Named<'_>]) -> Result<Columns, (String, RowProblem)> {
    let mut names: Vec<&str> = found.iter().map(|(name, _)| name.as_ref()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err((pair[0].to_owned(), RowProblem::DuplicateColumn));
    }
    Ok(found.iter().map(|(name, _)| name.as_ref().to_owned()).collect())
}

/// The members of an object in their order, values unread.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// A member's name, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Collect).map(Members)
    }
}
