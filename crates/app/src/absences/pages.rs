//! `/absences`: who is away and who acts for them, recording and ending an absence, standing in and back.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::{Id, Permission, Result};
use maud::{Markup, html};

use super::actions::{self, Duty, Known, Overview, Standing};
use super::rules::{Absence, AbsenceInput, HALVES, Limits, REASON_MOST, may_record, roles_that_pass};
use crate::city::City;
use crate::context::{App, Cx};
use crate::people::{self, Colleague};
use crate::units::{self, UnitNames};
use crate::web::parts::{Shape, chip, empty, post_button, table};
use crate::web::{
    Answer, Field, FormBody, FormView, Onward, Page, PathParams, Session, error_summary, invalid_only, onward, when,
};

/// `GET /absences`
pub async fn list(State(app): State<App>, session: Session) -> Answer<Page> {
    let (overview, names) = app.read(&session.actor, |cx| Ok((actions::overview(cx)?, units::names(cx)?))).await?;
    let look = Look { app: &app, names: &names, now: app.now() };
    let acts = html! { a.button.primary href="/absences/new" data-key="n" data-key-name="登记请假" { "登记请假 " kbd { "n" } } };
    Ok(Page::desk("请假与代办").acts(acts).body(look.body(&overview, &session)))
}

struct Look<'a> {
    app: &'a App,
    names: &'a UnitNames,
    now: kernel::Instant,
}

impl Look<'_> {
    fn body(&self, overview: &Overview, session: &Session) -> Markup {
        html! {
            div.stack {
                @for duty in &overview.duties { (self.duty(duty, session)) }
                @if overview.now.is_empty() && overview.over.is_empty() {
                    (empty(
                        "没有人请假",
                        "外出、休假前在这里登记起止时间和代办人：到时候代办人能看到并办理交给您的事，署名“代”，到期自动收回。",
                        Some(("登记请假", "/absences/new")),
                    ))
                } @else {
                    section {
                        h2 { "现在和以后" }
                        @if overview.now.is_empty() { p.muted { "没有人请假。" } }
                        @else { (self.table("现在和以后的请假", &overview.now)) }
                    }
                    @if !overview.over.is_empty() {
                        section { h2 { "已经结束" } (self.table("已经结束的请假", &overview.over)) }
                    }
                }
            }
        }
    }

    fn duty(&self, duty: &Duty, session: &Session) -> Markup {
        let absence = &duty.absence;
        let acting = session.actor.standing_in_for.as_ref().is_some_and(|absent| absent.account == absence.account);
        let limits = duty
            .actor
            .standing_in_for
            .as_ref()
            .map(|absent| Limits { themes: absent.themes.clone(), routes: absent.routes.clone() });
        html! {
            section.card {
                h2 { (absence.account_name) "不在，由您代办" }
                p { (self.span(absence)) @if let Some(limits) = limits.filter(|l| !l.none()) { "；" (said(&limits, self.app.city())) } }
                @if acting { p { b { "现在正在代办。" } "页面上方可以换回本人。" } }
                @else { div.go { (stand_in_button(absence)) } }
                p.small.muted { "换成代办后，每个页面上方都会写明；办的事署名“" (duty.actor.signature()) "”。自己办过的事，不能再以代办身份回访。" }
            }
        }
    }

    fn table(&self, caption: &str, list: &[Known]) -> Markup {
        let heads = ["谁不在", "起止", "由谁代办", "代办范围", "登记", "办理"];
        table(caption, &heads, &html! { @for known in list { (self.row(known)) } })
    }

    fn row(&self, known: &Known) -> Markup {
        let absence = &known.absence;
        html! {
            tr {
                th scope="row" {
                    (absence.account_name)
                    @if let Some(unit) = &absence.unit { div.small.muted { (self.names.short_name(unit)) } }
                }
                td data-name="起止" {
                    (self.span(absence))
                    @if absence.holds_at(self.now) { " " (chip(Shape::Wait, "不在")) }
                    @else if absence.over_at() > self.now { " " (chip(Shape::Plain, "还没开始")) }
                    @if let Some(ended) = absence.ended_at { div.small.muted { (when::near(ended, self.now, self.zone())) "提前结束" } }
                }
                td data-name="由谁代办" { (acting(absence, &known.acting, self.app.city())) }
                td data-name="代办范围" { (said(&absence.limits, self.app.city())) }
                td data-name="登记" {
                    (absence.by_name)
                    @if let Some(reason) = &absence.reason { div.small.muted { (reason) } }
                }
                td data-name="办理" {
                    @if known.may_end {
                        (post_button(&format!("/absences/{}/end", absence.id), if absence.holds_at(self.now) { "现在结束" } else { "撤销" }, false))
                    }
                }
            }
        }
    }

    fn span(&self, absence: &Absence) -> Markup {
        let (zone, now) = (self.zone(), self.now);
        // The last moment that still counts, so that a whole day is called by its own name.
        let last = kernel::Instant(absence.until_at.0 - 1);
        let half = |at: kernel::Instant, morning: &'static str, noon: &'static str| {
            if at.in_zone(zone).hour() < 12 { morning } else { noon }
        };
        html! {
            (when::day(absence.from_at, now, zone)) (half(absence.from_at, "", "下午")) " 至 "
            (when::day(last, now, zone)) (half(last, "上午", ""))
        }
    }

    fn zone(&self) -> &jiff::tz::TimeZone {
        &self.app.city().zone
    }
}

/// The button with which somebody begins to act for the absent one.
pub(super) fn stand_in_button(absence: &Absence) -> Markup {
    post_button(&format!("/absences/{}/stand-in", absence.id), &format!("现在代{}办理", absence.account_name), true)
}

fn acting(absence: &Absence, found: &[Standing], city: &City) -> Markup {
    html! {
        @if found.is_empty() {
            (absence.substitute_name.as_deref().unwrap_or("没有指定"))
        }
        @for standing in found {
            div {
                @for name in &standing.through { (name) "（也不在）→ " }
                @match &standing.who {
                    Some(name) => (name),
                    None => (chip(Shape::Late, "没有人代办")),
                }
                @if found.len() > 1 { span.small.muted { "：" (said(&standing.limits, city)) } }
            }
        }
    }
}

/// What standing in is limited to, in words.
fn said(limits: &Limits, city: &City) -> String {
    if limits.none() {
        return "全部".to_owned();
    }
    let route = |code: &String| city.routes.iter().find(|r| r.code == *code).map_or(code.clone(), |r| r.label.clone());
    let themes: Vec<String> = limits.themes.iter().map(|code| city.themes.label(code)).collect();
    let routes: Vec<String> = limits.routes.iter().map(route).collect();
    let parts = [("领域", themes), ("办理形式", routes)];
    let parts = parts.into_iter().filter(|(_, list)| !list.is_empty());
    format!("只限{}", parts.map(|(name, list)| format!("{name}：{}", list.join("、"))).collect::<Vec<_>>().join("；"))
}

/// `GET /absences/new`
pub async fn new_form(State(app): State<App>, session: Session) -> Answer<Page> {
    let view = FormView::blank().with("from_half", "am").with("until_half", "pm");
    Ok(asking(&app, &session, &view).await?)
}

/// `POST /absences/new`
pub async fn create(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let made = match form.read::<AbsenceInput>() {
        Ok(input) => app.write(&session.actor, move |cx| actions::record(cx, &input)).await,
        Err(wrong) => Err(wrong.into()),
    };
    match made {
        Ok(absence) => {
            let saying = match &absence.substitute_name {
                Some(name) => format!("已登记{}请假，由{name}代办", absence.account_name),
                None => format!("已登记{}请假，没有指定代办人", absence.account_name),
            };
            Ok(onward("/absences").saying(saying).into_response())
        }
        Err(error) => {
            let view = FormView::typed(form).refused(invalid_only(error)?);
            Ok(asking(&app, &session, &view).await?.status(422).into_response())
        }
    }
}

/// Everybody whose absence the one who looks may record, and everybody who may stand in for one of them.
struct Choices {
    absent: Vec<(String, String)>,
    substitutes: Vec<(String, String)>,
}

fn choices(cx: &mut Cx<'_>) -> Result<Choices> {
    let (colleagues, names) = (people::colleagues(cx)?, units::names(cx)?);
    let label = |c: &Colleague| match &c.unit {
        Some(unit) => (c.username.clone(), format!("{}（{}）", c.name, names.short_name(unit))),
        None => (c.username.clone(), c.name.clone()),
    };
    let mine: Vec<&Colleague> = colleagues.iter().filter(|c| may_record(cx.actor, c.id, c.unit.as_deref())).collect();
    let fits = |who: &&Colleague| mine.iter().any(|c| c.id != who.id && !roles_that_pass(c, who).is_empty());
    Ok(Choices {
        absent: mine.iter().map(|c| label(c)).collect(),
        substitutes: colleagues.iter().filter(fits).map(label).collect(),
    })
}

async fn asking(app: &App, session: &Session, view: &FormView) -> Result<Page> {
    let choices = app.read(&session.actor, choices).await?;
    let city = app.city();
    let absent: Vec<(&str, &str)> = choices.absent.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let mut named: Vec<(&str, &str)> = vec![("", "没有人代办")];
    named.extend(choices.substitutes.iter().map(|(a, b)| (a.as_str(), b.as_str())));
    let themes: Vec<(&str, &str)> =
        city.themes.all().iter().filter(|t| t.parent.is_none()).map(|t| (t.code.as_str(), t.label.as_str())).collect();
    let routes: Vec<(&str, &str)> = city.routes.iter().map(|r| (r.code.as_str(), r.label.as_str())).collect();
    let themes_hint = "不选就是全部；没有研判的诉求不属于任何领域";
    let view = match view.value("account") {
        "" => view.clone().with("account", &session.username),
        _ => view.clone(),
    };
    let view = &view;
    Ok(Page::desk("登记请假").at("/absences").back("请假与代办", "/absences").body(html! {
        (error_summary(view))
        form.form method="post" action="/absences/new" novalidate {
            @if people::may(&session.actor, Permission::Administer) || absent.len() > 1 {
                (Field::select(view, "account", "谁不在", &absent).narrow())
            }
            (Field::date(view, "from", "从哪一天").focus())
            (Field::radios(view, "from_half", "从", &[("am", "上午起"), ("pm", "下午起")]))
            (Field::date(view, "until", "到哪一天"))
            (Field::radios(view, "until_half", "到", &[(HALVES[1].0, "下午止（全天）"), (HALVES[0].0, "上午止")]))
            (Field::select(view, "substitute", "由谁代办", &named).hint("承办单位由本单位的人代办；代办人也不在时，顺着找他的代办人").narrow())
            details.fold open[view.error("themes").is_some() || view.error("routes").is_some()] {
                summary { "只代一部分事" }
                (Field::boxes(view, "themes[]", "只限这些领域", &themes).hint(themes_hint))
                (Field::boxes(view, "routes[]", "只限这些办理形式", &routes))
            }
            (Field::text(view, "reason", "事由").optional().hint("例如：年休假、外出培训").most(REASON_MOST))
            div.go { button.primary { "登记" } a href="/absences" { "不登记了" } }
        }
    }))
}

/// `POST /absences/{id}/end`
pub async fn end(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Onward> {
    let ended = app.write(&session.actor, move |cx| actions::end(cx, id)).await?;
    Ok(onward("/absences").saying(format!("{}的请假已结束，代办同时收回", ended.account_name)))
}

/// `POST /absences/{id}/stand-in`
pub async fn stand_in(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Onward> {
    let own = session.id;
    app.write(&session.actor, move |cx| actions::stand_in(cx, own, id)).await?;
    // The strip under the header says it, on this page and on every other.
    Ok(onward("/desk"))
}

/// `POST /standing-in/end`
pub async fn end_standing_in(State(app): State<App>, session: Session) -> Answer<Onward> {
    let own = session.id;
    app.write(&session.actor, move |cx| actions::end_standing_in(cx, own)).await?;
    // Not back to the page: it may no longer be open to the person alone, and the desk always is.
    Ok(onward("/desk").saying("已换回本人"))
}
