//! The words of a text that spoke for a label.

use std::collections::HashMap;
use std::ops::Range;

use super::grams::{BREAK, Message, origins};
use super::model::{Model, PARTS, factors, value};
use super::solve::LANES;

/// A word shown is at most so many characters long.
const LONGEST_WORD: usize = 6;

/// A word grows by a character that adds at least this share of what the word has on average by character.
const WORTH_GROWING: f32 = 0.6;

/// A word is shown only if it adds at least this share of what the first word adds.
const WORTH_SHOWING: f32 = 0.2;

/// No word has one of these.
const PARTICLES: &str = "的了着是在和与及也都就而或被把对从向给让又还才到之其这那此我你您他她它们吗呢吧啊呀";

impl Model {
    /// The words of this text, as they stand there, that added most to the score of `label`; the weightiest first. Empty
    /// where the model has no such label or nothing speaks for it.
    pub fn because(&self, title: &str, text: &str, label: &str, most: usize) -> Vec<String> {
        let Some(label) = self.labels.iter().position(|l| l == label) else { return Vec::new() };
        let message = Message::new(title, text);
        let sums = Sums::new(self, &message, label);
        let mut words: Vec<(Range<usize>, f32)> = Vec::new();
        for pair in sums.pairs(&message.units) {
            if words.len() >= 4 * most {
                break;
            }
            if words.iter().all(|(word, _)| word.end <= pair.start || pair.end <= word.start) {
                let word = sums.grown(pair, &message.units);
                let sum = sums.of(&word);
                words.push((word, sum));
            }
        }
        words.sort_by(|a, b| b.1.total_cmp(&a.1));
        let least = words.first().map_or(0.0, |(_, sum)| WORTH_SHOWING * sum);
        words.retain(|(_, sum)| *sum >= least);
        let origins = origins(title, text);
        let mut shown: Vec<&str> = Vec::new();
        for word in words.into_iter().filter_map(|(word, _)| stretch(&origins[word])) {
            if shown.len() < most && !shown.iter().any(|other| other.contains(word) || word.contains(other)) {
                shown.push(word);
            }
        }
        shown.into_iter().map(str::to_owned).collect()
    }
}

/// What the grams of a message add to the score of a label.
struct Sums {
    /// By where a gram begins: the single character, and its pair with the next.
    added: Vec<[f32; 2]>,
}

impl Sums {
    fn new(model: &Model, message: &Message, label: usize) -> Self {
        let mut added = vec![[0.0; 2]; message.units.len()];
        let found = model.parts.each_ref().map(|part| part.lexicon.find(message));
        let times = found.each_ref().map(|found| found.grams.iter().copied().collect::<HashMap<u32, u32>>());
        let square = |part: &HashMap<u32, u32>| part.values().map(|times| value(*times).powi(2)).sum();
        let factors = factors(times.each_ref().map(square));
        for (at, part) in model.parts.iter().enumerate() {
            message.each_gram(PARTS[at], |gram, place| {
                let Some(number) = part.lexicon.number(gram) else { return false };
                let row = number as usize * model.bias.len();
                let weight = part.rows[row + label / LANES][label % LANES];
                added[place.start][place.len() - 1] += factors[at] * value(times[at][&number]) * f32::from(weight);
                true
            });
        }
        Self { added }
    }

    /// The sum of all grams within a word.
    fn of(&self, word: &Range<usize>) -> f32 {
        let single = |at: usize| self.added[at][0];
        let pair = |at: usize| self.added[at][1];
        word.clone().map(single).sum::<f32>() + (word.start..word.end.saturating_sub(1)).map(pair).sum::<f32>()
    }

    /// The pairs that speak for the label, weightiest first.
    fn pairs(&self, units: &[u16]) -> Vec<Range<usize>> {
        let pairs = units.windows(2).enumerate().filter(|(_, pair)| is_word(pair)).map(|(at, _)| at..at + 2);
        let mut pairs: Vec<_> = pairs.map(|pair| (self.of(&pair), pair)).filter(|(sum, _)| *sum > 0.0).collect();
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        pairs.into_iter().map(|(_, pair)| pair).collect()
    }

    /// A pair with the neighbours that belong to it.
    fn grown(&self, mut word: Range<usize>, units: &[u16]) -> Range<usize> {
        while word.len() < LONGEST_WORD {
            let now = self.of(&word);
            let wider = [word.start.checked_sub(1).map(|from| from..word.end), Some(word.start..word.end + 1)];
            let wider = wider.into_iter().flatten().filter(|wider| units.get(wider.clone()).is_some_and(is_word));
            let wider = wider.map(|wider| (self.of(&wider), wider));
            match wider.max_by(|a, b| a.0.total_cmp(&b.0)) {
                Some((then, wider)) if then - now > WORTH_GROWING * now / word.len() as f32 => word = wider,
                _ => break,
            }
        }
        word
    }
}

/// Whether nothing separates these units and no particle is among them.
fn is_word(units: &[u16]) -> bool {
    let particle = |unit: u16| char::from_u32(unit.into()).is_some_and(|c| PARTICLES.contains(c));
    !units.iter().any(|unit| *unit == BREAK || particle(*unit))
}

/// The stretch of the original from which units came: from the first one's character to the last one's.
fn stretch<'a>(origins: &[&'a str]) -> Option<&'a str> {
    let (first, last) = (*origins.first()?, *origins.last()?);
    let size = first.len().checked_sub(last.len())? + last.chars().next()?.len_utf8();
    first.get(..size)
}
