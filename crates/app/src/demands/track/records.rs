//! Rows of the track ⇄ values. Decides nothing.

use kernel::{Actor, Fault, Id, Instant, Result};
use store::{FromRow, Row, Select, Tx, args, sql};

use super::rules::Tally;
use crate::demands::records::optional_word;
use crate::demands::rules::parts::Part;
use crate::demands::sight;
use crate::models::Aspect;

/// Changes what was decided; false where nothing was kept of it.
pub fn correct(tx: &mut Tx, demand: Id, aspect: Aspect, decided: &str, by: &str) -> Result<bool> {
    let changed = tx.run(
        sql!("UPDATE proposal_track SET decided = $1, by_name = $2 WHERE demand_id = $3 AND aspect = $4"),
        args![decided, by, demand, aspect.code()],
    )?;
    Ok(changed == 1)
}

/// Keeps a proposal with the first decision.
pub fn insert(
    tx: &mut Tx,
    demand: Id,
    aspect: Aspect,
    part: &Part,
    (decided, by): (&str, &str),
    at: Instant,
) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO proposal_track (demand_id, aspect, proposed, source, sure, probability, model, decided, by_name, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        args![
            demand,
            aspect.code(),
            &part.value,
            part.source.map(|source| source.code()),
            part.sure,
            part.probability,
            part.model,
            decided,
            by,
            at,
        ],
    )
    .map(drop)
}

impl FromRow for Tally {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let code: String = row.get(0)?;
        Ok(Self {
            aspect: Aspect::from_code(&code).ok_or_else(|| Fault::broken(format!("a proposal about {code}")))?,
            proposed: row.get(1)?,
            source: optional_word(row, 2)?,
            sure: row.get(3)?,
            decided: row.get(4)?,
            n: u64::try_from(row.get::<i64>(5)?).unwrap_or_default(),
        })
    }
}

/// The decisions of a period, those that are alike counted together.
pub fn tallies(tx: &mut Tx, from: Instant, until: Instant) -> Result<Vec<Tally>> {
    tx.all(
        sql!(
            "SELECT aspect, proposed, source, sure, decided, COUNT(*) FROM proposal_track
             WHERE at >= $1 AND at < $2 GROUP BY aspect, proposed, source, sure, decided
             ORDER BY aspect, decided, proposed, source"
        ),
        args![from, until],
    )
}

/// A decision that was not as proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Miss {
    /// The demand.
    pub number: String,
    /// Its title.
    pub title: String,
    /// What was proposed; absent: nothing.
    pub proposed: Option<String>,
    /// Where that came from.
    pub source: Option<crate::demands::rules::vocabulary::Source>,
    /// Whether the program stood by it.
    pub sure: bool,
    /// How likely it was said to be.
    pub probability: Option<f64>,
    /// The version of what was learned.
    pub model: Option<i64>,
    /// What stands.
    pub decided: String,
    /// Who decided.
    pub by: String,
    /// When it was first decided.
    pub at: Instant,
}

impl FromRow for Miss {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            title: row.get(1)?,
            proposed: row.get(2)?,
            source: optional_word(row, 3)?,
            sure: row.get(4)?,
            probability: row.get(5)?,
            model: row.get(6)?,
            decided: row.get(7)?,
            by: row.get(8)?,
            at: row.get(9)?,
        })
    }
}

/// What was decided otherwise than proposed, or without a proposal, the latest first.
pub fn misses(
    tx: &mut Tx,
    actor: &Actor,
    aspect: Aspect,
    (from, until): (Instant, Instant),
    most: usize,
) -> Result<Vec<Miss>> {
    let base = sql!(
        "SELECT d.number, d.title, t.proposed, t.source, t.sure, t.probability, t.model, t.decided, t.by_name, t.at
         FROM proposal_track t JOIN demand d ON d.id = t.demand_id"
    );
    let select = Select::new(base)
        .and("t.aspect = ?", aspect.code())
        .and("t.at >= ?", from)
        .and("t.at < ?", until)
        .and("(t.proposed IS NULL OR t.proposed <> t.decided)", ());
    tx.select(&sight::narrow(select, actor).order("t.at DESC, d.id DESC").limit(most))
}
