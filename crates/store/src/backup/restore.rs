//! Restoring a backup.

use std::fs::{self, File};
use std::path::Path;

use kernel::{Fault, Result};
use rusqlite::{Connection, OpenFlags};

use super::{APPLICATION_ID, REBUILD, copy, refused};
use crate::migrate::Migration;
use crate::store::{Location, Options, Store};
use crate::tx::Tx;
use crate::{args, attachments, fault, sql, sqlite};

/// Restores the backup `file` into an empty data directory (and, on PostgreSQL, an empty database), brings the schema up
/// to date, and gives the store. Blocks. What is in the directory counts only once everything is.
pub fn restore(file: &Path, location: &Location, options: Options, migrations: &'static [Migration]) -> Result<Store> {
    let backup = open(file)?;
    let names = names(&backup).map_err(|e| fault::sqlite("read the backup", e))?;
    crate::migrate::all_known(&names, migrations)?;
    let dir = location.dir();
    let fail = |e| Fault::new(format!("restore into {}", dir.display()), e).passing();
    fs::create_dir_all(dir).map_err(fail)?;
    if fs::read_dir(dir).map_err(fail)?.next().is_some() {
        return Err(refused(format!("{} 不是空目录，备份只能恢复到空目录", dir.display())).into());
    }
    restore_attachments(&backup, dir)?;
    if let Location::Sqlite(dir) = location {
        restore_pages(backup, file, dir)?;
    }
    let store = Store::open(location, options)?;
    if let Location::Postgres { .. } = location {
        let file = file.to_owned();
        store.write_now(move |tx| restore_rows(&open(&file)?, tx, migrations))?;
    }
    store.migrate(migrations)?;
    Ok(store)
}

fn open(file: &Path) -> Result<Connection> {
    let not_ours = || refused(format!("{} 不是三听的备份文件，或已经损坏", file.display()));
    if !file.exists() {
        return Err(refused(format!("没有 {} 这个文件", file.display())).into());
    }
    let backup = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|e| fault::sqlite(format!("open the backup {}", file.display()), e))?;
    let one = |text: &str| backup.query_row(text, [], |row| row.get::<_, i64>(0));
    let whole = backup.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match (one("PRAGMA application_id"), whole) {
        (Ok(APPLICATION_ID), Ok(answer)) if answer == "ok" => Ok(backup),
        _ => Err(not_ours().into()),
    }
}

/// The migrations that the backup had.
fn names(backup: &Connection) -> rusqlite::Result<Vec<String>> {
    backup.prepare("SELECT name FROM store_migration ORDER BY position")?.query_map([], |row| row.get(0))?.collect()
}

fn restore_attachments(backup: &Connection, dir: &Path) -> Result<()> {
    let fail = |e| fault::sqlite("read the attachments of the backup", e);
    let mut statement = backup.prepare("SELECT hash, bytes FROM backup_file").map_err(fail)?;
    let mut rows = statement.query([]).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        let (hash, bytes): (String, Vec<u8>) = (row.get(0).map_err(fail)?, row.get(1).map_err(fail)?);
        attachments::restore(dir, &hash, &bytes)?;
    }
    Ok(())
}

/// The database is the file without what only a backup has.
fn restore_pages(backup: Connection, file: &Path, dir: &Path) -> Result<()> {
    drop(backup);
    let fail = |e| Fault::new(format!("restore into {}", dir.display()), e).passing();
    let path = dir.join("restoring.sqlite");
    fs::copy(file, &path).map_err(fail)?;
    let connection = sqlite::open_file(&path)?;
    connection
        .execute_batch("DROP TABLE backup_file; PRAGMA application_id = 0; VACUUM;")
        .and_then(|()| connection.close().map_err(|(_, e)| e))
        .map_err(|e| fault::sqlite("restore the database", e))?;
    let renamed = File::open(&path).and_then(|f| f.sync_all()).and_then(|()| fs::rename(&path, dir.join(sqlite::FILE)));
    renamed.and_then(|()| File::open(dir)?.sync_all()).map_err(fail)?;
    Ok(())
}

/// Everything in one transaction: the schema as the backup had it, then the rows.
fn restore_rows(backup: &Connection, tx: &mut Tx, migrations: &'static [Migration]) -> Result<()> {
    let fail = |e| fault::sqlite("read the backup", e);
    crate::migrate::begin(tx)?;
    let used: i64 = tx.one(sql!("SELECT COUNT(*) FROM store_migration"), args![])?;
    if used > 0 {
        return Err(refused("这个数据库里已经有三听的数据，备份只能恢复到空数据库").into());
    }
    crate::migrate::apply_named(tx, &names(backup).map_err(fail)?, migrations)?;
    let tables = super::tables(backup).map_err(fail)?;
    for table in tables.iter().rev().filter(|table| *table != "store_migration") {
        tx.batch(&format!("DELETE FROM {table}"))?;
    }
    for table in tables.iter().filter(|table| *table != "store_migration") {
        copy::to_postgres(backup, tx, table)?;
    }
    tx.run(sql!("INSERT INTO store_meta (name, value) VALUES ($1, '1') ON CONFLICT (name) DO NOTHING"), args![REBUILD])
        .map(drop)
}
