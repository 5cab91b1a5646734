//! `/api/v1/views`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Actor, Fault, Id, Result};
use serde::Serialize;
use utoipa::ToSchema;

use super::actions;
use super::rules::{View, ViewInput};
use crate::context::App;
use crate::idempotency::{self, Key};
use crate::web::{Answer, JsonBody, PathParams, Session};

/// A saved view as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SavedView {
    /// The row; a text, because JavaScript cannot hold it as a number.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The conditions, as `GET /api/v1/demands` takes them after `?`.
    pub query: String,
    /// The page of the list; null where the conditions no longer read.
    pub href: Option<String>,
    /// Whether it is the caller's own.
    pub own: bool,
    /// Who saved it.
    pub owner: String,
    /// The unit with which it is shared.
    pub shared_with: Option<String>,
}

impl SavedView {
    fn of(view: View, actor: &Actor) -> Self {
        Self {
            id: view.id.to_string(),
            href: view.href(),
            own: view.is_of(actor),
            name: view.name,
            query: view.query,
            owner: view.owner_name,
            shared_with: view.shared_with,
        }
    }
}

/// The views that the caller sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SavedViewList {
    /// The own ones, then those that the unit shares; each by name.
    pub items: Vec<SavedView>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// 常用视图：自己的，以及本单位共享的。
#[utoipa::path(get, path = "/api/v1/views", tag = "views", responses((status = 200, body = SavedViewList)))]
pub async fn list(State(app): State<App>, session: Session) -> Answer<Json<SavedViewList>> {
    let items = app.read(&session.actor, |cx| {
        let views = actions::list(cx)?;
        Ok(views.into_iter().map(|view| SavedView::of(view, cx.actor)).collect())
    });
    Ok(Json(SavedViewList { items: items.await?, next: None }))
}

/// 保存一个常用视图；`query` 写列表地址里 `?` 之后的部分。
#[utoipa::path(post, path = "/api/v1/views", tag = "views", request_body = ViewInput,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 201, body = SavedView)))]
pub async fn create(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    JsonBody(input): JsonBody<ViewInput>,
) -> Answer<Response> {
    let key = Key::of(&headers, "POST /views", &to_json(&input)?)?;
    let reply = app.write(&session.actor, move |cx| {
        idempotency::once(cx, key.as_ref(), |cx| {
            let view = actions::create(cx, &input)?;
            Ok((201, to_json(&SavedView::of(view, cx.actor))?))
        })
    });
    let (status, body) = reply.await?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED);
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// 删除自己的一个常用视图。
#[utoipa::path(delete, path = "/api/v1/views/{id}", tag = "views", params(("id" = String, Path)),
    responses((status = 204, description = "已删除")))]
pub async fn remove(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<StatusCode> {
    app.write(&session.actor, move |cx| actions::remove(cx, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|error| Fault::new("write an answer as JSON", error))?)
}
