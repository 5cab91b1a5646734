//! Saving, listing, changing and removing views. Every change is an entry of the ledger stream `view:ACCOUNT`.

use kernel::{Id, Permission, Refusal, Result};

use super::records;
use super::rules::{self, MOST, View, ViewInput};
use crate::context::Cx;
use crate::people;
use crate::web::MenuEntry;

/// Shared views that are listed at most.
const MOST_SHARED: usize = 200;

/// The own views, then those that the unit shares; each by name.
pub fn list(cx: &mut Cx<'_>) -> Result<Vec<View>> {
    seen(cx, MOST_SHARED)
}

/// The lines of the menu: every view that reads, the own ones first.
pub fn lines(cx: &mut Cx<'_>) -> Result<Vec<MenuEntry>> {
    let line = |view: View| {
        let href = view.href()?;
        Some(MenuEntry { section: "常用视图", label: view.name.into(), href: href.into(), count: None })
    };
    Ok(seen(cx, MOST)?.into_iter().filter_map(line).take(MOST).collect())
}

/// A view of whoever asks.
pub fn own(cx: &mut Cx<'_>, id: Id) -> Result<View> {
    people::require(cx.actor, Permission::Desk)?;
    let view = records::by_id(cx.tx, id)?.filter(|view| view.is_of(cx.actor));
    // Another's view may be seen, but to change it is not there.
    Ok(view.ok_or_else(|| Refusal::not_found("您没有这个常用视图；别人共享的视图只能由本人修改"))?)
}

/// Saves a view.
pub fn create(cx: &mut Cx<'_>, input: &ViewInput) -> Result<View> {
    people::require(cx.actor, Permission::Desk)?;
    let own = of_actor(cx)?;
    let view = rules::created(input, cx.actor, &own, cx.tx.next_id(), cx.now)?;
    records::insert(cx.tx, &view)?;
    record(cx, "save_view", &view)?;
    Ok(view)
}

/// Gives a view another name, or shares it otherwise.
pub fn amend(cx: &mut Cx<'_>, id: Id, input: &ViewInput) -> Result<View> {
    let before = own(cx, id)?;
    let beside = of_actor(cx)?;
    let view = rules::amended(&before, input, cx.actor, &beside)?;
    records::update(cx.tx, &view)?;
    record(cx, "amend_view", &view)?;
    Ok(view)
}

/// Removes a view.
pub fn remove(cx: &mut Cx<'_>, id: Id) -> Result<View> {
    let view = own(cx, id)?;
    records::delete(cx.tx, id)?;
    record(cx, "remove_view", &view)?;
    Ok(view)
}

fn seen(cx: &mut Cx<'_>, most_shared: usize) -> Result<Vec<View>> {
    people::require(cx.actor, Permission::Desk)?;
    let mut views = of_actor(cx)?;
    if let (Some(account), Some(unit)) = (cx.actor.account, &cx.actor.unit) {
        views.extend(records::shared_with(cx.tx, unit, account, most_shared)?);
    }
    Ok(views)
}

fn of_actor(cx: &mut Cx<'_>) -> Result<Vec<View>> {
    cx.actor.account.map_or_else(|| Ok(Vec::new()), |account| records::of_owner(cx.tx, account))
}

fn record(cx: &mut Cx<'_>, act: &'static str, view: &View) -> Result<()> {
    let mut fields = vec![("id", view.id.to_string()), ("name", view.name.clone()), ("query", view.query.clone())];
    fields.extend(view.shared_with.clone().map(|unit| ("shared_with", unit)));
    cx.record(&format!("view:{}", view.owner), act, fields)
}
