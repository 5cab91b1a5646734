//! Why notes belong together, in words: phrases grown from the pairs that the notes share, as their titles write them.

use super::features::{self, Feature, spelled};
use super::places::{Kind, STOPS};
use super::stats::Table;
use super::{ClusterId, Clusters, Group, Member};

/// Notes of a group that are read for its words; a sample tells as much as all of ten thousand.
const READ: usize = 400;
/// Characters of a phrase.
const LONGEST: usize = 10;
/// Phrases that say why.
const PHRASES: usize = 8;
/// Phrases of the matter in a name.
const IN_NAME: usize = 3;

/// Words that notes of a group share.
struct Phrase {
    text: Vec<char>,
    parts: Vec<Feature>,
    kind: Kind,
    /// Share of the notes that have it.
    share: f32,
    /// How much it tells, weighed by how many have it.
    worth: f32,
}

impl Clusters {
    /// A group in words; `None` where its notes share no matter.
    pub(super) fn described(&self, founder: u32) -> Option<Group> {
        let members = self.members(founder);
        let phrases = self.phrases(founder, &members);
        let name = name(&phrases)?;
        let members = members.iter().map(|member| self.member(*member, founder, &phrases)).collect();
        let why = phrases.iter().map(Phrase::written).collect();
        Some(Group { id: ClusterId(founder), name, members, why })
    }

    fn member(&self, number: u32, founder: u32, phrases: &[Phrase]) -> Member {
        let own = &self.features[self.kept(number)];
        let has = |phrase: &&Phrase| phrase.parts.iter().all(|part| own.binary_search(part).is_ok());
        Member {
            id: self.ids[number as usize],
            at: self.ats[number as usize],
            likeness: self.likeness(&self.probe_of_note(number), founder).all,
            shared: phrases.iter().filter(has).map(Phrase::written).collect(),
        }
    }

    fn phrases(&self, founder: u32, members: &[u32]) -> Vec<Phrase> {
        let step = members.len().div_ceil(READ);
        let read: Vec<u32> = members.iter().copied().step_by(step.max(1)).collect();
        let titles: Vec<Vec<char>> = read.iter().map(|number| self.title(*number)).collect();
        let mut parts = self.probe(founder).parts;
        parts.sort_by(|a, b| (b.1 * b.2).total_cmp(&(a.1 * a.2)).then(a.0.cmp(&b.0)));
        let mut phrases: Vec<Phrase> = Vec::new();
        for (feature, ..) in parts.iter().take(48) {
            if phrases.iter().any(|phrase| phrase.parts.contains(feature)) {
                continue;
            }
            phrases.extend(self.phrase(grown(*feature, &titles), &read));
        }
        phrases.sort_by(|a, b| b.worth.total_cmp(&a.worth).then_with(|| a.text.cmp(&b.text)));
        let mut kept: Vec<Phrase> = Vec::new();
        for phrase in phrases {
            let new = |part: &Feature| !kept.iter().any(|k| k.parts.contains(part) || k.touches(*part));
            if kept.len() < PHRASES && phrase.parts.iter().any(new) && !kept.iter().any(|k| k.holds(&phrase.text)) {
                kept.push(phrase);
            }
        }
        kept
    }

    /// A phrase with what it is worth to the notes that are read; `None` where too few have it.
    fn phrase(&self, text: Vec<char>, read: &[u32]) -> Option<Phrase> {
        let text = trimmed(text);
        let parts = features::parts(&text);
        let has = |number: &&u32| {
            let own = &self.features[self.kept(**number)];
            parts.iter().all(|part| own.binary_search(part).is_ok())
        };
        let share = read.iter().filter(has).count() as f32 / read.len() as f32;
        let weights: Vec<(f32, Kind)> = parts.iter().map(|part| self.stats.weight(*part)).collect();
        let places = weights.iter().filter(|w| w.1 != Kind::Matter).count();
        let areas = weights.iter().filter(|w| w.1 == Kind::Area).count();
        let kind = match () {
            () if places * 2 < weights.len() || places == 0 => Kind::Matter,
            () if areas * 2 >= places => Kind::Area,
            () => Kind::Site,
        };
        let worth = share * weights.iter().map(|w| w.0).sum::<f32>();
        (share >= 0.25 && worth > 0.0).then_some(Phrase { text, parts, kind, share, worth })
    }
}

impl Phrase {
    fn written(&self) -> String {
        self.text.iter().map(char::to_ascii_uppercase).collect()
    }

    fn holds(&self, other: &[char]) -> bool {
        self.text.windows(other.len()).any(|w| w == other)
    }

    /// Whether a pair only continues this phrase at one of its ends: `站扰` after `搅拌站`.
    fn touches(&self, part: Feature) -> bool {
        let pair: Vec<char> = spelled(part).chars().collect();
        pair.first() == self.text.last() || pair.last() == self.text.first()
    }
}

/// The phrase around a feature, as long as most titles that have it go on alike.
fn grown(feature: Feature, titles: &[Vec<char>]) -> Vec<char> {
    let mut phrase: Vec<char> = spelled(feature).chars().collect();
    let mut support = titles.iter().filter(|title| title.windows(phrase.len()).any(|w| w == phrase)).count();
    while support >= 2 && phrase.len() < LONGEST {
        let mut next: Table<(bool, u32), usize> = Table::default();
        for title in titles {
            let mut seen = Vec::new();
            for at in (0..title.len()).filter(|at| title[*at..].starts_with(&phrase)) {
                seen.extend(at.checked_sub(1).map(|before| (false, u32::from(title[before]))));
                seen.extend(title.get(at + phrase.len()).map(|after| (true, u32::from(*after))));
            }
            seen.sort_unstable();
            seen.dedup();
            for each in seen.into_iter().filter(|each| each.1 != u32::from(' ')) {
                *next.entry(each).or_default() += 1;
            }
        }
        let Some(((after, code), count)) = next.into_iter().max_by_key(|(key, count)| (*count, *key)) else { break };
        if count * 5 < support * 3 {
            break;
        }
        let c = char::from_u32(code).unwrap_or(' ');
        if after {
            phrase.push(c)
        } else {
            phrase.insert(0, c)
        }
        support = count;
    }
    phrase
}

/// Without particles at its ends.
fn trimmed(text: Vec<char>) -> Vec<char> {
    let is_stop = |c: &char| STOPS.contains(*c);
    let from = text.iter().position(|c| !is_stop(c)).unwrap_or(0);
    let to = text.iter().rposition(|c| !is_stop(c)).map_or(text.len(), |last| last + 1);
    if to - from > 1 { text[from..to].to_vec() } else { text }
}

/// Where or what, then the matter; `None` where there is no matter.
fn name(phrases: &[Phrase]) -> Option<String> {
    let place = phrases.iter().find(|p| p.kind == Kind::Site && p.share >= 0.5);
    let place = place.or_else(|| phrases.iter().find(|p| p.kind == Kind::Area && p.share >= 0.5));
    let mut words: Vec<String> = place.map(Phrase::written).into_iter().collect();
    let matter: Vec<String> =
        phrases.iter().filter(|p| p.kind == Kind::Matter).take(IN_NAME).map(Phrase::written).collect();
    (!matter.is_empty()).then(|| {
        words.extend(matter);
        words.join(" ")
    })
}
