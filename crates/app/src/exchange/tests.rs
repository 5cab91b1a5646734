//! The exchange with simulated remotes: as the contract has it, and with everything that goes wrong on the way.

mod faults;
mod remote;

use kernel::{Error, Refusal};
use serde_json::{Value, json};

use self::remote::Remote;
use super::actions::{reconciling, seeing, sending, taking};
use super::records;
use super::rules::reconcile::Kind;
use crate::context::Cx;
use crate::demands::actions::{listing, moving};
use crate::demands::rules::filter::Filter;
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Status;
use crate::testing::{TestCity, desk, fields, handler};

/// Makes a move on a demand as whoever may.
fn make(city: &TestCity, number: &str, make: Move, input: Value) {
    let unit = city.app.read_now(&desk(), {
        let number = number.to_owned();
        move |cx| Ok(moving::load(cx, &number)?.demand.lead_unit)
    });
    let by = match (make, unit.unwrap()) {
        (Move::Acknowledge | Move::FirstContact | Move::Reply, Some(unit)) => handler(&unit),
        _ => desk(),
    };
    let (number, input) = (number.to_owned(), fields(input));
    let made = city.app.write_now(&by, move |cx| {
        let mut input = input.clone();
        input.insert("version".into(), moving::load(cx, &number)?.demand.version.into());
        moving::make(cx, &number, make, &input).map(drop)
    });
    made.unwrap();
}

/// What a move takes that a test does not care about.
fn usual(make: Move) -> Value {
    match make {
        Move::Triage => json!({"kind": "matter", "theme": "employment", "difficulty": "easy", "breadth": "narrow",
            "policy_weight": "weak", "scope": "departmental", "generality": "individual", "policy_axis": "procedure",
            "tier": "general", "route": "assigned"}),
        Move::Assign => json!({"lead_unit": "gongkexin", "goal": "核实并答复"}),
        Move::FirstContact => json!({"note": "已联系"}),
        Move::Reply => json!({"policy_reading": "按规定", "measures": "已核实", "opinion": "已办理"}),
        Move::Callback => json!({"reached": true, "solved": true, "grade": "satisfied"}),
        Move::Close => json!({"outcome": "solved"}),
        Move::Redo => json!({"reason": "还没有办到位"}),
        Move::Decline => json!({"ground": "not_powers", "note": "请按法定途径"}),
        Move::Withdraw => json!({"reason": "不需要了"}),
        _ => json!({}),
    }
}

fn count(city: &TestCity) -> usize {
    city.app.read_now(&desk(), |cx| listing::count(cx, &Filter::default())).unwrap().n
}

fn status(city: &TestCity, number: &str) -> Status {
    let number = number.to_owned();
    city.app.read_now(&desk(), move |cx| Ok(moving::load(cx, &number)?.demand.status)).unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn wrong_fields(refusal: &Refusal) -> Vec<&str> {
    refusal.errors.iter().map(|error| error.field.as_str()).collect()
}

#[test]
fn a_case_goes_there_and_back() {
    TestCity::on_both_engines(|city| {
        let mut hotline = Remote::new("12345", 1);
        let case = hotline.hands_over("路灯不亮");
        let taken = hotline.sends(city).unwrap();
        assert_eq!((taken.done, taken.rejected, taken.received), (1, 0, 1));
        hotline.fetches(city);
        let number = hotline.number(&case);
        for each in [Move::Triage, Move::Assign, Move::Acknowledge, Move::FirstContact, Move::Reply] {
            make(city, &number, each, usual(each));
        }
        hotline.fetches(city);
        assert_eq!(hotline.case(&case).status, "40");
        // The hotline calls back itself, and says so when it closes its case.
        hotline.closes(&case, true);
        hotline.sends(city).unwrap();
        make(city, &number, Move::Close, usual(Move::Close));
        hotline.fetches(city);
        let there = hotline.case(&case);
        assert_eq!((there.status.as_str(), there.closed), ("50", true));
        assert!(there.reply_sm3.is_some());
        let kinds: Vec<&str> = hotline.heard.iter().map(|message| message["kind"].as_str().unwrap()).collect();
        let expected = ["acknowledge", "status", "status", "status", "status", "acknowledge", "close"].as_slice();
        assert_eq!(kinds.iter().filter(|kind| **kind != "status").count(), 3, "{kinds:?}");
        assert_eq!(kinds.len(), expected.len(), "{kinds:?}");
        assert_eq!(hotline.reconciles(city).comparison.differences, []);
        assert!(city.app.store().verify().unwrap().holds());
    });
}

#[test]
fn a_remote_withdraws_urges_and_sends_back() {
    TestCity::on_both_engines(|city| {
        let mut province = Remote::new("yn-complaints", 2);
        let [taken_back, sent_back] = ["撤诉的一件", "复核的一件"].map(|title| province.hands_over(title));
        province.sends(city).unwrap();
        province.fetches(city);
        province.says(&taken_back, "urged", "三天没有消息");
        province.says(&taken_back, "cancelled", "双方和解");
        let number = province.number(&sent_back);
        for each in [Move::Triage, Move::Assign, Move::Acknowledge, Move::FirstContact, Move::Reply] {
            make(city, &number, each, usual(each));
        }
        make(city, &number, Move::Callback, usual(Move::Callback));
        make(city, &number, Move::Close, usual(Move::Close));
        province.fetches(city);
        assert!(province.case(&sent_back).closed);
        province.says(&sent_back, "reopened", "投诉人不认可");
        let taken = province.sends(city).unwrap();
        assert_eq!((taken.done, taken.rejected), (3, 0), "{:?}", taken.reasons);
        assert_eq!(status(city, &province.number(&taken_back)), Status::Withdrawn);
        assert_eq!(status(city, &number), Status::InProgress);
        // A second withdrawal has nothing left to do; the law refuses one of what has ended otherwise.
        province.says(&taken_back, "cancelled", "再说一遍");
        assert_eq!(province.sends(city).unwrap().done, 1);
        province.fetches(city);
        assert!(!province.case(&sent_back).closed);
        assert_eq!(province.reconciles(city).comparison.unexplained(), 0);
    });
}

#[test]
fn half_a_file_is_refused_whole() {
    TestCity::on_both_engines(|city| {
        let mut hotline = Remote::new("12345", 3);
        for n in 0..10 {
            hotline.hands_over(&format!("第 {n} 件"));
        }
        let whole = hotline.packs();
        let half: String = whole.lines().take(6).flat_map(|line| [line, "\n"]).collect();
        let refused = refusal(remote::give(city, "12345", &half));
        assert_eq!(wrong_fields(&refused), ["count", "sm3"]);
        assert!(refused.errors[0].message.contains("10 条，文件里有 5 条"), "{}", refused.errors[0].message);
        assert_eq!(wrong_fields(&refusal(remote::give(city, "12345", &whole[..whole.len() - 20]))), ["sm3"]);
        assert_eq!(wrong_fields(&refusal(remote::give(city, "12345", &whole.replace('\n', "\r\n")))), ["sm3"]);
        assert_eq!(wrong_fields(&refusal(remote::give(city, "yn-complaints", &whole))), ["remote"]);
        assert_eq!(wrong_fields(&refusal(remote::give(city, "12345", "标题,内容\n"))), ["file"]);
        assert_eq!(wrong_fields(&refusal(remote::give(city, "12345", ""))), ["file"]);
        let other = whole.replace("santing-exchange/1", "santing-exchange/9");
        assert_eq!(wrong_fields(&refusal(remote::give(city, "12345", &other))), ["contract"]);
        assert_eq!(count(city), 0);
        assert_eq!(remote::give(city, "12345", &whole).unwrap().done, 10);
        assert_eq!(count(city), 10);
    });
}

#[test]
fn what_comes_twice_or_out_of_order_or_late_does_no_harm() {
    TestCity::on_both_engines(|city| {
        let mut hotline = Remote::new("12345", 4);
        let case = hotline.hands_over("先到的晚说");
        let first = hotline.packs();
        hotline.says(&case, "90", "催一催");
        let second = hotline.packs();
        let early = remote::give(city, "12345", &second).unwrap();
        assert_eq!((early.waiting, early.received), (1, 0));
        let state = city.app.read_now(&desk(), seeing::states).unwrap().remove(0);
        assert_eq!((state.waiting, state.gaps.as_slice()), (1, [1].as_slice()));
        let late = remote::give(city, "12345", &first).unwrap();
        assert_eq!((late.done, late.received), (1, 2));
        assert_eq!(city.app.read_now(&desk(), seeing::states).unwrap()[0].waiting, 0);
        for package in [&first, &second] {
            let again = remote::give(city, "12345", package).unwrap();
            assert_eq!((again.standing.as_str(), again.done), ("known", 0));
        }
        // The same messages in another package.
        let repeated = hotline.packs_again(&first);
        let again = remote::give(city, "12345", &repeated).unwrap();
        assert_eq!((again.standing.as_str(), again.done, again.known), ("new", 0, 1));
        // Another package under a number that is taken, and other words under a name that is taken.
        let taken = remote::unsigned(&first.replace("12345-p1", "12345-p1b"));
        assert_eq!(refusal(remote::give(city, "12345", &taken)).status(), 409);
        let changed = hotline.packs_again(&first.replace("先到的晚说", "改了的话"));
        let changed = remote::give(city, "12345", &changed).unwrap();
        assert_eq!((changed.rejected, changed.reasons[0].field.as_str()), (1, "id"));
        // Last year's file, of a time before anything was exchanged.
        let mut last_year = Remote::new("12345", 5);
        last_year.hands_over("去年的事");
        let old = last_year.packs_at("2025-03-02T09:00:00+08:00");
        let old = remote::give(city, "12345", &remote::unsigned(&old.replace("12345-p1", "12345-old"))).unwrap();
        assert_eq!((old.standing.as_str(), old.done), ("old", 0));
        assert_eq!(count(city), 1);
    });
}

#[test]
fn a_wrong_message_is_named_told_and_may_come_again() {
    TestCity::on_both_engines(|city| {
        let mut hotline = Remote::new("12345", 6);
        let good = hotline.hands_over("好的一件");
        hotline.queues(json!({"id": "bad-1", "kind": "import", "case": "B1", "at": "2026-03-02T08:00:00+08:00",
            "demand": {"title": "坏的", "theme": "no-such", "contact": {"phone": "abc"}, "source": "x"}}));
        hotline.queues(
            json!({"id": "bad-2", "kind": "status", "case": good, "at": "2026-03-02T08:00:00+08:00", "status": "??"}),
        );
        hotline.queues(json!({"kind": "whatever", "case": 5}));
        let taken = hotline.sends(city).unwrap();
        assert_eq!((taken.done, taken.rejected), (1, 3));
        let named: Vec<(i64, &str)> = taken.reasons.iter().map(|r| (r.line, r.field.as_str())).collect();
        let expected = [(3, "demand.source"), (3, "demand.text"), (3, "demand.theme"), (3, "demand.contact.phone")];
        assert!(expected.iter().all(|wrong| named.contains(wrong)), "{named:?}");
        assert!(
            named.contains(&(4, "status")) && named.contains(&(5, "id")) && named.contains(&(5, "at")),
            "{named:?}"
        );
        assert_eq!(count(city), 1);
        hotline.fetches(city);
        let refused: Vec<&Value> = hotline.heard.iter().filter(|message| message["accepted"] == false).collect();
        assert_eq!(refused.len(), 3);
        assert!(refused.iter().any(|message| message["of"] == "bad-1" && message["line"] == 3));
        // Put right, under the same name.
        hotline.queues(json!({"id": "bad-1", "kind": "import", "case": "B1", "at": "2026-03-02T08:00:00+08:00",
            "demand": {"title": "改好的", "text": "改好的话", "received_at": "2026-03-01T20:00:00+08:00"}}));
        assert_eq!(hotline.sends(city).unwrap().done, 1);
        let (waiting, rejected) =
            city.app.read_now(&desk(), |cx: &mut Cx<'_>| records::open_counts(cx.tx, "12345")).unwrap();
        assert_eq!((waiting, rejected, count(city)), (0, 2, 2));
        let listed = city.app.read_now(&desk(), |cx| seeing::detail(cx, "12345")).unwrap();
        assert_eq!(listed.rejected.len(), 2);
        assert!(listed.rejected.iter().all(|row| !taking::reasons(row).is_empty() && row.body.is_none()));
    });
}

#[test]
fn what_is_not_acknowledged_is_told_again() {
    TestCity::on_both_engines(|city| {
        let mut hotline = Remote::new("12345", 7);
        let case = hotline.hands_over("一件");
        hotline.sends(city).unwrap();
        let give = |wanted| sending::package(&city.app, &desk(), "12345", wanted).unwrap();
        let (lost, n) = give(sending::Wanted::default());
        assert_eq!(n, 1);
        let body = |text: &str| text.split_once('\n').unwrap().1.to_owned();
        assert_eq!(body(&give(sending::Wanted::default()).0), body(&lost), "the same again, to the byte");
        let beyond = city.app.write_now(&desk(), |cx| sending::receive(cx, "12345", 9));
        assert_eq!(wrong_fields(&refusal(beyond)), ["through"]);
        let through = |n| city.app.write_now(&desk(), move |cx| sending::receive(cx, "12345", n)).unwrap();
        assert_eq!((through(1), through(1)), (1, 0));
        assert_eq!(give(sending::Wanted::default()).1, 0);
        assert_eq!(give(sending::Wanted { all: true, ..Default::default() }).1, 1);
        hotline.hears(&lost);
        make(city, &hotline.number(&case), Move::Triage, usual(Move::Triage));
        make(city, &hotline.number(&case), Move::Assign, usual(Move::Assign));
        sending::settle_recent(&city.app).unwrap();
        let state = city.app.read_now(&desk(), seeing::states).unwrap().remove(0);
        assert_eq!((state.sent, state.unacknowledged), (3, 2));
        sending::settle_all(&city.app).unwrap();
        assert_eq!(city.app.read_now(&desk(), seeing::states).unwrap()[0].sent, 3);
        // The remote may refuse one by name.
        hotline.queues(json!({"id": "r-1", "kind": "acknowledge", "of": format!("{}-3", hotline.number(&case)),
            "accepted": false, "reason": "工单已归档", "at": "2026-03-02T08:00:00+08:00"}));
        hotline.queues(json!({"id": "r-2", "kind": "acknowledge", "of": "never", "accepted": true,
            "at": "2026-03-02T08:00:00+08:00"}));
        let taken = hotline.sends(city).unwrap();
        assert_eq!((taken.done, taken.rejected), (1, 1));
        let refused = city.app.read_now(&desk(), |cx| seeing::detail(cx, "12345")).unwrap().refused;
        assert_eq!(refused[0].refused.as_deref(), Some("工单已归档"));
    });
}

#[test]
fn every_difference_is_named() {
    TestCity::on_both_engines(|city| {
        let mut hotline = Remote::new("12345", 8);
        let cases: Vec<String> = (0..4).map(|n| hotline.hands_over(&format!("第 {n} 件"))).collect();
        hotline.sends(city).unwrap();
        hotline.fetches(city);
        let number = hotline.number(&cases[0]);
        make(city, &number, Move::Decline, usual(Move::Decline));
        let numbers: Vec<String> = cases.iter().map(|case| hotline.number(case)).collect();
        let list = format!(
            "工单编号,本市编号,状态,是否办结,更新时间\n{},{},10,否,\n{},AN1,办理中,是,\n{},{},10,否,\n{},{},10,否,\nX1,,10,否,2026-03-01\nX2,,10,否,2026-03-02 08:00\n,,10,否,\n{},,99,否,\n",
            cases[0], numbers[0], cases[1], cases[2], numbers[2], cases[2], numbers[2], cases[3]
        );
        let reconcile = |list: &str| {
            let bytes = std::io::Cursor::new(list.as_bytes().to_vec());
            reconciling::reconcile(&city.app, &desk(), "12345", "清单.csv", bytes)
        };
        let found = reconcile(&list).unwrap();
        assert_eq!(
            found.unread.iter().map(|row| (row.row, row.column.as_str())).collect::<Vec<_>>(),
            [(8, "工单编号"), (9, "状态")]
        );
        let named: Vec<(Kind, &str, bool)> = found
            .comparison
            .differences
            .iter()
            .map(|difference| (difference.kind, difference.case.as_str(), difference.explained.is_some()))
            .collect();
        let expected = [
            (Kind::StatusDiffers, cases[0].as_str(), true),
            (Kind::ClosedDiffers, cases[0].as_str(), true),
            (Kind::NumberDiffers, cases[1].as_str(), false),
            (Kind::StatusDiffers, cases[1].as_str(), false),
            (Kind::ClosedDiffers, cases[1].as_str(), false),
            (Kind::DuplicatedThere, cases[2].as_str(), false),
            (Kind::MissingHere, "X1", false),
            (Kind::MissingHere, "X2", true),
            (Kind::MissingThere, cases[3].as_str(), true),
        ];
        assert_eq!(named, expected);
        assert_eq!((found.comparison.agreed, found.comparison.unexplained()), (1, 5));
        // A day later nothing is on its way any longer.
        city.at("2026-03-03T10:00:00+08:00");
        assert_eq!(reconcile(&list).unwrap().comparison.unexplained(), 9);
        assert_eq!(wrong_fields(&refusal(reconcile("工单编号\n"))), ["file"]);
        let kept = city.app.read_now(&desk(), move |cx| seeing::reconciliation(cx, found.id)).unwrap();
        assert_eq!(kept.1.len(), 9);
        assert!(kept.1[0].explained.is_none());
    });
}

#[test]
fn a_package_that_somebody_else_made_is_refused() {
    TestCity::on_both_engines(|city| {
        let mut province = Remote::new("yn-complaints", 9);
        province.hands_over("一件");
        let signed = province.packs();
        let (head, body) = signed.split_once('\n').unwrap();
        let mut header: Value = serde_json::from_str(head).unwrap();
        let mut with = |field: &str, value: Value| {
            header[field] = value;
            refusal(remote::give(city, "yn-complaints", &format!("{header}\n{body}")))
        };
        assert_eq!(wrong_fields(&with("sequence", 7.into())), ["mac"]);
        assert!(with("mac", "00".into()).message.contains("签名"));
        assert!(with("mac", Value::Null).message.contains("须带签名"));
        assert_eq!(count(city), 0);
        assert_eq!(remote::give(city, "yn-complaints", &signed).unwrap().done, 1);
        let key = city.app.write_now(&desk(), |cx| sending::key(cx, "yn-complaints")).unwrap();
        assert_eq!(key.len(), 64);
    });
}

#[test]
fn only_whoever_may_exchange_does() {
    let city = TestCity::start(None);
    let nobody = handler("gongkexin");
    assert_eq!(refusal(taking::take(&city.app, &nobody, "12345", b"")).status(), 403);
    assert_eq!(refusal(taking::take(&city.app, &desk(), "no-such", b"")).status(), 404);
    assert_eq!(refusal(city.app.read_now(&nobody, seeing::states).map(|states| states.len())).status(), 403);
}
