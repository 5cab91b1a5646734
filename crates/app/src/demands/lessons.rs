//! What people decided about past demands, for the room that learns from it. Only what went through a triage or an
//! assignment: an imported demand that was answered elsewhere, and an answer at once, taught nobody who is responsible.
//! Decides nothing.

use kernel::{Instant, Result};
use store::{FromRow, Row, Tx, args, sql};

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
    let text = match aspect {
        Aspect::Theme => sql!(
            "SELECT d.title, SUBSTR(d.text, 1, 2000), d.theme,
               (SELECT MAX(p.from_at) FROM demand_phase p WHERE p.demand_id = d.id AND p.status = 'triaged')
             FROM demand d WHERE d.theme IS NOT NULL AND d.status <> 'merged'
               AND EXISTS (SELECT 1 FROM demand_phase p WHERE p.demand_id = d.id AND p.status = 'triaged')
             ORDER BY d.id DESC LIMIT $1"
        ),
        Aspect::Kind => sql!(
            "SELECT d.title, SUBSTR(d.text, 1, 2000), d.kind,
               (SELECT MAX(p.from_at) FROM demand_phase p WHERE p.demand_id = d.id AND p.status = 'triaged')
             FROM demand d WHERE d.kind IS NOT NULL AND d.status <> 'merged'
               AND EXISTS (SELECT 1 FROM demand_phase p WHERE p.demand_id = d.id AND p.status = 'triaged')
             ORDER BY d.id DESC LIMIT $1"
        ),
        Aspect::Urgent => sql!(
            "SELECT d.title, SUBSTR(d.text, 1, 2000), CASE WHEN d.urgent THEN 'true' ELSE 'false' END,
               (SELECT MAX(p.from_at) FROM demand_phase p WHERE p.demand_id = d.id AND p.status = 'triaged')
             FROM demand d WHERE d.status <> 'merged'
               AND EXISTS (SELECT 1 FROM demand_phase p WHERE p.demand_id = d.id AND p.status = 'triaged')
             ORDER BY d.id DESC LIMIT $1"
        ),
        Aspect::LeadUnit => sql!(
            "SELECT d.title, SUBSTR(d.text, 1, 2000), d.lead_unit,
               (SELECT MAX(p.from_at) FROM demand_phase p WHERE p.demand_id = d.id AND p.status = 'assigned')
             FROM demand d WHERE d.lead_unit IS NOT NULL AND d.status <> 'merged'
               AND EXISTS (SELECT 1 FROM demand_phase p WHERE p.demand_id = d.id AND p.status = 'assigned')
             ORDER BY d.id DESC LIMIT $1"
        ),
    };
    tx.all(text, args![most])
}
