//! 账号: who may log in, as what, from which day to which; their sessions and tokens.
//!
//! An account is never deleted, because the ledger names who acted years ago; it is closed. Roles are held from a day to a
//! day, and what they permit is the one table in [`crate::permissions`]. Secrets are kept as hashes: passwords as
//! argon2id, cookies and tokens as SM3 of 256 random bits. Passwords are hashed outside transactions, two at a time.
//! Every act is a ledger entry in the stream `account:USERNAME`.
//!
//! Other rooms use [`may`] and [`require`] in their actions; the gate has already checked the route.

mod actions;
mod api;
mod doorkeeper;
mod first;
mod login;
mod pages;
mod records;
mod rules;
mod secrets;
mod security_pages;
#[cfg(test)]
mod tests;

use kernel::Permission::Administer;
use store::Migration;

use crate::context::App;
use crate::web::{Access, Routes};

pub use crate::permissions::{PERMISSIONS, held, label, may, permissions_of, require};
pub use actions::{
    AccountView, Colleague, actor, any, colleague, colleagues, create, find, forget_old_sessions, list, set_disabled,
};
pub use api::{AccountOut, everybody};
pub use doorkeeper::{House, MenuItem, Widening};
pub use first::{DEMO_PASSWORD, first_administrator, issue_token, seed_demo};
pub use records::{Account, Tenure};
pub use rules::AccountInput;
pub use secrets::hash_password;

/// This room's tables.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "people-1", sql: include_str!("schema.sql") }];

/// This room's addresses.
pub fn routes() -> Routes<App> {
    use Access::{AnyAccount, Needs, Public};
    Routes::new()
        .get("/login", Public, security_pages::login_form)
        .post("/login", Public, security_pages::login)
        .get("/login/code", Public, security_pages::code_form)
        .post("/login/code", Public, security_pages::code)
        .post("/logout", Public, security_pages::logout)
        .get("/account", AnyAccount, security_pages::account)
        .get("/account/password", AnyAccount, security_pages::password_form)
        .post("/account/password", AnyAccount, security_pages::password)
        .post("/account/sessions/{id}/end", AnyAccount, security_pages::end_session)
        .get("/account/second-factor", AnyAccount, security_pages::totp_form)
        .post("/account/second-factor", AnyAccount, security_pages::totp)
        .post("/account/second-factor/off", AnyAccount, security_pages::totp_off)
        .get("/accounts", Needs(Administer), pages::list)
        .get("/accounts/new", Needs(Administer), pages::new_form)
        .post("/accounts/new", Needs(Administer), pages::create)
        .get("/accounts/{username}", Needs(Administer), pages::edit_form)
        .post("/accounts/{username}", Needs(Administer), pages::amend)
        .post("/accounts/{username}/close", Needs(Administer), pages::close)
        .post("/accounts/{username}/open", Needs(Administer), pages::open)
        .post("/accounts/{username}/one-time-password", Needs(Administer), pages::reset)
        .post("/accounts/{username}/second-factor/off", Needs(Administer), pages::totp_off)
        .api(Public, utoipa_axum::routes!(api::log_in))
        .api(AnyAccount, utoipa_axum::routes!(api::log_out))
        .api(Needs(Administer), utoipa_axum::routes!(api::list))
}
