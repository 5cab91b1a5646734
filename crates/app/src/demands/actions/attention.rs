//! What the reminders look at: how demands and their clocks stand now, whoever asks. Only the program itself may ask.

use kernel::{Instant, Refusal, Result};
use store::{FromRow, Row, Select, args, sql};

use super::listing::{SUMMARIES, Summary};
use crate::context::Cx;
use crate::demands::records;
use crate::demands::rules::vocabulary::ClockName;

/// Numbers that are looked up at once.
const BATCH: usize = 500;

/// A clock that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// The demand's number.
    pub number: String,
    /// Which clock.
    pub clock: ClockName,
    /// When it is due.
    pub due_at: Instant,
    /// The unit whose clock it is; `None` is the dispatcher's.
    pub unit: Option<String>,
}

impl FromRow for Running {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { number: row.get(0)?, clock: records::word(row, 1)?, due_at: row.get(2)?, unit: row.get(3)? })
    }
}

/// How the demands of these numbers stand.
pub fn by_numbers(cx: &mut Cx<'_>, numbers: &[String]) -> Result<Vec<Summary>> {
    only_the_program(cx)?;
    let mut found = Vec::new();
    for some in numbers.chunks(BATCH) {
        let select = Select::new(SUMMARIES).and_in("d.number IN (", some.iter());
        found.extend(cx.tx.select::<Summary>(&select)?);
    }
    Ok(found)
}

/// The clocks of these numbers that run.
pub fn running(cx: &mut Cx<'_>, numbers: &[String]) -> Result<Vec<Running>> {
    only_the_program(cx)?;
    let mut found = Vec::new();
    for some in numbers.chunks(BATCH) {
        let clocks = sql!(
            "SELECT d.number, c.name, c.due_at, c.unit FROM demand d JOIN demand_clock c
             ON c.demand_id = d.id AND c.stopped_at IS NULL AND c.paused_at IS NULL"
        );
        found.extend(cx.tx.select::<Running>(&Select::new(clocks).and_in("d.number IN (", some.iter()))?);
    }
    Ok(found)
}

/// The clocks that run and are due from `from` to before `until`, the earliest first.
pub fn due_within(cx: &mut Cx<'_>, (from, until): (Instant, Instant)) -> Result<Vec<Running>> {
    only_the_program(cx)?;
    cx.tx.all(
        sql!(
            "SELECT d.number, c.name, c.due_at, c.unit FROM demand_clock c JOIN demand d ON d.id = c.demand_id
             WHERE c.stopped_at IS NULL AND c.paused_at IS NULL AND c.due_at >= $1 AND c.due_at < $2
             ORDER BY c.due_at, d.id, c.position"
        ),
        args![from, until],
    )
}

fn only_the_program(cx: &Cx<'_>) -> Result<(), Refusal> {
    let program = *cx.actor == kernel::Actor::system();
    if program { Ok(()) } else { Err(Refusal::forbidden("只有系统自己能这样看")) }
}
