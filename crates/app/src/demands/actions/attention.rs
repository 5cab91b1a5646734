//! What the reminders look at: how demands stand now, whoever asks. Only the program itself may ask.

use std::collections::HashMap;

use kernel::{Id, Instant, Refusal, Result};
use store::{Select, args, sql};

use super::listing::{SUMMARIES, Summary};
use crate::context::Cx;

/// Numbers that are looked up at once.
const BATCH: usize = 500;

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

/// A demand whose next clock is due.
pub struct Due {
    /// The demand.
    pub demand: Summary,
    /// The units whose clock it is; `None` is the dispatcher's.
    pub units: Vec<Option<String>>,
}

/// The demands whose next clock is due from `from` to before `until`, the earliest first.
pub fn due_within(cx: &mut Cx<'_>, (from, until): (Instant, Instant)) -> Result<Vec<Due>> {
    only_the_program(cx)?;
    let select = Select::new(SUMMARIES).and("d.due_at IS NOT NULL AND d.due_at >= ? AND d.due_at < ?", (from, until));
    let demands: Vec<Summary> = cx.tx.select(&select.order("d.due_at, d.id"))?;
    let clocks: Vec<(Id, Option<String>)> = cx.tx.all(
        sql!(
            "SELECT d.id, c.unit FROM demand d
             JOIN demand_clock c ON c.demand_id = d.id AND c.due_at = d.due_at AND c.name = d.due_clock
             WHERE d.due_at >= $1 AND d.due_at < $2 AND c.stopped_at IS NULL"
        ),
        args![from, until],
    )?;
    let mut units: HashMap<Id, Vec<Option<String>>> = HashMap::new();
    for (id, unit) in clocks {
        units.entry(id).or_default().push(unit);
    }
    Ok(demands.into_iter().map(|demand| Due { units: units.remove(&demand.id).unwrap_or_default(), demand }).collect())
}

fn only_the_program(cx: &Cx<'_>) -> Result<(), Refusal> {
    let program = *cx.actor == kernel::Actor::system();
    if program { Ok(()) } else { Err(Refusal::forbidden("只有系统自己能这样看")) }
}
