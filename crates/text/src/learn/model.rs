//! A model and its judgements.

use super::calibrate::{Calibration, margin, probabilities};
use super::grams::{Message, Part};
use super::lexicon::{Found, Lexicon};
use super::solve::{Block, LANES};

/// A text with fewer different grams that are known says nothing for sure.
const FEWEST_GRAMS: usize = 6;

/// How much each part has to say where both have something.
const SHARES: [f32; 2] = [1.0, 0.5];

/// The parts, in the order in which a model has them.
pub(super) const PARTS: [Part; 2] = [Part::Whole, Part::Title];

/// What has been learned. Immutable; may be shared by threads.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) labels: Vec<String>,
    pub(super) parts: [Weighed; 2],
    /// What each label starts with.
    pub(super) bias: Vec<Block>,
    /// What the weights are multiples of.
    pub(super) unit: f32,
    pub(super) calibration: Calibration,
    /// The share of known pairs that a text has at least if it is of the kind that the lessons were.
    pub(super) familiar: f32,
}

/// The grams of a part and their weights.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub lexicon: Lexicon,
    /// By gram a row of blocks with a weight for each label, in units.
    pub rows: Vec<Block<i16>>,
}

/// What a model says about a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    ranked: Vec<(usize, f32)>,
    sure: bool,
}

impl Judgement {
    /// The likeliest label, as its place in [`Model::labels`], and its probability.
    pub fn best(&self) -> Option<(usize, f32)> {
        self.ranked.first().copied()
    }

    /// All labels with their probabilities, which add up to 1, best first.
    pub fn ranked(&self) -> &[(usize, f32)] {
        &self.ranked
    }

    /// How far the likeliest label is ahead of the next, from 0 to 1.
    pub fn margin(&self) -> f32 {
        margin(&self.ranked)
    }

    /// Whether the model knows: so wide a margin was right in 97.5 of 100 lessons that it had not seen, and the text is
    /// of the kind that it learned from.
    pub fn sure(&self) -> bool {
        self.sure
    }
}

impl Model {
    /// The labels, in the order of their names.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// What `title` and `text` are, without reasons.
    pub fn judge(&self, title: &str, text: &str) -> Judgement {
        let message = Message::new(title, text);
        let found = self.parts.each_ref().map(|part| part.lexicon.find(&message));
        let ranked =
            probabilities(&self.scores(&found).as_flattened()[..self.labels.len()], self.calibration.steepness);
        let whole = &found[0];
        let sure = margin(&ranked) >= self.calibration.margin
            && whole.grams.len() >= FEWEST_GRAMS
            && whole.known_pairs as f32 >= self.familiar * whole.pairs as f32;
        Judgement { ranked, sure }
    }

    /// The score of each label; the last block may have lanes of no label.
    pub(super) fn scores(&self, found: &[Found; 2]) -> Vec<Block> {
        let blocks = self.bias.len();
        let square = |found: &Found| found.grams.iter().map(|(_, times)| value(*times).powi(2)).sum();
        let factors = factors(found.each_ref().map(square));
        let score = |block: usize| {
            let mut score = self.bias[block];
            for ((part, found), factor) in self.parts.iter().zip(found).zip(factors) {
                let mut sum = [0.0; LANES];
                for (number, times) in &found.grams {
                    let weights = &part.rows[*number as usize * blocks + block];
                    let value = value(*times);
                    for lane in 0..LANES {
                        sum[lane] += value * f32::from(weights[lane]);
                    }
                }
                (0..LANES).for_each(|lane| score[lane] += factor * self.unit * sum[lane]);
            }
            score
        };
        (0..blocks).map(score).collect()
    }
}

/// How much a gram counts that stands so many times: repetition adds less and less.
pub(super) fn value(times: u32) -> f32 {
    (times as f32).sqrt()
}

/// What the values of each part are multiplied with, so that the parts have their shares and the whole vector has length
/// one; `squares` are the sums of the parts' squared values.
pub(super) fn factors(squares: [f32; 2]) -> [f32; 2] {
    let share = |part: usize| if squares[part] > 0.0 { SHARES[part] } else { 0.0 };
    let length = share(0).hypot(share(1));
    [0, 1].map(|part| if share(part) > 0.0 { share(part) / (length * squares[part].sqrt()) } else { 0.0 })
}
