//! 诉求: the closed loop (plan 二(三)2: 常态收集、分类交办、协调会商、跟踪督办). A demand comes in by any channel, is sorted,
//! handed to the unit that owns it, answered, called back and closed; every step is an entry of its ledger stream, and
//! whoever holds the query code sees where it stands. The law is one table, [`rules::moves::MOVES`].

pub mod actions;
pub mod api;
pub mod belonging;
pub mod bulk;
pub mod checks;
pub mod codes;
pub mod exporting;
pub mod figures;
pub mod history;
pub mod importing;
pub mod lessons;
pub mod lookup;
pub mod macros;
pub mod memos;
pub mod pages;
mod proceedings;
mod records;
pub mod rules;
mod running;
pub mod serials;
pub mod sheets;
pub mod sight;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod tests;
pub mod track;

use store::Migration;

pub use records::Written;

use crate::context::App;
use crate::web::Routes;

/// The kind under which demands stand in the full-text index.
pub const TEXT_KIND: &str = "demand";

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "demands-1", sql: include_str!("schema.sql") }];

/// What the tables grew by: the other routes, co-handlers, requests, decisions on the record.
pub const MIGRATIONS_2: &[Migration] = &[Migration { name: "demands-2", sql: include_str!("schema_2.sql") }];

/// What the reminders look for.
pub const MIGRATIONS_3: &[Migration] = &[Migration { name: "demands-3", sql: include_str!("schema_3.sql") }];

/// The ledger stream of a demand.
pub fn stream(number: &str) -> String {
    format!("demand:{number}")
}

/// This room's addresses.
pub fn routes() -> Routes<App> {
    api::routes()
        .and(sheets::routes())
        .and(memos::routes())
        .and(pages::routes())
        .and(exporting::routes())
        .and(bulk::routes())
        .and(macros::routes())
        .and(checks::routes())
}
