//! 统一答复: one answer for every demand that belongs to an issue. It is written once; it reaches a demand as that demand's own
//! move `reply`, made by whoever may make it, after a look at what it does to each. So nobody answers for another unit, and
//! every clock, checklist and notice of the demand stays in force.

use std::sync::Arc;

use kernel::error::Checker;
use kernel::{Actor, Permission, Refusal, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use text::leaks::{self, Severity};

use super::acting::check_version;
use super::seeing;
use crate::context::{App, Cx};
use crate::demands::actions::listing;
use crate::demands::bulk::actions::{self as bulk, Item, MOST, Outcome};
use crate::demands::macros::Step;
use crate::demands::rules::case::Reply;
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Status;
use crate::demands::stream as demand_stream;
use crate::issues::records::{self, Answer};
use crate::issues::rules::acts;
use crate::issues::rules::issue::{Issue, Whole};
use crate::issues::stream;
use crate::people;

/// Characters of one part at most: as many as a reply takes.
const PART_MOST: usize = 4000;

/// What is filled in for an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct AnswerInput {
    /// The version of the issue that was seen.
    pub version: Option<i64>,
    /// 政策解读. Without any of the three parts, the answer that is there already is meant.
    pub policy_reading: Option<String>,
    /// 办理措施
    pub measures: Option<String>,
    /// 处理意见
    pub opinion: Option<String>,
    /// The numbers of the demands to which it is sent now; absent: every one to which the caller may send it.
    pub items: Option<Vec<String>>,
    /// Whether somebody has looked at what should not be in it.
    pub checked: bool,
    /// Only look: what would be sent and what it would do to each demand.
    pub dry_run: bool,
}

/// What an answer does, or did.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The answer.
    pub reply: Reply,
    /// Whether it is another than the one that is there.
    pub new: bool,
    /// What should not be in it, as sentences, and whether somebody has to look at it first.
    pub advice: Vec<(bool, String)>,
    /// Every demand that may be sent to: done or possible, or why not.
    pub outcomes: Vec<Outcome>,
    /// Demands that have ended, or that the caller does not see.
    pub beyond: usize,
}

/// Whether `actor` may write an answer for all demands of `issue`: the office that keeps the list, or the issue's lead unit.
pub(super) fn may_write(actor: &Actor, issue: &Issue) -> bool {
    let leads = issue.lead_unit.is_some() && issue.lead_unit == actor.unit;
    people::may(actor, Permission::Dispatch) || leads && people::may(actor, Permission::Handle)
}

/// What the answer of `input` would do; nothing is saved.
pub fn preview(cx: &mut Cx<'_>, number: &str, input: &AnswerInput) -> Result<Answered> {
    let whole = seeing::load(cx, number)?;
    let (reply, new) = reply(cx, &whole, input)?;
    let (items, beyond) = items(cx, &whole, input)?;
    let outcomes = match items.as_slice() {
        [] => Vec::new(),
        items => bulk::preview(cx, items, &[step(&reply)])?,
    };
    Ok(Answered { advice: advice(&reply), reply, new, outcomes, beyond })
}

/// Keeps the answer of `input` and sends it to every demand to which the actor may; each demand is a transaction of its own.
pub async fn answer(app: &App, actor: &Actor, number: &str, input: AnswerInput) -> Result<Answered> {
    let (asked, typed) = (number.to_owned(), input.clone());
    // Weighed beside the write, which would keep every other one waiting; each demand is weighed again as it is sent.
    let shown = app.read(actor, move |cx| preview(cx, &asked, &typed)).await?;
    let asked = number.to_owned();
    let id = app.write(actor, move |cx| keep(cx, &asked, &input)).await?;
    let possible = shown.outcomes.iter().filter(|outcome| outcome.refusal.is_none());
    let items: Vec<Item> = possible.map(|outcome| outcome.item.clone()).collect();
    if items.is_empty() {
        return Ok(shown);
    }
    let issue = number.to_ascii_uppercase();
    let also: bulk::Also = Arc::new(move |cx, case| {
        records::reached(cx.tx, id, case.demand.id, &cx.actor.signature(), cx.now)?;
        cx.record(&demand_stream(&case.demand.number), "issue_answer", vec![("issue", issue.clone())])
    });
    let mut sent = bulk::run_and(app, actor, items, vec![step(&shown.reply)], also).await?;
    let refused = shown.outcomes.iter().filter(|outcome| outcome.refusal.is_some());
    sent.extend(refused.cloned());
    Ok(Answered { outcomes: sent, ..shown })
}

/// Keeps an answer that is new: the row under which it is known.
fn keep(cx: &mut Cx<'_>, number: &str, input: &AnswerInput) -> Result<kernel::Id> {
    let before = seeing::load(cx, number)?;
    let (reply, new) = reply(cx, &before, input)?;
    check_version(&before, input.version)?;
    let advice = advice(&reply);
    if advice.iter().any(|(stops, _)| *stops) && !input.checked {
        let advice: Vec<&str> = advice.iter().map(|(_, advice)| advice.as_str()).collect();
        return Err(Refusal::field("checked", "required", format!("发出前请核对：{}", advice.join("；"))).into());
    }
    if !new {
        let known = records::answers(cx.tx, before.issue.id)?.into_iter().next();
        let known = known.ok_or_else(|| kernel::Fault::broken("an answer that was there is not"))?;
        return Ok(known.id);
    }
    let mut whole = before.clone();
    acts::answered(&mut whole)?;
    if !records::update(cx.tx, &whole, &before)? {
        return Err(Refusal::conflict(before.issue.version + 1, "就在刚才，别人先改了这个问题").into());
    }
    let id = cx.tx.next_id();
    let answer = Answer { id, reply, unit: cx.actor.unit.clone(), by_name: cx.actor.signature(), at: cx.now };
    records::insert_answer(cx.tx, whole.issue.id, &answer)?;
    let fields = vec![
        ("policy_reading", answer.reply.policy_reading),
        ("measures", answer.reply.measures),
        ("opinion", answer.reply.opinion),
        ("version", whole.issue.version.to_string()),
    ];
    cx.record(&stream(&whole.issue.number), "answer", fields)?;
    Ok(id)
}

/// The answer that is meant, and whether it is new.
fn reply(cx: &mut Cx<'_>, whole: &Whole, input: &AnswerInput) -> Result<(Reply, bool)> {
    acts::answered(&mut whole.clone())?;
    let known = records::answers(cx.tx, whole.issue.id)?.into_iter().next().map(|answer| answer.reply);
    let parts = [&input.policy_reading, &input.measures, &input.opinion];
    if let (Some(known), true) = (&known, parts.iter().all(|part| part.is_none())) {
        return Ok((known.clone(), false));
    }
    let mut check = Checker::default();
    let mut part = |name, label, text: &Option<String>| check.text(name, label, text.as_deref(), PART_MOST);
    let reply = Reply {
        policy_reading: part("policy_reading", "政策解读", &input.policy_reading),
        measures: part("measures", "办理措施", &input.measures),
        opinion: part("opinion", "处理意见", &input.opinion),
    };
    check.done()?;
    let new = known.as_ref() != Some(&reply);
    if new && !may_write(cx.actor, &whole.issue) {
        let message = "统一答复由统筹岗或这个问题的牵头单位撰写；其他承办单位可以原文采用";
        return Err(Refusal::field("opinion", "not_allowed", message).into());
    }
    Ok((reply, new))
}

/// The demands to which it may go, with their versions, and how many are beyond.
fn items(cx: &mut Cx<'_>, whole: &Whole, input: &AnswerInput) -> Result<(Vec<Item>, usize)> {
    let ids: Vec<kernel::Id> = whole.belonging().into_iter().collect();
    let all = ids.len();
    let mut rows = listing::of_ids(cx, &ids)?;
    rows.retain(|row| !row.status.is_end() && row.status != Status::Replied);
    rows.sort_by_key(|row| (row.received_at, row.id));
    if let Some(wanted) = &input.items {
        let strange = wanted.iter().enumerate().find(|(_, number)| !rows.iter().any(|row| row.number == **number));
        if let Some((n, number)) = strange {
            let shown: String = number.chars().filter(|c| !c.is_control()).take(30).collect();
            let message = format!("{shown}：不在这个问题里，或者已经答复");
            return Err(Refusal::field(format!("items.{n}"), "unknown", message).into());
        }
        rows.retain(|row| wanted.contains(&row.number));
    }
    rows.truncate(MOST);
    let beyond = if input.items.is_some() { 0 } else { all - rows.len() };
    Ok((rows.into_iter().map(|row| Item { number: row.number, version: row.version }).collect(), beyond))
}

fn step(reply: &Reply) -> Step {
    let parts = [("policy_reading", &reply.policy_reading), ("measures", &reply.measures), ("opinion", &reply.opinion)];
    let fields: Map<String, Value> =
        parts.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text.as_str()))).collect();
    Step::new(Move::Reply, fields)
}

fn advice(reply: &Reply) -> Vec<(bool, String)> {
    let mut advice: Vec<(bool, String)> = Vec::new();
    let texts = [&reply.policy_reading, &reply.measures, &reply.opinion];
    for leak in texts.into_iter().flat_map(|text| leaks::leaks(text)) {
        let found = (leak.severity == Severity::Stop, leak.advice);
        if !advice.contains(&found) {
            advice.push(found);
        }
    }
    advice
}
