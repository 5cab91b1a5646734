//! The law of units, on units made for these tests.

use jiff::civil::date;
use jiff::tz::TimeZone;
use kernel::{Actor, Error, Instant, RefusalKind, Role};
use text::Keywords;

use super::actions;
use super::rules::{EndInput, Unit, UnitInput, UnitNames, amended, created, ended};
use crate::city::{City, DemoCity};
use crate::testing::{TestCity, desk, somebody};

fn anning() -> UnitNames {
    names("anning")
}

fn names(profile: &str) -> UnitNames {
    let city = City::load(profile).unwrap();
    let units = (1..).zip(&city.unit_seeds).map(|(n, seed)| Unit::of_seed(seed, n, city.plan.date)).collect();
    UnitNames::new(units, city.zone.clone())
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn a_unit_is_found_by_code_name_and_other_names() {
    let (names, now) = (anning(), at("2026-03-02T09:00:00+08:00"));
    for (text, code) in [
        ("gongkexin", "gongkexin"),
        ("市工科信局", "gongkexin"),
        (" 市工业和科技信息化局 ", "gongkexin"),
        ("市营商环境办(市政务服务局)", "yingshang"),
        ("市营商环境办（市政务服务局）", "yingshang"),
        ("市营商环境办", "yingshang"),
        ("市政务服务局", "yingshang"),
        ("温泉街道办事处", "wenquan"),
        ("安宁产业园区(管委会)", "yuanqu"),
        ("重点产业发展和重点项目建设指挥部", "zhihuibu"),
    ] {
        assert_eq!(names.resolve_handler(text, now), Ok(code.to_owned()), "{text}");
    }
}

#[test]
fn what_is_not_found_says_what_comes_near() {
    let (names, now) = (anning(), at("2026-03-02T09:00:00+08:00"));
    let error = names.resolve("工信局", now).map(|unit| unit.code.clone()).unwrap_err();
    assert!(error.contains("市工科信局"), "{error}");
    let error = names.resolve_handler("市级分管领导", now).unwrap_err();
    assert_eq!(error, "“市级分管领导”不直接承办诉求，请选一个承办单位");
    assert!(names.resolve("", now).is_err());
    let error = names.resolve("市工科信局", at("2020-01-01T09:00:00+08:00")).map(|unit| unit.code.clone()).unwrap_err();
    assert_eq!(error, "“市工科信局”自 2023-03-15 起设立");
}

#[test]
fn a_successor_takes_over_on_its_day() {
    let names = names("hutuo");
    let code = |text: &str, day: &str| names.resolve_handler(text, at(day)).unwrap();
    assert_eq!(code("县商贸局", "2026-06-30T23:00:00+06:00"), "shangmao");
    assert_eq!(code("县商贸局", "2026-07-01T00:30:00+06:00"), "jingji");
    let unit = names.get("shangmao").unwrap();
    assert!(unit.enterprise_facing_on(date(2026, 6, 30)) && !unit.enterprise_facing_on(date(2026, 7, 1)));
    assert!(!unit.enterprise_facing_on(date(2025, 1, 31)));
}

#[test]
fn a_ring_of_successors_ends() {
    let mut ring: Vec<Unit> = names("hutuo").all().to_vec();
    for unit in &mut ring {
        unit.valid_to = Some(date(2026, 1, 1));
        unit.successor = Some(if unit.code == "jingji" { "shangmao".into() } else { "jingji".into() });
    }
    let ring = UnitNames::new(ring, TimeZone::UTC);
    assert!(ring.resolve("县商贸局", at("2026-12-01T00:00:00Z")).is_err());
}

#[test]
fn mandates_find_the_lead_of_most_demands() {
    let city = City::load("anning").unwrap();
    let script = DemoCity::of(&city).unwrap().unwrap();
    let (names, now) = (anning(), at("2026-03-02T09:00:00+08:00"));
    let mandates = Keywords::new(names.handlers(now).map(|unit| (unit.code.clone(), unit.mandate.clone())).collect());
    let found = script.demands.iter().filter(|demand| {
        let words = format!("{}\n{}\n{}", demand.title, demand.title, demand.text);
        mandates.classify(&words).first().is_some_and(|first| first.code == demand.lead)
    });
    // The rest are nearly all matters of a street, which follow from the place and not from words.
    let share = found.count() * 100 / script.demands.len();
    assert!(share >= 70, "{share} %");
}

#[test]
fn every_wrong_field_of_a_new_unit_is_told() {
    let input = UnitInput {
        code: Some("市水务局".into()),
        name: Some("市发改局".into()),
        kind: Some("palace".into()),
        parent: Some("nobody".into()),
        enterprise_from: Some("2026-05-01".into()),
        enterprise_to: Some("2026-04-01".into()),
        ..UnitInput::default()
    };
    let refusal = created(&input, &anning(), date(2026, 3, 2)).unwrap_err();
    let fields: Vec<&str> = refusal.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["code", "name", "kind", "enterprise_to", "parent"]);
}

#[test]
fn a_unit_is_added_changed_and_ended() {
    let known = anning();
    let input = UnitInput {
        code: Some("shuiwu".into()),
        name: Some("市水务局".into()),
        kind: Some("department".into()),
        aliases: Some("水务局、安宁市水务局".into()),
        can_handle: true,
        ..UnitInput::default()
    };
    let unit = created(&input, &known, date(2026, 3, 2)).unwrap();
    assert_eq!((unit.aliases.len(), unit.version, unit.valid_from), (2, 1, date(2026, 3, 2)));
    assert_eq!(amended(&unit, &input, &known).unwrap_err().kind, RefusalKind::Invalid);
    let stale = UnitInput { version: Some(7), ..input.clone() };
    assert_eq!(amended(&unit, &stale, &known).unwrap_err().kind, RefusalKind::Conflict { current: Some(1) });
    let changed =
        amended(&unit, &UnitInput { version: Some(1), short_name: Some("水务局".into()), ..input }, &known).unwrap();
    assert_eq!((changed.short_name.as_str(), changed.version), ("水务局", 2));
    let end = EndInput {
        version: Some(2),
        valid_to: Some("2026-12-31".into()),
        successor: Some("fagai".into()),
        reason: Some("机构改革".into()),
    };
    let (gone, reason) = ended(&changed, &end, &known, "yingshang").unwrap();
    assert_eq!((gone.valid_to, reason.as_str()), (Some(date(2026, 12, 31)), "机构改革"));
    let dispatcher = known.get("yingshang").unwrap();
    assert!(ended(dispatcher, &EndInput { version: Some(1), ..end }, &known, "yingshang").is_err());
}

#[test]
fn the_register_of_units_lives() {
    TestCity::on_both_engines(|city| {
        let seeds = city.app.city().unit_seeds.len();
        let administrator = somebody(9, "管理员", "yingshang", &[Role::Administrator]);
        // A second start seeds nothing.
        assert_eq!(city.app.write_now(&Actor::system(), actions::seed).unwrap(), 0);
        let input = UnitInput {
            code: Some("shuiwu".into()),
            name: Some("市水务局".into()),
            kind: Some("department".into()),
            can_handle: true,
            ..UnitInput::default()
        };
        let create = |actor: &Actor| {
            let input = input.clone();
            city.app.write_now(actor, move |cx| actions::create(cx, &input))
        };
        assert!(matches!(create(&desk()), Err(Error::Refused(refusal)) if refusal.status() == 403));
        assert_eq!(create(&administrator).unwrap().position, seeds as i64 + 1);
        assert!(matches!(create(&administrator), Err(Error::Refused(refusal)) if refusal.status() == 422));
        let end = EndInput {
            version: Some(1),
            valid_to: Some("2026-03-31".into()),
            successor: Some("fagai".into()),
            reason: Some("机构改革".into()),
        };
        let ended = city.app.write_now(&administrator, move |cx| actions::end(cx, "shuiwu", &end)).unwrap();
        assert_eq!(ended.version, 2);
        let names = city.app.read_now(&desk(), actions::names).unwrap();
        assert_eq!(names.all().len(), seeds + 1);
        assert_eq!(names.resolve_handler("市水务局", at("2026-03-31T09:00:00+08:00")).unwrap(), "shuiwu");
        assert_eq!(names.resolve_handler("市水务局", at("2026-04-01T09:00:00+08:00")).unwrap(), "fagai");
    });
}
