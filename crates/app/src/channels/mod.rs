//! 渠道: by which ways the city hears, and where hearing is thin (plan 二(三)2: 坚持线上+线下、日常+专项、定期+随机相结合，常态化收集).
//! The channels themselves are the profile's (`channels.toml`); this room counts what came in by each of the eight ways of
//! collecting and says which are silent or thin. It judges no unit: a street may be quiet because all is well, so the page
//! shows the number, the list behind it and what the plan asks, and leaves the rest to people.

mod actions;
mod api;
mod pages;
mod records;
mod rules;
#[cfg(test)]
mod tests;

use kernel::Permission;
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::coverage;
pub use rules::{Coverage, Hearing};

/// This room's indexes.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "channels-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let staff = Access::Needs(Permission::SeeAll);
    Routes::new().get("/channels", staff, pages::show).api(staff, utoipa_axum::routes!(api::coverage))
}
