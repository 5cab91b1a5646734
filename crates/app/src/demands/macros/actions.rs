//! Keeping, listing, changing and removing macros. Every change is an entry of the ledger stream `macro:ID`.

use kernel::{Id, Permission, Refusal, Result};

use super::records;
use super::rules::{self, MOST, Macro, MacroInput, Step};
use crate::context::Cx;
use crate::demands::rules::fields::Reading;
use crate::{people, units};

/// Every macro that the actor may use, by name.
pub fn list(cx: &mut Cx<'_>) -> Result<Vec<Macro>> {
    people::require(cx.actor, Permission::Desk)?;
    records::serving(cx.tx, cx.actor.unit.as_deref().unwrap_or_default(), cx.actor.account.unwrap_or(Id(0)))
}

/// A macro that the actor may use.
pub fn find(cx: &mut Cx<'_>, id: Id) -> Result<Macro> {
    people::require(cx.actor, Permission::Desk)?;
    let found = records::by_id(cx.tx, id)?.filter(|found| found.keeper.serves(cx.actor));
    Ok(found.ok_or_else(|| Refusal::not_found("没有这个快捷处理，可能已经删除"))?)
}

/// A macro that the actor may change.
pub fn own(cx: &mut Cx<'_>, id: Id) -> Result<Macro> {
    let found = find(cx, id)?;
    match found.keeper.obeys(cx.actor) {
        true => Ok(found),
        false => Err(Refusal::not_found("这个快捷处理不归您来改").into()),
    }
}

/// Keeps a macro.
pub fn create(cx: &mut Cx<'_>, input: &MacroInput) -> Result<Macro> {
    people::require(cx.actor, Permission::Desk)?;
    let made = with_reading(cx, |cx, reading| Ok(rules::created(input, cx.actor, cx.tx.next_id(), cx.now, reading)?))?;
    let beside = list(cx)?.iter().filter(|other| other.keeper.scope == made.keeper.scope).count();
    if beside >= MOST {
        let message = format!("同一范围最多保存 {MOST} 个快捷处理，请先删去不用的");
        return Err(Refusal::field("name", "too_many", message).into());
    }
    records::insert(cx.tx, &made)?;
    record(cx, "save_macro", &made)?;
    Ok(made)
}

/// Changes a macro of which the actor saw `input.version`.
pub fn amend(cx: &mut Cx<'_>, id: Id, input: &MacroInput) -> Result<Macro> {
    let before = own(cx, id)?;
    let changed = with_reading(cx, |cx, reading| Ok(rules::amended(&before, input, cx.now, reading)?))?;
    let seen = input.version.unwrap_or_default();
    if seen != before.version || !records::update(cx.tx, &changed, seen)? {
        let message = "就在刚才，别人先改了这个快捷处理；请核对后再提交";
        return Err(Refusal::conflict(before.version, message).into());
    }
    record(cx, "amend_macro", &changed)?;
    Ok(changed)
}

/// Adds a move at the end.
pub fn add_step(cx: &mut Cx<'_>, id: Id, step: Step) -> Result<Macro> {
    let before = own(cx, id)?;
    let wrong = with_reading(cx, |_, reading| Ok(rules::read(&step, reading).err()))?;
    if let Some(errors) = wrong {
        return Err(Refusal::invalid(errors).into());
    }
    let steps = before.steps.iter().cloned().chain([step]).collect();
    let input = MacroInput { scope: None, name: Some(before.name), steps, version: Some(before.version) };
    amend(cx, id, &input)
}

/// Takes the last move away.
pub fn drop_step(cx: &mut Cx<'_>, id: Id) -> Result<Macro> {
    let before = own(cx, id)?;
    let kept = before.steps.len().saturating_sub(1);
    let steps = before.steps.into_iter().take(kept).collect();
    amend(cx, id, &MacroInput { scope: None, name: Some(before.name), steps, version: Some(before.version) })
}

/// Removes a macro.
pub fn remove(cx: &mut Cx<'_>, id: Id) -> Result<Macro> {
    let found = own(cx, id)?;
    records::delete(cx.tx, id)?;
    record(cx, "remove_macro", &found)?;
    Ok(found)
}

fn with_reading<T>(cx: &mut Cx<'_>, act: impl FnOnce(&mut Cx<'_>, &Reading<'_>) -> Result<T>) -> Result<T> {
    let names = units::names(cx)?;
    let (app, today, now) = (cx.app, cx.today(), cx.now);
    let unit = |text: &str| names.resolve_handler(text, now);
    let demand = |_: &str| Err("快捷处理不能写某一件诉求".to_owned());
    act(cx, &Reading { city: app.city(), today, unit: &unit, demand: &demand })
}

fn record(cx: &mut Cx<'_>, act: &'static str, kept: &Macro) -> Result<()> {
    let mut fields = vec![
        ("name", kept.name.clone()),
        ("steps", records::written(&kept.steps)?),
        ("reach", kept.keeper.scope.code().to_owned()),
        ("version", kept.version.to_string()),
    ];
    fields.extend(kept.keeper.unit.clone().map(|unit| ("unit", unit)));
    cx.record(&format!("macro:{}", kept.id), act, fields)
}
