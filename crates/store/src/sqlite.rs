//! SQLite: one writer that commits whole groups of jobs at once, and a few read-only connections beside it.

use std::path::Path;
use std::time::Duration;

use crossbeam_channel::Receiver;
use kernel::{Fault, Result};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, params_from_iter};

use crate::fault;
use crate::lane::Work;
use crate::row::{Row, RowOf};
use crate::tx::Tx;
use crate::value::{Cell, Value};

/// The database file below the data directory.
pub(crate) const FILE: &str = "santing.sqlite";

/// How many waiting jobs one commit takes at most; beyond this the wait of the first outweighs the gain of the last.
const MOST_PER_COMMIT: usize = 256;
const STATEMENTS_KEPT: usize = 512;

/// The one connection that writes.
pub(crate) fn open_writer(dir: &Path) -> Result<Connection, Fault> {
    open_file(&dir.join(FILE))
}

/// A connection that writes to this file.
pub(crate) fn open_file(path: &Path) -> Result<Connection, Fault> {
    let fail = |e| fault::sqlite(format!("open the database {}", path.display()), e);
    let connection = Connection::open(path).map_err(fail)?;
    prepare(
        &connection,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16000;",
    )
    .map_err(fail)?;
    Ok(connection)
}

/// A connection that reads.
pub(crate) fn open_reader(dir: &Path) -> Result<Connection, Fault> {
    let path = dir.join(FILE);
    let doing = || format!("open the database {} for reading", path.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&path, flags).map_err(|e| fault::sqlite(doing(), e))?;
    prepare(&connection, "PRAGMA cache_size = -4000;").map_err(|e| fault::sqlite(doing(), e))?;
    Ok(connection)
}

fn prepare(connection: &Connection, pragmas: &str) -> rusqlite::Result<()> {
    // The command line works beside a running server, so each waits a while for the other.
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;")?;
    connection.execute_batch(pragmas)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(())
}

/// Serves reading jobs until every sender is gone.
pub(crate) fn serve_reads(mut tx: Tx, jobs: &Receiver<Box<dyn Work>>) {
    for mut job in jobs {
        let outcome = look(&mut tx, job.as_mut());
        job.finish(outcome);
    }
}

fn look(tx: &mut Tx, job: &mut dyn Work) -> Result<()> {
    control(tx, "BEGIN")?;
    tx.begin();
    let outcome = job.run(tx);
    let outcome = tx.end(outcome);
    control(tx, "ROLLBACK")?;
    outcome
}

/// Serves writing jobs in groups until every sender is gone.
pub(crate) fn serve_writes(mut tx: Tx, jobs: &Receiver<Box<dyn Work>>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        group.extend(jobs.try_iter().take(MOST_PER_COMMIT - 1));
        serve_group(&mut tx, group);
    }
}

fn serve_group(tx: &mut Tx, mut group: Vec<Box<dyn Work>>) {
    let committed = control(tx, "BEGIN IMMEDIATE").and_then(|()| {
        let shared = group.len() > 1;
        let run = |job: &mut Box<dyn Work>| run_alone(tx, job.as_mut(), shared);
        let outcomes = group.iter_mut().map(run).collect::<Result<Vec<_>, Fault>>()?;
        control(tx, if matches!(outcomes.as_slice(), [Err(_)]) { "ROLLBACK" } else { "COMMIT" })?;
        Ok(outcomes)
    });
    match committed {
        Ok(outcomes) => group.into_iter().zip(outcomes).for_each(|(job, outcome)| job.finish(outcome)),
        Err(fault) => {
            if tx.sqlite().is_ok_and(|connection| !connection.is_autocommit()) {
                let _ = control(tx, "ROLLBACK");
            }
            group.into_iter().for_each(|job| job.finish(Err(fault::again(&fault).into())));
        }
    }
}

/// Runs one job, in a savepoint where it shares the transaction, so that it fails alone; a savepoint costs a copy of every
/// page that is changed. The outer result is the fate of the whole group.
fn run_alone(tx: &mut Tx, job: &mut dyn Work, shared: bool) -> Result<Result<()>, Fault> {
    if shared {
        control(tx, "SAVEPOINT job")?;
    }
    tx.begin();
    let outcome = job.run(tx);
    let outcome = tx.end(outcome);
    if tx.sqlite()?.is_autocommit() {
        // The engine itself has given the transaction up: disk full, input/output error, out of memory.
        let why = outcome.err().map_or_else(String::new, |error| error.to_string());
        return Err(Fault::broken(format!("SQLite rolled a group of transactions back: {why}")).passing());
    }
    if shared && outcome.is_err() {
        control(tx, "ROLLBACK TO job")?;
    }
    if shared {
        control(tx, "RELEASE job")?;
    }
    Ok(outcome)
}

fn control(tx: &mut Tx, text: &'static str) -> Result<(), Fault> {
    let run = |connection: &Connection| connection.prepare_cached(text)?.raw_execute();
    run(tx.sqlite()?).map(|_| ()).map_err(|e| fault::sqlite(text, e))
}

/// Runs a query and lends each row to `each` until it says false.
pub(crate) fn query(
    connection: &Connection,
    text: &str,
    args: &[Value],
    each: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
) -> Result<()> {
    let fail = |e| fault::sqlite(crate::tx::doing(text), e);
    let mut statement = connection.prepare_cached(text).map_err(fail)?;
    let mut rows = statement.query(params_from_iter(args)).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        if !each(&Row(RowOf::Sqlite(row)))? {
            break;
        }
    }
    Ok(())
}

/// Runs a statement and says how many rows it changed.
pub(crate) fn run(connection: &Connection, text: &str, args: &[Value]) -> Result<u64> {
    let fail = |e| fault::sqlite(crate::tx::doing(text), e);
    let mut statement = connection.prepare_cached(text).map_err(fail)?;
    Ok(statement.execute(params_from_iter(args)).map_err(fail)? as u64)
}

/// A column as a cell.
pub(crate) fn cell(value: ValueRef<'_>) -> Result<Cell<'_>> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(n) => Cell::Int(n),
        ValueRef::Real(n) => Cell::Real(n),
        ValueRef::Text(text) => Cell::Text(std::str::from_utf8(text).map_err(|e| Fault::new("read a text", e))?),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes),
    })
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Real(n) => ValueRef::Real(*n),
            Self::Bool(b) => ValueRef::Integer((*b).into()),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
