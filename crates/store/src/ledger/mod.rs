//! The ledger: every act appends an entry in the transaction of the act itself.
//!
//! Each stream (`demand:AN20261123W0042`, `account:alice`) is a chain of its own, so that two acts on two demands never
//! wait for one another. Seals, made every minute, bind the heads of all streams into one chain, so that the loss of a
//! whole stream shows as well. Each field of an entry is bound by a salted commitment only: a lawful erasure takes the
//! value and its salt away, and the chain holds.

mod chain;
mod check;
mod report;
mod seal;
mod verify;

use kernel::{Actor, Id, Instant, Refusal, Result};

pub use chain::{Field, RecordedEntry};
pub use report::{Problem, Report};
pub use seal::SEALED_AT_ONCE;
pub use verify::verify_file;

use crate::select::Select;
use crate::tx::Tx;
use crate::{args, sql};

/// The act under which an erasure is recorded, in the stream that it concerns.
pub const ERASE: &str = "ledger.erase";

/// An act that is to be recorded.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the act concerns: `demand:AN20261123W0042`.
    pub stream: String,
    /// What was done, as an identifier: `demand.assign`.
    pub act: String,
    /// Who did it, by name.
    pub actor: String,
    /// Who did it, by account.
    pub actor_id: Option<Id>,
    /// For whom it was done, where not for oneself.
    pub on_behalf: Option<String>,
    /// When it was done.
    pub at: Instant,
    /// What was said or set, each part bound on its own.
    pub fields: Vec<(String, String)>,
}

impl Entry {
    /// The entry of `act` by `actor` in `stream`; whoever stands in for another does it for that other.
    pub fn new(stream: impl Into<String>, act: impl Into<String>, actor: &Actor, at: Instant) -> Self {
        Self {
            stream: stream.into(),
            act: act.into(),
            actor: actor.name.clone(),
            actor_id: actor.account,
            on_behalf: actor.standing_in_for.as_ref().map(|absent| absent.name.clone()),
            at,
            fields: Vec::new(),
        }
    }

    /// Adds a field.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Adds a field where there is a value.
    pub fn field_some(self, name: impl Into<String>, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    /// Says for whom it was done.
    pub fn on_behalf(mut self, name: impl Into<String>) -> Self {
        self.on_behalf = Some(name.into());
        self
    }
}

/// Where an entry went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its number in its stream, from 1.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// What a view of the whole ledger is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct LedgerFilter {
    /// One account's acts.
    pub actor_id: Option<Id>,
    /// One kind of act.
    pub act: Option<String>,
    /// Streams that begin like this.
    pub stream_prefix: Option<String>,
    /// Not before.
    pub from: Option<Instant>,
    /// Before.
    pub until: Option<Instant>,
    /// Only what is older than this entry: the last one of the page before.
    pub before: Option<(Instant, String, i64)>,
}

const COLUMNS: &str = "SELECT stream, seq, at, actor, actor_id, on_behalf, act, fields, prev, hash FROM ledger_entry";

impl Tx {
    /// Appends an entry to its stream.
    pub fn record(&mut self, entry: &Entry) -> Result<Recorded> {
        let (seq, prev) = self.next_in(&entry.stream)?;
        let recorded = chain::bind(self.hash()?, &*self.shared.random, entry, seq, prev);
        self.run(
            sql!(
                "INSERT INTO ledger_entry (stream, seq, at, actor, actor_id, on_behalf, act, fields, prev, hash)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            ),
            args![
                &recorded.stream,
                seq,
                recorded.at,
                &recorded.actor,
                recorded.actor_id,
                &recorded.on_behalf,
                &recorded.act,
                chain::fields_json(&recorded.fields),
                &recorded.prev,
                &recorded.hash,
            ],
        )?;
        self.run(
            sql!(
                "INSERT INTO ledger_head (stream, seq, hash, sealed_seq) VALUES ($1, $2, $3, 0)
                 ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash"
            ),
            args![&recorded.stream, seq, &recorded.hash],
        )?;
        Ok(Recorded { seq, hash: recorded.hash })
    }

    /// The next number of a stream and the hash before it.
    fn next_in(&mut self, stream: &str) -> Result<(i64, String)> {
        if !self.is_postgres() {
            // One writer needs no lock; and a RETURNING clause would make FTS5 flush all it has gathered at each entry.
            let head: Option<(i64, String)> =
                self.opt(sql!("SELECT seq, hash FROM ledger_head WHERE stream = $1"), args![stream])?;
            return Ok(head.map_or((1, String::new()), |(seq, hash)| (seq + 1, hash)));
        }
        // Taking the next number locks the stream against others; an upsert leaves no trace for the serialisation checks
        // of PostgreSQL, where reading first would make two new streams on one index page fail each other.
        self.one(
            sql!(
                "INSERT INTO ledger_head (stream, seq, hash, sealed_seq) VALUES ($1, 1, '', 0)
                 ON CONFLICT (stream) DO UPDATE SET seq = ledger_head.seq + 1 RETURNING seq, hash"
            ),
            args![stream],
        )
    }

    /// The entries of one stream, oldest first.
    pub fn history(&mut self, stream: &str) -> Result<Vec<RecordedEntry>> {
        self.collect(&format!("{COLUMNS} WHERE stream = $1 ORDER BY seq"), args![stream])
    }

    /// Entries of all streams, newest first.
    pub fn ledger_page(&mut self, filter: &LedgerFilter, limit: usize) -> Result<Vec<RecordedEntry>> {
        let select = Select::new(sql!(
            "SELECT stream, seq, at, actor, actor_id, on_behalf, act, fields, prev, hash FROM ledger_entry"
        ))
        .and_some("actor_id = ?", filter.actor_id)
        .and_some("act = ?", filter.act.as_deref())
        .and_some("at >= ?", filter.from)
        .and_some("at < ?", filter.until);
        let select = match &filter.stream_prefix {
            Some(prefix) => select.and("substr(stream, 1, ?) = ?", (prefix.chars().count(), prefix)),
            None => select,
        };
        let select = match &filter.before {
            Some((at, stream, seq)) => select.and("(at, stream, seq) < (?, ?, ?)", (*at, stream, *seq)),
            None => select,
        };
        self.select(&select.order("at DESC, stream DESC, seq DESC").limit(limit))
    }

    /// The entries of these acts from `from` up to and with `until`, oldest first: for those who follow what happens.
    pub fn ledger_between(
        &mut self,
        (from, until): (Instant, Instant),
        acts: &[&str],
        limit: usize,
    ) -> Result<Vec<RecordedEntry>> {
        let select = Select::new(sql!(
            "SELECT stream, seq, at, actor, actor_id, on_behalf, act, fields, prev, hash FROM ledger_entry"
        ))
        .and("at >= ? AND at <= ?", (from, until))
        .and_in("act IN (", acts.iter().copied());
        self.select(&select.order("at, stream, seq").limit(limit))
    }

    /// Takes the value of one field away for good, as the law may demand, and records that in the same stream. The
    /// commitment stays, so that the chain still holds.
    pub fn erase(
        &mut self,
        actor: &Actor,
        now: Instant,
        stream: &str,
        seq: i64,
        field: &str,
        reason: &str,
    ) -> Result<()> {
        let fields: Option<String> =
            self.opt(sql!("SELECT fields FROM ledger_entry WHERE stream = $1 AND seq = $2"), args![stream, seq])?;
        let mut fields = match fields {
            Some(json) => chain::fields_of(&json)?,
            None => return Err(Refusal::not_found("台账里没有这一条").into()),
        };
        let Some(found) = fields.iter_mut().find(|f| f.name == field && f.value.is_some()) else {
            return Err(Refusal::not_found("这一条里没有该项内容，或已经删除").into());
        };
        (found.value, found.salt) = (None, None);
        self.run(
            sql!("UPDATE ledger_entry SET fields = $1 WHERE stream = $2 AND seq = $3"),
            args![chain::fields_json(&fields), stream, seq],
        )?;
        let entry = Entry::new(stream, ERASE, actor, now).field("seq", seq.to_string()).field("field", field);
        self.record(&entry.field("reason", reason)).map(drop)
    }
}
