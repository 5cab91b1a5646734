//! 对接: demands that other systems hand over (12345热线、云南省网上营商环境投诉平台), and what they are told of them (plan 二(三)1:
//! 建立健全市级部门联网联动机制，及时收集、受理). A remote sends packages of messages as files or calls; each is taken in once,
//! however often and in whatever order it comes. What happens to its cases here is read off their ledgers, numbered, and
//! given to it until it says that it has it; and every day both lists are compared until no difference is unexplained.
//!
//! The contract stands in `docs/exchange.md`; the remotes and their status codes are data of the profile. The room decides
//! nothing about a demand: what a remote asks for goes through the demands' own acts, under the same law.
//!
//! It does not call other systems by itself: they call, or somebody carries files.

pub mod actions;
pub mod api;
pub mod demo;
mod pages;
mod records;
pub mod rules;
#[cfg(test)]
mod tests;

use store::Migration;

use crate::context::App;
use crate::web::Routes;

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "exchange-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    api::routes().and(pages::routes())
}
