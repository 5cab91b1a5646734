//! The demonstration's exchange: the same acts as in earnest. The hotline's old cases get their numbers, new ones come in,
//! one message is wrong, one package is missing, and a reconciliation finds what does not agree.

use std::io::Cursor;

use kernel::{Actor, Fault, Instant, Result};
use serde_json::{Value, json};

use super::actions::sending::Wanted;
use super::actions::{reconciling, sending, taking};
use super::rules::package::{self, CONTRACT, Header, TO_CITY};
use super::rules::signature;
use crate::city::{DemoExchange, HandedCase, Remote};
use crate::context::App;

/// The number under which a remote knows a demand of the script.
pub fn case_of(remote: &str, key: &str) -> String {
    match remote {
        "12345" => format!("KM2026-{key}"),
        _ => format!("YN-2026-{key}"),
    }
}

/// Plays the exchange of the demonstration up to `until`, the demonstration's present. `old` are the demands of the script
/// that came from remotes: remote and number there.
pub fn play(app: &App, desk: &Actor, old: &[(String, String)], until: Instant) -> Result<()> {
    let Some(script) = DemoExchange::of(app.city()) else { return Ok(()) };
    let script = script.map_err(|errors| Fault::new("read the demonstration's exchange", errors))?;
    for remote in app.city().remotes.clone() {
        let mut play = Play { app, desk, remote: &remote, until };
        play.all(old, &script.cases)?;
    }
    Ok(())
}

struct Play<'a> {
    app: &'a App,
    desk: &'a Actor,
    remote: &'a Remote,
    until: Instant,
}

impl Play<'_> {
    fn all(&mut self, old: &[(String, String)], new: &[HandedCase]) -> Result<()> {
        let code = self.remote.code.as_str();
        let old: Vec<&str> = old.iter().filter(|(remote, _)| remote == code).map(|(_, case)| case.as_str()).collect();
        let first: Vec<Value> = old.iter().map(|case| self.known(case)).collect();
        self.give(1, 70, &first)?;
        let mut second: Vec<Value> =
            new.iter().filter(|case| case.remote == code).map(|case| self.handed(case)).collect();
        if code == "12345" {
            second.push(self.wrong());
        }
        self.give(2, 3, &second)?;
        self.hears()?;
        if code == "12345" {
            self.give(4, 1, &[self.urges(old.last().copied()), self.too_early()])?;
        }
        self.reconciles(&old)
    }

    fn at(&self, hours_before: i64) -> String {
        self.until.plus_seconds(-hours_before * 3_600).rfc3339(&self.app.city().zone)
    }

    /// A case that has been here all the time: the same source and number, so that nothing new comes of it.
    fn known(&self, case: &str) -> Value {
        json!({"id": format!("first-{case}"), "kind": "import", "case": case, "at": self.at(70),
            "demand": {"title": "存量工单", "text": "接通对接时补发的存量工单，内容以原登记为准。"}})
    }

    fn handed(&self, case: &HandedCase) -> Value {
        json!({"id": format!("in-{}", case.case), "kind": "import", "case": case.case, "at": self.at(case.hours_before),
            "demand": {"title": case.title, "text": case.text, "audience": case.audience, "theme": case.theme,
                "received_at": self.at(case.hours_before),
                "contact": {"name": case.contact_name, "phone": case.contact_phone}}})
    }

    fn wrong(&self) -> Value {
        json!({"id": "in-KM20261123-01005", "kind": "import", "case": "KM20261123-01005", "at": self.at(4),
            "demand": {"title": "路灯整夜不亮", "text": "学校后门的路灯坏了一周。", "theme": "市容照明",
                "contact": {"name": "匿名", "phone": "不愿提供"}}})
    }

    fn urges(&self, case: Option<&str>) -> Value {
        json!({"id": "st-KM-0007", "kind": "status", "case": case.unwrap_or_default(), "at": self.at(2), "status": "90",
            "note": "来电人第二次来电，问什么时候能有答复"})
    }

    fn too_early(&self) -> Value {
        json!({"id": "st-KM-0008", "kind": "status", "case": "KM20261123-01188", "at": self.at(1), "status": "90",
            "note": "来电人补充：下午三点后方便接电话"})
    }

    fn give(&self, sequence: i64, hours_before: i64, messages: &[Value]) -> Result<()> {
        let header = Header {
            contract: CONTRACT.to_owned(),
            remote: self.remote.code.clone(),
            direction: TO_CITY.to_owned(),
            package: format!("{}-2026-{sequence:04}", self.remote.code),
            sequence,
            first: None,
            count: 0,
            sm3: String::new(),
            made_at: self.at(hours_before),
            received: None,
            mac: None,
        };
        let key = signature::key(self.app.secret(), self.remote);
        let lines: Vec<String> = messages.iter().map(Value::to_string).collect();
        taking::take(self.app, self.desk, &self.remote.code, package::seal(&header, &lines, Some(&key)).as_bytes())
            .map(drop)
    }

    /// The remote fetches what there is and has acknowledged all of it but the last two.
    fn hears(&self) -> Result<()> {
        let (text, messages) = sending::package(self.app, self.desk, &self.remote.code, Wanted::default())?;
        let last = text.lines().next().and_then(|head| serde_json::from_str::<Header>(head).ok());
        let through = last.map_or(0, |head| head.sequence) - 2;
        if messages <= 2 {
            return Ok(());
        }
        let code = self.remote.code.clone();
        self.app.write_now(self.desk, move |cx| sending::receive(cx, &code, through)).map(drop)
    }

    /// The remote's list of this morning: one case still stands there as it stood before, and one never came here.
    fn reconciles(&self, old: &[&str]) -> Result<()> {
        let code = self.remote.code.clone();
        let remote = self.remote.clone();
        let ours = self.app.read_now(self.desk, move |cx| {
            super::records::ours(cx.tx, &code, |status| remote.told(status).to_owned())
        })?;
        let stale = old.first().copied().filter(|_| self.remote.code == "12345");
        let mut list = String::from("工单编号,本市编号,状态,是否办结\n");
        for case in &ours {
            let (status, closed) = match stale == Some(case.case.as_str()) {
                true => (self.remote.told("in_progress"), "否"),
                false => (case.status.as_str(), if case.closed { "是" } else { "否" }),
            };
            list.push_str(&format!("{},{},{status},{closed}\n", case.case, case.number));
        }
        if self.remote.code == "12345" {
            list.push_str("KM20261123-01005,,10,否\n");
        }
        let list = Cursor::new(list.into_bytes());
        reconciling::reconcile(self.app, self.desk, &self.remote.code, "清单.csv", list).map(drop)
    }
}
