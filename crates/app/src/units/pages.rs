//! `/units`: who can hold a demand, for everybody on the desk; adding, changing and ending for administrators.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use kernel::{Error, Permission, RefusalKind, Result};
use maud::{Markup, html};

use super::actions;
use super::rules::{EndInput, Unit, UnitInput, UnitNames};
use crate::city::UnitKind;
use crate::context::App;
use crate::web::parts::{Shape, chip, facts, table};
use crate::web::{
    Answer, Field, FormBody, FormView, Page, PathParams, Session, error_summary, hidden, invalid_only, onward,
};

/// The list.
pub async fn list(State(app): State<App>, session: Session) -> Answer<Page> {
    let (units, today) = load(&app, &session).await?;
    let rows = html! {
        @for unit in units.all() { (row(unit, &units, today)) }
    };
    let heads = ["单位", "代码", "类别", "涉企", "承办诉求", "有效期", "接续"];
    let page = Page::desk("单位").body(html! {
        div.stack {
            p.muted { "共 " (units.all().len()) " 个单位。撤销的单位不删除，旧案仍写明当时由谁承办。" }
            (table("单位清单", &heads, &rows))
        }
    });
    Ok(match session.may(Permission::Administer) {
        true => page.acts(html! { a.button.primary href="/units/new" { "增设单位" } }),
        false => page,
    })
}

/// One unit.
pub async fn one(State(app): State<App>, session: Session, PathParams(code): PathParams<String>) -> Answer<Page> {
    let (units, today) = load(&app, &session).await?;
    let unit = actions::found(&units, &code)?;
    let link = |code: &Option<String>| match code.as_deref() {
        Some(code) => html! { a href={ "/units/" (code) } { (units.short_name(code)) } },
        None => html! { "—" },
    };
    let page = Page::desk(&unit.name).at("/units").back("单位", "/units").aside(standing(unit, today)).body(
        html! { div.stack {
            section.card {
                (facts(&[
                    ("代码", html! { code { (unit.code) } }),
                    ("简称", html! { (unit.short_name) }),
                    ("类别", html! { (unit.kind.label()) }),
                    ("上级单位", link(&unit.parent)),
                    ("有效期", html! { (span(Some(unit.valid_from), unit.valid_to)) }),
                    ("涉企", html! { (span(unit.enterprise_from, unit.enterprise_to)) }),
                    ("承办诉求", html! { (yes(unit.can_handle)) }),
                    ("接续单位", link(&unit.successor)),
                    ("别名", html! { (words(&unit.aliases)) }),
                    ("职责关键词", html! { (words(&unit.mandate)) }),
                    ("说明", html! { (unit.note.as_deref().unwrap_or("—")) }),
                ]))
            }
            p { a href={ "/demands?unit=" (unit.code) } { "这个单位承办的诉求" } }
        } },
    );
    let acts = html! {
        a.button href={ "/units/" (unit.code) "/edit" } { "修改" }
        @if unit.valid_to.is_none() { a.button href={ "/units/" (unit.code) "/end" } { "撤销" } }
    };
    Ok(if session.may(Permission::Administer) { page.acts(acts) } else { page })
}

/// The form for a new unit.
pub async fn new_form(State(app): State<App>, session: Session) -> Answer<Page> {
    let (units, today) = load(&app, &session).await?;
    let view = FormView::blank().with("valid_from", today.to_string()).with("can_handle", "true");
    Ok(editor("增设单位", None, &units, &view))
}

/// Adds a unit.
pub async fn create(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let made = match form.read::<UnitInput>() {
        Ok(input) => app.write(&session.actor, move |cx| actions::create(cx, &input)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(unit) => Ok(onward(format!("/units/{}", unit.code)).saying("已增设").into_response()),
        Err(error) => {
            let view = FormView::typed(form).refused(invalid_only(error)?);
            let (units, _) = load(&app, &session).await?;
            Ok(editor("增设单位", None, &units, &view).status(422).into_response())
        }
    }
}

/// The form for changing a unit.
pub async fn edit_form(State(app): State<App>, session: Session, PathParams(code): PathParams<String>) -> Answer<Page> {
    let (units, _) = load(&app, &session).await?;
    let unit = actions::found(&units, &code)?;
    Ok(editor("修改单位", Some((&code, &unit.version.to_string())), &units, &filled(unit)))
}

/// Changes a unit.
pub async fn amend(
    State(app): State<App>,
    session: Session,
    PathParams(code): PathParams<String>,
    form: FormBody,
) -> Answer<Response> {
    let wanted = code.clone();
    let made = match form.read::<UnitInput>() {
        Ok(input) => app.write(&session.actor, move |cx| actions::amend(cx, &wanted, &input)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(unit) => Ok(onward(format!("/units/{}", unit.code)).saying("已保存").into_response()),
        Err(error) => {
            let back = returned(form, error)?;
            let (units, _) = load(&app, &session).await?;
            Ok(editor("修改单位", Some((&code, &back.version)), &units, &back.view).status(back.status).into_response())
        }
    }
}

/// The form for ending a unit.
pub async fn end_form(State(app): State<App>, session: Session, PathParams(code): PathParams<String>) -> Answer<Page> {
    let (units, today) = load(&app, &session).await?;
    let unit = actions::found(&units, &code)?;
    let view = FormView::blank().with("valid_to", today.to_string());
    Ok(ending(unit, &unit.version.to_string(), &units, &view))
}

/// Ends a unit.
pub async fn end(
    State(app): State<App>,
    session: Session,
    PathParams(code): PathParams<String>,
    form: FormBody,
) -> Answer<Response> {
    let wanted = code.clone();
    let made = match form.read::<EndInput>() {
        Ok(input) => app.write(&session.actor, move |cx| actions::end(cx, &wanted, &input)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(unit) => Ok(onward(format!("/units/{}", unit.code)).saying("已撤销").into_response()),
        Err(error) => {
            let back = returned(form, error)?;
            let (units, _) = load(&app, &session).await?;
            let unit = actions::found(&units, &code)?;
            Ok(ending(unit, &back.version, &units, &back.view).status(back.status).into_response())
        }
    }
}

async fn load(app: &App, session: &Session) -> Result<(UnitNames, Date)> {
    app.read(&session.actor, |cx| Ok((actions::names(cx)?, cx.today()))).await
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

fn row(unit: &Unit, units: &UnitNames, today: Date) -> Markup {
    html! {
        tr {
            th scope="row" { a href={ "/units/" (unit.code) } { (unit.name) } }
            td data-name="代码" { code { (unit.code) } }
            td data-name="类别" { (unit.kind.label()) }
            td data-name="涉企" { (yes(unit.enterprise_facing_on(today))) }
            td data-name="承办诉求" { (yes(unit.can_handle)) }
            td data-name="有效期" { (standing(unit, today)) " " (span(Some(unit.valid_from), unit.valid_to)) }
            td data-name="接续" { (unit.successor.as_deref().map_or("—", |code| units.short_name(code))) }
        }
    }
}

fn standing(unit: &Unit, today: Date) -> Markup {
    match unit.valid_on(today) {
        true => chip(Shape::Done, "有效"),
        false if today < unit.valid_from => chip(Shape::Wait, "未设立"),
        false => chip(Shape::Plain, "已撤销"),
    }
}

fn span(from: Option<Date>, to: Option<Date>) -> String {
    match (from, to) {
        (None, _) => "否".to_owned(),
        (Some(from), None) => format!("自 {from} 起"),
        (Some(from), Some(to)) => format!("{from} 至 {to}"),
    }
}

fn yes(flag: bool) -> &'static str {
    if flag { "是" } else { "否" }
}

fn words(list: &[String]) -> String {
    if list.is_empty() { "—".to_owned() } else { list.join("、") }
}

fn filled(unit: &Unit) -> FormView {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let view = FormView::blank()
        .with("name", &unit.name)
        .with("short_name", &unit.short_name)
        .with("kind", unit.kind.code())
        .with("parent", unit.parent.clone().unwrap_or_default())
        .with("valid_from", unit.valid_from.to_string())
        .with("enterprise_from", day(unit.enterprise_from))
        .with("enterprise_to", day(unit.enterprise_to))
        .with("aliases", unit.aliases.join("、"))
        .with("mandate", unit.mandate.join("、"))
        .with("note", unit.note.clone().unwrap_or_default());
    if unit.can_handle { view.with("can_handle", "true") } else { view }
}

/// The form of a new unit, or of the one with this code, seen in this version.
fn editor(title: &str, unit: Option<(&str, &str)>, units: &UnitNames, view: &FormView) -> Page {
    let kinds: Vec<(&str, &str)> = UnitKind::ALL.iter().map(|kind| (kind.code(), kind.label())).collect();
    let parents = choices(units, unit.map(|(code, _)| code), "没有");
    let action = unit.map_or("/units/new".to_owned(), |(code, _)| format!("/units/{code}/edit"));
    Page::desk(title).at("/units").back("单位", "/units").body(html! {
        (error_summary(view))
        form.form method="post" action=(action) novalidate {
            @if let Some((_, version)) = unit { (hidden("version", version)) }
            @else { (Field::text(view, "code", "代码").hint("小写字母、数字和连字符，定了就不改").most(32).narrow()) }
            (Field::text(view, "name", "名称").most(60))
            (Field::text(view, "short_name", "简称").optional().most(30))
            (Field::select(view, "kind", "类别", &kinds))
            (Field::select(view, "parent", "上级单位", &parents).optional())
            (Field::date(view, "valid_from", "设立日").optional())
            (Field::date(view, "enterprise_from", "涉企起始日").optional().hint("不是涉企单位就空着"))
            (Field::date(view, "enterprise_to", "涉企截止日").optional())
            (Field::boxes(view, "can_handle", "承办诉求", &[("true", "可以作为承办单位")]))
            (Field::area(view, "aliases", "别名", 2).optional().hint("用顿号分开；交办和导入时写这些名字也认得"))
            (Field::area(view, "mandate", "职责关键词", 3).optional().hint("用顿号分开；只用来提出承办建议"))
            (Field::area(view, "note", "说明", 2).optional().most(300))
            div.go { button.primary { "保存" } a href="/units" { "不改了" } }
        }
    })
}

fn ending(unit: &Unit, version: &str, units: &UnitNames, view: &FormView) -> Page {
    let others = choices(units, Some(&unit.code), "没有单位接续");
    let successor = Field::select(view, "successor", "接续单位", &others);
    let action = format!("/units/{}/end", unit.code);
    Page::desk(format!("撤销“{}”", unit.name)).at("/units").back(&unit.name, format!("/units/{}", unit.code)).body(
        html! {
            (error_summary(view))
            p { "撤销以后不能再交办给它，用旧名字交办会转到接续单位。在办的诉求从次日起由接续单位办理，时限不变，逐件记入台账；已经办结的不变。" }
            form.form method="post" action=(action) novalidate {
                (hidden("version", version))
                (Field::date(view, "valid_to", "最后一天"))
                (if unit.can_handle { successor } else { successor.optional() })
                (Field::area(view, "reason", "理由", 2).most(200))
                div.go { button.primary { "撤销" } a href={ "/units/" (unit.code) } { "不撤了" } }
            }
        },
    )
}

fn choices<'a>(units: &'a UnitNames, without: Option<&str>, none: &'a str) -> Vec<(&'a str, &'a str)> {
    let others = units.all().iter().filter(|unit| Some(unit.code.as_str()) != without && unit.valid_to.is_none());
    [("", none)].into_iter().chain(others.map(|unit| (unit.code.as_str(), unit.name.as_str()))).collect()
}
