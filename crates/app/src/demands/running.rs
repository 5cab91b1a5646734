//! The running clocks of all demands, for the one who reckons them anew. Decides nothing.

use kernel::{Id, Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::rules::case::DemandClock;

/// A running clock, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningClock {
    /// The clock.
    pub clock: DemandClock,
    /// The demand's row.
    pub demand: Id,
    /// Its number.
    pub number: String,
    /// The clock's place among the demand's clocks.
    pub position: i64,
}

impl FromRow for RunningClock {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            clock: DemandClock::from_row(row)?,
            demand: row.get(11)?,
            number: row.get(12)?,
            position: row.get(13)?,
        })
    }
}

/// Lends every running clock in turn.
pub fn each(tx: &mut Tx, mut each: impl FnMut(RunningClock) -> Result<()>) -> Result<()> {
    tx.each(
        sql!(
            "SELECT c.name, c.round, c.unit, c.started_at, c.term, c.source, c.due_at, c.stopped_at, c.extension, c.pauses,
               c.paused_at, c.demand_id, d.number, c.position
             FROM demand_clock c JOIN demand d ON d.id = c.demand_id WHERE c.stopped_at IS NULL"
        ),
        args![],
        |row| each(RunningClock::from_row(row)?),
    )
}

/// The numbers of the demands in which clocks of `unit` run, a handful of them.
pub fn numbers_of(tx: &mut Tx, unit: &str, most: usize) -> Result<Vec<String>> {
    tx.all(
        sql!(
            "SELECT DISTINCT d.number FROM demand_clock c JOIN demand d ON d.id = c.demand_id
             WHERE c.stopped_at IS NULL AND c.unit = $1 ORDER BY d.number LIMIT $2"
        ),
        args![unit, most],
    )
}

/// Sets when a clock is due.
pub fn set_due(tx: &mut Tx, demand: Id, position: i64, due_at: Instant) -> Result<()> {
    tx.run(
        sql!("UPDATE demand_clock SET due_at = $1 WHERE demand_id = $2 AND position = $3"),
        args![due_at, demand, position],
    )
    .map(drop)
}

/// Lets a demand's row follow its clocks again: the running one that is due first.
pub fn follow(tx: &mut Tx, demand: Id) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE demand SET
               due_at = (SELECT c.due_at FROM demand_clock c WHERE c.demand_id = demand.id AND c.stopped_at IS NULL
                           AND c.paused_at IS NULL ORDER BY c.due_at, c.position LIMIT 1),
               due_clock = (SELECT c.name FROM demand_clock c WHERE c.demand_id = demand.id AND c.stopped_at IS NULL
                              AND c.paused_at IS NULL ORDER BY c.due_at, c.position LIMIT 1)
             WHERE id = $1"
        ),
        args![demand],
    )
    .map(drop)
}
