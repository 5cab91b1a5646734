//! Extractors that read strictly and refuse politely: every rejection is a [`Failure`], never axum's
//! plain text. Rooms use these instead of axum's own.

use std::future::poll_fn;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::{HeaderMap, header, request::Parts};
use kernel::{Refusal, RefusalKind};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use super::errors::Failure;
use super::input;

/// The largest body that is read without the route saying otherwise: 2 MiB.
pub const BODY_LIMIT: usize = 2 << 20;

/// A JSON body of type `T`. Every field of the wrong type is named; a NUL, an unpaired surrogate or another encoding than
/// UTF-8 is refused.
#[derive(Debug, Clone)]
pub struct JsonBody<T>(pub T);

/// A query string of type `T`; names with dots reach into nested values, repeated names make lists, numbers and flags are
/// read from their text.
#[derive(Debug, Clone)]
pub struct QueryParams<T>(pub T);

/// The parameters in the path, as axum's `Path`; what cannot be one is simply not found.
#[derive(Debug, Clone)]
pub struct PathParams<T>(pub T);

impl<T> Deref for JsonBody<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for QueryParams<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T, S> FromRequest<S> for JsonBody<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        require_json(request.headers())?;
        let bytes = read_body(request.into_body(), BODY_LIMIT).await?;
        let body = parse_json(&bytes)?;
        // A list of the fields' values in their order would be taken for the fields.
        if bytes.trim_ascii_start().first() == Some(&b'[') {
            return Err(Refusal::field("", "wrong_type", "请求内容应为 JSON 对象，不能是列表").into());
        }
        Ok(Self(body))
    }
}

/// A body as it was sent, of at most [`super::form::TABLE_LIMIT`] bytes: packages and lists, whose content says what it is.
#[derive(Debug, Clone)]
pub struct RawBody(pub Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        read_body(request.into_body(), super::form::TABLE_LIMIT).await.map(Self)
    }
}

/// The `T` that JSON text holds.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("请求内容不是 UTF-8 编码"))?;
    if text.trim().is_empty() {
        return Err(malformed("请求没有内容，应为 JSON"));
    }
    // Nearly every body is read here in one go; only one that fails or may hold a NUL pays for being taken apart.
    if !text.contains("\\u0000")
        && let Ok(read) = serde_json::from_str(text)
    {
        return Ok(read);
    }
    let value: serde_json::Value = serde_json::from_str(text)
        .map_err(|e| malformed(format!("请求内容不是正确的 JSON（第 {} 行第 {} 个字符附近）", e.line(), e.column())))?;
    if let Some(field) = input::find_nul(&value) {
        return Err(Refusal::field(field, "bad_format", "内容里有空字符（NUL），请删去后再提交"));
    }
    input::read(value).map_err(Refusal::invalid)
}

fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let mut parts = kind.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let json = essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    let utf8 = parts.all(|p| p.strip_prefix("charset=").is_none_or(|c| c.trim_matches('"') == "utf-8"));
    if json && utf8 { Ok(()) } else { Err(unsupported("请以 application/json（UTF-8）提交")) }
}

/// What a sender may go on sending after the limit, so that it reads the refusal instead of a broken connection.
pub(super) const DRAIN_LIMIT: usize = 64 << 20;

/// The whole body, if it is not longer than `limit`.
pub(super) async fn read_body(mut body: Body, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut seen = 0;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| malformed("请求没有传完，请重试"))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen <= limit {
            bytes.extend_from_slice(&data);
        } else if seen > DRAIN_LIMIT {
            break;
        }
    }
    if seen > limit { Err(too_large(limit).into()) } else { Ok(bytes) }
}

/// Lets a sender finish whose request is refused unread, unless it waits to be asked for the body.
pub(super) async fn drain(headers: &HeaderMap, body: Body) {
    if !headers.contains_key(header::EXPECT) {
        // However it ends, the refusal is what is answered.
        let _ = read_body(body, 0).await;
    }
}

/// A body that a handler is lent: what it leaves unread can be read afterwards, so that a sender may finish and the
/// connection stays good for the next request.
#[derive(Clone)]
pub(super) struct Lent(Arc<Mutex<Body>>);

impl Lent {
    /// Lends `body`.
    pub(super) fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(body)))
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

/// 413 with the limit in words.
pub fn too_large(limit: usize) -> Refusal {
    Refusal::new(RefusalKind::TooLarge, format!("提交的内容太大，最多 {} MB", (limit >> 20).max(1)))
}

/// 400.
pub fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::Malformed, message)
}

/// 415.
pub fn unsupported(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::UnsupportedType, message)
}

impl<T, S> FromRequestParts<S> for QueryParams<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let pairs = decode_pairs(parts.uri.query().unwrap_or_default())?;
        let value = input::nest(pairs.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        Ok(Self(input::read_texts(value).map_err(Refusal::invalid)?))
    }
}

/// The pairs of `application/x-www-form-urlencoded` text, refused where they are not UTF-8 or hold a NUL.
pub fn decode_pairs(text: &str) -> Result<Vec<(String, String)>, Refusal> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name, name)?, decode(name, value)?))
        })
        .collect()
}

fn decode(name: &str, text: &str) -> Result<String, Refusal> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| malformed("提交的文字不是 UTF-8 编码"))?;
    if decoded.contains('\0') {
        return Err(Refusal::field(name, "bad_format", "内容里有空字符（NUL），请删去后再提交"));
    }
    Ok(decoded.into_owned())
}

impl<T, S> FromRequestParts<S> for PathParams<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let nothing = || Refusal::not_found("没有这个地址，可能是抄错了一位，也可能已经移走");
        if percent_decode_str(parts.uri.path()).any(|byte| byte == 0) {
            return Err(nothing().into());
        }
        let Path(read) = Path::<T>::from_request_parts(parts, state).await.map_err(|_| nothing())?;
        Ok(Self(read))
    }
}
