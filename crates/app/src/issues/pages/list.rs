//! `/issues`: what waits for a decision first, then the largest.

use std::collections::BTreeMap;

use axum::extract::State as AppState;
use kernel::PageRequest;
use maud::{Markup, html};

use super::state;
use crate::context::App;
use crate::demands::pages::look::Look;
use crate::issues::actions::seeing::{self, RECENT_DAYS};
use crate::issues::api::IssueQuery;
use crate::issues::records::{Line, Wanted};
use crate::issues::rules::issue::State;
use crate::web::parts::{self, Pager, encode, table};
use crate::web::{Answer, Field, FormView, Page, QueryParams, Session, error_summary, hidden};

const HEADS: [&str; 6] = ["问题", "状态", "诉求", "近 30 天", "企业", "统筹、牵头"];

/// `GET /issues`
pub async fn show(
    AppState(app): AppState<App>,
    session: Session,
    QueryParams(query): QueryParams<IssueQuery>,
) -> Answer<Page> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let view =
        FormView::blank().with("q", text(&query.q)).with("sort", text(&query.sort)).with("state", text(&query.state));
    let (wanted, page, refusal) = match query.read() {
        Ok((wanted, page)) => (wanted, page, None),
        Err(refusal) => (Wanted::default(), PageRequest::first(50), Some(refusal)),
    };
    let status = refusal.as_ref().map_or(200, kernel::Refusal::status);
    let view = refusal.into_iter().fold(view, FormView::refused);
    let asked = (wanted.clone(), page.clone());
    let (lines, counts, look) = app
        .read(&session.actor, move |cx| {
            Ok((seeing::list(cx, &asked.0, &asked.1)?, seeing::counts(cx)?, Look::new(cx)?))
        })
        .await?;
    let address = address(&query);
    Ok(Page::desk("共性问题").status(status).body(html! {
        (error_summary(&view))
        (figures(&counts))
        form.filters method="get" action="/issues" role="search" aria-label="筛选共性问题" {
            (hidden("state", view.value("state")))
            (Field::input(&view, "q", "名称或编号", "search").most(60))
            (Field::select(&view, "sort", "排序", &[("", "件数多的在前"), ("latest", "最近有新诉求的在前")]))
            button { "筛选" }
            @if query.state.is_some() || query.q.is_some() || query.sort.is_some() { a href="/issues" { "清除条件" } }
        }
        @if lines.items.is_empty() { (empty(&query)) } @else {
            (table("共性问题", &HEADS, &html! { @for line in &lines.items { (row(&look, line)) } }))
            (Pager { list: &address, further: page.cursor.is_some(), next: lines.next.as_deref(), total: None, shown: lines.items.len() })
        }
        p.small.muted.gap {
            "系统每隔几分钟把新诉求按内容归拢，三件以上说同一件事的列为待确认；是不是共性问题由人决定，系统只说明理由。近 30 天指最近 " (RECENT_DAYS) " 天收到的件数。"
        }
    }))
}

fn figures(counts: &BTreeMap<String, i64>) -> Markup {
    html! {
        div.figures {
            @for state in State::ALL {
                @let count = counts.get(state.code()).copied().unwrap_or_default();
                (parts::figure(count.unsigned_abs(), state.label(), &format!("/issues?state={}", state.code()), false))
            }
        }
    }
}

fn row(look: &Look, line: &Line) -> Markup {
    let issue = &line.issue;
    let bodies: Vec<String> =
        [&issue.coordinator, &issue.lead_unit].into_iter().flatten().map(|code| look.unit(code)).collect();
    let href = format!("/issues/{}", issue.number);
    html! {
        tr {
            td {
                a.title href=(href) { (issue.name) }
                div.muted { span.num { (issue.number) } @for why in issue.why.iter().take(1) { " · " (why) } }
            }
            td data-name="状态" { (state(issue.state)) }
            td data-name="诉求" {
                (parts::number_link(line.size.unsigned_abs(), &format!("{href}#members"))) " 件"
                @if issue.state.is_decided() && line.proposed > 0 { div.small.muted { (line.proposed) " 件待确认归入" } }
            }
            td data-name="近 30 天" { @if line.recent > 0 { "+" (line.recent) } @else { span.muted { "没有新增" } } }
            td data-name="企业" { (line.firms) " 家" }
            td data-name="统筹、牵头" { @if bodies.is_empty() { span.muted { "—" } } @else { (bodies.join("、")) } }
        }
    }
}

fn empty(query: &IssueQuery) -> Markup {
    if query.state.is_none() && query.q.is_none() {
        return parts::empty(
            "还没有共性问题",
            "三件以上诉求说同一件事时，系统会在这里提出来，写明名称和理由；由人确认、拆分或者合并，再统一答复。",
            None,
        );
    }
    parts::empty("没有符合条件的共性问题", "换一个状态或者名称再看。", Some(("全部共性问题", "/issues")))
}

fn address(query: &IssueQuery) -> String {
    let pairs = [("state", &query.state), ("q", &query.q), ("sort", &query.sort)];
    let query: Vec<String> =
        pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encode(value.as_deref()?)))).collect();
    if query.is_empty() { "/issues".to_owned() } else { format!("/issues?{}", query.join("&")) }
}
