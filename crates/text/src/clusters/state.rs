//! The state between runs as bytes: a heading, the tables in a fixed order, and a check sum. What does not fit together
//! is refused as damaged.

use std::fmt;
use std::io::{self, BufReader, BufWriter, Read, Write};

use super::Clusters;
use super::grouping::{CENTRE, FILE};
use super::likeness::{Bundle, Lengths};
use super::stats::{Count, Table};
use super::topics::{Company, LENGTH};

/// How a state begins; the last byte is the version.
const HEADING: [u8; 8] = *b"stclust\x01";

/// Items of a list for which room is made before they are seen.
const AT_ONCE: usize = 1 << 16;

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
    /// Writes the state in small pieces, so that it needs no room beside itself; the same state gives the same bytes.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let mut out = Writer { out: BufWriter::new(out), sum: CheckSum::default() };
        out.put(&HEADING)?;
        out.list(self.place_words.join("\n").as_bytes(), |b| [*b])?;
        out.number(self.stats.notes)?;
        out.number(self.cursor)?;
        out.list(&self.ids, |n| n.to_le_bytes())?;
        out.list(&self.ats, |n| n.to_le_bytes())?;
        out.list(&self.ends, |e| pair(e.0, e.1))?;
        out.list(&self.features, |n| n.to_le_bytes())?;
        out.list(&self.times, |n| [*n])?;
        out.list(&self.titles, |n| n.to_le_bytes())?;
        out.list(&self.group, |n| n.to_le_bytes())?;
        out.list(&self.next, |n| n.to_le_bytes())?;
        out.list(&self.lengths, |l| triple(l.all.to_bits(), l.matter.to_bits(), l.site.to_bits()))?;
        out.table(&self.centres, |out, centre| {
            out.list(&centre.features, |n| n.to_le_bytes())?;
            out.list(&centre.strengths, |n| n.to_le_bytes())
        })?;
        out.table(&self.filed, |out, file| out.list(file, |n| n.to_le_bytes()))?;
        out.table(&self.stats.counts, |out, count| out.put(&triple(count.notes, count.area, count.site)))?;
        out.number(self.topics.notes.to_bits())?;
        out.list(&self.topics.all, |n| n.to_le_bytes())?;
        out.table(&self.topics.words, |out, company| {
            out.number(company.notes)?;
            out.list(&company.sums, |n| n.to_le_bytes())
        })?;
        out.out.write_all(&out.sum.total().to_le_bytes())?;
        out.out.flush()
    }

    /// The state that [`Clusters::write`] wrote.
    ///
    /// # Errors
    /// Bytes of another origin or version, cut or changed ones, or an `input` that fails.
    pub fn read(input: impl Read) -> Result<Self, StateError> {
        let mut reader = Reader { input: BufReader::new(input), sum: CheckSum::default() };
        if reader.take() != Some(HEADING) {
            return Err(StateError::Unknown);
        }
        reader.whole().filter(Self::fits_together).ok_or(StateError::Damaged)
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

struct Writer<W: Write> {
    out: BufWriter<W>,
    sum: CheckSum,
}

impl<W: Write> Writer<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.add(bytes);
        self.out.write_all(bytes)
    }

    fn number(&mut self, number: u32) -> io::Result<()> {
        self.put(&number.to_le_bytes())
    }

    fn list<T, const N: usize>(&mut self, items: &[T], write: impl Fn(&T) -> [u8; N]) -> io::Result<()> {
        self.number(items.len() as u32)?;
        items.iter().try_for_each(|item| self.put(&write(item)))
    }

    /// The rows of a table in the order of their keys.
    fn table<V>(&mut self, table: &Table<u32, V>, row: impl Fn(&mut Self, &V) -> io::Result<()>) -> io::Result<()> {
        let mut rows: Vec<(&u32, &V)> = table.iter().collect();
        rows.sort_unstable_by_key(|(key, _)| **key);
        for (key, value) in rows {
            self.number(*key)?;
            row(self, value)?;
        }
        self.number(u32::MAX)
    }
}

fn pair(a: u32, b: u32) -> [u8; 8] {
    (u64::from(a) | u64::from(b) << 32).to_le_bytes()
}

fn triple(a: u32, b: u32, c: u32) -> [u8; 12] {
    (u128::from(a) | u128::from(b) << 32 | u128::from(c) << 64).to_le_bytes()[..12].try_into().unwrap_or_default()
}

/// Finds accidents, not forgeries: whoever can write the state can write anything.
struct CheckSum {
    sum: u64,
    /// The bytes that are no whole word yet, and how many they are.
    word: u64,
    filled: u32,
}

impl Default for CheckSum {
    fn default() -> Self {
        Self { sum: 0xCBF2_9CE4_8422_2325, word: 0, filled: 0 }
    }
}

impl CheckSum {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.word |= u64::from(*byte) << (8 * self.filled);
            self.filled += 1;
            if self.filled == 8 {
                self.sum = self.total();
                (self.word, self.filled) = (0, 0);
            }
        }
    }

    fn total(&self) -> u64 {
        if self.filled == 0 {
            return self.sum;
        }
        (self.sum ^ self.word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    }
}

struct Reader<R> {
    input: BufReader<R>,
    sum: CheckSum,
}

impl<R: Read> Reader<R> {
    fn whole(mut self) -> Option<Clusters> {
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
        let sum = self.sum.total();
        let whole = self.take().map(u64::from_le_bytes) == Some(sum);
        (whole && self.take::<1>().is_none()).then_some(state)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut taken = [0; N];
        self.input.read_exact(&mut taken).ok()?;
        self.sum.add(&taken);
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// The next key of a table; the inner `None` ends the table.
    fn key(&mut self) -> Option<Option<u32>> {
        self.number().map(|key| (key != u32::MAX).then_some(key))
    }

    fn list<T, const N: usize>(&mut self, read: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
        let count = self.number()? as usize;
        // Room is made as items come, and for no more: a damaged count asks for anything.
        let mut items = Vec::with_capacity(count.min(AT_ONCE));
        for _ in 0..count {
            items.push(read(self.take()?));
        }
        items.shrink_to_fit();
        Some(items)
    }
}

fn halves(both: u64) -> (u32, u32) {
    (both as u32, (both >> 32) as u32)
}

fn thirds(bytes: [u8; 12]) -> [u32; 3] {
    [0, 4, 8].map(|at| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]))
}
