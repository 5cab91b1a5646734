//! The form of a move, drawn from the fields that the law lists for it.

use maud::{Markup, Render, html};

use super::look::Look;
use crate::demands::rules::moves::Row;
use crate::demands::rules::wanted::{Field as Wanted, FieldKind};
use crate::web::{Field, FormView};

/// More choices than these are a list to open, not buttons to see.
const VISIBLE: usize = 6;

/// Every field of a row, few-choice questions side by side.
pub fn all(look: &Look, row: &Row, view: &FormView) -> Markup {
    noted(look, row, view, &|_| None)
}

/// [`all`], with what `note` says under a field.
pub fn noted(look: &Look, row: &Row, view: &FormView, note: &dyn Fn(&str) -> Option<Markup>) -> Markup {
    let one = |field: &Wanted| match note(field.name) {
        None => one(look, field, view),
        Some(note) => html! { div.noted { (one(look, field, view)) (note) } },
    };
    let short: Vec<&Wanted> = row.needs.iter().filter(|field| is_choice(field)).collect();
    let compact = short.len() > 4;
    html! {
        @if compact { div.three { @for field in &short { (one(field)) } } }
        @for field in row.needs.iter().filter(|field| !(compact && is_choice(field))) { (one(field)) }
    }
}

fn is_choice(field: &Wanted) -> bool {
    matches!(field.kind, FieldKind::Choice(_) | FieldKind::Theme | FieldKind::Flag)
}

fn one(look: &Look, field: &Wanted, view: &FormView) -> Markup {
    let (name, label) = (field.name, field.label);
    match field.kind {
        FieldKind::Text { most, long: true } => finish(Field::area(view, name, label, 4).most(most), field),
        FieldKind::Text { most, long: false } => finish(Field::text(view, name, label).most(most), field),
        FieldKind::Date | FieldKind::PastDate => finish(Field::date(view, name, label), field),
        FieldKind::Days { .. } => finish(Field::text(view, name, label).most(3), field),
        FieldKind::Demand => finish(Field::text(view, name, label).most(40), field),
        FieldKind::Tasks => finish(Field::area(view, name, label, 4).most(8000), field),
        FieldKind::Units => units_of(look, field, view),
        FieldKind::Flag => finish(Field::radios(view, name, label, &[("true", "是"), ("false", "否")]), field),
        FieldKind::Choice(choices) if choices.len() <= VISIBLE => {
            finish(Field::radios(view, name, label, choices), field)
        }
        FieldKind::Choice(choices) => finish(Field::select(view, name, label, choices), field),
        FieldKind::Theme => select(field, view, &themes(look)),
        FieldKind::Unit => select(field, view, &units(look)),
        FieldKind::Ground(kind) => {
            let grounds = look.city().grounds.list(kind).iter();
            let named: Vec<(String, String)> =
                grounds.map(|g| (g.code.clone(), format!("{}：{}", g.label, g.explanation))).collect();
            finish(Field::radios(view, name, label, &borrowed(&named)), field)
        }
    }
}

fn select(field: &Wanted, view: &FormView, choices: &[(String, String)]) -> Markup {
    finish(Field::select(view, field.name, field.label, &borrowed(choices)), field)
}

fn finish(drawn: Field<'_>, field: &Wanted) -> Markup {
    let drawn = if field.required || field.hint.contains("必填") { drawn } else { drawn.optional() };
    if field.hint.is_empty() { drawn.render() } else { drawn.hint(field.hint).render() }
}

/// Every unit as a box to tick, folded until one is wanted, because most acts name one or none.
fn units_of(look: &Look, field: &Wanted, view: &FormView) -> Markup {
    let choices: Vec<(String, String)> =
        look.units.handlers(look.now).map(|unit| (unit.code.clone(), unit.short_name.clone())).collect();
    let chosen = choices.iter().any(|(code, _)| view.has(field.name, code)) || view.error(field.name).is_some();
    let choices = borrowed(&choices);
    let boxes = finish(Field::boxes(view, field.name, field.label, &choices), field);
    html! {
        @if field.required || chosen { (boxes) } @else { details.fold { summary { (field.label) "（选填）" } (boxes) } }
    }
}

fn themes(look: &Look) -> Vec<(String, String)> {
    let themes = &look.city().themes;
    themes.all().iter().map(|theme| (theme.code.clone(), themes.label(&theme.code))).collect()
}

fn units(look: &Look) -> Vec<(String, String)> {
    look.units.handlers(look.now).map(|unit| (unit.code.clone(), unit.name.clone())).collect()
}

fn borrowed(choices: &[(String, String)]) -> Vec<(&str, &str)> {
    choices.iter().map(|(code, label)| (code.as_str(), label.as_str())).collect()
}
