//! What a phrase is, what may be kept as one, and how its placeholders are filled in.

use jiff::civil::Date;
use kernel::error::Checker;
use kernel::{Actor, Id, Instant, Refusal};
use serde::{Deserialize, Serialize};

use super::scope::{self, Keeper};

/// Phrases of one scope of one keeper at most: a longer list is no shortcut any longer.
pub const MOST: usize = 200;
/// Characters of a title at most.
pub const TITLE_MOST: usize = 30;
/// Characters of a text at most.
pub const TEXT_MOST: usize = 2000;
/// Characters of a citation at most.
pub const CITATION_MOST: usize = 200;

/// The field of a move that a phrase is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(&'static str);

impl Place {
    /// Any long text.
    pub const ANY: Self = Self("any");
    /// Code, which is the name of the field, and label.
    pub const CHOICES: &'static [(&'static str, &'static str)] = &[
        ("any", "都可以用"),
        ("policy_reading", "政策解读"),
        ("measures", "办理措施"),
        ("opinion", "处理意见"),
        ("goal", "工作目标"),
        ("note", "说明、联系情况、回访记录"),
        ("reason", "理由"),
    ];

    /// The identifier: the name of the field, or `any`.
    pub const fn code(self) -> &'static str {
        self.0
    }

    /// In Chinese.
    pub fn label(self) -> &'static str {
        Self::CHOICES.iter().find(|(code, _)| *code == self.0).map_or("", |(_, label)| label)
    }

    /// The place of an identifier.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CHOICES.iter().find(|(known, _)| *known == code).map(|(known, _)| Self(known))
    }

    /// Whether it fits into the field `name`.
    pub fn fits(self, name: &str) -> bool {
        self == Self::ANY || self.0 == name
    }
}

/// A text that is kept to answer with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The row.
    pub id: Id,
    /// Whose it is.
    pub keeper: Keeper,
    /// The field that it is meant for.
    pub place: Place,
    /// What it is called.
    pub title: String,
    /// The text, with placeholders.
    pub text: String,
    /// The clause that it rests on.
    pub citation: Option<String>,
    /// The last day on which the clause holds.
    pub valid_until: Option<Date>,
    /// Rises with every change.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Instant,
}

impl Phrase {
    /// Whether its clause has ceased to hold.
    pub fn expired(&self, today: Date) -> bool {
        self.valid_until.is_some_and(|last| last < today)
    }
}

/// What is filled in to keep or to change a phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct PhraseInput {
    /// `own` (the default), `unit` or `city`.
    pub scope: Option<String>,
    /// The field that it is meant for: `policy_reading`, `measures`, `opinion`, `goal`, `note`, `reason`, or `any` (the default).
    pub place: Option<String>,
    /// What it is called, at most 30 characters.
    pub title: Option<String>,
    /// The text, at most 2,000 characters; `{number}`, `{title}`, `{enterprise}`, `{unit}` and `{due}` are filled in.
    pub text: Option<String>,
    /// The clause that it rests on.
    pub citation: Option<String>,
    /// The last day on which the clause holds, `2026-12-31`; needs a citation.
    pub valid_until: Option<String>,
    /// The version that was seen, to change one.
    pub version: Option<i64>,
}

/// A new phrase of `actor`.
pub fn created(input: &PhraseInput, actor: &Actor, id: Id, today: Date, now: Instant) -> Result<Phrase, Refusal> {
    scope::needs_account(actor)?;
    let mut check = Checker::default();
    let keeper = Keeper::asked(actor, input.scope.as_deref(), &mut check);
    let phrase = read(input, keeper, None, today, &mut check);
    check.done()?;
    Ok(Phrase { id, updated_at: now, ..phrase })
}

/// The phrase with another text; its scope stays.
pub fn amended(before: &Phrase, input: &PhraseInput, today: Date, now: Instant) -> Result<Phrase, Refusal> {
    let mut check = Checker::default();
    if input.version.is_none() {
        check.wrong("version", "required", "请带上您看到的版本号（version，整数）");
    }
    let phrase = read(input, before.keeper.clone(), before.valid_until, today, &mut check);
    check.done()?;
    Ok(Phrase { id: before.id, version: before.version + 1, updated_at: now, ..phrase })
}

fn read(input: &PhraseInput, keeper: Keeper, known: Option<Date>, today: Date, check: &mut Checker) -> Phrase {
    let place = input.place.as_deref().map(str::trim).filter(|code| !code.is_empty()).unwrap_or("any");
    let place = Place::from_code(place);
    if place.is_none() {
        let codes: Vec<&str> = Place::CHOICES.iter().map(|(code, _)| *code).collect();
        check.wrong("place", "unknown", format!("用在哪里只能是：{}", codes.join("、")));
    }
    let one_line = input.title.as_deref().map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    let title = check.text("title", "名称", one_line.as_deref(), TITLE_MOST);
    let text = check.text("text", "内容", input.text.as_deref(), TEXT_MOST);
    for name in unknown_placeholders(&text) {
        let known = Filling::NAMES.map(|(name, _)| name).join("、");
        check.wrong("text", "unknown", format!("没有“{name}”这个占位，可用的有：{known}"));
    }
    let citation = check.optional_text("citation", "政策依据", input.citation.as_deref(), CITATION_MOST);
    let valid_until = valid_until(input, known, today, check);
    if valid_until.is_some() && citation.is_none() {
        check.wrong("citation", "required", "写了有效期，就要写明依据哪条政策");
    }
    Phrase {
        id: Id(0),
        keeper,
        place: place.unwrap_or(Place::ANY),
        title,
        text,
        citation,
        valid_until,
        version: 1,
        updated_at: Instant(0),
    }
}

fn valid_until(input: &PhraseInput, known: Option<Date>, today: Date, check: &mut Checker) -> Option<Date> {
    let text = input.valid_until.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
    match text.parse::<Date>() {
        Ok(date) if date.year() > 2200 => check.wrong("valid_until", "too_far", "有效期太远了"),
        // One that has expired may still be corrected without being given a new term.
        Ok(date) if date < today && Some(date) != known => {
            check.wrong("valid_until", "in_the_past", "有效期不能早于今天；已经失效的政策不要再用来答复");
        }
        Ok(date) => return Some(date),
        Err(_) => check.wrong("valid_until", "bad_format", "有效期请写成 2026-12-31 这样的日期"),
    }
    None
}

/// What the placeholders stand for in one demand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filling {
    /// `{number}`
    pub number: String,
    /// `{title}`
    pub title: String,
    /// `{enterprise}`
    pub enterprise: Option<String>,
    /// `{unit}`
    pub unit: Option<String>,
    /// `{due}`
    pub due: Option<String>,
}

impl Filling {
    /// Every placeholder with what it stands for.
    pub const NAMES: [(&'static str, &'static str); 5] = [
        ("{number}", "编号"),
        ("{title}", "标题"),
        ("{enterprise}", "企业名称"),
        ("{unit}", "承办单位"),
        ("{due}", "到期日"),
    ];

    /// The text with its placeholders filled in; what is not known stays as a gap that nobody overlooks.
    pub fn fill(&self, text: &str) -> String {
        let values = [
            Some(self.number.as_str()),
            Some(self.title.as_str()),
            self.enterprise.as_deref(),
            self.unit.as_deref(),
            self.due.as_deref(),
        ];
        // One pass: a title that happens to hold a placeholder is not filled in once more.
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let found = Self::NAMES.iter().zip(values).find(|((name, _), _)| rest.starts_with(name));
            let Some(((name, label), value)) = found else {
                out.push('{');
                rest = &rest[1..];
                continue;
            };
            match value {
                Some(value) => out.push_str(value),
                None => out.push_str(&format!("〔{label}〕")),
            }
            rest = &rest[name.len()..];
        }
        out.push_str(rest);
        out
    }
}

/// Words in braces that are no placeholders: a slip of the hand that would go out to the submitter.
fn unknown_placeholders(text: &str) -> Vec<&str> {
    let inside = |(at, _): (usize, &str)| {
        let end = text[at..].find('}')?;
        Some(&text[at..=at + end])
    };
    let word = |name: &&str| name[1..name.len() - 1].bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    let known = |name: &str| Filling::NAMES.iter().any(|(known, _)| *known == name);
    text.match_indices('{').filter_map(inside).filter(word).filter(|name| !known(name)).collect()
}
