//! Before a text goes out: the page as the submitter will see it, with everything marked that should not be in it.

use kernel::Result;
use maud::{Markup, html};
use serde_json::{Map, Value};
use text::leaks::{self, Leak, Severity};

use crate::context::Cx;
use crate::demands::actions::moving::{self, Weighed};
use crate::demands::rules::moves::Move;

/// What the submitter would be told.
pub struct Public {
    /// Headings and texts, in their order.
    pub parts: Vec<(&'static str, String)>,
    /// The submitter's name, which an answer that may be published does not bear.
    name: Option<String>,
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
    let notice = change.notice.map(|notice| ("", notice));
    let name = case.demand.said.contact_name.clone().filter(|name| name.chars().count() > 1);
    Ok(Public { name, parts: reply.unwrap_or_default().into_iter().chain(notice).collect() })
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
            @for (name, text) in &self.parts {
                @if !name.is_empty() { h3 { (name) } }
                p.words { (self.marked(text)) }
            }
        }
    }

    fn marked(&self, text: &str) -> Markup {
        let mut pieces = Vec::new();
        let mut at = 0;
        for leak in self.leaks(text) {
            pieces.push((&text[at..leak.start], &text[leak.start..leak.end], leak.advice));
            at = leak.end;
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
        }
    }
}

fn named(start: usize, found: &str) -> Leak {
    let advice = format!("“{found}”是诉求人的姓名，答复可能公开，请改称“您”或删去。");
    Leak { start, end: start + found.len(), found: found.to_owned(), severity: Severity::Ask, advice }
}
