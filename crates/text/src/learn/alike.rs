//! Which lessons are nearly the same text, so that none of them is judged by a model that learned from its twin.

use std::collections::HashMap;

use super::grams::Message;
use super::random::{Random, mixed};

/// How many of the least hashes of a message's runs stand for it.
const KEPT: usize = 8;

/// Twins share this many of their least hashes.
const SHARED: usize = 4;

/// For each message the fold it belongs to; near-identical ones are in the same.
pub(super) fn folds(messages: &[Message], folds: usize, seed: u64) -> Vec<usize> {
    let groups = groups(messages);
    let mut order: Vec<usize> = (0..messages.len()).filter(|at| groups[*at] == *at).collect();
    Random::new(seed).shuffle(&mut order);
    let mut fold = vec![0; messages.len()];
    order.iter().enumerate().for_each(|(place, first)| fold[*first] = place % folds);
    groups.iter().map(|first| fold[*first]).collect()
}

/// For each message the first one of its group.
fn groups(messages: &[Message]) -> Vec<usize> {
    let sketches: Vec<Vec<u64>> = messages.iter().map(least_hashes).collect();
    let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut first: Vec<usize> = (0..messages.len()).collect();
    for (at, sketch) in sketches.iter().enumerate() {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for hash in sketch {
            let holders = holders.entry(*hash).or_default();
            // A hash that many hold is a turn of phrase; the newest holders are enough to find a twin.
            holders.iter().rev().take(16).for_each(|other| *shared.entry(*other).or_default() += 1);
            holders.push(at);
        }
        let twin = shared.iter().filter(|(_, n)| **n >= SHARED.min(sketch.len())).map(|(other, _)| *other).min();
        if let Some(twin) = twin {
            first[at] = first[twin];
        }
    }
    first
}

/// The least hashes of a message's runs of four characters.
fn least_hashes(message: &Message) -> Vec<u64> {
    let hash = |run: &[u16]| mixed(run.iter().fold(0, |packed, unit| packed << 16 | u64::from(*unit)));
    let mut hashes: Vec<u64> = message.units.windows(4).map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(KEPT);
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_share_a_fold() {
        let texts = [
            "小区门口的路灯坏了一个多月没有人修，晚上老人出行很不安全，请尽快派人修理",
            "学校食堂的饭菜又贵又不新鲜，孩子吃了拉肚子，希望教育局来查一查",
            "小区门口的路灯坏了一个多月没有人修，晚上老人出行很不安全，请尽快派人来修理！",
            "企业的电费优惠一直没有兑现，请发改局解释",
        ];
        let messages: Vec<Message> = texts.iter().map(|t| Message::new("", t)).collect();
        assert_eq!(groups(&messages), [0, 1, 0, 3]);
        for seed in 0..8 {
            let folds = folds(&messages, 3, seed);
            assert_eq!(folds[0], folds[2]);
        }
    }
}
