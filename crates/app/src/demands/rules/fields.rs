//! Reading what somebody filled in for a move: the move's own list of fields is the form, so it is also the check.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{FieldError, Refusal, error::Checker};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::moves::Row;
use super::vocabulary::Word;
use super::wanted::{Field, FieldKind};
use crate::city::City;

/// What the fields may refer to.
pub struct Reading<'a> {
    /// Themes and grounds.
    pub city: &'a City,
    /// The local day, before which no date may lie.
    pub today: Date,
    /// Finds a unit by code or name: its code, or a sentence that says what is wrong.
    pub unit: &'a dyn Fn(&str) -> Result<String, String>,
    /// Finds another demand by its number: its id, or a sentence that says why it cannot be meant.
    pub demand: &'a dyn Fn(&str) -> Result<String, String>,
}

/// Work that a meeting gave to a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The unit's code.
    pub unit: String,
    /// What it is to do.
    pub task: String,
    /// By when; absent: by the clock of co-handling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<String>,
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

    /// The codes of several units.
    pub fn units(&self, name: &str) -> Vec<String> {
        self.0.get(name).map(|list| list.split(',').map(str::to_owned).collect()).unwrap_or_default()
    }

    /// The work that was given to units.
    pub fn tasks(&self, name: &str) -> Vec<Task> {
        self.0.get(name).and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default()
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.0.get(name).and_then(|n| n.parse().ok())
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
        let typed = match field.kind {
            FieldKind::Units => joined(input.get(field.name)),
            FieldKind::Tasks => lines(input.get(field.name)),
            _ => as_text(input.get(field.name)),
        };
        match typed {
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

/// A list of texts as one text with 、 between them.
fn joined(value: Option<&Value>) -> Result<Option<String>, ()> {
    let Some(Value::Array(items)) = value else { return as_text(value) };
    let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    Ok(Some(texts.ok_or(())?.join("、")).filter(|text| !text.is_empty()))
}

/// A list of tasks as the lines that a person would have typed.
fn lines(value: Option<&Value>) -> Result<Option<String>, ()> {
    let Some(Value::Array(items)) = value else { return as_text(value) };
    let line = |item: &Value| match item {
        Value::String(line) => Some(line.clone()),
        Value::Object(task) => {
            let text = |name: &str| task.get(name).map_or(Some(""), Value::as_str);
            Some(format!("{}｜{}｜{}", text("unit")?, text("task")?.replace(['\n', '\r'], " "), text("due_on")?))
        }
        _ => None,
    };
    let lines: Option<Vec<String>> = items.iter().map(line).collect();
    Ok(Some(lines.ok_or(())?.join("\n")).filter(|text| !text.is_empty()))
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
        FieldKind::Units => units(text, reading).or_else(|message| wrong("unknown", message)),
        FieldKind::Tasks => tasks(text, reading).or_else(|message| wrong("bad_format", message)),
        FieldKind::Demand => (reading.demand)(text).or_else(|message| wrong("unknown", message)),
        FieldKind::Days { most } => match text.parse::<u32>() {
            Ok(days) if (1..=most).contains(&days) => Ok(days.to_string()),
            _ => wrong("out_of_range", format!("{}应为 1 至 {most} 的整数", field.label)),
        },
        FieldKind::Date => {
            future(text, reading.today).or_else(|(code, message)| wrong(code, format!("{}{message}", field.label)))
        }
        FieldKind::PastDate => match text.parse::<Date>() {
            Err(_) => wrong("bad_format", format!("{}请写成 2026-03-05 这样的日期", field.label)),
            Ok(date) if date > reading.today => wrong("in_the_future", format!("{}不能晚于今天", field.label)),
            Ok(date) => Ok(date.to_string()),
        },
    }
}

fn future(text: &str, today: Date) -> Result<String, (&'static str, &'static str)> {
    match text.parse::<Date>() {
        Err(_) => Err(("bad_format", "请写成 2026-03-05 这样的日期")),
        Ok(date) if date < today => Err(("in_the_past", "不能早于今天")),
        Ok(date) if date > today.saturating_add(jiff::Span::new().years(2)) => Err(("too_far", "不能晚于两年之后")),
        Ok(date) => Ok(date.to_string()),
    }
}

/// The codes of units that stand in one text, each once, joined by commas.
fn units(text: &str, reading: &Reading<'_>) -> Result<String, String> {
    let mut codes: Vec<String> = Vec::new();
    for name in text.split(['、', ',', '，', ';', '；', '\n']).map(str::trim).filter(|name| !name.is_empty()) {
        let code = (reading.unit)(name)?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    match codes.len() {
        0 => Err("请至少写一个单位".to_owned()),
        n if n > MOST_UNITS => Err(format!("最多 {MOST_UNITS} 个单位")),
        _ => Ok(codes.join(",")),
    }
}

/// The most units that one act can ask.
const MOST_UNITS: usize = 30;

/// The tasks that stand line by line in a text, as JSON; each needs its unit and what it is.
fn tasks(text: &str, reading: &Reading<'_>) -> Result<String, String> {
    let mut tasks = Vec::new();
    for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = place + 1;
        let mut parts = line.split(['｜', '|', '\t']).map(str::trim);
        let (unit, task, due_on) = (parts.next(), parts.next(), parts.next().filter(|date| !date.is_empty()));
        let unit = unit.filter(|unit| !unit.is_empty()).ok_or_else(|| format!("第 {place} 行没有责任单位"))?;
        let unit = (reading.unit)(unit).map_err(|message| format!("第 {place} 行：{message}"))?;
        let task = task.filter(|task| !task.is_empty()).ok_or_else(|| format!("第 {place} 行没有写任务"))?;
        if task.chars().count() > 500 {
            return Err(format!("第 {place} 行的任务超过 500 字"));
        }
        let due_on = due_on.map(|date| future(date, reading.today)).transpose();
        let due_on = due_on.map_err(|(_, message)| format!("第 {place} 行的完成日期{message}"))?;
        tasks.push(Task { unit, task: task.to_owned(), due_on });
    }
    if tasks.len() > MOST_UNITS {
        return Err(format!("最多 {MOST_UNITS} 项任务"));
    }
    serde_json::to_string(&tasks).map_err(|_| "任务写不下来".to_owned())
}

/// What somebody typed, short enough to be quoted back.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(20).collect()
}
