//! `/api/v1/phrases`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use kernel::{Actor, Fault, Id, Result};
use serde::Serialize;
use utoipa::ToSchema;

use super::actions;
use super::rules::{Phrase, PhraseInput};
use crate::context::App;
use crate::idempotency::{self, Key};
use crate::web::{Answer, JsonBody, PathParams, Session};

/// A phrase as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PhraseView {
    /// The row; a text, because JavaScript cannot hold it as a number.
    pub id: String,
    /// `own`, `unit` or `city`.
    pub scope: &'static str,
    /// In Chinese.
    pub scope_label: &'static str,
    /// The unit's code, where it is a unit's.
    pub unit: Option<String>,
    /// Who saved it.
    pub owner: String,
    /// The field that it is meant for.
    pub place: &'static str,
    /// In Chinese.
    pub place_label: &'static str,
    /// What it is called.
    pub title: String,
    /// The text, with its placeholders.
    pub text: String,
    /// The clause that it rests on.
    pub citation: Option<String>,
    /// The last day on which the clause holds.
    pub valid_until: Option<String>,
    /// Whether the clause has ceased to hold; then no form offers it.
    pub expired: bool,
    /// Whether the caller may change it.
    pub editable: bool,
    /// Rises with every change.
    pub version: i64,
}

impl PhraseView {
    fn of(phrase: Phrase, actor: &Actor, today: Date) -> Self {
        Self {
            id: phrase.id.to_string(),
            scope: phrase.keeper.scope.code(),
            scope_label: phrase.keeper.scope.label(),
            place: phrase.place.code(),
            place_label: phrase.place.label(),
            expired: phrase.expired(today),
            editable: phrase.keeper.obeys(actor),
            unit: phrase.keeper.unit,
            owner: phrase.keeper.owner_name,
            title: phrase.title,
            text: phrase.text,
            citation: phrase.citation,
            valid_until: phrase.valid_until.map(|day| day.to_string()),
            version: phrase.version,
        }
    }
}

/// The phrases that the caller may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PhraseList {
    /// By title, the expired ones included.
    pub items: Vec<PhraseView>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// 常用语：自己的、本单位的、全市通用的；已失效的也列出，不再提供选用。
#[utoipa::path(get, path = "/api/v1/phrases", tag = "phrases", responses((status = 200, body = PhraseList)))]
pub async fn list(State(app): State<App>, session: Session) -> Answer<Json<PhraseList>> {
    let items = app.read(&session.actor, |cx| {
        let (phrases, today) = (actions::list(cx)?, cx.today());
        Ok(phrases.into_iter().map(|phrase| PhraseView::of(phrase, cx.actor, today)).collect())
    });
    Ok(Json(PhraseList { items: items.await?, next: None }))
}

/// 保存一条常用语。
#[utoipa::path(post, path = "/api/v1/phrases", tag = "phrases", request_body = PhraseInput,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 201, body = PhraseView)))]
pub async fn create(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    JsonBody(input): JsonBody<PhraseInput>,
) -> Answer<Response> {
    let key = Key::of(&headers, "POST /phrases", &to_json(&input)?)?;
    let reply = app.write(&session.actor, move |cx| {
        idempotency::once(cx, key.as_ref(), |cx| {
            let (phrase, today) = (actions::create(cx, &input)?, cx.today());
            Ok((201, to_json(&PhraseView::of(phrase, cx.actor, today))?))
        })
    });
    let (status, body) = reply.await?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED);
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// 修改一条常用语；范围不变，`version` 写您看到的版本。
#[utoipa::path(put, path = "/api/v1/phrases/{id}", tag = "phrases", request_body = PhraseInput, params(("id" = String, Path)),
    responses((status = 200, body = PhraseView)))]
pub async fn amend(
    State(app): State<App>,
    session: Session,
    PathParams(id): PathParams<Id>,
    JsonBody(input): JsonBody<PhraseInput>,
) -> Answer<Json<PhraseView>> {
    let amended = app.write(&session.actor, move |cx| {
        let (phrase, today) = (actions::amend(cx, id, &input)?, cx.today());
        Ok(PhraseView::of(phrase, cx.actor, today))
    });
    Ok(Json(amended.await?))
}

/// 删除一条常用语。
#[utoipa::path(delete, path = "/api/v1/phrases/{id}", tag = "phrases", params(("id" = String, Path)),
    responses((status = 204, description = "已删除")))]
pub async fn remove(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<StatusCode> {
    app.write(&session.actor, move |cx| actions::remove(cx, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|error| Fault::new("write an answer as JSON", error))?)
}
