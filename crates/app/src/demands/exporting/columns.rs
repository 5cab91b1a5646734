//! The columns of an export, and a demand as a row of them.

use documents::tables::Cell;
use documents::write::Column;
use kernel::{Fault, Id, Instant, Result};
use text::redact;

use super::records::{self, Rest};
use crate::city::City;
use crate::context::Cx;
use crate::demands::actions::listing::Summary;
use crate::demands::pages::without_numbers;
use crate::demands::records::Written;
use crate::demands::rules::case::Reply;
use crate::demands::rules::vocabulary::Grade;
use crate::enterprises;
use crate::units::{self, UnitNames};

/// To whom a table speaks.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    /// Programs: identifiers and instants with their offset, where people get words and wall clock time.
    pub codes: bool,
    /// Personal data as it was given.
    pub plain: bool,
}

/// The columns up to the status: what is true of a demand in the list of any day.
pub const AS_OF_A_DAY: usize = 15;

const COLUMNS: [(&str, &str, f64); 23] = [
    ("number", "编号", 20.0),
    ("received_at", "收到时间", 18.0),
    ("audience", "身份", 10.0),
    ("channel", "渠道", 14.0),
    ("enterprise.name", "企业", 30.0),
    ("enterprise.uscc", "统一社会信用代码", 22.0),
    ("area", "街道", 12.0),
    ("title", "标题", 40.0),
    ("text", "内容", 60.0),
    ("kind", "类别", 8.0),
    ("theme", "领域", 16.0),
    ("tier", "层级", 8.0),
    ("route", "办理形式", 10.0),
    ("lead_unit", "牵头单位", 16.0),
    ("status", "状态", 10.0),
    ("outcome", "结果", 12.0),
    ("due_at", "下一时限", 18.0),
    ("closed_at", "办结时间", 18.0),
    ("round", "轮次", 6.0),
    ("reply", "答复", 60.0),
    ("reply_unit", "答复单位", 16.0),
    ("reply_time", "答复时间", 18.0),
    ("grade", "评价", 10.0),
];
const CONTACT: [(&str, &str, f64); 3] =
    [("contact.name", "联系人", 12.0), ("contact.phone", "联系电话", 16.0), ("contact.email", "电子邮箱", 20.0)];
/// Under other names than [`CONTACT`], so that no import takes what is hidden for what was said.
const HIDDEN_CONTACT: [(&str, &str, f64); 3] = [
    ("contact_name_masked", "联系人（已遮）", 12.0),
    ("contact_phone_masked", "联系电话（已遮）", 16.0),
    ("contact_email_masked", "电子邮箱（已遮）", 20.0),
];

/// The columns in their order.
pub fn columns(voice: Voice) -> Vec<Column> {
    let contact = if voice.plain { CONTACT } else { HIDDEN_CONTACT };
    COLUMNS.iter().chain(&contact).map(|(key, heading, width)| Column::new(*key, *heading).wide(*width)).collect()
}

/// A page of a list as rows.
pub fn rows(cx: &mut Cx<'_>, items: &[Summary], voice: Voice) -> Result<Vec<Vec<Cell>>> {
    let ids: Vec<Id> = items.iter().map(|item| item.id).collect();
    let names = units::names(cx)?;
    let (mut rest, mut replies) = (records::rest(cx.tx, &ids)?, records::replies(cx.tx, &ids)?);
    let grades = records::grades(cx.tx, &ids)?;
    let firms: Vec<Id> = rest.values().filter_map(|rest| rest.enterprise).collect();
    let codes = enterprises::codes(cx, &firms)?;
    let say = Say { city: cx.app.city(), names: &names, voice };
    let row = |item: &Summary| {
        let rest = rest.remove(&item.id).ok_or_else(|| Fault::broken("a listed demand is not there"))?;
        let replies = replies.remove(&item.id).unwrap_or_default();
        let code = rest.enterprise.and_then(|firm| codes.get(&firm));
        Ok(say.row(item, rest, code, &replies, grades.get(&item.id).copied()))
    };
    items.iter().map(row).collect()
}

struct Say<'a> {
    city: &'a City,
    names: &'a UnitNames,
    voice: Voice,
}

impl Say<'_> {
    fn row(
        &self,
        item: &Summary,
        rest: Rest,
        code: Option<&String>,
        replies: &[Written<Reply>],
        grade: Option<Grade>,
    ) -> Vec<Cell> {
        let said: Vec<String> = replies.iter().map(|reply| whole(&reply.what)).collect();
        let last = replies.last();
        let mut cells = vec![
            Cell::of_text(item.number.clone()),
            self.time(Some(item.received_at)),
            self.word(Some(item.audience).map(|w| (w.code(), w.label()))),
            self.named(Some(&item.channel), |code| self.city.channels.label(code)),
            text(item.enterprise_name.clone()),
            text(code.cloned()),
            text(rest.area),
            self.words(&item.title),
            self.words(&rest.text),
            self.word(item.kind.map(|w| (w.code(), w.label()))),
            self.named(item.theme.as_deref(), |code| self.city.themes.label(code)),
            self.word(item.tier.map(|w| (w.code(), w.label()))),
            self.word(item.route.map(|w| (w.code(), w.label()))),
            self.named(item.lead_unit.as_deref(), |code| self.names.short_name(code).to_owned()),
            self.word(Some(item.status).map(|w| (w.code(), w.label()))),
            self.word(rest.outcome.map(|w| (w.code(), w.label()))),
            self.time(item.due_at),
            self.time(rest.closed_at),
            Cell::of_digits(rest.round.to_string()),
            self.words(&said.join("\n\n")),
            text(last.map(|reply| self.by(reply))),
            self.time(last.map(|reply| reply.at)),
            self.word(grade.map(|w| (w.code(), w.label()))),
        ];
        let hide = |value: Option<String>, hide: fn(&str) -> String| {
            text(value.map(|value| if self.voice.plain { value } else { hide(&value) }))
        };
        cells.push(hide(rest.contact_name, redact::mask_name));
        cells.push(hide(rest.contact_phone, redact::mask_phone));
        cells.push(hide(rest.contact_email, redact::mask));
        cells
    }

    fn word(&self, word: Option<(&str, &str)>) -> Cell {
        text(word.map(|(code, label)| if self.voice.codes { code } else { label }.to_owned()))
    }

    fn named(&self, code: Option<&str>, label: impl Fn(&str) -> String) -> Cell {
        text(code.map(|code| if self.voice.codes { code.to_owned() } else { label(code) }))
    }

    fn time(&self, at: Option<Instant>) -> Cell {
        match at {
            None => Cell::Empty,
            Some(at) if self.voice.codes => Cell::of_text(at.rfc3339(&self.city.zone)),
            Some(at) => Cell::Date(at.in_zone(&self.city.zone).datetime()),
        }
    }

    /// Words of people, without the numbers by which somebody is found.
    fn words(&self, words: &str) -> Cell {
        if self.voice.plain { Cell::of_text(words) } else { Cell::of_text(without_numbers(words)) }
    }

    /// The unit that replied; another system's replies bear its name in words.
    fn by(&self, reply: &Written<Reply>) -> String {
        reply.unit.as_deref().map_or_else(|| reply.by_name.clone(), |code| self.names.short_name(code).to_owned())
    }
}

fn whole(reply: &Reply) -> String {
    let parts = [&reply.policy_reading, &reply.measures, &reply.opinion];
    parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn text(value: Option<String>) -> Cell {
    value.map_or(Cell::Empty, Cell::of_text)
}
