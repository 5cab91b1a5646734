//! The replay by itself, and through a city with a past.

use kernel::worktime::Limit;
use kernel::{Actor, Id, Instant};
use proptest::prelude::*;
use serde_json::json;

use super::actions::{self, Question};
use super::rules::{Ground, Report, replay};
use crate::city::{City, ClockKind, Process};
use crate::demands::actions::{intake, moving};
use crate::demands::history::Past;
use crate::demands::rules::case::{DemandClock, Sorting};
use crate::demands::rules::intake::{Entrance, read as read_intake};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::{
    Audience, Breadth, ClockName, DemandKind, Difficulty, Generality, PolicyAxis, PolicyWeight, Route, Scope, Tier,
};
use crate::processes::{self, DraftInput};
use crate::testing::{TestCity, desk, fields, handler};
use crate::units::{Unit, UnitNames};

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

struct World {
    city: City,
    units: UnitNames,
}

impl World {
    fn new() -> Self {
        let city = City::load("anning").unwrap();
        let seeds = city.unit_seeds.iter().zip(1..).map(|(seed, n)| Unit::of_seed(seed, n, city.plan.date)).collect();
        Self { units: UnitNames::new(seeds, city.zone.clone()), city }
    }

    fn replay(&self, other: &Process, past: &[Past]) -> Report {
        let (base, calendar) = (Process::of(&self.city), self.city.calendar());
        let now = at("2026-06-01T09:00:00+08:00");
        let ground = Ground { city: &self.city, units: &self.units, calendar: &calendar, base: &base, other, now };
        replay(&ground, past)
    }
}

/// A demand that was assigned on Monday 2 March 2026 at ten and answered at `answered`.
fn past(n: i64, route: Route, text: &str, answered: &str, limit: &str, due: &str) -> Past {
    let started = at("2026-03-02T10:00:00+08:00");
    let clock = DemandClock {
        name: ClockName::Handle,
        round: 1,
        unit: Some("gongkexin".into()),
        started_at: started,
        limit: limit.into(),
        source: String::new(),
        due_at: at(due),
        stopped_at: Some(at(answered)),
        extension: 0,
        pauses: Vec::new(),
    };
    let sorting = Sorting {
        kind: Some(DemandKind::Matter),
        theme: Some("finance-tax".into()),
        difficulty: Some(Difficulty::Medium),
        breadth: Some(Breadth::Narrow),
        policy_weight: Some(PolicyWeight::Medium),
        scope: Some(Scope::Departmental),
        generality: Some(Generality::Individual),
        policy_axis: Some(PolicyAxis::Measure),
        tier: Some(Tier::General),
        route: Some(route),
        urgent: false,
    };
    Past {
        id: Id(n),
        number: format!("AN20260302W{n:04}"),
        received_at: started,
        audience: Audience::Entrepreneur,
        title: "奖补没有到账".into(),
        text: text.into(),
        area: None,
        sorting,
        lead_unit: Some("gongkexin".into()),
        voices: 1,
        clocks: vec![clock],
    }
}

fn extended(mut past: Past) -> Past {
    past.clocks[0].extension = 2;
    past
}

const IN_TIME: &str = "2026-03-06T16:00:00+08:00";
const FIVE_DAYS: &str = "2026-03-09T17:00:00+08:00";

fn history() -> Vec<Past> {
    vec![
        past(1, Route::Assigned, "奖补材料早就交了，技改补贴还没有到账。", IN_TIME, "5wd", FIVE_DAYS),
        // Extended by two working days, answered on the last of them.
        extended(past(
            2,
            Route::Assigned,
            "高新技术企业的奖补。",
            "2026-03-11T15:00:00+08:00",
            "5wd",
            "2026-03-11T17:00:00+08:00",
        )),
        // A date that somebody set by hand.
        past(
            3,
            Route::Assigned,
            "专精特新的奖补。",
            "2026-03-20T10:00:00+08:00",
            "on 2026-03-20",
            "2026-03-20T17:00:00+08:00",
        ),
        // People chose another route than the rules propose.
        past(4, Route::Joint, "规上企业的奖补。", IN_TIME, "10wd", "2026-03-16T17:00:00+08:00"),
    ]
}

#[test]
fn the_same_rules_change_nothing() {
    let world = World::new();
    let report = world.replay(&Process::of(&world.city), &history());
    assert_eq!((report.demands, report.triaged, report.as_proposed, report.changed), (4, 4, 3, 0));
    assert!(report.lateness.iter().all(|late| late.late_before == late.late_after), "{:?}", report.lateness);
    assert!(report.loads.iter().all(|load| load.peak_before == load.peak_after && load.led_before == load.led_after));
    assert_eq!(report, world.replay(&Process::of(&world.city), &history()));
}

#[test]
fn a_shorter_clock_makes_late_but_what_was_granted_stays() {
    let world = World::new();
    let mut other = Process::of(&world.city);
    other.limits.insert(ClockKind::Assigned, Limit::WorkingDays(3));
    let report = world.replay(&other, &history());
    let late = &report.lateness[0];
    // The first would have been due on the 5th; the second keeps its two days more and would still have been due on the 9th.
    assert_eq!((late.clocks, late.late_before, late.late_after), (4, 0, 2));
    assert_eq!(late.newly_late, ["AN20260302W0001", "AN20260302W0002"]);
    other.limits.insert(ClockKind::Assigned, Limit::WorkingDays(4));
    let report = world.replay(&other, &history());
    assert_eq!(report.lateness[0].newly_late, ["AN20260302W0002"]);
}

#[test]
fn other_rules_change_routes_and_load_but_not_what_people_decided_otherwise() {
    let world = World::new();
    let handles = |_: &str| true;
    let text = "[[tier_rule]]\ncode = \"money\"\nlabel = \"涉及财政资金\"\ntier = \"complex\"\nroute = \"joint\"\n\
        when = { bodies_min = 2 }\nbecause = \"与财政一起办\"\n\n[[tier_rule]]\ncode = \"general\"\nlabel = \"一般\"\n\
        tier = \"general\"\nroute = \"assigned\"\nbecause = \"一个单位\"\n";
    let other = Process::read(text, &Process::of(&world.city), &world.city, &handles).unwrap();
    let report = world.replay(&other, &history());
    let flows: Vec<(&str, &str, usize)> = report.flows.iter().map(|f| (f.from, f.to, f.demands.len())).collect();
    assert_eq!(flows, [("assigned", "joint", 3)]);
    let why = &report.flows[0].demands[0].because;
    assert!(why.contains("与财政一起办") && why.contains("规则“涉及财政资金”"), "{why}");
    // On the joint route the limit is ten days, so nothing becomes late; the decision of people stays where it was.
    assert_eq!((report.lateness[0].late_before, report.lateness[0].late_after), (0, 0));
    let led = report.loads.iter().find(|load| load.unit == "gongkexin").unwrap();
    assert_eq!((led.led_before, led.led_after, led.peak_after), (4, 4, 4));
}

proptest! {
    /// A longer clock never makes more late, whatever the history.
    #[test]
    fn longer_is_never_later(days in 0..40_u32, more in 0..20_u32, answered in 3..28_u32) {
        let world = World::new();
        let end = format!("2026-03-{answered:02}T12:00:00+08:00");
        let history = [past(1, Route::Assigned, "奖补。", &end, "5wd", FIVE_DAYS)];
        let mut process = Process::of(&world.city);
        process.limits.insert(ClockKind::Assigned, Limit::WorkingDays(days));
        let short = world.replay(&process, &history).lateness[0].late_after;
        process.limits.insert(ClockKind::Assigned, Limit::WorkingDays(days + more));
        let long = world.replay(&process, &history).lateness[0].late_after;
        prop_assert!(long <= short);
    }
}

#[test]
fn a_draft_is_tried_on_the_citys_own_past() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let said = json!({"audience": "entrepreneur", "title": "奖补没有到账", "text": "技改补贴还没有到账。", "channel": "hotline"});
        let said = read_intake(&fields(said), Entrance::Staff, app.city()).unwrap();
        let number = "AN20260302H0001";
        app.write_now(&desk(), move |cx| intake::register(cx, number, &said, &[])).unwrap();
        let triage = json!({"version": 1, "kind": "matter", "theme": "finance-tax", "difficulty": "medium", "breadth": "narrow",
            "policy_weight": "medium", "scope": "departmental", "generality": "individual", "policy_axis": "measure",
            "tier": "general", "route": "assigned"});
        let steps = [
            ("2026-03-02T10:00:00+08:00", desk(), Move::Triage, triage),
            (
                "2026-03-02T10:05:00+08:00",
                desk(),
                Move::Assign,
                json!({"version": 2, "lead_unit": "gongkexin", "goal": "说明进度"}),
            ),
            ("2026-03-02T11:00:00+08:00", handler("gongkexin"), Move::Acknowledge, json!({"version": 3})),
            (
                "2026-03-06T11:00:00+08:00",
                handler("gongkexin"),
                Move::Reply,
                json!({"version": 4, "policy_reading": "依据", "measures": "已办", "opinion": "月底到账"}),
            ),
        ];
        for (time, actor, make, input) in steps {
            city.at(time);
            app.write_now(&actor, move |cx| moving::make(cx, number, make, &fields(input.clone())).map(drop)).unwrap();
        }
        let content = "[limits]\nassigned = { working_days = 3 }\n".to_owned();
        let draft = DraftInput { edit: None, title: Some("三天".into()), content: Some(content.clone()) };
        app.write_now(&desk(), move |cx| processes::actions::create(cx, &draft)).unwrap();
        let question = Question { version: Some(2), ..Question::default() };
        let answered = app.read_now(&desk(), move |cx| actions::simulate(cx, &question)).unwrap();
        assert_eq!((answered.report.demands, answered.base, answered.version), (1, 1, Some(2)));
        let handle = answered.report.lateness.iter().find(|late| late.clock == "handle").unwrap();
        assert_eq!(handle.newly_late, [number]);
        let same = Question { rules: Some(content), from: Some("2026-03-01".into()), ..Question::default() };
        assert_eq!(app.read_now(&desk(), move |cx| actions::simulate(cx, &same)).unwrap().report, answered.report);

        app.write_now(&desk(), move |cx| actions::note(cx, &answered)).unwrap();
        assert!(app.read_now(&desk(), |cx| processes::actions::one(cx, 2)).unwrap().is_tried());
        let bad =
            Question { rules: Some("[limits]\nx = 1".into()), from: Some("morgen".into()), ..Question::default() };
        assert!(app.read_now(&desk(), move |cx| actions::simulate(cx, &bad)).is_err());
        assert!(app.read_now(&Actor::public(), |cx| actions::simulate(cx, &Question::default())).is_err());
    });
}
