//! Full text: terms that the `text` crate has segmented, found on both engines, newest first.
//!
//! Each document has an identifier that rises with time, and a search wants the newest matches: it stops as soon as it has
//! enough. A list that is narrowed by a text as well takes one of three ways, by how common the text is; see the two
//! engines' files.

mod postgres;
mod sqlite;

use std::borrow::Cow;

use kernel::{Id, Result};

use crate::migrate::Migration;
use crate::row::FromRow;
use crate::select::Select;
use crate::tx::Tx;
use crate::{args, sql};

/// How much a term says about its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It is in the title.
    Title,
    /// It is in the text.
    Text,
}

/// A term that is searched for, as the `text` crate makes it: letters and digits only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The term.
    pub text: String,
    /// Whether any indexed term that begins so will do.
    pub prefix: bool,
}

impl Term {
    /// A term that must be there as it is.
    pub fn whole(text: impl Into<String>) -> Self {
        Self { text: text.into(), prefix: false }
    }

    /// The beginning of a term.
    pub fn prefix(text: impl Into<String>) -> Self {
        Self { text: text.into(), prefix: true }
    }
}

/// What is searched for.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    /// The kind of document.
    pub kind: &'static str,
    /// Terms that must all be there.
    pub terms: &'a [Term],
    /// Whether they must all be in the title.
    pub title_only: bool,
    /// Only documents older than this one: the last of the page before.
    pub before: Option<Id>,
    /// How many are wanted.
    pub most: usize,
}

/// A document that waits to be indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The document.
    pub id: Id,
    version: i64,
}

const SQLITE: &[Migration] = &[
    Migration { name: "store-fulltext-1", sql: include_str!("sqlite.sql") },
    // A batch of an import fits, so that it is one segment; with the engine's 1 MiB it was several, to be merged again.
    Migration {
        name: "store-fulltext-2",
        sql: "INSERT INTO text_index (text_index, rank) VALUES ('hashsize', 8388608);",
    },
];
const POSTGRES: &[Migration] = &[Migration { name: "store-fulltext-1", sql: include_str!("postgres.sql") }];

/// The tables of the engine at hand.
pub(crate) fn schema(tx: &Tx) -> &'static [Migration] {
    if tx.is_postgres() { POSTGRES } else { SQLITE }
}

/// Whether a migration is one of those.
pub(crate) fn is_own(name: &str) -> bool {
    SQLITE.iter().any(|own| own.name == name)
}

impl Tx {
    /// Notes that a document is new or has changed. It is indexed by a job, at most a second later; the note is part of
    /// this transaction and cannot be lost.
    pub fn index_later(&mut self, kind: &'static str, id: Id) -> Result<()> {
        let version = self.next_id();
        self.run(
            sql!(
                "INSERT INTO text_pending (kind, id, version) VALUES ($1, $2, $3)
                 ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version"
            ),
            args![kind, id, version],
        )
        .map(drop)
    }

    /// Documents that wait to be indexed, in the order in which they came.
    pub fn pending(&mut self, kind: &'static str, most: usize) -> Result<Vec<Pending>> {
        let rows: Vec<(Id, i64)> = self.all(
            sql!("SELECT id, version FROM text_pending WHERE kind = $1 ORDER BY version LIMIT $2"),
            args![kind, most],
        )?;
        Ok(rows.into_iter().map(|(id, version)| Pending { id, version }).collect())
    }

    /// Indexes a document that waited. Where it has changed again since it was read, it goes on waiting.
    pub fn index_pending(&mut self, pending: &Pending, document: &Document) -> Result<()> {
        self.index_document(pending.id, document)?;
        self.run(
            sql!("DELETE FROM text_pending WHERE kind = $1 AND id = $2 AND version = $3"),
            args![document.kind, pending.id, pending.version],
        )
        .map(drop)
    }

    /// Indexes a document: for each part its terms, joined by blanks. What it was indexed with before is replaced.
    pub fn index(&mut self, kind: &'static str, id: Id, parts: &[(Weight, &str)]) -> Result<()> {
        self.index_document(id, &Document::new(kind, parts))
    }

    /// Indexes a document that was prepared. What it was indexed with before is replaced.
    pub fn index_document(&mut self, id: Id, document: &Document) -> Result<()> {
        let Document { kind, terms } = document;
        if self.is_postgres() { postgres::index(self, kind, id, terms) } else { sqlite::index(self, id, terms) }
    }

    /// Takes a document out of the index.
    pub fn unindex(&mut self, kind: &'static str, id: Id) -> Result<()> {
        if self.is_postgres() {
            postgres::unindex(self, kind, id)?
        } else {
            sqlite::unindex(self, id)?
        }
        self.run(sql!("DELETE FROM text_pending WHERE kind = $1 AND id = $2"), args![kind, id]).map(drop)
    }

    /// The documents that hold all terms, newest first. No terms find nothing.
    pub fn find(&mut self, search: &Search<'_>) -> Result<Vec<Id>> {
        let weight = if search.title_only { Weight::Title } else { Weight::Text };
        let Some(query) = self.text_query(search.kind, search.terms, weight) else { return Ok(Vec::new()) };
        self.newest(search.kind, &query, search.before.map_or(i64::MAX, |id| id.0), search.most, search.terms.len())
    }

    /// Runs a query that has a text condition. A few matches drive the query. Of many, the newest may already fill the
    /// page, where the newest are wanted or any will do; otherwise the other conditions drive and the text filters.
    pub(crate) fn select_matching<T: FromRow>(&mut self, select: &Select, text: &TextCondition) -> Result<Vec<T>> {
        let Some(query) = self.text_query(text.kind, &text.terms, text.weight) else { return Ok(Vec::new()) };
        let postgres = self.is_postgres();
        let newest_first = text.leads(select);
        if newest_first || !postgres {
            let usual = if postgres { postgres::CANDIDATES } else { sqlite::CANDIDATES };
            let wanted = select.most().filter(|_| newest_first);
            let most = usual.max(2 * wanted.unwrap_or_default());
            let found = self.newest(text.kind, &query, select.bound(text.column).unwrap_or(i64::MAX), most, 1)?;
            let all = found.len() < most;
            if all || newest_first {
                let rows = self.select_among(select, text, &found)?;
                if all || wanted.is_some_and(|wanted| rows.len() >= wanted) {
                    return Ok(rows);
                }
            }
        }
        let filter = if postgres { postgres::filter(self, text, query)? } else { sqlite::filter(text, query) };
        let (sql, args) = select.build(Some((&filter.0, filter.1)));
        self.collect(&sql, &args)
    }

    fn newest(&mut self, kind: &str, query: &str, before: i64, most: usize, terms: usize) -> Result<Vec<Id>> {
        if self.is_postgres() {
            postgres::find(self, kind, query, before, most, terms >= postgres::NARROW)
        } else {
            sqlite::find(self, query, before, most)
        }
    }

    fn select_among<T: FromRow>(&mut self, select: &Select, text: &TextCondition, ids: &[Id]) -> Result<Vec<T>> {
        let list = ids.iter().map(Id::to_string).collect::<Vec<_>>().join(",");
        let column = text.column;
        let (condition, list) = if self.is_postgres() {
            (format!("{column} = ANY (CAST(string_to_array(?, ',') AS BIGINT[]))"), list)
        } else {
            (format!("{column} IN (SELECT value FROM json_each(?))"), format!("[{list}]"))
        };
        let (sql, args) = select.build(Some((&condition, vec![list.into()])));
        self.collect(&sql, &args)
    }

    /// The terms in the engine's own language; `None` where there are none.
    fn text_query(&self, kind: &str, terms: &[Term], weight: Weight) -> Option<String> {
        let terms = terms.iter().filter_map(|term| Some((marked(kind, weight, &clean(&term.text)?), term.prefix)));
        let query = if self.is_postgres() { postgres::query(terms) } else { sqlite::query(terms) };
        Some(query).filter(|query| !query.is_empty())
    }
}

/// The text condition of a [`Select`].
#[derive(Clone, Debug)]
pub(crate) struct TextCondition {
    pub kind: &'static str,
    /// The column that holds the document's identifier.
    pub column: &'static str,
    pub terms: Vec<Term>,
    /// Where the terms must be.
    pub weight: Weight,
}

impl TextCondition {
    /// Whether the matches, newest first, are in the query's own order: it wants the newest documents, or no order.
    fn leads(&self, select: &Select) -> bool {
        let Some(first) = select.first_order() else { return true };
        first.strip_suffix(" DESC").is_some_and(|column| column.trim() == self.column)
    }
}

/// A document prepared for the index. Preparing needs no transaction, so that the writer of many documents only writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    kind: &'static str,
    terms: String,
}

impl Document {
    /// Adds terms that became known only now, joined by blanks; they are of the text.
    pub fn add(&mut self, text: &str) {
        for term in text.split_whitespace().filter_map(clean) {
            self.terms.push(' ');
            marked_onto(&mut self.terms, self.kind, Weight::Text, &term);
        }
    }

    /// The terms of each part, joined by blanks, each kept once and marked with the kind; those of the title once more as
    /// such.
    pub fn new(kind: &'static str, parts: &[(Weight, &str)]) -> Self {
        let of = |title_only: bool| {
            let parts = parts.iter().filter(move |(weight, _)| !title_only || *weight == Weight::Title);
            let mut terms: Vec<_> = parts.flat_map(|(_, text)| text.split_whitespace().filter_map(clean)).collect();
            terms.sort_unstable();
            terms.dedup();
            terms
        };
        let mut terms = String::with_capacity(parts.iter().map(|(_, text)| 3 * text.len()).sum());
        for (mark, found) in [(Weight::Title, of(true)), (Weight::Text, of(false))] {
            for term in found {
                marked_onto(&mut terms, kind, mark, &term);
                terms.push(' ');
            }
        }
        if terms.pop().is_none() {
            // Neither engine takes an empty document well; this term is found by nobody.
            terms = format!("{kind}.nothing");
        }
        Self { kind, terms }
    }
}

/// A mark that no term can make itself: terms lose their ASCII punctuation.
fn marked(kind: &str, weight: Weight, term: &str) -> String {
    let mut marked = String::new();
    marked_onto(&mut marked, kind, weight, term);
    marked
}

fn marked_onto(out: &mut String, kind: &str, weight: Weight, term: &str) {
    out.push_str(kind);
    out.push_str(if weight == Weight::Title { ".t." } else { ".." });
    out.push_str(term);
}

/// A term as both engines keep it whole: lower case, no ASCII punctuation; `None` where nothing is left.
fn clean(term: &str) -> Option<Cow<'_, str>> {
    let kept = if term.chars().all(is_clean) {
        Cow::Borrowed(term)
    } else {
        let kept: String = term.chars().filter(|c| !c.is_ascii() || c.is_ascii_alphanumeric()).collect();
        Cow::Owned(kept.to_lowercase())
    };
    (!kept.is_empty() && kept.len() <= 200).then_some(kept)
}

/// Whether nothing need be done about a character: nearly all of them are Han, small letters and digits.
fn is_clean(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || ('\u{2e80}'..='\u{9fff}').contains(&c)
}
