//! How alike two texts are: the weighted Jaccard measure over their pairs of neighbouring characters, where pairs of
//! rare characters weigh more. Exact, and cheap enough to rank some hundreds of candidates.

use crate::index::pack;
use crate::normal::normalise;
use crate::words::pair_weight;

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
}
