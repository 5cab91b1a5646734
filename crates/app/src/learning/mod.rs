//! 学习与建议 (S05, S06, S54): the program learns from what people decided (theme, list, urgency, lead unit) and says how
//! well it does: on decisions that it was not taught, and in its track record. It learns each night, or when somebody has
//! it learn; a version that is clearly worse than the one in force is set aside. A person always confirms a proposal, and
//! the confirmation is the next lesson. What was learned is kept by the room `models`.

pub mod actions;
mod api;
mod pages;
mod records;
mod rules;
#[cfg(test)]
mod tests;

use kernel::Permission::{Desk, Teach};
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::{learn, learn_now, nightly};
pub use api::{LearnOutcome, aspects};
pub use rules::{Came, Outcome};

/// This room's table.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "learning-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let (staff, teacher) = (Access::Needs(Desk), Access::Needs(Teach));
    Routes::new()
        .get("/learning", staff, pages::overview)
        .post("/learning", teacher, pages::learn)
        .get("/learning/{aspect}", staff, pages::one)
        .get("/learning/{aspect}/record", staff, pages::record)
        .get("/learning/{aspect}/rollback", teacher, pages::rollback_form)
        .post("/learning/{aspect}/rollback", teacher, pages::rollback)
        .api(staff, utoipa_axum::routes!(api::list))
        .api(staff, utoipa_axum::routes!(api::record))
        .api(teacher, utoipa_axum::routes!(api::learn))
        .api(teacher, utoipa_axum::routes!(api::rollback))
}
