//! What every action is given: the store, the city, the working calendar in force, and the injected clock and randomness.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;
use kernel::worktime::Calendar;
use kernel::{Actor, Clock, Id, IdSource, Instant, Random, Result};
use store::{Entry, Store, Tx};
use text::{Synonyms, Words};

use crate::city::City;
use crate::demands::figures::Board;
use crate::demands::importing::runs::Runs;
use crate::demands::lookup;
use crate::demands::serials::Serials;
use crate::models;
use crate::processes::Governing;
use crate::web::Throttle;

/// The running city: cheap to clone, shared by every request.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What `main` decides once.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Where the present comes from.
    pub clock: Arc<dyn Clock>,
    /// Where secrets come from.
    pub random: Arc<dyn Random>,
    /// Where row identifiers come from; the same as the store's.
    pub ids: Arc<IdSource>,
    /// The profile.
    pub city: City,
    /// Where attachments and exports live.
    pub data_dir: PathBuf,
    /// Whether this is the demonstration: accounts are shown on the login page.
    pub demo: bool,
    /// The address under which people reach this server, without a slash at the end; QR codes point there.
    pub base_url: Option<String>,
    /// The key from which query codes are made; the same on every server of one database.
    pub secret: Vec<u8>,
}

struct Inner {
    parts: Parts,
    calendar: RwLock<Arc<Calendar>>,
    governing: RwLock<BTreeMap<i64, Arc<Governing>>>,
    models: models::Kept,
    words: Words,
    synonyms: Synonyms,
    serials: Serials,
    lookups: Throttle,
    writes: Throttle,
    board: Board,
    imports: Runs,
}

/// One act: its transaction, its actor, its instant. The first argument of every action.
pub struct Cx<'a> {
    /// The transaction.
    pub tx: &'a mut Tx,
    /// The city.
    pub app: &'a App,
    /// Who acts.
    pub actor: &'a Actor,
    /// When; read once for the whole act.
    pub now: Instant,
}

impl Cx<'_> {
    /// Appends an act with its fields to a ledger stream, in this transaction.
    pub fn record(&mut self, stream: &str, act: &str, fields: Vec<(&str, String)>) -> Result<()> {
        let entry = Entry::new(stream, act, self.actor, self.now);
        let entry = fields.into_iter().fold(entry, |entry, (name, value)| entry.field(name, value));
        self.tx.record(&entry).map(|_| ())
    }

    /// The local day of [`Cx::now`].
    pub fn today(&self) -> Date {
        self.now.in_zone(&self.app.city().zone).date()
    }
}

impl App {
    /// The city of these parts, under the calendar that the profile alone gives.
    pub fn new(parts: Parts) -> Self {
        let calendar = RwLock::new(Arc::new(parts.city.calendar()));
        let words = Words::new(parts.city.vocabulary());
        let synonyms = Synonyms::new(parts.city.same_words());
        Self(Arc::new(Inner {
            parts,
            calendar,
            governing: RwLock::default(),
            models: models::Kept::default(),
            words,
            synonyms,
            serials: Serials::default(),
            lookups: lookup::throttle(),
            writes: lookup::writes(),
            board: Board::default(),
            imports: Runs::default(),
        }))
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.parts.store
    }

    /// The profile.
    pub fn city(&self) -> &City {
        &self.0.parts.city
    }

    /// The working calendar in force, overrides included.
    pub fn calendar(&self) -> Arc<Calendar> {
        Arc::clone(&self.0.calendar.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another calendar in force; due dates already stored stay until they are recomputed on the record.
    pub fn set_calendar(&self, calendar: Calendar) {
        *self.0.calendar.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(calendar);
    }

    /// A process version that was made ready before.
    pub fn governing(&self, version: i64) -> Option<Arc<Governing>> {
        self.0.governing.read().unwrap_or_else(PoisonError::into_inner).get(&version).cloned()
    }

    /// Keeps an adopted process version ready; such a version never changes.
    pub fn keep_governing(&self, governing: Arc<Governing>) {
        let mut kept = self.0.governing.write().unwrap_or_else(PoisonError::into_inner);
        kept.insert(governing.version, governing);
    }

    /// The models that were read, and whether this server is learning.
    pub fn models(&self) -> &models::Kept {
        &self.0.models
    }

    /// The city's own words: units, themes, channels and what belongs to them.
    pub fn words(&self) -> &Words {
        &self.0.words
    }

    /// Words of one meaning.
    pub fn synonyms(&self) -> &Synonyms {
        &self.0.synonyms
    }

    /// The allotment of demand numbers.
    pub fn serials(&self) -> &Serials {
        &self.0.serials
    }

    /// The wrong tries at numbers and codes, per address.
    pub fn lookups(&self) -> &Throttle {
        &self.0.lookups
    }

    /// What each address has said through programs.
    pub fn writes(&self) -> &Throttle {
        &self.0.writes
    }

    /// The public figures that were counted last.
    pub fn board(&self) -> &Board {
        &self.0.board
    }

    /// The imports that were begun on pages.
    pub fn imports(&self) -> &Runs {
        &self.0.imports
    }

    /// The present.
    pub fn now(&self) -> Instant {
        self.0.parts.clock.now()
    }

    /// The source of randomness.
    pub fn random(&self) -> &dyn Random {
        &*self.0.parts.random
    }

    /// A fresh row identifier.
    pub fn next_id(&self) -> Id {
        self.0.parts.ids.next(&*self.0.parts.clock, &*self.0.parts.random)
    }

    /// Where attachments and exports live.
    pub fn data_dir(&self) -> &Path {
        &self.0.parts.data_dir
    }

    /// Whether this is the demonstration.
    pub fn demo(&self) -> bool {
        self.0.parts.demo
    }

    /// The address under which people reach this server.
    pub fn base_url(&self) -> Option<&str> {
        self.0.parts.base_url.as_deref()
    }

    /// The key from which query codes are made.
    pub fn secret(&self) -> &[u8] {
        &self.0.parts.secret
    }

    /// Runs `f` in a read transaction.
    pub async fn read<T, F>(&self, actor: &Actor, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let (app, actor) = (self.clone(), actor.clone());
        self.store().read(move |tx| f(&mut Cx { tx, now: app.now(), app: &app, actor: &actor })).await
    }

    /// Runs `f` in a write transaction; it may run again where the engine asks for it.
    pub async fn write<T, F>(&self, actor: &Actor, mut f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let (app, actor) = (self.clone(), actor.clone());
        self.store().write(move |tx| f(&mut Cx { tx, now: app.now(), app: &app, actor: &actor })).await
    }

    /// [`App::read`], blocking the calling thread: for jobs, commands and tests.
    pub fn read_now<T, F>(&self, actor: &Actor, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let (app, actor) = (self.clone(), actor.clone());
        self.store().read_now(move |tx| f(&mut Cx { tx, now: app.now(), app: &app, actor: &actor }))
    }

    /// [`App::write`], blocking the calling thread.
    pub fn write_now<T, F>(&self, actor: &Actor, mut f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Cx<'_>) -> Result<T> + Send + 'static,
    {
        let (app, actor) = (self.clone(), actor.clone());
        self.store().write_now(move |tx| f(&mut Cx { tx, now: app.now(), app: &app, actor: &actor }))
    }
}
