//! 办理清单: what each way of handling has to leave behind, from the profile (`checklists.toml`, E29). The unit that handles a
//! demand and the dispatcher tick the items, with name, hour and an entry of the ledger; a demand on whose list a
//! required item is open cannot be closed. A redo begins a list of its own.

mod api;
mod pages;
mod records;
#[cfg(test)]
mod tests;

use kernel::error::Checker;
use kernel::{Instant, Permission, Refusal, Result};
use store::Migration;

use crate::city::CheckItem;
use crate::context::{App, Cx};
use crate::demands::actions::moving;
use crate::demands::rules::case::{Case, Demand};
use crate::demands::stream;
use crate::people;
use crate::web::{Access, Routes};

pub use pages::card;

/// This part's table.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "checks-1", sql: include_str!("schema.sql") }];

/// This part's addresses.
pub fn routes() -> Routes<App> {
    let staff = Access::Needs(Permission::Desk);
    Routes::new()
        .post("/demands/{number}/checklist", staff, pages::tick)
        .api(staff, utoipa_axum::routes!(api::list))
        .api(staff, utoipa_axum::routes!(api::tick))
}

/// An item with how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The item.
    pub item: CheckItem,
    /// Who ticked it, and when.
    pub done: Option<(String, Instant)>,
}

/// The list of a demand's route, in the profile's order; empty where the route has none.
pub fn of(cx: &mut Cx<'_>, demand: &Demand) -> Result<Vec<Check>> {
    let Some(route) = demand.sorting.route else { return Ok(Vec::new()) };
    let items: Vec<CheckItem> = cx.app.city().checklist(route.code()).cloned().collect();
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let ticked = records::ticked(cx.tx, demand.id, demand.round)?;
    let done = |code: &str| ticked.iter().find(|row| row.0 == code).map(|row| (row.1.clone(), row.2));
    Ok(items.into_iter().map(|item| Check { done: done(&item.code), item }).collect())
}

/// The required items that are open: what keeps a demand from being closed.
pub fn open(cx: &mut Cx<'_>, demand: &Demand) -> Result<Vec<String>> {
    let open = of(cx, demand)?.into_iter().filter(|check| check.item.required && check.done.is_none());
    Ok(open.map(|check| check.item.label).collect())
}

/// Whether the actor may tick: the dispatcher, and the unit that handles the demand; while it is open.
pub fn may(cx: &Cx<'_>, case: &Case) -> bool {
    let d = &case.demand;
    let leads = cx.actor.unit.is_some() && cx.actor.unit == d.lead_unit;
    let handles = leads && people::may(cx.actor, Permission::Handle);
    !d.status.is_end() && (handles || people::may(cx.actor, Permission::Dispatch))
}

/// Ticks an item, or takes the tick back.
pub fn tick(cx: &mut Cx<'_>, number: &str, item: Option<&str>, done: bool) -> Result<Vec<Check>> {
    people::require(cx.actor, Permission::Desk)?;
    let case = moving::load(cx, number)?;
    let checks = of(cx, &case.demand)?;
    if !may(cx, &case) {
        return Err(Refusal::not_found("这件诉求的办理清单现在不归您来勾").into());
    }
    let mut check = Checker::default();
    let code = check.text("item", "清单事项", item, 40);
    let found = checks.iter().find(|check| check.item.code == code);
    if found.is_none() && !check.has("item") {
        check.wrong("item", "unknown", "这件诉求的办理清单里没有这一项");
    }
    check.done()?;
    if let Some(found) = found.filter(|found| found.done.is_some() != done) {
        let d = &case.demand;
        match done {
            true => records::tick(cx, d, &code)?,
            false => records::untick(cx.tx, d, &code)?,
        }
        let act = if done { "check_item" } else { "uncheck_item" };
        cx.record(&stream(number), act, vec![("item", found.item.label.clone())])?;
    }
    of(cx, &case.demand)
}
