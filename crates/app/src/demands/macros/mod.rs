//! 快捷处理: moves that always come together, with their fields filled in, under one name (E04): 研判 as an ordinary enquiry
//! and 交办 to the bureau whose matter it is. A macro belongs to the whole city, to a unit or to one person. It is applied
//! as bulk work is ([`super::bulk`]): the same preview, the same law, all its moves on one demand or none.

mod actions;
mod api;
mod pages;
mod records;
mod rules;

use kernel::Permission::Desk;
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::{create, find, list};
pub use rules::{Macro, MacroInput, Step, widest, within};

/// This part's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "macros-1", sql: include_str!("schema.sql") }];

/// This part's addresses.
pub fn routes() -> Routes<App> {
    let staff = Access::Needs(Desk);
    Routes::new()
        .get("/macros", staff, pages::list)
        .get("/macros/new", staff, pages::new_form)
        .post("/macros/new", staff, pages::create)
        .get("/macros/{id}/edit", staff, pages::edit_form)
        .post("/macros/{id}/edit", staff, pages::rename)
        .post("/macros/{id}/remove", staff, pages::remove)
        .get("/macros/{id}/steps/new", staff, pages::step_form)
        .post("/macros/{id}/steps/new", staff, pages::add_step)
        .post("/macros/{id}/steps/last/remove", staff, pages::drop_step)
        .api(staff, utoipa_axum::routes!(api::list))
        .api(staff, utoipa_axum::routes!(api::create))
        .api(staff, utoipa_axum::routes!(api::amend))
        .api(staff, utoipa_axum::routes!(api::remove))
        .api(staff, utoipa_axum::routes!(api::apply))
}
