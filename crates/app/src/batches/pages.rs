//! `/desk/batches`: paste, look at each row, put right what is wrong where it stands, register; then the receipts. Works
//! without scripts: the right rows travel as text, the wrong ones as fields.

mod receipts;
mod rows;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Result;
use maud::{Markup, html};

pub use receipts::{print, registered};

use super::actions::{self, Outcome};
use super::records::Registered;
use super::rules::{self, Batch, BatchInput};
use super::sheet::{self, MOST_ROWS, USUAL};
use crate::context::App;
use crate::demands::rules::vocabulary::{Audience, Word};
use crate::web::parts::{self, count};
use crate::web::{Answer, Field, FormBody, FormView, Page, Session, error_summary, onward, private, when};

const TITLE: &str = "批量登记";

/// `GET /desk/batches`
pub async fn show(State(app): State<App>, session: Session) -> Answer<Page> {
    Ok(blank(&app, &session, &FormView::blank()).await?)
}

/// `POST /desk/batches`: looks at the sheet, or registers its right rows.
pub async fn send(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let registers = form.get("act") == Some("register");
    let view = FormView::typed(form);
    let input = gathered(&view);
    let batch = match rules::read(&input, app.city(), app.now()) {
        Ok(batch) => batch,
        Err(refusal) => {
            let kept = heading_view(&view).with("sheet", input.sheet.unwrap_or_default());
            return Ok(blank(&app, &session, &kept.refused(refusal)).await?.status(422).into_response());
        }
    };
    if !registers {
        return Ok(looked_at(&app, &session, &view, batch, None).await?.into_response());
    }
    let outcome = enter(&app, &session, &batch).await?;
    match outcome.id {
        Some(id) if batch.wrong().next().is_none() => {
            let news = format!("已登记 {} 件", outcome.rows.iter().filter(|taken| taken.created).count());
            Ok(onward(format!("/desk/batches/{id}")).saying(news).into_response())
        }
        _ => Ok(private(looked_at(&app, &session, &view, batch, Some(outcome)).await?).into_response()),
    }
}

async fn enter(app: &App, session: &Session, batch: &Batch) -> Result<Outcome> {
    let numbers = actions::numbers(app, &session.actor, batch).await?;
    let batch = batch.clone();
    app.write(&session.actor, move |cx| actions::register(cx, &batch, &numbers)).await
}

/// The sheet as it stands: the right rows' text, and below it the wrong rows as they were corrected.
fn gathered(view: &FormView) -> BatchInput {
    let given = |name: &str| Some(view.value(name).trim().to_owned()).filter(|text| !text.is_empty());
    let mut text = view.value("sheet").to_owned();
    let wrong = view.value("wrong").parse::<usize>().unwrap_or_default().min(MOST_ROWS);
    if wrong > 0 {
        let columns = sheet::take_apart(&text).map_or(0, |sheet| sheet.columns.len());
        if !text.ends_with('\n') {
            text.push('\n');
        }
        for row in 0..wrong {
            let cells: Vec<&str> =
                (0..columns).map(|column| view.value(&rows::cell_name(row, column)).trim()).collect();
            // Whoever empties a row does not want it.
            if cells.iter().any(|cell| !cell.is_empty()) {
                let number = view.value(&rows::number_name(row)).trim();
                text.push_str(&sheet::row_text([number].into_iter().chain(cells)));
            }
        }
    }
    BatchInput {
        channel: given("channel"),
        source: given("source"),
        audience: given("audience").as_deref().and_then(Audience::from_code),
        sheet: Some(text),
        dry_run: false,
    }
}

/// What was typed about the whole.
fn heading_view(view: &FormView) -> FormView {
    ["channel", "source", "audience"]
        .into_iter()
        .fold(FormView::blank(), |kept, name| kept.with(name, view.value(name)))
}

async fn blank(app: &App, session: &Session, view: &FormView) -> Result<Page> {
    let recent = app.read(&session.actor, actions::recent).await?;
    let view = defaults(view.clone());
    Ok(Page::desk(TITLE).aside(html! { span.muted { "先看清每一行，再一起登记" } }).body(html! {
        (error_summary(&view))
        div.stack {
            form.form.card.quick method="post" action="/desk/batches" {
                (heading(app, &view))
                (Field::area(&view, "sheet", "表格", 10).hint(&hint()))
                div.go { button.primary name="act" value="check" { "看一看" } span.muted.small { "这一步不会登记" } }
            }
            @if !recent.is_empty() { h2 { "最近登记的" } (recent_table(app, &recent)) }
        }
    }))
}

fn hint() -> String {
    format!(
        "在 Excel 里选中各行（最好连表头），复制，粘贴到这里，最多 {MOST_ROWS} 行。认得的列：标题、内容、企业名称、统一社会信用代码、联系人、联系电话、街道、领域、身份。没有表头时按这个顺序：{}。",
        USUAL.join("、")
    )
}

/// Whom such a sheet usually speaks for; every field can be changed.
fn defaults(view: FormView) -> FormView {
    view.with("channel", "chamber").with("audience", Audience::Entrepreneur.code())
}

fn heading(app: &App, view: &FormView) -> Markup {
    let channels: Vec<(&str, &str)> =
        rules::channels(app.city()).map(|channel| (channel.code.as_str(), channel.label.as_str())).collect();
    html! {
        div.row {
            (Field::select(view, "channel", "渠道", &channels))
            (Field::text(view, "source", "哪个商（协）会、什么活动").most(100).hint("写上日期，例如：市机械行业商会 3 月座谈会。同一来源的同一行只登记一次"))
        }
        (Field::radios(view, "audience", "没有写身份的行，是谁反映的", Audience::CHOICES))
    }
}

fn recent_table(app: &App, recent: &[Registered]) -> Markup {
    let city = app.city();
    parts::table(
        "最近登记的",
        &["来源", "渠道", "登记", "什么时候"],
        &html! {
            @for batch in recent {
                tr {
                    th scope="row" { a href={ "/desk/batches/" (batch.id) } { (batch.source) } }
                    td data-name="渠道" { (city.channels.label(&batch.channel)) }
                    td data-name="登记" { (count(batch.registered.unsigned_abs())) " 件" }
                    td data-name="什么时候" { (when::when(batch.at, app.now(), &city.zone)) }
                }
            }
        },
    )
}

/// Every row as it would be registered, or with what is wrong; after registering, only what is still wrong can be sent.
async fn looked_at(
    app: &App,
    session: &Session,
    view: &FormView,
    batch: Batch,
    outcome: Option<Outcome>,
) -> Result<Page> {
    let asked = batch.clone();
    let known = app.read(&session.actor, move |cx| actions::known(cx, &asked)).await?;
    let fresh = batch.right().filter(|(line, _)| !known.contains_key(&line.number)).count();
    let kept = rows::with_wrong(heading_view(view), &batch);
    let kept = match rows::refusal(&batch) {
        None => kept,
        Some(refusal) => kept.refused(refusal),
    };
    let right: Vec<_> = match outcome {
        None => batch.right().map(|(line, _)| line).collect(),
        Some(_) => Vec::new(),
    };
    let wrong = batch.wrong().count();
    Ok(Page::desk(TITLE).back(TITLE, "/desk/batches").aside(said(&batch, fresh, wrong)).body(html! {
        @if let Some(outcome) = &outcome { (done(outcome, wrong)) }
        (error_summary(&kept))
        form.stack method="post" action="/desk/batches" {
            div.card.form.quick { (heading(app, &kept)) }
            (rows::wrong(&kept, &batch))
            (rows::right(app, &batch, &known))
            @if !batch.sheet.ignored.is_empty() { p.small { "没有用到的列：" (batch.sheet.ignored.join("、")) "。" } }
            (rows::text(&batch.sheet.written(&right), outcome.is_none()))
            div.go {
                @if wrong > 0 { button name="act" value="check" { "再检查一遍" } }
                @if outcome.is_none() && fresh > 0 {
                    button.primary name="act" value="register" { "登记 " (count(fresh as u64)) " 件" }
                    @if wrong > 0 { span.muted.small { "有误的行留在这里，改好再登记" } }
                } @else if outcome.is_some() && wrong > 0 {
                    button.primary name="act" value="register" { "登记改好的行" }
                } @else if wrong == 0 {
                    a.button href="/desk/batches" { "换一张表" }
                }
            }
        }
    }))
}

fn said(batch: &Batch, fresh: usize, wrong: usize) -> Markup {
    let known = batch.rows.len() - fresh - wrong;
    html! {
        span.muted {
            "共 " (batch.rows.len()) " 行：" (fresh) " 行可以登记"
            @if wrong > 0 { "，" (wrong) " 行要改" }
            @if known > 0 { "，" (known) " 行已登记过" }
        }
    }
}

fn done(outcome: &Outcome, wrong: usize) -> Markup {
    let new = outcome.rows.iter().filter(|taken| taken.created).count();
    let body = html! {
        p {
            @match &outcome.id {
                Some(id) => { "已登记 " (new) " 件，" a href={ "/desk/batches/" (id) } { "看编号和查询码" } "。" },
                None => "没有新登记的行。",
            }
            @if wrong > 0 { "还有 " (wrong) " 行要改，内容都在下面。" }
        }
    };
    parts::notice(false, &body)
}
