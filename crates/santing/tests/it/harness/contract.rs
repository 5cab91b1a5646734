//! The published description of the API, and whether an answer is what it promises.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::http::Answer;

/// `openapi.json`.
pub struct Contract(Value);

impl Contract {
    /// The description as it was served.
    pub fn new(description: Value) -> Self {
        Self(description)
    }

    /// Every call as (method, path), sorted.
    pub fn calls(&self) -> Vec<(String, String)> {
        let paths = self.0["paths"].as_object().unwrap();
        let mut calls: Vec<_> = paths
            .iter()
            .flat_map(|(path, item)| item.as_object().unwrap().keys().map(|m| (m.to_uppercase(), path.clone())))
            .collect();
        calls.sort();
        calls
    }

    /// Every field that any call takes.
    pub fn field_names(&self) -> BTreeSet<String> {
        let schemas = self.0["components"]["schemas"].as_object().unwrap().values();
        let properties = schemas.filter_map(|schema| schema["properties"].as_object());
        properties.flat_map(|properties| properties.keys().cloned()).collect()
    }

    /// What a call may be asked in its query.
    pub fn query_names(&self, method: &str, path: &str) -> Vec<String> {
        let parameters = self.0["paths"][path][method.to_lowercase()]["parameters"].as_array();
        let in_query = parameters.into_iter().flatten().filter(|parameter| parameter["in"] == "query");
        in_query.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned)).collect()
    }

    /// References that lead nowhere, and successes without a described body.
    pub fn flaws(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        self.dangling(&self.0, &mut flaws);
        for (method, path) in self.calls() {
            let responses = &self.0["paths"][&path][method.to_lowercase()]["responses"];
            for (status, response) in
                responses.as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'))
            {
                let response = self.resolve(response);
                if status != "204" && response["content"].as_object().is_none_or(Map::is_empty) {
                    flaws.push(format!("{method} {path} does not say what its {status} holds"));
                }
            }
        }
        flaws
    }

    fn dangling(&self, value: &Value, flaws: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                let reference = fields.get("$ref").and_then(Value::as_str);
                if let Some(to) = reference.filter(|to| self.0.pointer(to.trim_start_matches('#')).is_none()) {
                    flaws.push(format!("{to} is described nowhere"));
                }
                fields.values().for_each(|value| self.dangling(value, flaws));
            }
            Value::Array(items) => items.iter().for_each(|value| self.dangling(value, flaws)),
            _ => {}
        }
    }

    /// Fails unless `answer` to `method` `/api/v1{path}` is as described, down to every field.
    #[track_caller]
    pub fn check(&self, method: &str, path: &str, answer: &Answer) {
        let path = format!("/api/v1{}", path.split('?').next().unwrap());
        let Some(operation) = self.operation(method, &path) else {
            assert!(answer.status >= 400, "{} is answered but not described", answer.asked);
            return;
        };
        let status = answer.status.to_string();
        let range = format!("{}XX", &status[..1]);
        let responses = &operation["responses"];
        let described = responses.get(&status).or_else(|| responses.get(&range));
        let Some(described) = described else {
            panic!("{} answered {status}, which is not described: {}", answer.asked, answer.body);
        };
        let content = self.resolve(described).get("content").and_then(Value::as_object);
        let Some(content) = content else {
            assert!(answer.body.is_empty(), "{} has a body that is not described", answer.asked);
            return;
        };
        let sent = answer.header("content-type").split(';').next().unwrap_or_default();
        let Some(content) = content.get(sent) else {
            panic!("{} is {sent}, described are {:?}", answer.asked, content.keys().collect::<Vec<_>>());
        };
        if !sent.ends_with("json") || sent.ends_with("ndjson") {
            return;
        }
        let mut wrong = Vec::new();
        self.compare(&content["schema"], &answer.json(), "$", &mut wrong);
        assert!(wrong.is_empty(), "{} is not as described: {wrong:#?}\n{}", answer.asked, answer.body);
    }

    /// The description of one call: a path without parameters goes before one with.
    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let paths = self.0["paths"].as_object().unwrap();
        let mut fitting: Vec<_> = paths.iter().filter(|(template, _)| fits(template, path)).collect();
        fitting.sort_by_key(|(template, _)| template.matches('{').count());
        fitting.first()?.1.get(method.to_lowercase())
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let found = self.0.pointer(reference.trim_start_matches('#'));
                self.resolve(found.unwrap_or_else(|| panic!("{reference} is described nowhere")))
            }
            None => schema,
        }
    }

    /// Collects where `value` is not what `schema` says.
    fn compare(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        let schema = self.resolve(schema);
        for choice in ["oneOf", "anyOf"] {
            if let Some(choices) = schema.get(choice).and_then(Value::as_array) {
                if !choices.iter().any(|schema| self.fits(schema, value, at)) {
                    wrong.push(format!("{at}: {value} is none of {choice}"));
                }
                return;
            }
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.compare(part, value, at, wrong);
        }
        if !of_type(schema, value) {
            wrong.push(format!("{at}: {value} is not {}", schema["type"]));
        }
        if schema.get("enum").and_then(Value::as_array).is_some_and(|known| !known.contains(value)) {
            wrong.push(format!("{at}: {value} is none of {}", schema["enum"]));
        }
        match value {
            Value::Object(fields) => self.compare_fields(schema, fields, at, wrong),
            Value::Array(items) => {
                let of = schema.get("items").unwrap_or(&Value::Null);
                items.iter().enumerate().for_each(|(i, item)| self.compare(of, item, &format!("{at}[{i}]"), wrong));
            }
            _ => {}
        }
    }

    fn compare_fields(&self, schema: &Value, fields: &Map<String, Value>, at: &str, wrong: &mut Vec<String>) {
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str).filter(|name| !fields.contains_key(*name)) {
            wrong.push(format!("{at}.{name} is required and missing"));
        }
        let Some(known) = schema.get("properties").and_then(Value::as_object) else { return };
        for (name, value) in fields {
            match known.get(name).or_else(|| schema.get("additionalProperties")) {
                Some(schema) => self.compare(schema, value, &format!("{at}.{name}"), wrong),
                None => wrong.push(format!("{at}.{name} is not described")),
            }
        }
    }

    fn fits(&self, schema: &Value, value: &Value, at: &str) -> bool {
        let mut wrong = Vec::new();
        self.compare(schema, value, at, &mut wrong);
        wrong.is_empty()
    }
}

/// Whether a template (`/demands/{number}`) is the pattern of `path`.
pub fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len() && template.iter().zip(&path).all(|(t, p)| t.starts_with('{') || t == p)
}

fn of_type(schema: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match schema.get("type") {
        Some(Value::String(name)) => is(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}
