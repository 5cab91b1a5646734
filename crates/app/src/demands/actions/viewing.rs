//! Seeing: one demand whole, for staff; its progress, for whoever holds the code.

use kernel::worktime::{Calendar, TimerDerivation};
use kernel::{Id, Instant, Refusal, Result};
use store::RecordedEntry;

use super::intake::deciding;
use super::moving::{by_code, is_own_affair, load};
use super::together;
use crate::context::Cx;
use crate::demands::records::{Attached, Rating, Written};
use crate::demands::rules::case::{Callback, Case, Demand, DemandClock, Reply};
use crate::demands::rules::moves::{Move, Row};
use crate::demands::rules::vocabulary::{ClockName, Outcome, ProceedingKind, Route, Status};
use crate::demands::rules::{clocks, decide};
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

/// One step that the submitter sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Instant,
    /// What, as a sentence.
    pub what: String,
    /// The words that were sent along, such as a notice.
    pub said: Option<String>,
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
    Ok(Progress {
        holder: holder(d, &names, &dispatcher),
        since: d.held_since,
        outcome: d.outcome,
        waiting_for: waiting(&case),
        next_step: next_step(d),
        due: next.map(|c| c.due_at),
        due_clock: next.map(|c| c.name),
        may_rate: !rated && matches!(d.status, Status::Replied | Status::Closed),
        timeline: timeline(&history, &notices, &names, &own, &dispatcher),
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
    match case.lasting(ProceedingKind::Suspension) {
        Some(_) => "暂停计时，等待外部条件",
        None if case.demand.status == Status::Triaged && case.demand.sorting.route.is_some_and(Route::is_leaders) => {
            "等待市领导批示"
        }
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
    match d.status {
        Status::Assigned | Status::InProgress => {
            names.short_name(d.lead_unit.as_deref().unwrap_or_default()).to_owned()
        }
        Status::TransferredOut => d.end_note.clone().unwrap_or_default(),
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

fn timeline(
    history: &[RecordedEntry],
    notices: &[(String, Instant)],
    names: &units::UnitNames,
    d: &Demand,
    dispatcher: &str,
) -> Vec<Step> {
    let mut steps: Vec<Step> = history
        .iter()
        .filter_map(|entry| {
            let unit = |name: &str| names.short_name(entry.value(name).unwrap_or_default());
            let what = match Move::from_code(&entry.act) {
                None if entry.act == "register" => "收到您的诉求".to_owned(),
                None if entry.act == "import" => "收到您的诉求（从原系统转入）".to_owned(),
                None if entry.act == "rate" => "您作了评价".to_owned(),
                None if entry.act == "withdraw_by_submitter" => "您撤回了诉求".to_owned(),
                None if entry.act == "shared_reply" => "与合并办理的诉求一起得到答复".to_owned(),
                None if entry.act == "shared_end" => "合并办理的诉求已经结束".to_owned(),
                None => return None,
                Some(Move::Triage) => format!("{dispatcher}作了研判"),
                Some(Move::AnswerAtOnce) => format!("{}当场答复", lead(d, names)),
                Some(Move::Assign) => format!("交给{}办理", unit("lead_unit")),
                Some(Move::Acknowledge) if entry.value("to") != Some("in_progress") => return None,
                Some(Move::Acknowledge) => format!("{}签收", lead(d, names)),
                Some(Move::RuleObjection) if entry.value("to") == Some("triaged") => "重新确定承办单位".to_owned(),
                Some(Move::RuleObjection)
                    if entry.value("to") == Some("assigned") && entry.value("lead_unit").is_some() =>
                {
                    format!("改由{}办理", unit("lead_unit"))
                }
                Some(Move::RuleExtension) if entry.value("granted") == Some("true") => "经批准延长办理时间".to_owned(),
                Some(Move::Suspend) => "暂停计算办理时间".to_owned(),
                Some(Move::Resume) => "恢复计算办理时间".to_owned(),
                Some(Move::Consult) => "有关单位会商".to_owned(),
                Some(Move::Meet) => "召开会办".to_owned(),
                Some(Move::Escalate) => "提交上一级研究决定".to_owned(),
                Some(Move::Instruct) => "市领导作出批示".to_owned(),
                Some(Move::Review) => "到期复查".to_owned(),
                Some(Move::Merge) => "与反映同一件事的诉求合并办理".to_owned(),
                Some(Move::Split) => "拆分出来单独办理".to_owned(),
                Some(
                    Move::Object
                    | Move::RuleObjection
                    | Move::RequestExtension
                    | Move::RuleExtension
                    | Move::GiveOpinion
                    | Move::Conclude
                    | Move::Report,
                ) => return None,
                Some(Move::FirstContact) => format!("{}与您联系", lead(d, names)),
                Some(Move::Reply) => format!("{}作出答复", lead(d, names)),
                Some(Move::Callback) => format!("{dispatcher}回访"),
                Some(Move::Close) => "办结".to_owned(),
                Some(Move::Redo) => "退回重新办理".to_owned(),
                Some(Move::Decline) => "不予受理".to_owned(),
                Some(Move::Transfer) => format!("转送{}", entry.value("receiver").unwrap_or_default()),
                Some(Move::Withdraw) => "按您的要求撤回".to_owned(),
            };
            let said = notices.iter().find(|(_, at)| *at == entry.at).map(|(text, _)| text.clone());
            Some(Step { at: entry.at, what, said })
        })
        .collect();
    // An imported demand was said before it was recorded here.
    if let Some(first) = steps.first_mut() {
        first.at = d.received_at;
    }
    steps
}

fn lead(d: &Demand, names: &units::UnitNames) -> String {
    names.short_name(d.lead_unit.as_deref().unwrap_or_default()).to_owned()
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
