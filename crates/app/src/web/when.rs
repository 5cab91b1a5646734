//! Dates and times as people say them, in the city's zone.

use jiff::ZonedDateTime;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use kernel::Instant;
use maud::{Markup, html};

/// Between digits and Han: narrower than a blank and never the end of a line.
const THIN: char = '\u{202F}';
/// Between a day and what is said of it: a blank that is not the end of a line.
const KEPT: char = '\u{A0}';

/// `3 月 5 日`, or with the year where it is not the year of `now`.
pub fn day(at: Instant, now: Instant, zone: &TimeZone) -> String {
    let (at, now) = (at.in_zone(zone), now.in_zone(zone));
    let day = format!("{}{THIN}月{THIN}{}{THIN}日", at.month(), at.day());
    if at.year() == now.year() { day } else { format!("{}{THIN}年{THIN}{day}", at.year()) }
}

/// `3 月 5 日 周四`.
pub fn day_of_week(at: Instant, now: Instant, zone: &TimeZone) -> String {
    format!("{}{KEPT}{}", day(at, now, zone), weekday(&at.in_zone(zone)))
}

/// `3 月 5 日 17:00`.
pub fn minute(at: Instant, now: Instant, zone: &TimeZone) -> String {
    format!("{}{KEPT}{}", day(at, now, zone), clock_time(&at.in_zone(zone)))
}

/// `今天 17:00`, `明天 09:00`, `昨天 16:20`, otherwise as [`minute`].
pub fn near(at: Instant, now: Instant, zone: &TimeZone) -> String {
    let (there, here) = (at.in_zone(zone), now.in_zone(zone));
    let word = match there.date().since(here.date()).map(|span| span.get_days()) {
        Ok(0) => "今天",
        Ok(1) => "明天",
        Ok(-1) => "昨天",
        _ => return minute(at, now, zone),
    };
    format!("{word}{KEPT}{}", clock_time(&there))
}

/// `2026-03-05 17:00`: for tables of figures, files and print.
pub fn stamp(at: Instant, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A `<time>` element that shows `text` and carries the exact instant.
pub fn time(at: Instant, zone: &TimeZone, text: &str) -> Markup {
    html! { time datetime=(at.rfc3339(zone)) title=(stamp(at, zone)) { (text) } }
}

/// A `<time>` element as [`near`] says it: the usual form on pages.
pub fn when(at: Instant, now: Instant, zone: &TimeZone) -> Markup {
    time(at, zone, &near(at, now, zone))
}

fn clock_time(at: &ZonedDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn weekday(at: &ZonedDateTime) -> &'static str {
    match at.weekday() {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}
