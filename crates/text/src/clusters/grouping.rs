//! Which group a note goes to, and which groups become one.

use std::cmp::Reverse;

use super::Clusters;
use super::features::Feature;
use super::likeness::{Bundle, Likeness, Part, Probe};
use super::topics::{Topic, dot};

/// Features by which candidates are looked for, and under which a group can be found.
const SOUGHT: usize = 20;
const FILED: usize = 14;
/// Groups filed under one feature.
pub(super) const FILE: usize = 64;
/// Candidates that are compared.
const CANDIDATES: usize = 32;
/// Features of a centre.
pub(super) const CENTRE: usize = 96;

/// The score from which a single note joins, and from which two groups become one.
const JOIN: f32 = 0.41;
const MERGE: f32 = 0.46;
/// How much of the score the topic can be.
const TOPIC: f32 = 0.3;
/// Below this the matters differ, however alike the places are.
const SAME_MATTER: f32 = 0.22;
/// The same for a group of so many notes: its matter is known well.
const SETTLED: u32 = 5;
const SAME_SETTLED_MATTER: f32 = 0.46;
/// Both name sites and not the same: more is asked. The same site: less.
const OTHER_SITE: (f32, f32) = (0.1, 0.3);
const SAME_SITE: (f32, f32) = (0.5, -0.14);
/// As many notes until the topics are half believed.
const HALF_BELIEVED: f32 = 100.0;
/// What a year between two notes takes from the score: it only decides between equals.
const YEAR: f32 = 0.02;

impl Clusters {
    /// Joins a group to the one it belongs to, or files it as it is.
    pub(super) fn revisit(&mut self, founder: u32) {
        let probe = self.probe(founder);
        self.lengths[founder as usize] = probe.lengths;
        match self.nearest(founder, &probe) {
            Some(other) => {
                let rank = |f: u32| (self.size[f as usize], Reverse(f));
                let (large, small) = if rank(founder) > rank(other) { (founder, other) } else { (other, founder) };
                self.join(large, small);
            }
            None => self.file(founder, &probe),
        }
    }

    /// The group with the best score, if that is enough.
    fn nearest(&self, founder: u32, probe: &Probe) -> Option<u32> {
        let mut own: Option<Topic> = None;
        let mut best: Option<(f32, u32)> = None;
        for (candidate, likeness, needed) in self.near(founder, probe) {
            if likeness.all + TOPIC < best.map_or(needed, |(score, _)| score) {
                continue;
            }
            let own = own.get_or_insert_with(|| self.topics.topic(probe));
            let matter = self.matter(likeness, own, &self.topics.topic(&self.probe(candidate)));
            let score = likeness.all + TOPIC * matter - self.apart(founder, candidate);
            let settled = self.size[candidate as usize].max(self.size[founder as usize]) >= SETTLED;
            let same = matter >= if settled { SAME_SETTLED_MATTER } else { SAME_MATTER };
            if same && score >= needed && best.is_none_or(|(than, _)| score > than) {
                best = Some((score, candidate));
            }
        }
        best.map(|(_, candidate)| candidate)
    }

    /// Candidates by their likeness, each with the score that it needs.
    fn near(&self, founder: u32, probe: &Probe) -> Vec<(u32, Likeness, f32)> {
        let mut near: Vec<(u32, Likeness, f32)> = self
            .candidates(founder, probe)
            .into_iter()
            .map(|candidate| {
                let likeness = self.likeness(probe, candidate);
                let both = self.size[founder as usize] > 1 && self.size[candidate as usize] > 1;
                let sites = probe.lengths.site > 0.0 && self.lengths[candidate as usize].site > 0.0;
                let more = match likeness.site {
                    site if sites && site < OTHER_SITE.0 => OTHER_SITE.1,
                    site if site > SAME_SITE.0 => SAME_SITE.1,
                    _ => 0.0,
                };
                (candidate, likeness, more + if both { MERGE } else { JOIN })
            })
            .collect();
        near.sort_by(|a, b| b.1.all.total_cmp(&a.1.all).then(a.0.cmp(&b.0)));
        near
    }

    /// How near the matters are: by the topics as far as they are believed, by the words themselves while they are not.
    pub(super) fn matter(&self, likeness: Likeness, own: &Topic, other: &Topic) -> f32 {
        let believed = self.topics.notes / (self.topics.notes + HALF_BELIEVED);
        let by_words = (1.5 * likeness.matter).min(1.0);
        believed * dot(own, other) + (1.0 - believed) * by_words
    }

    fn apart(&self, a: u32, b: u32) -> f32 {
        let days = self.ats[a as usize].abs_diff(self.ats[b as usize]) as f32 / 86_400e6;
        YEAR * (days / 365.0).min(1.0)
    }

    /// Groups that are filed under the strongest features, those that share most first.
    fn candidates(&self, founder: u32, probe: &Probe) -> Vec<u32> {
        let mut shared: Vec<(u32, f32)> = Vec::new();
        for (feature, strength, weight, _) in strongest(probe, SOUGHT) {
            for filed in self.filed.get(&feature).into_iter().flatten() {
                let now = self.group[*filed as usize];
                if now != founder {
                    shared.push((now, strength * weight * weight));
                }
            }
        }
        shared.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut summed: Vec<(u32, f32)> =
            shared.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|s| s.1).sum())).collect();
        summed.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        summed.truncate(CANDIDATES);
        summed.into_iter().map(|s| s.0).collect()
    }

    fn join(&mut self, large: u32, small: u32) {
        let mut centre = self.centre(large);
        centre.add(&self.centre(small));
        self.prune(&mut centre);
        self.centres.remove(&small);
        for member in self.members(small) {
            self.group[member as usize] = large;
        }
        // Two rings become one by crossing one link of each.
        self.next.swap(large as usize, small as usize);
        self.size[large as usize] += std::mem::take(&mut self.size[small as usize]);
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
        let probe = self.probe(founder);
        let scale = 1.0 / probe.lengths.all.max(f32::MIN_POSITIVE);
        probe.parts.iter().map(|part| (part.0, part.1 * scale)).collect()
    }

    fn prune(&self, centre: &mut Bundle) {
        if centre.features.len() <= CENTRE {
            return;
        }
        let mut parts: Vec<(f32, Feature, f32)> = centre
            .iter()
            .map(|(feature, strength)| (strength * self.stats.weight(feature).0, feature, strength))
            .collect();
        parts.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        parts.truncate(CENTRE);
        parts.sort_unstable_by_key(|part| part.1);
        *centre = parts.into_iter().map(|(_, feature, strength)| (feature, strength)).collect();
    }

    /// Makes a group findable; where a file is full, the smallest group of it gives way.
    fn file(&mut self, founder: u32, probe: &Probe) {
        for (feature, ..) in strongest(probe, FILED) {
            let file = self.filed.entry(feature).or_default();
            if file.contains(&founder) {
                continue;
            }
            if file.len() >= FILE {
                let size = |f: &u32| self.size[*f as usize];
                if let Some(at) = (0..file.len()).min_by_key(|at| size(&file[*at])) {
                    file.remove(at);
                }
            }
            file.push(founder);
        }
    }

    /// The notes of a group, as they came in.
    pub(super) fn members(&self, founder: u32) -> Vec<u32> {
        let ring = std::iter::successors(Some(self.next[founder as usize]), |member| {
            (*member != founder).then(|| self.next[*member as usize])
        });
        let mut members: Vec<u32> = ring.collect();
        members.sort_unstable();
        members
    }

    pub(super) fn probe(&self, founder: u32) -> Probe {
        match self.centres.get(&founder) {
            Some(centre) => Probe::new(centre.iter(), &self.stats),
            None => self.probe_of_note(founder),
        }
    }

    pub(super) fn likeness(&self, probe: &Probe, founder: u32) -> Likeness {
        let lengths = self.lengths[founder as usize];
        match self.centres.get(&founder) {
            Some(centre) => probe.likeness(&centre.features, |at| centre.strengths[at], lengths),
            None => {
                let kept = self.kept(founder);
                let times = &self.times[kept.clone()];
                probe.likeness(&self.features[kept], |at| strength(times[at]), lengths)
            }
        }
    }
}

/// How strongly a feature is said, from how it is kept.
pub(super) fn strength(times: u8) -> f32 {
    f32::from(times) / 4.0
}

/// The parts that weigh most.
fn strongest(probe: &Probe, most: usize) -> Vec<Part> {
    let mut parts: Vec<_> = probe.parts.iter().filter(|part| part.2 > 0.0).copied().collect();
    let by = |a: &Part, b: &Part| (b.1 * b.2).total_cmp(&(a.1 * a.2)).then(a.0.cmp(&b.0));
    if parts.len() > most {
        parts.select_nth_unstable_by(most, by);
        parts.truncate(most);
    }
    parts
}
