//! Rows of what happens beside the moves from status to status ⇄ values: parts of other units, requests with their
//! rulings, decisions on the record; and the voices that are handled as one. Decides nothing.

use kernel::worktime::Suspension;
use kernel::{Fault, Id, Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::records::{optional_word, word};
use super::rules::case::{Case, Part, Proceeding, Request, Ruling};

impl FromRow for Part {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            kind: word(row, 0)?,
            unit: row.get(1)?,
            task: row.get(2)?,
            mandatory: row.get(3)?,
            clock: usize::try_from(row.get::<i64>(4)?).unwrap_or(usize::MAX),
            asked_at: row.get(5)?,
            acknowledged_at: row.get(6)?,
            opinion: row.get(7)?,
            stance: optional_word(row, 8)?,
            by_name: row.get(9)?,
            answered_at: row.get(10)?,
            released_at: row.get(11)?,
        })
    }
}

impl FromRow for Request {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let days: Option<i64> = row.get(7)?;
        let ruling = match (row.get::<Option<bool>>(9)?, row.get(11)?, row.get(12)?) {
            (Some(granted), Some(by_name), Some(at)) => Some(Ruling { granted, reason: row.get(10)?, by_name, at }),
            _ => None,
        };
        Ok(Self {
            kind: word(row, 0)?,
            unit: row.get(1)?,
            by_name: row.get(2)?,
            round: row.get(3)?,
            ground: row.get(4)?,
            reason: row.get(5)?,
            suggested: row.get(6)?,
            days: days.and_then(|days| u32::try_from(days).ok()),
            at: row.get(8)?,
            ruling,
        })
    }
}

impl FromRow for Proceeding {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            kind: word(row, 0)?,
            heading: row.get(1)?,
            text: row.get(2)?,
            by_name: row.get(3)?,
            unit: row.get(4)?,
            at: row.get(5)?,
            until: row.get(6)?,
            ended_at: row.get(7)?,
            result: row.get(8)?,
        })
    }
}

/// What units beside the lead were asked, oldest first.
pub fn parts(tx: &mut Tx, demand: Id) -> Result<Vec<Part>> {
    tx.all(
        sql!(
            "SELECT kind, unit, task, mandatory, clock, asked_at, acknowledged_at, opinion, stance, by_name, answered_at,
               released_at FROM demand_part WHERE demand_id = $1 ORDER BY position"
        ),
        args![demand],
    )
}

/// What units asked for, oldest first.
pub fn requests(tx: &mut Tx, demand: Id) -> Result<Vec<Request>> {
    tx.all(
        sql!(
            "SELECT kind, unit, by_name, round, ground, reason, suggested, days, at, granted, ruling_reason, ruled_by, ruled_at
               FROM demand_request WHERE demand_id = $1 ORDER BY position"
        ),
        args![demand],
    )
}

/// What was decided on the record, oldest first.
pub fn proceedings(tx: &mut Tx, demand: Id) -> Result<Vec<Proceeding>> {
    tx.all(
        sql!(
            "SELECT kind, heading, text, by_name, unit, at, until_at, ended_at, result FROM demand_proceeding
              WHERE demand_id = $1 ORDER BY position"
        ),
        args![demand],
    )
}

/// Writes what a move added or changed.
pub fn save(tx: &mut Tx, case: &Case, before: &Case) -> Result<()> {
    let id = case.demand.id;
    for (position, part) in case.parts.iter().enumerate() {
        if before.parts.get(position) != Some(part) {
            save_part(tx, id, position, part)?;
        }
    }
    for (position, request) in case.requests.iter().enumerate() {
        if before.requests.get(position) != Some(request) {
            save_request(tx, id, position, request)?;
        }
    }
    for (position, proceeding) in case.proceedings.iter().enumerate() {
        if before.proceedings.get(position) != Some(proceeding) {
            save_proceeding(tx, id, position, proceeding)?;
        }
    }
    Ok(())
}

fn save_part(tx: &mut Tx, demand: Id, position: usize, part: &Part) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO demand_part (demand_id, position, kind, unit, task, mandatory, clock, asked_at, acknowledged_at, opinion,
               stance, by_name, answered_at, released_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT (demand_id, position) DO UPDATE SET unit = excluded.unit,
               acknowledged_at = excluded.acknowledged_at, opinion = excluded.opinion, stance = excluded.stance, by_name = excluded.by_name,
               answered_at = excluded.answered_at, released_at = excluded.released_at"
        ),
        args![
            demand,
            position,
            part.kind.code(),
            &part.unit,
            &part.task,
            part.mandatory,
            part.clock,
            part.asked_at,
            part.acknowledged_at,
            &part.opinion,
            part.stance.map(|w| w.code()),
            &part.by_name,
            part.answered_at,
            part.released_at,
        ],
    )
    .map(drop)
}

fn save_request(tx: &mut Tx, demand: Id, position: usize, request: &Request) -> Result<()> {
    let ruling = request.ruling.as_ref();
    tx.run(
        sql!(
            "INSERT INTO demand_request (demand_id, position, kind, unit, by_name, round, ground, reason, suggested, days, at,
               granted, ruling_reason, ruled_by, ruled_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             ON CONFLICT (demand_id, position) DO UPDATE SET unit = excluded.unit, granted = excluded.granted,
               ruling_reason = excluded.ruling_reason, ruled_by = excluded.ruled_by, ruled_at = excluded.ruled_at"
        ),
        args![
            demand,
            position,
            request.kind.code(),
            &request.unit,
            &request.by_name,
            request.round,
            &request.ground,
            &request.reason,
            &request.suggested,
            request.days.map(i64::from),
            request.at,
            ruling.map(|r| r.granted),
            ruling.and_then(|r| r.reason.clone()),
            ruling.map(|r| r.by_name.clone()),
            ruling.map(|r| r.at),
        ],
    )
    .map(drop)
}

fn save_proceeding(tx: &mut Tx, demand: Id, position: usize, proceeding: &Proceeding) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO demand_proceeding (demand_id, position, kind, heading, text, by_name, unit, at, until_at, ended_at, result)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (demand_id, position) DO UPDATE SET ended_at = excluded.ended_at, result = excluded.result"
        ),
        args![
            demand,
            position,
            proceeding.kind.code(),
            &proceeding.heading,
            &proceeding.text,
            &proceeding.by_name,
            &proceeding.unit,
            proceeding.at,
            proceeding.until,
            proceeding.ended_at,
            &proceeding.result,
        ],
    )
    .map(drop)
}

/// Whether a unit was asked for its part in a demand, now or before.
pub fn involves(tx: &mut Tx, demand: Id, unit: &str) -> Result<bool> {
    let found: Option<i64> = tx.opt(
        sql!("SELECT demand_id FROM demand_part WHERE unit = $1 AND demand_id = $2 LIMIT 1"),
        args![unit, demand],
    )?;
    Ok(found.is_some())
}

/// The demands that were joined to this one, directly.
pub fn voices(tx: &mut Tx, demand: Id) -> Result<Vec<Id>> {
    tx.all(sql!("SELECT id FROM demand WHERE merged_into = $1 ORDER BY id"), args![demand])
}

/// The suspensions that have lasted as long as they may: numbers of their demands.
pub fn suspended_until(tx: &mut Tx, now: Instant, most: usize) -> Result<Vec<String>> {
    tx.all(
        sql!(
            "SELECT d.number FROM demand_proceeding p JOIN demand d ON d.id = p.demand_id
              WHERE p.kind = 'suspension' AND p.ended_at IS NULL AND p.until_at <= $1 ORDER BY p.until_at LIMIT $2"
        ),
        args![now, most],
    )
}

/// The stretches in which a clock stood still, from their columns.
pub fn read_pauses(ended: &str, paused_at: Option<Instant>) -> Result<Vec<Suspension>> {
    let broken = || Fault::broken(format!("a clock's pauses read {ended}"));
    let one = |text: &str| {
        let (from, until) = text.split_once('-')?;
        Some(Suspension { from: Instant(from.parse().ok()?), until: Some(Instant(until.parse().ok()?)) })
    };
    let pauses = ended.split(',').filter(|text| !text.is_empty()).map(|text| one(text).ok_or_else(broken));
    let mut pauses = pauses.collect::<Result<Vec<_>, Fault>>()?;
    pauses.extend(paused_at.map(|from| Suspension { from, until: None }));
    Ok(pauses)
}

/// The stretches that have ended, as their column keeps them.
pub fn write_pauses(pauses: &[Suspension]) -> String {
    let ended = pauses.iter().filter_map(|pause| Some(format!("{}-{}", pause.from.0, pause.until?.0)));
    ended.collect::<Vec<_>>().join(",")
}

/// Numbers of the open demands with a handling clock past its due: what the rule of escalation looks at.
pub fn late_in_work(tx: &mut Tx, now: Instant, after: &str, most: usize) -> Result<Vec<String>> {
    tx.all(
        sql!(
            "SELECT d.number FROM demand d WHERE d.status IN ('assigned', 'in_progress') AND d.due_at < $1 AND d.number > $2
               AND EXISTS (SELECT 1 FROM demand_clock c WHERE c.demand_id = d.id AND c.name = 'handle'
                 AND c.stopped_at IS NULL AND c.paused_at IS NULL AND c.due_at < $1)
              ORDER BY d.number LIMIT $3"
        ),
        args![now, after, most],
    )
}
