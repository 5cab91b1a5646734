//! Reading what somebody filled in for a move: the move's own list of fields is the form, so it is also the check.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{FieldError, Refusal, error::Checker};
use serde_json::{Map, Value};

use super::moves::{Field, FieldKind, Row};
use super::vocabulary::Word;
use crate::city::City;

/// What the fields may refer to.
pub struct Reading<'a> {
    /// Themes and grounds.
    pub city: &'a City,
    /// The local day, before which no date may lie.
    pub today: Date,
    /// Finds a unit by code or name: its code, or a sentence that says what is wrong.
    pub unit: &'a dyn Fn(&str) -> Result<String, String>,
}

/// The fields of one move, read and checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given(BTreeMap<&'static str, String>);

impl Given {
    /// The field's text, or a code, or a date; `None` where it was left out.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// A field that the row needs, so that it is there.
    pub fn needed(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    /// Yes, no, or left out.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name).map(|v| v == "true")
    }

    /// One of a closed set.
    pub fn word<W: Word>(&self, name: &str) -> Option<W> {
        self.0.get(name).and_then(|code| W::from_code(code))
    }

    /// Every field that was filled in, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

/// Reads `input` against the row's fields; refuses with every wrong field at once.
pub fn read(row: &Row, input: &Map<String, Value>, reading: &Reading<'_>) -> Result<Given, Refusal> {
    let mut check = Checker::default();
    let mut given = Given::default();
    for field in row.needs {
        match as_text(input.get(field.name)) {
            Err(()) => check.wrong(field.name, "wrong_type", format!("{}的类型不对", field.label)),
            Ok(None) if field.required => {
                check.wrong(field.name, "required", format!("请{}{}", verb(field.kind), field.label));
            }
            Ok(None) => {}
            Ok(Some(text)) => match read_one(field, &text, reading) {
                Ok(value) => {
                    given.0.insert(field.name, value);
                }
                Err(error) => check.wrong(error.field, error.code, error.message),
            },
        }
    }
    for (name, value) in input {
        let known = name == "version" || row.needs.iter().any(|f| f.name == name);
        if !known && as_text(Some(value)) != Ok(None) {
            check.wrong(name, "unknown", format!("“{}”不收字段 {name}", row.make.label()));
        }
    }
    check.done()?;
    Ok(given)
}

/// A JSON value as the text that a form would have sent; blank is absent; lists and objects are the wrong type.
fn as_text(value: Option<&Value>) -> Result<Option<String>, ()> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|t| !t.is_empty())),
        Some(Value::Bool(flag)) => Ok(Some(flag.to_string())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Array(items)) if items.is_empty() => Ok(None),
        Some(_) => Err(()),
    }
}

fn verb(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text { .. } => "填写",
        _ => "选择",
    }
}

fn read_one(field: &Field, text: &str, reading: &Reading<'_>) -> Result<String, FieldError> {
    let wrong = |code, message: String| Err(FieldError { field: field.name.to_owned(), code, message });
    match field.kind {
        FieldKind::Text { most, .. } => {
            let mut check = Checker::default();
            let value = check.text(field.name, field.label, Some(text), most);
            match check.done() {
                Ok(()) => Ok(value),
                Err(mut refusal) => Err(refusal.errors.remove(0)),
            }
        }
        FieldKind::Choice(choices) => match choices.iter().find(|(code, _)| *code == text) {
            Some((code, _)) => Ok((*code).to_owned()),
            None => {
                let codes: Vec<&str> = choices.iter().map(|(code, _)| *code).collect();
                wrong("unknown", format!("{}没有“{}”这一项，可选：{}", field.label, short(text), codes.join("、")))
            }
        },
        FieldKind::Flag => match text {
            "true" | "on" | "1" | "yes" => Ok("true".to_owned()),
            "false" | "off" | "0" | "no" => Ok("false".to_owned()),
            _ => wrong("bad_format", format!("{}只能是是或否（true、false）", field.label)),
        },
        FieldKind::Theme => match reading.city.themes.resolve(text) {
            Some(theme) => Ok(theme.code.clone()),
            None => wrong("unknown", format!("没有代码为“{}”的领域", short(text))),
        },
        FieldKind::Ground(kind) => match reading.city.grounds.find(kind, text) {
            Some(ground) => Ok(ground.code.clone()),
            None => wrong("unknown", format!("“{}”不是列明的情形", short(text))),
        },
        FieldKind::Unit => match (reading.unit)(text) {
            Ok(code) => Ok(code),
            Err(message) => wrong("unknown", message),
        },
        FieldKind::Date => match text.parse::<Date>() {
            Err(_) => wrong("bad_format", format!("{}请写成 2026-03-05 这样的日期", field.label)),
            Ok(date) if date < reading.today => wrong("in_the_past", format!("{}不能早于今天", field.label)),
            Ok(date) if date > reading.today.saturating_add(jiff::Span::new().years(2)) => {
                wrong("too_far", format!("{}不能晚于两年之后", field.label))
            }
            Ok(date) => Ok(date.to_string()),
        },
    }
}

/// What somebody typed, short enough to be quoted back.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(20).collect()
}
