//! 企业: the firms that speak. A firm is found by its 统一社会信用代码 or, without one, by its name; one that nobody has
//! heard of is registered as the demand comes in, so that nobody has to keep a register before people may speak.

mod actions;
mod api;
mod pages;
mod records;
mod rules;
#[cfg(test)]
mod tests;

use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::{amend, codes, find_or_register, get, list};
pub use api::{EnterpriseList, EnterpriseView};
pub use rules::{Enterprise, EnterpriseInput, comparable};

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "enterprises-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    use kernel::Permission::{Desk, Register};
    Routes::new()
        .get("/enterprises", Access::Needs(Desk), pages::list)
        .get("/enterprises/{id}", Access::Needs(Desk), pages::one)
        .get("/enterprises/{id}/edit", Access::Needs(Register), pages::edit_form)
        .post("/enterprises/{id}/edit", Access::Needs(Register), pages::amend)
        .api(Access::Needs(Desk), utoipa_axum::routes!(api::list))
}
