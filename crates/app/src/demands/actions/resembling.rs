//! What resembles some words, before a demand is said and before it is handed on (S03, E01): the same matter, whoever said
//! it and by whatever channel; precedents that were answered, with how they ended; what the same firm has lately said.
//! Staff see the demands within their sight; the public learns only that the matter is known and how far it has come.
//! Nobody has to heed it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kernel::error::Checker;
use kernel::{Id, Instant, Permission, Result};
use serde::Serialize;
use store::{FromRow, Row, Search, Select, Term, sql};
use text::Sketch;
use text::similar::probes;

use crate::context::Cx;
use crate::demands::rules::vocabulary::{Outcome, Status};
use crate::demands::{TEXT_KIND, records, sight};
use crate::people;

/// Below this two texts are about different things. On messages that were grouped by hand, nine of ten pairs that say the
/// same lie above it (`scripts/evaluate-duplicates`: recall 0.91).
const ALIKE: f64 = 0.15;
/// What the public is told of; more of it is right (precision 0.84, recall 0.88).
const ALIKE_IN_PUBLIC: f64 = 0.25;
/// From here on it is likely the same matter (precision 0.92, recall 0.84).
const SAME: f64 = 0.35;
/// Matches that each probe brings, matches at which no wider probe is tried, and those that are compared.
const EACH: usize = 25;
const ENOUGH: usize = 160;
const COMPARED: usize = 128;
/// How many are shown.
const SHOWN: usize = 5;
/// How far back what a firm said counts as lately (本市配置值).
const LATELY_DAYS: i64 = 90;

/// A demand that resembles some words or comes from the same firm.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Similar {
    /// The number; only staff learn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The title; only staff learn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its page; only staff learn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The channel, in Chinese; only staff learn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_label: Option<String>,
    /// What came of it, in Chinese; only staff learn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_label: Option<&'static str>,
    /// The beginning of the opinion in its latest answer; only staff learn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Where it stands.
    pub status: &'static str,
    /// In Chinese.
    pub status_label: &'static str,
    /// The theme, in Chinese.
    pub theme_label: Option<String>,
    /// The local month in which it was received.
    pub month: String,
    /// How alike, 0 to 1.
    pub similarity: f64,
    /// Whether it is likely the same matter.
    pub same: bool,
    /// What it has in common, in Chinese.
    pub because: &'static str,
}

impl Similar {
    /// Whether it was answered, so that it shows how such a matter is handled.
    pub fn is_precedent(&self) -> bool {
        self.answer.is_some()
    }
}

/// A demand to compare with.
struct Candidate {
    id: Id,
    number: String,
    title: String,
    text: String,
    channel: String,
    status: Status,
    theme: Option<String>,
    outcome: Option<Outcome>,
    received_at: Instant,
}

impl FromRow for Candidate {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            title: row.get(2)?,
            text: row.get(3)?,
            channel: row.get(4)?,
            status: records::word(row, 5)?,
            theme: row.get(6)?,
            outcome: records::optional_word(row, 7)?,
            received_at: row.get(8)?,
        })
    }
}

const CANDIDATES: store::Sql = sql!(
    "SELECT d.id, d.number, d.title, d.text, d.channel, d.status, d.theme, d.outcome, d.received_at FROM demand d"
);

/// The demands that resemble `text` most, `except` the one that is being looked at.
pub fn similar(cx: &mut Cx<'_>, text: Option<&str>, except: Option<&str>) -> Result<Vec<Similar>> {
    let mut check = Checker::default();
    let text = check.text("text", "内容", text, 20_000);
    check.done()?;
    let staff = people::may(cx.actor, Permission::Desk);
    let ids = met(cx, &text)?;
    let least = if staff { ALIKE } else { ALIKE_IN_PUBLIC };
    let sketch = Sketch::new(&text);
    let likeness = |c: &Candidate| sketch.similarity(&Sketch::new(&format!("{}\n{}", c.title, c.text)));
    let mut found: Vec<(f64, Candidate)> =
        candidates(cx, &ids, staff)?.into_iter().map(|c| (likeness(&c), c)).collect();
    found.retain(|(likeness, candidate)| *likeness >= least && Some(candidate.number.as_str()) != except);
    found.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| other.id.cmp(&one.id)));
    found.truncate(SHOWN);
    found.into_iter().map(|(likeness, candidate)| told(cx, candidate, Some(likeness), staff)).collect()
}

/// What a firm said lately, newest first, `except` the one that is being looked at; within the sight of staff.
pub fn of_firm(cx: &mut Cx<'_>, firm: Id, except: Option<&str>) -> Result<Vec<Similar>> {
    people::require(cx.actor, Permission::Desk)?;
    let since = cx.now.plus_seconds(-LATELY_DAYS * 24 * 3600);
    let lately = sight::narrow(Select::new(CANDIDATES), cx.actor)
        .and("d.enterprise_id = ? AND d.received_at >= ?", (firm, since))
        .and_some("d.number <> ?", except)
        .order("d.received_at DESC, d.id DESC")
        .limit(SHOWN);
    let found: Vec<Candidate> = cx.tx.select(&lately)?;
    found.into_iter().map(|candidate| told(cx, candidate, None, true)).collect()
}

/// The demands that the probes bring, those first that more and narrower ones bring.
fn met(cx: &mut Cx<'_>, text: &str) -> Result<Vec<Id>> {
    let mut met: BTreeMap<Id, usize> = BTreeMap::new();
    for probe in probes(cx.app.words(), text) {
        if met.len() >= ENOUGH {
            break;
        }
        // As whole words: a number of two digits begins ten thousand others, and looking through those took two seconds.
        let terms: Vec<Term> = probe.terms().iter().map(|term| Term::whole(term.text.clone())).collect();
        let search = Search { kind: TEXT_KIND, terms: &terms, title_only: false, before: None, most: EACH };
        for id in cx.tx.find(&search)? {
            *met.entry(id).or_default() += terms.len();
        }
    }
    let mut met: Vec<(Id, usize)> = met.into_iter().collect();
    met.sort_by_key(|(id, weight)| Reverse((*weight, *id)));
    Ok(met.into_iter().map(|(id, _)| id).collect())
}

/// The demands of these rows that are shown to the actor, the first of them.
fn candidates(cx: &mut Cx<'_>, ids: &[Id], staff: bool) -> Result<Vec<Candidate>> {
    let Some(last) = ids.last() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for some in ids.chunks(COMPARED) {
        let select = Select::new(CANDIDATES);
        let select = if staff { sight::narrow(select, cx.actor) } else { select };
        // Always as many places, so that the engine prepares one statement.
        let places = some.iter().chain(std::iter::repeat(last)).take(COMPARED);
        found.extend(cx.tx.select::<Candidate>(&select.and_in("d.id IN (", places.copied()))?);
        if found.len() >= COMPARED {
            break;
        }
    }
    Ok(found)
}

/// A candidate as the actor may know it; without a likeness it is the firm that it has in common.
fn told(cx: &mut Cx<'_>, candidate: Candidate, likeness: Option<f64>, staff: bool) -> Result<Similar> {
    let answer = if staff { records::replies(cx.tx, candidate.id)?.pop() } else { None };
    let city = cx.app.city();
    Ok(Similar {
        url: staff.then(|| format!("/demands/{}", candidate.number)),
        number: staff.then_some(candidate.number),
        title: staff.then_some(candidate.title),
        channel_label: staff.then(|| city.channels.label(&candidate.channel)),
        outcome_label: candidate.outcome.filter(|_| staff).map(Outcome::label),
        answer: answer.map(|reply| beginning(&reply.what.opinion)),
        status: candidate.status.code(),
        status_label: candidate.status.label(),
        theme_label: candidate.theme.as_deref().map(|theme| city.themes.label(theme)),
        month: candidate.received_at.in_zone(&city.zone).strftime("%Y-%m").to_string(),
        similarity: (likeness.unwrap_or_default() * 1000.0).round() / 1000.0,
        same: likeness.is_some_and(|likeness| likeness >= SAME),
        because: if likeness.is_some() { "说法相近" } else { "同一企业近期反映" },
    })
}

/// As much of an opinion as a line holds, without what tells who somebody is.
fn beginning(opinion: &str) -> String {
    const LINE: usize = 60;
    let opinion = text::redact::mask(opinion.trim());
    let cut: String = opinion.chars().take(LINE).collect();
    if cut.len() < opinion.len() { cut + "…" } else { cut }
}
