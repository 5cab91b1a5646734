//! A text as folded characters that know where they came from: the common ground of all finders.

use super::{Kind, Span};
use crate::normal::{fold, is_han};

/// One folded character and the bytes of the original it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub c: char,
    pub start: usize,
    pub end: usize,
}

/// The folded characters of a text, white space as `' '` or `'\n'`.
pub(super) struct Cells(pub Vec<Cell>);

impl Cells {
    pub fn new(text: &str) -> Self {
        let mut cells = Vec::with_capacity(text.len() / 2);
        for (start, original) in text.char_indices() {
            let end = start + original.len_utf8();
            fold(original, |c| {
                let c = if c.is_whitespace() && c != '\n' { ' ' } else { c };
                cells.push(Cell { c, start, end });
            });
        }
        Self(cells)
    }

    /// The character at `at`, or a line break beyond the ends.
    pub fn at(&self, at: usize) -> char {
        self.0.get(at).map_or('\n', |cell| cell.c)
    }

    /// The cells `from..to` as a span of the text.
    pub fn span(&self, from: usize, to: usize, kind: Kind) -> Span {
        Span { start: self.0[from].start, end: self.0[to - 1].end, kind }
    }

    /// Whether one of `words` ends within `reach` characters before `at`, in the same sentence.
    pub fn has_before(&self, at: usize, reach: usize, words: &[&str]) -> bool {
        let from = at.saturating_sub(reach);
        let before: String = self.0[from..at].iter().map(|cell| cell.c).filter(|c| *c != ' ').collect();
        let before = before.rsplit(['。', '；', ';']).next().unwrap_or_default();
        words.iter().any(|word| before.contains(word))
    }

    /// Whether one of `words` begins within `reach` characters from `at` on.
    pub fn has_after(&self, at: usize, reach: usize, words: &[&str]) -> bool {
        let after: String = self.0[at..self.0.len().min(at + reach)].iter().map(|cell| cell.c).collect();
        words.iter().any(|word| after.contains(word))
    }

    /// The same text as names are looked for: without the blanks that stretch a name (`张　三`) and the line breaks that
    /// split a wrapped line.
    pub fn joined(&self) -> Self {
        let mut joined: Vec<Cell> = Vec::with_capacity(self.0.len());
        let mut line = 0;
        for (at, cell) in self.0.iter().enumerate() {
            let between_han = joined.last().is_some_and(|c| is_han(c.c)) && is_han(self.next_written(at));
            // A line of text that was wrapped is long; a line that is a name is short and stays one.
            let dropped = between_han && (cell.c == ' ' && self.stretches(at) || cell.c == '\n' && line >= 16);
            line = if cell.c == '\n' { 0 } else { line + 1 };
            if !dropped {
                joined.push(*cell);
            }
        }
        Self(joined)
    }

    fn next_written(&self, at: usize) -> char {
        (at + 1..at + 4).map(|i| self.at(i)).find(|c| *c != ' ').unwrap_or('\n')
    }

    /// Whether the blank at `at` has a Han character standing alone on one of its sides.
    fn stretches(&self, at: usize) -> bool {
        let lone_before = |i: usize| i < 2 || !is_han(self.at(i - 2));
        let before = (0..at).rev().find(|i| self.at(*i) != ' ').is_some_and(|i| lone_before(i + 1));
        let after = (at + 1..at + 4).find(|i| self.at(*i) != ' ').is_some_and(|i| !is_han(self.at(i + 1)));
        before || after
    }
}

/// The single character that `c` folds to; others stay as they are.
pub(super) fn folded(c: char) -> char {
    let mut only = None;
    let mut count = 0;
    fold(c, |part| {
        only = Some(part);
        count += 1;
    });
    if count == 1 { only.unwrap_or(c) } else { c }
}

/// The value of a digit, written in figures or as people read numbers out.
pub(super) fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => u8::try_from(u32::from(c) - u32::from('0')).ok(),
        '〇' | '零' | '○' | '◯' | '０' => Some(0),
        '一' | '幺' | '壹' => Some(1),
        '二' | '贰' | '貳' => Some(2),
        '三' | '叁' | '參' => Some(3),
        '四' | '肆' => Some(4),
        '五' | '伍' => Some(5),
        '六' | '陆' | '陸' => Some(6),
        '七' | '柒' => Some(7),
        '八' | '捌' => Some(8),
        '九' | '玖' => Some(9),
        _ => None,
    }
}
