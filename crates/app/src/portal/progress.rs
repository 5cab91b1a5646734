//! `/progress`: where a demand stands, for whoever holds its number and code.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::worktime::until;
use kernel::{Error, Instant, Refusal, RefusalKind};
use maud::{Markup, html};
use serde::Deserialize;

use super::parts::{lookup_form, status_chip};
use super::{private, voice};
use crate::context::App;
use crate::demands::Written;
use crate::demands::actions::viewing::{self, Progress};
use crate::demands::lookup;
use crate::demands::rules::case::Reply;
use crate::demands::rules::vocabulary::Status;
use crate::web::parts::{Shape, chip, facts};
use crate::web::{Answer, Failure, FormBody, FormView, Page, QueryParams, Visitor, error_summary, when};

/// Number and code.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    number: Option<String>,
    code: Option<String>,
}

/// The form, or the progress of the demand that was asked for.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    QueryParams(asked): QueryParams<Asked>,
) -> Answer<Response> {
    let (number, code) = (asked.number.unwrap_or_default(), asked.code.unwrap_or_default());
    if number.is_empty() && code.is_empty() {
        return Ok(ask(&FormView::blank()).into_response());
    }
    let view = FormView::blank().with("number", number.as_str()).with("code", code.as_str());
    if let Err(refusal) = complete(&number, &code) {
        return Ok(ask(&view.refused(refusal)).status(422).into_response());
    }
    match find(&app, &visitor, &number, &code).await {
        Ok(progress) => Ok(private(page(&app, &progress, &code, &FormView::blank())).into_response()),
        // A wrong code and an unknown number end here alike.
        Err(Error::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
            Ok(private(ask(&view.refused(refusal)).status(404)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The progress of `number`, for whoever holds `code`.
pub async fn find(app: &App, visitor: &Visitor, number: &str, code: &str) -> kernel::Result<Progress> {
    let (number, code) = (number.to_owned(), code.to_owned());
    let seen = app.read(&visitor.actor, move |cx| viewing::progress(cx, &number, &code));
    lookup::tried(app, visitor.address, seen).await
}

/// The page again, after an act on it was refused.
pub async fn again(app: &App, visitor: &Visitor, form: FormBody, refusal: Refusal) -> Answer<Response> {
    let (number, code) = voice::keys(&form);
    let progress = find(app, visitor, &number, &code).await.map_err(Failure::from)?;
    let status = refusal.status();
    let view = FormView::typed(form).refused(refusal);
    Ok(private(page(app, &progress, &code, &view).status(status)).into_response())
}

fn complete(number: &str, code: &str) -> Result<(), Refusal> {
    let mut check = kernel::error::Checker::default();
    check.text("number", "编号", Some(number), 40);
    check.text("code", "查询码", Some(code), 20);
    check.done()
}

fn ask(view: &FormView) -> Page {
    Page::public("查进度").back("首页", "/").body(html! {
        (error_summary(view))
        section.card.measure { (lookup_form(view)) }
        p.muted.small.after { "编号和查询码在回执上。查询码丢了，请联系受理您诉求的单位核实身份后补打回执。" }
    })
}

fn page(app: &App, progress: &Progress, code: &str, view: &FormView) -> Page {
    let now = app.now();
    Page::public("办理进度").back("查另一件", "/progress").aside(status_chip(progress.status)).body(html! {
        (error_summary(view))
        (track(progress.status))
        div.two {
            div.stack {
                (standing(app, progress, now))
                @for reply in progress.replies.iter().rev() { (reply_card(app, reply, now)) }
                @if progress.may_rate { (voice::rating_card(app.city(), progress, code, view)) }
                (timeline(app, progress, now))
            }
            div.stack {
                section.card {
                    h2 { "您说的" }
                    p { strong { (progress.title) } }
                    p.words { (progress.text) }
                }
                @if progress.rated { section.card { h2 { "您的评价" } p { "已经收到，谢谢。" } } }
                @if progress.may_withdraw { (voice::withdraw_card(app.city(), progress, code, view)) }
            }
        }
    })
}

/// The stages of an ordinary demand; one that ended otherwise shows its end only.
fn track(status: Status) -> Markup {
    const STAGES: [(Status, &str); 6] = [
        (Status::Received, "收到"),
        (Status::Triaged, "研判"),
        (Status::Assigned, "交办"),
        (Status::InProgress, "办理"),
        (Status::Replied, "答复"),
        (Status::Closed, "办结"),
    ];
    let Some(at) = STAGES.iter().position(|(stage, _)| *stage == status) else { return html! {} };
    let done = status == Status::Closed;
    html! {
        ol.stages.even aria-label="办到哪一步" {
            @for (place, (_, name)) in STAGES.iter().enumerate() {
                @let now = place == at && !done;
                li.past[place < at || done].now[now] aria-current=[now.then_some("step")] {
                    (name)
                    @if place < at || done { span.unseen { "，已完成" } }
                }
            }
        }
    }
}

fn standing(app: &App, progress: &Progress, now: Instant) -> Markup {
    let (zone, calendar) = (&app.city().zone, app.calendar());
    let late = progress.due.is_some_and(|due| now > due);
    let due = progress.due.map(|due| {
        let clock = progress.due_clock.map(|clock| clock.label()).unwrap_or_default();
        html! {
            (until(&calendar, now, due)) span.muted { "（" (clock) "时限）" }
            @if late { " " (chip(Shape::Late, "已经超期")) }
        }
    });
    let names = names(progress.status);
    let mut rows = vec![
        (names.holder, html! { (progress.holder) }),
        (names.since, html! { (when::when(progress.since, now, zone)) }),
    ];
    if !progress.status.is_end() && !progress.helpers.is_empty() {
        rows.insert(1, ("协助办理", html! { (progress.helpers.join("、")) }));
    }
    rows.extend(progress.outcome.map(|outcome| ("办理结果", html! { (outcome.label()) })));
    rows.extend(names.next.map(|name| (name, html! { (progress.next_step) })));
    rows.extend(due.map(|due| ("最迟", due)));
    html! {
        section.card.standing {
            p.muted { span.num { (progress.number) } "　" (progress.title) }
            h2 { (progress.waiting_for) }
            (facts(&rows))
            @if late { p.notice.warn.after { "承诺的时间已经过了，系统已经提示负责的人。给您添了麻烦，抱歉。" } }
        }
    }
}

/// What the facts are called: a demand that has ended is held by nobody.
struct Names {
    holder: &'static str,
    since: &'static str,
    next: Option<&'static str>,
}

const fn names(status: Status) -> Names {
    match status {
        Status::Closed => Names { holder: "经办", since: "办结时间", next: Some("还没办好") },
        Status::Declined => Names { holder: "经办", since: "告知时间", next: Some("理由") },
        Status::TransferredOut => Names { holder: "接收单位", since: "转送时间", next: Some("接下来") },
        Status::Withdrawn => Names { holder: "经办", since: "撤回时间", next: None },
        Status::Merged => Names { holder: "经办", since: "并入时间", next: None },
        Status::Received | Status::Triaged | Status::Assigned | Status::InProgress | Status::Replied => {
            Names { holder: "谁在办", since: "从何时起", next: Some("下一步") }
        }
    }
}

fn reply_card(app: &App, reply: &Written<Reply>, now: Instant) -> Markup {
    let parts = [
        ("政策解读", &reply.what.policy_reading),
        ("办理措施", &reply.what.measures),
        ("处理意见", &reply.what.opinion),
    ];
    html! {
        section.card.composer {
            h2 { "答复 " span.muted.small { (when::when(reply.at, now, &app.city().zone)) } }
            @for (name, text) in parts { h3 { (name) } p.words { (text) } }
        }
    }
}

fn timeline(app: &App, progress: &Progress, now: Instant) -> Markup {
    html! {
        section.card {
            h2 { "经过" }
            ol {
                @for step in progress.timeline.iter().rev() {
                    li.line {
                        strong { (step.what) } (when::when(step.at, now, &app.city().zone))
                        @if let Some(said) = &step.said { p.said { (said) } }
                    }
                }
            }
        }
    }
}
