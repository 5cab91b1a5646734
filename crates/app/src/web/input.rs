//! From untyped input (JSON, a form's pairs, a query's pairs) to a typed value, naming every field that does not fit.
//!
//! serde stops at the first wrong field. People should hear of all of them, so after each failure the offending value is
//! replaced by one that fits and the reading goes on.

use kernel::FieldError;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// More wrong fields than this are not listed.
const MOST_ERRORS: usize = 40;

/// Dots in a name lead this deep at most: no form of ours goes deeper, and a name of a million dots must not either.
const DEEPEST: usize = 8;

/// Reads a `T` out of `value`, or names every field that does not fit.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Vec<FieldError>> {
    read_with(value, |_| false)
}

/// Like [`read`], for forms and queries, where every value is text: `"12"` also fits a number, `"true"` a flag.
pub fn read_texts<T: DeserializeOwned>(value: Value) -> Result<T, Vec<FieldError>> {
    read_with(value, coerce)
}

fn read_with<T: DeserializeOwned>(mut value: Value, coerce: fn(&mut Value) -> bool) -> Result<T, Vec<FieldError>> {
    let mut errors: Vec<FieldError> = Vec::new();
    // Each round repairs one place, by coercion or by a stand-in; the bound only guards against a type nothing fits.
    for _ in 0..4 * MOST_ERRORS {
        let error = match serde_path_to_error::deserialize::<_, T>(&value) {
            Ok(read) if errors.is_empty() => return Ok(read),
            Ok(_) => return Err(errors),
            Err(error) => error,
        };
        let message = error.inner().to_string();
        let path = place_of(&error, &message);
        let field = path.join(".");
        let place = slot(&mut value, &path);
        if place.as_deref().is_some_and(Value::is_string) && place.is_some_and(coerce) {
            continue;
        }
        if errors.len() < MOST_ERRORS && !errors.iter().any(|e| e.field == field) {
            errors.push(describe(&field, &message));
        }
        if !stand_in(&mut value, &path, &message) {
            return Err(errors);
        }
    }
    Err(errors)
}

/// Where the error is: serde's path, and for a missing field its name, which serde only tells in the message.
fn place_of(error: &serde_path_to_error::Error<serde_json::Error>, message: &str) -> Vec<String> {
    let mut path: Vec<String> = error
        .path()
        .iter()
        .filter_map(|segment| match segment {
            serde_path_to_error::Segment::Seq { index } => Some(index.to_string()),
            serde_path_to_error::Segment::Map { key } => Some(key.clone()),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => None,
        })
        .collect();
    if let Some(name) = quoted_after(message, "missing field ") {
        path.push(name.to_owned());
    } else if let Some(name) = quoted_after(message, "unknown field ")
        && path.last().map(String::as_str) != Some(name)
    {
        path.push(name.to_owned());
    }
    path
}

fn quoted_after<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.split('`').nth(1)
}

fn slot<'a>(value: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, key| match value {
        Value::Object(map) => map.get_mut(key),
        Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        _ => None,
    })
}

fn describe(field: &str, message: &str) -> FieldError {
    let name = if field.is_empty() { "内容" } else { field };
    let (code, message) = if message.starts_with("missing field") {
        ("required", format!("缺少 {name}"))
    } else if message.starts_with("unknown field") {
        ("unknown_field", format!("没有 {name} 这一项"))
    } else if message.starts_with("unknown variant") {
        ("unknown", format!("{name} 的取值不在允许的范围内"))
    } else if message.starts_with("invalid type") {
        ("wrong_type", format!("{name} 的类型不对，应为{}", expected_in_chinese(message)))
    } else {
        ("bad_format", format!("{name} 的取值无法读取"))
    };
    FieldError { field: field.to_owned(), code, message }
}

fn expected_in_chinese(message: &str) -> &'static str {
    let expected = message.rsplit("expected ").next().unwrap_or_default();
    match stand_in_for(expected) {
        Some(Value::String(_)) => "文字",
        Some(Value::Bool(_)) => "true 或 false",
        Some(Value::Number(_)) => "数字",
        Some(Value::Array(_)) => "列表",
        Some(Value::Object(_)) => "对象",
        _ => "规定的形式",
    }
}

/// Puts something that fits at `path`, so that the fields after it are read too. False where nothing is known to fit.
fn stand_in(value: &mut Value, path: &[String], message: &str) -> bool {
    if message.starts_with("unknown field") {
        let (Some(last), Some(parent)) = (path.last(), path.split_last().map(|(_, p)| p)) else { return false };
        return slot(value, parent).and_then(Value::as_object_mut).is_some_and(|map| map.remove(last).is_some());
    }
    let Some(place) = slot(value, path) else {
        let Some((last, parent)) = path.split_last() else { return false };
        let Some(Value::Object(map)) = slot(value, parent) else { return false };
        map.insert(last.clone(), Value::Null);
        return true;
    };
    let fits = if place.is_null() {
        let expected = message.rsplit("expected ").next().unwrap_or_default();
        match stand_in_for(expected) {
            Some(fits) => fits,
            None => return false,
        }
    } else {
        Value::Null
    };
    if path.is_empty() && fits.is_null() {
        return false;
    }
    *place = fits;
    true
}

fn stand_in_for(expected: &str) -> Option<Value> {
    let numbers = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "usize", "isize", "f32", "f64"];
    if expected.contains("string") || expected.contains("character") {
        Some(Value::String(String::new()))
    } else if expected.contains("bool") {
        Some(Value::Bool(false))
    } else if numbers.iter().any(|n| expected.starts_with(n)) {
        Some(Value::from(0))
    } else if expected.contains("sequence") {
        Some(Value::Array(Vec::new()))
    } else if expected.starts_with("struct") || expected.contains("map") {
        Some(Value::Object(Map::new()))
    } else {
        None
    }
}

fn coerce(value: &mut Value) -> bool {
    let Value::String(text) = value else { return false };
    let typed = match text.trim() {
        "true" | "on" => Some(Value::Bool(true)),
        "false" | "off" => Some(Value::Bool(false)),
        number => number.parse::<i64>().ok().map(Value::from),
    };
    typed.map(|typed| *value = typed).is_some()
}

/// The nested value that pairs of dotted names make: `enterprise.uscc=…` becomes `{"enterprise": {"uscc": …}}`, a name
/// that comes twice becomes a list, and an empty text is as good as absent.
pub fn nest<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let mut root = Map::new();
    for (name, text) in pairs {
        if !text.is_empty() {
            put(&mut root, name, text, DEEPEST);
        }
    }
    Value::Object(root)
}

fn put(map: &mut Map<String, Value>, name: &str, text: &str, deeper: usize) {
    if deeper > 0
        && let Some((first, rest)) = name.split_once('.')
    {
        let inner = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(inner) = inner {
            put(inner, rest, text, deeper - 1);
        }
        return;
    }
    match map.get_mut(name) {
        None => {
            // A trailing `[]` marks a list even when one box is ticked.
            let (name, fresh) = match name.strip_suffix("[]") {
                Some(name) => (name, true),
                None => (name, false),
            };
            match map.get_mut(name) {
                Some(Value::Array(items)) if fresh => items.push(text.into()),
                _ if fresh => drop(map.insert(name.to_owned(), Value::Array(vec![text.into()]))),
                _ => drop(map.insert(name.to_owned(), text.into())),
            }
        }
        Some(Value::Array(items)) => items.push(text.into()),
        Some(once) => *once = Value::Array(vec![once.take(), text.into()]),
    }
}

/// The first field that holds a NUL, which neither engine can store.
pub fn find_nul(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(i, v)| find_nul(v).map(|rest| joined(&i.to_string(), &rest)))
        }
        Value::Object(map) => map.iter().find_map(|(key, v)| {
            if key.contains('\0') { Some(String::new()) } else { find_nul(v).map(|rest| joined(key, &rest)) }
        }),
        _ => None,
    }
}

fn joined(key: &str, rest: &str) -> String {
    if rest.is_empty() { key.to_owned() } else { format!("{key}.{rest}") }
}
