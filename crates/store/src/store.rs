//! Opening a store, and sending transactions to its workers.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use kernel::clock::SystemClock;
use kernel::random::SystemRandom;
use kernel::{Clock, Fault, IdSource, Random, Result};
use tokio::sync::oneshot;

use crate::hash::HashKind;
use crate::lane::{Read, Work, Write};
use crate::migrate::Migration;
use crate::postgres::{self, Pool, Session};
use crate::sqlite;
use crate::tx::{Engine, Tx};

/// Where the data is. Attachments are files in the data directory on both engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A SQLite database in this data directory.
    Sqlite(PathBuf),
    /// A PostgreSQL database, with this data directory beside it.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
        /// The data directory.
        dir: PathBuf,
    },
}

impl Location {
    /// The location that an optional database URL and a data directory name: without a URL, SQLite.
    pub fn of(url: Option<&str>, dir: impl Into<PathBuf>) -> Self {
        match url {
            None => Self::Sqlite(dir.into()),
            Some(url) => Self::Postgres { url: url.to_owned(), dir: dir.into() },
        }
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        match self {
            Self::Sqlite(dir) | Self::Postgres { dir, .. } => dir,
        }
    }
}

/// What a store is given from outside.
#[derive(Clone)]
pub struct Options {
    /// The clock that identifiers are made with.
    pub clock: Arc<dyn Clock>,
    /// The randomness for identifiers, for the salts of the ledger, and for pauses.
    pub random: Arc<dyn Random>,
    /// The maker of identifiers, shared with the rest of the program.
    pub ids: Arc<IdSource>,
    /// The ledger's hash for a database that is new; an existing one keeps its own.
    pub hash: HashKind,
    /// Connections that read, on SQLite.
    pub readers: usize,
    /// Connections, on PostgreSQL.
    pub postgres_workers: usize,
}

impl Options {
    /// The usual options with this clock and this randomness.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random, ids: Arc::default(), hash: HashKind::Sm3, readers: 4, postgres_workers: 16 }
    }

    /// The operating system's clock and randomness.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemRandom))
    }
}

/// What every transaction of a store can reach.
pub(crate) struct Shared {
    pub location: Location,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub ids: Arc<IdSource>,
    pub hash_wanted: HashKind,
    /// The hash this database was begun with; known once the migrations have run.
    pub hash: OnceLock<HashKind>,
    /// The schema beyond the store's own; known once the migrations have run.
    pub migrations: OnceLock<&'static [Migration]>,
}

/// A database with its workers. Cheap to clone; the workers end with the last clone.
#[derive(Clone)]
pub struct Store {
    lanes: Arc<Lanes>,
    pub(crate) shared: Arc<Shared>,
}

struct Lanes {
    reads: Option<Sender<Box<dyn Work>>>,
    writes: Option<Sender<Box<dyn Work>>>,
    closing: Option<Sender<()>>,
    workers: Vec<thread::JoinHandle<()>>,
}

impl Store {
    /// Opens the database, and makes it where there is none.
    pub fn open(location: &Location, options: Options) -> Result<Self> {
        let dir = location.dir();
        std::fs::create_dir_all(dir)
            .map_err(|e| Fault::new(format!("make the data directory {}", dir.display()), e).passing())?;
        let shared = Arc::new(Shared {
            location: location.clone(),
            clock: options.clock,
            random: options.random,
            ids: options.ids,
            hash_wanted: options.hash,
            hash: OnceLock::new(),
            migrations: OnceLock::new(),
        });
        let lanes = match location {
            Location::Sqlite(dir) => sqlite_lanes(dir, options.readers.max(1), &shared)?,
            Location::Postgres { url, .. } => postgres_lanes(url, options.postgres_workers.max(2), &shared)?,
        };
        Ok(Self { lanes: Arc::new(lanes), shared })
    }

    /// Runs a transaction that only looks; it sees one snapshot.
    pub async fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.send_read(work, move |outcome| drop(reply.send(outcome)))?;
        answer.await.map_err(|_| gone())?
    }

    /// Runs a transaction that changes things. It answers once the change is durable. The closure may run several times,
    /// because a transaction that met another one is run again; only the last run counts.
    pub async fn write<T: Send + 'static>(&self, work: impl FnMut(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.send_write(work, move |outcome| drop(reply.send(outcome)))?;
        answer.await.map_err(|_| gone())?
    }

    /// Like [`Store::read`], blocking the calling thread.
    pub fn read_now<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let (reply, answer) = crossbeam_channel::bounded(1);
        self.send_read(work, move |outcome| drop(reply.send(outcome)))?;
        answer.recv().map_err(|_| gone())?
    }

    /// Like [`Store::write`], blocking the calling thread.
    pub fn write_now<T: Send + 'static>(&self, work: impl FnMut(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let (reply, answer) = crossbeam_channel::bounded(1);
        self.send_write(work, move |outcome| drop(reply.send(outcome)))?;
        answer.recv().map_err(|_| gone())?
    }

    /// Lets the engine look at what has grown, so that it goes on choosing the right indexes; for an hourly job. Blocks.
    /// PostgreSQL does this by itself.
    pub fn tend(&self) -> Result<()> {
        match self.location() {
            Location::Sqlite(_) => {
                self.write_now(|tx| tx.batch("PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002;"))
            }
            Location::Postgres { .. } => Ok(()),
        }
    }

    /// How many writes about neighbouring rows are best under way together. SQLite's writer puts a handful into one durable
    /// commit. On PostgreSQL serialisable transactions that touch the same pages of an index stop each other and run again:
    /// sixteen at once were measured at twice the time of one after the other, and at four times where none had gone before.
    pub fn writes_together(&self) -> usize {
        match self.location() {
            Location::Sqlite(_) => 64,
            Location::Postgres { .. } => 1,
        }
    }

    /// How many rows of a large table one transaction takes in best: SQLite's index wants large batches; PostgreSQL repeats
    /// the whole of one that meets another transaction.
    pub fn rows_together(&self) -> usize {
        match self.location() {
            Location::Sqlite(_) => 4_000,
            Location::Postgres { .. } => 500,
        }
    }

    /// Gives the writer room for a large table: with its usual 16 MiB of pages, SQLite writes and reads the same pages of the
    /// indexes again and again as soon as they outgrow that. For a command of its own, not for a server, whose memory is
    /// counted. Blocks. PostgreSQL has its own settings.
    pub fn make_room(&self) -> Result<()> {
        match self.location() {
            Location::Sqlite(_) => {
                self.write_now(|tx| tx.batch("PRAGMA cache_size = -131072; PRAGMA wal_autocheckpoint = 32000;"))
            }
            Location::Postgres { .. } => Ok(()),
        }
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        self.shared.location.dir()
    }

    /// Where the data is.
    pub fn location(&self) -> &Location {
        &self.shared.location
    }

    fn send_read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static,
        reply: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Result<()> {
        let job = Read { work: Some(work), made: None, reply: Box::new(reply) };
        send(self.lanes.reads.as_ref(), Box::new(job))
    }

    fn send_write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx) -> Result<T> + Send + 'static,
        reply: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Result<()> {
        let job = Write { work, made: None, reply: Box::new(reply) };
        send(self.lanes.writes.as_ref(), Box::new(job))
    }
}

fn send(lane: Option<&Sender<Box<dyn Work>>>, job: Box<dyn Work>) -> Result<()> {
    lane.and_then(|lane| lane.send(job).ok()).ok_or_else(|| gone().into())
}

fn gone() -> Fault {
    Fault::broken("the database's worker threads have ended").passing()
}

fn sqlite_lanes(dir: &Path, readers: usize, shared: &Arc<Shared>) -> Result<Lanes> {
    let tx = |connection| Tx::new(Engine::Sqlite(connection), Arc::clone(shared));
    let (writes, jobs) = unbounded();
    let writer = tx(sqlite::open_writer(dir)?);
    let mut workers = vec![start("store-writer", move || sqlite::serve_writes(writer, &jobs))?];
    let (reads, jobs) = unbounded();
    for _ in 0..readers {
        let (reader, jobs) = (tx(sqlite::open_reader(dir)?), Receiver::clone(&jobs));
        workers.push(start("store-reader", move || sqlite::serve_reads(reader, &jobs))?);
    }
    Ok(Lanes { reads: Some(reads), writes: Some(writes), closing: None, workers })
}

fn postgres_lanes(url: &str, count: usize, shared: &Arc<Shared>) -> Result<Lanes> {
    let config = postgres::config(url)?;
    // A wrong address or password is told at once, not by the first visitor.
    let mut first = Session::new(config.clone());
    first.connect()?;
    first.check_encoding()?;
    let (closing, closed) = crossbeam_channel::bounded(0);
    let pool = Arc::new(Pool { away: AtomicBool::new(false), closed });
    let (sender, jobs) = unbounded();
    let mut workers = Vec::new();
    for _ in 0..count {
        let tx = Tx::new(Engine::Postgres(Box::new(Session::new(config.clone()))), Arc::clone(shared));
        let (jobs, pool) = (Receiver::clone(&jobs), Arc::clone(&pool));
        workers.push(start("store-postgres", move || postgres::serve(tx, &jobs, &pool))?);
    }
    Ok(Lanes { reads: Some(sender.clone()), writes: Some(sender), closing: Some(closing), workers })
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<thread::JoinHandle<()>, Fault> {
    thread::Builder::new().name(name.into()).spawn(work).map_err(|e| Fault::new("start a worker thread", e).passing())
}

impl Drop for Lanes {
    /// Lets the workers finish what was sent, so that a SQLite file is left without its log.
    fn drop(&mut self) {
        self.reads = None;
        self.writes = None;
        self.closing = None;
        let this = thread::current().id();
        for worker in self.workers.drain(..).filter(|worker| worker.thread().id() != this) {
            if worker.join().is_err() {
                tracing::error!("a worker thread of the store had panicked");
            }
        }
    }
}
