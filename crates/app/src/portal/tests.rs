//! The public side as a browser without scripts sees it.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use kernel::{Actor, Id, Role};
use serde_json::json;
use tower::ServiceExt;

use crate::demands::actions::{intake, moving};
use crate::demands::rules::moves::Move;
use crate::testing::{TestCity, desk, fields, handler};
use crate::web::{Credential, Doorkeeper, Gate, Later, Menu, Session, Site, mount};

/// Knows one coordinator, by the cookie `desk`.
struct OneDesk;

impl Doorkeeper for OneDesk {
    fn who(&self, credential: Credential) -> Later<'_, kernel::Result<Option<Session>>> {
        let known = credential == Credential::Cookie("desk".into());
        Box::pin(async move { Ok(known.then(|| session(desk()))) })
    }

    fn menu<'a>(&'a self, _: &'a Session) -> Later<'a, kernel::Result<Menu>> {
        Box::pin(async move { Ok(Menu::default()) })
    }

    fn incident(&self) -> String {
        "0000cafe".into()
    }
}

fn session(actor: Actor) -> Session {
    let permissions = crate::people::permissions_of(Role::Coordinator).to_vec();
    Session { actor, account: Id(1), id: Id(2), username: "desk".into(), permissions, must_change_password: false }
}

struct Browser {
    city: TestCity,
    router: Router,
}

struct Seen {
    status: StatusCode,
    location: String,
    response: Response,
    html: String,
}

impl Browser {
    fn new() -> Self {
        let city = TestCity::start(None);
        let site = Site {
            platform: city.app.city().title.clone(),
            demo: false,
            https: false,
            public_url: None,
            trust_proxy: false,
        };
        let router = mount(crate::routes(), &Gate::new(OneDesk, site, b"key".to_vec()), city.app.clone());
        Self { city, router }
    }

    async fn send(&self, request: Request<Body>) -> Seen {
        let mut response = self.router.clone().oneshot(request).await.unwrap();
        let bytes = axum::body::to_bytes(std::mem::take(response.body_mut()), 1 << 22).await.unwrap();
        let location = response.headers().get(header::LOCATION).map(|v| v.to_str().unwrap().to_owned());
        let html = String::from_utf8(bytes.to_vec()).unwrap();
        Seen { status: response.status(), location: location.unwrap_or_default(), response, html }
    }

    async fn get(&self, path: &str) -> Seen {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn get_as_desk(&self, path: &str) -> Seen {
        self.send(Request::get(path).header(header::COOKIE, "santing_session=desk").body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, pairs: &[(&str, &str)], as_desk: bool) -> Seen {
        let pair = |(name, value): &(&str, &str)| {
            format!("{}={}", crate::web::parts::encode(name), crate::web::parts::encode(value))
        };
        let body = pairs.iter().map(pair).collect::<Vec<_>>().join("&");
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = if as_desk { request.header(header::COOKIE, "santing_session=desk") } else { request };
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Number and code of a demand that somebody has just sent.
    async fn speak(&self) -> (String, String) {
        let sent = self.post("/demands/new", SAID, false).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
        let (path, code) = sent.location.split_once("?code=").unwrap();
        (path.split('/').nth(2).unwrap().to_owned(), code.to_owned())
    }

    fn make(&self, actor: &Actor, number: &str, make: Move, mut given: serde_json::Value) {
        let number = number.to_owned();
        self.city
            .app
            .write_now(actor, move |cx| {
                let version = moving::load(cx, &number)?.demand.version;
                given["version"] = version.into();
                moving::make(cx, &number, make, &fields(given.clone()))
            })
            .unwrap();
    }

    fn bring_to_reply(&self, number: &str) {
        let triage = json!({ "kind": "matter", "theme": "urban", "difficulty": "easy", "breadth": "narrow", "policy_weight": "weak",
            "scope": "departmental", "generality": "individual", "policy_axis": "procedure", "tier": "general", "route": "assigned" });
        self.make(&desk(), number, Move::Triage, triage);
        let unit = self.city.app.read_now(&desk(), |cx| {
            Ok(crate::units::names(cx)?.handlers(cx.now).find(|u| u.code != "yingshang").unwrap().code.clone())
        });
        let unit = unit.unwrap();
        self.make(&desk(), number, Move::Assign, json!({ "lead_unit": unit, "goal": "把路灯修好" }));
        self.make(&handler(&unit), number, Move::Acknowledge, json!({}));
        let reply = json!({ "policy_reading": "按《城市照明管理规定》", "measures": "已更换灯具", "opinion": "今晚起恢复照明" });
        self.make(&handler(&unit), number, Move::Reply, reply);
    }
}

const SAID: &[(&str, &str)] = &[
    ("audience", "public"),
    ("title", "路灯坏了"),
    ("text", "大营街口 <b>三盏</b> 路灯半个月不亮"),
    ("theme", "urban"),
    ("contact.name", "李某"),
    ("contact.phone", "13800000000"),
];

/// What every page owes to everybody: one heading, no inline style or script, a label for every field.
fn assert_decent(seen: &Seen, path: &str) {
    let html = &seen.html;
    assert_eq!(html.matches("<h1").count(), 1, "{path}: one heading");
    assert!(
        !html.contains(" style=") && !html.contains("<script>") && !html.contains(" onclick"),
        "{path}: nothing inline"
    );
    let tags = html.split('<').filter(|tag| ["input", "textarea", "select"].iter().any(|name| tag.starts_with(name)));
    for tag in tags.filter(|tag| !tag.contains("type=\"hidden\"")) {
        let id = tag.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next());
        let labelled = id.is_some_and(|id| html.contains(&format!("for=\"{id}\""))) || tag.contains("aria-label=");
        assert!(labelled, "{path}: no label for <{tag}");
        let twice = id.is_some_and(|id| html.matches(&format!(" id=\"{id}\"")).count() != 1);
        assert!(!twice, "{path}: an id twice in <{tag}");
    }
    for described in html.split("aria-describedby=\"").skip(1) {
        for id in described.split('"').next().unwrap().split(' ') {
            assert!(html.contains(&format!(" id=\"{id}\"")), "{path}: nothing has the id {id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_script_may_look_first() {
    let browser = Browser::new();
    browser.speak().await;
    while crate::demands::actions::indexing::index_some(&browser.city.app).unwrap() {}
    let look =
        [("audience", "public"), ("title", "大营街口路灯坏了"), ("text", "三盏路灯半个月不亮"), ("step", "look")];
    let seen = browser.post("/demands/new", &look, false).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.html.contains("有人反映过相近的事") && seen.html.contains("2026-03 收到"), "{}", seen.html);
    assert!(seen.html.contains("三盏路灯半个月不亮</textarea>"), "what was typed is still there");
    assert!(!seen.html.contains("李某") && !seen.html.contains("AN2026"), "only what is public");
    assert_decent(&seen, "look");
    let other = [("audience", "public"), ("title", ""), ("text", ""), ("step", "look")];
    assert!(browser.post("/demands/new", &other, false).await.html.contains("先写标题"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_speaks_and_follows() {
    let browser = Browser::new();
    let (number, code) = browser.speak().await;
    let receipt = browser.get(&format!("/demands/{number}/receipt?code={code}")).await;
    assert_eq!(receipt.status, StatusCode::OK);
    assert!(receipt.html.contains(&number) && receipt.html.contains("<svg"), "number and QR code");
    assert!(receipt.html.contains(&format!("{} {}", &code[..4], &code[4..])));
    assert!(receipt.html.contains("&lt;b&gt;三盏&lt;/b&gt;"), "what was typed is text, not markup");
    assert_eq!(receipt.response.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(receipt.response.headers()[header::REFERRER_POLICY], "strict-origin");

    let progress = browser.get(&format!("/progress?number={number}&code={}", code.to_lowercase())).await;
    assert_eq!(progress.status, StatusCode::OK);
    assert!(progress.html.contains("等待研判") && progress.html.contains("待研判"));
    assert_eq!(progress.response.headers()[header::CACHE_CONTROL], "no-store");

    let sheet = browser.get(&format!("/demands/{number}/receipt/sheet?code={code}")).await;
    assert!(sheet.html.contains("诉求登记回执"));
    for (seen, path) in [(&receipt, "receipt"), (&progress, "progress"), (&sheet, "sheet")] {
        assert_decent(seen, path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_and_unknown_numbers_look_alike() {
    let browser = Browser::new();
    let (number, code) = browser.speak().await;
    let other = if number.ends_with("01") { number.replace("01", "02") } else { format!("{number}9") };
    let wrong = browser.get(&format!("/progress?number={number}&code=AAAAAAAA")).await;
    let unknown = browser.get(&format!("/progress?number={other}&code={code}")).await;
    assert_eq!((wrong.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    let plain = |html: &str, number: &str, code: &str| html.replace(number, "N").replace(code, "C");
    assert_eq!(plain(&wrong.html, &number, "AAAAAAAA"), plain(&unknown.html, &other, &code));
    assert_decent(&wrong, "progress 404");
    assert_eq!(browser.get(&format!("/demands/{number}/receipt?code=AAAAAAAA")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get(&format!("/demands/{number}/receipt")).await.status, StatusCode::NOT_FOUND);
    let missing = browser.get("/progress?number=AN1").await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_cannot_be_guessed_for_ever() {
    let browser = Browser::new();
    let (number, code) = browser.speak().await;
    let right = format!("/progress?number={number}&code={code}");
    for _ in 0..80 {
        assert_eq!(browser.get(&right).await.status, StatusCode::OK, "the right code costs no try");
    }
    let mut last = StatusCode::OK;
    for _ in 0..61 {
        last = browser.get(&format!("/progress?number={number}&code=ZZZZZZZZ")).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(browser.get(&right).await.status, StatusCode::TOO_MANY_REQUESTS, "or guessing would still pay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_keeps_what_was_typed() {
    let browser = Browser::new();
    let wrong = [
        ("audience", "entrepreneur"),
        ("text", "变压器容量不够，停了两条线"),
        ("enterprise.uscc", "91530181MA6K00000X"),
        ("contact.phone", "not a number"),
        ("contact.email", "nobody"),
    ];
    let seen = browser.post("/demands/new", &wrong, false).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.html.contains("变压器容量不够") && seen.html.contains("91530181MA6K00000X"), "typed text stays");
    let links: Vec<&str> = ["f-title", "f-enterprise-uscc", "f-contact-phone", "f-contact-email"].into();
    let places: Vec<usize> = links.iter().map(|id| seen.html.find(&format!("href=\"#{id}\"")).unwrap()).collect();
    assert!(places.is_sorted(), "in the order of the page");
    assert_decent(&seen, "form 422");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_judged_by_content() {
    let browser = Browser::new();
    let part = |head: &str, body: &[u8]| {
        [format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(), body, b"\r\n"].concat()
    };
    let send = |file: &'static [u8]| {
        let body = [
            part("name=\"audience\"", b"public"),
            part("name=\"title\"", "路灯坏了".as_bytes()),
            part("name=\"text\"", "三盏路灯半个月不亮".as_bytes()),
            part("name=\"attachments\"; filename=\"photo.jpg\"", file),
            b"--b--\r\n".to_vec(),
        ];
        let request = Request::post("/demands/new").header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        browser.send(request.body(Body::from(body.concat())).unwrap())
    };
    let program = send(b"MZ\x90\0\x03\0\0\0this is a program").await;
    assert_eq!(program.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(program.html.contains("photo.jpg") && program.html.contains("三盏路灯半个月不亮"));
    assert_decent(&program, "form with a bad file");
    let empty_field = send(b"").await;
    assert_eq!(empty_field.status, StatusCode::UNPROCESSABLE_ENTITY, "a named file without content");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_is_rated_once() {
    let browser = Browser::new();
    let (number, code) = browser.speak().await;
    let early =
        browser.post("/progress/rating", &[("number", &number), ("code", &code), ("grade", "satisfied")], false).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.bring_to_reply(&number);
    let page = browser.get(&format!("/progress?number={number}&code={code}")).await;
    assert!(page.html.contains("今晚起恢复照明") && page.html.contains("这次办得怎么样"));
    assert!(!page.html.contains("checked"), "no grade is chosen beforehand");
    assert_decent(&page, "progress with a reply");
    let blank =
        browser.post("/progress/rating", &[("number", &number), ("code", &code), ("text", "谢谢")], false).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(blank.html.contains("谢谢") && blank.html.contains("href=\"#f-grade\""));
    let rating = [
        ("number", number.as_str()),
        ("code", &code),
        ("grade", "dissatisfied"),
        ("reasons[]", "等得太久"),
        ("reasons[]", "瞎编的"),
    ];
    let rated = browser.post("/progress/rating", &rating, false).await;
    assert_eq!(rated.status, StatusCode::SEE_OTHER);
    let again = browser.post("/progress/rating", &rating, false).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let wrong = [("number", number.as_str()), ("code", "AAAAAAAA"), ("grade", "satisfied")];
    assert_eq!(browser.post("/progress/rating", &wrong, false).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_spoke_may_withdraw() {
    let browser = Browser::new();
    let (number, code) = browser.speak().await;
    let keys = [("number", number.as_str()), ("code", code.as_str())];
    let silent = browser.post("/progress/withdraw", &keys, false).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.html.contains("href=\"#f-reason\""));
    let told = browser.post("/progress/withdraw", &[keys[0], keys[1], ("ground", "事情已经解决")], false).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER);
    let page = browser.get(&told.location).await;
    assert!(page.html.contains("已撤回") && page.html.contains("您撤回了诉求"));
    let twice = browser.post("/progress/withdraw", &[keys[0], keys[1], ("reason", "再撤一次")], false).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_decent(&twice, "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_counted_and_small_ones_hidden() {
    let browser = Browser::new();
    let (number, _) = browser.speak().await;
    browser.bring_to_reply(&number);
    let few = browser.get("/figures").await;
    assert!(few.html.contains("这个季度件数还少"));
    assert_decent(&few, "few figures");
    for _ in 0..4 {
        let (number, _) = browser.speak().await;
        browser.bring_to_reply(&number);
    }
    assert!(browser.get("/figures").await.html.contains("这个季度件数还少"), "kept for five minutes");
    browser.city.at("2026-03-02T09:06:00+08:00");
    let home = browser.get("/").await;
    assert!(home.html.contains("<b>5</b>") && home.html.contains("<b>100.0%</b>"), "{}", home.html);
    assert!(!home.html.contains("回访确认解决"), "nobody has been called back");
    let enough = browser.get("/figures?quarter=2026-Q1").await;
    assert!(enough.html.contains("5 ÷ 5") && enough.html.contains("不足 5 件，暂不公布"));
    assert_decent(&enough, "figures");
    assert_eq!(browser.get("/figures?quarter=2026-Q2").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/figures?quarter=x").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_pages_are_decent() {
    let browser = Browser::new();
    let paths = [
        "/",
        "/figures",
        "/progress",
        "/demands/new",
        "/demands/new?audience=public",
        "/demands/new?audience=entrepreneur",
        "/demands/new?audience=service_recipient",
        "/demands/new?audience=nobody",
    ];
    for path in paths {
        let seen = browser.get(path).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}");
        assert_decent(&seen, path);
    }
    let form = |audience| format!("/demands/new?audience={audience}");
    assert!(browser.get(&form("entrepreneur")).await.html.contains("enterprise.uscc"));
    assert!(!browser.get(&form("public")).await.html.contains("enterprise.uscc"), "never asked of citizens");
    assert!(browser.get("/desk/register").await.location.starts_with("/login"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_registered_by_keyboard() {
    let browser = Browser::new();
    let form = browser.get_as_desk("/desk/register").await;
    assert!(form.html.contains("data-send") && form.html.contains("autofocus"));
    assert_decent(&form, "register");
    let call = [
        ("audience", "entrepreneur"),
        ("channel", "hotline"),
        ("title", "用电增容"),
        ("text", "想增容，不知道找谁"),
        ("enterprise.name", "安宁某某机械有限公司"),
    ];
    let without_channel: Vec<_> = call.iter().copied().filter(|(name, _)| *name != "channel").collect();
    let refused = browser.post("/desk/register", &without_channel, true).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("href=\"#f-channel\"") && refused.html.contains("想增容"));
    assert_decent(&refused, "register 422");
    let saved = browser.post("/desk/register", &call, true).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let told = browser.get_as_desk(&saved.location).await;
    assert!(
        told.html.contains("新登记的企业")
            && told.html.contains("/desk/register?audience=entrepreneur&amp;channel=hotline")
    );
    assert_decent(&told, "registered");
    browser.city.at("2026-03-02T09:10:00+08:00");
    let second = browser.post("/desk/register", &call, true).await;
    assert!(browser.get_as_desk(&second.location).await.html.contains("已有的企业"));
    assert!(browser.get(&saved.location).await.location.starts_with("/login"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_is_printed_for_whoever_sees_it() {
    let browser = Browser::new();
    let (number, _) = browser.speak().await;
    let path = format!("/demands/{number}/assignment");
    assert_eq!(browser.get_as_desk(&path).await.status, StatusCode::NOT_FOUND, "not assigned yet");
    browser.bring_to_reply(&number);
    let sheet = browser.get_as_desk(&path).await;
    assert_eq!(sheet.status, StatusCode::OK);
    for words in ["诉求交办单", "把路灯修好", "校验码", "工作日", &number] {
        assert!(sheet.html.contains(words), "{words}");
    }
    assert!(!sheet.html.contains("13800000000"), "no telephone number on paper");
    assert_decent(&sheet, "assignment");
    assert!(browser.get(&path).await.location.starts_with("/login"));
}

#[test]
fn a_receipt_leads_to_the_form_of_its_number() {
    let city = TestCity::start(None);
    let receipt =
        intake::receipt(&city.app, "AN20260302W0001", crate::demands::rules::vocabulary::Status::Received, true);
    let path = super::receipt::progress_path(&receipt.number, &receipt.code);
    assert_eq!(path, format!("/progress?number=AN20260302W0001&code={}", receipt.code));
}
