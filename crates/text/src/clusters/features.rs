//! What a note is reduced to: pairs of Han characters and short runs of letters and digits, each a number that can be
//! read back.

use super::places::{Kind, mark};
use crate::normal::{Class, class, normalise};
use crate::words::Words;

/// A pair of Han characters (16 bits each) or a run of up to five letters and digits (base 37). A pair is never below
/// `0x3000_0000`, a run never above.
pub(super) type Feature = u32;

/// Runs are cut to what a number can hold.
const RUN: usize = 5;
/// Characters of a text that are looked at; the matter stands at the beginning.
const WITHIN: usize = 2_000;

/// What a scan found of one feature.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub feature: Feature,
    /// How often in the title.
    pub title: u16,
    /// How often in the text.
    pub text: u16,
    /// Of which kind of name it was a part anywhere in the note.
    pub kind: Kind,
}

/// A title or text in normal form, cut.
pub(super) fn folded(text: &str) -> Vec<char> {
    // A character of the text may fold to several or to none: cut before for speed, after for certainty.
    let end = text.char_indices().nth(WITHIN * 2).map_or(text.len(), |(end, _)| end);
    normalise(&text[..end]).chars().take(WITHIN).collect()
}

/// The distinct features of a note, in their order.
pub(super) fn features(title: &[char], text: &[char], places: &Words) -> Vec<Found> {
    let mut seen: Vec<(Feature, bool, Kind)> = Vec::with_capacity(title.len() + text.len());
    scan(title, places, |feature, kind| seen.push((feature, true, kind)));
    scan(text, places, |feature, kind| seen.push((feature, false, kind)));
    seen.sort_unstable_by_key(|(feature, ..)| *feature);
    seen.chunk_by(|a, b| a.0 == b.0).map(gathered).collect()
}

fn gathered(same: &[(Feature, bool, Kind)]) -> Found {
    let count = |kind| same.iter().filter(|s| s.2 == kind).count();
    let (area, site) = (count(Kind::Area), count(Kind::Site));
    let kind = match () {
        () if area + site == 0 => Kind::Matter,
        () if area >= site => Kind::Area,
        () => Kind::Site,
    };
    let title = same.iter().filter(|s| s.1).count();
    let few = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
    Found { feature: same[0].0, title: few(title), text: few(same.len() - title), kind }
}

fn scan(chars: &[char], places: &Words, mut emit: impl FnMut(Feature, Kind)) {
    let marks = mark(chars, places);
    for at in 0..chars.len().saturating_sub(1) {
        // What reaches over the end of a name is part of neither.
        if !marks[at].1
            && let Some(feature) = pair(chars[at], chars[at + 1])
        {
            emit(feature, marks[at].0);
        }
    }
    let mut at = 0;
    for run in chars.chunk_by(|a, b| in_run(*a) == in_run(*b)) {
        if in_run(run[0])
            && let Some(feature) = run_of(run)
        {
            emit(feature, marks[at].0);
        }
        at += run.len();
    }
}

fn in_run(c: char) -> bool {
    class(c) == Class::Word
}

fn half(c: char) -> Option<u32> {
    let code = u32::from(c);
    (class(c) == Class::Han && (0x3000..0x1_0000).contains(&code)).then_some(code)
}

/// The features of a phrase, as a scan finds them.
pub(super) fn parts(phrase: &[char]) -> Vec<Feature> {
    let mut parts: Vec<Feature> = phrase.windows(2).filter_map(|two| pair(two[0], two[1])).collect();
    parts.extend(phrase.chunk_by(|a, b| in_run(*a) == in_run(*b)).filter(|run| in_run(run[0])).filter_map(run_of));
    parts
}

/// The feature of two neighbours.
fn pair(first: char, second: char) -> Option<Feature> {
    Some(half(first)? << 16 | half(second)?)
}

/// The feature of a run; one letter or digit alone says nothing.
fn run_of(run: &[char]) -> Option<Feature> {
    if run.len() < 2 {
        return None;
    }
    run.iter().take(RUN).try_fold(0, |code, c| Some(code * 37 + c.to_digit(36)? + 1))
}

/// Whether a feature is a pair of Han characters.
pub(super) fn is_pair(feature: Feature) -> bool {
    feature >= 0x3000_0000
}

/// The characters of a feature.
pub(super) fn spelled(feature: Feature) -> String {
    if is_pair(feature) {
        return [feature >> 16, feature & 0xFFFF].into_iter().filter_map(char::from_u32).collect();
    }
    let mut rest = feature;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.extend(char::from_digit((rest % 37).saturating_sub(1), 36));
        rest /= 37;
    }
    letters.iter().rev().collect()
}
