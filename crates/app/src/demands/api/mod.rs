//! The demands' JSON face (interface.md), over the same actions as the pages.

pub mod lists;
pub mod shapes;
pub mod together;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Fault, Id, Permission, Refusal, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa_axum::routes;

use self::shapes::{
    DemandPage, DemandView, DerivationView, EventView, Listed, MoveInput, NewDemand, ProgressView, Speaking,
};
use super::actions::answering::{self, Draft, Remark};
use super::actions::intake::{Receipt, Upload};
use super::actions::resembling::{self, Similar};
use super::actions::{files, intake, listing, moving, proposing, searching, viewing};
use super::rules::case::Case;
use super::rules::filter::Filter;
use super::rules::moves::Move;
use super::{lookup, stream};
use crate::context::{App, Cx};
use crate::idempotency::{self, Key};
use crate::web::{Access, Answer, JsonBody, PathParams, QueryParams, Routes, Session, Visitor};
use crate::{people, units};

/// The calls under `/api/v1/demands`.
pub fn routes() -> Routes<App> {
    const DESK: Access = Access::Needs(Permission::Desk);
    Routes::new()
        .api(Access::Public, routes!(create))
        .api(DESK, routes!(list))
        .api(Access::Public, routes!(similar))
        .api(DESK, routes!(show))
        .api(Access::Public, routes!(progress))
        .api(Access::Public, routes!(rate))
        .api(Access::Public, routes!(withdraw))
        .api(DESK, routes!(make_move))
        .api(DESK, routes!(check_reply))
        .api(DESK, routes!(events))
        .api(DESK, routes!(derivation))
        .api(DESK, routes!(note))
        .api(Access::Needs(Permission::Unmask), routes!(unmask))
        .api(Access::Needs(Permission::Dispatch), routes!(erase_contact))
        .api(Access::Public, routes!(themes))
        .api(Access::Needs(Permission::SeeAll), routes!(lists::lists))
}

type Body = JsonBody<Map<String, Value>>;

/// Says something to the city. Open to all; staff may name channel and source.
#[utoipa::path(post, path = "/api/v1/demands", tag = "demands", request_body = NewDemand,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只登记一次")),
    responses((status = 201, body = Receipt), (status = 200, body = Receipt, description = "同一来源编号已经登记过")))]
async fn create(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    JsonBody(mut body): Body,
) -> Answer<Response> {
    let key = Key::of(&headers, "POST /demands", &Value::Object(body.clone()).to_string())?;
    if let Some(key) = key.clone()
        && let Some(reply) = app.read(&visitor.actor, move |cx| key.answered(cx)).await?
    {
        return Ok(json_reply(reply));
    }
    // Whoever may not register for others has no such field.
    let answer = if people::may(&visitor.actor, Permission::Register) { intake::take_answer(&mut body) } else { None };
    let (said, given) = (intake::check(&app, &visitor.actor, &body), files::given(&body));
    let (said, given) = files::both(said, given)?;
    let uploads = files::keep(&app, given).await?;
    let number = super::serials::next_number(&app, &said.channel, app.now()).await?;
    let reply = app
        .write(&visitor.actor, move |cx| {
            idempotency::once(cx, key.as_ref(), |cx| registered(cx, &number, &said, &uploads, answer.as_ref()))
        })
        .await?;
    Ok(json_reply(reply))
}

fn registered(
    cx: &mut Cx<'_>,
    number: &str,
    said: &super::rules::intake::Intake,
    uploads: &[Upload],
    answer: Option<&Map<String, Value>>,
) -> Result<idempotency::Reply> {
    let receipt = match answer {
        Some(answer) => intake::register_answered(cx, number, said, uploads, answer)?,
        None => intake::register(cx, number, said, uploads)?,
    };
    Ok((if receipt.created { 201 } else { 200 }, to_json(&receipt)?))
}

/// Demands within the caller's sight.
#[utoipa::path(get, path = "/api/v1/demands", tag = "demands",
    params(("status" = Option<String>, Query, description = "状态，逗号分隔;open 为全部未结"), ("unit" = Option<String>, Query),
        ("theme" = Option<String>, Query), ("tier" = Option<String>, Query), ("route" = Option<String>, Query),
        ("kind" = Option<String>, Query), ("audience" = Option<String>, Query), ("channel" = Option<String>, Query),
        ("mode" = Option<String>, Query, description = "收集方式：online|offline、daily|special、regular|random，逗号分隔，每对至多一个"),
        ("enterprise" = Option<i64>, Query),
        ("issue" = Option<String>, Query, description = "共性问题的编号"), ("overdue" = Option<bool>, Query), ("due_today" = Option<bool>, Query),
        ("waiting" = Option<String>, Query, description = "ruling、instruction、opinion、review、resumption"),
        ("q" = Option<String>, Query), ("exact" = Option<bool>, Query, description = "只找原词，不找同义词"), ("from" = Option<String>, Query), ("to" = Option<String>, Query),
        ("sort" = Option<String>, Query, description = "relevance（有搜索词时的默认）、received、oldest、due"), ("limit" = Option<u8>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query)),
    responses((status = 200, body = DemandPage)))]
async fn list(
    State(app): State<App>,
    session: Session,
    QueryParams(query): QueryParams<Map<String, Value>>,
) -> Answer<Json<DemandPage>> {
    let (filter, page) = Filter::read(&pairs(query))?;
    let rows = app
        .read(&session.actor, move |cx| {
            let also = searching::also(cx, &filter);
            let page = listing::list(cx, &filter, &page)?;
            speaking(cx, |speaking| {
                let items = page.items.into_iter().map(|row| speaking.row(row)).collect();
                Ok(DemandPage { items, next: page.next, also })
            })
        })
        .await?;
    Ok(Json(rows))
}

/// What resembles some words, and what a firm has lately said: for staff the demands themselves, for the public only that
/// the matter is known.
#[utoipa::path(get, path = "/api/v1/demands/similar", tag = "demands",
    params(("text" = String, Query, min_length = 1), ("except" = Option<String>, Query, description = "不算这一件"),
        ("enterprise" = Option<i64>, Query, description = "工作人员可以同时查这家企业近期反映的")),
    responses((status = 200, body = Listed<Similar>)))]
async fn similar(
    State(app): State<App>,
    visitor: Visitor,
    QueryParams(query): QueryParams<SimilarQuery>,
) -> Answer<Json<Listed<Similar>>> {
    let SimilarQuery { text, except, enterprise } = query;
    let found = app.read(&visitor.actor, move |cx| {
        let mut found = resembling::similar(cx, text.as_deref(), except.as_deref())?;
        if let Some(firm) = enterprise.filter(|_| people::may(cx.actor, Permission::Desk)) {
            found.extend(resembling::of_firm(cx, Id(firm), except.as_deref())?);
        }
        Ok(found)
    });
    Ok(Json(Listed::whole(found.await?)))
}

#[derive(Deserialize)]
struct SimilarQuery {
    text: Option<String>,
    except: Option<String>,
    enterprise: Option<i64>,
}

/// A demand, whole, with the moves that the caller may make now.
#[utoipa::path(get, path = "/api/v1/demands/{number}", tag = "demands", params(("number" = String, Path)),
    responses((status = 200, body = DemandView)))]
async fn show(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
) -> Answer<Json<DemandView>> {
    Ok(Json(app.read(&session.actor, move |cx| view(cx, &number)).await?))
}

fn view(cx: &mut Cx<'_>, number: &str) -> Result<DemandView> {
    let whole = viewing::whole(cx, number)?;
    let proposal = proposing::propose(cx, &whole.case.demand)?;
    speaking(cx, |speaking| Ok(speaking.whole(whole, proposal)))
}

/// A demand's progress, for whoever holds its code.
#[utoipa::path(get, path = "/api/v1/demands/{number}/progress", tag = "demands",
    params(("number" = String, Path), ("code" = String, Query, min_length = 1)), responses((status = 200, body = ProgressView)))]
async fn progress(
    State(app): State<App>,
    visitor: Visitor,
    PathParams(number): PathParams<String>,
    QueryParams(query): QueryParams<CodeQuery>,
) -> Answer<Json<ProgressView>> {
    let found = app.read(&visitor.actor, move |cx| {
        let progress = viewing::progress(cx, &number, query.code.as_deref().unwrap_or_default())?;
        speaking(cx, |speaking| Ok(speaking.progress(progress)))
    });
    Ok(Json(lookup::tried(&app, visitor.address, found).await?))
}

#[derive(Deserialize)]
struct CodeQuery {
    code: Option<String>,
}

/// What the submitter says of the handling.
#[derive(Deserialize, utoipa::ToSchema)]
struct RatingBody {
    /// The query code.
    #[serde(default)]
    #[schema(required, min_length = 1)]
    code: String,
    /// One of the five grades.
    #[schema(value_type = String, pattern = "^(very_satisfied|satisfied|basically_satisfied|dissatisfied|very_dissatisfied)$")]
    grade: Option<String>,
    /// Reasons.
    #[serde(default)]
    reasons: Vec<String>,
    /// Free text.
    text: Option<String>,
}

/// Rates the handling, once per round.
#[utoipa::path(post, path = "/api/v1/demands/{number}/rating", tag = "demands", params(("number" = String, Path)),
    request_body = RatingBody, responses((status = 201, body = Done)))]
async fn rate(
    State(app): State<App>,
    visitor: Visitor,
    PathParams(number): PathParams<String>,
    JsonBody(body): JsonBody<RatingBody>,
) -> Answer<(StatusCode, Json<Done>)> {
    let input = moving::RatingInput { grade: body.grade, reasons: body.reasons, text: body.text };
    let rated = app.write(&visitor.actor, move |cx| moving::rate(cx, &number, &body.code, &input));
    lookup::tried(&app, visitor.address, rated).await?;
    Ok((StatusCode::CREATED, Json(Done { done: true })))
}

/// Why the submitter withdraws.
#[derive(Deserialize, utoipa::ToSchema)]
struct WithdrawBody {
    /// The query code.
    #[serde(default)]
    #[schema(required, min_length = 1)]
    code: String,
    /// Why.
    reason: Option<String>,
}

/// Withdraws a demand, by whoever holds its code.
#[utoipa::path(post, path = "/api/v1/demands/{number}/withdraw", tag = "demands", params(("number" = String, Path)),
    request_body = WithdrawBody, responses((status = 201, body = Done)))]
async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    PathParams(number): PathParams<String>,
    JsonBody(body): JsonBody<WithdrawBody>,
) -> Answer<(StatusCode, Json<Done>)> {
    let withdrawn =
        app.write(&visitor.actor, move |cx| moving::withdraw_by_code(cx, &number, &body.code, body.reason.as_deref()));
    lookup::tried(&app, visitor.address, withdrawn).await?;
    Ok((StatusCode::CREATED, Json(Done { done: true })))
}

/// The write was made.
#[derive(Serialize, utoipa::ToSchema)]
struct Done {
    /// Always true.
    done: bool,
}

/// Makes a move: 403 not yours, 409 somebody was first, 422 what is missing.
#[utoipa::path(post, path = "/api/v1/demands/{number}/moves/{make}", tag = "demands",
    params(("number" = String, Path), ("make" = String, Path, description = "moves 中列出的名字"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$")),
    request_body = MoveInput, responses((status = 200, body = DemandView)))]
async fn make_move(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    PathParams((number, make)): PathParams<(String, String)>,
    JsonBody(body): Body,
) -> Answer<Response> {
    let make = Move::from_code(&make).ok_or_else(|| Refusal::not_found("没有这个动作"))?;
    let path = format!("POST /demands/{number}/moves/{}", make.code());
    let key = Key::of(&headers, &path, &Value::Object(body.clone()).to_string())?;
    let reply = app
        .write(&session.actor, move |cx| {
            idempotency::once(cx, key.as_ref(), |cx| {
                let Case { demand, .. } = moving::make(cx, &number, make, &body)?;
                // A move can take the demand out of its maker's sight (改派): then the receipt of the move is all there is.
                if !super::sight::sees(cx, &demand)? {
                    return Ok((200, to_json(&Moved { number: demand.number, version: demand.version })?));
                }
                let view = view(cx, &number)?;
                Ok((200, to_json(&view)?))
            })
        })
        .await?;
    Ok(json_reply(reply))
}

/// What to look at in a reply before it is sent: what the demand asked and it does not touch, promises without a date, words
/// that should not be public. Advice; sends nothing.
#[utoipa::path(post, path = "/api/v1/demands/{number}/reply-check", tag = "demands", params(("number" = String, Path)),
    request_body = Draft, responses((status = 200, body = Listed<Remark>)))]
async fn check_reply(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
    JsonBody(draft): JsonBody<Draft>,
) -> Answer<Json<Listed<Remark>>> {
    let remarks = app.read(&session.actor, move |cx| answering::check(cx, &number, &draft)).await?;
    Ok(Json(Listed::whole(remarks)))
}

#[derive(Serialize)]
struct Moved {
    number: String,
    version: i64,
}

/// The ledger of one demand.
#[utoipa::path(get, path = "/api/v1/demands/{number}/events", tag = "demands", params(("number" = String, Path)),
    responses((status = 200, body = Listed<EventView>)))]
async fn events(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
) -> Answer<Json<Listed<EventView>>> {
    let events = app
        .read(&session.actor, move |cx| {
            moving::load(cx, &number)?;
            let zone = cx.app.city().zone.clone();
            let events = cx.tx.history(&stream(&number))?.into_iter().map(|entry| EventView {
                at: entry.at.rfc3339(&zone),
                fields: entry.fields.iter().map(masked).collect(),
                seq: entry.seq,
                actor: entry.actor,
                on_behalf: entry.on_behalf,
                act: entry.act,
                prev: entry.prev,
                hash: entry.hash,
            });
            Ok(events.collect())
        })
        .await?;
    Ok(Json(Listed::whole(events)))
}

/// A ledger field as staff see it without giving a reason: contact data masked.
pub fn masked(field: &store::Field) -> (String, Value) {
    let value = field.value.as_deref().map(|value| match field.name.as_str() {
        "contact_phone" => text::redact::mask_phone(value),
        "contact_name" => text::redact::mask_name(value),
        "contact_email" => "***".to_owned(),
        _ => value.to_owned(),
    });
    (field.name.clone(), value.map_or(Value::Null, Value::String))
}

/// How the end of one clock follows, day by day.
#[utoipa::path(get, path = "/api/v1/demands/{number}/clocks/{position}", tag = "demands",
    params(("number" = String, Path), ("position" = u32, Path)), responses((status = 200, body = DerivationView)))]
async fn derivation(
    State(app): State<App>,
    session: Session,
    PathParams((number, position)): PathParams<(String, u32)>,
) -> Answer<Json<DerivationView>> {
    let view = app
        .read(&session.actor, move |cx| {
            let case = moving::load(cx, &number)?;
            let clock = case.clocks.get(position as usize).ok_or_else(|| Refusal::not_found("没有这个时限"))?;
            speaking(cx, |speaking| speaking.derivation(clock))
        })
        .await?;
    Ok(Json(view))
}

/// A theme.
#[derive(Serialize, utoipa::ToSchema)]
struct ThemeView {
    /// Its code.
    code: String,
    /// In Chinese.
    label: String,
    /// The groups it belongs to in the plan, in Chinese.
    groups: Vec<&'static str>,
}

/// Every theme of the city.
#[utoipa::path(get, path = "/api/v1/themes", tag = "city", responses((status = 200, body = Listed<ThemeView>)))]
async fn themes(State(app): State<App>) -> Json<Listed<ThemeView>> {
    let all = app.city().themes.all().iter();
    let view = |t: &crate::city::Theme| ThemeView {
        code: t.code.clone(),
        label: t.label.clone(),
        groups: t.groups.iter().map(|g| g.label()).collect(),
    };
    Json(Listed::whole(all.map(view).collect()))
}

/// A text of one field.
#[derive(Deserialize, utoipa::ToSchema)]
struct NoteBody {
    /// The note.
    #[schema(value_type = String, min_length = 1)]
    text: Option<String>,
}

/// Adds an internal note, which is never shown outside.
#[utoipa::path(post, path = "/api/v1/demands/{number}/notes", tag = "demands", params(("number" = String, Path)),
    request_body = NoteBody, responses((status = 201, body = Done)))]
async fn note(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
    JsonBody(body): JsonBody<NoteBody>,
) -> Answer<(StatusCode, Json<Done>)> {
    app.write(&session.actor, move |cx| moving::note(cx, &number, body.text.as_deref())).await?;
    Ok((StatusCode::CREATED, Json(Done { done: true })))
}

/// Why somebody needs to see personal data.
#[derive(Deserialize, utoipa::ToSchema)]
struct UnmaskBody {
    /// The reason; the ledger keeps it.
    #[schema(value_type = String, min_length = 1)]
    reason: Option<String>,
}

/// The contact of a demand, unmasked; the reason is recorded.
#[utoipa::path(post, path = "/api/v1/demands/{number}/unmask", tag = "demands", params(("number" = String, Path)),
    request_body = UnmaskBody, responses((status = 200, body = shapes::ContactView)))]
async fn unmask(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
    JsonBody(body): JsonBody<UnmaskBody>,
) -> Answer<Json<shapes::ContactView>> {
    let demand = app.write(&session.actor, move |cx| moving::unmask(cx, &number, body.reason.as_deref())).await?;
    let said = demand.said;
    Ok(Json(shapes::ContactView { name: said.contact_name, phone: said.contact_phone, email: said.contact_email }))
}

/// Erases whom to call, on the person's demand; the ledger keeps the proof without the data.
#[utoipa::path(post, path = "/api/v1/demands/{number}/erase-contact", tag = "demands", params(("number" = String, Path)),
    request_body = UnmaskBody, responses((status = 201, body = Done)))]
async fn erase_contact(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
    JsonBody(body): JsonBody<UnmaskBody>,
) -> Answer<(StatusCode, Json<Done>)> {
    app.write(&session.actor, move |cx| moving::erase_contact(cx, &number, body.reason.as_deref())).await?;
    Ok((StatusCode::CREATED, Json(Done { done: true })))
}

fn speaking<T>(cx: &mut Cx<'_>, say: impl FnOnce(&Speaking<'_>) -> Result<T>) -> Result<T> {
    let units = units::names(cx)?;
    let calendar = cx.app.calendar();
    say(&Speaking { city: cx.app.city(), units: &units, calendar: &calendar, now: cx.now })
}

/// Query parameters as pairs; a repeated name gives one pair each.
fn pairs(query: Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    query
        .into_iter()
        .flat_map(|(name, value)| match value {
            Value::Array(values) => values.into_iter().map(|v| (name.clone(), text(v))).collect(),
            value => vec![(name, text(value))],
        })
        .collect()
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::from(Fault::new("write an answer as JSON", error)))
}

fn json_reply((status, body): idempotency::Reply) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
