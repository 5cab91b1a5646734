//! Dual coordinate descent for linear support vector machines with squared hinge loss (Hsieh et al., ICML 2008), one
//! label against the rest, all labels in one pass over the examples.
//!
//! How readily a weight moves follows the naive Bayes log-count ratio of its feature and label (Wang & Manning, ACL 2012):
//! in cross-validation that raised macro-F1 from 0.912 to 0.931, and more where there are few lessons.

use super::random::Random;

/// Labels are handled in blocks of this many, so that the inner loops become vector instructions.
pub(super) const LANES: usize = 8;

/// A value for each label of a block.
pub(super) type Block<T = f32> = [T; LANES];

/// How often every example is looked at.
const ROUNDS: usize = 10;

/// What an error costs beside the length of the weights.
const COST: f32 = 1.0;

/// What keeps the paces as great on average as without rarity.
const RARITY: f32 = 0.25;

/// So many examples more than were counted are taken to have a feature, each label its share of them: a rare feature then
/// says nothing yet of a label, great or small. Over twelve seeds of cross-validation macro-F1 was 0.9310, and 0.9296 with
/// one more inside and outside of every label alike, which made every rare feature speak for the small ones.
const UNCOUNTED: f32 = 2.0;

/// Lessons as sparse vectors.
#[derive(Debug, Default)]
pub(super) struct Examples {
    ends: Vec<usize>,
    entries: Vec<(u32, f32)>,
    labels: Vec<usize>,
}

impl Examples {
    /// Adds one.
    pub fn push(&mut self, vector: impl IntoIterator<Item = (u32, f32)>, label: usize) {
        self.entries.extend(vector);
        self.ends.push(self.entries.len());
        self.labels.push(label);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// One example: its vector and its label.
    pub fn get(&self, at: usize) -> (&[(u32, f32)], usize) {
        let from = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        (&self.entries[from..self.ends[at]], self.labels[at])
    }
}

/// A value for each feature and label, and a last row for the bias.
#[derive(Debug)]
pub(super) struct Rows {
    /// Rows of `blocks` blocks.
    pub all: Vec<Block>,
    /// Blocks of a row.
    pub blocks: usize,
}

impl Rows {
    fn new(features: usize, labels: usize, value: f32) -> Self {
        let blocks = labels.div_ceil(LANES);
        Self { all: vec![[value; LANES]; (features + 1) * blocks], blocks }
    }

    fn row(&self, number: u32) -> &[Block] {
        &self.all[number as usize * self.blocks..][..self.blocks]
    }

    /// The row of the bias.
    pub fn bias(&self) -> &[Block] {
        &self.all[self.all.len() - self.blocks..]
    }

    /// The scores of a vector.
    pub fn scores(&self, vector: &[(u32, f32)], scores: &mut [Block]) {
        scores.copy_from_slice(self.bias());
        for (number, value) in vector {
            for (sum, weights) in scores.iter_mut().zip(self.row(*number)) {
                for lane in 0..LANES {
                    sum[lane] += value * weights[lane];
                }
            }
        }
    }

    /// Moves the weights of a vector's features by `steps`, each as readily as `pace` says.
    fn advance(&mut self, vector: &[(u32, f32)], steps: &[Block], pace: &Self) {
        let bias = (self.all.len() / self.blocks - 1) as u32;
        for (number, value) in vector.iter().copied().chain([(bias, 1.0)]) {
            let row = &mut self.all[number as usize * self.blocks..][..self.blocks];
            for ((weights, steps), pace) in row.iter_mut().zip(steps).zip(pace.row(number)) {
                for lane in 0..LANES {
                    weights[lane] += value * steps[lane] * pace[lane];
                }
            }
        }
    }
}

/// Learns the weights from the `chosen` examples.
pub(super) fn solve(examples: &Examples, chosen: &[usize], features: usize, labels: usize, seed: u64) -> Rows {
    let pace = pace(examples, chosen, features, labels);
    let mut weights = Rows::new(features, labels, 0.0);
    let blocks = weights.blocks;
    let zeros = || vec![[0.0_f32; LANES]; examples.len() * blocks];
    let (mut alphas, mut squares) = (zeros(), zeros());
    for at in chosen {
        let squared = |(number, value): &(u32, f32)| (*number, value * value);
        let vector: Vec<(u32, f32)> = examples.get(*at).0.iter().map(squared).collect();
        pace.scores(&vector, &mut squares[at * blocks..][..blocks]);
    }
    let diagonal = 0.5 / COST;
    let (mut scores, mut steps) = (vec![[0.0; LANES]; blocks], vec![[0.0; LANES]; blocks]);
    let (mut order, mut random) = (chosen.to_vec(), Random::new(seed));
    for _ in 0..ROUNDS {
        random.shuffle(&mut order);
        for at in &order {
            let (vector, label) = examples.get(*at);
            weights.scores(vector, &mut scores);
            let mut moved = false;
            for block in 0..blocks {
                let (alphas, squares) = (&mut alphas[at * blocks + block], &squares[at * blocks + block]);
                for lane in 0..LANES {
                    let sign = if block * LANES + lane == label { 1.0 } else { -1.0 };
                    let gradient = sign * scores[block][lane] - 1.0 + diagonal * alphas[lane];
                    let next = (alphas[lane] - gradient / (squares[lane] + diagonal)).max(0.0);
                    steps[block][lane] = (next - alphas[lane]) * sign;
                    moved |= next != alphas[lane];
                    alphas[lane] = next;
                }
            }
            if moved {
                weights.advance(vector, &steps, &pace);
            }
        }
    }
    weights
}

/// The square of each log-count ratio (how much likelier a feature is among the examples of a label than among the others),
/// greater where the feature is rare at all: times the inverse document frequency to the power of 1.4.
fn pace(examples: &Examples, chosen: &[usize], features: usize, labels: usize) -> Rows {
    let mut counts = Rows::new(features, labels, 0.0);
    let (blocks, bias) = (counts.blocks, features as u32);
    for at in chosen {
        let (vector, label) = examples.get(*at);
        for number in vector.iter().map(|(number, _)| *number).chain([bias]) {
            counts.all[number as usize * blocks + label / LANES][label % LANES] += 1.0;
        }
    }
    let (sizes, all) = (counts.bias().to_vec(), chosen.len() as f32);
    let (rows, bias) = counts.all.split_at_mut(features * blocks);
    for row in rows.chunks_mut(blocks) {
        let total: f32 = row.as_flattened().iter().sum();
        let rarity = RARITY * (1.0 + (all / total.max(1.0)).ln()).powf(1.4);
        for (count, size) in row.as_flattened_mut().iter_mut().zip(sizes.as_flattened()) {
            let share = size / all;
            let inside = *count / share.max(f32::MIN_POSITIVE) + UNCOUNTED;
            let outside = (total - *count) / (1.0 - share).max(f32::MIN_POSITIVE) + UNCOUNTED;
            *count = (inside / outside).ln().powi(2) * rarity;
        }
    }
    bias.fill([1.0; LANES]);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_label_has_alike_speaks_for_none() {
        let mut examples = Examples::default();
        (0..10).for_each(|n| examples.push([(0, 1.0), (1 + n / 9, 1.0)], n as usize / 9));
        let pace = pace(&examples, &(0..10).collect::<Vec<_>>(), 3, 2);
        assert!(pace.row(0)[0].iter().take(2).all(|pace| pace.abs() < 1e-9), "{:?}", pace.row(0));
        assert!(pace.row(1)[0].iter().take(2).all(|pace| *pace > 0.1), "{:?}", pace.row(1));
    }
}
