//! Full text on PostgreSQL: one tsvector per document. A GIN index finds the documents of a rare text at once but knows no
//! order; for a common text the newest documents are looked through instead. Which it is, a sample tells.

use kernel::{Id, Result};

use super::TextCondition;
use crate::args;
use crate::tx::Tx;
use crate::value::Value;

/// How many of the newest documents are looked at to see how common a text is.
const SAMPLE: usize = 100;
/// So many matches are fetched to drive a query: each costs looking through many documents where the text is common.
pub(super) const CANDIDATES: usize = 50;
/// A text in more than one of so many documents is common.
const COMMON: usize = 20;
/// A text of so many terms is taken to be rare without a sample.
pub(super) const NARROW: usize = 3;

/// The terms as a tsquery; they hold neither quotes nor backslashes.
pub(super) fn query(terms: impl Iterator<Item = (String, bool)>) -> String {
    let quoted = terms.map(|(term, prefix)| format!("'{term}'{}", if prefix { ":*" } else { "" }));
    quoted.collect::<Vec<_>>().join(" & ")
}

pub(super) fn index(tx: &mut Tx, kind: &str, id: Id, terms: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO text_index (kind, id, terms) VALUES ($1, $2, array_to_tsvector(string_to_array($3, ' ')))
         ON CONFLICT (kind, id) DO UPDATE SET terms = excluded.terms",
        args![kind, id, terms],
    )
    .map(drop)
}

pub(super) fn unindex(tx: &mut Tx, kind: &str, id: Id) -> Result<()> {
    tx.execute("DELETE FROM text_index WHERE kind = $1 AND id = $2", args![kind, id]).map(drop)
}

pub(super) fn find(tx: &mut Tx, kind: &str, query: &str, before: i64, most: usize, narrow: bool) -> Result<Vec<Id>> {
    if !narrow {
        let sample = among_newest(tx, kind, query, before, SAMPLE, most)?;
        if sample.len() >= most {
            return Ok(sample);
        }
        if is_common(sample.len()) {
            let enough = 2 * most * SAMPLE / sample.len();
            let found = among_newest(tx, kind, query, before, enough, most)?;
            if found.len() >= most {
                return Ok(found);
            }
        }
    }
    tx.collect(
        "WITH found AS MATERIALIZED (SELECT id FROM text_index WHERE terms @@ CAST(CAST($1 AS TEXT) AS tsquery))
         SELECT id FROM found WHERE id < $2 ORDER BY id DESC LIMIT $3",
        args![query, before, most],
    )
}

/// Matches among the newest `documents`, newest first.
fn among_newest(tx: &mut Tx, kind: &str, query: &str, before: i64, documents: usize, most: usize) -> Result<Vec<Id>> {
    tx.collect(
        "SELECT id FROM (SELECT id, terms FROM text_index WHERE kind = $1 AND id < $2 ORDER BY id DESC LIMIT $3) newest
         WHERE terms @@ CAST(CAST($4 AS TEXT) AS tsquery) ORDER BY id DESC LIMIT $5",
        args![kind, before, documents, query, most],
    )
}

fn is_common(in_sample: usize) -> bool {
    in_sample * COMMON >= SAMPLE
}

/// All matches of a rare text are gathered; of a common one, each row that the other conditions give is asked for on its
/// own, which the planner must not turn round.
pub(super) fn filter(tx: &mut Tx, text: &TextCondition, query: String) -> Result<(String, Vec<Value>)> {
    let sample = among_newest(tx, text.kind, &query, i64::MAX, SAMPLE, SAMPLE)?;
    let (column, matches) = (text.column, "x.terms @@ CAST(CAST(? AS TEXT) AS tsquery)");
    Ok(if is_common(sample.len()) {
        let probe = format!("(SELECT {matches} FROM text_index x WHERE x.kind = ? AND x.id = {column})");
        (probe, vec![query.into(), text.kind.into()])
    } else {
        (format!("{column} IN (SELECT x.id FROM text_index x WHERE {matches})"), vec![query.into()])
    })
}
