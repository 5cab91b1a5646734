//! HTML forms: what was typed, what was attached, and what is wrong with it. A form that is refused comes back with
//! everything that was typed.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header;
use kernel::{FieldError, Refusal};
use serde::de::DeserializeOwned;

use super::errors::Failure;
use super::extract::{BODY_LIMIT, DRAIN_LIMIT, decode_pairs, malformed, read_body, too_large, unsupported};
use super::input;

/// The largest form with files: 24 MiB.
pub const UPLOAD_LIMIT: usize = 24 << 20;
/// The largest table that is taken in over the web: 50 MiB. The command line takes larger ones.
pub const TABLE_LIMIT: usize = 50 << 20;

/// Parts of a form at most; the largest of ours has some thirty.
const MOST_PARTS: usize = 500;

/// A submitted form, urlencoded or multipart.
#[derive(Clone, Debug, Default)]
pub struct FormBody {
    pairs: Vec<(String, String)>,
    files: Vec<Upload>,
}

/// A submitted form with a table in it, which may be larger than the attachments of a demand.
#[derive(Clone, Debug, Default)]
pub struct TableForm(pub FormBody);

/// A file that came with a form. Its kind is judged by its content elsewhere; the name is only what the sender said.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The field of the form.
    pub field: String,
    /// The file's name as the sender's machine gave it.
    pub name: String,
    /// The content.
    pub bytes: Bytes,
}

impl FormBody {
    /// The text of `name`, trimmed; `None` where it is absent or blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim());
        value.filter(|v| !v.is_empty())
    }

    /// Every text of `name`: the ticked boxes of a group.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(n, v)| n == name && !v.trim().is_empty()).map(|(_, v)| v.trim())
    }

    /// Whether the box `name` is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The files of the field `name`.
    pub fn files<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Upload> {
        self.files.iter().filter(move |file| file.field == name)
    }

    /// The form as a typed value, the same type that the JSON handler reads: dotted names reach into nested values,
    /// blank fields are absent.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let value = input::nest(self.pairs.iter().map(|(name, text)| (name.as_str(), text.trim())));
        input::read_texts(value).map_err(Refusal::invalid)
    }

    /// The form with `text` put at the end of what stands in `name`, on a line of its own.
    pub fn with_added(mut self, name: &str, text: &str) -> Self {
        match self.pairs.iter_mut().find(|(n, _)| n == name) {
            Some((_, value)) if value.trim().is_empty() => *value = text.to_owned(),
            Some((_, value)) => *value = format!("{}\n{text}", value.trim_end()),
            None => self.pairs.push((name.to_owned(), text.to_owned())),
        }
        self
    }

    /// A form made by hand, for tests and for showing a form that is already filled in.
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Self { pairs, files: Vec::new() }
    }
}

impl<S: Send + Sync> FromRequest<S> for FormBody {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            return read_multipart(request, state, UPLOAD_LIMIT).await;
        }
        let empty = kind.is_empty();
        if !empty && !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(unsupported("请用网页上的表单提交").into());
        }
        let bytes = read_body(request.into_body(), BODY_LIMIT).await?;
        if empty && !bytes.is_empty() {
            return Err(unsupported("请用网页上的表单提交").into());
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| malformed("提交的文字不是 UTF-8 编码"))?;
        Ok(Self { pairs: decode_pairs(text)?, files: Vec::new() })
    }
}

impl<S: Send + Sync> FromRequest<S> for TableForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        match kind.starts_with("multipart/form-data") {
            true => read_multipart(request, state, TABLE_LIMIT).await.map(Self),
            false => FormBody::from_request(request, state).await.map(Self),
        }
    }
}

async fn read_multipart<S: Send + Sync>(mut request: Request, state: &S, limit: usize) -> Result<FormBody, Failure> {
    // What is counted below is content; a part's endless head must not fill the memory either.
    DefaultBodyLimit::max(DRAIN_LIMIT).apply(&mut request);
    let mut parts =
        Multipart::from_request(request, state).await.map_err(|_| malformed("表单格式不完整，请重新提交"))?;
    let mut form = FormBody::default();
    let mut seen = 0;
    let broken = |error: axum::extract::multipart::MultipartError| {
        if error.status().as_u16() == 413 { too_large(limit) } else { malformed("表单没有传完，请重试") }
    };
    let mut count = 0;
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        count += 1;
        // Empty parts weigh nothing by their content, so they are counted.
        if count > MOST_PARTS {
            return Err(malformed(format!("表单的项目太多，最多 {MOST_PARTS} 项")).into());
        }
        let field = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(broken)? {
            seen += chunk.len();
            if seen <= limit {
                bytes.extend_from_slice(&chunk);
            } else if seen > DRAIN_LIMIT {
                return Err(too_large(limit).into());
            }
        }
        match file_name {
            // A browser sends an empty part for a file field that was left empty.
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(name) => form.files.push(Upload { field, name: clean_name(&name), bytes: bytes.into() }),
            None => form.pairs.push((field.clone(), text_of(&field, &bytes)?)),
        }
    }
    if seen > limit { Err(too_large(limit).into()) } else { Ok(form) }
}

fn text_of(field: &str, bytes: &[u8]) -> Result<String, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("提交的文字不是 UTF-8 编码"))?;
    if text.contains('\0') {
        return Err(Refusal::field(field, "bad_format", "内容里有空字符（NUL），请删去后再提交"));
    }
    Ok(text.to_owned())
}

/// The last part of a path, without control characters, at most 120 characters.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(120).collect()
}

/// What a form's page shows: the values in the fields and the errors beside them.
#[derive(Clone, Debug, Default)]
pub struct FormView {
    form: FormBody,
    errors: Vec<FieldError>,
    message: Option<String>,
}

impl FormView {
    /// An empty form.
    pub fn blank() -> Self {
        Self::default()
    }

    /// A form as it was typed.
    pub fn typed(form: FormBody) -> Self {
        Self { form, ..Self::default() }
    }

    /// The same form with `name` filled in, where nothing was typed yet.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        if !self.form.pairs.iter().any(|(n, _)| n == name) {
            self.form.pairs.push((name.to_owned(), value.into()));
        }
        self
    }

    /// The same form with the box `value` of the group `name` ticked.
    pub fn with_ticked(mut self, name: &str, value: impl Into<String>) -> Self {
        self.form.pairs.push((name.to_owned(), value.into()));
        self
    }

    /// The same form with `text` put at the end of what stands in `name`.
    pub fn with_added(mut self, name: &str, text: &str) -> Self {
        self.form = self.form.with_added(name, text);
        self
    }

    /// The same form with what is wrong with it.
    pub fn refused(mut self, refusal: Refusal) -> Self {
        self.message = Some(refusal.message);
        self.errors = refusal.errors;
        self
    }

    /// What stands in the field `name`.
    pub fn value(&self, name: &str) -> &str {
        self.form.pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default()
    }

    /// Everything that stands under `name`: the ticked boxes of a group.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.form.all(name)
    }

    /// Whether the box `value` of the group `name` is ticked.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.form.all(name).any(|v| v == value)
    }

    /// What is wrong with the field `name`; a group of boxes `name[]` answers for `name`.
    pub fn error(&self, name: &str) -> Option<&FieldError> {
        let name = name.strip_suffix("[]").unwrap_or(name);
        self.errors.iter().find(|e| e.field == name)
    }

    /// Every wrong field.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The sentence of the refusal as a whole.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}
