//! `/issues/{number}/answer`: write it, see what it does to each demand, send it. Nothing is done before the last button.

use axum::extract::State as AppState;
use axum::response::{IntoResponse, Response};
use kernel::{Error, Refusal, RefusalKind, Result};
use maud::{Markup, html};

use super::state;
use crate::context::App;
use crate::demands::bulk::Outcome;
use crate::demands::bulk::showing;
use crate::demands::pages::look::Look;
use crate::issues::actions::answering::{self, AnswerInput, Answered};
use crate::issues::actions::seeing::{self, Seen};
use crate::web::{Answer, Field, FormBody, FormView, Page, PathParams, Session, error_summary, hidden, onward};

/// The id of the form that the boxes of the rows belong to.
const FORM: &str = "answer";
/// The three parts, as the form names them.
const PARTS: [(&str, &str, &str); 3] = [
    ("policy_reading", "政策解读", "政策怎么规定的，适用哪些情形"),
    ("measures", "办理措施", "已经做了什么、接下来做什么，什么时候完成"),
    ("opinion", "处理意见", "结论，以及诉求人可以怎样做"),
];

/// `GET /issues/{number}/answer`
pub async fn form(
    AppState(app): AppState<App>,
    session: Session,
    PathParams(number): PathParams<String>,
) -> Answer<Response> {
    let (seen, look) = load(&app, &session, &number).await?;
    if seen.may_answer {
        let view = match seen.answers.first() {
            Some(answer) => FormView::blank()
                .with("policy_reading", &answer.reply.policy_reading)
                .with("measures", &answer.reply.measures)
                .with("opinion", &answer.reply.opinion),
            None => FormView::blank(),
        };
        return Ok(write_page(&seen, &view).into_response());
    }
    if seen.may_pass_on {
        let shown =
            app.read(&session.actor, move |cx| answering::preview(cx, &number, &AnswerInput::default())).await?;
        return Ok(preview_page(&look, &seen, &FormView::blank(), &shown).into_response());
    }
    Ok(onward(format!("/issues/{number}")).saying("这个问题现在不能由您统一答复").into_response())
}

/// `POST /issues/{number}/answer`
pub async fn send(
    AppState(app): AppState<App>,
    session: Session,
    PathParams(number): PathParams<String>,
    body: FormBody,
) -> Answer<Response> {
    let step = body.get("step").unwrap_or("preview").to_owned();
    let rows: Vec<String> = body.all("item").filter_map(|item| Some(item.split_once(':')?.0.to_owned())).collect();
    let read = body.read::<AnswerInput>();
    let view = FormView::typed(body);
    let (seen, look) = load(&app, &session, &number).await?;
    if step == "edit" && seen.may_answer {
        return Ok(write_page(&seen, &view).into_response());
    }
    let asked = number.clone();
    let answered = match read {
        Err(refusal) => Err(refusal.into()),
        Ok(input) if step == "send" => {
            let input = AnswerInput { items: Some(rows), ..input };
            answering::answer(&app, &session.actor, &number, input).await
        }
        Ok(input) => app.read(&session.actor, move |cx| answering::preview(cx, &asked, &input)).await,
    };
    match answered {
        Ok(shown) if step == "send" => Ok(done_page(&look, &seen, &shown).into_response()),
        Ok(shown) => Ok(preview_page(&look, &seen, &view, &shown).into_response()),
        Err(Error::Refused(refusal)) if is_of_form(&refusal) => {
            again(&app, &session, &number, view.refused(refusal.clone()), &refusal).await
        }
        Err(error) => Err(error.into()),
    }
}

fn is_of_form(refusal: &Refusal) -> bool {
    matches!(refusal.kind, RefusalKind::Invalid | RefusalKind::Conflict { .. })
}

async fn again(app: &App, session: &Session, number: &str, view: FormView, refusal: &Refusal) -> Answer<Response> {
    let (seen, _) = load(app, session, number).await?;
    Ok(write_page(&seen, &view).status(refusal.status()).into_response())
}

async fn load(app: &App, session: &Session, number: &str) -> Result<(Seen, Look)> {
    let number = number.to_owned();
    app.read(&session.actor, move |cx| Ok((seeing::whole(cx, &number)?, Look::new(cx)?))).await
}

fn frame(seen: &Seen, title: &str) -> Page {
    let issue = &seen.whole.issue;
    Page::desk(title)
        .at("/issues")
        .back(&issue.name, format!("/issues/{}", issue.number))
        .aside(html! { (state(issue.state)) " " span.muted.num { (issue.number) } })
}

fn write_page(seen: &Seen, view: &FormView) -> Page {
    let issue = &seen.whole.issue;
    frame(seen, "统一答复").body(html! {
        (error_summary(view))
        form.form.card.composer method="post" action={ "/issues/" (issue.number) "/answer" } novalidate {
            (hidden("version", issue.version))
            p.small {
                b { "诉求人会看到" }
                span.muted { "：写一次，按每件诉求自己的规矩答复；文字里可以写 {number}、{title}、{enterprise}、{unit}，逐件换成各自的内容" }
            }
            @for (name, label, hint) in PARTS { (Field::area(view, name, label, 4).hint(hint).most(4000)) }
            div.go { button.primary name="step" value="preview" { "看每一件会怎样" } a href={ "/issues/" (issue.number) } { "不办了，返回" } }
        }
    })
}

fn split(outcomes: &[Outcome]) -> (Vec<&Outcome>, Vec<&Outcome>) {
    outcomes.iter().partition(|outcome| outcome.refusal.is_none())
}

fn preview_page(look: &Look, seen: &Seen, view: &FormView, shown: &Answered) -> Page {
    let issue = &seen.whole.issue;
    let (possible, refused) = split(&shown.outcomes);
    let stops = shown.advice.iter().any(|(stops, _)| *stops);
    frame(seen, "统一答复").body(html! {
        div.stack {
            div.notice {
                p {
                    b { "还没有发出。" } "由您答复的 " (possible.len()) " 件"
                    @if !refused.is_empty() { "，不能由您答复的 " (refused.len()) " 件，由各自的承办单位采用" }
                    @if shown.beyond > 0 { "；已经答复、办结或者不在查看范围内的 " (shown.beyond) " 件" }
                    "。"
                }
            }
            (advice(shown, stops))
            (words(shown))
            form.stack id=(FORM) method="post" action={ "/issues/" (issue.number) "/answer" } data-send="" {
                (hidden("version", issue.version))
                @for (name, _, _) in PARTS { @if !view.value(name).is_empty() { (hidden(name, view.value(name))) } }
                @if stops {
                    label.choice { input type="checkbox" name="checked" value="true" required; span { "我已逐处核对，确认可以让诉求人看到" } }
                }
                div.ways {
                    button.primary name="step" value="send" { (if possible.is_empty() { "登记统一答复" } else { "确认发出" }) }
                    @if seen.may_answer { button name="step" value="edit" formnovalidate { "回去修改" } }
                    a href={ "/issues/" (issue.number) } { "不办了" }
                }
            }
            @if !possible.is_empty() { (showing::possible(look, &possible, FORM)) }
            @if !refused.is_empty() { h2 { "不能由您答复的" } (showing::refused("不能由您答复的", &refused)) }
        }
    })
}

fn advice(shown: &Answered, stops: bool) -> Markup {
    html! {
        @if !shown.advice.is_empty() {
            div.notice.trouble[stops].warn[!stops] role="alert" {
                p { b { "发出前请核对" } }
                ul.bullets { @for (_, advice) in &shown.advice { li { (advice) } } }
            }
        }
    }
}

fn words(shown: &Answered) -> Markup {
    let reply = &shown.reply;
    html! {
        section.card.composer {
            h2 { "诉求人将看到" }
            @for ((_, label, _), text) in PARTS.into_iter().zip([&reply.policy_reading, &reply.measures, &reply.opinion]) {
                h3 { (label) } p.words { (text) }
            }
        }
    }
}

fn done_page(look: &Look, seen: &Seen, shown: &Answered) -> Page {
    let (done, refused) = split(&shown.outcomes);
    frame(seen, "统一答复").body(html! {
        div.stack {
            div.notice role="status" {
                p { b { "统一答复已登记，发到 " (done.len()) " 件诉求" } "。其余的由各自的承办单位在这个问题的页面上采用。" }
            }
            @if !done.is_empty() { h2 { "已答复的" } (showing::done(look, &done)) }
            @if !refused.is_empty() { h2 { "没有答复的" } (showing::refused("没有答复的", &refused)) }
            p { a.button href={ "/issues/" (seen.whole.issue.number) } { "回到这个问题" } }
        }
    })
}
