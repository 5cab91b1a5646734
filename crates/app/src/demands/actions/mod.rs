//! The acts on demands: load, rule, save, ledger, in one transaction each.

pub mod answering;
pub mod attention;
pub mod escalating;
pub mod files;
pub mod indexing;
pub mod intake;
pub mod listing;
pub mod moving;
pub mod proposing;
pub mod recomputing;
pub mod resembling;
pub mod searching;
pub mod succeeding;
mod telling;
pub mod together;
pub mod viewing;
