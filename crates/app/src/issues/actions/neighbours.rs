//! What is near to an issue and not in it, so that a person can judge whether it was drawn too narrow, and what could be
//! joined to it.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Id, Result};
use store::{Search, Term};
use text::Sketch;

use crate::context::Cx;
use crate::demands::TEXT_KIND;
use crate::demands::actions::listing::{self, Summary};
use crate::issues::rules::issue::Whole;
use crate::issues::{progress, records};

/// Telling words that are looked up, and demands that each may bring.
const TERMS: usize = 8;
const CANDIDATES: usize = 25;
/// Demands of the issue that others are compared with.
const SAMPLE: usize = 12;
/// Below this two texts are about different things; the same bound as that of similar demands.
const ALIKE: f64 = 0.15;
/// How many are shown.
const SHOWN: usize = 6;

/// A demand that is near to an issue.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// The demand.
    pub row: Summary,
    /// How like the likest demand of the issue, 0 to 1.
    pub likeness: f64,
    /// The issue in which it stands: number and name.
    pub issue: Option<(String, String)>,
}

/// What is near to `whole`, the likest first.
pub fn of(cx: &mut Cx<'_>, whole: &Whole) -> Result<Vec<Near>> {
    let ids: Vec<Id> = whole.standing().map(|member| member.demand).take(SAMPLE).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sketches: Vec<Sketch> = sketches(cx, &ids)?.into_values().collect();
    let mut found = BTreeSet::new();
    for term in terms(cx, whole) {
        let terms = [Term::whole(term)];
        found.extend(cx.tx.find(&Search {
            kind: TEXT_KIND,
            terms: &terms,
            title_only: false,
            before: None,
            most: CANDIDATES,
        })?);
    }
    let known: BTreeSet<Id> = whole.standing().map(|member| member.demand).collect();
    let others: Vec<Id> = found.into_iter().filter(|id| !known.contains(id)).collect();
    let visible = listing::of_ids(cx, &others)?;
    let words = sketches_of(cx, &visible)?;
    let likeness = |row: &Summary| {
        let own = words.get(&row.id)?;
        sketches.iter().map(|other| own.similarity(other)).max_by(f64::total_cmp)
    };
    let mut near: Vec<(f64, Summary)> =
        visible.into_iter().filter_map(|row| Some((likeness(&row).filter(|like| *like >= ALIKE)?, row))).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.id.cmp(&a.1.id)));
    near.truncate(SHOWN);
    let holder = |cx: &mut Cx<'_>, row: &Summary| -> Result<_> {
        Ok(records::holder(cx.tx, row.id)?.map(|other| (other.issue.number, other.issue.name)))
    };
    near.into_iter().map(|(likeness, row)| Ok(Near { issue: holder(cx, &row)?, likeness, row })).collect()
}

/// The words that most of its demands share, and those that tell most in its name.
fn terms(cx: &Cx<'_>, whole: &Whole) -> Vec<String> {
    let mut shared: BTreeMap<&str, usize> = BTreeMap::new();
    for word in whole.standing().flat_map(|member| &member.shared) {
        *shared.entry(word).or_default() += 1;
    }
    let mut shared: Vec<(&str, usize)> = shared.into_iter().collect();
    shared.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut terms: Vec<String> = shared.into_iter().map(|(word, _)| word.to_owned()).take(TERMS / 2).collect();
    terms.extend(cx.app.words().salient(&whole.issue.name, TERMS - terms.len()));
    terms.sort();
    terms.dedup();
    terms
}

fn sketches_of(cx: &mut Cx<'_>, rows: &[Summary]) -> Result<BTreeMap<Id, Sketch>> {
    sketches(cx, &rows.iter().map(|row| row.id).collect::<Vec<_>>())
}

/// What the words of these demands are like.
pub(super) fn sketches(cx: &mut Cx<'_>, ids: &[Id]) -> Result<BTreeMap<Id, Sketch>> {
    let words = progress::words_of(cx.tx, ids)?;
    Ok(words.into_iter().map(|w| (w.id, Sketch::new(&format!("{}\n{}", w.title, w.text)))).collect())
}
