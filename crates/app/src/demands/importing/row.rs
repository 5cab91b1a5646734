//! One row of somebody's table → one demand, or what is wrong with it.

use documents::dates;
use documents::tables::{Cell, Row};
use jiff::tz::TimeZone;
use kernel::{FieldError, Instant, Refusal};
use serde_json::{Map, Value};
use store::Document;

use super::columns::Mapping;
use crate::city::City;
use crate::demands::actions::indexing::document;
use crate::demands::rules::intake::{self, Entrance, Intake};

/// A row that can be taken in.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The row's number in the file.
    pub number: u64,
    /// What was said.
    pub intake: Intake,
    /// The official reply, where there was one.
    pub reply: Option<OfficialReply>,
    /// What the index will hold of it.
    pub document: Document,
}

/// A reply that another system kept; it came in one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficialReply {
    /// Its words.
    pub text: String,
    /// Who gave it, in words.
    pub unit: Option<String>,
    /// When.
    pub at: Option<Instant>,
}

/// Characters of a reply at most.
const REPLY_MOST: usize = 20_000;

/// Reads a row. `source` is the system that the file came from, `now` bounds its times.
pub fn prepare(row: &Row, mapping: &Mapping, source: &str, city: &City, now: Instant) -> Result<Prepared, Refusal> {
    let mut fields = Map::new();
    let mut errors = Vec::new();
    for (field, value) in &mapping.defaults {
        put(&mut fields, field, Value::from(value.as_str()));
    }
    for (column, cell) in row.iter() {
        if let Some(outer) = inside(column, mapping) {
            if errors.iter().any(|error: &FieldError| error.field == outer) {
                continue;
            }
            let message = "这里是一个对象，应当是一段文字".to_owned();
            errors.push(FieldError { field: outer.to_owned(), code: "wrong_type", message });
        } else if let Some(field) = mapping.field(column)
            && !cell.is_blank()
        {
            match value(field, cell, &city.zone) {
                Ok(value) => put(&mut fields, field, Value::from(value)),
                Err(message) => errors.push(FieldError { field: column.to_owned(), code: "bad_format", message }),
            }
        }
    }
    put_default(&mut fields, "audience", "public");
    put_default(&mut fields, "source", source);
    let reply = take_reply(&mut fields, &mut errors);
    match intake::read(&fields, Entrance::Import, city) {
        Err(refusal) => {
            // A value that could not be read is not missing as well.
            let known: Vec<String> = errors.iter().map(|error| error.field.clone()).collect();
            let read = |field: &str| !known.iter().any(|column| mapping.field(column) == Some(field));
            let more: Vec<FieldError> = refusal.errors.into_iter().filter(|error| read(&error.field)).collect();
            Err(refused(row, mapping, errors.into_iter().chain(more)))
        }
        Ok(intake) => {
            check_times(&intake, reply.as_ref(), now, &mut errors);
            if !errors.is_empty() {
                return Err(refused(row, mapping, errors));
            }
            Ok(with_document(row.number, intake, reply))
        }
    }
}

/// The column whose field is one text, where `column` lies inside it: somebody wrote an object in its place.
fn inside<'a>(column: &'a str, mapping: &Mapping) -> Option<&'a str> {
    let outer = column.split('.').next().filter(|outer| *outer != column && mapping.field(column).is_none())?;
    mapping.field(outer).filter(|field| !field.contains('.')).map(|_| outer)
}

/// What is wrong, each under the name that the column bears in their table, where it has one.
fn refused(row: &Row, mapping: &Mapping, errors: impl IntoIterator<Item = FieldError>) -> Refusal {
    let theirs = |field: &str| row.columns().iter().find(|column| mapping.field(column) == Some(field)).cloned();
    let named = |error: FieldError| FieldError { field: theirs(&error.field).unwrap_or(error.field), ..error };
    Refusal::invalid(errors.into_iter().map(named).collect())
}

/// Segmented here, outside any transaction, so that the writer only writes.
fn with_document(number: u64, intake: Intake, reply: Option<OfficialReply>) -> Prepared {
    let mut texts = vec![intake.title.clone(), intake.text.clone()];
    texts.extend(reply.as_ref().map(|r| r.text.clone()));
    texts.extend(intake.enterprise_name.clone());
    Prepared { number, intake, reply, document: document(&texts) }
}

fn value(field: &str, cell: &Cell, zone: &TimeZone) -> Result<String, String> {
    let text = cell.text().unwrap_or_default().trim().to_owned();
    match (field, cell) {
        (_, Cell::Nested(_)) => Err("这里是列表或对象，应当是一段文字".to_owned()),
        ("source_id" | "enterprise.uscc", Cell::Number(number)) if !number.exact => {
            Err(format!("{text} 超过 15 位，表格软件已经丢了末几位，请把这一列设为文本再导出"))
        }
        ("received_at" | "reply_time", _) => {
            let read = dates::read(&text).map_err(|error| error.to_string())?;
            let at = read.instant(zone).ok_or_else(|| format!("{text} 不是一个时间"))?;
            Ok(at.rfc3339(zone))
        }
        _ => Ok(text),
    }
}

fn put(fields: &mut Map<String, Value>, field: &str, value: Value) {
    match field.split_once('.') {
        None => {
            fields.insert(field.to_owned(), value);
        }
        Some((outer, inner)) => {
            if let Value::Object(object) = fields.entry(outer).or_insert_with(|| Value::Object(Map::new())) {
                object.insert(inner.to_owned(), value);
            }
        }
    }
}

fn put_default(fields: &mut Map<String, Value>, field: &str, value: &str) {
    fields.entry(field).or_insert_with(|| Value::from(value));
}

fn take_reply(fields: &mut Map<String, Value>, errors: &mut Vec<FieldError>) -> Option<OfficialReply> {
    let mut take = |field: &str| match fields.remove(field) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (text, unit, at) = (take("reply"), take("reply_unit"), take("reply_time"));
    let text = text?;
    if text.chars().count() > REPLY_MOST {
        let message = format!("答复最多 {REPLY_MOST} 个字");
        errors.push(FieldError { field: "reply".to_owned(), code: "too_long", message });
    }
    let at = at.and_then(|at| Instant::parse(&at));
    Some(OfficialReply { text: text.replace('\0', ""), unit, at })
}

fn check_times(intake: &Intake, reply: Option<&OfficialReply>, now: Instant, errors: &mut Vec<FieldError>) {
    let mut wrong = |field: &str, message: &str| {
        errors.push(FieldError { field: field.to_owned(), code: "bad_time", message: message.to_owned() });
    };
    let replied = reply.and_then(|r| r.at);
    if intake.received_at.is_some_and(|at| at > now) {
        wrong("received_at", "收到时间在将来");
    }
    if replied.is_some_and(|at| at > now) {
        wrong("reply_time", "答复时间在将来");
    }
    if let (Some(received), Some(replied)) = (intake.received_at, replied)
        && replied < received
    {
        wrong("reply_time", "答复时间早于收到时间");
    }
}
