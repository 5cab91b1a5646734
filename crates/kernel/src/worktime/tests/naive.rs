//! A second implementation that walks: days one by one, minutes one by one. Slow, and obviously the law.

use std::collections::HashMap;

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::*;

/// Raw facts, from which both implementations are made.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub hours: Vec<(u16, u16)>,
    pub official: HashMap<Date, bool>,
    pub local: HashMap<Date, Option<Vec<(u16, u16)>>>,
}

impl Facts {
    /// The implementation under test.
    pub fn calendar(&self) -> Calendar {
        let day = |(date, worked): (&Date, &bool)| OfficialDay {
            date: *date,
            name: "节".into(),
            kind: if *worked { OfficialKind::Workday } else { OfficialKind::Off },
            paper: String::new(),
        };
        let decided = |(date, hours): (&Date, &Option<Vec<(u16, u16)>>)| Override {
            date: *date,
            kind: hours.as_ref().map_or(OverrideKind::Off, |hours| {
                if *hours == self.hours { OverrideKind::Work } else { OverrideKind::HalfDay { hours: office(hours) } }
            }),
            reason: String::new(),
            by: String::new(),
        };
        let official = OfficialDays::new(self.official.iter().map(day).collect(), [2026]).unwrap();
        Calendar::new(shanghai(), office(&self.hours), official, self.local.iter().map(decided).collect()).unwrap()
    }

    fn periods(&self, date: Date) -> Option<&Vec<(u16, u16)>> {
        if let Some(decided) = self.local.get(&date) {
            return decided.as_ref();
        }
        let weekday = !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.official.get(&date).copied().unwrap_or(weekday).then_some(&self.hours)
    }

    /// Due after `days` working days, at least one.
    pub fn due(&self, from: Instant, days: u32) -> Instant {
        let mut date = from.in_zone(&shanghai()).date();
        let mut left = days;
        while left > 0 {
            date = date.tomorrow().unwrap();
            left -= u32::from(self.periods(date).is_some());
        }
        let close = self.periods(date).unwrap().iter().map(|p| p.1).max().unwrap();
        let midnight = date.to_zoned_datetime(shanghai()).unwrap();
        Instant::from(&midnight.checked_add(i64::from(close).minutes()).unwrap())
    }

    /// Whether the minute that begins at `minute` (minutes since 1970) is worked.
    pub fn works(&self, minute: i64) -> bool {
        let shown = instant(minute).in_zone(&shanghai());
        let time = shown.hour() as u16 * 60 + shown.minute() as u16;
        self.periods(shown.date()).is_some_and(|periods| periods.iter().any(|p| (p.0..p.1).contains(&time)))
    }

    /// Working minutes between two minutes.
    pub fn between(&self, from: i64, to: i64) -> i64 {
        (from..to).filter(|minute| self.works(*minute)).count() as i64
    }

    /// The minute by which `budget` unsuspended working minutes have passed since `from`; `None` while suspended for good.
    pub fn run_out(&self, from: i64, budget: i64, suspensions: &[(i64, Option<i64>)]) -> Option<i64> {
        let mut left = budget;
        let mut minute = from;
        while left > 0 {
            let within = |s: &&(i64, Option<i64>)| s.0 <= minute && s.1.is_none_or(|until| minute < until);
            match suspensions.iter().find(within) {
                Some((_, None)) => return None,
                Some(_) => {}
                None => left -= i64::from(self.works(minute)),
            }
            minute += 1;
        }
        Some(minute)
    }
}

/// The instant of a minute since 1970.
pub(super) fn instant(minute: i64) -> Instant {
    Instant(minute * 60_000_000)
}

fn office(hours: &[(u16, u16)]) -> OfficeHours {
    let text = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    OfficeHours::parse(&hours.iter().map(|p| [text(p.0), text(p.1)]).collect::<Vec<_>>()).unwrap()
}
