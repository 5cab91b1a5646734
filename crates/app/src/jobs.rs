//! What the program does on its own, between requests: noticing another calendar, the full-text index, the ledger's
//! seals, forgetting what is no longer needed. The shell calls these in turn; each is safe to run on several servers of
//! one database at once.

use kernel::{Actor, Result};

use crate::context::App;
use crate::{absences, calendar, demands, exchange, idempotency, inbox, issues, learning, people};

/// Work that wants doing within a second; says whether more may wait, so that the caller comes straight back.
pub fn at_once(app: &App) -> Result<bool> {
    calendar::refresh_now(app)?;
    demands::actions::indexing::index_some(app)
}

/// Work that wants doing every minute: each part of it, whatever becomes of the others; the first error.
pub fn each_minute(app: &App) -> Result<()> {
    let parts: [fn(&App) -> Result<()>; 9] = [
        |app| calendar::settle(app).map(drop),
        demands::actions::indexing::rebuild_if_wanted,
        exchange::actions::sending::settle_recent,
        demands::actions::succeeding::settle,
        demands::actions::together::resume_due,
        demands::actions::escalating::by_rule,
        seal_and_sweep,
        issues::look,
        // Last: a full disk under the mails must not keep the rest from its work.
        inbox::work,
    ];
    let done: Vec<Result<()>> = parts.into_iter().map(|part| part(app)).collect();
    done.into_iter().collect()
}

fn seal_and_sweep(app: &App) -> Result<()> {
    app.store().seal_all(app.now())?;
    app.write_now(&Actor::system(), |cx| {
        idempotency::sweep(cx)?;
        absences::sweep(cx)?;
        people::forget_old_sessions(cx)
    })?;
    if app.now().0 / 60_000_000 % 60 == 0 {
        exchange::actions::sending::settle_all(app)?;
        app.store().tend()?;
    }
    Ok(())
}

/// Work that wants doing once a night and may take minutes, so that it must not stand before other work.
pub fn each_night(app: &App) -> Result<()> {
    for outcome in learning::nightly(app)? {
        tracing::info!(aspect = outcome.aspect.code(), lessons = outcome.lessons, "{}", outcome.because);
    }
    Ok(())
}
