//! `/`: what can be done here, by whom, and how it has gone this quarter.

use std::sync::Arc;

use axum::extract::State;
use maud::{Markup, html};

use super::figures::headline;
use super::parts::lookup_form;
use crate::city::{City, ClockKind, Entrance};
use crate::context::App;
use crate::demands::figures::{self, FEWEST, Figures, Quarter};
use crate::demands::rules::vocabulary::Audience;
use crate::web::{Answer, FormView, Page, Visitor};

/// The portal.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Answer<Page> {
    let figures = app
        .read(&visitor.actor, |cx| {
            let this = figures::figures(cx, Quarter::of(cx.today()))?;
            // A quarter that has just begun says nothing yet; the one before does.
            if this.heard >= FEWEST { Ok(this) } else { figures::figures(cx, this.quarter.before()) }
        })
        .await?;
    let city = app.city();
    let hero = html! {
        section.hero { div.visit { h1 { (city.texts.slogan) } p { (city.texts.intro) } } }
    };
    Ok(Page::public("首页").hero(hero).body(body(city, &figures)))
}

fn body(city: &City, figures: &Arc<Figures>) -> Markup {
    let texts = &city.texts;
    html! {
        div.portal {
            nav.three.pull aria-label="反映情况" {
                (entrance(Audience::Entrepreneur, &texts.entrances.entrepreneur))
                (entrance(Audience::Public, &texts.entrances.public))
                (entrance(Audience::ServiceRecipient, &texts.entrances.service_recipient))
            }
            p.urgent { (texts.emergency_note) }
            div.pair {
                div.stack {
                    section.card.lookup aria-labelledby="lookup" {
                        h2 id="lookup" { "查进度" }
                        p.muted.small { "凭回执上的编号和查询码，看谁在办、办到哪一步、何时办完。" }
                        (lookup_form(&FormView::blank()))
                    }
                    section.card.fewer { (headline(figures)) }
                }
                section.card { (steps(city)) }
            }
            section.card.promise {
                h2 { "您放心说" }
                ul.bullets {
                    li { (texts.privacy_note) }
                    li { (texts.no_retaliation_note) }
                    li { (texts.out_of_scope_note) }
                    li { (texts.office_hours_note) }
                }
                p.muted.small { (texts.footer) "（" (city.plan.issuer) "，" (city.plan.date.strftime("%Y 年 %-m 月 %-d 日").to_string()) "）。主办：" (texts.host) "。" }
            }
        }
    }
}

fn entrance(audience: Audience, entrance: &Entrance) -> Markup {
    html! {
        a.entrance href={ "/demands/new?audience=" (audience.code()) } {
            h2 { (entrance.title) }
            p.muted { (entrance.lead) }
            span { (entrance.action) " →" }
        }
    }
}

/// What happens to a demand, with the limits that the city has set itself.
fn steps(city: &City) -> Markup {
    let limit = |kind| city.clock(kind).limit.label();
    html! {
        h2 { "说了以后会怎样" }
        ol.steps {
            li { strong { "马上拿到编号和查询码" } span.muted { "不用注册，不用登录" } }
            li { strong { (city.dispatcher_name()) "研判，交给负责的单位" } span.muted { (limit(ClockKind::Dispatch)) "内" } }
            li { strong { "承办单位先与您联系" } span.muted { "交办后 " (limit(ClockKind::FirstContact)) "内" } }
            li { strong { "承办单位办理并答复" } span.muted { "一般交办后 " (limit(ClockKind::Assigned)) "内" } }
            li { strong { "回访：解决了没有，满意不满意" } span.muted { "由承办单位以外的人来问" } }
        }
        p.muted.small { "时限：" (city.configured_note) "；遇节假日顺延。" }
    }
}
