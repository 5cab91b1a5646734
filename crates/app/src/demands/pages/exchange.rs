//! `/import`: somebody's table, looked through before anything is kept, then taken in while one does something else.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::error::Checker;
use kernel::{Id, Refusal};
use maud::{Markup, html};

use super::look::Look;
use crate::context::App;
use crate::demands::importing::columns::Mapping;
use crate::demands::importing::runs::{self, Run, Sent, Stage};
use crate::demands::importing::{ImportReport, SHOWN};
use crate::web::fields::field_id;
use crate::web::parts::{self, Shape, chip, count};
use crate::web::{
    Answer, Field, FormView, Onward, Page, PathParams, Session, TABLE_LIMIT, TableForm, error_summary, invalid_only,
    onward,
};

/// Seconds after which a page that shows work under way is asked for again.
const AGAIN: &str = "2";
/// Bytes of a mapping file at most.
const MAPPING_MOST: usize = 256 << 10;

/// `GET /import`
pub async fn show(State(app): State<App>, session: Session) -> Answer<Page> {
    page(&app, &session, &FormView::blank()).await
}

/// `POST /import`: the file is checked; a file that is no table comes back with the reason.
pub async fn send(State(app): State<App>, session: Session, TableForm(form): TableForm) -> Answer<Response> {
    let begun = match sent(&form) {
        Ok(sent) => runs::begin(&app, &session.actor, sent).await,
        Err(refusal) => Err(refusal.into()),
    };
    match begun {
        Ok(id) => Ok(onward(format!("/import/{id}")).into_response()),
        Err(error) => {
            let view = FormView::typed(form).refused(invalid_only(error)?);
            Ok(page(&app, &session, &view).await?.status(422).into_response())
        }
    }
}

fn sent(form: &crate::web::FormBody) -> Result<Sent, Refusal> {
    let mut check = Checker::default();
    let file = form.files("file").next().filter(|file| !file.bytes.is_empty());
    if file.is_none() {
        check.wrong("file", "required", "请选择要导入的文件；空文件不能导入");
    }
    let mapping = match form.files("map").next().map(|file| &file.bytes) {
        None => Mapping::default(),
        Some(bytes) if bytes.len() > MAPPING_MOST => {
            check.wrong("map", "too_long", "列名对照文件太大，它应当只是几行文字");
            Mapping::default()
        }
        Some(bytes) => Mapping::read(&String::from_utf8_lossy(bytes)).unwrap_or_else(|error| {
            check.wrong("map", "unreadable", error.to_string());
            Mapping::default()
        }),
    };
    let source = check.optional_text("source", "来源系统", form.get("source"), 100);
    check.done()?;
    let (name, bytes) = file.map(|file| (file.name.clone(), file.bytes.clone())).unwrap_or_default();
    let source = source.unwrap_or_else(|| stem(&name));
    Ok(Sent { name, bytes, source, mapping })
}

/// The same table in another shape is the same source, as on the command line.
fn stem(name: &str) -> String {
    name.split('.').find(|part| !part.is_empty()).unwrap_or("导入").to_owned()
}

async fn page(app: &App, session: &Session, view: &FormView) -> Answer<Page> {
    let look = app.read(&session.actor, Look::new).await?;
    let past = app.imports().all();
    Ok(Page::desk("导入诉求").aside(html! { span.muted { "先检查，看过结果再导入" } }).body(html! {
        (error_summary(view))
        div.stack {
            (form(view))
        @if !past.is_empty() { h2 { "最近的导入" } (table(&look, &past)) }
        }
    }))
}

fn form(view: &FormView) -> Markup {
    html! {
        form.form method="post" action="/import" enctype="multipart/form-data" {
            (file(view, "file", "文件", false, ".xlsx,.csv,.jsonl,.gz",
                "Excel 工作簿、CSV（GBK 编码也可以）或 JSONL，可以再压缩为 .gz。第一行是列名，例如：编号、标题、内容、时间、答复意见、答复时间。"))
            @if view.message().is_some() { p.hint { strong { "刚才选的文件没有留下，请重新选择。" } } }
            (Field::text(view, "source", "来源系统").optional().most(100)
                .hint("例如“12345 热线”。不填就用文件名。来源加上编号认得出同一件诉求，同一个文件再导入一次不会重复登记。"))
            details.fold open[view.error("map").is_some()] {
                summary.small { "列名和本系统不一样？" }
                (file(view, "map", "列名对照", true, ".toml", "TOML 文件，一行一列：[columns] 之下写 \"他们的列名\" = \"本系统的字段\"。"))
            }
            div.go { button.primary { "上传并检查" } span.muted { "这一步不会写入任何诉求" } }
        }
        p.small.muted {
            "原来的收到时间和官方答复照原样保留；已有答复的按已办结列入，没有答复的从待研判开始。单个文件最多 "
            (TABLE_LIMIT >> 20) " MB，更大的请管理员在服务器上用 santing import demands 导入。"
        }
    }
}

fn file(view: &FormView, name: &str, label: &str, optional: bool, accept: &str, hint: &str) -> Markup {
    let id = field_id(name);
    let wrong = view.error(name);
    let described = format!("{id}-hint{}", if wrong.is_some() { format!(" {id}-error") } else { String::new() });
    html! {
        div.field.bad[wrong.is_some()] {
            label for=(id) { (label) @if optional { span.muted { "（可不填）" } } }
            p.hint id={ (id) "-hint" } { (hint) }
            @if let Some(error) = wrong { p.wrong id={ (id) "-error" } { span.unseen { "有误：" } (error.message) } }
            input id=(id) name=(name) type="file" accept=(accept) aria-describedby=(described)
                aria-invalid=[wrong.map(|_| "true")];
        }
    }
}

fn table(look: &Look, all: &[Run]) -> Markup {
    let heads = ["文件", "来源", "谁", "什么时候", "现在"];
    parts::table(
        "最近的导入",
        &heads,
        &html! {
            @for run in all {
                tr {
                    td { a.title href={ "/import/" (run.id) } { (run.file) } }
                    td data-name="来源" { (run.source) }
                    td data-name="谁" { (run.by) }
                    td data-name="什么时候" { (look.when(run.at)) }
                    td data-name="现在" { (stage(&run.stage)) }
                }
            }
        },
    )
}

fn stage(stage: &Stage) -> Markup {
    match stage {
        Stage::Checking => chip(Shape::Doing, "正在检查"),
        Stage::Checked => chip(Shape::Wait, "等待确认"),
        Stage::Importing => chip(Shape::Doing, "正在导入"),
        Stage::Done => chip(Shape::Done, "已导入"),
        Stage::Failed(_) => chip(Shape::Late, "没有完成"),
    }
}

/// `GET /import/{id}`
pub async fn run(State(app): State<App>, PathParams(id): PathParams<i64>) -> Answer<Response> {
    let run = app.imports().get(Id(id))?;
    let page = Page::desk(format!("导入：{}", run.file))
        .at("/import")
        .back("导入诉求", "/import")
        .aside(html! { (stage(&run.stage)) span.muted { " 来源：" (run.source) } })
        .body(html! { div.stack { (body(&run)) } });
    Ok(match run.stage {
        Stage::Checking | Stage::Importing => ([(header::REFRESH, AGAIN)], page).into_response(),
        _ => page.into_response(),
    })
}

fn body(run: &Run) -> Markup {
    match &run.stage {
        Stage::Checking => html! {
            p role="status" { "正在检查，已看过 " (count(run.checked.rows())) " 行。本页每两秒自动更新，也可以离开，稍后从“最近的导入”回来。" }
        },
        Stage::Checked => checked(run),
        Stage::Importing => importing(run),
        Stage::Done => html! {
            p role="status" { "导入完成：新登记 " strong { (count(run.imported.imported)) } " 件，原已在库 " (count(run.imported.already))
                " 件，没有导入 " (count(run.imported.rejected)) " 行。已记入台账。" }
            p { a.button.primary href="/demands" { "看诉求列表" } " " a.button href="/import" { "再导入一个文件" } }
            (findings(&run.imported))
        },
        Stage::Failed(why) => html! {
            (parts::notice(true, &html! { p { (why) } }))
            (findings(&run.imported))
        },
    }
}

fn checked(run: &Run) -> Markup {
    let report = &run.checked;
    html! {
        (parts::facts(&[
            ("可以导入", html! { strong { (count(report.imported)) } " 件" }),
            ("原已在库", html! { (count(report.already)) " 件，不会重复登记" }),
            ("不能导入", html! { (count(report.rejected)) " 行" }),
        ]))
        @if report.imported > 0 {
            form.go method="post" action={ "/import/" (run.id) "/confirm" } {
                button.primary { "导入 " (count(report.imported)) " 件" } " " a href="/import" { "换一个文件" }
            }
        } @else {
            p { "没有可以导入的行。" a href="/import" { "换一个文件" } }
        }
        (findings(report))
    }
}

fn importing(run: &Run) -> Markup {
    let (done, all) = (run.imported.rows(), run.checked.rows().max(1));
    html! {
        p role="status" { "正在导入，已处理 " (count(done)) " 行，共 " (count(all)) " 行。可以离开本页，导入不会停。" }
        p { progress max=(all) value=(done.min(all)) aria-label="导入进度" {} }
    }
}

/// What was left out, and why.
fn findings(report: &ImportReport) -> Markup {
    html! {
        @if let Some(why) = &report.broken_off {
            (parts::notice(true, &html! { p { "文件没有读完：" (why) "。以上只算读到的部分。" } }))
        }
        @if !report.ignored_columns.is_empty() { p.small { "没有用到的列：" (report.ignored_columns.join("、")) } }
        @if !report.reasons.is_empty() {
            h2 { "不能导入的行" }
            @if report.reasons.len() == SHOWN { p.small.muted { "只列出前 " (count(SHOWN as u64)) " 条，其余的改好之后再看。" } }
            (parts::table("不能导入的行", &["行", "列", "原因"], &html! {
                @for wrong in &report.reasons {
                    tr { td.num data-name="行" { (wrong.row) } td data-name="列" { (wrong.column) } td data-name="原因" { (wrong.reason) } }
                }
            }))
        }
    }
}

/// `POST /import/{id}/confirm`
pub async fn confirm(State(app): State<App>, session: Session, PathParams(id): PathParams<i64>) -> Answer<Onward> {
    runs::confirm(&app, &session.actor, Id(id)).await?;
    Ok(onward(format!("/import/{id}")))
}
