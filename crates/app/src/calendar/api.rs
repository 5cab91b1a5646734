//! `/api/v1/calendar`: due dates worked out for anybody, the days of a year, and the decisions about single days.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::worktime::{Calendar, Day, Derivation, Ground, OfficeHours, OverrideKind};
use kernel::{Fault, Refusal, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::{self, Effect};
use super::records::Decided;
use super::rules::{self, Change, DueQuery, OverrideInput, kind_of};
use crate::context::{App, Cx};
use crate::idempotency::{self, Key};
use crate::web::{Answer, JsonBody, PathParams, QueryParams, Session};

/// At most so many moved clocks are listed; their number is always told.
pub const MOST_LISTED: usize = 200;

/// A due date with its derivation.
#[derive(Serialize, ToSchema)]
pub struct DueView {
    /// The receipt.
    from: String,
    /// The due instant.
    due: String,
    /// The rule that was applied.
    rule: String,
    /// From the day of receipt to the day when it is due.
    days: Vec<DueDay>,
    /// What to know about it: years without an official calendar.
    warnings: Vec<String>,
    /// The fingerprint of the calendar.
    calendar: String,
}

/// One day of a derivation.
#[derive(Serialize, ToSchema)]
pub struct DueDay {
    /// The day.
    date: String,
    /// 周一 to 周日.
    weekday: &'static str,
    /// Whether it is worked.
    working: bool,
    /// Which working day of the limit it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    counted: Option<u32>,
    /// Why it is worked or not, and why it counts or not.
    why: String,
}

impl From<Derivation> for DueView {
    fn from(derivation: Derivation) -> Self {
        let days = derivation.days.into_iter().map(|day| DueDay {
            date: day.date.to_string(),
            weekday: day.weekday,
            working: day.working,
            counted: day.counted,
            why: day.why,
        });
        Self {
            from: derivation.from.to_string(),
            due: derivation.due.to_string(),
            rule: derivation.rule,
            days: days.collect(),
            warnings: derivation.warnings,
            calendar: derivation.calendar,
        }
    }
}

/// When something is due, and why, day by day.
#[utoipa::path(get, path = "/api/v1/calendar/due", tag = "calendar",
    params(("from" = String, Query, min_length = 1, description = "收件日期 2026-09-24，或 RFC 3339 时刻"),
        ("working_days" = Option<u32>, Query, maximum = 2500, description = "工作日数"),
        ("working_hours" = Option<u32>, Query, maximum = 5000, description = "或办公小时数，二者填一个")),
    responses((status = 200, body = DueView)))]
pub async fn due(State(app): State<App>, QueryParams(query): QueryParams<DueQuery>) -> Answer<Json<DueView>> {
    let calendar = app.calendar();
    let question = query.read(calendar.zone())?;
    let derivation = calendar.derive(question.from, question.limit).map_err(kernel::Error::from)?;
    Ok(Json(derivation.into()))
}

/// The days of a year.
#[derive(Serialize, ToSchema)]
pub struct YearView {
    /// The year.
    year: i16,
    /// Whether a notice of the State Council covers it.
    covered: bool,
    /// How many days are worked.
    working_days: usize,
    /// The regular office hours.
    office_hours: Vec<[String; 2]>,
    /// Every day.
    days: Vec<DayView>,
    /// What to know about it.
    warnings: Vec<String>,
    /// The fingerprint of the calendar.
    calendar: String,
}

/// A day of a year.
#[derive(Serialize, ToSchema)]
pub struct DayView {
    /// The day.
    date: String,
    /// Whether it is worked.
    working: bool,
    /// `weekday`, `weekend`, `official` or `override`.
    ground: &'static str,
    /// Why it is worked or not.
    why: String,
    /// The hours, where they are not the regular ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<Vec<[String; 2]>>,
}

/// A year.
#[derive(Debug, Default, Deserialize)]
pub struct YearQuery {
    year: Option<String>,
}

/// The days of a year: worked or not, and why.
#[utoipa::path(get, path = "/api/v1/calendar/days", tag = "calendar",
    params(("year" = Option<u16>, Query, minimum = 1949, maximum = 2200, description = "缺省为今年")),
    responses((status = 200, body = YearView)))]
pub async fn days(State(app): State<App>, QueryParams(query): QueryParams<YearQuery>) -> Answer<Json<YearView>> {
    let calendar = app.calendar();
    let year = rules::year(query.year.as_deref(), calendar.date_at(app.now()).year())?;
    Ok(Json(year_view(&calendar, year)))
}

fn year_view(calendar: &Calendar, year: i16) -> YearView {
    let days: Vec<DayView> = rules::days_of(year).map(|date| day_view(calendar.day(date), calendar.hours())).collect();
    let ends = rules::ends_of(year);
    YearView {
        year,
        covered: calendar.official().years().contains(&year),
        working_days: days.iter().filter(|day| day.working).count(),
        office_hours: calendar.hours().clone().into(),
        days,
        warnings: calendar.warnings(ends.0, ends.1),
        calendar: calendar.fingerprint().to_owned(),
    }
}

fn day_view(day: Day<'_>, regular: &OfficeHours) -> DayView {
    let ground = match day.ground {
        Ground::Weekday => "weekday",
        Ground::Weekend => "weekend",
        Ground::Official(_) => "official",
        Ground::Override(_) => "override",
    };
    let hours = day.hours.filter(|hours| *hours != regular).map(|hours| hours.clone().into());
    DayView { date: day.date.to_string(), working: day.hours.is_some(), ground, why: day.why(), hours }
}

/// A decision about a day.
#[derive(Serialize, ToSchema)]
pub struct OverrideView {
    /// The day.
    date: String,
    /// `off`, `work` or `half_day`.
    kind: &'static str,
    /// In Chinese.
    kind_label: &'static str,
    /// The hours of a half day.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<Vec<[String; 2]>>,
    /// Why.
    reason: String,
    /// Who decided.
    by: String,
    /// When.
    at: String,
    /// When it was withdrawn.
    removed_at: Option<String>,
    /// By whom.
    removed_by: Option<String>,
    /// Why.
    removed_reason: Option<String>,
}

impl OverrideView {
    fn of(decided: Decided, zone: &TimeZone) -> Self {
        let (kind, kind_label, _) = kind_of(&decided.decision.kind);
        let hours = match decided.decision.kind {
            OverrideKind::HalfDay { hours } => Some(hours.into()),
            OverrideKind::Off | OverrideKind::Work => None,
        };
        let removed = decided.removed;
        Self {
            date: decided.decision.date.to_string(),
            kind,
            kind_label,
            hours,
            reason: decided.decision.reason,
            by: decided.decision.by,
            at: decided.at.rfc3339(zone),
            removed_at: removed.as_ref().map(|removed| removed.at.rfc3339(zone)),
            removed_by: removed.as_ref().map(|removed| removed.by.clone()),
            removed_reason: removed.map(|removed| removed.reason),
        }
    }
}

/// Decisions about days.
#[derive(Serialize, ToSchema)]
pub struct OverrideList {
    /// The latest first, withdrawn ones included; at most 500.
    items: Vec<OverrideView>,
    /// Always null: the list is whole.
    next: Option<String>,
}

/// 本市调整清单：含已撤销的。
#[utoipa::path(get, path = "/api/v1/calendar/overrides", tag = "calendar", responses((status = 200, body = OverrideList)))]
pub async fn overrides(State(app): State<App>, session: Session) -> Answer<Json<OverrideList>> {
    let list = app.read(&session.actor, |cx| {
        let zone = &cx.app.city().zone;
        let items = actions::history(cx)?.into_iter().map(|decided| OverrideView::of(decided, zone)).collect();
        Ok(OverrideList { items, next: None })
    });
    Ok(Json(list.await?))
}

/// What a change of the calendar does, or would do.
#[derive(Serialize, ToSchema)]
pub struct EffectView {
    /// The day.
    date: String,
    /// What the calendar said about it.
    before: String,
    /// What it says after the change.
    after: String,
    /// How many running clocks move.
    moved_count: usize,
    /// The first 200 of them, the earliest first.
    moved: Vec<MovedView>,
    /// The fingerprint before; send it along to be sure that nobody was first.
    old_calendar: String,
    /// The fingerprint after.
    calendar: String,
    /// True where nothing was changed.
    dry_run: bool,
}

/// A clock that moves.
#[derive(Serialize, ToSchema)]
pub struct MovedView {
    /// The demand.
    number: String,
    /// The clock.
    clock: &'static str,
    /// In Chinese.
    clock_label: &'static str,
    /// When it was due.
    old_due: String,
    /// When it is due.
    new_due: String,
}

impl EffectView {
    fn of(effect: Effect, zone: &TimeZone, dry_run: bool) -> Self {
        let moved = effect.moved.iter().take(MOST_LISTED).map(|moved| MovedView {
            number: moved.number.clone(),
            clock: moved.clock.code(),
            clock_label: moved.clock.label(),
            old_due: moved.before.rfc3339(zone),
            new_due: moved.after.rfc3339(zone),
        });
        Self {
            date: effect.date.to_string(),
            before: effect.before,
            after: effect.after,
            moved_count: effect.moved.len(),
            moved: moved.collect(),
            old_calendar: effect.old,
            calendar: effect.new,
            dry_run,
        }
    }
}

/// Decides about a day, or with `dry_run` shows what that would change.
#[utoipa::path(post, path = "/api/v1/calendar/overrides", tag = "calendar", request_body = OverrideInput,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 201, body = EffectView), (status = 200, body = EffectView, description = "dry_run：只预览")))]
pub async fn add(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    JsonBody(input): JsonBody<OverrideInput>,
) -> Answer<Response> {
    if input.dry_run == Some(true) {
        let change = actions::change_of(&session.actor, &input)?;
        return would_change(&app, &session, change).await;
    }
    let key = Key::of(&headers, "POST /calendar/overrides", &to_json(&input)?)?;
    let reply = app.write(&session.actor, move |cx| {
        idempotency::once(cx, key.as_ref(), |cx| {
            let effect = actions::add(cx, &input)?;
            changed(cx, effect, 201)
        })
    });
    let reply = reply.await?;
    actions::refresh(&app).await?;
    Ok(json_reply(reply))
}

/// How a decision is withdrawn.
#[derive(Debug, Default, Deserialize)]
pub struct RemoveQuery {
    reason: Option<String>,
    calendar: Option<String>,
    dry_run: Option<bool>,
}

/// Withdraws the decision about a day, or with `dry_run` shows what that would change.
#[utoipa::path(delete, path = "/api/v1/calendar/overrides/{date}", tag = "calendar",
    params(("date" = String, Path, description = "2026-09-28"), ("reason" = Option<String>, Query, description = "撤销的理由，必填"),
        ("calendar" = Option<String>, Query, description = "预览时的日历指纹"), ("dry_run" = Option<bool>, Query, description = "只预览")),
    responses((status = 200, body = EffectView)))]
pub async fn remove(
    State(app): State<App>,
    session: Session,
    PathParams(date): PathParams<String>,
    QueryParams(query): QueryParams<RemoveQuery>,
) -> Answer<Response> {
    let date = day_of(&date)?;
    if query.dry_run == Some(true) {
        return would_change(&app, &session, Change::Remove(date)).await;
    }
    let reply = app.write(&session.actor, move |cx| {
        let effect = actions::remove(cx, date, query.reason.as_deref(), query.calendar.as_deref())?;
        changed(cx, effect, 200)
    });
    let reply = reply.await?;
    actions::refresh(&app).await?;
    Ok(json_reply(reply))
}

/// The day in an address; what is none has no decision either.
pub fn day_of(text: &str) -> Result<Date, Refusal> {
    text.parse().ok().filter(|_| text.len() == 10).ok_or_else(|| Refusal::not_found("没有这一天的本市调整"))
}

async fn would_change(app: &App, session: &Session, change: Change) -> Answer<Response> {
    let effect = app.read(&session.actor, move |cx| actions::preview(cx, &change)).await?;
    Ok(Json(EffectView::of(effect, &app.city().zone, true)).into_response())
}

fn changed(cx: &mut Cx<'_>, effect: Effect, status: u16) -> Result<idempotency::Reply> {
    Ok((status, to_json(&EffectView::of(effect, &cx.app.city().zone, false))?))
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|error| Fault::new("write an answer as JSON", error))?)
}

fn json_reply((status, body): idempotency::Reply) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
