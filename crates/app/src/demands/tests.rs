//! The law, walked at random; and stories through the actions, on both engines.

use std::collections::BTreeSet;

use kernel::random::{Random, SeededRandom};
use kernel::worktime::Calendar;
use kernel::{Actor, Error, Id, Instant, PageRequest, RefusalKind, Result, Role};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::actions::intake::Receipt;
use super::actions::{indexing, intake, listing, moving, proposing, resembling, viewing};
use super::rules::case::{Case, Demand, DemandClock, Said, Sorting};
use super::rules::decide::{self, Deciding};
use super::rules::fields::{self, Reading};
use super::rules::filter::Filter;
use super::rules::moves::{MOVES, Move, Row};
use super::rules::vocabulary::{Audience, ClockName, Outcome, ProceedingKind, RequestKind, Status};
use super::rules::wanted::{Field, FieldKind};
use crate::city::City;
use crate::context::App;
use crate::testing::{TestCity, desk, fields as object, handler, head, somebody};

pub(super) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn received() -> Case {
    let said = Said {
        audience: Audience::Entrepreneur,
        title: "奖补一年多没有到账".into(),
        text: "去年拿到证书，奖补一直没有到账。".into(),
        channel: "reception".into(),
        enterprise: None,
        enterprise_name: None,
        contact_name: None,
        contact_phone: None,
        contact_email: None,
        area: None,
        source: None,
        source_id: None,
    };
    let received_at = at("2026-03-02T09:00:00+08:00");
    let demand = Demand {
        id: Id(1),
        number: "AN20260302R0001".into(),
        version: 1,
        said,
        received_at,
        status: Status::Received,
        sorting: Sorting::default(),
        lead_unit: None,
        goal: None,
        basis: None,
        round: 1,
        held_since: received_at,
        replied_at: None,
        closed_at: None,
        first_closed_at: None,
        outcome: None,
        end_note: None,
        merged: None,
    };
    Case::new(demand)
}

pub(super) fn triage_fields() -> Map<String, Value> {
    object(json!({"kind": "matter", "theme": "finance-tax", "difficulty": "medium", "breadth": "narrow",
        "policy_weight": "strong", "scope": "departmental", "generality": "individual", "policy_axis": "measure",
        "tier": "general", "route": "assigned"}))
}

/// A value that fits the field, or one that does not.
fn fill(field: &Field, city: &City, seed: u64, fits: bool) -> Value {
    let pick = |n: usize| (seed as usize) % n.max(1);
    if !fits {
        return [json!(""), json!(null), json!(["x"]), json!("没有这个"), json!(7)][pick(5)].clone();
    }
    match field.kind {
        FieldKind::Text { .. } => json!(format!("文字{seed}")),
        FieldKind::Choice(choices) => json!(choices[pick(choices.len())].0),
        FieldKind::Flag => json!(seed.is_multiple_of(2)),
        FieldKind::Theme => json!(city.themes.all()[pick(city.themes.all().len())].code),
        FieldKind::Unit => json!(["gongkexin", "fagai"][pick(2)]),
        FieldKind::Ground(kind) => json!(city.grounds.list(kind)[pick(city.grounds.list(kind).len())].code),
        FieldKind::Date => json!(["2026-12-01", "2026-12-05", "2026-03-20"][pick(3)]),
        FieldKind::PastDate => json!("2026-03-02"),
        FieldKind::Units => json!([(["gongkexin", "fagai"][pick(2)])]),
        FieldKind::Tasks => json!([{"unit": (["gongkexin", "fagai"][pick(2)]), "task": "查清楚"}]),
        FieldKind::Days { .. } => json!(1 + seed % 7),
        FieldKind::Demand => json!("AN20260302R0002"),
    }
}

/// One attempt: which move, by whom, with which values, how much later.
#[derive(Clone, Debug)]
struct Attempt {
    make: usize,
    actor: usize,
    seed: u64,
    spoil: Option<u8>,
    hours: i64,
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    // Most attempts follow the law, so that walks get far; the others must leave no trace.
    let one = (0..Move::ALL.len(), 0..6usize, any::<u64>(), prop::option::weighted(0.2, any::<u8>()), 0..200i64)
        .prop_map(|(make, actor, seed, spoil, hours)| Attempt { make, actor, seed, spoil, hours });
    prop::collection::vec(one, 1..60)
}

struct Walk {
    city: City,
    calendar: Calendar,
    actors: [Actor; 6],
}

impl Walk {
    fn new() -> Self {
        let city = City::load("anning").unwrap();
        let actors = [
            desk(),
            head("gongkexin"),
            head("fagai"),
            somebody(3, "审计丙", "zhengfuban", &[Role::Auditor]),
            Actor::public(),
            somebody(4, "市长丁", "zhengfuban", &[Role::Leader]),
        ];
        Self { calendar: city.calendar(), city, actors }
    }

    /// Most attempts take a move that the status knows, and seldom a way out, so that walks get far; the others take any.
    fn move_of(&self, case: &Case, attempt: &Attempt) -> Move {
        let goes_on = |make: &Move| {
            !matches!(
                make,
                Move::AnswerAtOnce | Move::Merge | Move::Decline | Move::Transfer | Move::Withdraw | Move::Escalate
            )
        };
        let known = MOVES.iter().filter(|row| row.from == case.demand.status).map(|row| row.make);
        let known: Vec<Move> = known.filter(|make| goes_on(make) || attempt.seed.is_multiple_of(16)).collect();
        match known.as_slice() {
            [] => Move::ALL[attempt.make],
            _ if attempt.seed % 4 == 1 => Move::ALL[attempt.make],
            known => known[attempt.make % known.len()],
        }
    }

    /// Mostly somebody who may make the move.
    fn actor_of(&self, case: &Case, row: &Row, attempt: &Attempt) -> &Actor {
        let turn = (0..self.actors.len()).map(|step| &self.actors[(attempt.actor + step) % self.actors.len()]);
        let mut able = turn.filter(|actor| attempt.seed % 8 != 3 && decide::allowed(row, case, actor).is_ok());
        able.next().unwrap_or(&self.actors[attempt.actor])
    }

    /// Makes the attempt if the law lets it; says whether it did.
    fn attempt(&self, case: &mut Case, attempt: &Attempt, now: Instant) -> Result<()> {
        let make = self.move_of(case, attempt);
        let row = decide::find_row(case, make)?;
        let spoil = attempt.spoil.map(|s| usize::from(s) % row.needs.len().max(1));
        let input = row.needs.iter().enumerate().map(|(index, field)| {
            (
                field.name.to_owned(),
                fill(field, &self.city, attempt.seed.wrapping_add(index as u64), spoil != Some(index)),
            )
        });
        let unit = |text: &str| Ok(text.to_owned()).filter_known();
        let today = now.in_zone(&self.city.zone).date();
        let demand =
            |number: &str| if number.starts_with("AN") { Ok("2".to_owned()) } else { Err("没有".to_owned()) };
        let reading = Reading { city: &self.city, today, unit: &unit, demand: &demand };
        let given = fields::read(row, &input.collect(), &reading)?;
        let actor = self.actor_of(case, row, attempt);
        let clocks = &self.city.clocks;
        let by = Deciding { actor, now, city: &self.city, clocks, calendar: &self.calendar };
        let mut changed = case.clone();
        decide::decide(&mut changed, row, &given, &by)?;
        *case = changed;
        Ok(())
    }
}

/// Only the two units of this walk are known.
trait FilterKnown {
    fn filter_known(self) -> Self;
}

impl FilterKnown for Result<String, String> {
    fn filter_known(self) -> Self {
        self.and_then(
            |code| if ["gongkexin", "fagai"].contains(&code.as_str()) { Ok(code) } else { Err("没有".into()) },
        )
    }
}

fn holds(before: &Case, case: &Case) {
    let d = &case.demand;
    assert_eq!(d.received_at, before.demand.received_at, "the receipt time never moves");
    assert_eq!(d.said, before.demand.said, "what was said never changes");
    assert_eq!(d.version, before.demand.version + 1);
    let runs = |name: ClockName| case.clocks.iter().any(|c| c.running() && c.name == name);
    if d.status.is_end() {
        let next = case.next_clock().map(|clock| clock.name);
        let reviewed = d.outcome.is_some_and(Outcome::is_open_ended).then_some(ClockName::Review);
        assert_eq!(next, reviewed.filter(|_| d.status == Status::Closed), "nothing else is due once it has ended");
        assert!(d.status == Status::Merged || case.owing().is_empty() && case.parts.iter().all(|part| !part.open()));
    }
    for name in ClockName::ALL.iter().filter(|name| **name != ClockName::Part) {
        let of_one = |unit: &Option<String>| {
            case.clocks.iter().filter(|c| c.running() && c.name == *name && c.unit == *unit).count()
        };
        assert!(case.clocks.iter().all(|c| of_one(&c.unit) <= 1), "one clock of a kind for each unit");
    }
    if matches!(d.status, Status::Assigned | Status::InProgress | Status::Replied) {
        assert!(
            d.lead_unit.is_some() && d.goal.is_some() && d.basis.is_some(),
            "somebody answers for it, for a purpose"
        );
    }
    assert_eq!(d.status == Status::Merged, d.merged.is_some(), "joined to something, or not joined");
    if d.status == Status::InProgress {
        assert!(runs(ClockName::Handle), "the handling clock runs");
    }
    if d.status == Status::Closed {
        assert!(d.outcome.is_some() && d.closed_at.is_some() && d.first_closed_at <= d.closed_at);
        assert!(
            case.parts.iter().all(|part| !part.mandatory || part.answered_at.is_some() || part.released_at.is_some())
        );
    }
    if let Some(first) = before.demand.first_closed_at {
        assert_eq!(d.first_closed_at, Some(first), "a redo keeps the first closing");
    }
    for part in &case.parts {
        let clock = &case.clocks[part.clock];
        assert_eq!((clock.name, clock.unit.as_ref()), (ClockName::Part, Some(&part.unit)));
        assert_eq!(clock.running(), part.open(), "a part and its clock end together");
    }
    for kind in [RequestKind::Objection, RequestKind::Extension] {
        let clock =
            if kind == RequestKind::Objection { ClockName::ObjectionRuling } else { ClockName::ExtensionRuling };
        assert_eq!(case.pending(kind).is_some(), runs(clock), "whoever asks is answered by a day");
    }
    let suspended = case.lasting(ProceedingKind::Suspension).is_some();
    let stands = case.clocks.iter().any(|c| c.paused_since().is_some());
    assert!(!stands || suspended || d.merged.is_some(), "clocks stand still for a reason");
    assert!(case.clocks.len() >= before.clocks.len(), "clocks are added, never taken away");
    assert!(case.parts.len() >= before.parts.len() && case.proceedings.len() >= before.proceedings.len());
    for (old, new) in before.clocks.iter().zip(&case.clocks) {
        assert_eq!((old.started_at, &old.unit, &old.limit), (new.started_at, &new.unit, &new.limit));
        let ended = |c: &DemandClock| c.pauses.iter().filter(|pause| pause.until.is_some()).count();
        let moved = new.extension > old.extension || ended(new) > ended(old);
        assert!(
            old.due_at == new.due_at || moved && new.due_at > old.due_at,
            "only more time or a pause moves a due date"
        );
        assert!(old.stopped_at.is_none() || old == new, "a stopped clock stays stopped");
    }
    for (old, new) in before.parts.iter().zip(&case.parts) {
        assert!(old.opinion.is_none() || old.opinion == new.opinion, "an opinion stands as stated");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever anybody tries in whatever order: the law's promises hold, and a refused attempt leaves no trace.
    #[test]
    fn any_sequence_of_moves_keeps_the_law(attempts in attempts()) {
        let walk = Walk::new();
        let mut case = received();
        let mut now = case.demand.received_at;
        let by = Deciding { actor: &walk.actors[4], now, city: &walk.city, clocks: &walk.city.clocks, calendar: &walk.calendar };
        decide::receive(&mut case, &by).unwrap();
        for attempt in attempts {
            now = now.plus_seconds(attempt.hours * 900);
            let before = case.clone();
            match walk.attempt(&mut case, &attempt, now) {
                Ok(()) => {
                    let row = super::rules::moves::row_for(before.demand.status, walk.move_of(&before, &attempt)).unwrap();
                    let to = case.demand.status;
                    assert!(to == row.to || row.or.contains(&to), "{:?} to {to:?}", row.make);
                    holds(&before, &case);
                }
                Err(Error::Refused(_)) => assert_eq!(case, before),
                Err(Error::Fault(fault)) => panic!("{fault}"),
            }
        }
    }
}

/// What the walk proves, it proves of the whole law: random walks get to every row of the table.
#[test]
fn walks_reach_the_whole_law() {
    let (walk, random) = (Walk::new(), SeededRandom::new(7));
    let mut reached = BTreeSet::new();
    let draw = |most: u64| {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        u64::from_le_bytes(bytes) % most
    };
    for _ in 0..4000 {
        let mut case = received();
        let mut now = case.demand.received_at;
        let by = Deciding {
            actor: &walk.actors[4],
            now,
            city: &walk.city,
            clocks: &walk.city.clocks,
            calendar: &walk.calendar,
        };
        decide::receive(&mut case, &by).unwrap();
        for _ in 0..40 {
            now = now.plus_seconds(draw(60) as i64 * if draw(4) == 0 { 7200 } else { 60 });
            let (make, actor, seed) = (draw(Move::ALL.len() as u64) as usize, draw(6) as usize, draw(u64::MAX));
            let attempt = Attempt { make, actor, seed, spoil: None, hours: 0 };
            let (from, made) = (case.demand.status, walk.move_of(&case, &attempt));
            let before = case.clone();
            if walk.attempt(&mut case, &attempt, now).is_ok() {
                holds(&before, &case);
                reached.insert((from, made));
            }
        }
    }
    let missed: Vec<_> = MOVES.iter().map(|row| (row.from, row.make)).filter(|row| !reached.contains(row)).collect();
    assert!(missed.is_empty(), "no walk made {missed:?}");
}

/// The table itself: every status can be reached and left, and no row stands twice.
#[test]
fn the_table_is_whole() {
    let mut seen = BTreeSet::new();
    for row in MOVES {
        assert!(seen.insert((row.from, row.make)), "{:?} from {:?} stands twice", row.make, row.from);
        let names: BTreeSet<_> = row.needs.iter().map(|f| f.name).collect();
        assert_eq!(names.len(), row.needs.len(), "a field of {:?} stands twice", row.make);
    }
    for status in Status::OPEN {
        assert!(MOVES.iter().any(|row| row.from == *status), "no way out of {status:?}");
    }
    for make in Move::ALL {
        assert!(MOVES.iter().any(|row| row.make == make), "{make:?} stands nowhere");
    }
}

pub(super) fn submit(app: &App, actor: &Actor, said: Value) -> Result<Receipt> {
    let said = intake::check(app, actor, &object(said))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(intake::submit(app, actor, said, Vec::new()))
}

pub(super) fn make(app: &App, actor: &Actor, number: &str, make: Move, input: Value) -> Result<Case> {
    let number = number.to_owned();
    let mut input = object(input);
    app.write_now(actor, move |cx| {
        if !input.contains_key("version") {
            let version = super::records::by_number(cx.tx, &number)?.map_or(0, |d| d.version);
            input.insert("version".into(), version.into());
        }
        moving::make(cx, &number, make, &input)
    })
}

pub(super) fn refused(result: Result<impl std::fmt::Debug>) -> kernel::Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

pub(super) fn wrong_fields(result: Result<impl std::fmt::Debug>) -> Vec<String> {
    refused(result).errors.into_iter().map(|e| e.field).collect()
}

pub(super) fn said() -> Value {
    json!({"audience": "entrepreneur", "title": "高新企业认定后的奖补一年多没到账",
        "text": "去年八月拿到高新技术企业证书，按政策应有奖补，问过两次都说在走流程。",
        "enterprise": {"name": "云南某材料有限公司"}, "contact": {"name": "李工", "phone": "13800000001"}})
}

#[test]
fn one_demand_goes_all_the_way() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let receipt = submit(app, &Actor::public(), said()).unwrap();
        assert_eq!(receipt.number, "AN20260302W0001");
        let n = receipt.number.as_str();

        city.at("2026-03-02T09:30:00+08:00");
        make(app, &desk(), n, Move::Triage, Value::Object(triage_fields())).unwrap();
        let assigned =
            make(app, &desk(), n, Move::Assign, json!({"lead_unit": "市工科信局", "goal": "查明进度，给出到账日期"}))
                .unwrap();
        assert_eq!(assigned.demand.lead_unit.as_deref(), Some("gongkexin"));
        let handle = assigned.clocks.iter().find(|c| c.name == ClockName::Handle).unwrap();
        assert_eq!(handle.due_at, at("2026-03-09T17:00:00+08:00"), "five working days");

        // Only the unit that holds it may take it on, and nobody else of the units sees it.
        assert_eq!(refused(make(app, &handler("fagai"), n, Move::Acknowledge, json!({}))).kind, RefusalKind::NotFound);
        assert_eq!(refused(make(app, &desk(), n, Move::Acknowledge, json!({}))).kind, RefusalKind::Forbidden);
        let unit = handler("gongkexin");
        city.at("2026-03-03T10:00:00+08:00");
        make(app, &unit, n, Move::Acknowledge, json!({})).unwrap();
        make(app, &unit, n, Move::FirstContact, json!({"note": "已与企业通话"})).unwrap();
        assert_eq!(
            wrong_fields(make(app, &unit, n, Move::Reply, json!({"measures": "  "}))),
            ["policy_reading", "measures", "opinion"]
        );
        let reply = json!({"policy_reading": "按办法应予奖补", "measures": "已报财政", "opinion": "三月底前到账"});
        make(app, &unit, n, Move::Reply, reply).unwrap();

        assert_eq!(wrong_fields(make(app, &desk(), n, Move::Close, json!({"outcome": "solved"}))), ["callback"]);
        assert_eq!(refused(make(app, &unit, n, Move::Callback, json!({"reached": true}))).kind, RefusalKind::Forbidden);
        assert_eq!(wrong_fields(make(app, &desk(), n, Move::Callback, json!({"reached": true}))), ["solved", "grade"]);
        make(app, &desk(), n, Move::Callback, json!({"reached": true, "solved": false, "grade": "dissatisfied"}))
            .unwrap();
        assert_eq!(wrong_fields(make(app, &desk(), n, Move::Close, json!({"outcome": "solved"}))), ["outcome"]);
        let redone = make(app, &desk(), n, Move::Redo, json!({"reason": "款项没有到账"})).unwrap();
        assert_eq!((redone.demand.round, redone.demand.status), (2, Status::InProgress));
        let reply = json!({"policy_reading": "同前", "measures": "已拨付", "opinion": "请查收"});
        make(app, &unit, n, Move::Reply, reply).unwrap();
        make(app, &desk(), n, Move::Callback, json!({"reached": "true", "solved": "on", "grade": "satisfied"}))
            .unwrap();
        let closed = make(app, &desk(), n, Move::Close, json!({"outcome": "solved"})).unwrap();
        assert_eq!((closed.demand.status, closed.demand.outcome), (Status::Closed, Some(Outcome::Solved)));
        assert_eq!(closed.demand.received_at, at("2026-03-02T09:00:00+08:00"));

        let (number, code) = (n.to_owned(), receipt.code.clone());
        let progress = app.read_now(&Actor::public(), move |cx| viewing::progress(cx, &number, &code)).unwrap();
        assert_eq!((progress.status, progress.replies.len()), (Status::Closed, 2));
        assert!(progress.timeline.iter().any(|step| step.what == "交给市工科信局办理"), "{:?}", progress.timeline);
        assert!(progress.timeline.iter().any(|step| step.said.as_deref().is_some_and(|s| s.contains("重新办理"))));
        let report = app.store().verify().unwrap();
        assert!(report.holds(), "{report:?}");
    });
}

#[test]
fn the_second_of_two_writers_is_told() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let n = submit(app, &Actor::public(), said()).unwrap().number;
        let mut first = triage_fields();
        first.insert("version".into(), 1.into());
        make(app, &desk(), &n, Move::Triage, Value::Object(first.clone())).unwrap();
        let second = refused(make(app, &desk(), &n, Move::Triage, Value::Object(first)));
        assert_eq!(second.kind, RefusalKind::Conflict { current: Some(2) });
    });
}

#[test]
fn a_wrong_code_and_an_unknown_number_look_the_same() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let receipt = submit(app, &Actor::public(), said()).unwrap();
        let ask = |number: &str, code: &str| {
            let (number, code) = (number.to_owned(), code.to_owned());
            app.read_now(&Actor::public(), move |cx| viewing::progress(cx, &number, &code).map(|p| p.number))
        };
        assert_eq!(ask(&receipt.number, &receipt.code).unwrap(), receipt.number);
        assert_eq!(refused(ask(&receipt.number, "AAAAAAAA")), refused(ask("AN20260302W9999", &receipt.code)));
    });
}

#[test]
fn every_wrong_field_of_a_new_demand_is_named() {
    let city = TestCity::start(None);
    let nonsense = json!({"audience": "everybody", "title": "", "text": "字".repeat(20_001), "theme": "没有",
        "channel": "hotline", "enterprise": {"uscc": "123"}, "contact": {"phone": "电话", "email": "x"}, "extra": 1});
    let errors = wrong_fields(submit(&city.app, &Actor::public(), nonsense));
    assert_eq!(
        errors,
        ["audience", "text", "title", "theme", "channel", "enterprise.uscc", "contact.phone", "contact.email", "extra"]
    );
}

#[test]
fn search_finds_what_stands_in_the_middle_of_a_sentence() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let receipt = submit(app, &Actor::public(), said()).unwrap();
        submit(
            app,
            &Actor::public(),
            json!({"audience": "public", "title": "路灯不亮", "text": "小区门口的路灯坏了。"}),
        )
        .unwrap();
        while indexing::index_some(app).unwrap() {}
        for (q, found) in
            [("奖补", true), ("走流程", true), ("技术企业证书", true), ("材料有限", true), ("奖灯", false)]
        {
            let filter = Filter { q: Some(q.to_owned()), ..Filter::default() };
            let page = app.read_now(&desk(), move |cx| listing::list(cx, &filter, &PageRequest::first(10))).unwrap();
            let numbers: Vec<_> = page.items.iter().map(|row| row.number.clone()).collect();
            assert_eq!(numbers, if found { vec![receipt.number.clone()] } else { vec![] }, "{q}");
        }
        let alike = |actor: &Actor| {
            let text = Some("高新技术企业的奖补没有到账");
            app.read_now(actor, move |cx| resembling::similar(cx, text, None)).unwrap()
        };
        assert_eq!(alike(&desk())[0].number.as_deref(), Some(receipt.number.as_str()));
        assert_eq!(alike(&Actor::public())[0].title, None, "the public learns no title");
    });
}

#[test]
fn lists_as_of_a_day_add_up() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let n = submit(app, &Actor::public(), said()).unwrap().number;
        city.at("2026-03-04T09:00:00+08:00");
        make(app, &desk(), &n, Move::Triage, Value::Object(triage_fields())).unwrap();
        submit(app, &Actor::public(), json!({"audience": "public", "title": "路灯", "text": "路灯坏了。"})).unwrap();
        let census = |day: &str| {
            let day = day.parse().unwrap();
            let rows = app.read_now(&desk(), move |cx| listing::census(cx, day)).unwrap();
            rows.into_iter().map(|(kind, status, n)| (kind.map(|k| k.code()), status, n)).collect::<Vec<_>>()
        };
        assert_eq!(census("2026-03-01"), []);
        assert_eq!(census("2026-03-03"), [(None, Status::Received, 1)]);
        let today = census("2026-03-04");
        assert_eq!(today.iter().map(|(_, _, n)| n).sum::<i64>(), 2);
        assert!(today.contains(&(Some("matter"), Status::Triaged, 1)));
    });
}

#[test]
fn a_proposal_says_why() {
    let city = TestCity::start(None);
    let text = json!({"audience": "entrepreneur", "title": "营业执照住所变更被退回", "text": "到窗口办理营业执照变更登记被退回。"});
    let n = submit(&city.app, &Actor::public(), text).unwrap().number;
    let proposal = city
        .app
        .read_now(&desk(), move |cx| {
            let case = moving::load(cx, &n)?;
            proposing::propose(cx, &case.demand)
        })
        .unwrap()
        .unwrap();
    assert_eq!(proposal.lead_unit.as_deref(), Some("shijianju"), "{proposal:?}");
    assert!(proposal.because.iter().any(|why| why.contains("营业执照")), "{proposal:?}");
}

#[test]
fn every_condition_of_a_list_is_understood() {
    TestCity::on_both_engines(|city| {
        let pairs = [
            ("status", "open"),
            ("unit", "gongkexin"),
            ("theme", "finance-tax"),
            ("channel", "web"),
            ("tier", "general"),
            ("route", "assigned"),
            ("kind", "matter"),
            ("audience", "public"),
            ("enterprise", "1"),
            ("overdue", "true"),
            ("due_today", "true"),
            ("from", "2026-01-01"),
            ("to", "2026-12-31"),
        ];
        for (sort, cursor) in [("received", "5.6"), ("oldest", "5.6"), ("due", "5.6")] {
            for q in ["", "奖补", "奖"] {
                let more = [("sort", sort), ("cursor", cursor), ("q", q)];
                let address: Vec<_> =
                    pairs.iter().chain(&more).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
                let (filter, page) = Filter::read(&address).unwrap();
                let found = city.app.read_now(&desk(), move |cx| {
                    listing::count(cx, &filter)?;
                    listing::list(cx, &filter, &page)
                });
                assert!(found.unwrap().items.is_empty());
            }
        }
    });
}

#[test]
fn an_import_keeps_what_was_and_adds_nothing_twice() {
    use documents::tables;
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let file = "编号,标题,内容,时间,答复意见,答复时间,点赞数\n\
            7,路灯不亮,东路的路灯坏了一个月,2025-03-01 08:30,已经修好,2025/3/5 10:00,3\n\
            8,,没有标题的一条留言,2025年3月2日 9时,,,0\n\
            9,时间不对,内容,明天,,,0\n\
            10,答复早于留言,内容,2025-03-05,好,2025-03-01,0\n";
        let run = |dry_run| {
            let reader =
                tables::open_bytes("旧平台.csv", file.as_bytes().to_vec(), &tables::Options::default()).unwrap();
            let options =
                super::importing::ImportOptions { source: "旧平台".into(), mapping: Default::default(), dry_run };
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(super::importing::run(app, &Actor::system(), reader, options, |_| ())).unwrap()
        };
        let counts = |dry_run| {
            let report = run(dry_run);
            (report.imported, report.already, report.rejected)
        };
        assert_eq!(counts(true), (2, 0, 2), "a dry run counts");
        assert!(app.read_now(&desk(), listing::is_empty).unwrap(), "and keeps nothing");
        assert_eq!(counts(false), (2, 0, 2));
        let again = run(false);
        assert_eq!((again.imported, again.already, again.rejected), (0, 2, 2), "a second run adds nothing");
        assert_eq!(again.ignored_columns, ["点赞数"]);
        let wrong: Vec<_> = again.reasons.iter().map(|r| (r.row, r.column.as_str())).collect();
        assert_eq!(wrong, [(4, "时间"), (5, "答复时间")]);

        let whole = app.read_now(&desk(), |cx| viewing::whole(cx, "AN20250301W0001")).unwrap();
        assert_eq!(whole.case.demand.received_at, at("2025-03-01T08:30:00+08:00"));
        assert_eq!((whole.case.demand.status, whole.case.demand.outcome), (Status::Closed, None));
        assert_eq!(whole.replies[0].what.opinion, "已经修好");
        assert_eq!(whole.replies[0].at, at("2025-03-05T10:00:00+08:00"));
        let census = |day: &str| {
            let day = day.parse().unwrap();
            app.read_now(&desk(), move |cx| listing::census(cx, day))
                .unwrap()
                .iter()
                .map(|row| (row.1, row.2))
                .collect::<Vec<_>>()
        };
        assert_eq!(census("2025-03-03"), [(Status::Received, 2)]);
        assert_eq!(census("2025-03-06"), [(Status::Closed, 1), (Status::Received, 1)]);
        for sought in ["修好", "AN20250301W0001"] {
            let filter = Filter { q: Some(sought.to_owned()), ..Filter::default() };
            let found = app.read_now(&desk(), move |cx| listing::list(cx, &filter, &PageRequest::first(10))).unwrap();
            assert_eq!(found.items.len(), 1, "{sought} is found, without waiting for the index");
        }
        assert!(app.store().verify().unwrap().holds());
    });
}

#[test]
fn a_lawful_erasure_takes_the_data_and_leaves_the_proof() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let n = submit(app, &Actor::public(), said()).unwrap().number;
        let erase = |actor: &Actor, reason: Option<&'static str>| {
            let n = n.clone();
            app.write_now(actor, move |cx| moving::erase_contact(cx, &n, reason))
        };
        assert_eq!(refused(erase(&handler("gongkexin"), Some("本人要求"))).kind, RefusalKind::Forbidden);
        assert_eq!(wrong_fields(erase(&desk(), None)), ["reason"]);
        erase(&desk(), Some("本人要求")).unwrap();
        assert_eq!(wrong_fields(erase(&desk(), Some("再来一次"))), ["reason"]);
        let stream = super::stream(&n);
        let (number, history) = (n.clone(), app.read_now(&desk(), move |cx| cx.tx.history(&stream)).unwrap());
        let whole = app.read_now(&desk(), move |cx| viewing::whole(cx, &number)).unwrap();
        assert_eq!((whole.case.demand.said.contact_name, whole.case.demand.said.contact_phone), (None, None));
        assert!(
            history[0].fields.iter().any(|f| f.name == "contact_phone" && f.value.is_none() && !f.commit.is_empty())
        );
        assert_eq!(history[0].value("title"), Some("高新企业认定后的奖补一年多没到账"), "nothing else goes");
        assert!(app.store().verify().unwrap().holds(), "and the chain holds");
    });
}

#[test]
fn a_city_moves_to_the_other_engine_and_is_still_found() {
    let Some(url) = store::testing::fresh_database() else { return };
    let from = TestCity::start(None);
    let n = submit(&from.app, &Actor::public(), said()).unwrap().number;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("city.backup");
    from.app.store().backup(from.app.now(), &file).unwrap();
    let location = store::Location::of(Some(&url), dir.path().join("data"));
    store::restore(&file, &location, store::Options::system(), crate::migrations()).unwrap();
    let to = TestCity::start(Some(&url));
    crate::jobs::each_minute(&to.app).unwrap();
    while indexing::index_some(&to.app).unwrap() {}
    let filter = Filter { q: Some("奖补".to_owned()), ..Filter::default() };
    let found = to.app.read_now(&desk(), move |cx| listing::list(cx, &filter, &PageRequest::first(10))).unwrap();
    assert_eq!(found.items.iter().map(|row| &row.number).collect::<Vec<_>>(), [&n]);
    assert!(to.app.store().verify().unwrap().holds());
}
