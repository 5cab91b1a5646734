//! What a batch became: numbers and query codes, on the screen and on paper.

use axum::extract::State;
use axum::http::HeaderMap;
use kernel::Id;
use kernel::worktime::full_text;
use maud::{Markup, html};

use crate::batches::actions::{self, Receipts};
use crate::context::App;
use crate::demands::sheets;
use crate::web::parts;
use crate::web::{Answer, Page, PathParams, Private, Session, private};

/// `GET /desk/batches/{id}`
pub async fn registered(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Private> {
    let Receipts { batch, lines } = app.read(&session.actor, move |cx| actions::receipts(cx, id)).await?;
    let acts = html! {
        a.button.primary href={ "/desk/batches/" (id) "/sheet" } { "打印回执单" }
        a.button href="/desk/batches" { "再登记一批" }
    };
    let page = Page::desk(format!("批量登记：{}", batch.source))
        .at("/desk/batches")
        .back("批量登记", "/desk/batches")
        .aside(html! { span.muted { (app.city().channels.label(&batch.channel)) " · 共 " (lines.len()) " 件" } })
        .acts(acts);
    let rows = html! {
        @for line in &lines {
            tr {
                td.num data-name="行" { (line.row) }
                th scope="row" { a.num href={ "/demands/" (line.number) } { (line.number) } }
                td.code data-name="查询码" { (spaced(&line.code)) }
                td data-name="企业" { (line.enterprise.as_deref().unwrap_or_default()) }
                td data-name="标题" { (line.title) }
                td data-name="回执" { a href={ "/demands/" (line.number) "/receipt/sheet?code=" (line.code) } aria-label={ "单张回执 " (line.number) } { "单张回执" } }
            }
        }
    };
    Ok(private(page.body(html! {
        div.stack {
            p { "请把编号和查询码交给反映的人：没有查询码，查不到进度。查询码只给登记的人看。" }
            (parts::table("编号和查询码", &["行", "编号", "查询码", "企业", "标题", "回执"], &rows))
        }
    })))
}

/// `GET /desk/batches/{id}/sheet`
pub async fn print(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    PathParams(id): PathParams<Id>,
) -> Answer<Private> {
    let receipts = app.read(&session.actor, move |cx| actions::receipts(cx, id)).await?;
    let page = Page::sheet(format!("回执单 {}", receipts.batch.source)).back("返回", format!("/desk/batches/{id}"));
    Ok(private(page.body(sheet(&app, &receipts, &sheets::origin(&app, &headers))?)))
}

fn sheet(app: &App, Receipts { batch, lines }: &Receipts, origin: &str) -> kernel::Result<Markup> {
    let (city, calendar) = (app.city(), app.calendar());
    let progress = format!("{origin}/progress");
    let qr = sheets::qr(&progress, "打开进度查询")?;
    Ok(html! {
        article.sheet.list {
            p.issuer { (city.texts.host) }
            h1 { "批量登记回执单" }
            p.numbers { span { "来源：" (batch.source) } span { "登记：" (full_text(&calendar, batch.at)) "，" (batch.by_name) } }
            table {
                thead { tr { th scope="col" { "编号、查询码" } th scope="col" { "企业、标题" } } }
                tbody {
                    @for line in lines {
                        tr {
                            td { span.num { (line.number) } br; strong.num { (spaced(&line.code)) } }
                            td { @if let Some(firm) = &line.enterprise { (firm) br; } (line.title) }
                        }
                    }
                }
            }
            div.check { (qr) p { "凭编号和查询码在 " (progress) " 查看谁在办、办到哪一步、什么时候该有结果。" br; (city.texts.receipt_note) } }
        }
    })
}

/// A code in groups of four that can be read out.
fn spaced(code: &str) -> String {
    let chars: Vec<char> = code.chars().collect();
    chars.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}
