//! Suspension, extension, stopping, and what another calendar changes.

use super::*;

fn suspended(from: &str, until: &str) -> Suspension {
    Suspension { from: at(from), until: Some(at(until)) }
}

fn timer(suspensions: Vec<Suspension>) -> Timer {
    Timer { suspensions, ..Timer::new(at("2026-03-02 15:00"), Limit::WorkingDays(3)) }
}

fn due_of(timer: &Timer) -> Option<String> {
    timer.due(&calendar()).unwrap().map(|due| shown(due.at))
}

#[test]
fn suspensions_move_the_due_instant() {
    for (suspensions, expected) in [
        (vec![], "2026-03-05 17:00"),
        (vec![suspended("2026-03-04 09:00", "2026-03-04 17:00")], "2026-03-06 17:00"),
        (vec![suspended("2026-03-04 17:00", "2026-03-05 09:00")], "2026-03-05 17:00"),
        (vec![suspended("2026-03-04 12:00", "2026-03-04 13:00")], "2026-03-05 17:00"),
        (vec![suspended("2026-03-05 16:00", "2026-03-09 10:00")], "2026-03-09 11:00"),
        (
            vec![suspended("2026-03-04 10:00", "2026-03-04 11:00"), suspended("2026-03-04 10:30", "2026-03-04 11:30")],
            "2026-03-06 10:30",
        ),
        (
            vec![suspended("2026-03-05 10:00", "2026-03-05 11:00"), suspended("2026-03-04 10:00", "2026-03-04 11:00")],
            "2026-03-06 11:00",
        ),
        (vec![suspended("2026-03-01 10:00", "2026-03-02 16:00")], "2026-03-06 10:00"),
        (vec![suspended("2026-03-05 17:00", "2026-03-20 17:00")], "2026-03-05 17:00"),
        (vec![suspended("2026-03-04 11:00", "2026-03-04 10:00")], "2026-03-05 17:00"),
    ] {
        assert_eq!(due_of(&timer(suspensions.clone())).as_deref(), Some(expected), "{suspensions:?}");
    }
}

#[test]
fn a_late_suspension_cures_nothing() {
    let late = timer(vec![Suspension { from: at("2026-03-06 09:00"), until: None }]);
    assert_eq!(due_of(&late).as_deref(), Some("2026-03-05 17:00"));
    assert!(late.overdue(&calendar(), at("2026-03-06 09:30")).unwrap());
    assert_eq!(late.remaining(&calendar(), at("2026-03-09 10:00")).unwrap(), -480);
}

#[test]
fn an_open_suspension_freezes() {
    let open = Suspension { from: at("2026-03-05 16:00"), until: None };
    let frozen = timer(vec![suspended("2026-03-04 10:00", "2026-03-04 11:00"), open]);
    assert_eq!(due_of(&frozen), None);
    for now in ["2026-03-05 16:00", "2026-03-05 17:30", "2026-06-05 16:00"] {
        let standing = frozen.standing(&calendar(), at(now)).unwrap();
        assert_eq!((standing.left.minutes(), standing.overdue, standing.suspended), (120, false, true), "{now}");
        assert_eq!(standing.working_days_left(&calendar(), at(now)), None);
    }
    // Work done while suspended ends the suspension, and is in time.
    let done = Timer { stopped: Some(at("2026-03-12 10:00")), ..frozen };
    assert_eq!(due_of(&done).as_deref(), Some("2026-03-12 12:00"));
    assert!(!done.overdue(&calendar(), at("2026-09-01 10:00")).unwrap());
}

#[test]
fn standing_before_during_and_after() {
    let calendar = calendar();
    let timer = timer(vec![suspended("2026-03-04 09:00", "2026-03-04 17:00")]);
    let whole = 120 + 3 * 420;
    for (now, left, overdue, resting) in [
        ("2026-03-01 10:00", whole, false, false),
        ("2026-03-02 15:00", whole, false, false),
        ("2026-03-03 12:00", whole - 300, false, false),
        ("2026-03-04 12:00", whole - 540, false, true),
        ("2026-03-05 09:00", whole - 540, false, false),
        ("2026-03-06 17:00", 0, false, false),
        ("2026-03-07 17:00", 0, true, false),
        ("2026-03-09 09:05", -5, true, false),
    ] {
        let standing = timer.standing(&calendar, at(now)).unwrap();
        assert_eq!((standing.left.minutes(), standing.overdue, standing.suspended), (left, overdue, resting), "{now}");
        let ratio = (whole - left) as f64 / whole as f64;
        assert!((standing.used_ratio - ratio).abs() < 1e-12);
        assert!((timer.used_ratio(&calendar, at(now)).unwrap() - ratio).abs() < 1e-12);
    }
}

#[test]
fn extension_counts_from_the_same_start() {
    let extended = |limit, extension| due_of(&Timer { extension, ..Timer::new(at("2026-02-12 10:00"), limit) });
    assert_eq!(extended(Limit::WorkingDays(2), 3), extended(Limit::WorkingDays(5), 0));
    assert_eq!(extended(Limit::working_hours(2), 1).as_deref(), Some("2026-02-13 17:00"));
    let both = Timer { extension: 1, ..timer(vec![suspended("2026-03-04 09:00", "2026-03-04 10:00")]) };
    assert_eq!(due_of(&both).as_deref(), Some("2026-03-09 10:00"));
    assert_eq!(Timer { extension: u32::MAX, ..both }.due(&calendar()), Err(WorktimeError::TooManyDays(u32::MAX)));
}

#[test]
fn facts_go_in_and_out_as_data() {
    let text = r#"{"started":1772434800000000,"limit":{"working_days":3}}"#;
    let read: Timer = serde_json::from_str(text).unwrap();
    assert_eq!(read, timer(vec![]));
    let full = Timer {
        stopped: Some(at("2026-03-04 10:00")),
        ..timer(vec![suspended("2026-03-03 10:00", "2026-03-03 11:00")])
    };
    assert_eq!(serde_json::from_str::<Timer>(&serde_json::to_string(&full).unwrap()).unwrap(), full);
}

#[test]
fn another_calendar_moves_some_timers() {
    let old = calendar();
    let new = old
        .with_overrides(vec![local(OverrideKind::Off, "2026-03-04"), local(OverrideKind::Work, "2026-03-06")])
        .unwrap();
    let before = Timer::new(at("2026-02-12 10:00"), Limit::WorkingDays(2));
    let across = timer(vec![]);
    let impossible = Timer::new(at("2026-03-02 10:00"), Limit::WorkingDays(9_999));
    let found = difference(&old, &new, [("before", &before), ("across", &across), ("impossible", &impossible)]);
    assert_eq!(found.failed, [("impossible", WorktimeError::TooManyDays(9_999))]);
    let [moved] = found.moved.as_slice() else { panic!("{found:?}") };
    assert_eq!((moved.key, &moved.before), ("across", &across.deadline(&old).unwrap()));
    let Deadline::At(after) = &moved.after else { panic!("{moved:?}") };
    assert_eq!(shown(after.at), "2026-03-06 17:00");
    let days = changed_days(&old, &new);
    assert_eq!(days.len(), 1);
    assert_eq!((days[0].before.as_str(), days[0].after.as_str()), ("工作日", "本市调整：不上班（全市停电检修）"));
    assert_eq!(changed_days(&old, &old), []);
    assert!(difference(&old, &old, [(1, &across)]).moved.is_empty());
}
