//! `/demands/new`: one form for the three entrances. Whoever fills it in without a script, on a phone, with an error in
//! every field, loses nothing of what was typed.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Refusal;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::parts::{areas, theme_field};
use super::uploads;
use crate::city::{City, Entrance};
use crate::context::App;
use crate::demands::actions::resembling::{self, Similar};
use crate::demands::actions::{files, intake};
use crate::demands::rules::intake::{TEXT_MOST, TITLE_MOST};
use crate::demands::rules::vocabulary::Audience;
use crate::web::{Answer, Field, FormBody, FormView, Page, QueryParams, Visitor, error_summary, hidden, onward};

/// Through which entrance somebody comes.
#[derive(Debug, Deserialize)]
pub struct Asked {
    audience: Option<String>,
}

/// The empty form, or the choice of an entrance where none was taken yet.
pub async fn blank(State(app): State<App>, QueryParams(asked): QueryParams<Asked>) -> Page {
    match asked.audience.as_deref().and_then(Audience::from_code) {
        Some(audience) => form_page(&app, audience, &FormView::blank(), html! {}),
        None => choice(app.city()),
    }
}

/// Takes the form in: a receipt, or the form again with everything that is wrong. Who has no script may look first whether
/// the matter is known.
pub async fn send(State(app): State<App>, visitor: Visitor, form: FormBody) -> Answer<Response> {
    let audience = form.get("audience").and_then(Audience::from_code);
    if form.get("step") == Some("look") {
        return Ok(looked(&app, &visitor, audience.unwrap_or(Audience::Public), form).await?.into_response());
    }
    let said = form.read::<Map<String, Value>>().and_then(|input| intake::check(&app, &visitor.actor, &input));
    let (said, admitted) = match files::both(said, uploads::admit(&form)) {
        Ok(both) => both,
        Err(refusal) => {
            let view = FormView::typed(form).refused(in_page_order(refusal));
            // Without an entrance the form is drawn for anybody, and says that one is missing.
            let page = form_page(&app, audience.unwrap_or(Audience::Public), &view, html! {});
            return Ok(page.status(422).into_response());
        }
    };
    let kept = files::keep(&app, admitted).await?;
    let receipt = intake::submit(&app, &visitor.actor, said, kept).await?;
    Ok(onward(receipt.receipt_url).into_response())
}

/// The form as it was, and above it what resembles its words.
async fn looked(app: &App, visitor: &Visitor, audience: Audience, form: FormBody) -> Answer<Page> {
    let words: Vec<&str> = ["title", "text"].iter().filter_map(|name| form.get(name)).collect();
    let words: String = words.join("\n").chars().take(TEXT_MOST).collect();
    let found = match words.trim().is_empty() {
        true => None,
        false => Some(app.read(&visitor.actor, move |cx| resembling::similar(cx, Some(&words), None)).await?),
    };
    let notice = known(found.as_deref(), form.files("attachments").next().is_some());
    Ok(form_page(app, audience, &FormView::typed(form), notice))
}

/// What the public may know of what resembles a text.
fn known(found: Option<&[Similar]>, files: bool) -> Markup {
    html! {
        div.notice role="status" {
            @match found {
                None => p { "先写标题和具体情况，再看有没有人反映过。" },
                Some([]) => p { "没有找到相近的，请继续提交。" },
                Some(found) => {
                    p { b { "有人反映过相近的事。" } "您照样可以提交：办理时会放在一起看，您有自己的编号和查询码。" }
                    ul.bullets { @for one in found {
                        li {
                            (one.theme_label.as_deref().unwrap_or("没有归类的")) " · " (one.month) " 收到 · " (one.status_label)
                            @if one.same { " · 可能是同一件" }
                        }
                    } }
                }
            }
            @if files { p { "刚才选的文件没有留下，提交前请重新选择。" } }
        }
    }
}

/// The order in which the fields stand on the page, which is the order of the summary.
const ORDER: [&str; 12] = [
    "audience",
    "title",
    "text",
    "attachments",
    "enterprise.name",
    "enterprise.uscc",
    "theme",
    "area",
    "contact.name",
    "contact.phone",
    "contact.email",
    "channel",
];

/// The refusal with what is wrong in the order of the page.
pub fn in_page_order(mut refusal: Refusal) -> Refusal {
    refusal.errors.sort_by_key(|error| ORDER.iter().position(|field| *field == error.field).unwrap_or(ORDER.len()));
    refusal
}

fn entrance(city: &City, audience: Audience) -> &Entrance {
    let entrances = &city.texts.entrances;
    match audience {
        Audience::Public => &entrances.public,
        Audience::Entrepreneur => &entrances.entrepreneur,
        Audience::ServiceRecipient => &entrances.service_recipient,
    }
}

fn choice(city: &City) -> Page {
    Page::public("您是哪一位？").back("首页", "/").body(html! {
        nav.three aria-label="选择入口" {
            @for audience in [Audience::Entrepreneur, Audience::Public, Audience::ServiceRecipient] {
                @let entrance = entrance(city, audience);
                a.entrance href={ "/demands/new?audience=" (audience.code()) } {
                    h2 { (entrance.title) }
                    p.muted { (entrance.lead) }
                    span { (entrance.action) " →" }
                }
            }
        }
    })
}

fn form_page(app: &App, audience: Audience, view: &FormView, notice: Markup) -> Page {
    let city = app.city();
    let entrance = entrance(city, audience);
    let today = app.now().in_zone(&city.zone).date();
    Page::public(entrance.action.as_str()).back("首页", "/").aside(other_entrances(city, audience)).body(html! {
        p.urgent { (city.texts.emergency_note) }
        (error_summary(view))
        (notice)
        div.two.say {
            form.form.card method="post" action="/demands/new" enctype="multipart/form-data" {
                (hidden("audience", audience.code()))
                (what(view, city, entrance))
                (uploads::field(view))
                (firm(view, city, audience))
                (place(view, city, audience, &areas(city, today)))
                (contact(view))
                div.go {
                    button.primary.big { "提交" }
                    button name="step" value="look" formnovalidate { "先看看有没有人反映过" }
                    span.muted.small { "提交后马上拿到编号和查询码" }
                }
            }
            (beside(city, entrance))
        }
    })
}

fn other_entrances(city: &City, audience: Audience) -> Markup {
    html! {
        span.muted { "不是这个身份？" }
        @for other in Audience::ALL.iter().copied().filter(|other| *other != audience) {
            " " a href={ "/demands/new?audience=" (other.code()) } { (entrance(city, other).title) }
        }
    }
}

fn what(view: &FormView, city: &City, entrance: &Entrance) -> Markup {
    let text_hint = city.texts.text_hint.as_str();
    let example = entrance.examples.first().map(|example| format!("一句话说明，例如：{example}"));
    let title_hint = example.as_deref().unwrap_or(&city.texts.title_hint);
    html! {
        (Field::text(view, "title", "标题").hint(title_hint).most(TITLE_MOST).autocomplete("off"))
        (Field::area(view, "text", "具体情况", 7).hint(text_hint).most(TEXT_MOST).similar())
    }
}

/// Asked of entrepreneurs openly, of those who were served folded away, of others not at all.
fn firm(view: &FormView, city: &City, audience: Audience) -> Markup {
    let typed = |name| !view.value(name).is_empty() || view.error(name).is_some();
    let fields = html! {
        (Field::text(view, "enterprise.name", "企业全称").optional().most(100).autocomplete("organization"))
        (Field::text(view, "enterprise.uscc", "统一社会信用代码").optional().most(25).autocomplete("off").inputmode("text").narrow())
    };
    match audience {
        Audience::Public => html! {},
        Audience::Entrepreneur => html! {
            fieldset.part { legend { "您的企业" } p.hint { (city.texts.enterprise_hint) } (fields) }
        },
        Audience::ServiceRecipient => html! {
            details.fold open[typed("enterprise.name") || typed("enterprise.uscc")] {
                summary { "代表企业来办事？填上企业" }
                div.stack { p.hint { (city.texts.enterprise_hint) } (fields) }
            }
        },
    }
}

fn place(view: &FormView, city: &City, audience: Audience, areas: &[String]) -> Markup {
    html! {
        (theme_field(view, city, Some(audience), "选了能快一点分到负责的单位"))
        (Field::text(view, "area", "在哪里").optional().hint("街道、园区或具体地点").most(100).suggestions(areas).autocomplete("off"))
    }
}

fn contact(view: &FormView) -> Markup {
    html! {
        fieldset.part {
            legend { "怎么联系您" span.muted { "（可不填）" } }
            p.hint { "留下电话，承办单位才能先与您核实，办完才能回访您。不留也能提交，凭编号和查询码看答复。" }
            (Field::text(view, "contact.name", "怎么称呼").most(50).autocomplete("name"))
            (Field::input(view, "contact.phone", "电话", "tel").most(25).autocomplete("tel").inputmode("tel"))
            (Field::input(view, "contact.email", "电子邮箱", "email").most(100).autocomplete("email").inputmode("email"))
        }
    }
}

fn beside(city: &City, entrance: &Entrance) -> Markup {
    let texts = &city.texts;
    html! {
        aside.stack.notes aria-label="说明" {
            @if !entrance.examples.is_empty() {
                section.fewer { h2 { "可以这样写" } ul.quotes { @for example in &entrance.examples { li { (example) } } } }
            }
            section { h2 { "提交以后" } p { (texts.callback_note) } p { (texts.office_hours_note) } }
            section { h2 { "您放心" } p { (texts.privacy_note) } p { (texts.no_retaliation_note) } }
            section { h2 { "不归这里办的" } p { (texts.out_of_scope_note) } }
        }
    }
}
