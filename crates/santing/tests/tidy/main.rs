//! The house rules, as tests: which way rooms may look, how long a file may be, which licences may come in, and that
//! every statement text is understood by both engines.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test or benchmark that cannot go on must stop")]

mod licences;
mod rooms;
mod sources;
mod statements;
