//! What the pages say about the words before somebody decides: what was said before, what a reply leaves open, what else a
//! search looked for.

use super::{House, TRIAGE, run};
use crate::demands::actions::indexing;

fn indexed(house: &House) {
    while indexing::index_some(&house.city.app).unwrap() {}
}

#[test]
fn who_hands_a_demand_on_sees_what_was_said_before() {
    for house in House::both() {
        run(async {
            let first = house.demand("高新企业认定后的奖补一年多没到账").await;
            let second = house.demand("认定高新企业，奖补没有到账").await;
            indexed(&house);
            for path in [format!("/demands/{second}"), format!("/demands/{second}/moves/triage")] {
                let page = house.get("desk", &path).await.body;
                assert!(
                    page.contains("可能是同一件事") && page.contains(&format!("href=\"/demands/{first}\"")),
                    "{page}"
                );
            }
            let sent = house.make("desk", &second, "triage", &TRIAGE).await;
            assert_eq!(sent.to, format!("/demands/{second}"), "it may always be ignored");
        });
    }
}

#[test]
fn a_reply_shows_what_it_leaves_open_and_goes_out_all_the_same() {
    run(async {
        let house = House::new();
        let number = house.demand("请问奖补什么时候到账").await;
        house.make("desk", &number, "triage", &TRIAGE).await;
        house.make("desk", &number, "assign", &[("lead_unit", "gongkexin"), ("goal", "查明进度")]).await;
        let here = format!("/demands/{number}");
        let version = super::version_in(&house.get("gongkexin", &here).await.body);
        house.post("gongkexin", &format!("{here}/moves/acknowledge"), &[("version", &version)]).await;
        house.make("gongkexin", &number, "first_contact", &[("note", "已通话")]).await;
        let reply = [("policy_reading", "按认定办法给予奖补。"), ("measures", "奖补将尽快到账。"), ("opinion", "略")];
        let shown = house.make("gongkexin", &number, "reply", &[&reply[..], &[("step", "preview")]].concat()).await;
        let marked = shown.body.contains("答到了吗") && shown.body.contains(">尽快</mark>");
        assert!(marked && shown.body.contains("只写了“略”") && !shown.body.contains("我已逐处核对"), "{}", shown.body);
        let sent = house.make("gongkexin", &number, "reply", &[&reply[..], &[("step", "send")]].concat()).await;
        assert_eq!(sent.status, 303, "advice is no gate");
    });
}

#[test]
fn a_list_says_what_else_it_looked_for() {
    run(async {
        let house = House::new();
        house.demand("园区停车太难").await;
        indexed(&house);
        let found = house.get("desk", "/demands?q=%E5%81%9C%E8%BD%A6&status=open").await.body;
        assert!(found.contains("也找了：泊车") && found.contains("exact=true"), "{found}");
        let exact = house.get("desk", "/demands?q=%E5%81%9C%E8%BD%A6&exact=true").await.body;
        assert!(exact.contains("也找同义词") && !exact.contains("也找了"), "{exact}");
    });
}
