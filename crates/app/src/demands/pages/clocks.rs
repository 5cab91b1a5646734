//! By when and why: the clocks of a demand, and how each due date follows, day by day.

use axum::extract::State;
use kernel::worktime::{DerivedDay, TimerDerivation};
use kernel::{Refusal, Result};
use maud::{Markup, html};

use super::look::{Look, bar};
use crate::context::App;
use crate::demands::actions::{moving, viewing};
use crate::demands::rules::case::{Case, DemandClock};
use crate::demands::rules::clocks::derive;
use crate::web::{Answer, Page, PathParams, Session, parts};

/// More days than these are folded on the demand's own page.
const SHOWN: usize = 12;

/// A clock with the way in which its end follows.
pub struct Told {
    place: usize,
    clock: DemandClock,
    derivation: Option<TimerDerivation>,
}

/// Every clock of a case with its derivation.
pub fn told(look: &Look, case: &Case) -> Result<Vec<Told>> {
    let tell = |(place, clock): (usize, &DemandClock)| {
        Ok(Told { place, clock: clock.clone(), derivation: derive(clock, &look.calendar)? })
    };
    case.clocks.iter().enumerate().map(tell).collect()
}

/// The card of a demand's clocks: what runs, by when and why; what has stopped, folded.
pub fn card(look: &Look, number: &str, clocks: &[Told]) -> Markup {
    let (running, stopped): (Vec<&Told>, Vec<&Told>) = clocks.iter().partition(|told| told.clock.running());
    html! {
        section.card {
            h2 { "时限" }
            div.stack {
                @if running.is_empty() { p.muted { "没有在走的时限。" } }
                @for told in &running { (running_clock(look, number, told)) }
                @if !stopped.is_empty() {
                    details.fold { summary.small { "走完的时限（" (stopped.len()) "）" }
                        ul.stack.tight.small { @for told in &stopped { li { (stopped_clock(look, number, told)) } } }
                    }
                }
            }
        }
    }
}

fn running_clock(look: &Look, number: &str, told: &Told) -> Markup {
    let clock = &told.clock;
    let standing = viewing::standing(clock, &look.calendar, look.now);
    html! {
        div {
            p {
                @if clock.paused_since().is_some() { b { "已中止计时" } } @else { b { (look.due(clock.due_at)) } }
                " " span.muted.small { (clock.name.label()) @if let Some(unit) = &clock.unit { " · " (look.unit(unit)) } }
            }
            (bar(&standing))
            (parts::why("怎么算的", &html! {
                p { (clock.source) }
                @if clock.extension > 0 { p { "经批准延长 " (clock.extension) " 个工作日。" } }
                @if let Some(derivation) = &told.derivation { (days(&derivation.days, SHOWN)) (warnings(derivation)) }
                p { a href=(href(number, told.place)) { "逐日说明" } }
            }))
        }
    }
}

fn stopped_clock(look: &Look, number: &str, told: &Told) -> Markup {
    let clock = &told.clock;
    let in_time = clock.stopped_at.is_some_and(|at| at <= clock.due_at);
    html! {
        a href=(href(number, told.place)) { (clock.name.label()) }
        @if clock.round > 1 { "（第 " (clock.round) " 轮）" }
        " " (if in_time { "按期" } else { "逾期" })
        span.muted { "，应于 " (look.stamp(clock.due_at)) @if let Some(at) = clock.stopped_at { "，停于 " (look.stamp(at)) } }
    }
}

fn href(number: &str, place: usize) -> String {
    format!("/demands/{number}/clocks/{place}")
}

fn warnings(derivation: &TimerDerivation) -> Markup {
    html! { @for warning in &derivation.warnings { p.muted { (warning) } } }
}

fn days(days: &[DerivedDay], most: usize) -> Markup {
    let (head, tail) = if days.len() > most { (most - 4, days.len() - 3) } else { (days.len(), days.len()) };
    html! {
        table {
            tbody {
                @for day in &days[..head] { (derived_day(day)) }
                @if tail > head { tr.off { td { "…" } td { "中间 " (tail - head) " 天见逐日说明" } } }
                @for day in &days[tail..] { (derived_day(day)) }
            }
        }
    }
}

fn derived_day(day: &DerivedDay) -> Markup {
    html! {
        tr.off[!day.working] {
            td.nowrap { (day.date.strftime("%m-%d").to_string()) " " (day.weekday) }
            td { (day.why) }
        }
    }
}

/// `GET /demands/{number}/clocks/{position}`
pub async fn show(
    State(app): State<App>,
    session: Session,
    PathParams((number, place)): PathParams<(String, usize)>,
) -> Answer<Page> {
    let asked = number.clone();
    let (look, told) = app
        .read(&session.actor, move |cx| {
            let (case, look) = (moving::load(cx, &asked)?, Look::new(cx)?);
            let told = self::told(&look, &case)?.into_iter().nth(place);
            Ok((look, told.ok_or_else(|| Refusal::not_found("没有这个时限"))?))
        })
        .await?;
    Ok(Page::desk(format!("{}时限怎么算的", told.clock.name.label()))
        .at("/demands")
        .back(number.clone(), format!("/demands/{number}"))
        .body(page(&look, &told)))
}

fn page(look: &Look, told: &Told) -> Markup {
    let clock = &told.clock;
    let full = |at| kernel::worktime::full_text(&look.calendar, at);
    let unit = clock.unit.as_deref().map_or_else(|| look.city().dispatcher_name().to_owned(), |code| look.unit(code));
    html! {
        div.stack.measure {
            section.card {
                (parts::facts(&[
                    ("谁的时限", html! { (unit) @if clock.round > 1 { "（第 " (clock.round) " 轮）" } }),
                    ("依据", html! { (clock.source) }),
                    ("起算", html! { (full(clock.started_at)) }),
                    ("到期", html! { b { (full(clock.due_at)) } }),
                    ("现在", html! {
                        @match clock.stopped_at {
                            Some(at) => { (if at <= clock.due_at { "按期停止，" } else { "逾期停止，" }) (full(at)) }
                            None => (bar(&viewing::standing(clock, &look.calendar, look.now))),
                        }
                    }),
                ]))
            }
            @match &told.derivation {
                Some(derivation) => (day_by_day(look, clock, derivation)),
                None => section.card { p { "这个到期日是交办时人工指定的，到当天下班为止，不从时限推算。" } },
            }
        }
    }
}

fn day_by_day(look: &Look, clock: &DemandClock, derivation: &TimerDerivation) -> Markup {
    html! {
        section.card {
            h2 { "逐日说明" }
            p { (derivation.rule) }
            @if derivation.steps.len() > 1 { ol.bullets { @for step in &derivation.steps { li { (step) } } } }
            (warnings(derivation))
            @if let Some(due) = derivation.due.as_ref().filter(|due| due.at != clock.due_at) {
                p.notice.warn {
                    "工作日历在这个时限起算之后有过调整：按现行日历算到 "
                    (kernel::worktime::full_text(&look.calendar, due.at))
                    "。已经定下的到期时间不会悄悄改变，重算要在日历页进行并记入台账。"
                }
            }
            (parts::table("逐日说明", &["日期", "第几个工作日", "说明"], &html! {
                @for day in &derivation.days {
                    tr.off[!day.working] {
                        td.nowrap { (day.date.to_string()) " " (day.weekday) }
                        td { @if let Some(n) = day.counted { "第 " (n) " 个" } }
                        td { (day.why) }
                    }
                }
            }))
            p.muted.small { "所用日历指纹 " code { (derivation.calendar) } }
        }
    }
}
