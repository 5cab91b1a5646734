//! What may be asked of the calendar and what may be decided about a day.

use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kernel::error::Checker;
use kernel::worktime::{Limit, OfficeHours, Override, OverrideKind};
use kernel::{Instant, Refusal};
use serde::{Deserialize, Serialize};

/// The years within which a day can be asked for or decided about.
pub const YEARS: RangeInclusive<i16> = 1949..=2200;
/// The most working hours that can be asked for; days have the law's own bound.
pub const MOST_HOURS: u32 = 5_000;
/// Characters of a reason at most.
pub const REASON_MOST: usize = 200;

/// The kinds of a decision: code, Chinese, mark in the year's table.
pub const KINDS: [(&str, &str, &str); 3] =
    [("off", "放假（不上班）", "停"), ("work", "上班（正常办公时间）", "班"), ("half_day", "半天办公", "半")];

/// A decision about a day as it is sent in; every part is checked at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OverrideInput {
    /// The day, `2026-09-28`, from 1949 to 2200.
    #[schema(value_type = String, format = Date)]
    pub date: Option<String>,
    /// `off`, `work` or `half_day`.
    #[schema(value_type = String, pattern = "^(off|work|half_day)$")]
    pub kind: Option<String>,
    /// For `half_day` only: `09:00-12:00`, several separated by 、.
    pub hours: Option<String>,
    /// Why, in words that people will read in derivations.
    #[schema(value_type = String, min_length = 1)]
    pub reason: Option<String>,
    /// The fingerprint of the calendar that the sender saw; another one in force now is a conflict.
    pub calendar: Option<String>,
    /// Only show what it would change.
    pub dry_run: Option<bool>,
}

/// A change of the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A day is decided about.
    Add(Override),
    /// The decision about a day is withdrawn.
    Remove(Date),
}

impl Change {
    /// The day that it is about.
    pub fn date(&self) -> Date {
        match self {
            Self::Add(decided) => decided.date,
            Self::Remove(date) => *date,
        }
    }

    /// The decisions in force after it; refuses a second decision about a day, and withdrawing one that is not there.
    pub fn upon(&self, in_force: Vec<Override>) -> Result<Vec<Override>, Refusal> {
        let date = self.date();
        let standing = in_force.iter().find(|decided| decided.date == date);
        match (self, standing) {
            (Self::Add(_), Some(standing)) => {
                let message = format!("{date} 已有本市调整（{}），请先撤销那一条", standing.reason);
                Err(Refusal::field("date", "not_allowed", message))
            }
            (Self::Add(decided), None) => Ok(in_force.into_iter().chain([decided.clone()]).collect()),
            (Self::Remove(_), None) => Err(no_override(date)),
            (Self::Remove(_), Some(_)) => Ok(in_force.into_iter().filter(|decided| decided.date != date).collect()),
        }
    }
}

/// 404 for a day about which nothing is decided.
pub fn no_override(date: Date) -> Refusal {
    Refusal::not_found(format!("{date} 没有本市调整，可能已经撤销"))
}

/// The decision that `input` describes, made by `by`.
pub fn decided(input: &OverrideInput, by: &str) -> Result<Override, Refusal> {
    let mut check = Checker::default();
    let date = day(&mut check, "date", "日期", input.date.as_deref());
    let kind = kind(&mut check, input);
    let reason = check.text("reason", "理由", input.reason.as_deref(), REASON_MOST);
    check.done()?;
    // Both are there: the check has refused where either is not.
    match (date, kind) {
        (Some(date), Some(kind)) => Ok(Override { date, kind, reason, by: by.to_owned() }),
        _ => Err(Refusal::invalid(Vec::new())),
    }
}

/// The reason of a withdrawal.
pub fn reason(text: Option<&str>) -> Result<String, Refusal> {
    let mut check = Checker::default();
    let reason = check.text("reason", "理由", text, REASON_MOST);
    check.done()?;
    Ok(reason)
}

fn kind(check: &mut Checker, input: &OverrideInput) -> Option<OverrideKind> {
    let written = input.hours.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let kind = match (input.kind.as_deref().map(str::trim).unwrap_or_default(), written) {
        ("off", _) => Some(OverrideKind::Off),
        ("work", _) => Some(OverrideKind::Work),
        ("half_day", None) => {
            check.wrong("hours", "required", "请填写这一天的办公时间，例如 09:00-12:00");
            return None;
        }
        ("half_day", Some(text)) => match read_hours(text) {
            Ok(hours) => Some(OverrideKind::HalfDay { hours }),
            Err(message) => {
                check.wrong("hours", "bad_format", message);
                return None;
            }
        },
        ("", _) => {
            check.wrong("kind", "required", "请选择这一天怎样办公");
            None
        }
        _ => {
            check.wrong("kind", "unknown", "调整方式只能是 off、work、half_day");
            None
        }
    };
    if kind.is_some() && written.is_some() && !matches!(kind, Some(OverrideKind::HalfDay { .. })) {
        check.wrong("hours", "not_allowed", "只有“半天办公”才填办公时间，请清空");
    }
    kind
}

/// Office hours as people type them: `9:00-12:00、13:00–15:30`.
pub fn read_hours(text: &str) -> Result<OfficeHours, String> {
    let wrong = || format!("“{text}”读不出办公时间，请写成 09:00-12:00，多段用顿号分开");
    if text.chars().count() > 100 {
        return Err("办公时间最多 100 个字".to_owned());
    }
    let parts = text.split(['、', '，', ',', '；', ';']).map(str::trim).filter(|part| !part.is_empty());
    let pairs: Option<Vec<[String; 2]>> = parts
        .map(|part| {
            let part = part.replace('：', ":");
            let (open, close) = part.split_once(['-', '–', '—', '－', '~', '～', '至'])?;
            Some([open.trim().to_owned(), close.trim().to_owned()])
        })
        .collect();
    OfficeHours::parse(&pairs.ok_or_else(wrong)?).map_err(|error| error.to_string())
}

/// The code, the label and the mark of a decision.
pub fn kind_of(kind: &OverrideKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        OverrideKind::Off => KINDS[0],
        OverrideKind::Work => KINDS[1],
        OverrideKind::HalfDay { .. } => KINDS[2],
    }
}

/// A decision in one line: 半天办公 09:00–12:00.
pub fn kind_text(kind: &OverrideKind) -> String {
    match kind {
        OverrideKind::HalfDay { hours } => format!("半天办公 {hours}"),
        other => kind_of(other).1.to_owned(),
    }
}

/// What somebody asks of the calculator, as it is sent in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct DueQuery {
    /// When it was received: a day, or a time of RFC 3339.
    pub from: Option<String>,
    /// The limit in working days.
    pub working_days: Option<String>,
    /// Or the limit in working hours.
    pub working_hours: Option<String>,
}

/// What the calculator is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// When it was received.
    pub from: Instant,
    /// The limit.
    pub limit: Limit,
}

impl DueQuery {
    /// The question, or every wrong parameter.
    pub fn read(&self, zone: &TimeZone) -> Result<Question, Refusal> {
        let mut check = Checker::default();
        let from = moment(&mut check, self.from.as_deref(), zone);
        let limit = limit(&mut check, self);
        check.done()?;
        // Both are there: the check has refused where either is not.
        from.zip(limit).map(|(from, limit)| Question { from, limit }).ok_or_else(|| Refusal::invalid(Vec::new()))
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn limit(check: &mut Checker, query: &DueQuery) -> Option<Limit> {
    let days =
        query.working_days.as_deref().map(|text| whole(check, "working_days", "工作日数", text, Limit::MOST_DAYS));
    let hours =
        query.working_hours.as_deref().map(|text| whole(check, "working_hours", "办公小时数", text, MOST_HOURS));
    match (days, hours) {
        (Some(days), None) => days.map(Limit::WorkingDays),
        (None, Some(hours)) => hours.map(Limit::working_hours),
        (None, None) => {
            check.wrong("working_days", "required", "请填写工作日数（working_days）或办公小时数（working_hours）");
            None
        }
        (Some(_), Some(_)) => {
            check.wrong("working_hours", "not_allowed", "工作日数和办公小时数只能填一个");
            None
        }
    }
}

fn whole(check: &mut Checker, field: &str, name: &str, text: &str, most: u32) -> Option<u32> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u32>().ok().filter(|number| digits && *number <= most) {
        Some(number) => Some(number),
        None if digits => {
            check.wrong(field, "out_of_range", format!("{name}最多 {most}"));
            None
        }
        None => {
            check.wrong(field, "bad_format", format!("{name}应为 0 至 {most} 的整数"));
            None
        }
    }
}

/// A receipt: a day (then its first instant), a local time, or a time with its offset.
fn moment(check: &mut Checker, text: Option<&str>, zone: &TimeZone) -> Option<Instant> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        check.wrong("from", "required", "请填写收件日期（from），例如 2026-09-24");
        return None;
    };
    // A plus sign that nobody encoded arrives as a blank.
    let instant = Instant::parse(text).or_else(|| Instant::parse(&text.replacen(' ', "+", 1)));
    let local = || {
        let day =
            text.parse::<Date>().ok().filter(|_| text.len() == 10).map(|day| day.to_datetime(jiff::civil::Time::MIN));
        let zoned = day.or_else(|| text.parse::<DateTime>().ok())?.to_zoned_datetime(zone.clone()).ok()?;
        Some(Instant::from(&zoned))
    };
    match instant.or_else(local) {
        Some(instant) if YEARS.contains(&instant.in_zone(zone).year()) => Some(instant),
        Some(_) => {
            check.wrong("from", "out_of_range", "收件时间应在 1949 年至 2200 年之间");
            None
        }
        None => {
            let message = "收件时间读不出来，请写成 2026-09-24，或带时差的 2026-09-24T09:00:00+08:00";
            check.wrong("from", "bad_format", message);
            None
        }
    }
}

/// A day within [`YEARS`].
pub fn day(check: &mut Checker, field: &str, name: &str, text: Option<&str>) -> Option<Date> {
    let text = text.map(str::trim).unwrap_or_default();
    match text.parse::<Date>().ok().filter(|_| text.len() == 10) {
        Some(date) if YEARS.contains(&date.year()) => return Some(date),
        Some(_) => check.wrong(field, "out_of_range", format!("{name}应在 1949 年至 2200 年之间")),
        None if text.is_empty() => check.wrong(field, "required", format!("请填写{name}")),
        None => check.wrong(field, "bad_format", format!("{name}应写成 2026-09-28 的样子")),
    }
    None
}

/// The year that is asked for; this year where none is.
pub fn year(text: Option<&str>, this_year: i16) -> Result<i16, Refusal> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(this_year) };
    let year = text.parse::<i16>().ok().filter(|year| text.len() == 4 && YEARS.contains(year));
    year.ok_or_else(|| Refusal::field("year", "out_of_range", "年份应为 1949 至 2200"))
}

/// The first and the last day of a year.
pub fn ends_of(year: i16) -> (Date, Date) {
    let day = |month, day| Date::new(year, month, day).unwrap_or(Date::MAX);
    (day(1, 1), day(12, 31))
}

/// Every day of a year.
pub fn days_of(year: i16) -> impl Iterator<Item = Date> {
    let (first, last) = ends_of(year);
    std::iter::successors(Some(first), move |day| day.tomorrow().ok().filter(|next| *next <= last))
}
