//! PostgreSQL: a pool of workers, each with a connection of its own. Transactions that change things are SERIALIZABLE and
//! run again when they meet; those that look see one snapshot.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use crossbeam_channel::Receiver;
use kernel::{Error, Fault, Result};
use postgres::config::SslMode;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};

use crate::fault::{self, Trouble};
use crate::lane::{Mode, Work};
use crate::row::{Row, RowOf};
use crate::tx::{Tx, doing};
use crate::value::{Cell, Value};

const STATEMENTS_KEPT: usize = 512;
/// How often a transaction is run again because others were in its way.
const MOST_RUNS: u32 = 40;
/// How often a lost connection is made anew before the caller is told; with the pauses between, about two seconds.
const MOST_CONNECTS: u32 = 4;

/// A connection that may be away, and the statements it knows.
pub(crate) struct Session {
    config: Config,
    client: Option<Client>,
    statements: HashMap<String, Statement>,
    trouble: Option<Trouble>,
}

/// Reads the address of a database.
pub(crate) fn config(url: &str) -> Result<Config, Fault> {
    let mut config: Config =
        url.parse().map_err(|e: postgres::Error| Fault::new("read the address of the database", e))?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(Fault::broken(
            "the address of the database demands TLS (sslmode=require), which this build does not speak; \
             use sslmode=disable on a trusted network or a local socket, or a TLS tunnel",
        ));
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(2));
    }
    if config.get_application_name().is_none() {
        config.application_name("santing");
    }
    config.tcp_user_timeout(Duration::from_secs(10));
    Ok(config)
}

impl Session {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, client: None, statements: HashMap::new(), trouble: None }
    }

    /// Connects, unless the connection stands.
    pub(crate) fn connect(&mut self) -> Result<(), Fault> {
        if self.client.as_ref().is_some_and(|client| !client.is_closed()) {
            return Ok(());
        }
        self.disconnect();
        let client = self.config.connect(NoTls);
        self.client = Some(client.map_err(|e| Fault::new("connect to PostgreSQL", e).passing())?);
        Ok(())
    }

    /// Refuses a database that cannot hold Chinese.
    pub(crate) fn check_encoding(&mut self) -> Result<()> {
        let mut encoding = String::new();
        self.query("SELECT CAST(current_setting('server_encoding') AS TEXT)", &[], &mut |row| {
            encoding = row.get(0)?;
            Ok(false)
        })?;
        if encoding == "UTF8" {
            return Ok(());
        }
        Err(Fault::broken(format!("the database is encoded in {encoding}; create it with ENCODING 'UTF8'")).into())
    }

    fn disconnect(&mut self) {
        self.statements.clear();
        self.client = None;
    }

    fn client(&mut self) -> Result<&mut Client, Fault> {
        self.client.as_mut().ok_or_else(|| Fault::broken("not connected to PostgreSQL").passing())
    }

    /// The prepared form of `text`.
    pub(crate) fn statement(&mut self, text: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(text) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= STATEMENTS_KEPT {
            self.statements.clear();
        }
        let prepared = self.client()?.prepare(text);
        let statement = self.note(text, prepared)?;
        self.statements.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(crate) fn query(
        &mut self,
        text: &str,
        args: &[Value],
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let statement = self.statement(text)?;
        let answer = self.client()?.query(&statement, &params(args));
        for row in &self.note(text, answer)? {
            if !each(&Row(RowOf::Postgres(row)))? {
                break;
            }
        }
        Ok(())
    }

    /// Like `query`, but holds one row at a time.
    pub(crate) fn stream(
        &mut self,
        text: &str,
        args: &[Value],
        each: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let statement = self.statement(text)?;
        let outcome = match self.client()?.query_raw(&statement, args) {
            Ok(rows) => drain(rows, each),
            Err(error) => Err(Broken::Engine(error)),
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(Broken::Reader(error)) => Err(error),
            Err(Broken::Engine(error)) => self.note(text, Err(error)),
        }
    }

    /// Sends rows in the text form of COPY.
    pub(crate) fn copy_in(
        &mut self,
        text: &str,
        send: impl FnOnce(&mut postgres::CopyInWriter<'_>) -> Result<()>,
    ) -> Result<()> {
        let fail = |e| Error::from(fault::postgres(doing(text), e));
        let mut writer = self.client()?.copy_in(text).map_err(fail)?;
        send(&mut writer)?;
        writer.finish().map(drop).map_err(fail)
    }

    pub(crate) fn run(&mut self, text: &str, args: &[Value]) -> Result<u64> {
        let statement = self.statement(text)?;
        let answer = self.client()?.execute(&statement, &params(args));
        self.note(text, answer)
    }

    pub(crate) fn batch(&mut self, text: &str) -> Result<()> {
        let answer = self.client()?.batch_execute(text);
        self.note(text, answer)
    }

    fn note<T>(&mut self, text: &str, answer: Result<T, postgres::Error>) -> Result<T> {
        answer.map_err(|error| {
            self.trouble.get_or_insert(fault::trouble(&error));
            fault::postgres(doing(text), error).into()
        })
    }
}

/// Who stopped a long read.
enum Broken {
    Engine(postgres::Error),
    Reader(Error),
}

fn drain(mut rows: postgres::RowIter<'_>, each: &mut dyn FnMut(&Row<'_>) -> Result<()>) -> Result<(), Broken> {
    while let Some(row) = rows.next().map_err(Broken::Engine)? {
        each(&Row(RowOf::Postgres(&row))).map_err(Broken::Reader)?;
    }
    Ok(())
}

fn params(args: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// What the workers of one pool know in common.
pub(crate) struct Pool {
    /// True while the database cannot be reached: then nobody waits for it, so that no queue of waiters builds up.
    pub away: AtomicBool,
    /// Never sends; receiving from it with a timeout is how a worker pauses, and it wakes when the store goes.
    pub closed: Receiver<()>,
}

enum Fate {
    Settled(Result<()>),
    /// Nothing was kept, and running it again may succeed.
    Again(Error),
}

/// Serves jobs until every sender is gone.
pub(crate) fn serve(mut tx: Tx, jobs: &Receiver<Box<dyn Work>>, pool: &Pool) {
    for mut job in jobs {
        let outcome = settle(&mut tx, job.as_mut(), pool);
        job.finish(outcome);
    }
}

fn settle(tx: &mut Tx, job: &mut dyn Work, pool: &Pool) -> Result<()> {
    let mut run = 1;
    loop {
        reach(tx, pool)?;
        match attempt(tx, job) {
            Fate::Settled(outcome) => return outcome,
            Fate::Again(error) if run >= MOST_RUNS || !job.can_run_again() => return Err(error),
            Fate::Again(_) => pause(tx, pool, run),
        }
        run += 1;
    }
}

/// Connects, patiently unless the database is already known to be away.
fn reach(tx: &mut Tx, pool: &Pool) -> Result<(), Fault> {
    for tried in 1.. {
        match tx.postgres()?.connect() {
            Ok(()) => break,
            Err(fault) if tried >= MOST_CONNECTS || pool.away.load(Ordering::Relaxed) => {
                pool.away.store(true, Ordering::Relaxed);
                return Err(fault);
            }
            Err(_) => {
                let _ = pool.closed.recv_timeout(Duration::from_millis(600));
            }
        }
    }
    pool.away.store(false, Ordering::Relaxed);
    Ok(())
}

fn attempt(tx: &mut Tx, job: &mut dyn Work) -> Fate {
    let begin = match job.mode() {
        Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        Mode::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE",
    };
    if let Err(fault) = control(tx, begin) {
        return lost(tx, fault);
    }
    tx.begin();
    let outcome = job.run(tx);
    let outcome = tx.end(outcome);
    let trouble = trouble(tx);
    match (outcome, trouble) {
        (Ok(()), _) => commit(tx),
        (Err(error), Some(Trouble::Disconnected)) => {
            disconnect(tx);
            Fate::Again(error)
        }
        (Err(error), trouble) => {
            if control(tx, "ROLLBACK").is_err() {
                disconnect(tx);
            }
            if trouble == Some(Trouble::Contention) { Fate::Again(error) } else { Fate::Settled(Err(error)) }
        }
    }
}

fn commit(tx: &mut Tx) -> Fate {
    let Err(fault) = control(tx, "COMMIT") else { return Fate::Settled(Ok(())) };
    match trouble(tx) {
        Some(Trouble::Contention) => Fate::Again(fault.into()),
        Some(Trouble::Statement) => Fate::Settled(Err(fault.into())),
        Some(Trouble::Disconnected) | None => {
            disconnect(tx);
            let doing = "the connection broke during COMMIT; whether the transaction holds is not known";
            Fate::Settled(Err(Fault::new(doing, fault).passing().into()))
        }
    }
}

fn lost(tx: &mut Tx, fault: Fault) -> Fate {
    match trouble(tx) {
        Some(Trouble::Statement) => Fate::Settled(Err(fault.into())),
        _ => {
            disconnect(tx);
            Fate::Again(fault.into())
        }
    }
}

fn trouble(tx: &mut Tx) -> Option<Trouble> {
    tx.postgres().ok().and_then(|session| session.trouble.take())
}

fn disconnect(tx: &mut Tx) {
    if let Ok(session) = tx.postgres() {
        session.disconnect();
    }
}

fn control(tx: &mut Tx, text: &str) -> Result<(), Fault> {
    tx.postgres()?.batch(text).map_err(|error| match error {
        Error::Fault(fault) => fault,
        Error::Refused(refusal) => Fault::new("PostgreSQL", refusal),
    })
}

/// Waits a random while that grows with the number of runs, so that those who met do not meet again.
fn pause(tx: &Tx, pool: &Pool, run: u32) {
    let most = 1_000_u64 << run.min(6);
    let micros = 200 + tx.shared.random.number() % most;
    let _ = pool.closed.recv_timeout(Duration::from_micros(micros));
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::FLOAT4 => Self::Real(f32::from_sql(ty, raw)?.into()),
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::BYTEA => Self::Bytes(raw),
            _ if <&str as FromSql<'_>>::accepts(ty) => Self::Text(<&str>::from_sql(ty, raw)?),
            _ => return Err(format!("a column of type {ty} cannot be read; CAST it to one of the shared types").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(n), &Type::INT4) => i32::try_from(*n)?.to_sql(ty, out),
            (Self::Int(n), &Type::INT2) => i16::try_from(*n)?.to_sql(ty, out),
            (Self::Int(n), &Type::FLOAT8) => (*n as f64).to_sql(ty, out),
            (Self::Int(n), &Type::NUMERIC) => n.to_string().as_str().to_sql(&Type::TEXT, out),
            (Self::Real(n), &Type::NUMERIC) => n.to_string().as_str().to_sql(&Type::TEXT, out),
            (Self::Int(n), _) => n.to_sql_checked(ty, out),
            (Self::Real(n), &Type::FLOAT4) => (*n as f32).to_sql(ty, out),
            (Self::Real(n), _) => n.to_sql_checked(ty, out),
            (Self::Bool(b), _) => b.to_sql_checked(ty, out),
            (Self::Text(text), _) => text.to_sql_checked(ty, out),
            (Self::Bytes(bytes), _) => bytes.to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, ty: &Type) -> Format {
        if *ty == Type::NUMERIC { Format::Text } else { Format::Binary }
    }

    to_sql_checked!();
}
