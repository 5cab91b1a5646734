//! Rows of the demands room ⇄ values. Decides nothing.

use kernel::{Fault, Id, Instant, Result};
use store::{FromRow, Row, Select, Tx, args, sql};

use super::proceedings;
use super::rules::case::{Callback, Case, Demand, DemandClock, Merged, Reply, Said, Sorting};
use super::rules::vocabulary::{ClockName, Grade, Status, Word};

/// The end of a phase that has not ended.
pub const STILL: Instant = Instant(i64::MAX);

macro_rules! demand_columns {
    () => {
        "d.id, d.number, d.version, d.audience, d.title, d.text, d.channel, d.enterprise_id, d.enterprise_name, \
         d.contact_name, d.contact_phone, d.contact_email, d.area, d.source, d.source_id, d.received_at, d.status, d.kind, \
         d.theme, d.difficulty, d.breadth, d.policy_weight, d.scope, d.generality, d.policy_axis, d.tier, d.route, d.urgent, \
         d.lead_unit, d.goal, d.basis, d.round, d.held_since, d.replied_at, d.closed_at, d.first_closed_at, d.outcome, \
         d.end_note, d.merged_into, d.merged_from"
    };
}

impl FromRow for Demand {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            version: row.get(2)?,
            said: Said {
                audience: word(row, 3)?,
                title: row.get(4)?,
                text: row.get(5)?,
                channel: row.get(6)?,
                enterprise: row.get(7)?,
                enterprise_name: row.get(8)?,
                contact_name: row.get(9)?,
                contact_phone: row.get(10)?,
                contact_email: row.get(11)?,
                area: row.get(12)?,
                source: row.get(13)?,
                source_id: row.get(14)?,
            },
            received_at: row.get(15)?,
            status: word(row, 16)?,
            sorting: Sorting {
                kind: optional_word(row, 17)?,
                theme: row.get(18)?,
                difficulty: optional_word(row, 19)?,
                breadth: optional_word(row, 20)?,
                policy_weight: optional_word(row, 21)?,
                scope: optional_word(row, 22)?,
                generality: optional_word(row, 23)?,
                policy_axis: optional_word(row, 24)?,
                tier: optional_word(row, 25)?,
                route: optional_word(row, 26)?,
                urgent: row.get(27)?,
            },
            lead_unit: row.get(28)?,
            goal: row.get(29)?,
            basis: row.get(30)?,
            round: row.get(31)?,
            held_since: row.get(32)?,
            replied_at: row.get(33)?,
            closed_at: row.get(34)?,
            first_closed_at: row.get(35)?,
            outcome: optional_word(row, 36)?,
            end_note: row.get(37)?,
            merged: match (row.get(38)?, optional_word(row, 39)?) {
                (Some(into), Some(from)) => Some(Merged { into, from }),
                _ => None,
            },
        })
    }
}

/// The word in a column; a row that holds another breaks an invariant.
pub fn word<W: Word>(row: &Row<'_>, index: usize) -> Result<W> {
    optional_word(row, index)?.ok_or_else(|| Fault::broken(format!("column {index} of a demand is empty")).into())
}

/// Like [`word`], where the column may be empty.
pub fn optional_word<W: Word>(row: &Row<'_>, index: usize) -> Result<Option<W>> {
    let Some(code) = row.get::<Option<String>>(index)? else { return Ok(None) };
    match W::from_code(&code) {
        Some(word) => Ok(Some(word)),
        None => Err(Fault::broken(format!("column {index} of a demand holds the unknown word {code}")).into()),
    }
}

/// The demand of a number.
pub fn by_number(tx: &mut Tx, number: &str) -> Result<Option<Demand>> {
    tx.opt(sql!(concat!("SELECT ", demand_columns!(), " FROM demand d WHERE d.number = $1")), args![number])
}

/// The demand of a row.
pub fn by_id(tx: &mut Tx, id: Id) -> Result<Option<Demand>> {
    tx.opt(sql!(concat!("SELECT ", demand_columns!(), " FROM demand d WHERE d.id = $1")), args![id])
}

/// The number of the demand that came from `source` as `source_id`.
pub fn number_by_source(tx: &mut Tx, source: &str, source_id: &str) -> Result<Option<String>> {
    tx.opt(sql!("SELECT number FROM demand WHERE source = $1 AND source_id = $2"), args![source, source_id])
}

/// Which of `ids` are numbers that demands from `source` bear there.
pub fn source_ids(tx: &mut Tx, source: &str, ids: &[&str]) -> Result<Vec<String>> {
    let select = Select::new(sql!("SELECT d.source_id FROM demand d"));
    tx.select(&select.and("d.source = ?", source).and_in("d.source_id IN (", ids.iter().copied()))
}

/// Every demand.
pub fn ids(tx: &mut Tx) -> Result<Vec<Id>> {
    tx.all(sql!("SELECT id FROM demand ORDER BY id"), args![])
}

/// A demand with all that the law looks at.
pub fn case(tx: &mut Tx, demand: Demand) -> Result<Case> {
    let clocks = tx.all(
        sql!(
            "SELECT name, round, unit, started_at, term, source, due_at, stopped_at, extension, pauses, paused_at
               FROM demand_clock WHERE demand_id = $1 ORDER BY position"
        ),
        args![demand.id],
    )?;
    let callbacks = tx.all(
        sql!("SELECT round, reached, solved, grade, note FROM demand_callback WHERE demand_id = $1 ORDER BY id"),
        args![demand.id],
    )?;
    let parts = proceedings::parts(tx, demand.id)?;
    let requests = proceedings::requests(tx, demand.id)?;
    let proceedings = proceedings::proceedings(tx, demand.id)?;
    Ok(Case { demand, clocks, callbacks, parts, requests, proceedings, open_checks: Vec::new() })
}

impl FromRow for DemandClock {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            name: word::<ClockName>(row, 0)?,
            round: row.get(1)?,
            unit: row.get(2)?,
            started_at: row.get(3)?,
            limit: row.get(4)?,
            source: row.get(5)?,
            due_at: row.get(6)?,
            stopped_at: row.get(7)?,
            extension: u32::try_from(row.get::<i64>(8)?).unwrap_or_default(),
            pauses: proceedings::read_pauses(&row.get::<String>(9)?, row.get(10)?)?,
        })
    }
}

impl FromRow for Callback {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            round: row.get(0)?,
            reached: row.get(1)?,
            solved: row.get(2)?,
            grade: optional_word::<Grade>(row, 3)?,
            note: row.get(4)?,
        })
    }
}

/// Writes a new demand with its clocks and its first phase, and queues it for the full-text index.
pub fn insert(tx: &mut Tx, case: &Case) -> Result<()> {
    insert_whole(tx, case)?;
    tx.index_later(super::TEXT_KIND, case.demand.id)
}

/// Writes a new demand with its clocks and its phases; the caller indexes it.
pub fn insert_whole(tx: &mut Tx, case: &Case) -> Result<()> {
    let (d, said, sorting) = (&case.demand, &case.demand.said, &case.demand.sorting);
    tx.run(
        sql!("INSERT INTO demand (id, number, version, audience, title, text, channel, enterprise_id, enterprise_name,
                contact_name, contact_phone, contact_email, area, source, source_id, received_at, status, kind, theme,
                difficulty, breadth, policy_weight, scope, generality, policy_axis, tier, route, urgent, lead_unit, goal,
                basis, round, held_since, replied_at, closed_at, first_closed_at, outcome, end_note, due_at, due_clock)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)"),
        args![
            d.id,
            &d.number,
            d.version,
            said.audience.code(),
            &said.title,
            &said.text,
            &said.channel,
            said.enterprise,
            &said.enterprise_name,
            &said.contact_name,
            &said.contact_phone,
            &said.contact_email,
            &said.area,
            &said.source,
            &said.source_id,
            d.received_at,
            d.status.code(),
            sorting.kind.map(|w| w.code()),
            &sorting.theme,
            sorting.difficulty.map(|w| w.code()),
            sorting.breadth.map(|w| w.code()),
            sorting.policy_weight.map(|w| w.code()),
            sorting.scope.map(|w| w.code()),
            sorting.generality.map(|w| w.code()),
            sorting.policy_axis.map(|w| w.code()),
            sorting.tier.map(|w| w.code()),
            sorting.route.map(|w| w.code()),
            sorting.urgent,
            &d.lead_unit,
            &d.goal,
            &d.basis,
            d.round,
            d.held_since,
            d.replied_at,
            d.closed_at,
            d.first_closed_at,
            d.outcome.map(|w| w.code()),
            &d.end_note,
            case.next_clock().map(|c| c.due_at),
            case.next_clock().map(|c| c.name.code()),
        ],
    )?;
    for (position, clock) in case.clocks.iter().enumerate() {
        save_clock(tx, d.id, position, clock)?;
    }
    if d.held_since > d.received_at {
        // History of another system: until it was answered there, it waited there.
        phase(tx, d, Status::Received, (d.received_at, d.held_since), 0)?;
    }
    phase(tx, d, d.status, (d.held_since, STILL), d.version)
}

/// Writes a demand that a move changed, if nobody was first: false means that the stored version is another.
pub fn update(tx: &mut Tx, case: &Case, before: &Case, now: Instant) -> Result<bool> {
    let (d, sorting) = (&case.demand, &case.demand.sorting);
    let changed = tx.run(
        sql!("UPDATE demand SET version = $1, status = $2, kind = $3, theme = $4, difficulty = $5, breadth = $6,
                policy_weight = $7, scope = $8, generality = $9, policy_axis = $10, tier = $11, route = $12, urgent = $13,
                lead_unit = $14, goal = $15, basis = $16, round = $17, held_since = $18, replied_at = $19, closed_at = $20,
                first_closed_at = $21, outcome = $22, end_note = $23, due_at = $24, due_clock = $25, merged_into = $26,
                merged_from = $27
              WHERE id = $28 AND version = $29"),
        args![
            d.version,
            d.status.code(),
            sorting.kind.map(|w| w.code()),
            &sorting.theme,
            sorting.difficulty.map(|w| w.code()),
            sorting.breadth.map(|w| w.code()),
            sorting.policy_weight.map(|w| w.code()),
            sorting.scope.map(|w| w.code()),
            sorting.generality.map(|w| w.code()),
            sorting.policy_axis.map(|w| w.code()),
            sorting.tier.map(|w| w.code()),
            sorting.route.map(|w| w.code()),
            sorting.urgent,
            &d.lead_unit,
            &d.goal,
            &d.basis,
            d.round,
            d.held_since,
            d.replied_at,
            d.closed_at,
            d.first_closed_at,
            d.outcome.map(|w| w.code()),
            &d.end_note,
            case.next_clock().map(|c| c.due_at),
            case.next_clock().map(|c| c.name.code()),
            d.merged.map(|merged| merged.into),
            d.merged.map(|merged| merged.from.code()),
            d.id,
            before.demand.version,
        ],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    for (position, clock) in case.clocks.iter().enumerate() {
        if before.clocks.get(position) != Some(clock) {
            save_clock(tx, d.id, position, clock)?;
        }
    }
    proceedings::save(tx, case, before)?;
    let standing = |d: &Demand| (d.status, d.sorting.kind, d.lead_unit.clone());
    if standing(d) != standing(&before.demand) {
        tx.run(
            sql!("UPDATE demand_phase SET until_at = $1 WHERE demand_id = $2 AND until_at = $3"),
            args![now, d.id, STILL],
        )?;
        phase(tx, d, d.status, (now, STILL), d.version)?;
    }
    Ok(true)
}

fn phase(tx: &mut Tx, d: &Demand, status: Status, (from, until): (Instant, Instant), version: i64) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO demand_phase (demand_id, from_at, until_at, status, kind, lead_unit, version)
              VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![d.id, from, until, status.code(), d.sorting.kind.map(|w| w.code()), &d.lead_unit, version],
    )?;
    Ok(())
}

fn save_clock(tx: &mut Tx, demand: Id, position: usize, clock: &DemandClock) -> Result<()> {
    tx.run(
        sql!("INSERT INTO demand_clock (demand_id, position, name, round, unit, started_at, term, source, due_at, stopped_at,
                extension, pauses, paused_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
              ON CONFLICT (demand_id, position) DO UPDATE SET unit = excluded.unit, due_at = excluded.due_at,
                stopped_at = excluded.stopped_at,
                extension = excluded.extension, pauses = excluded.pauses, paused_at = excluded.paused_at"),
        args![
            demand,
            position,
            clock.name.code(),
            clock.round,
            &clock.unit,
            clock.started_at,
            &clock.limit,
            &clock.source,
            clock.due_at,
            clock.stopped_at,
            i64::from(clock.extension),
            proceedings::write_pauses(&clock.pauses),
            clock.paused_since(),
        ],
    )?;
    Ok(())
}

/// Who wrote something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// What.
    pub what: T,
    /// The unit of whoever wrote it.
    pub unit: Option<String>,
    /// The name of whoever wrote it.
    pub by_name: String,
    /// When.
    pub at: Instant,
}

/// Adds a reply and queues its demand for the full-text index.
pub fn insert_reply(tx: &mut Tx, demand: &Demand, reply: &Written<Reply>) -> Result<()> {
    insert_reply_only(tx, demand, reply)?;
    tx.index_later(super::TEXT_KIND, demand.id)
}

/// Adds a reply; the caller indexes it.
pub fn insert_reply_only(tx: &mut Tx, demand: &Demand, reply: &Written<Reply>) -> Result<()> {
    let id = tx.next_id();
    tx.run(
        sql!(
            "INSERT INTO demand_reply (id, demand_id, round, policy_reading, measures, opinion, unit, by_name, at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        args![
            id,
            demand.id,
            demand.round,
            &reply.what.policy_reading,
            &reply.what.measures,
            &reply.what.opinion,
            &reply.unit,
            &reply.by_name,
            reply.at,
        ],
    )?;
    Ok(())
}

/// Empties whom to call.
pub fn forget_contact(tx: &mut Tx, demand: Id) -> Result<()> {
    tx.run(
        sql!("UPDATE demand SET contact_name = NULL, contact_phone = NULL, contact_email = NULL WHERE id = $1"),
        args![demand],
    )?;
    Ok(())
}

/// The replies of a demand, oldest first.
pub fn replies(tx: &mut Tx, demand: Id) -> Result<Vec<Written<Reply>>> {
    tx.all(
        sql!(
            "SELECT policy_reading, measures, opinion, unit, by_name, at FROM demand_reply
              WHERE demand_id = $1 ORDER BY id"
        ),
        args![demand],
    )
}

impl FromRow for Written<Reply> {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let what = Reply { policy_reading: row.get(0)?, measures: row.get(1)?, opinion: row.get(2)? };
        Ok(Self { what, unit: row.get(3)?, by_name: row.get(4)?, at: row.get(5)? })
    }
}

/// Adds a call-back.
pub fn insert_callback(tx: &mut Tx, demand: &Demand, callback: &Written<Callback>) -> Result<()> {
    let id = tx.next_id();
    let what = &callback.what;
    tx.run(
        sql!(
            "INSERT INTO demand_callback (id, demand_id, round, reached, solved, grade, note, unit, by_name, at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        args![
            id,
            demand.id,
            what.round,
            what.reached,
            what.solved,
            what.grade.map(|g| g.code()),
            &what.note,
            &callback.unit,
            &callback.by_name,
            callback.at,
        ],
    )?;
    Ok(())
}

/// Adds an internal note.
pub fn insert_note(tx: &mut Tx, demand: Id, note: &Written<String>) -> Result<()> {
    let id = tx.next_id();
    tx.run(
        sql!("INSERT INTO demand_note (id, demand_id, text, unit, by_name, at) VALUES ($1, $2, $3, $4, $5, $6)"),
        args![id, demand, &note.what, &note.unit, &note.by_name, note.at],
    )?;
    Ok(())
}

/// Adds a sentence that the submitter is told.
pub fn insert_notice(tx: &mut Tx, demand: Id, text: &str, at: Instant) -> Result<()> {
    let id = tx.next_id();
    tx.run(
        sql!("INSERT INTO demand_notice (id, demand_id, text, at) VALUES ($1, $2, $3, $4)"),
        args![id, demand, text, at],
    )?;
    Ok(())
}

/// What the submitter was told, oldest first.
pub fn notices(tx: &mut Tx, demand: Id) -> Result<Vec<(String, Instant)>> {
    tx.all(sql!("SELECT text, at FROM demand_notice WHERE demand_id = $1 ORDER BY id"), args![demand])
}

/// A rating by whoever holds the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// The grade.
    pub grade: Grade,
    /// Reasons that were ticked.
    pub reasons: Vec<String>,
    /// Free text.
    pub text: Option<String>,
    /// When.
    pub at: Instant,
}

/// Adds a rating; false where this round has one already.
pub fn insert_rating(tx: &mut Tx, demand: &Demand, rating: &Rating) -> Result<bool> {
    let reasons = rating.reasons.join("\n");
    let added = tx.run(
        sql!(
            "INSERT INTO demand_rating (demand_id, round, grade, reasons, text, at) VALUES ($1, $2, $3, $4, $5, $6)
              ON CONFLICT (demand_id, round) DO NOTHING"
        ),
        args![demand.id, demand.round, rating.grade.code(), reasons, &rating.text, rating.at],
    )?;
    Ok(added == 1)
}

/// The ratings of a demand, oldest first.
pub fn ratings(tx: &mut Tx, demand: Id) -> Result<Vec<Rating>> {
    tx.all(
        sql!("SELECT grade, reasons, text, at FROM demand_rating WHERE demand_id = $1 ORDER BY round"),
        args![demand],
    )
}

impl FromRow for Rating {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let reasons: String = row.get(1)?;
        let reasons = reasons.lines().map(str::to_owned).collect();
        Ok(Self { grade: word(row, 0)?, reasons, text: row.get(2)?, at: row.get(3)? })
    }
}

/// A file that came with a demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// The row.
    pub id: Id,
    /// The content's hash, under which the store keeps it.
    pub hash: String,
    /// The name that it was given.
    pub name: String,
    /// The type, found by content.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
}

/// Adds a file.
pub fn insert_attachment(tx: &mut Tx, demand: Id, file: &Attached, at: Instant) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO demand_attachment (id, demand_id, hash, name, media_type, size, at)
              VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![file.id, demand, &file.hash, &file.name, &file.media_type, file.size, at],
    )?;
    Ok(())
}

/// The files of a demand.
pub fn attachments(tx: &mut Tx, demand: Id) -> Result<Vec<Attached>> {
    tx.all(
        sql!("SELECT id, hash, name, media_type, size FROM demand_attachment WHERE demand_id = $1 ORDER BY id"),
        args![demand],
    )
}

impl FromRow for Attached {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { id: row.get(0)?, hash: row.get(1)?, name: row.get(2)?, media_type: row.get(3)?, size: row.get(4)? })
    }
}

/// Reserves `count` serials of a series; the first of them.
pub fn reserve_serials(tx: &mut Tx, series: &str, count: i64) -> Result<i64> {
    let last: i64 = tx.one(
        sql!(
            "INSERT INTO demand_serial (series, last) VALUES ($1, $2)
              ON CONFLICT (series) DO UPDATE SET last = demand_serial.last + excluded.last RETURNING last"
        ),
        args![series, count],
    )?;
    Ok(last - count + 1)
}

/// How many demands stood in each list at an instant, by status.
pub fn census(tx: &mut Tx, at: Instant) -> Result<Vec<(Option<String>, Status, i64)>> {
    let rows: Vec<(Option<String>, String, i64)> = tx.all(
        sql!(
            "SELECT kind, status, COUNT(*) FROM demand_phase WHERE from_at <= $1 AND until_at > $1
              GROUP BY kind, status ORDER BY kind, status"
        ),
        args![at],
    )?;
    rows.into_iter()
        .map(|(kind, status, n)| match Status::from_code(&status) {
            Some(status) => Ok((kind, status, n)),
            None => Err(Fault::broken(format!("a phase holds the unknown status {status}")).into()),
        })
        .collect()
}

/// How many demands a unit has in hand.
pub fn in_hand(tx: &mut Tx, unit: &str) -> Result<u64> {
    let n: i64 = tx.one(
        sql!("SELECT COUNT(*) FROM demand WHERE lead_unit = $1 AND status IN ('assigned', 'in_progress')"),
        args![unit],
    )?;
    Ok(n.unsigned_abs())
}
