//! `GET /api/v1/units`.

use axum::{Json, extract::State};
use jiff::civil::Date;
use serde::Serialize;

use super::actions;
use super::rules::Unit;
use crate::context::App;
use crate::web::{Answer, Visitor};

/// A unit as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UnitView {
    /// The identifier that `assign` takes.
    pub code: String,
    /// The Chinese name, which `assign` takes as well.
    pub name: String,
    /// The short name.
    pub short_name: String,
    /// The kind.
    pub kind: &'static str,
    /// The kind, in Chinese.
    pub kind_label: &'static str,
    /// Other names that `assign` takes.
    pub aliases: Vec<String>,
    /// The unit above.
    pub parent: Option<String>,
    /// The first day on which it is there.
    pub valid_from: String,
    /// The last day.
    pub valid_to: Option<String>,
    /// Whether it is there today.
    pub valid: bool,
    /// Who took over.
    pub successor: Option<String>,
    /// Whether it is 涉企 today.
    pub enterprise_facing: bool,
    /// 涉企 from.
    pub enterprise_from: Option<String>,
    /// 涉企 until.
    pub enterprise_to: Option<String>,
    /// Whether a demand can be assigned to it.
    pub can_handle: bool,
    /// The division code, for a street.
    pub division: Option<String>,
}

impl UnitView {
    /// The unit as of `today`.
    pub fn of(unit: &Unit, today: Date) -> Self {
        let text = |day: Option<Date>| day.map(|day| day.to_string());
        Self {
            code: unit.code.clone(),
            name: unit.name.clone(),
            short_name: unit.short_name.clone(),
            kind: unit.kind.code(),
            kind_label: unit.kind.label(),
            aliases: unit.aliases.clone(),
            parent: unit.parent.clone(),
            valid_from: unit.valid_from.to_string(),
            valid_to: text(unit.valid_to),
            valid: unit.valid_on(today),
            successor: unit.successor.clone(),
            enterprise_facing: unit.enterprise_facing_on(today),
            enterprise_from: text(unit.enterprise_from),
            enterprise_to: text(unit.enterprise_to),
            can_handle: unit.can_handle,
            division: unit.division.clone(),
        }
    }
}

/// Every unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UnitList {
    /// The units, in their order.
    pub items: Vec<UnitView>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// 单位清单:含已撤销的,`valid` 说明今天是否有效。
#[utoipa::path(get, path = "/api/v1/units", tag = "units", responses((status = 200, body = UnitList)))]
pub async fn list(State(app): State<App>, visitor: Visitor) -> Answer<Json<UnitList>> {
    let list = app.read(&visitor.actor, |cx| {
        let today = cx.today();
        let items = actions::names(cx)?.all().iter().map(|unit| UnitView::of(unit, today)).collect();
        Ok(UnitList { items, next: None })
    });
    Ok(Json(list.await?))
}
