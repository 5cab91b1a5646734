//! Seeding, finding, adding, changing and ending units. Every change is a ledger entry in the stream `unit:CODE`.

use kernel::{Error, Permission, Refusal, Result};

use super::records;
use super::rules::{self, EndInput, Unit, UnitInput, UnitNames};
use crate::context::Cx;
use crate::permissions;

/// Copies the profile's units in that are not there yet; says how many. What is there stays as administrators left it.
pub fn seed(cx: &mut Cx<'_>) -> Result<usize> {
    let city = cx.app.city();
    let plan = city.plan.date;
    let units: Vec<Unit> =
        (1..).zip(&city.unit_seeds).map(|(position, seed)| Unit::of_seed(seed, position, plan)).collect();
    let mut new = 0;
    for unit in units {
        if records::insert(cx.tx, &unit)? {
            new += 1;
            record(cx, "seed_unit", &unit, Vec::new())?;
        }
    }
    Ok(new)
}

/// Every unit, for finding what a name means.
pub fn names(cx: &mut Cx<'_>) -> Result<UnitNames> {
    Ok(UnitNames::new(records::all(cx.tx)?, cx.app.city().zone.clone()))
}

/// Adds a unit.
pub fn create(cx: &mut Cx<'_>, input: &UnitInput) -> Result<Unit> {
    permissions::require(cx.actor, Permission::Administer)?;
    let known = names(cx)?;
    let unit = rules::created(input, &known, cx.today())?;
    if !records::insert(cx.tx, &unit)? {
        return Err(Refusal::field("code", "not_allowed", format!("代码“{}”已经有单位在用", unit.code)).into());
    }
    record(cx, "create_unit", &unit, Vec::new())?;
    Ok(unit)
}

/// Changes a unit.
pub fn amend(cx: &mut Cx<'_>, code: &str, input: &UnitInput) -> Result<Unit> {
    permissions::require(cx.actor, Permission::Administer)?;
    let known = names(cx)?;
    let before = found(&known, code)?;
    let unit = rules::amended(before, input, &known)?;
    save(cx, &unit)?;
    record(cx, "amend_unit", &unit, Vec::new())?;
    Ok(unit)
}

/// Ends a unit on a day, with or without a successor.
pub fn end(cx: &mut Cx<'_>, code: &str, input: &EndInput) -> Result<Unit> {
    permissions::require(cx.actor, Permission::Administer)?;
    let known = names(cx)?;
    let before = found(&known, code)?;
    let dispatcher = cx.app.city().dispatcher.clone();
    let (unit, reason) = rules::ended(before, input, &known, &dispatcher)?;
    save(cx, &unit)?;
    record(cx, "end_unit", &unit, vec![("reason", reason)])?;
    Ok(unit)
}

/// The unit of a code.
pub(super) fn found<'a>(known: &'a UnitNames, code: &str) -> Result<&'a Unit> {
    known.get(code).ok_or_else(|| Error::from(Refusal::not_found("没有这个单位")))
}

fn save(cx: &mut Cx<'_>, unit: &Unit) -> Result<()> {
    if records::update(cx.tx, unit)? {
        return Ok(());
    }
    Err(Refusal::conflict(unit.version, "就在刚才，别人先改了这个单位；您填写的内容都还在，请核对后再提交").into())
}

fn record(cx: &mut Cx<'_>, act: &'static str, unit: &Unit, more: Vec<(&'static str, String)>) -> Result<()> {
    let mut fields = vec![
        ("name", unit.name.clone()),
        ("short_name", unit.short_name.clone()),
        ("kind", unit.kind.code().to_owned()),
        ("valid_from", unit.valid_from.to_string()),
        ("can_handle", unit.can_handle.to_string()),
        ("aliases", unit.aliases.join("、")),
        ("mandate", unit.mandate.join("、")),
        ("version", unit.version.to_string()),
    ];
    let optional = [
        ("parent", unit.parent.clone()),
        ("successor", unit.successor.clone()),
        ("valid_to", unit.valid_to.map(|day| day.to_string())),
        ("enterprise_from", unit.enterprise_from.map(|day| day.to_string())),
        ("enterprise_to", unit.enterprise_to.map(|day| day.to_string())),
        ("note", unit.note.clone()),
    ];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    fields.extend(more);
    cx.record(&format!("unit:{}", unit.code), act, fields)
}
