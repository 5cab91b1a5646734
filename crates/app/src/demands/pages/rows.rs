//! A table of demands: one row each, with what it waits for and the next act.

use kernel::{Actor, Permission};
use maud::{Markup, html};
use text::Query;

use super::contact;
use super::look::{Look, bar, status, urgent};
use crate::demands::actions::listing::Summary;
use crate::demands::rules::decide;
use crate::demands::rules::moves::{MOVES, Move, Row};
use crate::demands::rules::vocabulary::{ClockName, Route, Status};
use crate::people;
use crate::web::{hidden, parts};

/// No title is longer.
const LONGEST_TITLE: usize = 500;
/// The columns.
const HEADS: [&str; 6] = ["勾选", "诉求", "谁在办", "现在", "时限", "下一步"];
/// The form that the boxes of a list belong to; it stands outside the table, because rows have forms of their own.
pub const PICK: &str = "pick";

/// The table of these demands as `actor` sees it.
pub fn table(look: &Look, actor: &Actor, caption: &str, items: &[Summary]) -> Markup {
    drawn(look, actor, caption, items, None, false)
}

/// The table of what a search found, with the words that were searched for marked, and with boxes to tick for bulk work.
pub fn found(look: &Look, actor: &Actor, caption: &str, items: &[Summary], query: Option<&Query>) -> Markup {
    drawn(look, actor, caption, items, query, acts(actor))
}

/// Whether somebody acts on demands at all.
pub fn acts(actor: &Actor) -> bool {
    people::may(actor, Permission::Dispatch) || people::may(actor, Permission::Handle)
}

fn drawn(look: &Look, actor: &Actor, caption: &str, items: &[Summary], query: Option<&Query>, boxes: bool) -> Markup {
    let acts = acts(actor) || people::may(actor, Permission::Instruct);
    let first = if boxes { 0 } else { 1 };
    let heads = if acts { &HEADS[first..] } else { &HEADS[first..5] };
    parts::table(caption, heads, &html! { @for item in items { (row(look, actor, item, query, (boxes, acts))) } })
}

fn row(look: &Look, actor: &Actor, item: &Summary, query: Option<&Query>, (boxes, acts): (bool, bool)) -> Markup {
    let href = format!("/demands/{}", item.number);
    let leaders = item.status == Status::Triaged && item.route.is_some_and(Route::is_leaders);
    let holder = if leaders { "市领导".to_owned() } else { look.holder(item.status, item.lead_unit.as_deref()) };
    html! {
        tr data-number=(item.number) {
            @if boxes {
                td.pick {
                    input type="checkbox" form=(PICK) name="item" value={ (item.number) ":" (item.version) }
                        aria-label={ "勾选：" (contact::line(&item.title)) };
                }
            }
            td {
                a.title href=(href) { (title(item, query)) } (urgent(item.urgent))
                div.muted { span.num { (item.number) } @for fact in facts(look, item) { " · " (fact) } }
                @if item.snippet.iter().any(|piece| piece.hit) { p.small { (contact::passage(&item.snippet)) } }
            }
            td data-name="谁在办" {
                @if !holder.is_empty() { (holder) " " span.muted.nowrap { "自 " (look.when(item.held_since)) } }
            }
            td { (status(item.status)) }
            td { @if let Some(due) = item.due_at { (due_cell(look, item, due)) } }
            @if acts { td.next { (next_act(look, actor, item)) } }
        }
    }
}

fn title(item: &Summary, query: Option<&Query>) -> Markup {
    match query {
        Some(query) => contact::passage(&query.snippet(&item.title, LONGEST_TITLE)),
        None => html! { (contact::line(&item.title)) },
    }
}

fn facts(look: &Look, item: &Summary) -> Vec<String> {
    let city = look.city();
    let mut facts = vec![item.enterprise_name.clone().unwrap_or_else(|| item.audience.label().to_owned())];
    facts.push(city.channels.label(&item.channel));
    facts.extend(item.theme.as_deref().map(|theme| city.themes.label(theme)));
    facts.extend(
        item.tier
            .filter(|tier| *tier != crate::demands::rules::vocabulary::Tier::General)
            .map(|t| t.label().to_owned()),
    );
    facts
}

fn due_cell(look: &Look, item: &Summary, due: kernel::Instant) -> Markup {
    // The running clock began when the present holder got the demand: that is what every move of the law does.
    let standing = look.standing(item.held_since, due);
    let name = item.due_clock.map(|clock| clock.label()).unwrap_or_default();
    html! { span title={ (name) "，" (look.due(due)) } { (bar(&standing)) } @if !name.is_empty() { span.muted { (name) } } }
}

/// The one act that a row offers: the step that its running clock waits for, where this actor may make it.
fn next_act(look: &Look, actor: &Actor, item: &Summary) -> Markup {
    let Some(row) = next_row(actor, item) else {
        return html! {};
    };
    // Blue is for what presses; where everything is blue, nothing is.
    let presses = item.due_at.is_some_and(|due| look.now > due || look.standing(item.held_since, due).near);
    let action = format!("/demands/{}/moves/{}", item.number, row.make.code());
    if row.needs.is_empty() {
        return html! {
            form.inline method="post" action=(action) {
                (hidden("version", item.version)) button.primary[presses] { (row.make.label()) span.unseen { "：" (item.title) } }
            }
        };
    }
    html! { a.button.primary[presses] href=(action) { (row.make.label()) span.unseen { "：" (item.title) } } }
}

fn next_row(actor: &Actor, item: &Summary) -> Option<&'static Row> {
    // A list does not know whether anybody asked for a ruling, unless its clock is the one that runs out first; and what
    // does not go to the leaders does not wait for them.
    let asked = |row: &&Row| match row.make {
        Move::RuleObjection | Move::RuleExtension => row.within == item.due_clock,
        Move::Instruct => item.route.is_some_and(Route::is_leaders),
        _ => true,
    };
    let admitted = |row: &&Row| {
        row.from == item.status && asked(row) && decide::admits(row, item.lead_unit.as_deref(), item.route, actor)
    };
    next_of(&MOVES.iter().filter(admitted).collect::<Vec<_>>(), item.due_clock)
}

/// Of the moves that are open, the next step: what the running clock waits for; failing that, the first that any clock
/// waits for; where no clock runs any more, the closing. Ways out and corrections are never the next step.
pub fn next_of(open: &[&'static Row], due: Option<ClockName>) -> Option<&'static Row> {
    let onward = |row: &&'static Row| {
        let correction = row.make == Move::Triage && row.from == Status::Triaged;
        !row.from.is_end() && !correction && !matches!(row.make, Move::Decline | Move::Transfer)
    };
    let live = || open.iter().copied().filter(onward);
    match due {
        Some(clock) => {
            live().find(|row| row.within == Some(clock)).or_else(|| live().next().filter(|row| row.within.is_some()))
        }
        None => live().find(|row| row.make == Move::Close),
    }
}
