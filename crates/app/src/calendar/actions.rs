//! Looking at the calendar, changing it, and putting it in force.

use jiff::civil::Date;
use kernel::worktime::{Calendar, CalendarError, Override};
use kernel::{Actor, Fault, Permission, Refusal, RefusalKind, Result};

use super::records::{self, Decided, InForce, Removed};
use super::rules::{self, Change, OverrideInput};
use super::{STREAM, rules::kind_text};
use crate::context::{App, Cx};
use crate::demands::actions::recomputing::{self, Moved};
use crate::permissions;

/// Why clocks move when the program starts with other facts than it ended with.
const OTHER_FACTS: &str = "放假安排或办公时间的资料已更新";
/// So long after a change every server has noticed it, and the last look can be taken.
const NOTICED_AFTER: i64 = 10;

/// What a change of the calendar does.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The day.
    pub date: Date,
    /// What the calendar said about it.
    pub before: String,
    /// What it says after the change.
    pub after: String,
    /// The running clocks that move.
    pub moved: Vec<Moved>,
    /// The fingerprint of the calendar before.
    pub old: String,
    /// The fingerprint of the calendar after.
    pub new: String,
}

/// The city's calendar with the overrides that the database holds.
pub fn load(cx: &mut Cx<'_>) -> Result<Calendar> {
    let in_force = records::in_force(cx.tx)?;
    of(cx.app, in_force)
}

fn of(app: &App, overrides: Vec<Override>) -> Result<Calendar> {
    let broken = |error: CalendarError| Fault::new("make a calendar of the stored overrides", error);
    Ok(app.city().calendar().with_overrides(overrides).map_err(broken)?)
}

/// Every decision ever made, the latest first.
pub fn history(cx: &mut Cx<'_>) -> Result<Vec<Decided>> {
    records::history(cx.tx, 500)
}

/// What `change` would do, without doing it.
pub fn preview(cx: &mut Cx<'_>, change: &Change) -> Result<Effect> {
    permissions::require(cx.actor, Permission::Administer)?;
    let (old, new) = both(cx, change)?;
    let moved = recomputing::moved_by(cx, &new)?;
    Ok(effect(change.date(), &old, &new, moved))
}

/// The change that `input` describes.
pub fn change_of(actor: &Actor, input: &OverrideInput) -> Result<Change, Refusal> {
    Ok(Change::Add(rules::decided(input, &actor.name)?))
}

/// Decides about a day, as `input` says.
pub fn add(cx: &mut Cx<'_>, input: &OverrideInput) -> Result<Effect> {
    permissions::require(cx.actor, Permission::Administer)?;
    let decided = rules::decided(input, &cx.actor.name)?;
    let change = Change::Add(decided.clone());
    let (old, new) = both(cx, &change)?;
    same_as_seen(&old, input.calendar.as_deref())?;
    if !records::insert(cx.tx, &decided, cx.now)? {
        return Err(Refusal::field("date", "not_allowed", "就在刚才，别人先调整了这一天，请核对后再提交").into());
    }
    let what = kind_text(&decided.kind);
    let fields = vec![("kind", rules::kind_of(&decided.kind).0.to_owned()), ("what", what.clone())];
    let why = format!("{} {what}：{}", decided.date, decided.reason);
    put(cx, "add_override", (&old, &new), decided.date, (decided.reason, why), fields)
}

/// Withdraws the decision about `date`; `seen` is the calendar that the sender saw.
pub fn remove(cx: &mut Cx<'_>, date: Date, reason: Option<&str>, seen: Option<&str>) -> Result<Effect> {
    permissions::require(cx.actor, Permission::Administer)?;
    let (old, new) = both(cx, &Change::Remove(date))?;
    let reason = rules::reason(reason)?;
    same_as_seen(&old, seen)?;
    let removed = Removed { at: cx.now, by: cx.actor.name.clone(), reason: reason.clone() };
    if !records::remove(cx.tx, date, &removed)? {
        return Err(rules::no_override(date).into());
    }
    let why = format!("撤销 {date} 的本市调整：{reason}");
    put(cx, "remove_override", (&old, &new), date, (reason, why), Vec::new())
}

/// The calendars before and after `change`.
fn both(cx: &mut Cx<'_>, change: &Change) -> Result<(Calendar, Calendar)> {
    let in_force = records::in_force(cx.tx)?;
    let old = of(cx.app, in_force.clone())?;
    let new = of(cx.app, change.upon(in_force)?)?;
    Ok((old, new))
}

fn same_as_seen(old: &Calendar, seen: Option<&str>) -> Result<()> {
    match seen {
        Some(seen) if seen != old.fingerprint() => {
            let message = "您预览之后，工作日历有了新的变化；请看过新的影响再确认";
            Err(Refusal::new(RefusalKind::Conflict { current: None }, message).into())
        }
        _ => Ok(()),
    }
}

/// Moves the clocks and records everything; `reason` is the sender's and the one that demands' streams give.
fn put(
    cx: &mut Cx<'_>,
    act: &str,
    (old, new): (&Calendar, &Calendar),
    date: Date,
    (reason, why): (String, String),
    mut fields: Vec<(&str, String)>,
) -> Result<Effect> {
    let moved = recomputing::recompute(cx, new, &why)?;
    let effect = effect(date, old, new, moved);
    fields.extend([
        ("date", date.to_string()),
        ("reason", reason),
        ("before", effect.before.clone()),
        ("after", effect.after.clone()),
        ("moved", effect.moved.len().to_string()),
        ("old_calendar", effect.old.clone()),
        ("calendar", effect.new.clone()),
    ]);
    cx.record(STREAM, act, fields)?;
    now_in_force(cx, new, &why, None)?;
    Ok(effect)
}

fn effect(date: Date, old: &Calendar, new: &Calendar, moved: Vec<Moved>) -> Effect {
    Effect {
        date,
        before: old.day(date).why(),
        after: new.day(date).why(),
        moved,
        old: old.fingerprint().to_owned(),
        new: new.fingerprint().to_owned(),
    }
}

fn now_in_force(cx: &mut Cx<'_>, calendar: &Calendar, reason: &str, settled: Option<()>) -> Result<()> {
    let state = InForce {
        fingerprint: calendar.fingerprint().to_owned(),
        reason: reason.to_owned(),
        changed_at: cx.now,
        settled_at: settled.map(|()| cx.now),
    };
    records::put_in_force(cx.tx, &state)
}

/// Puts the calendar of the database in force on this server; says whether it was another one. Cheap where it was not.
pub fn refresh_now(app: &App) -> Result<bool> {
    let calendar = app.read_now(&Actor::system(), changed)?;
    Ok(take(app, calendar))
}

/// [`refresh_now`], for handlers.
pub async fn refresh(app: &App) -> Result<bool> {
    let calendar = app.read(&Actor::system(), changed).await?;
    Ok(take(app, calendar))
}

/// The calendar of the database, where it is not the one in force here.
fn changed(cx: &mut Cx<'_>) -> Result<Option<Calendar>> {
    let stored = records::in_force(cx.tx)?;
    if cx.app.calendar().overrides().eq(&stored) {
        return Ok(None);
    }
    of(cx.app, stored).map(Some)
}

fn take(app: &App, calendar: Option<Calendar>) -> bool {
    calendar.map(|calendar| app.set_calendar(calendar)).is_some()
}

/// Puts the calendar in force when the program starts. Where its facts are others than those under which the stored due
/// dates were computed (a new notice of the State Council, other office hours), the clocks move, on the record.
pub fn start(app: &App) -> Result<()> {
    app.write_now(&Actor::system(), |cx| {
        let calendar = load(cx)?;
        match records::last(cx.tx)? {
            None => now_in_force(cx, &calendar, "", Some(())),
            Some(last) if last.fingerprint == calendar.fingerprint() => Ok(()),
            Some(last) => {
                let moved = recomputing::recompute(cx, &calendar, OTHER_FACTS)?;
                let fields = vec![
                    ("reason", OTHER_FACTS.to_owned()),
                    ("moved", moved.len().to_string()),
                    ("old_calendar", last.fingerprint),
                    ("calendar", calendar.fingerprint().to_owned()),
                ];
                cx.record(STREAM, "new_facts", fields)?;
                now_in_force(cx, &calendar, OTHER_FACTS, None)
            }
        }
    })?;
    refresh_now(app).map(drop)
}

/// Some time after a change, looks for clocks that another server started meanwhile under the calendar before, and moves
/// them on the record; says how many. Cheap where there was no change.
pub fn settle(app: &App) -> Result<usize> {
    if app.read_now(&Actor::system(), unsettled)?.is_none() {
        return Ok(0);
    }
    refresh_now(app)?;
    app.write_now(&Actor::system(), |cx| {
        let Some(last) = unsettled(cx)? else { return Ok(0) };
        let calendar = load(cx)?;
        // A server that is about to be replaced knows other facts; the last look is not its to take.
        if calendar.fingerprint() != last.fingerprint {
            return Ok(0);
        }
        let moved = recomputing::recompute(cx, &calendar, &last.reason)?;
        records::put_in_force(cx.tx, &InForce { settled_at: Some(cx.now), ..last })?;
        Ok(moved.len())
    })
}

fn unsettled(cx: &mut Cx<'_>) -> Result<Option<InForce>> {
    let noticed = cx.now.plus_seconds(-NOTICED_AFTER);
    Ok(records::last(cx.tx)?.filter(|last| last.settled_at.is_none() && last.changed_at <= noticed))
}
