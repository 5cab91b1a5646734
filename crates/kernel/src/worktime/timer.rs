//! A running clock: a limit that began at a receipt, was perhaps extended, and stood still while suspended.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    calendar::Calendar,
    due::Due,
    span::{Limit, WorkingTime, WorktimeError},
};
use crate::Instant;

/// 挂起: a stretch in which a clock stands still. One that does not end after it begins stops nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Suspension {
    /// The beginning.
    pub from: Instant,
    /// The end; `None` while it lasts.
    pub until: Option<Instant>,
}

/// The facts that decide a due instant. The same facts and the same calendar give the same answer anywhere, which is
/// what lets a third party recompute the on-time rate from the exported ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// The receipt.
    pub started: Instant,
    /// The first limit.
    pub limit: Limit,
    /// Working days granted beyond the first limit, 0 as a rule; counted from the same start.
    #[serde(default)]
    pub extension: u32,
    /// Suspensions in any order; overlaps count once.
    #[serde(default)]
    pub suspensions: Vec<Suspension>,
    /// When the work was done.
    #[serde(default)]
    pub stopped: Option<Instant>,
}

/// Where a timer leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// A due instant.
    At(Due),
    /// None, because a suspension has not ended.
    Suspended {
        /// When it began.
        since: Instant,
        /// What will be left when it ends.
        left: WorkingTime,
        /// What a reader must know, in Chinese.
        warnings: Vec<String>,
    },
}

/// How a timer stands at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Where it leads.
    pub deadline: Deadline,
    /// The working time that is left; what it is late by, negative, afterwards.
    pub left: WorkingTime,
    /// The share of the limit that is used, above 1 when late.
    pub used_ratio: f64,
    /// Whether the due instant has passed.
    pub overdue: bool,
    /// Whether the clock stands still because of a suspension.
    pub suspended: bool,
}

/// A timer worked out under a calendar.
pub(super) struct Account {
    /// Due by the first limit alone.
    pub first: Instant,
    /// Due with the extension, before suspensions.
    pub extended: Instant,
    /// The merged suspensions that began before the timer was due, and so count, with the due instant after each.
    pub counting: Vec<(Stretch, Instant)>,
    /// The merged suspensions that began too late to count.
    pub idle: Vec<Stretch>,
    /// Due after all; for an open suspension, what would be due without it.
    pub due: Instant,
}

/// A merged suspension; an open one has `until` at the end of time and `open` set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub from: Instant,
    pub until: Instant,
    pub open: bool,
}

impl Timer {
    /// A timer that has just begun.
    pub fn new(started: Instant, limit: Limit) -> Self {
        Self { started, limit, extension: 0, suspensions: Vec::new(), stopped: None }
    }

    /// Where it leads. A suspension counts if it began before the timer was due; it moves the due instant on by exactly
    /// the working time inside it. One that begins when the timer is already late cures nothing.
    pub fn deadline(&self, calendar: &Calendar) -> Result<Deadline, WorktimeError> {
        Ok(self.deadline_of(&self.account(calendar)?, calendar))
    }

    /// The due instant; `None` while suspended.
    pub fn due(&self, calendar: &Calendar) -> Result<Option<Due>, WorktimeError> {
        Ok(match self.deadline(calendar)? {
            Deadline::At(due) => Some(due),
            Deadline::Suspended { .. } => None,
        })
    }

    /// How it stands at `now`, or where it stopped if that was before.
    pub fn standing(&self, calendar: &Calendar, now: Instant) -> Result<Standing, WorktimeError> {
        let account = self.account(calendar)?;
        let now = self.seen_from(now);
        let whole = calendar.working_time_between(self.started, account.extended);
        let passed = calendar.working_time_between(self.started, now).max(WorkingTime::ZERO);
        let still = account.counting.iter().filter(|(stretch, _)| stretch.from < now);
        let still = still.map(|(s, _)| calendar.working_time_between(s.from, s.until.min(now)));
        let used = passed - still.fold(WorkingTime::ZERO, |sum, part| sum + part);
        let deadline = self.deadline_of(&account, calendar);
        Ok(Standing {
            left: whole - used,
            used_ratio: if whole > WorkingTime::ZERO { used.0 as f64 / whole.0 as f64 } else { 1.0 },
            overdue: matches!(&deadline, Deadline::At(due) if now > due.at),
            suspended: self.stopped.is_none() && account.counting.iter().any(|(s, _)| (s.from..s.until).contains(&now)),
            deadline,
        })
    }

    /// The working minutes left at `now`; negative when late.
    pub fn remaining(&self, calendar: &Calendar, now: Instant) -> Result<i64, WorktimeError> {
        Ok(self.standing(calendar, now)?.left.minutes())
    }

    /// The share of the limit used at `now`.
    pub fn used_ratio(&self, calendar: &Calendar, now: Instant) -> Result<f64, WorktimeError> {
        Ok(self.standing(calendar, now)?.used_ratio)
    }

    /// Whether it is late at `now`. The due instant itself is in time.
    pub fn overdue(&self, calendar: &Calendar, now: Instant) -> Result<bool, WorktimeError> {
        let now = self.seen_from(now);
        Ok(self.due(calendar)?.is_some_and(|due| now > due.at))
    }

    pub(super) fn account(&self, calendar: &Calendar) -> Result<Account, WorktimeError> {
        let first = calendar.due(self.started, self.limit)?.at;
        let extended = self.extended(calendar, first)?;
        let mut account = Account { first, extended, counting: Vec::new(), idle: Vec::new(), due: extended };
        for stretch in self.merged() {
            if stretch.from >= account.due {
                account.idle.push(stretch);
                continue;
            }
            if !stretch.open {
                let still = calendar.working_time_between(stretch.from, stretch.until);
                account.due = calendar.add_working_time(account.due, still)?;
            }
            account.counting.push((stretch, account.due));
        }
        Ok(account)
    }

    fn extended(&self, calendar: &Calendar, first: Instant) -> Result<Instant, WorktimeError> {
        Ok(match (self.extension, self.limit) {
            (0, _) => first,
            (more, Limit::WorkingDays(days)) => {
                calendar.due(self.started, Limit::WorkingDays(days.saturating_add(more)))?.at
            }
            (more, Limit::WorkingMinutes(_)) => calendar.due(first, Limit::WorkingDays(more))?.at,
        })
    }

    fn deadline_of(&self, account: &Account, calendar: &Calendar) -> Deadline {
        let Due { at, warnings } = calendar.due_at(self.started, account.due);
        match account.counting.last() {
            Some((Stretch { from, open: true, .. }, _)) => {
                let left = calendar.working_time_between(*from, account.due);
                Deadline::Suspended { since: *from, left, warnings }
            }
            _ => Deadline::At(Due { at, warnings }),
        }
    }

    /// The suspensions between start and stop, in order, apart from each other; stopping ends an open one.
    fn merged(&self) -> Vec<Stretch> {
        let end = self.stopped.unwrap_or(Instant(i64::MAX));
        let clipped = self.suspensions.iter().map(|s| Stretch {
            from: s.from.max(self.started),
            until: s.until.unwrap_or(end).min(end),
            open: s.until.is_none() && self.stopped.is_none(),
        });
        let mut stretches: Vec<Stretch> = clipped.filter(|s| s.from < s.until).collect();
        stretches.sort_unstable_by_key(|s| s.from);
        let mut merged: Vec<Stretch> = Vec::with_capacity(stretches.len());
        for next in stretches {
            match merged.last_mut() {
                Some(last) if next.from <= last.until => {
                    last.until = last.until.max(next.until);
                    last.open |= next.open;
                }
                _ => merged.push(next),
            }
        }
        merged
    }

    pub(super) fn seen_from(&self, now: Instant) -> Instant {
        self.stopped.map_or(now, |stopped| now.min(stopped))
    }
}

impl Standing {
    /// The working days left on the calendar at `now`: 0 on the day when it is due, negative after it, `None` while there
    /// is no due instant.
    pub fn working_days_left(&self, calendar: &Calendar, now: Instant) -> Option<i64> {
        match &self.deadline {
            Deadline::At(due) => Some(calendar.working_days_left(now, due.at)),
            Deadline::Suspended { .. } => None,
        }
    }
}

impl Calendar {
    /// The working days from `now` to `due`, as people count them: 0 on the same day, 1 if due on the next working day;
    /// negative for the whole working days by which it is late.
    pub fn working_days_left(&self, now: Instant, due: Instant) -> i64 {
        let date = |at: Instant| -> Date { self.date_at(at) };
        if now <= due {
            return self.working_days_between(date(now), date(due));
        }
        let begun = self.working_days_between(date(due), date(now));
        // The day that is still running is only a whole day late from the hour at which the thing was due.
        let running = self.is_working_day(date(now)) && self.wall(now).time() < self.wall(due).time();
        -(begun - i64::from(running && begun > 0))
    }
}
