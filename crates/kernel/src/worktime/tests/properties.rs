//! Properties over random calendars, and both implementations side by side.

use jiff::ToSpan;
use proptest::prelude::*;

use super::{
    naive::{Facts, instant},
    *,
};

/// Minutes from 2025-10-01 on, within about seventeen months: before, inside and after the days that facts name.
const MINUTES: std::ops::Range<i64> = 29_320_000..30_060_000;

fn periods() -> impl Strategy<Value = Vec<(u16, u16)>> {
    proptest::collection::btree_set(0u16..1440, 2..=6).prop_map(|cuts| {
        let cuts: Vec<u16> = cuts.into_iter().collect();
        cuts.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    })
}

fn some_date() -> impl Strategy<Value = Date> {
    (0i64..430).prop_map(|days| Date::constant(2025, 12, 1).checked_add(days.days()).unwrap())
}

prop_compose! {
    fn facts()(
        hours in periods(),
        official in proptest::collection::hash_map(some_date(), any::<bool>(), 0..60),
        local in proptest::collection::hash_map(some_date(), proptest::option::of(periods()), 0..30),
        usual in proptest::collection::hash_set(some_date(), 0..5),
    ) -> Facts {
        let mut local = local;
        local.extend(usual.into_iter().map(|date| (date, Some(hours.clone()))));
        Facts { hours, official, local }
    }
}

fn any_instant() -> impl Strategy<Value = Instant> {
    (MINUTES, 0i64..60_000_000).prop_map(|(minute, micros)| Instant(minute * 60_000_000 + micros))
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![(0u32..40).prop_map(Limit::WorkingDays), (0u32..5_000).prop_map(Limit::WorkingMinutes)]
}

fn suspensions() -> impl Strategy<Value = Vec<Suspension>> {
    let one = (any_instant(), 0i64..20 * 86_400_000_000)
        .prop_map(|(from, length)| Suspension { from, until: Some(Instant(from.0 + length)) });
    proptest::collection::vec(one, 0..6)
}

proptest! {
    #[test]
    fn due_agrees_with_the_walk(facts in facts(), from in any_instant(), days in 1u32..40) {
        prop_assert_eq!(facts.calendar().due(from, Limit::WorkingDays(days)).unwrap().at, facts.due(from, days));
    }

    #[test]
    fn due_is_monotone(facts in facts(), a in any_instant(), b in any_instant(), n in 0u32..60, m in 0u32..60) {
        let calendar = facts.calendar();
        let due = |from, days| calendar.due(from, Limit::WorkingDays(days)).unwrap().at;
        prop_assert!(due(a.min(b), n) <= due(a.max(b), n));
        prop_assert!(due(a, n.min(m)) <= due(a, n.max(m)));
        prop_assert!(due(a, n) > a);
        prop_assert_eq!(n.max(1) < m.max(1), due(a, n.max(1)) < due(a, m.max(1)));
    }

    #[test]
    fn due_is_additive(facts in facts(), from in any_instant(), n in 1u32..60, m in 1u32..60) {
        let calendar = facts.calendar();
        let due = |from, days| calendar.due(from, Limit::WorkingDays(days)).unwrap().at;
        prop_assert_eq!(due(from, n + m), due(due(from, n), m));
    }

    #[test]
    fn working_time_adds_up(facts in facts(), a in any_instant(), b in any_instant(), c in any_instant()) {
        let calendar = facts.calendar();
        let between = |a, b| calendar.working_time_between(a, b);
        prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
        prop_assert_eq!(between(a, b), -between(b, a));
        prop_assert!(between(a.min(b), a.max(b)) >= WorkingTime::ZERO);
        prop_assert!(between(a, b).micros().abs() <= (a.0 - b.0).abs());
    }

    #[test]
    fn adding_is_the_inverse_of_measuring(facts in facts(), from in any_instant(), to in any_instant(), minutes in 0i64..50_000) {
        let calendar = facts.calendar();
        let end = calendar.add_working_minutes(from, minutes).unwrap();
        prop_assert_eq!(calendar.working_time_between(from, end), WorkingTime::from_minutes(minutes));
        if minutes > 0 {
            // It is the first such instant: one microsecond earlier is too early.
            prop_assert!(calendar.working_time_between(from, Instant(end.0 - 1)) < WorkingTime::from_minutes(minutes));
        }
        let (from, to) = (from.min(to), from.max(to));
        let back = calendar.add_working_time(from, calendar.working_time_between(from, to)).unwrap();
        prop_assert!(back <= to);
        prop_assert_eq!(calendar.working_time_between(back, to), WorkingTime::ZERO);
    }

    #[test]
    fn days_agree_with_the_walk(facts in facts(), a in some_date(), b in some_date(), n in 1i32..50) {
        let calendar = facts.calendar();
        let (a, b) = (a.min(b), a.max(b));
        let walked = a.tomorrow().unwrap().series(1.day()).take_while(|d| *d <= b).filter(|d| calendar.is_working_day(*d)).count();
        prop_assert_eq!(calendar.working_days_between(a, b), walked as i64);
        let after = calendar.working_day_from(a, n).unwrap();
        prop_assert!(after > a && calendar.is_working_day(after));
        prop_assert_eq!(calendar.working_days_between(a, after), i64::from(n));
        let before = calendar.working_day_from(a, -n).unwrap();
        prop_assert!(before < a && calendar.is_working_day(before));
        prop_assert_eq!(calendar.working_days_between(before, a), i64::from(n) - i64::from(!calendar.is_working_day(a)));
    }

    #[test]
    fn derivations_agree_with_due(facts in facts(), from in any_instant(), limit in limit()) {
        let calendar = facts.calendar();
        let due = calendar.due(from, limit).unwrap();
        let derived = calendar.derive(from, limit).unwrap();
        prop_assert_eq!(derived.due.at, due.at);
        prop_assert_eq!(derived.warnings, due.warnings);
        prop_assert_eq!(derived.days.first().map(|d| d.date), Some(calendar.date_at(from)));
        prop_assert_eq!(derived.days.last().map(|d| d.date), Some(calendar.date_at(due.at)));
        if let Limit::WorkingDays(days) = limit {
            prop_assert_eq!(derived.days.iter().filter_map(|d| d.counted).collect::<Vec<_>>(), (1..=days).collect::<Vec<_>>());
        }
        prop_assert!(derived.days.iter().all(|d| d.working == calendar.is_working_day(d.date)));
    }

    #[test]
    fn splitting_a_suspension_changes_nothing(
        facts in facts(), from in any_instant(), limit in limit(), suspensions in suspensions(), share in 0.0f64..1.0, overlap in 0i64..10_000_000_000,
    ) {
        let calendar = facts.calendar();
        let whole = Timer { suspensions, ..Timer::new(from, limit) };
        let split = |s: &Suspension| {
            let until = s.until.unwrap();
            let cut = Instant(s.from.0 + ((until.0 - s.from.0) as f64 * share) as i64);
            let late = Instant((cut.0 - overlap).max(s.from.0));
            [Suspension { from: late, until: s.until }, Suspension { from: s.from, until: Some(cut) }]
        };
        let parts = Timer { suspensions: whole.suspensions.iter().flat_map(split).collect(), ..whole.clone() };
        prop_assert_eq!(whole.deadline(&calendar), parts.deadline(&calendar));
        prop_assert_eq!(whole.derive(&calendar), parts.derive(&calendar));
        let now = Instant(from.0 + overlap * 300);
        prop_assert_eq!(whole.standing(&calendar, now), parts.standing(&calendar, now));
    }

    #[test]
    fn suspensions_before_the_due_instant_add_up(facts in facts(), from in any_instant(), days in 5u32..40, a in 0.0f64..0.5, b in 0.5f64..1.0, length in 0.0f64..0.5) {
        let calendar = facts.calendar();
        let limit = Limit::WorkingDays(days);
        let first = calendar.due(from, limit).unwrap().at;
        let along = |share: f64| Instant(from.0 + ((first.0 - from.0) as f64 * share) as i64);
        let one = Suspension { from: along(a), until: Some(along(a + length * (b - a))) };
        let two = Suspension { from: along(b), until: Some(along(b + length * (1.0 - b))) };
        let time = |s: &Suspension| calendar.working_time_between(s.from, s.until.unwrap());
        let timer = Timer { suspensions: vec![two, one], ..Timer::new(from, limit) };
        let expected = calendar.add_working_time(first, time(&one) + time(&two)).unwrap();
        prop_assert_eq!(timer.due(&calendar).unwrap().map(|due| due.at), Some(expected));
    }

    #[test]
    fn standing_agrees_with_itself(facts in facts(), from in any_instant(), limit in limit(), suspensions in suspensions(), now in any_instant(), later in any_instant()) {
        let calendar = facts.calendar();
        let timer = Timer { suspensions, ..Timer::new(from, limit) };
        let (now, later) = (now.min(later), now.max(later));
        let (early, late) = (timer.standing(&calendar, now).unwrap(), timer.standing(&calendar, later).unwrap());
        prop_assert!(late.left <= early.left && late.used_ratio >= early.used_ratio);
        prop_assert!(!early.overdue || late.overdue);
        prop_assert!(!early.overdue || early.left <= WorkingTime::ZERO);
        let due = timer.due(&calendar).unwrap().unwrap().at;
        prop_assert_eq!(timer.standing(&calendar, due).unwrap().left, WorkingTime::ZERO);
        prop_assert_eq!(early.overdue, now > due);
        // Stopping in time is in time, whenever one looks.
        let stopped = Timer { stopped: Some(now), ..timer };
        prop_assert_eq!(stopped.overdue(&calendar, later).unwrap(), early.overdue);
    }
}

proptest! {
    // The walks over minutes are slow; fewer cases do, because each compares whole stretches of time.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn minutes_agree_with_the_walk(facts in facts(), from in MINUTES, length in 0i64..40_000) {
        let between = facts.calendar().working_minutes_between(instant(from), instant(from + length));
        prop_assert_eq!(between, facts.between(from, from + length));
    }

    #[test]
    fn adding_minutes_agrees_with_the_walk(facts in facts(), from in MINUTES, minutes in 0i64..4_000) {
        let end = facts.calendar().add_working_minutes(instant(from), minutes).unwrap();
        prop_assert_eq!(Some(end), facts.run_out(from, minutes, &[]).map(instant));
    }

    #[test]
    fn timers_agree_with_the_walk(
        facts in facts(), from in MINUTES, days in 1u32..12, raw in proptest::collection::vec((-5_000i64..20_000, 0i64..6_000, 0u8..8), 0..5),
    ) {
        let calendar = facts.calendar();
        let raw: Vec<(i64, Option<i64>)> =
            raw.into_iter().map(|(start, length, open)| (from + start, (open > 0).then_some(from + start + length))).collect();
        let suspensions = raw.iter().map(|(start, end)| Suspension { from: instant(*start), until: end.map(instant) }).collect();
        let timer = Timer { suspensions, ..Timer::new(instant(from), Limit::WorkingDays(days)) };
        let base = facts.due(instant(from), days).0 / 60_000_000;
        let walked = facts.run_out(from, facts.between(from, base), &raw).map(instant);
        prop_assert_eq!(timer.due(&calendar).unwrap().map(|due| due.at), walked);
    }
}
