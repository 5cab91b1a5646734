//! What came by which way, and where hearing is thin.

use serde_json::json;

use super::actions;
use super::rules::{Coverage, Hearing, Span};
use crate::city::Mode;
use crate::demands::actions::listing::{self};
use crate::demands::actions::{intake, moving};
use crate::demands::rules::filter::Filter;
use crate::demands::rules::moves::Move;
use crate::testing::{TestCity, desk, fields, handler};

fn say(city: &TestCity, number: &str, channel: &str, audience: &str) {
    let number = number.to_owned();
    let said = fields(json!({"audience": audience, "title": "路灯坏了", "text": "三盏路灯不亮", "channel": channel}));
    let said = intake::check(&city.app, &desk(), &said).unwrap();
    city.app.write_now(&desk(), move |cx| intake::register(cx, &number, &said, &[])).unwrap();
}

fn seen(city: &TestCity) -> Coverage {
    let today = jiff::civil::date(2026, 3, 2);
    city.app.read_now(&desk(), move |cx| actions::coverage(cx, Span::read(None, None, today)?)).unwrap()
}

#[test]
fn eight_ways_are_counted_and_the_quiet_ones_named() {
    TestCity::on_both_engines(|city| {
        for n in 1..=8 {
            say(city, &format!("AN20260302W{n:04}"), "web", "public");
        }
        say(city, "AN20260302R0001", "企业接待日", "entrepreneur");
        say(city, "AN20260302P0001", "12345", "public");
        let coverage = seen(city);
        assert_eq!((coverage.voices, coverage.joined, coverage.cells.len()), (10, 0, 8));
        let cell = |code: &str| coverage.cells.iter().find(|c| c.mode == Mode::read(code).unwrap()).unwrap();
        assert_eq!((cell("online,daily,random").voices, cell("online,daily,random").audiences), (9, [9, 0, 0]));
        let reception = cell("offline,special,regular");
        assert_eq!((reception.voices, reception.hearing), (1, Hearing::Heard));
        let line = reception.channels.iter().find(|line| line.code == "reception").unwrap();
        assert!(line.asks.as_ref().unwrap().1.contains("每半月"));
        assert_eq!(cell("offline,daily,random").hearing, Hearing::Silent);
        let gone = city.app.read_now(&desk(), |cx| {
            actions::coverage(cx, Span::read(Some("2025-01-01"), Some("2025-12-31"), cx.today())?)
        });
        assert_eq!(gone.unwrap().voices, 0);
    });
}

#[test]
fn each_number_is_the_length_of_its_list() {
    TestCity::on_both_engines(|city| {
        say(city, "AN20260302W0001", "web", "public");
        say(city, "AN20260302V0001", "走访", "entrepreneur");
        let triage = json!({"version": 1, "kind": "matter", "theme": "housing", "difficulty": "easy", "breadth": "narrow",
            "policy_weight": "weak", "scope": "departmental", "generality": "individual", "policy_axis": "procedure",
            "tier": "general", "route": "assigned"});
        let assign = json!({"version": 2, "lead_unit": "gongkexin", "goal": "修好"});
        for (make, input) in [(Move::Triage, triage), (Move::Assign, assign)] {
            city.app
                .write_now(&desk(), move |cx| moving::make(cx, "AN20260302V0001", make, &fields(input.clone())))
                .unwrap();
        }
        let coverage = seen(city);
        let unit = coverage.units.iter().find(|line| line.unit == "gongkexin").unwrap();
        assert_eq!((unit.voices, unit.hearing), (1, None));
        assert!(coverage.units.iter().any(|line| line.hearing == Some(Hearing::Silent)), "streets are named too");
        for (place, mode) in Mode::all().enumerate() {
            let lists = [
                (coverage.cells[place].voices, Filter { mode: Some(mode), ..Filter::default() }),
                (unit.cells[place], Filter { mode: Some(mode), unit: Some("gongkexin".into()), ..Filter::default() }),
            ];
            for (n, filter) in lists {
                let length = city.app.read_now(&desk(), move |cx| listing::count(cx, &filter)).unwrap().n;
                assert_eq!(length as i64, n, "{}", mode.label());
            }
        }
    });
}

#[test]
fn it_is_for_those_who_see_the_whole_city() {
    let city = TestCity::start(None);
    let refused =
        city.app.read_now(&handler("gongkexin"), |cx| actions::coverage(cx, Span::read(None, None, cx.today())?));
    assert!(refused.is_err());
}
