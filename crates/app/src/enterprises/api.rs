//! `GET /api/v1/enterprises`.

use axum::{Json, extract::State};
use kernel::PageRequest;
use serde::{Deserialize, Serialize};

use super::actions;
use super::rules::Enterprise;
use crate::context::App;
use crate::web::{Answer, QueryParams, Session};

/// A firm as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EnterpriseView {
    /// The row; a text, because JavaScript cannot hold it as a number.
    pub id: String,
    /// The 统一社会信用代码.
    pub uscc: Option<String>,
    /// The name.
    pub name: String,
    /// What it does.
    pub industry: Option<String>,
    /// How large it is.
    pub size: Option<String>,
    /// Its street or park.
    pub area: Option<String>,
}

impl From<Enterprise> for EnterpriseView {
    fn from(firm: Enterprise) -> Self {
        let Enterprise { id, uscc, name, industry, size, area, .. } = firm;
        Self { id: id.to_string(), uscc, name, industry, size, area }
    }
}

/// A page of firms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EnterpriseList {
    /// The firms, by name.
    pub items: Vec<EnterpriseView>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// What to look for.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct EnterpriseQuery {
    /// A code or a part of a name.
    pub q: Option<String>,
    /// Firms per page, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// 企业清单,按名称排列;`q` 是统一社会信用代码或名称的一部分。
#[utoipa::path(get, path = "/api/v1/enterprises", tag = "enterprises", params(EnterpriseQuery), responses((status = 200, body = EnterpriseList)))]
pub async fn list(
    State(app): State<App>,
    session: Session,
    query: QueryParams<EnterpriseQuery>,
) -> Answer<Json<EnterpriseList>> {
    let asked = query.0;
    let request = PageRequest::asked(asked.limit, asked.cursor)?;
    let page = app.read(&session.actor, move |cx| actions::list(cx, asked.q.as_deref(), &request));
    let page = page.await?;
    Ok(Json(EnterpriseList { items: page.items.into_iter().map(EnterpriseView::from).collect(), next: page.next }))
}
