//! 常用语: texts that are kept to answer with (E03). A phrase belongs to the whole city, to a unit or to one person; it cites
//! the clause that it rests on and expires with it: an expired one is listed as such and offered nowhere. Forms of moves
//! offer what fits their fields, with the placeholders filled in from the demand.
//!
//! A phrase is a beginning, never an answer by itself: what goes out is what stands in the field, after its preview.

mod actions;
mod api;
mod pages;
mod records;
mod rules;
pub mod scope;
#[cfg(test)]
mod tests;

use kernel::Permission::Desk;
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::{create, offered};
pub use rules::{Filling, Phrase, PhraseInput, Place};

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "phrases-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let staff = Access::Needs(Desk);
    Routes::new()
        .get("/phrases", staff, pages::list)
        .get("/phrases/new", staff, pages::new_form)
        .post("/phrases/new", staff, pages::create)
        .get("/phrases/{id}/edit", staff, pages::edit_form)
        .post("/phrases/{id}/edit", staff, pages::amend)
        .post("/phrases/{id}/remove", staff, pages::remove)
        .api(staff, utoipa_axum::routes!(api::list))
        .api(staff, utoipa_axum::routes!(api::create))
        .api(staff, utoipa_axum::routes!(api::amend))
        .api(staff, utoipa_axum::routes!(api::remove))
}
