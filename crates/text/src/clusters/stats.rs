//! In how many notes each feature stands, and what it stands for there: the weights follow the notes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::features::{Feature, Found, is_pair};
use super::places::Kind;
use crate::words::pair_weight;

/// As many notes as the general knowledge about characters counts for.
const PRIOR: f32 = 1_000.0;
/// What stands in as large a share of notes tells nothing.
const NOTHING: f32 = 0.2;
/// A feature that is part of a name in as large a share of its notes is so in all.
const PLACE: f32 = 0.3;
/// How much of the weight of places counts.
const SITE: f32 = 0.9;
const AREA: f32 = 0.3;

/// Numbers of features spread by one multiplication; they are no secret, and a clash costs only time.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }
    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }
}

/// A table by numbers.
pub(super) type Table<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

/// Notes with a feature, and those in which it was part of the name of an area or a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub notes: u32,
    pub area: u32,
    pub site: u32,
}

/// What is known about features.
#[derive(Debug, Default)]
pub(super) struct Stats {
    pub notes: u32,
    pub counts: Table<Feature, Count>,
}

impl Stats {
    /// Counts a note.
    pub fn count(&mut self, found: &[Found]) {
        self.notes = self.notes.saturating_add(1);
        for each in found {
            let count = self.counts.entry(each.feature).or_default();
            count.notes = count.notes.saturating_add(1);
            match each.kind {
                Kind::Area => count.area = count.area.saturating_add(1),
                Kind::Site => count.site = count.site.saturating_add(1),
                Kind::Matter => {}
            }
        }
    }

    /// In how many notes a feature stands.
    pub fn notes_with(&self, feature: Feature) -> u32 {
        self.counts.get(&feature).map_or(0, |count| count.notes)
    }

    /// How much a feature tells, and of what.
    pub fn weight(&self, feature: Feature) -> (f32, Kind) {
        let count = self.counts.get(&feature).copied().unwrap_or_default();
        let share = (count.notes as f32 + PRIOR * expected(feature)) / (self.notes as f32 + PRIOR);
        // The root of the logarithm: what is rare tells more, but a misspelling not five times as much as the matter.
        let weight = (NOTHING / share).ln().max(0.0).sqrt();
        match count.kind() {
            Kind::Matter => (weight, Kind::Matter),
            Kind::Site => (weight * SITE, Kind::Site),
            Kind::Area => (weight * AREA, Kind::Area),
        }
    }
}

impl Count {
    fn kind(&self) -> Kind {
        let in_names = self.area.saturating_add(self.site);
        match () {
            () if in_names == 0 || (in_names as f32) < PLACE * self.notes as f32 => Kind::Matter,
            () if self.area >= self.site => Kind::Area,
            () => Kind::Site,
        }
    }
}

/// In which share of all notes a feature is expected before any was seen.
fn expected(feature: Feature) -> f32 {
    if !is_pair(feature) {
        return 0.01;
    }
    let half = |code| char::from_u32(code).unwrap_or(' ');
    match pair_weight(half(feature >> 16), half(feature & 0xFFFF)) {
        w if w >= 3.0 => 0.002,
        w if w >= 1.5 => 0.01,
        w if w > 0.0 => 0.03,
        _ => 0.1,
    }
}
