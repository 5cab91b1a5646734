//! Exports over HTTP: a link beside the list, and a call of the API.

use std::io::Cursor;

use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use documents::write::Format;
use kernel::{Actor, Fault, Permission, Refusal, Result};
use utoipa_axum::routes;

use super::{Export, Which, write};
use crate::context::App;
use crate::demands::pages::lists;
use crate::demands::rules::filter::Filter;
use crate::web::{Access, Answer, PathParams, Routes, Session, decode_pairs};

/// Rows that are handed out over HTTP, where the file is made in memory; the command line hands out all.
const MOST: u64 = 20_000;

/// The addresses of exports.
pub fn routes() -> Routes<App> {
    let exchange = Access::Needs(Permission::Exchange);
    Routes::new()
        .get("/demands/export/{format}", exchange, download)
        .api(exchange, routes!(call))
        .get("/lists/export/{format}", exchange, download_lists)
        .api(exchange, routes!(call_lists))
}

/// `GET /demands/export/{format}?…` with the filter of the list.
async fn download(
    State(app): State<App>,
    session: Session,
    PathParams(format): PathParams<String>,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let filter = Filter::read(&decode_pairs(query.as_deref().unwrap_or_default())?)?.0;
    Ok(made(app, session.actor, named(&format)?, Which::Filtered(filter)).await?)
}

/// `GET /lists/export/{format}?as_of=&kind=&status=`
async fn download_lists(
    State(app): State<App>,
    session: Session,
    PathParams(format): PathParams<String>,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let which = listed(&app, &decode_pairs(query.as_deref().unwrap_or_default())?)?;
    Ok(made(app, session.actor, named(&format)?, which).await?)
}

fn named(format: &str) -> Result<Format> {
    Ok(Format::named(format).ok_or_else(|| Refusal::not_found("可以导出 xlsx、csv、jsonl"))?)
}

fn listed(app: &App, pairs: &[(String, String)]) -> Result<Which> {
    let asked = lists::Asked::read(pairs)?;
    let today = app.now().in_zone(&app.city().zone).date();
    Ok(Which::Listed(asked.day.unwrap_or(today).min(today), asked.lot))
}

/// Demands within the caller's sight as a file; the same conditions as the list. Personal data is hidden; the ledger
/// keeps who exported what.
#[utoipa::path(get, path = "/api/v1/demands/export", tag = "demands",
    params(("format" = Option<String>, Query, description = "xlsx、csv 或 jsonl（默认）"),
        ("status" = Option<String>, Query), ("unit" = Option<String>, Query), ("theme" = Option<String>, Query),
        ("tier" = Option<String>, Query), ("route" = Option<String>, Query), ("kind" = Option<String>, Query),
        ("audience" = Option<String>, Query), ("channel" = Option<String>, Query),
        ("mode" = Option<String>, Query), ("enterprise" = Option<i64>, Query),
        ("overdue" = Option<bool>, Query), ("due_today" = Option<bool>, Query),
        ("waiting" = Option<String>, Query, description = "ruling、instruction、opinion、review、resumption"), ("q" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query), ("sort" = Option<String>, Query)),
    responses((status = 200, description = "文件：编号、收到时间、原文、办理情况、答复、评价",
        content((String = "application/x-ndjson"), (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
async fn call(State(app): State<App>, session: Session, RawQuery(query): RawQuery) -> Answer<Response> {
    let (format, conditions) = split(query.as_deref())?;
    Ok(made(app, session.actor, format, Which::Filtered(Filter::read(&conditions)?.0)).await?)
}

/// 意见、建议、事项清单 as they stood at the end of a day, as a file; what came later is not in it.
#[utoipa::path(get, path = "/api/v1/lists/export", tag = "demands",
    params(("format" = Option<String>, Query, description = "xlsx、csv 或 jsonl（默认）"),
        ("as_of" = Option<String>, Query, description = "截至哪一天；缺省为现在"),
        ("kind" = Option<String>, Query, description = "opinion、suggestion、matter 或 unsorted"),
        ("status" = Option<String>, Query)),
    responses((status = 200, description = "文件：编号、收到时间、原文、当日的类别、状态、牵头单位",
        content((String = "application/x-ndjson"), (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
async fn call_lists(State(app): State<App>, session: Session, RawQuery(query): RawQuery) -> Answer<Response> {
    let (format, conditions) = split(query.as_deref())?;
    let which = listed(&app, &conditions)?;
    Ok(made(app, session.actor, format, which).await?)
}

/// The format and the conditions of a call.
fn split(query: Option<&str>) -> Result<(Format, Vec<(String, String)>)> {
    let pairs = decode_pairs(query.unwrap_or_default())?;
    let (format, conditions): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| name == "format");
    let named = format.last().map_or("jsonl", |(_, value)| value.as_str());
    let format =
        Format::named(named).ok_or_else(|| Refusal::field("format", "unknown", "format 只能是：xlsx、csv、jsonl"))?;
    Ok((format, conditions))
}

async fn made(app: App, actor: Actor, format: Format, which: Which) -> Result<Response> {
    let kind = if matches!(which, Which::Listed(..)) { "lists" } else { "demands" };
    let day = app.now().in_zone(&app.city().zone).date();
    let export = Export { which, format, unmask: None, most: MOST };
    let written = tokio::task::spawn_blocking(move || write(&app, &actor, &export, Cursor::new(Vec::new())));
    let (_, out) = written.await.map_err(|error| Fault::new("export on another thread", error))??;
    let name = format!("attachment; filename=\"{kind}-{day}.{}\"", format.extension());
    let headers = [(header::CONTENT_TYPE, format.content_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, out.into_inner()).into_response())
}
