//! How good a model is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Lesson;
use super::alike;
use super::grams::Message;
use super::model::{Judgement, Model};

/// Figures of a model on lessons that it did not learn from. Shares from 0 to 1; 0 where there was nothing to count.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Metrics {
    /// The mean of the labels' F1.
    pub macro_f1: f64,
    /// The share judged rightly, sure or not.
    pub accuracy: f64,
    /// Each label that occurs, in the order of their names.
    pub per_class: Vec<ClassMetrics>,
    /// The share judged rightly among the four fifths with the widest margins.
    pub accuracy_at_80: f64,
    /// The share of which the model is sure.
    pub coverage: f64,
    /// The share judged rightly of those.
    pub accuracy_when_sure: f64,
}

/// Figures of one label.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassMetrics {
    /// The label.
    pub label: String,
    /// The share that has the label of those judged so.
    pub precision: f64,
    /// The share judged so of those that have the label.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// How many lessons have the label.
    pub n: usize,
}

/// What `model` says about lessons and what they are.
pub fn measure(model: &Model, lessons: &[Lesson<'_>]) -> Metrics {
    Metrics::new(&lessons.iter().map(|lesson| Outcome::new(model, lesson)).collect::<Vec<_>>())
}

/// What models that learn from all but one of `folds` parts of the lessons say about the part left out. None where
/// nothing can be learned. Near-identical texts are in the same part.
pub fn cross_validate(lessons: &[Lesson<'_>], folds: usize, seed: u64) -> Option<Metrics> {
    let messages: Vec<Message> = lessons.iter().map(|lesson| Message::new(lesson.title, lesson.text)).collect();
    let folds = folds.clamp(2, lessons.len().max(2));
    let of = alike::folds(&messages, folds, seed);
    let mut outcomes = Vec::with_capacity(lessons.len());
    for fold in 0..folds {
        let part = |held: bool| lessons.iter().zip(&of).filter(move |(_, of)| (**of == fold) == held).map(|(l, _)| *l);
        let Some(model) = Model::train(&part(false).collect::<Vec<_>>(), seed) else { continue };
        outcomes.extend(part(true).map(|lesson| Outcome::new(&model, &lesson)));
    }
    (!outcomes.is_empty()).then(|| Metrics::new(&outcomes))
}

/// What was said about one lesson.
struct Outcome {
    label: String,
    said: String,
    margin: f32,
    sure: bool,
}

impl Outcome {
    fn new(model: &Model, lesson: &Lesson<'_>) -> Self {
        let judgement: Judgement = model.judge(lesson.title, lesson.text);
        let said = judgement.best().map_or_else(String::new, |(label, _)| model.labels()[label].clone());
        Self { label: lesson.label.to_owned(), said, margin: judgement.margin(), sure: judgement.sure() }
    }

    fn right(&self) -> bool {
        self.label == self.said
    }
}

impl Metrics {
    fn new(outcomes: &[Outcome]) -> Self {
        let mut by_label = BTreeMap::<&str, [usize; 3]>::new();
        for outcome in outcomes {
            by_label.entry(&outcome.label).or_default()[0] += 1;
            by_label.entry(&outcome.said).or_default()[1] += 1;
            by_label.entry(&outcome.label).or_default()[2] += usize::from(outcome.right());
        }
        let per_class: Vec<ClassMetrics> = by_label
            .into_iter()
            .map(|(label, [n, said, right])| ClassMetrics {
                label: label.to_owned(),
                precision: share(right, said),
                recall: share(right, n),
                f1: share(2 * right, n + said),
                n,
            })
            .collect();
        let mut ranked: Vec<&Outcome> = outcomes.iter().collect();
        ranked.sort_by(|a, b| b.margin.total_cmp(&a.margin));
        let right = |of: &[&Outcome]| share(of.iter().filter(|o| o.right()).count(), of.len());
        let sure: Vec<&Outcome> = ranked.iter().copied().filter(|outcome| outcome.sure).collect();
        Self {
            macro_f1: per_class.iter().map(|class| class.f1).sum::<f64>() / per_class.len().max(1) as f64,
            accuracy: right(&ranked),
            accuracy_at_80: right(&ranked[..(ranked.len() * 4).div_ceil(5)]),
            coverage: share(sure.len(), ranked.len()),
            accuracy_when_sure: right(&sure),
            per_class,
        }
    }
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}
