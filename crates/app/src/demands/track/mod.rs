//! 建议的成绩 (S54): what the program proposed when a person first decided, and what the person decided, kept in the same
//! transaction as the move. A decision that is corrected later counts as it stands now. What somebody gave at the
//! registration was nobody's proposal and is not counted.

mod records;
pub mod rules;

use kernel::{Instant, Result};
use store::Migration;

use super::actions::proposing::{self, Proposal};
use super::rules::case::{Case, Demand};
use super::rules::moves::Move;
use super::rules::vocabulary::Source;
use crate::context::Cx;
use crate::models::Aspect;

pub use records::Miss;
pub use rules::{ClassRecord, Record};

/// This part's table.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "demands-track-1", sql: include_str!("schema.sql") }];

/// Days that the workbench looks back.
pub const DAYS: i64 = 30;
/// Changed proposals that are listed at most.
pub const MOST: usize = 200;

/// What a move decides, beside what was proposed; taken before the move is saved, because a proposal looks at what stands.
pub(super) struct Decision {
    proposal: Option<Proposal>,
    decided: Vec<(Aspect, String)>,
}

/// What `make` decides of the aspects, where a person makes it.
pub(super) fn decision(cx: &mut Cx<'_>, before: &Case, after: &Demand, make: Move) -> Result<Option<Decision>> {
    let decided = decided(&before.demand, after, make);
    if decided.is_empty() || cx.actor.account.is_none() {
        return Ok(None);
    }
    let mut proposal = proposing::proposed(cx, &before.demand)?;
    // Of two units that were equally near the page proposed whichever had less in hand then.
    if let Some(Proposal { rivals: Some(rivals), parts, .. }) = &mut proposal
        && let Some((_, unit)) =
            decided.iter().find(|(aspect, unit)| *aspect == Aspect::LeadUnit && rivals.contains(unit))
    {
        parts
            .iter_mut()
            .filter(|part| part.field == Aspect::LeadUnit.code())
            .for_each(|part| part.value = Some(unit.clone()));
    }
    Ok(Some(Decision { proposal, decided }))
}

fn decided(before: &Demand, after: &Demand, make: Move) -> Vec<(Aspect, String)> {
    let sorting = &after.sorting;
    match make {
        Move::Triage => [
            sorting.theme.clone().map(|theme| (Aspect::Theme, theme)),
            sorting.kind.map(|kind| (Aspect::Kind, kind.code().to_owned())),
            Some((Aspect::Urgent, sorting.urgent.to_string())),
        ]
        .into_iter()
        .flatten()
        .collect(),
        // Who answers at once answers for themselves; nobody was chosen.
        Move::AnswerAtOnce => Vec::new(),
        _ if before.lead_unit == after.lead_unit => Vec::new(),
        _ => after.lead_unit.iter().map(|unit| (Aspect::LeadUnit, unit.clone())).collect(),
    }
}

/// Keeps what was proposed and decided: the first time both, later what was decided instead.
pub(super) fn keep(cx: &mut Cx<'_>, before: &Demand, decision: &Decision) -> Result<()> {
    let by = cx.actor.signature();
    for (aspect, decided) in &decision.decided {
        if records::correct(cx.tx, before.id, *aspect, decided, &by)? {
            continue;
        }
        // A demand that was sorted before anything was counted is not counted when it is corrected.
        let first = match aspect {
            Aspect::LeadUnit => before.lead_unit.is_none(),
            _ => before.sorting.route.is_none(),
        };
        let part = decision.proposal.as_ref().and_then(|proposal| proposal.part(*aspect));
        if let Some(part) = part.filter(|part| first && part.source != Some(Source::Given)) {
            records::insert(cx.tx, before.id, *aspect, part, (decided, &by), cx.now)?;
        }
    }
    Ok(())
}

/// How the proposals of a period did, by aspect.
pub fn record(cx: &mut Cx<'_>, from: Instant, until: Instant) -> Result<Vec<Record>> {
    Ok(rules::summed(&records::tallies(cx.tx, from, until)?))
}

/// How the proposals of the last [`DAYS`] days did.
pub fn recent(cx: &mut Cx<'_>) -> Result<Vec<Record>> {
    record(cx, cx.now.plus_seconds(-DAYS * 86_400), Instant(cx.now.0 + 1))
}

/// The proposals of a period that were changed or not made, among the demands that the actor sees, the latest first.
pub fn misses(cx: &mut Cx<'_>, aspect: Aspect, from: Instant, until: Instant) -> Result<Vec<Miss>> {
    records::misses(cx.tx, cx.actor, aspect, (from, until), MOST)
}
