//! 提醒: what concerns a person, derived from the ledger and the clocks, never asked of the rooms that act. Within the
//! program a reminder is there at once, beside the bell; by mail there is one digest a working day, made in office hours,
//! and only what the profile lists breaks through (requirements E30). Nobody is told the same thing twice: a reminder goes
//! into one digest or one mail, an empty digest is not made, and what has settled itself meanwhile is not told at all.
//!
//! Mails are files in `outbox/` of the data directory, for the site's own mailer to take away. They name numbers and what
//! is to be done, never what was said or by whom: that stays behind the login.

mod actions;
mod api;
mod derive;
mod digest;
mod mail;
mod pages;
mod records;
mod rules;
#[cfg(test)]
mod tests;

use kernel::Permission::Desk;
use kernel::Result;
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use actions::waiting;

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "inbox-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let staff = Access::Needs(Desk);
    Routes::new()
        .get("/inbox", staff, pages::list)
        .post("/inbox/read", staff, pages::read_all)
        .post("/inbox/{id}/read", staff, pages::read)
        .get("/inbox/mail", staff, pages::mail_form)
        .post("/inbox/mail", staff, pages::mail)
        .api(staff, utoipa_axum::routes!(api::list))
        .api(staff, utoipa_axum::routes!(api::read))
}

/// The work of the minute: derives what is new, makes the digests of the day, writes what breaks through.
pub fn work(app: &App) -> Result<()> {
    derive::new_facts(app)?;
    digest::make(app)?;
    mail::urgent(app)?;
    mail::spool(app)
}
