//! One line of a package from a remote: a case handed over, a status, a closing, or the receipt of one of our messages.

use kernel::error::Checker;
use kernel::{FieldError, Instant, Refusal};
use serde_json::{Map, Value};

use super::package::{is_name, short, sm3};
use crate::city::{City, Remote, RemoteEffect};
use crate::demands::rules::intake::{self, Entrance, Intake};
use crate::demands::rules::vocabulary::Grade;

/// Seconds that a time given by a remote may be ahead of ours.
const AHEAD_MOST: i64 = 600;
/// Characters of a note at most.
const NOTE_MOST: usize = 2_000;

/// A message that reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Names it among all of its remote.
    pub id: String,
    /// The number of the case there; empty for a receipt.
    pub case: String,
    /// When it happened there.
    pub at: Instant,
    /// What it says.
    pub body: Body,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// 交来: a case.
    Import(Box<Intake>),
    /// 状态: how the case stands there.
    Status {
        /// The code there.
        status: String,
        /// What is done here.
        effect: RemoteEffect,
        /// Words of the remote.
        note: Option<String>,
    },
    /// 办结: the case is closed there, with its own call-back where there was one.
    Close {
        /// Words of the remote.
        note: Option<String>,
        /// What the submitter said there.
        callback: Option<Heard>,
    },
    /// 回执: of one of our messages.
    Acknowledge {
        /// Which.
        of: String,
        /// Why it was not taken in there; absent where it was.
        refused: Option<String>,
    },
}

/// A call-back by the remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Whether it is solved.
    pub solved: bool,
    /// The grade.
    pub grade: Grade,
}

impl Body {
    /// The identifier of the kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Import(_) => "import",
            Self::Status { .. } => "status",
            Self::Close { .. } => "close",
            Self::Acknowledge { .. } => "acknowledge",
        }
    }
}

/// A line that is no message, with as much of it as could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its name, where it has one.
    pub id: Option<String>,
    /// The case, where it names one.
    pub case: String,
    /// The kind, as it was written.
    pub kind: String,
    /// Everything that is wrong.
    pub errors: Vec<FieldError>,
}

/// The digest of a message's content, whatever the order of its fields.
pub fn digest(line: &str) -> String {
    let canonical = serde_json::from_str::<Value>(line).map(|value| value.to_string());
    sm3(canonical.as_deref().unwrap_or(line).as_bytes())
}

/// Reads a line.
pub fn read(line: &str, remote: &Remote, city: &City, now: Instant) -> Result<Message, Unread> {
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(line) else {
        let error =
            FieldError { field: "line".into(), code: "bad_format", message: "这一行不是 JSON 对象".into() };
        return Err(Unread { id: None, case: String::new(), kind: String::new(), errors: vec![error] });
    };
    let mut reader = Reader { fields: &fields, check: Checker::default() };
    let id = reader.word("id", "消息编号", 64);
    if id.as_ref().is_some_and(|id| !is_name(id)) {
        reader.check.wrong("id", "bad_format", "消息编号应为 1 至 64 个字母、数字或 . _ : -");
    }
    let kind = reader.word("kind", "消息种类", 20).unwrap_or_default();
    let case = if kind == "acknowledge" { None } else { reader.word("case", "对方的工单编号", 100) };
    let at = reader.time(now);
    let body = reader.body(&kind, case.as_deref(), remote, city, now);
    let kept = id.clone().filter(|id| is_name(id));
    let case = case.unwrap_or_default();
    match (reader.check.done(), id, body) {
        (Ok(()), Some(id), Some(body)) => Ok(Message { id, case, at: at.unwrap_or(now), body }),
        (done, ..) => Err(Unread { id: kept, case, kind, errors: done.err().map(|r| r.errors).unwrap_or_default() }),
    }
}

struct Reader<'a> {
    fields: &'a Map<String, Value>,
    check: Checker,
}

impl Reader<'_> {
    fn optional(&mut self, field: &str, name: &str, most: usize) -> Option<String> {
        match self.fields.get(field) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => self.check.optional_text(field, name, Some(text), most),
            Some(Value::Number(number)) if field == "case" => Some(number.to_string()),
            Some(_) => {
                self.check.wrong(field, "wrong_type", format!("{name}应当是文字"));
                None
            }
        }
    }

    fn word(&mut self, field: &str, name: &str, most: usize) -> Option<String> {
        let text = self.optional(field, name, most);
        if text.is_none() && !self.check.has(field) {
            self.check.wrong(field, "required", format!("缺少{name}（{field}）"));
        }
        text
    }

    fn time(&mut self, now: Instant) -> Option<Instant> {
        let text = self.word("at", "发生时间", 40)?;
        let at = Instant::parse(&text);
        match at {
            None => self.check.wrong("at", "bad_format", "发生时间应写成 2026-03-02T09:00:00+08:00 的形式"),
            Some(at) if at.seconds_since(now) > AHEAD_MOST => {
                self.check.wrong("at", "in_the_future", "发生时间在将来");
            }
            Some(_) => {}
        }
        at
    }

    fn body(&mut self, kind: &str, case: Option<&str>, remote: &Remote, city: &City, now: Instant) -> Option<Body> {
        match kind {
            "import" => self.import(case.unwrap_or_default(), remote, city, now),
            "status" => self.status(remote),
            "close" => Some(Body::Close { note: self.optional("note", "说明", NOTE_MOST), callback: self.heard() }),
            "acknowledge" => self.acknowledge(),
            "" => None,
            other => {
                let message = format!("没有“{}”这种消息，只有 import、status、close、acknowledge", short(other));
                self.check.wrong("kind", "unknown", message);
                None
            }
        }
    }

    /// The demand is written as `POST /api/v1/demands` takes it, and meets the same checks.
    fn import(&mut self, case: &str, remote: &Remote, city: &City, now: Instant) -> Option<Body> {
        let Some(Value::Object(said)) = self.fields.get("demand") else {
            self.check.wrong("demand", "required", "缺少诉求内容（demand），它应当是一个对象");
            return None;
        };
        let mut said = said.clone();
        for ours in ["source", "source_id", "attachments"] {
            if said.remove(ours).is_some_and(|value| !value.is_null()) {
                self.check.wrong(format!("demand.{ours}"), "not_allowed", format!("demand 里不写 {ours}"));
            }
        }
        said.insert("source".into(), remote.code.as_str().into());
        said.insert("source_id".into(), case.into());
        said.entry("channel").or_insert_with(|| remote.channel.as_str().into());
        said.entry("audience").or_insert_with(|| "public".into());
        match intake::read(&said, Entrance::Import, city) {
            Ok(intake) => {
                if intake.received_at.is_some_and(|at| at.seconds_since(now) > AHEAD_MOST) {
                    self.check.wrong("demand.received_at", "in_the_future", "收到时间在将来");
                }
                let received_at = intake.received_at.map(|at| at.min(now));
                Some(Body::Import(Box::new(Intake { received_at, ..intake })))
            }
            Err(refusal) => {
                self.wrong_in("demand", refusal);
                None
            }
        }
    }

    fn wrong_in(&mut self, object: &str, refusal: Refusal) {
        for error in refusal.errors {
            self.check.wrong(format!("{object}.{}", error.field), error.code, error.message);
        }
    }

    fn status(&mut self, remote: &Remote) -> Option<Body> {
        let given = self.word("status", "状态码", 40);
        let note = self.optional("note", "说明", NOTE_MOST);
        let given = given?;
        let Some(status) = remote.status(&given) else {
            let known: Vec<String> =
                remote.statuses.iter().map(|status| format!("{}（{}）", status.code, status.label)).collect();
            let message = format!("没有状态码“{}”，码表里有：{}", short(&given), known.join("、"));
            self.check.wrong("status", "unknown", message);
            return None;
        };
        Some(Body::Status { status: status.code.clone(), effect: status.effect, note })
    }

    fn heard(&mut self) -> Option<Heard> {
        let callback = match self.fields.get("callback") {
            None | Some(Value::Null) => return None,
            Some(Value::Object(callback)) => callback,
            Some(_) => {
                self.check.wrong("callback", "wrong_type", "callback 应当是一个对象");
                return None;
            }
        };
        let solved = callback.get("solved").and_then(Value::as_bool);
        let grade = callback.get("grade").and_then(Value::as_str).and_then(Grade::from_code);
        if solved.is_none() {
            self.check.wrong("callback.solved", "required", "callback.solved 应为 true 或 false");
        }
        if grade.is_none() {
            let known: Vec<&str> = Grade::ALL.iter().map(|grade| grade.code()).collect();
            self.check.wrong("callback.grade", "unknown", format!("callback.grade 只能是：{}", known.join("、")));
        }
        Some(Heard { solved: solved?, grade: grade? })
    }

    fn acknowledge(&mut self) -> Option<Body> {
        let of = self.word("of", "所回执的消息编号", 64);
        let reason = self.optional("reason", "没有收下的原因", NOTE_MOST);
        let refused = match self.fields.get("accepted").and_then(Value::as_bool) {
            Some(true) => None,
            Some(false) => Some(reason.unwrap_or_else(|| "对方没有说明原因".to_owned())),
            None => {
                self.check.wrong("accepted", "required", "accepted 应为 true 或 false");
                None
            }
        };
        Some(Body::Acknowledge { of: of?, refused })
    }
}
