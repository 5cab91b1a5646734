//! Bad input at every address of the table of routes: refused in good order, never a fault, never a hang, never a server
//! that falls over or swells.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must stop")]

mod hostile;
mod server;

use app::web::Access;
use kernel::Permission;

use self::server::{Answer, Server};

/// What a debug build may hold at most, in KiB: hashing a password alone takes 46 MiB.
const MOST_MEMORY: u64 = 400 << 10;

/// One address, and whoever may come nearest to its handler.
struct Door {
    method: String,
    path: String,
    whom: &'static str,
}

/// People with what they show: tokens for the API, cookies for pages.
struct Keys(Vec<(&'static str, String, String)>);

impl Door {
    fn all() -> Vec<Self> {
        let door = |method: &str, path: &str, access: Access| {
            let whom = if access == Access::Needs(Permission::Administer) { "admin" } else { "tongchou" };
            Self { method: method.to_owned(), path: path.to_owned(), whom }
        };
        let own = ["/healthz", "/readyz", "/metrics", "/api/v1/openapi.json", "/assets/{name}"];
        let rooms = app::routes();
        let mut doors: Vec<Self> = rooms.iter().map(|row| door(row.method.as_str(), &row.path, row.access)).collect();
        doors.extend(own.iter().map(|path| door("GET", path, Access::Public)));
        doors.push(door("POST", "/view", Access::Public));
        // These take away the key that the others need.
        doors.retain(|door| door.path != "/logout" && !(door.method == "DELETE" && door.path.ends_with("/sessions")));
        assert!(doors.len() > 80, "the table of routes is walked: {}", doors.len());
        doors
    }

    fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    /// The path with something in place of each parameter.
    fn filled(&self, number: &str, value: Option<&str>) -> String {
        let mut filled = self.path.clone();
        while let Some((start, end)) = filled.find('{').zip(filled.find('}')) {
            let own = match &filled[start..=end] {
                "{number}" => number,
                "{move}" | "{make}" | "{name}" => "triage",
                "{date}" => "2026-12-01",
                "{position}" => "0",
                "{id}" | "{version}" => "1",
                _ => "nobody",
            };
            // Braces of our own would be taken for a parameter again.
            let value = value.unwrap_or(own).replace('{', "%7B").replace('}', "%7D");
            filled.replace_range(start..=end, &value);
        }
        filled
    }

    fn send(&self, server: &Server, keys: &Keys, path: &str, kind: &str, body: &[u8]) -> Answer {
        let key = keys.0.iter().find(|(whose, ..)| *whose == self.whom);
        let (_, bearer, cookie) = key.expect("somebody has the key");
        let proof = if self.is_api() { ("authorization", bearer.as_str()) } else { ("cookie", cookie.as_str()) };
        server.send(&self.method, path, &[proof, ("content-type", kind)], body)
    }
}

#[test]
fn bad_input_everywhere() {
    let server = Server::start();
    let people = ["tongchou", "admin"];
    let keys = Keys(people.map(|who| (who, format!("Bearer {}", server.token(who)), server.cookie(who))).into());
    let said = r#"{"audience":"public","title":"路灯","text":"路灯不亮"}"#;
    let receipt = server.send("POST", "/api/v1/demands", &[("content-type", "application/json")], said.as_bytes());
    let receipt: serde_json::Value = serde_json::from_str(&receipt.body).unwrap();
    let number = receipt["number"].as_str().unwrap();

    let doors = Door::all();
    std::thread::scope(|scope| {
        for half in doors.chunks(doors.len().div_ceil(2)) {
            let (server, keys) = (&server, &keys);
            scope.spawn(move || half.iter().for_each(|door| knock(server, keys, door, number)));
        }
    });
    every_wrong_field_is_named(&server);
    broken_requests(&server);
    wrong_methods(&server);

    assert_eq!(server.send("GET", "/readyz", &[], b"").status, 200, "the server is as well as before");
    if let Some(most) = server.most_memory() {
        assert!(most < MOST_MEMORY, "the server has held {most} KiB");
    }
}

/// Everything hostile at one address.
fn knock(server: &Server, keys: &Keys, door: &Door, number: &str) {
    let path = door.filled(number, None);
    let kind = if door.is_api() { "application/json" } else { hostile::FORM };
    for value in hostile::PATHS.iter().filter(|_| door.path.contains('{')) {
        judge(&door.send(server, keys, &door.filled(number, Some(value)), kind, b""));
    }
    if door.method == "GET" {
        for query in hostile::queries() {
            judge(&door.send(server, keys, &format!("{path}?{query}"), kind, b""));
        }
    } else if door.is_api() && door.method != "DELETE" {
        for (what, body) in hostile::json() {
            let answer = door.send(server, keys, &path, kind, &body);
            judge(&answer);
            assert!((400..500).contains(&answer.status), "{what} is answered {}: {}", answer.status, answer.asked);
        }
        hostile::odd_json().iter().for_each(|body| judge(&door.send(server, keys, &path, kind, body)));
        for kind in ["", "text/plain", "application/json; charset=gbk", hostile::FORM, hostile::PARTS] {
            let answer = door.send(server, keys, &path, kind, b"{}");
            judge(&answer);
            // What takes no body looks for its thing at once.
            let missing = answer.status == 404 && ["{id}", "{remote}"].iter().any(|part| door.path.contains(part));
            let refused = matches!(answer.status, 403 | 415) || missing;
            assert!(refused, "{kind:?} is answered {}: {}", answer.status, answer.asked);
        }
    } else {
        hostile::forms().iter().for_each(|(kind, body)| judge(&door.send(server, keys, &path, kind, body)));
    }
}

/// What holds for every answer, whatever was asked.
#[track_caller]
fn judge(answer: &Answer) {
    let Answer { asked, status, body, .. } = answer;
    assert!((200..500).contains(status), "{asked} is answered {status}: {body}");
    for name in
        ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control", "x-request-id"]
    {
        assert!(answer.header(name).is_some(), "{asked} is answered {status} without {name}");
    }
    if *status >= 400 && asked.contains(" /api/") {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{asked}: {body}");
        answer.wrong_fields();
    }
}

fn every_wrong_field_is_named(server: &Server) {
    let wrong = r#"{"audience":1,"kind":"x","title":{},"text":false,"theme":"x","channel":"web","enterprise":{"uscc":"1"},
        "contact":{"phone":"1","email":"x"},"area":[],"source":"x","nonsense":1,"attachments":[{"name":"a.exe","data":"TVo="}]}"#;
    let answer = server.send("POST", "/api/v1/demands", &[("content-type", "application/json")], wrong.as_bytes());
    assert_eq!(answer.status, 422);
    let mut fields = answer.wrong_fields();
    fields.sort();
    let expected = [
        "area",
        "attachments.0",
        "audience",
        "channel",
        "contact.email",
        "contact.phone",
        "enterprise.uscc",
        "kind",
        "nonsense",
        "source",
        "text",
        "theme",
        "title",
    ];
    assert_eq!(fields, expected);
}

/// Requests that are wrong below the level of any handler.
fn broken_requests(server: &Server) {
    let post = "POST /api/v1/demands HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let get = "GET /desk HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
    let many: String = (0..2_000).map(|n| format!("x-{n}: a\r\n")).collect();
    for (what, bytes, status) in [
        ("chunks without a length", format!("{post}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"), 422),
        ("broken chunks", format!("{post}transfer-encoding: chunked\r\n\r\nzz\r\n{{}}\r\n"), 400),
        ("two lengths", format!("{post}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"), 400),
        ("a length below zero", format!("{post}content-length: -2\r\n\r\n{{}}"), 400),
        ("no body", format!("{post}\r\n"), 400),
        ("an endless address", format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(200_000)), 414),
        ("an endless header", format!("{get}x: {}\r\n\r\n", "a".repeat(1_000_000)), 431),
        ("endless headers", format!("{get}{many}\r\n"), 431),
        ("a garbage cookie", format!("{get}cookie: santing_session=%%%; santing_flash=\u{fffd}; =;;=\r\n\r\n"), 303),
        ("a garbage session", format!("{get}cookie: santing_session={}\r\n\r\n", "f".repeat(60_000)), 303),
        ("no HTTP", "GARBAGE\r\n\r\n".to_owned(), 400),
    ] {
        assert_eq!(server.raw(bytes.as_bytes()).status, status, "{what}");
    }
    for token in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer \u{e9}",
        "Basic YTpi",
        "Bearer ' OR 1=1--",
        &format!("Bearer {}", "a".repeat(9_000)),
    ] {
        let answer = server.send("GET", "/api/v1/demands", &[("authorization", token)], b"");
        judge(&answer);
        assert_eq!(answer.status, 401, "{token}");
    }
}

fn wrong_methods(server: &Server) {
    for (method, path) in
        [("PUT", "/api/v1/demands"), ("DELETE", "/api/v1/units"), ("POST", "/desk"), ("TRACE", "/"), ("BREW", "/")]
    {
        let answer = server.send(method, path, &[], b"");
        judge(&answer);
        assert_eq!((answer.status, answer.header("allow").is_some()), (405, true), "{method} {path}");
    }
}
