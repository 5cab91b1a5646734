//! The official calendar: the days off and the make-up working days that the State Council announces, as data.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a notice says about a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficialKind {
    /// 放假.
    Off,
    /// 调休上班: a weekend day that is worked.
    Workday,
}

/// One day of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficialDay {
    /// The day.
    pub date: Date,
    /// The holiday, for example 春节.
    pub name: String,
    /// Off or worked.
    pub kind: OfficialKind,
    /// The address of the notice.
    pub paper: String,
}

/// The days of all notices, and the years that they cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfficialDays {
    days: BTreeMap<Date, OfficialDay>,
    years: BTreeSet<i16>,
}

/// A line of the official list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("第 {line} 行：{message}")]
pub struct OfficialError {
    /// The line, counted from 1; 0 where the day did not come from a file.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl OfficialDays {
    const HEADER: &str = "date,name,kind,paper";

    /// The days given, which cover `years`. A date may be given once.
    pub fn new(days: Vec<OfficialDay>, years: impl IntoIterator<Item = i16>) -> Result<Self, OfficialError> {
        let mut found = Self { days: BTreeMap::new(), years: years.into_iter().collect() };
        days.into_iter().try_for_each(|day| found.insert(0, day))?;
        Ok(found)
    }

    /// Reads the list `date,name,kind,paper` with that heading; every wrong line is told. A year counts as covered
    /// when the list has its National Day off, because notices also name single days of the year before.
    pub fn parse_csv(text: &str) -> Result<Self, Vec<OfficialError>> {
        let (mut found, mut errors) = (Self::default(), Vec::new());
        let text = text.trim_start_matches('\u{FEFF}');
        if text.lines().next().map(str::trim) != Some(Self::HEADER) {
            errors.push(OfficialError { line: 1, message: format!("表头应为 {}", Self::HEADER) });
        }
        for (at, row) in text.lines().enumerate().skip(1).filter(|(_, row)| !row.trim().is_empty()) {
            if let Err(error) = read_row(at + 1, row).and_then(|day| found.insert(at + 1, day)) {
                errors.push(error);
            }
        }
        found.years = found.days.values().filter(|day| is_national_day_off(day)).map(|day| day.date.year()).collect();
        if errors.is_empty() { Ok(found) } else { Err(errors) }
    }

    /// What the notices say about `date`.
    pub fn get(&self, date: Date) -> Option<&OfficialDay> {
        self.days.get(&date)
    }

    /// Every day, in order.
    pub fn iter(&self) -> impl Iterator<Item = &OfficialDay> {
        self.days.values()
    }

    /// The years covered.
    pub fn years(&self) -> &BTreeSet<i16> {
        &self.years
    }

    fn insert(&mut self, line: usize, day: OfficialDay) -> Result<(), OfficialError> {
        let message = format!("{} 重复出现", day.date);
        match self.days.insert(day.date, day) {
            None => Ok(()),
            Some(_) => Err(OfficialError { line, message }),
        }
    }
}

fn read_row(line: usize, row: &str) -> Result<OfficialDay, OfficialError> {
    let error = |message: String| OfficialError { line, message };
    let fields: Vec<&str> = row.split(',').map(str::trim).collect();
    let &[date, name, kind, paper] = fields.as_slice() else {
        return Err(error(format!("应有 4 列，现在是 {} 列", fields.len())));
    };
    let day = date.parse::<Date>().ok().filter(|d| d.to_string() == date);
    let date = day.ok_or_else(|| error(format!("“{date}”不是日期，请写成 2026-01-01 的样子")))?;
    let kind = match kind {
        "off" => OfficialKind::Off,
        "workday" => OfficialKind::Workday,
        other => return Err(error(format!("kind 应为 off 或 workday，现在是“{other}”"))),
    };
    Ok(OfficialDay { date, name: name.to_owned(), kind, paper: paper.to_owned() })
}

fn is_national_day_off(day: &OfficialDay) -> bool {
    day.kind == OfficialKind::Off && (day.date.month(), day.date.day()) == (10, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read() {
        let text = "\u{FEFF}date,name,kind,paper\r\n2025-12-31,元旦,off,p\r\n\r\n2026-10-01,国庆节,off,p\r\n2026-10-10,国庆节,workday,p\r\n";
        let days = OfficialDays::parse_csv(text).unwrap();
        assert_eq!(days.iter().count(), 3);
        assert_eq!(days.years().iter().copied().collect::<Vec<_>>(), [2026]);
        assert_eq!(days.get(Date::constant(2026, 10, 10)).unwrap().kind, OfficialKind::Workday);
    }

    #[test]
    fn every_wrong_line_is_told() {
        let text = "date,name,kind,paper\n2026-02-30,a,off,p\n2026-01-01,a,free,p\n2026-01-01,a\n2026-01-02,a,off,p\n2026-01-02,a,off,p\n20260103,a,off,p";
        let errors = OfficialDays::parse_csv(text).unwrap_err();
        assert_eq!(errors.iter().map(|e| e.line).collect::<Vec<_>>(), [2, 3, 4, 6, 7]);
        assert_eq!(OfficialDays::parse_csv("").unwrap_err().len(), 1);
        assert_eq!(errors[3].to_string(), "第 6 行：2026-01-02 重复出现");
    }
}
