//! The parts that pages are made of. Every part is a function or a small builder that draws itself with maud.

use maud::{Markup, Render, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The shape of a chip: status is a word with a shape, never a colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A diamond: new, nobody has looked yet.
    New,
    /// A dot: somebody works on it.
    Doing,
    /// Two bars: waits for something.
    Wait,
    /// A tick: done.
    Done,
    /// A triangle: late.
    Late,
    /// A grey dot: out of the way.
    Plain,
}

/// A status.
pub fn chip(shape: Shape, text: &str) -> Markup {
    let class = match shape {
        Shape::New => "chip new",
        Shape::Doing => "chip doing",
        Shape::Wait => "chip wait",
        Shape::Done => "chip done",
        Shape::Late => "chip late",
        Shape::Plain => "chip",
    };
    html! { span class=(class) { (text) } }
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Time enough.
    Calm,
    /// Due soon.
    Near,
    /// Overdue.
    Late,
}

/// A clock: what is left in words, and how much of the time is used as a bar.
pub fn clock_bar(tone: Tone, text: &str, used_percent: u8) -> Markup {
    let class = match tone {
        Tone::Calm => "clock",
        Tone::Near => "clock near",
        Tone::Late => "clock late",
    };
    let used = used_percent.min(100);
    html! { span class=(class) { (text) progress max="100" value=(used) aria-label={ "时限已用 " (used) "%" } {} } }
}

/// The derivation of something, folded away under a link-like line.
pub fn why(summary: &str, body: &Markup) -> Markup {
    html! { details.why { summary { (summary) } (body) } }
}

/// Names and values in two columns.
pub fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in rows { div { dt { (name) } dd { (value) } } } } }
}

/// A table that turns into cards on a phone. Rows are `tr` of `td`; give a cell `data-name` to show its column's name on
/// the card. `caption` is read out, not drawn.
pub fn table(caption: &str, heads: &[&str], rows: &Markup) -> Markup {
    html! {
        div.tablebox tabindex="0" role="region" aria-label=(caption) {
            table.cards {
                caption.unseen { (caption) }
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// What stands where a list would, before there is anything in it.
pub fn empty(title: &str, text: &str, action: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty {
            p.empty-title { (title) }
            p.muted { (text) }
            @if let Some((label, href)) = action { p { a.button.primary href=(href) { (label) } } }
        }
    }
}

/// The way to the next page of a list, and back to its beginning.
pub struct Pager<'a> {
    /// The path with the list's filters, for example `/demands?status=closed`.
    pub list: &'a str,
    /// Whether this is a page after the first.
    pub further: bool,
    /// The cursor of the next page.
    pub next: Option<&'a str>,
    /// How many there are in all, where that is known.
    pub total: Option<u64>,
    /// How many stand on this page.
    pub shown: usize,
}

impl Render for Pager<'_> {
    fn render(&self) -> Markup {
        html! {
            nav.pager aria-label="分页" {
                span.muted {
                    @match self.total {
                        Some(total) => { "共 " (count(total)) " 件，本页 " (self.shown) " 件" },
                        None => { "本页 " (self.shown) " 件" },
                    }
                }
                @if self.further { a href=(self.list) { "回到第一页" } }
                @if let Some(next) = self.next { a.button rel="next" href=(with_param(self.list, "cursor", next)) { "下一页" } }
            }
        }
    }
}

/// A big number that leads to the list that makes it up.
pub fn figure(value: u64, label: &str, href: &str, hot: bool) -> Markup {
    html! { a.hot[hot] href=(href) { b { (count(value)) } small { (label) } } }
}

/// A number in running text that leads to the list that makes it up.
pub fn number_link(value: u64, href: &str) -> Markup {
    html! { a.num href=(href) { (count(value)) } }
}

/// `1,284`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A notice at the head of a page; `role` is `status` for news and `alert` for trouble.
pub fn notice(trouble: bool, body: &Markup) -> Markup {
    let role = if trouble { "alert" } else { "status" };
    html! { div.notice.trouble[trouble] role=(role) { (body) } }
}

/// A button that posts to `action` on its own: an act that needs no fields.
pub fn post_button(action: &str, label: &str, primary: bool) -> Markup {
    html! { form.inline method="post" action=(action) { button.primary[primary] { (label) } } }
}

/// Letters, digits and what RFC 3986 leaves unreserved.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `text` for use inside a query.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// The address with `name=value` put in place of any earlier `name`.
pub fn with_param(address: &str, name: &str, value: &str) -> String {
    let base = without_param(address, name);
    let joint = if base.contains('?') { '&' } else { '?' };
    format!("{base}{joint}{name}={}", encode(value))
}

/// The address without the parameter `name`.
pub fn without_param(address: &str, name: &str) -> String {
    let Some((path, query)) = address.split_once('?') else { return address.to_owned() };
    let kept: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name)).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}
