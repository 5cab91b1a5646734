//! `/processes`: the versions, one version in words and as text, drafting, adopting, discarding.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::{Error, Permission, RefusalKind, Result};
use maud::{Markup, html};

use super::actions;
use super::rules::{AdoptInput, DraftInput, State as Stage, Version};
use crate::city::{City, Process, spoken};
use crate::context::{App, Cx};
use crate::web::parts::{Shape, chip, facts, table};
use crate::web::{
    Answer, Field, FormBody, FormView, Onward, Page, PathParams, Session, error_summary, hidden, invalid_only, onward,
    when,
};

/// What a page of one version shows.
struct Seen {
    version: Version,
    process: Process,
    differences: Vec<String>,
    against: i64,
    current: i64,
}

fn load(cx: &mut Cx<'_>, number: i64) -> Result<Seen> {
    let version = actions::one(cx, number)?;
    let process = actions::process_of(cx, &version)?;
    let current = actions::current(cx)?;
    // A draft is compared with what counts now, an adopted version with what counted before it.
    let before = actions::list(cx)?.into_iter().map(|(other, _)| other).find(|other| match version.adopted.as_ref() {
        None => other.version == current,
        Some(own) => other.adopted.as_ref().is_some_and(|a| a.from < own.from && other.version != number),
    });
    let (differences, against) = match before {
        None => (Vec::new(), number),
        Some(before) => {
            let old = actions::process_of(cx, &before)?;
            (process.differences(&old, cx.app.city()), before.version)
        }
    };
    Ok(Seen { version, process, differences, against, current })
}

/// `GET /processes`
pub async fn list(State(app): State<App>, session: Session) -> Answer<Page> {
    let (versions, current, now) =
        app.read(&session.actor, |cx| Ok((actions::list(cx)?, actions::current(cx)?, cx.now))).await?;
    let city = app.city();
    let first_has: i64 = versions.iter().map(|(_, n)| n).sum();
    let rows = html! {
        @for (version, n) in &versions {
            tr {
                th scope="row" { a href={ "/processes/" (version.version) } { "版本 " (version.version) } " " (version.title) }
                td data-name="状态" { (stage(version, current, now)) }
                td data-name="起始" { @if let Some(adoption) = &version.adopted { (when::stamp(adoption.from, &city.zone)) } @else { "—" } }
                td data-name="起草" { (version.made_by) "，" (when::stamp(version.made_at, &city.zone)) }
                td data-name="在它之下登记" {
                    @if version.version == 1 && first_has == 0 { "全部诉求" } @else if version.version == 1 { "其余诉求" } @else { (n) " 件" }
                }
            }
        }
    };
    let page = Page::desk("流程版本").body(html! {
        div.stack {
            p.muted.measure {
                "分级规则、各项时限，以及延期、中止计时、提级的规则按版本管理。新版本先起草、拿历史诉求试算，再写明理由启用；启用以后登记的诉求按新版本办，正在办的一直按登记时的版本办到底。"
            }
            (table("流程版本", &["版本", "状态", "起始", "起草", "在它之下登记"], &rows))
        }
    });
    Ok(match session.may(Permission::Dispatch) {
        true => page.acts(html! {
            a.button.primary href="/processes/new" { "起草新版本" }
            a.button href="/simulator" { "试算" }
        }),
        false => page,
    })
}

fn stage(version: &Version, current: i64, now: kernel::Instant) -> Markup {
    match (version.state, &version.adopted) {
        (Stage::Adopted, _) if version.version == current => chip(Shape::Done, "正在施行"),
        (Stage::Adopted, Some(adoption)) if adoption.from > now => chip(Shape::Wait, "将要施行"),
        (Stage::Adopted, _) => chip(Shape::Plain, "已被替代"),
        (Stage::Draft, _) if version.is_tried() => chip(Shape::Doing, "草稿，已试算"),
        (Stage::Draft, _) => chip(Shape::Doing, "草稿，未试算"),
        (Stage::Discarded, _) => chip(Shape::Plain, "已作废"),
    }
}

/// `GET /processes/{id}`
pub async fn one(State(app): State<App>, session: Session, PathParams(number): PathParams<i64>) -> Answer<Page> {
    let (seen, now) = app.read(&session.actor, move |cx| Ok((load(cx, number)?, cx.now))).await?;
    let (city, version) = (app.city(), &seen.version);
    let mut known = vec![("起草", html! { (version.made_by) "，" (when::stamp(version.made_at, &city.zone)) })];
    if let Some((edit, at, what)) = &version.tried {
        let stale = *edit != version.edit;
        known.push((
            "试算",
            html! { (when::stamp(*at, &city.zone)) "：" (what) @if stale { "（之后又改过，要重新试算）" } },
        ));
    }
    if let Some(adoption) = &version.adopted {
        known.push(("起始", html! { (when::stamp(adoption.from, &city.zone)) }));
        known.push(("启用", html! { (adoption.by) "，" (when::stamp(adoption.at, &city.zone)) }));
        known.push(("理由", html! { (adoption.reason) }));
    }
    let page = Page::desk(format!("流程版本 {number}"))
        .at("/processes")
        .back("流程版本", "/processes")
        .aside(html! { (stage(version, seen.current, now)) " " span.muted { (version.title) } })
        .body(html! {
            div.stack {
                section.card { (facts(&known)) }
                (differences(&seen))
                (rules(&seen.process, city))
                (limits(&seen.process, city))
                (case_rules(&seen.process))
                section.card {
                    details.fold { summary { "全文（可以复制，另起草稿）" } pre.code { (version.content) } }
                }
            }
        });
    Ok(if session.may(Permission::Dispatch) { page.acts(acts(version)) } else { page })
}

fn acts(version: &Version) -> Markup {
    let number = version.version;
    html! {
        @if version.state == Stage::Draft {
            a.button.primary[!version.is_tried()] href={ "/simulator?version=" (number) } { "试算" }
            a.button.primary[version.is_tried()] href={ "/processes/" (number) "/adopt" } { "启用" }
            a.button href={ "/processes/" (number) "/edit" } { "修改" }
            form method="post" action={ "/processes/" (number) "/discard" } { (hidden("edit", version.edit)) button { "作废" } }
        } @else {
            a.button href={ "/processes/new?from=" (number) } { "以它为底起草" }
        }
    }
}

fn differences(seen: &Seen) -> Markup {
    html! {
        @if seen.against != seen.version.version {
            section.card {
                h2 { "与版本 " (seen.against) " 相比" }
                @if seen.differences.is_empty() { p.muted { "没有不同。" } }
                @else { ul.bullets { @for one in &seen.differences { li { (one) } } } }
            }
        }
    }
}

fn rules(process: &Process, city: &City) -> Markup {
    let tiering = &process.tiering;
    let route = |code: &str| city.route(code).map_or(code.to_owned(), |route| route.label.clone());
    let rows = html! {
        @for (place, rule) in tiering.tier_rule.iter().enumerate() {
            tr {
                td data-name="次序" { (place + 1) }
                th scope="row" { (rule.label) }
                td data-name="条件" { (rule.when.said(tiering, &city.themes)) }
                td data-name="办理形式" { (route(&rule.route)) }
                td data-name="理由" { (rule.because.replace("{n}", "几").replace("{units}", "有关单位")) }
            }
        }
    };
    html! {
        section.stack {
            h2 { "分级规则" }
            p.small.muted { "由上到下，第一条条件全部成立的规则提出办理形式，由统筹岗决定。" }
            (table("分级规则", &["次序", "规则", "条件", "办理形式", "理由"], &rows))
        }
    }
}

fn limits(process: &Process, city: &City) -> Markup {
    let rows = html! {
        @for (kind, limit) in &process.limits {
            @let rule = city.clock(*kind);
            tr {
                th scope="row" { (rule.label) }
                td data-name="从什么时候起" { (rule.start) }
                td data-name="时限" { (limit.label()) }
                td data-name="落实方案哪一句" { (rule.provenance.plan) }
            }
        }
    };
    html! {
        section.stack {
            h2 { "时限" }
            p.small.muted { (city.configured_note) }
            (table("时限", &["时限", "从什么时候起", "多长", "落实方案哪一句"], &rows))
        }
    }
}

fn case_rules(process: &Process) -> Markup {
    let rows = html! {
        @for (_, label, value) in process.rules.each() {
            tr { th scope="row" { (label) } td data-name="规定" { (spoken(&value)) } }
        }
    };
    html! {
        section.stack {
            h2 { "延期、中止计时、提级" }
            (table("延期、中止计时、提级", &["规则", "规定"], &rows))
        }
    }
}

/// Which version a new draft begins with.
#[derive(serde::Deserialize)]
pub struct NewQuery {
    from: Option<i64>,
}

/// `GET /processes/new`
pub async fn new_form(
    State(app): State<App>,
    session: Session,
    crate::web::QueryParams(query): crate::web::QueryParams<NewQuery>,
) -> Answer<Page> {
    let content = app.read(&session.actor, move |cx| {
        let number = query.from.map_or_else(|| actions::current(cx), Ok)?;
        // Before the first start has seeded a version there is none to begin with.
        let version = actions::one(cx, number)?;
        Ok(version.content)
    });
    Ok(editor(None, &FormView::blank().with("content", content.await?)))
}

/// `POST /processes/new`
pub async fn create(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let made = match form.read::<DraftInput>() {
        Ok(input) => app.write(&session.actor, move |cx| actions::create(cx, &input)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(draft) => Ok(drafted(&draft).into_response()),
        Err(error) => {
            let (view, status, _) = returned(form, error)?;
            Ok(editor(None, &view).status(status).into_response())
        }
    }
}

fn drafted(draft: &Version) -> Onward {
    onward(format!("/processes/{}", draft.version)).saying("草稿已保存，试算之后才能启用")
}

/// `GET /processes/{id}/edit`
pub async fn edit_form(State(app): State<App>, session: Session, PathParams(number): PathParams<i64>) -> Answer<Page> {
    let draft = app.read(&session.actor, move |cx| draft_of(cx, number)).await?;
    let view = FormView::blank().with("title", &draft.title).with("content", &draft.content);
    Ok(editor(Some((number, draft.edit)), &view))
}

fn draft_of(cx: &mut Cx<'_>, number: i64) -> Result<Version> {
    let version = actions::one(cx, number)?;
    version.changeable(Some(version.edit))?;
    Ok(version)
}

/// `POST /processes/{id}/edit`
pub async fn amend(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<i64>,
    form: FormBody,
) -> Answer<Response> {
    let made = match form.read::<DraftInput>() {
        Ok(input) => app.write(&session.actor, move |cx| actions::amend(cx, number, &input)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(draft) => Ok(drafted(&draft).into_response()),
        Err(error) => {
            let (view, status, edit) = returned(form, error)?;
            Ok(editor(Some((number, edit)), &view).status(status).into_response())
        }
    }
}

/// A form on its way back: what was typed, the status, the edit that the next try counts on.
fn returned(form: FormBody, error: Error) -> Answer<(FormView, u16, i64)> {
    let refusal = invalid_only(error)?;
    let edit = match refusal.kind {
        RefusalKind::Conflict { current: Some(current) } => current,
        _ => form.get("edit").and_then(|edit| edit.parse().ok()).unwrap_or_default(),
    };
    let status = refusal.status();
    Ok((FormView::typed(form).refused(refusal), status, edit))
}

fn editor(draft: Option<(i64, i64)>, view: &FormView) -> Page {
    let action = draft.map_or("/processes/new".to_owned(), |(number, _)| format!("/processes/{number}/edit"));
    let title = draft.map_or("起草流程版本".to_owned(), |(number, _)| format!("修改流程草稿 {number}"));
    Page::desk(title).at("/processes").back("流程版本", "/processes").body(html! {
        (error_summary(view))
        form.form method="post" action=(action) novalidate {
            @if let Some((_, edit)) = draft { (hidden("edit", edit)) }
            (Field::text(view, "title", "名称").most(100).hint("这一版改什么，一句话，如“会商时限缩短到 8 个工作日”"))
            (Field::area(view, "content", "流程文本", 30).hint(
                "上面是时限，接着是延期、中止计时、提级的规则，下面依次是分级规则、归类规则、词表。删去的整段按现行版本；写错的地方会一次全部指出，写到哪一条。"))
            div.go { button.primary { "保存草稿" } a href="/processes" { "不改了" } }
        }
        details.fold.measure { summary { "条件怎么写" } (legend()) }
    })
}

fn legend() -> Markup {
    let parts = [
        ("any、all、none", "任一词表有词、每个词表都有词、一个词也没有；写词表的 code"),
        ("units_min、units_max", "按职责涉及的本市单位数"),
        ("bodies_min、bodies_max", "本市单位加上方案没有列名的部门，共几家"),
        ("dispatches_min、voices_min", "已经交办几次；几位诉求人反映同一件事"),
        ("audience、themes、kind", "诉求人、领域、清单；可以列几个，任一即可"),
        ("difficulty、breadth、policy_weight", "easy、medium、hard；narrow、medium、wide；weak、medium、strong"),
        ("scope、generality、policy_axis", "citywide、departmental；common、individual；measure、procedure"),
        ("tier、route", "general、complex、key、major；instant、assigned、joint、leader、special"),
        ("lead、because", "由哪个单位牵头（可不写）；理由，{n} 是家数，{units} 是单位名"),
    ];
    let rows: Vec<(&str, Markup)> = parts.into_iter().map(|(name, what)| (name, html! { (what) })).collect();
    facts(&rows)
}

/// `GET /processes/{id}/adopt`
pub async fn adopt_form(State(app): State<App>, session: Session, PathParams(number): PathParams<i64>) -> Answer<Page> {
    let seen = app.read(&session.actor, move |cx| draft_of(cx, number).and_then(|_| load(cx, number))).await?;
    Ok(adoption(&seen, &FormView::blank()))
}

/// `POST /processes/{id}/adopt`
pub async fn adopt(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<i64>,
    form: FormBody,
) -> Answer<Response> {
    let made = match form.read::<AdoptInput>() {
        Ok(input) => app.write(&session.actor, move |cx| actions::adopt(cx, number, &input)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(adopted) => Ok(onward(format!("/processes/{number}"))
            .saying(format!("已决定启用版本 {}；正在办的诉求不受影响", adopted.version))
            .into_response()),
        Err(error) => {
            let (view, status, _) = returned(form, error)?;
            let seen = app.read(&session.actor, move |cx| load(cx, number)).await?;
            Ok(adoption(&seen, &view).status(status).into_response())
        }
    }
}

fn adoption(seen: &Seen, view: &FormView) -> Page {
    let version = &seen.version;
    let number = version.version;
    Page::desk(format!("启用流程版本 {number}"))
        .at("/processes")
        .back(format!("版本 {number}"), format!("/processes/{number}"))
        .body(html! {
            (error_summary(view))
            @match version.tried.as_ref().filter(|_| version.is_tried()) {
                Some((_, _, what)) => p { "试算：" (what) },
                None => p { "还没有试算。" a href={ "/simulator?version=" (number) } { "先拿历史诉求试算" } },
            }
            (differences(seen))
            form.form method="post" action={ "/processes/" (number) "/adopt" } novalidate {
                (hidden("edit", version.edit))
                (Field::date(view, "from", "起始日").optional().hint("今天之后的一个工作日，自上班时起；不填就是立即启用"))
                (Field::area(view, "reason", "启用理由", 3).most(500).hint("记入台账"))
                div.go { button.primary { "启用" } a href={ "/processes/" (number) } { "先不启用" } }
            }
        })
}

/// `POST /processes/{id}/discard`
pub async fn discard(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<i64>,
    form: FormBody,
) -> Answer<Onward> {
    let edit = form.get("edit").and_then(|edit| edit.parse().ok());
    app.write(&session.actor, move |cx| actions::discard(cx, number, edit)).await?;
    Ok(onward("/processes").saying(format!("草稿 {number} 已作废")))
}
