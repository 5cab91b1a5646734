//! One function per act on accounts and sessions; each one is an entry in the ledger stream `account:USERNAME`.

use std::collections::HashMap;

use kernel::{Actor, Id, Instant, Permission, Refusal, Result, Role};
use store::Entry;

use super::records::{self, Account, Secrets, SessionRow, Tenure};
use super::rules::{self, AccountDraft, AccountInput, SessionKind};
use super::secrets;
use crate::context::Cx;
use crate::permissions;
use crate::units;
use crate::web::{Credential, Session};

/// An account with the roles that it holds, held, or will hold.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// The account.
    pub account: Account,
    /// Its roles.
    pub tenures: Vec<Tenure>,
    /// The unit's short name.
    pub unit_name: Option<String>,
}

impl AccountView {
    /// The roles held on `day`.
    pub fn roles_on(&self, day: jiff::civil::Date) -> Vec<Role> {
        self.tenures.iter().filter(|tenure| tenure.holds_on(day)).map(|tenure| tenure.role).collect()
    }
}

/// Where a login comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The device in words.
    pub device: String,
    /// The address.
    pub address: String,
}

/// Whose credential this is, with what the roles of today permit; and whether `seen_at` should be written.
pub(super) fn resolve(cx: &mut Cx<'_>, credential: &Credential) -> Result<Option<(Session, bool)>> {
    let (secret, wanted) = match credential {
        Credential::Cookie(secret) => (secret, SessionKind::Browser),
        Credential::Bearer(secret) => (secret, SessionKind::Token),
    };
    let Some(row) = records::session_by_secret(cx, &secrets::digest(secret))? else { return Ok(None) };
    // A token in a cookie, or a cookie's secret as a token, is somebody playing.
    if row.kind != wanted || !rules::alive(row.kind, row.seen_at, row.ends_at, cx.now) {
        return Ok(None);
    }
    let Some(account) = records::account_by_id(cx, row.account)?.filter(|a| a.disabled_at.is_none()) else {
        return Ok(None);
    };
    let actor = actor_of(cx, &account)?;
    let permissions = permissions::held(&actor);
    let stale = cx.now.seconds_since(row.seen_at) >= rules::SEEN_EVERY_SECONDS;
    let session = Session {
        actor,
        account: account.id,
        id: row.id,
        username: account.username,
        permissions,
        must_change_password: account.must_change_password,
    };
    Ok(Some((session, stale)))
}

/// The account as an actor, with the roles of today.
fn actor_of(cx: &mut Cx<'_>, account: &Account) -> Result<Actor> {
    let today = cx.today();
    let tenures = records::tenures(cx, account.id)?;
    let roles = tenures.iter().filter(|tenure| tenure.holds_on(today)).map(|tenure| tenure.role).collect();
    Ok(Actor {
        account: Some(account.id),
        name: account.name.clone(),
        unit: account.unit.clone(),
        roles,
        standing_in_for: None,
    })
}

/// An open account with the roles of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// The account.
    pub id: Id,
    /// The name to log in with.
    pub username: String,
    /// The name that is shown.
    pub name: String,
    /// The unit's code.
    pub unit: Option<String>,
    /// The roles of today.
    pub roles: Vec<Role>,
}

/// Every open account, by the name to log in with.
pub fn colleagues(cx: &mut Cx<'_>) -> Result<Vec<Colleague>> {
    let today = cx.today();
    let mut roles: HashMap<Id, Vec<Role>> = HashMap::new();
    for (account, tenure) in records::all_tenures(cx)?.into_iter().filter(|(_, tenure)| tenure.holds_on(today)) {
        roles.entry(account).or_default().push(tenure.role);
    }
    let open =
        records::accounts(cx, None, usize::MAX >> 1)?.into_iter().filter(|account| account.disabled_at.is_none());
    Ok(open.map(|account| colleague_of(roles.remove(&account.id).unwrap_or_default(), account)).collect())
}

/// The open account of a row.
pub fn colleague(cx: &mut Cx<'_>, id: Id) -> Result<Option<Colleague>> {
    let today = cx.today();
    let account = records::account_by_id(cx, id)?.filter(|account| account.disabled_at.is_none());
    let Some(account) = account else { return Ok(None) };
    let tenures = records::tenures(cx, id)?;
    let roles = tenures.iter().filter(|tenure| tenure.holds_on(today)).map(|tenure| tenure.role).collect();
    Ok(Some(colleague_of(roles, account)))
}

fn colleague_of(roles: Vec<Role>, account: Account) -> Colleague {
    Colleague { id: account.id, username: account.username, name: account.name, unit: account.unit, roles }
}

/// The actor of an open account, for the command line and the demonstration.
pub fn actor(cx: &mut Cx<'_>, username: &str) -> Result<Actor> {
    let account = open_account(cx, username)?;
    actor_of(cx, &account)
}

fn open_account(cx: &mut Cx<'_>, username: &str) -> Result<Account> {
    let account = records::account(cx, username)?.filter(|account| account.disabled_at.is_none());
    Ok(account.ok_or_else(|| Refusal::not_found(format!("没有可用的账号 {username}")))?)
}

pub(super) fn secrets_of(cx: &mut Cx<'_>, username: &str) -> Result<Option<Secrets>> {
    Ok(records::secrets(cx, username)?.filter(|found| found.account.disabled_at.is_none()))
}

/// Notes that a session is in use.
pub(super) fn touch(cx: &mut Cx<'_>, id: Id) -> Result<()> {
    records::touch_session(cx, id)
}

/// Opens a session of `kind` with `secret`.
pub(super) fn open_session(
    cx: &mut Cx<'_>,
    account: &Account,
    kind: SessionKind,
    origin: &Origin,
    secret: &str,
) -> Result<SessionRow> {
    let row = SessionRow {
        id: cx.app.next_id(),
        account: account.id,
        kind,
        device: origin.device.clone(),
        address: origin.address.clone(),
        created_at: cx.now,
        seen_at: cx.now,
        ends_at: cx.now.plus_seconds(kind.seconds()),
    };
    records::insert_session(cx, &row, &secrets::digest(secret))?;
    if kind != SessionKind::Half {
        let who = actor_of(cx, account)?;
        let entry =
            entry(cx.now, account, if kind == SessionKind::Token { "token.issue" } else { "session.open" }, &who);
        cx.tx.record(&entry.field("device", &*origin.device).field("address", &*origin.address))?;
    }
    Ok(row)
}

/// Completes a login that waited for its second factor: `code` from the app, or a recovery code.
pub(super) fn complete_login(cx: &mut Cx<'_>, half: &str, code: &str, secret: &str) -> Result<Option<SessionRow>> {
    let Some(row) = records::session_by_secret(cx, &secrets::digest(half))? else { return Ok(None) };
    if row.kind != SessionKind::Half || !rules::alive(row.kind, row.seen_at, row.ends_at, cx.now) {
        return Ok(None);
    }
    let Some(account) = records::account_by_id(cx, row.account)? else { return Ok(None) };
    let Some(found) = secrets_of(cx, &account.username)? else { return Ok(None) };
    use_second_factor(cx, &found, code)?;
    records::revoke_session(cx, account.id, row.id)?;
    let origin = Origin { device: row.device, address: row.address };
    open_session(cx, &found.account, SessionKind::Browser, &origin, secret).map(Some)
}

/// Spends a code of the app or a recovery code, or refuses.
pub(super) fn use_second_factor(cx: &mut Cx<'_>, found: &Secrets, code: &str) -> Result<()> {
    let wrong = || Refusal::field("code", "wrong", "验证码不对，或已经用过。请等下一个验证码，或使用恢复码");
    let account = found.account.id;
    if let Some(secret) = &found.totp_secret
        && let Some(step) = secrets::check_totp(secret, code, cx.now)
    {
        return if records::use_totp_step(cx, account, step)? { Ok(()) } else { Err(wrong().into()) };
    }
    let spent = secrets::digest(&code.trim().to_lowercase());
    if !found.recovery.contains(&spent) {
        return Err(wrong().into());
    }
    let left: Vec<String> = found.recovery.iter().filter(|kept| **kept != spent).cloned().collect();
    records::set_totp(cx, account, found.totp_secret.as_deref(), found.totp_step, &left)?;
    let who = actor_of(cx, &found.account)?;
    cx.tx
        .record(&entry(cx.now, &found.account, "account.recovery_code", &who).field("left", left.len().to_string()))?;
    Ok(())
}

/// Whose login is half done with this secret, so that tries can be counted by account.
pub(super) fn half_login(cx: &mut Cx<'_>, half: &str) -> Result<Option<String>> {
    let row = records::session_by_secret(cx, &secrets::digest(half))?.filter(|row| row.kind == SessionKind::Half);
    let Some(row) = row.filter(|row| rules::alive(row.kind, row.seen_at, row.ends_at, cx.now)) else { return Ok(None) };
    Ok(records::account_by_id(cx, row.account)?.map(|account| account.username))
}

/// Ends one of the actor's own sessions.
pub fn revoke(cx: &mut Cx<'_>, username: &str, id: Id) -> Result<()> {
    let account = open_account(cx, username)?;
    own(cx, &account)?;
    if !records::revoke_session(cx, account.id, id)? {
        return Err(Refusal::not_found("这个登录已经结束").into());
    }
    let entry = entry(cx.now, &account, "session.close", cx.actor);
    cx.tx.record(&entry)?;
    Ok(())
}

/// The live sessions of an account, the latest first.
pub(super) fn sessions(cx: &mut Cx<'_>, account: Id) -> Result<Vec<SessionRow>> {
    let mut rows = records::sessions_of(cx, account, cx.now)?;
    rows.retain(|row| row.kind != SessionKind::Half && rules::alive(row.kind, row.seen_at, row.ends_at, cx.now));
    Ok(rows)
}

/// Replaces the actor's own password; every other session of the account ends.
pub(super) fn set_own_password(cx: &mut Cx<'_>, username: &str, hash: &str, keep: Id) -> Result<()> {
    let account = open_account(cx, username)?;
    own(cx, &account)?;
    records::set_password(cx, account.id, hash, false)?;
    let ended = records::revoke_others(cx, account.id, Some(keep))?;
    let entry = entry(cx.now, &account, "account.password", cx.actor).field("sessions_ended", ended.to_string());
    cx.tx.record(&entry)?;
    Ok(())
}

/// Puts a second factor in place, once its first code was right.
pub(super) fn enrol_totp(cx: &mut Cx<'_>, username: &str, secret: &str, code: &str, recovery: &[String]) -> Result<()> {
    let account = open_account(cx, username)?;
    own(cx, &account)?;
    let step = secrets::check_totp(secret, code, cx.now)
        .ok_or_else(|| Refusal::field("code", "wrong", "验证码不对，请核对手机时间后输入新的验证码"))?;
    let hashes: Vec<String> = recovery.iter().map(|code| secrets::digest(code)).collect();
    records::set_totp(cx, account.id, Some(secret), Some(step), &hashes)?;
    let entry = entry(cx.now, &account, "account.second_factor_on", cx.actor);
    cx.tx.record(&entry)?;
    Ok(())
}

/// Takes the second factor of an account away: one's own, or, for administrators, anybody's.
pub(super) fn drop_totp(cx: &mut Cx<'_>, username: &str) -> Result<()> {
    let account = open_account(cx, username)?;
    if cx.actor.account != Some(account.id) {
        permissions::require(cx.actor, Permission::Administer)?;
    }
    records::set_totp(cx, account.id, None, None, &[])?;
    let entry = entry(cx.now, &account, "account.second_factor_off", cx.actor);
    cx.tx.record(&entry)?;
    Ok(())
}

fn own(cx: &Cx<'_>, account: &Account) -> Result<(), Refusal> {
    if cx.actor.account == Some(account.id) { Ok(()) } else { Err(Refusal::forbidden("只能改自己的账号")) }
}

/// Every account with its roles, by name; pages of `limit`.
pub fn list(cx: &mut Cx<'_>, after: Option<&str>, limit: usize) -> Result<Vec<AccountView>> {
    let names = units::names(cx)?;
    let mut tenures = records::all_tenures(cx)?;
    let accounts = records::accounts(cx, after, limit)?;
    Ok(accounts
        .into_iter()
        .map(|account| {
            let own = tenures.extract_if(.., |(id, _)| *id == account.id).map(|(_, tenure)| tenure).collect();
            let unit_name = account.unit.as_deref().map(|code| names.short_name(code).to_owned());
            AccountView { account, tenures: own, unit_name }
        })
        .collect())
}

/// One account with its roles.
pub fn find(cx: &mut Cx<'_>, username: &str) -> Result<AccountView> {
    let account = records::account(cx, username)?.ok_or_else(|| Refusal::not_found("没有这个账号"))?;
    let tenures = records::tenures(cx, account.id)?;
    let names = units::names(cx)?;
    let unit_name = account.unit.as_deref().map(|code| names.short_name(code).to_owned());
    Ok(AccountView { account, tenures, unit_name })
}

/// Makes an account; `hash` is of a password that was made outside the transaction.
pub fn create(cx: &mut Cx<'_>, input: &AccountInput, hash: &str, must_change_password: bool) -> Result<Account> {
    permissions::require(cx.actor, Permission::Administer)?;
    let draft = checked(cx, input)?;
    if records::account(cx, &draft.username)?.is_some() {
        return Err(Refusal::field("username", "taken", "这个用户名已经有人用了").into());
    }
    let account = Account {
        id: cx.app.next_id(),
        username: draft.username.clone(),
        name: draft.name.clone(),
        unit: draft.unit.clone(),
        must_change_password,
        disabled_at: None,
        two_factors: false,
        version: 1,
    };
    records::insert_account(cx, &account, hash)?;
    records::replace_tenures(cx, account.id, &tenures(&draft))?;
    let entry = described(entry(cx.now, &account, "account.create", cx.actor), &draft);
    cx.tx.record(&entry)?;
    Ok(account)
}

/// Changes name, unit and roles of an account.
pub fn amend(cx: &mut Cx<'_>, username: &str, input: &AccountInput) -> Result<Account> {
    permissions::require(cx.actor, Permission::Administer)?;
    let mut account = records::account(cx, username)?.ok_or_else(|| Refusal::not_found("没有这个账号"))?;
    let input = AccountInput { username: Some(username.to_owned()), ..input.clone() };
    let draft = checked(cx, &input)?;
    if !draft.roles.contains(&Role::Administrator) {
        keep_one_administrator(cx, &account, "roles")?;
    }
    account.name = draft.name.clone();
    account.unit = draft.unit.clone();
    let seen = input.version.unwrap_or(account.version);
    save(cx, &account, seen)?;
    records::replace_tenures(cx, account.id, &tenures(&draft))?;
    let entry = described(entry(cx.now, &account, "account.amend", cx.actor), &draft);
    cx.tx.record(&entry)?;
    Ok(account)
}

/// Closes an account and ends its sessions, or opens it again.
pub fn set_disabled(cx: &mut Cx<'_>, username: &str, disabled: bool) -> Result<()> {
    permissions::require(cx.actor, Permission::Administer)?;
    let mut account = records::account(cx, username)?.ok_or_else(|| Refusal::not_found("没有这个账号"))?;
    if disabled {
        if cx.actor.account == Some(account.id) {
            return Err(Refusal::forbidden("不能停用自己的账号，请由另一位管理员办理").into());
        }
        keep_one_administrator(cx, &account, "username")?;
        records::revoke_others(cx, account.id, None)?;
    }
    account.disabled_at = disabled.then_some(cx.now);
    let version = account.version;
    save(cx, &account, version)?;
    let act = if disabled { "account.disable" } else { "account.enable" };
    let entry = entry(cx.now, &account, act, cx.actor);
    cx.tx.record(&entry)?;
    Ok(())
}

/// Gives an account a one-time password and ends its sessions.
pub(super) fn reset_password(cx: &mut Cx<'_>, username: &str, hash: &str) -> Result<()> {
    permissions::require(cx.actor, Permission::Administer)?;
    let account = open_account(cx, username)?;
    records::set_password(cx, account.id, hash, true)?;
    records::revoke_others(cx, account.id, None)?;
    let entry = entry(cx.now, &account, "account.password_reset", cx.actor);
    cx.tx.record(&entry)?;
    Ok(())
}

/// Issues a token of the API for an open account; the token itself is `secret` and is kept nowhere.
pub fn issue_token(cx: &mut Cx<'_>, username: &str, secret: &str, origin: &Origin) -> Result<()> {
    let account = open_account(cx, username)?;
    open_session(cx, &account, SessionKind::Token, origin, secret).map(drop)
}

/// Whether anybody has an account yet.
pub fn any(cx: &mut Cx<'_>) -> Result<bool> {
    records::any_account(cx)
}

/// Forgets sessions that ended thirty days ago.
pub fn forget_old_sessions(cx: &mut Cx<'_>) -> Result<u64> {
    let before = cx.now.plus_seconds(-30 * 86_400);
    records::forget_ended(cx, before)
}

fn checked(cx: &mut Cx<'_>, input: &AccountInput) -> Result<AccountDraft> {
    let names = units::names(cx)?;
    Ok(input.check(cx.today(), |code| names.get(code).is_some())?)
}

fn tenures(draft: &AccountDraft) -> Vec<Tenure> {
    draft.roles.iter().map(|role| Tenure { role: *role, from: draft.valid_from, to: draft.valid_to }).collect()
}

fn keep_one_administrator(cx: &mut Cx<'_>, account: &Account, field: &str) -> Result<()> {
    let today = cx.today();
    let is_one = records::tenures(cx, account.id)?.iter().any(|t| t.role == Role::Administrator && t.holds_on(today));
    if is_one && records::other_administrators(cx, account.id, today)? == 0 {
        return Err(Refusal::field(field, "not_allowed", "至少要留一位能用的管理员").into());
    }
    Ok(())
}

fn save(cx: &mut Cx<'_>, account: &Account, version: i64) -> Result<()> {
    if records::update_account(cx, account, version)? {
        return Ok(());
    }
    let current = records::account_by_id(cx, account.id)?.map_or(0, |now| now.version);
    Err(Refusal::conflict(current, "这个账号刚刚被别人改过，请核对后重新提交").into())
}

fn entry(now: Instant, account: &Account, act: &str, actor: &Actor) -> Entry {
    Entry::new(format!("account:{}", account.username), act, actor, now)
}

fn described(entry: Entry, draft: &AccountDraft) -> Entry {
    let roles: Vec<&str> = draft.roles.iter().map(|role| role.code()).collect();
    entry
        .field("name", &*draft.name)
        .field_some("unit", draft.unit.as_deref())
        .field("roles", roles.join(" "))
        .field("valid_from", draft.valid_from.to_string())
        .field_some("valid_to", draft.valid_to.map(|day| day.to_string()))
}
