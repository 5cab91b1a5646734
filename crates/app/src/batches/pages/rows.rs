//! The rows of a sheet on the page: the wrong ones as fields, the right ones as they would be registered.

use std::collections::BTreeMap;

use kernel::{FieldError, Refusal};
use maud::{Markup, html};

use crate::batches::rules::Batch;
use crate::context::App;
use crate::demands::rules::intake::Intake;
use crate::web::parts::{self, Shape, chip};
use crate::web::{Field, FormView, hidden};

/// Characters of a text that the table shows.
const SHOWN: usize = 120;

/// The field of a cell of the `row`-th wrong row.
pub fn cell_name(row: usize, column: usize) -> String {
    format!("w.{row}.{column}")
}

/// The field of the number that the `row`-th wrong row has in the sheet.
pub fn number_name(row: usize) -> String {
    format!("w.{row}.n")
}

/// The view with the cells of the wrong rows filled in.
pub fn with_wrong(view: FormView, batch: &Batch) -> FormView {
    batch.wrong().enumerate().fold(view, |view, (row, (line, _))| {
        line.cells
            .iter()
            .enumerate()
            .fold(view, |view, (column, cell)| view.with(&cell_name(row, column), cell.as_str()))
    })
}

/// Everything that is wrong with the rows, at the fields in which it stands.
pub fn refusal(batch: &Batch) -> Option<Refusal> {
    let columns = &batch.sheet.columns;
    let text = columns.iter().position(|column| column.field == "text").unwrap_or_default();
    let mut errors = Vec::new();
    for (row, (line, wrong)) in batch.wrong().enumerate() {
        for error in wrong {
            let place = columns.iter().position(|c| c.name == error.field || c.field == error.field).unwrap_or(text);
            let message = format!("第 {} 行：{}", line.number, error.message);
            errors.push(FieldError { field: cell_name(row, place), code: error.code, message });
        }
    }
    (!errors.is_empty()).then(|| Refusal::invalid(errors))
}

/// The wrong rows, to be put right.
pub fn wrong(view: &FormView, batch: &Batch) -> Markup {
    let columns = &batch.sheet.columns;
    let lines: Vec<_> = batch.wrong().map(|(line, _)| line).collect();
    html! {
        (hidden("wrong", lines.len()))
        @if !lines.is_empty() {
            h2 { "要改的行" }
            p.small.muted { "就在这里改；整行清空，就不登记这一行。" }
        }
        @for (row, line) in lines.iter().enumerate() {
            fieldset.card.form.quick {
                legend.unseen { "第 " (line.number) " 行" }
                p { strong { "第 " (line.number) " 行" } }
                (hidden(&number_name(row), line.number))
                div.row {
                    @for (place, column) in columns.iter().enumerate() {
                        @if column.field != "text" {
                            @let name = cell_name(row, place);
                            (Field::text(view, &name, &column.name).autocomplete("off"))
                        }
                    }
                }
                @for (place, column) in columns.iter().enumerate() {
                    @if column.field == "text" {
                        @let name = cell_name(row, place);
                        (Field::area(view, &name, &column.name, 2))
                    }
                }
            }
        }
    }
}

/// The right rows as they would be registered.
pub fn right(app: &App, batch: &Batch, known: &BTreeMap<u64, String>) -> Markup {
    let rows: Vec<_> = batch.right().collect();
    if rows.is_empty() {
        return html! {};
    }
    let body = html! {
        @for (line, said) in &rows {
            tr {
                td.num data-name="行" { (line.number) }
                td data-name="诉求" { (words(said)) }
                td data-name="企业" { (said.enterprise_name.as_deref().unwrap_or_default()) @if let Some(code) = &said.uscc { " " span.num.muted { (code.as_str()) } } }
                td data-name="联系" { (said.contact_name.as_deref().unwrap_or_default()) @if let Some(phone) = &said.contact_phone { " " span.num { (phone) } } }
                td data-name="身份、地点、领域" { (more(app, said)) }
                td data-name="现在" {
                    @match known.get(&line.number) {
                        Some(number) => { (chip(Shape::Done, "已登记")) " " a.num href={ "/demands/" (number) } { (number) } },
                        None => (chip(Shape::New, "可以登记")),
                    }
                }
            }
        }
    };
    html! {
        h2 { "没有问题的行" }
        (parts::table("没有问题的行", &["行", "诉求", "企业", "联系", "身份、地点、领域", "现在"], &body))
    }
}

fn words(said: &Intake) -> Markup {
    let short: String = said.text.chars().take(SHOWN).collect();
    let more = said.text.chars().nth(SHOWN).is_some();
    html! {
        strong { (said.title) }
        @if said.text != said.title { br; span.small { (short) @if more { "……" } } }
    }
}

fn more(app: &App, said: &Intake) -> String {
    let theme = said.theme.as_ref().map(|code| app.city().themes.label(code));
    [Some(said.audience.label().to_owned()), said.area.clone(), theme]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("、")
}

/// The right rows as text: what is sent with the form, and can be changed too.
pub fn text(sheet: &str, shown: bool) -> Markup {
    let area = html! {
        textarea id="f-sheet" name="sheet" rows="6" aria-label="没有问题的行的原文" { (sheet) }
    };
    html! {
        @if shown {
            details.fold { summary.small { "没有问题的行也要改？在这里改原文，改完再检查一遍" } div.stack { (area) button name="act" value="check" { "再检查一遍" } } }
        } @else {
            (hidden("sheet", sheet))
        }
    }
}
