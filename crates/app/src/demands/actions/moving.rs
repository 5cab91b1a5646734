//! Handling: the moves of the law, internal notes, the submitter's rating and withdrawal, unmasking.

use kernel::error::Checker;
use kernel::{Actor, Error, Permission, Refusal, Result};
use serde_json::{Map, Value};
use store::RecordedEntry;

use super::intake::deciding;
use super::together;
use crate::context::Cx;
use crate::demands::rules::case::{Case, Demand};
use crate::demands::rules::decide;
use crate::demands::rules::fields::{self, Given, Reading};
use crate::demands::rules::moves::{By, Move, Row};
use crate::demands::rules::vocabulary::{Grade, Status};
use crate::demands::{checks, codes, records, sight, stream, track};
use crate::{people, processes, units};

/// Makes a move on the demand of `number`, of which the actor saw `version`.
pub fn make(cx: &mut Cx<'_>, number: &str, make: Move, input: &Map<String, Value>) -> Result<Case> {
    let weighed = weigh(cx, number, make, input)?;
    keep(cx, make, weighed)
}

/// Saves what was weighed.
pub(super) fn keep(cx: &mut Cx<'_>, make: Move, weighed: Weighed) -> Result<Case> {
    let Weighed { before, case, change, given } = weighed;
    let decision = track::decision(cx, &before, &case.demand, make)?;
    if !records::update(cx.tx, &case, &before, cx.now)? {
        let message = "就在刚才，别人先改了这件诉求；您填写的内容都还在，请核对后再提交";
        return Err(Refusal::conflict(before.demand.version + 1, message).into());
    }
    if let Some(decision) = &decision {
        track::keep(cx, &before.demand, decision)?;
    }
    save_change(cx, &case.demand, change)?;
    together::tell_voices(cx, &before.demand, &case)?;
    record_move(cx, &before.demand, &case, make, &given)?;
    Ok(case)
}

/// A move that the law allows, with what it would change; nothing is saved.
pub struct Weighed {
    /// The demand as it stands.
    pub before: Case,
    /// The demand as it would stand.
    pub case: Case,
    /// What the move would add.
    pub change: decide::Change,
    given: Given,
}

/// What a move would do, or why it is refused; [`make`] is this and saving it.
pub fn weigh(cx: &mut Cx<'_>, number: &str, make: Move, input: &Map<String, Value>) -> Result<Weighed> {
    let before = load(cx, number)?;
    let version = version_of(input)?;
    if version != before.demand.version {
        let message = "您打开之后，这件诉求有了新的变化；您填写的内容都还在，请核对后再提交";
        return Err(Refusal::conflict(before.demand.version, message).into());
    }
    weigh_case(cx, before, make, input)
}

/// Like [`weigh`], for somebody who only looks: on whatever version stands.
pub fn weigh_latest(cx: &mut Cx<'_>, number: &str, make: Move, input: &Map<String, Value>) -> Result<Weighed> {
    let before = load(cx, number)?;
    weigh_case(cx, before, make, input)
}

/// What a move would do to a case as it would stand after the moves before it; whoever asks has looked at the version.
pub fn weigh_case(cx: &mut Cx<'_>, before: Case, make: Move, input: &Map<String, Value>) -> Result<Weighed> {
    let row = decide::find_row(&before, make)?;
    decide::allowed(row, &before, cx.actor)?;
    if is_own_affair(row, &cx.tx.history(&stream(&before.demand.number))?, cx.actor) {
        let message = "这件诉求是您自己办的或者申请的（本人或代办），要由别人来做";
        return Err(Refusal::forbidden(message).into());
    }
    let given = read_fields(cx, row, &before, input)?;
    let mut case = before.clone();
    let (calendar, governing) = (cx.app.calendar(), processes::governing(cx, case.demand.id)?);
    let change = decide::decide(&mut case, row, &given, &deciding(cx, &calendar, &governing.clocks))?;
    Ok(Weighed { before, case, change, given })
}

/// Whether the account of `actor` itself did what the move of `row` is to judge, in whose name ever: who stood in for the
/// handler is no independent caller, and nobody rules on what they asked for in another's place.
pub(super) fn is_own_affair(row: &Row, history: &[RecordedEntry], actor: &Actor) -> bool {
    let acts: &[Move] = match row.by {
        By::IndependentDispatcher => {
            &[Move::Acknowledge, Move::FirstContact, Move::Reply, Move::AnswerAtOnce, Move::Object]
        }
        By::Approver => &[Move::RequestExtension],
        _ => return false,
    };
    let own = |entry: &&RecordedEntry| actor.account.is_some() && entry.actor_id == actor.account;
    history.iter().filter(own).any(|entry| acts.iter().any(|make| make.code() == entry.act))
}

fn read_fields(cx: &mut Cx<'_>, row: &Row, case: &Case, input: &Map<String, Value>) -> Result<Given> {
    let units = units::names(cx)?;
    let (today, now) = (cx.today(), cx.now);
    let unit = |text: &str| units.resolve_handler(text, now);
    // Looked up before the fields are read, because reading is pure.
    let named = input.get("into").and_then(Value::as_str).map(str::trim).filter(|_| row.make == Move::Merge);
    let target = named.map(|number| together::target(cx, case, number)).transpose()?;
    let demand = |_: &str| target.clone().unwrap_or_else(|| Err("没有这件诉求".to_owned()));
    Ok(fields::read(row, input, &Reading { city: cx.app.city(), today, unit: &unit, demand: &demand })?)
}

/// The demand of a number with what the law looks at, for somebody who may see it.
pub fn load(cx: &mut Cx<'_>, number: &str) -> Result<Case> {
    let hidden = || Error::from(Refusal::not_found("没有这件诉求，或者不在您的查看范围内"));
    let demand = records::by_number(cx.tx, number)?.ok_or_else(hidden)?;
    if !sight::sees(cx, &demand)? {
        return Err(hidden());
    }
    let case = records::case(cx.tx, demand)?;
    let open_checks = checks::open(cx, &case)?;
    Ok(Case { open_checks, ..case })
}

fn version_of(input: &Map<String, Value>) -> Result<i64> {
    let version = match input.get("version") {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    version.ok_or_else(|| Refusal::field("version", "required", "请带上您看到的版本号（version，整数）").into())
}

fn save_change(cx: &mut Cx<'_>, demand: &Demand, change: decide::Change) -> Result<()> {
    if let Some(reply) = change.reply {
        let reply = written(cx, reply);
        records::insert_reply(cx.tx, demand, &reply)?;
    }
    if let Some(callback) = change.callback {
        let callback = written(cx, callback);
        records::insert_callback(cx.tx, demand, &callback)?;
    }
    if let Some(note) = change.note {
        let note = written(cx, note);
        records::insert_note(cx.tx, demand.id, &note)?;
    }
    if let Some(notice) = change.notice {
        records::insert_notice(cx.tx, demand.id, &notice, cx.now)?;
    }
    Ok(())
}

fn written<T>(cx: &Cx<'_>, what: T) -> records::Written<T> {
    records::Written { what, unit: cx.actor.unit.clone(), by_name: cx.actor.signature(), at: cx.now }
}

fn record_move(cx: &mut Cx<'_>, before: &Demand, case: &Case, make: Move, given: &Given) -> Result<()> {
    let mut entries: Vec<(&str, String)> = given.iter().map(|(name, value)| (name, value.to_owned())).collect();
    entries.push(("from", before.status.code().to_owned()));
    entries.push(("to", case.demand.status.code().to_owned()));
    entries.push(("version", case.demand.version.to_string()));
    if let Some(clock) = case.next_clock() {
        let due = clock.due_at.rfc3339(&cx.app.city().zone);
        entries.push(("due", format!("{} {} {due}", clock.name.code(), clock.limit)));
    }
    cx.record(&stream(&case.demand.number), make.code(), entries)
}

/// Adds an internal note.
pub fn note(cx: &mut Cx<'_>, number: &str, text: Option<&str>) -> Result<()> {
    people::require(cx.actor, Permission::Desk)?;
    let case = load(cx, number)?;
    let mut check = Checker::default();
    let text = check.text("text", "内部记录", text, 4000);
    check.done()?;
    let note = written(cx, text.clone());
    records::insert_note(cx.tx, case.demand.id, &note)?;
    cx.record(&stream(number), "note", vec![("text", text)])
}

/// The demand of a number, for whoever holds its code; a wrong code and an unknown number look the same.
pub fn by_code(cx: &mut Cx<'_>, number: &str, code: &str) -> Result<Demand> {
    let number = number.trim().to_ascii_uppercase();
    let fits = codes::matches(cx.app.secret(), &number, code);
    let demand = records::by_number(cx.tx, &number)?.filter(|_| fits);
    demand.ok_or_else(|| Refusal::not_found("没有查到：请核对编号和查询码").into())
}

/// What the submitter says of how it was handled.
pub struct RatingInput {
    /// One of the five grades.
    pub grade: Option<String>,
    /// Reasons that were ticked.
    pub reasons: Vec<String>,
    /// Free text.
    pub text: Option<String>,
}

/// Rates the handling, once per round, by whoever holds the code.
pub fn rate(cx: &mut Cx<'_>, number: &str, code: &str, input: &RatingInput) -> Result<()> {
    let demand = by_code(cx, number, code)?;
    let handled = together::handled(cx, &demand)?;
    if !matches!(handled.status, Status::Replied | Status::Closed) {
        return Err(Refusal::field("grade", "not_allowed", "还没有答复，答复之后就可以评价").into());
    }
    let mut check = Checker::default();
    let grade = input.grade.as_deref().and_then(Grade::from_code);
    if grade.is_none() {
        let labels: Vec<&str> = Grade::ALL.iter().map(|g| g.label()).collect();
        check.wrong("grade", "required", format!("请选择满意度：{}", labels.join("、")));
    }
    let text = check.optional_text("text", "评价内容", input.text.as_deref(), 2000);
    let reasons = check.optional_text("reasons", "理由", Some(&input.reasons.join("\n")), 500).unwrap_or_default();
    check.done()?;
    let Some(grade) = grade else { return Ok(()) };
    let reasons_list = reasons.lines().map(str::to_owned).collect();
    let rating = records::Rating { grade, reasons: reasons_list, text: text.clone(), at: cx.now };
    if !records::insert_rating(cx.tx, &demand, &rating)? {
        return Err(Refusal::new(kernel::RefusalKind::Conflict { current: None }, "这次办理已经评价过了").into());
    }
    let mut fields = vec![("grade", grade.code().to_owned()), ("reasons", reasons)];
    fields.extend(text.map(|text| ("text", text)));
    cx.record(&stream(&demand.number), "rate", fields)
}

/// Withdraws a demand, by whoever holds its code: the submitter's own act, at any stage before the end.
pub fn withdraw_by_code(cx: &mut Cx<'_>, number: &str, code: &str, reason: Option<&str>) -> Result<()> {
    let demand = by_code(cx, number, code)?;
    let mut check = Checker::default();
    let reason = check.text("reason", "撤回理由", reason, 200);
    check.done()?;
    let before = records::case(cx.tx, demand)?;
    let mut case = before.clone();
    let (calendar, governing) = (cx.app.calendar(), processes::governing(cx, case.demand.id)?);
    decide::withdraw_by_submitter(&mut case, &deciding(cx, &calendar, &governing.clocks))?;
    if !records::update(cx.tx, &case, &before, cx.now)? {
        return Err(Refusal::conflict(before.demand.version + 1, "就在刚才，这件诉求有了新的变化，请刷新后再试").into());
    }
    let fields = vec![("reason", reason), ("from", before.demand.status.code().to_owned())];
    cx.record(&stream(&case.demand.number), "withdraw_by_submitter", fields)
}

/// Shows the contact's phone number and the like unmasked, to somebody who gives a reason; the ledger keeps the reason.
pub fn unmask(cx: &mut Cx<'_>, number: &str, reason: Option<&str>) -> Result<Demand> {
    people::require(cx.actor, Permission::Unmask)?;
    let case = load(cx, number)?;
    let mut check = Checker::default();
    let reason = check.text("reason", "查看理由", reason, 200);
    check.done()?;
    cx.record(&stream(number), "unmask", vec![("reason", reason)])?;
    Ok(case.demand)
}

/// Erases whom to call, on the person's demand (个人信息保护法 47 条): the row loses it, the ledger keeps only the commitments,
/// and who erased what for which reason is an entry of its own. The chain holds.
pub fn erase_contact(cx: &mut Cx<'_>, number: &str, reason: Option<&str>) -> Result<()> {
    people::require(cx.actor, Permission::Dispatch)?;
    let case = load(cx, number)?;
    let mut check = Checker::default();
    let reason = check.text("reason", "删除理由", reason, 200);
    check.done()?;
    let said = &case.demand.said;
    if said.contact_name.is_none() && said.contact_phone.is_none() && said.contact_email.is_none() {
        return Err(Refusal::field("reason", "nothing_left", "这件诉求没有留联系方式，或者已经删除").into());
    }
    records::forget_contact(cx.tx, case.demand.id)?;
    let stream = stream(number);
    for entry in cx.tx.history(&stream)? {
        let personal = entry.fields.iter().filter(|f| f.name.starts_with("contact_") && f.value.is_some());
        for field in personal {
            cx.tx.erase(cx.actor, cx.now, &stream, entry.seq, &field.name, &reason)?;
        }
    }
    Ok(())
}
