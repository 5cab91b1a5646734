//! What another calendar does to running clocks. Nothing moves without an entry in the demand's own stream; what has
//! stopped is the past and stays; a date that somebody set by hand stays too.

use kernel::worktime::Calendar;
use kernel::{Id, Instant, Result};

use crate::context::Cx;
use crate::demands::rules::clocks;
use crate::demands::rules::vocabulary::ClockName;
use crate::demands::{running, stream};

/// The act under which a moved clock is recorded.
pub const ACT: &str = "recompute_due";

/// A running clock that is due at another instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The demand's number.
    pub number: String,
    /// Which clock.
    pub clock: ClockName,
    /// The unit whose clock it is; `None` is the dispatcher's.
    pub unit: Option<String>,
    /// When it was due.
    pub before: Instant,
    /// When it is due.
    pub after: Instant,
    demand: Id,
    position: i64,
}

/// The running clocks that are due at another instant under `calendar` than they were stored with, the earliest first.
pub fn moved_by(cx: &mut Cx<'_>, calendar: &Calendar) -> Result<Vec<Moved>> {
    let mut found = Vec::new();
    running::each(cx.tx, |running| {
        let before = running.clock.due_at;
        if let Some(after) = clocks::due_under(&running.clock, calendar)?.filter(|after| *after != before) {
            let running::RunningClock { clock, demand, number, position } = running;
            found.push(Moved { number, clock: clock.name, unit: clock.unit, before, after, demand, position });
        }
        Ok(())
    })?;
    found.sort_by(|a, b| (a.before, &a.number, a.position).cmp(&(b.before, &b.number, b.position)));
    Ok(found)
}

/// Moves those clocks, each with an entry that says from when to when, why, and under which calendar.
pub fn recompute(cx: &mut Cx<'_>, calendar: &Calendar, reason: &str) -> Result<Vec<Moved>> {
    let moved = moved_by(cx, calendar)?;
    let zone = calendar.zone();
    for one in &moved {
        running::set_due(cx.tx, one.demand, one.position, one.after)?;
        running::follow(cx.tx, one.demand)?;
        let fields = vec![
            ("clock", one.clock.code().to_owned()),
            ("old_due", one.before.rfc3339(zone)),
            ("new_due", one.after.rfc3339(zone)),
            ("reason", reason.to_owned()),
            ("calendar", calendar.fingerprint().to_owned()),
        ];
        cx.record(&stream(&one.number), ACT, fields)?;
    }
    Ok(moved)
}
