//! Work for later, kept in the transaction that asks for it, and shared by every server on the database.

use kernel::{Id, Instant, Result};

use crate::row::{FromRow, Row};
use crate::tx::Tx;
use crate::{args, sql};

/// A job that has failed this often is dead, and waits for a person.
pub const MOST_ATTEMPTS: i64 = 10;
/// The first pause after a failure, in seconds; it doubles with each further one.
const FIRST_PAUSE: i64 = 30;
const LONGEST_PAUSE: i64 = 6 * 3600;

/// Work for later.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which room's which work: `demands.remind`.
    pub kind: &'static str,
    /// What it needs to know, as JSON.
    pub body: String,
    /// Not before.
    pub run_at: Instant,
    /// Where given, a second job with the same key, be the first done or not, is not taken.
    pub key: Option<String>,
}

impl Job {
    /// A job of `kind` for `run_at`.
    pub fn new(kind: &'static str, body: impl Into<String>, run_at: Instant) -> Self {
        Self { kind, body: body.into(), run_at, key: None }
    }

    /// Makes it the only one of its key.
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Its identifier.
    pub id: Id,
    /// Which work.
    pub kind: String,
    /// What it needs to know.
    pub body: String,
    /// How often it has been tried, this time included.
    pub attempts: i64,
    /// What the last try said.
    pub error: Option<String>,
}

impl FromRow for Claimed {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { id: row.get(0)?, kind: row.get(1)?, body: row.get(2)?, attempts: row.get(3)?, error: row.get(4)? })
    }
}

impl Tx {
    /// Keeps a job for later; false where one with its key is there already.
    pub fn enqueue(&mut self, job: &Job) -> Result<bool> {
        let taken = self.run(
            sql!(
                "INSERT INTO job (id, kind, key, body, run_at, attempts) VALUES ($1, $2, $3, $4, $5, 0)
                 ON CONFLICT (key) DO NOTHING"
            ),
            args![self.next_id(), job.kind, &job.key, &job.body, job.run_at],
        )?;
        Ok(taken == 1)
    }

    /// Claims up to `most` jobs that are due; they are this caller's for `lease_seconds`, then anybody's again.
    pub fn claim(&mut self, now: Instant, lease_seconds: i64, most: usize) -> Result<Vec<Claimed>> {
        self.all(
            sql!(
                "UPDATE job SET claimed_until = $1, attempts = attempts + 1
                 WHERE id IN (SELECT j.id FROM job j
                              WHERE j.done_at IS NULL AND j.dead_at IS NULL AND j.run_at <= $2
                                AND (j.claimed_until IS NULL OR j.claimed_until < $2)
                              ORDER BY j.run_at, j.id LIMIT $3)
                 RETURNING id, kind, body, attempts, error"
            ),
            args![now.plus_seconds(lease_seconds), now, most],
        )
    }

    /// Notes that a job is done.
    pub fn finish(&mut self, job: Id, now: Instant) -> Result<()> {
        self.run(sql!("UPDATE job SET done_at = $1, claimed_until = NULL, error = NULL WHERE id = $2"), args![now, job])
            .map(drop)
    }

    /// Notes that a job failed: it is tried again after a pause that doubles, or is dead after `MOST_ATTEMPTS`.
    pub fn fail(&mut self, job: &Claimed, now: Instant, error: &str) -> Result<()> {
        let pause = (FIRST_PAUSE << (job.attempts - 1).clamp(0, 20)).min(LONGEST_PAUSE);
        let dead_at = (job.attempts >= MOST_ATTEMPTS).then_some(now);
        self.run(
            sql!("UPDATE job SET claimed_until = NULL, error = $1, run_at = $2, dead_at = $3 WHERE id = $4"),
            args![error, now.plus_seconds(pause), dead_at, job.id],
        )
        .map(drop)
    }

    /// The jobs that were given up, newest first.
    pub fn dead_jobs(&mut self, most: usize) -> Result<Vec<Claimed>> {
        self.all(
            sql!(
                "SELECT id, kind, body, attempts, error FROM job WHERE dead_at IS NOT NULL
                 ORDER BY dead_at DESC, id DESC LIMIT $1"
            ),
            args![most],
        )
    }

    /// Gives a dead job another chance; false where there is none.
    pub fn revive(&mut self, job: Id, now: Instant) -> Result<bool> {
        let revived = self.run(
            sql!("UPDATE job SET dead_at = NULL, attempts = 0, run_at = $1 WHERE id = $2 AND dead_at IS NOT NULL"),
            args![now, job],
        )?;
        Ok(revived == 1)
    }

    /// Forgets jobs that were done before `before`, and with them their keys.
    pub fn forget_done_jobs(&mut self, before: Instant) -> Result<u64> {
        self.run(sql!("DELETE FROM job WHERE done_at < $1"), args![before])
    }
}
