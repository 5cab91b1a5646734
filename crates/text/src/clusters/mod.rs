//! Common issues (共性问题): many demands about one matter, found one demand at a time.
//!
//! A note is reduced to its most telling pairs of characters ([`features`]), weighed by how few notes have them ([`stats`]).
//! It joins the group whose centre it is most like, if they share a matter and not only a place ([`likeness`]); else it
//! founds one. With every note two older groups are looked at again, by what is known now, and may join another.

mod features;
mod likeness;
mod names;
mod places;
mod state;
mod stats;

pub use state::StateError;

use features::{Feature, Found};
use likeness::{Bundle, Lengths, Likeness, Probe};
use stats::{Stats, Table};

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
/// Features of a centre.
const CENTRE: usize = 96;
/// Features by which candidates are looked for, and under which a group can be found.
const SOUGHT: usize = 20;
const FILED: usize = 14;
/// Groups filed under one feature.
const FILE: usize = 64;
/// Candidates that are compared in full.
const CANDIDATES: usize = 40;
/// Characters of a title that are kept for the name.
const TITLE: usize = 40;
/// Groups looked at again with every note.
const AGAIN: usize = 2;

/// A word in the title counts as much more.
const TITLE_SAID: f32 = 2.0;
/// Likeness from which a single note joins, from which two groups become one, and how much of it must be in the matter.
const JOIN: f32 = 0.28;
const MERGE: f32 = 0.4;
const MATTER: f32 = 0.15;

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
        self.revisit(number);
        for _ in 0..AGAIN {
            self.cursor = (self.cursor + 1) % self.ids.len() as u32;
            if self.group[self.cursor as usize] == self.cursor {
                self.revisit(self.cursor);
            }
        }
        ClusterId(self.group[number as usize])
    }

    /// Looks at every group again, by what is known now.
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
        let times = self.times[kept.clone()].iter().map(|t| f32::from(*t) / 4.0);
        Probe::new(self.features[kept].iter().copied().zip(times), &self.stats)
    }

    fn probe(&self, founder: u32) -> Probe {
        match self.centres.get(&founder) {
            Some(centre) => {
                Probe::new(centre.features.iter().copied().zip(centre.strengths.iter().copied()), &self.stats)
            }
            None => self.probe_of_note(founder),
        }
    }

    fn likeness(&self, probe: &Probe, founder: u32) -> Likeness {
        let lengths = self.lengths[founder as usize];
        match self.centres.get(&founder) {
            Some(centre) => probe.likeness(&centre.features, |at| centre.strengths[at], lengths),
            None => {
                let kept = self.kept(founder);
                let times = &self.times[kept.clone()];
                probe.likeness(&self.features[kept], |at| f32::from(times[at]) / 4.0, lengths)
            }
        }
    }

    /// Joins a group to the one it is most like, or files it as it is.
    fn revisit(&mut self, founder: u32) {
        let probe = self.probe(founder);
        self.lengths[founder as usize] = probe.lengths;
        match self.nearest(founder, &probe) {
            Some(other) => {
                let (large, small) = self.ordered(founder, other);
                self.join(large, small);
            }
            None => self.file(founder, &probe),
        }
    }

    fn ordered(&self, a: u32, b: u32) -> (u32, u32) {
        let rank = |f: u32| (self.size[f as usize], std::cmp::Reverse(f));
        if rank(a) > rank(b) { (a, b) } else { (b, a) }
    }

    /// The group that is most like, if it is like enough.
    fn nearest(&self, founder: u32, probe: &Probe) -> Option<u32> {
        let mut best: Option<(f32, u32)> = None;
        for candidate in self.candidates(founder, probe) {
            let likeness = self.likeness(probe, candidate);
            let both = self.size[founder as usize] > 1 && self.size[candidate as usize] > 1;
            if likeness.all < if both { MERGE } else { JOIN } || likeness.matter < MATTER {
                continue;
            }
            let days = (self.ats[founder as usize] - self.ats[candidate as usize]).unsigned_abs() as f32 / 86_400e6;
            let score = likeness.all - 0.02 * (days / 365.0).min(1.0);
            if best.is_none_or(|(than, _)| score > than) {
                best = Some((score, candidate));
            }
        }
        best.map(|(_, candidate)| candidate)
    }

    fn candidates(&self, founder: u32, probe: &Probe) -> Vec<u32> {
        let mut shared: Vec<(u32, f32)> = Vec::new();
        for part in strongest(probe, SOUGHT) {
            let part = &probe.parts[part];
            for filed in self.filed.get(&part.0).into_iter().flatten() {
                let now = self.group[*filed as usize];
                if now != founder {
                    shared.push((now, part.1 * part.2 * part.2));
                }
            }
        }
        shared.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut summed: Vec<(u32, f32)> =
            shared.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|s| s.1).sum())).collect();
        summed.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        summed.into_iter().take(CANDIDATES).map(|s| s.0).collect()
    }

    fn join(&mut self, large: u32, small: u32) {
        let mut centre = self.centre(large);
        centre.add(&self.centre(small));
        centre.prune(&self.stats);
        self.centres.remove(&small);
        let mut member = small;
        loop {
            self.group[member as usize] = large;
            member = self.next[member as usize];
            if member == small {
                break;
            }
        }
        self.next.swap(large as usize, small as usize);
        self.size[large as usize] += self.size[small as usize];
        self.size[small as usize] = 0;
        self.centres.insert(large, centre);
        let probe = self.probe(large);
        self.lengths[large as usize] = probe.lengths;
        self.file(large, &probe);
    }

    /// The sum of a group's notes, each of length one.
    fn centre(&self, founder: u32) -> Bundle {
        if let Some(centre) = self.centres.get(&founder) {
            return centre.clone();
        }
        let probe = self.probe_of_note(founder);
        let scale = 1.0 / probe.lengths.all.max(f32::MIN_POSITIVE);
        Bundle {
            features: probe.parts.iter().map(|p| p.0).collect(),
            strengths: probe.parts.iter().map(|p| p.1 * scale).collect(),
        }
    }

    fn file(&mut self, founder: u32, probe: &Probe) {
        for part in strongest(probe, FILED) {
            let file = self.filed.entry(probe.parts[part].0).or_default();
            if file.contains(&founder) {
                continue;
            }
            if file.len() < FILE {
                file.push(founder);
                continue;
            }
            let least = |f: &u32| if self.group[*f as usize] == *f { self.size[*f as usize] } else { 0 };
            if let Some(at) = (0..FILE).min_by_key(|at| least(&file[*at])) {
                file.remove(at);
                file.push(founder);
            }
        }
    }

    fn members(&self, founder: u32) -> Vec<u32> {
        let mut members = vec![founder];
        let mut member = self.next[founder as usize];
        while member != founder {
            members.push(member);
            member = self.next[member as usize];
        }
        members.sort_unstable();
        members
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

/// The places of the parts that weigh most.
fn strongest(probe: &Probe, most: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..probe.parts.len()).filter(|at| probe.parts[*at].2 > 0.0).collect();
    let weight = |at: usize| probe.parts[at].1 * probe.parts[at].2;
    places.sort_unstable_by(|a, b| weight(*b).total_cmp(&weight(*a)).then(a.cmp(b)));
    places.truncate(most);
    places
}

impl Bundle {
    fn add(&mut self, other: &Bundle) {
        let mut both: Vec<(Feature, f32)> = self.iter().chain(other.iter()).collect();
        both.sort_by_key(|b| b.0);
        *self = both.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|s| s.1).sum())).collect();
    }

    fn prune(&mut self, stats: &Stats) {
        if self.features.len() > CENTRE {
            let mut parts: Vec<(f32, Feature, f32)> = self.iter().map(|(f, s)| (s * stats.weight(f).0, f, s)).collect();
            parts.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            parts.truncate(CENTRE);
            parts.sort_unstable_by_key(|p| p.1);
            *self = parts.into_iter().map(|(_, f, s)| (f, s)).collect();
        }
    }

    fn iter(&self) -> impl Iterator<Item = (Feature, f32)> + '_ {
        self.features.iter().copied().zip(self.strengths.iter().copied())
    }
}

impl FromIterator<(Feature, f32)> for Bundle {
    fn from_iter<I: IntoIterator<Item = (Feature, f32)>>(parts: I) -> Self {
        let (features, strengths) = parts.into_iter().unzip();
        Self { features, strengths }
    }
}
