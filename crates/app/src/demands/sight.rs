//! Who sees which demands. Everything that hands out a demand or a list of them passes through here.

use kernel::{Actor, Permission};
use store::Select;

use super::rules::case::Demand;
use crate::people;

/// Whether `actor` sees `demand`.
pub fn sees(actor: &Actor, demand: &Demand) -> bool {
    people::may(actor, Permission::SeeAll)
        || people::may(actor, Permission::SeeUnit) && actor.unit.is_some() && actor.unit == demand.lead_unit
}

/// Narrows a list to what `actor` sees.
pub fn narrow(select: Select, actor: &Actor) -> Select {
    if people::may(actor, Permission::SeeAll) {
        return select;
    }
    match &actor.unit {
        Some(unit) if people::may(actor, Permission::SeeUnit) => select.and("d.lead_unit = ?", unit),
        _ => select.and("1 = 0", ()),
    }
}
