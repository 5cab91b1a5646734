//! What happened to the demands of a period, for the one who replays them under other rules. Decides nothing.

use kernel::{Error, Id, Instant, Refusal, Result};
use store::{FromRow, Row, Tx, args, sql};

use super::records::{optional_word, word};
use super::rules::case::{DemandClock, Sorting};
use super::rules::tiering::{Axes, Words};
use super::rules::vocabulary::Audience;

/// A demand of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The row.
    pub id: Id,
    /// The number.
    pub number: String,
    /// When it was received.
    pub received_at: Instant,
    /// Who spoke.
    pub audience: Audience,
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// The place, in words.
    pub area: Option<String>,
    /// How people sorted it; route and tier are absent where nobody did.
    pub sorting: Sorting,
    /// The unit that led.
    pub lead_unit: Option<String>,
    /// Submitters who say the same, its own among them.
    pub voices: u32,
    /// Its clocks, oldest first.
    pub clocks: Vec<DemandClock>,
}

impl Past {
    /// What sorting looks at.
    pub fn words(&self) -> Words<'_> {
        Words {
            title: &self.title,
            text: &self.text,
            audience: self.audience,
            area: self.area.as_deref(),
            kind: self.sorting.kind,
            theme: self.sorting.theme.as_deref(),
            route: self.sorting.route,
        }
    }

    /// The axes as people gave them, where they gave them all.
    pub fn axes(&self) -> Option<Axes> {
        let s = &self.sorting;
        Some(Axes {
            kind: s.kind?,
            difficulty: s.difficulty?,
            breadth: s.breadth?,
            policy_weight: s.policy_weight?,
            scope: s.scope?,
            generality: s.generality?,
            policy_axis: s.policy_axis?,
            urgent: s.urgent,
        })
    }
}

impl FromRow for Past {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let sorting = Sorting {
            kind: optional_word(row, 7)?,
            theme: row.get(8)?,
            difficulty: optional_word(row, 9)?,
            breadth: optional_word(row, 10)?,
            policy_weight: optional_word(row, 11)?,
            scope: optional_word(row, 12)?,
            generality: optional_word(row, 13)?,
            policy_axis: optional_word(row, 14)?,
            tier: optional_word(row, 15)?,
            route: optional_word(row, 16)?,
            urgent: row.get(17)?,
        };
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            received_at: row.get(2)?,
            audience: word(row, 3)?,
            title: row.get(4)?,
            text: row.get(5)?,
            area: row.get(6)?,
            sorting,
            lead_unit: row.get(18)?,
            voices: u32::try_from(row.get::<i64>(19)? + 1).unwrap_or(1),
            clocks: Vec::new(),
        })
    }
}

/// The demands received from `from` on and before `until`, oldest first; one that was joined to another counts as a voice
/// of that one. Refuses more than `most`.
pub fn between(tx: &mut Tx, from: Instant, until: Instant, most: usize) -> Result<Vec<Past>> {
    let mut past: Vec<Past> = tx.all(
        sql!(
            "SELECT d.id, d.number, d.received_at, d.audience, d.title, d.text, d.area, d.kind, d.theme, d.difficulty, d.breadth,
               d.policy_weight, d.scope, d.generality, d.policy_axis, d.tier, d.route, d.urgent, d.lead_unit,
               (SELECT COUNT(*) FROM demand v WHERE v.merged_into = d.id)
             FROM demand d WHERE d.received_at >= $1 AND d.received_at < $2 AND d.status <> 'merged' ORDER BY d.received_at, d.id LIMIT $3"
        ),
        args![from, until, most + 1],
    )?;
    if past.len() > most {
        let message = format!("这段时间的诉求超过 {most} 件，请缩短期间");
        return Err(Error::from(Refusal::field("from", "too_many", message)));
    }
    let mut place = 0;
    // Both lists have the same order, so one walk puts every clock where it belongs.
    tx.each(
        sql!(
            "SELECT c.name, c.round, c.unit, c.started_at, c.term, c.source, c.due_at, c.stopped_at, c.extension,
               c.pauses, c.paused_at, c.demand_id
             FROM demand d JOIN demand_clock c ON c.demand_id = d.id
             WHERE d.received_at >= $1 AND d.received_at < $2 AND d.status <> 'merged'
             ORDER BY d.received_at, d.id, c.position"
        ),
        args![from, until],
        |row| {
            let id: Id = row.get(11)?;
            while past.get(place).is_some_and(|demand| demand.id != id) {
                place += 1;
            }
            if let Some(demand) = past.get_mut(place) {
                demand.clocks.push(DemandClock::from_row(row)?);
            }
            Ok(())
        },
    )?;
    Ok(past)
}
