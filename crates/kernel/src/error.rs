//! What can go wrong, in two kinds that never mix. A [`Refusal`] is the user's side: a Chinese sentence, a status, and
//! every wrong field at once; it is the same value from the rule to the screen. A [`Fault`] is ours: it is logged with a
//! number that the error page shows, and says nothing else to the outside.

use std::fmt;

use serde::Serialize;

/// The result of anything that a user may be refused or that may break.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal or a fault.
#[derive(Debug)]
pub enum Error {
    /// The user asked for something that cannot be.
    Refused(Refusal),
    /// Something of ours failed.
    Fault(Fault),
}

/// Why a request is refused; each kind has one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// 400: the request itself cannot be read.
    Malformed,
    /// 401: nobody is logged in, or the password is wrong.
    Unauthenticated,
    /// 403: not this person's to do.
    Forbidden,
    /// 404: not there, or not for this person to know of.
    NotFound,
    /// 409: somebody else was first; carries the version that is current now, where the object has one.
    Conflict {
        /// The version in force.
        current: Option<i64>,
    },
    /// 413: too large.
    TooLarge,
    /// 415: a kind of content that is not taken.
    UnsupportedType,
    /// 422: readable, but fields are missing or wrong.
    Invalid,
    /// 429: too often.
    TooMany,
    /// 503: for the moment not possible (database away); nothing was lost.
    Unavailable,
}

/// One field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's name as in the API, with dots into nested objects (`enterprise.uscc`).
    pub field: String,
    /// What is wrong, as an identifier: `required`, `too_long`, `bad_format`, `unknown`, `not_allowed`, …
    pub code: &'static str,
    /// What is wrong and what to do, as a Chinese sentence.
    pub message: String,
}

/// The user's side of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why, and so the status.
    pub kind: RefusalKind,
    /// The sentence that a person reads first.
    pub message: String,
    /// Every wrong field.
    pub errors: Vec<FieldError>,
}

impl Refusal {
    /// A refusal of `kind` with its sentence.
    pub fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), errors: Vec::new() }
    }

    /// 422 with the wrong fields.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let message = match errors.as_slice() {
            [one] => one.message.clone(),
            many => format!("有 {} 处需要改正", many.len()),
        };
        Self { kind: RefusalKind::Invalid, message, errors }
    }

    /// 422 with one wrong field.
    pub fn field(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { field: field.into(), code, message: message.into() }])
    }

    /// 403.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Forbidden, message)
    }

    /// 404.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(RefusalKind::NotFound, message)
    }

    /// 409 with the version in force.
    pub fn conflict(current: i64, message: impl Into<String>) -> Self {
        Self::new(RefusalKind::Conflict { current: Some(current) }, message)
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self.kind {
            RefusalKind::Malformed => 400,
            RefusalKind::Unauthenticated => 401,
            RefusalKind::Forbidden => 403,
            RefusalKind::NotFound => 404,
            RefusalKind::Conflict { .. } => 409,
            RefusalKind::TooLarge => 413,
            RefusalKind::UnsupportedType => 415,
            RefusalKind::Invalid => 422,
            RefusalKind::TooMany => 429,
            RefusalKind::Unavailable => 503,
        }
    }
}

/// Collects every wrong field of a form before refusing it.
#[derive(Default)]
pub struct Checker(Vec<FieldError>);

impl Checker {
    /// Notes that `field` is wrong.
    pub fn wrong(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), code, message: message.into() });
    }

    /// Whether something is already known to be wrong with `field`.
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|error| error.field == field)
    }

    /// A text of 1 to `most` characters after trimming; `name` is the field's Chinese name. Control characters other
    /// than line breaks and tabs are refused, because neither engine nor any print survives a NUL.
    pub fn text(&mut self, field: &str, name: &str, value: Option<&str>, most: usize) -> String {
        let text = self.optional_text(field, name, value, most);
        if text.is_none() && !self.has(field) {
            self.wrong(field, "required", format!("请填写{name}"));
        }
        text.unwrap_or_default()
    }

    /// Like [`Checker::text`], but absence is fine.
    pub fn optional_text(&mut self, field: &str, name: &str, value: Option<&str>, most: usize) -> Option<String> {
        let text = value.map(str::trim).filter(|t| !t.is_empty())?;
        let length = text.chars().count();
        if length > most {
            self.wrong(field, "too_long", format!("{name}最多 {most} 个字，现在是 {length} 个"));
            return None;
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.wrong(field, "bad_format", format!("{name}里有无法显示的控制字符，请删去后再提交"));
            return None;
        }
        Some(text.replace("\r\n", "\n"))
    }

    /// Refuses if anything is wrong.
    pub fn done(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::invalid(self.0)) }
    }
}

/// Our side of an error: what was being done, and what broke.
#[derive(Debug)]
pub struct Fault {
    /// What the program was doing.
    pub doing: String,
    /// What broke.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// True where the outside world (disk, network, database) is away and the same request may succeed later.
    pub passing: bool,
}

impl Fault {
    /// A fault with the error that caused it.
    pub fn new(doing: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { doing: doing.into(), source: Some(source.into()), passing: false }
    }

    /// A broken assumption, with no error behind it.
    pub fn broken(what: impl Into<String>) -> Self {
        Self { doing: what.into(), source: None, passing: false }
    }

    /// The same fault, marked as passing.
    pub fn passing(mut self) -> Self {
        self.passing = true;
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.doing)?;
        let mut cause = self.source.as_deref().map(|e| e as &dyn std::error::Error);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.errors.iter().try_for_each(|e| write!(f, "\n  {}: {}", e.field, e.message))
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
