//! The rows of bulk work: what was picked, what would happen, what happened.

use maud::{Markup, html};

use super::actions::{Effect, Outcome};
use super::picking::{ITEM, Picked, named};
use crate::demands::pages::contact;
use crate::demands::pages::look::{Look, status};
use crate::web::parts::{self, table};

/// The demands that were picked.
pub fn picked(picked: &Picked) -> Markup {
    let look = &picked.look;
    let rows = html! {
        @for case in &picked.cases {
            @let d = &case.demand;
            tr {
                td { a.title href={ "/demands/" (d.number) } { (contact::line(&d.said.title)) } div.muted.num { (d.number) } }
                td data-name="谁在办" { (look.holder(d.status, d.lead_unit.as_deref())) }
                td { (status(d.status)) }
            }
        }
    };
    table("选中的诉求", &["诉求", "谁在办", "现在"], &rows)
}

/// Rows that can be done, each with its box; `form` is the form that the boxes belong to.
pub fn possible(look: &Look, outcomes: &[&Outcome], form: &str) -> Markup {
    let rows = html! {
        @for outcome in outcomes {
            @if let Some(effect) = &outcome.effect {
                tr {
                    td.pick data-name="办不办" {
                        input type="checkbox" form=(form) name=(ITEM) value=(named(&outcome.item)) checked
                            aria-label={ "办这一件：" (contact::line(&effect.title)) };
                    }
                    td { (head(outcome, effect)) }
                    td data-name="状态" { (status(effect.from)) @if effect.from != effect.to { " → " (status(effect.to)) } }
                    td data-name="单位" { (units(look, effect)) }
                    td data-name="办后时限" { (due(look, effect)) }
                }
            }
        }
    };
    table("可以办的", &["办", "诉求", "状态", "单位", "办后时限"], &rows)
}

/// Rows that were done.
pub fn done(look: &Look, outcomes: &[&Outcome]) -> Markup {
    let rows = html! {
        @for outcome in outcomes {
            @if let Some(effect) = &outcome.effect {
                tr {
                    td { (head(outcome, effect)) }
                    td data-name="状态" { (status(effect.from)) @if effect.from != effect.to { " → " (status(effect.to)) } }
                    td data-name="单位" { (units(look, effect)) }
                    td data-name="时限" { (due(look, effect)) }
                }
            }
        }
    };
    table("已办的", &["诉求", "状态", "单位", "时限"], &rows)
}

/// Rows that cannot be done, or were not, each with its reason.
pub fn refused(caption: &str, outcomes: &[&Outcome]) -> Markup {
    let rows = html! {
        @for outcome in outcomes {
            tr {
                td {
                    @match &outcome.effect { Some(effect) => (head(outcome, effect)), None => span.num { (outcome.item.number) } }
                }
                td data-name="现在" { @if let Some(effect) = &outcome.effect { (status(effect.from)) } }
                td data-name="原因" { @if let Some(refusal) = &outcome.refusal { (reasons(refusal)) } }
            }
        }
    };
    table(caption, &["诉求", "现在", "原因"], &rows)
}

fn head(outcome: &Outcome, effect: &Effect) -> Markup {
    html! {
        a.title href={ "/demands/" (outcome.item.number) } { (contact::line(&effect.title)) }
        div.muted.num { (outcome.item.number) }
    }
}

fn units(look: &Look, effect: &Effect) -> Markup {
    let name = |code: &Option<String>| code.as_deref().map(|code| look.unit(code)).unwrap_or_default();
    let (before, after) = (name(&effect.unit_before), name(&effect.unit));
    html! {
        @if before == after { (after) } @else if before.is_empty() { "→ " b { (after) } } @else { (before) " → " b { (after) } }
    }
}

fn due(look: &Look, effect: &Effect) -> Markup {
    html! { @if let Some((clock, at)) = effect.due { (clock.label()) " " span.muted { (look.due(at)) } } }
}

fn reasons(refusal: &kernel::Refusal) -> Markup {
    html! {
        @if refusal.errors.len() > 1 { ul.bullets { @for error in &refusal.errors { li { (error.message) } } } }
        @else { (refusal.message) }
    }
}

/// A fold with what was picked, so that a form stays short.
pub fn folded(of: &Picked) -> Markup {
    html! {
        details.fold open[of.cases.len() <= 10] {
            summary { "选中的 " (parts::count(of.cases.len() as u64)) " 件" }
            (picked(of))
        }
    }
}
