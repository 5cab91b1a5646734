//! Form fields after the GOV.UK pattern: label above, hint under it, the error in words beside the field and once more in
//! the summary at the head of the page, and what was typed is still there.

use maud::{Markup, Render, html};

use super::form::FormView;

/// The element id of a field, which the error summary links to.
pub fn field_id(name: &str) -> String {
    format!("f-{}", name.trim_end_matches("[]").replace('.', "-"))
}

/// The list of everything that is wrong, at the head of a form; nothing where nothing is.
pub fn error_summary(view: &FormView) -> Markup {
    let Some(message) = view.message() else { return html! {} };
    html! {
        div.summary role="alert" tabindex="-1" id="errors" {
            h2 { "请先改正以下内容" }
            @if view.errors().is_empty() {
                p { (message) }
            } @else {
                ul { @for error in view.errors() {
                    li { a href={ "#" (field_id(&error.field)) } { (error.message) } }
                } }
            }
        }
    }
}

enum Kind<'a> {
    Input { of: &'static str },
    Area { rows: u8 },
    Select { choices: &'a [(&'a str, &'a str)] },
    Radios { choices: &'a [(&'a str, &'a str)] },
    Boxes { choices: &'a [(&'a str, &'a str)] },
    File { accept: &'static str },
}

/// One field with its label, hint, value and error.
pub struct Field<'a> {
    view: &'a FormView,
    name: &'a str,
    label: &'a str,
    kind: Kind<'a>,
    hint: Option<&'a str>,
    optional: bool,
    most: Option<usize>,
    autocomplete: Option<&'a str>,
    inputmode: Option<&'a str>,
    focus: bool,
    narrow: bool,
    suggestions: Option<&'a [String]>,
    similar: bool,
}

impl<'a> Field<'a> {
    fn new(view: &'a FormView, name: &'a str, label: &'a str, kind: Kind<'a>) -> Self {
        Self {
            view,
            name,
            label,
            kind,
            hint: None,
            optional: false,
            most: None,
            autocomplete: None,
            inputmode: None,
            focus: false,
            narrow: false,
            suggestions: None,
            similar: false,
        }
    }

    /// One line of text.
    pub fn text(view: &'a FormView, name: &'a str, label: &'a str) -> Self {
        Self::new(view, name, label, Kind::Input { of: "text" })
    }

    /// A password; what was typed is not shown again.
    pub fn password(view: &'a FormView, name: &'a str, label: &'a str) -> Self {
        Self::new(view, name, label, Kind::Input { of: "password" })
    }

    /// A date.
    pub fn date(view: &'a FormView, name: &'a str, label: &'a str) -> Self {
        Self::new(view, name, label, Kind::Input { of: "date" }).narrow()
    }

    /// Any other `type` of input: `tel`, `email`, `number`, `datetime-local`, `search`.
    pub fn input(view: &'a FormView, name: &'a str, label: &'a str, of: &'static str) -> Self {
        Self::new(view, name, label, Kind::Input { of })
    }

    /// Several lines of text.
    pub fn area(view: &'a FormView, name: &'a str, label: &'a str, rows: u8) -> Self {
        Self::new(view, name, label, Kind::Area { rows })
    }

    /// One of many; `choices` are (value, label).
    pub fn select(view: &'a FormView, name: &'a str, label: &'a str, choices: &'a [(&'a str, &'a str)]) -> Self {
        Self::new(view, name, label, Kind::Select { choices })
    }

    /// One of a few, all visible.
    pub fn radios(view: &'a FormView, name: &'a str, label: &'a str, choices: &'a [(&'a str, &'a str)]) -> Self {
        Self::new(view, name, label, Kind::Radios { choices })
    }

    /// Any of a few. Name it `roles[]` to have it read as a list.
    pub fn boxes(view: &'a FormView, name: &'a str, label: &'a str, choices: &'a [(&'a str, &'a str)]) -> Self {
        Self::new(view, name, label, Kind::Boxes { choices })
    }

    /// Files.
    pub fn files(view: &'a FormView, name: &'a str, label: &'a str, accept: &'static str) -> Self {
        Self::new(view, name, label, Kind::File { accept })
    }

    /// A line under the label.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// May be left empty; the label says so.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// At most this many characters.
    pub fn most(mut self, most: usize) -> Self {
        self.most = Some(most);
        self
    }

    /// The browser's `autocomplete` word.
    pub fn autocomplete(mut self, word: &'a str) -> Self {
        self.autocomplete = Some(word);
        self
    }

    /// The keyboard that a phone shows: `numeric`, `tel`, `email`.
    pub fn inputmode(mut self, mode: &'a str) -> Self {
        self.inputmode = Some(mode);
        self
    }

    /// Has the cursor when the page opens, unless something is wrong elsewhere.
    pub fn focus(mut self) -> Self {
        self.focus = true;
        self
    }

    /// As wide as what goes into it, not as the form.
    pub fn narrow(mut self) -> Self {
        self.narrow = true;
        self
    }

    /// Words to choose from while typing.
    pub fn suggestions(mut self, words: &'a [String]) -> Self {
        self.suggestions = Some(words);
        self
    }

    /// What resembles the text so far is shown under the field while it is being written.
    pub fn similar(mut self) -> Self {
        self.similar = true;
        self
    }

    fn described_by(&self, id: &str) -> Option<String> {
        let hint = self.hint.map(|_| format!("{id}-hint"));
        let error = self.view.error(self.name).map(|_| format!("{id}-error"));
        match (hint, error) {
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => Some(one),
            (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
        }
    }

    fn notes(&self, id: &str) -> Markup {
        html! {
            @if let Some(hint) = self.hint { p.hint id={ (id) "-hint" } { (hint) } }
            @if let Some(error) = self.view.error(self.name) {
                p.wrong id={ (id) "-error" } { span.unseen { "有误：" } (error.message) }
            }
        }
    }

    fn title(&self) -> Markup {
        html! { (self.label) @if self.optional { span.muted { "（可不填）" } } }
    }

    fn group(&self, id: &str, kind: &str, choices: &[(&str, &str)]) -> Markup {
        let described = self.described_by(id);
        html! {
            fieldset.choices aria-describedby=[described.as_deref()] {
                legend { (self.title()) }
                (self.notes(id))
                @for (place, (value, label)) in choices.iter().enumerate() {
                    // The first choice bears the field's id, so that the summary's link lands on it.
                    @let this = if place == 0 { id.to_owned() } else { format!("{id}-{place}") };
                    label.choice for=(this) {
                        input id=(this) type=(kind) name=(self.name) value=(value) checked[self.view.has(self.name, value)]
                            autofocus[place == 0 && self.focus && self.view.message().is_none()];
                        span { (label) }
                    }
                }
            }
        }
    }

    fn control(&self, id: &str) -> Markup {
        let described = self.described_by(id);
        let described = described.as_deref();
        let value = self.view.value(self.name);
        let invalid = self.view.error(self.name).map(|_| "true");
        let focus = self.focus && self.view.message().is_none();
        match &self.kind {
            Kind::Input { of } => {
                let list = self.suggestions.map(|_| format!("{id}-list"));
                html! {
                    input.narrow[self.narrow] id=(id) name=(self.name) type=(of) value=[(*of != "password").then_some(value)]
                        maxlength=[self.most] autocomplete=[self.autocomplete] inputmode=[self.inputmode] list=[list.as_deref()]
                        aria-describedby=[described] aria-invalid=[invalid] autofocus[focus];
                    @if let (Some(list), Some(words)) = (list.as_deref(), self.suggestions) {
                        datalist id=(list) { @for word in words { option value=(word) {} } }
                    }
                }
            }
            Kind::Area { rows } => html! {
                textarea id=(id) name=(self.name) rows=(rows) maxlength=[self.most] aria-describedby=[described]
                    aria-invalid=[invalid] autofocus[focus] data-similar=[self.similar.then_some("/api/v1/demands/similar")] {
                    (keep_first_line(value)) (value)
                }
                @if self.similar { div.similar aria-live="polite" {} }
            },
            Kind::Select { choices } => html! {
                select.narrow[self.narrow] id=(id) name=(self.name) aria-describedby=[described] aria-invalid=[invalid] autofocus[focus] {
                    @if !choices.iter().any(|(v, _)| v.is_empty()) { option value="" { "请选择" } }
                    @for (choice, label) in *choices { option value=(choice) selected[*choice == value] { (label) } }
                }
            },
            Kind::File { accept } => html! {
                input id=(id) name=(self.name) type="file" multiple accept=(accept) aria-describedby=[described] aria-invalid=[invalid];
            },
            Kind::Radios { .. } | Kind::Boxes { .. } => html! {},
        }
    }
}

/// HTML drops a line break right after `<textarea>`; one more keeps the first line of the text.
fn keep_first_line(value: &str) -> &'static str {
    if value.starts_with('\n') { "\n" } else { "" }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        let id = field_id(self.name);
        let bad = self.view.error(self.name).is_some();
        html! {
            div.field.bad[bad] {
                @match &self.kind {
                    Kind::Radios { choices } => (self.group(&id, "radio", choices)),
                    Kind::Boxes { choices } => (self.group(&id, "checkbox", choices)),
                    _ => {
                        label for=(id) { (self.title()) }
                        (self.notes(&id))
                        (self.control(&id))
                    }
                }
            }
        }
    }
}

/// A hidden value, such as the version that the form was drawn from.
pub fn hidden(name: &str, value: impl std::fmt::Display) -> Markup {
    html! { input type="hidden" name=(name) value=(value.to_string()); }
}
