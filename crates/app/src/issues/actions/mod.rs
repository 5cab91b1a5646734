//! What is done with common issues: finding, seeing, deciding, answering.

pub mod acting;
pub mod answering;
pub mod finding;
mod neighbours;
pub mod seeing;
