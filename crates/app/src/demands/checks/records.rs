//! Ticks as rows. Decides nothing.

use kernel::{Id, Instant, Result};
use store::{Tx, args, sql};

use crate::context::Cx;
use crate::demands::rules::case::Demand;

/// What was ticked in a round: item, who, when.
pub fn ticked(tx: &mut Tx, demand: Id, round: i64) -> Result<Vec<(String, String, Instant)>> {
    tx.all(
        sql!("SELECT item, by_name, at FROM demand_check WHERE demand_id = $1 AND round = $2 ORDER BY item"),
        args![demand, round],
    )
}

/// Keeps a tick; the first one stays.
pub fn tick(cx: &mut Cx<'_>, demand: &Demand, item: &str) -> Result<()> {
    let (unit, by_name, now) = (cx.actor.unit.clone(), cx.actor.signature(), cx.now);
    cx.tx.run(
        sql!(
            "INSERT INTO demand_check (demand_id, round, item, unit, by_name, at) VALUES ($1, $2, $3, $4, $5, $6)
              ON CONFLICT (demand_id, round, item) DO NOTHING"
        ),
        args![demand.id, demand.round, item, unit, by_name, now],
    )?;
    Ok(())
}

/// Takes a tick back.
pub fn untick(tx: &mut Tx, demand: &Demand, item: &str) -> Result<()> {
    tx.run(
        sql!("DELETE FROM demand_check WHERE demand_id = $1 AND round = $2 AND item = $3"),
        args![demand.id, demand.round, item],
    )?;
    Ok(())
}
