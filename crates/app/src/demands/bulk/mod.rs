//! 批量办理: one move, or a macro, on many demands at once (E04). Nothing is done before the effect on every row has been
//! shown; every row is judged by the same law as alone, keeps the version under which it was looked at, and has an outcome
//! of its own: one that somebody changed meanwhile is told and skipped, and the rest goes on.

pub mod actions;
pub mod api;
mod pages;
mod picking;
pub mod showing;
#[cfg(test)]
mod tests;

use kernel::Permission::Desk;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::{Item, MOST, Outcome};
pub use api::{BulkAnswer, BulkInput, BulkItem, answered};

/// This part's addresses.
pub fn routes() -> Routes<App> {
    let staff = Access::Needs(Desk);
    Routes::new()
        .get("/bulk", staff, pages::pick)
        .post("/bulk", staff, pages::go)
        .api(staff, utoipa_axum::routes!(api::bulk))
}
