//! One thing done to many demands: previews, outcomes of their own, somebody who was first.

use kernel::{Actor, Error, Refusal, RefusalKind};
use serde_json::{Map, Value, json};

use super::actions::{self, Item, MOST, Outcome};
use crate::demands::actions::{intake, moving};
use crate::demands::macros::{self, MacroInput, Step};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Status;
use crate::demands::serials;
use crate::testing::{TestCity, desk, fields, handler, somebody};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// So many demands that have just come in.
fn received(city: &TestCity, count: usize) -> Vec<Item> {
    let numbers = (0..count).map(|n| {
        let said = json!({"audience": "public", "title": format!("路灯{n}"), "text": "路灯不亮", "channel": "phone"});
        let said = intake::check(&city.app, &desk(), &fields(said)).unwrap();
        let number = runtime().block_on(serials::next_number(&city.app, "phone", city.app.now())).unwrap();
        city.app.write_now(&desk(), move |cx| intake::register(cx, &number, &said, &[])).unwrap().number
    });
    numbers.map(|number| Item { number, version: 1 }).collect()
}

fn triage() -> Map<String, Value> {
    fields(json!({"kind": "matter", "theme": "finance-tax", "difficulty": "medium", "breadth": "narrow",
        "policy_weight": "weak", "scope": "departmental", "generality": "individual", "policy_axis": "measure",
        "tier": "general", "route": "assigned"}))
}

fn assign(unit: &str) -> Map<String, Value> {
    fields(json!({"lead_unit": unit, "goal": "查清 {title}，回复诉求人"}))
}

fn preview(city: &TestCity, actor: &Actor, items: &[Item], steps: &[Step]) -> Result<Vec<Outcome>, Error> {
    let (items, steps) = (items.to_vec(), steps.to_vec());
    city.app.read_now(actor, move |cx| actions::preview(cx, &items, &steps))
}

fn run(city: &TestCity, actor: &Actor, items: &[Item], steps: &[Step]) -> Result<Vec<Outcome>, Error> {
    runtime().block_on(actions::run(&city.app, actor, items.to_vec(), steps.to_vec()))
}

fn version(city: &TestCity, number: &str) -> (Status, i64) {
    let number = number.to_owned();
    let case = city.app.read_now(&desk(), move |cx| moving::load(cx, &number)).unwrap();
    (case.demand.status, case.demand.version)
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_preview_shows_each_row_and_changes_nothing() {
    TestCity::on_both_engines(|city| {
        let items = received(city, 3);
        let steps = [Step::new(Move::Triage, triage()), Step::new(Move::Assign, assign("gongkexin"))];
        let shown = preview(city, &desk(), &items, &steps).unwrap();
        for (row, item) in shown.iter().zip(&items) {
            let effect = row.effect.as_ref().unwrap();
            assert!(row.refusal.is_none(), "{row:?}");
            assert_eq!((effect.from, effect.to), (Status::Received, Status::Assigned));
            assert_eq!((effect.unit_before.as_deref(), effect.unit.as_deref()), (None, Some("gongkexin")));
            assert_eq!(effect.version, 3);
            assert!(effect.due.is_some());
            assert_eq!(version(city, &item.number), (Status::Received, 1));
        }
        // What is shown is what happens.
        let made = run(city, &desk(), &items, &steps).unwrap();
        for (before, after) in shown.iter().zip(&made) {
            assert!(after.refusal.is_none(), "{after:?}");
            let (before, after) = (before.effect.as_ref().unwrap(), after.effect.as_ref().unwrap());
            assert_eq!((before.to, &before.unit, before.due), (after.to, &after.unit, after.due));
            let texts = &after.texts[0].1;
            assert!(texts.contains(&after.title), "{texts}");
        }
        let history = city.app.store().read_now({
            let stream = crate::demands::stream(&items[1].number);
            move |tx| tx.history(&stream)
        });
        let acts: Vec<String> = history.unwrap().into_iter().map(|entry| entry.act).collect();
        assert_eq!(acts, ["register", "triage", "assign"]);
    });
}

#[test]
fn whoever_was_first_wins_and_the_rest_goes_on() {
    TestCity::on_both_engines(|city| {
        let mut items = received(city, 5);
        let other = somebody(7, "统筹岗丙", "yingshang", &[kernel::Role::Coordinator]);
        run(city, &other, &items[1..3], &[Step::new(Move::Triage, triage())]).unwrap();
        items.push(Item { number: "AN20260302P9999".into(), version: 1 });
        let made = run(city, &desk(), &items, &[Step::new(Move::Triage, triage())]).unwrap();
        let kinds: Vec<Option<RefusalKind>> = made.iter().map(|row| row.refusal.as_ref().map(|r| r.kind)).collect();
        let first = Some(RefusalKind::Conflict { current: Some(2) });
        assert_eq!(kinds, [None, first, first, None, None, Some(RefusalKind::NotFound)]);
        assert!(items[..5].iter().all(|item| version(city, &item.number) == (Status::Triaged, 2)));
    });
}

#[test]
fn two_coordinators_with_the_same_batch_leave_every_row_done_once() {
    TestCity::on_both_engines(|city| {
        let items = received(city, 40);
        let steps = vec![Step::new(Move::Triage, triage())];
        let other = somebody(7, "统筹岗丙", "yingshang", &[kernel::Role::Coordinator]);
        let first = desk();
        let (one, two) = runtime().block_on(async {
            tokio::join!(
                actions::run(&city.app, &first, items.clone(), steps.clone()),
                actions::run(&city.app, &other, items.clone(), steps.clone())
            )
        });
        for (one, two) in one.unwrap().iter().zip(&two.unwrap()) {
            assert_eq!([one, two].iter().filter(|row| row.refusal.is_none()).count(), 1, "{one:?} {two:?}");
        }
        assert!(items.iter().all(|item| version(city, &item.number) == (Status::Triaged, 2)));
    });
}

#[test]
fn a_row_does_all_its_moves_or_none() {
    TestCity::on_both_engines(|city| {
        let items = received(city, 2);
        let steps = [Step::new(Move::Triage, triage()), Step::new(Move::Acknowledge, Map::new())];
        for rows in [preview(city, &desk(), &items, &steps).unwrap(), run(city, &desk(), &items, &steps).unwrap()] {
            assert!(rows.iter().all(|row| row.refusal.is_some()), "{rows:?}");
        }
        assert!(items.iter().all(|item| version(city, &item.number) == (Status::Received, 1)));
    });
}

#[test]
fn the_law_holds_for_each_row_and_the_list_is_checked() {
    TestCity::on_both_engines(|city| {
        let items = received(city, 2);
        let steps = [Step::new(Move::Triage, triage())];
        // Whoever may not see them learns nothing of them.
        let rows = run(city, &handler("gongkexin"), &items, &steps).unwrap();
        assert!(rows.iter().all(|row| row.refusal.as_ref().is_some_and(|r| r.kind == RefusalKind::NotFound)));
        assert!(rows.iter().all(|row| row.effect.is_none()));
        let twice = [items.clone(), items.clone()].concat();
        assert_eq!(refusal(preview(city, &desk(), &twice, &steps)).errors[0].code, "duplicate");
        assert_eq!(refusal(run(city, &desk(), &[], &steps)).errors[0].code, "required");
        let many: Vec<Item> = (0..=MOST).map(|n| Item { number: n.to_string(), version: 1 }).collect();
        assert_eq!(refusal(run(city, &desk(), &many, &steps)).errors[0].code, "too_many");
        assert_eq!(refusal(run(city, &desk(), &items, &[])).errors[0].field, "steps");
        let gaps = [Step::new(Move::Triage, fields(json!({"kind": "matter"})))];
        let rows = preview(city, &desk(), &items, &gaps).unwrap();
        assert!(rows.iter().all(|row| row.refusal.as_ref().is_some_and(|r| r.errors.len() > 5)), "{rows:?}");
    });
}

#[test]
fn a_macro_is_kept_checked_and_applied() {
    TestCity::on_both_engines(|city| {
        let keep = |input: MacroInput| city.app.write_now(&desk(), move |cx| macros::create(cx, &input));
        let bad = MacroInput {
            scope: Some("city".into()),
            name: Some(" ".into()),
            steps: vec![
                Step { make: "fly".into(), fields: Map::new() },
                Step::new(Move::Assign, fields(json!({"lead_unit": "nowhere", "goal": "办"}))),
                Step::new(
                    Move::Assign,
                    fields(json!({"lead_unit": "gongkexin", "goal": "办", "due_on": "2026-04-01"})),
                ),
            ],
            version: None,
        };
        let wrong = refusal(keep(bad));
        let named: Vec<&str> = wrong.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(named, ["name", "steps.0.move", "steps.1.lead_unit", "steps.2.due_on"]);
        let good = MacroInput {
            scope: Some("city".into()),
            name: Some("一般咨询→工科信".into()),
            steps: vec![Step::new(Move::Triage, triage()), Step::new(Move::Assign, assign("gongkexin"))],
            version: None,
        };
        let kept = keep(good).unwrap();
        let seen = city.app.read_now(&handler("gongkexin"), macros::list).unwrap();
        assert_eq!(seen, std::slice::from_ref(&kept));
        let items = received(city, 2);
        let rows = run(city, &desk(), &items, &seen[0].steps).unwrap();
        assert!(rows.iter().all(|row| row.refusal.is_none()), "{rows:?}");
        assert!(items.iter().all(|item| version(city, &item.number) == (Status::Assigned, 3)));
    });
}
