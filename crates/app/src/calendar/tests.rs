//! What may be asked and decided, as tables; the story of a day that is closed and opened again; and the pages and calls.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use jiff::tz::TimeZone;
use kernel::clock::FixedClock;
use kernel::random::SeededRandom;
use kernel::worktime::{Limit, OverrideKind};
use kernel::{Actor, Error, Id, Permission, RefusalKind, Result, Role};
use serde_json::{Value, json};
use store::{RecordedEntry, args, sql};
use tower::ServiceExt;

use super::actions::{self, Effect};
use super::records::{self, InForce};
use super::rules::{self, Change, DueQuery, OverrideInput};
use crate::city::City;
use crate::context::{App, Parts};
use crate::demands::actions::{intake, moving};
use crate::testing::{TestCity, desk, fields, somebody};
use crate::web::{Credential, Doorkeeper, Gate, Later, Menu, Session, Site, mount};

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

fn input(date: &str, kind: &str, hours: &str, reason: &str) -> OverrideInput {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    OverrideInput { date: some(date), kind: some(kind), hours: some(hours), reason: some(reason), ..Default::default() }
}

#[test]
fn a_decision_names_every_wrong_field() {
    for (date, kind, hours, reason, wrong) in [
        ("2026-03-03", "off", "", "停电", &[][..]),
        ("2026-03-03", "work", "", "补班", &[]),
        ("2026-03-03", "half_day", "9:00-12:00", "停电", &[]),
        ("1949-01-01", "off", "", "停电", &[]),
        ("2200-12-31", "off", "", "停电", &[]),
        ("", "", "", "", &["date", "kind", "reason"]),
        ("1948-12-31", "half_day", "", "停电", &["date", "hours"]),
        ("2201-01-01", "off", "", "停电", &["date"]),
        ("2026-02-30", "holiday", "", "停电", &["date", "kind"]),
        ("2026-3-3", "off", "09:00-12:00", "停电", &["date", "hours"]),
        ("20260303", "half_day", "12:00-09:00", "", &["date", "hours", "reason"]),
        ("2026-03-03T09:00", "half_day", "09:00-12:00、11:00-13:00", "停电", &["date", "hours"]),
    ] {
        let read = rules::decided(&input(date, kind, hours, reason), "管理员");
        let found: Vec<String> = read.err().into_iter().flat_map(|r| r.errors).map(|e| e.field).collect();
        assert_eq!(found, wrong, "{date} {kind} {hours} {reason}");
    }
    let long = "长".repeat(201);
    assert_eq!(rules::decided(&input("2026-03-03", "off", "", &long), "").unwrap_err().errors[0].code, "too_long");
}

#[test]
fn hours_as_people_type_them() {
    for (text, read) in [
        ("09:00-12:00", Some("09:00–12:00")),
        ("9:00–12:00、13:00～15:30", Some("09:00–12:00、13:00–15:30")),
        ("13：00至15：30，9：00-12：00", Some("09:00–12:00、13:00–15:30")),
        ("", None),
        ("上午", None),
        ("09:00", None),
        ("09:00-24:00", None),
    ] {
        assert_eq!(rules::read_hours(text).ok().map(|hours| hours.to_string()).as_deref(), read, "{text}");
    }
    assert!(rules::read_hours(&"9".repeat(101)).is_err());
}

#[test]
fn a_question_names_every_wrong_parameter() {
    let ask = |from: &str, days: Option<&str>, hours: Option<&str>| {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        DueQuery { from: some(from), working_days: days.map(Into::into), working_hours: hours.map(Into::into) }
            .read(&zone())
    };
    for (from, days, hours, wrong) in [
        ("2026-09-24", Some("10"), None, &[][..]),
        ("2026-09-24T09:00:00+08:00", None, Some("2"), &[]),
        ("2026-09-24T09:00:00 08:00", None, Some("2"), &[]),
        ("2026-09-24T09:00", Some("0"), None, &[]),
        ("", None, None, &["from", "working_days"]),
        ("昨天", Some("很多"), None, &["from", "working_days"]),
        ("1948-12-31", Some("2501"), None, &["from", "working_days"]),
        ("2201-01-01", Some("-1"), Some("5001"), &["from", "working_days", "working_hours", "working_hours"]),
        ("2026-02-30", Some("1"), Some("1"), &["from", "working_hours"]),
        ("2026-09-24", Some(""), None, &["working_days"]),
        ("2026-09-24", Some("1.5"), None, &["working_days"]),
        ("9999999999", Some("99999999999999999999"), None, &["from", "working_days"]),
    ] {
        let found: Vec<String> =
            ask(from, days, hours).err().into_iter().flat_map(|r| r.errors).map(|e| e.field).collect();
        assert_eq!(found, wrong, "{from} {days:?} {hours:?}");
    }
    let question = ask("2026-09-24", Some("10"), None).unwrap();
    assert_eq!(question.from.rfc3339(&zone()), "2026-09-24T00:00:00+08:00");
    assert_eq!(question.limit, Limit::WorkingDays(10));
    assert_eq!(ask("2026-09-24T09:30", None, Some("2")).unwrap().limit, Limit::WorkingMinutes(120));
}

#[test]
fn years() {
    for (text, year) in [
        (None, Some(2026)),
        (Some(""), Some(2026)),
        (Some("2027"), Some(2027)),
        (Some("1948"), None),
        (Some("x"), None),
    ] {
        assert_eq!(rules::year(text, 2026).ok(), year, "{text:?}");
    }
    for year in [1949, 2000, 2026, 2200] {
        assert_eq!(rules::days_of(year).count(), if year % 4 == 0 && year != 2200 { 366 } else { 365 });
    }
}

fn admin() -> Actor {
    somebody(9, "管理员甲", "yingshang", &[Role::Administrator])
}

fn said(city: &TestCity) -> String {
    let body = fields(json!({"audience": "entrepreneur", "title": "奖补没有到账", "text": "一年多没有到账。"}));
    let said = intake::check(&city.app, &Actor::public(), &body).unwrap();
    run(intake::submit(&city.app, &Actor::public(), said, Vec::new())).unwrap().number
}

fn run<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(story)
}

/// When the demand is due by its clock, and by its row.
fn due(app: &App, number: &str) -> (String, String) {
    let number = number.to_owned();
    let (clock, row) = app
        .read_now(&desk(), move |cx| {
            let clock = moving::load(cx, &number)?.next_clock().unwrap().due_at;
            let row: kernel::Instant =
                cx.tx.one(sql!("SELECT due_at FROM demand WHERE number = $1"), args![&number])?;
            Ok((clock, row))
        })
        .unwrap();
    (clock.rfc3339(&zone()), row.rfc3339(&zone()))
}

fn history(app: &App, stream: &str) -> Vec<RecordedEntry> {
    let stream = stream.to_owned();
    app.read_now(&desk(), move |cx| cx.tx.history(&stream)).unwrap()
}

fn recomputed(app: &App, number: &str) -> usize {
    history(app, &format!("demand:{number}")).iter().filter(|entry| entry.act == "recompute_due").count()
}

fn add(app: &App, actor: &Actor, input: OverrideInput) -> Result<Effect> {
    let effect = app.write_now(actor, move |cx| actions::add(cx, &input))?;
    actions::refresh_now(app)?;
    Ok(effect)
}

fn remove(app: &App, actor: &Actor, date: &str, reason: &'static str, seen: Option<&'static str>) -> Result<Effect> {
    let date = date.parse().unwrap();
    let effect = app.write_now(actor, move |cx| actions::remove(cx, date, Some(reason), seen))?;
    actions::refresh_now(app)?;
    Ok(effect)
}

fn refused(result: Result<Effect>) -> kernel::Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

const TUESDAY: (&str, &str) = ("2026-03-03T17:00:00+08:00", "2026-03-03T17:00:00+08:00");
const WEDNESDAY: (&str, &str) = ("2026-03-04T17:00:00+08:00", "2026-03-04T17:00:00+08:00");

fn is_due(app: &App, number: &str, expected: (&str, &str)) {
    let (clock, row) = due(app, number);
    assert_eq!((clock.as_str(), row.as_str()), expected);
}

#[test]
fn a_closed_day_moves_clocks_and_an_opened_one_moves_them_back() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        super::start(app).unwrap();
        let first = said(city);
        is_due(app, &first, TUESDAY);
        let closing = input("2026-03-03", "off", "", "全市停电检修");
        let change = actions::change_of(&admin(), &closing).unwrap();
        let looked = app.read_now(&admin(), move |cx| actions::preview(cx, &change)).unwrap();
        assert_eq!(looked.moved.len(), 1);
        assert_eq!((looked.before.as_str(), looked.after.as_str()), ("工作日", "本市调整：不上班（全市停电检修）"));
        is_due(app, &first, TUESDAY);
        assert!(!actions::refresh_now(app).unwrap(), "looking changes nothing");

        assert_eq!(refused(add(app, &desk(), closing.clone())).kind, RefusalKind::Forbidden);
        let stale = OverrideInput { calendar: Some("cal1-0".into()), ..closing.clone() };
        assert!(matches!(refused(add(app, &admin(), stale)).kind, RefusalKind::Conflict { .. }));
        let seen = OverrideInput { calendar: Some(looked.old.clone()), ..closing.clone() };
        assert_eq!(add(app, &admin(), seen).unwrap(), looked, "what was shown is what is done");
        assert!(!app.calendar().is_working_day("2026-03-03".parse().unwrap()));
        is_due(app, &first, WEDNESDAY);
        let entries = history(app, &format!("demand:{first}"));
        let entry = entries.last().unwrap();
        assert_eq!((entry.act.as_str(), entry.actor.as_str()), ("recompute_due", "管理员甲"));
        for (name, value) in [
            ("clock", "dispatch"),
            ("old_due", TUESDAY.0),
            ("new_due", WEDNESDAY.0),
            ("reason", "2026-03-03 放假（不上班）：全市停电检修"),
            ("calendar", app.calendar().fingerprint()),
        ] {
            assert_eq!(entry.value(name), Some(value), "{name}");
        }
        let entry = history(app, super::STREAM).pop().unwrap();
        assert_eq!((entry.act.as_str(), entry.value("moved")), ("add_override", Some("1")));

        let second = said(city);
        is_due(app, &second, WEDNESDAY);
        assert_eq!(refused(add(app, &admin(), closing)).errors[0].field, "date", "one decision for a day");
        assert_eq!(refused(remove(app, &admin(), "2026-03-04", "没有", None)).kind, RefusalKind::NotFound);
        assert_eq!(refused(remove(app, &admin(), "2026-03-03", " ", None)).errors[0].field, "reason");
        let conflict = remove(app, &admin(), "2026-03-03", "检修改期", Some("cal1-0"));
        assert!(matches!(refused(conflict).kind, RefusalKind::Conflict { .. }));
        assert_eq!(remove(app, &admin(), "2026-03-03", "检修改期", None).unwrap().moved.len(), 2);
        is_due(app, &first, TUESDAY);
        is_due(app, &second, TUESDAY);
        assert_eq!((recomputed(app, &first), recomputed(app, &second)), (2, 1));

        let half = input("2026-03-03", "half_day", "09:00-11:30", "防汛演练");
        assert_eq!(add(app, &admin(), half).unwrap().moved.len(), 2);
        let early = "2026-03-03T11:30:00+08:00";
        is_due(app, &first, (early, early));
        let decisions = app.read_now(&admin(), actions::history).unwrap();
        assert_eq!(decisions.len(), 2);
        assert!(matches!(decisions[0].decision.kind, OverrideKind::HalfDay { .. }));
        assert_eq!(decisions[1].removed.as_ref().unwrap().reason, "检修改期");
    });
}

#[test]
fn a_clock_started_in_between_is_moved_later_on_the_record() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        super::start(app).unwrap();
        let closing = input("2026-03-03", "off", "", "全市停电检修");
        app.write_now(&admin(), move |cx| actions::add(cx, &closing)).unwrap();
        let number = said(city);
        is_due(app, &number, TUESDAY);
        assert_eq!(super::settle(app).unwrap(), 0, "not every server has noticed yet");
        city.at("2026-03-02T09:00:11+08:00");
        assert_eq!(super::settle(app).unwrap(), 1);
        is_due(app, &number, WEDNESDAY);
        assert_eq!((super::settle(app).unwrap(), recomputed(app, &number)), (0, 1));
        assert!(!actions::refresh_now(app).unwrap(), "the calendar in force was noticed on the way");
    });
}

/// Another server on the same database.
fn another(app: &App) -> App {
    App::new(Parts {
        store: app.store().clone(),
        clock: Arc::new(FixedClock::at(app.now())),
        random: Arc::new(SeededRandom::new(2)),
        ids: Arc::default(),
        city: City::load("anning").unwrap(),
        data_dir: app.data_dir().to_owned(),
        demo: false,
        base_url: None,
        secret: app.secret().to_vec(),
    })
}

#[test]
fn every_server_notices() {
    TestCity::on_both_engines(|city| {
        let other = another(&city.app);
        super::start(&city.app).unwrap();
        super::start(&other).unwrap();
        add(&city.app, &admin(), input("2026-03-03", "off", "", "全市停电检修")).unwrap();
        assert_ne!(*other.calendar(), *city.app.calendar());
        assert!(actions::refresh_now(&other).unwrap());
        assert_eq!(*other.calendar(), *city.app.calendar());
        assert!(!actions::refresh_now(&other).unwrap());
        remove(&other, &admin(), "2026-03-03", "检修改期", None).unwrap();
        assert!(actions::refresh_now(&city.app).unwrap());
        assert!(city.app.calendar().is_working_day("2026-03-03".parse().unwrap()));
    });
}

#[test]
fn other_facts_at_the_start_are_recorded() {
    let city = TestCity::start(None);
    let app = &city.app;
    let closed = rules::decided(&input("2026-03-03", "off", "", "旧资料"), "").unwrap();
    app.set_calendar(app.calendar().with_overrides(vec![closed]).unwrap());
    let number = said(&city);
    is_due(app, &number, WEDNESDAY);
    let old = app.calendar().fingerprint().to_owned();
    app.write_now(&admin(), move |cx| {
        let last = InForce { fingerprint: old.clone(), reason: String::new(), changed_at: cx.now, settled_at: None };
        records::put_in_force(cx.tx, &last)
    })
    .unwrap();
    super::start(app).unwrap();
    is_due(app, &number, TUESDAY);
    let entry = history(app, super::STREAM).pop().unwrap();
    assert_eq!((entry.act.as_str(), entry.value("moved")), ("new_facts", Some("1")));
    super::start(app).unwrap();
    assert_eq!(
        (history(app, super::STREAM).len(), recomputed(app, &number)),
        (1, 1),
        "a second start has nothing to do"
    );
}

#[test]
fn what_is_refused_leaves_no_trace() {
    let city = TestCity::start(None);
    let change = Change::Remove("2026-03-03".parse().unwrap());
    let looked = city.app.read_now(&admin(), move |cx| actions::preview(cx, &change));
    assert_eq!(refused(looked).kind, RefusalKind::NotFound);
    assert!(add(&city.app, &admin(), OverrideInput::default()).is_err());
    assert!(history(&city.app, super::STREAM).is_empty());
}

/// Everybody is this one.
struct Everybody(Session);

impl Doorkeeper for Everybody {
    fn who(&self, _: Credential) -> Later<'_, Result<Option<Session>>> {
        Box::pin(async { Ok(Some(self.0.clone())) })
    }

    fn menu<'a>(&'a self, _: &'a Session) -> Later<'a, Result<Menu>> {
        Box::pin(async { Ok(Menu::default()) })
    }

    fn incident(&self) -> String {
        "0".into()
    }
}

fn ask(city: &TestCity, permissions: &[Permission], request: Request<Body>) -> (u16, String) {
    let session = Session {
        actor: admin(),
        account: Id(9),
        id: Id(1),
        username: "admin".into(),
        permissions: permissions.to_vec(),
        must_change_password: false,
    };
    let site = Site { platform: "甲市".into(), demo: false, https: false, public_url: None, trust_proxy: false };
    let router = mount(super::routes(), &Gate::new(Everybody(session), site, b"k".to_vec()), city.app.clone());
    run(async {
        let response = router.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    })
}

fn request(method: &str, path: &str, kind: &str, body: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header(header::COOKIE, "santing_session=x");
    let request = request.header(header::AUTHORIZATION, "Bearer x").header(header::CONTENT_TYPE, kind);
    request.body(Body::from(body.to_owned())).unwrap()
}

fn get(city: &TestCity, path: &str) -> (u16, String) {
    ask(city, &[Permission::Desk, Permission::Administer], request("GET", path, "", ""))
}

fn post(city: &TestCity, path: &str, form: &str) -> (u16, String) {
    let kind = "application/x-www-form-urlencoded";
    ask(city, &[Permission::Desk, Permission::Administer], request("POST", path, kind, form))
}

fn call(city: &TestCity, method: &str, path: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = request(method, path, "application/json", &body);
    let (status, text) = ask(city, &[Permission::Administer], request);
    (status, serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}")))
}

#[test]
fn the_calls() {
    let city = TestCity::start(None);
    let none = Value::Null;
    let (status, due) = call(&city, "GET", "/api/v1/calendar/due?from=2026-09-24&working_days=10", none.clone());
    assert_eq!((status, due["due"].as_str()), (200, Some("2026-10-15T17:00:00+08:00")));
    assert_eq!(due["days"].as_array().unwrap().len(), 22);
    assert_eq!(due["days"][1], json!({"date": "2026-09-25", "weekday": "周五", "working": false, "why": "中秋节放假"}));
    let (_, due) = call(&city, "GET", "/api/v1/calendar/due?from=2026-12-25&working_days=10", none.clone());
    assert!(due["warnings"][0].as_str().unwrap().contains("2027 年"), "{due}");
    let (status, problem) =
        call(&city, "GET", "/api/v1/calendar/due?from=x&working_days=y&working_hours=z", none.clone());
    assert_eq!(status, 422);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 4, "{problem}");

    let (_, year) = call(&city, "GET", "/api/v1/calendar/days?year=2026", none.clone());
    assert_eq!((year["working_days"].as_i64(), year["covered"].as_bool()), (Some(248), Some(true)));
    assert_eq!(call(&city, "GET", "/api/v1/calendar/days?year=1", none.clone()).0, 422);

    let path = "/api/v1/calendar/overrides";
    let half = json!({"date": "2026-03-03", "kind": "half_day", "hours": "09:00-12:00", "reason": "停电"});
    let mut dry = half.clone();
    dry["dry_run"] = true.into();
    assert_eq!(call(&city, "POST", path, dry).0, 200);
    let (status, made) = call(&city, "POST", path, half.clone());
    assert_eq!((status, made["dry_run"].as_bool()), (201, Some(false)), "{made}");
    assert_eq!(call(&city, "POST", path, half).0, 422);
    assert_eq!(call(&city, "POST", path, json!({"date": 7})).0, 422);
    let (_, list) = call(&city, "GET", path, none.clone());
    assert_eq!(list["items"][0]["hours"], json!([["09:00", "12:00"]]), "{list}");
    let one = "/api/v1/calendar/overrides/2026-03-03";
    assert_eq!(call(&city, "DELETE", one, none.clone()).0, 422);
    assert_eq!(call(&city, "DELETE", &format!("{one}?reason=x&dry_run=true"), none.clone()).0, 200);
    assert_eq!(call(&city, "DELETE", &format!("{one}?reason=x"), none.clone()).0, 200);
    assert_eq!(call(&city, "DELETE", &format!("{one}?reason=x"), none.clone()).0, 404);
    assert_eq!(call(&city, "DELETE", "/api/v1/calendar/overrides/x?reason=x", none).0, 404);
}

#[test]
fn the_pages() {
    let city = TestCity::start(None);
    let (status, page) = get(&city, "/calendar");
    assert_eq!((status, page.matches("<h1").count(), page.matches("class=\"month").count()), (200, 1, 12));
    assert!(page.contains("共 248 个工作日") && page.contains("，春节调休上班") && page.contains("调整某一天"));
    let plain = ask(&city, &[Permission::Desk], request("GET", "/calendar", "", "")).1;
    assert!(!plain.contains("调整某一天"));
    let (_, page) = get(&city, "/calendar?year=2027");
    assert!(page.contains("2027 年没有国务院办公厅的放假安排"), "{page}");
    let (status, page) = get(&city, "/calendar?from=2026-09-24&working_days=10&working_hours=");
    assert!(status == 200 && page.contains("2026 年 10 月 15 日 周四 17:00"), "{page}");
    let (status, page) = get(&city, "/calendar?year=9&from=&working_days=x");
    assert_eq!(status, 422);
    assert!(page.contains("年份应为") && page.contains("请填写收件日期") && page.contains("整数"), "{page}");

    let number = said(&city);
    let address = "/calendar/overrides/new";
    let (status, page) = post(&city, address, "date=&kind=half_day&reason=");
    assert!(status == 422 && page.contains("请填写日期") && page.contains("请填写理由"), "{page}");
    let typed = "date=2026-03-03&kind=off&reason=%E5%81%9C%E7%94%B5";
    let (status, page) = post(&city, address, typed);
    assert!(status == 200 && page.contains(&number) && page.contains("推迟"), "{page}");
    is_due(&city.app, &number, TUESDAY);
    let (status, page) = post(&city, address, &format!("{typed}&confirmed=yes&calendar=cal1-0"));
    assert!(status == 409 && page.contains("请看过新的影响再确认"), "{page}");
    assert_eq!(post(&city, address, &format!("{typed}&confirmed=yes")).0, 303);
    is_due(&city.app, &number, WEDNESDAY);
    let (_, page) = get(&city, "/calendar");
    assert!(page.contains("local holiday") && page.contains("/calendar/overrides/2026-03-03/remove"), "{page}");

    let address = "/calendar/overrides/2026-03-03/remove";
    let (status, page) = get(&city, address);
    assert!(status == 200 && page.contains("提前"), "{page}");
    assert_eq!(post(&city, address, "reason=").0, 422);
    assert_eq!(post(&city, address, "reason=x&calendar=cal1-0").0, 409);
    assert_eq!(post(&city, address, "reason=x").0, 303);
    assert_eq!(get(&city, address).0, 404);
    is_due(&city.app, &number, TUESDAY);
}
