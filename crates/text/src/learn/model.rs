//! A model and its judgements.

use super::calibrate::{Calibration, margin, probabilities};
use super::grams::Message;
use super::lexicon::{Found, Lexicon};
use super::solve::LANES;

/// A text of fewer known pairs of characters says nothing for sure.
const FEWEST_PAIRS: u32 = 4;

/// What has been learned. Immutable; may be shared by threads.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) labels: Vec<String>,
    pub(super) lexicon: Lexicon,
    /// By gram: how much it tells at all.
    pub(super) rarity: Vec<f32>,
    pub(super) table: Table,
    pub(super) calibration: Calibration,
    /// The share of known pairs that a text has at least if it is of the kind that the lessons were.
    pub(super) familiar: f32,
}

/// Weights by gram and label, in units of `unit`.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Rows of `blocks` blocks, one for each gram.
    pub rows: Vec<[i16; LANES]>,
    pub blocks: usize,
    pub unit: f32,
    /// What each label starts with.
    pub bias: Vec<[f32; LANES]>,
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

    /// Whether the model knows: judgements with such a margin were right in 97.5 of 100 cases that it had not seen, and
    /// the text is of the kind that it learned from.
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
        let found = self.lexicon.find(&Message::new(title, text));
        let ranked = probabilities(&self.scores(&found)[..self.labels.len()], self.calibration.steepness);
        let familiar = found.pairs.0 as f32 >= self.familiar * found.pairs.1 as f32;
        let sure = found.pairs.0 >= FEWEST_PAIRS && familiar && margin(&ranked) >= self.calibration.margin;
        Judgement { ranked, sure }
    }

    /// The score of each label; the last block may have lanes of no label.
    fn scores(&self, found: &Found) -> Vec<f32> {
        let mut sums = vec![[0.0_f32; LANES]; self.table.blocks];
        let mut square = 0.0;
        for (number, times) in &found.grams {
            let value = value(*times, self.rarity[*number as usize]);
            square += value * value;
            let row = &self.table.rows[*number as usize * self.table.blocks..][..self.table.blocks];
            for (sum, weights) in sums.iter_mut().zip(row) {
                for lane in 0..LANES {
                    sum[lane] += value * f32::from(weights[lane]);
                }
            }
        }
        let scale = self.table.unit / square.sqrt().max(f32::MIN_POSITIVE);
        let add = |(sum, bias): (&[f32; LANES], &[f32; LANES])| {
            std::array::from_fn::<f32, LANES, _>(|l| sum[l] * scale + bias[l])
        };
        sums.iter().zip(&self.table.bias).flat_map(add).collect()
    }
}

/// How much a gram counts that stands `times` times: repetition adds less and less.
pub(super) fn value(times: u32, rarity: f32) -> f32 {
    rarity * (1.0 + (times as f32).ln())
}
