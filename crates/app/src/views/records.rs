//! Saved views as rows. Decides nothing.

use kernel::{Id, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::rules::View;

impl FromRow for View {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            owner: row.get(1)?,
            owner_name: row.get(2)?,
            name: row.get(3)?,
            query: row.get(4)?,
            shared_with: row.get(5)?,
            created_at: row.get(6)?,
        })
    }
}

/// The views of an account, by name.
pub fn of_owner(tx: &mut Tx, owner: Id) -> Result<Vec<View>> {
    tx.all(
        sql!(
            "SELECT id, owner, owner_name, name, query, shared_with, created_at FROM saved_view
             WHERE owner = $1 ORDER BY name, id"
        ),
        args![owner],
    )
}

/// The views that others share with a unit, by name, at most `limit`.
pub fn shared_with(tx: &mut Tx, unit: &str, but_of: Id, limit: usize) -> Result<Vec<View>> {
    tx.all(
        sql!(
            "SELECT id, owner, owner_name, name, query, shared_with, created_at FROM saved_view
             WHERE shared_with = $1 AND owner <> $2 ORDER BY name, id LIMIT $3"
        ),
        args![unit, but_of, limit],
    )
}

/// One view.
pub fn by_id(tx: &mut Tx, id: Id) -> Result<Option<View>> {
    tx.opt(
        sql!("SELECT id, owner, owner_name, name, query, shared_with, created_at FROM saved_view WHERE id = $1"),
        args![id],
    )
}

/// Keeps a new view.
pub fn insert(tx: &mut Tx, view: &View) -> Result<u64> {
    tx.run(
        sql!(
            "INSERT INTO saved_view (id, owner, owner_name, name, query, shared_with, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![view.id, view.owner, &view.owner_name, &view.name, &view.query, &view.shared_with, view.created_at],
    )
}

/// Keeps another name and another sharing.
pub fn update(tx: &mut Tx, view: &View) -> Result<u64> {
    tx.run(
        sql!("UPDATE saved_view SET name = $1, shared_with = $2 WHERE id = $3"),
        args![&view.name, &view.shared_with, view.id],
    )
}

/// Removes a view.
pub fn delete(tx: &mut Tx, id: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM saved_view WHERE id = $1"), args![id])
}
