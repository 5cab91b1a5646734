//! Full text on SQLite: FTS5 without positions and without the documents. A search scans the postings of its terms from
//! their newest end and stops when it has enough.

use kernel::{Id, Result};

use super::TextCondition;
use crate::args;
use crate::row::FromRow;
use crate::select::Select;
use crate::tx::Tx;

/// Up to this many matches are fetched to drive a query.
const CANDIDATES: usize = 2_000;
/// The terms as FTS5 reads them.
pub(super) fn query(terms: impl Iterator<Item = (String, bool)>) -> String {
    let quoted = terms.map(|(term, prefix)| format!("\"{term}\"{}", if prefix { "*" } else { "" }));
    quoted.collect::<Vec<_>>().join(" AND ")
}

pub(super) fn index(tx: &mut Tx, id: Id, terms: &str) -> Result<()> {
    tx.execute("INSERT OR REPLACE INTO text_index (rowid, terms) VALUES ($1, $2)", args![id, terms]).map(drop)
}

pub(super) fn unindex(tx: &mut Tx, id: Id) -> Result<()> {
    tx.execute("DELETE FROM text_index WHERE rowid = $1", args![id]).map(drop)
}

pub(super) fn find(tx: &mut Tx, query: &str, before: i64, most: usize) -> Result<Vec<Id>> {
    tx.collect(
        "SELECT rowid FROM text_index WHERE text_index MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3",
        args![query, before, most],
    )
}

/// A few matches drive the query. Of many, the newest may already fill the page where the newest are wanted; otherwise
/// the other conditions drive, and each of their rows is looked up among all matches. (Asking
/// FTS5 for one row at a time was measured at 140 µs a row, gathering a match at less than one.)
pub(super) fn select<T: FromRow>(tx: &mut Tx, select: &Select, text: &TextCondition, query: &str) -> Result<Vec<T>> {
    let mut newest = find(tx, query, i64::MAX, CANDIDATES + 1)?;
    let all = newest.len() <= CANDIDATES;
    newest.truncate(CANDIDATES);
    if all || text.is_order_of(select) {
        let rows = select_among(tx, select, text, &newest)?;
        if all || select.most().is_some_and(|most| rows.len() >= most) {
            return Ok(rows);
        }
    }
    // The sign keeps the engine from driving the query with the matches, which would lose the order.
    let condition = format!("+{} IN (SELECT x.rowid FROM text_index x WHERE x.text_index MATCH ?)", text.column);
    let (sql, args) = select.build(Some((&condition, vec![query.into()])));
    tx.collect(&sql, &args)
}

fn select_among<T: FromRow>(tx: &mut Tx, select: &Select, text: &TextCondition, ids: &[Id]) -> Result<Vec<T>> {
    let list = ids.iter().map(Id::to_string).collect::<Vec<_>>().join(",");
    let condition = format!("{} IN (SELECT value FROM json_each(?))", text.column);
    let (sql, args) = select.build(Some((&condition, vec![format!("[{list}]").into()])));
    tx.collect(&sql, &args)
}
