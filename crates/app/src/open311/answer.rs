//! Answers in the shape that was asked for, refusals included: `[{code, description}]`.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Refusal};

use super::rules::field;
use super::tree::Tree;
use crate::web::{Failure, status_of};

/// The shape of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `.json`
    Json,
    /// `.xml`
    Xml,
}

impl Shape {
    /// What the last part of an address asks for: the name, and the shape.
    pub fn of(file: &str) -> Option<(&str, Self)> {
        let (name, ending) = file.rsplit_once('.')?;
        match ending {
            "json" => Some((name, Self::Json)),
            "xml" => Some((name, Self::Xml)),
            _ => None,
        }
    }
}

/// An answer; in XML its first element is `root`.
pub fn answer(shape: Shape, status: StatusCode, root: &str, tree: &Tree) -> Response {
    match shape {
        Shape::Json => (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], tree.json().to_string())
            .into_response(),
        Shape::Xml => (status, [(header::CONTENT_TYPE, "text/xml; charset=utf-8")], tree.xml(root)).into_response(),
    }
}

/// What was answered, or why not. A fault goes on to the gate, which logs it.
pub fn answered(shape: Shape, root: &str, outcome: Result<(StatusCode, Tree), Error>) -> Response {
    match outcome {
        Ok((status, tree)) => answer(shape, status, root, &tree),
        Err(Error::Refused(refusal)) => refused(shape, &refusal),
        Err(fault) => Failure(fault).into_response(),
    }
}

/// A refusal with everything that is wrong; what the standard calls a bad request is 400.
pub fn refused(shape: Shape, refusal: &Refusal) -> Response {
    let status = status_of(&Error::Refused(refusal.clone()));
    let status = if status == StatusCode::UNPROCESSABLE_ENTITY { StatusCode::BAD_REQUEST } else { status };
    let code = Tree::Number(i64::from(status.as_u16()));
    let one =
        |description: String| Tree::Fields(vec![("code", code.clone()), ("description", Tree::Text(description))]);
    let errors = match refusal.errors.as_slice() {
        [] => vec![one(refusal.message.clone())],
        many => many.iter().map(|error| one(format!("{}: {}", field(&error.field), error.message))).collect(),
    };
    answer(shape, status, "errors", &Tree::List("error", errors))
}
