//! 批量登记: a chamber of commerce brings a sheet of what its members said; somebody copies it from the spreadsheet, pastes it,
//! puts the wrong rows right where they stand, and registers all right ones at once (plan 一(一): 拓宽行业部门、热线电话、网络
//! 平台、商（协）会等意见建议反映渠道). The same sheet pasted again adds nothing. Whole files of other systems, with their own
//! numbers, times and replies, are the business of the import.

mod actions;
mod api;
mod pages;
mod records;
mod rules;
mod sheet;
#[cfg(test)]
mod tests;

use kernel::Permission;
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::{numbers, register};
pub use rules::{BatchInput, read};

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "batches-1", sql: include_str!("schema.sql") }];

/// The ledger stream of a batch.
fn stream(id: kernel::Id) -> String {
    format!("batch:{id}")
}

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let staff = Access::Needs(Permission::Register);
    Routes::new()
        .get("/desk/batches", staff, pages::show)
        .post("/desk/batches", staff, pages::send)
        .get("/desk/batches/{id}", staff, pages::registered)
        .get("/desk/batches/{id}/sheet", staff, pages::print)
        .api(staff, utoipa_axum::routes!(api::create))
}
