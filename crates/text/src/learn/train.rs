//! Learning.

use std::collections::BTreeMap;

use super::Lesson;
use super::alike;
use super::calibrate::Calibration;
use super::grams::{Gram, Message};
use super::lexicon::{Found, Lexicon, MOST, document_counts};
use super::model::{Model, Table, value};
use super::solve::{Examples, LANES, Weights, solve};

/// A label needs so many lessons, or nothing can be learned about it that would hold for another text.
const FEWEST_OF_LABEL: usize = 2;

/// In so many parts the lessons are cut, each judged by a model of the others.
const FOLDS: usize = 4;

/// Below so many lessons every gram counts; above, a gram has to stand in several of them.
const FEW_LESSONS: usize = 1_000;

impl Model {
    /// Learns. Near-identical texts may be among the lessons. None where fewer than two labels have two lessons each:
    /// labels with a single one are left out.
    pub fn train(lessons: &[Lesson<'_>], seed: u64) -> Option<Self> {
        let labels = labels(lessons);
        if labels.len() < 2 {
            return None;
        }
        let (messages, truth): (Vec<Message>, Vec<usize>) = lessons
            .iter()
            .filter_map(|lesson| {
                Some((Message::new(lesson.title, lesson.text), labels.binary_search(&lesson.label).ok()?))
            })
            .unzip();
        let lexicon = lexicon(&messages);
        let found: Vec<Found> = messages.iter().map(|message| lexicon.0.find(message)).collect();
        let (lexicon, counts) = lexicon;
        let rarity: Vec<f32> = counts.iter().map(|count| rarity(*count, messages.len())).collect();
        let mut examples = Examples::default();
        for (found, label) in found.iter().zip(&truth) {
            examples.push(vector(found, &rarity).into_iter(), *label);
        }
        let folds = alike::folds(&messages, FOLDS, seed);
        let unseen = unseen(&examples, &folds, rarity.len(), labels.len(), seed);
        let all: Vec<usize> = (0..examples.len()).collect();
        let weights = solve(&examples, &all, rarity.len(), labels.len(), seed);
        Some(Self {
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            familiar: familiar(&messages, &lexicon, &counts),
            lexicon,
            rarity,
            table: Table::new(&weights),
            calibration: Calibration::fit(&unseen),
        })
    }
}

/// The labels that can be learned, in order.
fn labels<'a>(lessons: &[Lesson<'a>]) -> Vec<&'a str> {
    let mut times = BTreeMap::<&str, usize>::new();
    lessons.iter().for_each(|lesson| *times.entry(lesson.label).or_default() += 1);
    times.into_iter().filter(|(_, times)| *times >= FEWEST_OF_LABEL).map(|(label, _)| label).collect()
}

/// The grams worth knowing, and in how many messages each stands.
fn lexicon(messages: &[Message]) -> (Lexicon, Vec<u32>) {
    let fewest = if messages.len() < FEW_LESSONS { 1 } else { super::recipe::get().min_df };
    let mut counts: Vec<(Gram, u32)> =
        document_counts(messages.iter()).into_iter().filter(|(_, count)| *count >= fewest).collect();
    counts.sort_unstable_by_key(|(gram, count)| (std::cmp::Reverse(*count), *gram));
    counts.truncate(MOST);
    let (grams, counts) = counts.into_iter().unzip();
    (Lexicon::new(grams), counts)
}

/// The logarithmic inverse document frequency.
fn rarity(count: u32, messages: usize) -> f32 {
    1.0 + (messages as f32 / count as f32).ln()
}

/// A message as a vector of length one.
fn vector(found: &Found, rarity: &[f32]) -> Vec<(u32, f32)> {
    let mut vector: Vec<(u32, f32)> =
        found.grams.iter().map(|(number, times)| (*number, value(*times, rarity[*number as usize]))).collect();
    let length = vector.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    vector.iter_mut().for_each(|(_, value)| *value /= length);
    vector
}

/// The scores of every lesson by a model that learned without its fold.
fn unseen(examples: &Examples, folds: &[usize], features: usize, labels: usize, seed: u64) -> Vec<(Vec<f32>, usize)> {
    let mut unseen = Vec::with_capacity(examples.len());
    for fold in 0..FOLDS {
        let (held, seen): (Vec<usize>, Vec<usize>) = (0..examples.len()).partition(|at| folds[*at] == fold);
        if held.is_empty() || seen.is_empty() {
            continue;
        }
        let weights = solve(examples, &seen, features, labels, seed);
        let mut scores = vec![[0.0; LANES]; weights.blocks];
        for at in held {
            weights.scores(examples.vector(at), &mut scores);
            unseen.push((scores.as_flattened()[..labels].to_vec(), examples.labels[at]));
        }
    }
    unseen
}

/// The share of known pairs that all but one in a hundred lessons reach without their own help.
fn familiar(messages: &[Message], lexicon: &Lexicon, counts: &[u32]) -> f32 {
    let least = counts.iter().copied().min().unwrap_or(1);
    let share = |message: &Message| {
        let (mut known, mut all) = (0, 0);
        message.each_gram(|gram, place, _| {
            let others = lexicon.number(gram).is_some_and(|number| counts[number as usize] > least);
            all += u32::from(place.len() == 2);
            known += u32::from(place.len() == 2 && others);
            place.len() < 2
        });
        if all == 0 { 0.0 } else { known as f32 / all as f32 }
    };
    let mut shares: Vec<f32> = messages.iter().map(share).collect();
    shares.sort_by(f32::total_cmp);
    shares.get(shares.len() / 100).copied().unwrap_or_default()
}

impl Table {
    /// The same weights in sixteen bits.
    fn new(weights: &Weights) -> Self {
        let (rows, bias) = weights.rows.split_at(weights.rows.len() - weights.blocks);
        let greatest = rows.as_flattened().iter().fold(0.0_f32, |greatest, weight| greatest.max(weight.abs()));
        let unit = (greatest / f32::from(i16::MAX)).max(f32::MIN_POSITIVE);
        let rows = rows.iter().map(|row| row.map(|weight| (weight / unit).round() as i16)).collect();
        Self { rows, blocks: weights.blocks, unit, bias: bias.to_vec() }
    }
}
