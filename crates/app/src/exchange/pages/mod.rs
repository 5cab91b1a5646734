//! `/exchange`: how the exchange with each remote stands, packages by hand, what was rejected and why, and the daily
//! reconciliation.

mod reconciliation;

use std::io::Cursor;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::error::Checker;
use kernel::{Error, Instant, Permission};
use maud::{Markup, html};

use super::actions::seeing::{self, Detail, LISTED, State as Standing};
use super::actions::sending::{self, Wanted};
use super::actions::taking::{self, Taken};
use super::actions::{reconciling, remote};
use super::api::aside;
use super::records::{Incoming, PackageRow, Reconciliation};
use crate::context::App;
use crate::web::fields::field_id;
use crate::web::parts::{self, Shape, chip, count, empty, facts, notice};
use crate::web::{
    Access, Answer, FormView, Page, PathParams, Routes, Session, TableForm, Upload, error_summary, invalid_only,
    onward, when,
};

/// The pages of this room.
pub fn routes() -> Routes<App> {
    let exchange = Access::Needs(Permission::Exchange);
    Routes::new()
        .get("/exchange", exchange, overview)
        .get("/exchange/{remote}", exchange, show)
        .post("/exchange/{remote}/packages", exchange, take)
        .get("/exchange/{remote}/outgoing", exchange, outgoing)
        .post("/exchange/{remote}/reconciliations", exchange, reconcile)
        .get("/exchange/reconciliations/{id}", exchange, reconciliation::show)
}

/// The hour and the zone under which a page is drawn.
struct Look {
    app: App,
    now: Instant,
}

impl Look {
    fn when(&self, at: Instant) -> Markup {
        when::when(at, self.now, &self.app.city().zone)
    }
}

fn n(value: i64) -> String {
    count(u64::try_from(value).unwrap_or_default())
}

/// `GET /exchange`
async fn overview(State(app): State<App>, session: Session) -> Answer<Page> {
    let (states, now) = app.read(&session.actor, |cx| Ok((seeing::states(cx)?, cx.now))).await?;
    let look = Look { app, now };
    Ok(Page::desk("对接").aside(html! { span.muted { "外部系统转来的诉求，以及回传给它们的进展和结果" } }).body(html! {
        @if states.is_empty() {
            (empty("还没有对接的系统",
                "在城市资料的 channels.toml 里写上 [[remote]]（代码、名称、渠道、状态码对照），重启后就列在这里。", None))
        } @else {
            (parts::table("对接的系统", &["系统", "转来", "最近收包", "要处理", "待对方回执", "最近对账"], &html! {
                @for state in &states { (row(&look, state)) }
            }))
            p.small.muted { "交换的约定（文件、接口、回执、对账）见 docs/exchange.md；命令行用 santing exchange。" }
        }
    }))
}

fn row(look: &Look, state: &Standing) -> Markup {
    let href = format!("/exchange/{}", state.remote.code);
    html! {
        tr {
            th scope="row" { a.title href=(href) { (state.remote.name) } }
            td.num data-name="转来" { (n(state.cases)) " 件" }
            td data-name="最近收包" {
                @match &state.last {
                    Some(last) => { "第 " (last.sequence) " 号，" (look.when(last.at)) },
                    None => span.muted { "还没有" },
                }
            }
            td data-name="要处理" { (troubles(state)) }
            td data-name="待对方回执" {
                @if state.unacknowledged > 0 {
                    (n(state.unacknowledged)) " 条"
                    @if let Some(oldest) = state.oldest { span.muted { "，最早 " (look.when(oldest)) } }
                } @else { "没有" }
            }
            td data-name="最近对账" {
                @match &state.reconciled {
                    Some(last) => { a href={ "/exchange/reconciliations/" (last.id) } { (verdict(last)) } " " (look.when(last.at)) },
                    None => span.muted { "还没有" },
                }
            }
        }
    }
}

fn troubles(state: &Standing) -> Markup {
    let href = format!("/exchange/{}", state.remote.code);
    html! {
        @if state.rejected > 0 { a href={ (href) "#rejected" } { (chip(Shape::Late, &format!("被拒收 {} 条", n(state.rejected)))) } " " }
        @if !state.gaps.is_empty() { a href=(href) { (chip(Shape::Late, "缺包")) } " " }
        @if state.waiting > 0 { a href={ (href) "#waiting" } { (chip(Shape::Wait, &format!("等待工单 {} 条", n(state.waiting)))) } }
        @if state.rejected == 0 && state.gaps.is_empty() && state.waiting == 0 { (chip(Shape::Done, "没有")) }
    }
}

fn verdict(row: &Reconciliation) -> Markup {
    match (row.counts[4], row.counts[3]) {
        (0, 0) => chip(Shape::Done, "全部一致"),
        (0, explained) => chip(Shape::Wait, &format!("{} 处在途", n(explained))),
        (unexplained, _) => chip(Shape::Late, &format!("{} 处不一致", n(unexplained))),
    }
}

/// `GET /exchange/{remote}`
async fn show(State(app): State<App>, session: Session, PathParams(code): PathParams<String>) -> Answer<Page> {
    page(app, &session, &code, &FormView::blank(), None).await
}

async fn page(app: App, session: &Session, code: &str, view: &FormView, taken: Option<&Taken>) -> Answer<Page> {
    let code = code.to_owned();
    let (detail, now) = app.read(&session.actor, move |cx| Ok((seeing::detail(cx, &code)?, cx.now))).await?;
    let look = Look { app, now };
    let state = &detail.state;
    Ok(Page::desk(state.remote.name.clone()).at("/exchange").back("对接", "/exchange").body(html! {
        (error_summary(view))
        @if let Some(taken) = taken { (outcome(taken)) }
        div.stack {
            (standing(&look, state))
            (hand_work(view, state))
            (rejected(&look, &detail))
            (waiting(&look, &detail.waiting))
            (unacknowledged(&look, &detail))
            (packages(&look, &detail.packages))
            (reconciliations(&look, &detail.reconciliations))
            (codes(state))
        }
    }))
}

fn standing(look: &Look, state: &Standing) -> Markup {
    let missing: Vec<String> = state.gaps.iter().map(ToString::to_string).collect();
    facts(&[
        (
            "转来的诉求",
            html! { (n(state.cases)) " 件，渠道：" (look.app.city().channels.label(&state.remote.channel)) },
        ),
        (
            "收包",
            html! {
                "连续收到第 " (state.received) " 号"
                @if !missing.is_empty() { "，" (chip(Shape::Late, &format!("缺第 {} 号", missing.join("、")))) " 请对方补发" }
            },
        ),
        (
            "回传",
            html! {
                "消息编到第 " (state.sent) " 号，" (n(state.unacknowledged)) " 条待对方回执"
                @if let Some(oldest) = state.oldest { "，最早 " (look.when(oldest)) }
            },
        ),
    ])
}

fn hand_work(view: &FormView, state: &Standing) -> Markup {
    let base = format!("/exchange/{}", state.remote.code);
    html! {
        details.fold open[view.message().is_some()] {
            summary { "人工收发文件" }
            form.form method="post" action={ (base) "/packages" } enctype="multipart/form-data" {
                (file(view, "package", "对方交来的包", ".jsonl,.txt", "JSON Lines 文件，第一行是包头。收过的包再传一次不会重复登记；半个文件会整个退回。"))
                div.go { button.primary { "收下" } }
            }
            p { a.button href={ (base) "/outgoing" } { "下载待回执的消息" } " "
                a.button href={ (base) "/outgoing?all=true" } { "下载全部消息" } }
            form.form method="post" action={ (base) "/reconciliations" } enctype="multipart/form-data" {
                (file(view, "list", "对方的工单清单", ".csv,.xlsx,.jsonl,.gz", "列名：工单编号、本市编号、状态、是否办结、答复、更新时间；只有工单编号必填。"))
                div.go { button.primary { "对账" } }
            }
        }
    }
}

fn file(view: &FormView, name: &str, label: &str, accept: &str, hint: &str) -> Markup {
    let id = field_id(name);
    let wrong = view.error(name);
    let described = format!("{id}-hint{}", if wrong.is_some() { format!(" {id}-error") } else { String::new() });
    html! {
        div.field.bad[wrong.is_some()] {
            label for=(id) { (label) }
            p.hint id={ (id) "-hint" } { (hint) }
            @if let Some(error) = wrong { p.wrong id={ (id) "-error" } { span.unseen { "有误：" } (error.message) } }
            input id=(id) name=(name) type="file" accept=(accept) aria-describedby=(described) aria-invalid=[wrong.map(|_| "true")];
        }
    }
}

fn outcome(taken: &Taken) -> Markup {
    let said = match taken.standing.as_str() {
        "known" => format!("包 {} 以前收到过，没有重复登记。", taken.package),
        "old" => format!("包 {}（第 {} 号）早已过期，没有处理其中任何内容。", taken.package, taken.sequence),
        _ => format!(
            "包 {}（第 {} 号）：办理 {} 条，以前办过 {} 条，等待工单 {} 条，拒收 {} 条。",
            taken.package,
            taken.sequence,
            n(taken.done),
            n(taken.known),
            n(taken.waiting),
            n(taken.rejected)
        ),
    };
    notice(taken.rejected > 0, &html! { p { (said) } })
}

fn rejected(look: &Look, detail: &Detail) -> Markup {
    html! {
        @if !detail.rejected.is_empty() {
                h2 #rejected { "被拒收的消息" }
                (parts::table("被拒收的消息", &["包", "行", "消息", "栏", "原因", "什么时候"], &html! {
                    @for row in &detail.rejected {
                        @for reason in taking::reasons(row) {
                            tr {
                                td data-name="包" { (row.package) }
                                td.num data-name="行" { (reason.line) }
                                td data-name="消息" { @if reason.message.is_empty() { "—" } @else { (reason.message) } }
                                td data-name="栏" { (reason.field) }
                                td data-name="原因" { (reason.reason) }
                                td data-name="什么时候" { (look.when(row.at)) }
                            }
                        }
                    }
                }))
                p.small.muted { "已向对方发出未收下的回执。改好之后用同一个消息编号重发即可；只列最近 " (LISTED) " 条。" }
        }
    }
}

fn waiting(look: &Look, rows: &[Incoming]) -> Markup {
    html! {
        @if !rows.is_empty() {
                h2 #waiting { "等待工单的消息" }
                (parts::table("等待工单的消息", &["消息", "对方工单", "种类", "什么时候"], &html! {
                    @for row in rows {
                        tr {
                            td data-name="消息" { (row.message) }
                            td data-name="对方工单" { (row.case) }
                            td data-name="种类" { (kind(&row.kind)) }
                            td data-name="什么时候" { (look.when(row.at)) }
                        }
                    }
                }))
                p.small.muted { "先到的进展等它的工单到了再办，不会丢。" }
        }
    }
}

fn unacknowledged(look: &Look, detail: &Detail) -> Markup {
    let rows = detail.refused.iter().chain(&detail.unacknowledged);
    html! {
        @if !detail.refused.is_empty() || !detail.unacknowledged.is_empty() {
            h2 { "对方没有收下的消息" }
            (parts::table("对方没有收下的消息", &["编号", "消息", "种类", "对方工单", "产生", "情况"], &html! {
                @for row in rows {
                    tr {
                        td.num data-name="编号" { (row.sequence) }
                        td data-name="消息" { (row.message) }
                        td data-name="种类" { (kind(&row.kind)) }
                        td data-name="对方工单" { (row.case) }
                        td data-name="产生" { (look.when(row.at)) }
                        td data-name="情况" {
                            @match &row.refused {
                                Some(why) => { (chip(Shape::Late, "对方拒收")) " " (why) },
                                None => (chip(Shape::Wait, "待回执")),
                            }
                        }
                    }
                }
            }))
        }
    }
}

fn kind(kind: &str) -> &str {
    match kind {
        "import" => "交来",
        "acknowledge" => "接收回执",
        "status" => "进展",
        "close" => "结果与答复",
        other => other,
    }
}

fn packages(look: &Look, rows: &[PackageRow]) -> Markup {
    html! {
        h2 { "最近收到的包" }
        @if rows.is_empty() {
            (empty("还没有收到过包", "对方用接口交来，或者在上面“人工收发文件”里上传。", None))
        } @else {
            (parts::table("最近收到的包", &["序号", "包", "制作", "收到", "谁", "条数", "结果"], &html! {
                @for row in rows {
                    @let [messages, done, known, waiting, rejected] = row.counts;
                    tr {
                        td.num data-name="序号" { (row.sequence) }
                        td data-name="包" { (row.package) }
                        td data-name="制作" { (look.when(row.made_at)) }
                        td data-name="收到" { (look.when(row.at)) }
                        td data-name="谁" { (row.by_name) }
                        td.num data-name="条数" { (n(messages)) }
                        td data-name="结果" {
                            "办理 " (n(done))
                            @if known > 0 { "，以前办过 " (n(known)) }
                            @if waiting > 0 { "，等待 " (n(waiting)) }
                            @if rejected > 0 { " " (chip(Shape::Late, &format!("拒收 {}", n(rejected)))) }
                        }
                    }
                }
            }))
        }
    }
}

fn reconciliations(look: &Look, rows: &[Reconciliation]) -> Markup {
    html! {
        h2 { "对账" }
        @if rows.is_empty() {
            (empty("还没有对过账", "每天把对方的工单清单上传一次，系统逐件比较，说出每一处差异。", None))
        } @else {
            (parts::table("对账", &["什么时候", "谁", "对方", "本市", "一致", "结论"], &html! {
                @for row in rows {
                    tr {
                        td { a.title href={ "/exchange/reconciliations/" (row.id) } { (look.when(row.at)) } }
                        td data-name="谁" { (row.by_name) }
                        td.num data-name="对方" { (n(row.counts[0])) }
                        td.num data-name="本市" { (n(row.counts[1])) }
                        td.num data-name="一致" { (n(row.counts[2])) }
                        td data-name="结论" { (verdict(row)) }
                    }
                }
            }))
        }
    }
}

fn codes(state: &Standing) -> Markup {
    html! {
        details.fold {
            summary { "状态码对照" }
            (parts::table("状态码对照", &["对方状态", "本系统状态", "对方发来时"], &html! {
                @for status in &state.remote.statuses {
                    tr {
                        td { (status.label) " " span.muted { (status.code) } }
                        td data-name="本系统状态" {
                            @let ours: Vec<&str> = status.ours.iter().filter_map(|code| crate::demands::rules::vocabulary::Status::from_code(code)).map(|status| status.label()).collect();
                            @if ours.is_empty() { "—" } @else { (ours.join("、")) }
                        }
                        td data-name="对方发来时" { (effect(status.effect)) }
                    }
                }
            }))
        }
    }
}

const fn effect(effect: crate::city::RemoteEffect) -> &'static str {
    use crate::city::RemoteEffect;
    match effect {
        RemoteEffect::Nothing => "登记",
        RemoteEffect::Withdraw => "撤回诉求",
        RemoteEffect::Redo => "退回重办",
        RemoteEffect::Urge => "记一条催办",
    }
}

fn sent<'f>(form: &'f TableForm, name: &'f str) -> Result<&'f Upload, Error> {
    let file = form.0.files(name).next().filter(|file| !file.bytes.is_empty());
    let mut check = Checker::default();
    if file.is_none() {
        check.wrong(name, "required", "请选择文件；空文件不能用");
    }
    check.done()?;
    file.ok_or_else(|| kernel::Fault::broken("a checked file is not there").into())
}

/// `POST /exchange/{remote}/packages`
async fn take(
    State(app): State<App>,
    session: Session,
    PathParams(code): PathParams<String>,
    form: TableForm,
) -> Answer<Response> {
    remote(&app, &session.actor, &code)?;
    let taken = match sent(&form, "package") {
        Ok(file) => {
            let (app, actor, code, bytes) = (app.clone(), session.actor.clone(), code.clone(), file.bytes.clone());
            aside(move || taking::take(&app, &actor, &code, &bytes)).await
        }
        Err(error) => Err(error),
    };
    match taken {
        Ok(taken) => Ok(page(app, &session, &code, &FormView::blank(), Some(&taken)).await?.into_response()),
        Err(error) => refused(app, &session, &code, form, "package", error).await,
    }
}

/// The page again with what is wrong with a file; what is wrong inside it is said of the file's field.
async fn refused(
    app: App,
    session: &Session,
    code: &str,
    form: TableForm,
    field: &str,
    error: Error,
) -> Answer<Response> {
    let mut refusal = invalid_only(error)?;
    let said = if refusal.errors.is_empty() {
        refusal.message.clone()
    } else {
        refusal.errors.iter().map(|error| error.message.clone()).collect::<Vec<_>>().join("；")
    };
    refusal.errors = vec![kernel::FieldError {
        field: field.to_owned(),
        code: "unreadable",
        message: format!("整个文件没有收下：{said}"),
    }];
    let view = FormView::typed(form.0).refused(refusal);
    Ok(page(app, session, code, &view, None).await?.status(422).into_response())
}

#[derive(serde::Deserialize)]
struct Asked {
    #[serde(default)]
    all: bool,
}

/// `GET /exchange/{remote}/outgoing`: the messages as a file.
async fn outgoing(
    State(app): State<App>,
    session: Session,
    PathParams(code): PathParams<String>,
    crate::web::QueryParams(asked): crate::web::QueryParams<Asked>,
) -> Answer<Response> {
    remote(&app, &session.actor, &code)?;
    let name = format!("attachment; filename=\"santing-{code}-{}.jsonl\"", app.now().in_zone(&app.city().zone).date());
    let wanted = Wanted { all: asked.all, ..Wanted::default() };
    let (text, _) = aside(move || sending::package(&app, &session.actor, &code, wanted)).await?;
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, text).into_response())
}

/// `POST /exchange/{remote}/reconciliations`
async fn reconcile(
    State(app): State<App>,
    session: Session,
    PathParams(code): PathParams<String>,
    form: TableForm,
) -> Answer<Response> {
    remote(&app, &session.actor, &code)?;
    let found = match sent(&form, "list") {
        Ok(file) => {
            let (app, actor, code) = (app.clone(), session.actor.clone(), code.clone());
            let (name, bytes) = (file.name.clone(), file.bytes.clone());
            aside(move || reconciling::reconcile(&app, &actor, &code, &name, Cursor::new(bytes))).await
        }
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => {
            let said = match found.unread.first() {
                None => "已经对账".to_owned(),
                Some(first) => format!(
                    "已经对账；清单里有 {} 行读不懂，例如第 {} 行{}：{}",
                    found.unread.len(),
                    first.row,
                    first.column,
                    first.reason
                ),
            };
            Ok(onward(format!("/exchange/reconciliations/{}", found.id)).saying(said).into_response())
        }
        Err(error) => refused(app, &session, &code, form, "list", error).await,
    }
}
