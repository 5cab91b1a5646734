//! The receipt: number, query code, what happens next and by when; on the screen and on a sheet of A4.

use axum::extract::State;
use axum::http::HeaderMap;
use kernel::worktime::until;
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::spaced;
use super::{Private, private};
use crate::context::App;
use crate::demands::actions::viewing::{self, Progress};
use crate::demands::{lookup, sheets};
use crate::web::parts::encode;
use crate::web::{Answer, Page, PathParams, QueryParams, Visitor, when};

/// The code that opens the receipt.
#[derive(Debug, Deserialize)]
pub struct Asked {
    code: Option<String>,
}

/// A receipt ready to be shown.
struct Receipt {
    progress: Progress,
    code: String,
    link: String,
}

/// The receipt's page.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    PathParams(number): PathParams<String>,
    QueryParams(asked): QueryParams<Asked>,
) -> Answer<Private> {
    let receipt = load(&app, &visitor, &headers, number, asked).await?;
    let sheet = format!("/demands/{}/receipt/sheet?code={}", receipt.progress.number, receipt.code);
    let acts = html! { a.button href=(sheet) { "打印回执" } };
    Ok(private(Page::public("已经收到").acts(acts).body(body(&app, &receipt)?)))
}

/// The receipt's sheet.
pub async fn sheet(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    PathParams(number): PathParams<String>,
    QueryParams(asked): QueryParams<Asked>,
) -> Answer<Private> {
    let receipt = load(&app, &visitor, &headers, number, asked).await?;
    let Receipt { progress, code, link } = &receipt;
    let back = format!("/demands/{}/receipt?code={code}", progress.number);
    let sheet = sheets::Receipt { progress, code: &spaced(code), link, now: app.now() };
    let page = Page::sheet(format!("回执 {}", progress.number)).back("返回", back);
    Ok(private(page.body(sheets::receipt(&app, &sheet)?)))
}

async fn load(app: &App, visitor: &Visitor, headers: &HeaderMap, number: String, asked: Asked) -> Answer<Receipt> {
    let typed = asked.code.unwrap_or_default();
    let seen = app.read(&visitor.actor, move |cx| {
        let progress = viewing::progress(cx, &number, &typed)?;
        let code = crate::demands::codes::code(cx.app.secret(), &progress.number);
        Ok((progress, code))
    });
    let (progress, code) = lookup::tried(app, visitor.address, seen).await?;
    let link = format!("{}{}", sheets::origin(app, headers), progress_path(&progress.number, &code));
    Ok(Receipt { progress, code, link })
}

/// The progress page of a number and its code.
pub fn progress_path(number: &str, code: &str) -> String {
    format!("/progress?number={}&code={}", encode(number), encode(code))
}

fn body(app: &App, receipt: &Receipt) -> kernel::Result<Markup> {
    let Receipt { progress, code, link } = receipt;
    let qr = sheets::qr(link, "扫一扫看进度")?;
    Ok(html! {
        div.two { div.stack {
            section.card.ticket aria-label="编号和查询码" {
                dl.keep {
                    div { dt { "编号" } dd.code { (progress.number) } }
                    div { dt { "查询码" } dd.code { (spaced(code)) } }
                }
                figure.qr { (qr) figcaption.small.muted { "扫一扫看进度" } }
                p.notice.warn { strong { "现在就截图、抄下或打印。" } (app.city().texts.receipt_note) }
                p.ways {
                    a.button.primary href=(progress_path(&progress.number, code)) { "看进度" }
                    a.button href="/" { "回到首页" }
                }
            }
            section.card {
                h2 { "接下来" }
                (next(app, progress))
            }
        } section.card {
            h2 { "您说的" }
            p { strong { (progress.title) } }
            p.words { (progress.text) }
        } }
    })
}

fn next(app: &App, progress: &Progress) -> Markup {
    let (city, now) = (app.city(), app.now());
    let received = progress.timeline.first().map(|step| step.at);
    html! {
        ol.steps {
            @if let Some(at) = received { li { strong { "收到您的诉求" } span.muted { (when::when(at, now, &city.zone)) } } }
            li {
                strong { (progress.next_step) }
                @if let Some(due) = progress.due { span.muted { (until(&app.calendar(), now, due)) } }
            }
            li { strong { "承办单位与您联系、办理、答复" } span.muted { "留了电话的，会先打给您" } }
            li { strong { "回访" } span.muted { (city.texts.callback_note) } }
        }
    }
}
