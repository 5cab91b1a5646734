//! A first proposal for a text's theme from lists of telling words, with the words as the reason. Linear: each word of a
//! list adds its weight, longer words more, words shared by several lists less.

use std::collections::{BTreeSet, HashMap};

use aho_corasick::AhoCorasick;
use serde::Serialize;

use crate::normal::normalise;

/// One proposal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scored {
    /// The code that the list belongs to.
    pub code: String,
    /// Its share of all the weight found, from 0 to 1; the shares of all proposals add up to 1.
    pub score: f64,
    /// How far it is ahead of the next proposal; 0 for all but the first.
    pub margin: f64,
    /// The words that speak for it, the weightiest first.
    pub because: Vec<String>,
}

/// Telling words by code.
#[derive(Debug, Default)]
pub struct Keywords {
    lists: Vec<(String, Vec<Keyword>)>,
    /// Finds every word of every list in one pass, so that only words that occur are weighed; absent where the lists are
    /// too long for it, and then every word is weighed.
    finder: Option<AhoCorasick>,
}

#[derive(Debug)]
struct Keyword {
    shown: String,
    normal: String,
    weight: f64,
    /// Its number in the finder.
    pattern: usize,
}

impl Keywords {
    /// Lists of words by code.
    pub fn new(lists: Vec<(String, Vec<String>)>) -> Self {
        let mut shared = HashMap::<String, usize>::new();
        for word in lists.iter().flat_map(|(_, words)| words) {
            *shared.entry(normalise(word)).or_default() += 1;
        }
        let patterns: Vec<String> = shared.keys().filter(|word| !word.is_empty()).cloned().collect();
        let places: HashMap<&str, usize> = patterns.iter().enumerate().map(|(n, word)| (word.as_str(), n)).collect();
        let keyword = |shown: String| {
            let normal = normalise(&shown);
            let pattern = places.get(normal.as_str()).copied().unwrap_or_default();
            let length = normal.chars().count() as f64;
            let weight = length.sqrt() / shared.get(&normal).map_or(1.0, |lists| *lists as f64);
            Keyword { shown, normal, weight, pattern }
        };
        let list = |(code, words): (String, Vec<String>)| {
            let mut words: Vec<Keyword> = words.into_iter().map(keyword).filter(|w| !w.normal.is_empty()).collect();
            words.sort_by(|a, b| b.normal.len().cmp(&a.normal.len()).then_with(|| a.normal.cmp(&b.normal)));
            words.dedup_by(|a, b| a.normal == b.normal);
            (code, words)
        };
        let lists = lists.into_iter().map(list).collect();
        Self { lists, finder: AhoCorasick::new(&patterns).ok() }
    }

    /// The codes that `text` speaks for, best first; empty where no word of any list occurs.
    pub fn classify(&self, text: &str) -> Vec<Scored> {
        let text = normalise(text);
        let present: Option<BTreeSet<usize>> = self
            .finder
            .as_ref()
            .map(|finder| finder.find_overlapping_iter(&text).map(|found| found.pattern().as_usize()).collect());
        let occurs = |word: &&Keyword| present.as_ref().is_none_or(|present| present.contains(&word.pattern));
        let mut proposals: Vec<Scored> =
            self.lists.iter().filter_map(|(code, words)| score(&text, code, words.iter().filter(occurs))).collect();
        let all: f64 = proposals.iter().map(|p| p.score).sum();
        proposals.iter_mut().for_each(|p| p.score /= all);
        proposals.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.code.cmp(&b.code)));
        if let Some(first) = proposals.first().map(|p| p.score) {
            proposals[0].margin = first - proposals.get(1).map_or(0.0, |p| p.score);
        }
        proposals
    }
}

fn score<'a>(text: &str, code: &str, words: impl Iterator<Item = &'a Keyword>) -> Option<Scored> {
    let mut found: Vec<(&Keyword, f64)> = Vec::new();
    for word in words {
        // A word within a longer one that was found says nothing more (用电 in 有序用电); the words come longest first.
        let within: usize =
            found.iter().map(|(f, _)| f.normal.matches(&word.normal).count() * text.matches(&f.normal).count()).sum();
        let times = text.matches(&word.normal).count().saturating_sub(within);
        if times > 0 {
            found.push((word, word.weight * (1.0 + (times as f64).ln())));
        }
    }
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    let because: Vec<String> = found.iter().map(|(word, _)| word.shown.clone()).collect();
    let score = found.iter().map(|(_, weight)| weight).sum();
    (!because.is_empty()).then(|| Scored { code: code.to_owned(), score, margin: 0.0, because })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keywords() -> Keywords {
        let list = |code: &str, words: &[&str]| (code.to_owned(), words.iter().map(|w| (*w).to_owned()).collect());
        Keywords::new(vec![
            list("energy", &["用电", "有序用电", "错避峰", "变压器", "通知"]),
            list("finance", &["贷款", "融资", "续贷", "通知"]),
        ])
    }

    #[test]
    fn proposes_with_reasons() {
        let proposals = keywords().classify("７月两次接到错避峰通知，有序用电太突然");
        assert_eq!(proposals[0].code, "energy");
        assert_eq!(proposals[0].because, ["有序用电", "错避峰", "通知"]);
        assert!(proposals[0].margin > 0.5, "{proposals:?}");
        assert!((proposals.iter().map(|p| p.score).sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn is_silent_without_evidence() {
        assert!(keywords().classify("路灯不亮").is_empty());
        assert!(keywords().classify("").is_empty());
        assert!(Keywords::default().classify("用电").is_empty());
    }
}
