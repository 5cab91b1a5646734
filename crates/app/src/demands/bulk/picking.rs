//! Which demands are meant: the ticked ones, or all of a list.

use std::collections::BTreeMap;

use kernel::{Error, PageRequest, Refusal, Result};

use super::actions::{Item, MOST};
use crate::context::Cx;
use crate::demands::actions::intake::deciding;
use crate::demands::actions::{listing, moving};
use crate::demands::macros::{self, Macro};
use crate::demands::pages::look::Look;
use crate::demands::rules::case::Case;
use crate::demands::rules::decide;
use crate::demands::rules::filter::Filter;
use crate::demands::rules::moves::{MOVES, Move};
use crate::phrases::{self, Phrase};
use crate::processes;

/// The name under which a form and an address name a demand: `NUMBER:VERSION`.
pub const ITEM: &str = "item";

/// What was picked, with what the pages need to draw it.
pub struct Picked {
    /// The demands that the actor sees.
    pub cases: Vec<Case>,
    /// Those that are not there, or not for the actor to see.
    pub missing: usize,
    /// Whether the list was longer than what is taken at once.
    pub more: bool,
    /// What may be done to some of them now, with how many.
    pub moves: Vec<(Move, usize)>,
    /// The macros that may be applied.
    pub macros: Vec<Macro>,
    /// The phrases that are offered beside texts.
    pub phrases: Vec<Phrase>,
    /// Names and the hour.
    pub look: Look,
}

/// The moves that the actor may make on some of them now, in the order of the law, with how many.
fn moves(cx: &mut Cx<'_>, cases: &[Case]) -> Result<Vec<(Move, usize)>> {
    // The offer is made under the version in force; each row is weighed under its own.
    let (calendar, governing) = (cx.app.calendar(), processes::in_force(cx)?);
    let by = deciding(cx, &calendar, &governing.clocks);
    let mut counts = BTreeMap::new();
    for make in cases.iter().flat_map(|case| decide::open_moves(case, &by)).map(|row| row.make) {
        *counts.entry(make).or_insert(0) += 1;
    }
    let mut found: Vec<(Move, usize)> = Vec::new();
    for make in MOVES.iter().map(|row| row.make) {
        found.extend(counts.remove(&make).map(|count| (make, count)));
    }
    Ok(found)
}

/// The item that a form's value names.
pub fn item(text: &str) -> Option<Item> {
    let (number, version) = text.split_once(':')?;
    Some(Item { number: number.to_owned(), version: version.parse().ok()? })
}

/// How a form names an item.
pub fn named(item: &Item) -> String {
    format!("{}:{}", item.number, item.version)
}

/// The items of an address: those it names, or the list of its conditions, at most [`MOST`]; and whether there are more.
pub fn of_address(cx: &mut Cx<'_>, pairs: &[(String, String)]) -> Result<(Vec<Item>, bool)> {
    if pairs.iter().any(|(name, _)| name == ITEM) {
        return Ok((pairs.iter().filter(|(name, _)| name == ITEM).filter_map(|(_, text)| item(text)).collect(), false));
    }
    let (filter, _) = Filter::read(pairs)?;
    let rows = listing::list(cx, &filter, &PageRequest::first(MOST))?;
    let items = rows.items.into_iter().map(|row| Item { number: row.number, version: row.version }).collect();
    Ok((items, rows.next.is_some()))
}

/// The items with what the pages show of them.
pub fn read(cx: &mut Cx<'_>, items: &[Item], more: bool) -> Result<Picked> {
    let mut cases = Vec::with_capacity(items.len().min(MOST));
    let mut missing = 0;
    for item in items.iter().take(MOST) {
        match moving::load(cx, &item.number) {
            Ok(case) => cases.push(case),
            Err(Error::Refused(Refusal { .. })) => missing += 1,
            Err(fault) => return Err(fault),
        }
    }
    let more = more || items.len() > MOST;
    let moves = moves(cx, &cases)?;
    Ok(Picked {
        cases,
        missing,
        more,
        moves,
        macros: macros::list(cx)?,
        phrases: phrases::offered(cx)?,
        look: Look::new(cx)?,
    })
}
