//! A transaction as the rooms see it. The worker that owns the connection lends it for the length of one closure.

use std::sync::Arc;

use kernel::{Fault, Id, Result};
use rusqlite::Connection;

use crate::postgres::Session;
use crate::row::{FromRow, Row};
use crate::select::Select;
use crate::sql::Sql;
use crate::store::Shared;
use crate::value::Value;

/// A transaction. A statement that fails (a broken constraint, say) ends it on both engines: whatever the closure goes on
/// to return, nothing is kept. Where a duplicate is an ordinary case, write `ON CONFLICT`.
pub struct Tx {
    pub(crate) engine: Engine,
    pub(crate) shared: Arc<Shared>,
    /// What the first failed statement of this transaction said.
    failed: Option<Fault>,
}

pub(crate) enum Engine {
    Sqlite(Connection),
    Postgres(Box<Session>),
}

impl Tx {
    pub(crate) fn new(engine: Engine, shared: Arc<Shared>) -> Self {
        Self { engine, shared, failed: None }
    }

    /// Every row of a query.
    pub fn all<T: FromRow>(&mut self, sql: Sql, args: &[Value]) -> Result<Vec<T>> {
        self.collect(sql.text(), args)
    }

    /// The only row of a query; none or several are a fault.
    pub fn one<T: FromRow>(&mut self, sql: Sql, args: &[Value]) -> Result<T> {
        let mut rows: Vec<T> = self.collect(sql.text(), args)?;
        match (rows.pop(), rows.len()) {
            (Some(row), 0) => Ok(row),
            (None, _) => Err(Fault::broken(format!("{}: no row", doing(sql.text()))).into()),
            (Some(_), more) => Err(Fault::broken(format!("{}: {} rows", doing(sql.text()), more + 1)).into()),
        }
    }

    /// The first row of a query, where there is one.
    pub fn opt<T: FromRow>(&mut self, sql: Sql, args: &[Value]) -> Result<Option<T>> {
        let mut found = None;
        self.query(sql.text(), args, &mut |row| {
            found = Some(T::from_row(row)?);
            Ok(false)
        })?;
        Ok(found)
    }

    /// Lends every row of a query to `each` in turn, so that a long result need not be held as records.
    pub fn each(&mut self, sql: Sql, args: &[Value], mut each: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        self.each_of(sql.text(), args, &mut each)
    }

    /// Runs a statement that returns no rows; says how many rows it touched.
    pub fn run(&mut self, sql: Sql, args: &[Value]) -> Result<u64> {
        self.execute(sql.text(), args)
    }

    /// Every row of a query that was put together.
    pub fn select<T: FromRow>(&mut self, select: &Select) -> Result<Vec<T>> {
        match select.text() {
            Some(text) => self.select_matching(select, text),
            None => {
                let (text, args) = select.build(None);
                self.collect(&text, &args)
            }
        }
    }

    /// How many rows a query has that was put together; with a limit it counts no further.
    pub fn count(&mut self, select: &Select) -> Result<usize> {
        if select.text().is_some() {
            return Ok(self.select::<i64>(select)?.len());
        }
        let (text, args) = select.build(None);
        let n: Vec<i64> = self.collect(&format!("SELECT COUNT(*) FROM ({text}) counted"), &args)?;
        Ok(n.into_iter().filter_map(|n| usize::try_from(n).ok()).sum())
    }

    /// A fresh identifier, higher than all before it.
    pub fn next_id(&self) -> Id {
        self.shared.ids.next(&*self.shared.clock, &*self.shared.random)
    }

    /// Checks that the engine understands `text`; for the test that walks every statement of the program.
    pub fn prepare(&mut self, text: &str) -> Result<()> {
        match &mut self.engine {
            Engine::Sqlite(connection) => {
                connection.prepare(text).map_err(|e| crate::fault::sqlite(doing(text), e))?;
                Ok(())
            }
            Engine::Postgres(session) => session.statement(text).map(|_| ()),
        }
    }

    pub(crate) fn collect<T: FromRow>(&mut self, text: &str, args: &[Value]) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.query(text, args, &mut |row| {
            rows.push(T::from_row(row)?);
            Ok(true)
        })?;
        Ok(rows)
    }

    pub(crate) fn query(
        &mut self,
        text: &str,
        args: &[Value],
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let outcome = match &mut self.engine {
            Engine::Sqlite(connection) => crate::sqlite::query(connection, text, args, each),
            Engine::Postgres(session) => session.query(text, args, each),
        };
        self.note(outcome)
    }

    /// Every row of a table, one at a time.
    pub(crate) fn stream(&mut self, text: &str, each: &mut dyn FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        self.each_of(text, &[], each)
    }

    fn each_of(&mut self, text: &str, args: &[Value], each: &mut dyn FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let outcome = match &mut self.engine {
            Engine::Sqlite(connection) => {
                crate::sqlite::query(connection, text, args, &mut |row| each(row).map(|()| true))
            }
            Engine::Postgres(session) => session.stream(text, args, each),
        };
        self.note(outcome)
    }

    pub(crate) fn execute(&mut self, text: &str, args: &[Value]) -> Result<u64> {
        let outcome = match &mut self.engine {
            Engine::Sqlite(connection) => crate::sqlite::run(connection, text, args),
            Engine::Postgres(session) => session.run(text, args),
        };
        self.note(outcome)
    }

    /// Several statements without parameters.
    pub(crate) fn batch(&mut self, text: &str) -> Result<()> {
        let outcome = match &mut self.engine {
            Engine::Sqlite(connection) => {
                connection.execute_batch(text).map_err(|e| crate::fault::sqlite(doing(text), e).into())
            }
            Engine::Postgres(session) => session.batch(text),
        };
        self.note(outcome)
    }

    fn note<T>(&mut self, outcome: Result<T>) -> Result<T> {
        if let Err(kernel::Error::Fault(fault)) = &outcome {
            self.failed.get_or_insert_with(|| crate::fault::again(fault));
        }
        outcome
    }

    /// Forgets the transaction before.
    pub(crate) fn begin(&mut self) {
        self.failed = None;
    }

    /// What a closure's answer is worth: nothing, if a statement failed on the way.
    pub(crate) fn end(&mut self, outcome: Result<()>) -> Result<()> {
        match (outcome, self.failed.take()) {
            (Ok(()), Some(fault)) => Err(fault.into()),
            (outcome, _) => outcome,
        }
    }

    pub(crate) fn sqlite(&self) -> Result<&Connection, Fault> {
        match &self.engine {
            Engine::Sqlite(connection) => Ok(connection),
            Engine::Postgres(_) => Err(Fault::broken("asked PostgreSQL for a SQLite connection")),
        }
    }

    pub(crate) fn postgres(&mut self) -> Result<&mut Session, Fault> {
        match &mut self.engine {
            Engine::Postgres(session) => Ok(session),
            Engine::Sqlite(_) => Err(Fault::broken("asked SQLite for a PostgreSQL session")),
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }
}

/// Names a statement in a log line: its beginning, on one line.
pub(crate) fn doing(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("run: {}", line.chars().take(160).collect::<String>())
}
