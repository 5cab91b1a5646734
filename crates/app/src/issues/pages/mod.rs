//! `/issues`: the list, one issue, a form for every act, and the answer for all. Works without scripts.

pub mod acts;
pub mod answer;
pub mod list;
pub mod one;

use maud::Markup;

use super::rules::issue::State;
use crate::web::parts::{Shape, chip};

/// A state as a word with its shape.
fn state(state: State) -> Markup {
    let shape = match state {
        State::Candidate => Shape::New,
        State::Confirmed => Shape::Doing,
        State::Answered => Shape::Done,
        State::SetAside | State::Joined => Shape::Plain,
    };
    chip(shape, state.label())
}
