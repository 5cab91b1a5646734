//! The shell on its own: no store, no city, a doorkeeper who knows two people.

use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use kernel::{Actor, Error, Fault, Id, Instant, Permission, Refusal, Role};
use maud::html;
use serde::{Deserialize, Serialize};
use tower::ServiceExt;
use utoipa::ToSchema;

use super::*;

struct TwoPeople;

fn person(name: &str, permissions: &[Permission]) -> Session {
    let actor = Actor {
        account: Some(Id(1)),
        name: name.into(),
        unit: None,
        roles: vec![Role::Coordinator],
        standing_in_for: None,
    };
    Session {
        actor,
        account: Id(1),
        id: Id(2),
        username: name.into(),
        permissions: permissions.to_vec(),
        must_change_password: name == "新人",
    }
}

impl Doorkeeper for TwoPeople {
    fn who(&self, credential: Credential) -> Later<'_, kernel::Result<Option<Session>>> {
        let (Credential::Cookie(secret) | Credential::Bearer(secret)) = credential;
        Box::pin(async move {
            match secret.as_str() {
                "staff" => Ok(Some(person("统筹", &[Permission::Desk]))),
                "fresh" => Ok(Some(person("新人", &[Permission::Desk]))),
                "broken" => Err(Fault::broken("looking somebody up").into()),
                "away" => Err(Error::Fault(Fault::broken("looking somebody up").passing())),
                _ => Ok(None),
            }
        })
    }

    fn menu<'a>(&'a self, _: &'a Session) -> Later<'a, kernel::Result<Menu>> {
        let entry = |label: &'static str, href: &'static str, count| MenuEntry {
            section: "",
            label: label.into(),
            href: href.into(),
            count,
        };
        Box::pin(async move {
            let entries = vec![entry("今天要办", "/desk", Some(1284)), entry("诉求", "/demands", None)];
            Ok(Menu { unit: Some("市营商环境办".into()), entries })
        })
    }

    fn incident(&self) -> String {
        "0000cafe".into()
    }
}

#[derive(Debug, Deserialize, Serialize, ToSchema, PartialEq)]
struct Firm {
    uscc: String,
}

#[derive(Debug, Deserialize, Serialize, ToSchema, PartialEq)]
struct Thing {
    title: String,
    count: Option<i64>,
    #[serde(default)]
    roles: Vec<String>,
    enterprise: Option<Firm>,
}

#[utoipa::path(post, path = "/api/v1/things", request_body = Thing, responses((status = 200, body = Thing)))]
async fn create(JsonBody(thing): JsonBody<Thing>) -> Answer<axum::Json<Thing>> {
    Ok(axum::Json(thing))
}

#[utoipa::path(get, path = "/api/v1/things/{number}", params(("number" = i64, Path)), responses((status = 200)))]
async fn read(State(()): State<()>, PathParams(_): PathParams<i64>, _: Session) -> Answer<()> {
    Err(Refusal::conflict(7, "已有人先行办理").into())
}

async fn desk() -> Answer<Page> {
    Ok(Page::desk("今天要办").body(html! { p { "在办" } }))
}

async fn panics(form: FormBody) -> Answer<Page> {
    Ok(Page::desk(form.get("title").expect("a handler that is wrong about its form")))
}

async fn portal() -> Page {
    Page::public("首页").body(html! { p { "<b>" } })
}

async fn submit(form: FormBody) -> Answer<Onward> {
    let thing: Thing = form.read()?;
    Ok(onward("/").saying(format!("已收到：{}", thing.title)))
}

fn table() -> Routes<()> {
    Routes::new()
        .get("/", Access::Public, portal)
        .post("/things", Access::Public, submit)
        .get("/desk", Access::Needs(Permission::Desk), desk)
        .post("/panics", Access::Public, panics)
        .get("/accounts", Access::Needs(Permission::Administer), desk)
        .get("/account/password", Access::AnyAccount, desk)
        .api(Access::Public, utoipa_axum::routes!(create))
        .api(Access::AnyAccount, utoipa_axum::routes!(read))
}

fn site() -> Site {
    Site {
        platform: "甲市政企连心平台".into(), demo: false, https: false, public_url: None, trust_proxy: false
    }
}

async fn ask(request: Request<Body>) -> Response {
    let gate = Gate::new(TwoPeople, site(), b"key".to_vec());
    mount(table(), &gate, ()).oneshot(request).await.unwrap()
}

fn get(path: &str, secret: &str) -> Request<Body> {
    Request::get(path).header(header::COOKIE, format!("santing_session={secret}")).body(Body::empty()).unwrap()
}

fn post(path: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, kind).body(body.into()).unwrap()
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn problem(response: Response) -> (u16, Vec<String>) {
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    let status = response.status().as_u16();
    let body: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
    assert_eq!(body["status"], status);
    let fields = body["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect();
    (status, fields)
}

#[tokio::test]
async fn json_of_every_kind_of_wrongness() {
    let json = "application/json";
    let big = format!("{{\"title\":\"{}\"}}", "字".repeat(4 << 20));
    for (kind, body, status, fields) in [
        (json, r#"{"title":"路灯","count":3}"#, 200, vec![]),
        (json, r#"{"count":"x","roles":5,"enterprise":{}}"#, 422, vec!["count", "enterprise.uscc", "roles", "title"]),
        (json, r#"{"title":{},"count":1.5}"#, 422, vec!["count", "title"]),
        (json, r#"{"title":"a\u0000b"}"#, 422, vec!["title"]),
        (json, r#"{"title":"x","enterprise":{"uscc":"a\u0000b"}}"#, 422, vec!["enterprise.uscc"]),
        (json, r#"{"title":"\ud800"}"#, 400, vec![]),
        (json, r#"{"title":"#, 400, vec![]),
        (json, "", 400, vec![]),
        (json, "[]", 422, vec![""]),
        (json, r#"["路灯",3]"#, 422, vec![""]),
        (json, "null", 422, vec!["", "title"]),
        (json, &"[".repeat(100_000), 400, vec![]),
        (json, &big, 413, vec![]),
        ("text/plain", "{}", 415, vec![]),
        ("application/json; charset=gbk", "{}", 415, vec![]),
    ] {
        let response = ask(post("/api/v1/things", kind, body.to_owned())).await;
        if status == 200 {
            assert_eq!(response.status(), 200);
            continue;
        }
        let (got, mut named) = problem(response).await;
        named.sort();
        let shown: String = body.chars().take(60).collect();
        assert_eq!((got, named.iter().map(String::as_str).collect::<Vec<_>>()), (status, fields), "{shown}");
    }
    let response = ask(post("/api/v1/things", json, vec![b'"', 0xff, b'"'])).await;
    assert_eq!(problem(response).await.0, 400);
}

#[tokio::test]
async fn forms_share_the_type_of_the_call() {
    let form = FormBody::of(&[
        ("title", " 路灯 "),
        ("count", "3"),
        ("roles[]", "a"),
        ("roles[]", "b"),
        ("enterprise.uscc", "9"),
        ("unused", ""),
    ]);
    let expected = Thing {
        title: "路灯".into(),
        count: Some(3),
        roles: vec!["a".into(), "b".into()],
        enterprise: Some(Firm { uscc: "9".into() }),
    };
    assert_eq!(form.read::<Thing>().unwrap(), expected);
    // A text that looks like a number stays a text where a text is wanted.
    assert_eq!(FormBody::of(&[("title", "12345")]).read::<Thing>().unwrap().title, "12345");
    let wrong = FormBody::of(&[("count", "三")]).read::<Thing>().unwrap_err();
    let fields: Vec<&str> = wrong.errors.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(fields, ["count", "title"]);
}

#[tokio::test]
async fn form_bodies() {
    let urlencoded = "application/x-www-form-urlencoded";
    for (kind, body, status) in [
        (urlencoded, "title=%E8%B7%AF", 303),
        (urlencoded, "title=%ff", 400),
        (urlencoded, "title=a%00b", 422),
        (urlencoded, "", 422),
        ("application/json", "{}", 415),
        ("multipart/form-data", "x", 400),
        (
            "multipart/form-data; boundary=B",
            "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n路\r\n--B--\r\n",
            303,
        ),
        ("multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n", 400),
    ] {
        let response = ask(post("/things", kind, body)).await;
        assert_eq!(response.status().as_u16(), status, "{kind} {body}");
        if status != 303 {
            assert!(text(response).await.contains("<h1>"), "{body}");
        }
    }
}

#[tokio::test]
async fn forms_without_end() {
    let urlencoded = "application/x-www-form-urlencoded";
    let deep = format!("{}b=1&title=x", "a.".repeat(900_000));
    assert_eq!(ask(post("/things", urlencoded, deep)).await.status(), 303, "a name of a million dots is just a name");
    let parts = "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n\r\n".repeat(1_000) + "--B--\r\n";
    assert_eq!(ask(post("/things", "multipart/form-data; boundary=B", parts)).await.status(), 400);
    let head = format!("--B\r\nContent-Disposition: form-data; name=\"{}\"\r\n", "x".repeat(70 << 20));
    assert_eq!(ask(post("/things", "multipart/form-data; boundary=B", head)).await.status(), 413);
}

#[tokio::test]
async fn files_come_with_clean_names() {
    let body =
        "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"..\\\\x/说明.pdf\"\r\n\r\n%PDF\r\n--B--\r\n";
    let form = FormBody::from_request(post("/", "multipart/form-data; boundary=B", body), &()).await.unwrap();
    let files: Vec<_> = form.files("f").map(|f| (f.name.as_str(), &f.bytes[..])).collect();
    assert_eq!(files, [("说明.pdf", &b"%PDF"[..])]);
}

use axum::extract::FromRequest;

#[tokio::test]
async fn doors() {
    for (path, secret, status) in [
        ("/", "", 200),
        ("/desk", "", 303),
        ("/desk", "unknown", 303),
        ("/desk", "staff", 200),
        ("/accounts", "staff", 403),
        ("/desk", "fresh", 303),
        ("/account/password", "fresh", 200),
        ("/", "fresh", 200),
        ("/desk", "broken", 500),
        ("/desk", "away", 503),
        ("/nowhere", "", 404),
        ("/api/v1/things/1", "", 401),
        ("/api/v1/things/1", "staff", 409),
        ("/api/v1/things/x", "staff", 404),
        ("/api/v1/things/%00", "staff", 404),
        ("/api/v1/things/%ff", "staff", 404),
        ("/api/v1/nowhere", "", 404),
    ] {
        let response = ask(get(path, secret)).await;
        assert_eq!(response.status().as_u16(), status, "{path} {secret}");
        assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
        if path.starts_with("/api/") {
            problem(response).await;
        } else if status != 303 {
            assert_eq!(text(response).await.matches("<h1>").count(), 1, "{path}");
        }
    }
}

#[tokio::test]
async fn a_fault_shows_its_number_and_nothing_else() {
    let page = text(ask(get("/desk", "broken")).await).await;
    assert!(page.contains("0000cafe") && !page.contains("looking"), "{page}");
    let response = ask(get("/api/v1/things/1", "broken")).await;
    let body = text(response).await;
    assert!(body.contains("0000cafe") && !body.contains("looking"), "{body}");
}

#[tokio::test]
async fn a_panic_is_a_fault_with_a_number() {
    let response = ask(post("/panics", "application/x-www-form-urlencoded", "")).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(text(response).await.contains("0000cafe"));
}

#[tokio::test]
async fn conflict_tells_the_version() {
    let body = text(ask(get("/api/v1/things/1", "staff")).await).await;
    assert!(body.contains(r#""current_version":7"#), "{body}");
}

#[tokio::test]
async fn a_wrong_method_says_which_is_right() {
    let response = ask(post("/desk", "text/plain", "")).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[header::ALLOW], "GET,HEAD");
    let request = Request::builder().method(Method::DELETE).uri("/api/v1/things").body(Body::empty()).unwrap();
    assert_eq!(problem(ask(request).await).await.0, 405);
}

#[tokio::test]
async fn forged_requests_are_refused() {
    for (name, value, status) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("origin", "https://elsewhere.example", 403),
        ("origin", "null", 403),
        ("sec-fetch-site", "same-origin", 303),
        ("origin", "http://here", 303),
    ] {
        let mut request = post("/things", "application/x-www-form-urlencoded", "title=x");
        request.headers_mut().insert(header::HOST, "here".parse().unwrap());
        request.headers_mut().insert(header::HeaderName::from_static(name), value.parse().unwrap());
        assert_eq!(ask(request).await.status().as_u16(), status, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_sentence_survives_one_redirect_and_cannot_be_forged() {
    let response = ask(post("/things", "application/x-www-form-urlencoded", "title=%E8%B7%AF%E7%81%AF")).await;
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let with = |cookie: &str| Request::get("/").header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let next = ask(with(&cookie)).await;
    assert!(next.headers()[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert!(text(next).await.contains("已收到：路灯"));
    let forged = cookie.replace("%E7%81%AF", "%E6%9C%88");
    assert!(!text(ask(with(&forged)).await).await.contains("已收到"));
}

#[tokio::test]
async fn the_frame() {
    let page = text(ask(get("/desk", "staff")).await).await;
    for part in
        ["lang=\"zh-CN\"", "href=\"#main\"", "aria-current=\"page\"", "1,284", "市营商环境办", "action=\"/logout\""]
    {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains(" style=") && !page.contains("onclick") && !page.contains("<script>"));
    let large = Request::get("/").header(header::COOKIE, "santing_large=1").body(Body::empty()).unwrap();
    assert!(text(ask(large).await).await.contains("data-large"));
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_their_hash() {
    let page = text(ask(get("/", "")).await).await;
    let start = page.find("/assets/santing-").unwrap();
    let address: String = page[start..].chars().take_while(|c| *c != '"').collect();
    let response = ask(get(&address, "")).await;
    assert_eq!(response.status(), 200);
    assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    assert_eq!(ask(get("/assets/santing.css", "")).await.status(), 404);
}

#[test]
fn described_as_served() {
    let described = serde_json::to_value(openapi(&table(), "甲市", "1")).unwrap();
    assert_eq!(described["openapi"], "3.1.0");
    for route in table().iter().filter(|route| route.is_api()) {
        let operation = &described["paths"][&route.path][route.method.as_str().to_ascii_lowercase()];
        assert!(operation.is_object(), "{} {}", route.method, route.path);
        assert!(operation["responses"]["4XX"].is_object());
    }
    assert!(described["components"]["schemas"]["Thing"].is_object());
    assert!(described["components"]["schemas"]["Firm"].is_object());
}

#[test]
fn local_paths() {
    for (next, expected) in [
        (Some("/demands?x=1"), "/demands?x=1"),
        (Some("//elsewhere.example"), "/desk"),
        (Some("/\\elsewhere.example"), "/desk"),
        (Some("https://elsewhere.example"), "/desk"),
        (Some(""), "/desk"),
        (None, "/desk"),
    ] {
        assert_eq!(local_path(next, "/desk"), expected, "{next:?}");
    }
}

#[test]
fn throttle() {
    let throttle = Throttle::new(16, 3, 10);
    let at = |seconds: i64| Instant(0).plus_seconds(1_000 + seconds);
    for _ in 0..3 {
        throttle.spend("a", at(0)).unwrap();
    }
    assert!(throttle.spend("a", at(0)).unwrap_err().message.contains("10 秒"));
    throttle.spend("b", at(0)).unwrap();
    throttle.spend("a", at(11)).unwrap();
    assert!(throttle.spend("a", at(11)).is_err());
    throttle.forgive("a");
    throttle.spend("a", at(11)).unwrap();
    // Ten thousand other keys neither grow the table nor panic it.
    for key in 0..10_000 {
        let _ = throttle.spend(&key.to_string(), at(12));
    }
}

#[test]
fn numbers_and_addresses() {
    assert_eq!(
        ["0", "999", "1,000", "1,234,567"],
        [0, 999, 1000, 1_234_567].map(parts::count).each_ref().map(String::as_str)
    );
    assert_eq!(parts::with_param("/d?a=1&cursor=x", "cursor", "乙 1"), "/d?a=1&cursor=%E4%B9%99%201");
    assert_eq!(parts::without_param("/d?cursor=x", "cursor"), "/d");
}

#[test]
fn times_in_words() {
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    let now = Instant::parse("2026-11-23T10:20:00+08:00").unwrap();
    for (at, expected) in [
        ("2026-11-23T17:00:00+08:00", "今天 17:00"),
        ("2026-11-24T09:05:00+08:00", "明天 09:05"),
        ("2026-11-22T09:05:00+08:00", "昨天 09:05"),
        ("2026-11-27T17:00:00+08:00", "11 月 27 日 17:00"),
        ("2025-11-27T17:00:00+08:00", "2025 年 11 月 27 日 17:00"),
    ] {
        let said = when::near(Instant::parse(at).unwrap(), now, &zone).replace(['\u{202f}', '\u{a0}'], " ");
        assert_eq!(said, expected);
    }
    assert_eq!(when::day_of_week(now, now, &zone).replace(['\u{202f}', '\u{a0}'], " "), "11 月 23 日 周一");
}

#[test]
fn a_refused_form_keeps_what_was_typed() {
    let mut wrong = kernel::error::Checker::default();
    wrong.wrong("enterprise.uscc", "bad_format", "校验位不对");
    wrong.wrong("roles", "required", "请至少选一个角色");
    let typed = FormBody::of(&[("enterprise.uscc", "91<\"x"), ("roles[]", "b"), ("text", "\n第一行")]);
    let view = FormView::typed(typed).refused(wrong.done().unwrap_err());
    let choices = [("a", "甲"), ("b", "乙")];
    let drawn = html! {
        (error_summary(&view))
        (Field::text(&view, "enterprise.uscc", "统一社会信用代码").hint("18 位"))
        (Field::boxes(&view, "roles[]", "角色", &choices))
        (Field::area(&view, "text", "内容", 3).optional())
    }
    .into_string();
    for part in [
        "href=\"#f-enterprise-uscc\"",
        "id=\"f-enterprise-uscc\"",
        "value=\"91&lt;&quot;x\"",
        "aria-invalid=\"true\"",
        "f-enterprise-uscc-hint f-enterprise-uscc-error",
        "href=\"#f-roles\"",
        "id=\"f-roles\"",
        "value=\"b\" checked",
        "\n\n第一行",
        "（可不填）",
    ] {
        assert!(drawn.contains(part), "{part} in {drawn}");
    }
}
