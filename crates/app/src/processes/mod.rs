//! 流程版本 (E36, S53): the tier rule, the lengths of the clocks and what may move
//! them, in numbered versions. A version is drafted as text, tried on
//! past demands (the `simulator` room does that), and adopted with a reason and a day from which it counts. Demands that
//! come in from then on follow it; those that run keep the version they started with.
//!
//! A changed profile never comes into force by itself: at the next start it lies here as a draft.

pub mod actions;
mod api;
mod pages;
mod records;
mod rules;
#[cfg(test)]
mod tests;

use kernel::Permission::{Desk, Dispatch};
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::{Governing, governing, in_force, seed, stamp, tried};
pub use rules::{AdoptInput, DraftInput, State, Version};

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "processes-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let (staff, dispatch) = (Access::Needs(Desk), Access::Needs(Dispatch));
    Routes::new()
        .get("/processes", staff, pages::list)
        .get("/processes/new", dispatch, pages::new_form)
        .post("/processes/new", dispatch, pages::create)
        .get("/processes/{id}", staff, pages::one)
        .get("/processes/{id}/edit", dispatch, pages::edit_form)
        .post("/processes/{id}/edit", dispatch, pages::amend)
        .get("/processes/{id}/adopt", dispatch, pages::adopt_form)
        .post("/processes/{id}/adopt", dispatch, pages::adopt)
        .post("/processes/{id}/discard", dispatch, pages::discard)
        .api(staff, utoipa_axum::routes!(api::list))
        .api(dispatch, utoipa_axum::routes!(api::create))
        .api(staff, utoipa_axum::routes!(api::one))
        .api(dispatch, utoipa_axum::routes!(api::amend))
        .api(dispatch, utoipa_axum::routes!(api::adopt))
        .api(dispatch, utoipa_axum::routes!(api::discard))
}
