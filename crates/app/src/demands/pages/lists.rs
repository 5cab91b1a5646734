//! 意见、建议、事项清单 (plan 一(一)): how the three lists stood at the end of any day, and the demands behind each number.

use axum::extract::{RawQuery, State};
use jiff::civil::Date;
use kernel::error::Checker;
use kernel::{PageRequest, Permission, Result};
use maud::{Markup, html};

use super::look::Look;
use super::rows;
use crate::context::App;
use crate::demands::actions::listing::{self, Lot};
use crate::demands::rules::vocabulary::{DemandKind, Status};
use crate::web::parts::{self, Pager};
use crate::web::{Answer, Field, FormBody, FormView, Page, Session, decode_pairs, error_summary};

/// The lists in their order; the last is what has not been sorted yet.
const KINDS: [Option<DemandKind>; 4] =
    [Some(DemandKind::Opinion), Some(DemandKind::Suggestion), Some(DemandKind::Matter), None];
/// The code of what has not been sorted yet.
const UNSORTED: &str = "unsorted";

/// What an address of these pages asks for.
pub struct Asked {
    /// The end of which day; absent: now.
    pub day: Option<Date>,
    /// Which part of the lists.
    pub lot: Lot,
    page: PageRequest,
}

fn read(query: Option<&str>) -> Result<(Asked, FormView)> {
    let pairs = decode_pairs(query.unwrap_or_default())?;
    let asked = Asked::read(&pairs)?;
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    Ok((asked, FormView::typed(FormBody::of(&pairs))))
}

impl Asked {
    /// Reads an address; every wrong condition is named.
    pub fn read(pairs: &[(String, String)]) -> Result<Self> {
        let mut check = Checker::default();
        let mut asked = Self { day: None, lot: Lot::default(), page: PageRequest::first(100) };
        for (name, value) in pairs.iter().map(|(n, v)| (n.as_str(), v.trim())).filter(|(_, v)| !v.is_empty()) {
            match (name, value) {
                ("as_of", value) => match value.parse::<Date>() {
                    Ok(day) if (1990..=2200).contains(&day.year()) => asked.day = Some(day),
                    _ => check.wrong("as_of", "bad_format", "日期请写成 2026-03-05 的样子"),
                },
                ("kind", UNSORTED) => asked.lot.kind = Some(None),
                ("kind", code) => match DemandKind::from_code(code) {
                    Some(kind) => asked.lot.kind = Some(Some(kind)),
                    None => check.wrong("kind", "unknown", "没有这张清单"),
                },
                ("status", code) => match Status::from_code(code) {
                    Some(status) => asked.lot.statuses.push(status),
                    None => check.wrong("status", "unknown", "没有这个状态"),
                },
                ("cursor", cursor) => asked.page.cursor = Some(cursor.to_owned()),
                _ => {}
            }
        }
        check.done()?;
        Ok(asked)
    }
}

type Census = Vec<(Option<DemandKind>, Status, i64)>;

/// `GET /lists`
pub async fn show(State(app): State<App>, session: Session, RawQuery(query): RawQuery) -> Answer<Page> {
    let (asked, view) = match read(query.as_deref()) {
        Ok(read) => read,
        Err(error) => {
            let view = FormView::blank().refused(crate::web::invalid_only(error)?);
            return Ok(Page::desk("意见建议事项清单").status(422).body(html! { (error_summary(&view)) (form(&view)) }));
        }
    };
    let (day, census, look) = app
        .read(&session.actor, move |cx| {
            let day = asked.day.unwrap_or_else(|| cx.today()).min(cx.today());
            Ok((day, listing::census(cx, day)?, Look::new(cx)?))
        })
        .await?;
    let view = view.with("as_of", day.to_string());
    let total: i64 = census.iter().map(|(_, _, n)| n).sum();
    Ok(Page::desk("意见建议事项清单")
        .aside(html! { span.muted { (said(&look, day)) " · 共 " (parts::count(total as u64)) " 件" } })
        .acts(export_button(&session, &pairs_of(day, None, &[])))
        .body(html! {
            (form(&view))
            @if census.is_empty() {
                (parts::empty("这一天还没有诉求", "收到的诉求经研判列入意见、建议、事项三张清单；任何一天的清单都可以回看，每个数字都能点开。", None))
            } @else {
                (grid(day, &census))
                p.muted.small { "按这一天结束时的状态统计，数字与台账一致；研判之前的列为“未列入”。" }
            }
        }))
}

fn said(look: &Look, day: Date) -> String {
    let today = look.now.in_zone(&look.city().zone).date();
    if day == today { "截至现在".to_owned() } else { format!("截至 {day} 24:00") }
}

fn form(view: &FormView) -> Markup {
    html! {
        form.filters method="get" action="/lists" {
            (Field::date(view, "as_of", "截至哪一天"))
            button { "查看" }
            a href="/lists" { "今天" }
        }
    }
}

/// The name of a list.
pub fn label(kind: Option<DemandKind>) -> &'static str {
    kind.map_or("未列入", DemandKind::label)
}

/// The identifier of a list.
pub fn code(kind: Option<DemandKind>) -> &'static str {
    kind.map_or(UNSORTED, DemandKind::code)
}

fn grid(day: Date, census: &Census) -> Markup {
    let statuses: Vec<Status> =
        Status::ALL.iter().copied().filter(|s| census.iter().any(|(_, status, _)| status == s)).collect();
    let sum = |kind: Option<Option<DemandKind>>, status: Option<Status>| -> i64 {
        let fits = |(k, s, _): &&(Option<DemandKind>, Status, i64)| {
            kind.is_none_or(|kind| kind == *k) && status.is_none_or(|status| status == *s)
        };
        census.iter().filter(fits).map(|(_, _, n)| n).sum()
    };
    let cell = |kind, status: Option<Status>| {
        let (name, n) = (status.map_or("合计", |s| s.label()), sum(kind, status));
        html! { td.right.zero[n == 0] data-name=(name) { (number(n, day, kind, status)) } }
    };
    html! {
        div.tablebox tabindex="0" role="region" aria-label="三张清单" {
            table.cards {
                caption.unseen { "三张清单，按状态" }
                thead { tr {
                    th scope="col" { "清单" }
                    @for status in &statuses { th.right scope="col" { (status.label()) } }
                    th.right scope="col" { "合计" }
                } }
                tbody {
                    @for kind in KINDS {
                        tr {
                            th scope="row" { (label(kind)) }
                            @for status in &statuses { (cell(Some(kind), Some(*status))) }
                            (cell(Some(kind), None))
                        }
                    }
                    tr.total {
                        th scope="row" { "合计" }
                        @for status in &statuses { (cell(None, Some(*status))) }
                        (cell(None, None))
                    }
                }
            }
        }
    }
}

fn number(n: i64, day: Date, kind: Option<Option<DemandKind>>, status: Option<Status>) -> Markup {
    html! { @if n == 0 { span.muted { "0" } } @else { (parts::number_link(n.unsigned_abs(), &href(day, kind, status))) } }
}

fn href(day: Date, kind: Option<Option<DemandKind>>, status: Option<Status>) -> String {
    format!("/lists/rows?{}", pairs_of(day, kind, status.as_slice()))
}

/// What an address says of a part of the lists.
pub fn pairs_of(day: Date, kind: Option<Option<DemandKind>>, statuses: &[Status]) -> String {
    let kind = kind.map(|kind| format!("&kind={}", code(kind))).unwrap_or_default();
    let statuses: String = statuses.iter().map(|status| format!("&status={}", status.code())).collect();
    format!("as_of={day}{kind}{statuses}")
}

fn export_button(session: &Session, query: &str) -> Markup {
    html! { @if session.may(Permission::Exchange) { a.button href={ "/lists/export/xlsx?" (query) } { "导出表格" } } }
}

/// `GET /lists/rows`
pub async fn rows(State(app): State<App>, session: Session, RawQuery(query): RawQuery) -> Answer<Page> {
    let (Asked { day, lot, page }, _) = read(query.as_deref())?;
    let further = page.cursor.is_some();
    let wanted = lot.clone();
    let (day, rows, total, look) = app
        .read(&session.actor, move |cx| {
            let day = day.unwrap_or_else(|| cx.today()).min(cx.today());
            let fits = |kind: &Option<DemandKind>, status: &Status| {
                wanted.kind.is_none_or(|wanted| wanted == *kind)
                    && (wanted.statuses.is_empty() || wanted.statuses.contains(status))
            };
            let total: i64 = listing::census(cx, day)?
                .iter()
                .filter(|(kind, status, _)| fits(kind, status))
                .map(|(_, _, n)| n)
                .sum();
            let rows = listing::as_of(cx, day, &wanted, &page)?;
            Ok((day, rows, total.unsigned_abs(), Look::new(cx)?))
        })
        .await?;
    let name = lot.kind.map_or("全部", label);
    let statuses = lot.statuses.iter().map(|s| s.label()).collect::<Vec<_>>().join("、");
    let asked = pairs_of(day, lot.kind, &lot.statuses);
    let list = format!("/lists/rows?{asked}");
    Ok(Page::desk(format!("{name}清单"))
        .at("/lists")
        .back("意见建议事项清单", format!("/lists?as_of={day}"))
        .aside(html! { span.muted { (said(&look, day)) @if !statuses.is_empty() { " · " (statuses) } " · 共 " (parts::count(total)) " 件" } })
        .acts(export_button(&session, &asked))
        .body(html! {
            @if rows.items.is_empty() {
                (parts::empty("这里没有诉求", "这一天结束时，没有诉求处在这个状态。", Some(("看三张清单", "/lists"))))
            } @else {
                (rows::table(&look, &session.actor, "清单", &rows.items))
                (Pager { list: &list, further, next: rows.next.as_deref(), total: Some(total), shown: rows.items.len() })
            }
        }))
}
