//! 常用视图: a list of demands is an address, and whoever asks for the same list every day keeps that address under a name
//! (interface: lists are URLs, views can be saved and shared). A view stands in the menu of its owner and, where the owner
//! shares it, of the owner's unit.
//!
//! A view keeps conditions, never demands: everybody who opens it sees what they may see anyway. It is not kept in step
//! with the conditions either: one that no longer reads is shown as such and can be removed.

mod actions;
mod api;
mod pages;
mod records;
mod rules;
#[cfg(test)]
mod tests;

use kernel::Permission::Desk;
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::{create, lines};
pub use rules::ViewInput;

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "views-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let staff = Access::Needs(Desk);
    Routes::new()
        .get("/views", staff, pages::list)
        .get("/views/new", staff, pages::new_form)
        .post("/views/new", staff, pages::create)
        .get("/views/{id}/edit", staff, pages::edit_form)
        .post("/views/{id}/edit", staff, pages::amend)
        .post("/views/{id}/remove", staff, pages::remove)
        .api(staff, utoipa_axum::routes!(api::list))
        .api(staff, utoipa_axum::routes!(api::create))
        .api(staff, utoipa_axum::routes!(api::remove))
}
