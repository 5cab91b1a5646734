//! Stories of time: more of it, too much of it, and what comes back on its day.

use kernel::{Actor, Role};
use serde_json::{Value, json};

use super::{answered, assigned, due};
use crate::demands::actions::{escalating, moving, succeeding, together, viewing};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::{ClockName, Outcome, Route, Status};
use crate::demands::rules::{self, case::Case};
use crate::demands::tests::{at, make, said, submit, triage_fields, wrong_fields};
use crate::testing::{TestCity, desk, handler, head, somebody};
use crate::units::{self, EndInput};

#[test]
fn more_time_is_asked_for_granted_and_told() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let receipt = submit(app, &Actor::public(), said()).unwrap();
        let n = receipt.number.as_str();
        make(app, &desk(), n, Move::Triage, Value::Object(triage_fields())).unwrap();
        make(app, &desk(), n, Move::Assign, json!({"lead_unit": "gongkexin", "goal": "办好"})).unwrap();
        make(app, &handler("gongkexin"), n, Move::Acknowledge, json!({})).unwrap();
        let ask = |days: u32| {
            make(app, &head("gongkexin"), n, Move::RequestExtension, json!({"days": days, "reason": "要现场核实"}))
        };
        assert_eq!(wrong_fields(ask(6)), ["days"], "no longer than the first limit");
        ask(3).unwrap();
        assert_eq!(wrong_fields(make(app, &desk(), n, Move::RuleExtension, json!({"granted": false}))), ["reason"]);
        let case = make(app, &desk(), n, Move::RuleExtension, json!({"granted": true})).unwrap();
        assert_eq!(due(&case, ClockName::Handle), "2026-03-12T17:00:00+08:00", "five and three working days");
        assert_eq!(wrong_fields(ask(1)), ["move"], "once");

        // Two working days of waiting for the submitter move it by two working days.
        city.at("2026-03-04T09:00:00+08:00");
        let suspend = |fields: Value| make(app, &head("gongkexin"), n, Move::Suspend, fields);
        assert_eq!(wrong_fields(suspend(json!({}))), ["ground", "evidence"]);
        let case = suspend(json!({"ground": "awaiting_submitter", "evidence": "已发补充材料通知"})).unwrap();
        let handle = |case: &Case| case.clocks.iter().find(|c| c.name == ClockName::Handle).unwrap().clone();
        assert!(handle(&case).paused_since().is_some());
        assert_eq!(
            case.next_clock().map(|clock| clock.name),
            Some(ClockName::FirstContact),
            "the work stands still, the rest does not"
        );
        city.at("2026-03-06T09:00:00+08:00");
        let case = make(app, &head("gongkexin"), n, Move::Resume, json!({})).unwrap();
        assert_eq!(due(&case, ClockName::Handle), "2026-03-16T17:00:00+08:00");
        let derivation = rules::clocks::derive(&handle(&case), &app.calendar()).unwrap().unwrap();
        assert_eq!(derivation.due.map(|due| due.at), Some(handle(&case).due_at), "the clock explains itself");
        assert!(derivation.steps.len() >= 3, "{:?}", derivation.steps);

        // What nobody resumes, the program does.
        suspend(json!({"ground": "statutory_period", "evidence": "公示七日", "until": "2026-03-09"})).unwrap();
        city.at("2026-03-09T17:00:00+08:00");
        together::resume_due(app).unwrap();
        let (number, code) = (n.to_owned(), receipt.code.clone());
        let progress = app.read_now(&Actor::public(), move |cx| viewing::progress(cx, &number, &code)).unwrap();
        let told: Vec<&str> = progress.timeline.iter().filter_map(|step| step.said.as_deref()).collect();
        assert!(
            told.iter().any(|said| said.contains("延长 3 个工作日"))
                && told.iter().any(|said| said.contains("等待诉求人补充材料")),
            "{told:?}"
        );
        assert_eq!(progress.waiting_for, "承办单位正在办理");
        assert!(app.store().verify().unwrap().holds());
    });
}

#[test]
fn what_cannot_be_done_comes_back_on_its_day() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let n = assigned(app, "assigned", json!([]));
        make(app, &handler("gongkexin"), &n, Move::Acknowledge, json!({})).unwrap();
        answered(app, &n);
        assert_eq!(
            wrong_fields(make(app, &desk(), &n, Move::Close, json!({"outcome": "solved", "review_on": "2026-06-01"}))),
            ["review_on"]
        );
        let closed =
            make(app, &desk(), &n, Move::Close, json!({"outcome": "not_supported", "review_on": "2026-06-01"}))
                .unwrap();
        assert_eq!(closed.demand.outcome, Some(Outcome::NotSupported));
        assert_eq!(closed.next_clock().map(|clock| clock.name), Some(ClockName::Review));
        city.at("2026-06-01T10:00:00+08:00");
        let again = json!({"finding": "unchanged", "note": "政策没有变", "review_on": "2026-09-01"});
        let case = make(app, &desk(), &n, Move::Review, again).unwrap();
        assert_eq!(
            (case.demand.status, due(&case, ClockName::Review).as_str()),
            (Status::Closed, "2026-09-01T17:00:00+08:00")
        );
        let case = make(app, &desk(), &n, Move::Review, json!({"finding": "changed", "note": "新办法已施行"})).unwrap();
        assert_eq!((case.demand.status, case.demand.round), (Status::InProgress, 2));
        assert_eq!(case.demand.first_closed_at, Some(at("2026-03-02T09:00:00+08:00")));
    });
}

#[test]
fn what_two_dispatches_could_not_do_goes_up_by_itself() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let (late, twice) = (assigned(app, "assigned", json!([])), assigned(app, "assigned", json!([])));
        let again = json!({"lead_unit": "fagai", "goal": "换一家办", "reason": "原单位办不了"});
        make(app, &desk(), &twice, Move::Assign, again).unwrap();
        let stands = |n: &str| {
            let number = n.to_owned();
            let d = app.read_now(&desk(), move |cx| moving::load(cx, &number)).unwrap().demand;
            (d.status, d.sorting.route)
        };
        city.at("2026-03-10T10:00:00+08:00");
        escalating::by_rule(app).unwrap();
        assert_eq!(stands(&twice), (Status::Triaged, Some(Route::Joint)), "two dispatches, and late");
        assert_eq!(stands(&late), (Status::Assigned, Some(Route::Assigned)), "one dispatch, a day late");
        city.at("2026-03-22T10:00:00+08:00");
        escalating::by_rule(app).unwrap();
        assert_eq!(stands(&late).1, Some(Route::Assigned), "nothing goes up on a Sunday");
        city.at("2026-03-24T10:00:00+08:00");
        escalating::by_rule(app).unwrap();
        assert_eq!(stands(&late), (Status::Triaged, Some(Route::Joint)), "late by ten working days");
        assert!(app.store().verify().unwrap().holds());
    });
}

#[test]
fn the_submitter_sees_every_hand_and_every_change_of_time() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let receipt = submit(app, &Actor::public(), said()).unwrap();
        let n = receipt.number.as_str();
        let seen = || {
            let (number, code) = (n.to_owned(), receipt.code.clone());
            app.read_now(&Actor::public(), move |cx| viewing::progress(cx, &number, &code)).unwrap()
        };
        make(app, &desk(), n, Move::Triage, Value::Object(triage_fields())).unwrap();
        let fields = json!({"lead_unit": "gongkexin", "co_units": ["wenlv"], "goal": "办好"});
        make(app, &desk(), n, Move::Assign, fields).unwrap();
        assert_eq!(seen().helpers.len(), 1);
        city.at("2026-03-02T09:10:00+08:00");
        make(app, &handler("gongkexin"), n, Move::Acknowledge, json!({})).unwrap();
        make(app, &head("gongkexin"), n, Move::Object, json!({"reason": "不归我"})).unwrap();
        assert_eq!(seen().waiting_for, "承办单位提出异议，等待裁定由谁办理");
        city.at("2026-03-02T09:20:00+08:00");
        let ruling = json!({"upheld": true, "reason": "职责在发改", "lead_unit": "fagai"});
        make(app, &desk(), n, Move::RuleObjection, ruling).unwrap();
        city.at("2026-03-02T09:30:00+08:00");
        make(app, &handler("fagai"), n, Move::Acknowledge, json!({})).unwrap();
        make(app, &head("fagai"), n, Move::RequestExtension, json!({"days": 2, "reason": "要现场核实"})).unwrap();
        assert_eq!(seen().waiting_for, "承办单位正在办理，延长时间的申请等待审批");
        make(app, &desk(), n, Move::RuleExtension, json!({"granted": false, "reason": "来得及"})).unwrap();

        let told: Vec<String> = seen().timeline.into_iter().map(|step| step.what).collect();
        let (first, second) = ("市工科信局", "市发改局");
        let wanted = [
            "收到您的诉求".to_owned(),
            format!("{}作了研判", app.city().dispatcher_name()),
            format!("交给{first}办理，市文旅局协办"),
            format!("{first}签收"),
            format!("{first}认为应由其他单位办理，等待裁定"),
            format!("经裁定，改由{second}办理"),
            format!("{second}签收"),
            format!("{second}申请延长 2 个工作日，等待审批"),
            "延长办理时间的申请没有批准，期限不变".to_owned(),
        ];
        assert_eq!(told, wanted);
        assert!(seen().helpers.is_empty(), "the helpers of the first assignment were let go");
    });
}

#[test]
fn what_a_dissolved_unit_held_passes_to_its_successor_as_it_stands() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let receipt = submit(app, &Actor::public(), said()).unwrap();
        let led = receipt.number.as_str();
        make(app, &desk(), led, Move::Triage, Value::Object(triage_fields())).unwrap();
        let fields = json!({"lead_unit": "gongkexin", "co_units": ["fagai", "nongye"], "goal": "办好"});
        make(app, &desk(), led, Move::Assign, fields).unwrap();
        make(app, &handler("gongkexin"), led, Move::Acknowledge, json!({})).unwrap();
        let asked = json!({"days": 2, "reason": "要现场核实"});
        let before = make(app, &head("gongkexin"), led, Move::RequestExtension, asked).unwrap();
        let helped = assigned(app, "joint", json!(["nongye"]));
        let passed = json!({"lead_unit": "nongye", "co_units": ["gongkexin"], "goal": "办好", "reason": "职责"});
        make(app, &desk(), &helped, Move::Assign, passed).unwrap();
        let unsigned = assigned(app, "assigned", json!([]));

        let end = |successor: Option<&str>| {
            let (valid_to, reason) = (Some("2026-03-03".into()), Some("机构改革".into()));
            let input = EndInput { version: Some(1), valid_to, successor: successor.map(str::to_owned), reason };
            let administrator = somebody(9, "管理员", "zhengfuban", &[Role::Administrator]);
            app.write_now(&administrator, move |cx| units::end(cx, "gongkexin", &input))
        };
        assert_eq!(wrong_fields(end(None)), ["successor"], "somebody has to go on");
        assert_eq!(wrong_fields(end(Some("shiwei"))), ["successor"], "somebody who may handle demands");
        end(Some("fagai")).unwrap();
        city.at("2026-03-03T16:00:00+08:00");
        succeeding::settle(app).unwrap();
        let stands = |n: &str| {
            let number = n.to_owned();
            app.read_now(&desk(), move |cx| moving::load(cx, &number)).unwrap()
        };
        assert_eq!(stands(led), before, "not before its last day is over");

        city.at("2026-03-04T08:00:00+08:00");
        succeeding::settle(app).unwrap();
        succeeding::settle(app).unwrap();
        let case = stands(led);
        assert_eq!((case.demand.status, case.demand.lead_unit.as_deref()), (Status::InProgress, Some("fagai")));
        assert_eq!((case.demand.version, case.demand.held_since), (before.demand.version + 1, app.now()));
        assert_eq!(due(&case, ClockName::Handle), due(&before, ClockName::Handle));
        let open: Vec<&str> = case.parts.iter().filter(|part| part.open()).map(|part| part.unit.as_str()).collect();
        assert_eq!(open, ["nongye"], "who leads now is no helper any more");
        make(app, &desk(), led, Move::RuleExtension, json!({"granted": true})).unwrap();
        let reply = json!({"policy_reading": "按办法", "measures": "已协调", "opinion": "本月办结"});
        make(app, &handler("fagai"), led, Move::Reply, reply).unwrap();
        assert_eq!(stands(&helped).owed_by("fagai").count(), 1);
        make(app, &handler("fagai"), &unsigned, Move::Acknowledge, json!({})).unwrap();
        let refused = make(app, &handler("gongkexin"), &helped, Move::Acknowledge, json!({}));
        assert!(refused.is_err(), "it is no longer theirs");

        let (number, code) = (led.to_owned(), receipt.code.clone());
        let progress = app.read_now(&Actor::public(), move |cx| viewing::progress(cx, &number, &code)).unwrap();
        let told: Vec<String> = progress.timeline.into_iter().map(|step| step.what).collect();
        assert_eq!(
            told[3..],
            [
                "市工科信局签收",
                "市工科信局申请延长 2 个工作日，等待审批",
                "市工科信局撤销，由市发改局接续办理，期限不变",
                "经批准延长办理时间",
                "市发改局作出答复"
            ]
        );
        assert!(app.store().verify().unwrap().holds());
    });
}
