//! 试算 (D14, S53): past demands again under other tier rules and clock lengths: which routes change, who would carry how
//! much, what would have been late. Pure: the same history and the same rules give the same report. Nothing is decided
//! here; a draft that was tried can be adopted in the `processes` room.

pub mod actions;
mod api;
mod pages;
pub mod rules;
#[cfg(test)]
mod tests;

use kernel::Permission::Dispatch;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::{Answered, Question, note, simulate};
pub use rules::Report;

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let dispatch = Access::Needs(Dispatch);
    Routes::new()
        .get("/simulator", dispatch, pages::show)
        .post("/simulator", dispatch, pages::run)
        .api(dispatch, utoipa_axum::routes!(api::simulate))
}
