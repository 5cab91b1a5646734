//! How alike two bundles of weighed features are, and by what: the cosine over everything, over the matter alone, over the
//! sites alone.

use super::features::Feature;
use super::places::Kind;
use super::stats::Stats;

/// Features and how strongly each is said, in the order of the features.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bundle {
    pub features: Vec<Feature>,
    pub strengths: Vec<f32>,
}

/// Lengths of a bundle: over everything, the matter, the sites.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Lengths {
    pub all: f32,
    pub matter: f32,
    pub site: f32,
}

/// How alike, each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Likeness {
    pub all: f32,
    pub matter: f32,
    pub site: f32,
}

/// Feature, strength, weight, kind.
pub(super) type Part = (Feature, f32, f32, Kind);

/// A bundle made ready to be compared with many.
#[derive(Debug, Default)]
pub(super) struct Probe {
    /// In the order of the features.
    pub parts: Vec<Part>,
    pub lengths: Lengths,
}

impl Probe {
    pub fn new(bundle: impl Iterator<Item = (Feature, f32)>, stats: &Stats) -> Self {
        let parts: Vec<_> = bundle
            .map(|(feature, strength)| {
                let (weight, kind) = stats.weight(feature);
                (feature, strength, weight, kind)
            })
            .collect();
        let length = |of: Option<Kind>| {
            let squares = parts.iter().filter(|p| of.is_none_or(|kind| kind == p.3)).map(|p| (p.1 * p.2).powi(2));
            squares.sum::<f32>().sqrt()
        };
        let lengths = Lengths { all: length(None), matter: length(Some(Kind::Matter)), site: length(Some(Kind::Site)) };
        Self { parts, lengths }
    }

    /// The likeness to a bundle given by its features and strengths in order, and its lengths.
    pub fn likeness(&self, features: &[Feature], strength: impl Fn(usize) -> f32, lengths: Lengths) -> Likeness {
        let mut dots = Lengths::default();
        let mut at = 0;
        for (feature, own, weight, kind) in &self.parts {
            while at < features.len() && features[at] < *feature {
                at += 1;
            }
            if at == features.len() {
                break;
            }
            if features[at] == *feature {
                let dot = own * strength(at) * weight * weight;
                dots.all += dot;
                match kind {
                    Kind::Matter => dots.matter += dot,
                    Kind::Site => dots.site += dot,
                    Kind::Area => {}
                }
            }
        }
        let ratio = |dot: f32, a: f32, b: f32| if dot > 0.0 { (dot / (a * b)).clamp(0.0, 1.0) } else { 0.0 };
        Likeness {
            all: ratio(dots.all, self.lengths.all, lengths.all),
            matter: ratio(dots.matter, self.lengths.matter, lengths.matter),
            site: ratio(dots.site, self.lengths.site, lengths.site),
        }
    }
}

impl Bundle {
    /// Adds what another bundle says.
    pub fn add(&mut self, other: &Bundle) {
        let mut both: Vec<(Feature, f32)> = self.iter().chain(other.iter()).collect();
        both.sort_by_key(|part| part.0);
        *self =
            both.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|part| part.1).sum())).collect();
    }

    pub fn iter(&self) -> impl Iterator<Item = (Feature, f32)> + '_ {
        self.features.iter().copied().zip(self.strengths.iter().copied())
    }
}

impl FromIterator<(Feature, f32)> for Bundle {
    fn from_iter<I: IntoIterator<Item = (Feature, f32)>>(parts: I) -> Self {
        let (features, strengths) = parts.into_iter().unzip();
        Self { features, strengths }
    }
}
