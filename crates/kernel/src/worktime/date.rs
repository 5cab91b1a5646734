//! Days as numbers: calendar arithmetic is additions on days since 1970-01-01, and wall-clock time is microseconds on
//! the same axis, so that no question about working time needs more than a few integer operations.

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
    tz::{Offset, TimeZone},
};

use crate::Instant;

/// Microseconds of a minute.
pub(super) const MINUTE: i64 = 60 * 1_000_000;
/// Microseconds of a day on the wall.
pub(super) const DAY: i64 = 24 * 60 * MINUTE;

/// What the clock on the office wall shows, in microseconds since it showed 1970-01-01 00:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wall(pub i64);

impl Wall {
    /// The wall time of `instant` in `zone`; instants outside jiff's years saturate.
    pub fn of(instant: Instant, zone: &TimeZone) -> Self {
        let limit = if instant.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let timestamp = Timestamp::from_microsecond(instant.0).unwrap_or(limit);
        Self(timestamp.as_microsecond() + i64::from(zone.to_offset(timestamp).seconds()) * 1_000_000)
    }

    /// `time` of the day numbered `day`.
    pub fn on(day: i64, time: i64) -> Self {
        Self(day * DAY + time)
    }

    /// The number of the day.
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// Microseconds since midnight.
    pub fn time(self) -> i64 {
        self.0.rem_euclid(DAY)
    }

    /// The instant at which the wall clock of `zone` shows this; the earlier one where it shows it twice, and `None`
    /// at the end of the year 9999.
    pub fn instant(self, zone: &TimeZone) -> Option<Instant> {
        let shown = Offset::UTC.to_datetime(Timestamp::from_microsecond(self.0).ok()?);
        zone.to_ambiguous_timestamp(shown).compatible().ok().map(Instant::from)
    }
}

/// The number of `date`, counted from 1970-01-01.
pub(super) fn day_of(date: Date) -> i64 {
    // Years begin in March here, so that the leap day comes last; eras are 400 years of 146,097 days.
    let month = i64::from(date.month());
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(date.day()) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of the day numbered `day`; days outside jiff's years saturate.
pub(super) fn date_of(day: i64) -> Date {
    let limit = if day < 0 { Date::MIN } else { Date::MAX };
    if day < day_of(Date::MIN) || day > day_of(Date::MAX) {
        return limit;
    }
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date::new(year as i16, month as i8, day_of_month as i8).unwrap_or(limit)
}

/// The Chinese name of a weekday, as forms write it.
pub(super) fn weekday_name(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        assert_eq!(day_of(Date::constant(1970, 1, 1)), 0);
        assert_eq!(day_of(Date::constant(2026, 3, 1)) - day_of(Date::constant(2026, 2, 28)), 1);
        let mut date = Date::MIN;
        for day in day_of(Date::MIN)..=day_of(Date::MAX) {
            assert_eq!((day_of(date), date_of(day)), (day, date));
            date = date.tomorrow().unwrap_or(date);
        }
        assert_eq!((date_of(i64::MIN), date_of(i64::MAX)), (Date::MIN, Date::MAX));
    }
}
