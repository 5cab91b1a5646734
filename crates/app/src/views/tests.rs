//! Saving, seeing, sharing and removing views.

use kernel::{Actor, Error, Id, Refusal, RefusalKind, Role};

use super::actions;
use super::records;
use super::rules::{MOST, View, ViewInput};
use crate::context::Cx;
use crate::testing::{TestCity, desk, handler, somebody};

fn input(name: &str, query: &str, shared: bool) -> ViewInput {
    ViewInput { name: Some(name.to_owned()), query: Some(query.to_owned()), shared }
}

fn save(city: &TestCity, actor: &Actor, input: ViewInput) -> Result<View, Error> {
    city.app.write_now(actor, move |cx| actions::create(cx, &input))
}

fn refusal(result: Result<View, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn fields(refusal: &Refusal) -> Vec<&str> {
    refusal.errors.iter().map(|error| error.field.as_str()).collect()
}

fn names(city: &TestCity, actor: &Actor) -> Vec<String> {
    let views = city.app.read_now(actor, actions::list).unwrap();
    views.into_iter().map(|view| view.name).collect()
}

#[test]
fn a_view_keeps_its_conditions_in_their_canonical_order() {
    TestCity::on_both_engines(|city| {
        let view = save(
            city,
            &desk(),
            input(" 逾期\n未办结 ", "sort=due&limit=20&overdue=on&status=assigned,replied&q=用电", false),
        );
        let view = view.unwrap();
        assert_eq!(view.name, "逾期 未办结");
        assert_eq!(view.query, "status=assigned&status=replied&overdue=true&q=%E7%94%A8%E7%94%B5&sort=due");
        assert_eq!(view.href().unwrap(), format!("/demands?{}", view.query));
        let lines = city.app.read_now(&desk(), actions::lines).unwrap();
        assert_eq!((lines[0].label.as_ref(), lines[0].href.as_ref()), ("逾期 未办结", view.href().unwrap().as_str()));
        let kept = city.app.store().read_now(|tx| tx.history("view:1")).unwrap();
        assert_eq!(
            (kept.len(), kept[0].act.as_str(), kept[0].value("query")),
            (1, "save_view", Some(view.query.as_str()))
        );
    });
}

#[test]
fn everything_wrong_is_named_at_once() {
    TestCity::on_both_engines(|city| {
        let homeless = Actor { unit: None, ..desk() };
        let wrong = refusal(save(city, &homeless, input("", "status=x&nonsense=1", true)));
        assert_eq!(fields(&wrong), ["name", "query.status", "query.nonsense", "shared"]);
        let garbled = refusal(save(city, &desk(), input("乱码", "q=%ff", false)));
        assert_eq!(fields(&garbled), ["query"]);
        save(city, &desk(), input("逾期", "overdue=true", false)).unwrap();
        assert_eq!(fields(&refusal(save(city, &desk(), input("逾期", "", false)))), ["name"]);
        // Another account may use the same name.
        save(city, &handler("gongkexin"), input("逾期", "overdue=true", false)).unwrap();
        let public = refusal(save(city, &Actor::public(), input("逾期", "", false)));
        assert_eq!(public.kind, RefusalKind::Forbidden);
    });
}

#[test]
fn an_account_keeps_so_many_and_no_more() {
    TestCity::on_both_engines(|city| {
        for n in 0..MOST {
            save(city, &desk(), input(&format!("视图{n}"), "", false)).unwrap();
        }
        assert_eq!(refusal(save(city, &desk(), input("再一个", "", false))).errors[0].code, "too_many");
    });
}

#[test]
fn a_shared_view_is_seen_in_the_unit_and_changed_by_its_owner() {
    TestCity::on_both_engines(|city| {
        let colleague = somebody(7, "统筹岗丙", "yingshang", &[Role::Coordinator]);
        let view = save(city, &desk(), input("待回访", "status=replied", true)).unwrap();
        save(city, &desk(), input("只我看", "overdue=true", false)).unwrap();
        assert_eq!(names(city, &colleague), ["待回访"]);
        assert_eq!(names(city, &handler("gongkexin")), [""; 0]);
        let id = view.id;
        let meddling = city.app.write_now(&colleague, move |cx| actions::remove(cx, id));
        assert_eq!(refusal(meddling).kind, RefusalKind::NotFound);

        let amend = |input: ViewInput| city.app.write_now(&desk(), move |cx| actions::amend(cx, id, &input));
        assert_eq!(fields(&refusal(amend(input("只我看", "", true)))), ["name"]);
        let renamed = amend(input("要回访的", "", false)).unwrap();
        assert_eq!((renamed.query.as_str(), renamed.shared_with), ("status=replied", None));
        assert_eq!(names(city, &colleague), [""; 0]);

        city.app.write_now(&desk(), move |cx| actions::remove(cx, id)).unwrap();
        assert_eq!(names(city, &desk()), ["只我看"]);
        let again = city.app.write_now(&desk(), move |cx| actions::remove(cx, id));
        assert_eq!(refusal(again).kind, RefusalKind::NotFound);
    });
}

#[test]
fn a_view_that_no_longer_reads_is_listed_and_stays_out_of_the_menu() {
    TestCity::on_both_engines(|city| {
        let old = View {
            id: Id(5),
            owner: Id(1),
            owner_name: "统筹岗甲".into(),
            name: "从前的条件".into(),
            query: "colour=red".into(),
            shared_with: None,
            created_at: city.app.now(),
        };
        city.app.write_now(&desk(), move |cx: &mut Cx<'_>| records::insert(cx.tx, &old)).unwrap();
        let listed = city.app.read_now(&desk(), actions::list).unwrap();
        assert_eq!((listed.len(), listed[0].href()), (1, None));
        assert_eq!(city.app.read_now(&desk(), actions::lines).unwrap(), []);
        city.app.write_now(&desk(), |cx| actions::remove(cx, Id(5))).unwrap();
        assert_eq!(names(city, &desk()), [""; 0]);
    });
}
