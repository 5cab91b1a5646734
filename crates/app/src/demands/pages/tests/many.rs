//! Bulk work, macros and phrases as a browser without scripts meets them.

use super::{House, TRIAGE, between, run};
use crate::demands::actions::moving;
use crate::demands::rules::vocabulary::Status;
use crate::testing::desk;

fn items(body: &str) -> Vec<String> {
    body.split("name=\"item\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn form<'a>(items: &'a [String], pairs: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    items.iter().map(|item| ("item", item.as_str())).chain(pairs.iter().copied()).collect()
}

fn status(house: &House, item: &str) -> Status {
    let number = item.split(':').next().unwrap().to_owned();
    house.city.app.read_now(&desk(), move |cx| moving::load(cx, &number)).unwrap().demand.status
}

#[test]
fn many_demands_are_sorted_at_once_after_a_look_at_each() {
    for house in House::both() {
        run(async {
            for title in ["路灯不亮", "井盖松动", "噪音扰民"] {
                house.demand(title).await;
            }
            let list = house.get("desk", "/demands?status=received").await;
            let ticked = items(&list.body);
            assert_eq!(ticked.len(), 3, "{}", list.body);
            let address = ticked.iter().map(|item| format!("item={item}")).collect::<Vec<_>>().join("&");
            let chosen = house.get("desk", &format!("/bulk?{address}")).await;
            assert!(chosen.body.contains("选中 3 件") && chosen.body.contains("value=\"triage\""), "{}", chosen.body);
            let whole = house.get("desk", "/bulk?status=received").await;
            assert_eq!(items(&whole.body), ticked);

            let blank = house.post("desk", "/bulk", &form(&ticked, &[("do", "triage")])).await;
            assert!(blank.body.contains("列入清单") && items(&blank.body) == ticked);
            let asked = form(&ticked, &[("do", "triage"), ("step", "preview"), ("note", "先记一句")]);
            let gap = house.post("desk", "/bulk", &asked).await;
            assert_eq!(gap.status, 422);
            assert!(gap.body.contains("请选择领域") && gap.body.contains("先记一句"), "{}", gap.body);

            let typed: Vec<(&str, &str)> =
                TRIAGE.iter().copied().chain([("do", "triage"), ("step", "preview")]).collect();
            let shown = house.post("desk", "/bulk", &form(&ticked, &typed)).await;
            assert!(shown.body.contains("可以办 3 件") && shown.body.contains("待交办"), "{}", shown.body);
            assert!(ticked.iter().all(|item| status(&house, item) == Status::Received));

            // Somebody else is quicker with one of them.
            let quick = ticked[0].split(':').next().unwrap();
            assert_eq!(house.make("desk", quick, "triage", &TRIAGE).await.status, 303);
            let typed: Vec<(&str, &str)> =
                TRIAGE.iter().copied().chain([("do", "triage"), ("step", "commit")]).collect();
            let done = house.post("desk", "/bulk", &form(&ticked, &typed)).await;
            assert!(done.body.contains("已办 2 件") && done.body.contains("没有办的 1 件"), "{}", done.body);
            assert!(done.body.contains("别人先办了一步") && done.body.contains("财政口先问一句"), "{}", done.body);
            assert_eq!(items(&done.body), [format!("{quick}:2")]);
            assert!(ticked.iter().all(|item| status(&house, item) == Status::Triaged));
        });
    }
}

#[test]
fn a_macro_is_put_together_and_applied_through_pages() {
    for house in House::both() {
        run(async {
            let made = house.post("desk", "/macros/new", &[("name", "一般→工科信"), ("scope", "city")]).await;
            assert_eq!(made.status, 303, "{}", made.body);
            let here = made.to.trim_end_matches("/edit").to_owned();
            let step: Vec<(&str, &str)> = TRIAGE.iter().copied().chain([("move", "triage")]).collect();
            assert_eq!(house.post("desk", &format!("{here}/steps/new"), &step).await.status, 303);
            let wrong = house.post("desk", &format!("{here}/steps/new"), &[("move", "assign"), ("goal", "查清")]).await;
            assert!(wrong.status == 422 && wrong.body.contains("请选择牵头单位") && wrong.body.contains("查清"));
            let step = [("move", "assign"), ("lead_unit", "gongkexin"), ("goal", "查清 {title}")];
            assert_eq!(house.post("desk", &format!("{here}/steps/new"), &step).await.status, 303);
            let page = house.get("desk", &format!("{here}/edit")).await;
            assert!(page.body.contains("2. 交办") && page.body.contains("市工科信局"), "{}", page.body);

            let number = house.demand("路灯不亮").await;
            let chosen = house.get("desk", &format!("/bulk?item={number}:1")).await;
            let what = format!("macro:{}", between(&chosen.body, "value=\"macro:", "\""));
            let picked = [format!("{number}:1")];
            let shown = house.post("desk", "/bulk", &form(&picked, &[("do", &what)])).await;
            assert!(shown.body.contains("可以办 1 件") && shown.body.contains("待签收"), "{}", shown.body);
            let done = house.post("desk", "/bulk", &form(&picked, &[("do", &what), ("step", "commit")])).await;
            assert!(done.body.contains("已办 1 件"), "{}", done.body);
            assert_eq!(status(&house, &picked[0]), Status::Assigned);
        });
    }
}

#[test]
fn a_phrase_is_put_into_the_reply_and_what_was_typed_stays() {
    for house in House::both() {
        run(async {
            let phrase = [("scope", "own"), ("place", "opinion"), ("title", "承诺"), ("text", "{unit}已受理 {number}")];
            assert_eq!(house.post("gongkexin", "/phrases/new", &phrase).await.status, 303);
            let old = [
                ("scope", "own"),
                ("title", "旧的"),
                ("text", "旧"),
                ("citation", "旧文"),
                ("valid_until", "2026-03-02"),
            ];
            assert_eq!(house.post("gongkexin", "/phrases/new", &old).await.status, 303);
            let number = house.demand("奖补").await;
            house.make("desk", &number, "triage", &TRIAGE).await;
            house.make("desk", &number, "assign", &[("lead_unit", "gongkexin"), ("goal", "查清")]).await;
            house.make("gongkexin", &number, "acknowledge", &[]).await;
            house.city.at("2026-03-03T09:00:00+08:00");
            let path = format!("/demands/{number}/moves/reply");
            let reply = house.get("gongkexin", &path).await;
            assert!(reply.body.contains("承诺") && !reply.body.contains(">旧的<"), "{}", reply.body);
            assert!(house.get("gongkexin", "/phrases").await.body.contains("2026-03-02 已失效"));
            let step = between(&reply.body, "value=\"phrase:", "\"").to_owned();
            let put = house.get("gongkexin", &format!("{path}?phrase={step}")).await;
            let unit = between(&put.body, "name=\"opinion\"", "</textarea>").to_owned();
            assert!(unit.contains(&format!("已受理 {number}")), "{unit}");
            let step = format!("phrase:{step}");
            let typed = [("version", "4"), ("measures", "已核实"), ("opinion", "您好："), ("step", step.as_str())];
            let put = house.post("gongkexin", &path, &typed).await;
            assert_eq!(put.status, 200);
            let opinion = between(&put.body, "name=\"opinion\"", "</textarea>");
            assert!(opinion.contains("您好：\n") && opinion.contains(&format!("已受理 {number}")), "{opinion}");
            assert!(put.body.contains("已核实"));
            let id = step.split(':').nth(1).unwrap();
            assert_eq!(house.get("desk", &format!("/phrases/{id}/edit")).await.status, 404);
        });
    }
}
