//! How far the program has looked, and the words it looks at, as rows. Decides nothing.

use kernel::{Id, Instant, Result};
use store::{FromRow, Row, Select, Tx, args, sql};

/// The one row.
const FINDING: &str = "clusters";

/// How far the program has looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last demand that was looked at.
    pub seen: i64,
    /// When it last looked.
    pub looked_at: Instant,
    /// The place names under which the clusters were made.
    pub places: String,
    /// The clusters.
    pub clusters: Vec<u8>,
}

/// Claims the finding until `until`: false where another server has it.
pub fn claim(tx: &mut Tx, now: Instant, until: Instant) -> Result<bool> {
    let first: Vec<u8> = Vec::new();
    tx.run(
        sql!(
            "INSERT INTO issue_finding (name, claimed_until, seen_id, looked_at, places, clusters)
             VALUES ($1, 0, 0, 0, '', $2) ON CONFLICT (name) DO NOTHING"
        ),
        args![FINDING, first],
    )?;
    let claimed = tx.run(
        sql!("UPDATE issue_finding SET claimed_until = $1 WHERE name = $2 AND claimed_until <= $3"),
        args![until, FINDING, now],
    )?;
    Ok(claimed == 1)
}

/// How far the program has looked, with the clusters.
pub fn progress(tx: &mut Tx) -> Result<Progress> {
    let found: Option<(i64, Instant, String, Vec<u8>)> =
        tx.opt(sql!("SELECT seen_id, looked_at, places, clusters FROM issue_finding WHERE name = $1"), args![FINDING])?;
    let (seen, looked_at, places, clusters) = found.unwrap_or_default();
    Ok(Progress { seen, looked_at, places, clusters })
}

/// How far the program has looked, and when, without the clusters.
pub fn looked(tx: &mut Tx) -> Result<(i64, Instant)> {
    let found = tx.opt(sql!("SELECT seen_id, looked_at FROM issue_finding WHERE name = $1"), args![FINDING])?;
    Ok(found.unwrap_or_default())
}

/// Keeps how far the program has looked and gives the claim back; false where the claim had run out and another took it.
pub fn keep(tx: &mut Tx, progress: &Progress, claimed_until: Instant) -> Result<bool> {
    let kept = tx.run(
        sql!(
            "UPDATE issue_finding SET claimed_until = 0, seen_id = $1, looked_at = $2, places = $3, clusters = $4
             WHERE name = $5 AND claimed_until = $6"
        ),
        args![progress.seen, progress.looked_at, &progress.places, &progress.clusters, FINDING, claimed_until],
    )?;
    Ok(kept == 1)
}

/// Gives the claim back, with nothing new.
pub fn release(tx: &mut Tx, claimed_until: Instant) -> Result<()> {
    tx.run(
        sql!("UPDATE issue_finding SET claimed_until = 0 WHERE name = $1 AND claimed_until = $2"),
        args![FINDING, claimed_until],
    )
    .map(drop)
}

/// What the program looks at of a demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The demand.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// Its words.
    pub text: String,
    /// When it was received.
    pub received_at: Instant,
}

impl FromRow for Words {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { id: row.get(0)?, title: row.get(1)?, text: row.get(2)?, received_at: row.get(3)? })
    }
}

/// Demands after `after` up to `until`, in order.
pub fn words_after(tx: &mut Tx, after: i64, until: i64, most: usize) -> Result<Vec<Words>> {
    tx.all(
        sql!("SELECT id, title, text, received_at FROM demand WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3"),
        args![after, until, most],
    )
}

/// The words of these demands.
pub fn words_of(tx: &mut Tx, ids: &[Id]) -> Result<Vec<Words>> {
    let select = Select::new(sql!("SELECT d.id, d.title, d.text, d.received_at FROM demand d"));
    tx.select(&select.and_in("d.id IN (", ids))
}

/// The row before the last `most` ones: from there on demands are looked at.
pub fn start(tx: &mut Tx, most: usize) -> Result<i64> {
    let id = tx.opt(sql!("SELECT id FROM demand ORDER BY id DESC LIMIT 1 OFFSET $1"), args![most])?;
    Ok(id.unwrap_or_default())
}
