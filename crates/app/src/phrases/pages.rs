//! `/phrases`: what is kept to answer with, and the form to keep, change and remove it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use kernel::{Actor, Error, Id, RefusalKind, Result};
use maud::{Markup, html};

use super::actions;
use super::rules::{CITATION_MOST, Filling, Phrase, PhraseInput, Place, TEXT_MOST, TITLE_MOST};
use super::scope::Scope;
use crate::context::{App, Cx};
use crate::web::parts::{Shape, chip, empty, post_button, table};
use crate::web::{
    Answer, Field, FormBody, FormView, Onward, Page, PathParams, Session, error_summary, hidden, invalid_only, onward,
};

const HEADS: [&str; 5] = ["名称", "内容", "用在哪里", "政策依据", "修改"];

/// `GET /phrases`
pub async fn list(State(app): State<App>, session: Session) -> Answer<Page> {
    let (phrases, today) = app.read(&session.actor, |cx| Ok((actions::list(cx)?, cx.today()))).await?;
    let (expired, valid): (Vec<&Phrase>, Vec<&Phrase>) = phrases.iter().partition(|phrase| phrase.expired(today));
    let rows = |phrases: &[&Phrase]| html! { @for phrase in phrases { (row(phrase, &session.actor, today)) } };
    let page = Page::desk("常用语").acts(html! {
        a.button href="/phrases/new" data-key="n" data-key-name="新增常用语" { "新增常用语 " kbd { "n" } }
    });
    Ok(page.body(html! {
        @if phrases.is_empty() {
            (empty(
                "还没有常用语",
                "常写的政策解读、措施、理由存成常用语，填表时点一下就填进去；写明依据哪条政策、有效到哪天，到期自动停用。",
                Some(("新增常用语", "/phrases/new")),
            ))
        }
        @if !valid.is_empty() { (table("常用语", &HEADS, &rows(&valid))) }
        @if !expired.is_empty() {
            h2 { "已失效 " span.small.muted { "依据的政策已过有效期，填表时不再提供" } }
            (table("已失效的常用语", &HEADS, &rows(&expired)))
        }
    }))
}

fn row(phrase: &Phrase, actor: &Actor, today: Date) -> Markup {
    let brief: String = phrase.text.chars().take(80).collect();
    let cut = if brief.len() < phrase.text.len() { "……" } else { "" };
    html! {
        tr {
            th scope="row" {
                @if phrase.keeper.obeys(actor) { a href={ "/phrases/" (phrase.id) "/edit" } { (phrase.title) } } @else { (phrase.title) }
                div.muted { (phrase.keeper.scope.label()) @if phrase.keeper.scope != Scope::Own { " · " (phrase.keeper.owner_name) } }
            }
            td data-name="内容" { (brief) (cut) }
            td data-name="用在哪里" { (phrase.place.label()) }
            td data-name="政策依据" {
                @match &phrase.citation { Some(citation) => (citation), None => span.muted { "没有写" } }
                @if let Some(day) = phrase.valid_until {
                    " " @if phrase.expired(today) { (chip(Shape::Late, &format!("{day} 已失效"))) } @else { span.muted.nowrap { "有效到 " (day) } }
                }
            }
            td data-name="修改" {
                @if phrase.keeper.obeys(actor) {
                    (post_button(&format!("/phrases/{}/remove", phrase.id), "删除", false))
                } @else { span.muted { (if phrase.keeper.scope == Scope::City { "由统筹岗管" } else { "由单位负责人管" }) } }
            }
        }
    }
}

/// `GET /phrases/new`
pub async fn new_form(session: Session) -> Answer<Page> {
    Ok(composer(&session.actor, &FormView::blank().with("scope", "own").with("place", "any")))
}

/// `POST /phrases/new`
pub async fn create(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    match sent(&app, &session, &form, actions::create).await {
        Ok(made) => Ok(onward("/phrases").saying(format!("已保存常用语“{}”", made.title)).into_response()),
        Err(error) => {
            let view = FormView::typed(form).refused(invalid_only(error)?);
            Ok(composer(&session.actor, &view).status(422).into_response())
        }
    }
}

/// `GET /phrases/{id}/edit`
pub async fn edit_form(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Page> {
    let phrase = app.read(&session.actor, move |cx| actions::own(cx, id)).await?;
    let view = FormView::blank()
        .with("place", phrase.place.code())
        .with("title", &phrase.title)
        .with("text", &phrase.text)
        .with("citation", phrase.citation.clone().unwrap_or_default())
        .with("valid_until", phrase.valid_until.map(|day| day.to_string()).unwrap_or_default());
    Ok(editor(id, &phrase.version.to_string(), &view))
}

/// `POST /phrases/{id}/edit`
pub async fn amend(
    State(app): State<App>,
    session: Session,
    PathParams(id): PathParams<Id>,
    form: FormBody,
) -> Answer<Response> {
    match sent(&app, &session, &form, move |cx, input| actions::amend(cx, id, input)).await {
        Ok(_) => Ok(onward("/phrases").saying("已保存").into_response()),
        Err(error) => {
            let refusal = invalid_only(error)?;
            let status = refusal.status();
            // After a conflict the next sending goes on from the version in force.
            let version = match refusal.kind {
                RefusalKind::Conflict { current: Some(version) } => version.to_string(),
                _ => form.get("version").unwrap_or_default().to_owned(),
            };
            Ok(editor(id, &version, &FormView::typed(form).refused(refusal)).status(status).into_response())
        }
    }
}

/// `POST /phrases/{id}/remove`
pub async fn remove(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Onward> {
    let removed = app.write(&session.actor, move |cx| actions::remove(cx, id)).await?;
    Ok(onward("/phrases").saying(format!("已删除常用语“{}”", removed.title)))
}

/// Does what a form asks for.
async fn sent(
    app: &App,
    session: &Session,
    form: &FormBody,
    act: impl Fn(&mut Cx<'_>, &PhraseInput) -> Result<Phrase> + Send + 'static,
) -> Result<Phrase, Error> {
    let input = form.read::<PhraseInput>()?;
    app.write(&session.actor, move |cx| act(cx, &input)).await
}

fn composer(actor: &Actor, view: &FormView) -> Page {
    let scopes = Scope::open_to(actor);
    Page::desk("新增常用语").at("/phrases").back("常用语", "/phrases").body(html! {
        (error_summary(view))
        form.form.card method="post" action="/phrases/new" data-send="" novalidate {
            (fields(view))
            (Field::radios(view, "scope", "谁可以用", &scopes).hint("全市通用的由统筹岗管，本单位的由单位负责人管"))
            div.go { button.primary { "保存" } a href="/phrases" { "不存了" } }
        }
    })
}

fn editor(id: Id, version: &str, view: &FormView) -> Page {
    Page::desk("修改常用语").at("/phrases").back("常用语", "/phrases").body(html! {
        (error_summary(view))
        form.form.card method="post" action={ "/phrases/" (id) "/edit" } data-send="" novalidate {
            (hidden("version", version))
            (fields(view))
            div.go { button.primary { "保存" } a href="/phrases" { "不改了" } }
        }
    })
}

fn fields(view: &FormView) -> Markup {
    let known: Vec<String> = Filling::NAMES.iter().map(|(name, label)| format!("{name} {label}")).collect();
    let hint = format!("可以写占位，填入时换成这一件的内容：{}", known.join("、"));
    html! {
        (Field::text(view, "title", "名称").hint("自己找得到就行，例如：高企奖补—政策解读").most(TITLE_MOST).focus())
        (Field::select(view, "place", "用在哪里", Place::CHOICES))
        (Field::area(view, "text", "内容", 5).hint(&hint).most(TEXT_MOST))
        (Field::text(view, "citation", "政策依据").optional().hint("文件名、文号、条款").most(CITATION_MOST))
        (Field::date(view, "valid_until", "有效到").optional().hint("政策写明有效期的，到期后这条常用语自动停用"))
    }
}
