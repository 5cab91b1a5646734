//! Every route by every role: let in or kept out exactly as the tables of routes and of permissions say.

use app::people::permissions_of;
use app::web::Access;
use kernel::Role;
use serde_json::{Value, json};

use crate::harness::actor::a_firm_says;
use crate::harness::http::Answer;
use crate::harness::pages::{Visitor, encode};
use crate::harness::{City, Demand};

/// What the gate says to an account that lacks the permission; a room's own refusals say more.
const KEPT_OUT: &str = "您的账号没有办理这件事的权限";

/// A password that somebody chose.
const CHOSEN: &str = "shan gao shui chang 26";

struct Case {
    method: String,
    path: String,
    access: Access,
}

#[test]
fn every_route_by_every_role() {
    let city = City::hutuo();
    hire_an_enterprise(city);
    let mut said = a_firm_says("奖补没有拨付");
    said["theme"] = Value::Null;
    let demand = city.public().speak(&said);
    let enterprise = city.desk().get("/enterprises").expect(200).json()["items"][0]["id"].clone();
    let enterprise = enterprise.as_str().map_or_else(|| enterprise.to_string(), str::to_owned);
    let cases = cases(&demand, &enterprise);
    assert!(cases.len() > 70, "the table of routes is walked: {}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        judge(None, case, &ask(city, None, None, case), &mut wrong);
    }
    for (role, username, password) in people() {
        let mut visitor = Visitor::new(city);
        visitor.logs_in_with(username, password);
        let token = city.account_with(username, password).token();
        for case in &cases {
            let answer = ask(city, Some(&mut visitor), token.as_deref(), case);
            judge(Some(role), case, &answer, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

fn people() -> [(Role, &'static str, &'static str); 7] {
    let demo = app::people::DEMO_PASSWORD;
    [
        (Role::Administrator, "admin", demo),
        (Role::Coordinator, "tongchou", demo),
        (Role::UnitHead, "jingji.fzr", demo),
        (Role::UnitHandler, "jingji.cb", demo),
        (Role::Leader, "lingdao", demo),
        (Role::Auditor, "shenji", demo),
        (Role::Enterprise, "qiye", CHOSEN),
    ]
}

/// An enterprise's account, which the demonstration has not: made by the administrator, its password changed by its owner.
fn hire_an_enterprise(city: &City) {
    let mut admin = Visitor::new(city);
    admin.logs_in("admin");
    let page = admin.opens("/accounts/new");
    let form = page
        .form("form.card", "建立账号")
        .set("username", "qiye")
        .set("name", "企业账号甲")
        .set("roles[]", "enterprise");
    let once = admin.sends(form).texts(".code").remove(0);

    let mut owner = Visitor::new(city);
    let page = owner.logs_in_with("qiye", &once);
    assert_eq!(page.path, "/account/password", "a one-time password must be changed first");
    city.account_with("qiye", &once).call("DELETE", "/sessions", &[], None).expect(403);
    city.forget("qiye");
    let form = page.form("form.card", "").set_all(&[("old", &once), ("new", CHOSEN), ("again", CHOSEN)]);
    let changed = owner.sends(form);
    assert!(changed.errors().is_empty());
    assert_eq!((changed.status, changed.path.as_str()), (200, "/account"), "there is no workbench to land on");
}

/// Every row of the table with its parameters filled in; what ends a session goes last.
fn cases(demand: &Demand, enterprise: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = app::routes()
        .iter()
        .map(|route| Case {
            method: route.method.to_string(),
            path: filled(&route.path, demand, enterprise),
            access: route.access,
        })
        .collect();
    let ends = |path: &str| path == "/logout" || path.starts_with("/login") || path.ends_with("/sessions");
    cases.sort_by_key(|case| ends(&case.path));
    cases
}

fn filled(path: &str, demand: &Demand, enterprise: &str) -> String {
    let id = if path.starts_with("/enterprises") { enterprise } else { "1" };
    let filled = path
        .replace("{number}", &demand.number)
        .replace("{stream}", &encode(&format!("demand:{}", demand.number)))
        .replace("{remote}", "12345")
        .replace("{file}", "none.json")
        .replace("{code}", "jingji")
        .replace("{username}", "nobody")
        .replace("{id}", id)
        .replace("{position}", "0")
        .replace("{format}", "csv")
        .replace("{date}", "2026-12-01")
        .replace("{move}", "triage")
        .replace("{make}", "triage")
        .replace("{aspect}", "theme")
        .replace("{act}", "confirm");
    assert!(!filled.contains('{'), "what goes into {path}?");
    let by_code = filled.ends_with("/progress") || filled.contains("/receipt");
    if by_code { format!("{filled}?number={}&code={}", demand.number, demand.code) } else { filled }
}

fn ask<'c>(city: &'c City, visitor: Option<&mut Visitor<'c>>, token: Option<&str>, case: &Case) -> Answer {
    if case.path.starts_with("/api/") {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        return city.send(&case.method, &case.path, &headers, json!({}).to_string().as_bytes());
    }
    let kind = "application/x-www-form-urlencoded";
    visitor.unwrap_or(&mut Visitor::new(city)).asks(&case.method, &case.path, kind, b"")
}

fn judge(role: Option<Role>, case: &Case, answer: &Answer, wrong: &mut Vec<String>) {
    let Case { method, path, access } = case;
    let expected = access.admits(role.map(permissions_of));
    let to_login = answer.status == 303 && answer.header("location").starts_with("/login?");
    let is_page = !path.starts_with("/api/");
    let out = match role {
        None if is_page && method == "GET" => to_login,
        None => answer.status == 401,
        Some(_) => answer.status == 403 && answer.body.contains(KEPT_OUT),
    };
    let asks_to_log_in = to_login || answer.status == 401;
    let as_expected = match expected {
        // The empty form of a login is answered in the login's own way.
        true => !out && (!asks_to_log_in || path.contains("/login") || path.ends_with("/sessions")),
        false => out,
    };
    // Within the gate a room refuses only what the law gives to others: a move by the wrong role.
    let own_refusal = expected && answer.status == 403 && !path.contains("/moves/");
    if !as_expected || own_refusal || answer.status >= 500 {
        let who = role.map_or("anybody", Role::code);
        wrong.push(format!(
            "{who}: {method} {path} ({access:?}) is answered {}: {}",
            answer.status,
            brief(&answer.body)
        ));
    }
}

fn brief(body: &str) -> String {
    let start = body.find("<main").unwrap_or_default();
    body[start..].chars().take(160).collect()
}
