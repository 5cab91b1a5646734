//! Firms as rows. Decides nothing.

use kernel::{Id, Result};
use store::{FromRow, Row, Select, Tx, args, sql};

use super::rules::{Enterprise, comparable};

impl FromRow for Enterprise {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            uscc: row.get(1)?,
            name: row.get(2)?,
            industry: row.get(3)?,
            size: row.get(4)?,
            area: row.get(5)?,
            created_at: row.get(6)?,
            version: row.get(7)?,
        })
    }
}

/// The firm of a code.
pub fn by_uscc(tx: &mut Tx, uscc: &str) -> Result<Option<Enterprise>> {
    tx.opt(
        sql!("SELECT id, uscc, name, industry, size, area, created_at, version FROM enterprise WHERE uscc = $1"),
        args![uscc],
    )
}

/// The firm of a row.
pub fn by_id(tx: &mut Tx, id: Id) -> Result<Option<Enterprise>> {
    tx.opt(
        sql!("SELECT id, uscc, name, industry, size, area, created_at, version FROM enterprise WHERE id = $1"),
        args![id],
    )
}

/// The codes of these firms, where they have one.
pub fn codes(tx: &mut Tx, ids: &[Id]) -> Result<Vec<(Id, String)>> {
    let base = Select::new(sql!("SELECT e.id, e.uscc FROM enterprise e")).and("e.uscc IS NOT NULL", ());
    tx.select(&base.and_in("e.id IN (", ids.iter().copied()))
}

/// The firms of a name as it is compared, oldest first.
pub fn by_name(tx: &mut Tx, name: &str) -> Result<Vec<Enterprise>> {
    tx.all(
        sql!(
            "SELECT id, uscc, name, industry, size, area, created_at, version FROM enterprise
             WHERE plain_name = $1 ORDER BY id LIMIT 20"
        ),
        args![comparable(name)],
    )
}

/// Firms by name, after a cursor, one more than `limit`, each with its place in the order.
pub fn list(
    tx: &mut Tx,
    pattern: Option<&str>,
    uscc: Option<&str>,
    after: Option<(String, i64)>,
    limit: usize,
) -> Result<Vec<(Enterprise, String)>> {
    let base = sql!(
        "SELECT e.id, e.uscc, e.name, e.industry, e.size, e.area, e.created_at, e.version, e.plain_name FROM enterprise e"
    );
    let mut select = Select::new(base).order("e.plain_name, e.id").limit(limit + 1);
    select = select.and_some("e.plain_name LIKE ? ESCAPE '!'", pattern).and_some("e.uscc = ?", uscc);
    if let Some(after) = after {
        select = select.and("(e.plain_name, e.id) > (?, ?)", after);
    }
    Ok(tx.select::<Placed>(&select)?.into_iter().map(|placed| (placed.0, placed.1)).collect())
}

struct Placed(Enterprise, String);

impl FromRow for Placed {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self(Enterprise::from_row(row)?, row.get(8)?))
    }
}

/// Keeps a new firm; says whether its code was free.
pub fn insert(tx: &mut Tx, firm: &Enterprise) -> Result<bool> {
    let touched = tx.run(
        sql!(
            "INSERT INTO enterprise (id, uscc, name, plain_name, industry, size, area, created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (uscc) DO NOTHING"
        ),
        args![
            firm.id,
            firm.uscc.clone(),
            firm.name.clone(),
            comparable(&firm.name),
            firm.industry.clone(),
            firm.size.clone(),
            firm.area.clone(),
            firm.created_at,
            firm.version
        ],
    )?;
    Ok(touched == 1)
}

/// Keeps a changed firm; says whether nobody was first.
pub fn update(tx: &mut Tx, firm: &Enterprise) -> Result<bool> {
    let touched = tx.run(
        sql!(
            "UPDATE enterprise SET uscc = $1, name = $2, plain_name = $3, industry = $4, size = $5, area = $6, version = $7
             WHERE id = $8 AND version = $9"
        ),
        args![
            firm.uscc.clone(),
            firm.name.clone(),
            comparable(&firm.name),
            firm.industry.clone(),
            firm.size.clone(),
            firm.area.clone(),
            firm.version,
            firm.id,
            firm.version - 1
        ],
    )?;
    Ok(touched == 1)
}
