//! The law against the acceptance vectors, against its edges, and against a reference that walks minute by minute.

mod derivations;
mod edges;
mod naive;
mod properties;
mod timers;
mod vectors;

use jiff::{civil::Date, tz::TimeZone};

use super::*;
use crate::Instant;

const OFFICIAL: &str = include_str!("../../../../../profiles/common/holidays_cn.csv");

fn shanghai() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

fn hours() -> OfficeHours {
    OfficeHours::parse(&[["09:00", "12:00"], ["13:00", "17:00"]]).unwrap()
}

fn official() -> OfficialDays {
    OfficialDays::parse_csv(OFFICIAL).unwrap()
}

fn calendar() -> Calendar {
    Calendar::new(shanghai(), hours(), official(), Vec::new()).unwrap()
}

fn local(kind: OverrideKind, on: &str) -> Override {
    Override { date: date(on), kind, reason: "全市停电检修".into(), by: "市营商环境办".into() }
}

fn half_day(on: &str) -> Override {
    local(OverrideKind::HalfDay { hours: OfficeHours::parse(&[["09:00", "11:30"]]).unwrap() }, on)
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// The instant at which clocks in Shanghai show `text`, for example `2026-02-12 10:00`.
fn at(text: &str) -> Instant {
    Instant::parse(&format!("{}:00+08:00", text.replace(' ', "T"))).unwrap()
}

/// What clocks in Shanghai show at `instant`.
fn shown(instant: Instant) -> String {
    instant.in_zone(&shanghai()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn due(calendar: &Calendar, from: &str, limit: Limit) -> String {
    shown(calendar.due(at(from), limit).unwrap().at)
}
