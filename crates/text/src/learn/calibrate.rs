//! From scores to probabilities, and the margin above which a judgement may be called sure. Both come from scores of
//! lessons that the scoring model had not seen.

/// How often a sure judgement should be right.
const ACCURACY: f64 = 0.975;

/// So many unseen lessons at least have to stand above a margin before it says anything.
const FEWEST: usize = 10;

/// What scores mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calibration {
    /// What scores are multiplied with before the softmax.
    pub steepness: f32,
    /// The margin that a sure judgement has at least; above 1 where none is to be trusted.
    pub margin: f32,
}

impl Calibration {
    /// From the scores of unseen lessons, each with its label.
    pub fn fit(unseen: &[(Vec<f32>, usize)]) -> Self {
        let steepness = steepness(unseen);
        let mut margins: Vec<(f32, bool)> = unseen
            .iter()
            .map(|(scores, label)| {
                let ranked = probabilities(scores, steepness);
                (margin(&ranked), ranked[0].0 == *label)
            })
            .collect();
        margins.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut right, mut above, mut least) = (0, 0, 2.0);
        for alike in margins.chunk_by(|a, b| a.0 == b.0) {
            above += alike.len();
            right += alike.iter().filter(|(_, is_right)| *is_right).count();
            if above >= FEWEST && right as f64 >= ACCURACY * above as f64 {
                least = alike[0].0;
            }
        }
        Self { steepness, margin: least }
    }
}

/// The labels with their probabilities, best first; labels that are alike stay in their order.
pub(super) fn probabilities(scores: &[f32], steepness: f32) -> Vec<(usize, f32)> {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut ranked: Vec<(usize, f32)> =
        scores.iter().map(|score| ((score - top) * steepness).exp()).enumerate().collect();
    let all: f32 = ranked.iter().map(|(_, share)| share).sum();
    ranked.iter_mut().for_each(|(_, share)| *share /= all);
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranked
}

/// How far the first is ahead of the second.
pub(super) fn margin(ranked: &[(usize, f32)]) -> f32 {
    match ranked {
        [first, second, ..] => first.1 - second.1,
        _ => 0.0,
    }
}

/// The steepness under which the labels that were right are likeliest, by golden section on its logarithm.
fn steepness(unseen: &[(Vec<f32>, usize)]) -> f32 {
    let surprise = |exponent: f64| -> f64 {
        let steepness = exponent.exp();
        let one = |(scores, label): &(Vec<f32>, usize)| {
            let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let all: f64 = scores.iter().map(|s| (f64::from(s - top) * steepness).exp()).sum();
            all.ln() - f64::from(scores[*label] - top) * steepness
        };
        unseen.iter().map(one).sum()
    };
    let (mut from, mut to) = (0.1_f64.ln(), 20_f64.ln());
    let share = (5_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..24 {
        let (left, right) = (to - share * (to - from), from + share * (to - from));
        if surprise(left) < surprise(right) { to = right } else { from = left }
    }
    f64::midpoint(from, to).exp() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trusts_only_margins_that_were_right() {
        // Wide margins are right, narrow ones every second time.
        let wide = (0..40).map(|n| (vec![1.0 + n as f32 / 100.0, -1.0], 0));
        let narrow = (0..20).map(|n| (vec![0.1, 0.0], n % 2));
        let unseen: Vec<_> = wide.chain(narrow).collect();
        let calibration = Calibration::fit(&unseen);
        let of = |scores: &[f32]| margin(&probabilities(scores, calibration.steepness));
        assert!(of(&[1.0, -1.0]) >= calibration.margin && of(&[0.1, 0.0]) < calibration.margin, "{calibration:?}");
    }

    #[test]
    fn trusts_nothing_after_too_few() {
        let unseen: Vec<_> = (0..5).map(|_| (vec![1.0, -1.0], 0)).collect();
        assert!(Calibration::fit(&unseen).margin > 1.0);
    }
}
