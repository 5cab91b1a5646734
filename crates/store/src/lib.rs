//! One database face over two engines, chosen by URL: SQLite for one machine, PostgreSQL for several.
//!
//! A room writes `store.write(move |tx| …).await` and, inside, ordinary synchronous statements: `tx.all`, `tx.one`,
//! `tx.opt`, `tx.run` with [`sql!`] texts and [`args!`] values, `tx.record` for the ledger, `tx.enqueue` for later work,
//! `tx.index_later` and `tx.find` for full text. One SQL text runs on both engines; types are TEXT, BIGINT, DOUBLE
//! PRECISION, BOOLEAN and BYTEA, and a sum is written `CAST(SUM(n) AS BIGINT)`.

mod attachments;
mod backup;
mod fault;
mod fulltext;
mod hash;
mod jobs;
mod lane;
mod ledger;
mod migrate;
mod postgres;
mod row;
mod select;
mod serving;
mod sql;
mod sqlite;
mod store;
#[cfg(feature = "testing")]
#[expect(clippy::panic, reason = "a test that cannot have its database must say so")]
pub mod testing;
mod tx;
mod value;

pub use attachments::Attachment;
pub use backup::{Backup, restore};
pub use fault::is_duplicate;
pub use fulltext::{Document, Pending, Search, Term, Weight};
pub use hash::HashKind;
pub use jobs::{Claimed, Job};
pub use ledger::{
    ERASE, Entry, Field, LedgerFilter, Problem, Recorded, RecordedEntry, Report, SEALED_AT_ONCE, verify_file,
};
pub use migrate::Migration;
pub use row::{FromRow, Row};
pub use select::Select;
pub use serving::Serving;
pub use sql::Sql;
pub use store::{Location, Options, Store};
pub use tx::Tx;
pub use value::{Args, Cell, FromValue, Value};
