//! The list of demands: every condition is a field of a GET form, so that a view is an address.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use kernel::{Error, PageRequest, Permission, Result};
use maud::{Markup, html};
use text::Query;

use super::desk::count;
use super::look::Look;
use super::rows;
use crate::city::Mode;
use crate::context::{App, Cx};
use crate::demands::actions::listing::{self, Count, Summary};
use crate::demands::actions::{moving, searching};
use crate::demands::rules::filter::{Filter, Sort};
use crate::demands::rules::vocabulary::{Audience, DemandKind, Route, Status, Tier, Waiting, Word};
use crate::people;
use crate::web::parts::{self, Pager, encode};
use crate::web::{
    Answer, Field, FormBody, FormView, Page, Session, decode_pairs, error_summary, hidden, invalid_only, onward,
};

struct Listed {
    rows: kernel::Page<Summary>,
    count: Count,
    also: Vec<String>,
    look: Look,
}

/// `GET /demands`
pub async fn show(State(app): State<App>, session: Session, RawQuery(query): RawQuery) -> Answer<Response> {
    let pairs = decode_pairs(query.as_deref().unwrap_or_default())?;
    if let Some(number) = sought(&app, &session, &pairs).await? {
        return Ok(onward(format!("/demands/{number}")).into_response());
    }
    Ok(listed(&app, &session, &pairs).await?.into_response())
}

/// Whoever searches for nothing but a number wants that demand.
async fn sought(app: &App, session: &Session, pairs: &[(String, String)]) -> Answer<Option<String>> {
    let [(name, number)] = pairs else { return Ok(None) };
    let number = number.trim().to_ascii_uppercase();
    let like_one = (12..=24).contains(&number.len()) && number.chars().all(|c| c.is_ascii_alphanumeric());
    if name != "q" || !like_one {
        return Ok(None);
    }
    let found = number.clone();
    match app.read(&session.actor, move |cx| moving::load(cx, &found)).await {
        Ok(_) => Ok(Some(number)),
        Err(Error::Refused(_)) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

async fn listed(app: &App, session: &Session, pairs: &[(String, String)]) -> Answer<Page> {
    let view = FormView::typed(typed(pairs));
    let (filter, page) = match Filter::read(pairs) {
        Ok(read) => read,
        Err(refusal) => return refused(app, session, view.refused(refusal)).await,
    };
    let asked = (filter.clone(), page.clone());
    let listed = match app.read(&session.actor, move |cx| read(cx, &asked.0, &asked.1)).await {
        Ok(listed) => listed,
        Err(error) => return refused(app, session, view.refused(invalid_only(error)?)).await,
    };
    Ok(draw(session, &filter, &page, &view, &listed))
}

/// What was asked for, with the ticked boxes as the form sends them.
fn typed(pairs: &[(String, String)]) -> FormBody {
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    FormBody::of(&pairs)
}

fn read(cx: &mut Cx<'_>, filter: &Filter, page: &PageRequest) -> Result<Listed> {
    let (rows, count) = (listing::list(cx, filter, page)?, listing::count(cx, filter)?);
    Ok(Listed { rows, count, also: searching::also(cx, filter), look: Look::new(cx)? })
}

async fn refused(app: &App, session: &Session, view: FormView) -> Answer<Page> {
    let look = app.read(&session.actor, Look::new).await?;
    let body = html! { (error_summary(&view)) (form(&look, session, &Filter::default(), &view)) };
    Ok(Page::desk("诉求").status(422).body(body))
}

fn draw(session: &Session, filter: &Filter, page: &PageRequest, view: &FormView, listed: &Listed) -> Page {
    let Listed { rows, count, look, .. } = listed;
    let further = page.cursor.is_some();
    let query = filter.q.as_deref().map(Query::parse);
    let length = length(filter, *count, rows, further);
    Page::desk("诉求")
        .aside(html! { span.muted { (said(filter)) (length) } })
        .acts(html! {
            @if people::may(&session.actor, Permission::Exchange) && !listed.rows.items.is_empty() {
                a.button href=(export_address(filter)) { "导出表格" }
            }
            @if *filter != Filter::default() {
                a.button href=(address("/views/new", filter)) { "存为常用视图" }
            }
            @if people::may(&session.actor, Permission::Register) {
                a.button href="/desk/register" data-key="n" data-key-name="登记来电来访" { "登记来电来访 " kbd { "n" } }
            }
        })
        .body(html! {
            (form(look, session, filter, view))
            (also(filter, &listed.also))
            @if rows.items.is_empty() && rows.next.is_none() {
                (empty(filter))
            } @else {
                @if rows::acts(&session.actor) { (bulk(filter)) }
                (rows::found(look, &session.actor, "诉求", &rows.items, query.as_ref()))
                (pager(filter, page, rows, *count))
            }
        })
}

/// The way to do one thing to many: to what is ticked, or to the whole list.
fn bulk(filter: &Filter) -> Markup {
    html! {
        form.bulkbar id=(rows::PICK) method="get" action="/bulk" {
            button data-key="b" data-key-name="批量办理勾选的" { "批量办理勾选的 " kbd { "b" } }
            a.button href=(address("/bulk", filter)) { "整张列表批量办理" }
            span.small.muted { "勾选：" kbd { "x" } " 勾一行，" kbd { "X" } " 勾本页" }
        }
    }
}

/// The whole list as a workbook, under the same filter.
fn export_address(filter: &Filter) -> String {
    let pairs: Vec<String> =
        filter.pairs().iter().map(|(name, value)| format!("{name}={}", crate::web::parts::encode(value))).collect();
    format!("/demands/export/xlsx?{}", pairs.join("&"))
}

/// A search counts candidates of the index; where the whole list is on the page, its length is the number.
fn length(filter: &Filter, counted: Count, rows: &kernel::Page<Summary>, further: bool) -> String {
    match filter.q {
        Some(_) if !further && rows.next.is_none() => format!("共 {} 件", rows.items.len()),
        Some(_) => format!("约 {} 件", count(counted)),
        None => format!("共 {} 件", count(counted)),
    }
}

fn said(filter: &Filter) -> String {
    let mut parts = Vec::new();
    parts.extend(filter.overdue.then(|| "已逾期".to_owned()));
    parts.extend(filter.due_today.then(|| "今天到期".to_owned()));
    parts.extend(filter.waiting.map(|waiting| waiting.label().to_owned()));
    match filter.statuses.as_slice() {
        [] => {}
        all if all == Status::OPEN => parts.push("未办结".to_owned()),
        some => parts.push(some.iter().map(|s| s.label()).collect::<Vec<_>>().join("、")),
    }
    parts.extend(filter.issue.as_ref().map(|issue| format!("属于共性问题 {issue}")));
    parts.extend(filter.q.as_ref().map(|q| format!("含“{q}”")));
    parts.extend(filter.exact.then(|| "只找原词".to_owned()));
    if parts.is_empty() { String::new() } else { format!("{} · ", parts.join(" · ")) }
}

/// What else was searched for, and the way to do without.
fn also(filter: &Filter, also: &[String]) -> Markup {
    html! {
        @if filter.exact {
            p.small.muted { "只找原词。" a href=(address("/demands", &Filter { exact: false, ..filter.clone() })) { "也找同义词" } }
        } @else if !also.is_empty() {
            p.small.muted {
                "也找了：" (also.join("、")) "。"
                a href=(address("/demands", &Filter { exact: true, ..filter.clone() })) { "只找原词" }
            }
        }
    }
}

fn pager(filter: &Filter, page: &PageRequest, rows: &kernel::Page<Summary>, count: Count) -> Markup {
    let mut list = address("/demands", filter);
    if page.limit != PageRequest::first(50).limit {
        list = parts::with_param(&list, "limit", &page.limit.to_string());
    }
    let total = (filter.q.is_none() && !count.more).then_some(count.n as u64);
    html! {
        (Pager { list: &list, further: page.cursor.is_some(), next: rows.next.as_deref(), total, shown: rows.items.len() })
    }
}

fn empty(filter: &Filter) -> Markup {
    if *filter == Filter::default() {
        return parts::empty(
            "还没有诉求",
            "群众、企业家、服务对象反映的意见、建议、事项会列在这里，可以按状态、单位、领域筛选，也可以按字句查找。",
            Some(("登记一件诉求", "/desk/register")),
        );
    }
    parts::empty(
        "没有符合条件的诉求",
        "条件之间是“并且”的关系，少选一两项再看；查找按原文字句，换一个说法也许就能找到。",
        Some(("清除条件", "/demands")),
    )
}

/// The path with the conditions of `filter`.
pub fn address(path: &str, filter: &Filter) -> String {
    let query: Vec<String> = filter.pairs().iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Conditions that stand behind 更多条件 until one of them is used.
fn is_narrow(filter: &Filter) -> bool {
    let Filter { tier, route, kind, audience, channel, mode, from, to, .. } = filter;
    tier.is_some()
        || route.is_some()
        || kind.is_some()
        || audience.is_some()
        || channel.is_some()
        || mode.is_some()
        || from.is_some()
        || to.is_some()
}

fn waiting() -> Vec<(String, String)> {
    Waiting::ALL.iter().map(|waiting| (waiting.code().to_owned(), waiting.label().to_owned())).collect()
}

fn form(look: &Look, session: &Session, filter: &Filter, view: &FormView) -> Markup {
    let city = look.city();
    let themes: Vec<(String, String)> =
        city.themes.all().iter().map(|theme| (theme.code.clone(), city.themes.label(&theme.code))).collect();
    let channels: Vec<(String, String)> =
        city.channels.all().iter().map(|c| (c.code.clone(), c.label.clone())).collect();
    let units: Vec<(String, String)> =
        look.units.handlers(look.now).map(|unit| (unit.code.clone(), unit.short_name.clone())).collect();
    let yes = |name: &str| view.has(name, "true") || view.has(name, "on") || view.has(name, "1");
    html! {
        form method="get" action="/demands" role="search" aria-label="筛选诉求" {
            @if let Some(enterprise) = filter.enterprise { (hidden("enterprise", enterprise)) }
            @if let Some(issue) = &filter.issue { (hidden("issue", issue)) }
            @if filter.exact { (hidden("exact", "true")) }
            div.filters {
                (Field::input(view, "q", "字句、编号、企业", "search").most(100))
                (any(&statuses(filter, view), "status", "状态"))
                @if session.may(Permission::SeeAll) { (select(view, "unit", "单位", &units)) }
                (select(view, "theme", "领域", &themes))
                (select(view, "sort", "排序", &sorts()))
                (select(view, "waiting", "等什么", &waiting()))
                label.choice { input type="checkbox" name="overdue" value="true" checked[yes("overdue")]; span { "只看逾期" } }
                label.choice { input type="checkbox" name="due_today" value="true" checked[yes("due_today")]; span { "今天到期" } }
                button { "筛选" }
                @if *filter != Filter::default() { a href="/demands" { "清除条件" } }
            }
            details.fold open[is_narrow(filter)] {
                summary.small { "更多条件" }
                div.filters {
                    (select(view, "kind", "清单", &choices::<DemandKind>()))
                    (select(view, "tier", "层级", &choices::<Tier>()))
                    (select(view, "route", "办理形式", &choices::<Route>()))
                    (select(view, "audience", "谁反映的", &choices::<Audience>()))
                    (select(view, "channel", "渠道", &channels))
                    (any(&modes(filter), "mode", "收集方式"))
                    (Field::date(view, "from", "收到日期从"))
                    (Field::date(view, "to", "到"))
                }
            }
        }
    }
}

fn choices<W: Word>() -> Vec<(String, String)> {
    W::CHOICES.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect()
}

/// The eight ways of collecting, the halves of each pair, and the combination that the address asks for.
fn modes(filter: &Filter) -> (Vec<(String, String)>, String) {
    let chosen = filter.mode.map(Mode::code).unwrap_or_default();
    let halves = ["online", "offline", "daily", "special", "regular", "random"].map(Mode::read);
    let mut all = vec![(String::new(), "全部".to_owned())];
    all.extend(halves.into_iter().flatten().chain(Mode::all()).map(|mode| (mode.code(), mode.label())));
    if let Some(mode) = filter.mode.filter(|mode| !all.iter().any(|(code, _)| *code == mode.code())) {
        all.push((mode.code(), mode.label()));
    }
    (all, chosen)
}

fn sorts() -> Vec<(String, String)> {
    // The usual order stays out of the address.
    let sorts = [
        ("", "相关的、新收到的在前"),
        (Sort::Received.code(), "新收到的在前"),
        (Sort::Oldest.code(), "早收到的在前"),
        (Sort::Due.code(), "先到期的在前"),
    ];
    sorts.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect()
}

/// The statuses as choices: all, open, each, and the combination that the address asks for.
fn statuses(filter: &Filter, view: &FormView) -> (Vec<(String, String)>, String) {
    let mut all = vec![(String::new(), "全部".to_owned()), ("open".to_owned(), "未办结".to_owned())];
    all.extend(choices::<Status>());
    let chosen = match filter.statuses.as_slice() {
        [] => view.value("status").to_owned(),
        open if open == Status::OPEN => "open".to_owned(),
        some => some.iter().map(|s| s.code()).collect::<Vec<_>>().join(","),
    };
    if filter.statuses.len() > 1 && chosen != "open" {
        all.push((chosen.clone(), filter.statuses.iter().map(|s| s.label()).collect::<Vec<_>>().join("、")));
    }
    (all, chosen)
}

fn any((choices, chosen): &(Vec<(String, String)>, String), name: &str, label: &str) -> Markup {
    let id = crate::web::fields::field_id(name);
    html! {
        div.field {
            label for=(id) { (label) }
            select id=(id) name=(name) { @for (value, label) in choices { option value=(value) selected[value == chosen] { (label) } } }
        }
    }
}

fn select(view: &FormView, name: &str, label: &str, choices: &[(String, String)]) -> Markup {
    let mut all = choices.to_vec();
    if !choices.iter().any(|(value, _)| value.is_empty()) {
        all.insert(0, (String::new(), "全部".to_owned()));
    }
    any(&(all, view.value(name).to_owned()), name, label)
}
