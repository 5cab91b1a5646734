//! `/inbox`: what waits to be looked at, grouped; and where mail goes.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use kernel::{Id, Instant};
use maud::{Markup, html};

use super::actions::{self, Inbox, MOST_OPEN};
use super::rules::{AddressInput, Item};
use crate::city::ReminderKind;
use crate::context::App;
use crate::web::parts::{self, Shape, chip, empty};
use crate::web::{
    Answer, Field, FormBody, FormView, Onward, Page, PathParams, Session, error_summary, hidden, invalid_only, onward,
    when,
};

/// `GET /inbox`
pub async fn list(State(app): State<App>, session: Session) -> Answer<Page> {
    let inbox = app.read(&session.actor, actions::inbox).await?;
    let look = Look { app: &app, now: app.now() };
    let acts = html! {
        a.button href="/inbox/mail" { "邮件" }
        @if inbox.count > 0 {
            form.inline method="post" action="/inbox/read" {
                (hidden("until", look.now.0))
                button.primary { "全部知道了" }
            }
        }
    };
    Ok(Page::desk("提醒").acts(acts).body(look.body(&inbox)))
}

struct Look<'a> {
    app: &'a App,
    now: Instant,
}

impl Look<'_> {
    fn body(&self, inbox: &Inbox) -> Markup {
        html! {
            div.stack {
                (self.digest(inbox))
                @if inbox.open.is_empty() {
                    (empty(
                        "没有新的提醒",
                        "交办给本单位的、快到期和逾期的、领导批示、差评和等着裁定的事会排在这里；办完了，提醒自己消去。每个工作日上班时汇总一次，不在夜里和休息日打扰。",
                        Some(("去今天要办", "/desk")),
                    ))
                }
                @for kind in ReminderKind::ALL { (self.group(kind, &inbox.open)) }
                @if inbox.count > MOST_OPEN as u64 {
                    p.muted { "这里是最新的 " (MOST_OPEN) " 条，共 " (parts::count(inbox.count)) " 条。" }
                }
                @if !inbox.done.is_empty() {
                    details.fold {
                        summary { "看过的和已经办了的" }
                        ul.reminders { @for item in &inbox.done { li { (self.line(item)) } } }
                    }
                }
            }
        }
    }

    fn digest(&self, inbox: &Inbox) -> Markup {
        let to = match &inbox.email {
            Some(email) => format!("邮件发到 {email}"),
            None => "没有设置邮箱，只在这里看".to_owned(),
        };
        html! {
            p.muted {
                @match inbox.digest {
                    Some((at, items, _)) => { "今日摘要：" (when::near(at, self.now, self.zone())) " 汇总了 " (items) " 条。" },
                    None => "今天还没有摘要：没有新的事，或者还没到上班时间。",
                }
                (to) "。"
            }
        }
    }

    fn group(&self, kind: ReminderKind, open: &[Item]) -> Markup {
        let mut items: Vec<&Item> = open.iter().filter(|item| item.kind == kind).collect();
        items.sort_by_key(|item| item.due_at);
        html! {
            @if !items.is_empty() {
                section {
                    h2 { (kind.label()) " " (items.len()) }
                    ul.reminders {
                        @for item in items {
                            li {
                                (self.line(item))
                                form.inline method="post" action={ "/inbox/" (item.id) "/read" } {
                                    button.link aria-label={ "知道了：" (item.title) } { "知道了" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn line(&self, item: &Item) -> Markup {
        let about_demand = !item.subject.starts_with("absence:");
        html! {
            div.grow {
                a href=(item.href()) { (item.title) }
                @if item.urgent { " " (chip(Shape::Late, "紧急")) }
                div.small.muted {
                    @if !item.open() { (item.kind.label()) " · " }
                    @if about_demand { (item.subject) " · " }
                    @if let Some(name) = &item.for_name { "代" (name) " · " }
                    @match item.due_at {
                        Some(due) => (self.left(due, item)),
                        None => (when::when(item.at, self.now, self.zone())),
                    }
                    @if item.settled_at.is_some() { " · 已经不用办了" }
                }
            }
        }
    }

    fn left(&self, due: Instant, item: &Item) -> Markup {
        html! {
            @if let Some(clock) = item.clock() { (clock.label()) " " }
            (when::time(due, self.zone(), &format!("{} 到期", when::near(due, self.now, self.zone()))))
            @if item.open() { "，" (kernel::worktime::time_left(&self.app.calendar(), self.now, due)) }
        }
    }

    fn zone(&self) -> &TimeZone {
        &self.app.city().zone
    }
}

/// `POST /inbox/read`: everything that the page showed.
pub async fn read_all(State(app): State<App>, session: Session, form: FormBody) -> Answer<Onward> {
    let until = form.get("until").and_then(|text| text.parse().ok()).map(Instant);
    let n = app.write(&session.actor, move |cx| actions::read_all(cx, until)).await?;
    Ok(onward("/inbox").saying(format!("已标为知道：{n} 条")))
}

/// `POST /inbox/{id}/read`
pub async fn read(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Onward> {
    app.write(&session.actor, move |cx| actions::read(cx, id)).await?;
    Ok(onward("/inbox"))
}

/// `GET /inbox/mail`
pub async fn mail_form(State(app): State<App>, session: Session) -> Answer<Page> {
    let email = app.read(&session.actor, actions::inbox).await?.email;
    Ok(asking(&FormView::blank().with("email", email.unwrap_or_default())))
}

/// `POST /inbox/mail`
pub async fn mail(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let kept = match form.read::<AddressInput>() {
        Ok(input) => app.write(&session.actor, move |cx| actions::set_address(cx, &input)).await,
        Err(wrong) => Err(wrong.into()),
    };
    match kept {
        Ok(Some(email)) => Ok(onward("/inbox").saying(format!("提醒邮件发到 {email}")).into_response()),
        Ok(None) => Ok(onward("/inbox").saying("不再发邮件，提醒只在系统里看").into_response()),
        Err(error) => Ok(asking(&FormView::typed(form).refused(invalid_only(error)?)).status(422).into_response()),
    }
}

fn asking(view: &FormView) -> Page {
    Page::desk("提醒邮件").at("/inbox").back("提醒", "/inbox").body(html! {
        (error_summary(view))
        form.form method="post" action="/inbox/mail" novalidate {
            p { "每个工作日上班时最多一封摘要；领导批示、逾期这样的急事在办公时间里随时发，夜里和休息日不发。邮件只写编号和要办什么，内容登录后看。" }
            (Field::input(view, "email", "邮箱", "email").optional().hint("留空就不发邮件").autocomplete("email").most(100))
            div.go { button.primary { "保存" } a href="/inbox" { "不改了" } }
        }
    })
}
