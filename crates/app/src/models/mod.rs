//! 判断模型 (S05, S06, S54): what the program has learned from the office's own decisions, in numbered versions per aspect of
//! a demand. One version of an aspect is in force and is asked when something is proposed; earlier ones wait to be put
//! back, and one that was worse than its predecessor is set aside with the reason. Nothing is taught here: the room
//! `learning` reads the decisions and shows the versions. A model is read from the database when it is first asked.

pub mod actions;
mod records;
pub mod rules;

use store::Migration;

pub use actions::ready;
pub use rules::{Aspect, Kept, Learned, Opinion, Ready, State, Version};

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "models-1", sql: include_str!("schema.sql") }];
