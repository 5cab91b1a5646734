//! Common issues (共性问题): many demands about one matter, found one demand at a time.
//!
//! A note is reduced to its most telling pairs of characters (`features`), weighed by how few notes have them; pairs that
//! stand in the names of places (`places`) are told from those of the matter by how often they do so (`stats`). A note
//! joins the group whose centre it is most like (`likeness`), if the matter is the same and not only the place (`topics`);
//! else it founds a group. With every note an older group is looked at again, by what is known now, and may join another
//! (`grouping`). What a group has in common is said in phrases grown from its pairs (`names`). Everything is a number until
//! then: a note takes some 600 bytes. Order decides little, and [`Clusters::settle`] takes most of the rest away.

mod features;
mod grouping;
mod likeness;
mod names;
mod places;
mod state;
mod stats;
mod topics;

pub use state::StateError;

use features::{Feature, Found};
use grouping::strength;
use likeness::{Bundle, Lengths, Probe};
use stats::{Stats, Table};
use topics::Topics;

use crate::words::Words;

/// One demand, as clustering sees it.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    /// Whose note it is; the caller's number.
    pub id: i64,
    /// The title.
    pub title: &'a str,
    /// The text.
    pub text: &'a str,
    /// When it came, microseconds UTC.
    pub at: i64,
}

/// A group's number: it stays with the group as long as the group lives; a group that joins a larger one takes the other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterId(pub u32);

/// A group of notes with one matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its number.
    pub id: ClusterId,
    /// In words: where or what, then the matter.
    pub name: String,
    /// Its notes, in the order in which they came in.
    pub members: Vec<Member>,
    /// The words that its notes share, most telling first.
    pub why: Vec<String>,
}

/// A note in a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The note's id.
    pub id: i64,
    /// When it came, microseconds UTC.
    pub at: i64,
    /// How like the group's centre it is, 0 to 1.
    pub likeness: f32,
    /// The words it shares with the group, most telling first.
    pub shared: Vec<String>,
}

/// Features that are kept of a note.
const KEPT: usize = 56;
/// A word in the title counts as much more.
const TITLE_SAID: f32 = 2.0;
/// Characters of a title that are kept for the name.
const TITLE: usize = 40;
/// Groups looked at again with every note: more of them among the first notes, whose weights still change fast.
const AGAIN: usize = 1;
const AGAIN_EARLY: usize = 3;
const EARLY: usize = 20_000;

/// The notes so far and their groups.
#[derive(Debug, Default)]
pub struct Clusters {
    places: Words,
    place_words: Vec<String>,
    stats: Stats,
    ids: Vec<i64>,
    ats: Vec<i64>,
    /// Where the features and the title of each note end.
    ends: Vec<(u32, u32)>,
    features: Vec<Feature>,
    /// How strongly each feature is said, in quarters.
    times: Vec<u8>,
    titles: Vec<u16>,
    by_id: Table<i64, u32>,
    /// For each note its group: the note that founded it.
    group: Vec<u32>,
    /// For each note the next one of its group, in a ring.
    next: Vec<u32>,
    /// For each founder the size and lengths of its group.
    size: Vec<u32>,
    lengths: Vec<Lengths>,
    centres: Table<u32, Bundle>,
    filed: Table<Feature, Vec<u32>>,
    cursor: u32,
    topics: Topics,
}

impl Clusters {
    /// Nothing yet. `places` are words that are places only: districts, streets.
    pub fn new(places: &[&str]) -> Self {
        Self {
            places: Words::new(places),
            place_words: places.iter().map(|word| (*word).to_owned()).collect(),
            ..Self::default()
        }
    }

    /// How many notes there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no note.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Adds one note; returns the group it went to. A note whose id is known already changes nothing.
    pub fn add(&mut self, note: &Note<'_>) -> ClusterId {
        if let Some(known) = self.by_id.get(&note.id) {
            return ClusterId(self.group[*known as usize]);
        }
        let title = features::folded(note.title);
        let found = features::features(&title, &features::folded(note.text), &self.places);
        self.stats.count(&found);
        let number = self.keep(note, &title, &found);
        let probe = self.probe_of_note(number);
        self.topics.learn(&probe, &self.stats);
        self.revisit(number);
        for _ in 0..if self.ids.len() < EARLY { AGAIN_EARLY } else { AGAIN } {
            self.cursor = (self.cursor + 1) % self.ids.len() as u32;
            if self.group[self.cursor as usize] == self.cursor {
                self.revisit(self.cursor);
            }
        }
        ClusterId(self.group[number as usize])
    }

    /// Looks at every group again, by what is known now; worth its time before groups are read.
    pub fn settle(&mut self) {
        for founder in 0..self.ids.len() as u32 {
            if self.group[founder as usize] == founder {
                self.revisit(founder);
            }
        }
    }

    fn keep(&mut self, note: &Note<'_>, title: &[char], found: &[Found]) -> u32 {
        let number = self.ids.len() as u32;
        let mut chosen: Vec<(f32, Feature, u8)> = found.iter().map(|f| self.weighed(f)).filter(|c| c.0 > 0.0).collect();
        chosen.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        chosen.truncate(KEPT);
        chosen.sort_unstable_by_key(|c| c.1);
        self.features.extend(chosen.iter().map(|c| c.1));
        self.times.extend(chosen.iter().map(|c| c.2));
        self.titles.extend(title.iter().take(TITLE).map(|c| u16::try_from(u32::from(*c)).unwrap_or(b' '.into())));
        self.ends.push((self.features.len() as u32, self.titles.len() as u32));
        self.by_id.insert(note.id, number);
        self.ids.push(note.id);
        self.ats.push(note.at);
        self.group.push(number);
        self.next.push(number);
        self.size.push(1);
        self.lengths.push(Lengths::default());
        number
    }

    fn weighed(&self, found: &Found) -> (f32, Feature, u8) {
        let said = f32::from(found.title.min(2)) * TITLE_SAID + (1.0 + f32::from(found.text)).ln();
        (said * self.stats.weight(found.feature).0, found.feature, (said * 4.0).round().min(255.0) as u8)
    }

    fn kept(&self, number: u32) -> std::ops::Range<usize> {
        let end = |at: usize| self.ends[at].0 as usize;
        let number = number as usize;
        (if number == 0 { 0 } else { end(number - 1) })..end(number)
    }

    fn title(&self, number: u32) -> Vec<char> {
        let end = |at: usize| self.ends[at].1 as usize;
        let number = number as usize;
        let kept = &self.titles[(if number == 0 { 0 } else { end(number - 1) })..end(number)];
        kept.iter().map(|unit| char::from_u32((*unit).into()).unwrap_or(' ')).collect()
    }

    fn probe_of_note(&self, number: u32) -> Probe {
        let kept = self.kept(number);
        let times = self.times[kept.clone()].iter().map(|times| strength(*times));
        Probe::new(self.features[kept].iter().copied().zip(times), &self.stats)
    }

    /// Groups of at least `least` members with a matter of their own, largest first.
    pub fn groups(&self, least: usize) -> Vec<Group> {
        let mut groups: Vec<Group> = (0..self.ids.len() as u32)
            .filter(|f| self.group[*f as usize] == *f && self.size[*f as usize] as usize >= least.max(2))
            .filter_map(|founder| self.described(founder))
            .collect();
        groups.sort_by(|a, b| {
            b.members.len().cmp(&a.members.len()).then_with(|| a.name.cmp(&b.name)).then(a.id.cmp(&b.id))
        });
        groups
    }
}
