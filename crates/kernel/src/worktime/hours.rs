//! Office hours: the periods of one day in which working time passes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::date::{DAY, MINUTE};

/// The periods of a working day, in order and apart, for example 09:00–12:00 and 13:00–17:00. In configuration:
/// `[["09:00", "12:00"], ["13:00", "17:00"]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<[String; 2]>", into = "Vec<[String; 2]>")]
pub struct OfficeHours(Vec<Period>);

/// One stretch of a day, in minutes since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Period {
    open: i64,
    close: i64,
}

/// Why periods are not office hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// No period at all.
    #[error("办公时间至少要有一段")]
    Empty,
    /// A text that is no time of day between 00:00 and 23:59.
    #[error("“{0}”不是时刻，请写成 09:00 的样子，最晚 23:59")]
    NotATime(String),
    /// A period that does not end after it begins.
    #[error("办公时间 {0} 至 {1} 的结束须晚于开始")]
    Backwards(String, String),
    /// Two periods that overlap.
    #[error("办公时间各段不能重叠")]
    Overlap,
}

impl OfficeHours {
    /// Office hours from pairs of times of day, in any order.
    pub fn parse<S: AsRef<str>>(periods: &[[S; 2]]) -> Result<Self, HoursError> {
        let mut read = periods.iter().map(Period::parse).collect::<Result<Vec<_>, _>>()?;
        read.sort_unstable();
        if read.is_empty() {
            return Err(HoursError::Empty);
        }
        if read.windows(2).any(|pair| pair[1].open < pair[0].close) {
            return Err(HoursError::Overlap);
        }
        Ok(Self(read))
    }

    /// Whole minutes of working time in such a day.
    pub fn minutes(&self) -> i64 {
        self.0.iter().map(|p| p.close - p.open).sum()
    }

    /// When the day's first period begins, as `09:00`.
    pub fn opening(&self) -> String {
        self.0.first().map(|p| time_text(p.open)).unwrap_or_default()
    }

    /// When the day's last period ends, as `17:00`.
    pub fn closing(&self) -> String {
        self.0.last().map(|p| time_text(p.close)).unwrap_or_default()
    }

    /// Microseconds from midnight to the beginning of the first period.
    pub(super) fn open(&self) -> i64 {
        self.0.first().map_or(0, |p| p.open * MINUTE)
    }

    /// Microseconds from midnight to the end of the last period.
    pub(super) fn close(&self) -> i64 {
        self.0.last().map_or(0, |p| p.close * MINUTE)
    }

    /// Microseconds of working time in such a day.
    pub(super) fn total(&self) -> i64 {
        self.minutes() * MINUTE
    }

    /// Whether working time passes at `time`, microseconds since midnight.
    pub(super) fn contains(&self, time: i64) -> bool {
        self.0.iter().any(|p| (p.open * MINUTE..p.close * MINUTE).contains(&time))
    }

    /// The working time that has passed by `time` of the day.
    pub(super) fn worked_by(&self, time: i64) -> i64 {
        let part = |p: &Period| (time - p.open * MINUTE).clamp(0, (p.close - p.open) * MINUTE);
        self.0.iter().map(part).sum()
    }

    /// The first time of day by which `worked` (more than nothing, at most the whole day's) has passed.
    pub(super) fn time_when(&self, worked: i64) -> i64 {
        let mut left = worked;
        for period in &self.0 {
            let length = (period.close - period.open) * MINUTE;
            if left <= length {
                return period.open * MINUTE + left;
            }
            left -= length;
        }
        DAY - 1
    }
}

impl Period {
    fn parse<S: AsRef<str>>(pair: &[S; 2]) -> Result<Self, HoursError> {
        let [open, close] = [pair[0].as_ref(), pair[1].as_ref()];
        let period = Self { open: minute_of(open)?, close: minute_of(close)? };
        if period.open < period.close { Ok(period) } else { Err(HoursError::Backwards(open.into(), close.into())) }
    }
}

// Midnight as an end is refused on purpose: a day must close on its own date, or "day one is the next day" would skip one.
fn minute_of(text: &str) -> Result<i64, HoursError> {
    let wrong = || HoursError::NotATime(text.to_owned());
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let number = |part: &str, below: i64| {
        let digits = part.len() <= 2 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<i64>().ok().filter(|n| digits && *n < below)
    };
    if minute.len() != 2 {
        return Err(wrong());
    }
    Ok(number(hour, 24).ok_or_else(wrong)? * 60 + number(minute, 60).ok_or_else(wrong)?)
}

fn time_text(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

impl fmt::Display for OfficeHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, period) in self.0.iter().enumerate() {
            let gap = if place == 0 { "" } else { "、" };
            write!(f, "{gap}{}–{}", time_text(period.open), time_text(period.close))?;
        }
        Ok(())
    }
}

impl TryFrom<Vec<[String; 2]>> for OfficeHours {
    type Error = HoursError;

    fn try_from(periods: Vec<[String; 2]>) -> Result<Self, HoursError> {
        Self::parse(&periods)
    }
}

impl From<OfficeHours> for Vec<[String; 2]> {
    fn from(hours: OfficeHours) -> Self {
        hours.0.iter().map(|p| [time_text(p.open), time_text(p.close)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_checked() {
        let error = |pairs: &[[&str; 2]]| OfficeHours::parse(pairs).map(|_| ()).unwrap_err();
        assert_eq!(error(&[]), HoursError::Empty);
        assert_eq!(error(&[["09:00", "09:00"]]), HoursError::Backwards("09:00".into(), "09:00".into()));
        assert_eq!(error(&[["09:00", "12:00"], ["11:59", "13:00"]]), HoursError::Overlap);
        for text in ["24:00", "9", "09:60", "", "-1:00", "+9:00", "09:5", "009:00", "９:00", "09:00:00"] {
            assert_eq!(error(&[[text, "23:59"]]), HoursError::NotATime(text.into()), "{text}");
        }
        let hours = OfficeHours::parse(&[["13:00", "17:00"], ["9:00", "12:00"]]).unwrap();
        assert_eq!((hours.to_string().as_str(), hours.minutes()), ("09:00–12:00、13:00–17:00", 420));
    }

    #[test]
    fn configuration_goes_in_and_out() {
        let text = r#"[["09:00","12:00"],["13:00","17:00"]]"#;
        let hours: OfficeHours = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&hours).unwrap(), text);
        assert!(serde_json::from_str::<OfficeHours>(r#"[["9","12:00"]]"#).is_err());
    }
}
