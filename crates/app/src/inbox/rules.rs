//! The law of reminders: which act concerns whom, what has settled itself, and when anything may be sent. Pure.

use jiff::civil::Date;
use kernel::error::Checker;
use kernel::worktime::Calendar;
use kernel::{Id, Instant, Refusal, Role};
use serde::{Deserialize, Serialize};

use crate::city::{DigestRule, ReminderKind};
use crate::demands::actions::attention::Running;
use crate::demands::actions::listing::Summary;
use crate::demands::actions::succeeding;
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::{ClockName, Grade, Route, Status};
use crate::people::Colleague;

/// Reminders are kept so many days.
pub const KEPT_DAYS: i64 = 90;

/// A reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The row.
    pub id: Id,
    /// Whom it concerns.
    pub account: Id,
    /// What tells it apart from every other fact.
    pub key: String,
    /// Of what.
    pub kind: ReminderKind,
    /// A demand's number, or `absence:ID`.
    pub subject: String,
    /// The demand's title, or a sentence.
    pub title: String,
    /// Whether the demand is urgent.
    pub urgent: bool,
    /// The absent one for whom it came.
    pub for_name: Option<String>,
    /// Since when it is so.
    pub at: Instant,
    /// When the clock is due that it speaks of.
    pub due_at: Option<Instant>,
    /// When it went into a digest or a mail.
    pub told_at: Option<Instant>,
    /// When it was read.
    pub read_at: Option<Instant>,
    /// When it had settled itself.
    pub settled_at: Option<Instant>,
}

impl Item {
    /// Whether it still waits for somebody to look.
    pub fn open(&self) -> bool {
        self.read_at.is_none() && self.settled_at.is_none()
    }

    /// The clock that it speaks of, which its key names.
    pub fn clock(&self) -> Option<ClockName> {
        self.due_at.and_then(|_| ClockName::from_code(self.key.split(':').nth(2)?))
    }

    /// The page that it leads to.
    pub fn href(&self) -> String {
        if self.subject.starts_with("absence:") { "/absences".to_owned() } else { format!("/demands/{}", self.subject) }
    }
}

/// Who is meant by a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Everybody of the unit that handles.
    Unit,
    /// Who answers for that unit.
    Heads,
    /// The coordinators.
    Dispatchers,
    /// Who decides on the route of the demand: the leaders, or the coordinators.
    Approvers,
}

/// Which unit is meant where one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The one that handles.
    Lead,
    /// Those that a field of the act names, by code.
    Field(&'static str),
    /// Those to which a meeting gave work.
    Tasks,
    /// The one that asked for the ruling, by this act.
    Asker(Move),
}

/// What an act reminds of.
pub type Told = (ReminderKind, &'static [Whom], Of);

/// What an act of a demand's ledger reminds of, and whom.
pub fn of_act(act: &str, grade: Option<&str>) -> &'static [Told] {
    use ReminderKind::{
        Assigned, BadRating, Consult, Escalated, Extension, ExtensionRuled, Instruct, Objection, ObjectionRuled, Redo,
        Succeeded,
    };
    use Whom::{Approvers, Dispatchers, Heads, Unit};
    let bad = || grade.and_then(Grade::from_code).is_some_and(Grade::is_bad);
    match Move::from_code(act) {
        Some(Move::Assign) => &[(Assigned, &[Unit], Of::Field("lead_unit")), (Consult, &[Unit], Of::Field("co_units"))],
        Some(Move::Redo) => &[(Redo, &[Unit], Of::Lead)],
        Some(Move::Instruct) => {
            &[(Instruct, &[Unit, Dispatchers], Of::Lead), (Consult, &[Unit], Of::Field("co_units"))]
        }
        Some(Move::Consult) => &[(Consult, &[Unit], Of::Field("units"))],
        Some(Move::Meet) => &[(Consult, &[Unit], Of::Tasks)],
        Some(Move::Object) => &[(Objection, &[Dispatchers], Of::Lead)],
        Some(Move::RuleObjection) => {
            &[(ObjectionRuled, &[Unit], Of::Asker(Move::Object)), (Assigned, &[Unit], Of::Field("lead_unit"))]
        }
        Some(Move::RequestExtension) => &[(Extension, &[Approvers], Of::Lead)],
        Some(Move::RuleExtension) => &[(ExtensionRuled, &[Unit], Of::Asker(Move::RequestExtension))],
        Some(Move::Escalate) => &[(Escalated, &[Approvers, Dispatchers], Of::Lead)],
        None if act == succeeding::ACT => &[(Succeeded, &[Unit], Of::Field("new_unit"))],
        None if act == "rate" && bad() => &[(BadRating, &[Heads, Dispatchers], Of::Lead)],
        _ => &[],
    }
}

/// Which reminders an act answers: all of them, or those of the unit that answered.
pub fn answered_by(act: &str) -> Option<(ReminderKind, bool)> {
    match Move::from_code(act)? {
        Move::RuleObjection => Some((ReminderKind::Objection, false)),
        Move::RuleExtension => Some((ReminderKind::Extension, false)),
        Move::GiveOpinion => Some((ReminderKind::Consult, true)),
        _ => None,
    }
}

/// Whether `colleague` is meant; `unit` is the one whose affair it is, `route` how the demand is handled.
pub fn meant(whom: Whom, unit: Option<&str>, route: Option<Route>, colleague: &Colleague) -> bool {
    let of_unit = unit.is_some() && colleague.unit.as_deref() == unit;
    let has = |role| colleague.roles.contains(&role);
    match whom {
        Whom::Unit => of_unit && (has(Role::UnitHead) || has(Role::UnitHandler)),
        Whom::Heads => of_unit && has(Role::UnitHead),
        Whom::Dispatchers => has(Role::Coordinator),
        Whom::Approvers if route.is_some_and(Route::is_leaders) => has(Role::Leader),
        Whom::Approvers => has(Role::Coordinator),
    }
}

/// Whether a reminder has settled itself, now that its demand stands like this and these of its clocks run.
pub fn settled(item: &Item, now: &Summary, running: &[Running]) -> bool {
    // Another holder, or the same one anew: what was said of the time before no longer is.
    let passed_on = item.at < now.held_since;
    match item.kind {
        ReminderKind::Assigned => now.status != Status::Assigned || passed_on,
        ReminderKind::Redo => now.status != Status::InProgress || passed_on,
        ReminderKind::Overdue | ReminderKind::DueSoon => {
            let its = |clock: &Running| Some(clock.clock) == item.clock() && Some(clock.due_at) == item.due_at;
            !running.iter().any(|clock| clock.number == now.number && its(clock))
        }
        ReminderKind::NobodyActs | ReminderKind::StandIn => false,
        _ => now.status.is_end(),
    }
}

/// The day whose digest may be made at `now`: only while the offices are open.
pub fn digest_day(now: Instant, calendar: &Calendar, rule: &DigestRule) -> Option<Date> {
    let day = calendar.date_at(now);
    let from = calendar.opening(day)?.plus_seconds(60 * i64::from(rule.minutes_after_opening));
    (now >= from && calendar.is_open(now)).then_some(day)
}

/// Whether a reminder may be mailed on its own at `now`.
pub fn breaks_through(kind: ReminderKind, urgent: bool, now: Instant, calendar: &Calendar, rule: &DigestRule) -> bool {
    let listed = rule.at_once.contains(&kind);
    if calendar.is_open(now) {
        return listed || urgent && kind == ReminderKind::Assigned;
    }
    let time = now.in_zone(calendar.zone()).time();
    let awake = (rule.urgent_from..=rule.urgent_until).contains(&time);
    let day = rule.urgent_on_days_off || calendar.is_working_day(calendar.date_at(now));
    urgent && awake && day && (listed || kind == ReminderKind::Assigned)
}

/// Until when something counts as due soon: the end of the last of the next working days.
pub fn due_soon_until(now: Instant, calendar: &Calendar, rule: &DigestRule) -> Instant {
    let days = i32::try_from(rule.due_within_working_days).unwrap_or(1);
    let today = calendar.date_at(now);
    let last = calendar.working_day_from(today, days).unwrap_or(today);
    let after = last.saturating_add(jiff::Span::new().days(1));
    after.to_zoned_datetime(calendar.zone().clone()).map_or(now, |zoned| Instant::from(&zoned))
}

/// Where somebody wants their mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressInput {
    /// The address; empty: no mail.
    pub email: Option<String>,
}

/// The address, or none.
pub fn address(input: &AddressInput) -> Result<Option<String>, Refusal> {
    let mut check = Checker::default();
    let email = check.optional_text("email", "邮箱", input.email.as_deref(), 100);
    if let Some(text) = &email
        && !is_address(text)
    {
        check.wrong("email", "bad_format", "邮箱应写成 name@example.cn 的样子");
    }
    check.done()?;
    Ok(email)
}

fn is_address(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"<>()[]\\,;:\"".contains(&b));
    let parts = text.split_once('@');
    plain && parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
}

#[cfg(test)]
mod tests {
    use jiff::civil::Time;
    use kernel::worktime::{Override, OverrideKind};
    use proptest::prelude::*;

    use super::*;
    use crate::city::City;

    fn city() -> City {
        City::load("anning").unwrap()
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_digest_is_made_in_office_hours_of_working_days_only() {
        let (city, calendar) = (city(), city().calendar());
        let rule = &city.clocks.digest.rule;
        let day = |text| digest_day(at(text), &calendar, rule).map(|day| day.to_string());
        let opening = calendar.opening(Date::constant(2026, 3, 2)).unwrap();
        assert_eq!(digest_day(opening, &calendar, rule), Some(Date::constant(2026, 3, 2)));
        assert_eq!(digest_day(opening.plus_seconds(-1), &calendar, rule), None);
        assert_eq!(day("2026-03-02T00:00:00+08:00"), None, "not at midnight");
        assert_eq!(day("2026-03-07T10:00:00+08:00"), None, "not on a Saturday");
        assert_eq!(day("2026-02-14T10:00:00+08:00").as_deref(), Some("2026-02-14"), "a Saturday that is worked");
        assert_eq!(day("2026-10-01T10:00:00+08:00"), None, "not on the National Day");
    }

    #[test]
    fn what_breaks_through_and_when() {
        let (city, calendar) = (city(), city().calendar());
        let rule = &city.clocks.digest.rule;
        let through = |kind, urgent, text: &str| breaks_through(kind, urgent, at(text), &calendar, rule);
        let (open, evening, night) =
            ("2026-03-02T10:00:00+08:00", "2026-03-02T19:00:00+08:00", "2026-03-02T23:30:00+08:00");
        assert!(through(ReminderKind::Instruct, false, open) && through(ReminderKind::Overdue, false, open));
        assert!(!through(ReminderKind::Assigned, false, open) && through(ReminderKind::Assigned, true, open));
        assert!(!through(ReminderKind::Instruct, false, evening) && through(ReminderKind::Instruct, true, evening));
        assert!(!through(ReminderKind::Instruct, true, night));
        assert!(!through(ReminderKind::Assigned, true, "2026-10-01T10:00:00+08:00"), "not on a holiday");
        assert!(!through(ReminderKind::DueSoon, true, evening));
    }

    #[test]
    fn addresses() {
        let read = |text: &str| address(&AddressInput { email: Some(text.into()) });
        assert_eq!(read(" ").unwrap(), None);
        assert_eq!(read("a.b@gov.example.cn").unwrap().as_deref(), Some("a.b@gov.example.cn"));
        for wrong in ["a", "a@b", "a@b.cn\r\nBcc: c@d.cn", "a b@c.cn", "@b.cn", "a@@b.cn", "<a@b.cn>", "张@b.cn"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        /// Whatever a city decides about its days, and at whatever instant the program looks.
        #[test]
        fn nothing_is_sent_at_night_or_on_a_day_off(
            minutes in 0_i64..(4 * 366 * 24 * 60),
            overrides in proptest::collection::btree_map(0_i32..1460, any::<bool>(), 0..30),
            kind in proptest::sample::select(ReminderKind::ALL.to_vec()),
            urgent in any::<bool>(),
        ) {
            let city = city();
            let first = Date::constant(2023, 1, 1);
            let decided = overrides.into_iter().map(|(n, work)| Override {
                date: first.saturating_add(jiff::Span::new().days(n)),
                kind: if work { OverrideKind::Work } else { OverrideKind::Off },
                reason: "试".into(),
                by: "试".into(),
            });
            let calendar = city.calendar().with_overrides(decided.collect()).unwrap();
            let rule = &city.clocks.digest.rule;
            let now = at("2023-01-01T00:00:00+08:00").plus_seconds(60 * minutes);
            let wall = now.in_zone(&city.zone);
            let worked = calendar.day(wall.date()).hours.is_some();
            let (opens, closes) = (Time::constant(8, 30, 0, 0), Time::constant(18, 0, 0, 0));
            if let Some(day) = digest_day(now, &calendar, rule) {
                prop_assert_eq!(day, wall.date());
                prop_assert!(worked && opens <= wall.time() && wall.time() <= closes);
            }
            if breaks_through(kind, urgent, now, &calendar, rule) {
                prop_assert!(worked, "never on a day off, 调休 included");
                let (from, until) = if urgent { (rule.urgent_from, rule.urgent_until) } else { (opens, closes) };
                prop_assert!(from <= wall.time() && wall.time() <= until);
            }
        }

        /// One digest a working day, no more: the minutes of a day name one day, and every working day has such a minute.
        #[test]
        fn every_working_day_has_its_digest(n in 0_i32..1400) {
            let city = city();
            let calendar = city.calendar();
            let day = Date::constant(2023, 1, 1).saturating_add(jiff::Span::new().days(n));
            let midnight = Instant::from(&day.to_zoned_datetime(city.zone.clone()).unwrap());
            let rule = &city.clocks.digest.rule;
            let made: Vec<Date> =
                (0..24 * 60).filter_map(|m| digest_day(midnight.plus_seconds(60 * m), &calendar, rule)).collect();
            prop_assert_eq!(!made.is_empty(), calendar.is_working_day(day));
            prop_assert!(made.iter().all(|d| *d == day));
        }
    }
}
