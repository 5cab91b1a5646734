//! Parts that several pages of the portal share.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::city::{City, ThemeGroup, UnitKind};
use crate::demands::rules::vocabulary::{Audience, Status};
use crate::web::fields::field_id;
use crate::web::parts::{Shape, chip};
use crate::web::{Field, FormView};

/// Number and code, sent by GET so that a receipt's QR code and this form lead to the same address.
pub fn lookup_form(view: &FormView) -> Markup {
    html! {
        form.ask method="get" action="/progress" {
            (Field::text(view, "number", "编号").most(40).autocomplete("off").inputmode("text"))
            (Field::text(view, "code", "查询码").most(20).autocomplete("off"))
            button.primary { "查一查" }
            p.hint { "查询码是回执上的 8 位，大小写不限" }
        }
    }
}

/// A status as a word with a shape.
pub fn status_chip(status: Status) -> Markup {
    let shape = match status {
        Status::Received => Shape::New,
        Status::Triaged | Status::Assigned | Status::Replied => Shape::Wait,
        Status::InProgress => Shape::Doing,
        Status::Closed => Shape::Done,
        Status::Declined | Status::TransferredOut | Status::Withdrawn | Status::Merged => Shape::Plain,
    };
    chip(shape, status.label())
}

/// The city's themes in the plan's groups, those that concern `audience` first.
pub fn theme_field(view: &FormView, city: &City, audience: Option<Audience>, hint: &str) -> Markup {
    let groups = match audience {
        Some(Audience::Entrepreneur) => [ThemeGroup::Enterprise, ThemeGroup::HighFrequency, ThemeGroup::Public],
        _ => ThemeGroup::ALL,
    };
    let chosen = view.value("theme");
    let id = field_id("theme");
    let error = view.error("theme");
    // A theme may stand in two groups; it is offered where it comes first.
    let first =
        |code: &str, group| groups.iter().find(|g| city.themes.in_group(**g).any(|t| t.code == code)) == Some(&group);
    html! {
        div.field.bad[error.is_some()] {
            label for=(id) { "领域" span.muted { "（可不填）" } }
            p.hint id={ (id) "-hint" } { (hint) }
            @if let Some(error) = error { p.wrong id={ (id) "-error" } { (error.message) } }
            select id=(id) name="theme" aria-describedby={ (id) "-hint" @if error.is_some() { " " (id) "-error" } } {
                option value="" { "说不清，请工作人员判断" }
                @for group in groups {
                    optgroup label=(group.label()) {
                        @for theme in city.themes.in_group(group).filter(|t| first(&t.code, group)) {
                            option value=(theme.code) selected[theme.code == chosen] { (theme.label) }
                        }
                    }
                }
            }
        }
    }
}

/// The names of the streets and parks that are there on `day`.
pub fn areas(city: &City, day: Date) -> Vec<String> {
    let places = city.unit_seeds.iter().filter(|unit| matches!(unit.kind, UnitKind::Subdistrict | UnitKind::Park));
    let there = places.filter(|u| u.valid_from.is_none_or(|from| from <= day) && u.valid_to.is_none_or(|to| day <= to));
    there.map(|unit| unit.short_name.clone().unwrap_or_else(|| unit.name.clone())).collect()
}

/// The number or code of a receipt, in groups of four that can be read out; blanks do not matter when it is typed.
pub fn spaced(code: &str) -> String {
    let chars: Vec<char> = code.chars().collect();
    chars.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}
