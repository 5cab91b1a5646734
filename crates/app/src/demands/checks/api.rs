//! `/api/v1/demands/{number}/checklist`.

use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Check;
use crate::context::App;
use crate::demands::actions::moving;
use crate::web::{Answer, JsonBody, PathParams, Session};

/// An item of a demand's checklist.
#[derive(Serialize, ToSchema)]
pub struct CheckView {
    /// Its code in the profile.
    pub item: String,
    /// In Chinese.
    pub label: String,
    /// Whether the demand cannot be closed before it is done.
    pub required: bool,
    /// Whether it is done.
    pub done: bool,
    /// Who ticked it.
    pub by: Option<String>,
    /// When.
    pub at: Option<String>,
}

/// A demand's checklist.
#[derive(Serialize, ToSchema)]
pub struct CheckList {
    /// In the profile's order; empty where the route has none.
    pub items: Vec<CheckView>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// A tick.
#[derive(Deserialize, ToSchema)]
pub struct CheckInput {
    /// The item's code.
    #[schema(value_type = String, min_length = 1)]
    pub item: Option<String>,
    /// False takes the tick back.
    #[serde(default = "yes")]
    pub done: bool,
}

const fn yes() -> bool {
    true
}

fn told(checks: Vec<Check>, zone: &TimeZone) -> CheckList {
    let view = |check: Check| {
        let (by, at) = check.done.map(|(by, at)| (by, at.rfc3339(zone))).unzip();
        let item = check.item;
        CheckView { item: item.code, label: item.label, required: item.required, done: by.is_some(), by, at }
    };
    CheckList { items: checks.into_iter().map(view).collect(), next: None }
}

/// 一件诉求的办理清单：按办理形式列出，勾了没有、谁勾的。
#[utoipa::path(get, path = "/api/v1/demands/{number}/checklist", tag = "demands", params(("number" = String, Path)),
    responses((status = 200, body = CheckList)))]
pub async fn list(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
) -> Answer<Json<CheckList>> {
    let checks = app.read(&session.actor, move |cx| {
        let case = moving::load(cx, &number)?;
        super::of(cx, &case)
    });
    Ok(Json(told(checks.await?, &app.city().zone)))
}

/// 勾选一项，或取消；必须完成的没有勾完，不能办结。
#[utoipa::path(post, path = "/api/v1/demands/{number}/checklist", tag = "demands", params(("number" = String, Path)),
    request_body = CheckInput, responses((status = 200, body = CheckList)))]
pub async fn tick(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
    JsonBody(input): JsonBody<CheckInput>,
) -> Answer<Json<CheckList>> {
    let checks =
        app.write(&session.actor, move |cx| super::tick(cx, &number, input.item.as_deref(), input.done)).await?;
    Ok(Json(told(checks, &app.city().zone)))
}
