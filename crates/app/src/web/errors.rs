//! How a handler says no. It returns a [`Failure`]; the gate (see `gate.rs`) turns that into a Chinese page with the way
//! out, or, under `/api`, into an RFC 9457 problem, because only the gate knows who asked for what.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Fault, FieldError, Refusal, RefusalKind};
use serde::Serialize;
use utoipa::ToSchema;

/// What a page handler or an API handler answers when it does not do what was asked.
#[derive(Debug)]
pub struct Failure(pub Error);

/// The result of a handler: `async fn show(…) -> Answer<Page>`.
pub type Answer<T> = Result<T, Failure>;

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// A failure on its way to the gate, carried in the extensions of the response.
#[derive(Clone)]
pub(super) struct Failed(pub Arc<Error>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = status_of(&self.0);
        let mut response = status.into_response();
        response.extensions_mut().insert(Failed(Arc::new(self.0)));
        response
    }
}

/// The HTTP status of an error.
pub fn status_of(error: &Error) -> StatusCode {
    let code = match error {
        Error::Refused(refusal) => refusal.status(),
        Error::Fault(fault) if fault.passing => 503,
        Error::Fault(_) => 500,
    };
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The body of every error under `/api`, as RFC 9457 has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem, for example `urn:santing:problem:conflict`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in Chinese.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, in Chinese.
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// Every wrong field.
    pub errors: Vec<ProblemField>,
    /// The version in force, where somebody else was first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<i64>,
    /// The number under which the operators find the fault in their log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

/// One wrong field of a [`Problem`].
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// The field, with dots into nested objects.
    pub field: String,
    /// What is wrong, as an identifier.
    pub code: String,
    /// What is wrong, as a Chinese sentence.
    pub message: String,
}

impl From<&FieldError> for ProblemField {
    fn from(error: &FieldError) -> Self {
        Self { field: error.field.clone(), code: error.code.to_owned(), message: error.message.clone() }
    }
}

impl Problem {
    /// The problem that tells of `error`; a fault tells its incident number and nothing else.
    pub fn of(error: &Error, instance: &str, incident: Option<&str>) -> Self {
        let face = Face::of(error);
        let (errors, current_version) = match error {
            Error::Refused(refusal) => (refusal.errors.iter().map(ProblemField::from).collect(), current_of(refusal)),
            Error::Fault(_) => (Vec::new(), None),
        };
        Self {
            kind: format!("urn:santing:problem:{}", face.code),
            title: face.title,
            status: status_of(error).as_u16(),
            detail: face.detail,
            instance: instance.to_owned(),
            errors,
            current_version,
            incident: incident.map(str::to_owned),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = axum::http::HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// How an error presents itself to people: shared by problems and pages.
pub(super) struct Face {
    pub code: &'static str,
    pub title: &'static str,
    pub detail: String,
}

impl Face {
    pub(super) fn of(error: &Error) -> Self {
        match error {
            Error::Refused(refusal) => {
                let (code, title) = words_of(refusal.kind);
                Self { code, title, detail: refusal.message.clone() }
            }
            Error::Fault(fault) if fault.passing => Self {
                code: "unavailable",
                title: "系统暂时不能办理",
                detail: "数据库暂时连接不上。已经提交成功的内容都在，请过一两分钟再试。".into(),
            },
            Error::Fault(_) => Self {
                code: "fault",
                title: "系统出错了",
                detail: "这是系统的问题，不是您的操作有误。刚才的操作没有生效，请稍后再试。".into(),
            },
        }
    }
}

fn words_of(kind: RefusalKind) -> (&'static str, &'static str) {
    match kind {
        RefusalKind::Malformed => ("malformed", "请求无法读取"),
        RefusalKind::Unauthenticated => ("unauthenticated", "需要先登录"),
        RefusalKind::Forbidden => ("forbidden", "没有权限"),
        RefusalKind::NotFound => ("not_found", "没有找到"),
        RefusalKind::Conflict { .. } => ("conflict", "已被他人先行办理"),
        RefusalKind::TooLarge => ("too_large", "内容太大"),
        RefusalKind::UnsupportedType => ("unsupported_type", "不支持的内容类型"),
        RefusalKind::Invalid => ("invalid", "填写内容需要改正"),
        RefusalKind::TooMany => ("too_many", "操作过于频繁"),
        RefusalKind::Unavailable => ("unavailable", "系统暂时不能办理"),
    }
}

fn current_of(refusal: &Refusal) -> Option<i64> {
    match refusal.kind {
        RefusalKind::Conflict { current } => current,
        _ => None,
    }
}

/// The fault of a handler that panicked, for the server's catch-all.
pub fn panicked() -> Failure {
    Failure(Error::Fault(Fault::broken("a handler panicked; the panic itself is the log line before this one")))
}

/// The refusal of a form that should come back with what was typed (422 and 409); every other error goes on to the gate.
pub fn invalid_only(error: Error) -> Result<Refusal, Failure> {
    match error {
        Error::Refused(refusal) if matches!(refusal.kind, RefusalKind::Invalid | RefusalKind::Conflict { .. }) => {
            Ok(refusal)
        }
        other => Err(Failure(other)),
    }
}
