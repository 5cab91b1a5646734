//! The exchange's rows ⇄ values. Decides nothing.

mod outgoing;
mod reconciliations;

use kernel::{Fault, Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

pub use self::outgoing::{
    Outgoing, acknowledge, acknowledge_one, insert_outgoing, last_sequence, made, next_sequence, outgoing, refused,
    unacknowledged,
};
pub use self::reconciliations::{Reconciliation, insert_reconciliation, ours, reconciliation, reconciliations};
use super::rules::package::Known;
use crate::demands::rules::vocabulary::Status;

/// A package that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageRow {
    /// Its name.
    pub package: String,
    /// Its number.
    pub sequence: i64,
    /// The digest of its messages.
    pub sm3: String,
    /// When it was made.
    pub made_at: Instant,
    /// When it was taken in.
    pub at: Instant,
    /// Who brought it.
    pub by_name: String,
    /// Its messages: how many, taken in, known before, waiting for their case, rejected.
    pub counts: [i64; 5],
}

impl FromRow for PackageRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            package: row.get(0)?,
            sequence: row.get(1)?,
            sm3: row.get(2)?,
            made_at: row.get(3)?,
            at: row.get(4)?,
            by_name: row.get(5)?,
            counts: [row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?, row.get(10)?],
        })
    }
}

/// What is known of a package's name and number, and of the packages before.
pub fn known(tx: &mut Tx, remote: &str, package: &str, sequence: i64) -> Result<Known> {
    let same: Option<(String, i64)> = tx.opt(
        sql!("SELECT sm3, rejected FROM exchange_package WHERE remote = $1 AND package = $2"),
        args![remote, package],
    )?;
    let same_number: Option<String> = tx.opt(
        sql!("SELECT package FROM exchange_package WHERE remote = $1 AND sequence = $2 AND package <> $3"),
        args![remote, sequence, package],
    )?;
    Ok(Known { same, same_number, received: received(tx, remote)? })
}

/// Up to which number all packages of a remote are here.
pub fn received(tx: &mut Tx, remote: &str) -> Result<i64> {
    let whole: Option<(i64, i64)> = tx.opt(
        sql!("SELECT COUNT(*), COALESCE(MAX(sequence), 0) FROM exchange_package WHERE remote = $1"),
        args![remote],
    )?;
    match whole {
        // Numbers begin with 1 and are distinct, so as many as the highest means that none is missing.
        Some((count, highest)) if count == highest => Ok(highest),
        _ => Ok(gaps(tx, remote, 1)?.first().map_or(0, |first| first - 1)),
    }
}

/// The first numbers of packages that are missing below the highest.
pub fn gaps(tx: &mut Tx, remote: &str, most: usize) -> Result<Vec<i64>> {
    let ends: Vec<(i64, i64)> = tx.all(
        sql!(
            "SELECT before_it, sequence FROM (
                SELECT sequence, COALESCE(LAG(sequence) OVER (ORDER BY sequence), 0) AS before_it
                  FROM exchange_package WHERE remote = $1) AS pairs
              WHERE sequence > before_it + 1 ORDER BY sequence LIMIT $2"
        ),
        args![remote, most],
    )?;
    Ok(ends.into_iter().flat_map(|(before, next)| before + 1..next).take(most).collect())
}

/// Keeps what became of a package.
pub fn save_package(tx: &mut Tx, remote: &str, row: &PackageRow) -> Result<()> {
    let [messages, done, known, waiting, rejected] = row.counts;
    tx.run(
        sql!(
            "INSERT INTO exchange_package (remote, package, sequence, sm3, made_at, at, by_name, messages, done, known,
                waiting, rejected) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
              ON CONFLICT (remote, package) DO UPDATE SET at = excluded.at, by_name = excluded.by_name,
                done = exchange_package.done + excluded.done, waiting = excluded.waiting, rejected = excluded.rejected"
        ),
        args![
            remote,
            &row.package,
            row.sequence,
            &row.sm3,
            row.made_at,
            row.at,
            &row.by_name,
            messages,
            done,
            known,
            waiting,
            rejected,
        ],
    )?;
    Ok(())
}

/// The latest packages of a remote.
pub fn packages(tx: &mut Tx, remote: &str, most: usize) -> Result<Vec<PackageRow>> {
    tx.all(
        sql!(
            "SELECT package, sequence, sm3, made_at, at, by_name, messages, done, known, waiting, rejected
               FROM exchange_package WHERE remote = $1 ORDER BY at DESC, sequence DESC LIMIT $2"
        ),
        args![remote, most],
    )
}

/// A message of a remote as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Its name.
    pub message: String,
    /// The digest of its content.
    pub sm3: String,
    /// Its kind.
    pub kind: String,
    /// The case there.
    pub case: String,
    /// `done`, `waiting` or `rejected`.
    pub state: String,
    /// The package that brought it.
    pub package: String,
    /// Its line there.
    pub line: i64,
    /// What is wrong with it, as JSON.
    pub reasons: Option<String>,
    /// The line, while it waits.
    pub body: Option<String>,
    /// When.
    pub at: Instant,
}

impl FromRow for Incoming {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            message: row.get(0)?,
            sm3: row.get(1)?,
            kind: row.get(2)?,
            case: row.get(3)?,
            state: row.get(4)?,
            package: row.get(5)?,
            line: row.get(6)?,
            reasons: row.get(7)?,
            body: row.get(8)?,
            at: row.get(9)?,
        })
    }
}

/// The message of a name.
pub fn incoming(tx: &mut Tx, remote: &str, message: &str) -> Result<Option<Incoming>> {
    tx.opt(
        sql!(
            "SELECT message, sm3, kind, case_id, state, package, line, reasons, body, at FROM exchange_in
              WHERE remote = $1 AND message = $2"
        ),
        args![remote, message],
    )
}

/// The messages that wait for a case.
pub fn waiting_for(tx: &mut Tx, remote: &str, case: &str) -> Result<Vec<Incoming>> {
    tx.all(
        sql!(
            "SELECT message, sm3, kind, case_id, state, package, line, reasons, body, at FROM exchange_in
              WHERE remote = $1 AND case_id = $2 AND state = 'waiting'"
        ),
        args![remote, case],
    )
}

/// The latest messages of a remote in a state.
pub fn in_state(tx: &mut Tx, remote: &str, state: &str, most: usize) -> Result<Vec<Incoming>> {
    tx.all(
        sql!(
            "SELECT message, sm3, kind, case_id, state, package, line, reasons, body, at FROM exchange_in
              WHERE remote = $1 AND state = $2 AND state <> 'done' ORDER BY at DESC, package, line LIMIT $3"
        ),
        args![remote, state, most],
    )
}

/// How many messages of a remote wait, and how many are rejected.
pub fn open_counts(tx: &mut Tx, remote: &str) -> Result<(i64, i64)> {
    tx.one(
        sql!(
            "SELECT COUNT(*) FILTER (WHERE state = 'waiting'), COUNT(*) FILTER (WHERE state = 'rejected')
               FROM exchange_in WHERE remote = $1 AND state <> 'done'"
        ),
        args![remote],
    )
}

/// Keeps what became of a message.
pub fn save_incoming(tx: &mut Tx, remote: &str, row: &Incoming) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO exchange_in (remote, message, sm3, kind, case_id, state, package, line, reasons, body, at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
              ON CONFLICT (remote, message) DO UPDATE SET sm3 = excluded.sm3, kind = excluded.kind,
                case_id = excluded.case_id, state = excluded.state, package = excluded.package, line = excluded.line,
                reasons = excluded.reasons, body = excluded.body, at = excluded.at"
        ),
        args![
            remote,
            &row.message,
            &row.sm3,
            &row.kind,
            &row.case,
            &row.state,
            &row.package,
            row.line,
            &row.reasons,
            &row.body,
            row.at,
        ],
    )?;
    Ok(())
}

/// A case that a remote handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// The remote.
    pub remote: String,
    /// The number there.
    pub case: String,
    /// Our number.
    pub number: String,
    /// Up to which ledger entry it has been told.
    pub ledger_seq: i64,
    /// The status that was told last.
    pub status: Option<Status>,
    /// The digest of the reply that was told last.
    pub reply_sm3: Option<String>,
    /// The latest instant at which the remote said something of it.
    pub heard_at: Option<Instant>,
    /// When it came in.
    pub at: Instant,
}

impl FromRow for CaseRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let status: Option<String> = row.get(4)?;
        Ok(Self {
            remote: row.get(0)?,
            case: row.get(1)?,
            number: row.get(2)?,
            ledger_seq: row.get(3)?,
            status: status.as_deref().map(status_of).transpose()?,
            reply_sm3: row.get(5)?,
            heard_at: row.get(6)?,
            at: row.get(7)?,
        })
    }
}

fn status_of(code: &str) -> Result<Status> {
    let unknown = || Fault::broken(format!("an exchanged case holds the unknown status {code}")).into();
    Status::from_code(code).ok_or_else(unknown)
}

/// The case of a number there.
pub fn case(tx: &mut Tx, remote: &str, case: &str) -> Result<Option<CaseRow>> {
    tx.opt(
        sql!(
            "SELECT remote, case_id, number, ledger_seq, status, reply_sm3, heard_at, at FROM exchange_case
              WHERE remote = $1 AND case_id = $2"
        ),
        args![remote, case],
    )
}

/// Keeps a case.
pub fn save_case(tx: &mut Tx, row: &CaseRow, stream: &str) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO exchange_case (remote, case_id, number, stream, ledger_seq, status, reply_sm3, heard_at, at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
              ON CONFLICT (remote, case_id) DO UPDATE SET ledger_seq = excluded.ledger_seq, status = excluded.status,
                reply_sm3 = excluded.reply_sm3, heard_at = excluded.heard_at"
        ),
        args![
            &row.remote,
            &row.case,
            &row.number,
            stream,
            row.ledger_seq,
            row.status.map(|status| status.code()),
            &row.reply_sm3,
            row.heard_at,
            row.at,
        ],
    )?;
    Ok(())
}

/// Cases whose ledger has entries that the remote has not been told of; with `since` only those with an act after it,
/// which spares looking at every case there ever was.
pub fn behind(tx: &mut Tx, since: Option<Instant>, most: usize) -> Result<Vec<CaseRow>> {
    match since {
        None => tx.all(
            sql!(
                "SELECT c.remote, c.case_id, c.number, c.ledger_seq, c.status, c.reply_sm3, c.heard_at, c.at
                   FROM exchange_case c JOIN ledger_head h ON h.stream = c.stream
                  WHERE h.seq > c.ledger_seq ORDER BY c.remote, c.case_id LIMIT $1"
            ),
            args![most],
        ),
        Some(since) => tx.all(
            sql!(
                "SELECT DISTINCT c.remote, c.case_id, c.number, c.ledger_seq, c.status, c.reply_sm3, c.heard_at, c.at
                   FROM ledger_entry e JOIN exchange_case c ON c.stream = e.stream
                  WHERE e.at >= $1 AND e.seq > c.ledger_seq ORDER BY c.remote, c.case_id LIMIT $2"
            ),
            args![since, most],
        ),
    }
}

/// How many cases a remote has handed over.
pub fn case_count(tx: &mut Tx, remote: &str) -> Result<i64> {
    tx.one(sql!("SELECT COUNT(*) FROM exchange_case WHERE remote = $1"), args![remote])
}
