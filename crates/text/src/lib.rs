//! Chinese text without input or output: what the full-text index holds and how a query is answered from it, what must
//! be hidden before a text is public, how alike two texts are, whether a reply answers, and which theme a text proposes.
//!
//! The index holds character pairs, not dictionary words: a pair index finds every mid-sentence query by construction,
//! never goes stale when the dictionary changes, and costs no memory. jieba's dictionary was measured at 33 MiB resident
//! and 98 ms at start, and would not have raised recall; the words of this city (units, firms, glossary) come in through
//! [`Words`] and serve salience only.

pub mod answering;
pub mod classify;
pub mod clusters;
pub mod index;
pub mod leaks;
pub mod learn;
mod normal;
pub mod query;
pub mod redact;
pub mod similar;
pub mod synonyms;
pub mod words;

pub use classify::{Keywords, Scored};
pub use index::index_terms;
pub use leaks::{Leak, Severity, leaks};
pub use query::{Piece, Query, Term};
pub use similar::Sketch;
pub use synonyms::Synonyms;
pub use words::Words;
