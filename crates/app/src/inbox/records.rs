//! Rows of reminders, digests and mails ⇄ values. Decides nothing.

use kernel::{Fault, Id, Instant, Result};
use store::{FromRow, Row, Select, Tx, args, sql};

use super::rules::Item;
use crate::city::ReminderKind;

impl FromRow for Item {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let kind: String = row.get(3)?;
        let kind = ReminderKind::from_code(&kind).ok_or_else(|| Fault::broken(format!("no reminder is {kind}")))?;
        Ok(Self {
            id: row.get(0)?,
            account: row.get(1)?,
            key: row.get(2)?,
            kind,
            subject: row.get(4)?,
            title: row.get(5)?,
            urgent: row.get(6)?,
            for_name: row.get(7)?,
            at: row.get(8)?,
            due_at: row.get(9)?,
            told_at: row.get(10)?,
            read_at: row.get(11)?,
            settled_at: row.get(12)?,
        })
    }
}

const ITEMS: store::Sql = sql!(
    "SELECT id, account, item_key, kind, subject, title, urgent, for_name, at, due_at, told_at, read_at, settled_at
     FROM inbox_item"
);

/// Keeps a reminder, unless the same fact already is.
pub fn insert(tx: &mut Tx, item: &Item) -> Result<bool> {
    let kept = tx.run(
        sql!(
            "INSERT INTO inbox_item (id, account, item_key, kind, subject, title, urgent, for_name, at, due_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (account, item_key) DO NOTHING"
        ),
        args![
            item.id,
            item.account,
            &item.key,
            item.kind.code(),
            &item.subject,
            &item.title,
            item.urgent,
            &item.for_name,
            item.at,
            item.due_at
        ],
    )?;
    Ok(kept == 1)
}

/// The reminders of an account, the latest first, after `(at, id)`.
pub fn of_account(
    tx: &mut Tx,
    account: Id,
    open: bool,
    after: Option<(Instant, Id)>,
    limit: usize,
) -> Result<Vec<Item>> {
    let select = Select::new(ITEMS).and("account = ?", account);
    let select = if open { select.and("read_at IS NULL AND settled_at IS NULL", ()) } else { select };
    let select = match after {
        Some(after) => select.and("(at, id) < (?, ?)", after),
        None => select,
    };
    tx.select(&select.order("at DESC, id DESC").limit(limit))
}

/// What was read or has settled itself, the latest first.
pub fn done_of(tx: &mut Tx, account: Id, limit: usize) -> Result<Vec<Item>> {
    let select =
        Select::new(ITEMS).and("account = ?", account).and("(read_at IS NOT NULL OR settled_at IS NOT NULL)", ());
    tx.select(&select.order("at DESC, id DESC").limit(limit))
}

/// How many wait for an account to look.
pub fn count_open(tx: &mut Tx, account: Id) -> Result<i64> {
    tx.one(
        sql!("SELECT COUNT(*) FROM inbox_item WHERE account = $1 AND read_at IS NULL AND settled_at IS NULL"),
        args![account],
    )
}

/// What has been told to nobody yet.
pub fn untold(tx: &mut Tx) -> Result<Vec<Item>> {
    let select = Select::new(ITEMS).and("told_at IS NULL AND settled_at IS NULL", ());
    tx.select(&select.order("account, at, id"))
}

/// Notes that a reminder was told.
pub fn tell(tx: &mut Tx, id: Id, now: Instant) -> Result<u64> {
    tx.run(sql!("UPDATE inbox_item SET told_at = $1 WHERE id = $2 AND told_at IS NULL"), args![now, id])
}

/// What has not settled itself about these subjects.
pub fn unsettled(tx: &mut Tx, subjects: &[String]) -> Result<Vec<Item>> {
    let select = Select::new(ITEMS).and("settled_at IS NULL", ());
    tx.select(&select.and_in("subject IN (", subjects.iter()))
}

/// What has not settled itself of one kind.
pub fn unsettled_of(tx: &mut Tx, kind: ReminderKind) -> Result<Vec<Item>> {
    tx.select(&Select::new(ITEMS).and("settled_at IS NULL AND kind = ?", kind.code()))
}

/// Notes that a reminder has settled itself.
pub fn settle(tx: &mut Tx, id: Id, now: Instant) -> Result<u64> {
    tx.run(sql!("UPDATE inbox_item SET settled_at = $1 WHERE id = $2"), args![now, id])
}

/// Marks one reminder of an account as read; false where there is none.
pub fn read(tx: &mut Tx, account: Id, id: Id, now: Instant) -> Result<bool> {
    let known = tx.run(
        sql!("UPDATE inbox_item SET read_at = COALESCE(read_at, $1) WHERE account = $2 AND id = $3"),
        args![now, account, id],
    )?;
    Ok(known == 1)
}

/// Marks everything as read that stood there up to `until`.
pub fn read_all(tx: &mut Tx, account: Id, until: Instant, now: Instant) -> Result<u64> {
    tx.run(
        sql!("UPDATE inbox_item SET read_at = $1 WHERE account = $2 AND read_at IS NULL AND at <= $3"),
        args![now, account, until],
    )
}

/// Forgets what is older than `before`.
pub fn forget(tx: &mut Tx, before: Instant) -> Result<u64> {
    tx.run(sql!("DELETE FROM inbox_item WHERE at < $1"), args![before])
}

/// A digest as it was made: when, how many, whether mailed.
pub type Made = (Instant, i64, bool);

/// Notes the digest of an account and a day; false where there already is one.
pub fn insert_digest(tx: &mut Tx, account: Id, day: &str, (at, items, mailed): Made) -> Result<bool> {
    let made = tx.run(
        sql!(
            "INSERT INTO inbox_digest (account, day, at, items, mailed) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (account, day) DO NOTHING"
        ),
        args![account, day, at, items, mailed],
    )?;
    Ok(made == 1)
}

/// The digest of an account and a day.
pub fn digest(tx: &mut Tx, account: Id, day: &str) -> Result<Option<Made>> {
    tx.opt(sql!("SELECT at, items, mailed FROM inbox_digest WHERE account = $1 AND day = $2"), args![account, day])
}

/// Where an account wants its mail.
pub fn email(tx: &mut Tx, account: Id) -> Result<Option<String>> {
    tx.opt(sql!("SELECT email FROM inbox_address WHERE account = $1"), args![account])
}

/// Keeps where an account wants its mail.
pub fn set_email(tx: &mut Tx, account: Id, email: Option<&str>) -> Result<u64> {
    match email {
        None => tx.run(sql!("DELETE FROM inbox_address WHERE account = $1"), args![account]),
        Some(email) => tx.run(
            sql!(
                "INSERT INTO inbox_address (account, email) VALUES ($1, $2)
                 ON CONFLICT (account) DO UPDATE SET email = excluded.email"
            ),
            args![account, email],
        ),
    }
}

/// A mail on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The row.
    pub id: Id,
    /// Whose it is.
    pub account: Id,
    /// Where to.
    pub email: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// When it was written.
    pub at: Instant,
}

impl FromRow for Mail {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            account: row.get(1)?,
            email: row.get(2)?,
            subject: row.get(3)?,
            body: row.get(4)?,
            at: row.get(5)?,
        })
    }
}

/// Queues a mail.
pub fn insert_mail(tx: &mut Tx, mail: &Mail) -> Result<u64> {
    tx.run(
        sql!("INSERT INTO inbox_mail (id, account, email, subject, body, at) VALUES ($1, $2, $3, $4, $5, $6)"),
        args![mail.id, mail.account, &mail.email, &mail.subject, &mail.body, mail.at],
    )
}

/// Whether any mail waits to be spooled.
pub fn any_mail(tx: &mut Tx) -> Result<bool> {
    Ok(tx.opt::<i64>(sql!("SELECT 1 FROM inbox_mail WHERE written_at IS NULL LIMIT 1"), args![])?.is_some())
}

/// Takes mails for spooling that nobody has taken since `stale`.
pub fn claim_mails(tx: &mut Tx, now: Instant, stale: Instant) -> Result<Vec<Mail>> {
    tx.all(
        sql!(
            "UPDATE inbox_mail SET claimed_at = $1
             WHERE written_at IS NULL AND (claimed_at IS NULL OR claimed_at < $2)
             RETURNING id, account, email, subject, body, at"
        ),
        args![now, stale],
    )
}

/// Notes that a mail lies in the spool.
pub fn spooled(tx: &mut Tx, id: Id, now: Instant) -> Result<u64> {
    tx.run(sql!("UPDATE inbox_mail SET written_at = $1 WHERE id = $2"), args![now, id])
}

/// Forgets mails that were spooled before `before`.
pub fn forget_mails(tx: &mut Tx, before: Instant) -> Result<u64> {
    tx.run(sql!("DELETE FROM inbox_mail WHERE written_at < $1"), args![before])
}

/// How far something has been read.
pub fn mark(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    tx.opt(sql!("SELECT value FROM inbox_mark WHERE name = $1"), args![name])
}

/// Notes how far something has been read.
pub fn set_mark(tx: &mut Tx, name: &str, value: &str) -> Result<u64> {
    tx.run(
        sql!(
            "INSERT INTO inbox_mark (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        args![name, value],
    )
}
