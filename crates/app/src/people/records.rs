//! SQL ⇄ accounts, roles, sessions; decides nothing.

use jiff::civil::Date;
use kernel::{Fault, Id, Instant, Result, Role};
use store::{FromRow, Row, Select, args, sql};

use super::rules::SessionKind;
use crate::context::Cx;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its row.
    pub id: Id,
    /// The name to log in with.
    pub username: String,
    /// The name that is shown.
    pub name: String,
    /// The unit's code.
    pub unit: Option<String>,
    /// True until the one-time password was replaced.
    pub must_change_password: bool,
    /// Since when it is closed.
    pub disabled_at: Option<Instant>,
    /// Whether logging in needs a second factor.
    pub two_factors: bool,
    /// Counts up with every change.
    pub version: i64,
}

impl FromRow for Account {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            username: row.get(1)?,
            name: row.get(2)?,
            unit: row.get(3)?,
            must_change_password: row.get(4)?,
            disabled_at: row.get(5)?,
            two_factors: row.get::<Option<String>>(6)?.is_some(),
            version: row.get(7)?,
        })
    }
}

/// What logging in needs to know of an account.
#[derive(Clone)]
pub struct Secrets {
    pub account: Account,
    pub password_hash: String,
    pub totp_secret: Option<String>,
    pub totp_step: Option<i64>,
    pub recovery: Vec<String>,
}

impl FromRow for Secrets {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let recovery: String = row.get(10)?;
        Ok(Self {
            account: Account::from_row(row)?,
            password_hash: row.get(8)?,
            totp_secret: row.get(6)?,
            totp_step: row.get(9)?,
            recovery: serde_json::from_str(&recovery).map_err(|e| Fault::new("read recovery codes", e))?,
        })
    }
}

/// A role with its days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// The role.
    pub role: Role,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Option<Date>,
}

impl Tenure {
    /// Whether the role is held on `day`.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

impl FromRow for Tenure {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let role: String = row.get(0)?;
        let role = Role::from_code(&role).ok_or_else(|| Fault::broken(format!("an account holds no role: {role}")))?;
        let to: Option<String> = row.get(2)?;
        Ok(Self { role, from: date(&row.get::<String>(1)?)?, to: to.as_deref().map(date).transpose()? })
    }
}

fn date(text: &str) -> Result<Date> {
    text.parse().map_err(|e| Fault::new(format!("read the day {text}"), e).into())
}

/// A session, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    pub id: Id,
    pub account: Id,
    pub kind: SessionKind,
    pub device: String,
    pub address: String,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub ends_at: Instant,
}

impl FromRow for SessionRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let kind: String = row.get(2)?;
        Ok(Self {
            id: row.get(0)?,
            account: row.get(1)?,
            kind: SessionKind::from_code(&kind).ok_or_else(|| Fault::broken(format!("no kind of session: {kind}")))?,
            device: row.get(3)?,
            address: row.get(4)?,
            created_at: row.get(5)?,
            seen_at: row.get(6)?,
            ends_at: row.get(7)?,
        })
    }
}

pub fn secrets(cx: &mut Cx<'_>, username: &str) -> Result<Option<Secrets>> {
    cx.tx.opt(
        sql!(
            "SELECT id, username, display_name, unit, must_change_password, disabled_at, totp_secret, version,
                    password_hash, totp_step, recovery
             FROM account WHERE username = $1"
        ),
        args![username],
    )
}

pub fn account(cx: &mut Cx<'_>, username: &str) -> Result<Option<Account>> {
    cx.tx.opt(
        sql!(
            "SELECT id, username, display_name, unit, must_change_password, disabled_at, totp_secret, version
             FROM account WHERE username = $1"
        ),
        args![username],
    )
}

pub fn account_by_id(cx: &mut Cx<'_>, id: Id) -> Result<Option<Account>> {
    cx.tx.opt(
        sql!(
            "SELECT id, username, display_name, unit, must_change_password, disabled_at, totp_secret, version
             FROM account WHERE id = $1"
        ),
        args![id],
    )
}

/// Accounts by name, after `after`.
pub fn accounts(cx: &mut Cx<'_>, after: Option<&str>, limit: usize) -> Result<Vec<Account>> {
    let select = Select::new(sql!(
        "SELECT id, username, display_name, unit, must_change_password, disabled_at, totp_secret, version FROM account"
    ));
    cx.tx.select(&select.and_some("username > ?", after).order("username").limit(limit))
}

pub fn any_account(cx: &mut Cx<'_>) -> Result<bool> {
    Ok(cx.tx.opt::<i64>(sql!("SELECT version FROM account LIMIT 1"), args![])?.is_some())
}

pub fn insert_account(cx: &mut Cx<'_>, account: &Account, password_hash: &str) -> Result<()> {
    cx.tx.run(
        sql!(
            "INSERT INTO account (id, username, display_name, unit, password_hash, must_change_password, recovery,
                                  created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, '[]', $7, $8)"
        ),
        args![
            account.id,
            &account.username,
            &account.name,
            &account.unit,
            password_hash,
            account.must_change_password,
            cx.now,
            account.version
        ],
    )?;
    Ok(())
}

/// Saves name, unit and closure; false where somebody else was first.
pub fn update_account(cx: &mut Cx<'_>, account: &Account, version: i64) -> Result<bool> {
    let changed = cx.tx.run(
        sql!(
            "UPDATE account SET display_name = $1, unit = $2, disabled_at = $3, version = version + 1
             WHERE id = $4 AND version = $5"
        ),
        args![&account.name, &account.unit, account.disabled_at, account.id, version],
    )?;
    Ok(changed == 1)
}

pub fn set_password(cx: &mut Cx<'_>, account: Id, hash: &str, must_change: bool) -> Result<()> {
    cx.tx.run(
        sql!("UPDATE account SET password_hash = $1, must_change_password = $2, version = version + 1 WHERE id = $3"),
        args![hash, must_change, account],
    )?;
    Ok(())
}

/// Puts a second factor in place, or, with `None`, away.
pub fn set_totp(
    cx: &mut Cx<'_>,
    account: Id,
    secret: Option<&str>,
    step: Option<i64>,
    recovery: &[String],
) -> Result<()> {
    let recovery = serde_json::to_string(recovery).map_err(|e| Fault::new("write recovery codes", e))?;
    cx.tx.run(
        sql!("UPDATE account SET totp_secret = $1, totp_step = $2, recovery = $3, version = version + 1 WHERE id = $4"),
        args![secret, step, recovery, account],
    )?;
    Ok(())
}

/// Marks a time step as used; false where it, or a later one, already was.
pub fn use_totp_step(cx: &mut Cx<'_>, account: Id, step: i64) -> Result<bool> {
    let used = cx.tx.run(
        sql!("UPDATE account SET totp_step = $1 WHERE id = $2 AND (totp_step IS NULL OR totp_step < $1)"),
        args![step, account],
    )?;
    Ok(used == 1)
}

pub fn tenures(cx: &mut Cx<'_>, account: Id) -> Result<Vec<Tenure>> {
    cx.tx.all(
        sql!("SELECT role, valid_from, valid_to FROM account_role WHERE account = $1 ORDER BY role, valid_from"),
        args![account],
    )
}

/// Everybody's roles: (account, role).
pub fn all_tenures(cx: &mut Cx<'_>) -> Result<Vec<(Id, Tenure)>> {
    struct Both(Id, Tenure);
    impl FromRow for Both {
        fn from_row(row: &Row<'_>) -> Result<Self> {
            Ok(Self(row.get(3)?, Tenure::from_row(row)?))
        }
    }
    let rows: Vec<Both> = cx
        .tx
        .all(sql!("SELECT role, valid_from, valid_to, account FROM account_role ORDER BY account, role"), args![])?;
    Ok(rows.into_iter().map(|Both(account, tenure)| (account, tenure)).collect())
}

pub fn replace_tenures(cx: &mut Cx<'_>, account: Id, tenures: &[Tenure]) -> Result<()> {
    cx.tx.run(sql!("DELETE FROM account_role WHERE account = $1"), args![account])?;
    for tenure in tenures {
        cx.tx.run(
            sql!("INSERT INTO account_role (account, role, valid_from, valid_to) VALUES ($1, $2, $3, $4)"),
            args![account, tenure.role.code(), tenure.from.to_string(), tenure.to.map(|day| day.to_string())],
        )?;
    }
    Ok(())
}

/// How many open accounts besides `except` administer on `today`.
pub fn other_administrators(cx: &mut Cx<'_>, except: Id, today: Date) -> Result<i64> {
    cx.tx.one(
        sql!(
            "SELECT COUNT(DISTINCT a.id) FROM account a JOIN account_role r ON r.account = a.id
             WHERE a.disabled_at IS NULL AND r.role = 'administrator' AND r.valid_from <= $1
               AND (r.valid_to IS NULL OR r.valid_to >= $1) AND a.id <> $2"
        ),
        args![today.to_string(), except],
    )
}

pub fn insert_session(cx: &mut Cx<'_>, session: &SessionRow, secret_hash: &str) -> Result<()> {
    cx.tx.run(
        sql!(
            "INSERT INTO session (id, account, kind, secret_hash, device, address, created_at, seen_at, ends_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        args![
            session.id,
            session.account,
            session.kind.code(),
            secret_hash,
            &session.device,
            &session.address,
            session.created_at,
            session.seen_at,
            session.ends_at
        ],
    )?;
    Ok(())
}

pub fn session_by_secret(cx: &mut Cx<'_>, secret_hash: &str) -> Result<Option<SessionRow>> {
    cx.tx.opt(
        sql!(
            "SELECT id, account, kind, device, address, created_at, seen_at, ends_at FROM session
             WHERE secret_hash = $1 AND revoked_at IS NULL"
        ),
        args![secret_hash],
    )
}

pub fn sessions_of(cx: &mut Cx<'_>, account: Id, now: Instant) -> Result<Vec<SessionRow>> {
    cx.tx.all(
        sql!(
            "SELECT id, account, kind, device, address, created_at, seen_at, ends_at FROM session
             WHERE account = $1 AND revoked_at IS NULL AND ends_at > $2 ORDER BY seen_at DESC, id DESC LIMIT 100"
        ),
        args![account, now],
    )
}

pub fn touch_session(cx: &mut Cx<'_>, id: Id) -> Result<()> {
    cx.tx.run(sql!("UPDATE session SET seen_at = $1 WHERE id = $2 AND seen_at < $1"), args![cx.now, id])?;
    Ok(())
}

/// Ends one session of an account; false where there is none that is alive.
pub fn revoke_session(cx: &mut Cx<'_>, account: Id, id: Id) -> Result<bool> {
    let ended = cx.tx.run(
        sql!("UPDATE session SET revoked_at = $1 WHERE id = $2 AND account = $3 AND revoked_at IS NULL"),
        args![cx.now, id, account],
    )?;
    Ok(ended == 1)
}

/// Ends every session of an account but `except`.
pub fn revoke_others(cx: &mut Cx<'_>, account: Id, except: Option<Id>) -> Result<u64> {
    cx.tx.run(
        sql!("UPDATE session SET revoked_at = $1 WHERE account = $2 AND revoked_at IS NULL AND id <> $3"),
        args![cx.now, account, except.unwrap_or(Id(0))],
    )
}

/// Forgets sessions that ended before `before`.
pub fn forget_ended(cx: &mut Cx<'_>, before: Instant) -> Result<u64> {
    cx.tx.run(sql!("DELETE FROM session WHERE ends_at < $1"), args![before])
}
