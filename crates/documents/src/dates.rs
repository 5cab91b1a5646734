//! Dates in the ways in which people and spreadsheets write them, read as what stands on the wall clock.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use kernel::Instant;

/// A date as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Date and time of day; midnight where only the date is given.
    pub civil: DateTime,
    /// The distance from UTC, where the writer gives one.
    pub offset: Option<Offset>,
    /// False where only the date is given.
    pub timed: bool,
}

/// Why a text is not taken as a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Nothing written.
    #[error("没有填写日期")]
    Empty,
    /// Not a notation that we know.
    #[error("无法识别的日期，请写成 2026-03-02 或 2026-03-02 09:30")]
    Unknown,
    /// A notation that we know, of a day or an hour that does not exist.
    #[error("没有这样的日期或时间")]
    NoSuchDay,
}

impl Written {
    /// A date with time, without an offset.
    pub fn at(civil: DateTime) -> Self {
        Self { civil, offset: None, timed: civil.time() != Time::midnight() }
    }

    /// The instant, on the wall clock of `zone` unless the writer gives an offset.
    pub fn instant(&self, zone: &TimeZone) -> Option<Instant> {
        let timestamp = match self.offset {
            Some(offset) => offset.to_timestamp(self.civil).ok()?,
            None => zone.to_timestamp(self.civil).ok()?,
        };
        Some(timestamp.into())
    }
}

/// Reads a date with or without time: `2019-04-25T09:32:09`, `2019/4/25 9:32`, `2019年4月25日 下午3时5分`, `20190425`,
/// `2019-04-25T09:32:09+08:00`, and the serial number of a spreadsheet. A year of two digits is nobody's guess.
pub fn read(text: &str) -> Result<Written, DateError> {
    let text = half_width(text);
    let text = text.trim();
    if text.is_empty() {
        return Err(DateError::Empty);
    }
    if text.len() > 64 {
        return Err(DateError::Unknown);
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.bytes().filter(|b| *b == b'.').count() < 2 {
        return bare_digits(text);
    }
    notation(text)
}

/// The date that a spreadsheet's serial number means: days since the last day of 1899, with its leap day of 1900 that
/// never was. Only 1954 to 2119 are taken, because a smaller or larger number is something else.
pub fn from_serial(serial: f64) -> Option<DateTime> {
    if !(20_000.0..80_500.0).contains(&serial) {
        return None;
    }
    // The range has just been checked, so the seconds fit.
    let seconds = (serial * 86_400.0).round() as i64;
    DateTime::constant(1899, 12, 30, 0, 0, 0, 0).checked_add(jiff::Span::new().seconds(seconds)).ok()
}

/// Full-width digits and signs, as a Chinese keyboard gives them, in the usual width.
fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' | '\u{202F}' => ' ',
        '\u{2013}' | '\u{2014}' | '\u{2212}' => '-',
        other => other,
    };
    text.chars().map(narrow).collect()
}

/// `20190425`, `201904250932`, `20190425093209`, or a serial number.
fn bare_digits(text: &str) -> Result<Written, DateError> {
    let part = |range: std::ops::Range<usize>| text[range].parse::<i16>().unwrap_or(-1);
    if text.contains('.') || text.len() == 5 {
        let serial = text.parse().map_err(|_| DateError::Unknown)?;
        let civil = from_serial(serial).ok_or(DateError::Unknown)?;
        return Ok(Written::at(civil));
    }
    let time = match text.len() {
        8 => None,
        12 => Some([part(8..10), part(10..12), 0]),
        14 => Some([part(8..10), part(10..12), part(12..14)]),
        _ => return Err(DateError::Unknown),
    };
    build([part(0..4), part(4..6), part(6..8)], time, None)
}

fn notation(text: &str) -> Result<Written, DateError> {
    let mut scan = Scan { rest: text };
    let year = scan.number(4, 4)?;
    let sign = scan.one_of(&["-", "/", ".", "年"]).ok_or(DateError::Unknown)?;
    scan.blanks();
    let month = scan.number(1, 2)?;
    scan.one_of(&[if sign == "年" { "月" } else { sign }]).ok_or(DateError::Unknown)?;
    scan.blanks();
    let day = scan.number(1, 2)?;
    if sign == "年" {
        scan.one_of(&["日", "号"]);
    }
    scan.weekday();
    let time = scan.time()?;
    let offset = if time.is_some() { scan.offset()? } else { None };
    scan.weekday();
    if scan.rest.is_empty() { build([year, month, day], time, offset) } else { Err(DateError::Unknown) }
}

fn build(date: [i16; 3], time: Option<[i16; 3]>, offset: Option<Offset>) -> Result<Written, DateError> {
    let small = |value: i16| i8::try_from(value).map_err(|_| DateError::NoSuchDay);
    let day = Date::new(date[0], small(date[1])?, small(date[2])?).map_err(|_| DateError::NoSuchDay)?;
    let [hour, minute, second] = time.unwrap_or_default();
    // 24:00 is how official paper writes the end of a day.
    let (day, hour) = match (hour, minute, second) {
        (24, 0, 0) => (day.tomorrow().map_err(|_| DateError::NoSuchDay)?, 0),
        _ => (day, hour),
    };
    let clock = Time::new(small(hour)?, small(minute)?, small(second)?, 0).map_err(|_| DateError::NoSuchDay)?;
    Ok(Written { civil: day.to_datetime(clock), offset, timed: time.is_some() })
}

/// What is left to read.
struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn number(&mut self, least: usize, most: usize) -> Result<i16, DateError> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if length < least || length > most {
            return Err(DateError::Unknown);
        }
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        digits.parse().map_err(|_| DateError::Unknown)
    }

    fn one_of(&mut self, words: &[&'a str]) -> Option<&'a str> {
        let word = words.iter().find(|word| self.rest.starts_with(**word))?;
        self.rest = &self.rest[word.len()..];
        Some(word)
    }

    /// A day of the week adds nothing to a date and is passed over.
    fn weekday(&mut self) {
        self.blanks();
        let before = self.rest;
        let bracket = self.one_of(&["("]).is_some();
        let named = self.one_of(&["星期", "周", "礼拜"]).is_some()
            && self.one_of(&["一", "二", "三", "四", "五", "六", "日", "天"]).is_some()
            && (!bracket || self.one_of(&[")"]).is_some());
        if !named {
            self.rest = before;
        }
        self.blanks();
    }

    /// `9:32`, `09:32:09.123`, `9时32分9秒`, `9点`, each also after 上午 or 下午 or before AM or PM.
    fn time(&mut self) -> Result<Option<[i16; 3]>, DateError> {
        self.one_of(&["T", "t"]);
        self.blanks();
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut half = self.one_of(&["上午", "凌晨", "早上", "下午", "晚上", "中午"]);
        self.blanks();
        let hour = self.number(1, 2)?;
        let mut clock = [hour, 0, 0];
        if self.one_of(&[":"]).is_some() {
            clock[1] = self.number(2, 2).or_else(|_| self.number(1, 1))?;
            if self.one_of(&[":"]).is_some() {
                clock[2] = self.number(1, 2)?;
                self.fraction();
            }
        } else {
            self.one_of(&["时", "点"]).ok_or(DateError::Unknown)?;
            self.minutes_in_words(&mut clock)?;
        }
        self.blanks();
        half = half.or_else(|| self.one_of(&["AM", "am", "PM", "pm"]));
        clock[0] = on_24_hours(hour, half)?;
        Ok(Some(clock))
    }

    fn minutes_in_words(&mut self, clock: &mut [i16; 3]) -> Result<(), DateError> {
        if self.one_of(&["半"]).is_some() {
            clock[1] = 30;
            return Ok(());
        }
        self.one_of(&["整"]);
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            clock[1] = self.number(1, 2)?;
            self.one_of(&["分"]);
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            clock[2] = self.number(1, 2)?;
            self.one_of(&["秒"]);
        }
        Ok(())
    }

    /// Parts of a second are dropped: nothing here is that exact.
    fn fraction(&mut self) {
        if let Some(digits) = self.rest.strip_prefix(['.', ',']) {
            self.rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
        }
    }

    /// `Z`, `+08:00`, `+0800`, `+08`.
    fn offset(&mut self) -> Result<Option<Offset>, DateError> {
        self.blanks();
        if self.one_of(&["Z", "z"]).is_some() {
            return Ok(Some(Offset::UTC));
        }
        let Some(sign) = self.one_of(&["+", "-"]) else { return Ok(None) };
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (hours, minutes) = match length {
            4 => {
                let both = self.number(4, 4)?;
                (both / 100, both % 100)
            }
            _ => {
                let hours = self.number(2, 2)?;
                (hours, if self.one_of(&[":"]).is_some() { self.number(2, 2)? } else { 0 })
            }
        };
        let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
        let seconds = if sign == "-" { -seconds } else { seconds };
        Offset::from_seconds(seconds).map(Some).map_err(|_| DateError::NoSuchDay)
    }
}

fn on_24_hours(hour: i16, half: Option<&str>) -> Result<i16, DateError> {
    match half {
        Some("下午" | "晚上" | "PM" | "pm") if hour < 12 => Ok(hour + 12),
        Some("AM" | "am" | "凌晨") if hour == 12 => Ok(0),
        Some("中午") if hour < 4 => Ok(hour + 12),
        Some("AM" | "am" | "上午" | "凌晨" | "早上") if hour > 12 => Err(DateError::NoSuchDay),
        _ => Ok(hour),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn notations_that_people_use() {
        let day = date(2019, 4, 25);
        for (text, expected) in [
            ("2019-04-25T09:32:09", day.at(9, 32, 9, 0)),
            ("2019-04-25 09:32", day.at(9, 32, 0, 0)),
            ("2019-04-25 09:32:09.123", day.at(9, 32, 9, 0)),
            (" 2019/4/25 ", day.at(0, 0, 0, 0)),
            ("2019.4.25", day.at(0, 0, 0, 0)),
            ("2019-4-25", day.at(0, 0, 0, 0)),
            ("2019/4/25 9:32:09", day.at(9, 32, 9, 0)),
            ("2019年4月25日", day.at(0, 0, 0, 0)),
            ("2019年4月25日 9时32分", day.at(9, 32, 0, 0)),
            ("2019年04月25日9点", day.at(9, 0, 0, 0)),
            ("2019年4月25日下午3点半", day.at(15, 30, 0, 0)),
            ("2019年4月25日 下午3时5分7秒", day.at(15, 5, 7, 0)),
            ("2019年4月25号 星期四 上午 8:05", day.at(8, 5, 0, 0)),
            ("2019-04-25（周四）", day.at(0, 0, 0, 0)),
            ("２０１９－０４－２５　０９：３２", day.at(9, 32, 0, 0)),
            ("2019/4/25 3:05 PM", day.at(15, 5, 0, 0)),
            ("2019/4/25 12:05 AM", day.at(0, 5, 0, 0)),
            ("20190425", day.at(0, 0, 0, 0)),
            ("201904250932", day.at(9, 32, 0, 0)),
            ("20190425093209", day.at(9, 32, 9, 0)),
            ("43580", day.at(0, 0, 0, 0)),
            ("43580.3973263889", day.at(9, 32, 9, 0)),
            ("2019-04-25 24:00", date(2019, 4, 26).at(0, 0, 0, 0)),
            ("2020-02-29", date(2020, 2, 29).at(0, 0, 0, 0)),
        ] {
            assert_eq!(read(text).map(|w| w.civil), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_date() {
        for (text, expected) in [
            ("", DateError::Empty),
            ("　 ", DateError::Empty),
            ("昨天", DateError::Unknown),
            ("19-4-25", DateError::Unknown),
            ("2019年4月", DateError::Unknown),
            ("2019-04-25 上下", DateError::Unknown),
            ("2019-04/25", DateError::Unknown),
            ("2019-02-29", DateError::NoSuchDay),
            ("2019-13-01", DateError::NoSuchDay),
            ("2019-04-25 25:00", DateError::NoSuchDay),
            ("2019-04-25 上午13:00", DateError::NoSuchDay),
            ("20191325", DateError::NoSuchDay),
            ("123", DateError::Unknown),
            ("13888888888", DateError::Unknown),
            ("1.5", DateError::Unknown),
        ] {
            assert_eq!(read(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn an_offset_beats_the_zone() {
        let shanghai = TimeZone::fixed(Offset::constant(8));
        for (text, expected) in [
            ("2019-04-25T09:32:09+08:00", "2019-04-25T01:32:09Z"),
            ("2019-04-25T09:32:09", "2019-04-25T01:32:09Z"),
            ("2019-04-25T01:32:09Z", "2019-04-25T01:32:09Z"),
            ("2019-04-25T01:32:09-0130", "2019-04-25T03:02:09Z"),
            ("2019-04-25", "2019-04-24T16:00:00Z"),
        ] {
            assert_eq!(read(text).ok().and_then(|w| w.instant(&shanghai)), Instant::parse(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(text in "\\PC{0,40}", near in "[0-9年月日时分秒点上下午星期一 T:./+\\-Z]{0,30}") {
            let _ = (read(&text), read(&near));
        }

        #[test]
        fn every_day_is_read_back(serial in 20_000_i32..80_000, seconds in 0_i32..86_400) {
            let at = from_serial(f64::from(serial) + f64::from(seconds) / 86_400.0).unwrap();
            for format in ["%Y-%m-%dT%H:%M:%S", "%Y/%-m/%-d %-H:%M:%S", "%Y年%-m月%-d日%-H时%-M分%-S秒", "%Y%m%d%H%M%S"] {
                prop_assert_eq!(read(&at.strftime(format).to_string()).map(|w| w.civil), Ok(at));
            }
        }
    }
}
