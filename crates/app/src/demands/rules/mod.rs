//! The law of demands. Pure: no transaction, no async, no clock reads.

pub mod axes;
pub mod case;
pub mod clocks;
pub mod decide;
pub mod escalation;
pub mod fields;
pub mod filter;
pub mod intake;
pub mod moves;
pub mod parts;
pub mod tiering;
#[cfg(test)]
mod tiering_tests;
pub mod vocabulary;
pub mod wanted;
