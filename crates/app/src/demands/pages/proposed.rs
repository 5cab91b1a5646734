//! What is proposed, beside the form that decides it: each field with its reason and how sure that is, and one button that
//! confirms all of it. A person presses it.

use maud::{Markup, html};

use crate::demands::actions::proposing::Proposal;
use crate::demands::rules::moves::{Move, Row};
use crate::demands::rules::parts::Part;
use crate::demands::rules::vocabulary::Source;
use crate::web::parts::{Shape, chip};
use crate::web::{FormView, hidden};

/// The proposal in sentences; `accept` is the button that confirms it, where it is whole.
pub fn why(proposal: &Proposal, prefilled: bool, accept: &Markup) -> Markup {
    let title = match (proposal.speaks, prefilled) {
        (false, _) => "没有把握",
        (true, true) => "已按建议预填",
        (true, false) => "系统的建议",
    };
    let told = if proposal.speaks { proposal.because.as_slice() } else { &proposal.because[..2] };
    html! {
        div.notice.warn[!proposal.speaks] {
            p { b { (title) } "，" (if proposal.speaks { "由您决定。" } else { "请您判断。" }) }
            ul.bullets.small { @for reason in told { li { (reason) } } }
            (accept)
        }
    }
}

/// One button that sends everything as it is proposed, where every field that is asked for is; otherwise what is missing.
pub fn accept(row: &Row, view: &FormView, action: &str, version: i64) -> Markup {
    if row.make != Move::Triage {
        return html! {};
    }
    let missing: Vec<&str> =
        row.needs.iter().filter(|f| f.required && view.value(f.name).is_empty()).map(|f| f.label).collect();
    if !missing.is_empty() {
        return html! { p.small { "没有把握的请您选：" (missing.join("、")) "。" } };
    }
    html! {
        form.go method="post" action=(action) {
            (hidden("version", version))
            @for field in row.needs { @if !view.value(field.name).is_empty() { (hidden(field.name, view.value(field.name))) } }
            button.primary data-key="a" data-key-name="按建议确认" { "按建议确认 " kbd { "a" } }
        }
    }
}

/// What stands under a field: how sure the proposal is, and why.
pub fn note(proposal: &Proposal, field: &str) -> Option<Markup> {
    if let Some(part) = proposal.parts.iter().find(|part| part.field == field) {
        // Where little speaks nothing is filled in, so that the note says what it would be.
        let value = part.value_label.as_ref().filter(|_| !proposal.speaks);
        return Some(html! {
            p.small.muted { (surety(part)) " " @if let Some(value) = value { "“" (value) "”：" } (part.because) }
        });
    }
    let axis = proposal.axes.iter().find(|axis| axis.field == field && proposal.speaks)?;
    let because = axis.because.as_ref()?;
    Some(html! { p.small.muted { (chip(Shape::Plain, Source::Rule.label())) " " (because) } })
}

fn surety(part: &Part) -> Markup {
    match part.source {
        None => chip(Shape::Wait, "没有把握"),
        Some(source @ (Source::Learned | Source::Given)) => chip(Shape::Done, source.label()),
        Some(source) => chip(Shape::Plain, source.label()),
    }
}
