//! Queries whose conditions depend on what the user asked for. The pieces are literals; only values come from outside.

use crate::fulltext::Term;
use crate::sql::Sql;
use crate::value::{Args, Value};

/// A query that is put together: a fixed base (`SELECT … FROM … JOIN …`), conditions joined by AND, an order, a limit.
#[derive(Clone, Debug)]
pub struct Select {
    base: Sql,
    base_args: Vec<Value>,
    conditions: Vec<Condition>,
    group: Option<&'static str>,
    order: Option<&'static str>,
    limit: Option<usize>,
}

#[derive(Clone, Debug)]
enum Condition {
    Sql(&'static str, Vec<Value>),
    Text { kind: &'static str, column: &'static str, terms: Vec<Term> },
}

/// The text condition of a [`Select`], handed to the full-text index when the query runs.
pub(crate) struct TextCondition<'a> {
    pub kind: &'static str,
    pub column: &'static str,
    pub terms: &'a [Term],
}

impl Select {
    /// A query on `base`, which has no WHERE of its own: `sql!("SELECT d.id, d.title FROM demand d")`.
    pub fn new(base: Sql) -> Self {
        Self { base, base_args: Vec::new(), conditions: Vec::new(), group: None, order: None, limit: None }
    }

    /// The parameters `$1`, `$2`, … of the base, where a join needs some.
    pub fn with(mut self, args: impl Args) -> Self {
        self.base_args = args.values();
        self
    }

    /// Adds a condition; each `?` in it takes one of `args`: `.and("d.status = ?", status)`,
    /// `.and("(d.due_at, d.id) > (?, ?)", (due, id))`, `.and("d.closed_at IS NULL", ())`.
    pub fn and(mut self, condition: &'static str, args: impl Args) -> Self {
        self.conditions.push(Condition::Sql(condition, args.values()));
        self
    }

    /// Adds a condition only where there is a value for it.
    pub fn and_some<T: Into<Value>>(self, condition: &'static str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.and(condition, value.into()),
            None => self,
        }
    }

    /// `column = any of values`; no value at all matches nothing. `column_in` is written out to its opening
    /// parenthesis: `.and_in("d.status IN (", statuses)`.
    pub fn and_in<T: Into<Value>>(mut self, column_in: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        self.conditions.push(Condition::Sql(column_in, values));
        self
    }

    /// Keeps the rows whose `column` (an id) was indexed under `kind` with every one of `terms`. No terms, no condition.
    pub fn matching(mut self, kind: &'static str, column: &'static str, terms: &[Term]) -> Self {
        if !terms.is_empty() {
            self.conditions.push(Condition::Text { kind, column, terms: terms.to_vec() });
        }
        self
    }

    /// Groups the rows: `.group("d.status")`.
    pub fn group(mut self, group: &'static str) -> Self {
        self.group = Some(group);
        self
    }

    /// Orders the rows: `.order("d.due_at, d.id")`.
    pub fn order(mut self, order: &'static str) -> Self {
        self.order = Some(order);
        self
    }

    /// Takes at most `limit` rows.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The text with its placeholders numbered, and the values; `text` turns a text condition into SQL with `?`.
    pub(crate) fn build<E>(
        &self,
        mut text: impl FnMut(TextCondition<'_>) -> Result<(String, Vec<Value>), E>,
    ) -> Result<(String, Vec<Value>), E> {
        let mut out = Numbered { sql: self.base.text().to_owned(), args: self.base_args.clone() };
        for (index, condition) in self.conditions.iter().enumerate() {
            out.sql.push_str(if index == 0 { " WHERE " } else { " AND " });
            match condition {
                Condition::Sql(sql, args) if sql.ends_with('(') => out.list(sql, args),
                Condition::Sql(sql, args) => out.push(&format!("({sql})"), args),
                Condition::Text { kind, column, terms } => {
                    let (sql, args) = text(TextCondition { kind, column, terms })?;
                    out.push(&sql, &args);
                }
            }
        }
        if let Some(group) = self.group {
            out.push(" GROUP BY ", &[]);
            out.sql.push_str(group);
        }
        if let Some(order) = self.order {
            out.push(" ORDER BY ", &[]);
            out.sql.push_str(order);
        }
        if let Some(limit) = self.limit {
            out.push(" LIMIT ?", &[limit.into()]);
        }
        Ok((out.sql, out.args))
    }
}

struct Numbered {
    sql: String,
    args: Vec<Value>,
}

impl Numbered {
    fn push(&mut self, fragment: &str, args: &[Value]) {
        let mut pieces = fragment.split('?');
        self.sql.push_str(pieces.next().unwrap_or_default());
        let mut number = self.args.len();
        for piece in pieces {
            number += 1;
            self.sql.push_str(&format!("${number}{piece}"));
        }
        self.args.extend_from_slice(args);
    }

    fn list(&mut self, opening: &str, args: &[Value]) {
        let marks = if args.is_empty() { "NULL".to_owned() } else { vec!["?"; args.len()].join(", ") };
        self.push(&format!("{opening}{marks})"), args);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(select: Select) -> (String, Vec<Value>) {
        select.build(|_| Ok::<_, ()>((String::new(), Vec::new()))).unwrap()
    }

    #[test]
    fn placeholders_are_numbered_through() {
        let select = Select::new(crate::sql!("SELECT a FROM t LEFT JOIN u ON u.x = $1"))
            .with("left")
            .and("a = ?", 1_i64)
            .and_some("b = ?", None::<i64>)
            .and("(c, d) < (?, ?)", (2_i64, "three"))
            .and_in("e IN (", [4_i64, 5])
            .and("f IS NULL", ())
            .order("c, d")
            .limit(6);
        let (sql, args) = built(select);
        assert_eq!(
            sql,
            "SELECT a FROM t LEFT JOIN u ON u.x = $1 WHERE (a = $2) AND ((c, d) < ($3, $4)) AND e IN ($5, $6) \
             AND (f IS NULL) ORDER BY c, d LIMIT $7"
        );
        assert_eq!(args.len(), 7);
        assert_eq!(
            built(Select::new(crate::sql!("SELECT 1")).and_in("e IN (", Vec::<i64>::new())).0,
            "SELECT 1 WHERE e IN (NULL)"
        );
    }
}
