//! `/api/v1/sessions` and `/api/v1/accounts`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::{Actor, PageRequest, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::actions::{self, AccountView};
use super::login::{self, LoggedIn};
use super::rules::SessionKind;
use crate::context::App;
use crate::web::{Answer, JsonBody, QueryParams, Session, Visitor};

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub struct LoginInput {
    /// The name to log in with.
    pub username: String,
    /// The password.
    pub password: String,
    /// The second factor, for accounts that have one.
    pub code: Option<String>,
}

/// A bearer token.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// For `Authorization: Bearer …`.
    pub token: String,
}

/// Exchanges name and password for a token.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "accounts", request_body = LoginInput,
    responses((status = 201, description = "令牌", body = Token)))]
pub async fn log_in(
    State(app): State<App>,
    visitor: Visitor,
    JsonBody(input): JsonBody<LoginInput>,
) -> Answer<(StatusCode, Json<Token>)> {
    let code = input.code.as_deref();
    let outcome = login::log_in(&app, &input.username, &input.password, code, SessionKind::Token, &visitor).await?;
    let (LoggedIn::Fully(token) | LoggedIn::Half(token)) = outcome;
    Ok((StatusCode::CREATED, Json(Token { token })))
}

/// Ends the session or the token with which this is asked.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "accounts", responses((status = 204, description = "已结束")))]
pub async fn log_out(State(app): State<App>, session: Session) -> Answer<StatusCode> {
    let (username, id) = (session.username.clone(), session.id);
    app.write(&session.actor, move |cx| actions::revoke(cx, &username, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An account as others see it.
#[derive(Serialize, ToSchema)]
pub struct AccountOut {
    /// The name to log in with.
    pub username: String,
    /// The name that is shown.
    pub name: String,
    /// The unit's code.
    pub unit: Option<String>,
    /// The unit's short name.
    pub unit_label: Option<String>,
    /// The codes of the roles held today.
    pub roles: Vec<String>,
    /// The same in Chinese.
    pub roles_label: Vec<String>,
    /// Whether the account is closed.
    pub disabled: bool,
}

impl AccountOut {
    /// The account as of `today`.
    pub fn of(view: &AccountView, today: jiff::civil::Date) -> Self {
        let roles: Vec<Role> = view.roles_on(today);
        Self {
            username: view.account.username.clone(),
            name: view.account.name.clone(),
            unit: view.account.unit.clone(),
            unit_label: view.unit_name.clone(),
            roles: roles.iter().map(|role| role.code().to_owned()).collect(),
            roles_label: roles.iter().map(|role| role.label().to_owned()).collect(),
            disabled: view.account.disabled_at.is_some(),
        }
    }
}

/// Accounts, by name.
#[derive(Serialize, ToSchema)]
pub struct AccountList {
    /// The accounts.
    pub items: Vec<AccountOut>,
    /// The cursor of the page after.
    pub next: Option<String>,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountQuery {
    /// At most so many, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// Every account, for administrators.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts", params(AccountQuery),
    responses((status = 200, description = "账号", body = AccountList)))]
pub async fn list(
    State(app): State<App>,
    session: Session,
    QueryParams(query): QueryParams<AccountQuery>,
) -> Answer<Json<AccountList>> {
    let PageRequest { limit, cursor } = PageRequest::asked(query.limit, query.cursor)?;
    let list = app.read(&session.actor, move |cx| page(cx, cursor.as_deref(), limit)).await?;
    Ok(Json(list))
}

fn page(cx: &mut crate::context::Cx<'_>, after: Option<&str>, limit: usize) -> kernel::Result<AccountList> {
    let today = cx.today();
    let mut found = actions::list(cx, after, limit + 1)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = more.then(|| found.last().map(|view| view.account.username.clone())).flatten();
    Ok(AccountList { items: found.iter().map(|view| AccountOut::of(view, today)).collect(), next })
}

/// Every account of the city, for `santing users`.
pub fn everybody(app: &App) -> kernel::Result<Vec<AccountOut>> {
    app.read_now(&Actor::system(), |cx| {
        let today = cx.today();
        let everybody = actions::list(cx, None, usize::MAX >> 1)?;
        Ok(everybody.iter().map(|view| AccountOut::of(view, today)).collect())
    })
}
