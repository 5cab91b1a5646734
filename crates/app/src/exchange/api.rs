//! `/api/v1/exchange`: the contract as calls. A remote logs in with a token of an account that may exchange.

use std::io::Cursor;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::{Fault, Instant, Permission, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::actions::reconciling::{self, Reconciled, Unread};
use super::actions::seeing::{self, State as Standing};
use super::actions::sending::{self, Wanted};
use super::actions::taking::{self, Taken};
use super::rules::reconcile::Difference;
use crate::context::App;
use crate::web::{Access, Answer, JsonBody, PathParams, QueryParams, RawBody, Routes, Session};

/// Differences that an answer names; all are counted.
const NAMED: usize = 2_000;

/// The calls of this room.
pub fn routes() -> Routes<App> {
    let exchange = Access::Needs(Permission::Exchange);
    Routes::new()
        .api(exchange, routes!(remotes))
        .api(exchange, routes!(take))
        .api(exchange, routes!(give))
        .api(exchange, routes!(receipt))
        .api(exchange, routes!(reconcile))
}

/// A remote system and how the exchange with it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RemoteView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The channel of its cases.
    pub channel: String,
    /// Its status codes.
    pub statuses: Vec<RemoteStatusView>,
    /// Cases that it handed over.
    pub cases: i64,
    /// Up to which number all of its packages are here.
    pub received: i64,
    /// Numbers of packages that are missing, the first ten.
    pub missing: Vec<i64>,
    /// Messages that wait for their case.
    pub waiting: i64,
    /// Messages that were rejected.
    pub rejected: i64,
    /// The number of the last message to it.
    pub sent: i64,
    /// Messages that it has not acknowledged.
    pub unacknowledged: i64,
}

/// A status code of a remote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RemoteStatusView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// Our statuses that are told as this one.
    pub ours: Vec<String>,
    /// What it does when it comes from there: `nothing`, `withdraw`, `redo`, `urge`.
    #[schema(value_type = String)]
    pub effect: crate::city::RemoteEffect,
}

impl RemoteView {
    fn of(state: Standing) -> Self {
        let statuses = state.remote.statuses.into_iter().map(|status| RemoteStatusView {
            code: status.code,
            label: status.label,
            ours: status.ours,
            effect: status.effect,
        });
        Self {
            statuses: statuses.collect(),
            code: state.remote.code,
            name: state.remote.name,
            channel: state.remote.channel,
            cases: state.cases,
            received: state.received,
            missing: state.gaps,
            waiting: state.waiting,
            rejected: state.rejected,
            sent: state.sent,
            unacknowledged: state.unacknowledged,
        }
    }
}

/// The remotes of the city.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RemoteList {
    /// In the profile's order.
    pub items: Vec<RemoteView>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// 对接的外部系统：状态码表，以及收发到哪里。
#[utoipa::path(get, path = "/api/v1/exchange", tag = "exchange", responses((status = 200, body = RemoteList)))]
async fn remotes(State(app): State<App>, session: Session) -> Answer<Json<RemoteList>> {
    let states = app.read(&session.actor, seeing::states).await?;
    Ok(Json(RemoteList { items: states.into_iter().map(RemoteView::of).collect(), next: None }))
}

/// 对方交来一个包（JSON Lines，见 docs/exchange.md）。可以重发：收过的不会再办一次。
#[utoipa::path(post, path = "/api/v1/exchange/{remote}/packages", tag = "exchange", params(("remote" = String, Path)),
    request_body(content = String, content_type = "application/x-ndjson"), responses((status = 200, body = Taken)))]
async fn take(
    State(app): State<App>,
    session: Session,
    PathParams(remote): PathParams<String>,
    RawBody(bytes): RawBody,
) -> Answer<Json<Taken>> {
    Ok(Json(aside(move || taking::take(&app, &session.actor, &remote, &bytes)).await?))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    after: i64,
    #[serde(default)]
    all: bool,
    limit: Option<u16>,
}

/// 对方取包：编号大于 `after`、还没有回执的消息；`all=true` 连同已回执的再取一遍。
#[utoipa::path(get, path = "/api/v1/exchange/{remote}/packages", tag = "exchange",
    params(("remote" = String, Path), ("after" = Option<i64>, Query, minimum = 0, description = "只要编号在它之后的消息"),
        ("all" = Option<bool>, Query, description = "连同已回执的"), ("limit" = Option<u16>, Query, minimum = 1, maximum = 20000)),
    responses((status = 200, description = "一个包：包头一行，消息各一行", content((String = "application/x-ndjson")))))]
async fn give(
    State(app): State<App>,
    session: Session,
    PathParams(remote): PathParams<String>,
    QueryParams(asked): QueryParams<Asked>,
) -> Answer<Response> {
    let most = asked.limit.map_or(sending::PACKAGE_MOST, usize::from);
    let wanted = Wanted { after: asked.after.max(0), all: asked.all, most };
    let (text, _) = aside(move || sending::package(&app, &session.actor, &remote, wanted)).await?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], text).into_response())
}

/// Up to which number a remote has our messages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub struct ReceiptInput {
    /// The number of the last message up to which nothing is missing there.
    #[schema(minimum = 0)]
    pub through: i64,
}

/// What a receipt changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceiptTaken {
    /// Messages that had not been acknowledged before.
    pub acknowledged: u64,
}

/// 对方回执：编号到 `through` 为止的消息都已收到。
#[utoipa::path(post, path = "/api/v1/exchange/{remote}/receipts", tag = "exchange", params(("remote" = String, Path)),
    request_body = ReceiptInput, responses((status = 200, body = ReceiptTaken)))]
async fn receipt(
    State(app): State<App>,
    session: Session,
    PathParams(remote): PathParams<String>,
    JsonBody(input): JsonBody<ReceiptInput>,
) -> Answer<Json<ReceiptTaken>> {
    let acknowledged = app.write(&session.actor, move |cx| sending::receive(cx, &remote, input.through)).await?;
    Ok(Json(ReceiptTaken { acknowledged }))
}

/// What came out of a reconciliation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReconciliationView {
    /// The row; a text, because JavaScript cannot hold it as a number.
    pub id: String,
    /// When.
    pub at: String,
    /// Rows of the remote's list.
    pub theirs: u64,
    /// Cases here.
    pub ours: u64,
    /// Cases that are the same on both sides.
    pub agreed: u64,
    /// Differences that are merely on their way.
    pub explained: u64,
    /// Differences that nobody can explain.
    pub unexplained: u64,
    /// Rows that could not be read.
    pub unread: Vec<Unread>,
    /// The differences, at most two thousand of them.
    pub differences: Vec<DifferenceView>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DifferenceView {
    /// `missing_here`, `missing_there`, `duplicated_there`, `number_differs`, `status_differs`, `closed_differs`, `reply_differs`.
    #[schema(value_type = String)]
    pub kind: super::rules::reconcile::Kind,
    /// The same in Chinese.
    pub kind_label: String,
    /// The number there.
    pub case: String,
    /// Our number.
    pub number: Option<String>,
    /// The row of the list.
    pub row: Option<u64>,
    /// What stands there.
    pub theirs: String,
    /// What stands here.
    pub ours: String,
    /// Why it is nothing to worry about, where it is not.
    pub explained: Option<String>,
}

impl DifferenceView {
    /// A difference as the API shows it.
    pub fn of(difference: Difference) -> Self {
        Self {
            kind_label: difference.kind.label().to_owned(),
            kind: difference.kind,
            case: difference.case,
            number: difference.number,
            row: difference.row,
            theirs: difference.theirs,
            ours: difference.ours,
            explained: difference.explained,
        }
    }
}

impl ReconciliationView {
    /// A reconciliation as the API shows it.
    pub fn of(reconciled: Reconciled, at: String) -> Self {
        let comparison = reconciled.comparison;
        let unexplained = comparison.unexplained();
        let explained = comparison.differences.len() as u64 - unexplained;
        Self {
            id: reconciled.id.to_string(),
            at,
            theirs: comparison.theirs,
            ours: comparison.ours,
            agreed: comparison.agreed,
            explained,
            unexplained,
            unread: reconciled.unread.into_iter().take(NAMED).collect(),
            differences: comparison.differences.into_iter().take(NAMED).map(DifferenceView::of).collect(),
        }
    }
}

#[derive(Deserialize)]
struct ListKind {
    format: Option<String>,
}

/// 对账：交来对方的工单清单，逐件比较，说出每一处差异。
#[utoipa::path(post, path = "/api/v1/exchange/{remote}/reconciliations", tag = "exchange",
    params(("remote" = String, Path), ("format" = Option<String>, Query, description = "jsonl（默认）、csv 或 xlsx")),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, body = ReconciliationView)))]
async fn reconcile(
    State(app): State<App>,
    session: Session,
    PathParams(remote): PathParams<String>,
    QueryParams(kind): QueryParams<ListKind>,
    RawBody(bytes): RawBody,
) -> Answer<Json<ReconciliationView>> {
    let name = match kind.format.as_deref() {
        Some("csv") => "list.csv",
        Some("xlsx") => "list.xlsx",
        _ => "list.jsonl",
    };
    let at = app.now();
    let zone = app.city().zone.clone();
    let found = aside(move || reconciling::reconcile(&app, &session.actor, &remote, name, Cursor::new(bytes))).await?;
    Ok(Json(ReconciliationView::of(found, Instant::rfc3339(at, &zone))))
}

/// Does blocking work on another thread.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::new("exchange on another thread", error))?
}
