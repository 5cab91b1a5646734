//! The year as twelve months, with a calculator of due dates.

use axum::extract::State;
use jiff::civil::{Date, Weekday};
use kernel::worktime::{Calendar, Day, Derivation, DerivedDay, Ground, full_text};
use kernel::{Instant, Permission, Refusal, Result};
use maud::{Markup, html};
use serde::Deserialize;

use crate::calendar::actions;
use crate::calendar::records::Decided;
use crate::calendar::rules::{self, DueQuery, days_of, ends_of, kind_of, kind_text};
use crate::context::App;
use crate::web::parts::{Shape, chip, empty, facts, table};
use crate::web::{Answer, Field, FormView, Page, QueryParams, Session, error_summary, hidden, when};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    year: Option<String>,
    #[serde(flatten)]
    due: DueQuery,
}

/// The result of the calculator.
type Reckoned = Option<(Instant, Derivation)>;

/// `GET /calendar`
pub async fn show(State(app): State<App>, session: Session, QueryParams(asked): QueryParams<Asked>) -> Answer<Page> {
    let calendar = app.calendar();
    let today = calendar.date_at(app.now());
    let decisions = app.read(&session.actor, actions::history).await?;
    let year = rules::year(asked.year.as_deref(), today.year());
    let reckoned = reckon(&calendar, &asked.due);
    let refusal = both(year.as_ref().err(), reckoned.as_ref().err());
    let status = if refusal.is_some() { 422 } else { 200 };
    let view = view_of(&asked.due, today, refusal);
    let year = year.unwrap_or(today.year());
    let may_change = session.may(Permission::Administer);
    let page = Page::desk("工作日历").at("/calendar").status(status).body(html! {
        (error_summary(&view))
        (warnings(&calendar.warnings(ends_of(year).0, ends_of(year).1)))
        div.stack {
            (calculator(&view, year, &calendar, reckoned.unwrap_or_default()))
            (whole_year(&calendar, year, today))
            (the_facts(&calendar, year))
            (decisions_of(&app, &decisions, may_change))
        }
    });
    Ok(match may_change {
        true => page.acts(html! { a.button.primary href="/calendar/overrides/new" { "调整某一天" } }),
        false => page,
    })
}

fn reckon(calendar: &Calendar, query: &DueQuery) -> Result<Reckoned, Refusal> {
    if query.is_empty() {
        return Ok(None);
    }
    let question = query.read(calendar.zone())?;
    let derivation = calendar
        .derive(question.from, question.limit)
        .map_err(|error| Refusal::field("working_days", "out_of_range", error.to_string()))?;
    Ok(Some((derivation.due.at, derivation)))
}

fn both(year: Option<&Refusal>, due: Option<&Refusal>) -> Option<Refusal> {
    let errors: Vec<_> = year.into_iter().chain(due).flat_map(|refusal| refusal.errors.clone()).collect();
    (!errors.is_empty()).then(|| Refusal::invalid(errors))
}

fn view_of(query: &DueQuery, today: Date, refusal: Option<Refusal>) -> FormView {
    let given = |value: &Option<String>| value.clone().unwrap_or_default();
    let from = if query.is_empty() { today.to_string() } else { given(&query.from) };
    let view = FormView::blank()
        .with("from", from)
        .with("working_days", given(&query.working_days))
        .with("working_hours", given(&query.working_hours));
    match refusal {
        Some(refusal) => view.refused(refusal),
        None => view,
    }
}

fn warnings(all: &[String]) -> Markup {
    html! { @for text in all { div.notice.warn { p { b { "请注意：" } (text) } } } }
}

fn calculator(view: &FormView, year: i16, calendar: &Calendar, reckoned: Reckoned) -> Markup {
    html! {
        section.card id="due" {
            h2 { "算到期日" }
            form.filters method="get" action="/calendar#due" novalidate {
                (hidden("year", year))
                (Field::text(view, "from", "收件日期").hint("2026-09-24，也可带时刻").most(40))
                (Field::text(view, "working_days", "工作日数").hint("收件次日起算").inputmode("numeric").most(5))
                (Field::text(view, "working_hours", "或办公小时数").hint("二者填一个").inputmode("numeric").most(5))
                button.primary { "计算" }
            }
            @if let Some((due, derivation)) = reckoned { (result(calendar, due, &derivation)) }
        }
    }
}

fn result(calendar: &Calendar, due: Instant, derivation: &Derivation) -> Markup {
    let received = full_text(calendar, derivation.from.at);
    html! {
        // A day without a time was asked for where it begins.
        p.small.muted { "收件：" (received.trim_end_matches(" 00:00")) }
        p { b { "到期：" (when::time(due, calendar.zone(), &full_text(calendar, due))) } }
        p.small { (derivation.rule) }
        (warnings(&derivation.warnings))
        div.tablebox tabindex="0" role="region" aria-label="到期日的逐日推算" {
            table.days {
                caption.unseen { "到期日的逐日推算" }
                thead { tr { th scope="col" { "日期" } th scope="col" { "计数" } th scope="col" { "理由" } } }
                tbody { @for day in &derivation.days {
                    tr.off[!day.working] {
                        td { span.nowrap { (day.date) } " " span.nowrap { (day.weekday) } }
                        td { (counted(day)) }
                        td { (day.why) }
                    }
                } }
            }
        }
    }
}

fn counted(day: &DerivedDay) -> Markup {
    match (day.counted, day.working) {
        (Some(n), _) => chip(Shape::Doing, &format!("第 {n} 天")),
        (None, true) => chip(Shape::Wait, "上班"),
        (None, false) => chip(Shape::Plain, "不上班"),
    }
}

fn whole_year(calendar: &Calendar, year: i16, today: Date) -> Markup {
    let working = days_of(year).filter(|date| calendar.is_working_day(*date)).count();
    html! {
        section id="year" {
            div.head {
                h2 { (year) " 年" }
                span.small.muted { "共 " (working) " 个工作日" }
                nav.acts aria-label="换一年" {
                    @if *rules::YEARS.start() < year { a.button href={ "/calendar?year=" (year - 1) "#year" } { "← " (year - 1) } }
                    @if year != today.year() { a.button href="/calendar#year" { "今年" } }
                    @if year < *rules::YEARS.end() { a.button href={ "/calendar?year=" (year + 1) "#year" } { (year + 1) " →" } }
                }
            }
            (legend())
            div.year { @for month in 1..=12 { (month_of(calendar, year, month, today)) } }
        }
    }
}

fn legend() -> Markup {
    let signs = [
        ("holiday", "休", "国家放假"),
        ("makeup", "班", "调休上班"),
        ("local holiday", "停", "本市调整放假"),
        ("local makeup", "班", "本市调整上班"),
        ("local half", "半", "本市调整半天"),
    ];
    html! {
        ul.legend aria-label="图例" {
            @for (class, mark, text) in signs { li { span class={ "sign " (class) } { (mark) } " " (text) } }
            li { span.sign.rest { "六" } " 周末" }
        }
    }
}

fn month_of(calendar: &Calendar, year: i16, month: i8, today: Date) -> Markup {
    let days: Vec<Date> = days_of(year).filter(|date| date.month() == month).collect();
    let blank = days.first().map_or(0, |first| place(first.weekday()));
    let cells: Vec<Option<Date>> = std::iter::repeat_n(None, blank).chain(days.into_iter().map(Some)).collect();
    html! {
        div.month.card {
            table {
                caption { (month) " 月" }
                thead { tr { @for name in ["一", "二", "三", "四", "五", "六", "日"] { th scope="col" { (name) } } } }
                tbody { @for week in cells.chunks(7) {
                    tr {
                        @for cell in week { @match cell { Some(date) => (cell_of(calendar.day(*date), today)), None => { td {} } } }
                        @for _ in week.len()..7 { td {} }
                    }
                } }
            }
        }
    }
}

fn cell_of(day: Day<'_>, today: Date) -> Markup {
    let (class, mark) = sign(&day);
    let class = if day.date == today { format!("{class} today") } else { class.to_owned() };
    let said = (!mark.is_empty()).then(|| day.why());
    html! {
        td class=[(!class.is_empty()).then_some(class.trim())] title=[said.as_deref()] {
            (day.date.day())
            @if day.date == today { span.unseen { "（今天）" } }
            @if let Some(why) = &said { small aria-hidden="true" { (mark) } span.unseen { "，" (why) } }
        }
    }
}

/// The class and the mark of a day; an ordinary day has no mark, and a weekend stands under its own heading.
fn sign(day: &Day<'_>) -> (&'static str, &'static str) {
    let weekend = matches!(day.date.weekday(), Weekday::Saturday | Weekday::Sunday);
    match (day.ground, day.hours.is_some()) {
        (Ground::Override(decided), worked) => match (kind_of(&decided.kind), worked) {
            (("half_day", _, mark), _) => ("local half", mark),
            ((_, _, mark), true) => ("local makeup", mark),
            ((_, _, mark), false) => ("local holiday", mark),
        },
        (Ground::Official(_), false) => ("holiday", "休"),
        (Ground::Official(_), true) if weekend => ("makeup", "班"),
        (Ground::Weekend, _) => ("rest", ""),
        (Ground::Weekday | Ground::Official(_), _) => ("", ""),
    }
}

fn the_facts(calendar: &Calendar, year: i16) -> Markup {
    let years: Vec<String> = calendar.official().years().iter().map(ToString::to_string).collect();
    let papers: std::collections::BTreeSet<&str> =
        calendar.official().iter().filter(|day| day.date.year() == year).map(|day| day.paper.as_str()).collect();
    html! {
        section.card {
            h2 { "依据" }
            (facts(&[
                ("办公时间", html! { (calendar.hours()) }),
                ("放假安排", html! { "已收录 " (years.join("、")) " 年" }),
                ("出处", html! {
                    @if papers.is_empty() { (year) " 年没有收录国务院办公厅的通知" }
                    @for paper in papers { @if paper.starts_with("http") { a href=(paper) rel="noreferrer" { (paper) } } @else { (paper) } " " }
                }),
                ("日历版本", html! { code { (calendar.fingerprint()) } }),
            ]))
        }
    }
}

fn decisions_of(app: &App, decisions: &[Decided], may_change: bool) -> Markup {
    let zone = &app.city().zone;
    let rows = html! {
        @for decided in decisions {
            tr.off[decided.removed.is_some()] {
                td.nowrap data-name="日期" { (decided.decision.date) }
                td data-name="安排" { (kind_text(&decided.decision.kind)) }
                td data-name="理由" { (decided.decision.reason) }
                td data-name="决定" { (decided.decision.by) " " (when::stamp(decided.at, zone)) }
                td data-name="状态" {
                    @match &decided.removed {
                        Some(removed) => {
                            (chip(Shape::Plain, "已撤销")) " " (removed.by) " " (when::stamp(removed.at, zone)) "：" (removed.reason)
                        }
                        None => {
                            (chip(Shape::Doing, "有效")) " "
                            @if may_change { a href={ "/calendar/overrides/" (decided.decision.date) "/remove" } { "撤销" } }
                        }
                    }
                }
            }
        }
    };
    html! {
        section id="overrides" {
            div.head { h2 { "本市调整" } }
            @if decisions.is_empty() {
                (empty("还没有本市调整", "停电、台风、重大活动等使某一天的上班安排与全国不同时，由管理员在这里登记。", None))
            } @else {
                (table("本市调整", &["日期", "安排", "理由", "决定", "状态"], &rows))
            }
        }
    }
}

fn place(weekday: Weekday) -> usize {
    usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0)
}
