//! Making a backup.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::{Fault, Instant, Result};
use rusqlite::{Connection, MAIN_DB, params};

use super::{APPLICATION_ID, REBUILD, copy, refused};
use crate::fault;
use crate::store::Store;
use crate::tx::{Engine, Tx};
use crate::{args, sql, sqlite};

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Attachments in it.
    pub attachments: usize,
    /// Its size in bytes.
    pub size: u64,
}

impl Store {
    /// Writes everything into the new file `target`, while others go on working. Blocks. The file has its name only once
    /// it is whole.
    pub fn backup(&self, now: Instant, target: &Path) -> Result<Backup> {
        if target.exists() {
            return Err(refused(format!("{} 已经存在，请换一个文件名", target.display())).into());
        }
        self.seal_all(now)?;
        let dir = parent(target);
        let fail = |e| Fault::new(format!("write the backup {}", target.display()), e).passing();
        let work = tempfile::Builder::new().prefix(".santing-backup-").tempdir_in(&dir).map_err(fail)?;
        let path = work.path().join(sqlite::FILE);
        let (store, file) = (self.clone(), path.clone());
        let attachments = self.read_now(move |tx| {
            if tx.is_postgres() {
                from_postgres(tx, &file)?
            } else {
                from_sqlite(tx, &file)?
            }
            finish(&store, &file)
        })?;
        let written = File::open(&path).and_then(|file| file.sync_all()).and_then(|()| fs::rename(&path, target));
        written.and_then(|()| File::open(&dir)?.sync_all()).map_err(fail)?;
        let size = fs::metadata(target).map_err(fail)?.len();
        Ok(Backup { attachments, size })
    }
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Copies the pages. The transaction has begun to read, so that what others write meanwhile does not restart the copy.
fn from_sqlite(tx: &mut Tx, file: &Path) -> Result<()> {
    let _: i64 = tx.one(sql!("SELECT COUNT(*) FROM store_meta"), args![])?;
    let none: Option<fn(rusqlite::backup::Progress)> = None;
    tx.sqlite()?.backup(MAIN_DB, file, none).map_err(|e| fault::sqlite("copy the database", e).into())
}

/// Makes a SQLite database with the same schema and copies every row of this snapshot into it.
fn from_postgres(tx: &mut Tx, file: &Path) -> Result<()> {
    let connection = sqlite::open_file(file)?;
    let fail = |e| fault::sqlite("fill the backup", e);
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN").map_err(fail)?;
    let mut target = Tx::new(Engine::Sqlite(connection), Arc::clone(&tx.shared));
    crate::migrate::apply_known(tx, &mut target)?;
    // Which migrations there are has just been noted, with the texts that SQLite takes.
    let tables = super::tables(target.sqlite()?).map_err(fail)?;
    for table in tables.iter().filter(|table| *table != "store_migration") {
        copy::to_sqlite(tx, target.sqlite()?, table)?;
    }
    let rebuild = "INSERT INTO store_meta (name, value) VALUES (?1, '1') ON CONFLICT (name) DO NOTHING";
    target.sqlite()?.execute(rebuild, [REBUILD]).map_err(fail)?;
    target.sqlite()?.execute_batch("COMMIT").map_err(fail)?;
    Ok(())
}

/// Adds the attachments, and makes the file one that stands alone.
fn finish(store: &Store, file: &Path) -> Result<usize> {
    let fail = |e| fault::sqlite("finish the backup", e);
    let connection = sqlite::open_file(file)?;
    let begin =
        "PRAGMA synchronous = OFF; BEGIN; CREATE TABLE backup_file (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);";
    connection.execute_batch(begin).map_err(fail)?;
    let hashes = attachments(&connection).map_err(fail)?;
    for hash in &hashes {
        let bytes = store.file_now(hash)?;
        connection
            .execute("INSERT INTO backup_file (hash, bytes) VALUES (?1, ?2)", params![hash, bytes])
            .map_err(fail)?;
    }
    connection.execute_batch("COMMIT; PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE;").map_err(fail)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(fail)?;
    connection.close().map_err(|(_, e)| fail(e))?;
    Ok(hashes.len())
}

fn attachments(file: &Connection) -> rusqlite::Result<Vec<String>> {
    file.prepare("SELECT hash FROM attachment ORDER BY hash")?.query_map([], |row| row.get(0))?.collect()
}
