//! Telling a remote: messages are made of the ledger of the demands that it handed over, numbered without gaps, kept until
//! it says that it has them, and given again as often as it asks.

use kernel::{Actor, Instant, Refusal, Result};
use serde_json::{Map, Value, json};

use super::{remote, stream, taking};
use crate::city::Remote;
use crate::context::{App, Cx};
use crate::demands;
use crate::demands::actions::viewing;
use crate::demands::rules::vocabulary::Status;
use crate::exchange::records::{self, CaseRow, Outgoing};
use crate::exchange::rules::outgoing::{self, Act, Telling};
use crate::exchange::rules::package::{self, CONTRACT, FROM_CITY, Header};
use crate::exchange::rules::signature;

/// Cases that one transaction looks at.
const BATCH: usize = 200;
/// Messages of one package at most, unless fewer are asked for.
pub const PACKAGE_MOST: usize = 5_000;
/// How far back the minutely look goes; what is older is found when somebody asks, and every hour.
const RECENTLY: i64 = 1_800;

/// A message that is to be told.
pub struct New<'a> {
    /// Its name; one that was told before is not told again.
    pub id: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// The case there.
    pub case: &'a str,
    /// What it says beside that.
    pub body: Value,
}

/// Puts a message among those that a remote is told, in this transaction.
pub fn push(cx: &mut Cx<'_>, remote: &Remote, new: &New<'_>) -> Result<()> {
    push_at(cx, remote, new, cx.now)
}

fn push_at(cx: &mut Cx<'_>, remote: &Remote, new: &New<'_>, at: Instant) -> Result<()> {
    if records::made(cx.tx, &remote.code, new.id)?.is_some() {
        return Ok(());
    }
    let sequence = records::next_sequence(cx.tx, &remote.code)?;
    let mut fields: Map<String, Value> = new.body.as_object().cloned().unwrap_or_default();
    fields.retain(|_, value| !value.is_null());
    fields.insert("id".into(), new.id.into());
    fields.insert("kind".into(), new.kind.into());
    fields.insert("sequence".into(), sequence.into());
    fields.insert("at".into(), taking::written(cx, at).into());
    if !new.case.is_empty() {
        fields.insert("case".into(), new.case.into());
    }
    let row = Outgoing {
        sequence,
        message: new.id.to_owned(),
        kind: new.kind.to_owned(),
        case: new.case.to_owned(),
        body: Value::Object(fields).to_string(),
        at: cx.now,
        refused: None,
    };
    records::insert_outgoing(cx.tx, &remote.code, &row)
}

/// Makes the messages that follow from what was done lately; safe on several servers at once.
pub fn settle_recent(app: &App) -> Result<()> {
    if app.city().remotes.is_empty() {
        return Ok(());
    }
    settle(app, Some(app.now().plus_seconds(-RECENTLY)))
}

/// Makes every message that is due.
pub fn settle_all(app: &App) -> Result<()> {
    settle(app, None)
}

fn settle(app: &App, since: Option<Instant>) -> Result<()> {
    loop {
        // Read beside the writers: nearly always nothing is due, and a look at every case must hold up nobody.
        let due = app.read_now(&Actor::system(), move |cx| records::behind(cx.tx, since, BATCH))?;
        if due.is_empty() {
            return Ok(());
        }
        let cases: Vec<(String, String)> = due.into_iter().map(|case| (case.remote, case.case)).collect();
        app.write_now(&Actor::system(), move |cx| {
            for (remote, case) in &cases {
                // As it stands now: another server may have told it meanwhile.
                if let Some(case) = records::case(cx.tx, remote, case)? {
                    tell(cx, case)?;
                }
            }
            Ok(())
        })?;
    }
}

/// Tells a remote what has happened to one of its cases.
fn tell(cx: &mut Cx<'_>, case: CaseRow) -> Result<()> {
    let name = demands::stream(&case.number);
    let history = cx.tx.history(&name)?;
    let last = history.last().map_or(case.ledger_seq, |entry| entry.seq);
    if last <= case.ledger_seq {
        return Ok(());
    }
    let acts: Vec<Act> = history
        .iter()
        .map(|entry| Act {
            seq: entry.seq,
            at: entry.at,
            act: entry.act.clone(),
            to: entry.value("to").and_then(Status::from_code),
            unit: entry.value("lead_unit").map(str::to_owned),
        })
        .collect();
    let mut after = CaseRow { ledger_seq: last, ..case.clone() };
    // A remote that the profile no longer knows is told nothing; its cases stay.
    if let Some(remote) = cx.app.city().remote(&case.remote).cloned() {
        let mut tellings = outgoing::tellings(&case.number, &acts, case.ledger_seq, case.status);
        let whole = viewing::whole(cx, &case.number)?;
        let status = whole.case.demand.status;
        if tellings.last().map(|telling| telling.status).or(case.status) != Some(status) {
            let id = format!("{}-{last}", case.number);
            tellings.push(Telling { id, at: whole.case.demand.held_since, status, unit: None });
        }
        let end = tellings.iter().rposition(|telling| telling.status.is_end());
        for (index, telling) in tellings.iter().enumerate() {
            let mut body = said(&remote, &case, telling, &whole);
            if Some(index) == end {
                close(cx, &whole, &mut body);
            }
            push_at(cx, &remote, &New { id: &telling.id, kind: telling.kind(), case: &case.case, body }, telling.at)?;
        }
        after.status = tellings.last().map(|telling| telling.status).or(case.status);
        after.reply_sm3 = if status.is_end() { reply_digest(&whole) } else { None };
    }
    records::save_case(cx.tx, &after, &name)
}

fn said(remote: &Remote, case: &CaseRow, telling: &Telling, whole: &viewing::Whole) -> Value {
    let code = telling.status.code();
    let unit = telling.unit.as_deref().map(|unit| whole.units.short_name(unit).to_owned());
    json!({ "number": case.number, "status": remote.told(code), "status_label": remote.label(remote.told(code)),
        "city_status": code, "city_status_label": telling.status.label(), "unit": unit })
}

/// 结果与答复: what came of it, and the reply as the submitter has it.
fn close(cx: &Cx<'_>, whole: &viewing::Whole, body: &mut Value) {
    let demand = &whole.case.demand;
    body["outcome"] = demand.outcome.map(|outcome| outcome.code()).into();
    body["outcome_label"] = demand.outcome.map(|outcome| outcome.label()).into();
    body["note"] = demand.end_note.clone().into();
    if let Some(reply) = whole.replies.last() {
        let what = &reply.what;
        let unit = reply.unit.as_deref().map(|unit| whole.units.short_name(unit));
        body["reply"] = json!({ "policy_reading": what.policy_reading, "measures": what.measures, "opinion": what.opinion,
            "unit": unit, "at": taking::written(cx, reply.at) });
        body["reply_sm3"] = reply_digest(whole).into();
    }
}

fn reply_digest(whole: &viewing::Whole) -> Option<String> {
    let what = &whole.replies.last()?.what;
    let text = outgoing::reply_text(&what.policy_reading, &what.measures, &what.opinion);
    Some(package::sm3(text.as_bytes()))
}

/// Which messages a remote asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// After this number.
    pub after: i64,
    /// Also those that it has acknowledged.
    pub all: bool,
    /// At most so many.
    pub most: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { after: 0, all: false, most: PACKAGE_MOST }
    }
}

/// A package for a remote, and how many messages are in it. Blocks.
pub fn package(app: &App, actor: &Actor, code: &str, wanted: Wanted) -> Result<(String, usize)> {
    let remote = remote(app, actor, code)?.clone();
    settle_all(app)?;
    app.write_now(actor, move |cx| {
        let most = wanted.most.clamp(1, package::MESSAGES_MOST);
        let rows = records::outgoing(cx.tx, &remote.code, wanted.after, !wanted.all, most)?;
        let last = rows.last().map_or(wanted.after, |row| row.sequence);
        let first = rows.first().map_or(last + 1, |row| row.sequence);
        let header = Header {
            contract: CONTRACT.to_owned(),
            remote: remote.code.clone(),
            direction: FROM_CITY.to_owned(),
            package: format!("{}-{first}-{last}", remote.code),
            sequence: last,
            first: Some(first),
            count: 0,
            sm3: String::new(),
            made_at: taking::written(cx, cx.now),
            received: Some(records::received(cx.tx, &remote.code)?),
            mac: None,
        };
        let lines: Vec<String> = rows.into_iter().map(|row| row.body).collect();
        if !lines.is_empty() {
            let fields = vec![("package", header.package.clone()), ("messages", lines.len().to_string())];
            cx.record(&stream(&remote.code), "exchange_send", fields)?;
        }
        let key = signature::key(cx.app.secret(), &remote);
        Ok((package::seal(&header, &lines, Some(&key)), lines.len()))
    })
}

/// The key under which packages of the remote `code` are signed; whoever takes it is recorded.
pub fn key(cx: &mut Cx<'_>, code: &str) -> Result<String> {
    let remote = remote(cx.app, cx.actor, code)?.clone();
    cx.record(&stream(&remote.code), "exchange_key", vec![("key_version", remote.key_version.to_string())])?;
    Ok(signature::key(cx.app.secret(), &remote))
}

/// A remote says up to which number it has our messages; how many of them it had not acknowledged before.
pub fn receive(cx: &mut Cx<'_>, code: &str, through: i64) -> Result<u64> {
    let code = remote(cx.app, cx.actor, code)?.code.clone();
    let last = records::last_sequence(cx.tx, &code)?;
    if !(0..=last).contains(&through) {
        let message = format!("本市发给它的消息编到第 {last} 号，回执不能是第 {through} 号");
        return Err(Refusal::field("through", "unknown", message).into());
    }
    let acknowledged = acknowledge_through(cx, &code, through)?;
    if acknowledged > 0 {
        let fields = vec![("through", through.to_string()), ("messages", acknowledged.to_string())];
        cx.record(&stream(&code), "exchange_receipt", fields)?;
    }
    Ok(acknowledged)
}

/// Marks what a remote has; a number beyond the last says no more than the last.
pub fn acknowledge_through(cx: &mut Cx<'_>, code: &str, through: i64) -> Result<u64> {
    records::acknowledge(cx.tx, code, through, cx.now)
}
