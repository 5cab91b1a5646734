//! Measures what `scripts/evaluate-duplicates` hands it: which texts of one group the probes bring, at the size of the file
//! and at what a million texts would be, and how many of the shown are right at each threshold.
//!
//! `duplicates FILE.tsv [WORDS.txt]`; a line of the file is `id group title text`, the group empty where there is none.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

use text::similar::{Sketch, probes};
use text::{Query, Words, index_terms};

/// The size that is projected to, and how many of the newest a probe brings.
const CITY: f64 = 1_000_000.0;
const EACH: f64 = 25.0;
const THRESHOLDS: [f64; 8] = [0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.50];

struct Doc {
    id: String,
    group: String,
    words: String,
}

#[derive(Default)]
struct Index(HashMap<String, BTreeSet<usize>>);

impl Index {
    fn of(docs: &[Doc]) -> Self {
        let mut index = Self::default();
        for (n, doc) in docs.iter().enumerate() {
            for term in index_terms(&doc.words).split(' ') {
                index.0.entry(term.to_owned()).or_default().insert(n);
            }
        }
        index
    }

    fn find(&self, probe: &Query) -> BTreeSet<usize> {
        let mut lists: Vec<_> = probe.terms().iter().filter(|t| !t.prefix).map(|t| self.0.get(&t.text)).collect();
        lists.sort_by_key(|list| list.map_or(0, BTreeSet::len));
        let Some((Some(first), rest)) = lists.split_first() else { return BTreeSet::new() };
        first.iter().filter(|n| rest.iter().all(|list| list.is_some_and(|list| list.contains(n)))).copied().collect()
    }
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let file = arguments.first().map(std::fs::read_to_string).transpose()?.unwrap_or_default();
    let words = arguments.get(1).map(std::fs::read_to_string).transpose()?.unwrap_or_default();
    let words = Words::new(words.lines());
    let docs: Vec<Doc> = file.lines().filter_map(doc).collect();
    let index = Index::of(&docs);
    let mut groups: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (n, doc) in docs.iter().enumerate().filter(|(_, doc)| !doc.group.is_empty()) {
        groups.entry(&doc.group).or_default().insert(n);
    }
    groups.retain(|_, members| members.len() > 1);
    println!("{} texts, {} groups of more than one", docs.len(), groups.len());
    if !groups.is_empty() {
        candidates(&docs, &index, &groups, &words);
    }
    thresholds(&docs, &index, &groups, &words);
    Ok(())
}

fn doc(line: &str) -> Option<Doc> {
    let [id, group, title, text] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
    Some(Doc { id: id.to_owned(), group: group.to_owned(), words: format!("{title}\n{text}") })
}

/// Which members of its own group each text's probes bring. A probe brings only the newest; at a million texts, those that
/// match it by chance are so many times more, and a member of any age is among the newest with that much less likelihood.
fn candidates(docs: &[Doc], index: &Index, groups: &BTreeMap<&str, BTreeSet<usize>>, words: &Words) {
    let more = CITY / docs.len() as f64;
    let (mut asked, mut here, mut there, mut one_term) = (0_usize, 0.0, 0.0, 0.0);
    for members in groups.values() {
        for own in members {
            let found: Vec<BTreeSet<usize>> =
                probes(words, &docs[*own].words).iter().map(|probe| index.find(probe)).collect();
            let alone: Vec<BTreeSet<usize>> =
                words.salient(&docs[*own].words, 8).iter().map(|term| index.find(&Query::parse(term))).collect();
            for other in members.iter().filter(|other| *other != own) {
                let reached = |found: &[BTreeSet<usize>], scale: f64| {
                    let with = found.iter().filter(|found| found.contains(other));
                    let missed = with.map(|found| {
                        let strangers = found.difference(members).count() as f64;
                        1.0 - (EACH / (1.0 + strangers * scale)).min(1.0)
                    });
                    1.0 - missed.product::<f64>()
                };
                asked += 1;
                here += reached(&found, 1.0);
                there += reached(&found, more);
                one_term += reached(&alone, more);
            }
        }
    }
    let share = |sum: f64| 100.0 * sum / asked.max(1) as f64;
    println!(
        "candidates, {asked} pairs of one group: {:.1} % brought; at {CITY} texts {:.1} %, by single terms {:.1} %",
        share(here),
        share(there),
        share(one_term)
    );
}

/// Precision and recall over all pairs that the probes bring.
fn thresholds(docs: &[Doc], index: &Index, groups: &BTreeMap<&str, BTreeSet<usize>>, words: &Words) {
    let sketches: Vec<Sketch> = docs.iter().map(|doc| Sketch::new(&doc.words)).collect();
    let started = Instant::now();
    let mut alike: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (own, doc) in docs.iter().enumerate() {
        let found: BTreeSet<usize> = probes(words, &doc.words).iter().flat_map(|probe| index.find(probe)).collect();
        for other in found.into_iter().filter(|other| *other != own) {
            let pair = (own.min(other), own.max(other));
            alike.entry(pair).or_insert_with(|| sketches[own].similarity(&sketches[other]));
        }
    }
    let wanted: usize = groups.values().map(|members| members.len() * (members.len() - 1) / 2).sum();
    for threshold in THRESHOLDS.into_iter().filter(|_| wanted > 0) {
        let shown: Vec<_> = alike.iter().filter(|(_, similarity)| **similarity >= threshold).collect();
        let same = |n: usize, m: usize| !docs[n].group.is_empty() && docs[n].group == docs[m].group;
        let right = shown.iter().filter(|((n, m), _)| same(*n, *m)).count();
        println!(
            "at {threshold:.2}: {} pairs shown, precision {:.3}, recall {:.3}",
            shown.len(),
            right as f64 / shown.len().max(1) as f64,
            right as f64 / wanted.max(1) as f64
        );
    }
    planted(docs, &alike);
    println!("{:.1} s for all texts against each other", started.elapsed().as_secs_f64());
}

/// The messages that were put in a second time by hand bear numbers of their own.
fn planted(docs: &[Doc], alike: &BTreeMap<(usize, usize), f64>) {
    let repeats = docs.iter().enumerate().filter(|(_, doc)| doc.id.starts_with("36010"));
    let found: Vec<(&str, f64)> = repeats
        .map(|(n, doc)| {
            let with = alike.iter().filter(|((a, b), _)| *a == n || *b == n);
            (doc.id.as_str(), with.map(|(_, similarity)| *similarity).fold(0.0, f64::max))
        })
        .collect();
    if !found.is_empty() {
        println!("planted repeats and the likeness of what resembles them most: {found:.2?}");
    }
}
