//! Whether a reply answers its demand, and what in it should not be read by everybody: advice before it is sent, never a gate.

use kernel::error::Checker;
use kernel::{Permission, Result};
use serde::{Deserialize, Serialize};
use text::Severity;
use text::answering::{self, Advice, Gap};
use text::leaks::leaks;

use super::moving;
use crate::context::Cx;
use crate::demands::rules::case::Demand;
use crate::people;

/// The parts of a reply, as fields and in Chinese.
const PARTS: [(&str, &str); 3] = [("policy_reading", "政策解读"), ("measures", "办理措施"), ("opinion", "处理意见")];
/// A part is no longer.
const MOST: usize = 4_000;

/// A reply that has not been sent.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// 政策解读
    #[schema(max_length = 4000)]
    pub policy_reading: Option<String>,
    /// 办理措施
    #[schema(max_length = 4000)]
    pub measures: Option<String>,
    /// 处理意见
    #[schema(max_length = 4000)]
    pub opinion: Option<String>,
}

/// One thing to look at before a reply is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Remark {
    /// The field of the part; null where the reply as a whole is meant.
    pub part: Option<&'static str>,
    /// The first character in that part, counted from 0, and the one after the last; equal where no place is meant.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// What stands there, or what the demand asked.
    pub found: String,
    /// `untouched`, `when`, `part`, `nothing`, `promise`, `nobody`; or `stop`, `ask` for what should not be public.
    pub what: &'static str,
    /// What to do, in Chinese.
    pub advice: String,
}

/// What a reply of these parts may lack as an answer to `demand`.
pub fn gaps(cx: &Cx<'_>, demand: &Demand, parts: &[(&str, &str)]) -> Vec<Advice> {
    answering::check(&demand.said.title, &demand.said.text, parts, cx.app.synonyms())
}

/// Everything to look at in a draft: what it leaves unanswered, then what should not be in it.
pub fn check(cx: &mut Cx<'_>, number: &str, draft: &Draft) -> Result<Vec<Remark>> {
    people::require(cx.actor, Permission::Desk)?;
    let demand = moving::load(cx, number)?.demand;
    let mut check = Checker::default();
    let given = [&draft.policy_reading, &draft.measures, &draft.opinion];
    let read = |((field, label), text): (&(&'static str, &'static str), &Option<String>)| {
        Some((*field, *label, check.optional_text(field, label, text.as_deref(), MOST)?))
    };
    let parts: Vec<(&str, &str, String)> = PARTS.iter().zip(given).filter_map(read).collect();
    check.done()?;
    let named: Vec<(&str, &str)> = parts.iter().map(|(_, label, text)| (*label, text.as_str())).collect();
    let of_gap = |gap: Advice| {
        let part = gap.part.and_then(|number| parts.get(number));
        let place = |byte: usize| part.map_or(0, |(_, _, text)| characters(text, byte));
        let (start, end) = (place(gap.start), place(gap.end));
        Remark {
            part: part.map(|(field, ..)| *field),
            start,
            end,
            found: gap.found,
            what: code(gap.gap),
            advice: gap.advice,
        }
    };
    let mut remarks: Vec<Remark> = gaps(cx, &demand, &named).into_iter().map(of_gap).collect();
    for (field, _, text) in &parts {
        remarks.extend(leaks(text).into_iter().map(|leak| Remark {
            part: Some(*field),
            start: characters(text, leak.start),
            end: characters(text, leak.end),
            found: leak.found,
            what: if leak.severity == Severity::Stop { "stop" } else { "ask" },
            advice: leak.advice,
        }));
    }
    Ok(remarks)
}

const fn code(gap: Gap) -> &'static str {
    match gap {
        Gap::Untouched => "untouched",
        Gap::When => "when",
        Gap::Part => "part",
        Gap::Nothing => "nothing",
        Gap::Promise => "promise",
        Gap::Nobody => "nobody",
    }
}

fn characters(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap_or_default().chars().count()
}
