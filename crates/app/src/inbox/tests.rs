//! Whom a fact reaches, that it is told once, and that mail keeps office hours.

use kernel::{Actor, Id, Role};
use serde_json::json;

use super::actions::{self, Inbox};
use super::rules::AddressInput;
use super::work;
use crate::absences::{self, AbsenceInput};
use crate::city::ReminderKind;
use crate::context::Cx;
use crate::demands::actions::{intake, moving};
use crate::demands::codes;
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::ClockName;
use crate::people;
use crate::testing::{TestCity, fields};

const UNIT: &str = "gongkexin";

fn start(story: impl Fn(&TestCity)) {
    TestCity::on_both_engines(|city| {
        people::seed_demo(&city.app).unwrap();
        work(&city.app).unwrap();
        story(city);
    });
}

fn who(city: &TestCity, username: &str) -> Actor {
    let username = username.to_owned();
    city.app.read_now(&Actor::system(), move |cx| people::actor(cx, &username)).unwrap()
}

fn head(city: &TestCity) -> Actor {
    who(city, &format!("{UNIT}.fzr"))
}

fn handler(city: &TestCity) -> Actor {
    who(city, &format!("{UNIT}.cb"))
}

fn inbox(city: &TestCity, actor: &Actor) -> Inbox {
    city.app.read_now(actor, actions::inbox).unwrap()
}

/// What waits for somebody: kind and subject, in the order of the kinds.
fn open(city: &TestCity, actor: &Actor) -> Vec<(ReminderKind, String)> {
    let mut open: Vec<_> = inbox(city, actor).open.into_iter().map(|item| (item.kind, item.subject)).collect();
    open.sort();
    open
}

fn of(kind: ReminderKind, number: &str) -> (ReminderKind, String) {
    (kind, number.to_owned())
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

fn make(city: &TestCity, actor: &Actor, number: &str, make: Move, given: serde_json::Value) {
    let (number, mut given) = (number.to_owned(), fields(given));
    city.app
        .write_now(actor, move |cx| {
            let system = Actor::system();
            let mut all = Cx { tx: cx.tx, app: cx.app, actor: &system, now: cx.now };
            let version = moving::load(&mut all, &number)?.demand.version;
            given.insert("version".into(), json!(version));
            moving::make(cx, &number, make, &given).map(drop)
        })
        .unwrap();
}

/// A demand that has just been assigned to the unit.
fn assigned(city: &TestCity, number: &str, urgent: bool) {
    let desk = who(city, "tongchou");
    speak(city, number);
    let theme = city.app.city().themes.all()[0].code.clone();
    let axes = json!({"kind": "matter", "theme": theme, "difficulty": "easy", "breadth": "narrow",
        "policy_weight": "weak", "scope": "departmental", "generality": "individual", "policy_axis": "measure",
        "tier": "general", "route": "assigned", "urgent": urgent});
    make(city, &desk, number, Move::Triage, axes);
    make(city, &desk, number, Move::Assign, json!({"lead_unit": UNIT, "goal": "亮灯"}));
}

fn wants_mail(city: &TestCity, actor: &Actor, email: &str) {
    let input = AddressInput { email: Some(email.to_owned()) };
    city.app.write_now(actor, move |cx| actions::set_address(cx, &input).map(drop)).unwrap();
}

/// The mails in the spool, as the mailer finds them, which then takes them away.
fn mails(city: &TestCity) -> Vec<String> {
    let folder = city.app.data_dir().join("outbox");
    let Ok(files) = std::fs::read_dir(&folder) else { return Vec::new() };
    let mut mails: Vec<String> = files
        .map(|file| {
            let path = file.unwrap().path();
            assert!(path.extension().is_some_and(|e| e == "eml"), "no half file: {path:?}");
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            text
        })
        .collect();
    mails.sort();
    mails
}

fn body(mail: &str) -> String {
    use base64::Engine as _;
    let (_, body) = mail.split_once("\r\n\r\n").unwrap();
    let plain: String = body.split_whitespace().collect();
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(plain).unwrap()).unwrap()
}

const ONE: &str = "AN20260302W0001";
const TWO: &str = "AN20260302W0002";

#[test]
fn a_fact_reaches_whom_it_concerns_and_settles_itself() {
    start(|city| {
        assigned(city, ONE, false);
        work(&city.app).unwrap();
        work(&city.app).unwrap();
        for actor in [head(city), handler(city)] {
            assert_eq!(open(city, &actor), [of(ReminderKind::Assigned, ONE)], "once, however often it is looked at");
        }
        assert_eq!(open(city, &who(city, "tongchou")), [], "nobody is told of their own act");
        assert_eq!(open(city, &who(city, "lingdao")), []);
        let waiting = city.app.read_now(&handler(city), actions::waiting).unwrap();
        assert_eq!(waiting, 1);

        city.at("2026-03-02T10:00:00+08:00");
        make(city, &handler(city), ONE, Move::Acknowledge, json!({}));
        work(&city.app).unwrap();
        assert_eq!(open(city, &head(city)), [], "the colleague has signed: it needs nobody any more");
        assert!(inbox(city, &head(city)).done[0].settled_at.is_some());

        make(
            city,
            &handler(city),
            ONE,
            Move::Reply,
            json!({"policy_reading": "一", "measures": "二", "opinion": "三"}),
        );
        city.at("2026-03-02T11:00:00+08:00");
        let code = codes::code(city.app.secret(), ONE);
        city.app
            .write_now(&Actor::public(), move |cx| {
                let input = moving::RatingInput { grade: Some("dissatisfied".into()), reasons: Vec::new(), text: None };
                moving::rate(cx, ONE, &code, &input)
            })
            .unwrap();
        make(city, &who(city, "tongchou"), ONE, Move::Redo, json!({"reason": "没有修好"}));
        work(&city.app).unwrap();
        assert_eq!(open(city, &head(city)), [of(ReminderKind::Redo, ONE), of(ReminderKind::BadRating, ONE)]);
        assert_eq!(open(city, &handler(city)), [of(ReminderKind::Redo, ONE)]);
        assert_eq!(open(city, &who(city, "tongchou")), [of(ReminderKind::BadRating, ONE)]);

        let id = inbox(city, &handler(city)).open[0].id;
        let meddling = city.app.write_now(&head(city), move |cx| actions::read(cx, id));
        assert!(meddling.is_err(), "another's reminder is not there");
        city.app.write_now(&handler(city), move |cx| actions::read(cx, id)).unwrap();
        assert_eq!(open(city, &handler(city)), []);
        assert_eq!(open(city, &head(city)).len(), 2, "each has their own");
        let now = city.app.now();
        city.app.write_now(&head(city), move |cx| actions::read_all(cx, Some(now)).map(drop)).unwrap();
        assert_eq!(open(city, &head(city)), []);
    });
}

/// zammad#4432 turned round: nothing at night, nothing on days off, one digest, nothing twice, nothing empty.
#[test]
fn one_digest_a_day_in_office_hours() {
    start(|city| {
        wants_mail(city, &handler(city), "cb@example.cn");
        wants_mail(city, &head(city), "fzr@example.cn");
        wants_mail(city, &who(city, "shenji"), "shenji@example.cn");
        // Friday afternoon; the digest of the day was made long ago.
        city.at("2026-03-06T09:00:00+08:00");
        work(&city.app).unwrap();
        assert_eq!(mails(city).len(), 0, "an empty digest is not sent");
        city.at("2026-03-06T16:00:00+08:00");
        assigned(city, ONE, false);
        work(&city.app).unwrap();
        for night in [
            "2026-03-06T23:59:00+08:00",
            "2026-03-07T00:00:00+08:00",
            "2026-03-07T10:00:00+08:00",
            "2026-03-08T15:00:00+08:00",
            "2026-03-09T08:59:00+08:00",
            "2026-03-09T09:00:00+08:00",
        ] {
            assert_eq!(mails(city), Vec::<String>::new(), "before {night}");
            city.at(night);
            work(&city.app).unwrap();
        }
        let sent = mails(city);
        assert_eq!(sent.len(), 2, "two people of the unit, one digest each; the auditor has none");
        assert!(sent.iter().all(|mail| mail.contains("Message-ID: <santing-") && mail.contains("=?UTF-8?B?")));
        let text = body(&sent[0]);
        assert!(text.contains(ONE) && text.contains("新交办 1 条") && text.contains("即将到期 1 条"), "{text}");
        assert!(!text.contains("路灯"), "what was said stays behind the login");
        assert_eq!(inbox(city, &handler(city)).digest.map(|(_, n, mailed)| (n, mailed)), Some((3, true)));
        for later in ["2026-03-09T09:01:00+08:00", "2026-03-09T15:00:00+08:00", "2026-03-10T09:00:00+08:00"] {
            city.at(later);
            work(&city.app).unwrap();
            let again: Vec<String> = mails(city).iter().map(|mail| body(mail)).collect();
            assert!(again.iter().all(|text| !text.contains("新交办")), "{later}: {again:?}");
        }
    });
}

#[test]
fn what_is_urgent_breaks_through_once() {
    start(|city| {
        wants_mail(city, &handler(city), "cb@example.cn");
        city.at("2026-03-02T10:00:00+08:00");
        assigned(city, ONE, true);
        assigned(city, TWO, false);
        work(&city.app).unwrap();
        work(&city.app).unwrap();
        let sent = mails(city);
        assert_eq!(sent.len(), 1);
        let text = body(&sent[0]);
        assert!(text.contains(&format!("{ONE}（紧急）")) && !text.contains(TWO), "{text}");
        // The clock of the urgent one runs out while nobody works; that waits for the morning, then comes with the rest.
        for later in ["2026-03-02T23:00:00+08:00", "2026-03-03T03:00:00+08:00"] {
            city.at(later);
            work(&city.app).unwrap();
            assert_eq!(mails(city).len(), 0, "{later}");
        }
        city.at("2026-03-03T09:00:00+08:00");
        work(&city.app).unwrap();
        let text = body(&mails(city)[0]);
        assert!(text.contains(TWO) && text.contains("新交办 1 条"), "the urgent one is not told again: {text}");
        // In office hours an overdue clock does not wait.
        city.at("2026-03-04T10:00:00+08:00");
        work(&city.app).unwrap();
        mails(city);
        assert!(open(city, &handler(city)).contains(&of(ReminderKind::Overdue, ONE)));
        let late = |city| -> Vec<ClockName> {
            let open = inbox(city, &handler(city)).open.into_iter();
            let its = open.filter(|item| item.kind == ReminderKind::Overdue && item.subject == ONE);
            let mut clocks: Vec<ClockName> = its.filter_map(|item| item.clock()).collect();
            clocks.sort();
            clocks
        };
        assert_eq!(late(city), [ClockName::Sign, ClockName::FirstContact], "each clock on its own");
        make(city, &handler(city), ONE, Move::Acknowledge, json!({}));
        work(&city.app).unwrap();
        assert_eq!(late(city), [ClockName::FirstContact]);
    });
}

#[test]
fn whoever_stands_in_is_reminded_and_gaps_are_told() {
    start(|city| {
        let input = |account: &str, by: Option<&str>| AbsenceInput {
            account: Some(account.to_owned()),
            from: Some("2026-03-02".into()),
            until: Some("2026-03-04".into()),
            substitute: by.map(str::to_owned),
            ..AbsenceInput::default()
        };
        let away = input("tongchou", Some("huifang"));
        city.app.write_now(&who(city, "tongchou"), move |cx| absences::record(cx, &away).map(drop)).unwrap();
        let alone = input(&format!("{UNIT}.cb"), None);
        city.app.write_now(&head(city), move |cx| absences::record(cx, &alone).map(drop)).unwrap();
        work(&city.app).unwrap();
        let told = |actor: &Actor| open(city, actor).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        assert_eq!(told(&who(city, "huifang")), [ReminderKind::StandIn]);
        assert_eq!(told(&head(city)), [ReminderKind::NobodyActs], "the head of the unit is warned");
        // The head leaves as well: now it is the coordinators' affair.
        let too = input(&format!("{UNIT}.fzr"), None);
        city.app.write_now(&head(city), move |cx| absences::record(cx, &too).map(drop)).unwrap();
        work(&city.app).unwrap();
        assert_eq!(told(&who(city, "tongchou2")), [ReminderKind::NobodyActs, ReminderKind::NobodyActs]);
        assert_eq!(told(&who(city, "tongchou")), [], "who is away is not bothered");

        // A leader's substitute, who is not meant by the fact, gets it in the leader's name.
        let deputy = people::AccountInput {
            username: Some("lingdao2".into()),
            name: Some("市领导乙".into()),
            roles: vec![Role::Leader.code().into()],
            ..people::AccountInput::default()
        };
        city.app.write_now(&Actor::system(), move |cx| people::create(cx, &deputy, "x", false).map(drop)).unwrap();

        city.at("2026-03-05T09:00:00+08:00");
        work(&city.app).unwrap();
        assert_eq!(told(&who(city, "tongchou2")), [], "everybody is back: the warning has settled itself");
    });
}

/// What several units owe one another, who asked and who rules: each hears of theirs, and no longer than it waits.
#[test]
fn what_is_asked_reaches_who_answers() {
    start(|city| {
        let other = who(city, "huifang").unit.unwrap();
        let theirs = who(city, &format!("{other}.cb"));
        assigned(city, ONE, false);
        make(city, &head(city), ONE, Move::Object, json!({"reason": "路灯归住建管"}));
        work(&city.app).unwrap();
        let objection = of(ReminderKind::Objection, ONE);
        assert!(
            open(city, &who(city, "tongchou")).contains(&objection) && !open(city, &head(city)).contains(&objection)
        );
        city.at("2026-03-02T10:00:00+08:00");
        make(
            city,
            &who(city, "tongchou2"),
            ONE,
            Move::RuleObjection,
            json!({"upheld": true, "reason": "是", "lead_unit": other}),
        );
        work(&city.app).unwrap();
        assert_eq!(open(city, &who(city, "tongchou")), [], "ruled: nobody is waited for");
        assert_eq!(open(city, &handler(city)), [of(ReminderKind::ObjectionRuled, ONE)], "and no longer theirs to sign");
        assert_eq!(open(city, &theirs), [of(ReminderKind::Assigned, ONE)]);

        make(city, &theirs, ONE, Move::Acknowledge, json!({}));
        make(city, &who(city, "tongchou"), ONE, Move::Consult, json!({"units": [UNIT], "question": "归谁管"}));
        let boss = who(city, &format!("{other}.fzr"));
        make(city, &boss, ONE, Move::RequestExtension, json!({"days": 3, "reason": "要等配件"}));
        work(&city.app).unwrap();
        assert!(open(city, &handler(city)).contains(&of(ReminderKind::Consult, ONE)));
        assert_eq!(open(city, &who(city, "tongchou")), [of(ReminderKind::Extension, ONE)]);
        assert_eq!(open(city, &who(city, "lingdao")), [], "a leader rules only where leaders decide");
        city.at("2026-03-02T11:00:00+08:00");
        make(city, &handler(city), ONE, Move::GiveOpinion, json!({"opinion": "归你们"}));
        make(city, &who(city, "tongchou"), ONE, Move::RuleExtension, json!({"granted": true}));
        work(&city.app).unwrap();
        assert_eq!(open(city, &who(city, "tongchou2")), []);
        assert!(!open(city, &head(city)).contains(&of(ReminderKind::Consult, ONE)), "the unit has answered");
        assert_eq!(open(city, &boss), [of(ReminderKind::ExtensionRuled, ONE)]);

        make(city, &who(city, "tongchou"), ONE, Move::Escalate, json!({"route": "leader", "reason": "两家说法不一"}));
        work(&city.app).unwrap();
        assert_eq!(open(city, &who(city, "lingdao")), [of(ReminderKind::Escalated, ONE)]);
        make(city, &who(city, "lingdao"), ONE, Move::Instruct, json!({"instruction": "限期办好", "lead_unit": other}));
        work(&city.app).unwrap();
        assert!(open(city, &theirs).contains(&of(ReminderKind::Instruct, ONE)));
        assert!(open(city, &who(city, "tongchou")).contains(&of(ReminderKind::Instruct, ONE)));
    });
}

#[test]
fn pages_of_reminders() {
    start(|city| {
        for n in 1..=5 {
            assigned(city, &format!("AN20260302W{n:04}"), n == 3);
        }
        work(&city.app).unwrap();
        let actor = handler(city);
        let page = |cursor: Option<String>| {
            let page = kernel::PageRequest { limit: 2, cursor };
            city.app.read_now(&actor, move |cx| actions::list(cx, true, &page)).unwrap()
        };
        let (mut seen, mut cursor) = (Vec::<Id>::new(), None);
        loop {
            let found = page(cursor);
            seen.extend(found.items.iter().map(|item| item.id));
            cursor = found.next;
            if cursor.is_none() {
                break;
            }
        }
        seen.dedup();
        assert_eq!(seen.len(), 5);
    });
}
