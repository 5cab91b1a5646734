//! What an export needs beside the list, for a whole page at once. Decides nothing.

use std::collections::HashMap;

use kernel::{Id, Instant, Result};
use store::{FromRow, Row, Select, Tx, sql};

use crate::demands::records::{Written, optional_word};
use crate::demands::rules::case::Reply;
use crate::demands::rules::vocabulary::{Grade, Outcome};

/// What a list leaves out of a demand.
pub struct Rest {
    id: Id,
    /// The words.
    pub text: String,
    /// The street or park.
    pub area: Option<String>,
    /// Whom to call.
    pub contact_name: Option<String>,
    /// The number to call.
    pub contact_phone: Option<String>,
    /// The address to write to.
    pub contact_email: Option<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// The round of handling.
    pub round: i64,
    /// The firm that spoke.
    pub enterprise: Option<Id>,
}

impl FromRow for Rest {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            text: row.get(1)?,
            area: row.get(2)?,
            contact_name: row.get(3)?,
            contact_phone: row.get(4)?,
            contact_email: row.get(5)?,
            outcome: optional_word(row, 6)?,
            closed_at: row.get(7)?,
            round: row.get(8)?,
            enterprise: row.get(9)?,
        })
    }
}

/// The rest of these demands.
pub fn rest(tx: &mut Tx, ids: &[Id]) -> Result<HashMap<Id, Rest>> {
    let base = sql!(
        "SELECT d.id, d.text, d.area, d.contact_name, d.contact_phone, d.contact_email, d.outcome, d.closed_at, d.round,
            d.enterprise_id FROM demand d"
    );
    let rows: Vec<Rest> = tx.select(&Select::new(base).and_in("d.id IN (", ids.iter().copied()))?;
    Ok(rows.into_iter().map(|rest| (rest.id, rest)).collect())
}

/// The replies of these demands, oldest first.
pub fn replies(tx: &mut Tx, ids: &[Id]) -> Result<HashMap<Id, Vec<Written<Reply>>>> {
    let base = sql!(
        "SELECT r.policy_reading, r.measures, r.opinion, r.unit, r.by_name, r.at, r.demand_id FROM demand_reply r"
    );
    let select = Select::new(base).and_in("r.demand_id IN (", ids.iter().copied()).order("r.id");
    let rows: Vec<Of<Written<Reply>>> = tx.select(&select)?;
    let mut found: HashMap<Id, Vec<Written<Reply>>> = HashMap::new();
    for Of(reply, id) in rows {
        found.entry(id).or_default().push(reply);
    }
    Ok(found)
}

/// A record and the demand to which it belongs, which is the column after it.
struct Of<T>(T, Id);

impl FromRow for Of<Written<Reply>> {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self(Written::from_row(row)?, row.get(6)?))
    }
}

struct Graded {
    id: Id,
    grade: Option<Grade>,
    at: Instant,
}

impl FromRow for Graded {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { id: row.get(0)?, grade: optional_word(row, 1)?, at: row.get(2)? })
    }
}

/// The latest grade of each of these demands, given at a call-back or by whoever holds the code.
pub fn grades(tx: &mut Tx, ids: &[Id]) -> Result<HashMap<Id, Grade>> {
    let callbacks = Select::new(sql!("SELECT c.demand_id, c.grade, c.at FROM demand_callback c"))
        .and_in("c.demand_id IN (", ids.iter().copied())
        .and("c.grade IS NOT NULL", ());
    let ratings = Select::new(sql!("SELECT r.demand_id, r.grade, r.at FROM demand_rating r"))
        .and_in("r.demand_id IN (", ids.iter().copied());
    let mut all: Vec<Graded> = tx.select(&callbacks)?;
    all.extend(tx.select::<Graded>(&ratings)?);
    all.sort_by_key(|graded| graded.at);
    Ok(all.into_iter().filter_map(|graded| Some((graded.id, graded.grade?))).collect())
}
