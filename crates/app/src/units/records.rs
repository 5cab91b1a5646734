//! Units as rows. Decides nothing.

use jiff::civil::Date;
use kernel::{Fault, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::rules::Unit;
use crate::city::UnitKind;

impl FromRow for Unit {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let kind: String = row.get(3)?;
        Ok(Self {
            code: row.get(0)?,
            name: row.get(1)?,
            short_name: row.get(2)?,
            kind: UnitKind::from_code(&kind)
                .ok_or_else(|| Fault::broken(format!("unit kind {kind} in the database")))?,
            parent: row.get(4)?,
            successor: row.get(5)?,
            division: row.get(6)?,
            valid_from: date(row, 7)?.ok_or_else(|| Fault::broken("a unit without a first day"))?,
            valid_to: date(row, 8)?,
            enterprise_from: date(row, 9)?,
            enterprise_to: date(row, 10)?,
            can_handle: row.get(11)?,
            aliases: list(row, 12)?,
            mandate: list(row, 13)?,
            note: row.get(14)?,
            position: row.get(15)?,
            version: row.get(16)?,
        })
    }
}

fn date(row: &Row<'_>, column: usize) -> Result<Option<Date>> {
    let text: Option<String> = row.get(column)?;
    let read = |text: String| text.parse().map_err(|e| Fault::new(format!("read the day {text} of a unit"), e));
    Ok(text.map(read).transpose()?)
}

fn list(row: &Row<'_>, column: usize) -> Result<Vec<String>> {
    let text: String = row.get(column)?;
    Ok(serde_json::from_str(&text).map_err(|e| Fault::new("read a list of a unit", e))?)
}

fn json(list: &[String]) -> Result<String> {
    Ok(serde_json::to_string(list).map_err(|e| Fault::new("write a list of a unit", e))?)
}

/// Every unit, in its order.
pub fn all(tx: &mut Tx) -> Result<Vec<Unit>> {
    tx.all(
        sql!(
            "SELECT code, name, short_name, kind, parent, successor, division, valid_from, valid_to, enterprise_from,
             enterprise_to, can_handle, aliases, mandate, note, position, version FROM unit ORDER BY position, code"
        ),
        args![],
    )
}

/// Keeps a new unit; says whether its code was free.
pub fn insert(tx: &mut Tx, unit: &Unit) -> Result<bool> {
    let touched = tx.run(
        sql!(
            "INSERT INTO unit (code, name, short_name, kind, parent, successor, division, valid_from, valid_to,
             enterprise_from, enterprise_to, can_handle, aliases, mandate, note, position, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT (code) DO NOTHING"
        ),
        args![
            unit.code.clone(),
            unit.name.clone(),
            unit.short_name.clone(),
            unit.kind.code(),
            unit.parent.clone(),
            unit.successor.clone(),
            unit.division.clone(),
            unit.valid_from.to_string(),
            unit.valid_to.map(|day| day.to_string()),
            unit.enterprise_from.map(|day| day.to_string()),
            unit.enterprise_to.map(|day| day.to_string()),
            unit.can_handle,
            json(&unit.aliases)?,
            json(&unit.mandate)?,
            unit.note.clone(),
            unit.position,
            unit.version
        ],
    )?;
    Ok(touched == 1)
}

/// Keeps a changed unit; says whether nobody was first.
pub fn update(tx: &mut Tx, unit: &Unit) -> Result<bool> {
    let touched = tx.run(
        sql!(
            "UPDATE unit SET name = $1, short_name = $2, kind = $3, parent = $4, successor = $5, valid_from = $6,
             valid_to = $7, enterprise_from = $8, enterprise_to = $9, can_handle = $10, aliases = $11, mandate = $12,
             note = $13, version = $14 WHERE code = $15 AND version = $16"
        ),
        args![
            unit.name.clone(),
            unit.short_name.clone(),
            unit.kind.code(),
            unit.parent.clone(),
            unit.successor.clone(),
            unit.valid_from.to_string(),
            unit.valid_to.map(|day| day.to_string()),
            unit.enterprise_from.map(|day| day.to_string()),
            unit.enterprise_to.map(|day| day.to_string()),
            unit.can_handle,
            json(&unit.aliases)?,
            json(&unit.mandate)?,
            unit.note.clone(),
            unit.version,
            unit.code.clone(),
            unit.version - 1
        ],
    )?;
    Ok(touched == 1)
}
