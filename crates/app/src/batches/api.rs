//! `POST /api/v1/batches`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Fault, Result};
use serde::Serialize;
use utoipa::ToSchema;

use super::actions::{self, Outcome, Taken};
use super::rules::{self, Batch, BatchInput};
use crate::context::App;
use crate::idempotency::{self, Key};
use crate::web::{Answer, JsonBody, ProblemField, Session};

/// What became of a sheet.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchResult {
    /// The batch; null where it added nothing.
    id: Option<String>,
    /// Rows that are demands now; `created` is false where they were before.
    registered: Vec<BatchRow>,
    /// In a dry run: rows that would be registered.
    ready: Vec<u64>,
    /// Rows that were left out.
    rejected: Vec<RejectedRow>,
    /// Columns that mean nothing here.
    ignored_columns: Vec<String>,
}

/// A row that is a demand.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchRow {
    /// The row's number in the sheet, the first line being 1.
    row: u64,
    /// The demand's number.
    number: String,
    /// Its query code.
    code: String,
    /// False where it had been registered before.
    created: bool,
}

/// A row that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectedRow {
    /// The row's number in the sheet.
    row: u64,
    /// Everything that is wrong; `field` is the column's name.
    errors: Vec<ProblemField>,
}

/// 批量登记：一张从表格软件复制来的表，正确的行各成一件诉求，有误的行逐列说明；同一张表再来一次不会重复。
#[utoipa::path(post, path = "/api/v1/batches", tag = "batches", request_body = BatchInput,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 201, body = BatchResult), (status = 200, body = BatchResult, description = "没有新登记的行")))]
pub async fn create(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    JsonBody(input): JsonBody<BatchInput>,
) -> Answer<Response> {
    let batch = rules::read(&input, app.city(), app.now())?;
    if input.dry_run {
        let body = to_json(&ready(&app, &session, batch).await?)?;
        return Ok(answer(StatusCode::OK, body));
    }
    let same = format!("{:?}", (&input.channel, &input.source, &input.audience, &input.sheet));
    let key = Key::of(&headers, "POST /batches", &same)?;
    let numbers = actions::numbers(&app, &session.actor, &batch).await?;
    let reply = app.write(&session.actor, move |cx| {
        idempotency::once(cx, key.as_ref(), |cx| {
            let outcome = actions::register(cx, &batch, &numbers)?;
            let status = if outcome.id.is_some() { 201 } else { 200 };
            Ok((status, to_json(&BatchResult::of(&batch, outcome, Vec::new()))?))
        })
    });
    let (status, body) = reply.await?;
    Ok(answer(StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED), body))
}

async fn ready(app: &App, session: &Session, batch: Batch) -> Result<BatchResult> {
    app.read(&session.actor, move |cx| {
        let known = actions::known(cx, &batch)?;
        let secret = cx.app.secret();
        let taken = |(row, number): (&u64, &String)| Taken {
            row: *row,
            number: number.clone(),
            code: crate::demands::codes::code(secret, number),
            created: false,
        };
        let rows = known.iter().map(taken).collect();
        let ready = batch.right().map(|(line, _)| line.number).filter(|row| !known.contains_key(row)).collect();
        Ok(BatchResult::of(&batch, Outcome { id: None, rows }, ready))
    })
    .await
}

impl BatchResult {
    fn of(batch: &Batch, outcome: Outcome, ready: Vec<u64>) -> Self {
        let rejected = batch.wrong().map(|(line, errors)| RejectedRow {
            row: line.number,
            errors: errors.iter().map(ProblemField::from).collect(),
        });
        Self {
            id: outcome.id.map(|id| id.to_string()),
            registered: outcome
                .rows
                .into_iter()
                .map(|Taken { row, number, code, created }| BatchRow { row, number, code, created })
                .collect(),
            ready,
            rejected: rejected.collect(),
            ignored_columns: batch.sheet.ignored.clone(),
        }
    }
}

fn answer(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|error| Fault::new("write an answer as JSON", error))?)
}
