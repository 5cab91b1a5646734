//! `POST /api/v1/demands/bulk/{move}`.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use kernel::{Actor, Fault, Refusal, RefusalKind, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::actions::{self, Item, Outcome};
use crate::context::App;
use crate::demands::macros::Step;
use crate::demands::rules::moves::{MOVES, Move};
use crate::idempotency::{self, Key};
use crate::units::{self, UnitNames};
use crate::web::{Answer, JsonBody, PathParams, ProblemField, Session};

/// A demand as the caller saw it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BulkItem {
    /// The number.
    pub number: String,
    /// The version that was seen.
    pub version: i64,
}

/// One move on many demands.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BulkInput {
    /// At most 500 demands, each once.
    #[schema(max_items = 500)]
    pub items: Vec<BulkItem>,
    /// The fields of the move; in texts `{number}`, `{title}`, `{enterprise}`, `{unit}` and `{due}` are filled in.
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
    /// Only weigh: what would happen to each row, and nothing is done.
    pub dry_run: bool,
}

/// What came of it, row by row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkAnswer {
    /// Whether nothing was done because nothing was asked to be.
    pub dry_run: bool,
    /// Rows that were done, or could be.
    pub done: usize,
    /// Rows that were not, or could not.
    pub refused: usize,
    /// Every row, in the order of the items.
    pub results: Vec<BulkResult>,
}

/// What came of one row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkResult {
    /// The number.
    pub number: String,
    /// Whether it was done, or could be.
    pub ok: bool,
    /// The version afterwards; null where the demand was not found.
    pub version: Option<i64>,
    /// The status before.
    pub from: Option<&'static str>,
    /// In Chinese.
    pub from_label: Option<&'static str>,
    /// The status after.
    pub to: Option<&'static str>,
    /// In Chinese.
    pub to_label: Option<&'static str>,
    /// The lead unit afterwards.
    pub lead_unit: Option<String>,
    /// In Chinese.
    pub lead_unit_label: Option<String>,
    /// The clock that is due first afterwards.
    pub due_clock: Option<&'static str>,
    /// When it is due.
    pub due_on: Option<String>,
    /// Why nothing was done.
    pub problem: Option<BulkProblem>,
}

/// Why nothing was done to a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkProblem {
    /// The HTTP status that the move alone would have had.
    pub status: u16,
    /// What happened, in Chinese.
    pub detail: String,
    /// Every wrong field.
    pub errors: Vec<BulkField>,
    /// The version in force, where somebody else was first.
    pub current_version: Option<i64>,
}

/// A wrong field of a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkField {
    /// The field.
    pub field: String,
    /// What is wrong, as an identifier.
    pub code: String,
    /// What is wrong, in Chinese.
    pub message: String,
}

/// 一个动作办多件：先用 `dry_run` 看每一件会怎样，再办；每一件各有结果，办不了的不影响其他件。
#[utoipa::path(post, path = "/api/v1/demands/bulk/{make}", tag = "demands", request_body = BulkInput,
    params(("make" = String, Path, description = "moves 中列出的名字"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 200, body = BulkAnswer)))]
pub async fn bulk(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    PathParams(make): PathParams<String>,
    JsonBody(input): JsonBody<BulkInput>,
) -> Answer<Response> {
    let make = Move::from_code(&make).ok_or_else(|| Refusal::not_found("没有这个动作"))?;
    known_fields(make, &input.fields)?;
    let path = format!("POST /demands/bulk/{}", make.code());
    let steps = vec![Step::new(make, input.fields.clone())];
    answered(&app, &session.actor, &headers, &path, input, steps).await
}

/// Weighs or makes `steps` on the items of `input`.
pub async fn answered(
    app: &App,
    actor: &Actor,
    headers: &HeaderMap,
    path: &str,
    input: BulkInput,
    steps: Vec<Step>,
) -> Answer<Response> {
    let key = Key::of(headers, path, &to_json(&input)?)?;
    let known = key.clone();
    if let Some(key) = known
        && let Some(reply) = app.read(actor, move |cx| key.answered(cx)).await?
    {
        return Ok(json(reply));
    }
    let items: Vec<Item> =
        input.items.into_iter().map(|item| Item { number: item.number, version: item.version }).collect();
    let outcomes = match input.dry_run {
        true => app.read(actor, move |cx| actions::preview(cx, &items, &steps)).await?,
        false => actions::run(app, actor, items, steps).await?,
    };
    let dry_run = input.dry_run;
    let body = app.read(actor, move |cx| {
        let names = units::names(cx)?;
        let results: Vec<BulkResult> = outcomes.iter().map(|outcome| told(cx.app, &names, outcome)).collect();
        let done = results.iter().filter(|row| row.ok).count();
        to_json(&BulkAnswer { dry_run, done, refused: results.len() - done, results })
    });
    let body = body.await?;
    if key.is_none() {
        return Ok(json((200, body)));
    }
    // The rows are done by now, each under its own version; a repetition that comes before this is kept finds conflicts.
    let reply = app.write(actor, move |cx| idempotency::once(cx, key.as_ref(), |_| Ok((200, body.clone()))));
    Ok(json(reply.await?))
}

fn known_fields(make: Move, fields: &Map<String, Value>) -> Result<(), Refusal> {
    let takes = |name: &str| MOVES.iter().any(|row| row.make == make && row.needs.iter().any(|f| f.name == name));
    let wrong = fields.keys().filter(|name| !takes(name)).map(|name| kernel::FieldError {
        field: format!("fields.{name}"),
        code: "unknown",
        message: format!("“{}”不收字段 {name}", make.label()),
    });
    let wrong: Vec<_> = wrong.collect();
    if wrong.is_empty() { Ok(()) } else { Err(Refusal::invalid(wrong)) }
}

/// A row as the API tells it.
pub fn told(app: &App, names: &UnitNames, outcome: &Outcome) -> BulkResult {
    let effect = outcome.effect.as_ref();
    let unit = effect.and_then(|effect| effect.unit.clone());
    BulkResult {
        number: outcome.item.number.clone(),
        ok: outcome.refusal.is_none(),
        version: effect.map(|effect| effect.version),
        from: effect.map(|effect| effect.from.code()),
        from_label: effect.map(|effect| effect.from.label()),
        to: effect.map(|effect| effect.to.code()),
        to_label: effect.map(|effect| effect.to.label()),
        lead_unit_label: unit.as_deref().map(|code| names.short_name(code).to_owned()),
        lead_unit: unit,
        due_clock: effect.and_then(|effect| effect.due).map(|(clock, _)| clock.code()),
        due_on: effect.and_then(|effect| effect.due).map(|(_, at)| at.rfc3339(&app.city().zone)),
        problem: outcome.refusal.as_ref().map(problem),
    }
}

fn problem(refusal: &Refusal) -> BulkProblem {
    let field = |error: &kernel::FieldError| {
        let ProblemField { field, code, message } = error.into();
        BulkField { field, code, message }
    };
    BulkProblem {
        status: refusal.status(),
        detail: refusal.message.clone(),
        errors: refusal.errors.iter().map(field).collect(),
        current_version: match refusal.kind {
            RefusalKind::Conflict { current } => current,
            _ => None,
        },
    }
}

fn json((_, body): idempotency::Reply) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|error| Fault::new("write an answer as JSON", error))?)
}
