//! What a text is about, learned from the office's own decisions: a linear model over runs of characters, with the words
//! that decided, a probability, and silence where it does not know.
//!
//! Linear, because then a reason is not a story told afterwards: the score of a label is the sum of what each gram of the
//! text adds to it, and [`Model::because`] shows the grams that added most, from the same table.

mod alike;
mod bytes;
mod calibrate;
mod grams;
mod lexicon;
mod measure;
mod model;
mod random;
mod reasons;
mod solve;
#[cfg(test)]
mod tests;
mod train;

pub use bytes::ModelError;
pub use measure::{ClassMetrics, Metrics, cross_validate, measure};
pub use model::{Judgement, Model};

/// One decision of the office.
#[derive(Clone, Copy, Debug)]
pub struct Lesson<'a> {
    /// The message's title; may be empty.
    pub title: &'a str,
    /// The message.
    pub text: &'a str,
    /// What somebody decided that it is.
    pub label: &'a str,
}
