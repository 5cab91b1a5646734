//! Which grams are known, and their numbers: an open-addressed table, small enough to lie in the cache.

use super::grams::{Gram, Message, Part};

/// The grams that are known of a part of the messages.
#[derive(Clone, Debug)]
pub(super) struct Lexicon {
    part: Part,
    grams: Vec<Gram>,
    /// Gram and number; gram 0 where the place is free.
    places: Vec<(Gram, u32)>,
    shift: u32,
}

impl Lexicon {
    /// Each gram has its place in the list as its number.
    pub fn new(part: Part, grams: Vec<Gram>) -> Self {
        let size = (grams.len() * 3 / 2).max(8).next_power_of_two();
        let mut lexicon = Self { part, grams, places: vec![(0, 0); size], shift: Gram::BITS - size.trailing_zeros() };
        for number in 0..lexicon.grams.len() {
            let gram = lexicon.grams[number];
            let at = lexicon.place(gram);
            lexicon.places[at] = (gram, number as u32);
        }
        lexicon
    }

    /// All grams, by number.
    pub fn grams(&self) -> &[Gram] {
        &self.grams
    }

    /// The place of a gram, or the free one where it would be.
    fn place(&self, gram: Gram) -> usize {
        let mask = self.places.len() - 1;
        let mut at = (gram.wrapping_mul(0x9E37_79B1) >> self.shift) as usize & mask;
        while self.places[at].0 != gram && self.places[at].0 != 0 {
            at = (at + 1) & mask;
        }
        at
    }

    /// A gram's number.
    pub fn number(&self, gram: Gram) -> Option<u32> {
        let (found, number) = self.places[self.place(gram)];
        (found == gram).then_some(number)
    }

    /// What `message` has of these grams.
    pub fn find(&self, message: &Message) -> Found {
        let mut tally = Tally::new(2 * message.of(self.part).len());
        let mut known_pairs = 0;
        let pairs = message.each_gram(self.part, |gram, place| {
            let Some(number) = self.number(gram) else { return false };
            known_pairs += place.len() - 1;
            tally.add(number, message.times(self.part, place.start));
            true
        });
        Found { grams: tally.counts, known_pairs, pairs }
    }
}

/// What a message has of a lexicon.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Number of a gram and how often it counts, in the order of first standing.
    pub grams: Vec<(u32, u32)>,
    /// How many pairs of neighbours are known.
    pub known_pairs: usize,
    /// How many there are.
    pub pairs: usize,
}

/// Counts numbers.
struct Tally {
    counts: Vec<(u32, u32)>,
    /// 0, or a place in `counts` plus one.
    places: Vec<u16>,
}

impl Tally {
    /// For at most `most` of them.
    fn new(most: usize) -> Self {
        Self { counts: Vec::with_capacity(most), places: vec![0; (2 * most).max(8).next_power_of_two()] }
    }

    fn add(&mut self, number: u32, times: u32) {
        let mask = self.places.len() - 1;
        let mut at = (number.wrapping_mul(0x9E37_79B1) >> 16) as usize;
        loop {
            let place = &mut self.places[at & mask];
            match self.counts.get_mut(usize::from(*place).wrapping_sub(1)) {
                None => {
                    self.counts.push((number, times));
                    *place = self.counts.len() as u16;
                    return;
                }
                Some((known, count)) if *known == number => {
                    *count += times;
                    return;
                }
                Some(_) => at += 1,
            }
        }
    }
}
