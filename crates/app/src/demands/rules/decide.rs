//! What a move does to a case. Pure: who may, whether it fits what happened so far, and what changes; the caller loads
//! and saves.

use kernel::{Actor, Instant, Refusal, Result, worktime::Calendar};

use super::case::{Callback, Case, DemandClock, Reply};
use super::clocks;
use super::fields::Given;
use super::moves::{By, MOVES, Move, Row};
use super::vocabulary::{ClockName, Grade, Outcome, Status};
use crate::city::{City, GroundKind};
use crate::people;

/// Unreached call-backs after which a demand may be closed without one (本市配置值).
pub const UNREACHED_CALLBACKS: usize = 3;

/// Who decides, when, and under which city's rules.
pub struct Deciding<'a> {
    /// Who acts.
    pub actor: &'a Actor,
    /// When.
    pub now: Instant,
    /// The city's themes, grounds and clock lengths.
    pub city: &'a City,
    /// The working calendar in force.
    pub calendar: &'a Calendar,
}

/// What a move adds beside the change of the case itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// A reply to the submitter.
    pub reply: Option<Reply>,
    /// A call-back.
    pub callback: Option<Callback>,
    /// A sentence that the submitter is told.
    pub notice: Option<String>,
    /// What is noted inside.
    pub note: Option<String>,
}

/// The moves that `actor` may make on this case now, in the order of the table.
pub fn open_moves<'a>(case: &'a Case, actor: &'a Actor) -> impl Iterator<Item = &'static Row> + 'a {
    MOVES.iter().filter(move |row| row.from == case.demand.status && allowed(row, case, actor).is_ok())
}

/// Whether `actor` may make this move on this case.
pub fn allowed(row: &Row, case: &Case, actor: &Actor) -> Result<(), Refusal> {
    if admits(row, case.demand.lead_unit.as_deref(), actor) {
        return Ok(());
    }
    Err(Refusal::forbidden(format!("“{}”只能由{}来做", row.make.label(), row.by.label())))
}

/// Whether `actor` may make this move on a demand that `lead_unit` answers for.
pub fn admits(row: &Row, lead_unit: Option<&str>, actor: &Actor) -> bool {
    let related = match row.by {
        By::Dispatcher => true,
        By::HandlingUnit => actor.unit.is_some() && actor.unit.as_deref() == lead_unit,
        // Whoever stands in for another is no more independent than before.
        By::IndependentDispatcher => !lead_unit.is_some_and(|unit| actor.belongs_to(unit)),
    };
    related && people::may(actor, row.by.permission())
}

/// The law's row for `make` on this case, or the reason why there is none.
pub fn find_row(case: &Case, make: Move) -> Result<&'static Row, Refusal> {
    super::moves::row_for(case.demand.status, make).ok_or_else(|| {
        let status = case.demand.status.label();
        Refusal::field("move", "not_allowed", format!("“{}”的诉求不能“{}”", status, make.label()))
    })
}

/// Applies the move of `row` with what was given to `case`.
pub fn decide(case: &mut Case, row: &Row, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    allowed(row, case, by.actor)?;
    let change = match row.make {
        Move::Triage => triage(case, given),
        Move::Assign => assign(case, given, by)?,
        Move::Acknowledge => acknowledge(case, by),
        Move::FirstContact => first_contact(case, given, by),
        Move::Reply => reply(case, given, by)?,
        Move::Callback => callback(case, given, by)?,
        Move::Close => close(case, given, by)?,
        Move::Redo => redo(case, given, by)?,
        Move::Decline => decline(case, given, by),
        Move::Transfer => transfer(case, given),
        Move::Withdraw => Change { note: given.text("reason"), ..Change::default() },
    };
    finish(case, row, by.now);
    Ok(change)
}

fn finish(case: &mut Case, row: &Row, now: Instant) {
    case.demand.status = row.to;
    case.demand.version += 1;
    if row.to.is_end() {
        case.demand.held_since = now;
        stop(case, ClockName::ALL, now);
    }
}

/// The submitter takes the demand back; the law allows it wherever it allows the dispatcher to do so on request.
pub fn withdraw_by_submitter(case: &mut Case, now: Instant) -> Result<()> {
    let row = find_row(case, Move::Withdraw)?;
    finish(case, row, now);
    Ok(())
}

/// Starts the first clock of a demand that has just come in.
pub fn receive(case: &mut Case, by: &Deciding<'_>) -> Result<()> {
    start(case, ClockName::Dispatch, None, by)
}

fn triage(case: &mut Case, given: &Given) -> Change {
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
    sorting.route = given.word("route");
    sorting.urgent = given.flag("urgent").unwrap_or(false);
    Change { note: given.text("note"), ..Change::default() }
}

fn assign(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let unit = given.needed("lead_unit");
    if case.demand.lead_unit.as_ref() == Some(&unit) && case.demand.status != Status::Triaged {
        return Err(Refusal::field("lead_unit", "unchanged", "改派要换一个单位，现在就是它在办").into());
    }
    let by_hand = match given.text("due_on") {
        Some(date) => Some(clocks::due_on(&date, by)?),
        None => None,
    };
    stop(case, &[ClockName::Dispatch, ClockName::Sign, ClockName::FirstContact, ClockName::Handle], by.now);
    let demand = &mut case.demand;
    demand.lead_unit = Some(unit.clone());
    demand.goal = given.text("goal");
    demand.basis = Some(given.text("basis").unwrap_or_else(|| "职责分工（谁主管、谁负责）".to_owned()));
    demand.held_since = by.now;
    start(case, ClockName::Sign, Some(&unit), by)?;
    start(case, ClockName::FirstContact, Some(&unit), by)?;
    match by_hand {
        None => start(case, ClockName::Handle, Some(&unit), by)?,
        Some(length) => push(case, ClockName::Handle, Some(&unit), length, by.now),
    }
    Ok(Change { note: given.text("reason").map(|r| format!("改派：{r}")), ..Change::default() })
}

fn acknowledge(case: &mut Case, by: &Deciding<'_>) -> Change {
    stop(case, &[ClockName::Sign], by.now);
    Change::default()
}

fn first_contact(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Change {
    stop(case, &[ClockName::FirstContact], by.now);
    Change { note: given.text("note"), ..Change::default() }
}

fn reply(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    stop(case, &[ClockName::FirstContact, ClockName::Handle], by.now);
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

fn callback(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
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

fn close(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    let outcome = given.word::<Outcome>("outcome");
    let round = case.demand.round;
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
    case.demand.outcome = outcome;
    case.demand.closed_at = Some(by.now);
    case.demand.first_closed_at.get_or_insert(by.now);
    Ok(Change { note: given.text("note"), ..Change::default() })
}

fn redo(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Result<Change> {
    stop(case, &[ClockName::Callback], by.now);
    case.demand.round += 1;
    case.demand.replied_at = None;
    case.demand.outcome = None;
    case.demand.held_since = by.now;
    let unit = case.demand.lead_unit.clone();
    start(case, ClockName::Handle, unit.as_deref(), by)?;
    let notice = "经核实，您的诉求还没有办到位，已退回承办单位重新办理。".to_owned();
    Ok(Change { note: given.text("reason"), notice: Some(notice), ..Change::default() })
}

fn decline(case: &mut Case, given: &Given, by: &Deciding<'_>) -> Change {
    let ground = given.needed("ground");
    let ground = by.city.grounds.find(GroundKind::Decline, &ground).map_or(ground, |g| g.label.clone());
    let note = given.text("note").map(|n| format!("说明：{n}")).unwrap_or_default();
    let notice = format!("您的诉求不予受理。情形：{ground}。{note}");
    case.demand.end_note = Some(ground);
    Change { notice: Some(notice), ..Change::default() }
}

fn transfer(case: &mut Case, given: &Given) -> Change {
    let receiver = given.needed("receiver");
    let notice = format!("您的诉求已转送{receiver}办理。理由：{}", given.needed("reason"));
    case.demand.end_note = Some(receiver);
    Change { notice: Some(notice), ..Change::default() }
}

fn unreached(case: &Case) -> usize {
    case.callbacks.iter().filter(|c| c.round == case.demand.round && !c.reached).count()
}

fn stop(case: &mut Case, names: &[ClockName], now: Instant) {
    for clock in case.clocks.iter_mut().filter(|c| c.running() && names.contains(&c.name)) {
        clock.stopped_at = Some(now);
    }
}

fn start(case: &mut Case, name: ClockName, unit: Option<&str>, by: &Deciding<'_>) -> Result<()> {
    let length = clocks::length(name, &case.demand.sorting, by)?;
    push(case, name, unit, length, by.now);
    Ok(())
}

fn push(case: &mut Case, name: ClockName, unit: Option<&str>, length: clocks::Length, now: Instant) {
    case.clocks.push(DemandClock {
        name,
        round: case.demand.round,
        unit: unit.map(str::to_owned),
        started_at: now,
        limit: length.limit,
        source: length.source,
        due_at: length.due_at,
        stopped_at: None,
    });
}
