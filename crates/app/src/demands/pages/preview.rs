//! Before a text goes out: the page as the submitter will see it, with everything marked that should not be in it.

use kernel::Result;
use maud::{Markup, html};
use serde_json::{Map, Value};
use text::leaks::{self, Leak, Severity};

use crate::context::Cx;
use crate::demands::actions::{intake, moving};
use crate::demands::rules::case::Case;
use crate::demands::rules::decide;
use crate::demands::rules::fields::{self, Reading};
use crate::demands::rules::moves::Move;
use crate::units;

/// What the submitter would be told.
pub struct Public {
    /// Headings and texts, in their order.
    pub parts: Vec<(&'static str, String)>,
}

/// Whether a move says something to the submitter in words that somebody has just typed.
pub const fn speaks(make: Move) -> bool {
    matches!(make, Move::Reply | Move::Decline | Move::Transfer)
}

/// What the submitter would be told by this move, without making it; refuses as the move itself would.
pub fn public(cx: &mut Cx<'_>, number: &str, make: Move, input: &Map<String, Value>) -> Result<Public> {
    let mut case: Case = moving::load(cx, number)?;
    let row = decide::find_row(&case, make)?;
    decide::allowed(row, &case, cx.actor)?;
    let names = units::names(cx)?;
    let (today, now) = (cx.today(), cx.now);
    let unit = |text: &str| names.resolve_handler(text, now);
    let given = fields::read(row, input, &Reading { city: cx.app.city(), today, unit: &unit })?;
    let calendar = cx.app.calendar();
    let change = decide::decide(&mut case, row, &given, &intake::deciding(cx, &calendar))?;
    let reply = change.reply.map(|reply| {
        vec![("政策解读", reply.policy_reading), ("办理措施", reply.measures), ("处理意见", reply.opinion)]
    });
    let notice = change.notice.map(|notice| ("", notice));
    Ok(Public { parts: reply.unwrap_or_default().into_iter().chain(notice).collect() })
}

impl Public {
    /// What should not be there, part by part.
    fn found(&self) -> Vec<(&'static str, Leak)> {
        let in_part = |(name, text): &(&'static str, String)| {
            let name = *name;
            leaks::leaks(text).into_iter().map(move |leak| (name, leak))
        };
        self.parts.iter().flat_map(in_part).collect()
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
                p.words { (marked(text)) }
            }
        }
    }

    /// What the marks mean.
    pub fn advice(&self) -> Markup {
        let found = self.found();
        html! {
            @if !found.is_empty() {
                div.notice.trouble[self.stops()] .warn[!self.stops()] role="alert" {
                    p { b { "发出前请核对标出的 " (found.len()) " 处" } }
                    ul.bullets {
                        @for (name, leak) in &found {
                            li { @if !name.is_empty() { (name) "：" } mark { (leak.found) } " " (leak.advice) }
                        }
                    }
                }
            }
        }
    }
}

fn marked(text: &str) -> Markup {
    let mut pieces = Vec::new();
    let mut at = 0;
    for leak in leaks::leaks(text) {
        // Two findings may overlap; the mark begins where the one before ended.
        let start = leak.start.max(at);
        if start < leak.end {
            pieces.push((text[at..start].to_owned(), text[start..leak.end].to_owned(), leak.advice));
            at = leak.end;
        }
    }
    html! {
        @for (before, what, advice) in &pieces { (before) mark title=(advice) { (what) } }
        (&text[at..])
    }
}
