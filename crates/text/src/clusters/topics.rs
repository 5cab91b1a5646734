//! What a note is about beyond its own words: the company that its words keep in all notes (random indexing).
//!
//! Lampblack, barbecue and night market are different words for one nuisance; notes that use one often use another. So
//! every word carries the sum of the notes it stood in, each note drawn as a short vector, and a note's topic is the sum
//! of what its words carry. Two estates' notes on kitchens are near, two complaints of one estate on kitchens and on
//! cracked floors are not.

use super::features::Feature;
use super::likeness::{Part, Probe};
use super::places::Kind;
use super::stats::{Stats, Table};

/// Length of the vectors: chance likeness of unrelated words stays below a tenth.
pub(super) const LENGTH: usize = 128;
/// A word speaks for its company after this many notes.
const HEARD: u32 = 3;
/// Words of a note that make its topic.
const WORDS: usize = 32;
/// A note's vector of length one, in whole numbers.
const UNIT: f32 = 100.0;

/// The direction of a topic, of length one; all zero where nothing is known.
pub(super) type Topic = [f32; LENGTH];

/// The company of one word.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Company {
    /// How many notes are in the sums.
    pub notes: u32,
    pub sums: [i16; LENGTH],
}

/// The company of all words.
#[derive(Debug)]
pub(super) struct Topics {
    pub notes: f32,
    /// The sum of all notes: what every word's company has in common.
    pub all: [f32; LENGTH],
    pub words: Table<Feature, Company>,
}

impl Default for Topics {
    fn default() -> Self {
        Self { notes: 0.0, all: [0.0; LENGTH], words: Table::default() }
    }
}

impl Topics {
    /// Takes in a note.
    pub fn learn(&mut self, probe: &Probe, stats: &Stats) {
        let drawn = drawn(probe);
        self.notes += 1.0;
        self.all.iter_mut().zip(&drawn).for_each(|(sum, part)| *sum += f32::from(*part));
        for (feature, ..) in matter(probe).filter(|part| stats.notes_with(part.0) > 1) {
            let company = self.words.entry(*feature).or_insert(Company { notes: 0, sums: [0; LENGTH] });
            company.notes = company.notes.saturating_add(1);
            if company.sums.iter().zip(&drawn).any(|(sum, part)| sum.checked_add(*part).is_none()) {
                // Old company fades: the halves have the same direction.
                company.notes /= 2;
                company.sums.iter_mut().for_each(|sum| *sum /= 2);
            }
            company.sums.iter_mut().zip(&drawn).for_each(|(sum, part)| *sum = sum.saturating_add(*part));
        }
    }

    /// The topic of a bundle.
    pub fn topic(&self, probe: &Probe) -> Topic {
        let mut strongest: Vec<(f32, &Company)> = matter(probe)
            .filter_map(|(feature, strength, weight, _)| Some((strength * weight, self.words.get(feature)?)))
            .filter(|(_, company)| company.notes >= HEARD)
            .collect();
        if strongest.len() > WORDS {
            strongest.select_nth_unstable_by(WORDS, |a, b| b.0.total_cmp(&a.0));
            strongest.truncate(WORDS);
        }
        let mut topic = [0.0; LENGTH];
        for (weight, company) in strongest {
            let common = company.notes as f32 / self.notes;
            let own: Topic = std::array::from_fn(|at| f32::from(company.sums[at]) - self.all[at] * common);
            let scale = weight / length(&own).max(f32::MIN_POSITIVE);
            topic.iter_mut().zip(&own).for_each(|(sum, part)| *sum += part * scale);
        }
        let length = length(&topic).max(f32::MIN_POSITIVE);
        topic.map(|part| part / length)
    }
}

fn matter(probe: &Probe) -> impl Iterator<Item = &Part> {
    probe.parts.iter().filter(|part| part.3 == Kind::Matter)
}

/// A note as a vector: each word adds four signs at places that only its number decides.
fn drawn(probe: &Probe) -> [i16; LENGTH] {
    let mut sum = [0.0; LENGTH];
    for (feature, strength, weight, _) in matter(probe) {
        let mut mixed = u64::from(*feature).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for _ in 0..4 {
            mixed = (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let sign = if mixed >> 63 == 0 { 1.0 } else { -1.0 };
            // A word that is said again and again is still one word.
            sum[(mixed >> 33) as usize % LENGTH] += sign * weight * strength.min(1.5);
        }
    }
    let scale = UNIT / length(&sum).max(f32::MIN_POSITIVE);
    sum.map(|part| (part * scale).round() as i16)
}

fn length(of: &Topic) -> f32 {
    dot(of, of).sqrt()
}

/// How near two topics are, -1 to 1.
pub(super) fn dot(a: &Topic, b: &Topic) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
