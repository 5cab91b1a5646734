//! The words of a text that spoke for a label.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::grams::{BREAK, LONGEST, Message, each_text_unit, each_title_unit};
use super::model::{Model, value};

/// A word shown is at most so many characters long.
const LONGEST_WORD: usize = 6;

/// A word grows by a character that adds at least this share of what the word has on average by character.
const WORTH_GROWING: f32 = 0.5;

impl Model {
    /// The words of this text, as they stand there, that added most to the score of `label`; the weightiest first. Empty
    /// where the model has no such label or nothing speaks for it.
    pub fn because(&self, title: &str, text: &str, label: &str, most: usize) -> Vec<String> {
        let Some(label) = self.labels.iter().position(|l| l == label) else { return Vec::new() };
        let message = Message::new(title, text);
        let added = self.added(&message, label);
        let sum = |word: &Range<usize>| -> f32 {
            let within = |from: usize| (from + 1..=(from + LONGEST).min(word.end)).map(move |to| (from, to));
            word.clone().flat_map(within).filter_map(|gram| added.get(&gram)).sum()
        };
        let mut words: Vec<(Range<usize>, f32)> = Vec::new();
        let mut pairs: Vec<(Range<usize>, f32)> = (1..message.units.len())
            .filter(|to| message.units[to - 1] != BREAK && message.units[*to] != BREAK)
            .map(|to| to - 1..to + 1)
            .map(|pair| (pair.clone(), sum(&pair)))
            .filter(|(_, sum)| *sum > 0.0)
            .collect();
        pairs.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.start.cmp(&b.0.start)));
        for (pair, _) in pairs {
            if words.len() >= 4 * most {
                break;
            }
            if words.iter().all(|(word, _)| word.end <= pair.start || pair.end <= word.start) {
                let word = grown(pair, &message.units, &sum);
                let weight = sum(&word);
                words.push((word, weight));
            }
        }
        words.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.start.cmp(&b.0.start)));
        let origins = Origins::new(title, text);
        let mut seen = HashSet::new();
        let shown = words.into_iter().filter(|(word, _)| seen.insert(message.units[word.clone()].to_vec()));
        shown.filter_map(|(word, _)| origins.shown(word)).take(most).collect()
    }

    /// What the grams of a message, by where they begin and end, add to the score of a label, but for a common factor.
    fn added(&self, message: &Message, label: usize) -> HashMap<(usize, usize), f32> {
        let times: HashMap<u32, u32> = self.lexicon.find(message).grams.into_iter().collect();
        let mut added = HashMap::new();
        message.each_gram(|gram, place, _| {
            let number = self.lexicon.number(gram);
            if let Some(number) = number {
                let row = &self.table.rows[number as usize * self.table.blocks..][..self.table.blocks];
                let value = value(times.get(&number).copied().unwrap_or(1), self.rarity[number as usize]);
                *added.entry((place.start, place.end)).or_default() += value * f32::from(row.as_flattened()[label]);
            }
            number.is_some()
        });
        added
    }
}

/// A pair with the neighbours that belong to it.
fn grown(pair: Range<usize>, units: &[u16], sum: &impl Fn(&Range<usize>) -> f32) -> Range<usize> {
    let mut word = pair;
    while word.len() < LONGEST_WORD {
        let mut wider = Vec::new();
        if word.start > 0 && units[word.start - 1] != BREAK {
            wider.push(word.start - 1..word.end);
        }
        if units.get(word.end).is_some_and(|unit| *unit != BREAK) {
            wider.push(word.start..word.end + 1);
        }
        let best = wider.into_iter().map(|wider| (sum(&wider), wider)).max_by(|a, b| a.0.total_cmp(&b.0));
        let now = sum(&word);
        match best {
            Some((then, wider)) if then - now > WORTH_GROWING * now / word.len() as f32 => word = wider,
            _ => break,
        }
    }
    word
}

/// The way from a message's units back to title and text.
struct Origins<'a> {
    title: &'a str,
    text: &'a str,
    /// For each unit the byte of its half at which its original character starts.
    bytes: Vec<usize>,
    text_from: usize,
}

impl<'a> Origins<'a> {
    fn new(title: &'a str, text: &'a str) -> Self {
        let mut bytes = Vec::new();
        each_title_unit(title, |_, at| bytes.push(at));
        bytes.push(title.len());
        let text_from = bytes.len();
        each_text_unit(text, |_, at| bytes.push(at));
        Self { title, text, bytes, text_from }
    }

    /// The characters from which these units came.
    fn shown(&self, units: Range<usize>) -> Option<String> {
        let half = if units.start < self.text_from { self.title } else { self.text };
        let (from, last) = (*self.bytes.get(units.start)?, *self.bytes.get(units.end.checked_sub(1)?)?);
        let to = last + half.get(last..)?.chars().next()?.len_utf8();
        half.get(from..to).map(str::to_owned)
    }
}
