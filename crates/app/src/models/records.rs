//! Rows of versions ⇄ values. Decides nothing.

use kernel::{Fault, Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::rules::{Aspect, State, Version};

impl FromRow for Version {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let figures: String = row.get(6)?;
        Ok(Self {
            aspect: aspect(row, 0)?,
            version: row.get(1)?,
            state: {
                let code: String = row.get(2)?;
                State::from_code(&code).ok_or_else(|| Fault::broken(format!("a model version is {code}")))?
            },
            reason: row.get(3)?,
            lessons: row.get(4)?,
            print: row.get(5)?,
            figures: serde_json::from_str(&figures)
                .map_err(|e| Fault::new("read the figures of a model version", e))?,
            whole: row.get(7)?,
            trained_by: row.get(8)?,
            trained_at: row.get(9)?,
            settled_by: row.get(10)?,
            settled_at: row.get(11)?,
            held: row.get(12)?,
        })
    }
}

fn aspect(row: &Row<'_>, index: usize) -> Result<Aspect> {
    let code: String = row.get(index)?;
    Ok(Aspect::from_code(&code).ok_or_else(|| Fault::broken(format!("a model about {code}")))?)
}

/// Every version of an aspect, the latest first.
pub fn of(tx: &mut Tx, aspect: Aspect) -> Result<Vec<Version>> {
    tx.all(
        sql!(
            "SELECT aspect, version, state, reason, lessons, print, figures, bytes IS NOT NULL, trained_by, trained_at,
               settled_by, settled_at, held FROM model_version WHERE aspect = $1 ORDER BY version DESC"
        ),
        args![aspect.code()],
    )
}

struct InForce(Aspect, i64);

impl FromRow for InForce {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self(aspect(row, 0)?, row.get(1)?))
    }
}

/// The number of the version in force, by aspect.
pub fn in_force(tx: &mut Tx) -> Result<Vec<(Aspect, i64)>> {
    let rows: Vec<InForce> =
        tx.all(sql!("SELECT aspect, version FROM model_version WHERE state = 'in_force' ORDER BY aspect"), args![])?;
    Ok(rows.into_iter().map(|InForce(aspect, version)| (aspect, version)).collect())
}

/// The bytes of a version and its figures as JSON.
pub fn bytes(tx: &mut Tx, aspect: Aspect, version: i64) -> Result<Option<(Vec<u8>, String)>> {
    tx.opt(
        sql!("SELECT bytes, figures FROM model_version WHERE aspect = $1 AND version = $2 AND bytes IS NOT NULL"),
        args![aspect.code(), version],
    )
}

/// Adds a version; false where its number is taken.
pub fn insert(tx: &mut Tx, version: &Version, bytes: &[u8]) -> Result<bool> {
    let figures = serde_json::to_string(&version.figures).map_err(|e| Fault::new("write figures as JSON", e))?;
    let added = tx.run(
        sql!(
            "INSERT INTO model_version (aspect, version, state, reason, lessons, print, figures, bytes, trained_by,
               trained_at, settled_by, settled_at, held)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (aspect, version) DO NOTHING"
        ),
        args![
            version.aspect.code(),
            version.version,
            version.state.code(),
            &version.reason,
            version.lessons,
            &version.print,
            figures,
            bytes,
            &version.trained_by,
            version.trained_at,
            &version.settled_by,
            version.settled_at,
            version.held,
        ],
    )?;
    Ok(added == 1)
}

/// Puts the version in force of an aspect among the earlier ones; says how many that were.
pub fn retire(tx: &mut Tx, aspect: Aspect, reason: &str, by: &str, at: Instant) -> Result<u64> {
    tx.run(
        sql!(
            "UPDATE model_version SET state = 'earlier', reason = $1, settled_by = $2, settled_at = $3, held = FALSE
             WHERE aspect = $4 AND state = 'in_force'"
        ),
        args![reason, by, at, aspect.code()],
    )
}

/// Puts a version in force on a person's reason; there must be no other.
pub fn put_back(tx: &mut Tx, aspect: Aspect, version: i64, reason: &str, by: &str, at: Instant) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE model_version SET state = 'in_force', reason = $1, settled_by = $2, settled_at = $3, held = TRUE
             WHERE aspect = $4 AND version = $5"
        ),
        args![reason, by, at, aspect.code(), version],
    )
    .map(drop)
}

/// Lets the program replace a version by itself again.
pub fn release(tx: &mut Tx, aspect: Aspect, version: i64) -> Result<()> {
    tx.run(
        sql!("UPDATE model_version SET held = FALSE WHERE aspect = $1 AND version = $2"),
        args![aspect.code(), version],
    )
    .map(drop)
}

/// Lets go of the bytes of versions up to a number, the one in force and the one before it aside.
pub fn forget(tx: &mut Tx, aspect: Aspect, through: i64, before: Option<i64>) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE model_version SET bytes = NULL
             WHERE aspect = $1 AND version <= $2 AND version <> $3 AND state <> 'in_force' AND bytes IS NOT NULL"
        ),
        args![aspect.code(), through, before.unwrap_or_default()],
    )
    .map(drop)
}
