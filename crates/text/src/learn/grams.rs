//! A message as the grams that the classifier weighs: its single characters in normal form and its pairs of neighbours.
//!
//! Runs of three brought nothing in cross-validation (macro-F1 0.928 with them, 0.931 without) and cost twice the time.

use std::ops::Range;

use crate::normal::{Class, class, fold};

/// How many characters of a title are read.
const TITLE_WITHIN: usize = 120;

/// How many characters of a text are read; the matter stands at the beginning. All of it makes no better a judgement.
const TEXT_WITHIN: usize = 800;

/// Stands for whatever separates; no character has this unit.
pub(super) const BREAK: u16 = 0;

/// One or two units packed into a number; never 0.
pub(super) type Gram = u32;

/// A message in normal form.
#[derive(Debug, Default)]
pub(super) struct Message {
    /// Its characters, title first, [`BREAK`] where something separates.
    pub units: Vec<u16>,
    text_from: usize,
}

/// The part of a message in which grams are counted. Each has weights of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Title and text; what stands in the title counts twice.
    Whole,
    /// The title alone.
    Title,
}

impl Message {
    /// Reads title and text.
    pub fn new(title: &str, text: &str) -> Self {
        let mut units = Vec::with_capacity(title.len().min(2 * TITLE_WITHIN) + text.len().min(2 * TEXT_WITHIN) + 1);
        each_unit(title, TITLE_WITHIN, |unit, _| units.push(unit));
        units.push(BREAK);
        let text_from = units.len();
        each_unit(text, TEXT_WITHIN, |unit, _| units.push(unit));
        Self { units, text_from }
    }

    /// The units of a part.
    pub fn of(&self, part: Part) -> &[u16] {
        match part {
            Part::Whole => &self.units,
            Part::Title => &self.units[..self.text_from],
        }
    }

    /// Passes on the grams of a part with where each stands in the units: of each character itself first, and, if `emit`
    /// says of it and of its neighbour that they are known, their pair. Returns how many pairs there are.
    pub fn each_gram(&self, part: Part, mut emit: impl FnMut(Gram, Range<usize>) -> bool) -> usize {
        let (mut before, mut known_before, mut pairs) = (BREAK, false, 0);
        for (at, unit) in self.of(part).iter().enumerate() {
            let known = *unit != BREAK && emit(Gram::from(*unit), at..at + 1);
            if *unit != BREAK && before != BREAK {
                pairs += 1;
                if known && known_before {
                    emit(Gram::from(before) << 16 | Gram::from(*unit), at - 1..at + 1);
                }
            }
            (before, known_before) = (*unit, known);
        }
        pairs
    }

    /// How often a gram at this place counts.
    pub fn times(&self, part: Part, at: usize) -> u32 {
        if part == Part::Whole && at < self.text_from { 2 } else { 1 }
    }
}

/// For each unit of a message the bytes of title or text from which it came.
pub(super) fn origins<'a>(title: &'a str, text: &'a str) -> Vec<&'a str> {
    let mut origins = Vec::new();
    let from = |half: &'a str, at: usize| half.get(at..).unwrap_or_default();
    each_unit(title, TITLE_WITHIN, |_, at| origins.push(from(title, at)));
    origins.push("");
    each_unit(text, TEXT_WITHIN, |_, at| origins.push(from(text, at)));
    origins
}

/// Passes on the units of a text with the byte at which each one's original character starts. Separators are one
/// [`BREAK`]; blanks that touch Han characters are nothing, as in [`crate::normal`].
fn each_unit(text: &str, within: usize, mut emit: impl FnMut(u16, usize)) {
    let (mut before, mut waiting, mut passed) = (Class::Break, None, 0);
    for (at, original) in text.char_indices() {
        if passed >= within {
            break;
        }
        // Nearly all are of this kind, and fold to themselves; a blank before them means nothing.
        if ('\u{4E00}'..='\u{9FFF}').contains(&original) && waiting != Some(Class::Break) {
            emit(unit(original), at);
            (before, waiting, passed) = (Class::Han, None, passed + 1);
            continue;
        }
        fold(original, |c| {
            let class = class(c);
            match class {
                Class::Break => waiting = Some(Class::Break),
                Class::Blank => waiting = waiting.or(Some(Class::Blank)),
                Class::Han | Class::Word => {
                    let touches = before == Class::Han || class == Class::Han;
                    if waiting.take().is_some_and(|w| w == Class::Break || !touches) && passed > 0 {
                        emit(BREAK, at);
                    }
                    emit(unit(c), at);
                    before = class;
                    passed += 1;
                }
            }
        });
    }
}

/// Sixteen bits for a character: itself in the basic plane, else a place in the private use area, where the rare Han
/// characters of the other planes share 4,096 places.
fn unit(c: char) -> u16 {
    let code = u32::from(c);
    u16::try_from(code).unwrap_or(0xE000 | (code & 0xFFF) as u16).max(1)
}
