//! Before a text goes out: the page as the submitter will see it, with everything marked that should not be in it.

use kernel::Result;
use maud::{Markup, html};
use serde_json::{Map, Value};
use text::answering::{Advice, Gap};
use text::leaks::{self, Leak, Severity};

use crate::context::Cx;
use crate::demands::actions::answering;
use crate::demands::actions::moving::{self, Weighed};
use crate::demands::rules::moves::Move;

/// What the submitter would be told.
pub struct Public {
    /// Headings and texts, in their order.
    pub parts: Vec<(&'static str, String)>,
    /// The submitter's name, which an answer that may be published does not bear.
    name: Option<String>,
    /// What a reply may lack as an answer.
    gaps: Vec<Advice>,
}

/// Whether a move says something to the submitter in words that somebody has just typed.
pub const fn speaks(make: Move) -> bool {
    matches!(make, Move::Reply | Move::AnswerAtOnce | Move::Decline | Move::Transfer)
}

/// What the submitter would be told by this move, without making it; refuses as the move itself would.
pub fn public(cx: &mut Cx<'_>, number: &str, make: Move, input: &Map<String, Value>) -> Result<Public> {
    let Weighed { case, change, .. } = moving::weigh_latest(cx, number, make, input)?;
    let reply = change.reply.map(|reply| {
        vec![("政策解读", reply.policy_reading), ("办理措施", reply.measures), ("处理意见", reply.opinion)]
    });
    // An answer at once has one part only.
    let reply = reply.map(|parts| parts.into_iter().filter(|(_, text)| !text.is_empty()).collect::<Vec<_>>());
    let named: Vec<(&str, &str)> = reply.iter().flatten().map(|(name, text)| (*name, text.as_str())).collect();
    let gaps = if named.is_empty() { Vec::new() } else { answering::gaps(cx, &case.demand, &named) };
    let notice = change.notice.map(|notice| ("", notice));
    let name = case.demand.said.contact_name.clone().filter(|name| name.chars().count() > 1);
    Ok(Public { name, gaps, parts: reply.unwrap_or_default().into_iter().chain(notice).collect() })
}

impl Public {
    /// What should not be there, part by part.
    fn found(&self) -> Vec<(&'static str, Leak)> {
        self.parts.iter().flat_map(|(name, text)| self.leaks(text).into_iter().map(move |leak| (*name, leak))).collect()
    }

    /// What should not be in one text, in its order; where two findings overlap, the one that begins first stands for both.
    fn leaks(&self, text: &str) -> Vec<Leak> {
        let mut all = leaks::leaks(text);
        if let Some(name) = &self.name {
            all.extend(text.match_indices(name.as_str()).map(|(start, found)| named(start, found)));
        }
        all.sort_by_key(|leak| (leak.start, std::cmp::Reverse(leak.end)));
        let mut at = 0;
        all.retain(|leak| {
            let apart = leak.start >= at;
            at = at.max(leak.end);
            apart
        });
        all
    }

    /// Whether something must be looked at before it goes out.
    pub fn stops(&self) -> bool {
        self.found().iter().any(|(_, leak)| leak.severity == Severity::Stop)
    }

    /// The text as the submitter sees it, with marks.
    pub fn text(&self) -> Markup {
        html! {
            @for (number, (name, text)) in self.parts.iter().enumerate() {
                @if !name.is_empty() { h3 { (name) } }
                p.words { (self.marked(number, text)) }
            }
        }
    }

    fn marked(&self, number: usize, text: &str) -> Markup {
        let leaks = self.leaks(text).into_iter().map(|leak| (leak.start, leak.end, leak.advice));
        // A part that says nothing is named in the list; marking all of it would show nothing.
        let within = |gap: &&Advice| gap.part == Some(number) && gap.gap != Gap::Part;
        let gaps = self.gaps.iter().filter(within).map(|gap| (gap.start, gap.end, gap.advice.clone()));
        let mut marks: Vec<(usize, usize, String)> = leaks.chain(gaps).collect();
        marks.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
        let mut pieces = Vec::new();
        let mut at = 0;
        for (start, end, advice) in marks.into_iter().filter(|(start, end, _)| start < end) {
            if start >= at {
                pieces.push((&text[at..start], &text[start..end], advice));
                at = end;
            }
        }
        html! {
            @for (before, what, advice) in &pieces { (before) mark title=(advice) { (what) } }
            (&text[at..])
        }
    }

    /// What the marks mean.
    pub fn advice(&self) -> Markup {
        let (found, stops) = (self.found(), self.stops());
        html! {
            @if !found.is_empty() {
                div.notice.trouble[stops].warn[!stops] role="alert" {
                    p { b { "发出前请核对标出的 " (found.len()) " 处" } }
                    ul.bullets { @for (name, leak) in &found { li { @if !name.is_empty() { (name) "：" } (leak.advice) } } }
                }
            }
            @if !self.gaps.is_empty() {
                div.notice {
                    p { b { "答到了吗" } "，供参考，不影响发出：" }
                    ul.bullets { @for gap in &self.gaps {
                        @let name = gap.part.and_then(|number| self.parts.get(number)).map_or("", |(name, _)| *name);
                        li { @if !name.is_empty() && gap.gap != Gap::Part { (name) "：" } (gap.advice) }
                    } }
                }
            }
        }
    }
}

fn named(start: usize, found: &str) -> Leak {
    let advice = format!("“{found}”是诉求人的姓名，答复可能公开，请改称“您”或删去。");
    Leak { start, end: start + found.len(), found: found.to_owned(), severity: Severity::Ask, advice }
}
