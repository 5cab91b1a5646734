//! `/views`: the saved views, saving one from the address of a list, renaming, sharing and removing it.

mod conditions;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Id, Refusal, Result};
use maud::{Markup, html};

use self::conditions::Conditions;
use super::actions;
use super::rules::{self, NAME_MOST, View, ViewInput};
use crate::context::{App, Cx};
use crate::web::parts::{Shape, chip, empty, post_button, table};
use crate::web::{
    Answer, Field, FormBody, FormView, Onward, Page, PathParams, Session, error_summary, hidden, invalid_only, onward,
};

/// `GET /views`
pub async fn list(State(app): State<App>, session: Session) -> Answer<Page> {
    let (views, conditions) = app.read(&session.actor, |cx| Ok((actions::list(cx)?, Conditions::new(cx)?))).await?;
    let heads = ["名称", "筛选条件", "谁保存的", "共享", "修改"];
    let rows = html! { @for view in &views { (row(view, &conditions, &session)) } };
    Ok(Page::desk("常用视图").body(html! {
        @if views.is_empty() {
            (empty(
                "还没有常用视图",
                "在“全部诉求”里选好条件，点“存为常用视图”，以后从左边的菜单一步打开；也可以与本单位共享。",
                Some(("去选条件", "/demands")),
            ))
        } @else {
            (table("常用视图", &heads, &rows))
        }
    }))
}

fn row(view: &View, conditions: &Conditions, session: &Session) -> Markup {
    let own = view.is_of(&session.actor);
    html! {
        tr {
            th scope="row" {
                @match view.href() {
                    Some(href) => { a href=(href) { (view.name) } },
                    None => { (view.name) " " (chip(Shape::Late, "已失效")) },
                }
            }
            td data-name="筛选条件" {
                @match view.filter() {
                    Some(filter) => (conditions.said(&filter)),
                    None => span.muted { "条件已经无法识别，请删去后重新保存" },
                }
            }
            td data-name="谁保存的" { @if own { "本人" } @else { (view.owner_name) } }
            td data-name="共享" { (view.shared_with.as_deref().map_or_else(|| "不共享".to_owned(), |unit| conditions.unit(unit))) }
            td data-name="修改" {
                @if own {
                    a href={ "/views/" (view.id) "/edit" } aria-label={ "改名或共享：" (view.name) } { "改名、共享" } " "
                    (post_button(&format!("/views/{}/remove", view.id), "删除", false))
                } @else { span.muted { "由本人修改" } }
            }
        }
    }
}

/// `GET /views/new?…`: the conditions of the list stand in the address, as the list has them.
pub async fn new_form(State(app): State<App>, session: Session, RawQuery(query): RawQuery) -> Answer<Page> {
    let filter = rules::read(query.as_deref().unwrap_or_default())?;
    let view = FormView::blank().with("query", rules::written(&filter));
    Ok(composer(&app, &session, &view).await?)
}

/// `POST /views/new`
pub async fn create(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    match sent(&app, &session, &form, actions::create).await {
        Ok(made) => {
            let to = made.href().unwrap_or_else(|| "/views".to_owned());
            Ok(onward(to).saying(format!("已存为常用视图“{}”，在左边的菜单里", made.name)).into_response())
        }
        Err(error) => {
            let view = FormView::typed(form).refused(invalid_only(error)?);
            Ok(composer(&app, &session, &view).await?.status(422).into_response())
        }
    }
}

/// `GET /views/{id}/edit`
pub async fn edit_form(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Page> {
    let found = app.read(&session.actor, move |cx| actions::own(cx, id)).await?;
    let view = FormView::blank().with("name", &found.name);
    let view = if found.shared_with.is_some() { view.with_ticked("shared", "true") } else { view };
    Ok(editor(id, &view))
}

/// `POST /views/{id}/edit`
pub async fn amend(
    State(app): State<App>,
    session: Session,
    PathParams(id): PathParams<Id>,
    form: FormBody,
) -> Answer<Response> {
    match sent(&app, &session, &form, move |cx, input| actions::amend(cx, id, input)).await {
        Ok(_) => Ok(onward("/views").saying("已保存").into_response()),
        Err(error) => {
            let view = FormView::typed(form).refused(invalid_only(error)?);
            Ok(editor(id, &view).status(422).into_response())
        }
    }
}

/// `POST /views/{id}/remove`
pub async fn remove(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Onward> {
    let removed = app.write(&session.actor, move |cx| actions::remove(cx, id)).await?;
    Ok(onward("/views").saying(format!("已删除常用视图“{}”", removed.name)))
}

/// Does what a form asks for.
async fn sent(
    app: &App,
    session: &Session,
    form: &FormBody,
    act: impl Fn(&mut Cx<'_>, &ViewInput) -> Result<View> + Send + 'static,
) -> Result<View, Error> {
    let input = form.read::<ViewInput>()?;
    app.write(&session.actor, move |cx| act(cx, &input)).await
}

/// The form that saves a view; what it will show stands above it.
async fn composer(app: &App, session: &Session, view: &FormView) -> Result<Page> {
    let conditions = app.read(&session.actor, Conditions::new).await?;
    let filter: Result<_, Refusal> = rules::read(view.value("query"));
    Ok(Page::desk("存为常用视图").at("/views").back("诉求", "/demands").body(html! {
        (error_summary(view))
        form.form method="post" action="/views/new" novalidate {
            @if let Ok(filter) = filter { p { "筛选条件：" (conditions.said(&filter)) } }
            (hidden("query", view.value("query")))
            (fields(view))
            div.go { button.primary { "保存" } a href="/demands" { "不存了" } }
        }
    }))
}

fn editor(id: Id, view: &FormView) -> Page {
    Page::desk("修改常用视图").at("/views").back("常用视图", "/views").body(html! {
        (error_summary(view))
        form.form method="post" action={ "/views/" (id) "/edit" } novalidate {
            (fields(view))
            div.go { button.primary { "保存" } a href="/views" { "不改了" } }
        }
    })
}

fn fields(view: &FormView) -> Markup {
    html! {
        (Field::text(view, "name", "名称").hint("显示在左边的菜单里").most(NAME_MOST).focus())
        (Field::boxes(view, "shared", "共享", &[("true", "与本单位共享")])
            .hint("共享的是筛选条件；每个人打开后只看到自己有权看的诉求"))
    }
}
