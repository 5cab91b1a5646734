//! Who sees which demands. Everything that hands out a demand or a list of them passes through here.

use kernel::{Actor, Permission, StandIn};
use store::Select;

use super::rules::case::Demand;
use crate::people;

/// Whether `actor` sees `demand`.
pub fn sees(actor: &Actor, demand: &Demand) -> bool {
    covered(actor, demand) && seen(actor, demand)
}

/// Whether the demand is among those for which somebody who stands in for another stands in.
fn covered(actor: &Actor, demand: &Demand) -> bool {
    let (theme, route) = (demand.sorting.theme.as_deref(), demand.sorting.route.map(|route| route.code()));
    actor.standing_in_for.as_ref().is_none_or(|absent| absent.covers(theme, route))
}

fn seen(actor: &Actor, demand: &Demand) -> bool {
    people::may(actor, Permission::SeeAll)
        || people::may(actor, Permission::SeeUnit) && actor.unit.is_some() && actor.unit == demand.lead_unit
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
        Some(unit) if people::may(actor, Permission::SeeUnit) => select.and("d.lead_unit = ?", unit),
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
