//! 请假与代办: who is away from when to when, and who acts for them meanwhile (requirements E19). A person, the head of the
//! unit or an administrator records it; whoever stands in chooses so in the session, sees it on every page, and signs with
//! both names. Chains hold: where the one who stands in is away as well, their own one does, and so on, to somebody who is
//! there and may do it; where nobody is, the page says so and [`uncovered`] tells who is to be warned.
//!
//! Nothing is handed over: demands stay with their units, acts stay signed as they were, and an account's own roles never
//! change. Administrators and auditors have no substitute: what they may do is not handling.

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

pub use actions::{Duty, Gap, away, by_id, duties, pairs, record, sweep, uncovered, widen};
pub use rules::{Absence, AbsenceInput, Limits};

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "absences-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let staff = Access::Needs(Desk);
    Routes::new()
        .get("/absences", staff, pages::list)
        .get("/absences/new", staff, pages::new_form)
        .post("/absences/new", staff, pages::create)
        .post("/absences/{id}/end", staff, pages::end)
        .post("/absences/{id}/stand-in", staff, pages::stand_in)
        .post("/standing-in/end", Access::AnyAccount, pages::end_standing_in)
        .api(staff, utoipa_axum::routes!(api::list))
        .api(staff, utoipa_axum::routes!(api::create))
        .api(staff, utoipa_axum::routes!(api::end))
        .api(staff, utoipa_axum::routes!(api::standing_in))
        .api(staff, utoipa_axum::routes!(api::stand_in))
        .api(staff, utoipa_axum::routes!(api::end_standing_in))
}
