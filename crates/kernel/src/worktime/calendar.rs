//! The calendar value: which days are worked, in which hours, and why.

use std::{collections::BTreeMap, fmt, ops::RangeInclusive, sync::Arc};

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    date::{Wall, date_of, day_of},
    hours::OfficeHours,
    official::{OfficialDay, OfficialDays, OfficialKind},
    span::{WorkingTime, WorktimeError},
    table::{Table, is_regular},
};
use crate::Instant;

/// What a city decided about one day on its own, over whatever the official calendar says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The day.
    pub date: Date,
    /// What happens on it.
    #[serde(flatten)]
    pub kind: OverrideKind,
    /// Why, in words that people will read in derivations.
    pub reason: String,
    /// Who decided.
    pub by: String,
}

/// What a city may decide about a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OverrideKind {
    /// Nobody works.
    Off,
    /// The regular office hours.
    Work,
    /// Hours of its own; it counts as a whole working day and closes when they end.
    HalfDay {
        /// The hours.
        hours: OfficeHours,
    },
}

/// Why data do not make a calendar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A day too far away to be meant.
    #[error("{0} 不在 1949 年至 2200 年之间")]
    DateOutOfRange(Date),
    /// Two overrides of one day.
    #[error("{0} 有两条本市调整，只能保留一条")]
    TwoOverrides(Date),
}

/// When a city works. Cheap to clone, immutable; every change makes another calendar with another fingerprint.
#[derive(Clone)]
pub struct Calendar(Arc<Inner>);

struct Inner {
    zone: TimeZone,
    hours: OfficeHours,
    official: OfficialDays,
    overrides: BTreeMap<Date, Override>,
    table: Table,
    fingerprint: String,
}

/// One day as the calendar sees it.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// The date.
    pub date: Date,
    /// What decides whether it is worked.
    pub ground: Ground<'a>,
    /// The hours in which it is worked; `None` where it is off.
    pub hours: Option<&'a OfficeHours>,
    /// Whether an official calendar covers the year.
    pub covered: bool,
}

/// What decides whether a day is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground<'a> {
    /// It is a Monday to Friday.
    Weekday,
    /// It is a Saturday or Sunday.
    Weekend,
    /// A notice of the State Council.
    Official(&'a OfficialDay),
    /// The city's own decision.
    Override(&'a Override),
}

impl Calendar {
    const YEARS: RangeInclusive<i16> = 1949..=2200;

    /// The calendar of these facts. Overrides outweigh official days, which outweigh Monday to Friday.
    pub fn new(
        zone: TimeZone,
        hours: OfficeHours,
        official: OfficialDays,
        overrides: Vec<Override>,
    ) -> Result<Self, CalendarError> {
        let mut by_date = BTreeMap::new();
        for decided in overrides {
            let date = decided.date;
            if by_date.insert(date, decided).is_some() {
                return Err(CalendarError::TwoOverrides(date));
            }
        }
        let dates = || official.iter().map(|day| day.date).chain(by_date.keys().copied());
        if let Some(far) = dates().find(|date| !Self::YEARS.contains(&date.year())) {
            return Err(CalendarError::DateOutOfRange(far));
        }
        let years = dates().map(Date::year).min().zip(dates().map(Date::year).max());
        let (first, end) = years.map_or((0, 0), |(first, last)| (day_of(new_year(first)), day_of(new_year(last + 1))));
        let hours_of = |day| hours_of(day, &hours, &official, &by_date).cloned();
        let table = Table::build(first, end, hours.clone(), hours_of);
        let fingerprint = fingerprint(&zone, &hours, &official, &table, first..end);
        Ok(Self(Arc::new(Inner { zone, hours, official, overrides: by_date, table, fingerprint })))
    }

    /// The same calendar with these overrides instead of its own.
    pub fn with_overrides(&self, overrides: Vec<Override>) -> Result<Self, CalendarError> {
        Self::new(self.0.zone.clone(), self.0.hours.clone(), self.0.official.clone(), overrides)
    }

    /// The time zone in which the office clocks hang.
    pub fn zone(&self) -> &TimeZone {
        &self.0.zone
    }

    /// The regular office hours.
    pub fn hours(&self) -> &OfficeHours {
        &self.0.hours
    }

    /// The official days.
    pub fn official(&self) -> &OfficialDays {
        &self.0.official
    }

    /// The city's own decisions, in order of their dates.
    pub fn overrides(&self) -> impl Iterator<Item = &Override> {
        self.0.overrides.values()
    }

    /// A text that is the same for two calendars exactly when they work the same hours on every day and cover the same
    /// years; a stored due date says with it under which calendar it was computed.
    pub fn fingerprint(&self) -> &str {
        &self.0.fingerprint
    }

    /// The date that the wall calendar shows at `at`.
    pub fn date_at(&self, at: Instant) -> Date {
        date_of(self.wall(at).day())
    }

    /// All about one day.
    pub fn day(&self, date: Date) -> Day<'_> {
        let inner = &*self.0;
        let plain = if is_regular(day_of(date)) { Ground::Weekday } else { Ground::Weekend };
        let decided = inner.overrides.get(&date).map(Ground::Override);
        let ground = decided.or_else(|| inner.official.get(date).map(Ground::Official)).unwrap_or(plain);
        let covered = inner.official.years().contains(&date.year());
        Day { date, ground, hours: inner.table.hours(day_of(date)), covered }
    }

    /// Whether `date` is worked.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.0.table.hours(day_of(date)).is_some()
    }

    /// Whether the offices are open at `at`.
    pub fn is_open(&self, at: Instant) -> bool {
        let wall = self.wall(at);
        self.0.table.hours(wall.day()).is_some_and(|hours| hours.contains(wall.time()))
    }

    /// The `n`th working day after `date`, or before it where `n` is negative; for 0 the day itself or, where it is off,
    /// the next working day.
    pub fn working_day_from(&self, date: Date, n: i32) -> Result<Date, WorktimeError> {
        let day = day_of(date);
        let before = self.0.table.days_before(if n > 0 { day + 1 } else { day });
        let found = self.0.table.working_day(before + i64::from(n) - i64::from(n > 0));
        let within = (day_of(Date::MIN)..=day_of(Date::MAX)).contains(&found);
        if within { Ok(date_of(found)) } else { Err(WorktimeError::OutOfRange) }
    }

    /// How many working days lie after `after` up to and with `through`; negative where `through` is the earlier.
    pub fn working_days_between(&self, after: Date, through: Date) -> i64 {
        self.0.table.days_before(day_of(through) + 1) - self.0.table.days_before(day_of(after) + 1)
    }

    /// The instant at which the offices open on `date`; `None` where it is off.
    pub fn opening(&self, date: Date) -> Option<Instant> {
        self.on(date, OfficeHours::open)
    }

    /// The instant at which the offices close on `date`, at the end of its last period; `None` where it is off.
    pub fn closing(&self, date: Date) -> Option<Instant> {
        self.on(date, OfficeHours::close)
    }

    /// The working time from `from` to `to`; negative where `to` is the earlier. It adds up exactly: from a to b and from
    /// b to c is from a to c. Time is what the office's wall clock shows.
    pub fn working_time_between(&self, from: Instant, to: Instant) -> WorkingTime {
        WorkingTime(self.work_before(to) - self.work_before(from))
    }

    /// Whole working minutes from `from` to `to`.
    pub fn working_minutes_between(&self, from: Instant, to: Instant) -> i64 {
        self.working_time_between(from, to).minutes()
    }

    /// The first instant by which `time` of working time has passed since `from`; `from` itself for none or less.
    pub fn add_working_time(&self, from: Instant, time: WorkingTime) -> Result<Instant, WorktimeError> {
        if time.0 <= 0 {
            return Ok(from);
        }
        let work = self.work_before(from).saturating_add(time.0);
        self.0.table.wall_when(work).instant(&self.0.zone).ok_or(WorktimeError::OutOfRange)
    }

    /// The first instant by which so many working minutes have passed since `from`.
    pub fn add_working_minutes(&self, from: Instant, minutes: i64) -> Result<Instant, WorktimeError> {
        self.add_working_time(from, WorkingTime::from_minutes(minutes))
    }

    /// What a reader must know about dates between `from` and `to`: the years that no notice covers yet.
    pub fn warnings(&self, from: Date, to: Date) -> Vec<String> {
        let bare = |year: &i16| !self.0.official.years().contains(year);
        let mut years = (from.year()..=to.year()).filter(bare).peekable();
        let mut spans = Vec::new();
        while let Some(first) = years.next() {
            let mut last = first;
            while let Some(next) = years.next_if_eq(&(last + 1)) {
                last = next;
            }
            spans.push(if first == last { format!("{first} 年") } else { format!("{first} 年至 {last} 年") });
        }
        if spans.is_empty() {
            return Vec::new();
        }
        let spans = spans.join("、");
        vec![format!("{spans}没有国务院办公厅的放假安排，暂按周一至周五上班推算；通知公布后须重新推算。")]
    }

    pub(super) fn wall(&self, at: Instant) -> Wall {
        Wall::of(at, &self.0.zone)
    }

    pub(super) fn table(&self) -> &Table {
        &self.0.table
    }

    fn work_before(&self, at: Instant) -> i64 {
        self.0.table.work_before(self.wall(at))
    }

    fn on(&self, date: Date, time: impl Fn(&OfficeHours) -> i64) -> Option<Instant> {
        let day = day_of(date);
        Wall::on(day, time(self.0.table.hours(day)?)).instant(&self.0.zone)
    }
}

impl Day<'_> {
    /// Why the day is worked or not, in Chinese.
    pub fn why(&self) -> String {
        let text = match (self.ground, self.hours) {
            (Ground::Weekday, _) => "工作日".to_owned(),
            // A notice may also name an ordinary Monday, as that of 2020 did after the lengthened holiday.
            (Ground::Official(_), Some(_)) if is_regular(day_of(self.date)) => "工作日".to_owned(),
            (Ground::Weekend, _) => "周末".to_owned(),
            (Ground::Official(day), Some(_)) => format!("{}调休上班", day.name),
            (Ground::Official(day), None) => format!("{}放假", day.name),
            (Ground::Override(decided), hours) => override_text(decided, hours),
        };
        if self.covered {
            text
        } else {
            format!("{text}（{} 年放假安排未公布，按周一至周五推算）", self.date.year())
        }
    }
}

fn override_text(decided: &Override, hours: Option<&OfficeHours>) -> String {
    let act = match (&decided.kind, hours) {
        (OverrideKind::HalfDay { hours }, _) => format!("{hours} 办公"),
        (_, Some(_)) => "上班".to_owned(),
        (_, None) => "不上班".to_owned(),
    };
    format!("本市调整：{act}（{}）", decided.reason)
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Calendar({})", self.fingerprint())
    }
}

impl PartialEq for Calendar {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint() == other.fingerprint()
    }
}

fn new_year(year: i16) -> Date {
    Date::new(year, 1, 1).unwrap_or(Date::MAX)
}

fn hours_of<'a>(
    day: i64,
    regular: &'a OfficeHours,
    official: &OfficialDays,
    overrides: &'a BTreeMap<Date, Override>,
) -> Option<&'a OfficeHours> {
    let date = date_of(day);
    match overrides.get(&date).map(|decided| &decided.kind) {
        Some(OverrideKind::Off) => return None,
        Some(OverrideKind::Work) => return Some(regular),
        Some(OverrideKind::HalfDay { hours }) => return Some(hours),
        None => {}
    }
    let official = official.get(date).map(|day| day.kind == OfficialKind::Workday);
    official.unwrap_or_else(|| is_regular(day)).then_some(regular)
}

// Only what moves a due date or a warning is in it: rewording a reason must not make every stored due date look stale.
fn fingerprint(
    zone: &TimeZone,
    hours: &OfficeHours,
    official: &OfficialDays,
    table: &Table,
    days: std::ops::Range<i64>,
) -> String {
    let zone = zone.iana_name().map_or_else(|| format!("{zone:?}"), str::to_owned);
    let mut law = format!("worktime 1\nzone {zone}\nhours {hours}\nyears {:?}\n", official.years());
    for day in days {
        let plain = is_regular(day).then_some(hours);
        let real = table.hours(day);
        if real != plain {
            let text = real.map_or_else(|| "off".to_owned(), OfficeHours::to_string);
            law.push_str(&format!("{} {text}\n", date_of(day)));
        }
    }
    let hash = Sha256::digest(law.as_bytes());
    let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("cal1-{hex}")
}
