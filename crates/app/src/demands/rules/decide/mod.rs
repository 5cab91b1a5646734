//! What a move does to a case. Pure: who may, whether it fits what happened so far, and what changes; the caller loads
//! and saves.

mod clocking;
mod ending;
mod rulings;
mod sorting;
mod together;

use kernel::{Actor, Instant, Refusal, Result, worktime::Calendar};

use super::case::{Callback, Case, Part, Reply};
use super::fields::Given;
use super::moves::{MOVES, Move, Relation, Row};
use super::vocabulary::{ClockName, MeetingKind, PartKind, ProceedingKind, RequestKind, Route, Status};
use crate::city::{City, ClockRules};
use crate::people;

/// Unreached call-backs after which a demand may be closed without one (本市配置值).
pub const UNREACHED_CALLBACKS: usize = 3;

/// Who decides, when, and under which city's rules.
pub struct Deciding<'a> {
    /// Who acts.
    pub actor: &'a Actor,
    /// When.
    pub now: Instant,
    /// The city's themes and grounds.
    pub city: &'a City,
    /// The clock lengths of the process version that governs this demand.
    pub clocks: &'a ClockRules,
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
    /// Where the demand goes, where the row leaves more than one way.
    to: Option<Status>,
}

/// The moves that the actor may make on this case now, in the order of the table.
pub fn open_moves<'a>(case: &'a Case, by: &'a Deciding<'a>) -> impl Iterator<Item = &'static Row> + 'a {
    let rows = MOVES.iter().filter(move |row| row.from == case.demand.status);
    rows.filter(move |row| allowed(row, case, by.actor).is_ok() && timely(row, case, by).is_ok())
}

/// Whether `actor` may make this move on this case.
pub fn allowed(row: &Row, case: &Case, actor: &Actor) -> Result<(), Refusal> {
    let unit = actor.unit.as_deref();
    let owes = unit.is_some_and(|unit| case.owed_by(unit).next().is_some());
    let relation = Relation { owes, ..relation(case.demand.lead_unit.as_deref(), case.demand.sorting.route, actor) };
    if row.by.admits(relation, |permission| people::may(actor, permission)) {
        return Ok(());
    }
    Err(Refusal::forbidden(format!("“{}”只能由{}来做", row.make.label(), row.by.label())))
}

/// Whether `actor` may make this move on a demand that `lead_unit` answers for, as far as a list knows it.
pub fn admits(row: &Row, lead_unit: Option<&str>, route: Option<Route>, actor: &Actor) -> bool {
    row.by.admits(relation(lead_unit, route, actor), |permission| people::may(actor, permission))
        && (row.make != Move::Assign || row.from != Status::Triaged || !route.is_some_and(Route::is_leaders))
}

fn relation(lead_unit: Option<&str>, route: Option<Route>, actor: &Actor) -> Relation {
    let leads = actor.unit.is_some() && actor.unit.as_deref() == lead_unit;
    let belongs = lead_unit.is_some_and(|unit| actor.belongs_to(unit));
    Relation { leads, owes: false, belongs, leaders_route: route.is_some_and(Route::is_leaders) }
}

/// Whether it is time for this move: what it answers has been asked, what it needs has been decided.
fn timely(row: &Row, case: &Case, by: &Deciding<'_>) -> Result<(), Refusal> {
    let not_now = |message: &str| Err(Refusal::field("move", "not_now", message));
    let unit = by.actor.unit.as_deref().unwrap_or_default();
    let suspended = case.lasting(ProceedingKind::Suspension).is_some();
    match row.make {
        Move::Assign if row.from == Status::Triaged && !decided_by_leaders(case) => {
            let route = case.demand.sorting.route.map_or("", |route| route.label());
            Err(Refusal::forbidden(format!("“{route}”的诉求，由市领导批示、或者记录会办议定以后才能交办")))
        }
        Move::Acknowledge if case.demand.lead_unit.as_deref() != Some(unit) || row.from == Status::InProgress => {
            if case.owed_by(unit).any(|part| part.acknowledged_at.is_none()) { Ok(()) } else { not_now("已经签收") }
        }
        Move::Object => rulings::may_object(case, by),
        Move::RuleObjection if case.pending(RequestKind::Objection).is_none() => not_now("没有等待裁定的异议"),
        Move::RequestExtension => rulings::may_request_extension(case, by),
        Move::RuleExtension if case.pending(RequestKind::Extension).is_none() => not_now("没有等待审批的延期"),
        Move::Suspend if suspended => not_now("已经中止计时"),
        Move::Resume if !suspended => not_now("没有中止计时"),
        Move::Consult if case.lasting(ProceedingKind::Consultation).is_some() => not_now("上一次会商还没有结论"),
        Move::Conclude if case.lasting(ProceedingKind::Consultation).is_none() => not_now("没有等待结论的会商"),
        Move::Escalate if case.demand.sorting.route == Some(Route::Special) => not_now("已经是最高层级"),
        Move::Review if clocking::running(case, ClockName::Review).is_none() => not_now("这件诉求没有复查期限"),
        _ => Ok(()),
    }
}

/// Whether it stands still until leaders have spoken.
pub fn awaits_leaders(case: &Case) -> bool {
    case.demand.status == Status::Triaged && !decided_by_leaders(case)
}

/// Whether whoever decides on the route of a demand has: 领导批办 and 专题会办 wait for an instruction or a meeting's minutes
/// since the demand was raised to it.
fn decided_by_leaders(case: &Case) -> bool {
    let raised = case.proceedings.iter().rposition(|p| p.kind == ProceedingKind::Escalation).map_or(0, |at| at + 1);
    let special = MeetingKind::Special.label();
    !case.demand.sorting.route.is_some_and(Route::is_leaders)
        || case.proceedings[raised..].iter().any(|p| {
            p.kind == ProceedingKind::Instruction || p.kind == ProceedingKind::Meeting && p.heading.starts_with(special)
        })
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
    timely(row, case, by)?;
    let change = match row.make {
        Move::Triage => sorting::triage(case, given)?,
        Move::AnswerAtOnce => ending::answer_at_once(case, given, by)?,
        Move::Assign => sorting::assign(case, given, by)?,
        Move::Acknowledge => sorting::acknowledge(case, by),
        Move::Object => rulings::object(case, given, by)?,
        Move::RuleObjection => rulings::rule_objection(case, given, by)?,
        Move::FirstContact => ending::first_contact(case, given, by),
        Move::RequestExtension => rulings::request_extension(case, given, by)?,
        Move::RuleExtension => rulings::rule_extension(case, given, by)?,
        Move::Suspend => rulings::suspend(case, given, by)?,
        Move::Resume => rulings::resume(case, given, by)?,
        Move::Consult => together::consult(case, given, by)?,
        Move::GiveOpinion => together::give_opinion(case, given, by)?,
        Move::Conclude => together::conclude(case, given, by)?,
        Move::Meet => together::meet(case, given, by)?,
        Move::Escalate => sorting::escalate(case, given, by)?,
        Move::Instruct => sorting::instruct(case, given, by)?,
        Move::Report => together::report(case, given, by)?,
        Move::Reply => ending::reply(case, given, by)?,
        Move::Callback => ending::callback(case, given, by)?,
        Move::Close => ending::close(case, given, by)?,
        Move::Redo => ending::redo(case, given, by)?,
        Move::Review => ending::review(case, given, by)?,
        Move::Decline => sorting::decline(case, given, by),
        Move::Transfer => sorting::transfer(case, given),
        Move::Withdraw => Change { note: given.text("reason"), ..Change::default() },
        Move::Merge => together::merge(case, given, by)?,
        Move::Split => together::split(case, by)?,
    };
    finish(case, row, change.to, by)?;
    Ok(change)
}

fn finish(case: &mut Case, row: &Row, to: Option<Status>, by: &Deciding<'_>) -> Result<()> {
    let before = case.demand.status;
    case.demand.status = to.unwrap_or(row.to);
    case.demand.version += 1;
    let over = case.demand.status.is_end() && !before.is_end();
    if over && case.demand.merged.is_none() {
        leave_work(case, "诉求已经结束", by)?;
        case.demand.held_since = by.now;
        let last: &[ClockName] = if row.make == Move::Close { &[ClockName::Review] } else { &[] };
        for clock in case
            .clocks
            .iter()
            .enumerate()
            .filter(|(_, c)| c.running() && !last.contains(&c.name))
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
        {
            clocking::stop_one(case, clock, by.now);
        }
    }
    Ok(())
}

/// The work ends here: what was asked of units is taken back, what they asked for needs no answer any more, and what stood
/// still runs.
fn leave_work(case: &mut Case, why: &str, by: &Deciding<'_>) -> Result<()> {
    settle(case, why, by);
    together::end_suspension(case, by)?;
    together::end(case, ProceedingKind::Consultation, Some(why.to_owned()), by);
    release(case, |_| true, by.now);
    Ok(())
}

/// The work goes to another unit or up: the helpers of this assignment are let go; who was asked by a consultation or a
/// meeting still owes the answer.
fn leave_unit(case: &mut Case, why: &str, by: &Deciding<'_>) -> Result<()> {
    settle(case, why, by);
    together::end_suspension(case, by)?;
    release(case, |part| part.kind == PartKind::CoHandling, by.now);
    Ok(())
}

/// Requests that the course of things has overtaken.
fn settle(case: &mut Case, why: &str, by: &Deciding<'_>) {
    for kind in [RequestKind::Objection, RequestKind::Extension] {
        rulings::rule(case, kind, (false, Some(format!("{why}，不再裁定"))), by);
    }
    clocking::stop(case, &[ClockName::ObjectionRuling, ClockName::ExtensionRuling], by.now);
}

/// Takes these open parts back.
fn release(case: &mut Case, which: impl Fn(&Part) -> bool, now: Instant) {
    let mut clocks = Vec::new();
    for part in case.parts.iter_mut().filter(|part| part.open() && which(part)) {
        part.released_at = Some(now);
        clocks.push(part.clock);
    }
    clocks.into_iter().for_each(|clock| clocking::stop_one(case, clock, now));
}

/// The submitter takes the demand back; the law allows it wherever it allows the dispatcher to do so on request.
pub fn withdraw_by_submitter(case: &mut Case, by: &Deciding<'_>) -> Result<()> {
    let row = find_row(case, Move::Withdraw)?;
    finish(case, row, None, by)
}

/// 接续: what a dissolved unit holds of a demand passes to its heir as it stands, with the same dates and nothing to sign anew.
/// No move, because nobody decides it.
pub fn pass_on(case: &mut Case, old: &str, heir: &str, now: Instant) {
    let demand = &mut case.demand;
    demand.version += 1;
    if demand.lead_unit.as_deref() == Some(old) {
        demand.lead_unit = Some(heir.to_owned());
        if matches!(demand.status, Status::Assigned | Status::InProgress) {
            demand.held_since = now;
        }
    }
    let clocks = case.clocks.iter_mut().filter(|clock| clock.running()).filter_map(|clock| clock.unit.as_mut());
    let parts = case.parts.iter_mut().filter(|part| part.open()).map(|part| &mut part.unit);
    let requests = case.requests.iter_mut().filter(|request| request.ruling.is_none()).map(|request| &mut request.unit);
    clocks.chain(parts).chain(requests).filter(|unit| *unit == old).for_each(|unit| heir.clone_into(unit));
    // Whoever leads helps nobody but itself.
    let lead = case.demand.lead_unit.clone();
    release(case, |part| part.kind == PartKind::CoHandling && Some(&part.unit) == lead.as_ref(), now);
}

/// Starts the first clock of a demand that has just come in.
pub fn receive(case: &mut Case, by: &Deciding<'_>) -> Result<()> {
    clocking::start(case, ClockName::Dispatch, None, by).map(drop)
}
