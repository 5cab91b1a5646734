//! Queries whose conditions depend on what the user asked for. The pieces are literals; only values come from outside.

use crate::fulltext::{Term, TextCondition, Weight};
use crate::sql::Sql;
use crate::value::{Args, Value};

/// A query that is put together: a fixed base (`SELECT … FROM … JOIN …`), conditions joined by AND, an order, a limit.
#[derive(Clone, Debug)]
pub struct Select {
    base: Sql,
    base_args: Vec<Value>,
    conditions: Vec<(&'static str, Vec<Value>)>,
    text: Option<TextCondition>,
    group: Option<&'static str>,
    order: Option<&'static str>,
    limit: Option<usize>,
}

impl Select {
    /// A query on `base`, which has no WHERE of its own: `sql!("SELECT d.id, d.title FROM demand d")`.
    pub fn new(base: Sql) -> Self {
        Self { base, base_args: Vec::new(), conditions: Vec::new(), text: None, group: None, order: None, limit: None }
    }

    /// The parameters `$1`, `$2`, … of the base, where a join needs some.
    pub fn with(mut self, args: impl Args) -> Self {
        self.base_args = args.values();
        self
    }

    /// Adds a condition; each `?` in it takes one of `args`: `.and("d.status = ?", status)`,
    /// `.and("(d.due_at, d.id) > (?, ?)", (due, id))`, `.and("d.closed_at IS NULL", ())`.
    pub fn and(mut self, condition: &'static str, args: impl Args) -> Self {
        self.conditions.push((condition, args.values()));
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
        self.conditions.push((column_in, values));
        self
    }

    /// Keeps the rows whose `column` (an id, written as in the base: `d.id`) was indexed under `kind` with every one of
    /// `terms`. No terms, no condition. Once per query; cheapest with `.order("d.id DESC")` and a limit.
    pub fn matching(mut self, kind: &'static str, column: &'static str, terms: &[Term]) -> Self {
        if !terms.is_empty() {
            self.text = Some(TextCondition { kind, column, terms: terms.to_vec(), weight: Weight::Text });
        }
        self
    }

    /// Like [`Select::matching`], with every one of `terms` in the title.
    pub fn matching_title(mut self, kind: &'static str, column: &'static str, terms: &[Term]) -> Self {
        if !terms.is_empty() {
            self.text = Some(TextCondition { kind, column, terms: terms.to_vec(), weight: Weight::Title });
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

    pub(crate) fn text(&self) -> Option<&TextCondition> {
        self.text.as_ref()
    }

    /// The first key of the order.
    pub(crate) fn first_order(&self) -> Option<&'static str> {
        self.order?.split(',').next().map(str::trim)
    }

    /// The value that a condition `column < ?` compares with.
    pub(crate) fn bound(&self, column: &str) -> Option<i64> {
        self.conditions.iter().find_map(|(condition, args)| match args.as_slice() {
            [Value::Int(bound)] if condition.strip_suffix(" < ?") == Some(column) => Some(*bound),
            _ => None,
        })
    }

    pub(crate) fn most(&self) -> Option<usize> {
        self.limit
    }

    /// The text with its placeholders numbered, and the values. `text` is the text condition as SQL with `?`.
    pub(crate) fn build(&self, text: Option<(&str, Vec<Value>)>) -> (String, Vec<Value>) {
        let mut out = Numbered { sql: self.base.text().to_owned(), args: self.base_args.clone() };
        let own = self.conditions.iter().map(|(condition, args)| (*condition, args.clone()));
        for (index, (condition, args)) in own.chain(text).enumerate() {
            out.sql.push_str(if index == 0 { " WHERE " } else { " AND " });
            if condition.ends_with('(') {
                out.list(condition, &args);
            } else {
                out.push(&format!("({condition})"), &args);
            }
        }
        for (clause, text) in [(" GROUP BY ", self.group), (" ORDER BY ", self.order)] {
            if let Some(text) = text {
                out.sql.push_str(clause);
                out.sql.push_str(text);
            }
        }
        if let Some(limit) = self.limit {
            out.push(" LIMIT ?", &[limit.into()]);
        }
        (out.sql, out.args)
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
        select.build(None)
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
