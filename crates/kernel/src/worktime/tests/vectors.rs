//! Requirements 4.2, the years' counts, and every official year against a walk over the list itself.

use std::collections::HashMap;

use super::*;

#[test]
fn acceptance_vectors() {
    let calendar = calendar();
    for (from, days, expected) in [
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-09-18", 3, "2026-09-22"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-09-24", 10, "2026-10-15"),
        ("2026-11-23", 7, "2026-12-02"),
    ] {
        for time in ["00:00", "08:59", "10:30", "12:30", "17:00", "23:59"] {
            let found = due(&calendar, &format!("{from} {time}"), Limit::WorkingDays(days));
            assert_eq!(found, format!("{expected} 17:00"), "{from} {time} + {days}");
        }
    }
}

#[test]
fn working_days_of_the_years() {
    let calendar = calendar();
    let count =
        |year: i16| calendar.working_days_between(Date::constant(year - 1, 12, 31), Date::constant(year, 12, 31));
    assert_eq!(count(2026), 248);
    // 2020 has two fewer than its first notice gave: the Spring Festival was lengthened to 2 February.
    assert_eq!((2020..=2025).map(count).collect::<Vec<_>>(), [249, 250, 249, 249, 251, 248]);
    assert_eq!(calendar.official().iter().count(), 255);
    assert_eq!(calendar.official().years().iter().copied().collect::<Vec<_>>(), (2020..=2026).collect::<Vec<_>>());
}

/// All receipts of seven years with every limit up to 30 days, against a walk over the raw lines of the list.
#[test]
fn every_official_year_against_the_raw_list() {
    let lines = OFFICIAL.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let listed: HashMap<String, bool> = lines.map(|f| (f[0].to_owned(), f[2] == "workday")).collect();
    let works =
        |day: Date| listed.get(&day.to_string()).copied().unwrap_or_else(|| day.weekday().to_monday_zero_offset() < 5);
    let calendar = calendar();
    let end = date("2026-12-31");
    let days: Vec<(Date, bool)> =
        date("2020-01-01").series(jiff::Span::new().days(1)).take_while(|d| *d <= end).map(|d| (d, works(d))).collect();
    for (place, (received, worked)) in days.iter().enumerate() {
        assert_eq!(calendar.is_working_day(*received), *worked, "{received}");
        let after = days[place + 1..].iter().filter(|(_, worked)| *worked).take(30);
        for (n, (expected, _)) in (1..).zip(after) {
            let found = calendar.due(at(&format!("{received} 15:00")), Limit::WorkingDays(n)).unwrap();
            assert_eq!(calendar.date_at(found.at), *expected, "{received} + {n}");
            assert_eq!((Some(found.at), found.warnings.is_empty()), (calendar.closing(*expected), true));
        }
    }
}
