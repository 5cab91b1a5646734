//! Looking at where the city hears.

use jiff::civil::Date;
use kernel::{Instant, Permission, Result};

use super::records;
use super::rules::{self, Coverage, Heard, Span, UnitHeard};
use crate::city::UnitKind;
use crate::context::Cx;
use crate::{people, units};

/// How much came in by each way of collecting in a period.
pub fn coverage(cx: &mut Cx<'_>, span: Span) -> Result<Coverage> {
    people::require(cx.actor, Permission::SeeAll)?;
    let (from, to) = (start_of(cx, span.from), Instant(start_of(cx, next(span.to)).0 - 1));
    let city = cx.app.city();
    let heard: Vec<Heard> =
        city.channels.all().iter().map(|c| records::heard(cx.tx, &c.code, from, to)).collect::<Result<_>>()?;
    let names = units::names(cx)?;
    let mut by_unit = Vec::new();
    for unit in names.all() {
        let channels = records::by_unit(cx.tx, &unit.code, from, to)?;
        let place = matches!(unit.kind, UnitKind::Subdistrict | UnitKind::Park) && unit.valid_on(span.to);
        if place || !channels.is_empty() {
            by_unit.push(UnitHeard { unit: unit.code.clone(), name: unit.short_name.clone(), place, channels });
        }
    }
    let joined = records::joined(cx.tx, from, to)?;
    Ok(rules::coverage(cx.app.city(), span, joined, &heard, &by_unit))
}

fn next(day: Date) -> Date {
    day.saturating_add(jiff::Span::new().days(1))
}

fn start_of(cx: &Cx<'_>, day: Date) -> Instant {
    day.to_zoned_datetime(cx.app.city().zone.clone()).map_or(Instant(i64::MAX), |zoned| Instant::from(&zoned))
}
