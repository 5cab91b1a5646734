//! What the program would propose for a demand that nobody has decided yet: theme, lead unit, tier and route, each with
//! the words that led there. A person decides.

use kernel::Result;
use serde::Serialize;
use text::Keywords;

use crate::city::UnitKind;
use crate::context::Cx;
use crate::demands::rules::case::Demand;
use crate::demands::rules::vocabulary::{Audience, Route, Status, Tier};
use crate::units;

/// A proposal; absent parts are those for which nothing speaks.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Proposal {
    /// The route.
    pub route: &'static str,
    /// The tier.
    pub tier: &'static str,
    /// The lead unit's code.
    pub lead_unit: Option<String>,
    /// The theme's code.
    pub theme: Option<String>,
    /// Why, as sentences.
    pub because: Vec<String>,
    /// How far the first choice of a unit is ahead of the second, 0 to 1.
    pub margin: f64,
}

/// The proposal for a demand that waits for triage or assignment.
pub fn propose(cx: &mut Cx<'_>, demand: &Demand) -> Result<Option<Proposal>> {
    if !matches!(demand.status, Status::Received | Status::Triaged) {
        return Ok(None);
    }
    let words = format!("{}\n{}\n{}", demand.said.title, demand.said.title, demand.said.text);
    let city = cx.app.city();
    let themes = Keywords::new(city.themes.all().iter().map(|t| (t.code.clone(), t.keywords.clone())).collect());
    let names = units::names(cx)?;
    let mandates = names.handlers(cx.now).map(|u| (u.code.clone(), u.mandate.clone()));
    let (theme, unit) = (themes.classify(&words), Keywords::new(mandates.collect()).classify(&words));
    let mut because = Vec::new();
    if let Some(first) = theme.first() {
        because.push(format!("领域“{}”：提到{}", city.themes.label(&first.code), first.because.join("、")));
    }
    let territorial = demand.said.audience == Audience::Public
        && theme.first().and_then(|t| city.themes.get(&t.code)).is_some_and(|t| t.territorial);
    let street = demand.said.area.as_deref().and_then(|area| names.resolve(area, cx.now).ok());
    let street = street.filter(|u| u.kind == UnitKind::Subdistrict && (territorial || unit.is_empty()));
    if let Some(street) = street {
        because.push(format!("牵头“{}”：事情发生在这里，属地承办", street.short_name));
    } else if let Some(first) = unit.first() {
        because.push(format!("牵头“{}”：提到{}", names.short_name(&first.code), first.because.join("、")));
    }
    if because.is_empty() {
        return Ok(None);
    }
    because.push("单个部门职责以内的一般问题，先按分发交办（方案二（三）2）".to_owned());
    let margin = match unit.as_slice() {
        [first, second, ..] if first.score > 0.0 => (first.score - second.score) / first.score,
        [_] => 1.0,
        _ => 0.0,
    };
    Ok(Some(Proposal {
        route: Route::Assigned.code(),
        tier: Tier::General.code(),
        lead_unit: street.map(|u| u.code.clone()).or_else(|| unit.into_iter().next().map(|s| s.code)),
        theme: demand.sorting.theme.clone().or_else(|| theme.into_iter().next().map(|s| s.code)),
        because,
        margin,
    }))
}
