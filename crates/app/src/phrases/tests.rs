//! Keeping, offering, changing and removing phrases.

use kernel::{Actor, Error, Refusal, RefusalKind, Role};

use super::actions;
use super::rules::{Filling, Phrase, PhraseInput};
use crate::testing::{TestCity, desk, handler, somebody};

fn input(scope: &str, title: &str, text: &str) -> PhraseInput {
    let some = |text: &str| Some(text.to_owned());
    PhraseInput { scope: some(scope), title: some(title), text: some(text), ..PhraseInput::default() }
}

fn head() -> Actor {
    somebody(8, "负责人丁", "gongkexin", &[Role::UnitHead])
}

fn save(city: &TestCity, actor: &Actor, input: PhraseInput) -> Result<Phrase, Error> {
    city.app.write_now(actor, move |cx| actions::create(cx, &input))
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn wrong(refusal: &Refusal) -> Vec<&str> {
    refusal.errors.iter().map(|error| error.field.as_str()).collect()
}

fn titles(phrases: &[Phrase]) -> Vec<&str> {
    phrases.iter().map(|phrase| phrase.title.as_str()).collect()
}

#[test]
fn each_scope_reaches_its_people_and_is_kept_by_whom_the_city_trusts_with_it() {
    TestCity::on_both_engines(|city| {
        save(city, &desk(), input("city", "全市的", "按规定办理")).unwrap();
        save(city, &head(), input("unit", "工科信的", "请到窗口办理")).unwrap();
        let own = save(city, &handler("gongkexin"), input("own", "自己的", "已联系")).unwrap();
        let offered = |actor: &Actor| city.app.read_now(actor, actions::offered).unwrap();
        assert_eq!(titles(&offered(&handler("gongkexin"))), ["自己的", "工科信的", "全市的"]);
        assert_eq!(titles(&offered(&somebody(9, "住建岗", "zhujian", &[Role::UnitHandler]))), ["全市的"]);
        for (actor, scope) in [(handler("gongkexin"), "city"), (handler("gongkexin"), "unit"), (head(), "city")] {
            assert_eq!(wrong(&refusal(save(city, &actor, input(scope, "不行", "不行")))), ["scope"], "{scope}");
        }
        let id = own.id;
        let meddling = city.app.write_now(&head(), move |cx| actions::remove(cx, id));
        assert_eq!(refusal(meddling).kind, RefusalKind::NotFound);
        city.app.write_now(&handler("gongkexin"), move |cx| actions::remove(cx, id)).unwrap();
        let kept = city.app.store().read_now(move |tx| tx.history(&format!("phrase:{id}"))).unwrap();
        assert_eq!(kept.iter().map(|entry| entry.act.as_str()).collect::<Vec<_>>(), ["save_phrase", "remove_phrase"]);
    });
}

#[test]
fn a_phrase_expires_with_its_clause() {
    TestCity::on_both_engines(|city| {
        let text = |text: &str| Some(text.to_owned());
        let cited = PhraseInput {
            citation: text("安政办发〔2025〕3号第四条"),
            valid_until: text("2026-03-31"),
            ..input("city", "奖补", "奖补次年兑现")
        };
        let made = save(city, &desk(), cited.clone()).unwrap();
        city.at("2026-03-31T23:59:00+08:00");
        assert_eq!(city.app.read_now(&desk(), actions::offered).unwrap().len(), 1);
        city.at("2026-04-01T00:01:00+08:00");
        assert_eq!(city.app.read_now(&desk(), actions::offered).unwrap().len(), 0);
        assert_eq!(titles(&city.app.read_now(&desk(), actions::list).unwrap()), ["奖补"]);
        assert_eq!(wrong(&refusal(save(city, &desk(), cited.clone()))), ["valid_until"]);
        // A new term brings it back.
        let renewed = PhraseInput { valid_until: text("2027-03-31"), version: Some(made.version), ..cited };
        let id = made.id;
        let again = renewed.clone();
        city.app.write_now(&desk(), move |cx| actions::amend(cx, id, &again)).unwrap();
        assert_eq!(city.app.read_now(&desk(), actions::offered).unwrap().len(), 1);
        let late = city.app.write_now(&desk(), move |cx| actions::amend(cx, id, &renewed));
        assert_eq!(refusal(late).kind, RefusalKind::Conflict { current: Some(2) });
    });
}

#[test]
fn everything_wrong_is_named_at_once() {
    TestCity::on_both_engines(|city| {
        let text = |text: &str| Some(text.to_owned());
        let bad = PhraseInput {
            place: text("nowhere"),
            valid_until: text("明天"),
            ..input("planet", " ", "您好 {nummer}，{number}")
        };
        assert_eq!(wrong(&refusal(save(city, &desk(), bad))), ["scope", "place", "title", "text", "valid_until"]);
        let uncited = PhraseInput { valid_until: text("2026-12-31"), ..input("own", "一", "二") };
        assert_eq!(wrong(&refusal(save(city, &desk(), uncited))), ["citation"]);
    });
}

#[test]
fn placeholders_are_filled_in_once_and_gaps_stay_visible() {
    let filling = Filling { number: "AN1".into(), title: "路灯{number}".into(), ..Filling::default() };
    assert_eq!(filling.fill("{number}《{title}》{enterprise}{x}{"), "AN1《路灯{number}》〔企业名称〕{x}{");
}
