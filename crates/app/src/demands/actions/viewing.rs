//! Seeing: one demand whole, for staff; its progress, for whoever holds the code.

use kernel::worktime::{Calendar, TimerDerivation};
use kernel::{Id, Instant, Refusal, Result};
use store::RecordedEntry;

use super::intake::deciding;
use super::moving::{by_code, is_own_affair, load};
use super::telling::{Step, Told};
use super::together;
use crate::context::Cx;
use crate::demands::records::{Attached, Rating, Written};
use crate::demands::rules::case::{Callback, Case, Demand, DemandClock, Reply};
use crate::demands::rules::clocks;
use crate::demands::rules::decide::{self, awaits_leaders};
use crate::demands::rules::moves::Row;
use crate::demands::rules::vocabulary::{ClockName, Outcome, ProceedingKind, RequestKind, Status};
use crate::demands::{records, stream};
use crate::{processes, units};

/// A demand with everything that its page shows.
pub struct Whole {
    /// The demand, its clocks and call-backs.
    pub case: Case,
    /// Replies, oldest first.
    pub replies: Vec<Written<Reply>>,
    /// The submitter's ratings.
    pub ratings: Vec<Rating>,
    /// Files.
    pub attachments: Vec<Attached>,
    /// Every recorded act, oldest first.
    pub history: Vec<RecordedEntry>,
    /// What this user may do now.
    pub moves: Vec<&'static Row>,
    /// Names of the units.
    pub units: units::UnitNames,
    /// The demands that were joined to it.
    pub voices: Vec<Demand>,
    /// The number of the demand that is handled for it.
    pub merged_into: Option<String>,
    /// The process version that it started under.
    pub process: i64,
}

/// The demand of a number, whole.
pub fn whole(cx: &mut Cx<'_>, number: &str) -> Result<Whole> {
    let case = load(cx, number)?;
    let id = case.demand.id;
    let history = cx.tx.history(&stream(number))?;
    let calendar = cx.app.calendar();
    let governing = processes::governing(cx, id)?;
    let deciding = deciding(cx, &calendar, &governing.clocks);
    let open = decide::open_moves(&case, &deciding);
    let moves = open.filter(|row| !is_own_affair(row, &history, cx.actor)).collect();
    let voices = together::voices(cx, &case.demand)?;
    let merged_into = match case.demand.merged {
        Some(_) => Some(together::handled(cx, &case.demand)?.number),
        None => None,
    };
    Ok(Whole {
        replies: records::replies(cx.tx, id)?,
        ratings: records::ratings(cx.tx, id)?,
        attachments: records::attachments(cx.tx, id)?,
        history,
        moves,
        units: units::names(cx)?,
        voices,
        merged_into,
        process: governing.version,
        case,
    })
}

/// The derivation of one clock, by its position among the demand's clocks.
pub fn derivation(cx: &mut Cx<'_>, number: &str, position: usize) -> Result<(DemandClock, Option<TimerDerivation>)> {
    let case = load(cx, number)?;
    let clock = case.clocks.get(position).cloned().ok_or_else(|| Refusal::not_found("没有这个时限"))?;
    let derivation = clocks::derive(&clock, &cx.app.calendar())?;
    Ok((clock, derivation))
}

/// A demand as its submitter sees it.
pub struct Progress {
    /// The number.
    pub number: String,
    /// The submitter's own title.
    pub title: String,
    /// The submitter's own words.
    pub text: String,
    /// Where it stands.
    pub status: Status,
    /// What came of it, once closed.
    pub outcome: Option<Outcome>,
    /// Who holds it, by name.
    pub holder: String,
    /// The other units that still owe their part, by name.
    pub helpers: Vec<String>,
    /// Since when.
    pub since: Instant,
    /// What it waits for.
    pub waiting_for: &'static str,
    /// What comes next.
    pub next_step: String,
    /// By when, where something is due.
    pub due: Option<Instant>,
    /// Which clock that is.
    pub due_clock: Option<ClockName>,
    /// What happened, oldest first.
    pub timeline: Vec<Step>,
    /// The replies.
    pub replies: Vec<Written<Reply>>,
    /// Whether the present round has been rated.
    pub rated: bool,
    /// Whether a rating may be given now.
    pub may_rate: bool,
    /// Whether the submitter may still withdraw.
    pub may_withdraw: bool,
}

/// The progress of a demand, for whoever holds its code; of one that was joined to another, as that one is handled.
pub fn progress(cx: &mut Cx<'_>, number: &str, code: &str) -> Result<Progress> {
    let own = by_code(cx, number, code)?;
    let handled = together::handled(cx, &own)?;
    let case = records::case(cx.tx, handled)?;
    let names = units::names(cx)?;
    let history = cx.tx.history(&stream(&own.number))?;
    let notices = records::notices(cx.tx, own.id)?;
    let replies = records::replies(cx.tx, own.id)?;
    let ratings = records::ratings(cx.tx, own.id)?;
    let d = &case.demand;
    // A redo takes the reply's time away, so what was rated after the present reply belongs to the present round.
    let rated = ratings.iter().any(|rating| d.replied_at.is_some_and(|replied| rating.at >= replied));
    let dispatcher = cx.app.city().dispatcher_name().to_owned();
    let next = next_clock(&case);
    let spoken = records::case(cx.tx, own.clone())?;
    let told = Told { case: &spoken, history: &history, names: &names, dispatcher: &dispatcher };
    let mut helpers: Vec<&str> = case.parts.iter().filter(|part| part.open()).map(|part| part.unit.as_str()).collect();
    helpers.sort_unstable();
    helpers.dedup();
    Ok(Progress {
        holder: if awaits_leaders(&case) { "市领导".to_owned() } else { holder(d, &names, &dispatcher) },
        helpers: helpers.into_iter().map(|unit| names.short_name(unit).to_owned()).collect(),
        since: d.held_since,
        outcome: d.outcome,
        waiting_for: waiting(&case),
        next_step: next_step(d),
        due: next.map(|c| c.due_at),
        due_clock: next.map(|c| c.name),
        may_rate: !rated && matches!(d.status, Status::Replied | Status::Closed),
        timeline: told.timeline(&notices),
        number: own.number.clone(),
        title: own.said.title.clone(),
        text: own.said.text.clone(),
        status: own.status,
        may_withdraw: !own.status.is_end(),
        replies,
        rated,
    })
}

/// What a demand waits for, as its submitter should know it.
fn waiting(case: &Case) -> &'static str {
    let asked = |kind| case.pending(kind).is_some();
    match case.lasting(ProceedingKind::Suspension) {
        Some(_) => "暂停计时，等待外部条件",
        None if awaits_leaders(case) => "等待市领导决定",
        None if asked(RequestKind::Objection) => "承办单位提出异议，等待裁定由谁办理",
        None if asked(RequestKind::Extension) => "承办单位正在办理，延长时间的申请等待审批",
        None if case.lasting(ProceedingKind::Consultation).is_some() => "有关单位正在会商",
        None => waiting_for(case.demand.status),
    }
}

/// The clock that matters to the submitter: when the answer comes, before who signs for it.
fn next_clock(case: &Case) -> Option<&DemandClock> {
    let running = |name| case.clocks.iter().find(|c| c.running() && c.paused_since().is_none() && c.name == name);
    running(ClockName::Handle).or_else(|| case.next_clock())
}

/// Who holds a demand now, by name.
pub fn holder(d: &Demand, names: &units::UnitNames, dispatcher: &str) -> String {
    match (d.status, d.lead_unit.as_deref()) {
        (Status::Assigned | Status::InProgress | Status::Closed, Some(unit)) => names.short_name(unit).to_owned(),
        (Status::TransferredOut, _) => d.end_note.clone().unwrap_or_default(),
        _ => dispatcher.to_owned(),
    }
}

/// What a demand of this status waits for.
pub const fn waiting_for(status: Status) -> &'static str {
    match status {
        Status::Received => "等待研判",
        Status::Triaged => "等待交办",
        Status::Assigned => "等待承办单位签收",
        Status::InProgress => "承办单位正在办理",
        Status::Replied => "等待回访",
        Status::Closed => "已经办结",
        Status::Declined => "不予受理",
        Status::TransferredOut => "由接收单位办理",
        Status::Withdrawn => "已经撤回",
        Status::Merged => "随并入的诉求一起办理",
    }
}

fn next_step(d: &Demand) -> String {
    match d.status {
        Status::Received | Status::Triaged => "分清事项后，交给负责的单位".to_owned(),
        Status::Assigned => "承办单位签收后，会先与您联系".to_owned(),
        Status::InProgress => "承办单位办理后答复您".to_owned(),
        Status::Replied => "我们会回访您，问事情办得怎么样".to_owned(),
        Status::Closed => "如果没有办到位，可以来电要求重办".to_owned(),
        Status::Declined => d.end_note.clone().unwrap_or_default(),
        Status::TransferredOut => "可以向接收单位查询".to_owned(),
        Status::Withdrawn | Status::Merged => "没有下一步".to_owned(),
    }
}

/// How much of a clock's working time is used, how it stands in words, and whether it is late: what a page draws.
pub struct Standing {
    /// 0 to 100.
    pub used_percent: u8,
    /// 还剩 2 个工作日, 逾期 1 个工作日.
    pub words: String,
    /// Past its due.
    pub late: bool,
    /// Due soon.
    pub near: bool,
}

/// How a running clock stands.
pub fn standing(clock: &DemandClock, calendar: &Calendar, now: Instant) -> Standing {
    let used_percent = clocks::used_percent(clock, calendar, now);
    if let Some(since) = clock.paused_since() {
        let words = format!("已中止计时，自 {} 起", kernel::worktime::full_text(calendar, since));
        return Standing { used_percent, words, late: false, near: false };
    }
    let late = now > clock.due_at;
    Standing {
        used_percent,
        words: kernel::worktime::time_left(calendar, now, clock.due_at),
        late,
        near: !late && used_percent >= 75,
    }
}

/// A file of a demand that the actor sees.
pub fn attachment(cx: &mut Cx<'_>, number: &str, id: Id) -> Result<Attached> {
    let case = load(cx, number)?;
    let file = records::attachments(cx.tx, case.demand.id)?.into_iter().find(|file| file.id == id);
    file.ok_or_else(|| Refusal::not_found("没有这个附件").into())
}

/// The latest call-back of the present round.
pub fn latest_callback(case: &Case) -> Option<&Callback> {
    case.callbacks.iter().rev().find(|c| c.round == case.demand.round)
}
