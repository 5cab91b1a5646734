//! `/api/v1/absences` and `/api/v1/standing-in`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use kernel::{Fault, Id, Result, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::{self, Known, Standing};
use super::rules::AbsenceInput;
use crate::context::{App, Cx};
use crate::idempotency::{self, Key};
use crate::web::{Answer, JsonBody, PathParams, Session};

/// Somebody away as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AbsenceOut {
    /// The row; a text, because JavaScript cannot hold it as a number.
    pub id: String,
    /// Who is away.
    pub name: String,
    /// The unit.
    pub unit: Option<String>,
    /// From when.
    pub from: String,
    /// Until when, not included.
    pub until: String,
    /// Who stands in.
    pub substitute: Option<String>,
    /// Only for these themes; empty: all.
    pub themes: Vec<String>,
    /// Only for these routes; empty: all.
    pub routes: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was ended before its time.
    pub ended_at: Option<String>,
    /// Who acts now; empty where it has not begun or is over.
    pub acting: Vec<ActingOut>,
}

/// Who acts for somebody now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActingOut {
    /// Those on the way who are away as well.
    pub through: Vec<String>,
    /// Who acts; null where nobody does.
    pub name: Option<String>,
    /// Only for these themes; empty: all.
    pub themes: Vec<String>,
    /// Only for these routes; empty: all.
    pub routes: Vec<String>,
}

impl AbsenceOut {
    fn of(known: Known, zone: &TimeZone) -> Self {
        let absence = known.absence;
        Self {
            id: absence.id.to_string(),
            name: absence.account_name,
            unit: absence.unit,
            from: absence.from_at.rfc3339(zone),
            until: absence.until_at.rfc3339(zone),
            substitute: absence.substitute_name,
            themes: absence.limits.themes,
            routes: absence.limits.routes,
            reason: absence.reason,
            recorded_by: absence.by_name,
            ended_at: absence.ended_at.map(|at| at.rfc3339(zone)),
            acting: known.acting.into_iter().map(ActingOut::from).collect(),
        }
    }
}

impl From<Standing> for ActingOut {
    fn from(standing: Standing) -> Self {
        let limits = standing.limits;
        Self { through: standing.through, name: standing.who, themes: limits.themes, routes: limits.routes }
    }
}

/// The absences that the caller may know of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AbsenceList {
    /// Those that are not over, then the latest that are.
    pub items: Vec<AbsenceOut>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// 请假登记：本单位的、与自己有关的；统筹岗和管理员看全部。
#[utoipa::path(get, path = "/api/v1/absences", tag = "absences", responses((status = 200, body = AbsenceList)))]
pub async fn list(State(app): State<App>, session: Session) -> Answer<Json<AbsenceList>> {
    let overview = app.read(&session.actor, actions::overview).await?;
    let zone = &app.city().zone;
    let items = overview.now.into_iter().chain(overview.over).map(|known| AbsenceOut::of(known, zone)).collect();
    Ok(Json(AbsenceList { items, next: None }))
}

/// 登记请假和代办人。
#[utoipa::path(post, path = "/api/v1/absences", tag = "absences", request_body = AbsenceInput,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 201, body = AbsenceOut)))]
pub async fn create(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    JsonBody(input): JsonBody<AbsenceInput>,
) -> Answer<Response> {
    let key = Key::of(&headers, "POST /absences", &to_json(&input)?)?;
    let reply = app.write(&session.actor, move |cx| {
        idempotency::once(cx, key.as_ref(), |cx| {
            let id = actions::record(cx, &input)?.id;
            Ok((201, to_json(&shown(cx, id)?)?))
        })
    });
    let (status, body) = reply.await?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED);
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// 提前结束请假；还没开始的就是撤销。
#[utoipa::path(post, path = "/api/v1/absences/{id}/end", tag = "absences", params(("id" = String, Path)),
    responses((status = 200, body = AbsenceOut)))]
pub async fn end(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Json<AbsenceOut>> {
    let ended = app.write(&session.actor, move |cx| {
        actions::end(cx, id)?;
        shown(cx, id)
    });
    Ok(Json(ended.await?))
}

fn shown(cx: &mut Cx<'_>, id: Id) -> Result<AbsenceOut> {
    let known = actions::find(cx, id)?;
    Ok(AbsenceOut::of(known, &cx.app.city().zone))
}

/// For whom a session or token acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandingInOut {
    /// The absent one for whom it acts now; null where it acts for itself.
    pub standing_in_for: Option<String>,
    /// How its acts are signed.
    pub signature: String,
    /// The unit in whose name it acts.
    pub unit: Option<String>,
    /// The roles with which it acts.
    pub roles: Vec<&'static str>,
    /// For whom it could act now.
    pub could: Vec<CouldStandIn>,
}

/// An absence for which the caller could act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CouldStandIn {
    /// The absence.
    pub absence: String,
    /// Who is away.
    pub name: String,
    /// The user name of who is away.
    pub username: String,
    /// Until when.
    pub until: String,
}

/// Which absence to stand in for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct StandInInput {
    /// The absence, from `could`.
    pub absence: Option<String>,
}

/// 这个登录（令牌）现在以谁的名义办理，还可以代谁办理。
#[utoipa::path(get, path = "/api/v1/standing-in", tag = "absences", responses((status = 200, body = StandingInOut)))]
pub async fn standing_in(State(app): State<App>, session: Session) -> Answer<Json<StandingInOut>> {
    let out = app.read(&session.actor, |cx| {
        let actor = cx.actor.clone();
        told(cx, &actor)
    });
    Ok(Json(out.await?))
}

/// 从现在起，用这个登录（令牌）办的事都是代办，直到删除这个选择或请假结束。
#[utoipa::path(post, path = "/api/v1/standing-in", tag = "absences", request_body = StandInInput,
    responses((status = 200, body = StandingInOut)))]
pub async fn stand_in(
    State(app): State<App>,
    session: Session,
    JsonBody(input): JsonBody<StandInInput>,
) -> Answer<Json<StandingInOut>> {
    let own = session.id;
    let out = app.write(&session.actor, move |cx| {
        let wrong = || kernel::Refusal::field("absence", "required", "请写明代哪一条请假（absence）");
        let absence = input.absence.as_deref().and_then(|text| text.trim().parse().ok()).map(Id).ok_or_else(wrong)?;
        let duty = actions::stand_in(cx, own, absence)?;
        told(cx, &duty.actor)
    });
    Ok(Json(out.await?))
}

/// 换回本人。
#[utoipa::path(delete, path = "/api/v1/standing-in", tag = "absences",
    responses((status = 204, description = "已换回本人")))]
pub async fn end_standing_in(State(app): State<App>, session: Session) -> Answer<StatusCode> {
    let own = session.id;
    app.write(&session.actor, move |cx| actions::end_standing_in(cx, own)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told(cx: &mut Cx<'_>, actor: &kernel::Actor) -> Result<StandingInOut> {
    let zone = cx.app.city().zone.clone();
    let could = actions::duties(cx)?.into_iter().map(|duty| CouldStandIn {
        absence: duty.absence.id.to_string(),
        until: duty.absence.until_at.rfc3339(&zone),
        name: duty.absence.account_name,
        username: duty.username,
    });
    Ok(StandingInOut {
        standing_in_for: actor.standing_in_for.as_ref().map(|absent| absent.name.clone()),
        signature: actor.signature(),
        unit: actor.unit.clone(),
        roles: actor.roles.iter().copied().map(Role::code).collect(),
        could: could.collect(),
    })
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|error| Fault::new("write an answer as JSON", error))?)
}
