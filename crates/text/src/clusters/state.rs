//! The state between runs as bytes: a heading, the tables in a fixed order, and a check sum. What does not fit together
//! is refused as damaged.

use std::fmt;

use super::Clusters;
use super::grouping::{CENTRE, FILE};
use super::likeness::{Bundle, Lengths};
use super::stats::{Count, Table};
use super::topics::{Company, LENGTH};

/// How a state begins; the last byte is the version.
const HEADING: [u8; 8] = *b"stclust\x01";

/// Why bytes are no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateError {
    /// Something else, or a state of another version of the program: start anew.
    Unknown,
    /// Bytes were lost or changed.
    Damaged,
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "不是本版本的聚类状态",
            Self::Damaged => "聚类状态已损坏",
        })
    }
}

impl std::error::Error for StateError {}

impl Clusters {
    /// The state as bytes; the same state gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = HEADING.to_vec();
        let words = self.place_words.join("\n");
        list(&mut out, words.as_bytes(), |b| [*b]);
        number(&mut out, self.stats.notes);
        number(&mut out, self.cursor);
        list(&mut out, &self.ids, |n| n.to_le_bytes());
        list(&mut out, &self.ats, |n| n.to_le_bytes());
        list(&mut out, &self.ends, |e| pair(e.0, e.1));
        list(&mut out, &self.features, |n| n.to_le_bytes());
        list(&mut out, &self.times, |n| [*n]);
        list(&mut out, &self.titles, |n| n.to_le_bytes());
        list(&mut out, &self.group, |n| n.to_le_bytes());
        list(&mut out, &self.next, |n| n.to_le_bytes());
        list(&mut out, &self.lengths, |l| triple(l.all.to_bits(), l.matter.to_bits(), l.site.to_bits()));
        for founder in sorted(&self.centres) {
            number(&mut out, founder);
            list(&mut out, &self.centres[&founder].features, |n| n.to_le_bytes());
            list(&mut out, &self.centres[&founder].strengths, |n| n.to_le_bytes());
        }
        number(&mut out, u32::MAX);
        for feature in sorted(&self.filed) {
            number(&mut out, feature);
            list(&mut out, &self.filed[&feature], |n| n.to_le_bytes());
        }
        number(&mut out, u32::MAX);
        for feature in sorted(&self.stats.counts) {
            let count = &self.stats.counts[&feature];
            number(&mut out, feature);
            out.extend(triple(count.notes, count.area, count.site));
        }
        number(&mut out, u32::MAX);
        number(&mut out, self.topics.notes.to_bits());
        list(&mut out, &self.topics.all, |n| n.to_le_bytes());
        for feature in sorted(&self.topics.words) {
            let company = &self.topics.words[&feature];
            number(&mut out, feature);
            number(&mut out, company.notes);
            list(&mut out, &company.sums, |n| n.to_le_bytes());
        }
        number(&mut out, u32::MAX);
        let sum = check_sum(&out);
        out.extend(sum.to_le_bytes());
        out
    }

    /// The state that [`Clusters::to_bytes`] wrote.
    ///
    /// # Errors
    /// Bytes of another origin or version, cut or changed ones.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let (body, sum) = bytes.split_last_chunk().ok_or(StateError::Unknown)?;
        let rest = body.strip_prefix(&HEADING).ok_or(StateError::Unknown)?;
        if check_sum(body) != u64::from_le_bytes(*sum) {
            return Err(StateError::Damaged);
        }
        Reader(rest).state().filter(Self::fits_together).ok_or(StateError::Damaged)
    }

    /// Whether every number points at something.
    fn fits_together(&self) -> bool {
        let notes = self.ids.len();
        let within = |number: &u32| (*number as usize) < notes;
        let mut turned = vec![false; notes];
        let ring = self.next.iter().zip(&self.group).all(|(next, group)| {
            let known = within(next) && within(group) && self.group[*next as usize] == *group;
            known && self.group[*group as usize] == *group && !std::mem::replace(&mut turned[*next as usize], true)
        });
        let ends = self.ends.windows(2).all(|e| e[0].0 <= e[1].0 && e[0].1 <= e[1].1);
        let last = self.ends.last().copied().unwrap_or_default();
        let lists = [self.ats.len(), self.ends.len(), self.group.len(), self.next.len(), self.lengths.len()];
        ring && ends
            && lists.iter().all(|length| *length == notes)
            && (last.0 as usize, last.1 as usize) == (self.features.len(), self.titles.len())
            && self.times.len() == self.features.len()
            && self.by_id.len() == notes
            && (notes == 0 || within(&self.cursor))
            && self.filed.values().all(|file| file.len() <= FILE && file.iter().all(within))
            && self.centres.iter().all(|(founder, centre)| {
                within(founder) && centre.features.len() == centre.strengths.len() && centre.features.len() <= CENTRE
            })
    }
}

fn sorted<V>(table: &Table<u32, V>) -> Vec<u32> {
    let mut keys: Vec<u32> = table.keys().copied().collect();
    keys.sort_unstable();
    keys
}

fn number(out: &mut Vec<u8>, number: u32) {
    out.extend(number.to_le_bytes());
}

fn pair(a: u32, b: u32) -> [u8; 8] {
    (u64::from(a) | u64::from(b) << 32).to_le_bytes()
}

fn triple(a: u32, b: u32, c: u32) -> [u8; 12] {
    (u128::from(a) | u128::from(b) << 32 | u128::from(c) << 64).to_le_bytes()[..12].try_into().unwrap_or_default()
}

fn list<T, const N: usize>(out: &mut Vec<u8>, items: &[T], write: impl Fn(&T) -> [u8; N]) {
    number(out, items.len() as u32);
    items.iter().for_each(|item| out.extend(write(item)));
}

/// Finds accidents, not forgeries: whoever can write the state can write anything.
fn check_sum(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0xCBF2_9CE4_8422_2325, |sum, chunk| {
        let word = chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        (sum ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    })
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn state(mut self) -> Option<Clusters> {
        let words = String::from_utf8(self.list(|[b]: [u8; 1]| b)?).ok()?;
        let words: Vec<&str> = words.split('\n').filter(|word| !word.is_empty()).collect();
        let mut state = Clusters::new(&words);
        state.stats.notes = self.number()?;
        state.cursor = self.number()?;
        state.ids = self.list(i64::from_le_bytes)?;
        state.ats = self.list(i64::from_le_bytes)?;
        state.ends = self.list(|bytes| halves(u64::from_le_bytes(bytes)))?;
        state.features = self.list(u32::from_le_bytes)?;
        state.times = self.list(|[b]: [u8; 1]| b)?;
        state.titles = self.list(u16::from_le_bytes)?;
        state.group = self.list(u32::from_le_bytes)?;
        state.next = self.list(u32::from_le_bytes)?;
        state.lengths = self.list(|bytes| {
            let [all, matter, site] = thirds(bytes).map(f32::from_bits);
            Lengths { all, matter, site }
        })?;
        while let Some(founder) = self.key()? {
            let features = self.list(u32::from_le_bytes)?;
            state.centres.insert(founder, Bundle { features, strengths: self.list(f32::from_le_bytes)? });
        }
        while let Some(feature) = self.key()? {
            let file = self.list(u32::from_le_bytes)?;
            state.filed.insert(feature, file);
        }
        while let Some(feature) = self.key()? {
            let [notes, area, site] = thirds(self.take()?);
            state.stats.counts.insert(feature, Count { notes, area, site });
        }
        state.topics.notes = f32::from_bits(self.number()?);
        state.topics.all = self.list(f32::from_le_bytes)?.try_into().ok()?;
        while let Some(feature) = self.key()? {
            let notes = self.number()?;
            let sums: [i16; LENGTH] = self.list(i16::from_le_bytes)?.try_into().ok()?;
            state.topics.words.insert(feature, Company { notes, sums });
        }
        state.by_id = state.ids.iter().copied().zip(0..).collect();
        state.size = vec![0; state.group.len()];
        for founder in &state.group {
            *state.size.get_mut(*founder as usize)? += 1;
        }
        self.0.is_empty().then_some(state)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// The next key of a table; the inner `None` ends the table.
    fn key(&mut self) -> Option<Option<u32>> {
        self.number().map(|key| (key != u32::MAX).then_some(key))
    }

    fn list<T, const N: usize>(&mut self, read: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
        let bytes = (self.number()? as usize).checked_mul(N)?;
        let (items, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(items.chunks_exact(N).filter_map(|item| item.try_into().ok().map(&read)).collect())
    }
}

fn halves(both: u64) -> (u32, u32) {
    (both as u32, (both >> 32) as u32)
}

fn thirds(bytes: [u8; 12]) -> [u32; 3] {
    [0, 4, 8].map(|at| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]))
}
