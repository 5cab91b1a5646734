//! What another calendar changes: which days, and which due instants. Recomputing is an event that a room records, so
//! the differences are values, and nothing is changed here.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    calendar::Calendar,
    span::WorktimeError,
    timer::{Deadline, Timer},
};

/// A day that two calendars see differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedDay {
    /// The day.
    pub date: Date,
    /// What the old calendar says about it, in Chinese.
    pub before: String,
    /// What the new one says.
    pub after: String,
}

/// A timer that leads elsewhere under the new calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved<K> {
    /// Which timer.
    pub key: K,
    /// Where it led.
    pub before: Deadline,
    /// Where it leads.
    pub after: Deadline,
}

/// What a change of calendar does to timers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference<K> {
    /// The timers that lead elsewhere, in the order given.
    pub moved: Vec<Moved<K>>,
    /// The timers that one of the calendars cannot work out; they keep what they have until somebody looks.
    pub failed: Vec<(K, WorktimeError)>,
}

/// The timers that lead elsewhere under `new` than under `old`. A deadline counts as moved when its instant moved, not
/// when only its warnings did. Stopped timers are compared like any other: whether the past is touched is the caller's law.
pub fn difference<'a, K>(
    old: &Calendar,
    new: &Calendar,
    timers: impl IntoIterator<Item = (K, &'a Timer)>,
) -> Difference<K> {
    let mut found = Difference { moved: Vec::new(), failed: Vec::new() };
    for (key, timer) in timers {
        match timer.deadline(old).and_then(|before| Ok((before, timer.deadline(new)?))) {
            Ok((before, after)) if is_moved(&before, &after) => found.moved.push(Moved { key, before, after }),
            Ok(_) => {}
            Err(error) => found.failed.push((key, error)),
        }
    }
    found
}

/// The days that are worked in other hours under `new` than under `old`, among those that either calendar names. A change
/// of the regular office hours alone names no day: compare [`Calendar::hours`].
pub fn changed_days(old: &Calendar, new: &Calendar) -> Vec<ChangedDay> {
    let named = |calendar: &Calendar| -> BTreeSet<Date> {
        let local = calendar.overrides().map(|decided| decided.date);
        calendar.official().iter().map(|day| day.date).chain(local).collect()
    };
    let dates: BTreeSet<Date> = named(old).union(&named(new)).copied().collect();
    let changed = dates.into_iter().filter(|date| works_otherwise(old, new, *date));
    changed.map(|date| ChangedDay { date, before: old.day(date).why(), after: new.day(date).why() }).collect()
}

fn works_otherwise(old: &Calendar, new: &Calendar, date: Date) -> bool {
    let (before, after) = (old.day(date), new.day(date));
    let regular = |hours, calendar: &Calendar| hours == Some(calendar.hours());
    let both_regular = regular(before.hours, old) && regular(after.hours, new);
    !both_regular && before.hours != after.hours
}

fn is_moved(before: &Deadline, after: &Deadline) -> bool {
    match (before, after) {
        (Deadline::At(before), Deadline::At(after)) => before.at != after.at,
        (Deadline::Suspended { left: before, .. }, Deadline::Suspended { left: after, .. }) => before != after,
        _ => true,
    }
}
