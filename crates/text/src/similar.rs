//! How alike two texts are: the weighted Jaccard measure over their pairs of neighbouring characters, where pairs of
//! rare characters weigh more. Exact, and cheap enough to rank some hundreds of candidates.
//!
//! The candidates come from the full-text index, by [`probes`]. One telling term alone brings the newest of its thousands
//! of texts at a million demands, and the precedent of two years ago is not among them; several together are rare at any
//! age. `scripts/evaluate-duplicates` shows what each way finds.

use std::collections::BTreeSet;

use crate::index::pack;
use crate::normal::normalise;
use crate::query::Query;
use crate::words::{Words, pair_weight};

/// Telling terms of a text that are combined, and how many of the best are also looked for two by two.
const TERMS: usize = 12;
const PAIRED: usize = 6;

/// The searches that together bring what resembles `text`, narrowest first: four and three of its telling terms at once,
/// spread so that a text which lacks some of them is still met, then two, and last the best alone.
pub fn probes(words: &Words, text: &str) -> Vec<Query> {
    let terms = words.salient(text, TERMS);
    let n = terms.len();
    let round = |size: usize, step: usize| (0..n).map(move |i| (0..size).map(|k| (i + k * step) % n).collect());
    let best = n.min(PAIRED);
    let pairs = (0..best).flat_map(|i| (i + 1..best).map(move |k| BTreeSet::from([i, k])));
    let sets = round(4, 2).chain(round(3, 1)).chain(round(3, 3)).chain(pairs).chain((0..best).map(|i| [i].into()));
    let mut seen = BTreeSet::new();
    let mut sets: Vec<BTreeSet<usize>> = sets.filter(|set| seen.insert(set.clone())).collect();
    // Of a few terms, going round leaves fewer than asked for.
    sets.sort_by_key(|set| std::cmp::Reverse(set.len()));
    let together = |set: BTreeSet<usize>| set.iter().map(|i| terms[*i].as_str()).collect::<Vec<_>>().join(" ");
    sets.into_iter().map(|set| Query::parse(&together(set))).collect()
}

/// A text reduced to its weighed pairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    /// Pair and weight, in the order of the pairs.
    pairs: Vec<(u64, f32)>,
}

impl Sketch {
    /// The sketch of `text`.
    pub fn new(text: &str) -> Self {
        let chars: Vec<char> = normalise(text).chars().collect();
        let mut found: Vec<(u64, f32)> = chars
            .windows(2)
            .filter(|pair| !pair.contains(&' '))
            .map(|pair| (pack(pair[0], pair[1]), pair_weight(pair[0], pair[1]) as f32 + 0.2))
            .collect();
        found.sort_unstable_by_key(|(pair, _)| *pair);
        // A pair said twice weighs a little more than once, so that length alone does not make two texts differ.
        let pairs = found
            .chunk_by(|a, b| a.0 == b.0)
            .map(|same| (same[0].0, same[0].1 * (1.0 + (same.len() as f32).ln())))
            .collect();
        Self { pairs }
    }

    /// From 0 (nothing in common) to 1 (the same pairs as often). Two empty texts are not alike.
    pub fn similarity(&self, other: &Self) -> f64 {
        let common = f64::from(self.common(other));
        let all = f64::from(self.weight() + other.weight()) - common;
        if all > 0.0 { (common / all).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// From 0 to 1: how much of the shorter text is in the longer, for a short remark about the same matter.
    pub fn overlap(&self, other: &Self) -> f64 {
        let least = f64::from(self.weight().min(other.weight()));
        if least > 0.0 { (f64::from(self.common(other)) / least).clamp(0.0, 1.0) } else { 0.0 }
    }

    fn weight(&self) -> f32 {
        self.pairs.iter().map(|(_, weight)| weight).sum()
    }

    fn common(&self, other: &Self) -> f32 {
        let (mut left, mut right) = (self.pairs.iter().peekable(), other.pairs.iter().peekable());
        let mut sum = 0.0;
        while let (Some((a, wa)), Some((b, wb))) = (left.peek(), right.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => drop(left.next()),
                std::cmp::Ordering::Greater => drop(right.next()),
                std::cmp::Ordering::Equal => {
                    sum += wa.min(*wb);
                    left.next();
                    right.next();
                }
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_and_unlike() {
        let of = Sketch::new;
        let first = of("迎峰度夏期间有序用电通知过晚，电炉钢生产计划被动");
        let again = of("有序用电的通知太晚，迎峰度夏时电炉钢生产计划很被动！");
        let other = of("人民路路灯不亮，晚上出行不安全");
        assert!((first.similarity(&first) - 1.0).abs() < 1e-6);
        assert!(first.similarity(&again) > 0.4, "{}", first.similarity(&again));
        assert!(first.similarity(&other) < 0.05);
        assert!((first.similarity(&again) - again.similarity(&first)).abs() < 1e-9);
        assert!(of("有序用电").overlap(&first) > 0.9);
        assert!(of("").similarity(&of("")) < f64::EPSILON);
    }

    #[test]
    fn probes_go_from_narrow_to_wide() {
        let text = "有序用电通知太晚，迎峰度夏期间电炉钢生产计划被动，错避峰时距不到四小时";
        let sizes: Vec<usize> = probes(&Words::default(), text).iter().map(|probe| probe.terms().len()).collect();
        assert!(sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
        assert_eq!((sizes.first(), sizes.last()), (Some(&4), Some(&1)));
        assert!((30..=60).contains(&sizes.len()), "{sizes:?}");
        let few: Vec<String> =
            probes(&Words::default(), "景蓉").iter().map(|probe| format!("{:?}", probe.terms())).collect();
        assert_eq!(few.len(), 1, "{few:?}");
        assert!(probes(&Words::default(), "？！").is_empty());
    }
}
