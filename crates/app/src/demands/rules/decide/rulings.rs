//! What a unit may ask for and who rules on it: 退件异议, 延期, 中止计时.

use jiff::civil::Date;
use kernel::{Instant, Refusal, Result};

use super::clocking::{OF_THE_WORK, extend, pause, running, start, stop};
use super::sorting::{OF_THE_UNITS, ground, hand_to};
use super::{Change, Deciding, together};
use crate::city::{ClockKind, GroundKind};
use crate::demands::rules::case::{Case, Request, Ruling};
use crate::demands::rules::clocks;
use crate::demands::rules::fields::Given;
use crate::demands::rules::vocabulary::{ClockName, ProceedingKind, RequestKind, Status};
use kernel::worktime::Limit;

/// Whether this unit may still object: once per unit and demand, within its working day from the assignment on.
pub(super) fn may_object(case: &Case, by: &Deciding<'_>) -> Result<(), Refusal> {
    let unit = by.actor.unit.as_deref().unwrap_or_default();
    if case.pending(RequestKind::Objection).is_some() {
        return Err(Refusal::field("move", "pending", "已经提出异议，等待裁定"));
    }
    if case.requests.iter().any(|request| request.kind == RequestKind::Objection && request.unit == unit) {
        return Err(Refusal::field("move", "only_once", "每个单位对一件诉求只能提一次异议，裁定为准"));
    }
    let names = [ClockName::Sign, ClockName::Part];
    let asked = case.clocks.iter().rev().find(|c| c.unit.as_deref() == Some(unit) && names.contains(&c.name));
    let limit = by.clocks.rule(ClockKind::Objection).limit;
    let until = asked.and_then(|clock| by.calendar.due(clock.started_at, limit).ok());
    match until {
        Some(until) if by.now <= until.at => Ok(()),
        _ => {
            let message = format!("已经超过提出异议的时限（交办后 {}）", limit.label());
            Err(Refusal::field("move", "too_late", message))
        }
    }
}

pub(super) fn object(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let ground = given.text("ground").map(|code| ground(GroundKind::Objection, &code, by));
    let reason = given.text("reason").or_else(|| ground.clone());
    let Some(reason) = reason else {
        return Err(Refusal::field("reason", "required", "请选择异议情形，或者写明理由").into());
    };
    let request = asked(case, RequestKind::Objection, (ground, reason), by);
    case.requests.push(Request { suggested: given.text("suggested_unit"), ..request });
    start(case, ClockName::ObjectionRuling, None, by)?;
    Ok(Change::default())
}

/// 裁定: upheld, the demand goes to another unit or back to be assigned; not upheld, the unit goes on.
pub(super) fn rule_objection(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let upheld = given.flag("upheld").unwrap_or(false);
    let (unit, reason) = (given.text("lead_unit"), given.needed("reason"));
    if !upheld && unit.is_some() {
        return Err(Refusal::field("lead_unit", "contradiction", "异议不成立，就不改派").into());
    }
    let objector = case.pending(RequestKind::Objection).map(|request| request.unit.clone()).unwrap_or_default();
    rule(case, RequestKind::Objection, (upheld, Some(reason.clone())), by);
    stop(case, &[ClockName::ObjectionRuling], by.now);
    let was_lead = case.demand.lead_unit.as_deref() == Some(&objector);
    let to = match (upheld, was_lead, unit) {
        (false, ..) => None,
        (true, true, Some(unit)) if unit == objector => {
            return Err(Refusal::field("lead_unit", "unchanged", "异议成立，要改给另一个单位").into());
        }
        (true, true, Some(unit)) => {
            hand_to(case, &unit, (None, format!("异议裁定：{reason}")), given, by)?;
            Some(Status::Assigned)
        }
        (true, true, None) => {
            take_back(case, by)?;
            Some(Status::Triaged)
        }
        (true, false, Some(_)) => {
            let message = "提出异议的是协办单位，牵头单位不变；要另找协办，请发起会商";
            return Err(Refusal::field("lead_unit", "not_lead", message).into());
        }
        (true, false, None) => {
            super::release(case, |part| part.unit == objector, by.now);
            None
        }
    };
    Ok(Change {
        to,
        note: Some(format!("裁定：异议{}。{reason}", if upheld { "成立" } else { "不成立" })),
        ..Change::default()
    })
}

/// Back to whoever assigns: nobody answers for it until it is assigned again.
fn take_back(case: &mut Case, by: &Deciding<'_>) -> Result<()> {
    super::leave_unit(case, "异议成立", by)?;
    stop(case, OF_THE_UNITS, by.now);
    case.demand.lead_unit = None;
    case.demand.held_since = by.now;
    start(case, ClockName::Dispatch, None, by)?;
    Ok(())
}

/// Whether more time may still be asked for: so often, before the last day, while it is not late.
pub(super) fn may_request_extension(case: &Case, by: &Deciding<'_>) -> Result<(), Refusal> {
    let rule = &by.clocks.extension;
    let round = case.demand.round;
    let asked = case.requests.iter().filter(|r| r.kind == RequestKind::Extension && r.round == round).count();
    if asked >= rule.max_count as usize {
        return Err(Refusal::field("move", "only_once", format!("每件最多申请延期 {} 次", rule.max_count)));
    }
    let Some(clock) = running(case, ClockName::Handle) else {
        return Err(Refusal::field("move", "no_clock", "没有在走的办理时限"));
    };
    if clock.paused_since().is_some() {
        return Err(Refusal::field("move", "paused", "已经中止计时，恢复以后再申请延期"));
    }
    if by.now > clock.due_at
        || by.calendar.working_days_left(by.now, clock.due_at) < i64::from(rule.request_before_working_days)
    {
        let message = format!("延期要在到期前 {} 个工作日提出", rule.request_before_working_days);
        return Err(Refusal::field("move", "too_late", message));
    }
    Ok(())
}

pub(super) fn request_extension(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let days = given.number("days").unwrap_or(1);
    let first = running(case, ClockName::Handle).map_or(0, |clock| match clocks::read(&clock.limit) {
        Some(Limit::WorkingDays(days)) => days,
        Some(Limit::WorkingMinutes(_)) => 1,
        None => {
            let date = |at: Instant| -> Date { by.calendar.date_at(at) };
            by.calendar.working_days_between(date(clock.started_at), date(clock.due_at)).try_into().unwrap_or(0)
        }
    });
    let most = (f64::from(first) * by.clocks.extension.max_ratio).floor().max(1.0);
    if f64::from(days) > most {
        return Err(Refusal::field("days", "too_long", format!("延长不能超过原时限，最多 {most:.0} 个工作日")).into());
    }
    let ground = given.text("ground").map(|code| ground(GroundKind::Extension, &code, by));
    let request = asked(case, RequestKind::Extension, (ground, given.needed("reason")), by);
    case.requests.push(Request { days: Some(days), ..request });
    start(case, ClockName::ExtensionRuling, None, by)?;
    Ok(Change::default())
}

pub(super) fn rule_extension(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let (granted, reason) = (given.flag("granted").unwrap_or(false), given.text("reason"));
    if !granted && reason.is_none() {
        return Err(Refusal::field("reason", "required", "不同意的，请写明审批意见").into());
    }
    let days = case.pending(RequestKind::Extension).and_then(|request| request.days).unwrap_or(0);
    rule(case, RequestKind::Extension, (granted, reason), by);
    stop(case, &[ClockName::ExtensionRuling], by.now);
    if !granted {
        return Ok(Change::default());
    }
    extend(case, ClockName::Handle, days, by)?;
    let due = running(case, ClockName::Handle).map(|clock| kernel::worktime::full_text(by.calendar, clock.due_at));
    let notice =
        format!("您的诉求需要更多时间，经批准延长 {days} 个工作日，新的答复期限是 {}。", due.unwrap_or_default());
    Ok(Change { notice: by.clocks.extension.tell_submitter.then_some(notice), ..Change::default() })
}

/// 中止计时 on one of four grounds, with its evidence, for no longer than the city allows.
pub(super) fn suspend(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    if running(case, ClockName::Handle).is_some_and(|clock| by.now > clock.due_at) {
        return Err(Refusal::field("move", "overdue", "已经逾期，不能再中止计时").into());
    }
    let most = Limit::WorkingDays(by.clocks.suspension.max_working_days);
    let most = by.calendar.due(by.now, most)?.at;
    let until = match given.text("until") {
        None => most,
        Some(date) => clocks::due_on(&date, by).map_err(|error| renamed(error, "until"))?.due_at,
    };
    if until > most {
        let days = by.clocks.suspension.max_working_days;
        return Err(Refusal::field("until", "too_long", format!("最长中止 {days} 个工作日")).into());
    }
    let ground = ground(GroundKind::Suspension, &given.needed("ground"), by);
    together::put(case, ProceedingKind::Suspension, ground.clone(), given.needed("evidence"), by);
    if let Some(suspension) = case.proceedings.last_mut() {
        suspension.until = Some(until);
    }
    pause(case, OF_THE_WORK, by.now);
    let notice = format!(
        "您的诉求因“{ground}”暂停计算办理时间，最迟到 {} 恢复。",
        kernel::worktime::full_text(by.calendar, until)
    );
    Ok(Change { notice: Some(notice), ..Change::default() })
}

fn renamed(error: kernel::Error, field: &str) -> kernel::Error {
    match error {
        kernel::Error::Refused(mut refusal) => {
            refusal.errors.iter_mut().for_each(|error| error.field = field.to_owned());
            refusal.into()
        }
        fault => fault,
    }
}

pub(super) fn resume(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    together::end_suspension(case, by)?;
    Ok(Change { note: given.text("note").map(|note| format!("恢复计时：{note}")), ..Change::default() })
}

fn asked(case: &Case, kind: RequestKind, (ground, reason): (Option<String>, String), by: &Deciding<'_>) -> Request {
    Request {
        kind,
        unit: by.actor.unit.clone().unwrap_or_default(),
        by_name: by.actor.signature(),
        round: case.demand.round,
        ground,
        reason,
        suggested: None,
        days: None,
        at: by.now,
        ruling: None,
    }
}

/// Rules on every request of a kind that waits.
pub(super) fn rule(case: &mut Case, kind: RequestKind, (granted, reason): (bool, Option<String>), by: &Deciding<'_>) {
    for request in case.requests.iter_mut().filter(|r| r.kind == kind && r.ruling.is_none()) {
        request.ruling = Some(Ruling { granted, reason: reason.clone(), by_name: by.actor.signature(), at: by.now });
    }
}
