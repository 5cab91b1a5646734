//! `/enterprises`: the firms, one firm, and correcting it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::{Error, Id, PageRequest, Permission, RefusalKind};
use maud::{Markup, html};

use super::actions;
use super::api::EnterpriseQuery;
use super::rules::{Enterprise, EnterpriseInput, NAME_MOST};
use crate::context::App;
use crate::web::parts::{Pager, empty, encode, facts, table};
use crate::web::{
    Answer, Field, FormBody, FormView, Page, PathParams, QueryParams, Session, error_summary, hidden, invalid_only,
    onward, when,
};

/// The list.
pub async fn list(State(app): State<App>, session: Session, query: QueryParams<EnterpriseQuery>) -> Answer<Page> {
    let asked = query.0;
    let request =
        PageRequest { limit: asked.limit.unwrap_or(50).clamp(1, PageRequest::MOST), cursor: asked.cursor.clone() };
    let q = asked.q.clone();
    let page = app.read(&session.actor, move |cx| actions::list(cx, q.as_deref(), &request)).await?;
    let view = FormView::blank().with("q", asked.q.clone().unwrap_or_default());
    let address = asked.q.as_deref().map_or("/enterprises".to_owned(), |q| format!("/enterprises?q={}", encode(q)));
    let heads = ["企业", "统一社会信用代码", "行业", "规模", "所在地"];
    let rows = html! { @for firm in &page.items { (row(firm)) } };
    Ok(Page::desk("企业").body(html! { div.stack {
        form.row method="get" action="/enterprises" role="search" novalidate {
            (Field::input(&view, "q", "名称或统一社会信用代码", "search"))
            button { "查找" }
        }
        @if page.items.is_empty() {
            (empty("没有找到企业", "企业第一次提出诉求时自动登记，不用先建档。", None))
        } @else {
            (table("企业清单", &heads, &rows))
            (Pager { list: &address, further: asked.cursor.is_some(), next: page.next.as_deref(), total: None, shown: page.items.len() })
        }
    } }))
}

/// One firm.
pub async fn one(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Page> {
    let (firm, now) = app.read(&session.actor, move |cx| Ok((actions::get(cx, id)?, cx.now))).await?;
    let zone = &app.city().zone;
    let page = Page::desk(&firm.name).at("/enterprises").back("企业", "/enterprises").body(html! { div.stack {
        section.card {
            (facts(&[
                ("统一社会信用代码", said(&firm.uscc)),
                ("行业", said(&firm.industry)),
                ("规模", said(&firm.size)),
                ("所在地", said(&firm.area)),
                ("首次登记", when::when(firm.created_at, now, zone)),
            ]))
        }
        p { a href={ "/demands?enterprise=" (firm.id) } { "这家企业提出的诉求" } }
    } });
    let acts = html! { a.button href={ "/enterprises/" (firm.id) "/edit" } { "修改" } };
    Ok(if session.may(Permission::Register) { page.acts(acts) } else { page })
}

/// The form for correcting a firm.
pub async fn edit_form(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Page> {
    let firm = app.read(&session.actor, move |cx| actions::get(cx, id)).await?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let view = FormView::blank()
        .with("name", &firm.name)
        .with("uscc", text(&firm.uscc))
        .with("industry", text(&firm.industry))
        .with("size", text(&firm.size))
        .with("area", text(&firm.area));
    Ok(editor(id, &firm.version.to_string(), &view))
}

/// Corrects a firm.
pub async fn amend(
    State(app): State<App>,
    session: Session,
    PathParams(id): PathParams<Id>,
    form: FormBody,
) -> Answer<Response> {
    let made = match form.read::<EnterpriseInput>() {
        Ok(input) => app.write(&session.actor, move |cx| actions::amend(cx, id, &input)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(firm) => Ok(onward(format!("/enterprises/{}", firm.id)).saying("已保存").into_response()),
        Err(error) => {
            let back = returned(form, error)?;
            Ok(editor(id, &back.version, &back.view).status(back.status).into_response())
        }
    }
}

/// A form on its way back: what was typed and what is wrong, the version that the next try counts on, the status.
struct Returned {
    view: FormView,
    version: String,
    status: u16,
}

fn returned(form: FormBody, error: Error) -> Answer<Returned> {
    let refusal = invalid_only(error)?;
    let version = match refusal.kind {
        // Whoever was too late has now read that somebody was first, so the next try may overwrite on purpose.
        RefusalKind::Conflict { current: Some(current) } => current.to_string(),
        _ => form.get("version").unwrap_or_default().to_owned(),
    };
    let status = refusal.status();
    Ok(Returned { view: FormView::typed(form).refused(refusal), version, status })
}

fn row(firm: &Enterprise) -> Markup {
    html! {
        tr {
            th scope="row" { a href={ "/enterprises/" (firm.id) } { (firm.name) } }
            td data-name="代码" { (said(&firm.uscc)) }
            td data-name="行业" { (said(&firm.industry)) }
            td data-name="规模" { (said(&firm.size)) }
            td data-name="所在地" { (said(&firm.area)) }
        }
    }
}

fn said(value: &Option<String>) -> Markup {
    html! { (value.as_deref().unwrap_or("—")) }
}

fn editor(id: Id, version: &str, view: &FormView) -> Page {
    Page::desk("修改企业").at("/enterprises").back("企业", format!("/enterprises/{id}")).body(html! {
        (error_summary(view))
        form.form method="post" action={ "/enterprises/" (id) "/edit" } novalidate {
            (hidden("version", version))
            (Field::text(view, "name", "企业名称").most(NAME_MOST))
            (Field::text(view, "uscc", "统一社会信用代码").optional().hint("18 位；小写、全角、空格都认得").most(30))
            (Field::text(view, "industry", "行业").optional().most(60))
            (Field::text(view, "size", "规模").optional().hint("例如：规上、小微、个体工商户").most(30))
            (Field::text(view, "area", "所在街道或园区").optional().most(60))
            div.go { button.primary { "保存" } a href={ "/enterprises/" (id) } { "不改了" } }
        }
    })
}
