//! 工作日历: the city's calendar as it is in force: the State Council's days from the profile, under what administrators
//! decided about single days (本市调整). Anybody can have a due date worked out and told day by day.
//!
//! A change is never silent: its effect on running clocks is shown before it is made, and making it writes one entry into
//! the stream `calendar` and one into the stream of every demand whose clock moved, in the same transaction. A calendar that
//! comes with a new version of the profile is treated alike when the program starts. Stopped clocks are the past and stay.
//!
//! Every server keeps the calendar in memory and calls [`refresh_now`] every second or so; [`settle`] looks once more, a
//! little after a change, for clocks that another server started in between under the calendar before.

mod actions;
mod api;
mod pages;
mod records;
mod rules;
#[cfg(test)]
mod tests;

use kernel::Permission::Administer;
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::{Effect, add, load, refresh, refresh_now, remove, settle, start};
pub use rules::{Change, DueQuery, OverrideInput, Question};

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "calendar-1", sql: include_str!("schema.sql") }];

/// The ledger stream of the calendar.
pub const STREAM: &str = "calendar";

/// This room's addresses.
pub fn routes() -> Routes<App> {
    use Access::{AnyAccount, Needs, Public};
    Routes::new()
        .get("/calendar", AnyAccount, pages::year::show)
        .get("/calendar/overrides/new", Needs(Administer), pages::overrides::new_form)
        .post("/calendar/overrides/new", Needs(Administer), pages::overrides::add)
        .get("/calendar/overrides/{date}/remove", Needs(Administer), pages::overrides::remove_form)
        .post("/calendar/overrides/{date}/remove", Needs(Administer), pages::overrides::remove)
        .api(Public, utoipa_axum::routes!(api::due))
        .api(Public, utoipa_axum::routes!(api::days))
        .api(AnyAccount, utoipa_axum::routes!(api::overrides))
        .api(Needs(Administer), utoipa_axum::routes!(api::add))
        .api(Needs(Administer), utoipa_axum::routes!(api::remove))
}
