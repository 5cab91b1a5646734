//! Macros as rows. Decides nothing.

use kernel::{Fault, Id, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::rules::{Macro, Step};
use crate::phrases::scope::{Keeper, Scope};

impl FromRow for Macro {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let scope = row.get::<String>(1)?;
        let steps: Vec<Step> = serde_json::from_str(&row.get::<String>(6)?)
            .map_err(|error| Fault::new("read the steps of a macro", error))?;
        Ok(Self {
            id: row.get(0)?,
            keeper: Keeper {
                scope: Scope::from_code(&scope)
                    .ok_or_else(|| Fault::broken(format!("a macro holds the unknown scope {scope}")))?,
                unit: row.get(2)?,
                owner: row.get(3)?,
                owner_name: row.get(4)?,
            },
            name: row.get(5)?,
            steps,
            version: row.get(7)?,
            updated_at: row.get(8)?,
        })
    }
}

/// What a unit's people and one account may use: the city's, the unit's, their own; each by name.
pub fn serving(tx: &mut Tx, unit: &str, owner: Id) -> Result<Vec<Macro>> {
    tx.all(
        sql!(
            "SELECT id, scope, unit, owner, owner_name, name, steps, version, updated_at
               FROM demand_macro WHERE scope = 'city' OR (scope = 'unit' AND unit = $1) OR (scope = 'own' AND owner = $2)
              ORDER BY name, id"
        ),
        args![unit, owner],
    )
}

/// One macro.
pub fn by_id(tx: &mut Tx, id: Id) -> Result<Option<Macro>> {
    tx.opt(
        sql!(
            "SELECT id, scope, unit, owner, owner_name, name, steps, version, updated_at
               FROM demand_macro WHERE id = $1"
        ),
        args![id],
    )
}

/// Keeps a new macro.
pub fn insert(tx: &mut Tx, kept: &Macro) -> Result<u64> {
    let keeper = &kept.keeper;
    let steps = written(&kept.steps)?;
    tx.run(
        sql!(
            "INSERT INTO demand_macro (id, scope, unit, owner, owner_name, name, steps, version, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        args![
            kept.id,
            keeper.scope.code(),
            &keeper.unit,
            keeper.owner,
            &keeper.owner_name,
            &kept.name,
            steps,
            kept.version,
            kept.updated_at,
        ],
    )
}

/// Keeps a changed macro, if nobody was first: false means that the stored version is another than `seen`.
pub fn update(tx: &mut Tx, kept: &Macro, seen: i64) -> Result<bool> {
    let steps = written(&kept.steps)?;
    let changed = tx.run(
        sql!(
            "UPDATE demand_macro SET name = $1, steps = $2, version = $3, updated_at = $4
              WHERE id = $5 AND version = $6"
        ),
        args![&kept.name, steps, kept.version, kept.updated_at, kept.id, seen],
    )?;
    Ok(changed == 1)
}

/// Removes a macro.
pub fn delete(tx: &mut Tx, id: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM demand_macro WHERE id = $1"), args![id])
}

/// The steps as they are kept.
pub fn written(steps: &[Step]) -> Result<String> {
    Ok(serde_json::to_string(steps).map_err(|error| Fault::new("write the steps of a macro", error))?)
}
