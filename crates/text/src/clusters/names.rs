//! Why notes belong together, in words: phrases grown from the pairs that the notes share.

use super::features::{self, Feature, spelled};
use super::places::{self, Kind};
use super::stats::Table;
use super::{ClusterId, Clusters, Group, Member};
use crate::normal::{Class, class};

/// Notes of a group that are read for its words; a sample tells as much as all of ten thousand.
const READ: usize = 200;
/// Pairs that phrases are grown from.
const SEEDS: usize = 32;
/// Characters of a phrase.
const LONGEST: usize = 10;
/// Phrases that say why.
const PHRASES: usize = 8;
/// Phrases of the matter in a name, and characters of a title that stands for them.
const IN_NAME: usize = 3;
const TITLE_IN_NAME: usize = 24;
/// The share of the notes that must have a phrase; a place in the name must be that of most.
const SHARE: f32 = 0.3;
const MOST: f32 = 0.5;
/// How near the matters of notes at one place must be on average, lest the place be all that they share; judged by so many.
const BOND: f32 = 0.6;
const BONDS: usize = 24;

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

/// The notes of a group that are read.
struct Read<'a> {
    features: Vec<&'a [Feature]>,
    /// Titles without codes and with a break where a name ends.
    titles: Vec<Vec<char>>,
}

impl Clusters {
    /// A group in words; `None` where its notes share a place and no matter.
    pub(super) fn described(&self, founder: u32) -> Option<Group> {
        let members = self.members(founder);
        let phrases = self.phrases(founder, &members);
        let likeness = |member: &u32| self.likeness(&self.probe_of_note(*member), founder).all;
        let alike: Vec<(u32, f32)> = members.iter().map(|member| (*member, likeness(member))).collect();
        let (central, _) = alike.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        let placed = phrases.iter().any(|phrase| phrase.kind != Kind::Matter && phrase.share >= MOST);
        if placed && self.bond(founder, &members) < BOND {
            return None;
        }
        let name = name(&phrases, &self.title(central));
        let members = alike.into_iter().map(|(number, likeness)| self.member(number, likeness, &phrases)).collect();
        Some(Group { id: ClusterId(founder), name, members, why: phrases.iter().map(Phrase::written).collect() })
    }

    /// How near the matters of a group's notes are to that of the group, on average.
    fn bond(&self, founder: u32, members: &[u32]) -> f32 {
        let centre = self.topics.topic(&self.probe(founder));
        let near = |member: &u32| {
            let probe = self.probe_of_note(*member);
            self.matter(self.likeness(&probe, founder), &self.topics.topic(&probe), &centre)
        };
        let sample: Vec<f32> = members.iter().step_by(members.len().div_ceil(BONDS).max(1)).map(near).collect();
        sample.iter().sum::<f32>() / sample.len() as f32
    }

    fn member(&self, number: u32, likeness: f32, phrases: &[Phrase]) -> Member {
        let own = &self.features[self.kept(number)];
        let shared = phrases.iter().filter(|phrase| has(own, &phrase.parts)).map(Phrase::written).collect();
        Member { id: self.ids[number as usize], at: self.ats[number as usize], likeness, shared }
    }

    fn phrases(&self, founder: u32, members: &[u32]) -> Vec<Phrase> {
        let step = members.len().div_ceil(READ).max(1);
        let numbers = || members.iter().copied().step_by(step);
        let read = Read {
            features: numbers().map(|number| &self.features[self.kept(number)]).collect(),
            titles: numbers().map(|number| self.broken(&self.title(number))).collect(),
        };
        let mut parts = self.probe(founder).parts;
        parts.sort_by(|a, b| (b.1 * b.2).total_cmp(&(a.1 * a.2)).then(a.0.cmp(&b.0)));
        let mut phrases: Vec<Phrase> = Vec::new();
        for (feature, ..) in parts.into_iter().take(SEEDS) {
            if !phrases.iter().any(|phrase| phrase.parts.contains(&feature)) {
                phrases.extend(read.grown(feature).and_then(|text| self.phrase(text, &read)));
            }
        }
        phrases.sort_by(|a, b| b.worth.total_cmp(&a.worth).then_with(|| a.text.cmp(&b.text)));
        let mut kept: Vec<Phrase> = Vec::new();
        for phrase in phrases {
            if kept.len() < PHRASES && !kept.iter().any(|better| better.covers(&phrase)) {
                kept.push(phrase);
            }
        }
        kept
    }

    /// A title with a break where a name ends, and one instead of a code such as `a2区`.
    fn broken(&self, title: &[char]) -> Vec<char> {
        let mut broken = Vec::with_capacity(title.len() + 4);
        let mut code = false;
        for (c, (kind, ends)) in title.iter().zip(places::mark(title, &self.places)) {
            code |= kind == Kind::Area && class(*c) == Class::Word;
            if !code {
                broken.push(*c);
            }
            if ends {
                broken.push(' ');
                code = false;
            }
        }
        broken
    }

    /// A phrase with what it is worth to the notes that are read; `None` where too few have it.
    fn phrase(&self, text: Vec<char>, read: &Read<'_>) -> Option<Phrase> {
        if places::OPENERS.iter().any(|opener| opener.chars().eq(text.iter().copied())) {
            return None;
        }
        let parts = features::parts(&text);
        let share = read.share(&parts);
        let weights: Vec<(f32, Kind)> = parts.iter().map(|part| self.stats.weight(*part)).collect();
        let count = |kind| weights.iter().filter(|weight| weight.1 == kind).count();
        let (area, site) = (count(Kind::Area), count(Kind::Site));
        let kind = match () {
            () if (area + site) * 2 < weights.len() => Kind::Matter,
            () if area > site => Kind::Area,
            () => Kind::Site,
        };
        let worth = share * weights.iter().map(|weight| weight.0).sum::<f32>();
        (share >= SHARE && worth > 0.0).then_some(Phrase { text, parts, kind, share, worth })
    }
}

impl Phrase {
    fn written(&self) -> String {
        self.text.iter().map(char::to_ascii_uppercase).collect()
    }

    /// Whether another phrase mostly repeats this one.
    fn covers(&self, other: &Phrase) -> bool {
        let repeated = other.parts.iter().filter(|part| self.parts.contains(part)).count();
        repeated * 2 >= self.parts.len().min(other.parts.len())
    }
}

impl Read<'_> {
    fn share(&self, parts: &[Feature]) -> f32 {
        self.features.iter().filter(|own| has(own, parts)).count() as f32 / self.features.len() as f32
    }

    /// The phrase around a feature: as the titles write it, or, where too few titles do, as its pairs link up.
    fn grown(&self, feature: Feature) -> Option<Vec<char>> {
        let seed: Vec<char> = spelled(feature).chars().collect();
        let titled = self.titles.iter().filter(|title| title.windows(seed.len()).any(|w| w == seed)).count();
        if titled >= 2 && titled * 10 >= self.titles.len() {
            let phrase = grown(seed, titled, |phrase| beside_in_titles(&self.titles, phrase));
            return Some(trimmed(phrase)).filter(|phrase| phrase.len() > 1);
        }
        let count = self.features.iter().filter(|own| has(own, &[feature])).count();
        let phrase = trimmed(grown(seed, count, |phrase| beside_in_features(&self.features, phrase)));
        // Two characters out of a running text are as often the end of one word and the beginning of the next.
        (phrase.len() > 2).then_some(phrase)
    }
}

fn has(own: &[Feature], parts: &[Feature]) -> bool {
    parts.iter().all(|part| own.binary_search(part).is_ok())
}

/// How often which character stands before (false) or after (true) a phrase.
type Beside = Table<(bool, u32), usize>;

/// A phrase, as long as most of those that have it go on alike.
fn grown(mut phrase: Vec<char>, mut support: usize, beside: impl Fn(&[char]) -> Beside) -> Vec<char> {
    while support >= 2 && phrase.len() < LONGEST {
        let next = beside(&phrase).into_iter().max_by_key(|(key, count)| (*count, *key));
        let Some(((after, code), count)) = next.filter(|(_, count)| count * 5 >= support * 3) else { break };
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

fn beside_in_titles(titles: &[Vec<char>], phrase: &[char]) -> Beside {
    let mut beside = Beside::default();
    for title in titles {
        let mut seen = Vec::new();
        for at in (0..title.len()).filter(|at| title[*at..].starts_with(phrase)) {
            seen.extend(at.checked_sub(1).map(|before| (false, u32::from(title[before]))));
            seen.extend(title.get(at + phrase.len()).map(|after| (true, u32::from(*after))));
        }
        count(&mut beside, seen);
    }
    beside
}

fn beside_in_features(features: &[&[Feature]], phrase: &[char]) -> Beside {
    let parts = features::parts(phrase);
    let mut beside = Beside::default();
    if let [first, .., last] = *phrase {
        for own in features.iter().filter(|own| has(own, &parts)) {
            let pairs =
                || own.iter().copied().filter(|feature| features::is_pair(*feature) && !parts.contains(feature));
            let before = pairs().filter(|pair| pair & 0xFFFF == u32::from(first)).map(|pair| (false, pair >> 16));
            let after = pairs().filter(|pair| pair >> 16 == u32::from(last)).map(|pair| (true, pair & 0xFFFF));
            count(&mut beside, before.chain(after).collect());
        }
    }
    beside
}

fn count(beside: &mut Beside, mut seen: Vec<(bool, u32)>) {
    seen.sort_unstable();
    seen.dedup();
    for each in seen.into_iter().filter(|each| each.1 != u32::from(' ')) {
        *beside.entry(each).or_default() += 1;
    }
}

/// Without particles at its ends.
fn trimmed(text: Vec<char>) -> Vec<char> {
    let counts = |c: &char| !places::PARTICLES.contains(*c);
    let from = text.iter().position(counts).unwrap_or(0);
    let to = text.iter().rposition(counts).map_or(0, |last| last + 1);
    text[from.min(to)..to].to_vec()
}

/// Where or what, then the matter; the title of the most central note where there are no words for the matter.
fn name(phrases: &[Phrase], title: &[char]) -> String {
    let of = |kind| phrases.iter().find(move |phrase| phrase.kind == kind && phrase.share >= MOST);
    let matter: Vec<&Phrase> = phrases.iter().filter(|phrase| phrase.kind == Kind::Matter).take(IN_NAME).collect();
    if matter.is_empty() {
        return title.iter().take(TITLE_IN_NAME).map(char::to_ascii_uppercase).collect();
    }
    let place = of(Kind::Site).or_else(|| of(Kind::Area));
    let words: Vec<String> = place.into_iter().chain(matter).map(Phrase::written).collect();
    words.join(" ")
}
