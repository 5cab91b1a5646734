//! Full text: terms that the `text` crate has segmented, found on both engines, newest first.
//!
//! Each document has an identifier that rises with time, and a search wants the newest matches: on SQLite that is a scan of
//! the term's postings from their end, which stops as soon as there is enough.

use kernel::{Id, Result};

use crate::migrate::Migration;
use crate::select::TextCondition;
use crate::tx::Tx;
use crate::value::Value;
use crate::{args, sql};

/// Up to this many candidates are fetched to drive a query; a text with more matches is common, and then the other
/// conditions drive and each of their rows is probed.
const CANDIDATES: usize = 2_000;

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

const SQLITE: &[Migration] = &[Migration { name: "store-fulltext-1", sql: include_str!("fulltext_sqlite.sql") }];
const POSTGRES: &[Migration] = &[Migration { name: "store-fulltext-1", sql: include_str!("fulltext_postgres.sql") }];

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
    pub fn index_pending(&mut self, kind: &'static str, pending: &Pending, parts: &[(Weight, &str)]) -> Result<()> {
        self.index(kind, pending.id, parts)?;
        self.run(
            sql!("DELETE FROM text_pending WHERE kind = $1 AND id = $2 AND version = $3"),
            args![kind, pending.id, pending.version],
        )
        .map(drop)
    }

    /// Indexes a document: for each part its terms, joined by blanks. What it was indexed with before is replaced.
    pub fn index(&mut self, kind: &'static str, id: Id, parts: &[(Weight, &str)]) -> Result<()> {
        let terms = document_terms(kind, parts);
        if self.is_postgres() {
            return self
                .execute(
                    "INSERT INTO text_index (id, terms) VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))
                     ON CONFLICT (id) DO UPDATE SET terms = excluded.terms",
                    args![id, terms],
                )
                .map(drop);
        }
        self.execute("INSERT OR REPLACE INTO text_index (rowid, terms) VALUES ($1, $2)", args![id, terms]).map(drop)
    }

    /// Takes a document out of the index.
    pub fn unindex(&mut self, kind: &'static str, id: Id) -> Result<()> {
        let key = if self.is_postgres() { "id" } else { "rowid" };
        self.execute(&format!("DELETE FROM text_index WHERE {key} = $1"), args![id])?;
        self.run(sql!("DELETE FROM text_pending WHERE kind = $1 AND id = $2"), args![kind, id]).map(drop)
    }

    /// The documents that hold all terms, newest first. No terms find nothing.
    pub fn find(&mut self, search: &Search<'_>) -> Result<Vec<Id>> {
        let Some(query) = self.text_query(search.kind, search.terms, search.title_only) else { return Ok(Vec::new()) };
        let before = search.before.map_or(i64::MAX, |id| id.0);
        let sql = if self.is_postgres() {
            "SELECT id FROM text_index WHERE terms @@ CAST(CAST($1 AS TEXT) AS tsquery) AND id < $2 ORDER BY id DESC LIMIT $3"
        } else {
            "SELECT rowid FROM text_index WHERE text_index MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3"
        };
        self.collect(sql, args![query, before, search.most])
    }

    /// A text condition of a query as SQL: a list where matches are few, a probe per row where they are many.
    pub(crate) fn text_condition(&mut self, condition: TextCondition<'_>) -> Result<(String, Vec<Value>)> {
        let TextCondition { kind, column, terms } = condition;
        let search = Search { kind, terms, title_only: false, before: None, most: CANDIDATES + 1 };
        let found = self.find(&search)?;
        let postgres = self.is_postgres();
        if found.len() <= CANDIDATES {
            let list = found.iter().map(Id::to_string).collect::<Vec<_>>().join(",");
            return Ok(if postgres {
                (format!("{column} = ANY (CAST(string_to_array(?, ',') AS BIGINT[]))"), vec![list.into()])
            } else {
                (format!("{column} IN (SELECT value FROM json_each(?))"), vec![format!("[{list}]").into()])
            });
        }
        let query = self.text_query(kind, terms, false).unwrap_or_default();
        let probe = if postgres {
            format!(
                "EXISTS (SELECT 1 FROM text_index x WHERE x.id = {column} AND x.terms @@ CAST(CAST(? AS TEXT) AS tsquery))"
            )
        } else {
            format!("EXISTS (SELECT 1 FROM text_index x WHERE x.rowid = {column} AND x.text_index MATCH ?)")
        };
        Ok((probe, vec![query.into()]))
    }

    fn text_query(&self, kind: &str, terms: &[Term], title_only: bool) -> Option<String> {
        let weight = if title_only { Weight::Title } else { Weight::Text };
        let postgres = self.is_postgres();
        let quoted = |term: &Term| {
            let text = marked(kind, weight, &clean(&term.text)?);
            Some(match (postgres, term.prefix) {
                (true, false) => format!("'{text}'"),
                (true, true) => format!("'{text}':*"),
                (false, false) => format!("\"{text}\""),
                (false, true) => format!("\"{text}\"*"),
            })
        };
        let terms: Vec<String> = terms.iter().filter_map(quoted).collect();
        (!terms.is_empty()).then(|| terms.join(if postgres { " & " } else { " AND " }))
    }
}

/// The terms of a document, each once, marked with its kind; those of the title once more as such.
fn document_terms(kind: &str, parts: &[(Weight, &str)]) -> String {
    let mut terms: Vec<String> = parts
        .iter()
        .flat_map(|(weight, text)| text.split_whitespace().filter_map(clean).map(|term| (*weight, term)))
        .flat_map(|(weight, term)| {
            let title = (weight == Weight::Title).then(|| marked(kind, Weight::Title, &term));
            title.into_iter().chain([marked(kind, Weight::Text, &term)])
        })
        .collect();
    terms.sort_unstable();
    terms.dedup();
    if terms.is_empty() {
        // Neither engine takes an empty document well; this term is found by nobody.
        terms.push(format!("{kind}.nothing"));
    }
    terms.join(" ")
}

/// A mark that no term can make itself: terms lose their ASCII punctuation.
fn marked(kind: &str, weight: Weight, term: &str) -> String {
    match weight {
        Weight::Title => format!("{kind}.t.{term}"),
        Weight::Text => format!("{kind}..{term}"),
    }
}

/// A term as both engines keep it whole: lower case, no ASCII punctuation; `None` where nothing is left.
fn clean(term: &str) -> Option<String> {
    let kept: String = term.chars().filter(|c| !c.is_ascii() || c.is_ascii_alphanumeric()).collect();
    let kept = kept.to_lowercase();
    (!kept.is_empty() && kept.len() <= 200).then_some(kept)
}
