//! A message as the grams that the classifier weighs: its characters in normal form, and every run of one to three of
//! them that no separator cuts.

use std::ops::Range;

use crate::normal::{Class, class, fold};

/// How many characters of a title and of a text are read; the matter stands at the beginning.
const TEXT_WITHIN: usize = 1_200;

/// Stands for whatever separates; no folded character has this unit.
pub(super) const BREAK: u16 = 0;

/// Longest gram, in characters.
pub(super) const LONGEST: usize = 3;

/// Marks a gram that stands in a title.
const TITLE: Gram = 1 << 63;

/// One to three units packed into a number; grams of different lengths never meet.
pub(super) type Gram = u64;

/// A message in normal form.
#[derive(Default)]
pub(super) struct Message {
    /// Its characters, title first, [`BREAK`] where something separates.
    pub units: Vec<u16>,
    /// Where the text begins in `units`.
    pub text_from: usize,
}

impl Message {
    /// Reads title and text.
    pub fn new(title: &str, text: &str) -> Self {
        let mut units = Vec::with_capacity((title.len() + text.len()).min(4 * TEXT_WITHIN) / 2 + 8);
        each_title_unit(title, |unit, _| units.push(unit));
        units.push(BREAK);
        let text_from = units.len();
        each_text_unit(text, |unit, _| units.push(unit));
        Self { units, text_from }
    }

    /// Passes on every gram with how often it counts, until `longer` says that no longer one can be known.
    pub fn each_gram(&self, mut known: impl FnMut(Gram, Range<usize>, u32) -> bool) {
        let r = super::recipe::get();
        for from in 0..self.units.len() {
            let in_title = from < self.text_from;
            let mut gram = 0;
            for (length, unit) in self.units[from..].iter().take(r.longest).enumerate() {
                if *unit == BREAK {
                    break;
                }
                gram = gram << 16 | Gram::from(*unit);
                let mut more = known(gram, from..from + length + 1, if in_title { r.title_times } else { 1 });
                if in_title && r.title_space {
                    more |= known(gram | TITLE, from..from + length + 1, 1);
                }
                if !more {
                    break;
                }
            }
        }
    }
}

/// Passes on the units of a title, see [`each_unit`].
pub(super) fn each_title_unit(title: &str, emit: impl FnMut(u16, usize)) {
    each_unit(title, super::recipe::get().title_within, emit);
}

/// Passes on the units of a text, see [`each_unit`].
pub(super) fn each_text_unit(text: &str, emit: impl FnMut(u16, usize)) {
    each_unit(text, super::recipe::get().text_within, emit);
}

/// Passes on the units of a text with the byte at which each one's original character starts. Separators are one
/// [`BREAK`]; blanks that touch Han characters are nothing, as in [`crate::normal`].
fn each_unit(text: &str, within: usize, mut emit: impl FnMut(u16, usize)) {
    let (mut before, mut waiting, mut passed) = (Class::Break, None, 0);
    for (at, original) in text.char_indices() {
        if passed >= within {
            break;
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
