//! Both lists of a reconciliation's cases, and what came of it, as rows.

use std::collections::HashMap;

use kernel::{Id, Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::status_of;
use crate::demands::rules::vocabulary::Status;
use crate::exchange::rules::reconcile::Ours;

/// Every case of a remote, as a reconciliation compares it; `told` names our status as the remote does.
pub fn ours(tx: &mut Tx, remote: &str, told: impl Fn(&str) -> String) -> Result<Vec<Ours>> {
    let waiting: Vec<(String, Instant)> = tx.all(
        sql!(
            "SELECT case_id, MIN(at) FROM exchange_out
              WHERE remote = $1 AND acknowledged_at IS NULL AND case_id <> '' GROUP BY case_id"
        ),
        args![remote],
    )?;
    let waiting: HashMap<String, Instant> = waiting.into_iter().collect();
    let mut cases = Vec::new();
    tx.each(
        sql!("SELECT case_id, number, status, reply_sm3, at FROM exchange_case WHERE remote = $1 ORDER BY case_id"),
        args![remote],
        |row| {
            let (case, status): (String, Option<String>) = (row.get(0)?, row.get(2)?);
            let status = status.unwrap_or_else(|| Status::Received.code().to_owned());
            cases.push(Ours {
                number: row.get(1)?,
                closed: status_of(&status)?.is_end(),
                status: told(&status),
                reply_sm3: row.get(3)?,
                since: row.get(4)?,
                waiting_since: waiting.get(&case).copied(),
                case,
            });
            Ok(())
        },
    )?;
    Ok(cases)
}

/// A reconciliation as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// The row.
    pub id: Id,
    /// The remote.
    pub remote: String,
    /// When.
    pub at: Instant,
    /// Who brought the list.
    pub by_name: String,
    /// Rows there, cases here, agreed, explained, unexplained, rows that could not be read.
    pub counts: [i64; 6],
    /// The differences that are kept, as JSON.
    pub differences: String,
}

impl FromRow for Reconciliation {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            remote: row.get(1)?,
            at: row.get(2)?,
            by_name: row.get(3)?,
            counts: [row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?],
            differences: row.get(10)?,
        })
    }
}

/// Keeps a reconciliation.
pub fn insert_reconciliation(tx: &mut Tx, row: &Reconciliation) -> Result<()> {
    let [theirs, ours, agreed, explained, unexplained, unread] = row.counts;
    tx.run(
        sql!(
            "INSERT INTO exchange_reconciliation (id, remote, at, by_name, theirs, ours, agreed, explained, unexplained,
                unread, differences) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        args![
            row.id,
            &row.remote,
            row.at,
            &row.by_name,
            theirs,
            ours,
            agreed,
            explained,
            unexplained,
            unread,
            &row.differences,
        ],
    )?;
    Ok(())
}

/// The latest reconciliations with a remote.
pub fn reconciliations(tx: &mut Tx, remote: &str, most: usize) -> Result<Vec<Reconciliation>> {
    tx.all(
        sql!(
            "SELECT id, remote, at, by_name, theirs, ours, agreed, explained, unexplained, unread, differences
               FROM exchange_reconciliation WHERE remote = $1 ORDER BY at DESC, id DESC LIMIT $2"
        ),
        args![remote, most],
    )
}

/// One reconciliation.
pub fn reconciliation(tx: &mut Tx, id: Id) -> Result<Option<Reconciliation>> {
    tx.opt(
        sql!(
            "SELECT id, remote, at, by_name, theirs, ours, agreed, explained, unexplained, unread, differences
               FROM exchange_reconciliation WHERE id = $1"
        ),
        args![id],
    )
}
