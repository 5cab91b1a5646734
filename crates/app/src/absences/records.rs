//! Rows of absences ⇄ values. Decides nothing.

use kernel::{Id, Instant, Result};
use store::{FromRow, Row, Select, Tx, args, sql};

use super::rules::{Absence, Limits};

impl FromRow for Absence {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let (themes, routes): (String, String) = (row.get(8)?, row.get(9)?);
        Ok(Self {
            id: row.get(0)?,
            account: row.get(1)?,
            account_name: row.get(2)?,
            unit: row.get(3)?,
            from_at: row.get(4)?,
            until_at: row.get(5)?,
            substitute: row.get(6)?,
            substitute_name: row.get(7)?,
            limits: Limits { themes: words(&themes), routes: words(&routes) },
            reason: row.get(10)?,
            by_name: row.get(11)?,
            at: row.get(12)?,
            ended_at: row.get(13)?,
            ended_by: row.get(14)?,
        })
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

const ALL: store::Sql = sql!(
    "SELECT id, account, account_name, unit, from_at, until_at, substitute, substitute_name, themes, routes, reason, by_name,
       at, ended_at, ended_by FROM absence"
);

/// Every absence that is not over at `now`, those that began first at the head.
pub fn not_over(tx: &mut Tx, now: Instant) -> Result<Vec<Absence>> {
    let select = Select::new(ALL).and("until_at > ? AND (ended_at IS NULL OR ended_at > ?)", (now, now));
    tx.select(&select.order("from_at, id"))
}

/// The latest that are over, at most `limit`.
pub fn over(tx: &mut Tx, now: Instant, limit: usize) -> Result<Vec<Absence>> {
    let select = Select::new(ALL).and("(until_at <= ? OR ended_at <= ?)", (now, now));
    tx.select(&select.order("until_at DESC, id DESC").limit(limit))
}

/// One absence.
pub fn by_id(tx: &mut Tx, id: Id) -> Result<Option<Absence>> {
    Ok(tx.select(&Select::new(ALL).and("id = ?", id))?.pop())
}

/// Keeps a new absence.
pub fn insert(tx: &mut Tx, absence: &Absence) -> Result<u64> {
    tx.run(
        sql!(
            "INSERT INTO absence (id, account, account_name, unit, from_at, until_at, substitute, substitute_name, themes,
               routes, reason, by_name, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        args![
            absence.id,
            absence.account,
            &absence.account_name,
            &absence.unit,
            absence.from_at,
            absence.until_at,
            absence.substitute,
            &absence.substitute_name,
            absence.limits.themes.join(" "),
            absence.limits.routes.join(" "),
            &absence.reason,
            &absence.by_name,
            absence.at,
        ],
    )
}

/// Ends an absence; nothing where it already was.
pub fn end(tx: &mut Tx, id: Id, now: Instant, by: &str) -> Result<u64> {
    tx.run(
        sql!("UPDATE absence SET ended_at = $1, ended_by = $2 WHERE id = $3 AND ended_at IS NULL"),
        args![now, by, id],
    )
}

/// For which absence a session acts.
pub fn chosen(tx: &mut Tx, session: Id) -> Result<Option<Id>> {
    tx.opt(sql!("SELECT absence FROM standing_in WHERE session = $1"), args![session])
}

/// Lets a session act for an absence.
pub fn choose(tx: &mut Tx, session: Id, absence: Id) -> Result<u64> {
    tx.run(
        sql!(
            "INSERT INTO standing_in (session, absence) VALUES ($1, $2)
             ON CONFLICT (session) DO UPDATE SET absence = excluded.absence"
        ),
        args![session, absence],
    )
}

/// Lets a session act for itself again.
pub fn unchoose(tx: &mut Tx, session: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM standing_in WHERE session = $1"), args![session])
}

/// Forgets what was chosen for absences that are over.
pub fn forget_chosen(tx: &mut Tx, now: Instant) -> Result<u64> {
    tx.run(
        sql!(
            "DELETE FROM standing_in
             WHERE absence IN (SELECT id FROM absence WHERE until_at <= $1 OR ended_at <= $1)"
        ),
        args![now],
    )
}
