//! Working time: the law by which Santing turns "five working days" into an instant, and says why.
//!
//! A [`Calendar`] is a value made from facts: a time zone, [`OfficeHours`], the [`OfficialDays`] that the State Council
//! announced (放假 and 调休上班), and the city's own [`Override`]s. It is immutable and cheap to clone; another fact makes
//! another calendar with another [fingerprint](Calendar::fingerprint). From it follow, without a clock and without I/O:
//!
//! - [`Calendar::due`]: when a [`Limit`] that began at a receipt ends. Day one is the first working day after the day of
//!   receipt; the nth day ends when its last period closes, on a half day earlier than usual.
//! - [`Calendar::derive`]: the same with every day between and the reason why it counts or not.
//! - [`Timer`]: a limit with an extension and suspensions. The extension lengthens the limit from the same start; then
//!   every suspension that began before the timer was due moves it on by exactly the working time inside it. Overlaps
//!   count once, and splitting a suspension changes nothing.
//! - [`time_left`], [`until`], [`timer_phrase`]: the same as people say it.
//! - [`difference()`], [`changed_days`]: what another calendar would change, for the room that records it.
//!
//! A year without official data is worked out as Monday to Friday, and everything that touches it carries a warning.
//! Working time is exact to the microsecond, adds up without rounding, and is what the wall clock in the office shows.
//! Instants beyond jiff's years saturate; a result beyond the year 9999 is a [`WorktimeError`], never a panic.
//!
//! Counting is arithmetic on running totals, so a due date costs the same for 5 days and for 500.

mod calendar;
mod date;
mod difference;
mod due;
mod hours;
mod official;
mod phrases;
mod report;
mod span;
mod table;
mod timer;

#[cfg(test)]
mod tests;

pub use calendar::{Calendar, CalendarError, Day, Ground, Override, OverrideKind};
pub use difference::{ChangedDay, Difference, Moved, changed_days, difference};
pub use due::{Derivation, DerivedDay, Due, Moment};
pub use hours::{HoursError, OfficeHours};
pub use official::{OfficialDay, OfficialDays, OfficialError, OfficialKind};
pub use phrases::{full_text, time_left, timer_phrase, until};
pub use report::TimerDerivation;
pub use span::{Limit, WorkingTime, WorktimeError};
pub use timer::{Deadline, Standing, Suspension, Timer};
