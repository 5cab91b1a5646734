//! Who sees which issue, the list of them, and one whole.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{Actor, Error, Id, Instant, Page, PageRequest, Permission, Refusal, Result};
use store::{RecordedEntry, Select};

use super::neighbours::{self, Near};
use crate::context::Cx;
use crate::demands::actions::listing::{self, Summary};
use crate::demands::sight;
use crate::issues::records::{self, Answer, Line, Reach, Wanted};
use crate::issues::rules::acts::Act;
use crate::issues::rules::issue::{Member, State, Whole};
use crate::issues::stream;
use crate::people;

/// Demands of the last days that count as growth.
pub const RECENT_DAYS: i64 = 30;
/// Months of the trend.
const MONTHS: usize = 12;
/// Issues of one unit's demands at most.
const MOST_SEEN: usize = 10_000;

/// The issue of a number, for somebody who may see it: whoever sees the whole city, or one of its demands.
pub fn load(cx: &mut Cx<'_>, number: &str) -> Result<Whole> {
    people::require(cx.actor, Permission::Desk)?;
    let hidden = || Error::from(Refusal::not_found("没有这个共性问题，或者不在您的查看范围内"));
    let whole = records::by_number(cx.tx, &number.to_ascii_uppercase())?.ok_or_else(hidden)?;
    let answers = super::answering::may_write(cx.actor, &whole.issue);
    let seen = answers || sees_the_whole_city(cx.actor) || !rows(cx, &whole)?.is_empty();
    if seen { Ok(whole) } else { Err(hidden()) }
}

/// Whether somebody sees every demand; not who stands in for another in part of their work.
fn sees_the_whole_city(actor: &Actor) -> bool {
    let limited = |absent: &kernel::StandIn| !absent.themes.is_empty() || !absent.routes.is_empty();
    people::may(actor, Permission::SeeAll) && !actor.standing_in_for.as_deref().is_some_and(limited)
}

/// The demands in an issue that the actor sees, by row.
fn rows(cx: &mut Cx<'_>, whole: &Whole) -> Result<BTreeMap<Id, Summary>> {
    let ids: Vec<Id> = whole.standing().map(|member| member.demand).collect();
    Ok(listing::of_ids(cx, &ids)?.into_iter().map(|row| (row.id, row)).collect())
}

/// The issues that the actor sees, where not all.
fn among(cx: &mut Cx<'_>) -> Result<Option<Vec<i64>>> {
    people::require(cx.actor, Permission::Desk)?;
    if sees_the_whole_city(cx.actor) {
        return Ok(None);
    }
    let seen = sight::narrow(Select::new(records::SEEN), cx.actor).limit(MOST_SEEN);
    let mut seen: Vec<i64> = cx.tx.select(&seen)?;
    if let Some(unit) = cx.actor.unit.as_deref().filter(|_| people::may(cx.actor, Permission::Handle)) {
        seen.extend(records::led_by(cx.tx, unit, MOST_SEEN)?);
    }
    Ok(Some(seen))
}

/// One page of issues within the actor's sight.
pub fn list(cx: &mut Cx<'_>, wanted: &Wanted, page: &PageRequest) -> Result<Page<Line>> {
    let wanted = Wanted { among: among(cx)?, ..wanted.clone() };
    let after = page.cursor.as_deref().map(cursor).transpose()?;
    let since = cx.now.plus_seconds(-RECENT_DAYS * 86_400);
    let mut items = records::list(cx.tx, &wanted, since, page, after)?;
    let more = items.len() > page.limit;
    items.truncate(page.limit);
    let next = items.last().filter(|_| more).map(|line| {
        let [a, b, c] = records::key(line, wanted.latest);
        format!("{a}.{b}.{c}")
    });
    Ok(Page { items, next })
}

fn cursor(text: &str) -> Result<[i64; 3]> {
    let parts: Vec<i64> = text.split('.').map_while(|part| part.parse().ok()).collect();
    let wrong = |_| Error::from(Refusal::field("cursor", "bad_format", "翻页标记不对，请从第一页开始"));
    parts.try_into().map_err(wrong)
}

/// How many issues the actor sees in each state.
pub fn counts(cx: &mut Cx<'_>) -> Result<BTreeMap<String, i64>> {
    let among = among(cx)?;
    Ok(records::counts(cx.tx, among.as_deref())?.into_iter().collect())
}

/// The candidates that wait for whoever decides on them: the number in the menu.
pub fn waiting(cx: &mut Cx<'_>) -> Result<u64> {
    match people::may(cx.actor, Permission::Dispatch) {
        true => Ok(u64::try_from(records::waiting(cx.tx)?).unwrap_or_default()),
        false => Ok(0),
    }
}

/// An issue with everything that its page shows.
pub struct Seen {
    /// The issue.
    pub whole: Whole,
    /// Its demands within the actor's sight, the latest first.
    pub rows: Vec<(Member, Summary)>,
    /// Those beyond.
    pub hidden: usize,
    /// Whose voices they are.
    pub reach: Reach,
    /// How many were received in each of the last months, and before.
    pub months: Vec<(String, usize)>,
    /// The answers, the latest first.
    pub answers: Vec<Answer>,
    /// Who sent an answer to which demand, and when.
    pub reached: BTreeMap<Id, (String, Instant)>,
    /// What resembles its demands and is not in it; only for whoever may decide.
    pub near: Vec<Near>,
    /// The number of the issue that it was joined to.
    pub joined_into: Option<String>,
    /// Every recorded act, oldest first.
    pub history: Vec<RecordedEntry>,
    /// What this user may do.
    pub acts: Vec<Act>,
    /// Whether this user may write an answer for all.
    pub may_answer: bool,
    /// Whether this user may send the answer that is there to demands of their own.
    pub may_pass_on: bool,
}

/// The issue of a number, whole.
pub fn whole(cx: &mut Cx<'_>, number: &str) -> Result<Seen> {
    let whole = load(cx, number)?;
    let mut summaries = rows(cx, &whole)?;
    let rows: Vec<(Member, Summary)> =
        whole.standing().filter_map(|member| Some((member.clone(), summaries.remove(&member.demand)?))).collect();
    let (id, office) = (whole.issue.id, people::may(cx.actor, Permission::Dispatch));
    let whole_city = sees_the_whole_city(cx.actor);
    let joined_into = match whole.issue.joined.filter(|_| whole_city) {
        Some((into, _)) => records::by_id(cx.tx, into)?.map(|other| other.issue.number),
        None => None,
    };
    let answers = records::answers(cx.tx, id)?;
    let reached = records::reached_by(cx.tx, id)?.into_iter().map(|(demand, name, at)| (demand, (name, at))).collect();
    let acts = Act::ALL.iter().copied().filter(|act| office && act.allowed(whole.issue.state).is_ok()).collect();
    let handles = people::may(cx.actor, Permission::Handle);
    Ok(Seen {
        hidden: whole.size() - rows.len(),
        reach: records::reach(cx.tx, id)?,
        months: months(cx, &whole),
        near: if office { neighbours::of(cx, &whole)? } else { Vec::new() },
        history: within_sight(cx.tx.history(&stream(&whole.issue.number))?, whole_city),
        may_answer: whole.issue.state.is_decided() && super::answering::may_write(cx.actor, &whole.issue),
        may_pass_on: whole.issue.state == State::Answered && handles && !answers.is_empty(),
        joined_into,
        answers,
        reached,
        acts,
        rows,
        whole,
    })
}

/// What happened, without the numbers of demands and of other issues where somebody does not see the whole city.
fn within_sight(mut history: Vec<RecordedEntry>, whole_city: bool) -> Vec<RecordedEntry> {
    let others = ["demands", "issue", "into"];
    let fields = history.iter_mut().flat_map(|entry| &mut entry.fields);
    fields.filter(|field| !whole_city && others.contains(&field.name.as_str())).for_each(|field| field.value = None);
    history
}

/// The months up to now as `2026-03`, with how many demands were received in each; before them what is older.
fn months(cx: &Cx<'_>, whole: &Whole) -> Vec<(String, usize)> {
    let zone = &cx.app.city().zone;
    let month = |day: Date| day.strftime("%Y-%m").to_string();
    let first = cx.today().first_of_month();
    let mut months: Vec<(String, usize)> =
        (0..MONTHS as i64).rev().map(|n| (month(first.saturating_sub(jiff::Span::new().months(n))), 0)).collect();
    let mut older = 0;
    for member in whole.standing() {
        let name = month(member.received_at.in_zone(zone).date());
        match months.iter_mut().find(|(month, _)| *month == name) {
            Some((_, n)) => *n += 1,
            None => older += 1,
        }
    }
    if older > 0 {
        months.insert(0, ("更早".to_owned(), older));
    }
    months
}
