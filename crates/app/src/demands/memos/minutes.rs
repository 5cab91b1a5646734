//! 会商纪要: what was asked, who answered what, word for word, and the conclusion.

use maud::{Markup, html};

use super::petition::opinion;
use super::{Paper, ended};
use crate::demands::pages::without_numbers;
use crate::demands::rules::case::{Part, Proceeding};
use crate::demands::rules::vocabulary::PartKind;

/// The paper between title and signature.
pub fn body(paper: &Paper<'_>, held: &Proceeding) -> Markup {
    let demand = &paper.whole.case.demand;
    let asked: Vec<&Part> = paper
        .whole
        .case
        .parts
        .iter()
        .filter(|part| part.kind == PartKind::Consultation && part.asked_at >= held.at)
        .filter(|part| held.ended_at.is_none_or(|end| part.asked_at <= end))
        .collect();
    let names: Vec<&str> = asked.iter().map(|part| paper.unit(&part.unit)).collect();
    let silent: Vec<&str> =
        asked.iter().filter(|part| part.opinion.is_none()).map(|part| paper.unit(&part.unit)).collect();
    html! {
        p {
            (paper.day(held.at)) "，" (held.by_name) "就“" (paper.subject()) "”诉求（编号" (demand.number) "）发起会商"
            @if !names.is_empty() { "，征求" (names.join("、")) "意见" } "。"
        }
        h2 { "一、会商事项" }
        p { (ended(&without_numbers(&held.text))) }
        h2 { "二、各单位意见" }
        @for part in asked.iter().filter(|part| part.opinion.is_some()) { p { (opinion(paper, part)) } }
        @if !silent.is_empty() { p { "没有答复：" (silent.join("、")) "。" } }
        h2 { "三、会商结论" }
        p {
            @match (&held.result, held.ended_at) {
                (Some(result), Some(at)) => { (paper.day(at)) "形成结论。" (ended(&without_numbers(result))) },
                (Some(result), None) => (ended(&without_numbers(result))),
                (None, _) => "会商还在进行，尚未形成结论。",
            }
        }
    }
}
