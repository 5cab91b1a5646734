//! Being away, standing in, chains, both names, and that nobody becomes their own second person.

use kernel::{Actor, Error, Id, Permission, Refusal, RefusalKind, Result, Role};
use serde_json::json;

use super::actions;
use super::records;
use super::rules::{Absence, AbsenceInput};
use crate::context::Cx;
use crate::demands::actions::{intake, moving, viewing};
use crate::demands::rules::moves::Move;
use crate::people;
use crate::testing::{TestCity, fields};
use crate::web::Session;

const UNIT: &str = "gongkexin";

fn start(story: impl Fn(&TestCity)) {
    TestCity::on_both_engines(|city| {
        people::seed_demo(&city.app).unwrap();
        story(city);
    });
}

fn who(city: &TestCity, username: &str) -> Actor {
    let username = username.to_owned();
    city.app.read_now(&Actor::system(), move |cx| people::actor(cx, &username)).unwrap()
}

fn head() -> String {
    format!("{UNIT}.fzr")
}

fn handler() -> String {
    format!("{UNIT}.cb")
}

/// Another of the unit, made for the test.
fn hire(city: &TestCity, username: &str, name: &str, unit: &str, role: Role) {
    let input = people::AccountInput {
        username: Some(username.into()),
        name: Some(name.into()),
        unit: Some(unit.into()),
        roles: vec![role.code().into()],
        ..people::AccountInput::default()
    };
    city.app.write_now(&Actor::system(), move |cx| people::create(cx, &input, "x", false).map(drop)).unwrap();
}

fn input(account: &str, (from, until): (&str, &str), substitute: Option<&str>) -> AbsenceInput {
    AbsenceInput {
        account: Some(account.into()),
        from: Some(from.into()),
        until: Some(until.into()),
        substitute: substitute.map(str::to_owned),
        ..AbsenceInput::default()
    }
}

fn record(city: &TestCity, by: &str, input: AbsenceInput) -> Result<Absence> {
    let by = who(city, by);
    city.app.write_now(&by, move |cx| actions::record(cx, &input))
}

fn refusal<T: std::fmt::Debug>(result: Result<T>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn wrong<T: std::fmt::Debug>(result: Result<T>) -> Vec<String> {
    refusal(result).errors.into_iter().map(|error| error.field).collect()
}

/// Who acts by each absence now: absent → acting.
fn acting(city: &TestCity) -> Vec<(String, Option<String>)> {
    let known = city.app.read_now(&who(city, "admin"), actions::overview).unwrap().now;
    let each = known.into_iter().flat_map(|k| {
        let name = k.absence.account_name;
        k.acting.into_iter().map(move |way| (name.clone(), way.who)).collect::<Vec<_>>()
    });
    each.collect()
}

/// A session of `username` as the doorkeeper makes it.
fn session(city: &TestCity, username: &str, id: i64) -> Session {
    let actor = who(city, username);
    let session = Session {
        account: actor.account.unwrap(),
        id: Id(id),
        username: username.into(),
        permissions: people::held(&actor),
        actor,
        must_change_password: false,
    };
    city.app
        .read_now(&Actor::system(), move |cx| {
            let mut session = session;
            actions::widen(cx, &mut session)?;
            Ok(session)
        })
        .unwrap()
}

fn stand_in(city: &TestCity, username: &str, id: i64, absence: Id) -> Result<Session> {
    let before = session(city, username, id);
    city.app.write_now(&before.actor, move |cx| actions::stand_in(cx, Id(id), absence).map(drop))?;
    Ok(session(city, username, id))
}

fn speak(city: &TestCity, number: &str) {
    let number = number.to_owned();
    city.app
        .write_now(&Actor::public(), move |cx| {
            let said = fields(json!({ "audience": "public", "title": "路灯坏了", "text": "三盏路灯不亮" }));
            let said = intake::check(cx.app, cx.actor, &said)?;
            intake::register(cx, &number, &said, &[])
        })
        .unwrap();
}

fn make(city: &TestCity, actor: &Actor, number: &str, make: Move, given: serde_json::Value) -> Result<()> {
    let (number, mut given) = (number.to_owned(), fields(given));
    city.app.write_now(actor, move |cx| {
        let system = Actor::system();
        let mut all = Cx { tx: cx.tx, app: cx.app, actor: &system, now: cx.now };
        let version = moving::load(&mut all, &number)?.demand.version;
        given.insert("version".into(), json!(version));
        moving::make(cx, &number, make, &given).map(drop)
    })
}

fn triage(theme: &str) -> serde_json::Value {
    json!({"kind": "matter", "theme": theme, "difficulty": "easy", "breadth": "narrow", "policy_weight": "weak",
        "scope": "departmental", "generality": "individual", "policy_axis": "measure", "tier": "general",
        "route": "assigned"})
}

fn theme(city: &TestCity, place: usize) -> String {
    city.app.city().themes.all()[place].code.clone()
}

#[test]
fn acts_are_signed_with_both_names_and_end_with_the_absence() {
    start(|city| {
        let absence = record(city, &head(), input(&head(), ("2026-03-02", "2026-03-03"), Some(&handler()))).unwrap();
        assert_eq!(absence.by_name, who(city, &head()).name);
        speak(city, "AN20260302W0001");
        make(city, &who(city, "tongchou"), "AN20260302W0001", Move::Triage, triage(&theme(city, 0))).unwrap();
        make(city, &who(city, "tongchou"), "AN20260302W0001", Move::Assign, json!({"lead_unit": UNIT, "goal": "亮灯"}))
            .unwrap();

        let own = session(city, &handler(), 7);
        assert!(!own.may(Permission::HeadUnit) && own.actor.standing_in_for.is_none());
        let acting = stand_in(city, &handler(), 7, absence.id).unwrap();
        assert!(acting.may(Permission::HeadUnit), "the head's roles, for as long as it lasts");
        let (mine, theirs) = (who(city, &handler()).name, who(city, &head()).name);
        assert_eq!(acting.actor.signature(), format!("{mine}（代{theirs}）"));
        assert!(session(city, &handler(), 8).actor.standing_in_for.is_none(), "another session acts for itself");

        let own = absence.id;
        let ending = city.app.write_now(&acting.actor, move |cx| actions::end(cx, own));
        assert_eq!(refusal(ending).kind, RefusalKind::NotFound, "not for how long one stands in");
        make(city, &acting.actor, "AN20260302W0001", Move::Acknowledge, json!({})).unwrap();
        make(
            city,
            &acting.actor,
            "AN20260302W0001",
            Move::Reply,
            json!({"policy_reading": "一", "measures": "二", "opinion": "三"}),
        )
        .unwrap();
        let whole = city.app.read_now(&who(city, "tongchou"), |cx| viewing::whole(cx, "AN20260302W0001")).unwrap();
        assert_eq!(whole.replies[0].by_name, format!("{mine}（代{theirs}）"));
        let last = whole.history.last().unwrap();
        assert_eq!((last.actor.as_str(), last.on_behalf.as_deref()), (mine.as_str(), Some(theirs.as_str())));
        assert_eq!(last.actor_id, acting.actor.account, "it was the one who was there");

        city.at("2026-03-03T23:59:59+08:00");
        assert!(session(city, &handler(), 7).actor.standing_in_for.is_some());
        city.at("2026-03-04T00:00:00+08:00");
        assert!(session(city, &handler(), 7).actor.standing_in_for.is_none(), "over by itself");
        assert_eq!(refusal(stand_in(city, &handler(), 7, absence.id)).kind, RefusalKind::NotFound);
        let whole = city.app.read_now(&who(city, "tongchou"), |cx| viewing::whole(cx, "AN20260302W0001")).unwrap();
        assert_eq!(whole.history.last().unwrap().on_behalf.as_deref(), Some(theirs.as_str()), "signed as it was");
        assert!(city.app.store().read_now(|tx| tx.history(&format!("absence:{}", head()))).unwrap().len() == 2);
    });
}

#[test]
fn a_chain_follows_who_is_there() {
    start(|city| {
        hire(city, "bing", "丙", UNIT, Role::UnitHandler);
        let (a, b) = (who(city, &head()).name, who(city, &handler()).name);
        record(city, &head(), input(&head(), ("2026-03-02", "2026-03-06"), Some(&handler()))).unwrap();
        record(
            city,
            &handler(),
            AbsenceInput {
                from_half: Some("pm".into()),
                until_half: Some("am".into()),
                ..input(&handler(), ("2026-03-02", "2026-03-04"), Some("bing"))
            },
        )
        .unwrap();
        assert_eq!(acting(city), [(a.clone(), Some(b.clone()))]);
        city.at("2026-03-02T12:00:00+08:00");
        assert_eq!(acting(city), [(a.clone(), Some("丙".into())), (b.clone(), Some("丙".into()))]);
        let duties = city.app.read_now(&who(city, "bing"), actions::duties).unwrap();
        assert_eq!(duties.len(), 2);
        assert!(duties[0].actor.is(Role::UnitHead) && duties[0].actor.standing_in_for.as_ref().unwrap().name == a);
        city.at("2026-03-04T12:00:00+08:00");
        assert_eq!(acting(city), [(a.clone(), Some(b))], "back, and nearer");
        // Now the nearer one is away again, without anybody.
        record(city, &handler(), input(&handler(), ("2026-03-05", "2026-03-05"), None)).unwrap();
        city.at("2026-03-05T09:00:00+08:00");
        assert!(acting(city).iter().all(|(_, who)| who.is_none()));
        let gaps = city.app.read_now(&Actor::system(), actions::uncovered).unwrap();
        assert_eq!(gaps.len(), 2);
        assert_eq!(gaps[0].through.len(), 1);
        let ring = input("bing", ("2026-03-05", "2026-03-05"), Some(&head()));
        record(city, "bing", ring).unwrap();
        let id = city.app.read_now(&Actor::system(), |cx| records::not_over(cx.tx, cx.now)).unwrap();
        let without = id.iter().find(|a| a.substitute.is_none()).unwrap().id;
        city.app.write_now(&who(city, &handler()), move |cx| actions::end(cx, without)).unwrap();
        let closing = record(city, &handler(), input(&handler(), ("2026-03-05", "2026-03-05"), Some("bing")));
        assert_eq!(wrong(closing), ["substitute"], "bing relies on the head, the head on the handler");
    });
}

#[test]
fn everything_wrong_is_named_at_once() {
    start(|city| {
        let all = AbsenceInput {
            from: Some("tomorrow".into()),
            from_half: Some("noon".into()),
            until: None,
            substitute: Some("nobody".into()),
            themes: vec!["no-such".into()],
            routes: vec!["air".into()],
            reason: Some("长".repeat(200)),
            ..AbsenceInput::default()
        };
        let fields = wrong(record(city, &head(), all));
        assert_eq!(fields, ["from", "until", "from_half", "substitute", "themes", "routes", "reason"]);
        let days = ("2026-03-09", "2026-03-11");
        let other_unit = record(city, &head(), input("tongchou", days, None));
        assert_eq!(wrong(other_unit), ["account"], "a head records for the own unit only");
        assert_eq!(wrong(record(city, &handler(), input(&head(), days, None))), ["account"]);
        record(city, &head(), input(&handler(), days, Some(&head()))).unwrap();
        record(city, "admin", input("tongchou", days, Some("huifang"))).unwrap();
        assert_eq!(wrong(record(city, "tongchou2", input("tongchou2", days, Some(&handler())))), ["substitute"]);
        assert_eq!(wrong(record(city, &head(), input(&head(), days, Some(&head())))), ["substitute"]);
        assert_eq!(wrong(record(city, "lingdao", input("lingdao", days, Some("tongchou2")))), ["substitute"]);
        assert_eq!(wrong(record(city, &head(), input(&handler(), ("2026-03-11", "2026-03-12"), None))), ["from"]);
        assert_eq!(wrong(record(city, &head(), input(&head(), ("2026-03-11", "2026-03-09"), None))), ["until"]);
        assert_eq!(wrong(record(city, &head(), input(&head(), ("2026-01-01", "2026-03-09"), None))), ["from"]);
        assert_eq!(wrong(record(city, &head(), input(&head(), ("2026-02-20", "2026-03-01"), None))), ["until"]);
    });
}

#[test]
fn a_limited_one_sees_and_does_only_that() {
    start(|city| {
        let (land, other) = (theme(city, 0), theme(city, 1));
        let limits = AbsenceInput {
            themes: vec![land.clone()],
            ..input("tongchou", ("2026-03-02", "2026-03-06"), Some("huifang"))
        };
        let absence = record(city, "tongchou", limits).unwrap();
        for (number, theme) in [("AN20260302W0001", &land), ("AN20260302W0002", &other)] {
            speak(city, number);
            make(city, &who(city, "tongchou2"), number, Move::Triage, triage(theme)).unwrap();
        }
        let acting = stand_in(city, "huifang", 3, absence.id).unwrap();
        let give = json!({"lead_unit": UNIT, "goal": "亮灯"});
        make(city, &acting.actor, "AN20260302W0001", Move::Assign, give.clone()).unwrap();
        let refused = make(city, &acting.actor, "AN20260302W0002", Move::Assign, give);
        assert_eq!(refusal(refused).kind, RefusalKind::NotFound);
        let seen = city.app.read_now(&acting.actor, |cx| {
            crate::demands::actions::listing::count(cx, &crate::demands::rules::filter::Filter::default())
        });
        assert_eq!(seen.unwrap().n, 1);
    });
}

/// The two-person rule holds, whoever stands in for whom.
#[test]
fn nobody_calls_back_what_they_handled() {
    start(|city| {
        let other = who(city, "huifang").unit.unwrap();
        // A coordinator who is also of a handling unit, and one who stands in for a head of that unit.
        hire(city, "shuang", "双岗", &other, Role::Coordinator);
        let head = format!("{other}.fzr");
        let absence = record(city, &head, input(&head, ("2026-03-02", "2026-03-06"), Some("shuang"))).unwrap();
        let coordinator =
            record(city, "tongchou", input("tongchou", ("2026-03-02", "2026-03-06"), Some("shuang"))).unwrap();
        speak(city, "AN20260302W0001");
        make(city, &who(city, "tongchou2"), "AN20260302W0001", Move::Triage, triage(&theme(city, 0))).unwrap();
        make(
            city,
            &who(city, "tongchou2"),
            "AN20260302W0001",
            Move::Assign,
            json!({"lead_unit": other, "goal": "亮灯"}),
        )
        .unwrap();
        let handling = stand_in(city, "shuang", 1, absence.id).unwrap();
        make(city, &handling.actor, "AN20260302W0001", Move::Acknowledge, json!({})).unwrap();
        make(
            city,
            &handling.actor,
            "AN20260302W0001",
            Move::Reply,
            json!({"policy_reading": "一", "measures": "二", "opinion": "三"}),
        )
        .unwrap();
        // Through the coordinator's chair at another unit: the own unit still counts.
        let calling = stand_in(city, "shuang", 1, coordinator.id).unwrap();
        assert_eq!(calling.actor.unit, who(city, "tongchou").unit);
        let call = json!({"reached": true, "solved": true, "grade": "satisfied"});
        let refused = make(city, &calling.actor, "AN20260302W0001", Move::Callback, call.clone());
        assert_eq!(refusal(refused).kind, RefusalKind::Forbidden);
        // Even for somebody whose unit is another by now, the account remembers.
        let moved = Actor { unit: Some("yingshang".into()), standing_in_for: None, ..calling.actor.clone() };
        let refused = make(city, &moved, "AN20260302W0001", Move::Callback, call.clone());
        assert!(refusal(refused).message.contains("由别人来做"));
        let whole = city.app.read_now(&moved, |cx| viewing::whole(cx, "AN20260302W0001")).unwrap();
        assert!(whole.moves.iter().all(|row| row.make != Move::Callback));
        make(city, &who(city, "tongchou2"), "AN20260302W0001", Move::Callback, call).unwrap();
    });
}
