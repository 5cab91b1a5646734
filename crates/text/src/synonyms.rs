//! Words that mean the same to whoever searches or answers: 用电 and 电力. Groups of equal words, given at construction.

use std::collections::HashMap;

use crate::normal::normalise;
use crate::words::Words;

/// Groups of words of one meaning.
#[derive(Debug, Default)]
pub struct Synonyms {
    /// As they are shown, group by group.
    groups: Vec<Vec<String>>,
    /// The groups of a word in normal form.
    of: HashMap<String, Vec<usize>>,
    words: Words,
}

impl Synonyms {
    /// Synonyms from groups of equal words; words of fewer than two characters are passed over.
    pub fn new(groups: Vec<Vec<String>>) -> Self {
        let mut of: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, group) in groups.iter().enumerate() {
            for word in group.iter().map(|word| normalise(word)).filter(|word| word.chars().nth(1).is_some()) {
                let groups = of.entry(word).or_default();
                if groups.last() != Some(&number) {
                    groups.push(number);
                }
            }
        }
        let words = Words::new(of.keys());
        Self { groups, of, words }
    }

    /// The words of `text` that have synonyms, in normal form, in the order of the text, the longest at each place; and for
    /// each what else may stand for it, as it is shown.
    pub fn within(&self, text: &str) -> Vec<(String, Vec<&str>)> {
        let mut all: Vec<(String, Vec<&str>)> = Vec::new();
        for word in self.words.found(text) {
            if !all.iter().any(|(seen, _)| *seen == word) {
                let others = self.others(&word);
                all.push((word, others));
            }
        }
        all
    }

    /// The text with one word put in place of another of the same meaning, at most `most` of them, each with that word.
    pub fn instead(&self, text: &str, most: usize) -> Vec<(&str, String)> {
        let plain = normalise(text);
        let within = self.within(text);
        // The first other of each word before the second of any: a unit with five names leaves room for the rest.
        let mut others: Vec<(usize, &str, &str)> = within
            .iter()
            .flat_map(|(word, others)| others.iter().enumerate().map(|(rank, other)| (rank, word.as_str(), *other)))
            .collect();
        others.sort_by_key(|(rank, ..)| *rank);
        // As typed where that is possible: the normal form has lost the blanks between the parts of a query.
        let put = |word: &str, other: &str| (if text.contains(word) { text } else { &plain }).replace(word, other);
        others.into_iter().take(most).map(|(_, word, other)| (other, put(word, other))).collect()
    }

    /// What else may stand for a word in normal form.
    fn others(&self, word: &str) -> Vec<&str> {
        let groups = self.of.get(word).map(Vec::as_slice).unwrap_or_default();
        let members = groups.iter().flat_map(|group| &self.groups[*group]).map(String::as_str);
        let mut others: Vec<&str> = members.filter(|other| normalise(other) != word).collect();
        others.dedup();
        others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_meaning() {
        let group = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let synonyms = Synonyms::new(vec![group(&["用电", "电力", "供电"]), group(&["停车", "泊车"]), group(&["水"])]);
        assert_eq!(
            synonyms.within("有序用电和泊车"),
            [("用电".to_owned(), vec!["电力", "供电"]), ("泊车".to_owned(), vec!["停车"])]
        );
        assert!(synonyms.within("水").is_empty());
        assert_eq!(synonyms.instead("用电 通知", 1), [("电力", "电力 通知".to_owned())]);
        let each: Vec<&str> = synonyms.instead("用电停车", 2).into_iter().map(|(other, _)| other).collect();
        assert_eq!(each, ["电力", "泊车"]);
        assert!(Synonyms::default().within("用电").is_empty());
    }
}
