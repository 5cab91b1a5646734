//! Stories of reading: what was said before, what a reply leaves open, what a search puts first; on both engines.

use kernel::{Actor, PageRequest};
use serde_json::{Value, json};

use super::{assigned, reply};
use crate::context::App;
use crate::demands::actions::answering::{self, Draft};
use crate::demands::actions::{indexing, listing, resembling};
use crate::demands::rules::filter::{Filter, Sort};
use crate::demands::rules::moves::Move;
use crate::demands::tests::{make, said, submit};
use crate::testing::{TestCity, desk, handler};

fn say(app: &App, title: &str, text: &str) -> String {
    submit(app, &Actor::public(), json!({"audience": "public", "title": title, "text": text})).unwrap().number
}

fn indexed(app: &App) {
    while indexing::index_some(app).unwrap() {}
}

fn similar(app: &App, actor: &Actor, text: &str, except: Option<&str>) -> Vec<resembling::Similar> {
    let (text, except) = (text.to_owned(), except.map(str::to_owned));
    app.read_now(actor, move |cx| resembling::similar(cx, Some(&text), except.as_deref())).unwrap()
}

#[test]
fn an_old_demand_is_found_among_many_with_the_same_common_words() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let old = say(app, "错避峰通知太晚", "错避峰前两小时才接到电话，石墨化炉中断，整炉报废，请提前一天通知。");
        for n in 0..60 {
            let text = format!("第{n}条产线接到错避峰通知的电话太晚，生产计划被动，请提前通知。");
            say(app, "错避峰通知太晚影响生产", &text);
        }
        indexed(app);
        let again = "石墨化炉因错避峰报废\n错避峰前2小时才打电话，石墨化炉中断，一炉报废，希望至少提前一天通知。";
        let found = similar(app, &desk(), again, None);
        assert_eq!(found[0].number.as_deref(), Some(old.as_str()), "{found:?}");
        assert!(found[0].same && !found[0].is_precedent());
        assert!(found.len() <= 5 && found.is_sorted_by(|a, b| a.similarity >= b.similarity));

        let public = similar(app, &Actor::public(), again, None);
        let shown = serde_json::to_value(&public[0]).unwrap();
        let names: Vec<&String> = shown.as_object().unwrap().keys().collect();
        assert_eq!(names, ["because", "month", "same", "similarity", "status", "status_label", "theme_label"]);
        assert!(similar(app, &handler("wenlv"), again, None).is_empty(), "nobody of a unit sees what is not theirs");
    });
}

#[test]
fn precedents_say_how_they_ended_and_the_firm_is_a_sign_of_its_own() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let n = assigned(app, "assigned", json!([]));
        make(app, &handler("gongkexin"), &n, Move::Acknowledge, json!({})).unwrap();
        make(app, &handler("gongkexin"), &n, Move::Reply, reply()).unwrap();
        let other = json!({"audience": "entrepreneur", "title": "厂门口路灯不亮", "text": "晚班工人出行不安全。",
            "channel": "phone", "enterprise": {"name": "云南某材料有限公司"}});
        let other = submit(app, &desk(), other).unwrap().number;
        indexed(app);
        let Value::Object(words) = said() else { panic!("said is an object") };
        let found = similar(app, &desk(), words["text"].as_str().unwrap(), Some(&other));
        assert_eq!(found[0].number.as_deref(), Some(n.as_str()));
        assert_eq!(found[0].answer.as_deref(), Some("本月办结"));
        let of_firm = |except: &str| {
            let except = except.to_owned();
            let found = app.read_now(&desk(), move |cx| {
                let case = crate::demands::actions::moving::load(cx, &except)?;
                resembling::of_firm(cx, case.demand.said.enterprise.unwrap(), Some(&except))
            });
            found.unwrap().into_iter().filter_map(|one| one.number).collect::<Vec<_>>()
        };
        assert_eq!((of_firm(&other), of_firm(&n)), (vec![n.clone()], vec![other.clone()]));
        city.at("2026-08-03T09:00:00+08:00");
        assert_eq!(of_firm(&other), [""; 0], "only what was said lately");
    });
}

#[test]
fn a_search_puts_titles_first_and_looks_for_other_words_of_the_same_meaning() {
    TestCity::on_both_engines(|city| {
        let app = &city.app;
        let title = say(app, "园区停车太难", "货车没有地方放。");
        let text = say(app, "货车无处可放", "园区停车难了很久。");
        let other = say(app, "园区泊车收费", "泊车一小时十元。");
        let pieces = say(app, "难在哪里", "停车这件事，园区没有人管。");
        say(app, "路灯不亮", "园区的路灯坏了，车停在哪里都不安全。");
        indexed(app);
        let list = |q: &str, change: &dyn Fn(&mut Filter), page: PageRequest| {
            let mut filter = Filter { q: Some(q.to_owned()), ..Filter::default() };
            change(&mut filter);
            app.read_now(&desk(), move |cx| listing::list(cx, &filter, &page)).unwrap()
        };
        let all = |q: &str, change: &dyn Fn(&mut Filter)| {
            list(q, change, PageRequest::first(10)).items.into_iter().map(|row| row.number).collect::<Vec<_>>()
        };
        let usual: &dyn Fn(&mut Filter) = &|_| ();
        assert_eq!(all("停车", usual), [&title, &pieces, &text, &other].map(Clone::clone));
        assert_eq!(all("停车", &|filter| filter.exact = true), [&title, &pieces, &text].map(Clone::clone));
        assert_eq!(all("停车", &|filter| filter.sort = Sort::Received), [&pieces, &text, &title].map(Clone::clone));
        assert_eq!(all("园区 停车", usual), [&title, &pieces, &text, &other].map(Clone::clone));
        assert_eq!(all("车园", usual), [""; 0], "pairs that only meet by chance are nothing");

        // One row a page, through every stage, gives the same list.
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let page = list("停车", usual, PageRequest { limit: 1, cursor });
            rows.extend(page.items.into_iter().map(|row| row.number));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(rows, all("停车", usual));
        let filter = Filter { q: Some("停车".to_owned()), ..Filter::default() };
        let (count, also) = app
            .read_now(&desk(), move |cx| {
                Ok((listing::count(cx, &filter)?.n, crate::demands::actions::searching::also(cx, &filter)))
            })
            .unwrap();
        assert_eq!((count, also), (4, vec!["泊车".to_owned()]));
    });
}

#[test]
fn a_reply_is_looked_at_before_it_goes_out() {
    let city = TestCity::start(None);
    let app = &city.app;
    let text = "错避峰通知太晚。请求：1. 通知至少提前二十四小时；2. 修好厂区门口的路灯。";
    let n = say(app, "错避峰通知太晚", text);
    let draft = Draft {
        policy_reading: Some("依据《电力负荷管理办法》，错避峰通知应当提前。".to_owned()),
        measures: Some("已与供电局商定提前二十四小时通知。其余尽快落实，详询13800000000。".to_owned()),
        opinion: Some("无".to_owned()),
    };
    let remarks = app.read_now(&desk(), move |cx| answering::check(cx, &n, &draft)).unwrap();
    let seen: Vec<(Option<&str>, &str, &str)> = remarks.iter().map(|r| (r.part, r.what, r.found.as_str())).collect();
    assert_eq!(
        seen,
        [
            (None, "untouched", "修好厂区门口的路灯"),
            (Some("measures"), "promise", "尽快"),
            (Some("opinion"), "part", "无"),
            (Some("measures"), "stop", "13800000000"),
        ]
    );
    assert_eq!((remarks[1].start, remarks[1].end), (19, 21), "places are counted in characters");
}
