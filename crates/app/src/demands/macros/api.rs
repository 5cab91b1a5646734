//! `/api/v1/macros`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Actor, Fault, Id, Result};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use utoipa::ToSchema;

use super::actions;
use super::rules::{Macro, MacroInput, Step};
use crate::context::App;
use crate::demands::bulk::{self, BulkAnswer, BulkInput, BulkItem};
use crate::idempotency::{self, Key};
use crate::web::{Answer, JsonBody, PathParams, Session};

/// A macro as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MacroView {
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
    /// What it is called.
    pub name: String,
    /// The moves, in their order.
    pub steps: Vec<Step>,
    /// Whether the caller may change it.
    pub editable: bool,
    /// Rises with every change.
    pub version: i64,
}

impl MacroView {
    fn of(kept: Macro, actor: &Actor) -> Self {
        Self {
            id: kept.id.to_string(),
            scope: kept.keeper.scope.code(),
            scope_label: kept.keeper.scope.label(),
            editable: kept.keeper.obeys(actor),
            unit: kept.keeper.unit,
            owner: kept.keeper.owner_name,
            name: kept.name,
            steps: kept.steps,
            version: kept.version,
        }
    }
}

/// The macros that the caller may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MacroList {
    /// By name.
    pub items: Vec<MacroView>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// A macro on many demands, or on one.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct MacroApply {
    /// At most 500 demands, each once.
    #[schema(max_items = 500)]
    pub items: Vec<BulkItem>,
    /// Only weigh: what would happen to each row, and nothing is done.
    pub dry_run: bool,
}

/// 快捷处理：自己的、本单位的、全市通用的。
#[utoipa::path(get, path = "/api/v1/macros", tag = "macros", responses((status = 200, body = MacroList)))]
pub async fn list(State(app): State<App>, session: Session) -> Answer<Json<MacroList>> {
    let items = app.read(&session.actor, |cx| {
        let macros = actions::list(cx)?;
        Ok(macros.into_iter().map(|kept| MacroView::of(kept, cx.actor)).collect())
    });
    Ok(Json(MacroList { items: items.await?, next: None }))
}

/// 保存一个快捷处理：几个动作和各自填好的字段，按次序。
#[utoipa::path(post, path = "/api/v1/macros", tag = "macros", request_body = MacroInput,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 201, body = MacroView)))]
pub async fn create(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    JsonBody(input): JsonBody<MacroInput>,
) -> Answer<Response> {
    let key = Key::of(&headers, "POST /macros", &to_json(&input)?)?;
    let reply = app.write(&session.actor, move |cx| {
        idempotency::once(cx, key.as_ref(), |cx| {
            let kept = actions::create(cx, &input)?;
            Ok((201, to_json(&MacroView::of(kept, cx.actor))?))
        })
    });
    let (status, body) = reply.await?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED);
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// 修改一个快捷处理；范围不变，`version` 写您看到的版本。
#[utoipa::path(put, path = "/api/v1/macros/{id}", tag = "macros", request_body = MacroInput, params(("id" = String, Path)),
    responses((status = 200, body = MacroView)))]
pub async fn amend(
    State(app): State<App>,
    session: Session,
    PathParams(id): PathParams<Id>,
    JsonBody(input): JsonBody<MacroInput>,
) -> Answer<Json<MacroView>> {
    let kept = app.write(&session.actor, move |cx| {
        let kept = actions::amend(cx, id, &input)?;
        Ok(MacroView::of(kept, cx.actor))
    });
    Ok(Json(kept.await?))
}

/// 删除一个快捷处理。
#[utoipa::path(delete, path = "/api/v1/macros/{id}", tag = "macros", params(("id" = String, Path)),
    responses((status = 204, description = "已删除")))]
pub async fn remove(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<StatusCode> {
    app.write(&session.actor, move |cx| actions::remove(cx, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 用一个快捷处理办一件或多件；一件之内几步全办或全不办。
#[utoipa::path(post, path = "/api/v1/macros/{id}/apply", tag = "macros", request_body = MacroApply,
    params(("id" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 200, body = BulkAnswer)))]
pub async fn apply(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    PathParams(id): PathParams<Id>,
    JsonBody(input): JsonBody<MacroApply>,
) -> Answer<Response> {
    let kept = app.read(&session.actor, move |cx| actions::find(cx, id)).await?;
    let path = format!("POST /macros/{id}/apply {}", kept.version);
    let input = BulkInput { items: input.items, fields: Map::new(), dry_run: input.dry_run };
    bulk::answered(&app, &session.actor, &headers, &path, input, kept.steps).await
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|error| Fault::new("write an answer as JSON", error))?)
}
