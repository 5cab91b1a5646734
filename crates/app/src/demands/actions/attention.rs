//! What the reminders look at: how demands stand now, whoever asks. Only the program itself may ask.

use kernel::{Instant, Refusal, Result};
use store::Select;

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

/// The demands whose next clock is due from `from` to before `until`, the earliest first.
pub fn due_within(cx: &mut Cx<'_>, (from, until): (Instant, Instant)) -> Result<Vec<Summary>> {
    only_the_program(cx)?;
    let select = Select::new(SUMMARIES).and("d.due_at IS NOT NULL AND d.due_at >= ? AND d.due_at < ?", (from, until));
    cx.tx.select(&select.order("d.due_at, d.id"))
}

fn only_the_program(cx: &Cx<'_>) -> Result<(), Refusal> {
    let program = *cx.actor == kernel::Actor::system();
    if program { Ok(()) } else { Err(Refusal::forbidden("只有系统自己能这样看")) }
}
