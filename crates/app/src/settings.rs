//! A few values that belong to the database as a whole: the key of the query codes, the profile it was begun with, whether
//! it is the demonstration. The same for every server on one database.

use kernel::{Random, Result};
use store::{Migration, Store, args, sql};

/// This module's table.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "settings-1", sql: SCHEMA }];

const SCHEMA: &str = "
-- Values that belong to the database as a whole.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
";

/// The value of `name`.
pub fn get(store: &Store, name: &'static str) -> Result<Option<String>> {
    store.read_now(move |tx| tx.opt(sql!("SELECT value FROM setting WHERE name = $1"), args![name]))
}

/// The value of `name`, which is `first` from now on where there was none. Two servers that ask at once get one answer.
pub fn settle(store: &Store, name: &'static str, first: &str) -> Result<String> {
    let first = first.to_owned();
    store.write_now(move |tx| {
        tx.run(
            sql!("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"),
            args![name, &first],
        )?;
        tx.one(sql!("SELECT value FROM setting WHERE name = $1"), args![name])
    })
}

/// The key from which query codes are made: 256 random bits, made once.
pub fn secret(store: &Store, random: &dyn Random) -> Result<Vec<u8>> {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    Ok(settle(store, "secret", &hex::encode(bytes))?.into_bytes())
}
