//! Versions and which demand started under which.

use kernel::{Fault, Id, Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::rules::{Adoption, State, Version};

impl FromRow for Version {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let state: String = row.get(4)?;
        let known = State::ALL.into_iter().find(|known| known.code() == state);
        let state = known.ok_or_else(|| Fault::broken(format!("a process version is {state}")))?;
        let tried = match (row.get::<Option<i64>>(8)?, row.get::<Option<Instant>>(9)?, row.get::<Option<String>>(10)?) {
            (Some(edit), Some(at), Some(what)) => Some((edit, at, what)),
            _ => None,
        };
        let adopted = match (row.get::<Option<Instant>>(11)?, row.get::<Option<Instant>>(14)?) {
            (Some(from), Some(at)) => Some(Adoption {
                from,
                reason: row.get::<Option<String>>(12)?.unwrap_or_default(),
                by: row.get::<Option<String>>(13)?.unwrap_or_default(),
                at,
            }),
            _ => None,
        };
        Ok(Self {
            version: row.get(0)?,
            title: row.get(1)?,
            content: row.get(2)?,
            print: row.get(3)?,
            state,
            edit: row.get(5)?,
            made_by: row.get(6)?,
            made_at: row.get(7)?,
            tried,
            adopted,
        })
    }
}

/// Every version, the latest first.
pub fn all(tx: &mut Tx) -> Result<Vec<Version>> {
    tx.all(
        sql!(
            "SELECT version, title, content, print, state, edit, made_by, made_at, tried_edit, tried_at, tried, from_at, reason,
               adopted_by, adopted_at FROM process_version ORDER BY version DESC"
        ),
        args![],
    )
}

/// The version of a number.
pub fn one(tx: &mut Tx, version: i64) -> Result<Option<Version>> {
    tx.opt(
        sql!(
            "SELECT version, title, content, print, state, edit, made_by, made_at, tried_edit, tried_at, tried, from_at, reason,
               adopted_by, adopted_at FROM process_version WHERE version = $1"
        ),
        args![version],
    )
}

/// The number of the version that counts at an instant.
pub fn in_force(tx: &mut Tx, at: Instant) -> Result<Option<i64>> {
    tx.opt(
        sql!(
            "SELECT version FROM process_version WHERE state = 'adopted' AND from_at <= $1
             ORDER BY from_at DESC, adopted_at DESC, version DESC LIMIT 1"
        ),
        args![at],
    )
}

/// Adds a version; false where its number is taken.
pub fn insert(tx: &mut Tx, version: &Version) -> Result<bool> {
    let added = tx.run(
        sql!(
            "INSERT INTO process_version (version, title, content, print, state, edit, made_by, made_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (version) DO NOTHING"
        ),
        args![
            version.version,
            &version.title,
            &version.content,
            &version.print,
            version.state.code(),
            version.edit,
            &version.made_by,
            version.made_at,
        ],
    )?;
    Ok(added == 1)
}

/// Changes a draft of which `seen` was the edit; false where it was changed meanwhile.
pub fn amend(tx: &mut Tx, draft: &Version, seen: i64) -> Result<bool> {
    let changed = tx.run(
        sql!(
            "UPDATE process_version SET title = $1, content = $2, print = $3, edit = $4
             WHERE version = $5 AND edit = $6 AND state = 'draft'"
        ),
        args![&draft.title, &draft.content, &draft.print, draft.edit, draft.version, seen],
    )?;
    Ok(changed == 1)
}

/// Puts a draft into another state.
pub fn settle(tx: &mut Tx, version: i64, edit: i64, state: State, adoption: Option<&Adoption>) -> Result<bool> {
    let changed = tx.run(
        sql!(
            "UPDATE process_version SET state = $1, from_at = $2, reason = $3, adopted_by = $4, adopted_at = $5
             WHERE version = $6 AND edit = $7 AND state = 'draft'"
        ),
        args![
            state.code(),
            adoption.map(|a| a.from),
            adoption.map(|a| a.reason.clone()),
            adoption.map(|a| a.by.clone()),
            adoption.map(|a| a.at),
            version,
            edit,
        ],
    )?;
    Ok(changed == 1)
}

/// Notes a dry run.
pub fn tried(tx: &mut Tx, version: i64, edit: i64, at: Instant, what: &str) -> Result<()> {
    tx.run(
        sql!("UPDATE process_version SET tried_edit = $1, tried_at = $2, tried = $3 WHERE version = $4 AND edit = $1"),
        args![edit, at, what, version],
    )
    .map(drop)
}

/// Notes the version that a demand starts under.
pub fn stamp(tx: &mut Tx, demand: Id, version: i64) -> Result<()> {
    tx.run(sql!("INSERT INTO demand_process (demand_id, version) VALUES ($1, $2)"), args![demand, version]).map(drop)
}

/// The version that a demand started under.
pub fn of_demand(tx: &mut Tx, demand: Id) -> Result<Option<i64>> {
    tx.opt(sql!("SELECT version FROM demand_process WHERE demand_id = $1"), args![demand])
}

/// How many demands started under each version that has any.
pub fn counts(tx: &mut Tx) -> Result<Vec<(i64, i64)>> {
    tx.all(sql!("SELECT version, COUNT(*) FROM demand_process GROUP BY version ORDER BY version"), args![])
}
