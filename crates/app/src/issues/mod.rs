//! 共性问题: what several demands have in common. The program groups demands that are alike and proposes each group with its
//! reasons; a person confirms it, sets it aside, splits or joins it (plan 一(三): 对合情合理、符合政策规定的共性问题……统筹处理，并注重
//! 举一反三; 二(三)2: 企业普遍反映的共性和突出问题，形成重点问题清单). Demands attach to what was confirmed, and one answer reaches all of
//! them, each by the hand of whoever handles it.
//!
//! An issue never changes a demand's own sorting or its way: whether a demand is 共性 is decided where it is sorted, and the
//! answer is the move `reply` of its law or it is nothing. Following up on what was promised is the business of oversight.

mod actions;
mod api;
mod pages;
mod progress;
mod records;
mod rules;
#[cfg(test)]
mod tests;

use kernel::Permission::{Desk, Dispatch};
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::acting::{Made, act};
pub use actions::answering::{AnswerInput, answer};
pub use actions::finding::{look, look_until};
pub use actions::seeing::{list, waiting};
pub use records::{Line, Wanted};
pub use rules::acts::Act;
pub use rules::issue::State;
pub use rules::reading::ActInput;

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "issues-1", sql: include_str!("schema.sql") }];

/// The ledger stream of an issue.
fn stream(number: &str) -> String {
    format!("issue:{number}")
}

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let (staff, office) = (Access::Needs(Desk), Access::Needs(Dispatch));
    Routes::new()
        .get("/issues", staff, pages::list::show)
        .get("/issues/{number}", staff, pages::one::show)
        .get("/issues/{number}/acts/{act}", office, pages::acts::form)
        .post("/issues/{number}/acts/{act}", office, pages::acts::send)
        .get("/issues/{number}/answer", staff, pages::answer::form)
        .post("/issues/{number}/answer", staff, pages::answer::send)
        .api(staff, utoipa_axum::routes!(api::list))
        .api(staff, utoipa_axum::routes!(api::show))
        .api(office, utoipa_axum::routes!(api::act))
        .api(staff, utoipa_axum::routes!(api::answer))
}
