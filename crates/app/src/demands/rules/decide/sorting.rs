//! Sorting and handing over: 研判, 交办, 批示, 提级, and the ways out before an answer.

use kernel::{Refusal, Result};

use super::clocking::{self, start, start_until, stop};
use super::{Change, Deciding, together};
use crate::city::GroundKind;
use crate::demands::rules::case::{Case, Part};
use crate::demands::rules::fields::Given;
use crate::demands::rules::vocabulary::{ClockName, PartKind, ProceedingKind, Route, Status};

/// The clocks of the unit's side, which a new assignment begins anew.
pub(super) const OF_THE_UNITS: &[ClockName] = &[
    ClockName::Dispatch,
    ClockName::Sign,
    ClockName::FirstContact,
    ClockName::Handle,
    ClockName::StageReport,
    ClockName::Callback,
];

pub(super) fn triage(case: &mut Case, given: &Given) -> Result<Change> {
    let decided =
        case.proceedings.iter().any(|p| p.kind == ProceedingKind::Escalation || p.kind == ProceedingKind::Instruction);
    let (before, after) = (case.demand.sorting.route, given.word::<Route>("route"));
    if let (true, Some(before), Some(after)) = (decided, before, after)
        && after.level() < before.level()
    {
        let message = format!("已经提级为“{}”，只有决定这一层级的领导批示才能降级", before.label());
        return Err(Refusal::field("route", "not_yours", message).into());
    }
    let sorting = &mut case.demand.sorting;
    sorting.kind = given.word("kind");
    sorting.theme = given.text("theme");
    sorting.difficulty = given.word("difficulty");
    sorting.breadth = given.word("breadth");
    sorting.policy_weight = given.word("policy_weight");
    sorting.scope = given.word("scope");
    sorting.generality = given.word("generality");
    sorting.policy_axis = given.word("policy_axis");
    sorting.tier = given.word("tier");
    sorting.route = after;
    sorting.urgent = given.flag("urgent").unwrap_or(false);
    Ok(Change { note: given.text("note"), ..Change::default() })
}

/// 交办 by the dispatcher.
pub(super) fn assign(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let unit = given.needed("lead_unit");
    if case.demand.lead_unit.as_ref() == Some(&unit) && case.demand.status != Status::Triaged {
        return Err(Refusal::field("lead_unit", "unchanged", "改派要换一个单位，现在就是它在办").into());
    }
    let basis = given.text("basis").unwrap_or_else(|| "职责分工（谁主管、谁负责）".to_owned());
    hand_to(case, &unit, (given.text("goal"), basis), given, by)?;
    Ok(Change { note: given.text("reason").map(|r| format!("改派：{r}")), ..Change::default() })
}

/// Hands a demand to its lead unit and its co-handlers; every clock of the units' side begins anew.
pub(super) fn hand_to(
    case: &mut Case,
    unit: &str,
    (goal, basis): (Option<String>, String),
    given: &Given,
    by: &Deciding<'_>,
) -> Result<()> {
    let co_units = given.units("co_units");
    if co_units.iter().any(|co| co == unit) {
        return Err(Refusal::field("co_units", "is_lead", "牵头单位不能同时是协办单位").into());
    }
    super::leave_unit(case, "已重新交办", by)?;
    stop(case, OF_THE_UNITS, by.now);
    let demand = &mut case.demand;
    demand.lead_unit = Some(unit.to_owned());
    demand.goal = goal.or_else(|| demand.goal.take());
    demand.basis = Some(basis);
    demand.replied_at = None;
    demand.held_since = by.now;
    start(case, ClockName::Sign, Some(unit), by)?;
    start(case, ClockName::FirstContact, Some(unit), by)?;
    start_until(case, ClockName::Handle, Some(unit), given.text("due_on").as_deref(), by)?;
    if case.demand.sorting.route == Some(Route::Special) {
        start(case, ClockName::StageReport, Some(unit), by)?;
    }
    for co in co_units {
        let task = case.demand.goal.clone().unwrap_or_default();
        ask(case, PartKind::CoHandling, &co, task, (true, None), by)?;
    }
    Ok(())
}

/// Asks a unit for its part, with a clock of its own.
pub(super) fn ask(
    case: &mut Case,
    kind: PartKind,
    unit: &str,
    task: String,
    (mandatory, due_on): (bool, Option<&str>),
    by: &Deciding<'_>,
) -> Result<()> {
    let clock = start_until(case, ClockName::Part, Some(unit), due_on, by)?;
    case.parts.push(Part {
        kind,
        unit: unit.to_owned(),
        task,
        mandatory,
        clock,
        asked_at: by.now,
        acknowledged_at: None,
        opinion: None,
        stance: None,
        by_name: None,
        answered_at: None,
        released_at: None,
    });
    Ok(())
}

/// 签收: the lead's brings the demand into work; a co-handler signs for its own part.
pub(super) fn acknowledge(case: &mut Case, by: &Deciding<'_>) -> Change {
    let unit = by.actor.unit.clone().unwrap_or_default();
    for part in case.parts.iter_mut().filter(|part| part.open() && part.unit == unit) {
        part.acknowledged_at.get_or_insert(by.now);
    }
    let leads = case.demand.lead_unit.as_deref() == Some(&unit);
    if leads {
        clocking::stop_of(case, &[ClockName::Sign], &unit, by.now);
    }
    let to = (leads && case.demand.status == Status::Assigned).then_some(Status::InProgress);
    Change { to, ..Change::default() }
}

/// 领导批示: what is to be done, and, where a unit is named, by whom. Only whoever decides on a level sends down from it.
pub(super) fn instruct(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let instruction = given.needed("instruction");
    if let Some(route) = given.word::<Route>("route") {
        let before = case.demand.sorting.route;
        if before.is_some_and(|before| route.level() >= before.level()) {
            return Err(Refusal::field("route", "not_lower", "批示可以降级；要提级请用“提级”").into());
        }
        case.demand.sorting.route = Some(route);
        case.demand.sorting.tier = Some(route.tier());
    }
    let unit = given.text("lead_unit");
    let anew =
        unit.filter(|unit| case.demand.status == Status::Triaged || case.demand.lead_unit.as_ref() != Some(unit));
    let to = anew.as_ref().map(|_| Status::Assigned);
    together::put(case, ProceedingKind::Instruction, by.actor.signature(), instruction.clone(), by);
    match &anew {
        Some(unit) => hand_to(case, unit, (Some(instruction), format!("{}批示", by.actor.signature())), given, by)?,
        None if given.text("due_on").is_some() || !given.units("co_units").is_empty() => {
            let message = "协办单位和完成时限随交办单位一起填写";
            return Err(Refusal::field("lead_unit", "required", message).into());
        }
        None => {}
    }
    Ok(Change { to, ..Change::default() })
}

/// 提级: up by a recorded decision; it waits for whoever decides there. The receipt time never moves.
pub(super) fn escalate(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let route = given.word::<Route>("route");
    let before = case.demand.sorting.route.map_or(0, Route::level);
    let Some(route) = route.filter(|route| route.level() > before) else {
        return Err(Refusal::field("route", "not_higher", "提级只能向上").into());
    };
    let ground = given.text("ground").map(|code| ground(GroundKind::Escalation, &code, by));
    let reason = given.needed("reason");
    let text = ground.map_or(reason.clone(), |ground| format!("{ground}。{reason}"));
    super::leave_unit(case, "已提级", by)?;
    stop(case, OF_THE_UNITS, by.now);
    case.demand.sorting.route = Some(route);
    case.demand.sorting.tier = Some(route.tier());
    case.demand.replied_at = None;
    case.demand.held_since = by.now;
    together::put(case, ProceedingKind::Escalation, route.label().to_owned(), text, by);
    start(case, ClockName::Dispatch, None, by)?;
    let notice = format!("您的诉求比较复杂，已提交“{}”，由更高一级研究决定。", route.label());
    Ok(Change { notice: Some(notice), ..Change::default() })
}

pub(super) fn decline(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Change {
    let ground = ground(GroundKind::Decline, &given.needed("ground"), by);
    let note = given.text("note").map(|n| format!("说明：{n}")).unwrap_or_default();
    let notice = format!("您的诉求不予受理。情形：{ground}。{note}");
    case.demand.end_note = Some(ground);
    Change { notice: Some(notice), ..Change::default() }
}

pub(super) fn transfer(case: &mut Case, given: &Given) -> Change {
    let receiver = given.needed("receiver");
    let notice = format!("您的诉求已转送{receiver}办理。理由：{}", given.needed("reason"));
    case.demand.end_note = Some(receiver);
    Change { notice: Some(notice), ..Change::default() }
}

/// The label of a listed ground.
pub(super) fn ground(kind: GroundKind, code: &str, by: &Deciding<'_>) -> String {
    by.city.grounds.find(kind, code).map_or_else(|| code.to_owned(), |ground| ground.label.clone())
}
