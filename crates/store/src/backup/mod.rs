//! Backups: one file with everything, made while others go on working, from either engine and into either.
//!
//! The file is a SQLite database in the program's own schema that also holds the attachments. From SQLite it is a copy of
//! the pages; from PostgreSQL, and into it, every table is copied row by row.

mod copy;
mod make;
mod restore;

use kernel::{Refusal, RefusalKind, Result};
use rusqlite::Connection;

use crate::tx::Tx;
use crate::{args, sql};

pub use make::Backup;
pub use restore::restore;

/// Tells a backup from any other SQLite file: "SanT".
const APPLICATION_ID: i64 = 0x5361_6e54;
/// The note that the text index must be made anew.
const REBUILD: &str = "rebuild_text";

impl Tx {
    /// Whether every document must be indexed again, because the data came from the other engine.
    pub fn text_rebuild_wanted(&mut self) -> Result<bool> {
        let note: Option<String> = self.opt(sql!("SELECT value FROM store_meta WHERE name = $1"), args![REBUILD])?;
        Ok(note.is_some())
    }

    /// Notes that every document has been handed to [`Tx::index_later`] again.
    pub fn text_rebuild_begun(&mut self) -> Result<()> {
        self.run(sql!("DELETE FROM store_meta WHERE name = $1"), args![REBUILD]).map(drop)
    }
}

/// What a refused file or directory is told.
fn refused(message: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::Conflict { current: None }, message)
}

/// The data tables of a SQLite file: without the engine's own, the text index, and the attachments' bytes.
fn tables(file: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = file.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND name NOT LIKE 'text\\_index%' ESCAPE '\\' AND name NOT LIKE 'backup\\_%' ESCAPE '\\' ORDER BY rowid",
    )?;
    statement.query_map([], |row| row.get(0))?.collect()
}
