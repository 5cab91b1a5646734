//! Seals: each binds the heads of the streams that moved since the one before, and the one before.

use kernel::{Instant, Result};

use crate::hash::{HashKind, Hasher};
use crate::store::Store;
use crate::tx::Tx;
use crate::{args, sql};

/// How many heads one seal takes at most, so that sealing after a large import does not hold others up.
pub const SEALED_AT_ONCE: usize = 10_000;

/// A head that a seal binds.
pub(super) type Head = (String, i64, String);

impl Tx {
    /// Seals the streams that moved since the last seal, up to [`SEALED_AT_ONCE`]; says how many. A job calls it every
    /// minute; more than a full seal's worth is sealed by calling again.
    pub fn seal(&mut self, now: Instant) -> Result<usize> {
        let last: Option<(i64, String)> =
            self.opt(sql!("SELECT n, hash FROM ledger_seal ORDER BY n DESC LIMIT 1"), args![])?;
        let (n, prev) = last.map_or_else(|| (1, String::new()), |(n, hash)| (n + 1, hash));
        let taken = self.run(
            sql!(
                "INSERT INTO ledger_seal_head (n, stream, seq, hash)
                 SELECT $1, stream, seq, hash FROM ledger_head WHERE sealed_seq < seq ORDER BY stream LIMIT $2"
            ),
            args![n, SEALED_AT_ONCE],
        )?;
        if taken == 0 {
            return Ok(0);
        }
        let heads: Vec<Head> =
            self.all(sql!("SELECT stream, seq, hash FROM ledger_seal_head WHERE n = $1 ORDER BY stream"), args![n])?;
        let hash = seal_hash(self.hash()?, n, now, &prev, &heads);
        self.run(
            sql!("INSERT INTO ledger_seal (n, at, heads, prev, hash) VALUES ($1, $2, $3, $4, $5)"),
            args![n, now, heads.len(), prev, hash],
        )?;
        self.run(
            sql!(
                "UPDATE ledger_head SET sealed_seq = seq
                 WHERE stream IN (SELECT h.stream FROM ledger_seal_head h WHERE h.n = $1)"
            ),
            args![n],
        )?;
        Ok(heads.len())
    }
}

impl Store {
    /// Seals everything that is not sealed yet: before an export, a backup or a check. Blocks.
    pub fn seal_all(&self, now: Instant) -> Result<()> {
        while self.write_now(move |tx| tx.seal(now))? == SEALED_AT_ONCE {}
        Ok(())
    }
}

/// What binds a seal.
pub(super) fn seal_hash(kind: HashKind, n: i64, at: Instant, prev: &str, heads: &[Head]) -> String {
    let mut hasher = Hasher::new(kind);
    let mut part = |text: &str| {
        hasher.update(&(text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    part("santing seal 1");
    part(&n.to_string());
    part(&at.0.to_string());
    part(prev);
    part(&heads.len().to_string());
    for (stream, seq, hash) in heads {
        part(stream);
        part(&seq.to_string());
        part(hash);
    }
    hasher.finish()
}
