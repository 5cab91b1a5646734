//! 单位: who can hold a demand. The profile's units are copied in on the first start; afterwards administrators add,
//! change and end them, each time with a ledger entry. A unit is never deleted: a demand of last year still names who
//! held it, and whoever asks for an ended unit is led to its successor, which also takes over what is open.

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

pub use actions::{amend, create, end, names, seed};
pub use api::{UnitList, UnitView};
pub use rules::{EndInput, Unit, UnitInput, UnitNames};

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "units-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    use kernel::Permission::Administer;
    Routes::new()
        .get("/units", Access::AnyAccount, pages::list)
        .get("/units/new", Access::Needs(Administer), pages::new_form)
        .post("/units/new", Access::Needs(Administer), pages::create)
        .get("/units/{code}", Access::AnyAccount, pages::one)
        .get("/units/{code}/edit", Access::Needs(Administer), pages::edit_form)
        .post("/units/{code}/edit", Access::Needs(Administer), pages::amend)
        .get("/units/{code}/end", Access::Needs(Administer), pages::end_form)
        .post("/units/{code}/end", Access::Needs(Administer), pages::end)
        .api(Access::Public, utoipa_axum::routes!(api::list))
}
