//! Dual coordinate descent for linear support vector machines with squared hinge loss (Hsieh et al., ICML 2008), one
//! against the rest, all labels in one pass over the examples.

/// Labels are handled in blocks of this many, so that the inner loops become vector instructions.
pub(super) const LANES: usize = 8;

/// Lessons as sparse vectors.
#[derive(Default)]
pub(super) struct Examples {
    ends: Vec<usize>,
    numbers: Vec<u32>,
    values: Vec<f32>,
    /// The label of each.
    pub labels: Vec<usize>,
}

impl Examples {
    /// Adds one.
    pub fn push(&mut self, vector: impl Iterator<Item = (u32, f32)>, label: usize) {
        for (number, value) in vector {
            self.numbers.push(number);
            self.values.push(value);
        }
        self.ends.push(self.numbers.len());
        self.labels.push(label);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// One example's vector.
    pub fn vector(&self, at: usize) -> impl Iterator<Item = (usize, f32)> + Clone {
        let range = at.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[at];
        self.numbers[range.clone()].iter().map(|n| *n as usize).zip(self.values[range].iter().copied())
    }
}

/// One weight for each feature and label, and one for each label.
pub(super) struct Weights {
    /// Rows of `blocks` blocks; the last row is the bias.
    pub rows: Vec<[f32; LANES]>,
    /// Blocks of a row.
    pub blocks: usize,
}

impl Weights {
    /// The scores of a vector.
    pub fn scores(&self, vector: impl Iterator<Item = (usize, f32)>, scores: &mut [[f32; LANES]]) {
        let bias = self.rows.len() - self.blocks;
        scores.copy_from_slice(&self.rows[bias..]);
        for (number, value) in vector {
            let row = &self.rows[number * self.blocks..][..self.blocks];
            for (sum, weight) in scores.iter_mut().zip(row) {
                for lane in 0..LANES {
                    sum[lane] += value * weight[lane];
                }
            }
        }
    }

    fn add(&mut self, vector: impl Iterator<Item = (usize, f32)>, steps: &[[f32; LANES]]) {
        let bias = self.rows.len() - self.blocks;
        let add = |row: &mut [[f32; LANES]], value: f32| {
            for (weight, step) in row.iter_mut().zip(steps) {
                for lane in 0..LANES {
                    weight[lane] += value * step[lane];
                }
            }
        };
        for (number, value) in vector {
            add(&mut self.rows[number * self.blocks..][..self.blocks], value);
        }
        add(&mut self.rows[bias..], 1.0);
    }
}

/// Learns from the `chosen` examples.
pub(super) fn solve(examples: &Examples, chosen: &[usize], features: usize, labels: usize, seed: u64) -> Weights {
    let r = super::recipe::get();
    let blocks = labels.div_ceil(LANES);
    let mut weights = Weights { rows: vec![[0.0; LANES]; (features + 1) * blocks], blocks };
    let mut n = vec![0f32; labels];
    chosen.iter().for_each(|c| n[examples.labels[*c]] += 1.0);
    let mean = chosen.len() as f32 / labels as f32;
    let cw: Vec<f32> = n.iter().map(|n| (mean / n.max(1.0)).powf(r.balance)).collect();
    let squares: Vec<f32> =
        (0..examples.len()).map(|at| 1.0 + examples.vector(at).map(|(_, v)| v * v).sum::<f32>()).collect();
    let mut alphas = vec![[0.0_f32; LANES]; examples.len() * blocks];
    let (mut scores, mut steps) = (vec![[0.0; LANES]; blocks], vec![[0.0; LANES]; blocks]);
    let mut order = chosen.to_vec();
    let mut random = Random(seed);
    for _ in 0..r.epochs {
        random.shuffle(&mut order);
        for at in &order {
            weights.scores(examples.vector(*at), &mut scores);
            let alphas = &mut alphas[at * blocks..][..blocks];
            let label = examples.labels[*at];
            let diagonal = 0.5 / (r.cost * cw[label]);
            let q = squares[*at] + diagonal;
            let mut moved = false;
            for block in 0..blocks {
                for lane in 0..LANES {
                    let sign = if block * LANES + lane == label { 1.0 } else { -1.0 };
                    let alpha = alphas[block][lane];
                    let gradient = sign * scores[block][lane] - 1.0 + diagonal * alpha;
                    let next = (alpha - gradient / q).max(0.0);
                    alphas[block][lane] = next;
                    steps[block][lane] = (next - alpha) * sign;
                    moved |= next != alpha;
                }
            }
            if moved {
                weights.add(examples.vector(*at), &steps);
            }
        }
    }
    weights
}

/// SplitMix64: enough to shuffle, the same everywhere.
pub(super) struct Random(pub u64);

impl Random {
    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((u128::from(z ^ z >> 31) * bound as u128) >> 64) as usize
    }

    /// Another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}
