//! The checklist on the demand's page: each item is a form of one button.

use axum::extract::State;
use maud::{Markup, html};

use super::Check;
use crate::context::App;
use crate::demands::pages::look::Look;
use crate::web::parts::{Shape, chip};
use crate::web::{Answer, FormBody, Onward, PathParams, Session, hidden, onward};

/// The card; nothing where the route has no list.
pub fn card(look: &Look, number: &str, checks: &[Check], may: bool) -> Markup {
    html! {
        @if !checks.is_empty() {
            section.card id="checklist" {
                h2 { "办理清单" }
                ul.stack.tight.checklist {
                    @for check in checks {
                        li {
                            @match &check.done {
                                Some((by, at)) => { (chip(Shape::Done, &check.item.label)) div.small.muted { (by) " " (look.when(*at)) } },
                                None => {
                                    (check.item.label) " "
                                    @if check.item.required { span.small.muted { "办结前必须完成" } }
                                }
                            }
                            @if may && (check.done.is_none() || check.item.evidence.is_none()) { (button(number, check)) }
                        }
                    }
                }
            }
        }
    }
}

fn button(number: &str, check: &Check) -> Markup {
    let done = check.done.is_some();
    html! {
        form.inline method="post" action={ "/demands/" (number) "/checklist" } {
            (hidden("item", &check.item.code))
            (hidden("done", !done))
            button.link[done] { (if done { "取消勾选" } else { "完成" }) span.unseen { "：" (check.item.label) } }
        }
    }
}

/// `POST /demands/{number}/checklist`
pub async fn tick(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
    form: FormBody,
) -> Answer<Onward> {
    let (asked, item, done) = (number.clone(), form.get("item").map(str::to_owned), form.get("done") != Some("false"));
    app.write(&session.actor, move |cx| super::tick(cx, &asked, item.as_deref(), done)).await?;
    let said = if done { "已勾选" } else { "已取消勾选" };
    Ok(onward(format!("/demands/{number}#checklist")).saying(said))
}
