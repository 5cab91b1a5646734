//! Demand numbers: prefix, local day, the channel's letter, a serial of at least four digits (`AN20261123W0042`).
//! Serials are handed out in blocks: a storm of creates does not queue on one counter row, and a county that hears five
//! demands a day sees no gaps.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use kernel::{Instant, Result};

use super::records;
use crate::context::{App, Cx};

/// The largest block.
const LARGEST: i64 = 256;

/// The serials that this server holds.
#[derive(Default)]
pub struct Serials(Mutex<HashMap<String, Block>>);

struct Block {
    next: i64,
    end: i64,
    size: i64,
    taken_at: Instant,
}

impl Serials {
    fn take(&self, series: &str) -> Option<i64> {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let block = blocks.get_mut(series).filter(|b| b.next < b.end)?;
        block.next += 1;
        Some(block.next - 1)
    }

    /// How many serials to reserve: twice the last block while the storm lasts, one in calm.
    fn wanted(&self, series: &str, now: Instant) -> i64 {
        let blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match blocks.get(series) {
            Some(block) if now.seconds_since(block.taken_at) < 1 => (block.size * 2).min(LARGEST),
            _ => 1,
        }
    }

    fn put(&self, series: String, next: i64, size: i64, now: Instant) {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if blocks.len() > 64 {
            blocks.retain(|_, b| b.next < b.end);
        }
        // Two requests may reserve at once in a storm: the rest of the earlier block is then a gap.
        blocks.insert(series, Block { next, end: next + size - 1, size, taken_at: now });
    }
}

/// The series of a day and a channel.
pub fn series(app: &App, channel: &str, received_at: Instant) -> String {
    let letter = app.city().channels.get(channel).map_or("W", |c| &c.letter);
    let day = received_at.in_zone(&app.city().zone).strftime("%Y%m%d").to_string();
    format!("{}{day}{letter}", app.city().number_prefix)
}

/// The next number for a demand, reserved in the caller's transaction: for what comes in many at once.
pub fn next_in(cx: &mut Cx<'_>, channel: &str, received_at: Instant) -> Result<String> {
    let series = series(cx.app, channel, received_at);
    let serial = records::reserve_serials(cx.tx, &series, 1)?;
    Ok(format!("{series}{serial:04}"))
}

/// The next number for a demand; reserves a block in a transaction of its own where none is left.
pub async fn next_number(app: &App, channel: &str, received_at: Instant) -> Result<String> {
    let series = series(app, channel, received_at);
    let serial = match app.serials().take(&series) {
        Some(serial) => serial,
        None => {
            let (now, name) = (app.now(), series.clone());
            let size = app.serials().wanted(&series, now);
            let first = app.store().write(move |tx| records::reserve_serials(tx, &name, size)).await?;
            app.serials().put(series.clone(), first + 1, size, now);
            first
        }
    };
    Ok(format!("{series}{serial:04}"))
}
