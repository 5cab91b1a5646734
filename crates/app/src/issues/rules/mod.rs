//! The law of common issues: what one is, what may be done to it, and how the program finds one.

pub mod acts;
pub mod finding;
pub mod issue;
pub mod reading;
