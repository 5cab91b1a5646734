//! The schema: one list of portable texts, each applied once and never changed afterwards.

use kernel::{Fault, Instant, Refusal, RefusalKind, Result};

use crate::hash::HashKind;
use crate::store::Store;
use crate::tx::Tx;
use crate::{args, sql};

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its name, which never changes: `demands-1`.
    pub name: &'static str,
    /// Its statements, in the SQL that both engines share. `BIGINT PRIMARY KEY` becomes the rowid on SQLite;
    /// `TEXT COLLATE "C"` orders by bytes on PostgreSQL, as SQLite does anyway: write it where a text is a sort key.
    pub sql: &'static str,
}

const BEGINNING: &str = "CREATE TABLE IF NOT EXISTS store_migration (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL, position BIGINT NOT NULL, applied_at BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS store_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);";

const OWN: &[Migration] = &[
    Migration { name: "store-ledger-1", sql: include_str!("ledger/schema.sql") },
    Migration { name: "store-jobs-1", sql: include_str!("jobs.sql") },
    Migration { name: "store-attachments-1", sql: include_str!("attachments.sql") },
];

impl Store {
    /// Brings the schema up to date: the store's own tables, then `migrations` in their order. Says how many were new.
    /// Blocks; called once when the program starts.
    pub fn migrate(&self, migrations: &'static [Migration]) -> Result<usize> {
        self.write_now(begin)?;
        let now = self.shared.clock.now();
        let (count, kind) = self.write_now(move |tx| {
            let names: Vec<String> = tx.all(sql!("SELECT name FROM store_migration ORDER BY position"), args![])?;
            all_known(&names, migrations)?;
            let kind = settle_hash(tx)?;
            let mut count = 0;
            for (position, migration) in whole(tx, migrations).enumerate() {
                count += usize::from(apply(tx, migration, position, now)?);
            }
            Ok((count, kind))
        })?;
        // A second call finds the same values, because the database and the program are the same.
        let _ = self.shared.hash.set(kind);
        let _ = self.shared.migrations.set(migrations);
        Ok(count)
    }
}

/// Makes the table in which the rest is noted.
pub(crate) fn begin(tx: &mut Tx) -> Result<()> {
    tx.batch(BEGINNING)
}

/// Gives an empty `target` the schema that `source` has.
pub(crate) fn apply_known(source: &Tx, target: &mut Tx) -> Result<()> {
    let unknown = || Fault::broken("copied a database before Store::migrate");
    let migrations = source.shared.migrations.get().ok_or_else(unknown)?;
    begin(target)?;
    for (position, migration) in whole(target, migrations).enumerate() {
        apply(target, migration, position, source.shared.clock.now())?;
    }
    Ok(())
}

/// Refuses a schema that this program does not know: the data would be read wrongly.
pub(crate) fn all_known(names: &[String], migrations: &'static [Migration]) -> Result<()> {
    let known = |name: &String| {
        let mut own = OWN.iter().chain(migrations);
        crate::fulltext::is_own(name) || own.any(|migration| migration.name == name)
    };
    match names.iter().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => {
            let message = format!("数据来自更新的版本（本程序不认识其中的表结构「{name}」），请先升级程序");
            Err(Refusal::new(RefusalKind::Conflict { current: None }, message).into())
        }
    }
}

/// Applies exactly the named migrations, as a backup had them.
pub(crate) fn apply_named(tx: &mut Tx, names: &[String], migrations: &'static [Migration]) -> Result<()> {
    let now = tx.shared.clock.now();
    for (position, migration) in whole(tx, migrations).filter(|m| names.iter().any(|name| name == m.name)).enumerate() {
        apply(tx, migration, position, now)?;
    }
    Ok(())
}

fn whole(tx: &Tx, migrations: &'static [Migration]) -> impl Iterator<Item = &'static Migration> + use<> {
    OWN.iter().chain(crate::fulltext::schema(tx)).chain(migrations)
}

fn hash_of(migration: &Migration) -> String {
    // Always the same hash, so that the choice of the ledger's hash does not matter here.
    HashKind::Sha256.of(migration.sql.as_bytes())
}

/// The hash of this database; a new one takes the hash that was asked for.
fn settle_hash(tx: &mut Tx) -> Result<HashKind> {
    let wanted = tx.shared.hash_wanted.name();
    tx.run(
        sql!("INSERT INTO store_meta (name, value) VALUES ('hash', $1) ON CONFLICT (name) DO NOTHING"),
        args![wanted],
    )?;
    let name: String = tx.one(sql!("SELECT value FROM store_meta WHERE name = 'hash'"), args![])?;
    HashKind::named(&name)
        .ok_or_else(|| Fault::broken(format!("this database is kept with an unknown hash: {name}")).into())
}

fn apply(tx: &mut Tx, migration: &Migration, position: usize, now: Instant) -> Result<bool> {
    let hash = hash_of(migration);
    let known: Option<String> =
        tx.opt(sql!("SELECT hash FROM store_migration WHERE name = $1"), args![migration.name])?;
    match known {
        Some(known) if known == hash => return Ok(false),
        Some(_) => {
            let what =
                format!("migration {} was changed after it had been applied; add a new one instead", migration.name);
            return Err(Fault::broken(what).into());
        }
        None => {}
    }
    let text = if tx.is_postgres() { migration.sql.to_owned() } else { for_sqlite(migration.sql) };
    tx.batch(&text)?;
    tx.run(
        sql!("INSERT INTO store_migration (name, hash, position, applied_at) VALUES ($1, $2, $3, $4)"),
        args![migration.name, hash, position, now],
    )?;
    Ok(true)
}

fn for_sqlite(sql: &str) -> String {
    sql.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY").replace("BYTEA", "BLOB").replace(" COLLATE \"C\"", "")
}
