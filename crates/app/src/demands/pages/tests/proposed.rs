//! Proposals beside the form that decides, confirmed with one button, as a browser without scripts meets them.

use super::{House, between, run};
use crate::demands::actions::{intake, moving};
use crate::demands::rules::vocabulary::Status;
use crate::demands::track;
use crate::testing::{desk, fields};
use serde_json::json;

/// The names and values of the hidden fields of a piece of a page.
fn hidden(piece: &str) -> Vec<(String, String)> {
    let fields = piece.split("<input type=\"hidden\" name=\"").skip(1);
    let one = |rest: &str| {
        let (name, rest) = rest.split_once('"').unwrap();
        (name.to_owned(), between(rest, "value=\"", "\"").to_owned())
    };
    fields.map(one).collect()
}

#[test]
fn one_button_confirms_all_that_is_proposed_and_the_next_demand_is_offered() {
    for house in House::both() {
        run(async {
            let number = house.demand("食品经营许可证延续要什么材料").await;
            let next = house.demand("小区污水异味").await;
            let page = house.get("desk", &format!("/demands/{number}/moves/triage")).await;
            assert!(page.body.contains("已按建议预填") && page.body.contains("data-key=\"a\""), "{}", page.body);
            assert!(page.body.contains("关键词</span> 提到"), "each field says why: {}", page.body);
            let proposed = hidden(between(&page.body, "<form class=\"go\"", "</form>"));
            let pairs: Vec<(&str, &str)> = proposed.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let sent = house.post("desk", &format!("/demands/{number}/moves/triage"), &pairs).await;
            assert_eq!((sent.status, sent.to.as_str()), (303, format!("/demands/{number}").as_str()), "{}", sent.body);
            let after = house.get("desk", &sent.to).await;
            assert!(
                after.body.contains("下一件待研判") && after.body.contains(&format!("/demands/{next}/moves/triage"))
            );
            let case = house.city.app.read_now(&desk(), move |cx| moving::load(cx, &number)).unwrap();
            let theme = pairs.iter().find(|(name, _)| *name == "theme").map(|(_, value)| *value);
            assert_eq!((case.demand.status, case.demand.sorting.theme.as_deref()), (Status::Triaged, theme));
            let record = house.city.app.read_now(&desk(), track::recent).unwrap();
            assert!(record.iter().all(|record| record.all.proposed == 1 && record.all.accepted == 1), "{record:?}");
            let bench = house.get("desk", "/desk").await;
            assert!(bench.body.contains("建议采纳") && bench.body.contains("100%（1/1）"), "{}", bench.body);
        });
    }
}

#[test]
fn where_nothing_speaks_the_page_says_so_and_fills_nothing_in() {
    for house in House::both() {
        run(async {
            let said =
                fields(json!({"audience": "public", "title": "zxqv 0101", "text": "zxqv.", "channel": "reception"}));
            let said = intake::check(&house.city.app, &desk(), &said).unwrap();
            let number = intake::submit(&house.city.app, &desk(), said, Vec::new()).await.unwrap().number;
            let page = house.get("desk", &format!("/demands/{number}/moves/triage")).await;
            assert!(page.body.contains("没有把握的请您选") && page.body.contains("请人判断"), "{}", page.body);
            assert!(!page.body.contains("data-key=\"a\"") && !page.body.contains(" checked"), "{}", page.body);
        });
    }
}
