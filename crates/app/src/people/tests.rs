//! The rules as tables, and two stories through the pages: an account's life, and a login with two factors.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::response::Response;
use jiff::civil::date;
use kernel::error::Checker;
use kernel::{Actor, Error, Permission, Role};
use store::{args, sql};
use tower::ServiceExt;

use super::rules::{self, AccountInput, SessionKind};
use super::{House, login, secrets};
use crate::testing::TestCity;
use crate::web::{Gate, Site, Visitor, mount};

#[test]
fn passwords() {
    for (password, code) in [
        ("", Some("required")),
        ("abc", Some("too_short")),
        ("aaaaaaaaaaaa", Some("too_simple")),
        ("1234567890", Some("too_simple")),
        ("ZhangSan2026!", Some("not_allowed")),
        ("竹子 四月 火车 九点", None),
        ("correct horse", None),
    ] {
        let mut check = Checker::default();
        rules::check_password(&mut check, "new", password, "zhangsan");
        let found = check.done().err().map(|refusal| refusal.errors[0].code);
        assert_eq!(found, code, "{password}");
    }
}

#[test]
fn every_wrong_field_of_an_account_at_once() {
    let input = AccountInput {
        username: Some("张三".into()),
        unit: Some("nowhere".into()),
        roles: vec!["king".into()],
        valid_from: Some("today".into()),
        valid_to: Some("2020-01-01".into()),
        ..AccountInput::default()
    };
    let refusal = input.check(date(2026, 3, 2), |code| code == "gongkexin").unwrap_err();
    let fields: Vec<&str> = refusal.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["username", "name", "unit", "roles", "valid_from", "valid_to"]);
    let lonely = AccountInput {
        username: Some("a1".into()),
        name: Some("甲".into()),
        roles: vec!["unit_head".into()],
        ..AccountInput::default()
    };
    assert_eq!(lonely.check(date(2026, 3, 2), |_| true).unwrap_err().errors[0].field, "unit");
}

#[test]
fn devices() {
    for (agent, expected) in [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
            "Chrome · Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1 Mobile MicroMessenger/8.0", "微信 · iPhone"),
        ("", "未知设备"),
    ] {
        assert_eq!(rules::device(agent), expected);
    }
}

#[test]
fn nobodys_hash_takes_as_long_as_somebodys() {
    use argon2::password_hash::phc::PasswordHash;
    let nobody = PasswordHash::new(super::login::NOBODY).unwrap();
    let made = secrets::hash_password("x", &kernel::random::SeededRandom::new(1)).unwrap();
    let somebody = PasswordHash::new(&made).unwrap();
    assert_eq!(nobody.params, somebody.params);
    assert_eq!(nobody.algorithm, somebody.algorithm);
    assert!(secrets::verify_password("x", &made) && !secrets::verify_password("y", &made));
}

#[test]
fn the_table_gives_nobody_both_the_handling_and_the_call_back() {
    for (role, permissions) in super::PERMISSIONS {
        let both = permissions.contains(&Permission::Handle) && permissions.contains(&Permission::Dispatch);
        assert!(!both, "{role:?}");
    }
    assert!(super::may(&Actor::system(), Permission::Administer));
    assert!(!super::may(&Actor::public(), Permission::Desk));
}

/// A browser without pictures: keeps the session's cookie and follows nothing.
struct Browser {
    router: Router,
    cookie: String,
}

impl Browser {
    fn of(city: &TestCity) -> Self {
        let site = Site { platform: "甲市".into(), demo: false, https: false, public_url: None, trust_proxy: false };
        let gate = Gate::new(House::new(city.app.clone(), &[]), site, b"k".to_vec());
        Self { router: mount(super::routes(), &gate, city.app.clone()), cookie: String::new() }
    }

    async fn send(&mut self, request: Request<Body>) -> (u16, String, String) {
        let response: Response = self.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            if pair.starts_with("santing_session=") {
                self.cookie = pair.to_owned();
            }
        }
        let to = response.headers().get(header::LOCATION).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, to, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn get(&mut self, path: &str) -> (u16, String, String) {
        let request = Request::get(path).header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap();
        self.send(request).await
    }

    async fn post(&mut self, path: &str, form: &str) -> (u16, String, String) {
        let request = Request::post(path).header(header::COOKIE, &self.cookie);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split(before).nth(1).unwrap_or_else(|| panic!("{before} in {text}")).split(after).next().unwrap()
}

fn run(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(story);
}

#[test]
fn the_life_of_an_account() {
    TestCity::on_both_engines(|city| {
        let first = super::first_administrator(&city.app).unwrap().unwrap();
        assert!(super::first_administrator(&city.app).unwrap().is_none());
        run(async {
            let mut admin = Browser::of(city);
            assert_eq!(admin.get("/accounts").await.1, "/login?next=%2Faccounts");
            assert_eq!(admin.post("/login", "username=admin&password=wrong").await.0, 422);
            let (status, to, _) = admin.post("/login", &format!("username=Admin&password={first}&next=//x")).await;
            assert_eq!((status, to.as_str()), (303, "/desk"));
            assert_eq!(admin.get("/accounts").await.1, "/account/password", "the one-time password must go first");
            let (status, _, page) =
                admin.post("/account/password", &format!("old={first}&new=admin12345&again=x")).await;
            assert_eq!(status, 422);
            assert!(page.contains("不能包含用户名") && page.contains("两次填写"), "{page}");
            let new = format!("old={first}&new=long+enough+words&again=long+enough+words");
            assert_eq!(admin.post("/account/password", &new).await.1, "/desk");

            let (status, _, page) = admin.post("/accounts/new", "username=li4&name=&roles[]=unit_handler").await;
            assert_eq!(status, 422);
            assert!(page.contains("value=\"li4\"") && page.contains("请填写姓名") && page.contains("要选所在单位"));
            let form = "username=li4&name=%E6%9D%8E%E5%9B%9B&unit=gongkexin&roles[]=unit_handler&valid_to=2026-03-31";
            let (status, _, page) = admin.post("/accounts/new", form).await;
            assert_eq!(status, 200, "{page}");
            let once = between(&page, "class=\"code\">", "<").to_owned();
            assert_eq!(admin.post("/accounts/new", form).await.0, 422, "the name is taken");

            let mut li4 = Browser::of(city);
            li4.post("/login", &format!("username=li4&password={once}")).await;
            li4.post("/account/password", &format!("old={once}&new=other+long+words&again=other+long+words")).await;
            assert!(li4.get("/account").await.2.contains("承办岗"));
            assert_eq!(li4.get("/accounts").await.0, 403);

            // The role ends with its last day; idle browsers are logged out.
            city.at("2026-04-01T09:00:00+08:00");
            assert_eq!(li4.get("/account").await.0, 303);
            li4.post("/login", "username=li4&password=other+long+words").await;
            assert!(!li4.get("/account").await.2.contains("承办岗"));

            admin.post("/login", "username=admin&password=long+enough+words").await;
            let stale = "version=1&name=x&unit=gongkexin&roles[]=unit_head";
            let (status, _, page) = admin.post("/accounts/li4", stale).await;
            assert_eq!(status, 409);
            assert!(page.contains("刚刚被别人改过") && page.contains("value=\"x\""));
            let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
            let fresh = format!("version={version}&name=x&unit=gongkexin&roles[]=unit_head");
            assert_eq!(admin.post("/accounts/li4", &fresh).await.1, "/accounts");
            assert!(li4.get("/account").await.2.contains("单位负责人"));

            assert_eq!(admin.post("/accounts/li4/close", "").await.0, 303);
            assert_eq!(li4.get("/account").await.0, 303, "a closed account is out at once");
            assert_eq!(admin.post("/accounts/admin/close", "").await.0, 403);
            let demote = "name=a&unit=yingshang&roles[]=coordinator";
            assert_eq!(admin.post("/accounts/admin", demote).await.0, 422, "one administrator must stay");
            assert_eq!(admin.get("/accounts").await.0, 200);
            assert_eq!(admin.post("/logout", "").await.1, "/");
            assert_eq!(admin.get("/accounts").await.0, 303);
        });
        let acts = |cx: &mut crate::context::Cx<'_>| {
            cx.tx.all::<String>(
                sql!("SELECT act FROM ledger_entry WHERE stream = $1 ORDER BY seq"),
                args!["account:li4"],
            )
        };
        let acts = city.app.read_now(&Actor::system(), acts).unwrap();
        let expected = "account.create session.open account.password session.open account.amend account.disable";
        assert_eq!(acts.join(" "), expected);
    });
}

#[test]
fn two_factors() {
    TestCity::on_both_engines(|city| {
        super::seed_demo(&city.app).unwrap();
        let login = format!("username=lingdao&password={}", super::DEMO_PASSWORD);
        run(async {
            let mut leader = Browser::of(city);
            leader.post("/login", &login).await;
            let (_, _, page) = leader.get("/account/second-factor").await;
            let secret = between(&page, "name=\"secret\" value=\"", "\"").to_owned();
            assert!(page.contains("<svg") && !page.contains(" style="));
            assert_eq!(leader.post("/account/second-factor", &format!("secret={secret}&code=000000")).await.0, 422);
            let code = secrets::totp_code(&secret, city.app.now());
            let (status, _, page) =
                leader.post("/account/second-factor", &format!("secret={secret}&code={code}")).await;
            assert_eq!(status, 200);
            let recovery = between(&page, "<li><code>", "<").to_owned();

            let mut phone = Browser::of(city);
            assert_eq!(phone.post("/login", &login).await.1, "/login/code?next=%2Fdesk");
            assert_eq!(phone.get("/account").await.0, 303, "half a login opens nothing");
            assert_eq!(phone.post("/login/code", &format!("code={code}")).await.0, 422, "a code counts once");
            city.at("2026-03-02T09:01:00+08:00");
            let code = secrets::totp_code(&secret, city.app.now());
            assert_eq!(phone.post("/login/code", &format!("code={code}&next=/account")).await.1, "/account");
            assert_eq!(phone.get("/account").await.0, 200);

            let mut other = Browser::of(city);
            other.post("/login", &login).await;
            assert_eq!(other.post("/login/code", &format!("code={recovery}")).await.0, 303);
            let (_, _, page) = other.get("/account").await;
            assert_eq!(page.matches("/end\"").count(), 2, "{page}");
            let id = between(&page, "/account/sessions/", "/").to_owned();
            assert_eq!(other.post(&format!("/account/sessions/{id}/end"), "").await.0, 303);
            let mut again = Browser::of(city);
            again.post("/login", &login).await;
            assert_eq!(
                again.post("/login/code", &format!("code={recovery}")).await.0,
                422,
                "a recovery code counts once"
            );
        });
    });
}

#[test]
fn tokens() {
    TestCity::on_both_engines(|city| {
        super::seed_demo(&city.app).unwrap();
        let from_command = super::issue_token(&city.app, "admin").unwrap();
        assert!(super::issue_token(&city.app, "nobody").is_err());
        run(async {
            let mut client = Browser::of(city);
            let body = format!(r#"{{"username":"admin","password":"{}"}}"#, super::DEMO_PASSWORD);
            let login = |body: String| {
                let request = Request::post("/api/v1/sessions").header(header::CONTENT_TYPE, "application/json");
                request.body(Body::from(body)).unwrap()
            };
            assert_eq!(client.send(login(r#"{"username":"admin","password":"x"}"#.into())).await.0, 401);
            let (status, _, answer) = client.send(login(body)).await;
            assert_eq!(status, 201);
            let token = between(&answer, "\"token\":\"", "\"").to_owned();
            let with = |method: &str, path: &str, token: &str| {
                let request = Request::builder().method(method).uri(path);
                request.header(header::AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap()
            };
            for token in [&from_command, &token] {
                let (status, _, answer) = client.send(with("GET", "/api/v1/accounts?limit=1", token)).await;
                assert_eq!(status, 200);
                assert!(answer.contains("\"next\":\"admin\""), "{answer}");
            }
            assert_eq!(client.send(with("GET", "/accounts", &token)).await.0, 303, "a token opens no page");
            assert_eq!(client.send(with("DELETE", "/api/v1/sessions", &token)).await.0, 204);
            assert_eq!(client.send(with("GET", "/api/v1/accounts", &token)).await.0, 401);
            client.cookie = format!("santing_session={from_command}");
            assert_eq!(client.get("/account").await.0, 303, "a token is no cookie");
        });
    });
}

#[test]
fn wrong_passwords_are_counted() {
    let city = TestCity::start(None);
    super::seed_demo(&city.app).unwrap();
    run(async {
        let mut browser = Browser::of(&city);
        let wrong = "username=shenji&password=wrong";
        for _ in 0..5 {
            assert_eq!(browser.post("/login", wrong).await.0, 422);
        }
        let right = format!("username=shenji&password={}", super::DEMO_PASSWORD);
        assert_eq!(browser.post("/login", &right).await.0, 429);
        city.at("2026-03-02T09:01:00+08:00");
        assert_eq!(browser.post("/login", &right).await.0, 303);
    });
}

#[test]
fn tries_made_all_at_once_are_counted_too() {
    let city = TestCity::start(None);
    super::seed_demo(&city.app).unwrap();
    run(async {
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..12 {
            let app = city.app.clone();
            tries.spawn(async move {
                let (actor, address, user_agent) = (Actor::public(), [192, 0, 2, 9].into(), String::new());
                let visitor = Visitor { actor, session: None, address, user_agent };
                login::log_in(&app, "tongchou2", "wrong", None, SessionKind::Token, &visitor).await.err().unwrap()
            });
        }
        let answers = tries.join_all().await;
        let tried = answers.iter().filter(|e| matches!(e, Error::Refused(r) if r.status() == 401)).count();
        assert!((5..=6).contains(&tried), "{tried} of 12 passwords were tried");
    });
}

#[test]
fn a_known_password_buys_no_endless_second_factors() {
    let city = TestCity::start(None);
    super::seed_demo(&city.app).unwrap();
    run(async {
        let login = format!("username=huifang&password={}", super::DEMO_PASSWORD);
        let mut owner = Browser::of(&city);
        owner.post("/login", &login).await;
        let (_, _, page) = owner.get("/account/second-factor").await;
        let secret = between(&page, "name=\"secret\" value=\"", "\"").to_owned();
        let code = secrets::totp_code(&secret, city.app.now());
        assert_eq!(owner.post("/account/second-factor", &format!("secret={secret}&code={code}")).await.0, 200);
        for _ in 0..5 {
            let mut thief = Browser::of(&city);
            assert_eq!(thief.post("/login", &login).await.0, 303);
            assert_eq!(thief.post("/login/code", "code=000000").await.0, 422);
        }
        assert_eq!(Browser::of(&city).post("/login", &login).await.0, 429);
    });
}

#[test]
fn the_demonstration_has_one_of_each_role() {
    let city = TestCity::start(None);
    super::seed_demo(&city.app).unwrap();
    let everybody = super::everybody(&city.app).unwrap();
    for role in Role::ALL.iter().filter(|role| **role != Role::Enterprise) {
        assert!(everybody.iter().any(|account| account.roles.contains(&role.code().to_owned())), "{role:?}");
    }
}
