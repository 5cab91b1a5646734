//! How long each clock of a demand is, where that length comes from, and when it ends.

use jiff::civil::Date;
use kernel::worktime::{Calendar, Limit, Timer, TimerDerivation};
use kernel::{Error, Instant, Refusal, Result};

use super::case::{DemandClock, Sorting};
use super::decide::Deciding;
use super::vocabulary::{ClockName, DemandKind, Route};
use crate::city::ClockKind;

/// The length of a clock that is about to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Length {
    /// As [`write()`] writes it.
    pub limit: String,
    /// Where it comes from.
    pub source: String,
    /// When it ends.
    pub due_at: Instant,
}

/// The length of `name` for a demand sorted like this, started now.
pub fn length(name: ClockName, sorting: &Sorting, by: &Deciding<'_>) -> Result<Length> {
    let rule = by.clocks.rule(kind(name, sorting));
    let due_at = by.calendar.due(by.now, rule.limit)?.at;
    Ok(Length { limit: write(rule.limit), source: rule.basis(), due_at })
}

/// The length of a clock that somebody set by hand to end with the office hours of `date`.
pub fn due_on(date: &str, by: &Deciding<'_>) -> Result<Length> {
    let closing = date.parse::<Date>().ok().and_then(|date| by.calendar.closing(date));
    match closing {
        Some(due_at) if due_at > by.now => {
            Ok(Length { limit: format!("on {date}"), source: "由人指定".to_owned(), due_at })
        }
        Some(_) => Err(Error::from(Refusal::field("due_on", "in_the_past", "这一天的办公时间已经结束"))),
        None => Err(Error::from(Refusal::field("due_on", "not_working", "这一天不上班，请选一个工作日"))),
    }
}

/// How the end of a stored clock follows day by day; a date set by hand has nothing to derive.
pub fn derive(clock: &DemandClock, calendar: &Calendar) -> Result<Option<TimerDerivation>> {
    timer(clock).map(|timer| Ok(timer.derive(calendar)?)).transpose()
}

/// When a stored clock ends under `calendar`, or would without the pause that lasts; `None` for a date set by hand, which
/// no calendar moves.
pub fn due_under(clock: &DemandClock, calendar: &Calendar) -> Result<Option<Instant>> {
    let Some(mut timer) = timer(clock) else { return Ok(None) };
    timer.suspensions.retain(|pause| pause.until.is_some());
    Ok(timer.due(calendar)?.map(|due| due.at))
}

/// When a stored clock would end if its first limit were `limit`: what was granted and where it stood still stay.
pub fn due_with(clock: &DemandClock, limit: Limit, calendar: &Calendar) -> Result<Option<Instant>> {
    due_under(&DemandClock { limit: write(limit), ..clock.clone() }, calendar)
}

/// The facts of a stored clock from which its end follows.
fn timer(clock: &DemandClock) -> Option<Timer> {
    let limit = read(&clock.limit)?;
    let suspensions = clock.pauses.clone();
    Some(Timer { started: clock.started_at, limit, extension: clock.extension, suspensions, stopped: clock.stopped_at })
}

/// The share of a clock's working time that is used up, 0 to 100; it does not grow while the clock stands still.
pub fn used_percent(clock: &DemandClock, calendar: &Calendar, now: Instant) -> u8 {
    let now = clock.paused_since().unwrap_or(now).min(clock.due_at);
    let still: i64 = clock
        .pauses
        .iter()
        .filter_map(|pause| Some(calendar.working_minutes_between(pause.from, pause.until?.min(now))))
        .sum();
    let whole = (calendar.working_minutes_between(clock.started_at, clock.due_at) - still).max(1);
    let used = calendar.working_minutes_between(clock.started_at, now) - still;
    u8::try_from((used * 100 / whole).clamp(0, 100)).unwrap_or(100)
}

/// A limit as the database keeps it: `5wd` for working days, `120wm` for working minutes.
pub fn write(limit: Limit) -> String {
    match limit {
        Limit::WorkingDays(days) => format!("{days}wd"),
        Limit::WorkingMinutes(minutes) => format!("{minutes}wm"),
    }
}

/// The limit of a text that [`write()`] wrote; `None` for a date set by hand.
pub fn read(limit: &str) -> Option<Limit> {
    let days = limit.strip_suffix("wd").and_then(|n| n.parse().ok()).map(Limit::WorkingDays);
    days.or_else(|| limit.strip_suffix("wm").and_then(|n| n.parse().ok()).map(Limit::WorkingMinutes))
}

/// The city's limit that a clock has for a demand sorted like this.
pub fn kind(name: ClockName, sorting: &Sorting) -> ClockKind {
    match (name, sorting.route) {
        (ClockName::Dispatch, _) => ClockKind::Dispatch,
        (ClockName::Sign, _) => ClockKind::Acknowledge,
        (ClockName::FirstContact, _) if sorting.urgent => ClockKind::UrgentContact,
        (ClockName::FirstContact, _) => ClockKind::FirstContact,
        (ClockName::Callback, _) => ClockKind::Callback,
        (ClockName::Part, _) => ClockKind::CoHandler,
        (ClockName::ObjectionRuling, _) => ClockKind::ObjectionRuling,
        (ClockName::ExtensionRuling, _) => ClockKind::ExtensionRuling,
        (ClockName::StageReport, _) => ClockKind::MajorStage,
        (ClockName::Review, _) => ClockKind::Review,
        (ClockName::Handle, Some(Route::Instant)) => ClockKind::Instant,
        (ClockName::Handle, Some(Route::Joint)) => ClockKind::Joint,
        (ClockName::Handle, Some(Route::Leader)) => ClockKind::Leader,
        (ClockName::Handle, Some(Route::Special)) => ClockKind::Major,
        (ClockName::Handle, _) if sorting.kind == Some(DemandKind::Suggestion) => ClockKind::Suggestion,
        (ClockName::Handle, _) => ClockKind::Assigned,
    }
}
