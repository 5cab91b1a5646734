//! `/exchange/reconciliations/{id}`: one comparison of both lists, what nobody can explain first.

use axum::extract::State;
use kernel::Id;
use maud::{Markup, html};

use super::{Look, n, verdict};
use crate::context::App;
use crate::exchange::actions::seeing;
use crate::exchange::rules::reconcile::{Difference, Kind};
use crate::web::parts::{self, Shape, chip, facts};
use crate::web::{Answer, Page, PathParams, Session};

/// `GET /exchange/reconciliations/{id}`
pub async fn show(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Page> {
    let (row, differences, now) = app
        .read(&session.actor, move |cx| {
            let (row, differences) = seeing::reconciliation(cx, id)?;
            Ok((row, differences, cx.now))
        })
        .await?;
    let name = app.city().remote(&row.remote).map_or_else(|| row.remote.clone(), |remote| remote.name.clone());
    let back = format!("/exchange/{}", row.remote);
    let look = Look { app, now };
    let [theirs, ours, agreed, explained, unexplained, unread] = row.counts;
    let (on_their_way, open): (Vec<&Difference>, Vec<&Difference>) =
        differences.iter().partition(|difference| difference.explained.is_some());
    Ok(Page::desk(format!("对账：{name}")).at("/exchange").back(&name, &back).aside(verdict(&row)).body(html! {
        div.stack {
            (facts(&[
                ("什么时候", html! { (look.when(row.at)) "，" (row.by_name) }),
                ("件数", html! { "对方 " (n(theirs)) " 件，本市 " (n(ours)) " 件，一致 " (n(agreed)) " 件" }),
                ("差异", html! { "不一致 " (n(unexplained)) " 处，在途 " (n(explained)) " 处" @if unread > 0 { "，读不懂 " (n(unread)) " 行" } }),
            ]))
            h2 { "不一致" }
            @if open.is_empty() { p { (chip(Shape::Done, "没有未说明的差异")) } } @else { (differ("不一致", &open)) }
            @if !on_their_way.is_empty() { h2 { "在途" } (differ("在途", &on_their_way)) }
        }
    }))
}

fn differ(caption: &str, rows: &[&Difference]) -> Markup {
    parts::table(
        caption,
        &["差异", "对方工单", "本市编号", "清单行", "对方", "本市", "说明"],
        &html! {
            @for row in rows {
                tr {
                    td { (row.kind.label()) }
                    td data-name="对方工单" { (row.case) }
                    td data-name="本市编号" {
                        @match &row.number {
                            Some(number) if row.kind != Kind::MissingHere => a href={ "/demands/" (number) } { (number) },
                            Some(number) => (number),
                            None => "—",
                        }
                    }
                    td.num data-name="清单行" { @match row.row { Some(row) => (row), None => "—" } }
                    td data-name="对方" { (row.theirs) }
                    td data-name="本市" { (row.ours) }
                    td data-name="说明" { (row.explained.as_deref().unwrap_or("待核实")) }
                }
            }
        },
    )
}
