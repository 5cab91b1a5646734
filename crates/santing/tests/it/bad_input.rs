//! What nobody should send: every call of the API, with everything that is wrong with a request, on both engines. The
//! answer is a refusal in the described form, never a fault, and the server goes on.

use std::time::Instant;

use serde_json::{Value, json};

use crate::harness::City;
use crate::harness::actor::a_firm_says;
use crate::harness::pages::Visitor;

#[test]
fn no_request_is_a_fault_of_ours() {
    std::thread::scope(|scope| {
        let elsewhere = scope.spawn(|| {
            if let Some(url) = store::testing::fresh_database() {
                sends_nonsense(&City::start("demo", &["--profile", "hutuo"], Some(url)));
            }
        });
        sends_nonsense(&City::start("demo", &["--profile", "hutuo"], None));
        elsewhere.join().unwrap();
    });
}

fn sends_nonsense(city: &City) {
    let mut said = a_firm_says("一件诉求");
    said["theme"] = Value::Null;
    let number = city.public().speak(&said).number;
    let tokens = [None, city.desk().token(), city.unit("jingji").token(), city.administrator().token()];
    let mut wrong = Vec::new();
    for (method, path) in city.contract().calls() {
        for token in &tokens {
            let sender = Sender { city, method: &method, token: token.as_deref() };
            wrong.extend(sender.bodies(&filled(&path, &number)));
            wrong.extend(sender.places(&path));
            wrong.extend(sender.questions(&path, &filled(&path, &number)));
        }
    }
    assert!(wrong.is_empty(), "{}: {} of them:\n{}", city.engine, wrong.len(), wrong.join("\n"));
    let log = city.log();
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{}: {log}", city.engine);
    every_wrong_field_is_named(city);
}

fn filled(path: &str, number: &str) -> String {
    let known = [
        ("{number}", number),
        ("{make}", "triage"),
        ("{act}", "confirm"),
        ("{position}", "0"),
        ("{date}", "2026-12-31"),
        ("{id}", "1"),
        ("{remote}", "12345"),
        ("{aspect}", "theme"),
    ];
    let filled = known.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    assert!(!filled.contains('{'), "what goes into {path}?");
    filled
}

struct Sender<'c> {
    city: &'c City,
    method: &'c str,
    token: Option<&'c str>,
}

impl Sender<'_> {
    fn send(&self, path: &str, kind: &str, body: &[u8], what: &str) -> Option<String> {
        let bearer = self.token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("content-type", kind), ("connection", "close")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        let began = Instant::now();
        let answer = self.city.send(self.method, path, &headers, body);
        let shown = path.strip_prefix("/api/v1").unwrap();
        if answer.status < 500 {
            self.city.contract().check(self.method, shown, &answer);
        }
        let slow = began.elapsed().as_secs() >= 10;
        let at_fault = answer.status >= 500 || slow;
        at_fault.then(|| format!("{} with {what}: {} {}", answer.asked, answer.status, answer.body))
    }

    /// Bodies that are no JSON, no objects, or hold what no field can take.
    fn bodies(&self, path: &str) -> Vec<String> {
        if self.method != "POST" {
            return Vec::new();
        }
        let long = json!(self.every_field(json!("长".repeat(5_000)))).to_string().into_bytes();
        let bodies: Vec<(&str, Vec<u8>)> = vec![
            ("nothing", Vec::new()),
            ("half an object", b"{\"title\": ".to_vec()),
            ("a list", b"[]".to_vec()),
            ("null", b"null".to_vec()),
            ("an empty object", b"{}".to_vec()),
            ("numbers", self.every_field(json!(1)).to_string().into_bytes()),
            ("huge numbers", self.every_field(json!(1e300)).to_string().into_bytes()),
            ("lists", self.every_field(json!([[1], null])).to_string().into_bytes()),
            ("objects", self.every_field(json!({ "a": {} })).to_string().into_bytes()),
            ("flags", self.every_field(json!(true)).to_string().into_bytes()),
            ("blanks", self.every_field(json!(" \u{3000}\t")).to_string().into_bytes()),
            ("NULs", self.every_field(json!("a\u{0}b")).to_string().into_bytes()),
            (
                "odd characters",
                self.every_field(json!("\u{202e}\u{feff}\u{10ffff}' OR 1=1 --<b>%s")).to_string().into_bytes(),
            ),
            ("half a surrogate", self.every_field(json!("§")).to_string().replace('§', "\\ud800").into_bytes()),
            (
                "another encoding",
                self.every_field(json!("§"))
                    .to_string()
                    .replace('§', "")
                    .into_bytes()
                    .into_iter()
                    .chain([0xc4, 0xe3])
                    .collect(),
            ),
            ("long texts", long),
            ("deep nesting", [b"[".repeat(20_000), b"]".repeat(20_000)].concat()),
            ("10 MB", vec![b' '; 10 << 20]),
        ];
        let mut wrong: Vec<String> =
            bodies.iter().filter_map(|(what, body)| self.send(path, "application/json", body, what)).collect();
        wrong.extend(self.send(path, "text/plain", b"{}", "plain text"));
        wrong.extend(self.send(path, "application/json; charset=gbk", b"{}", "GBK"));
        wrong
    }

    /// An object that holds `value` in every field that any call takes.
    fn every_field(&self, value: Value) -> Value {
        let names = self.city.contract().field_names();
        Value::Object(names.into_iter().map(|name| (name, value.clone())).collect())
    }

    /// Odd parameters in the path.
    fn places(&self, path: &str) -> Vec<String> {
        if !path.contains('{') {
            return Vec::new();
        }
        let long = "9".repeat(4000);
        let odd = ["%00", "%ff%fe", "..%2f..", "-1", "99999999999999999999", "%E8%AF%89", "'", "%20", long.as_str()];
        odd.iter()
            .filter_map(|odd| {
                let path = path
                    .split('/')
                    .map(|part| if part.starts_with('{') { odd } else { part })
                    .collect::<Vec<_>>()
                    .join("/");
                self.send(&path, "application/json", b"{}", "an odd path")
            })
            .collect()
    }

    /// Odd parameters in the query.
    fn questions(&self, path: &str, filled: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        for name in self.city.contract().query_names(self.method, path) {
            for odd in [
                "",
                "-1",
                "0",
                "1e9",
                "99999999999999999999",
                "%00",
                "%ff",
                "%F0%9F%8F%AD",
                "a&a=b",
                "2026-13-40",
                "%27%22*()",
            ] {
                wrong.extend(self.send(
                    &format!("{filled}?{name}={odd}"),
                    "application/json",
                    b"{}",
                    "an odd question",
                ));
            }
        }
        wrong.extend(self.send(
            &format!("{filled}?{}", "x=1&".repeat(3000)),
            "application/json",
            b"{}",
            "many questions",
        ));
        wrong
    }
}

fn every_wrong_field_is_named(city: &City) {
    let wrong = json!({
        "audience": 1, "title": ["a"], "text": {}, "theme": "no-such", "area": "长".repeat(500),
        "enterprise": { "uscc": "9153018100DEM0015X", "name": 5 }, "contact": { "phone": "abc", "email": "no" },
    });
    let refused = city.public().post("/demands", &wrong).expect(422);
    let named = refused.wrong_fields();
    let expected = ["audience", "title", "text", "enterprise.name"];
    assert!(expected.iter().all(|field| named.iter().any(|name| name == field)), "{named:?}");
    let wrong = json!({
        "audience": "nobody", "title": "长".repeat(500), "text": " ", "theme": "no-such",
        "enterprise": { "uscc": "9153018100DEM0015X" }, "contact": { "phone": "abc", "email": "no" },
    });
    let named = city.public().post("/demands", &wrong).expect(422).wrong_fields();
    let expected = ["audience", "title", "text", "theme", "enterprise.uscc", "contact.phone", "contact.email"];
    assert!(expected.iter().all(|field| named.iter().any(|name| name == field)), "{named:?}");
}

#[test]
fn no_form_is_a_fault_of_ours() {
    let city = City::start("demo", &["--profile", "hutuo"], None);
    let mut said = a_firm_says("一件诉求");
    said["theme"] = Value::Null;
    let number = city.public().speak(&said).number;
    let routes = app::routes();
    let forms = routes.iter().filter(|route| route.method == "POST" && !route.is_api());
    // A standard's calls answer in its own shapes; they are sent nonsense in the room's own tests.
    let forms = forms.filter(|route| !route.path.starts_with("/open311/"));
    let mut paths: Vec<String> = forms.map(|route| place(&route.path, &number)).collect();
    // What ends a login goes last.
    paths.sort_by_key(|path| path.starts_with("/log"));
    for username in ["tongchou", "jingji.cb", "admin"] {
        let mut visitor = Visitor::new(&city);
        visitor.logs_in(username);
        for path in &paths {
            // A form of one button reads nothing, and a browser never sends it more than its socket holds.
            let bare = BARE.iter().any(|end| path.ends_with(end));
            for (kind, body) in nonsense().into_iter().filter(|(_, body)| !bare || body.len() < 10_000) {
                // Whatever comes back is a page with a heading, and no fault.
                visitor.sends_anything(path, &kind, &body);
            }
        }
    }
    let log = city.log();
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
}

/// Forms of one button.
const BARE: &[&str] = &[
    "/logout",
    "/close",
    "/open",
    "/one-time-password",
    "/off",
    "/1/end",
    "/1/remove",
    "/last/remove",
    "/ledger/check",
    "/discard",
];

fn place(path: &str, number: &str) -> String {
    let known = [
        ("{number}", number),
        ("{move}", "triage"),
        ("{act}", "confirm"),
        ("{date}", "2026-12-31"),
        ("{code}", "jingji"),
        ("{id}", "1"),
        ("{remote}", "12345"),
        ("{aspect}", "theme"),
    ];
    let placed = known.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    let placed = placed.replace("{username}", "nobody");
    assert!(!placed.contains('{'), "what goes into {path}?");
    placed
}

fn nonsense() -> Vec<(String, Vec<u8>)> {
    const NAMES: [&str; 16] = [
        "title",
        "text",
        "audience",
        "username",
        "password",
        "version",
        "kind",
        "reason",
        "date",
        "uscc",
        "number",
        "code",
        "name",
        "contact.phone",
        "enterprise.name",
        "roles[]",
    ];
    let every = |value: &str| NAMES.map(|name| format!("{name}={value}")).join("&").into_bytes();
    let urlencoded = "application/x-www-form-urlencoded";
    let multipart = "multipart/form-data; boundary=edge";
    let part = |name: &str, more: &str, value: &str| {
        format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
    };
    let file = part("attachments", "; filename=\"../../a.exe\"", "MZ\u{0}\u{1}");
    vec![
        (urlencoded.to_owned(), every("%00")),
        (urlencoded.to_owned(), every("%ff%fe")),
        (urlencoded.to_owned(), every("%zz")),
        (urlencoded.to_owned(), every("%F0%9F%8F%AD'%20OR%201=1--")),
        (urlencoded.to_owned(), every(&"9".repeat(30_000))),
        (urlencoded.to_owned(), b"a.b.c[]=1&a.b=2&a=3&a[]=4&.=5&[]=6".repeat(50)),
        ("application/json".to_owned(), b"{}".to_vec()),
        (multipart.to_owned(), b"--edge".to_vec()),
        (multipart.to_owned(), format!("{file}{file}").into_bytes()),
        (multipart.to_owned(), format!("{file}--edge--\r\n").into_bytes()),
        (multipart.to_owned(), format!("{}--edge--\r\n", part("title", "", "x").repeat(3000)).into_bytes()),
        (multipart.to_owned(), format!("{}--edge--\r\n", part("title", "", &"长".repeat(30_000))).into_bytes()),
    ]
}
