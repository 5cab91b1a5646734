//! `/api/v1/processes`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Fault, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions;
use super::rules::{AdoptInput, DraftInput, Version};
use crate::context::{App, Cx};
use crate::idempotency::{self, Key};
use crate::web::{Answer, JsonBody, PathParams, Session};

/// A process version as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProcessVersion {
    /// Its number.
    pub version: i64,
    /// What it is for.
    pub title: String,
    /// `draft`, `adopted`, `discarded`.
    pub state: &'static str,
    /// The same in Chinese.
    pub state_label: &'static str,
    /// Whether demands that come in now start under it.
    pub in_force: bool,
    /// How often the draft was changed, from 1; changes name the one that they saw.
    pub edit: i64,
    /// The text's fingerprint.
    pub print: String,
    /// Who drafted it.
    pub made_by: String,
    /// When.
    pub made_at: String,
    /// Whether the text as it stands was tried on past demands.
    pub tried: bool,
    /// What came of the last dry run.
    pub tried_result: Option<String>,
    /// From when it counts.
    pub from: Option<String>,
    /// Why it was adopted.
    pub reason: Option<String>,
    /// By whom.
    pub adopted_by: Option<String>,
    /// The whole text (TOML); only of a single version.
    pub content: Option<String>,
}

/// Every process version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProcessVersionList {
    /// The latest first.
    pub items: Vec<ProcessVersion>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// The edit that was seen.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct DiscardInput {
    /// The edit that was seen.
    pub edit: Option<i64>,
}

fn shown(cx: &mut Cx<'_>, version: Version, whole: bool) -> Result<ProcessVersion> {
    let current = actions::current(cx)?;
    let zone = &cx.app.city().zone;
    let (tried, adopted) = (version.is_tried(), version.adopted);
    Ok(ProcessVersion {
        version: version.version,
        title: version.title,
        state: version.state.code(),
        state_label: version.state.label(),
        in_force: version.version == current,
        edit: version.edit,
        print: version.print,
        made_by: version.made_by,
        made_at: version.made_at.rfc3339(zone),
        tried,
        tried_result: version.tried.map(|(_, _, what)| what),
        from: adopted.as_ref().map(|adopted| adopted.from.rfc3339(zone)),
        reason: adopted.as_ref().map(|adopted| adopted.reason.clone()),
        adopted_by: adopted.map(|adopted| adopted.by),
        content: whole.then_some(version.content),
    })
}

/// 流程版本：分级规则和时限的各个版本。
#[utoipa::path(get, path = "/api/v1/processes", tag = "processes", responses((status = 200, body = ProcessVersionList)))]
pub async fn list(State(app): State<App>, session: Session) -> Answer<Json<ProcessVersionList>> {
    let items = app.read(&session.actor, |cx| {
        let versions = actions::list(cx)?;
        versions.into_iter().map(|(version, _)| shown(cx, version, false)).collect()
    });
    Ok(Json(ProcessVersionList { items: items.await?, next: None }))
}

/// 一个流程版本，带全文。
#[utoipa::path(get, path = "/api/v1/processes/{id}", tag = "processes", params(("id" = i64, Path)),
    responses((status = 200, body = ProcessVersion)))]
pub async fn one(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<i64>,
) -> Answer<Json<ProcessVersion>> {
    let one = app.read(&session.actor, move |cx| {
        let version = actions::one(cx, number)?;
        shown(cx, version, true)
    });
    Ok(Json(one.await?))
}

/// 起草一个版本；`content` 里没有写的部分按现行版本。
#[utoipa::path(post, path = "/api/v1/processes", tag = "processes", request_body = DraftInput,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 201, body = ProcessVersion)))]
pub async fn create(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    JsonBody(input): JsonBody<DraftInput>,
) -> Answer<Response> {
    let key = Key::of(&headers, "POST /processes", &to_json(&input)?)?;
    let reply = app.write(&session.actor, move |cx| {
        idempotency::once(cx, key.as_ref(), |cx| {
            let draft = actions::create(cx, &input)?;
            Ok((201, to_json(&shown(cx, draft, true)?)?))
        })
    });
    let (status, body) = reply.await?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED);
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// 修改草稿。
#[utoipa::path(put, path = "/api/v1/processes/{id}", tag = "processes", params(("id" = i64, Path)),
    request_body = DraftInput, responses((status = 200, body = ProcessVersion)))]
pub async fn amend(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<i64>,
    JsonBody(input): JsonBody<DraftInput>,
) -> Answer<Json<ProcessVersion>> {
    let amended = app.write(&session.actor, move |cx| {
        let draft = actions::amend(cx, number, &input)?;
        shown(cx, draft, true)
    });
    Ok(Json(amended.await?))
}

/// 启用草稿：要试算过，写明理由；`from` 是今天之后的工作日，不写就是立即。
#[utoipa::path(post, path = "/api/v1/processes/{id}/adopt", tag = "processes", params(("id" = i64, Path)),
    request_body = AdoptInput, responses((status = 200, body = ProcessVersion)))]
pub async fn adopt(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<i64>,
    JsonBody(input): JsonBody<AdoptInput>,
) -> Answer<Json<ProcessVersion>> {
    let adopted = app.write(&session.actor, move |cx| {
        let adopted = actions::adopt(cx, number, &input)?;
        shown(cx, adopted, false)
    });
    Ok(Json(adopted.await?))
}

/// 作废草稿。
#[utoipa::path(post, path = "/api/v1/processes/{id}/discard", tag = "processes", params(("id" = i64, Path)),
    request_body = DiscardInput, responses((status = 200, body = ProcessVersion)))]
pub async fn discard(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<i64>,
    JsonBody(input): JsonBody<DiscardInput>,
) -> Answer<Json<ProcessVersion>> {
    let discarded = app.write(&session.actor, move |cx| {
        let discarded = actions::discard(cx, number, input.edit)?;
        shown(cx, discarded, false)
    });
    Ok(Json(discarded.await?))
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|error| Fault::new("write an answer as JSON", error))?)
}
