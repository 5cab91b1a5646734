//! A remote as it behaves: it hands cases over, keeps what it is told, and can be made to do everything wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use kernel::Result;
use serde_json::{Value, json};

use crate::city::City;
use crate::exchange::actions::reconciling::{self, Reconciled};
use crate::exchange::actions::sending::{self, Wanted};
use crate::exchange::actions::taking::{self, Taken};
use crate::exchange::rules::package::{self, Header};
use crate::exchange::rules::signature;
use crate::testing::{SECRET, TestCity, desk};

/// A case as the remote has it.
#[derive(Clone, Debug, Default)]
pub struct Theirs {
    /// Our number.
    pub number: Option<String>,
    /// The status code.
    pub status: String,
    /// Whether it is closed.
    pub closed: bool,
    /// The digest of the reply.
    pub reply_sm3: Option<String>,
}

/// A remote system.
pub struct Remote {
    code: String,
    key: String,
    seed: u64,
    serial: u64,
    packed: i64,
    received: i64,
    queue: Vec<Value>,
    seen: BTreeSet<String>,
    /// Its cases.
    pub cases: BTreeMap<String, Theirs>,
    /// Everything that it was told, once each.
    pub heard: Vec<Value>,
}

/// Gives `package` to the city as a file of `remote`.
pub fn give(city: &TestCity, remote: &str, package: &str) -> Result<Taken> {
    taking::take(&city.app, &desk(), remote, package.as_bytes())
}

/// A package without its signature, which the hotline need not bear.
pub fn unsigned(package: &str) -> String {
    let (head, body) = package.split_once('\n').unwrap();
    let mut header: Header = serde_json::from_str(head).unwrap();
    header.mac = None;
    format!("{}\n{body}", serde_json::to_string(&header).unwrap())
}

impl Remote {
    /// The remote `code`; its names differ by `seed`.
    pub fn new(code: &str, seed: u64) -> Self {
        Self {
            code: code.to_owned(),
            key: signature::key(SECRET, City::load("anning").unwrap().remote(code).unwrap()),
            seed,
            serial: 0,
            packed: 0,
            received: 0,
            queue: Vec::new(),
            seen: BTreeSet::new(),
            cases: BTreeMap::new(),
            heard: Vec::new(),
        }
    }

    fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// When its messages happen: a second apart, so that their order is known.
    fn at(&self) -> String {
        format!("2026-03-02T08:{:02}:{:02}+08:00", self.serial / 60 % 60, self.serial % 60)
    }

    /// Hands a case over; its number there.
    pub fn hands_over(&mut self, title: &str) -> String {
        let n = self.next();
        let case = format!("{}GD{:05}", self.seed, n);
        let (id, at) = (format!("m{}-{n}", self.seed), self.at());
        self.queue.push(json!({"id": id, "kind": "import", "case": case, "at": at, "demand": {
            "title": title, "text": format!("{title}，请尽快处理"), "audience": "public",
            "received_at": at, "contact": {"name": "来电人", "phone": "13800000000"}}}));
        self.cases.insert(case.clone(), Theirs { status: "10".into(), ..Theirs::default() });
        case
    }

    /// Says that a case stands so.
    pub fn says(&mut self, case: &str, status: &str, note: &str) {
        let n = self.next();
        let message = json!({"id": format!("m{}-{n}", self.seed), "kind": "status", "case": case, "at": self.at(),
            "status": status, "note": note});
        self.queue.push(message);
    }

    /// Closes a case, with a call-back of its own or without.
    pub fn closes(&mut self, case: &str, called: bool) {
        let n = self.next();
        let callback = called.then(|| json!({"solved": true, "grade": "very_satisfied"}));
        let message = json!({"id": format!("m{}-{n}", self.seed), "kind": "close", "case": case, "at": self.at(),
            "note": "来电人满意", "callback": callback});
        self.queue.push(message);
    }

    /// Queues a message of its own making.
    pub fn queues(&mut self, message: Value) {
        self.queue.push(message);
    }

    /// Everything queued as a package made today.
    pub fn packs(&mut self) -> String {
        self.packs_at("2026-03-02T08:59:00+08:00")
    }

    /// Everything queued as a package made then.
    pub fn packs_at(&mut self, made_at: &str) -> String {
        let lines: Vec<String> = std::mem::take(&mut self.queue).iter().map(Value::to_string).collect();
        self.seals(&lines, made_at)
    }

    /// The messages of a package in a new one.
    pub fn packs_again(&mut self, package: &str) -> String {
        let lines: Vec<String> = package.lines().skip(1).map(str::to_owned).collect();
        self.seals(&lines, "2026-03-02T08:59:30+08:00")
    }

    fn seals(&mut self, lines: &[String], made_at: &str) -> String {
        self.packed += 1;
        let header = Header {
            contract: package::CONTRACT.into(),
            remote: self.code.clone(),
            direction: package::TO_CITY.into(),
            package: format!("{}-p{}", self.code, self.packed),
            sequence: self.packed,
            first: None,
            count: 0,
            sm3: String::new(),
            made_at: made_at.into(),
            received: Some(self.received),
            mac: None,
        };
        package::seal(&header, lines, Some(&self.key))
    }

    /// Packs and sends everything queued.
    pub fn sends(&mut self, city: &TestCity) -> Result<Taken> {
        let package = self.packs();
        give(city, &self.code, &package)
    }

    /// Fetches what it has not acknowledged and acknowledges it.
    pub fn fetches(&mut self, city: &TestCity) {
        let (text, _) = sending::package(&city.app, &desk(), &self.code, Wanted::default()).unwrap();
        self.hears(&text);
        let (code, through) = (self.code.clone(), self.received);
        city.app.write_now(&desk(), move |cx| sending::receive(cx, &code, through)).unwrap();
    }

    /// Fetches and loses it on the way.
    pub fn fetches_in_vain(&self, city: &TestCity) {
        sending::package(&city.app, &desk(), &self.code, Wanted::default()).unwrap();
    }

    /// Takes a package of the city in, each message once.
    pub fn hears(&mut self, text: &str) {
        let (head, body) = text.split_once('\n').unwrap();
        let header: Header = serde_json::from_str(head).unwrap();
        assert_eq!(header.sm3, package::sm3(body.as_bytes()));
        assert_eq!(header.mac.as_deref(), Some(signature::sign(&header, &self.key).as_str()));
        assert_eq!(header.count, body.lines().count() as u64);
        for line in body.lines() {
            let message: Value = serde_json::from_str(line).unwrap();
            if self.seen.insert(message["id"].as_str().unwrap().to_owned()) {
                self.learns(&message);
                self.heard.push(message);
            }
        }
        self.received = self.received.max(header.sequence);
    }

    fn learns(&mut self, message: &Value) {
        let Some(case) = message["case"].as_str().and_then(|case| self.cases.get_mut(case)) else { return };
        if let Some(number) = message["number"].as_str() {
            case.number = Some(number.to_owned());
        }
        match message["kind"].as_str().unwrap() {
            "status" | "close" => {
                case.status = message["status"].as_str().unwrap().to_owned();
                case.closed = message["kind"] == "close";
                case.reply_sm3 = message["reply_sm3"].as_str().map(str::to_owned);
            }
            _ => {}
        }
    }

    /// A case.
    pub fn case(&self, case: &str) -> Theirs {
        self.cases[case].clone()
    }

    /// Our number of a case, as it was told.
    pub fn number(&self, case: &str) -> String {
        self.cases[case].number.clone().unwrap()
    }

    /// Gives the city its list, and says what came of it.
    pub fn reconciles(&self, city: &TestCity) -> Reconciled {
        let rows = self.cases.iter().map(|(case, theirs)| {
            let status = if self.code == "12345" { &theirs.status } else { told(&theirs.status) };
            let row = json!({"case": case, "number": theirs.number, "status": status, "closed": theirs.closed,
                "reply_sm3": theirs.reply_sm3});
            format!("{row}\n")
        });
        let list: String = rows.collect();
        let bytes = Cursor::new(list.into_bytes());
        reconciling::reconcile(&city.app, &desk(), &self.code, "list.jsonl", bytes).unwrap()
    }
}

/// The province's word for what it has not been told of yet.
fn told(status: &str) -> &str {
    if status == "10" { "accepted" } else { status }
}
