//! Stories of common issues: found, confirmed, grown, answered; split, joined, set aside; and who sees what.

use kernel::{Actor, Error, Refusal, RefusalKind, Role};
use serde_json::json;

use super::actions::acting::Made;
use super::actions::answering::{self, AnswerInput, Answered};
use super::actions::seeing::{self, Seen};
use super::actions::{acting, finding};
use super::records::Wanted;
use super::rules::acts::Act;
use super::rules::issue::{Standing, State};
use super::rules::reading::ActInput;
use crate::demands::actions::{intake, moving};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Status;
use crate::demands::{belonging, serials};
use crate::testing::{TestCity, desk, fields, handler, leader, somebody};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn say(city: &TestCity, title: &str, text: &str) -> String {
    let said = json!({"audience": "entrepreneur", "title": title, "text": text, "channel": "phone",
        "enterprise": {"name": format!("安宁{title}公司")}});
    let said = intake::check(&city.app, &desk(), &fields(said)).unwrap();
    let number = runtime().block_on(serials::next_number(&city.app, "phone", city.app.now())).unwrap();
    city.app.write_now(&desk(), move |cx| intake::register(cx, &number, &said, &[])).unwrap().number
}

const NOTICE: [&str; 9] = [
    "有序用电的错避峰通知太晚，装料以后才接到电话，电炉只能空烧，请求提前一天通知。",
    "错避峰通知到得太晚，窑炉已经装料，有序用电请提前一天通知，避免停炉报废。",
    "有序用电通知晚上十点才到，第二天一早就要错避峰，排产来不及，请提前一天通知。",
    "错避峰的有序用电通知只提前两小时，生产线来不及降负荷，希望至少提前一天通知。",
    "我厂接到有序用电错避峰通知时已经开炉，通知太晚，请提前一天告知。",
    "有序用电通知没有提前量，错避峰当天才打电话通知，造成停机损失。",
    "希望有序用电错避峰通知提前一天，现在通知太晚，夜班没有办法安排。",
    "错避峰通知太晚，冷库来不及预冷，有序用电请提前一天通知。",
    "有序用电错避峰通知太晚，临时停电造成原料报废，请提前一天通知。",
];

const PARKING: [&str; 4] = [
    "物流园的货车停车位太少，夜里货车只能停在路边排队，请求增加货车停车场。",
    "货车停车场不够，物流园门口路边停满货车，夜里排队占道，请增加停车位。",
    "物流园货车停车难，停车场早就满了，货车停在路边被罚，请增加货车停车位。",
    "园区货车停车位紧张，物流园门口夜里货车排队占道停车，请增加停车场。",
];

/// Demands about two matters, and one about a third.
fn city_hears(city: &TestCity, notices: usize) -> (Vec<String>, Vec<String>) {
    let notices = (0..notices).map(|n| say(city, &format!("有序用电通知太晚{n}"), NOTICE[n])).collect();
    let parking = PARKING.iter().enumerate().map(|(n, text)| say(city, &format!("货车停车难{n}"), text)).collect();
    say(city, "菜市场路灯", "菜市场门口的路灯坏了半个月，晚上看不见路。");
    (notices, parking)
}

fn look(city: &TestCity) {
    finding::look_until(&city.app, city.app.now().plus_seconds(1)).unwrap();
}

fn listed(city: &TestCity, actor: &Actor) -> Vec<(String, State, i64)> {
    let page = kernel::PageRequest::first(50);
    let lines = city.app.read_now(actor, move |cx| seeing::list(cx, &Wanted::default(), &page)).unwrap();
    lines.items.into_iter().map(|line| (line.issue.number, line.issue.state, line.size)).collect()
}

/// The issue in which a demand stands.
fn issue_of(city: &TestCity, demand: &str) -> String {
    let numbers = listed(city, &desk()).into_iter().map(|(number, ..)| number);
    numbers.into_iter().find(|number| members(city, number).iter().any(|member| member == demand)).unwrap()
}

fn seen(city: &TestCity, actor: &Actor, number: &str) -> Result<Seen, Error> {
    let number = number.to_owned();
    city.app.read_now(actor, move |cx| seeing::whole(cx, &number))
}

fn whole(city: &TestCity, number: &str) -> Seen {
    seen(city, &desk(), number).unwrap()
}

fn members(city: &TestCity, number: &str) -> Vec<String> {
    let mut members: Vec<String> = whole(city, number).rows.into_iter().map(|(_, row)| row.number).collect();
    members.sort();
    members
}

fn act(city: &TestCity, number: &str, act: Act, input: ActInput) -> Result<Made, Error> {
    let version = input.version.unwrap_or_else(|| whole(city, number).whole.issue.version);
    let (number, input) = (number.to_owned(), ActInput { version: Some(version), ..input });
    city.app.write_now(&desk(), move |cx| acting::act(cx, &number, act, &input))
}

fn because(reason: &str) -> ActInput {
    ActInput { reason: Some(reason.into()), ..ActInput::default() }
}

fn confirmed() -> ActInput {
    ActInput {
        name: Some("有序用电通知提前量不够".into()),
        coordinator: Some("lingdaoxiaozu".into()),
        lead_unit: Some("市发改局".into()),
        ..because("多家企业反映，符合有序用电方案")
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn belongs(city: &TestCity, number: &str) -> Option<String> {
    let number = number.to_owned();
    city.app
        .read_now(&desk(), move |cx| {
            let demand = moving::load(cx, &number)?.demand.id;
            belonging::of(cx, demand)
        })
        .unwrap()
}

/// Brings a demand to the handler of a unit.
fn hand_over(city: &TestCity, number: &str, unit: &str) {
    let triage = json!({"kind": "matter", "theme": "power-curtailment", "difficulty": "medium", "breadth": "wide",
        "policy_weight": "medium", "scope": "departmental", "generality": "common", "policy_axis": "procedure",
        "tier": "general", "route": "assigned"});
    let assign = json!({"lead_unit": unit, "goal": "明确通知提前量"});
    let steps = [
        (desk(), Move::Triage, triage),
        (desk(), Move::Assign, assign),
        (handler(unit), Move::Acknowledge, json!({})),
        (handler(unit), Move::FirstContact, json!({"note": "已联系"})),
    ];
    for (actor, make, input) in steps {
        let (number, mut input) = (number.to_owned(), fields(input));
        city.app
            .write_now(&actor, move |cx| {
                let version = moving::load(cx, &number)?.demand.version;
                input.insert("version".into(), version.into());
                moving::make(cx, &number, make, &input).map(drop)
            })
            .unwrap();
    }
}

fn status(city: &TestCity, number: &str) -> Status {
    let number = number.to_owned();
    city.app.read_now(&desk(), move |cx| Ok(moving::load(cx, &number)?.demand.status)).unwrap()
}

fn answer_input() -> AnswerInput {
    AnswerInput {
        policy_reading: Some("有序用电方案没有规定通知提前量，可以在本市方案里约定。".into()),
        measures: Some("自 3 月 15 日起，前一日 18 时以前通知，由园区电话确认。".into()),
        opinion: Some("“{title}”按新办法办理，请留意前一日的通知。".into()),
        ..AnswerInput::default()
    }
}

fn answer(city: &TestCity, actor: &Actor, number: &str, input: AnswerInput) -> Result<Answered, Error> {
    let version = whole(city, number).whole.issue.version;
    let input = AnswerInput { version: Some(version), ..input };
    runtime().block_on(answering::answer(&city.app, actor, number, input))
}

#[test]
fn what_several_say_is_found_once_and_keeps_its_number_as_it_grows() {
    TestCity::on_both_engines(|city| {
        let (mut notices, mut parking) = city_hears(city, 5);
        look(city);
        let found = listed(city, &desk());
        let sizes: Vec<(State, i64)> = found.iter().map(|(_, state, size)| (*state, *size)).collect();
        assert_eq!(sizes, [(State::Candidate, 5), (State::Candidate, 4)], "{found:?}");
        notices.sort();
        parking.sort();
        assert_eq!((members(city, &found[0].0), members(city, &found[1].0)), (notices.clone(), parking));
        assert!(found[0].0.starts_with("ANGX2026-00"), "{found:?}");
        let first = whole(city, &found[0].0);
        assert!(!first.whole.issue.name.is_empty() && !first.whole.issue.why.is_empty(), "{:?}", first.whole.issue);
        assert!(first.rows.iter().all(|(member, _)| member.likeness.is_some() && !member.shared.is_empty()));
        assert_eq!((first.reach.firms, first.months.last().unwrap().1), (5, 5));
        assert_eq!(city.app.read_now(&desk(), seeing::waiting).unwrap(), 2);
        assert_eq!(city.app.read_now(&leader(), seeing::waiting).unwrap(), 0);

        // Looked at again, nothing changes; another voice joins the same issue.
        look(city);
        assert_eq!(listed(city, &desk()), found);
        city.at("2026-03-03T09:00:00+08:00");
        notices.push(say(city, "再说一次通知太晚", NOTICE[5]));
        look(city);
        notices.sort();
        assert_eq!(members(city, &found[0].0), notices);
    });
}

#[test]
fn the_work_of_the_minute_finds_them_after_a_while_and_not_twice() {
    TestCity::on_both_engines(|city| {
        city_hears(city, 4);
        finding::look(&city.app).unwrap();
        assert_eq!(listed(city, &desk()), [], "what may not be committed yet is not looked at");
        city.at("2026-03-02T09:02:00+08:00");
        finding::look(&city.app).unwrap();
        let found = listed(city, &desk());
        assert_eq!(found.len(), 2);
        say(city, "又一家", NOTICE[6]);
        city.at("2026-03-02T09:04:00+08:00");
        finding::look(&city.app).unwrap();
        assert_eq!(listed(city, &desk()), found, "not again within five minutes");
        city.at("2026-03-02T09:08:00+08:00");
        finding::look(&city.app).unwrap();
        assert_eq!(listed(city, &desk())[0].2, 5);
    });
}

#[test]
fn confirmed_grown_and_answered_for_all() {
    TestCity::on_both_engines(|city| {
        let (notices, _) = city_hears(city, 4);
        look(city);
        let number = issue_of(city, &notices[0]);
        let wrong = refusal(act(
            city,
            &number,
            Act::Confirm,
            ActInput { lead_unit: Some("没有".into()), ..ActInput::default() },
        ));
        let named: Vec<&str> = wrong.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(named, ["reason", "coordinator", "lead_unit"]);
        let kept = ActInput { members: Some(notices[..3].to_vec()), ..confirmed() };
        let made = act(city, &number, Act::Confirm, kept).unwrap();
        assert_eq!((made.whole.issue.state, made.whole.size()), (State::Confirmed, 3));
        assert_eq!(belongs(city, &notices[0]).as_deref(), Some(number.as_str()));
        assert_eq!(belongs(city, &notices[3]), None);

        // What comes later waits for a person; what was left out stays out.
        city.at("2026-03-09T09:00:00+08:00");
        let later = say(city, "后来的一家", NOTICE[4]);
        look(city);
        let grown = whole(city, &number);
        let (member, _) = grown.rows.iter().find(|(_, row)| row.number == later).unwrap();
        assert_eq!((member.standing, grown.whole.size()), (Standing::Proposed, 4));
        assert_eq!(belongs(city, &later), None);
        assert_eq!(grown.whole.issue.name, "有序用电通知提前量不够");
        let attach = ActInput { members: Some(vec![later.clone()]), ..ActInput::default() };
        act(city, &number, Act::Attach, attach).unwrap();
        assert_eq!(belongs(city, &later).as_deref(), Some(number.as_str()));

        // One unit handles two of them, another one; the last waits for triage.
        hand_over(city, &notices[0], "fagai");
        hand_over(city, &notices[1], "fagai");
        hand_over(city, &notices[2], "gongkexin");
        let leak = AnswerInput { opinion: Some("妥否，请批示。".into()), ..answer_input() };
        assert_eq!(refusal(answer(city, &handler("fagai"), &number, leak)).errors[0].field, "checked");
        assert_eq!(refusal(answer(city, &handler("gongkexin"), &number, answer_input())).errors[0].code, "not_allowed");
        let asked = number.clone();
        let shown =
            city.app.read_now(&handler("fagai"), move |cx| answering::preview(cx, &asked, &answer_input())).unwrap();
        assert_eq!((shown.outcomes.len(), shown.beyond, shown.new), (2, 2, true));
        assert_eq!(status(city, &notices[0]), Status::InProgress, "a preview does nothing");
        let sent = answer(city, &handler("fagai"), &number, answer_input()).unwrap();
        assert!(sent.outcomes.iter().all(|outcome| outcome.refusal.is_none()), "{sent:?}");
        assert_eq!(
            [0, 1, 2].map(|n| status(city, &notices[n])),
            [Status::Replied, Status::Replied, Status::InProgress]
        );
        let stream = crate::demands::stream(&notices[0]);
        let history = city.app.store().read_now(move |tx| tx.history(&stream)).unwrap();
        let acts: Vec<&str> = history.iter().map(|entry| entry.act.as_str()).collect();
        assert_eq!(acts[acts.len() - 2..], ["reply", "issue_answer"]);
        assert!(acts.contains(&"belong"));

        // The other unit passes the same words on to its own; the office sees that it may not.
        let office = answer(city, &desk(), &number, AnswerInput::default()).unwrap();
        assert!(!office.new && office.outcomes.iter().all(|outcome| outcome.refusal.is_some()), "{office:?}");
        answer(city, &handler("gongkexin"), &number, AnswerInput::default()).unwrap();
        assert_eq!(status(city, &notices[2]), Status::Replied);
        let end = whole(city, &number);
        assert_eq!((end.whole.issue.state, end.answers.len(), end.reached.len()), (State::Answered, 1, 3));
    });
}

#[test]
fn what_was_set_aside_stays_away_until_it_has_doubled() {
    TestCity::on_both_engines(|city| {
        city_hears(city, 3);
        look(city);
        let number = listed(city, &desk()).into_iter().find(|(_, _, size)| *size == 3).unwrap().0;
        assert_eq!(refusal(act(city, &number, Act::SetAside, ActInput::default())).errors[0].field, "reason");
        act(city, &number, Act::SetAside, because("各有各的原因")).unwrap();
        let state = || whole(city, &number).whole.issue.state;
        for (n, text) in NOTICE.iter().enumerate().skip(3).take(2) {
            say(city, &format!("又一次{n}"), text);
        }
        look(city);
        assert_eq!((state(), whole(city, &number).whole.size()), (State::SetAside, 5));
        assert_eq!(listed(city, &desk()).len(), 2, "it is not found anew either");
        say(city, "第六家", NOTICE[5]);
        look(city);
        assert_eq!(state(), State::Candidate);
    });
}

#[test]
fn split_join_and_back_again() {
    TestCity::on_both_engines(|city| {
        let (notices, parking) = city_hears(city, 5);
        look(city);
        let found = listed(city, &desk());
        let (one, other) = (found[0].0.as_str(), found[1].0.as_str());
        let some =
            ActInput {
                name: Some("夜间通知".into()), members: Some(notices[..2].to_vec()), ..because("说的是夜里")
            };
        let new = act(city, one, Act::Split, some).unwrap().new.unwrap();
        assert_eq!((new.size(), new.issue.state, members(city, one).len()), (2, State::Candidate, 3));
        look(city);
        assert_eq!(members(city, one).len(), 3, "the program does not undo it");
        while crate::jobs::at_once(&city.app).unwrap() {}
        let near = whole(city, one).near;
        let of_new = near.iter().filter(|near| near.issue.as_ref().is_some_and(|(n, _)| *n == new.issue.number));
        assert_eq!(of_new.count(), 2, "{near:?}");

        let into = ActInput { into: Some(one.to_ascii_lowercase()), ..because("还是同一件事") };
        act(city, &new.issue.number, Act::Join, into).unwrap();
        assert_eq!(members(city, one).len(), 5);
        act(city, &new.issue.number, Act::Unjoin, because("又分开")).unwrap();
        assert_eq!((members(city, one).len(), members(city, &new.issue.number).len()), (3, 2));

        // A confirmed issue takes from a candidate, never from another confirmed one.
        act(city, one, Act::Confirm, confirmed()).unwrap();
        let take = ActInput { numbers: Some(format!("{}、{}", parking[0], notices[0])), ..ActInput::default() };
        act(city, one, Act::Attach, take).unwrap();
        assert_eq!((members(city, other).len(), members(city, &new.issue.number).len()), (3, 1));
        act(city, other, Act::Confirm, confirmed()).unwrap();
        let taken = ActInput { numbers: Some(parking[0].clone()), ..ActInput::default() };
        let refused = refusal(act(city, other, Act::Attach, taken));
        assert_eq!(refused.errors[0].field, "numbers");
        assert!(refused.message.contains(one), "{refused:?}");
        act(city, one, Act::Detach, ActInput { members: Some(vec![parking[0].clone()]), ..because("说的是停车") })
            .unwrap();
        assert_eq!(belongs(city, &parking[0]), None);
        let confirmed_into = ActInput { into: Some(one.into()), ..because("合并统筹") };
        act(city, other, Act::Join, confirmed_into).unwrap();
        assert_eq!(belongs(city, &parking[1]).as_deref(), Some(one));
    });
}

#[test]
fn whoever_was_second_loses_nothing() {
    TestCity::on_both_engines(|city| {
        city_hears(city, 3);
        look(city);
        let number = listed(city, &desk())[0].0.clone();
        let version = whole(city, &number).whole.issue.version;
        let name = |name: &str| ActInput { version: Some(version), name: Some(name.into()), ..ActInput::default() };
        act(city, &number, Act::Rename, name("先改的名字")).unwrap();
        let second = refusal(act(city, &number, Act::Rename, name("后改的名字")));
        assert_eq!(second.kind, RefusalKind::Conflict { current: Some(version + 1) });
        assert_eq!(whole(city, &number).whole.issue.name, "先改的名字");
        let none = ActInput { version: None, ..name("没有版本") };
        let (asked, input) = (number.clone(), none);
        let refused = city.app.write_now(&desk(), move |cx| acting::act(cx, &asked, Act::Rename, &input));
        assert_eq!(refusal(refused).errors[0].field, "version");
    });
}

#[test]
fn a_unit_sees_the_issues_of_its_demands_and_counts_the_rest() {
    TestCity::on_both_engines(|city| {
        let (notices, _) = city_hears(city, 3);
        look(city);
        hand_over(city, &notices[0], "fagai");
        let number = listed(city, &desk()).into_iter().find(|(_, _, size)| *size == 3).unwrap().0;
        assert_eq!(listed(city, &leader()).len(), 2);
        assert_eq!(listed(city, &handler("fagai")), [(number.clone(), State::Candidate, 3)]);
        assert_eq!(listed(city, &handler("shijianju")), []);
        let unit = seen(city, &handler("fagai"), &number).unwrap();
        assert_eq!((unit.rows.len(), unit.hidden, unit.acts.len(), unit.near.len()), (1, 2, 0, 0));
        assert_eq!(refusal(seen(city, &handler("shijianju"), &number).map(drop)).kind, RefusalKind::NotFound);
        let administrator = somebody(9, "管理员", "yingshang", &[Role::Administrator]);
        assert_eq!(refusal(seen(city, &administrator, &number).map(drop)).kind, RefusalKind::NotFound);
        let (asked, input) = (number.clone(), because("我来定"));
        let meddling = city.app.write_now(&handler("fagai"), move |cx| acting::act(cx, &asked, Act::SetAside, &input));
        assert_eq!(refusal(meddling).kind, RefusalKind::Forbidden);

        let led =
            ActInput { lead_unit: Some("市市场监管局".into()), members: Some(notices.clone()), ..confirmed() };
        act(city, &number, Act::Confirm, led).unwrap();
        let tells = |actor: &Actor, notice: &str| {
            let history = seen(city, actor, &number).unwrap().history;
            history
                .iter()
                .flat_map(|entry| &entry.fields)
                .any(|f| f.value.as_deref().is_some_and(|v| v.contains(notice)))
        };
        assert!(
            tells(&desk(), &notices[1]) && !tells(&handler("fagai"), &notices[1]),
            "what lies beyond sight stays there"
        );
        let lead = seen(city, &handler("shijianju"), &number).unwrap();
        assert_eq!(
            (lead.rows.len(), lead.hidden, lead.may_answer),
            (0, 3, true),
            "the lead unit can open what it answers"
        );
        assert_eq!(listed(city, &handler("shijianju")), [(number.clone(), State::Confirmed, 3)]);
    });
}

#[test]
fn only_one_server_looks_at_a_time() {
    TestCity::on_both_engines(|city| {
        city_hears(city, 3);
        let now = city.app.now();
        let claimed =
            city.app.write_now(&Actor::system(), move |cx| super::progress::claim(cx.tx, now, now.plus_seconds(60)));
        assert!(claimed.unwrap());
        look(city);
        assert_eq!(listed(city, &desk()), [], "another server has it");
        city.at("2026-03-02T09:01:00+08:00");
        look(city);
        assert_eq!(listed(city, &desk()).len(), 2, "a server that died is waited for no longer");
    });
}
