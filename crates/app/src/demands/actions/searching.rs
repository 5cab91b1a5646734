//! Lists that are narrowed by words: what has them in its title first, then what has them anywhere, then what has the words
//! of the city that they consist of, then what has others of the same meaning; newest registered first within each.
//!
//! The order is that of stages, not of scores: each stage is a stream of the index, newest first, so that pages are stable,
//! both engines give the same, and no page at a million demands needs more than its own rows. Candidates are checked
//! against the words as they stand, because pairs of characters can meet by chance.

use kernel::{Page, PageRequest, Result};
use store::{Select, Term};
use text::Query;

use super::listing::{self, SUMMARIES, Summary, texts};
use crate::context::Cx;
use crate::demands::TEXT_KIND;
use crate::demands::rules::filter::{Filter, Sort};

/// Other words that are tried in place of those sought.
const OTHERS: usize = 4;
/// Rows of the index that one page looks at, and those of them whose whole texts are read: a page of chance meetings is
/// short and says where it goes on.
const LOOKED_AT: usize = 2_000;
const READ: usize = 250;

/// One stage of a search.
pub struct Search {
    query: Query,
    title: bool,
}

impl Search {
    /// Narrows a list to the candidates of this stage.
    pub fn narrow(&self, select: Select) -> Select {
        let terms: Vec<Term> =
            self.query.terms().iter().map(|term| Term { text: term.text.clone(), prefix: term.prefix }).collect();
        match self.title {
            true => select.matching_title(TEXT_KIND, "d.id", &terms),
            false => select.matching(TEXT_KIND, "d.id", &terms),
        }
    }

    /// Whether a demand of these texts, the title first, belongs to this stage or to an earlier one.
    fn meets(&self, texts: &[&str]) -> bool {
        let seen = if self.title { texts.get(..1).unwrap_or_default() } else { texts };
        self.query.matches_any(seen)
    }
}

/// The words that are searched for beside those of `filter`, because they mean the same.
pub fn also(cx: &Cx<'_>, filter: &Filter) -> Vec<String> {
    others(cx, filter).into_iter().map(|(word, _)| word).collect()
}

/// The searches whose candidates together are counted; nothing sought is one list as it is.
pub fn counted(cx: &Cx<'_>, filter: &Filter) -> Vec<Option<Search>> {
    if filter.q.is_none() {
        return vec![None];
    }
    stages(cx, filter).into_iter().filter(|search| !search.title).map(Some).collect()
}

fn others(cx: &Cx<'_>, filter: &Filter) -> Vec<(String, Query)> {
    let Some(q) = filter.q.as_deref().filter(|_| !filter.exact && filter.sort == Sort::Usual) else {
        return Vec::new();
    };
    let others = cx.app.synonyms().instead(q, OTHERS);
    others.into_iter().map(|(word, q)| (word.to_owned(), Query::parse(&q))).collect()
}

/// The stages in their order; newest first is one stage.
fn stages(cx: &Cx<'_>, filter: &Filter) -> Vec<Search> {
    let query = Query::parse(filter.q.as_deref().unwrap_or_default());
    let anywhere = |query: Query| Search { query, title: false };
    let mut stages = vec![anywhere(query.clone())];
    if filter.sort != Sort::Usual || query.is_empty() {
        return stages;
    }
    stages.insert(0, Search { query: query.clone(), title: true });
    if !filter.exact {
        stages.extend(query.loosened(cx.app.words()).map(anywhere));
        stages.extend(others(cx, filter).into_iter().map(|(_, query)| anywhere(query)));
    }
    stages
}

/// One page of what was found.
pub fn search(cx: &mut Cx<'_>, filter: &Filter, page: &PageRequest) -> Result<Page<Summary>> {
    let stages = stages(cx, filter);
    let (first, mut before) =
        listing::cursor(page)?.map_or((0, i64::MAX), |(stage, id)| (usize::try_from(stage).unwrap_or(0), id));
    let mut found: Vec<(usize, Summary)> = Vec::new();
    let (mut looked_at, mut read) = (0, 0);
    for (number, stage) in stages.iter().enumerate().skip(first) {
        let mut batch = page.limit + 1;
        loop {
            let select = stage.narrow(listing::narrowed(cx, SUMMARIES, filter)).and("d.id < ?", before);
            let rows: Vec<Summary> = cx.tx.select(&select.order("d.id DESC").limit(batch))?;
            let exhausted = rows.len() < batch;
            for row in rows {
                if found.len() > page.limit || looked_at >= LOOKED_AT || read >= READ.max(4 * (page.limit + 1)) {
                    return Ok(cut(found, page.limit, Some((number, before))));
                }
                before = row.id.0;
                looked_at += 1;
                // What an earlier stage showed by its title need not be read to be passed over.
                if stages[..number].iter().any(|earlier| earlier.title && earlier.query.matches(&row.title)) {
                    continue;
                }
                read += 1;
                found.extend(checked(cx, row, &stages, number)?.map(|row| (number, row)));
            }
            if exhausted {
                break;
            }
            // Every batch asks the index anew; where chance meetings are many, a few large ones cost less.
            batch = (2 * batch).min(READ);
        }
        before = i64::MAX;
    }
    Ok(cut(found, page.limit, None))
}

/// The row with its snippet, if its words really belong to this stage and to none before.
fn checked(cx: &mut Cx<'_>, mut row: Summary, stages: &[Search], number: usize) -> Result<Option<Summary>> {
    let (stage, earlier) = (&stages[number], &stages[..number]);
    let texts = texts(cx, row.id)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    if !stage.meets(&texts) || earlier.iter().any(|earlier| earlier.meets(&texts)) {
        return Ok(None);
    }
    let shown = texts.iter().skip(1).find(|text| stage.query.matches(text)).or(texts.get(1));
    row.snippet = shown.map(|text| stage.query.snippet(text, 80)).unwrap_or_default();
    Ok(Some(row))
}

/// The page, and where the next begins: after its last row, or where looking stopped.
fn cut(mut found: Vec<(usize, Summary)>, limit: usize, stopped: Option<(usize, i64)>) -> Page<Summary> {
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more).map(|(stage, row)| (*stage, row.id.0));
    let next = last.or(stopped).map(|(stage, id)| format!("{stage}.{id}"));
    Page { items: found.into_iter().map(|(_, row)| row).collect(), next }
}
