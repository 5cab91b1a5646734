//! Full text on PostgreSQL: one tsvector per document. A GIN index finds the documents of a rare text at once but knows no
//! order; for a common text the newest documents are looked through instead. Which it is, a sample tells.

use kernel::{Id, Result};

use super::TextCondition;
use crate::args;
use crate::row::FromRow;
use crate::select::Select;
use crate::tx::Tx;

/// How many of the newest documents are looked at to see how common a text is.
const SAMPLE: usize = 200;
/// A text in more than one of so many documents is common.
const COMMON: usize = 20;

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

pub(super) fn find(tx: &mut Tx, kind: &str, query: &str, before: i64, most: usize) -> Result<Vec<Id>> {
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

/// A rare text drives the query; of a common one, each row that the other conditions give is asked for on its own.
pub(super) fn select<T: FromRow>(tx: &mut Tx, select: &Select, text: &TextCondition, query: &str) -> Result<Vec<T>> {
    let sample = among_newest(tx, text.kind, query, i64::MAX, SAMPLE, SAMPLE)?;
    let column = text.column;
    let (condition, args) = if is_common(sample.len()) {
        let probe = format!(
            "(SELECT x.terms @@ CAST(CAST(? AS TEXT) AS tsquery) FROM text_index x WHERE x.kind = ? AND x.id = {column})"
        );
        (probe, vec![query.into(), text.kind.into()])
    } else {
        let set =
            format!("{column} IN (SELECT x.id FROM text_index x WHERE x.terms @@ CAST(CAST(? AS TEXT) AS tsquery))");
        (set, vec![query.into()])
    };
    let (sql, args) = select.build(Some((&condition, args)));
    tx.collect(&sql, &args)
}
