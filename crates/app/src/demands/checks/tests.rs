//! Ticking, taking back, and what is kept from being closed.

use kernel::{Actor, Error, RefusalKind};
use serde_json::json;

use super::Check;
use crate::city::City;
use crate::demands::actions::{intake, moving};
use crate::demands::rules::moves::Move;
use crate::demands::serials;
use crate::testing::{TestCity, desk, fields, handler, leader};

fn joint(city: &TestCity) -> String {
    let said = json!({"audience": "public", "title": "路灯", "text": "路灯不亮", "channel": "phone"});
    let said = intake::check(&city.app, &desk(), &fields(said)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let number = runtime.block_on(serials::next_number(&city.app, "phone", city.app.now())).unwrap();
    let number = city.app.write_now(&desk(), move |cx| intake::register(cx, &number, &said, &[])).unwrap().number;
    let triage = json!({"kind": "matter", "theme": "finance-tax", "difficulty": "medium", "breadth": "narrow",
        "policy_weight": "strong", "scope": "departmental", "generality": "individual", "policy_axis": "measure",
        "tier": "complex", "route": "joint"});
    for (version, make, mut input) in
        [(1, Move::Triage, triage), (2, Move::Assign, json!({"lead_unit": "gongkexin", "goal": "查清"}))]
    {
        input["version"] = version.into();
        let (number, input) = (number.clone(), fields(input));
        city.app.write_now(&desk(), move |cx| moving::make(cx, &number, make, &input)).unwrap();
    }
    number
}

fn tick(city: &TestCity, who: &Actor, number: &str, item: &'static str, done: bool) -> Result<Vec<Check>, Error> {
    let number = number.to_owned();
    city.app.write_now(who, move |cx| super::tick(cx, &number, Some(item), done))
}

fn open(city: &TestCity, number: &str) -> Vec<String> {
    let number = number.to_owned();
    city.app.read_now(&desk(), move |cx| moving::load(cx, &number)).unwrap().open_checks
}

fn kind<T: std::fmt::Debug>(result: Result<T, Error>) -> RefusalKind {
    match result {
        Err(Error::Refused(refusal)) => refusal.kind,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn the_list_of_the_route_is_ticked_by_those_who_work_on_it() {
    let strict = |city: &mut City| {
        let by_hand = city.checklists.iter_mut().filter(|item| item.route == "joint" && item.evidence.is_none());
        by_hand.for_each(|item| item.required = true);
    };
    TestCity::on_both_engines_with(strict, |city| {
        let n = joint(city);
        assert_eq!(open(city, &n), ["会商纪要已归档", "各单位分工已书面确认"]);
        let checks = tick(city, &handler("gongkexin"), &n, "minutes-filed", true).unwrap();
        assert_eq!(checks[0].done.as_ref().map(|done| done.0.as_str()), Some("承办岗乙"));
        assert_eq!(open(city, &n), ["各单位分工已书面确认"]);
        // A second tick keeps the first name, and writes nothing more.
        tick(city, &desk(), &n, "minutes-filed", true).unwrap();
        tick(city, &desk(), &n, "minutes-filed", false).unwrap();
        assert_eq!(open(city, &n).len(), 2);
        assert_eq!(kind(tick(city, &leader(), &n, "minutes-filed", true)), RefusalKind::NotFound);
        assert_eq!(kind(tick(city, &handler("wenlv"), &n, "minutes-filed", true)), RefusalKind::NotFound);
        assert_eq!(kind(tick(city, &desk(), &n, "instruction-filed", true)), RefusalKind::Invalid);
        let stream = crate::demands::stream(&n);
        let history = city.app.store().read_now(move |tx| tx.history(&stream)).unwrap();
        let acts: Vec<&str> = history.iter().skip(3).map(|entry| entry.act.as_str()).collect();
        assert_eq!(acts, ["check_item", "uncheck_item"]);
    });
}
