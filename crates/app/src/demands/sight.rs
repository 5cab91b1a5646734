//! Who sees which demands. Everything that hands out a demand or a list of them passes through here.

use kernel::{Actor, Permission, Result, StandIn};
use store::Select;

use super::proceedings;
use super::rules::case::Demand;
use crate::context::Cx;
use crate::people;

/// Whether the actor sees `demand`: everybody's, or their unit's, as lead or as one that was asked for its part.
pub fn sees(cx: &mut Cx<'_>, demand: &Demand) -> Result<bool> {
    if !covered(cx.actor, demand) {
        return Ok(false);
    }
    if people::may(cx.actor, Permission::SeeAll) {
        return Ok(true);
    }
    match &cx.actor.unit {
        Some(unit) if people::may(cx.actor, Permission::SeeUnit) => {
            Ok(demand.lead_unit.as_ref() == Some(unit) || proceedings::involves(cx.tx, demand.id, unit)?)
        }
        _ => Ok(false),
    }
}

/// Whether the demand is among those for which somebody who stands in for another stands in.
fn covered(actor: &Actor, demand: &Demand) -> bool {
    let (theme, route) = (demand.sorting.theme.as_deref(), demand.sorting.route.map(|route| route.code()));
    actor.standing_in_for.as_ref().is_none_or(|absent| absent.covers(theme, route))
}

/// Narrows a list to what `actor` sees.
pub fn narrow(select: Select, actor: &Actor) -> Select {
    let select = match &actor.standing_in_for {
        Some(absent) => to_covered(select, absent),
        None => select,
    };
    if people::may(actor, Permission::SeeAll) {
        return select;
    }
    match &actor.unit {
        Some(unit) if people::may(actor, Permission::SeeUnit) => {
            let involved = "(d.lead_unit = ? OR d.id IN (SELECT demand_id FROM demand_part WHERE unit = ?))";
            select.and(involved, (unit, unit))
        }
        _ => select.and("1 = 0", ()),
    }
}

fn to_covered(mut select: Select, absent: &StandIn) -> Select {
    if !absent.themes.is_empty() {
        select = select.and_in("d.theme IN (", absent.themes.iter());
    }
    if !absent.routes.is_empty() {
        select = select.and_in("d.route IN (", absent.routes.iter());
    }
    select
}
