//! Which grams are known, and their numbers: an open-addressed table of 32-bit places, small enough to lie in the cache.

use std::collections::HashMap;

use super::grams::{Gram, Message};

/// Bits of a place that hold a number; the others hold a tag of the gram's hash.
const NUMBER_BITS: u32 = 18;

/// How many grams a lexicon can hold.
pub(super) const MOST: usize = (1 << NUMBER_BITS) - 1;

/// The grams of a model. One gram in some ten thousand that is not known is taken for one that is.
#[derive(Clone, Debug)]
pub(super) struct Lexicon {
    grams: Vec<Gram>,
    /// 0, or a tag above a gram's number plus one.
    places: Vec<u32>,
    shift: u32,
}

impl Lexicon {
    /// Of at most [`MOST`] grams; each has its place in the list as its number.
    pub fn new(grams: Vec<Gram>) -> Self {
        let size = (grams.len().max(8) * 2).next_power_of_two();
        let mut lexicon = Self { grams, places: vec![0; size], shift: 64 - size.trailing_zeros() };
        for (number, gram) in lexicon.grams.iter().enumerate() {
            let (mut at, tag) = start(*gram, lexicon.shift);
            while lexicon.places[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            lexicon.places[at] = tag | (number as u32 + 1);
        }
        lexicon
    }

    /// All grams, by number.
    pub fn grams(&self) -> &[Gram] {
        &self.grams
    }

    /// A gram's number.
    pub fn number(&self, gram: Gram) -> Option<u32> {
        let (mut at, tag) = start(gram, self.shift);
        let mask = self.places.len() - 1;
        loop {
            let place = self.places[at & mask];
            if place == 0 {
                return None;
            }
            if place & !(MOST as u32) == tag {
                return Some((place & MOST as u32) - 1);
            }
            at += 1;
        }
    }

    /// What `message` has of these grams.
    pub fn find(&self, message: &Message) -> Found {
        let mut tally = Tally::new(message.units.len() * 3);
        let mut pairs = (0, 0);
        message.each_gram(|gram, place, times| {
            let number = self.number(gram);
            if place.len() == 2 && gram >> 63 == 0 {
                pairs.1 += 1;
                pairs.0 += u32::from(number.is_some());
            }
            if let Some(number) = number {
                tally.add(number, times);
            }
            number.is_some()
        });
        Found { grams: tally.counts, pairs }
    }
}

/// Where a gram's search begins, and its tag. Every bit of the gram reaches both.
fn start(gram: Gram, shift: u32) -> (usize, u32) {
    let mixed = gram.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let hash = (mixed ^ mixed >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    ((hash >> shift) as usize, (hash as u32) << NUMBER_BITS)
}

/// What a message has of a lexicon.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Number of a gram and how often it counts, in the order of first standing.
    pub grams: Vec<(u32, u32)>,
    /// Pairs of neighbours that are known, and all of them.
    pub pairs: (u32, u32),
}

/// Counts numbers.
struct Tally {
    counts: Vec<(u32, u32)>,
    /// 0, or a place in `counts` plus one.
    places: Vec<u16>,
}

impl Tally {
    fn new(most: usize) -> Self {
        let size = (most.max(8) * 2).next_power_of_two();
        Self { counts: Vec::with_capacity(most), places: vec![0; size] }
    }

    fn add(&mut self, number: u32, times: u32) {
        let mask = self.places.len() - 1;
        let mut at = (number.wrapping_mul(0x9E37_79B1) >> 8) as usize & mask;
        loop {
            match self.places[at] {
                0 => {
                    self.counts.push((number, times));
                    self.places[at] = self.counts.len() as u16;
                    return;
                }
                place if self.counts[usize::from(place) - 1].0 == number => {
                    self.counts[usize::from(place) - 1].1 += times;
                    return;
                }
                _ => at = (at + 1) & mask,
            }
        }
    }
}

/// In how many messages each gram stands.
pub(super) fn document_counts<'a>(messages: impl Iterator<Item = &'a Message>) -> HashMap<Gram, u32> {
    let mut counts: HashMap<Gram, (u32, u32)> = HashMap::new();
    for (number, message) in messages.enumerate() {
        let number = number as u32 + 1;
        message.each_gram(|gram, _, _| {
            let (times, last) = counts.entry(gram).or_default();
            if *last != number {
                *last = number;
                *times += 1;
            }
            true
        });
    }
    counts.into_iter().map(|(gram, (times, _))| (gram, times)).collect()
}
