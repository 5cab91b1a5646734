//! Stories of the harder cases, on both engines: several units, several levels, several voices; in [`time`] more time, less
//! time.

mod time;

use kernel::{Actor, RefusalKind, Result};
use serde_json::{Value, json};

use super::actions::{intake, moving, viewing};
use super::checks;
use super::rules::case::Case;
use super::rules::moves::Move;
use super::rules::vocabulary::{ClockName, RequestKind, Route, Status};
use super::tests::{at, make, refused, said, submit, triage_fields, wrong_fields};
use crate::context::App;
use crate::testing::{TestCity, desk, handler, head, leader};

/// A demand that has been sorted onto a route; its number.
fn sorted(app: &App, route: &str, tier: &str) -> String {
    let n = submit(app, &Actor::public(), said()).unwrap().number;
    let mut fields = triage_fields();
    fields.insert("route".into(), route.into());
    fields.insert("tier".into(), tier.into());
    make(app, &desk(), &n, Move::Triage, Value::Object(fields)).unwrap();
    n
}

fn assigned(app: &App, route: &str, co_units: Value) -> String {
    let n = sorted(app, route, "complex");
    let fields = json!({"lead_unit": "gongkexin", "co_units": co_units, "goal": "一起把事办了"});
    make(app, &desk(), &n, Move::Assign, fields).unwrap();
    n
}

fn reply() -> Value {
    json!({"policy_reading": "按办法", "measures": "已协调", "opinion": "本月办结"})
}

fn answered(app: &App, n: &str) -> Case {
    make(app, &handler("gongkexin"), n, Move::Reply, reply()).unwrap();
    make(app, &desk(), n, Move::Callback, json!({"reached": true, "solved": true, "grade": "satisfied"})).unwrap()
}

fn open_moves(app: &App, actor: &Actor, n: &str) -> Result<Vec<&'static str>> {
    let number = n.to_owned();
    app.read_now(actor, move |cx| Ok(viewing::whole(cx, &number)?.moves.iter().map(|row| row.make.code()).collect()))
}

fn due(case: &Case, name: ClockName) -> String {
    let clock = case.clocks.iter().rev().find(|clock| clock.name == name).unwrap();
    clock.due_at.rfc3339(&jiff::tz::TimeZone::get("Asia/Shanghai").unwrap())
}

#[test]
fn several_units_each_have_their_part() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let n = assigned(app, "joint", json!(["fagai", "市农业农村局"]));
        let (lead, co) = (handler("gongkexin"), handler("fagai"));
        let case = make(app, &lead, &n, Move::Acknowledge, json!({})).unwrap();
        assert_eq!(case.parts.iter().map(|part| part.unit.as_str()).collect::<Vec<_>>(), ["fagai", "nongye"]);
        assert_eq!(due(&case, ClockName::Handle), "2026-03-16T17:00:00+08:00", "ten working days for the lead");
        assert_eq!(due(&case, ClockName::Part), "2026-03-05T17:00:00+08:00", "three for each of the others");

        // Who was asked sees it and may answer, and only once; nobody else of the units sees it.
        assert_eq!(open_moves(app, &co, &n).unwrap(), ["give_opinion", "acknowledge"]);
        assert_eq!(refused(open_moves(app, &handler("wenlv"), &n)).kind, RefusalKind::NotFound);
        make(app, &co, &n, Move::Acknowledge, json!({})).unwrap();
        make(
            app,
            &co,
            &n,
            Move::GiveOpinion,
            json!({"opinion": "原话：同意，但要先立项", "stance": "with_conditions"}),
        )
        .unwrap();
        assert_eq!(open_moves(app, &co, &n).unwrap(), [""; 0]);

        answered(app, &n);
        let close = || make(app, &desk(), &n, Move::Close, json!({"outcome": "solved"}));
        let open = refused(close());
        assert_eq!(open.errors[0].field, "parts");
        assert!(open.errors[0].message.contains("nongye"), "{open:?}");
        make(app, &handler("nongye"), &n, Move::GiveOpinion, json!({"opinion": "没有意见"})).unwrap();
        let closed = close().unwrap();
        assert_eq!(closed.parts[0].opinion.as_deref(), Some("原话：同意，但要先立项"));
        assert!(app.store().verify().unwrap().holds());
    });
}

#[test]
fn a_required_item_that_nobody_ticked_keeps_a_demand_open() {
    let strict = |city: &mut crate::city::City| {
        city.checklists.iter_mut().filter(|item| item.code == "minutes-filed").for_each(|item| item.required = true);
    };
    TestCity::on_both_engines_with(strict, |city| {
        let app = &city.app;
        let n = assigned(app, "joint", json!(["fagai"]));
        make(app, &handler("gongkexin"), &n, Move::Acknowledge, json!({})).unwrap();
        let listed = |n: &str| {
            let number = n.to_owned();
            app.read_now(&desk(), move |cx| {
                let case = moving::load(cx, &number)?;
                Ok((
                    checks::of(cx, &case)?.into_iter().map(|c| (c.item.code, c.done.is_some())).collect::<Vec<_>>(),
                    case.open_checks,
                ))
            })
            .unwrap()
        };
        let standing = |n: &str, code: &str| listed(n).0.into_iter().find(|(item, _)| item == code).unwrap().1;
        assert!(!standing(&n, "opinions-gathered"), "an opinion is owed");
        make(app, &handler("fagai"), &n, Move::GiveOpinion, json!({"opinion": "没有意见"})).unwrap();
        assert!(standing(&n, "opinions-gathered"), "the record proves it");
        answered(app, &n);
        let close = || make(app, &desk(), &n, Move::Close, json!({"outcome": "solved"}));
        assert_eq!(wrong_fields(close()), ["checklist"]);
        let number = n.clone();
        app.write_now(&desk(), move |cx| checks::tick(cx, &number, Some("minutes-filed"), true)).unwrap();
        close().unwrap();
    });
}

#[test]
fn an_objection_is_ruled_once_and_in_time() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let n = assigned(app, "assigned", json!([]));
        let unit = head("gongkexin");
        let object = |n: &str, fields: Value| make(app, &unit, n, Move::Object, fields);
        assert_eq!(
            refused(make(app, &handler("gongkexin"), &n, Move::Object, json!({"reason": "不归我"}))).kind,
            RefusalKind::Forbidden
        );
        assert_eq!(wrong_fields(object(&n, json!({}))), ["reason"]);
        let case = object(&n, json!({"ground": "not_mandate", "suggested_unit": "市发改局"})).unwrap();
        assert_eq!(due(&case, ClockName::ObjectionRuling), "2026-03-02T17:00:00+08:00", "ruled on the same day");
        assert_eq!(wrong_fields(object(&n, json!({"reason": "再说一次"}))), ["move"]);
        assert_eq!(refused(make(app, &unit, &n, Move::RuleObjection, json!({}))).kind, RefusalKind::Forbidden);
        let case = make(
            app,
            &desk(),
            &n,
            Move::RuleObjection,
            json!({"upheld": true, "reason": "职责在发改", "lead_unit": "fagai"}),
        )
        .unwrap();
        assert_eq!((case.demand.status, case.demand.lead_unit.as_deref()), (Status::Assigned, Some("fagai")));
        assert_eq!(case.demand.received_at, at("2026-03-02T09:00:00+08:00"));
        assert_eq!(refused(open_moves(app, &unit, &n)).kind, RefusalKind::NotFound, "it is no longer theirs");
        assert_eq!(
            case.holders().map(|(unit, _)| unit).collect::<Vec<_>>(),
            ["gongkexin", "fagai"],
            "every hand shows"
        );

        // The unit that got it may object too; not upheld, it goes on; too late is too late.
        make(app, &head("fagai"), &n, Move::Object, json!({"reason": "也不归我"})).unwrap();
        let case = make(app, &desk(), &n, Move::RuleObjection, json!({"upheld": false, "reason": "归你"})).unwrap();
        assert_eq!((case.demand.status, case.pending(RequestKind::Objection)), (Status::Assigned, None));
        assert_eq!(
            wrong_fields(make(app, &head("fagai"), &n, Move::Object, json!({"reason": "还是不归我"}))),
            ["move"]
        );
        let other = assigned(app, "assigned", json!([]));
        city.at("2026-03-04T09:00:00+08:00");
        assert_eq!(wrong_fields(object(&other, json!({"reason": "晚了"}))), ["move"]);
    });
}

#[test]
fn a_key_matter_waits_for_the_leader() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let n = assigned(app, "assigned", json!([]));
        make(app, &handler("gongkexin"), &n, Move::Acknowledge, json!({})).unwrap();
        let up = json!({"route": "leader", "reason": "三家单位互为前置，会商没有结果", "ground": "no_agreement"});
        let case = make(app, &head("gongkexin"), &n, Move::Escalate, up).unwrap();
        assert_eq!((case.demand.status, case.demand.sorting.route), (Status::Triaged, Some(Route::Leader)));
        let assign = json!({"lead_unit": "fagai", "goal": "牵头协调"});
        assert_eq!(refused(make(app, &desk(), &n, Move::Assign, assign.clone())).kind, RefusalKind::Forbidden);
        assert!(!open_moves(app, &desk(), &n).unwrap().contains(&"assign"));
        let mut down = triage_fields();
        down.insert("route".into(), "assigned".into());
        assert_eq!(
            wrong_fields(make(app, &desk(), &n, Move::Triage, Value::Object(down))),
            ["route"],
            "down only by the level that decides"
        );

        // The leader says what is to be done; with a unit it is handed over in the same act.
        assert_eq!(open_moves(app, &leader(), &n).unwrap(), ["instruct"]);
        let case = make(
            app,
            &leader(),
            &n,
            Move::Instruct,
            json!({"instruction": "请发改局牵头，十日内报结果", "lead_unit": "fagai", "co_units": ["gongkexin"]}),
        )
        .unwrap();
        assert_eq!((case.demand.status, case.demand.lead_unit.as_deref()), (Status::Assigned, Some("fagai")));
        assert_eq!(case.demand.basis.as_deref(), Some("副市长己批示"));
        assert_eq!(case.owing(), ["gongkexin"]);
        assert_eq!(case.demand.received_at, at("2026-03-02T09:00:00+08:00"), "the receipt time never moves");
        make(app, &handler("fagai"), &n, Move::Acknowledge, json!({})).unwrap();
        make(app, &head("fagai"), &n, Move::RequestExtension, json!({"days": 5, "reason": "要开会"})).unwrap();
        assert_eq!(
            refused(make(app, &desk(), &n, Move::RuleExtension, json!({"granted": true}))).kind,
            RefusalKind::Forbidden
        );
        make(app, &leader(), &n, Move::RuleExtension, json!({"granted": true})).unwrap();
    });
}

#[test]
fn a_meeting_ends_with_owners_for_everything() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let n = sorted(app, "special", "major");
        let meet = |tasks: Value| {
            let fields = json!({"meeting": "special", "held_on": "2026-03-02", "attendees": "领导小组成员单位", "minutes": "议定三条", "tasks": tasks});
            make(app, &desk(), &n, Move::Meet, fields)
        };
        assert_eq!(
            refused(make(app, &desk(), &n, Move::Assign, json!({"lead_unit": "gongkexin", "goal": "办"}))).kind,
            RefusalKind::Forbidden
        );
        let refusal = refused(meet(json!("市发改局｜查清欠费｜2026-03-20\n｜没有人管的事｜")));
        assert!(refusal.errors[0].message.contains("第 2 行没有责任单位"), "{refusal:?}");
        make(
            app,
            &desk(),
            &n,
            Move::Meet,
            json!({"meeting": "on_site", "held_on": "2026-03-02", "attendees": "甲", "minutes": "看过现场"}),
        )
        .unwrap();
        assert!(
            !open_moves(app, &desk(), &n).unwrap().contains(&"assign"),
            "an on-site meeting is not the leading group"
        );
        meet(json!([{"unit": "市发改局", "task": "查清欠费", "due_on": "2026-03-20"}])).unwrap();
        let case = make(app, &desk(), &n, Move::Assign, json!({"lead_unit": "gongkexin", "goal": "办"})).unwrap();
        assert_eq!(due(&case, ClockName::StageReport), "2026-03-16T17:00:00+08:00", "a report every ten working days");
    });
}

#[test]
fn a_consultation_names_who_was_silent() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let n = assigned(app, "joint", json!([]));
        let lead = handler("gongkexin");
        make(app, &lead, &n, Move::Acknowledge, json!({})).unwrap();
        assert_eq!(
            wrong_fields(make(app, &lead, &n, Move::Consult, json!({"units": ["没有这个局"], "question": "能不能"}))),
            ["units"]
        );
        make(app, &lead, &n, Move::Consult, json!({"units": ["fagai", "nongye"], "question": "能不能"})).unwrap();
        make(app, &handler("fagai"), &n, Move::GiveOpinion, json!({"opinion": "能", "stance": "agrees"})).unwrap();
        let conclude = || make(app, &lead, &n, Move::Conclude, json!({"agreed": false, "conclusion": "提请领导协调"}));
        assert_eq!(wrong_fields(conclude()), ["conclusion"], "not before the last day");
        city.at("2026-03-06T09:00:00+08:00");
        let case = conclude().unwrap();
        assert_eq!(case.proceedings[0].result.as_deref(), Some("没有达成一致：提请领导协调（逾期未答复：nongye）"));
        assert!(case.owing().is_empty());
    });
}

#[test]
fn one_demand_many_voices() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let voice = submit(app, &Actor::public(), said()).unwrap();
        let middle = submit(app, &Actor::public(), said()).unwrap().number;
        let n = assigned(app, "assigned", json!([]));
        let merge = |from: &str, into: &str| make(app, &desk(), from, Move::Merge, json!({"into": into}));
        assert_eq!(wrong_fields(merge(&middle, &middle)), ["into"]);
        assert_eq!(wrong_fields(merge(&middle, "AN20200101W0001")), ["into"]);
        merge(&voice.number, &middle).unwrap();
        assert_eq!(wrong_fields(merge(&middle, &voice.number)), ["into"], "no circles");
        merge(&middle, &n.to_lowercase()).unwrap();
        make(app, &handler("gongkexin"), &n, Move::Acknowledge, json!({})).unwrap();
        answered(app, &n);

        // The voice sees where the handled one stands, has the reply, and rates for itself.
        let progress = |number: &str, code: &str| {
            let (number, code) = (number.to_owned(), code.to_owned());
            app.read_now(&Actor::public(), move |cx| viewing::progress(cx, &number, &code)).unwrap()
        };
        let seen = progress(&voice.number, &voice.code);
        assert_eq!((seen.status, seen.replies.len(), seen.may_rate), (Status::Merged, 1, true));
        assert_eq!(seen.waiting_for, "等待回访");
        let rating = moving::RatingInput { grade: Some("satisfied".into()), reasons: Vec::new(), text: None };
        let (number, code) = (voice.number.clone(), voice.code.clone());
        app.write_now(&Actor::public(), move |cx| moving::rate(cx, &number, &code, &rating)).unwrap();
        assert!(!progress(&voice.number, &voice.code).may_rate);

        // Split after the reply: it keeps what it was told and stands where it stood, by its own clock.
        city.at("2026-03-03T09:00:00+08:00");
        let split = make(app, &desk(), &voice.number, Move::Split, json!({"reason": "另一家企业的另一笔钱"})).unwrap();
        assert_eq!((split.demand.status, split.demand.merged), (Status::Received, None));
        assert_eq!(due(&split, ClockName::Dispatch), "2026-03-04T17:00:00+08:00", "a day stood still");
        assert_eq!(progress(&voice.number, &voice.code).replies.len(), 1);
        let whole = app.read_now(&desk(), move |cx| viewing::whole(cx, &n)).unwrap();
        assert_eq!(whole.voices.iter().map(|v| &v.number).collect::<Vec<_>>(), [&middle]);
        assert!(app.store().verify().unwrap().holds());
    });
}

#[test]
fn what_can_be_answered_at_once_is_one_act() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let unit = handler("gongkexin");
        let register = |actor: &Actor, number: &'static str, input: Value| {
            let Value::Object(mut input) = input else { panic!("an object") };
            let answer = intake::take_answer(&mut input).unwrap();
            let said = intake::check(app, actor, &input)?;
            app.write_now(actor, move |cx| intake::register_answered(cx, number, &said, &[], &answer))
        };
        let asked = json!({"audience": "entrepreneur", "title": "高新认定去哪里申报", "channel": "window", "theme": "industry",
            "answer": {"opinion": "在省科技厅网站申报，每年 5 月和 8 月两批。", "note": "说明白了"}});
        let receipt = register(&unit, "AN20260302D0001", asked.clone()).unwrap();
        assert_eq!(receipt.status, Status::Replied);
        let case = app.read_now(&unit, |cx| moving::load(cx, "AN20260302D0001")).unwrap();
        let d = &case.demand;
        assert_eq!((d.lead_unit.as_deref(), d.sorting.route), (Some("gongkexin"), Some(Route::Instant)));
        assert_eq!(d.said.text, "高新认定去哪里申报", "the question is the words");
        assert_eq!(case.next_clock().unwrap().name, ClockName::Callback);
        let handle = case.clocks.iter().find(|clock| clock.name == ClockName::Handle).unwrap();
        assert_eq!(handle.stopped_at, Some(d.received_at), "it counts among the answers in time");

        // The caller's word on the spot is a note; the call-back belongs to somebody else.
        let callback = json!({"reached": true, "solved": true, "grade": "satisfied"});
        assert_eq!(refused(make(app, &unit, &d.number, Move::Callback, callback.clone())).kind, RefusalKind::Forbidden);
        make(app, &desk(), &d.number, Move::Callback, callback.clone()).unwrap();
        make(app, &desk(), &d.number, Move::Close, json!({"outcome": "solved"})).unwrap();

        // Without a theme nothing is registered; what the dispatcher answers somebody else calls back.
        let mut no_theme = asked.clone();
        no_theme["theme"] = Value::Null;
        assert_eq!(wrong_fields(register(&unit, "AN20260302D0002", no_theme)), ["theme"]);
        assert!(app.read_now(&desk(), |cx| moving::load(cx, "AN20260302D0002")).is_err());
        register(&desk(), "AN20260302D0003", asked).unwrap();
        assert_eq!(
            refused(make(app, &desk(), "AN20260302D0003", Move::Callback, callback)).kind,
            RefusalKind::Forbidden
        );
        assert!(app.store().verify().unwrap().holds());
    });
}
