//! `/api/v1/inbox`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::tz::TimeZone;
use kernel::{Id, PageRequest, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::actions;
use super::rules::Item;
use crate::context::App;
use crate::web::{Answer, JsonBody, QueryParams, Session};

/// A reminder as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reminder {
    /// The row; a text, because JavaScript cannot hold it as a number.
    pub id: String,
    /// Of what: `assigned`, `overdue`, `due_soon`, `instruct`, …
    pub kind: &'static str,
    /// The same in Chinese.
    pub kind_label: &'static str,
    /// The demand's number; null where it is about an absence.
    pub number: Option<String>,
    /// The demand's title, or a sentence.
    pub title: String,
    /// Whether the demand is urgent.
    pub urgent: bool,
    /// The absent one for whom it came to whoever stands in.
    pub standing_in_for: Option<String>,
    /// Since when it is so.
    pub at: String,
    /// When the clock is due that it speaks of.
    pub due_at: Option<String>,
    /// Which clock that is.
    pub due_clock: Option<&'static str>,
    /// Whether it was read.
    pub read: bool,
    /// Whether it has settled itself.
    pub settled: bool,
    /// The page that it leads to.
    pub href: String,
}

impl Reminder {
    fn of(item: &Item, zone: &TimeZone) -> Self {
        Self {
            id: item.id.to_string(),
            kind: item.kind.code(),
            kind_label: item.kind.label(),
            number: (!item.subject.starts_with("absence:")).then(|| item.subject.clone()),
            title: item.title.clone(),
            urgent: item.urgent,
            standing_in_for: item.for_name.clone(),
            at: item.at.rfc3339(zone),
            due_clock: item.clock().map(|clock| clock.code()),
            due_at: item.due_at.map(|due| due.rfc3339(zone)),
            read: item.read_at.is_some(),
            settled: item.settled_at.is_some(),
            href: item.href(),
        }
    }
}

/// One's own reminders, the latest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReminderList {
    /// The reminders.
    pub items: Vec<Reminder>,
    /// The cursor of the page after.
    pub next: Option<String>,
}

/// Which reminders.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReminderQuery {
    /// `true`: only what was neither read nor has settled itself.
    pub open: Option<bool>,
    /// At most so many, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// Which reminders were read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ReadInput {
    /// Their ids.
    pub ids: Vec<String>,
    /// Everything that is there now.
    pub all: bool,
}

/// 我的提醒，新的在前。
#[utoipa::path(get, path = "/api/v1/inbox", tag = "inbox", params(ReminderQuery),
    responses((status = 200, body = ReminderList)))]
pub async fn list(
    State(app): State<App>,
    session: Session,
    QueryParams(query): QueryParams<ReminderQuery>,
) -> Answer<Json<ReminderList>> {
    let page = PageRequest::asked(query.limit, query.cursor)?;
    let open = query.open.unwrap_or_default();
    let found = app.read(&session.actor, move |cx| actions::list(cx, open, &page)).await?;
    let zone = &app.city().zone;
    Ok(Json(ReminderList {
        items: found.items.iter().map(|item| Reminder::of(item, zone)).collect(),
        next: found.next,
    }))
}

/// 标为已读：写明 `ids`，或者 `all` 为 true。
#[utoipa::path(post, path = "/api/v1/inbox/read", tag = "inbox", request_body = ReadInput,
    responses((status = 204, description = "已标为已读")))]
pub async fn read(
    State(app): State<App>,
    session: Session,
    JsonBody(input): JsonBody<ReadInput>,
) -> Answer<StatusCode> {
    app.write(&session.actor, move |cx| {
        let ids: Option<Vec<Id>> = input.ids.iter().map(|id| id.trim().parse().ok().map(Id)).collect();
        let ids = ids.filter(|ids| input.all || !ids.is_empty());
        let ids = ids.ok_or_else(|| Refusal::field("ids", "required", "请写明哪些提醒（ids），或者 all 为 true"))?;
        for id in ids {
            actions::read(cx, id)?;
        }
        if input.all { actions::read_all(cx, None).map(drop) } else { Ok(()) }
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
