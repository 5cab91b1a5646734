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

use crate::city::{CheckEvidence, CheckItem};
use crate::context::{App, Cx};
use crate::demands::actions::moving;
use crate::demands::rules::case::{Case, Part};
use crate::demands::rules::vocabulary::ProceedingKind;
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
pub fn of(cx: &mut Cx<'_>, case: &Case) -> Result<Vec<Check>> {
    let demand = &case.demand;
    let Some(route) = demand.sorting.route else { return Ok(Vec::new()) };
    let items: Vec<CheckItem> = cx.app.city().checklist(route.code()).cloned().collect();
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let ticked = records::ticked(cx.tx, demand.id, demand.round)?;
    let done = |item: &CheckItem| {
        let ticked = ticked.iter().find(|row| row.0 == item.code).map(|row| (row.1.clone(), row.2));
        ticked.or_else(|| proven(case, item.evidence?))
    };
    Ok(items.into_iter().map(|item| Check { done: done(&item), item }).collect())
}

/// Who proved it on the record, and when.
fn proven(case: &Case, evidence: CheckEvidence) -> Option<(String, Instant)> {
    let decided = |kinds: &[ProceedingKind]| {
        let found = case.proceedings.iter().rev().find(|p| kinds.contains(&p.kind));
        found.map(|p| (p.by_name.clone(), p.at))
    };
    match evidence {
        CheckEvidence::Parts if case.parts.iter().any(Part::open) => None,
        CheckEvidence::Parts => {
            let last = case.parts.iter().filter_map(|part| part.answered_at).max();
            Some(("台账".to_owned(), last.unwrap_or(case.demand.held_since)))
        }
        CheckEvidence::Instruction => decided(&[ProceedingKind::Instruction]),
        CheckEvidence::Meeting => decided(&[ProceedingKind::Meeting, ProceedingKind::Instruction]),
    }
}

/// The required items that are open: what keeps a demand from being closed.
pub fn open(cx: &mut Cx<'_>, case: &Case) -> Result<Vec<String>> {
    let open = of(cx, case)?.into_iter().filter(|check| check.item.required && check.done.is_none());
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
    let checks = of(cx, &case)?;
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
    of(cx, &case)
}
