//! Starting, stopping, pausing and moving the clocks of a case.

use kernel::worktime::{Limit, Suspension};
use kernel::{Instant, Result};

use super::Deciding;
use crate::demands::rules::case::{Case, DemandClock};
use crate::demands::rules::clocks;
use crate::demands::rules::vocabulary::ClockName;

/// The clocks that stand still while a demand is suspended: those of the work itself.
pub(super) const OF_THE_WORK: &[ClockName] = &[ClockName::Handle, ClockName::StageReport, ClockName::Part];

/// Starts a clock of the city's length.
pub(super) fn start(case: &mut Case, name: ClockName, unit: Option<&str>, by: &Deciding<'_>) -> Result<usize> {
    let length = clocks::length(name, &case.demand.sorting, by)?;
    Ok(push(case, name, unit, length, by.now))
}

/// Starts a clock that ends on a date set by hand, or of the city's length where none was set.
pub(super) fn start_until(
    case: &mut Case,
    name: ClockName,
    unit: Option<&str>,
    date: Option<&str>,
    by: &Deciding<'_>,
) -> Result<usize> {
    match date {
        None => start(case, name, unit, by),
        Some(date) => {
            let length = clocks::due_on(date, by)?;
            Ok(push(case, name, unit, length, by.now))
        }
    }
}

fn push(case: &mut Case, name: ClockName, unit: Option<&str>, length: clocks::Length, now: Instant) -> usize {
    case.clocks.push(DemandClock {
        name,
        round: case.demand.round,
        unit: unit.map(str::to_owned),
        started_at: now,
        limit: length.limit,
        source: length.source,
        due_at: length.due_at,
        stopped_at: None,
        extension: 0,
        pauses: Vec::new(),
    });
    case.clocks.len() - 1
}

/// Stops every running clock of these names.
pub(super) fn stop(case: &mut Case, names: &[ClockName], now: Instant) {
    case.clocks.iter_mut().filter(|c| names.contains(&c.name)).for_each(|clock| halt(clock, now));
}

/// Stops one clock, if it still runs.
pub(super) fn stop_one(case: &mut Case, place: usize, now: Instant) {
    case.clocks.get_mut(place).into_iter().for_each(|clock| halt(clock, now));
}

/// Stops the running clocks of these names that are this unit's.
pub(super) fn stop_of(case: &mut Case, names: &[ClockName], unit: &str, now: Instant) {
    let its = |c: &&mut DemandClock| names.contains(&c.name) && c.unit.as_deref() == Some(unit);
    case.clocks.iter_mut().filter(its).for_each(|clock| halt(clock, now));
}

fn halt(clock: &mut DemandClock, now: Instant) {
    if clock.stopped_at.is_none() {
        end_pause(clock, now);
        clock.stopped_at = Some(now);
    }
}

/// Lets these clocks stand still, those that do not already.
pub(super) fn pause(case: &mut Case, names: &[ClockName], now: Instant) {
    let running = |c: &&mut DemandClock| names.contains(&c.name) && c.running() && c.paused_since().is_none();
    for clock in case.clocks.iter_mut().filter(running) {
        clock.pauses.push(Suspension { from: now, until: None });
    }
}

/// Lets every clock that stands still run again; each is due later by the working time for which it stood.
pub(super) fn resume(case: &mut Case, by: &Deciding<'_>) -> Result<()> {
    for clock in &mut case.clocks {
        let Some(since) = clock.paused_since() else { continue };
        end_pause(clock, by.now);
        clock.due_at = match clocks::due_under(clock, by.calendar)? {
            Some(due_at) => due_at,
            // A clock that was late before it stood still is not cured by it.
            None if clock.due_at <= since => clock.due_at,
            None => {
                let still = by.calendar.working_time_between(since, by.now);
                by.calendar.add_working_time(clock.due_at, still)?
            }
        };
    }
    Ok(())
}

fn end_pause(clock: &mut DemandClock, now: Instant) {
    if let Some(pause) = clock.pauses.last_mut().filter(|pause| pause.until.is_none()) {
        pause.until = Some(now);
    }
}

/// Gives the running clock of a name so many working days more.
pub(super) fn extend(case: &mut Case, name: ClockName, days: u32, by: &Deciding<'_>) -> Result<()> {
    for clock in case.clocks.iter_mut().filter(|c| c.name == name && c.running()) {
        clock.extension += days;
        clock.due_at = match clocks::due_under(clock, by.calendar)? {
            Some(due_at) => due_at,
            None => by.calendar.due(clock.due_at, Limit::WorkingDays(days))?.at,
        };
    }
    Ok(())
}

/// The running clock of a name.
pub(super) fn running(case: &Case, name: ClockName) -> Option<&DemandClock> {
    case.clocks.iter().find(|clock| clock.name == name && clock.running())
}
