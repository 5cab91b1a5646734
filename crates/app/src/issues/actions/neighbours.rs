//! What is near to an issue and not in it, so that a person can judge whether it was drawn too narrow, and what could be
//! joined to it.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Id, Result};
use store::{Search, Term};
use text::Sketch;

use crate::context::Cx;
use crate::demands::TEXT_KIND;
use crate::demands::actions::listing::{self, Summary};
use crate::issues::progress::{self, Words};
use crate::issues::records;
use crate::issues::rules::issue::Whole;

/// Telling words that are looked up, and demands that each may bring.
const TERMS: usize = 8;
const CANDIDATES: usize = 25;
/// Demands of the issue that others are compared with.
const SAMPLE: usize = 12;
/// Below this two texts are about different things; lower than the bound of similar demands, because here a person judges.
const ALIKE: f64 = 0.08;
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
    let sample = progress::words_of(cx.tx, &ids)?;
    let own: Vec<Sketch> = sample.iter().map(sketch).collect();
    let mut found = BTreeSet::new();
    for term in terms(cx, whole, &sample) {
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
    let theirs = sketches(cx, &visible.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let likeness = |row: &Summary| {
        let other = theirs.get(&row.id)?;
        own.iter().map(|own| own.similarity(other)).max_by(f64::total_cmp)
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

/// The words that tell most in its name, in what its demands share, and in their titles.
fn terms(cx: &Cx<'_>, whole: &Whole, sample: &[Words]) -> Vec<String> {
    let shared = whole.standing().take(SAMPLE).flat_map(|member| &member.shared);
    let said: Vec<&str> = [&whole.issue.name]
        .into_iter()
        .chain(shared)
        .chain(sample.iter().map(|words| &words.title))
        .map(String::as_str)
        .collect();
    cx.app.words().salient(&said.join("\n"), TERMS)
}

/// What the words of these demands are like.
pub(super) fn sketches(cx: &mut Cx<'_>, ids: &[Id]) -> Result<BTreeMap<Id, Sketch>> {
    Ok(progress::words_of(cx.tx, ids)?.iter().map(|words| (words.id, sketch(words))).collect())
}

fn sketch(words: &Words) -> Sketch {
    Sketch::new(&format!("{}\n{}", words.title, words.text))
}
