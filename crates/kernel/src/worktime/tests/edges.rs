//! The hours, days and years at which working-time libraries go wrong.

use super::*;

#[test]
fn receipts_at_odd_hours() {
    let calendar = calendar();
    for (from, limit, expected) in [
        ("2026-03-05 23:59", Limit::WorkingDays(1), "2026-03-06 17:00"),
        ("2026-03-06 00:00", Limit::WorkingDays(1), "2026-03-09 17:00"),
        ("2026-03-07 11:00", Limit::WorkingDays(1), "2026-03-09 17:00"),
        ("2025-12-31 16:00", Limit::WorkingDays(1), "2026-01-04 17:00"),
        ("2025-12-31 16:00", Limit::working_hours(2), "2026-01-04 10:00"),
        ("2026-03-05 07:00", Limit::working_hours(2), "2026-03-05 11:00"),
        ("2026-03-05 11:30", Limit::working_hours(2), "2026-03-05 14:30"),
        ("2026-03-05 12:30", Limit::working_hours(2), "2026-03-05 15:00"),
        ("2026-03-05 10:00", Limit::working_hours(2), "2026-03-05 12:00"),
        ("2026-03-06 16:00", Limit::working_hours(2), "2026-03-09 10:00"),
        ("2026-03-06 23:59", Limit::working_hours(2), "2026-03-09 11:00"),
        ("2026-02-14 16:00", Limit::working_hours(2), "2026-02-24 10:00"),
        ("2026-03-05 10:00", Limit::WorkingDays(0), "2026-03-05 17:00"),
        ("2026-03-06 17:00", Limit::WorkingDays(0), "2026-03-09 17:00"),
        ("2026-03-07 10:00", Limit::WorkingDays(0), "2026-03-09 17:00"),
        ("2026-03-07 10:00", Limit::WorkingMinutes(0), "2026-03-07 10:00"),
    ] {
        assert_eq!(due(&calendar, from, limit), expected, "{from} {limit:?}");
    }
}

#[test]
fn overrides_outweigh_the_notices() {
    let plain = calendar();
    let overrides = vec![
        local(OverrideKind::Off, "2026-02-14"),
        local(OverrideKind::Work, "2026-03-07"),
        half_day("2026-03-09"),
        half_day("2026-03-15"),
    ];
    let changed = plain.with_overrides(overrides).unwrap();
    assert_eq!(due(&changed, "2026-02-13 10:00", Limit::WorkingDays(1)), "2026-02-24 17:00");
    assert_eq!(due(&changed, "2026-03-06 10:00", Limit::WorkingDays(1)), "2026-03-07 17:00");
    assert_eq!(due(&changed, "2026-03-06 10:00", Limit::WorkingDays(2)), "2026-03-09 11:30");
    assert_eq!(due(&changed, "2026-03-09 11:00", Limit::working_hours(1)), "2026-03-10 09:30");
    assert_eq!(due(&changed, "2026-03-13 10:00", Limit::WorkingDays(1)), "2026-03-15 11:30");
    assert_eq!(changed.day(date("2026-03-09")).why(), "本市调整：09:00–11:30 办公（全市停电检修）");
    assert_eq!(changed.day(date("2026-02-14")).why(), "本市调整：不上班（全市停电检修）");
    assert_eq!(changed.day(date("2026-03-07")).why(), "本市调整：上班（全市停电检修）");
    assert_eq!(changed.overrides().count(), 4);
}

#[test]
fn a_year_without_notice_warns() {
    let calendar = calendar();
    let warned = calendar.due(at("2026-12-31 10:00"), Limit::WorkingDays(1)).unwrap();
    assert_eq!(shown(warned.at), "2027-01-01 17:00");
    let sentence = "2027 年没有国务院办公厅的放假安排，暂按周一至周五上班推算；通知公布后须重新推算。";
    assert_eq!(warned.warnings, [sentence]);
    assert!(calendar.due(at("2026-12-30 10:00"), Limit::WorkingDays(1)).unwrap().warnings.is_empty());
    let derivation = calendar.derive(at("2026-12-31 10:00"), Limit::WorkingDays(2)).unwrap();
    assert_eq!(derivation.warnings, [sentence]);
    assert_eq!(derivation.days[0].why, "工作日；收件当日，不计");
    assert_eq!(derivation.days[1].why, "工作日（2027 年放假安排未公布，按周一至周五推算）");
    let far = calendar.warnings(date("2018-06-01"), date("2029-01-01"));
    assert!(far[0].starts_with("2018 年至 2019 年、2027 年至 2029 年没有"), "{far:?}");
    let timer = Timer { extension: 1, ..Timer::new(at("2026-12-30 10:00"), Limit::WorkingDays(1)) };
    assert_eq!(timer.due(&calendar).unwrap().unwrap().warnings, [sentence]);
}

#[test]
fn extreme_instants_and_limits() {
    let calendar = calendar();
    let instants = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX].map(Instant);
    let ends = [Instant::parse("9999-12-30T21:00:00Z").unwrap(), Instant::parse("-009999-01-03T00:00:00Z").unwrap()];
    let all: Vec<Instant> = instants.into_iter().chain(ends).collect();
    for from in &all {
        for days in [0, 1, Limit::MOST_DAYS, Limit::MOST_DAYS + 1, u32::MAX] {
            let limit = Limit::WorkingDays(days);
            assert_eq!(calendar.due(*from, limit).is_ok(), calendar.derive(*from, limit).is_ok());
            let _ = calendar.due(*from, Limit::WorkingMinutes(days));
            let timer = Timer { extension: days, ..Timer::new(*from, limit) };
            let open = Suspension { from: Instant(0), until: None };
            let timer = Timer { suspensions: vec![open, Suspension { from: *from, until: Some(all[6]) }], ..timer };
            let _ =
                (timer.derive(&calendar), timer.standing(&calendar, all[3]), timer_phrase(&calendar, &timer, *from));
        }
        for to in &all {
            assert_eq!(calendar.working_time_between(*from, *to), -calendar.working_time_between(*to, *from));
            let _ = (
                time_left(&calendar, *from, *to),
                until(&calendar, *from, *to),
                calendar.add_working_minutes(*from, to.0),
            );
        }
    }
    let most = calendar.due(at("2026-01-05 09:00"), Limit::WorkingDays(Limit::MOST_DAYS)).unwrap();
    assert_eq!(most.warnings.len(), 1);
    let error = calendar.due(Instant(0), Limit::WorkingDays(2_501)).unwrap_err();
    assert_eq!(
        (error, error.to_string().as_str()),
        (WorktimeError::TooManyDays(2_501), "时限最长 2500 个工作日，现在是 2501 个")
    );
    assert_eq!(calendar.due(Instant(i64::MAX), Limit::WorkingDays(30)), Err(WorktimeError::OutOfRange));
    assert_eq!(calendar.add_working_minutes(Instant(0), i64::MAX), Err(WorktimeError::OutOfRange));
    assert_eq!(calendar.working_day_from(Date::MAX, i32::MAX), Err(WorktimeError::OutOfRange));
    assert_eq!(calendar.working_day_from(Date::MIN, i32::MIN), Err(WorktimeError::OutOfRange));
}

#[test]
fn days_before_and_after_a_date() {
    let calendar = calendar();
    let from = |on: &str, n: i32| calendar.working_day_from(date(on), n).unwrap().to_string();
    assert_eq!(from("2026-03-10", 0), "2026-03-10");
    assert_eq!(from("2026-03-08", 0), "2026-03-09");
    assert_eq!(from("2026-03-08", 1), "2026-03-09");
    assert_eq!(from("2026-03-08", -1), "2026-03-06");
    assert_eq!(from("2026-02-24", -1), "2026-02-14");
    assert_eq!(from("2026-03-10", -1), "2026-03-09");
    assert_eq!(from("2026-03-10", -3), "2026-03-05");
    assert_eq!(calendar.working_days_between(date("2026-02-14"), date("2026-02-24")), 1);
    assert_eq!(calendar.working_days_between(date("2026-02-24"), date("2026-02-14")), -1);
    assert!(calendar.is_open(at("2026-02-14 09:00")) && !calendar.is_open(at("2026-02-14 12:00")));
    assert!(!calendar.is_open(at("2026-02-16 09:00")));
    assert_eq!(calendar.opening(date("2026-02-14")).map(shown).as_deref(), Some("2026-02-14 09:00"));
    assert_eq!(calendar.opening(date("2026-02-15")), None);
}

#[test]
fn wall_clocks_that_jump() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let calendar = Calendar::new(zone.clone(), hours(), OfficialDays::default(), Vec::new()).unwrap();
    let friday = Instant::parse("2026-03-06T10:00:00-05:00").unwrap();
    let due = calendar.due(friday, Limit::WorkingDays(1)).unwrap().at;
    assert_eq!(due.rfc3339(&zone), "2026-03-09T17:00:00-04:00");
    assert_eq!(calendar.working_minutes_between(friday, due), 360 + 420);
    assert_eq!(calendar.add_working_minutes(friday, 360 + 420), Ok(due));
}

#[test]
fn data_that_make_no_calendar() {
    let make = |overrides| calendar().with_overrides(overrides).map(|_| ());
    assert_eq!(
        make(vec![half_day("2026-03-09"), half_day("2026-03-09")]),
        Err(CalendarError::TwoOverrides(date("2026-03-09")))
    );
    assert_eq!(make(vec![half_day("2201-01-01")]), Err(CalendarError::DateOutOfRange(date("2201-01-01"))));
    assert_eq!(make(vec![half_day("1949-01-01"), half_day("2200-12-31")]), Ok(()));
}

#[test]
fn fingerprints_follow_the_law_and_nothing_else() {
    let plain = calendar();
    assert_eq!(plain.fingerprint(), "cal1-56c823a54b224110");
    let with = |overrides| plain.with_overrides(overrides).unwrap().fingerprint().to_owned();
    let mut reworded = half_day("2026-03-09");
    reworded.reason = "另一个说法".into();
    assert_eq!(with(vec![half_day("2026-03-09")]), with(vec![reworded]));
    assert_ne!(with(vec![half_day("2026-03-09")]), plain.fingerprint());
    assert_ne!(with(vec![half_day("2026-03-09")]), with(vec![half_day("2026-03-10")]));
    // A decision that changes nothing, even in a year of its own, leaves the law as it is.
    assert_eq!(
        with(vec![local(OverrideKind::Work, "2030-03-11"), local(OverrideKind::Off, "2026-02-17")]),
        plain.fingerprint()
    );
    let fewer = OfficialDays::new(plain.official().iter().cloned().collect(), 2020..=2025).unwrap();
    assert_ne!(Calendar::new(shanghai(), hours(), fewer, Vec::new()).unwrap(), plain);
    let other = OfficeHours::parse(&[["08:30", "12:00"], ["13:00", "17:00"]]).unwrap();
    assert_ne!(Calendar::new(shanghai(), other, official(), Vec::new()).unwrap(), plain);
    assert_ne!(Calendar::new(TimeZone::UTC, hours(), official(), Vec::new()).unwrap(), plain);
}

#[test]
fn overrides_go_in_and_out_as_data() {
    let text = r#"{"date":"2026-03-09","kind":"half_day","hours":[["09:00","11:30"]],"reason":"全市停电检修","by":"市营商环境办"}"#;
    assert_eq!(serde_json::from_str::<Override>(text).unwrap(), half_day("2026-03-09"));
    assert_eq!(serde_json::to_string(&half_day("2026-03-09")).unwrap(), text);
}
