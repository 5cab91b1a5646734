//! What people decided about past demands, for the room that learns from it. Only what went through a triage or an
//! assignment: an imported demand that was answered elsewhere, and an answer at once, taught nobody who is responsible.
//! Decides nothing.

use kernel::{Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

use crate::demands::rules::vocabulary::Status;
use crate::models::Aspect;

/// A demand with what was decided about one aspect of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The title.
    pub title: String,
    /// The beginning of the text, 2,000 characters at most.
    pub text: String,
    /// What stands now.
    pub value: String,
    /// When it was decided last.
    pub at: Instant,
}

impl FromRow for Decided {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { title: row.get(0)?, text: row.get(1)?, value: row.get(2)?, at: row.get(3)? })
    }
}

/// The decisions about an aspect, the latest demands first, `most` of them. A demand that was joined to another does not
/// speak twice.
pub fn decided(tx: &mut Tx, aspect: Aspect, most: usize) -> Result<Vec<Decided>> {
    let decided_as = if aspect == Aspect::LeadUnit { Status::Assigned } else { Status::Triaged };
    tx.all(
        sql!(
            "SELECT title, text, value, at FROM (
               SELECT d.id, d.title, SUBSTR(d.text, 1, 2000) AS text,
                 CASE $1 WHEN 'theme' THEN d.theme WHEN 'kind' THEN d.kind WHEN 'lead_unit' THEN d.lead_unit
                   ELSE CASE WHEN d.urgent THEN 'true' ELSE 'false' END END AS value,
                 (SELECT MAX(p.from_at) FROM demand_phase p WHERE p.demand_id = d.id AND p.status = $2) AS at
               FROM demand d WHERE d.status <> 'merged') decided
             WHERE value IS NOT NULL AND at IS NOT NULL ORDER BY id DESC LIMIT $3"
        ),
        args![aspect.code(), decided_as.code(), most],
    )
}
