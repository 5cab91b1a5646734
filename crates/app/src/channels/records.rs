//! Counting. Each query reads a range of one index and nothing else, so that a million demands are counted in the time of
//! a page.

use kernel::{Instant, Result};
use store::{Tx, args, sql};

use super::rules::Heard;

/// What came by a channel from `from` up to and including `to`.
pub fn heard(tx: &mut Tx, channel: &str, from: Instant, to: Instant) -> Result<Heard> {
    let (voices, public, entrepreneur, recipient) = tx.one(
        sql!(
            "SELECT COUNT(*), COUNT(*) FILTER (WHERE audience = 'public'),
                COUNT(*) FILTER (WHERE audience = 'entrepreneur'), COUNT(*) FILTER (WHERE audience = 'service_recipient')
             FROM demand WHERE channel = $1 AND received_at >= $2 AND received_at <= $3"
        ),
        args![channel, from, to],
    )?;
    Ok(Heard { channel: channel.to_owned(), voices, audiences: [public, entrepreneur, recipient] })
}

/// How many of the voices joined another demand.
pub fn joined(tx: &mut Tx, from: Instant, to: Instant) -> Result<i64> {
    tx.one(
        sql!("SELECT COUNT(*) FROM demand WHERE status = 'merged' AND received_at >= $1 AND received_at <= $2"),
        args![from, to],
    )
}

/// What a unit answers for, by channel.
pub fn by_unit(tx: &mut Tx, unit: &str, from: Instant, to: Instant) -> Result<Vec<(String, i64)>> {
    tx.all(
        sql!(
            "SELECT channel, COUNT(*) FROM demand WHERE lead_unit = $1 AND received_at >= $2 AND received_at <= $3
              GROUP BY channel ORDER BY channel"
        ),
        args![unit, from, to],
    )
}
