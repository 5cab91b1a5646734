//! Deciding about a day, and withdrawing that: what it changes is shown first, and done only when that was confirmed.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use kernel::{Error, Refusal, RefusalKind};
use maud::{Markup, html};

use crate::calendar::actions::{self, Effect};
use crate::calendar::api::{MOST_LISTED, day_of};
use crate::calendar::rules::{Change, KINDS, OverrideInput, REASON_MOST};
use crate::context::App;
use crate::web::parts::{count, facts, table};
use crate::web::{
    Answer, Failure, Field, FormBody, FormView, Page, PathParams, Session, error_summary, hidden, invalid_only, onward,
};

/// `GET /calendar/overrides/new`
pub async fn new_form() -> Page {
    asking(&FormView::blank())
}

/// `POST /calendar/overrides/new`: shows the effect, and with `confirmed` makes the change.
pub async fn add(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let confirmed = form.ticked("confirmed");
    let input = match form.read::<OverrideInput>() {
        Ok(input) => input,
        Err(refusal) => return Ok(asking(&FormView::typed(form).refused(refusal)).status(422).into_response()),
    };
    let refusal = match confirmed {
        false => None,
        true => {
            let input = input.clone();
            match app.write(&session.actor, move |cx| actions::add(cx, &input)).await {
                Ok(effect) => return done(&app, &effect, "已调整").await,
                Err(error) => Some(invalid_only(error)?),
            }
        }
    };
    let changed_meanwhile = refusal.as_ref().is_none_or(is_conflict);
    let looked = match actions::change_of(&session.actor, &input) {
        Ok(change) if changed_meanwhile => app.read(&session.actor, move |cx| actions::preview(cx, &change)).await,
        Ok(_) => Err(Error::from(refusal.clone().unwrap_or_else(|| Refusal::invalid(Vec::new())))),
        Err(wrong) => Err(wrong.into()),
    };
    match looked {
        Ok(effect) => Ok(confirming(&app, &input, &effect, refusal).into_response()),
        Err(error) => Ok(asking(&FormView::typed(form).refused(invalid_only(error)?)).status(422).into_response()),
    }
}

/// `GET /calendar/overrides/{date}/remove`
pub async fn remove_form(
    State(app): State<App>,
    session: Session,
    PathParams(date): PathParams<String>,
) -> Answer<Page> {
    let date = day_of(&date)?;
    let effect = app.read(&session.actor, move |cx| actions::preview(cx, &Change::Remove(date))).await?;
    Ok(withdrawing(&app, date, &effect, &FormView::blank()))
}

/// `POST /calendar/overrides/{date}/remove`
pub async fn remove(
    State(app): State<App>,
    session: Session,
    PathParams(date): PathParams<String>,
    form: FormBody,
) -> Answer<Response> {
    let date = day_of(&date)?;
    let (reason, seen) = (form.get("reason").map(str::to_owned), form.get("calendar").map(str::to_owned));
    let act = move |cx: &mut crate::context::Cx<'_>| actions::remove(cx, date, reason.as_deref(), seen.as_deref());
    match app.write(&session.actor, act).await {
        Ok(effect) => done(&app, &effect, "已撤销").await,
        Err(error) => {
            let refusal = invalid_only(error)?;
            let status = if is_conflict(&refusal) { 409 } else { 422 };
            let effect = app.read(&session.actor, move |cx| actions::preview(cx, &Change::Remove(date))).await?;
            let view = FormView::typed(form).refused(refusal);
            Ok(withdrawing(&app, date, &effect, &view).status(status).into_response())
        }
    }
}

fn is_conflict(refusal: &Refusal) -> bool {
    matches!(refusal.kind, RefusalKind::Conflict { .. })
}

async fn done(app: &App, effect: &Effect, what: &str) -> Result<Response, Failure> {
    actions::refresh(app).await?;
    let moved = match effect.moved.len() {
        0 => "没有时限因此变动".to_owned(),
        moved => format!("{moved} 个时限已重算并记入台账"),
    };
    let saying = format!("{what} {}：{}。{moved}", effect.date, effect.after);
    Ok(onward(format!("/calendar?year={}", effect.date.year())).saying(saying).into_response())
}

fn asking(view: &FormView) -> Page {
    let kinds = KINDS.map(|(code, label, _)| (code, label));
    Page::desk("调整某一天").at("/calendar").back("工作日历", "/calendar").body(html! {
        (error_summary(view))
        form.form method="post" action="/calendar/overrides/new" novalidate {
            (Field::date(view, "date", "日期").focus())
            (Field::radios(view, "kind", "这一天", &kinds))
            (Field::text(view, "hours", "半天的办公时间").optional().hint("选“半天办公”时填写，例如 09:00-12:00；多段用顿号分开").most(100))
            (Field::area(view, "reason", "理由", 2).hint("会写进每一条受影响的到期日说明里").most(REASON_MOST))
            div.go { button.primary { "先看影响" } a href="/calendar" { "不调整了" } }
        }
    })
}

fn confirming(app: &App, input: &OverrideInput, effect: &Effect, refusal: Option<Refusal>) -> Page {
    let status = if refusal.is_some() { 409 } else { 200 };
    let view = refusal.map_or_else(FormView::blank, |refusal| FormView::blank().refused(refusal));
    let given = [("date", &input.date), ("kind", &input.kind), ("hours", &input.hours), ("reason", &input.reason)];
    Page::desk("确认调整").at("/calendar").back("工作日历", "/calendar").status(status).body(html! {
        (error_summary(&view))
        div.stack {
            (effect_of(app, effect))
            form.form method="post" action="/calendar/overrides/new" {
                @for (name, value) in given { @if let Some(value) = value { (hidden(name, value)) } }
                (hidden("calendar", &effect.old))
                (hidden("confirmed", "yes"))
                div.go { button.primary { "确认调整" } a href="/calendar/overrides/new" { "重新填写" } a href="/calendar" { "不调整了" } }
            }
        }
    })
}

fn withdrawing(app: &App, date: Date, effect: &Effect, view: &FormView) -> Page {
    Page::desk(format!("撤销 {date} 的调整")).at("/calendar").back("工作日历", "/calendar").body(html! {
        (error_summary(view))
        div.stack {
            (effect_of(app, effect))
            form.form method="post" action={ "/calendar/overrides/" (date) "/remove" } novalidate {
                (hidden("calendar", &effect.old))
                (Field::area(view, "reason", "撤销的理由", 2).hint("会写进受影响诉求的台账里").most(REASON_MOST))
                div.go { button.primary { "确认撤销" } a href="/calendar" { "不撤了" } }
            }
        }
    })
}

fn effect_of(app: &App, effect: &Effect) -> Markup {
    let calendar = app.calendar();
    let said = |at| kernel::worktime::full_text(&calendar, at);
    let moved = u64::try_from(effect.moved.len()).unwrap_or(u64::MAX);
    let rows = html! {
        @for moved in effect.moved.iter().take(MOST_LISTED) {
            tr {
                td data-name="诉求" { (moved.number) }
                td data-name="时限" { (moved.clock.label()) }
                td data-name="原到期" { (said(moved.before)) }
                td data-name="新到期" { (said(moved.after)) " " b { (if moved.after < moved.before { "提前" } else { "推迟" }) } }
            }
        }
    };
    html! {
        section.card {
            h2 { "会改变什么" }
            (facts(&[
                ("日期", html! { (effect.date) }),
                ("现在", html! { (effect.before) }),
                ("调整后", html! { b { (effect.after) } }),
                ("运行中的时限", html! { @if moved == 0 { "没有一个会变动" } @else { b { (count(moved)) } " 个会变动，每一个都记入台账" } }),
            ]))
            p.small.muted { "已经停止的时限和人工指定的到期日不受影响。" }
        }
        @if !effect.moved.is_empty() {
            section {
                (table("会变动的时限", &["诉求", "时限", "原到期", "新到期"], &rows))
                @if effect.moved.len() > MOST_LISTED { p.small.muted { "只列最早到期的 " (MOST_LISTED) " 个，其余同样会重算并记入台账。" } }
            }
        }
    }
}
