//! `/macros`: the list, naming one, and putting its moves together one after the other.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use kernel::{Actor, Id, Refusal, Result};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::actions;
use super::rules::{Macro, MacroInput, NAME_MOST, STEPS_MOST, Step, widest};
use crate::context::{App, Cx};
use crate::demands::pages::fields;
use crate::demands::pages::look::Look;
use crate::demands::rules::moves::{MOVES, Move, Row};
use crate::demands::rules::wanted::FieldKind;
use crate::phrases::scope::Scope;
use crate::web::parts::{empty, facts, post_button, table};
use crate::web::{
    Answer, Field, FormBody, FormView, Onward, Page, PathParams, Session, decode_pairs, error_summary, hidden,
    invalid_only, onward,
};

/// `GET /macros`
pub async fn list(State(app): State<App>, session: Session) -> Answer<Page> {
    let macros = app.read(&session.actor, actions::list).await?;
    let rows = html! { @for kept in &macros { (row(kept, &session.actor)) } };
    let page = Page::desk("快捷处理").acts(html! {
        a.button href="/macros/new" data-key="n" data-key-name="新增快捷处理" { "新增快捷处理 " kbd { "n" } }
    });
    Ok(page.body(html! {
        @if macros.is_empty() {
            (empty(
                "还没有快捷处理",
                "总是连在一起办的几步，例如“研判为一般咨询，交办某单位”，填好一次、取个名字，以后勾选诉求就能一起办；办之前先看每一件的效果。",
                Some(("新增快捷处理", "/macros/new")),
            ))
        } @else {
            (table("快捷处理", &["名称", "办哪几步", "谁可以用", "修改"], &rows))
            p.small.muted { "在诉求列表里勾选，点“批量办理”，就能选用。" }
        }
    }))
}

fn row(kept: &Macro, actor: &Actor) -> Markup {
    let steps: Vec<&str> = kept.steps.iter().map(label).collect();
    let obeys = kept.keeper.obeys(actor);
    html! {
        tr {
            th scope="row" { @if obeys { a href={ "/macros/" (kept.id) "/edit" } { (kept.name) } } @else { (kept.name) } }
            td data-name="办哪几步" { @if steps.is_empty() { span.muted { "还没有步骤" } } @else { (steps.join(" → ")) } }
            td data-name="谁可以用" { (kept.keeper.scope.label()) @if kept.keeper.scope != Scope::Own { " · " (kept.keeper.owner_name) } }
            td data-name="修改" {
                @if obeys { (post_button(&format!("/macros/{}/remove", kept.id), "删除", false)) }
                @else { span.muted { (if kept.keeper.scope == Scope::City { "由统筹岗管" } else { "由单位负责人管" }) } }
            }
        }
    }
}

fn label(step: &Step) -> &str {
    step.known().map_or("已失效的动作", Move::label)
}

/// `GET /macros/new`
pub async fn new_form(session: Session) -> Answer<Page> {
    Ok(composer(&session.actor, &FormView::blank().with("scope", "own")))
}

/// `POST /macros/new`
pub async fn create(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let input = MacroInput { scope: text(&form, "scope"), name: text(&form, "name"), ..MacroInput::default() };
    match app.write(&session.actor, move |cx| actions::create(cx, &input)).await {
        Ok(kept) => Ok(onward(format!("/macros/{}/edit", kept.id)).saying("已建立，接着加步骤").into_response()),
        Err(error) => {
            let view = FormView::typed(form).refused(invalid_only(error)?);
            Ok(composer(&session.actor, &view).status(422).into_response())
        }
    }
}

fn text(form: &FormBody, name: &str) -> Option<String> {
    form.get(name).map(str::to_owned)
}

fn composer(actor: &Actor, view: &FormView) -> Page {
    let scopes = Scope::open_to(actor);
    Page::desk("新增快捷处理").at("/macros").back("快捷处理", "/macros").body(html! {
        (error_summary(view))
        form.form.card method="post" action="/macros/new" data-send="" novalidate {
            (Field::text(view, "name", "名称").hint("例如：一般咨询→市市场监管局").most(NAME_MOST).focus())
            (Field::radios(view, "scope", "谁可以用", &scopes).hint("全市通用的由统筹岗管，本单位的由单位负责人管"))
            div.go { button.primary { "下一步：加步骤" } a href="/macros" { "不建了" } }
        }
    })
}

/// `GET /macros/{id}/edit`
pub async fn edit_form(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Page> {
    let (kept, look) = app.read(&session.actor, move |cx| Ok((actions::own(cx, id)?, Look::new(cx)?))).await?;
    let view = FormView::blank().with("name", &kept.name);
    Ok(editor(&kept, &look, &view))
}

/// `POST /macros/{id}/edit`
pub async fn rename(
    State(app): State<App>,
    session: Session,
    PathParams(id): PathParams<Id>,
    form: FormBody,
) -> Answer<Response> {
    let (name, version) = (text(&form, "name"), form.get("version").and_then(|version| version.parse().ok()));
    let renamed = app.write(&session.actor, move |cx| {
        let steps = actions::own(cx, id)?.steps;
        actions::amend(cx, id, &MacroInput { scope: None, name: name.clone(), steps, version })
    });
    match renamed.await {
        Ok(_) => Ok(onward("/macros").saying("已保存").into_response()),
        Err(error) => {
            let refusal = invalid_only(error)?;
            let status = refusal.status();
            let (kept, look) = app.read(&session.actor, move |cx| Ok((actions::own(cx, id)?, Look::new(cx)?))).await?;
            let view = FormView::typed(form).refused(refusal);
            Ok(editor(&kept, &look, &view).status(status).into_response())
        }
    }
}

fn editor(kept: &Macro, look: &Look, view: &FormView) -> Page {
    let here = format!("/macros/{}", kept.id);
    Page::desk(kept.name.clone()).at("/macros").back("快捷处理", "/macros").body(html! {
        (error_summary(view))
        div.stack.measure {
            section.card {
                h2 { "步骤 " span.small.muted { "一件之内，几步全办或者全不办" } }
                @if kept.steps.is_empty() { p.muted { "还没有步骤。" } }
                ol.stack.tight { @for (place, step) in kept.steps.iter().enumerate() { (drawn(look, place, step)) } }
                @if !kept.steps.is_empty() { (post_button(&format!("{here}/steps/last/remove"), "去掉最后一步", false)) }
            }
            @if kept.steps.len() < STEPS_MOST {
                form.card.row method="get" action={ (here) "/steps/new" } {
                    (Field::select(view, "move", "加一步", &moves()))
                    button { "填这一步" }
                }
            }
            form.form.card method="post" action={ (here) "/edit" } novalidate {
                (hidden("version", kept.version))
                (Field::text(view, "name", "名称").most(NAME_MOST))
                div.go { button.primary { "保存名称" } a href="/macros" { "回到快捷处理" } }
            }
        }
    })
}

fn moves() -> Vec<(&'static str, &'static str)> {
    let mut known: Vec<(&str, &str)> = Vec::new();
    for make in MOVES.iter().map(|row| (row.make.code(), row.make.label())) {
        if !known.contains(&make) {
            known.push(make);
        }
    }
    known
}

fn drawn(look: &Look, place: usize, step: &Step) -> Markup {
    let row = step.known().and_then(widest);
    let fields = row.into_iter().flat_map(|row| row.needs);
    let said: Vec<(&str, Markup)> = fields
        .filter_map(|field| {
            let value = step.fields.get(field.name)?;
            let list = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let value = list.iter().map(|one| spoken(look, field.kind, &text(one))).collect::<Vec<_>>().join("、");
            Some((field.label, html! { (value) }))
        })
        .collect();
    html! { li { h3 { (place + 1) ". " (label(step)) } (facts(&said)) } }
}

fn spoken(look: &Look, kind: FieldKind, value: &str) -> String {
    let city = look.city();
    match kind {
        FieldKind::Choice(choices) => {
            choices.iter().find(|(code, _)| *code == value).map_or(value, |(_, label)| label).to_owned()
        }
        FieldKind::Flag => (if value == "true" { "是" } else { "否" }).to_owned(),
        FieldKind::Theme => city.themes.label(value),
        FieldKind::Unit | FieldKind::Units => look.unit(value),
        FieldKind::Ground(kind) => city.grounds.find(kind, value).map_or(value.to_owned(), |g| g.label.clone()),
        _ => value.to_owned(),
    }
}

/// `GET /macros/{id}/steps/new?move=…`
pub async fn step_form(
    State(app): State<App>,
    session: Session,
    PathParams(id): PathParams<Id>,
    RawQuery(query): RawQuery,
) -> Answer<Page> {
    let pairs = decode_pairs(query.as_deref().unwrap_or_default())?;
    let name = pairs.iter().find(|(name, _)| name == "move").map(|(_, code)| code.as_str()).unwrap_or_default();
    let (kept, look) = app.read(&session.actor, move |cx| Ok((actions::own(cx, id)?, Look::new(cx)?))).await?;
    match Move::from_code(name).and_then(widest) {
        Some(row) => Ok(step_page(&kept, &look, row, &FormView::blank())),
        None => {
            let refusal = Refusal::field("move", "required", "请选择要加哪一步");
            let view = FormView::blank().with("name", &kept.name).refused(refusal);
            Ok(editor(&kept, &look, &view).status(422))
        }
    }
}

/// `POST /macros/{id}/steps/new`
pub async fn add_step(
    State(app): State<App>,
    session: Session,
    PathParams(id): PathParams<Id>,
    form: FormBody,
) -> Answer<Response> {
    let row = form.get("move").and_then(Move::from_code).and_then(widest);
    let row = row.ok_or_else(|| Refusal::not_found("没有这个动作"))?;
    let step = Step::new(row.make, given(row, &form));
    let added = app.write(&session.actor, move |cx: &mut Cx<'_>| actions::add_step(cx, id, step.clone())).await;
    match added {
        Ok(_) => {
            Ok(onward(format!("/macros/{id}/edit")).saying(format!("已加上“{}”", row.make.label())).into_response())
        }
        Err(error) => {
            let refusal = invalid_only(error)?;
            let status = refusal.status();
            let (kept, look) = app.read(&session.actor, move |cx| Ok((actions::own(cx, id)?, Look::new(cx)?))).await?;
            let view = FormView::typed(form).refused(refusal);
            Ok(step_page(&kept, &look, row, &view).status(status).into_response())
        }
    }
}

fn given(row: &Row, form: &FormBody) -> Map<String, Value> {
    let names = row.needs.iter().map(|field| field.name);
    let value = |name: &str| match form.all(name).collect::<Vec<_>>().as_slice() {
        [] => None,
        [one] => Some(Value::from(*one)),
        several => Some(Value::from(several.to_vec())),
    };
    names.filter_map(|name| Some((name.to_owned(), value(name)?))).collect()
}

fn step_page(kept: &Macro, look: &Look, row: &'static Row, view: &FormView) -> Page {
    let here = format!("/macros/{}", kept.id);
    Page::desk(format!("加一步：{}", row.make.label()))
        .at("/macros")
        .back(kept.name.clone(), format!("{here}/edit"))
        .body(html! {
            (error_summary(view))
            form.form.card.measure method="post" action={ (here) "/steps/new" } data-send="" novalidate {
                (hidden("move", row.make.code()))
                @if row.needs.is_empty() { p.muted { "这一步不用填什么。" } }
                (fields::all(look, row, view))
                div.go { button.primary { "加上这一步" } a href={ (here) "/edit" } { "不加了" } }
            }
        })
}

/// `POST /macros/{id}/steps/last/remove`
pub async fn drop_step(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Onward> {
    app.write(&session.actor, move |cx| actions::drop_step(cx, id)).await?;
    Ok(onward(format!("/macros/{id}/edit")).saying("已去掉最后一步"))
}

/// `POST /macros/{id}/remove`
pub async fn remove(State(app): State<App>, session: Session, PathParams(id): PathParams<Id>) -> Answer<Onward> {
    let removed: Result<Macro> = app.write(&session.actor, move |cx| actions::remove(cx, id)).await;
    Ok(onward("/macros").saying(format!("已删除快捷处理“{}”", removed?.name)))
}
