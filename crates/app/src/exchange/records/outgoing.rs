//! Messages to a remote as rows.

use kernel::{Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

/// A message to a remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its number.
    pub sequence: i64,
    /// Its name.
    pub message: String,
    /// Its kind.
    pub kind: String,
    /// The case there.
    pub case: String,
    /// The line.
    pub body: String,
    /// When it was made.
    pub at: Instant,
    /// Why the remote did not take it in.
    pub refused: Option<String>,
}

impl FromRow for Outgoing {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            sequence: row.get(0)?,
            message: row.get(1)?,
            kind: row.get(2)?,
            case: row.get(3)?,
            body: row.get(4)?,
            at: row.get(5)?,
            refused: row.get(6)?,
        })
    }
}

/// The number that a message bears already, if it has been made.
pub fn made(tx: &mut Tx, remote: &str, message: &str) -> Result<Option<i64>> {
    tx.opt(sql!("SELECT sequence FROM exchange_out WHERE remote = $1 AND message = $2"), args![remote, message])
}

/// The next number of a message to a remote.
pub fn next_sequence(tx: &mut Tx, remote: &str) -> Result<i64> {
    tx.one(
        sql!(
            "INSERT INTO exchange_counter (remote, last) VALUES ($1, 1)
              ON CONFLICT (remote) DO UPDATE SET last = exchange_counter.last + 1 RETURNING last"
        ),
        args![remote],
    )
}

/// The number of the last message to a remote.
pub fn last_sequence(tx: &mut Tx, remote: &str) -> Result<i64> {
    let last: Option<i64> = tx.opt(sql!("SELECT last FROM exchange_counter WHERE remote = $1"), args![remote])?;
    Ok(last.unwrap_or(0))
}

/// Adds a message to a remote.
pub fn insert_outgoing(tx: &mut Tx, remote: &str, row: &Outgoing) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO exchange_out (remote, sequence, message, kind, case_id, body, at)
              VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![remote, row.sequence, &row.message, &row.kind, &row.case, &row.body, row.at],
    )?;
    Ok(())
}

/// Messages to a remote after a number; `open` leaves out those that it has acknowledged.
pub fn outgoing(tx: &mut Tx, remote: &str, after: i64, open: bool, most: usize) -> Result<Vec<Outgoing>> {
    match open {
        true => tx.all(
            sql!(
                "SELECT sequence, message, kind, case_id, body, at, refused FROM exchange_out
                  WHERE remote = $1 AND sequence > $2 AND acknowledged_at IS NULL ORDER BY sequence LIMIT $3"
            ),
            args![remote, after, most],
        ),
        false => tx.all(
            sql!(
                "SELECT sequence, message, kind, case_id, body, at, refused FROM exchange_out
                  WHERE remote = $1 AND sequence > $2 ORDER BY sequence LIMIT $3"
            ),
            args![remote, after, most],
        ),
    }
}

/// How many messages a remote has not acknowledged, and when the oldest of them was made.
pub fn unacknowledged(tx: &mut Tx, remote: &str) -> Result<(i64, Option<Instant>)> {
    tx.one(
        sql!("SELECT COUNT(*), MIN(at) FROM exchange_out WHERE remote = $1 AND acknowledged_at IS NULL"),
        args![remote],
    )
}

/// Marks every message to a remote up to a number as acknowledged; how many were not yet.
pub fn acknowledge(tx: &mut Tx, remote: &str, through: i64, now: Instant) -> Result<u64> {
    tx.run(
        sql!(
            "UPDATE exchange_out SET acknowledged_at = $1
              WHERE remote = $2 AND sequence <= $3 AND acknowledged_at IS NULL"
        ),
        args![now, remote, through],
    )
}

/// Marks one message as acknowledged, or as refused by the remote; false where there is no such message.
pub fn acknowledge_one(tx: &mut Tx, remote: &str, message: &str, refused: Option<&str>, now: Instant) -> Result<bool> {
    let changed = tx.run(
        sql!(
            "UPDATE exchange_out SET acknowledged_at = COALESCE(acknowledged_at, $1), refused = $2
              WHERE remote = $3 AND message = $4"
        ),
        args![now, refused, remote, message],
    )?;
    Ok(changed > 0)
}

/// The latest messages that a remote refused.
pub fn refused(tx: &mut Tx, remote: &str, most: usize) -> Result<Vec<Outgoing>> {
    tx.all(
        sql!(
            "SELECT sequence, message, kind, case_id, body, at, refused FROM exchange_out
              WHERE remote = $1 AND refused IS NOT NULL ORDER BY at DESC, sequence DESC LIMIT $2"
        ),
        args![remote, most],
    )
}
