//! Logging in and everything else that hashes a password: asynchronous, because a hash takes tens of milliseconds and
//! must hold neither a transaction nor the server.

use std::sync::LazyLock;

use kernel::error::Checker;
use kernel::{Actor, Refusal, RefusalKind, Result};

use super::actions::{self, Origin};
use super::records::Secrets;
use super::rules::{self, AccountInput, SessionKind};
use super::secrets;
use crate::context::App;
use crate::web::{Session, Throttle, Visitor};

/// Wrong passwords per account: five at once, then one every half minute.
static BY_ACCOUNT: LazyLock<Throttle> = LazyLock::new(|| Throttle::new(512, 5, 30));
/// Wrong passwords per address: a whole office may sit behind one.
static BY_ADDRESS: LazyLock<Throttle> = LazyLock::new(|| Throttle::new(512, 30, 6));

/// A hash of no password, so that an unknown name takes as long as a known one.
pub(super) const NOBODY: &str =
    "$argon2id$v=19$m=47104,t=1,p=1$c2FudGluZ25vYm9keTEy$dNqoLTj6sVzTcHTGxkRv1QPOfUdMJGbZBrUbrPf1yqE";

/// How far a login got.
pub enum LoggedIn {
    /// In: the session's secret.
    Fully(String),
    /// The password was right; the second factor is missing. The secret of the half login.
    Half(String),
}

/// Checks name and password, and opens a session for a browser or for the API. The API gives the second factor along.
pub async fn log_in(
    app: &App,
    username: &str,
    password: &str,
    code: Option<&str>,
    kind: SessionKind,
    visitor: &Visitor,
) -> Result<LoggedIn> {
    let username = username.trim().to_lowercase();
    // Tries that are made all at once wait here for one another, so that each sees what became of those before.
    let _turn = secrets::turn().await?;
    let found = prove(app, &username, password, visitor).await?;
    let half = kind == SessionKind::Browser && found.account.two_factors;
    let kind = if half { SessionKind::Half } else { kind };
    let secret = secrets::fresh_secret(app.random());
    let (kept, origin, code) = (secret.clone(), origin(visitor), code.unwrap_or_default().to_owned());
    let outcome = app
        .write(&Actor::system(), move |cx| {
            if kind == SessionKind::Token && found.account.two_factors {
                actions::use_second_factor(cx, &found, &code)?;
            }
            actions::open_session(cx, &found.account, kind, &origin, &kept)
        })
        .await;
    if outcome.is_err() {
        count_failure(app, &username, visitor);
    }
    outcome?;
    if !half {
        BY_ACCOUNT.forgive(&username);
    }
    Ok(if half { LoggedIn::Half(secret) } else { LoggedIn::Fully(secret) })
}

/// Completes a login with the second factor; the session's secret.
pub async fn complete(app: &App, half: &str, code: &str, visitor: &Visitor) -> Result<String> {
    let over = || Refusal::new(RefusalKind::Unauthenticated, "登录已超时，请重新输入用户名和密码");
    let whose = half.to_owned();
    let username = app.read(&Actor::system(), move |cx| actions::half_login(cx, &whose)).await?.ok_or_else(over)?;
    let _turn = secrets::turn().await?;
    check_throttles(app, &username, visitor)?;
    let secret = secrets::fresh_secret(app.random());
    let (half, code, kept) = (half.to_owned(), code.to_owned(), secret.clone());
    let outcome = app.write(&Actor::system(), move |cx| actions::complete_login(cx, &half, &code, &kept)).await;
    if outcome.is_err() {
        count_failure(app, &username, visitor);
    }
    outcome?.ok_or_else(over)?;
    BY_ACCOUNT.forgive(&username);
    Ok(secret)
}

/// Proves that whoever knows `password` owns the account, or refuses in the same words and the same time for every
/// reason; the caller holds a turn.
async fn prove(app: &App, username: &str, password: &str, visitor: &Visitor) -> Result<Secrets> {
    check_throttles(app, username, visitor)?;
    let name = username.to_owned();
    let found = app.read(&Actor::system(), move |cx| actions::secrets_of(cx, &name)).await?;
    let hash = found.as_ref().map_or(NOBODY, |found| &found.password_hash).to_owned();
    let password = password.to_owned();
    let right = secrets::at_leisure(move || secrets::verify_password(&password, &hash)).await?;
    match found {
        // The tries are forgiven only when the login is complete, or a known password would buy endless second factors.
        Some(found) if right => Ok(found),
        _ => {
            count_failure(app, username, visitor);
            tracing::info!(username, address = %visitor.address, "a login was refused");
            Err(Refusal::new(RefusalKind::Unauthenticated, "用户名或密码不对").into())
        }
    }
}

fn check_throttles(app: &App, username: &str, visitor: &Visitor) -> Result<(), Refusal> {
    BY_ACCOUNT.check(username, app.now())?;
    BY_ADDRESS.check(&visitor.address.to_string(), app.now())
}

fn count_failure(app: &App, username: &str, visitor: &Visitor) {
    // Only the count matters here; whoever is over the limit learns of it at the next try.
    let _ = BY_ACCOUNT.spend(username, app.now());
    let _ = BY_ADDRESS.spend(&visitor.address.to_string(), app.now());
}

fn origin(visitor: &Visitor) -> Origin {
    Origin { device: rules::device(&visitor.user_agent), address: visitor.address.to_string() }
}

/// Replaces one's own password.
pub async fn change_password(
    app: &App,
    session: &Session,
    visitor: &Visitor,
    old: &str,
    new: &str,
    again: &str,
) -> Result<()> {
    let mut check = Checker::default();
    if old.is_empty() {
        check.wrong("old", "required", "请填写现在的密码");
    }
    rules::check_password(&mut check, "new", new, &session.username);
    if new != again {
        check.wrong("again", "not_same", "两次填写的新密码不一样");
    }
    if !new.is_empty() && new == old {
        check.wrong("new", "not_allowed", "新密码不能和现在的一样");
    }
    check.done()?;
    let turn = secrets::turn().await?;
    prove(app, &session.username, old, visitor).await.map_err(|error| match error {
        kernel::Error::Refused(refusal) if refusal.kind == RefusalKind::Unauthenticated => {
            Refusal::field("old", "wrong", "现在的密码不对").into()
        }
        other => other,
    })?;
    drop(turn);
    let hash = hashed(app, new).await?;
    let (username, keep) = (session.username.clone(), session.id);
    app.write(&session.actor, move |cx| actions::set_own_password(cx, &username, &hash, keep)).await
}

/// Makes an account with a one-time password, which is returned and kept nowhere.
pub async fn create_account(app: &App, actor: &Actor, input: AccountInput) -> Result<String> {
    let password = secrets::one_time_password(app.random());
    let hash = hashed(app, &password).await?;
    app.write(actor, move |cx| actions::create(cx, &input, &hash, true)).await?;
    Ok(password)
}

/// Gives an account a fresh one-time password, which is returned and kept nowhere.
pub async fn reset_password(app: &App, actor: &Actor, username: &str) -> Result<String> {
    let password = secrets::one_time_password(app.random());
    let hash = hashed(app, &password).await?;
    let username = username.to_owned();
    app.write(actor, move |cx| actions::reset_password(cx, &username, &hash)).await?;
    Ok(password)
}

async fn hashed(app: &App, password: &str) -> Result<String> {
    let (app, password) = (app.clone(), password.to_owned());
    let _turn = secrets::turn().await?;
    secrets::at_leisure(move || secrets::hash_password(&password, app.random())).await?
}
