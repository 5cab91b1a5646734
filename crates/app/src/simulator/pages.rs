//! `/simulator`: which past under which rules, and what comes of it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Result;
use maud::{Markup, html};

use super::actions::{self, Answered, Question};
use super::rules::{Flow, Lateness, Load, Report};
use crate::context::App;
use crate::processes::{self, State as Stage, Version};
use crate::web::parts::{empty, facts, table};
use crate::web::{Answer, Field, FormBody, FormView, Page, QueryParams, Session, error_summary, invalid_only};

/// Demands that a flow shows before it folds the rest away.
const SHOWN: usize = 12;

/// `GET /simulator?version=`
pub async fn show(
    State(app): State<App>,
    session: Session,
    QueryParams(question): QueryParams<Question>,
) -> Answer<Page> {
    let versions = versions(&app, &session).await?;
    let draft = versions.iter().find(|version| version.state == Stage::Draft).map(|version| version.version);
    let version = question.version.or(draft).map(|version| version.to_string()).unwrap_or_default();
    let view = FormView::blank()
        .with("version", version)
        .with("from", question.from.unwrap_or_default())
        .with("to", question.to.unwrap_or_default());
    Ok(page(&versions, &view, &html! {}))
}

/// `POST /simulator`
pub async fn run(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let ran = match form.read::<Question>() {
        Ok(question) => actions::run(&app, &session.actor, question).await,
        Err(refusal) => Err(refusal.into()),
    };
    let versions = versions(&app, &session).await?;
    match ran {
        Ok(answered) => Ok(page(&versions, &FormView::typed(form), &answer(&answered)).into_response()),
        Err(error) => {
            let view = FormView::typed(form).refused(invalid_only(error)?);
            Ok(page(&versions, &view, &html! {}).status(422).into_response())
        }
    }
}

async fn versions(app: &App, session: &Session) -> Result<Vec<Version>> {
    let versions = app.read(&session.actor, processes::actions::list).await?;
    Ok(versions.into_iter().map(|(version, _)| version).filter(|v| v.state != Stage::Discarded).collect())
}

fn page(versions: &[Version], view: &FormView, answer: &Markup) -> Page {
    let named: Vec<(String, String)> = versions
        .iter()
        .map(|v| (v.version.to_string(), format!("版本 {} {}（{}）", v.version, v.title, v.state.label())))
        .collect();
    let choices: Vec<(&str, &str)> = [("", "不选：用下面的规则文本")]
        .into_iter()
        .chain(named.iter().map(|(value, label)| (value.as_str(), label.as_str())))
        .collect();
    let typed = !view.value("rules").is_empty() || view.error("rules").is_some();
    Page::desk("试算").at("/processes").back("流程版本", "/processes").body(html! {
        (error_summary(view))
        div.stack {
        p.muted.measure {
            "拿过去一段时间的诉求，按另一版规则和时限再走一遍：哪些会换办理形式，各单位要多办多少，会多出多少逾期。不改变任何诉求。草稿试算之后才能启用。"
        }
        form.form method="post" action="/simulator" novalidate {
            (Field::select(view, "version", "哪个版本", &choices).optional())
            (Field::date(view, "from", "登记日期从").optional().hint("不填就是截止日之前一年"))
            (Field::date(view, "to", "到").optional().hint("不填就是今天"))
            details.fold open[typed] {
                summary { "或者直接写规则文本" }
                (Field::area(view, "rules", "规则文本", 8).optional().hint("只写要改的段，如 [limits] 下面一行 joint = { working_days = 8 }"))
            }
            div.go { button.primary { "试算" } a href="/processes" { "返回" } }
        }
        (answer)
        }
    })
}

fn answer(answered: &Answered) -> Markup {
    let report = &answered.report;
    html! {
        div.stack id="report" {
            h2 { "结果" }
            section.card {
                p { (report.sentence(&answered.from, &answered.to)) "。" }
                (facts(&[
                    ("比较", html! {
                        @match answered.version { Some(version) => { "版本 " (version) }, None => "规则文本" }
                        " 与现行版本 " (answered.base)
                    }),
                    ("改了什么", html! {
                        @if answered.differences.is_empty() { "没有改" } @else { (answered.differences.join("；")) }
                    }),
                    ("现行规则与人工决定一致", html! { (report.as_proposed) " 件，共研判 " (report.triaged) " 件" }),
                ]))
                p.small.muted { "人工决定保留：新旧规则说法相同的，仍按当时的决定；说法不同的，才按新规则。办理用时取历史实际。" }
                @if let Some(version) = answered.version { p { a href={ "/processes/" (version) } { "回到版本 " (version) } } }
            }
            @if report.demands == 0 {
                (empty("这段时间没有诉求", "换一段时间再试。", None))
            } @else {
                (flows(&report.flows))
                (lateness(report))
                (loads(&report.loads))
            }
        }
    }
}

fn flows(flows: &[Flow]) -> Markup {
    let rows = html! {
        @for flow in flows {
            tr {
                th scope="row" { (flow.from_label) " → " (flow.to_label) }
                td.num data-name="件数" { (flow.demands.len()) }
                td data-name="哪些诉求，为什么" {
                    (changed(&flow.demands[..flow.demands.len().min(SHOWN)]))
                    @if flow.demands.len() > SHOWN {
                        details.fold { summary { "其余 " (flow.demands.len() - SHOWN) " 件" } (changed(&flow.demands[SHOWN..])) }
                    }
                }
            }
        }
    };
    html! {
        section.stack {
            h2 { "换办理形式" }
            @if flows.is_empty() { p.muted { "没有诉求换办理形式。" } }
            @else { (table("换办理形式的诉求", &["从哪种到哪种", "件数", "哪些诉求，为什么"], &rows)) }
        }
    }
}

fn changed(demands: &[super::rules::Changed]) -> Markup {
    html! {
        ul.small.list { @for one in demands { li { a.num href={ "/demands/" (one.number) } { (one.number) } " " (one.because) } } }
    }
}

fn lateness(report: &Report) -> Markup {
    let rows = html! {
        @for Lateness { label, clocks, late_before, late_after, newly_late, .. } in &report.lateness {
            tr {
                th scope="row" { (label) }
                td.num data-name="计时" { (clocks) }
                td.num data-name="实际逾期" { (late_before) }
                td.num data-name="新版逾期" { (late_after) }
                td data-name="新增逾期的" {
                    @if newly_late.is_empty() { "—" }
                    @for number in newly_late.iter().take(SHOWN) { a.num href={ "/demands/" (number) } { (number) } " " }
                    @if newly_late.len() > SHOWN { span.muted { "等 " (newly_late.len()) " 件" } }
                }
            }
        }
    };
    html! {
        section.stack {
            h2 { "逾期" }
            (table("各项时限的逾期", &["时限", "计时", "实际逾期", "新版逾期", "新增逾期的"], &rows))
        }
    }
}

fn loads(loads: &[Load]) -> Markup {
    let arrow = |before: usize, after: usize| {
        html! {
            @if before == after { (after) } @else { (before) " → " b { (after) } }
        }
    };
    let rows = html! {
        @for load in loads {
            tr {
                th scope="row" { a href={ "/units/" (load.unit) } { (load.name) } }
                td.num data-name="牵头" { (arrow(load.led_before, load.led_after)) }
                td.num data-name="协办" { (arrow(load.helped_before, load.helped_after)) }
                td.num data-name="同时在办最多" { (arrow(load.peak_before, load.peak_after)) }
            }
        }
    };
    html! {
        section.stack {
            h2 { "各单位要办多少" }
            p.small.muted { "协办按规则提出的单位计。" }
            @if loads.is_empty() { p.muted { "这段时间没有交办过的诉求。" } }
            @else { (table("各单位要办多少", &["单位", "牵头", "协办", "同时在办最多"], &rows)) }
        }
    }
}
