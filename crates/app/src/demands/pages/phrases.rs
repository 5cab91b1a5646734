//! 常用语 beside a form: each is a button of the form. It is put into its field by the script where there is one, and by
//! the server otherwise, with everything that was typed kept.

use kernel::Id;
use maud::{Markup, html};

use crate::demands::rules::moves::Row;
use crate::demands::rules::wanted::FieldKind;
use crate::phrases::{Filling, Phrase};
use crate::web::FormView;
use crate::web::fields::field_id;

/// The value of `step` that asks for a phrase: `phrase:ID:FIELD`.
const STEP: &str = "phrase:";

/// The long texts of a move: name and label.
fn texts(row: &Row) -> impl Iterator<Item = (&'static str, &'static str)> {
    row.needs.iter().filter(|f| matches!(f.kind, FieldKind::Text { long: true, .. })).map(|f| (f.name, f.label))
}

/// What is offered for the texts of a move, as buttons of the form `form`; `filling` fills the placeholders in, and without
/// one they stay for later.
pub fn offer(phrases: &[Phrase], row: &Row, filling: Option<&Filling>, form: &str) -> Markup {
    let fitting = |name: &str| phrases.iter().filter(|phrase| phrase.place.fits(name)).collect::<Vec<_>>();
    let groups: Vec<_> =
        texts(row).map(|(name, label)| (name, label, fitting(name))).filter(|g| !g.2.is_empty()).collect();
    let place = if groups.len() == 1 { "open" } else { "folded" };
    html! {
        @if !groups.is_empty() {
            section.card.phrases {
                h2 { "常用语 " span.small.muted { "点一下，填到对应的栏目末尾" } }
                @for (at, (name, label, fitting)) in groups.iter().enumerate() {
                    details.fold open[place == "open"] {
                        summary.small data-key=[(at == 0).then_some("p")] data-key-name=[(at == 0).then_some("常用语")] {
                            (label) "（" (fitting.len()) "）" @if at == 0 { " " kbd { "p" } }
                        }
                        ul.stack.tight { @for phrase in fitting { (one(phrase, name, filling, form)) } }
                    }
                }
            }
        }
    }
}

fn one(phrase: &Phrase, name: &str, filling: Option<&Filling>, form: &str) -> Markup {
    let text = filled(phrase, filling);
    html! {
        li {
            button type="submit" form=(form) name="step" value={ (STEP) (phrase.id) ":" (name) } formnovalidate
                data-phrase=(text) data-into=(field_id(name)) { (phrase.title) }
            p.small.muted {
                (text.chars().take(60).collect::<String>()) @if text.chars().count() > 60 { "……" }
                @if let Some(citation) = &phrase.citation { " 依据：" (citation) }
                @if let Some(day) = phrase.valid_until { "，有效到 " (day) }
            }
        }
    }
}

fn filled(phrase: &Phrase, filling: Option<&Filling>) -> String {
    filling.map_or_else(|| phrase.text.clone(), |filling| filling.fill(&phrase.text))
}

/// The phrase and the field that a `step`, or the parameter `phrase` of an address (`ID:FIELD`), asks for.
pub fn asked(step: &str) -> Option<(Id, &str)> {
    let (id, name) = step.strip_prefix(STEP).unwrap_or(step).split_once(':')?;
    Some((id.parse().ok()?, name))
}

/// Whether `step` asks for a phrase.
pub fn is_asked(step: &str) -> bool {
    step.starts_with(STEP)
}

/// The form with the phrase in its field; what is no longer offered or fits nowhere changes nothing.
pub fn put(view: FormView, wanted: &str, phrases: &[Phrase], row: &Row, filling: Option<&Filling>) -> FormView {
    let Some((id, name)) = asked(wanted) else { return view };
    let fits = |phrase: &&Phrase| phrase.id == id && phrase.place.fits(name) && texts(row).any(|(n, _)| n == name);
    match phrases.iter().find(fits) {
        Some(phrase) => view.with_added(name, &filled(phrase, filling)),
        None => view,
    }
}
