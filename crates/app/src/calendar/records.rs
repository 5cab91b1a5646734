//! Rows of the calendar ⇄ values. Decides nothing.

use jiff::civil::Date;
use kernel::worktime::{Override, OverrideKind};
use kernel::{Fault, Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::rules::kind_of;

/// A decision with its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What was decided.
    pub decision: Override,
    /// When.
    pub at: Instant,
    /// When it was withdrawn, by whom, and why.
    pub removed: Option<Removed>,
}

/// The end of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl FromRow for Decided {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let (date, kind, hours): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let date = date.parse().map_err(|e| Fault::new(format!("read the day {date} of a calendar override"), e))?;
        let decision =
            Override { date, kind: read_kind(&kind, hours.as_deref())?, reason: row.get(3)?, by: row.get(4)? };
        let removed_at: Option<Instant> = row.get(6)?;
        let removed = match removed_at {
            None => None,
            Some(at) => Some(Removed {
                at,
                by: row.get::<Option<String>>(7)?.unwrap_or_default(),
                reason: row.get::<Option<String>>(8)?.unwrap_or_default(),
            }),
        };
        Ok(Self { decision, at: row.get(5)?, removed })
    }
}

fn read_kind(kind: &str, hours: Option<&str>) -> Result<OverrideKind> {
    match (kind, hours) {
        ("off", _) => Ok(OverrideKind::Off),
        ("work", _) => Ok(OverrideKind::Work),
        ("half_day", Some(hours)) => {
            let hours = serde_json::from_str(hours).map_err(|e| Fault::new("read the hours of a half day", e))?;
            Ok(OverrideKind::HalfDay { hours })
        }
        _ => Err(Fault::broken(format!("a calendar override of the kind {kind}")).into()),
    }
}

/// The decisions in force, in order of their days.
pub fn in_force(tx: &mut Tx) -> Result<Vec<Override>> {
    let rows: Vec<Decided> = tx.all(
        sql!(
            "SELECT date, kind, hours, reason, by_name, at, removed_at, removed_by, removed_reason
             FROM calendar_override WHERE removed_at IS NULL ORDER BY date"
        ),
        args![],
    )?;
    Ok(rows.into_iter().map(|row| row.decision).collect())
}

/// Every decision ever made, the latest first.
pub fn history(tx: &mut Tx, most: usize) -> Result<Vec<Decided>> {
    tx.all(
        sql!(
            "SELECT date, kind, hours, reason, by_name, at, removed_at, removed_by, removed_reason
             FROM calendar_override ORDER BY id DESC LIMIT $1"
        ),
        args![most],
    )
}

/// Keeps a decision; false where there is one about that day.
pub fn insert(tx: &mut Tx, decided: &Override, at: Instant) -> Result<bool> {
    let hours = match &decided.kind {
        OverrideKind::HalfDay { hours } => {
            Some(serde_json::to_string(hours).map_err(|e| Fault::new("write the hours of a half day", e))?)
        }
        OverrideKind::Off | OverrideKind::Work => None,
    };
    let id = tx.next_id();
    let added = tx.run(
        sql!(
            "INSERT INTO calendar_override (id, date, kind, hours, reason, by_name, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (date) WHERE removed_at IS NULL DO NOTHING"
        ),
        args![id, decided.date.to_string(), kind_of(&decided.kind).0, hours, &decided.reason, &decided.by, at],
    )?;
    Ok(added == 1)
}

/// Withdraws the decision about a day; false where there is none.
pub fn remove(tx: &mut Tx, date: Date, removed: &Removed) -> Result<bool> {
    let changed = tx.run(
        sql!(
            "UPDATE calendar_override SET removed_at = $1, removed_by = $2, removed_reason = $3
             WHERE date = $4 AND removed_at IS NULL"
        ),
        args![removed.at, &removed.by, &removed.reason, date.to_string()],
    )?;
    Ok(changed == 1)
}

/// The calendar under which stored due dates were last computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Its fingerprint.
    pub fingerprint: String,
    /// Why it was put in force.
    pub reason: String,
    /// When.
    pub changed_at: Instant,
    /// When a last look was taken.
    pub settled_at: Option<Instant>,
}

impl FromRow for InForce {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { fingerprint: row.get(0)?, reason: row.get(1)?, changed_at: row.get(2)?, settled_at: row.get(3)? })
    }
}

/// What [`put_in_force`] wrote last.
pub fn last(tx: &mut Tx) -> Result<Option<InForce>> {
    tx.opt(sql!("SELECT fingerprint, reason, changed_at, settled_at FROM calendar_in_force WHERE id = 1"), args![])
}

/// Notes which calendar stored due dates are computed under from now on.
pub fn put_in_force(tx: &mut Tx, state: &InForce) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO calendar_in_force (id, fingerprint, reason, changed_at, settled_at) VALUES (1, $1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, reason = excluded.reason,
               changed_at = excluded.changed_at, settled_at = excluded.settled_at"
        ),
        args![&state.fingerprint, &state.reason, state.changed_at, state.settled_at],
    )
    .map(drop)
}
