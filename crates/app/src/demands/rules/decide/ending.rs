//! Answering and ending: 先行联系, 答复, 回访, 办结, 重办, 复查.

use kernel::{Refusal, Result};

use super::clocking::{start, start_until, stop};
use super::{Change, Deciding, UNREACHED_CALLBACKS, together};
use crate::demands::rules::case::{Callback, Case, Reply, Sorting};
use crate::demands::rules::fields::Given;
use crate::demands::rules::vocabulary::{
    Breadth, ClockName, DemandKind, Difficulty, Finding, Generality, Grade, Outcome, PolicyAxis, PolicyWeight,
    ProceedingKind, Route, Scope, Status, Tier,
};

pub(super) fn first_contact(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Change {
    stop(case, &[ClockName::FirstContact], by.now);
    Change { note: given.text("note"), ..Change::default() }
}

pub(super) fn reply(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    super::settle(case, "已经答复", by);
    together::end_suspension(case, by)?;
    stop(case, &[ClockName::FirstContact, ClockName::Handle, ClockName::StageReport], by.now);
    case.demand.replied_at = Some(by.now);
    case.demand.held_since = by.now;
    start(case, ClockName::Callback, None, by)?;
    let reply = Reply {
        policy_reading: given.needed("policy_reading"),
        measures: given.needed("measures"),
        opinion: given.needed("opinion"),
    };
    Ok(Change { reply: Some(reply), ..Change::default() })
}

/// 当场答复: the unit of whoever hears it answers at once, in one line where that is enough. The caller's word on the spot is
/// a note of the one who answered; the call-back still belongs to somebody else.
pub(super) fn answer_at_once(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let Some(unit) = by.actor.unit.clone() else {
        return Err(Refusal::forbidden("当场答复以本单位的名义作出，您的账号没有单位").into());
    };
    let urgent = case.demand.sorting.urgent;
    case.demand.sorting = Sorting {
        kind: given.word("kind").or(case.demand.sorting.kind).or(Some(DemandKind::Matter)),
        theme: given.text("theme"),
        difficulty: Some(Difficulty::Easy),
        breadth: Some(Breadth::Narrow),
        policy_weight: Some(PolicyWeight::Weak),
        scope: Some(Scope::Departmental),
        generality: Some(Generality::Individual),
        policy_axis: Some(PolicyAxis::Procedure),
        tier: Some(Tier::General),
        route: Some(Route::Instant),
        urgent,
    };
    case.demand.lead_unit = Some(unit.clone());
    case.demand.goal = Some("当场告知".to_owned());
    case.demand.basis = Some("属于部门职权范围，能够当场告知的，应当场告知".to_owned());
    // Begun and stopped in one: an answer at once counts among the answers in time.
    start(case, ClockName::Handle, Some(&unit), by)?;
    stop(case, &[ClockName::Dispatch, ClockName::Handle], by.now);
    case.demand.replied_at = Some(by.now);
    case.demand.held_since = by.now;
    start(case, ClockName::Callback, None, by)?;
    let reply = Reply { policy_reading: String::new(), measures: String::new(), opinion: given.needed("opinion") };
    let note = given.text("note").map(|said| format!("当场答复，诉求人说：{said}"));
    Ok(Change { reply: Some(reply), note, ..Change::default() })
}

pub(super) fn callback(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let reached = given.flag("reached").unwrap_or(false);
    let solved = given.flag("solved");
    let grade = given.word::<Grade>("grade");
    let mut check = kernel::error::Checker::default();
    if reached && solved.is_none() {
        check.wrong("solved", "required", "接通了，请记下诉求人说是否解决");
    }
    if reached && grade.is_none() {
        check.wrong("grade", "required", "接通了，请记下诉求人给的满意度");
    }
    if !reached && (solved.is_some() || grade.is_some()) {
        check.wrong("reached", "contradiction", "没有接通，就不能记是否解决和满意度");
    }
    check.done()?;
    let callback = Callback { round: case.demand.round, reached, solved, grade, note: given.text("note") };
    case.callbacks.push(callback.clone());
    if reached || unreached(case) >= UNREACHED_CALLBACKS {
        stop(case, &[ClockName::Callback], by.now);
    }
    Ok(Change { callback: Some(callback), ..Change::default() })
}

pub(super) fn close(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let outcome = given.word::<Outcome>("outcome");
    let round = case.demand.round;
    let owing = case.owing();
    if !owing.is_empty() {
        let message =
            format!("还有 {} 个单位的协办、会商或会办任务没有办完（{}），不能办结", owing.len(), owing.join("、"));
        return Err(Refusal::field("parts", "open", message).into());
    }
    if !case.open_checks.is_empty() {
        let message = format!("办理清单里还有没有完成的：{}；勾完才能办结", case.open_checks.join("、"));
        return Err(Refusal::field("checklist", "open", message).into());
    }
    match case.callbacks.iter().rev().find(|c| c.round == round && c.reached) {
        None if unreached(case) < UNREACHED_CALLBACKS => {
            let message = format!("还没有回访：先回访，或者连续 {UNREACHED_CALLBACKS} 次未接通并逐次记录，才能办结");
            return Err(Refusal::field("callback", "required", message).into());
        }
        Some(callback) if callback.solved == Some(false) && outcome == Some(Outcome::Solved) => {
            let message = "诉求人在回访中说没有解决，不能记为“已解决”；请如实选择结果，或者退回重办";
            return Err(Refusal::field("outcome", "contradiction", message).into());
        }
        _ => {}
    }
    let open_ended = outcome.is_some_and(Outcome::is_open_ended);
    if !open_ended && given.text("review_on").is_some() {
        let message = "只有“政策不支持”“计划解决”需要复查日期";
        return Err(Refusal::field("review_on", "contradiction", message).into());
    }
    stop(case, ClockName::ALL, by.now);
    case.demand.outcome = outcome;
    case.demand.closed_at = Some(by.now);
    case.demand.first_closed_at.get_or_insert(by.now);
    if open_ended {
        review_again(case, given, by)?;
    }
    Ok(Change { note: given.text("note"), ..Change::default() })
}

/// What could not be done now comes back on a day (D19).
fn review_again(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<()> {
    start_until(case, ClockName::Review, None, given.text("review_on").as_deref(), by).map(drop)
}

pub(super) fn redo(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    again(case, by)?;
    let notice = "经核实，您的诉求还没有办到位，已退回承办单位重新办理。".to_owned();
    Ok(Change { note: given.text("reason"), notice: Some(notice), ..Change::default() })
}

/// One more round for the same unit: the first closing stays, a second clock runs.
fn again(case: &mut Case, by: &Deciding<'_>) -> Result<()> {
    stop(case, &[ClockName::Callback, ClockName::Review], by.now);
    case.demand.round += 1;
    case.demand.replied_at = None;
    case.demand.outcome = None;
    case.demand.held_since = by.now;
    let unit = case.demand.lead_unit.clone();
    start(case, ClockName::Handle, unit.as_deref(), by).map(drop)
}

/// 到期复查: conditions have changed and the work begins again, or they have not and another day is set.
pub(super) fn review(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let note = given.needed("note");
    let finding = given.word::<Finding>("finding").unwrap_or(Finding::Unchanged);
    together::put(case, ProceedingKind::Review, finding.label().to_owned(), note.clone(), by);
    if finding == Finding::Unchanged {
        stop(case, &[ClockName::Review], by.now);
        review_again(case, given, by)?;
        return Ok(Change {
            notice: Some(format!("您的诉求已到期复查：{}。{note}", finding.label())),
            ..Change::default()
        });
    }
    if given.text("review_on").is_some() {
        return Err(Refusal::field("review_on", "contradiction", "重新办理的，不用再定复查日期").into());
    }
    again(case, by)?;
    let notice = format!("您的诉求原来办不了，现在条件有了变化，已经重新办理。{note}");
    Ok(Change { to: Some(Status::InProgress), notice: Some(notice), ..Change::default() })
}

fn unreached(case: &Case) -> usize {
    case.callbacks.iter().filter(|c| c.round == case.demand.round && !c.reached).count()
}
