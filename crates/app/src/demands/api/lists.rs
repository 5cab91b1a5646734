//! 意见、建议、事项清单 as a call: how many stood in which list and status at the end of a day. The demands themselves are
//! handed out by `/lists/export`.

use axum::Json;
use axum::extract::{RawQuery, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::App;
use crate::demands::actions::listing;
use crate::demands::pages::lists::{Asked, code, label};
use crate::web::{Answer, Session, decode_pairs};

/// The three lists.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListsView {
    /// The end of which local day.
    as_of: String,
    /// The numbers; what is not there is none.
    items: Vec<ListCount>,
    /// Always null: everything is in `items`.
    next: Option<String>,
}

/// How many stood in one list with one status.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListCount {
    /// `opinion`, `suggestion`, `matter`, or `unsorted`.
    kind: &'static str,
    /// In Chinese.
    kind_label: &'static str,
    /// The status.
    status: &'static str,
    /// In Chinese.
    status_label: &'static str,
    /// How many.
    count: i64,
}

/// 三张清单：某一天结束时各有多少。
#[utoipa::path(get, path = "/api/v1/lists", tag = "demands",
    params(("as_of" = Option<String>, Query, description = "截至哪一天；缺省为现在")),
    responses((status = 200, body = ListsView)))]
pub async fn lists(State(app): State<App>, session: Session, RawQuery(query): RawQuery) -> Answer<Json<ListsView>> {
    let asked = Asked::read(&decode_pairs(query.as_deref().unwrap_or_default())?)?;
    let (day, census) = app
        .read(&session.actor, move |cx| {
            let day = asked.day.unwrap_or_else(|| cx.today()).min(cx.today());
            Ok((day, listing::census(cx, day)?))
        })
        .await?;
    let items = census.into_iter().map(|(kind, status, count)| ListCount {
        kind: code(kind),
        kind_label: label(kind),
        status: status.code(),
        status_label: status.label(),
        count,
    });
    Ok(Json(ListsView { as_of: day.to_string(), items: items.collect(), next: None }))
}
