//! The staff pages, driven as a browser drives them: every form is sent as it was drawn.

mod exchange;
mod many;
mod proposed;
mod reading;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use kernel::{Actor, Id, Permission, Role};
use serde_json::json;
use tower::ServiceExt;

use crate::demands::actions::intake;
use crate::people::may;
use crate::testing::{TestCity, desk, fields, handler, somebody};
use crate::web::{Credential, Doorkeeper, Gate, Later, Menu, Session, Site, mount};

/// Lets everybody in who says who they are.
struct Everybody;

fn actor(name: &str) -> Option<Actor> {
    Some(match name {
        "desk" => desk(),
        "leader" => somebody(3, "市领导丙", "shizhengfu", &[Role::Leader]),
        "auditor" => somebody(4, "审计丁", "shenji", &[Role::Auditor]),
        "admin" => somebody(5, "管理员戊", "yingshang", &[Role::Administrator]),
        unit => handler(unit),
    })
}

impl Doorkeeper for Everybody {
    fn who(&self, credential: Credential) -> Later<'_, kernel::Result<Option<Session>>> {
        let (Credential::Cookie(name) | Credential::Bearer(name)) = credential;
        Box::pin(async move {
            let session = |actor: Actor| Session {
                account: actor.account.unwrap_or(Id(0)),
                id: Id(9),
                username: name.clone(),
                permissions: Permission::ALL.into_iter().filter(|p| may(&actor, *p)).collect(),
                must_change_password: false,
                actor,
            };
            Ok(actor(&name).map(session))
        })
    }

    fn menu<'a>(&'a self, _: &'a Session) -> Later<'a, kernel::Result<Menu>> {
        Box::pin(async move { Ok(Menu { unit: None, entries: Vec::new() }) })
    }

    fn incident(&self) -> String {
        "0000cafe".into()
    }
}

struct House {
    router: Router,
    city: TestCity,
}

struct Seen {
    status: u16,
    to: String,
    body: String,
}

impl House {
    fn new() -> Self {
        Self::of(TestCity::start(None))
    }

    /// One house on SQLite, and one on PostgreSQL where there is one.
    fn both() -> Vec<Self> {
        let postgres = store::testing::fresh_database().map(|url| Self::of(TestCity::start(Some(&url))));
        [Self::new()].into_iter().chain(postgres).collect()
    }

    fn of(city: TestCity) -> Self {
        let site = Site { platform: "甲市".into(), demo: false, https: false, public_url: None, trust_proxy: false };
        let gate = Gate::new(Everybody, site, b"k".to_vec());
        Self {
            router: mount(
                crate::demands::routes().and(crate::phrases::routes()).and(crate::ledger::routes()),
                &gate,
                city.app.clone(),
            ),
            city,
        }
    }

    async fn send(&self, who: &str, request: axum::http::request::Builder, body: String) -> Seen {
        let request = request.header(header::COOKIE, format!("santing_session={who}"));
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let text = |name| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        let (status, to) = (response.status().as_u16(), text(header::LOCATION));
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        assert!(status < 500, "{status}: {body}");
        if body.starts_with("<!DOCTYPE") {
            well_formed(&body);
        }
        Seen { status, to, body }
    }

    async fn get(&self, who: &str, path: &str) -> Seen {
        self.send(who, Request::get(path), String::new()).await
    }

    async fn post(&self, who: &str, path: &str, pairs: &[(&str, &str)]) -> Seen {
        let form: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={}", crate::web::parts::encode(v))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(who, request, form.join("&")).await
    }

    /// Makes a move through its form, with the version that the form bears.
    async fn make(&self, who: &str, number: &str, name: &str, pairs: &[(&str, &str)]) -> Seen {
        let path = format!("/demands/{number}/moves/{name}");
        let page = self.get(who, &format!("/demands/{number}")).await;
        let form = self.get(who, &path).await;
        assert_eq!(form.status, 200, "{}", form.body);
        assert!(page.body.contains(&path), "no way to {name} on the page");
        let version = version_in(&form.body);
        let pairs: Vec<(&str, &str)> = pairs.iter().copied().chain([("version", version.as_str())]).collect();
        self.post(who, &path, &pairs).await
    }

    async fn demand(&self, title: &str) -> String {
        let input = fields(json!({"audience": "entrepreneur", "title": title, "channel": "reception",
            "text": "去年拿到高新技术企业证书，奖补一年多没有到账，请打13800000000找我。",
            "contact": {"name": "张建国", "phone": "13912345678"}}));
        let said = intake::check(&self.city.app, &desk(), &input).unwrap();
        intake::submit(&self.city.app, &desk(), said, Vec::new()).await.unwrap().number
    }
}

fn version_in(body: &str) -> String {
    between(body, "name=\"version\" value=\"", "\"").to_owned()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split(before).nth(1).unwrap_or_else(|| panic!("{before} in {text}")).split(after).next().unwrap()
}

fn well_formed(body: &str) {
    assert_eq!(body.matches("<h1").count(), 1, "one heading");
    assert!(!body.contains(" style=") && !body.contains(" onclick="), "no inline style or script");
}

fn run(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(story);
}

const TRIAGE: [(&str, &str); 11] = [
    ("kind", "matter"),
    ("theme", "finance-tax"),
    ("difficulty", "medium"),
    ("breadth", "narrow"),
    ("policy_weight", "strong"),
    ("scope", "departmental"),
    ("generality", "individual"),
    ("policy_axis", "measure"),
    ("tier", "general"),
    ("route", "assigned"),
    ("note", "财政口先问一句"),
];

#[test]
fn a_demand_goes_all_the_way_through_pages() {
    for house in House::both() {
        run(async {
            let empty = house.get("desk", "/desk").await;
            assert!(empty.body.contains("现在没有要办的事"));
            let number = house.demand("高新企业认定后的奖补一年多没到账").await;
            let here = format!("/demands/{number}");

            let board = house.get("desk", "/desk").await;
            assert!(board.body.contains(&format!("{here}/moves/triage")), "the next act is one click away");
            assert_eq!(house.make("desk", &number, "triage", &TRIAGE).await.to, here);
            house
                .make("desk", &number, "assign", &[("lead_unit", "gongkexin"), ("goal", "查明进度，给出到账日期")])
                .await;

            let board = house.get("desk", "/desk").await;
            assert!(!board.body.contains("裁定异议"), "nobody objected, so nothing is to be ruled");
            let unit = house.get("gongkexin", "/desk").await;
            assert!(unit.body.contains("签收") && unit.body.contains(&number));
            assert_eq!(house.get("caizheng", &here).await.status, 404, "another unit's demand is not there");
            let version = version_in(&house.get("gongkexin", &here).await.body);
            let signed = house.post("gongkexin", &format!("{here}/moves/acknowledge"), &[("version", &version)]).await;
            assert_eq!(signed.status, 303);
            house.make("gongkexin", &number, "first_contact", &[("note", "已通话")]).await;
            assert_eq!(
                house.post("gongkexin", &format!("{here}/notes"), &[("text", "内部：待拨付")]).await.status,
                303
            );

            let reply = [
                ("policy_reading", "按认定办法给予奖补。"),
                ("measures", "已核实批次，电话13800000000。"),
                ("opinion", "十二月拨付。"),
            ];
            let shown = house.make("gongkexin", &number, "reply", &[&reply[..], &[("step", "preview")]].concat()).await;
            assert!(shown.body.contains("诉求人将看到") && shown.body.contains("<mark"), "the leak is marked");
            let clean = [reply[0], ("measures", "已核实批次，材料齐全。"), reply[2]];
            let shown = house.make("gongkexin", &number, "reply", &[&clean[..], &[("step", "preview")]].concat()).await;
            assert!(!shown.body.contains("<mark") && shown.body.contains("确认发出"));
            assert_eq!(
                house.make("gongkexin", &number, "reply", &[&clean[..], &[("step", "send")]].concat()).await.status,
                303
            );

            let early = house.make("desk", &number, "close", &[("outcome", "solved")]).await;
            assert!(early.status == 422 && early.body.contains("先记录回访"));
            house
                .make("desk", &number, "callback", &[("reached", "true"), ("solved", "true"), ("grade", "satisfied")])
                .await;
            assert_eq!(house.make("desk", &number, "close", &[("outcome", "solved")]).await.status, 303);
            let page = house.get("leader", &here).await;
            assert!(page.body.contains("已办结") && page.body.contains("已解决") && page.body.contains("内部：待拨付"));
            assert!(!page.body.contains("退回重办</a>"), "a leader looks on");
            let ledger = house.get("auditor", &format!("/ledger/demand%3A{number}")).await;
            assert!(ledger.body.contains("待封存") && !ledger.body.contains("13912345678"));
            assert!(!house.get("admin", &format!("/ledger/demand%3A{number}")).await.body.contains("高新"));
        });
    }
}

#[test]
fn the_second_of_two_writers_keeps_what_was_typed() {
    run(async {
        let house = House::new();
        let number = house.demand("燃气管道压力骤降").await;
        let path = format!("/demands/{number}/moves/triage");
        let first = [&TRIAGE[..], &[("version", "1")]].concat();
        assert_eq!(house.post("desk", &path, &first).await.status, 303);
        let mut second = first.clone();
        second[10] = ("note", "我刚才写的说明");
        let conflict = house.post("desk", &path, &second).await;
        assert_eq!(conflict.status, 409);
        assert!(conflict.body.contains("我刚才写的说明") && conflict.body.contains("财政口先问一句"));
        assert_eq!(version_in(&conflict.body), "2", "one more click goes on from the version in force");
        let missing = house.post("desk", &path, &[("version", "2"), ("kind", "matter"), ("note", "还没写完")]).await;
        assert_eq!(missing.status, 422);
        assert!(
            missing.body.contains("还没写完")
                && missing.body.contains("请选择领域")
                && missing.body.contains("请选择层级")
        );
        let gone = house
            .post("desk", &format!("/demands/{number}/moves/reply"), &[("version", "1"), ("opinion", "留着")])
            .await;
        assert!(gone.status == 409 && gone.body.contains("留着"));
    });
}

#[test]
fn contact_data_is_masked_until_a_reason_is_given() {
    run(async {
        let house = House::new();
        let number = house.demand("奖补").await;
        let here = format!("/demands/{number}");
        let page = house.get("desk", &here).await.body;
        assert!(page.contains("139****5678") && !page.contains("13912345678") && !page.contains("13800000000"));
        let refused = house.post("desk", &format!("{here}/unmask"), &[]).await;
        assert_eq!(refused.status, 422);
        let shown = house.post("desk", &format!("{here}/unmask"), &[("reason", "先行联系")]).await;
        assert!(shown.body.contains("13912345678") && shown.body.contains("张建国"));
        let after = house.get("desk", &here).await.body;
        assert!(after.contains("先行联系") && !after.contains("13912345678"));
        assert_eq!(house.get("leader", &format!("{here}/unmask")).await.status, 403);
    });
}

#[test]
fn numbers_are_the_lengths_of_their_lists() {
    for house in House::both() {
        run(async {
            for title in ["用电", "用水", "用气"] {
                house.demand(title).await;
            }
            let number = house.demand("招工难").await;
            house.make("desk", &number, "triage", &TRIAGE).await;
            let rows = |body: &str| body.matches("<tr data-number").count();
            let board = house.get("desk", "/desk").await.body;
            for (label, expected) in [("待研判", 3), ("待交办", 1)] {
                let figure = board.split("<a").find(|a| a.contains(&format!("<small>{label}"))).unwrap();
                let href = between(figure, "href=\"", "\"").replace("&amp;", "&");
                assert!(figure.contains(&format!("<b>{expected}</b>")), "{figure}");
                assert_eq!(rows(&house.get("desk", &href).await.body), expected);
            }
            let lists = house.get("auditor", "/lists").await.body;
            for link in lists.split("<a class=\"num\" href=\"").skip(1) {
                let href = link.split('"').next().unwrap().replace("&amp;", "&");
                let n: usize = between(link, ">", "<").parse().unwrap();
                assert_eq!(rows(&house.get("auditor", &href).await.body), n, "{href}");
            }
            let found = house.get("desk", "/demands?status=received&sort=oldest&from=2026-03-01").await.body;
            assert_eq!(rows(&found), 3);
            assert_eq!(house.get("desk", "/demands?from=2026-03-05&to=2026-03-01").await.status, 422);
            assert_eq!(house.get("desk", "/demands?cursor=x").await.status, 422);
            assert_eq!(
                house.get("desk", &format!("/demands?q={}", number.to_lowercase())).await.to,
                format!("/demands/{number}")
            );
            assert!(house.get("gongkexin", "/demands").await.body.contains("没有"));
        });
    }
}

#[test]
fn attachments_are_downloads_and_nothing_else() {
    run(async {
        let house = House::new();
        let app = &house.city.app;
        let content = app.store().keep_file(b"<script>alert(1)</script>".to_vec(), "text/html").await.unwrap();
        let input =
            fields(json!({"audience": "public", "title": "路灯", "text": "路灯坏了三盏。", "channel": "hotline"}));
        let said = intake::check(app, &desk(), &input).unwrap();
        let upload = intake::Upload { content, name: "照片 1.html".into() };
        let number = intake::submit(app, &desk(), said, vec![upload]).await.unwrap().number;
        let page = house.get("desk", &format!("/demands/{number}")).await.body;
        let href = between(&page, "<a href=\"/demands/", "\" download").split("href=\"/demands/").last().unwrap();
        let request = |who: &str, path: String| {
            Request::get(path).header(header::COOKIE, format!("santing_session={who}")).body(Body::empty()).unwrap()
        };
        let path = format!("/demands/{href}");
        let file = house.router.clone().oneshot(request("desk", path.clone())).await.unwrap();
        let head = |name: header::HeaderName| file.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert!(head(header::CONTENT_DISPOSITION).starts_with("attachment; filename*=UTF-8''%E7%85%A7"));
        assert_eq!(head(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(house.router.clone().oneshot(request("gongkexin", path)).await.unwrap().status(), 404);
    });
}

#[test]
fn every_due_date_says_why() {
    run(async {
        let house = House::new();
        let number = house.demand("用地").await;
        house.make("desk", &number, "triage", &TRIAGE).await;
        house
            .make("desk", &number, "assign", &[("lead_unit", "gongkexin"), ("goal", "办到"), ("due_on", "2026-03-20")])
            .await;
        let page = house.get("gongkexin", &format!("/demands/{number}")).await.body;
        assert!(page.contains("怎么算的") && page.contains("逐日说明"));
        for place in 0..4 {
            let clock = house.get("gongkexin", &format!("/demands/{number}/clocks/{place}")).await;
            assert_eq!(clock.status, 200, "{place}");
        }
        assert_eq!(house.get("gongkexin", &format!("/demands/{number}/clocks/9")).await.status, 404);
    });
}
