//! Batches as rows. Decides nothing.

use kernel::{Id, Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

/// A batch that was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The row.
    pub id: Id,
    /// Who brought it, and on what occasion.
    pub source: String,
    /// The channel's code.
    pub channel: String,
    /// Who registered it.
    pub account: Id,
    /// By name.
    pub by_name: String,
    /// How many demands it became.
    pub registered: i64,
    /// When.
    pub at: Instant,
}

impl FromRow for Registered {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            source: row.get(1)?,
            channel: row.get(2)?,
            account: row.get(3)?,
            by_name: row.get(4)?,
            registered: row.get(5)?,
            at: row.get(6)?,
        })
    }
}

/// Keeps a batch and the numbers of its demands: row number and demand number, in order.
pub fn insert(tx: &mut Tx, batch: &Registered, rows: &[(u64, String)]) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO demand_batch (id, source, channel, account, by_name, registered, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![batch.id, &batch.source, &batch.channel, batch.account, &batch.by_name, batch.registered, batch.at],
    )?;
    for (position, (row_number, number)) in rows.iter().enumerate() {
        tx.run(
            sql!(
                "INSERT INTO demand_batch_row (batch_id, position, row_number, demand_number)
                 VALUES ($1, $2, $3, $4)"
            ),
            args![batch.id, position, i64::try_from(*row_number).unwrap_or(i64::MAX), number],
        )?;
    }
    Ok(())
}

/// The batches of an account, latest first, at most `limit`.
pub fn of_account(tx: &mut Tx, account: Id, limit: usize) -> Result<Vec<Registered>> {
    tx.all(
        sql!(
            "SELECT id, source, channel, account, by_name, registered, at FROM demand_batch
             WHERE account = $1 ORDER BY id DESC LIMIT $2"
        ),
        args![account, limit],
    )
}

/// One batch.
pub fn by_id(tx: &mut Tx, id: Id) -> Result<Option<Registered>> {
    tx.opt(
        sql!("SELECT id, source, channel, account, by_name, registered, at FROM demand_batch WHERE id = $1"),
        args![id],
    )
}

/// Row number, demand number, title, firm.
pub type BatchLine = (i64, String, String, Option<String>);

/// What a batch became.
pub fn rows(tx: &mut Tx, id: Id) -> Result<Vec<BatchLine>> {
    tx.all(
        sql!(
            "SELECT r.row_number, r.demand_number, d.title, d.enterprise_name
             FROM demand_batch_row r JOIN demand d ON d.number = r.demand_number
             WHERE r.batch_id = $1 ORDER BY r.position"
        ),
        args![id],
    )
}

/// The number of the demand that a source's row became, where it did.
pub fn known(tx: &mut Tx, source: &str, row: &str) -> Result<Option<String>> {
    tx.opt(sql!("SELECT number FROM demand WHERE source = $1 AND source_id = $2"), args![source, row])
}
