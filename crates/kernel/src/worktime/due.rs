//! Due instants and their derivations: the rule is one line of arithmetic, the derivation says it day by day.

use jiff::civil::Date;
use serde::Serialize;

use super::{
    calendar::Calendar,
    date::{DAY, Wall, date_of, weekday_name},
    span::{Limit, WorkingTime, WorktimeError},
};
use crate::Instant;

/// When something is due, and what to know about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last instant that is still in time.
    pub at: Instant,
    /// What a reader must know, in Chinese; empty as a rule.
    pub warnings: Vec<String>,
}

/// An instant that is written in RFC 3339 with the city's offset wherever it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Moment {
    /// The instant.
    pub at: Instant,
    text: String,
}

/// How a due date follows from the receipt, day by day; the shape of `GET /calendar/due` and of `calendar due --json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Derivation {
    /// The receipt.
    pub from: Moment,
    /// The due instant.
    pub due: Moment,
    /// The rule that was applied, as a Chinese sentence.
    pub rule: String,
    /// From the day of receipt to the day when it is due.
    pub days: Vec<DerivedDay>,
    /// What a reader must know, in Chinese; empty as a rule.
    pub warnings: Vec<String>,
    /// The fingerprint of the calendar that was used.
    pub calendar: String,
}

/// One day of a derivation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DerivedDay {
    /// The day.
    pub date: Date,
    /// 周一 to 周日.
    pub weekday: &'static str,
    /// Whether it is worked.
    pub working: bool,
    /// Which working day of the limit it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<u32>,
    /// Why it is worked or not, and why it counts or not, in Chinese.
    pub why: String,
}

/// Which days a derivation lists, and what it says about each beyond the calendar's own word.
pub(super) struct Listing<'a> {
    /// The receipt.
    pub from: Instant,
    /// The last day's instant.
    pub through: Instant,
    /// How many working days are counted.
    pub counted: u32,
    /// Something to add about the day between two wall times.
    pub remark: &'a dyn Fn(Wall, Wall) -> Option<String>,
}

/// The most days that a derivation lists; limits stay below it, decades of suspension do not.
const MOST_LISTED: i64 = 4_000;

impl Calendar {
    /// When something received at `from` is due. Day one is the first working day after the day of receipt.
    pub fn due(&self, from: Instant, limit: Limit) -> Result<Due, WorktimeError> {
        let at = match limit.check()? {
            Limit::WorkingDays(days) => self.closing_of_nth(from, days)?,
            Limit::WorkingMinutes(minutes) => self.add_working_minutes(from, i64::from(minutes))?,
        };
        Ok(self.due_at(from, at))
    }

    /// The same with every day between told.
    pub fn derive(&self, from: Instant, limit: Limit) -> Result<Derivation, WorktimeError> {
        let Due { at, mut warnings } = self.due(from, limit)?;
        let counted = if let Limit::WorkingDays(days) = limit { days } else { 0 };
        let remark = |start: Wall, end: Wall| self.minutes_remark(limit, (from, at), start, end);
        let days = self.list_days(&Listing { from, through: at, counted, remark: &remark }, &mut warnings);
        Ok(Derivation {
            from: self.moment(from),
            due: self.moment(at),
            rule: self.rule(limit),
            days,
            warnings,
            calendar: self.fingerprint().to_owned(),
        })
    }

    /// `at` in RFC 3339 with this calendar's offset.
    pub fn moment(&self, at: Instant) -> Moment {
        Moment { at, text: at.rfc3339(self.zone()) }
    }

    pub(super) fn due_at(&self, from: Instant, at: Instant) -> Due {
        Due { at, warnings: self.warnings(self.date_at(from), self.date_at(at)) }
    }

    pub(super) fn rule(&self, limit: Limit) -> String {
        let label = limit.label();
        match limit {
            Limit::WorkingDays(0) => {
                "时限为当日：收件当日下班时到期；收件时已下班或当日不上班的，为下一工作日下班时。".to_owned()
            }
            Limit::WorkingDays(days) => {
                format!("时限 {label}：收件后的第一个工作日为第 1 天，第 {days} 天下班时到期；收件当日不计。")
            }
            Limit::WorkingMinutes(_) => format!("时限为{label}：自收件起只计办公时间（{}）。", self.hours()),
        }
    }

    pub(super) fn list_days(&self, listing: &Listing<'_>, warnings: &mut Vec<String>) -> Vec<DerivedDay> {
        let (first, last) = (self.wall(listing.from).day(), self.wall(listing.through).day());
        if last - first >= MOST_LISTED {
            warnings.push(format!("日期过多，逐日说明只列前 {MOST_LISTED} 天。"));
        }
        let mut count = 0;
        (first..=last.min(first + MOST_LISTED - 1))
            .map(|day| self.derived_day(day, first, &mut count, listing))
            .collect()
    }

    fn derived_day(&self, number: i64, first: i64, count: &mut u32, listing: &Listing<'_>) -> DerivedDay {
        let date = date_of(number);
        let day = self.day(date);
        let working = day.hours.is_some();
        let counted = working && number > first && *count < listing.counted;
        *count += u32::from(counted);
        let mut why = day.why();
        if number == first {
            let uncounted = listing.counted > 0;
            why.push_str(if uncounted { "；收件当日，不计" } else { "；收件当日" });
        }
        if let Some(remark) = (listing.remark)(Wall::on(number, 0), Wall::on(number, DAY)) {
            why.push('；');
            why.push_str(&remark);
        }
        DerivedDay { date, weekday: weekday_name(date), working, counted: counted.then_some(*count), why }
    }

    fn minutes_remark(&self, limit: Limit, span: (Instant, Instant), start: Wall, end: Wall) -> Option<String> {
        if matches!(limit, Limit::WorkingDays(_)) {
            return None;
        }
        let worked = self.worked_within(span, start, end);
        (worked > WorkingTime::ZERO).then(|| format!("计 {}", worked.phrase()))
    }

    /// The working time of `span` that lies between two wall times.
    pub(super) fn worked_within(&self, span: (Instant, Instant), start: Wall, end: Wall) -> WorkingTime {
        let (from, to) = (self.wall(span.0).max(start), self.wall(span.1).min(end));
        if from >= to {
            return WorkingTime::ZERO;
        }
        WorkingTime(self.table().work_before(to) - self.table().work_before(from))
    }

    fn closing_of_nth(&self, from: Instant, n: u32) -> Result<Instant, WorktimeError> {
        let received = self.wall(from);
        let still_open = self.table().hours(received.day()).is_some_and(|hours| received.time() < hours.close());
        // A same-day limit takes the first day that has not closed yet; all others begin on the day after receipt.
        let begin = if n == 0 && still_open { received.day() } else { received.day() + 1 };
        let before = self.table().days_before(begin) + i64::from(n.saturating_sub(1));
        let day = self.table().working_day(before);
        let close = self.table().hours(day).map(|hours| Wall::on(day, hours.close()));
        close.and_then(|wall| wall.instant(self.zone())).ok_or(WorktimeError::OutOfRange)
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.text
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The derivation as people read it in a terminal, a line for each day.
impl std::fmt::Display for Derivation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "收件：{}", self.from.plain())?;
        writeln!(f, "到期：{}", self.due.plain())?;
        writeln!(f, "{}", self.rule)?;
        for day in &self.days {
            let mark = if day.working { "班" } else { "休" };
            let counted = day.counted.map(|n| format!("第 {n} 天，")).unwrap_or_default();
            writeln!(f, "  {} {} {mark}  {counted}{}", day.date, day.weekday, day.why)?;
        }
        self.warnings.iter().try_for_each(|warning| writeln!(f, "注意：{warning}"))?;
        writeln!(f, "日历：{}", self.calendar)
    }
}

impl Moment {
    /// `2026-10-15 17:00`, on the wall clock of the calendar's zone; a day that was asked for without a time has none.
    fn plain(&self) -> String {
        let text = self.text.get(..16).unwrap_or(&self.text).replacen('T', " ", 1);
        text.trim_end_matches(" 00:00").to_owned()
    }
}
