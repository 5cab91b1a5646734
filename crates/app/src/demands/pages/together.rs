//! Several units and several voices on the page of a demand: who owes what, what was asked for and ruled, what was decided.

use maud::{Markup, html};

use super::contact;
use super::look::{Look, bar};
use crate::demands::actions::viewing::{self, Whole};
use crate::demands::rules::case::{Case, Part, Proceeding, Request};
use crate::web::parts::{Shape, chip};

/// Everything that stands beside the lead's own work; nothing where there is nothing.
pub fn cards(look: &Look, whole: &Whole) -> Markup {
    let case = &whole.case;
    html! {
        (joined(whole))
        @if !case.parts.is_empty() {
            section.card id="parts" {
                h2 { "各单位的意见和任务" }
                ul.stack.list { @for part in &case.parts { li { div { (a_part(look, case, part)) } } } }
            }
        }
        @if !case.requests.is_empty() || !case.proceedings.is_empty() {
            section.card id="decisions" {
                h2 { "申请和决定" }
                ul.stack.list {
                    @for request in &case.requests { li { div { (a_request(look, request)) } } }
                    @for proceeding in &case.proceedings { li { div { (a_proceeding(look, proceeding)) } } }
                }
            }
        }
    }
}

/// 并入 and 并来: one demand, many voices.
fn joined(whole: &Whole) -> Markup {
    html! {
        @if let Some(into) = &whole.merged_into {
            p.notice { "这件诉求已与 " a href={ "/demands/" (into) } { (into) } " 合并办理；诉求人仍用自己的编号查进度、看答复、作评价。" }
        }
        @if !whole.voices.is_empty() {
            section.card {
                h2 { "同一件事的其他声音 " span.muted.small { "1 件诉求，" (whole.voices.len() + 1) " 个声音" } }
                ul.small.list {
                    @for voice in &whole.voices {
                        li {
                            a href={ "/demands/" (voice.number) } { (contact::line(&voice.said.title)) }
                            " " span.muted.num { (voice.number) }
                            @if let Some(firm) = &voice.said.enterprise_name { " · " (firm) }
                        }
                    }
                }
            }
        }
    }
}

fn a_part(look: &Look, case: &Case, part: &Part) -> Markup {
    html! {
        p {
            b { (look.unit(&part.unit)) } " " span.muted { (part.kind.label()) @if !part.mandatory { "（可不答）" } }
            " " (standing(part))
        }
        @if !part.task.is_empty() { p.small { (part.task) } }
        @match (&part.opinion, case.clocks.get(part.clock)) {
            (Some(opinion), _) => {
                blockquote.note {
                    @if let Some(stance) = part.stance { b { (stance.label()) "。" } }
                    (opinion)
                }
                p.small.muted {
                    @if let Some(name) = &part.by_name { (name) " " }
                    @if let Some(at) = part.answered_at { (look.when(at)) }
                }
            }
            (None, Some(clock)) if part.open() => (bar(&viewing::standing(clock, &look.calendar, look.now))),
            _ => {}
        }
    }
}

fn standing(part: &Part) -> Markup {
    match part {
        Part { released_at: Some(_), .. } => chip(Shape::Plain, "已收回"),
        Part { answered_at: Some(_), .. } => chip(Shape::Done, "已反馈"),
        Part { acknowledged_at: Some(_), .. } => chip(Shape::Doing, "办理中"),
        _ => chip(Shape::Wait, "待签收"),
    }
}

fn a_request(look: &Look, request: &Request) -> Markup {
    html! {
        p {
            b { (request.kind.label()) } " " (look.unit(&request.unit)) " " (request.by_name) " " (look.when(request.at)) " "
            @match &request.ruling {
                None => (chip(Shape::Wait, "等待裁定")),
                Some(ruling) if ruling.granted => (chip(Shape::Done, "同意")),
                Some(_) => (chip(Shape::Plain, "没有同意")),
            }
        }
        p.small {
            @if let Some(days) = request.days { "延长 " (days) " 个工作日。" }
            @if let Some(ground) = &request.ground { (ground) "。" }
            @if request.ground.as_ref() != Some(&request.reason) { (request.reason) }
            @if let Some(unit) = &request.suggested { " 应由 " (look.unit(unit)) " 承办。" }
        }
        @if let Some(ruling) = &request.ruling {
            p.small.muted { (ruling.by_name) " " (look.when(ruling.at)) @if let Some(reason) = &ruling.reason { "：" (reason) } }
        }
    }
}

fn a_proceeding(look: &Look, proceeding: &Proceeding) -> Markup {
    let shown = if proceeding.heading == proceeding.kind.label() { "" } else { proceeding.heading.as_str() };
    html! {
        p { b { (proceeding.kind.label()) } " " (shown) " " span.muted { (proceeding.by_name) " " (look.when(proceeding.at)) } }
        p.small.words { (proceeding.text) }
        @if let (Some(until), None) = (proceeding.until, proceeding.ended_at) { p.small.muted { "最迟 " (look.stamp(until)) " 恢复" } }
        @if let Some(result) = &proceeding.result { p.small { b { "结论 " } (result) } }
        @else if let Some(ended) = proceeding.ended_at { p.small.muted { "至 " (look.when(ended)) } }
    }
}
