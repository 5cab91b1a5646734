//! Recording and ending absences, standing in for somebody, and who acts for whom now. Every change is an entry of the
//! ledger stream `absence:USERNAME` of the absent one.

use kernel::{Actor, Id, Permission, Refusal, Result, Role, StandIn};

use super::records;
use super::rules::{self, Absence, AbsenceInput, Acting, Limits, Recording};
use crate::context::Cx;
use crate::people::{self, Colleague};
use crate::web::Session;

/// Absences that are over and still listed.
const MOST_OVER: usize = 20;

/// An absence with who acts by it now.
#[derive(Clone, Debug)]
pub struct Known {
    /// The absence.
    pub absence: Absence,
    /// Who acts; empty where it has not begun or is over.
    pub acting: Vec<Standing>,
    /// Whether the one who looks may end it.
    pub may_end: bool,
}

/// [`Acting`] with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whom the way passed, by name.
    pub through: Vec<String>,
    /// Who acts, by name.
    pub who: Option<String>,
    /// For which demands.
    pub limits: Limits,
}

/// Everything that the one who looks may know of absences.
pub struct Overview {
    /// For whom they could act now.
    pub duties: Vec<Duty>,
    /// Not over yet.
    pub now: Vec<Known>,
    /// Over.
    pub over: Vec<Known>,
}

/// Somebody for whom somebody acts now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The absence.
    pub absence: Absence,
    /// The user name of the absent one.
    pub username: String,
    /// The actor that whoever stands in becomes.
    pub actor: Actor,
}

/// Somebody away for whom nobody acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The absence.
    pub absence: Absence,
    /// Whom the way passed that are away as well, by name.
    pub through: Vec<String>,
}

/// The absences that the one who looks may know of: of the own unit, or all for whoever administers or dispatches.
pub fn overview(cx: &mut Cx<'_>) -> Result<Overview> {
    people::require(cx.actor, Permission::Desk)?;
    let colleagues = people::colleagues(cx)?;
    let known = records::not_over(cx.tx, cx.now)?;
    let over = records::over(cx.tx, cx.now, MOST_OVER)?;
    let duties = duties_among(cx, &known, &colleagues);
    let away: Vec<Absence> = known.iter().filter(|absence| absence.holds_at(cx.now)).cloned().collect();
    let shown = |list: Vec<Absence>| -> Vec<Known> {
        let seen = list.into_iter().filter(|absence| sees(cx, absence));
        seen.map(|absence| view(cx, absence, &away, &colleagues)).collect()
    };
    Ok(Overview { duties, now: shown(known), over: shown(over) })
}

fn sees(cx: &Cx<'_>, absence: &Absence) -> bool {
    let me = cx.actor.account;
    let all = [Permission::Administer, Permission::Dispatch].into_iter().any(|p| people::may(cx.actor, p));
    all || me == Some(absence.account)
        || me.is_some() && me == absence.substitute
        || absence.unit.as_deref().is_some_and(|unit| cx.actor.belongs_to(unit))
}

fn view(cx: &Cx<'_>, absence: Absence, away: &[Absence], colleagues: &[Colleague]) -> Known {
    let holds = absence.holds_at(cx.now);
    let found = if holds { acting(&absence, away, colleagues) } else { Vec::new() };
    let may_end = cx.now < absence.over_at() && rules::may_record(cx.actor, absence.account, absence.unit.as_deref());
    Known { acting: found.iter().map(|way| standing(way, away, colleagues)).collect(), may_end, absence }
}

fn acting(absence: &Absence, away: &[Absence], colleagues: &[Colleague]) -> Vec<Acting> {
    let find = |id: Id| colleagues.iter().find(|c| c.id == id);
    let fits = |who: Id| match (find(absence.account), find(who)) {
        (Some(absent), Some(who)) => !rules::roles_that_pass(absent, who).is_empty(),
        _ => false,
    };
    rules::acting(absence, away, &fits)
}

fn standing(way: &Acting, away: &[Absence], colleagues: &[Colleague]) -> Standing {
    let name = |id: Id| {
        let open = colleagues.iter().find(|c| c.id == id).map(|c| c.name.clone());
        open.or_else(|| away.iter().find(|a| a.account == id).map(|a| a.account_name.clone())).unwrap_or_default()
    };
    Standing {
        through: way.through.iter().map(|id| name(*id)).collect(),
        who: way.who.map(name),
        limits: way.limits.clone(),
    }
}

/// One absence, for whoever may know of it.
pub fn find(cx: &mut Cx<'_>, id: Id) -> Result<Known> {
    people::require(cx.actor, Permission::Desk)?;
    let absence = records::by_id(cx.tx, id)?.filter(|absence| sees(cx, absence));
    let absence = absence.ok_or_else(|| Refusal::not_found("没有这一条请假登记，或者不在您的查看范围内"))?;
    let colleagues = people::colleagues(cx)?;
    let away = away(cx)?;
    Ok(view(cx, absence, &away, &colleagues))
}

/// Everybody who is away now.
pub fn away(cx: &mut Cx<'_>) -> Result<Vec<Absence>> {
    let mut known = records::not_over(cx.tx, cx.now)?;
    known.retain(|absence| absence.holds_at(cx.now));
    Ok(known)
}

/// Records an absence.
pub fn record(cx: &mut Cx<'_>, input: &AbsenceInput) -> Result<Absence> {
    people::require(cx.actor, Permission::Desk)?;
    let colleagues = people::colleagues(cx)?;
    let known = records::not_over(cx.tx, cx.now)?;
    let id = cx.tx.next_id();
    let by = Recording { actor: cx.actor, now: cx.now, city: cx.app.city(), colleagues: &colleagues, known: &known };
    let absence = rules::recorded(input, &by, id)?;
    records::insert(cx.tx, &absence)?;
    let zone = cx.app.city().zone.clone();
    let mut fields = vec![
        ("id", absence.id.to_string()),
        ("away_from", absence.from_at.rfc3339(&zone)),
        ("away_until", absence.until_at.rfc3339(&zone)),
    ];
    fields.extend(absence.substitute_name.clone().map(|name| ("substitute", name)));
    let lists = [("themes", absence.limits.themes.join(" ")), ("routes", absence.limits.routes.join(" "))];
    fields.extend(lists.into_iter().filter(|(_, codes)| !codes.is_empty()));
    fields.extend(absence.reason.clone().map(|reason| ("reason", reason)));
    let stream = stream(&absence, &colleagues);
    cx.record(&stream, "record_absence", fields)?;
    Ok(absence)
}

/// Ends an absence now, or withdraws one that has not begun.
pub fn end(cx: &mut Cx<'_>, id: Id) -> Result<Absence> {
    people::require(cx.actor, Permission::Desk)?;
    let missing = || Refusal::not_found("没有这一条请假登记，或者不由您来结束");
    let absence = records::by_id(cx.tx, id)?
        .filter(|absence| rules::may_record(cx.actor, absence.account, absence.unit.as_deref()))
        .ok_or_else(missing)?;
    if cx.now >= absence.over_at() || records::end(cx.tx, id, cx.now, &cx.actor.signature())? == 0 {
        return Err(Refusal::field("id", "over", "这一条请假已经结束").into());
    }
    let colleagues = people::colleagues(cx)?;
    let stream = stream(&absence, &colleagues);
    cx.record(&stream, "end_absence", vec![("id", id.to_string())])?;
    Ok(Absence { ended_at: Some(cx.now), ended_by: Some(cx.actor.signature()), ..absence })
}

fn stream(absence: &Absence, colleagues: &[Colleague]) -> String {
    let username = colleagues.iter().find(|c| c.id == absence.account).map(|c| c.username.clone());
    format!("absence:{}", username.unwrap_or_else(|| absence.account.to_string()))
}

/// For whom the account of the actor could act now.
pub fn duties(cx: &mut Cx<'_>) -> Result<Vec<Duty>> {
    let known = away(cx)?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let colleagues = people::colleagues(cx)?;
    Ok(duties_among(cx, &known, &colleagues))
}

fn duties_among(cx: &Cx<'_>, known: &[Absence], colleagues: &[Colleague]) -> Vec<Duty> {
    let Some(me) = cx.actor.account.and_then(|id| colleagues.iter().find(|c| c.id == id)) else { return Vec::new() };
    duties_of(me, cx, known, colleagues)
}

fn duties_of(me: &Colleague, cx: &Cx<'_>, known: &[Absence], colleagues: &[Colleague]) -> Vec<Duty> {
    let away: Vec<Absence> = known.iter().filter(|absence| absence.holds_at(cx.now)).cloned().collect();
    let mut duties = Vec::new();
    for absence in &away {
        let Some(absent) = colleagues.iter().find(|c| c.id == absence.account) else { continue };
        let ways = acting(absence, &away, colleagues);
        if let Some(way) = ways.into_iter().find(|way| way.who == Some(me.id)) {
            let actor = as_other(me, absent, way.limits);
            duties.push(Duty { absence: absence.clone(), username: absent.username.clone(), actor });
        }
    }
    duties
}

/// The actor that `me` becomes in the place of `absent`.
fn as_other(me: &Colleague, absent: &Colleague, limits: Limits) -> Actor {
    Actor {
        account: Some(me.id),
        name: me.name.clone(),
        unit: absent.unit.clone(),
        roles: rules::roles_that_pass(absent, me),
        standing_in_for: Some(Box::new(StandIn {
            account: absent.id,
            name: absent.name.clone(),
            own_unit: me.unit.clone(),
            themes: limits.themes,
            routes: limits.routes,
        })),
    }
}

/// Lets a session act for an absent one from now on.
pub fn stand_in(cx: &mut Cx<'_>, session: Id, absence: Id) -> Result<Duty> {
    let duty = duties(cx)?.into_iter().find(|duty| duty.absence.id == absence);
    let duty = duty.ok_or_else(|| Refusal::not_found("现在没有轮到您代办的这一条：可能已经结束，或者另有人代办"))?;
    records::choose(cx.tx, session, absence)?;
    cx.record(&format!("absence:{}", duty.username), "stand_in", vec![("id", absence.to_string())])?;
    Ok(duty)
}

/// Lets a session act for itself again.
pub fn end_standing_in(cx: &mut Cx<'_>, session: Id) -> Result<()> {
    let Some(chosen) = records::chosen(cx.tx, session)? else { return Ok(()) };
    records::unchoose(cx.tx, session)?;
    let Some(absence) = records::by_id(cx.tx, chosen)? else { return Ok(()) };
    let colleagues = people::colleagues(cx)?;
    cx.record(&stream(&absence, &colleagues), "end_stand_in", vec![("id", chosen.to_string())])
}

/// Puts the actor of the absent one into a session that chose so, as long as that holds: for the doorkeeper.
pub fn widen(cx: &mut Cx<'_>, session: &mut Session) -> Result<()> {
    let Some(chosen) = records::chosen(cx.tx, session.id)? else { return Ok(()) };
    let known = away(cx)?;
    let Some(absence) = known.iter().find(|absence| absence.id == chosen) else { return Ok(()) };
    let mut colleagues = Vec::new();
    // Only those whom the ways can pass: this runs with every request of such a session.
    let ids = [Some(session.account), Some(absence.account)].into_iter().chain(known.iter().map(|a| a.substitute));
    for id in ids.flatten() {
        if !colleagues.iter().any(|c: &Colleague| c.id == id) {
            colleagues.extend(people::colleague(cx, id)?);
        }
    }
    let Some(me) = colleagues.iter().find(|c| c.id == session.account) else { return Ok(()) };
    let duty = duties_of(me, cx, &known, &colleagues).into_iter().find(|duty| duty.absence.id == chosen);
    if let Some(duty) = duty {
        session.permissions = people::held(&duty.actor);
        session.actor = duty.actor;
    }
    Ok(())
}

/// An absence, for the program itself.
pub fn by_id(cx: &mut Cx<'_>, id: Id) -> Result<Option<Absence>> {
    records::by_id(cx.tx, id)
}

/// Who acts for whom now: the absent account, the account that acts, and for which demands.
pub fn pairs(cx: &mut Cx<'_>) -> Result<Vec<(Id, Id, Limits)>> {
    let known = away(cx)?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let colleagues = people::colleagues(cx)?;
    let ways = known.iter().flat_map(|absence| {
        let acting = acting(absence, &known, &colleagues);
        acting.into_iter().filter_map(|way| Some((absence.account, way.who?, way.limits)))
    });
    Ok(ways.collect())
}

/// Everybody who is away now and for whom, at least in part, nobody acts.
pub fn uncovered(cx: &mut Cx<'_>) -> Result<Vec<Gap>> {
    let known = away(cx)?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let colleagues = people::colleagues(cx)?;
    let gaps = known.iter().filter(|absence| is_missed(absence, &colleagues)).filter_map(|absence| {
        let ways = acting(absence, &known, &colleagues);
        let nobody = ways.into_iter().find(|way| way.who.is_none())?;
        let through = standing(&nobody, &known, &colleagues).through;
        Some(Gap { absence: absence.clone(), through })
    });
    Ok(gaps.collect())
}

/// Whether somebody's work waits while they are away.
fn is_missed(absence: &Absence, colleagues: &[Colleague]) -> bool {
    let roles = colleagues.iter().find(|c| c.id == absence.account).map_or(&[][..], |c| c.roles.as_slice());
    let working = [Role::Coordinator, Role::UnitHead, Role::UnitHandler, Role::Leader];
    roles.iter().any(|role| working.contains(role))
}

/// Forgets which sessions stood in for absences that are over.
pub fn sweep(cx: &mut Cx<'_>) -> Result<u64> {
    records::forget_chosen(cx.tx, cx.now)
}
