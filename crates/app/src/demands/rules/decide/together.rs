//! Several units on one demand: 会商, 协办意见, 会办, 阶段报告; and several demands as one: 并入, 拆分.

use kernel::{Id, Refusal, Result};

use super::clocking::{pause, resume, start, stop, stop_one};
use super::sorting::ask;
use super::{Change, Deciding};
use crate::demands::rules::case::{Case, Merged, Proceeding};
use crate::demands::rules::fields::Given;
use crate::demands::rules::vocabulary::{ClockName, MeetingKind, PartKind, ProceedingKind, Route};

/// Puts a decision on the record.
pub(super) fn put(case: &mut Case, kind: ProceedingKind, heading: String, text: String, by: &Deciding<'_>) {
    case.proceedings.push(Proceeding {
        kind,
        heading,
        text,
        by_name: by.actor.signature(),
        unit: by.actor.unit.clone(),
        at: by.now,
        until: None,
        ended_at: None,
        result: None,
    });
}

/// 会商: who is asked what, by when.
pub(super) fn consult(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let (units, question) = (given.units("units"), given.needed("question"));
    if units.iter().any(|unit| Some(unit) == case.demand.lead_unit.as_ref()) {
        return Err(Refusal::field("units", "is_lead", "牵头单位是问的一方，不用再征求它的意见").into());
    }
    let (due_on, mandatory) = (given.text("due_on"), given.flag("mandatory").unwrap_or(true));
    put(case, ProceedingKind::Consultation, "会商".to_owned(), question.clone(), by);
    for unit in units {
        ask(case, PartKind::Consultation, &unit, question.clone(), (mandatory, due_on.as_deref()), by)?;
    }
    Ok(Change::default())
}

/// 协办意见: recorded as stated; it answers the oldest thing that the unit still owes.
pub(super) fn give_opinion(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let unit = by.actor.unit.clone().unwrap_or_default();
    let owed = case.parts.iter_mut().find(|part| part.open() && part.unit == unit);
    let part = owed.ok_or_else(|| Refusal::forbidden("没有要你单位反馈的事项"))?;
    part.acknowledged_at.get_or_insert(by.now);
    part.opinion = given.text("opinion");
    part.stance = given.word("stance");
    part.by_name = Some(by.actor.signature());
    part.answered_at = Some(by.now);
    let clock = part.clock;
    stop_one(case, clock, by.now);
    Ok(Change::default())
}

/// 会商结论: who did not answer in time is named in it; who may still answer is waited for.
pub(super) fn conclude(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let waiting = |part: &&crate::demands::rules::case::Part| {
        part.open() && part.kind == PartKind::Consultation && part.mandatory
    };
    let in_time = |clock: usize| case.clocks.get(clock).is_some_and(|clock| by.now <= clock.due_at);
    if case.parts.iter().filter(waiting).any(|part| in_time(part.clock)) {
        let message = "还有单位没有答复，也没有到期；等答复齐了或者到期以后再形成结论";
        return Err(Refusal::field("conclusion", "too_early", message).into());
    }
    let silent: Vec<(usize, String)> = case
        .parts
        .iter_mut()
        .filter(|part| part.open() && part.kind == PartKind::Consultation)
        .map(|part| {
            part.released_at = Some(by.now);
            (part.clock, part.unit.clone())
        })
        .collect();
    for (clock, _) in &silent {
        stop_one(case, *clock, by.now);
    }
    let agreed = given.flag("agreed").unwrap_or(false);
    let mut result = format!("{}：{}", if agreed { "达成一致" } else { "没有达成一致" }, given.needed("conclusion"));
    if !silent.is_empty() {
        let units: Vec<&str> = silent.iter().map(|(_, unit)| unit.as_str()).collect();
        result.push_str(&format!("（逾期未答复：{}）", units.join("、")));
    }
    end(case, ProceedingKind::Consultation, Some(result), by);
    Ok(Change::default())
}

/// Ends the proceeding of a kind that lasts.
pub(super) fn end(case: &mut Case, kind: ProceedingKind, result: Option<String>, by: &Deciding<'_>) {
    if let Some(lasting) = case.proceedings.iter_mut().rev().find(|p| p.kind == kind && p.ended_at.is_none()) {
        lasting.ended_at = Some(by.now);
        lasting.result = result;
    }
}

/// 会办: its decisions become tasks with owners in the same act, so that no meeting ends without them (S35).
pub(super) fn meet(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let form = given.word::<MeetingKind>("meeting").map_or("会办", |kind| kind.label());
    let heading = format!("{form}（{}）", given.needed("held_on"));
    let text = format!("参加：{}\n议定：{}", given.needed("attendees"), given.needed("minutes"));
    put(case, ProceedingKind::Meeting, heading, text, by);
    for task in given.tasks("tasks") {
        ask(case, PartKind::Task, &task.unit, task.task, (true, task.due_on.as_deref()), by).map_err(|error| {
            match error {
                kernel::Error::Refused(refusal) => Refusal::field("tasks", "due_on", refusal.to_string()).into(),
                fault => fault,
            }
        })?;
    }
    Ok(Change::default())
}

/// 阶段报告, due again and again while a major matter lasts.
pub(super) fn report(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    put(case, ProceedingKind::StageReport, "阶段进展".to_owned(), given.needed("progress"), by);
    stop(case, &[ClockName::StageReport], by.now);
    if case.demand.sorting.route == Some(Route::Special) {
        let unit = case.demand.lead_unit.clone();
        start(case, ClockName::StageReport, unit.as_deref(), by)?;
        if case.lasting(ProceedingKind::Suspension).is_some() {
            pause(case, &[ClockName::StageReport], by.now);
        }
    }
    Ok(Change::default())
}

/// 并入: everything that runs stands still, so that a split takes up where this stopped.
pub(super) fn merge(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let into = given.needed("into").parse().map(Id).map_err(|_| Refusal::field("into", "unknown", "没有这件诉求"))?;
    end_suspension(case, by)?;
    pause(case, ClockName::ALL, by.now);
    case.demand.merged = Some(Merged { into, from: case.demand.status });
    case.demand.held_since = by.now;
    let notice = "有人反映了同一件事，您的诉求与它合并办理。您仍用自己的编号和查询码查进度、看答复、作评价。";
    Ok(Change { notice: Some(notice.to_owned()), ..Change::default() })
}

/// 拆分: it stands where it stood, with its clocks running on.
pub(super) fn split(case: &mut Case, by: &Deciding<'_>) -> Result<Change> {
    let merged = case.demand.merged.take();
    resume(case, by)?;
    case.demand.held_since = by.now;
    let notice = "经核对，您的诉求与合并的那一件不是同一件事，已拆分出来单独办理，此前的编号和进度不变。";
    Ok(Change { to: merged.map(|merged| merged.from), notice: Some(notice.to_owned()), ..Change::default() })
}

/// Ends a suspension, where one lasts.
pub(super) fn end_suspension(case: &mut Case, by: &Deciding<'_>) -> Result<()> {
    if case.lasting(ProceedingKind::Suspension).is_some() {
        end(case, ProceedingKind::Suspension, None, by);
        resume(case, by)?;
    }
    Ok(())
}
