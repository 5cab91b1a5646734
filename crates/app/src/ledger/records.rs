//! Where the seals stand, read from the store's own tables. Decides nothing.

use kernel::{Instant, Result};
use store::{Tx, args, sql};

/// A seal: its number, when it was made, how many heads it binds, its hash.
pub type Seal = (i64, Instant, i64, String);

/// The latest seal.
pub fn last_seal(tx: &mut Tx) -> Result<Option<Seal>> {
    tx.opt(sql!("SELECT n, at, heads, hash FROM ledger_seal ORDER BY n DESC LIMIT 1"), args![])
}

/// Up to which entry a stream is sealed; 0 where nothing of it is.
pub fn sealed_up_to(tx: &mut Tx, stream: &str) -> Result<i64> {
    let sealed: Option<i64> = tx.opt(sql!("SELECT sealed_seq FROM ledger_head WHERE stream = $1"), args![stream])?;
    Ok(sealed.unwrap_or(0))
}

/// The seals of a stream: up to which entry each covers it, its number, when it was made.
pub fn seals_of(tx: &mut Tx, stream: &str) -> Result<Vec<(i64, i64, Instant)>> {
    tx.all(
        sql!(
            "SELECT h.seq, s.n, s.at FROM ledger_seal_head h JOIN ledger_seal s ON s.n = h.n
              WHERE h.stream = $1 ORDER BY h.seq, s.n"
        ),
        args![stream],
    )
}
