//! The nights.

use kernel::{Instant, Result};
use store::{Tx, args, sql};

/// Whether somebody has begun the lessons of a night, named by its day.
pub fn is_begun(tx: &mut Tx, day: &str) -> Result<bool> {
    let found: Option<i64> = tx.opt(sql!("SELECT begun_at FROM learning_night WHERE day = $1"), args![day])?;
    Ok(found.is_some())
}

/// Begins the lessons of a night; false where somebody else has.
pub fn begin(tx: &mut Tx, day: &str, at: Instant) -> Result<bool> {
    let added = tx.run(
        sql!("INSERT INTO learning_night (day, begun_at) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING"),
        args![day, at],
    )?;
    Ok(added == 1)
}
