//! Learning.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::Lesson;
use super::alike;
use super::calibrate::Calibration;
use super::grams::{Gram, Message, Part};
use super::lexicon::{Found, Lexicon};
use super::model::{Model, PARTS, Weighed, factors, value};
use super::solve::{Block, Examples, LANES, Rows, solve};

/// A label needs so many lessons, or nothing can be learned about it that would hold for another text.
const FEWEST_OF_LABEL: usize = 2;

/// Into so many folds the lessons are cut, each judged by a model of the others.
const FOLDS: usize = 4;

/// Blocks of weights that a part has at most, so that a model stays small however long it learns: 8 MiB.
const MOST_BLOCKS: usize = 1 << 19;

impl Model {
    /// Learns; the same lessons and the same seed give the same model. None where fewer than two labels have two lessons
    /// each; labels with a single one are left out. Near-identical texts may be among the lessons.
    pub fn train(lessons: &[Lesson<'_>], seed: u64) -> Option<Self> {
        let labels = labels(lessons);
        if labels.len() < 2 {
            return None;
        }
        let known = |lesson: &Lesson<'_>| {
            Some((Message::new(lesson.title, lesson.text), labels.binary_search(&lesson.label).ok()?))
        };
        let (messages, truth): (Vec<Message>, Vec<usize>) = lessons.iter().filter_map(known).unzip();
        let vocabularies = PARTS.map(|part| Vocabulary::new(part, &messages, labels.len()));
        let examples = examples(&messages, &truth, &vocabularies);
        let features = vocabularies.iter().map(|vocabulary| vocabulary.counts.len()).sum();
        let learn = |chosen: &[usize]| solve(&examples, chosen, features, labels.len(), seed);
        let unseen = unseen(&examples, &alike::folds(&messages, FOLDS, seed), labels.len(), learn);
        let weights = learn(&(0..examples.len()).collect::<Vec<_>>());
        let unit = unit(&weights, labels.len());
        let familiar = vocabularies[0].familiar(&messages);
        let mut rows = weights.all.chunks(weights.blocks).map(|row| row.iter().map(|block| quantised(block, unit)));
        Some(Self {
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            parts: vocabularies.map(|Vocabulary { lexicon, counts, .. }| {
                let rows = rows.by_ref().take(counts.len()).flatten().collect();
                Weighed { lexicon, rows }
            }),
            bias: weights.bias().to_vec(),
            unit,
            calibration: Calibration::fit(&unseen),
            familiar,
        })
    }
}

/// The labels that can be learned, in order.
fn labels<'a>(lessons: &[Lesson<'a>]) -> Vec<&'a str> {
    let mut times = BTreeMap::<&str, usize>::new();
    lessons.iter().for_each(|lesson| *times.entry(lesson.label).or_default() += 1);
    times.into_iter().filter(|(_, times)| *times >= FEWEST_OF_LABEL).map(|(label, _)| label).collect()
}

/// The grams of a part that are worth knowing.
struct Vocabulary {
    part: Part,
    lexicon: Lexicon,
    /// In how many messages each stands.
    counts: Vec<u32>,
    /// In how many it stands at least.
    fewest: u32,
}

impl Vocabulary {
    fn new(part: Part, messages: &[Message], labels: usize) -> Self {
        // What one message alone says is noise, unless there is little else; found by cross-validation.
        let fewest = match messages.len() {
            0..30 => 1,
            30..1_000 => 2,
            _ => 3,
        };
        let mut counts: Vec<(Gram, u32)> = counts(part, messages).filter(|(_, count)| *count >= fewest).collect();
        counts.sort_unstable_by_key(|(gram, count)| (Reverse(*count), *gram));
        counts.truncate(MOST_BLOCKS / labels.div_ceil(LANES));
        let (grams, counts): (Vec<Gram>, Vec<u32>) = counts.into_iter().unzip();
        Self { part, lexicon: Lexicon::new(part, grams), counts, fewest }
    }

    /// A share of known pairs below which a text is of another kind: two thirds of what all but one in a hundred messages
    /// reach without their own help.
    fn familiar(&self, messages: &[Message]) -> f32 {
        let share = |message: &Message| {
            let mut known = 0;
            let pairs = message.each_gram(self.part, |gram, place| {
                let others = self.lexicon.number(gram).is_some_and(|n| self.counts[n as usize] > self.fewest);
                known += if others { place.len() - 1 } else { 0 };
                others
            });
            known as f32 / pairs.max(1) as f32
        };
        let mut shares: Vec<f32> = messages.iter().map(share).collect();
        shares.sort_by(f32::total_cmp);
        shares.get(shares.len() / 100).map_or(0.0, |least| least * 2.0 / 3.0)
    }
}

/// In how many messages each gram of a part stands.
fn counts(part: Part, messages: &[Message]) -> impl Iterator<Item = (Gram, u32)> {
    let mut counts: HashMap<Gram, (u32, usize)> = HashMap::new();
    for (at, message) in messages.iter().enumerate() {
        message.each_gram(part, |gram, _| {
            let (count, last) = counts.entry(gram).or_insert((0, usize::MAX));
            *count += u32::from(*last != at);
            *last = at;
            true
        });
    }
    counts.into_iter().map(|(gram, (count, _))| (gram, count))
}

/// Every message as a vector of length one, the title's features behind those of the whole.
fn examples(messages: &[Message], truth: &[usize], vocabularies: &[Vocabulary; 2]) -> Examples {
    let mut examples = Examples::default();
    let offsets = [0, vocabularies[0].counts.len() as u32];
    for (message, label) in messages.iter().zip(truth) {
        let vectors = vocabularies.each_ref().map(|vocabulary| {
            let Found { grams, .. } = vocabulary.lexicon.find(message);
            let weighed = |(number, times): (u32, u32)| (number, value(times));
            grams.into_iter().map(weighed).collect::<Vec<_>>()
        });
        let factors = factors(vectors.each_ref().map(|vector| vector.iter().map(|(_, value)| value * value).sum()));
        let scaled = vectors.into_iter().zip(offsets).zip(factors).flat_map(|((vector, offset), factor)| {
            vector.into_iter().map(move |(number, value)| (offset + number, factor * value))
        });
        examples.push(scaled, *label);
    }
    examples
}

/// The scores of every lesson by a model that learned without its fold, and its label.
fn unseen(
    examples: &Examples,
    folds: &[usize],
    labels: usize,
    learn: impl Fn(&[usize]) -> Rows,
) -> Vec<(Vec<f32>, usize)> {
    let mut unseen = Vec::with_capacity(examples.len());
    for fold in 0..FOLDS {
        let (held, seen): (Vec<usize>, Vec<usize>) = (0..examples.len()).partition(|at| folds[*at] == fold);
        if held.is_empty() || seen.is_empty() {
            continue;
        }
        let weights = learn(&seen);
        let mut scores = vec![[0.0; LANES]; weights.blocks];
        for at in held {
            let (vector, label) = examples.get(at);
            weights.scores(vector, &mut scores);
            unseen.push((scores.as_flattened()[..labels].to_vec(), label));
        }
    }
    unseen
}

/// What the weights are written as multiples of, so that the greatest just fits into sixteen bits.
fn unit(weights: &Rows, labels: usize) -> f32 {
    let rows = weights.all.chunks(weights.blocks).flat_map(|row| &row.as_flattened()[..labels]);
    let greatest = rows.fold(0.0_f32, |greatest, weight| greatest.max(weight.abs()));
    (greatest / f32::from(i16::MAX)).max(f32::MIN_POSITIVE)
}

fn quantised(block: &Block, unit: f32) -> Block<i16> {
    block.map(|weight| (weight / unit).round() as i16)
}
