//! Taking a package in: refused whole where it is not whole, and message by message otherwise. What is told twice is done
//! once, what comes too early waits, what cannot be done is named with line, field and reason, and the remote is told.

use kernel::{Actor, Error, FieldError, Instant, Refusal, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{remote, sending, stream};
use crate::city::{Remote, RemoteEffect};
use crate::context::{App, Cx};
use crate::demands::actions::{intake, moving};
use crate::demands::rules::intake::Intake;
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Status;
use crate::demands::{self, serials};
use crate::exchange::records::{self, CaseRow, Incoming, PackageRow};
use crate::exchange::rules::message::{self, Body, Heard, Message, Unread};
use crate::exchange::rules::package::{self, Package, Standing};
use crate::exchange::rules::signature;

/// Messages that one transaction takes in.
const BATCH: usize = 200;
/// Rejected messages that an answer names; all are counted, and all are kept.
pub const SHOWN: usize = 1_000;

/// What became of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Taken {
    /// The package's name.
    pub package: String,
    /// Its number.
    pub sequence: i64,
    /// `new`, `known` (it was here before, nothing was done) or `old` (made too long ago, nothing was looked at).
    pub standing: String,
    /// Messages that were carried out.
    pub done: i64,
    /// Messages that had been carried out before.
    pub known: i64,
    /// Messages that wait for their case to come.
    pub waiting: i64,
    /// Messages that were rejected.
    pub rejected: i64,
    /// Why, at most a thousand of them.
    pub reasons: Vec<Rejected>,
    /// Up to which number all packages of this remote are here.
    pub received: i64,
}

/// One thing that is wrong with one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rejected {
    /// The line in the file.
    pub line: i64,
    /// The message, where it has a name.
    pub message: String,
    /// The field.
    pub field: String,
    /// Why, in Chinese.
    pub reason: String,
}

/// Takes in what somebody sent as a package of the remote `code`. Blocks.
pub fn take(app: &App, actor: &Actor, code: &str, bytes: &[u8]) -> Result<Taken> {
    let remote = remote(app, actor, code)?.clone();
    let package = package::open(bytes, &remote)?;
    signature::check(&package.header, &remote, &signature::key(app.secret(), &remote))?;
    let (name, sequence, code) = (package.header.package.clone(), package.header.sequence, remote.code.clone());
    let known = app.read_now(actor, move |cx| records::known(cx.tx, &code, &name, sequence))?;
    let mut taken = Taken {
        package: package.header.package.clone(),
        sequence,
        standing: String::new(),
        done: 0,
        known: 0,
        waiting: 0,
        rejected: 0,
        reasons: Vec::new(),
        received: known.received,
    };
    let standing = package::judge(&package, &known, &remote, app.now())?;
    taken.standing = match standing {
        Standing::New => "new",
        Standing::Known => "known",
        Standing::Old => "old",
    }
    .to_owned();
    if standing != Standing::New {
        return Ok(taken);
    }
    for lines in package.lines.chunks(BATCH) {
        let lines: Vec<(u64, String)> = lines.iter().map(|(number, line)| (*number, (*line).to_owned())).collect();
        let (remote, name) = (remote.clone(), package.header.package.clone());
        let batch = app.write_now(actor, move |cx| {
            let mut outcomes = Vec::with_capacity(lines.len());
            for (number, line) in &lines {
                outcomes.push(take_line(cx, &remote, &name, i64::try_from(*number).unwrap_or(i64::MAX), line)?);
            }
            Ok(outcomes)
        })?;
        batch.into_iter().for_each(|outcome| taken.count(outcome));
    }
    finish(app, actor, &remote, &package, &mut taken)?;
    Ok(taken)
}

impl Taken {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Done => self.done += 1,
            Outcome::Known => self.known += 1,
            Outcome::Waiting => self.waiting += 1,
            Outcome::Rejected(reasons) => {
                self.rejected += 1;
                let room = SHOWN.saturating_sub(self.reasons.len());
                self.reasons.extend(reasons.into_iter().take(room));
            }
        }
    }
}

/// The package itself is kept last: one that broke off is taken in again, and what was done of it is known.
fn finish(app: &App, actor: &Actor, remote: &Remote, package: &Package<'_>, taken: &mut Taken) -> Result<()> {
    let header = package.header.clone();
    let made_at = package.made_at;
    let counts = [
        i64::try_from(package.lines.len()).unwrap_or(i64::MAX),
        taken.done,
        taken.known,
        taken.waiting,
        taken.rejected,
    ];
    let code = remote.code.clone();
    taken.received = app.write_now(actor, move |cx| {
        let row = PackageRow {
            package: header.package.clone(),
            sequence: header.sequence,
            sm3: header.sm3.to_ascii_lowercase(),
            made_at,
            at: cx.now,
            by_name: cx.actor.name.clone(),
            counts,
        };
        records::save_package(cx.tx, &code, &row)?;
        if let Some(received) = header.received {
            sending::acknowledge_through(cx, &code, received)?;
        }
        let [messages, done, known, waiting, rejected] = counts.map(|n| n.to_string());
        let fields = vec![
            ("package", header.package.clone()),
            ("sequence", header.sequence.to_string()),
            ("messages", messages),
            ("done", done),
            ("known", known),
            ("waiting", waiting),
            ("rejected", rejected),
        ];
        cx.record(&stream(&code), "exchange_take", fields)?;
        records::received(cx.tx, &code)
    })?;
    Ok(())
}

/// What became of one message.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Known,
    Waiting,
    Rejected(Vec<Rejected>),
}

/// What carrying a message out led to.
enum Effect {
    Done,
    Waiting,
}

fn take_line(cx: &mut Cx<'_>, remote: &Remote, package: &str, number: i64, line: &str) -> Result<Outcome> {
    let place = Place { remote, package, line: number, sm3: message::digest(line) };
    let message = match message::read(line, remote, cx.app.city(), cx.now) {
        Ok(message) => message,
        Err(unread) => return place.reject(cx, unread),
    };
    if let Some(before) = records::incoming(cx.tx, &remote.code, &message.id)?
        && before.state != "rejected"
    {
        if before.sm3 == place.sm3 {
            return Ok(Outcome::Known);
        }
        return place.reject(cx, another(&message));
    }
    match carry_out(cx, remote, &message) {
        Ok(effect) => place.keep(cx, &message, &effect, line),
        Err(Error::Refused(refusal)) => place.reject(cx, refused(&message, refusal)),
        Err(fault) => Err(fault),
    }
}

/// Where a message stands, and what it is.
struct Place<'a> {
    remote: &'a Remote,
    package: &'a str,
    line: i64,
    sm3: String,
}

impl Place<'_> {
    fn row(&self, cx: &Cx<'_>, message: String, kind: &str, case: &str, state: &str) -> Incoming {
        Incoming {
            message,
            sm3: self.sm3.clone(),
            kind: kind.to_owned(),
            case: case.to_owned(),
            state: state.to_owned(),
            package: self.package.to_owned(),
            line: self.line,
            reasons: None,
            body: None,
            at: cx.now,
        }
    }

    fn keep(&self, cx: &mut Cx<'_>, message: &Message, effect: &Effect, line: &str) -> Result<Outcome> {
        let (state, outcome) = match effect {
            Effect::Done => ("done", Outcome::Done),
            Effect::Waiting => ("waiting", Outcome::Waiting),
        };
        let row = self.row(cx, message.id.clone(), message.body.kind(), &message.case, state);
        let body = (state == "waiting").then(|| line.to_owned());
        records::save_incoming(cx.tx, &self.remote.code, &Incoming { body, ..row })?;
        if let Effect::Done = effect {
            answer(cx, self.remote, message)?;
            if matches!(message.body, Body::Import(_)) {
                take_waiting(cx, self.remote, &message.case)?;
            }
        }
        Ok(outcome)
    }

    fn reject(&self, cx: &mut Cx<'_>, unread: Unread) -> Result<Outcome> {
        let name = unread.id.clone().unwrap_or_default();
        let reasons: Vec<Rejected> = unread
            .errors
            .iter()
            .map(|error| Rejected {
                line: self.line,
                message: name.clone(),
                field: error.field.clone(),
                reason: error.message.clone(),
            })
            .collect();
        // A line without a name of its own, or with one that belongs to another message, is kept by its content.
        let another = unread.errors.iter().any(|error| error.code == "another");
        let kept = unread.id.clone().filter(|_| !another).unwrap_or_else(|| format!("sm3:{}", self.sm3));
        let row = self.row(cx, kept, &unread.kind, &unread.case, "rejected");
        let json = serde_json::to_string(&reasons).unwrap_or_default();
        records::save_incoming(cx.tx, &self.remote.code, &Incoming { reasons: Some(json), ..row })?;
        if unread.kind != "acknowledge" {
            let id = format!("nak-{}", &self.sm3[..16]);
            let errors: Vec<Value> =
                reasons.iter().map(|reason| json!({ "field": reason.field, "message": reason.reason })).collect();
            let reason: Vec<&str> = reasons.iter().map(|reason| reason.reason.as_str()).collect();
            let body = json!({ "of": name, "accepted": false, "package": self.package, "line": self.line,
                "reason": reason.join("；"), "errors": errors });
            sending::push(cx, self.remote, &sending::New { id: &id, kind: "acknowledge", case: &unread.case, body })?;
        }
        Ok(Outcome::Rejected(reasons))
    }
}

fn another(message: &Message) -> Unread {
    let text = format!("消息 {} 以前收到过，内容却不同；改过的内容请用新的消息编号", message.id);
    let error = FieldError { field: "id".into(), code: "another", message: text };
    Unread {
        id: Some(message.id.clone()),
        case: message.case.clone(),
        kind: message.body.kind().into(),
        errors: vec![error],
    }
}

fn refused(message: &Message, refusal: Refusal) -> Unread {
    let errors = if refusal.errors.is_empty() {
        vec![FieldError { field: message.body.kind().to_owned(), code: "refused", message: refusal.message }]
    } else {
        refusal.errors
    };
    Unread { id: Some(message.id.clone()), case: message.case.clone(), kind: message.body.kind().into(), errors }
}

/// 接收回执 for a message that was carried out; receipts themselves get none.
fn answer(cx: &mut Cx<'_>, remote: &Remote, message: &Message) -> Result<()> {
    if matches!(message.body, Body::Acknowledge { .. }) {
        return Ok(());
    }
    let case = records::case(cx.tx, &remote.code, &message.case)?;
    let id = ack_name(&message.id);
    let body = json!({ "of": message.id, "accepted": true, "number": case.map(|case| case.number) });
    sending::push(cx, remote, &sending::New { id: &id, kind: "acknowledge", case: &message.case, body })
}

/// A receipt's name is made of the message's, shortened where that is long.
fn ack_name(message: &str) -> String {
    if message.len() <= 60 {
        format!("ack-{message}")
    } else {
        format!("ack-{}", &package::sm3(message.as_bytes())[..40])
    }
}

/// Carries out what came before its case did, in the order in which it happened there.
fn take_waiting(cx: &mut Cx<'_>, remote: &Remote, case: &str) -> Result<()> {
    let mut waiting: Vec<(Message, Incoming)> = Vec::new();
    for row in records::waiting_for(cx.tx, &remote.code, case)? {
        let line = row.body.clone().unwrap_or_default();
        if let Ok(message) = message::read(&line, remote, cx.app.city(), cx.now) {
            waiting.push((message, row));
        }
    }
    waiting.sort_by_key(|(message, _)| message.at);
    for (message, row) in waiting {
        let place = Place { remote, package: &row.package, line: row.line, sm3: row.sm3.clone() };
        match carry_out(cx, remote, &message) {
            Ok(effect) => place.keep(cx, &message, &effect, "").map(drop)?,
            Err(Error::Refused(refusal)) => place.reject(cx, refused(&message, refusal)).map(drop)?,
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

fn carry_out(cx: &mut Cx<'_>, remote: &Remote, message: &Message) -> Result<Effect> {
    if let Body::Import(said) = &message.body {
        return hand_over(cx, remote, message, said);
    }
    if let Body::Acknowledge { of, refused } = &message.body {
        return acknowledged(cx, remote, of, refused.as_deref());
    }
    let Some(case) = records::case(cx.tx, &remote.code, &message.case)? else { return Ok(Effect::Waiting) };
    let late = case.heard_at.is_some_and(|heard| message.at < heard);
    match &message.body {
        Body::Status { status, effect, note } => {
            let words = note.clone().unwrap_or_else(|| format!("{}：{}", remote.name, remote.label(status)));
            happen(cx, &case, *effect, &words, late)?;
        }
        Body::Close { note, callback } => closed_there(cx, remote, &case, note.as_deref(), callback.as_ref())?,
        Body::Import(_) | Body::Acknowledge { .. } => {}
    }
    let heard_at = case.heard_at.max(Some(message.at));
    let stream = demands::stream(&case.number);
    // The demand's own ledger moved on meanwhile, but what was told of it did not.
    records::save_case(cx.tx, &CaseRow { heard_at, ..case }, &stream)?;
    Ok(Effect::Done)
}

/// A case that is handed over becomes a demand, unless it is one already.
fn hand_over(cx: &mut Cx<'_>, remote: &Remote, message: &Message, said: &Intake) -> Result<Effect> {
    if records::case(cx.tx, &remote.code, &message.case)?.is_some() {
        return Ok(Effect::Done);
    }
    let received_at = said.received_at.unwrap_or(cx.now);
    let number = serials::next_in(cx, &said.channel, received_at)?;
    let receipt = intake::register(cx, &number, said, &[])?;
    let stream = demands::stream(&receipt.number);
    // One that was here before, out of a table perhaps, is told from its beginning.
    let ledger_seq = match receipt.created {
        true => cx.tx.history(&stream)?.last().map_or(0, |entry| entry.seq),
        false => 0,
    };
    let row = CaseRow {
        remote: remote.code.clone(),
        case: message.case.clone(),
        number: receipt.number,
        ledger_seq,
        status: receipt.created.then_some(Status::Received),
        reply_sm3: None,
        heard_at: Some(message.at),
        at: cx.now,
    };
    records::save_case(cx.tx, &row, &stream)?;
    Ok(Effect::Done)
}

fn acknowledged(cx: &mut Cx<'_>, remote: &Remote, of: &str, refused: Option<&str>) -> Result<Effect> {
    let now = cx.now;
    if !records::acknowledge_one(cx.tx, &remote.code, of, refused, now)? {
        return Err(Refusal::field("of", "unknown", format!("本市没有发过编号为 {of} 的消息")).into());
    }
    Ok(Effect::Done)
}

/// A status there leads to a move of the law here, or to none.
fn happen(cx: &mut Cx<'_>, case: &CaseRow, effect: RemoteEffect, words: &str, late: bool) -> Result<()> {
    let status = moving::load(cx, &case.number)?.demand.status;
    match effect {
        RemoteEffect::Nothing => Ok(()),
        RemoteEffect::Urge => moving::note(cx, &case.number, Some(&format!("催办：{words}"))),
        RemoteEffect::Withdraw if status == Status::Withdrawn => Ok(()),
        RemoteEffect::Withdraw => make(cx, &case.number, Move::Withdraw, json!({ "reason": line(words) })),
        // Something newer has come since; to send the case back now would undo it.
        RemoteEffect::Redo if late => Ok(()),
        RemoteEffect::Redo => make(cx, &case.number, Move::Redo, json!({ "reason": words })),
    }
}

fn line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// The remote closed its case: its call-back counts here where one is due, and its words are kept.
fn closed_there(
    cx: &mut Cx<'_>,
    remote: &Remote,
    case: &CaseRow,
    note: Option<&str>,
    heard: Option<&Heard>,
) -> Result<()> {
    let status = moving::load(cx, &case.number)?.demand.status;
    let words = note.map(|note| format!("：{note}")).unwrap_or_default();
    match heard.filter(|_| status == Status::Replied) {
        Some(heard) => {
            let input = json!({ "reached": true, "solved": heard.solved, "grade": heard.grade.code(),
                "note": format!("{}回访{words}", remote.name) });
            make(cx, &case.number, Move::Callback, input)
        }
        None => moving::note(cx, &case.number, Some(&format!("{}已办结{words}", remote.name))),
    }
}

fn make(cx: &mut Cx<'_>, number: &str, make: Move, input: Value) -> Result<()> {
    let mut fields: Map<String, Value> = input.as_object().cloned().unwrap_or_default();
    let version = moving::load(cx, number)?.demand.version;
    fields.insert("version".into(), version.into());
    moving::make(cx, number, make, &fields).map(drop)
}

/// When a rejected message's reasons are shown.
pub fn reasons(row: &Incoming) -> Vec<Rejected> {
    row.reasons.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// An instant for messages.
pub fn written(cx: &Cx<'_>, at: Instant) -> String {
    at.rfc3339(&cx.app.city().zone)
}
