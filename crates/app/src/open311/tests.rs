//! The standard's calls through the whole router, on both engines.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

use crate::demands::actions::{intake, moving};
use crate::demands::rules::intake::{Entrance, read};
use crate::demands::rules::moves::Move;
use crate::people::House;
use crate::testing::{TestCity, desk, fields};
use crate::web::{Gate, Site, mount};

struct Program {
    router: Router,
    runtime: tokio::runtime::Runtime,
}

impl Program {
    fn of(city: &TestCity) -> Self {
        let site = Site { platform: "甲市".into(), demo: false, https: false, public_url: None, trust_proxy: false };
        let gate = Gate::new(House::new(city.app.clone(), &[]), site, vec![7; 32]);
        let router = mount(super::routes(), &gate, city.app.clone());
        Self { router, runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap() }
    }

    fn asks(&self, request: Request<Body>) -> (StatusCode, String, String) {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
            let (status, bytes) = (response.status(), to_bytes(response.into_body(), 1 << 24).await.unwrap());
            (status, kind, String::from_utf8(bytes.to_vec()).unwrap())
        })
    }

    fn get(&self, path: &str) -> (StatusCode, String, String) {
        self.asks(Request::get(format!("/open311/v2/{path}")).body(Body::empty()).unwrap())
    }

    fn json(&self, path: &str) -> Value {
        let (status, kind, body) = self.get(path);
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/json; charset=utf-8"), "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    fn post(&self, shape: &str, form: &str) -> (StatusCode, String) {
        let request = Request::post(format!("/open311/v2/requests.{shape}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        let (status, _, body) = self.asks(request);
        (status, body)
    }
}

/// A demand with everything in it that nobody else may see.
fn says(city: &TestCity, title: &str) -> String {
    let said = fields(json!({"audience": "public", "title": title, "text": format!("{title}，我住三单元"),
        "theme": "employment", "area": "金方街道", "contact": {"name": "张建国", "phone": "13912345678"},
        "enterprise": {"name": "安宁某某公司"}}));
    let said = read(&said, Entrance::Staff, city.app.city()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(intake::submit(&city.app, &desk(), said, Vec::new())).unwrap().number
}

fn withdraws(city: &TestCity, number: &str) {
    let number = number.to_owned();
    let withdrawn = city.app.write_now(&desk(), move |cx| {
        let version = moving::load(cx, &number)?.demand.version;
        let input: Map<String, Value> = fields(json!({"version": version, "reason": "不需要了"}));
        moving::make(cx, &number, Move::Withdraw, &input).map(drop)
    });
    withdrawn.unwrap();
}

#[test]
fn services_and_their_definitions() {
    let city = TestCity::start(None);
    let program = Program::of(&city);
    let services = program.json("services.json");
    let services = services.as_array().unwrap();
    assert_eq!(services.len(), city.app.city().themes.all().len() + 1);
    assert!(services.iter().all(|service| service["metadata"] == true && service["type"] == "realtime"));
    let definition = program.json("services/employment.json");
    assert_eq!(definition["attributes"][0]["values"][1]["key"], "entrepreneur");
    let (status, kind, xml) = program.get("services/employment.xml");
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/xml; charset=utf-8"));
    assert!(
        xml.contains("<service_definition><service_code>employment</service_code><attributes><attribute>"),
        "{xml}"
    );
    let (status, _, body) = program.get("services/nothing.json");
    assert_eq!((status, body.as_str()), (StatusCode::NOT_FOUND, "[{\"code\":404,\"description\":\"没有这个服务\"}]"));
    assert_eq!(program.get("services/employment").0, StatusCode::NOT_FOUND);
    assert!(program.get("services.xml").2.contains("<service><service_code>other</service_code>"));
}

#[test]
fn requests_show_the_public_part_and_nothing_else() {
    TestCity::on_both_engines(|city| {
        let program = Program::of(city);
        let [open, gone] = ["用工难", "不说了"].map(|title| says(city, title));
        withdraws(city, &gone);
        for path in ["requests.json".to_owned(), "requests.xml".to_owned(), format!("requests/{open}.xml")] {
            let (status, _, body) = program.get(&path);
            assert_eq!(status, StatusCode::OK);
            assert!(body.contains(&open) && !body.contains(&gone), "{path}: {body}");
            for secret in ["用工难", "三单元", "张建国", "139", "金方", "某某公司", "09:00"] {
                assert!(!body.contains(secret), "{path} tells {secret}: {body}");
            }
        }
        let row = &program.json(&format!("requests/{}.json", open.to_lowercase()))[0];
        assert_eq!((row["status"].as_str(), row["service_code"].as_str()), (Some("open"), Some("employment")));
        assert_eq!(row["requested_datetime"], "2026-03-02T00:00:00+08:00");
        assert_eq!((row["status_notes"].as_str(), &row["description"]), (Some("等待研判"), &Value::Null));
        assert_eq!(program.get(&format!("requests/{gone}.json")).0, StatusCode::NOT_FOUND);
        let found = |query: &str| program.json(&format!("requests.json?{query}")).as_array().unwrap().len();
        assert_eq!((found("status=open"), found("status=closed"), found("service_code=employment,other")), (1, 0, 1));
        assert_eq!((found("service_code=other"), found("service_code=housing")), (0, 0));
        assert_eq!(found("start_date=2026-03-02T00:00:00%2B08:00&end_date=2026-03-02T23:00:00+08:00"), 1);
        assert_eq!((found("end_date=2026-03-01"), found("page=2&page_size=1"), found("page_size=1")), (0, 0, 1));
        assert_eq!(found(&format!("service_request_id={open},{gone},AN1")), 1);
        let (status, _, body) = program.get("requests.xml?status=maybe&page=0&service_code=%3Cb%3E&start_date=x");
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(body.matches("<error><code>400</code>").count(), 4, "{body}");
        assert!(body.contains("“&lt;b&gt;”"), "{body}");
        assert_eq!(program.get("requests.json?status=%00").0, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn whoever_speaks_this_way_meets_the_same_checks() {
    TestCity::on_both_engines(|city| {
        let program = Program::of(city);
        let (status, body) = program.post("json", "service_code=employment&description=%E7%94%A8%E5%B7%A5%E9%9A%BE%26%3C&phone=13800000001&last_name=%E7%8E%8B&attribute%5Baudience%5D=entrepreneur&lat=24.9&long=102.4");
        assert_eq!(status, StatusCode::CREATED, "{body}");
        let made: Value = serde_json::from_str(&body).unwrap();
        assert!(made[0]["service_notice"].as_str().unwrap().starts_with("查询码 "));
        let number = made[0]["service_request_id"].as_str().unwrap().to_owned();
        let demand = city.app.read_now(&desk(), move |cx| Ok(moving::load(cx, &number)?.demand)).unwrap();
        assert_eq!((demand.said.title.as_str(), demand.said.contact_name.as_deref()), ("用工难&<", Some("王")));
        assert_eq!(demand.said.area.as_deref(), Some("坐标 24.9，102.4"));
        let (status, body) = program.post("xml", "phone=abc");
        assert_eq!((status, body.matches("<error>").count()), (StatusCode::BAD_REQUEST, 2), "{body}");
        let (status, body) = program.post("json", "service_code=other&description=x&phone=abc&email=no");
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body.contains("phone: 联系电话") && body.contains("email: 电子邮箱"), "{body}");
        assert_eq!(program.post("json", "%ff=1").0, StatusCode::BAD_REQUEST);
        let answers: Vec<StatusCode> =
            (0..60).map(|n| program.post("json", &format!("service_code=other&description={n}")).0).collect();
        assert!(answers.contains(&StatusCode::TOO_MANY_REQUESTS), "one address cannot flood the desk");
    });
}
