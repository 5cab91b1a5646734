//! Phrases as rows. Decides nothing.

use jiff::civil::Date;
use kernel::{Fault, Id, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::rules::{Phrase, Place};
use super::scope::{Keeper, Scope};

impl FromRow for Phrase {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let (scope, place) = (row.get::<String>(1)?, row.get::<String>(5)?);
        let valid_until = row.get::<Option<String>>(9)?;
        Ok(Self {
            id: row.get(0)?,
            keeper: Keeper {
                scope: Scope::from_code(&scope)
                    .ok_or_else(|| Fault::broken(format!("a phrase holds the unknown scope {scope}")))?,
                unit: row.get(2)?,
                owner: row.get(3)?,
                owner_name: row.get(4)?,
            },
            place: Place::from_code(&place)
                .ok_or_else(|| Fault::broken(format!("a phrase holds the unknown place {place}")))?,
            title: row.get(6)?,
            text: row.get(7)?,
            citation: row.get(8)?,
            valid_until: valid_until
                .map(|day| day.parse::<Date>().map_err(|error| Fault::new("read the last day of a phrase", error)))
                .transpose()?,
            version: row.get(10)?,
            updated_at: row.get(11)?,
        })
    }
}

/// What a unit's people and one account may use: the city's, the unit's, their own; each by title.
pub fn serving(tx: &mut Tx, unit: &str, owner: Id) -> Result<Vec<Phrase>> {
    tx.all(
        sql!(
            "SELECT id, scope, unit, owner, owner_name, place, title, body, citation, valid_until, version, updated_at
               FROM phrase WHERE scope = 'city' OR (scope = 'unit' AND unit = $1) OR (scope = 'own' AND owner = $2)
              ORDER BY title, id"
        ),
        args![unit, owner],
    )
}

/// One phrase.
pub fn by_id(tx: &mut Tx, id: Id) -> Result<Option<Phrase>> {
    tx.opt(
        sql!(
            "SELECT id, scope, unit, owner, owner_name, place, title, body, citation, valid_until, version, updated_at
               FROM phrase WHERE id = $1"
        ),
        args![id],
    )
}

/// Keeps a new phrase.
pub fn insert(tx: &mut Tx, phrase: &Phrase) -> Result<u64> {
    let keeper = &phrase.keeper;
    tx.run(
        sql!(
            "INSERT INTO phrase (id, scope, unit, owner, owner_name, place, title, body, citation, valid_until, version,
                updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        args![
            phrase.id,
            keeper.scope.code(),
            &keeper.unit,
            keeper.owner,
            &keeper.owner_name,
            phrase.place.code(),
            &phrase.title,
            &phrase.text,
            &phrase.citation,
            phrase.valid_until.map(|day| day.to_string()),
            phrase.version,
            phrase.updated_at,
        ],
    )
}

/// Keeps a changed phrase, if nobody was first: false means that the stored version is not the one before this.
pub fn update(tx: &mut Tx, phrase: &Phrase, seen: i64) -> Result<bool> {
    let changed = tx.run(
        sql!(
            "UPDATE phrase SET place = $1, title = $2, body = $3, citation = $4, valid_until = $5, version = $6,
                updated_at = $7 WHERE id = $8 AND version = $9"
        ),
        args![
            phrase.place.code(),
            &phrase.title,
            &phrase.text,
            &phrase.citation,
            phrase.valid_until.map(|day| day.to_string()),
            phrase.version,
            phrase.updated_at,
            phrase.id,
            seen,
        ],
    )?;
    Ok(changed == 1)
}

/// Removes a phrase.
pub fn delete(tx: &mut Tx, id: Id) -> Result<u64> {
    tx.run(sql!("DELETE FROM phrase WHERE id = $1"), args![id])
}
