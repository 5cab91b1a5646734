//! The form of every act. What was typed is never lost: a refusal comes back with every error, a conflict with the version to
//! go on from.

use axum::extract::{RawQuery, State as AppState};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Refusal, RefusalKind, Result};
use maud::{Markup, Render, html};

use super::state;
use crate::context::App;
use crate::demands::pages::contact;
use crate::demands::pages::look::Look;
use crate::issues::actions::acting::{self, Made};
use crate::issues::actions::seeing::{self, Seen};
use crate::issues::rules::acts::Act;
use crate::issues::rules::issue::Standing;
use crate::issues::rules::reading::{ActInput, MOST, NAME_MOST, REASON_MOST};
use crate::web::{
    Answer, Field, FormBody, FormView, Page, PathParams, Session, decode_pairs, error_summary, hidden, onward,
};

/// The name under which forms name demands.
const MEMBERS: &str = "members[]";

/// `GET /issues/{number}/acts/{act}`
pub async fn form(
    AppState(app): AppState<App>,
    session: Session,
    PathParams((number, act)): PathParams<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer<Page> {
    let act = known(&act)?;
    let asked = decode_pairs(query.as_deref().unwrap_or_default())?;
    let (seen, look) = load(&app, &session, &number).await?;
    let blank = asked.iter().filter(|(name, _)| [MEMBERS, "numbers", "into"].contains(&name.as_str()));
    let view = blank.fold(FormView::blank(), |view, (name, value)| view.with_ticked(name, value));
    Ok(page(&look, &seen, act, &prefilled(&seen, act, view), None))
}

/// `POST /issues/{number}/acts/{act}`
pub async fn send(
    AppState(app): AppState<App>,
    session: Session,
    PathParams((number, act)): PathParams<(String, String)>,
    body: FormBody,
) -> Answer<Response> {
    let act = known(&act)?;
    let asked = number.clone();
    let made = match input(&body) {
        Ok(input) => app.write(&session.actor, move |cx| acting::act(cx, &asked, act, &input)).await,
        Err(refusal) => Err(refusal.into()),
    };
    let refusal = match made {
        Ok(made) => return Ok(onward(to(act, &made)).saying(done(act, &made)).into_response()),
        Err(Error::Refused(refusal)) if is_of_form(&refusal) => refusal,
        Err(error) => return Err(error.into()),
    };
    let (seen, look) = load(&app, &session, &number).await?;
    let (code, conflict) = (refusal.status(), matches!(refusal.kind, RefusalKind::Conflict { .. }));
    let view = FormView::typed(body).refused(refusal);
    Ok(page(&look, &seen, act, &view, conflict.then_some(&seen)).status(code).into_response())
}

fn is_of_form(refusal: &Refusal) -> bool {
    matches!(refusal.kind, RefusalKind::Invalid | RefusalKind::Conflict { .. })
}

fn known(act: &str) -> Result<Act, Refusal> {
    Act::from_code(act).ok_or_else(|| Refusal::not_found("没有这个动作"))
}

async fn load(app: &App, session: &Session, number: &str) -> Result<(Seen, Look)> {
    let number = number.to_owned();
    app.read(&session.actor, move |cx| Ok((seeing::whole(cx, &number)?, Look::new(cx)?))).await
}

/// A form in which no box is ticked names no demands; one without boxes means all.
fn input(body: &FormBody) -> Result<ActInput, Refusal> {
    let input = body.read::<ActInput>()?;
    let members = body.ticked("choosing").then(|| body.all(MEMBERS).map(str::to_owned).collect());
    Ok(ActInput { members, ..input })
}

/// The form as it opens.
fn prefilled(seen: &Seen, act: Act, view: FormView) -> FormView {
    let issue = &seen.whole.issue;
    let view = match act {
        Act::Confirm | Act::Rename => view.with("name", &issue.name),
        _ => view,
    };
    let none = view.values(MEMBERS).next().is_none();
    let ticked = |standing: Standing| match act {
        Act::Confirm => true,
        Act::Attach => none && standing == Standing::Proposed && view.value("numbers").is_empty(),
        _ => false,
    };
    let ticked: Vec<String> =
        seen.rows.iter().filter(|(member, _)| ticked(member.standing)).map(|(_, row)| row.number.clone()).collect();
    ticked.into_iter().fold(view, |view, number| view.with_ticked(MEMBERS, number))
}

fn page(look: &Look, seen: &Seen, act: Act, view: &FormView, conflict: Option<&Seen>) -> Page {
    let issue = &seen.whole.issue;
    let href = format!("/issues/{}", issue.number);
    let possible = act.allowed(issue.state);
    Page::desk(act.label())
        .at("/issues")
        .back(&issue.name, &href)
        .aside(html! { (state(issue.state)) " " span.muted.num { (issue.number) } })
        .body(html! {
            (error_summary(view))
            @if let Err(refusal) = possible {
                div.notice.warn { p { (refusal.message) "。" } }
                p { a.button.primary href=(href) { "看现在可以做什么" } }
            } @else {
                @if conflict.is_some() {
                    p.notice.warn { "问题现在是这样：" (issue.name) "，" (seen.whole.size()) " 件诉求，" (issue.state.label()) "。请核对后再提交。" }
                }
                form.form.card.composer.internal method="post" action={ (href) "/acts/" (act.code()) } novalidate data-send="" {
                    (hidden("version", issue.version))
                    p.small { b { "内部办理" } span.muted { "：" (meaning(act)) } }
                    (fields(look, seen, act, view))
                    div.go { button.primary { (act.label()) } a href=(href) { "不办了，返回" } }
                }
            }
        })
}

/// What comes of an act, before it is done.
const fn meaning(act: Act) -> &'static str {
    match act {
        Act::Confirm => "勾选的诉求归入这个问题，没有勾选的移出；以后相近的诉求由程序归入，等您确认",
        Act::SetAside => "不再提出，除非诉求翻了一倍；包含的诉求照常办理",
        Act::Attach => "归入后，诉求的页面上写明属于这个问题；诉求自己的研判和办理不变",
        Act::Detach => "移出后，程序不会再把它们归进来；诉求照常办理",
        Act::Split => "拆出的成为单独的问题，有自己的编号",
        Act::Join => "全部诉求归到那一个问题里；以后可以恢复",
        Act::Unjoin => "当初并入的诉求回到这个问题里",
        Act::Rename => "名称显示在清单和诉求的页面上",
    }
}

fn fields(look: &Look, seen: &Seen, act: Act, view: &FormView) -> Markup {
    let name = || Field::text(view, "name", "名称").hint("一句话说清是什么问题").most(NAME_MOST).render();
    let reason = |label, hint| Field::area(view, "reason", label, 3).hint(hint).most(REASON_MOST);
    html! {
        @match act {
            Act::Confirm => {
                (name())
                (reason("为什么是共性问题", "合情合理、符合政策规定，影响哪些企业和群众，准备怎样举一反三"))
                (coordinators(look, view))
                (lead_units(look, view))
                @if seen.hidden == 0 && seen.rows.len() <= MOST {
                    (boxes(seen, view, "属于这个问题的诉求"))
                } @else {
                    // Boxes that are not shown would count as unticked.
                    p.small.muted { "诉求较多，或者有的不在您的查看范围内：确认后全部归入，不属于的再移出。" }
                }
            }
            Act::SetAside => (reason("理由", "例如：只是同一个地方，说的不是一件事")),
            Act::Rename => (name()),
            Act::Attach => {
                (boxes(seen, view, "由程序归入、待确认的诉求"))
                (Field::area(view, "numbers", "另外归入的诉求编号", 2).hint("一行一个，也可以用顿号或空格隔开").most(4000).optional())
                (reason("理由", "记入经过").optional())
            }
            Act::Detach => { (boxes(seen, view, "移出的诉求")) (reason("理由", "为什么不属于这个问题")) }
            Act::Split => { (boxes(seen, view, "拆出的诉求")) (name()) (reason("理由", "与留下的有什么不同")) }
            Act::Join => {
                (Field::text(view, "into", "并入哪一个问题").hint("填编号").most(40).suggestions(&near(seen)))
                (reason("理由", "为什么是同一件事"))
            }
            Act::Unjoin => (reason("理由", "为什么要分开")),
        }
    }
}

fn near(seen: &Seen) -> Vec<String> {
    let mut near: Vec<String> = seen.near.iter().filter_map(|near| Some(near.issue.as_ref()?.0.clone())).collect();
    near.sort();
    near.dedup();
    near
}

fn coordinators(look: &Look, view: &FormView) -> Markup {
    let codes = &look.city().issue_coordinators;
    let named: Vec<(&str, String)> = codes
        .iter()
        .map(|code| (code.as_str(), look.units.get(code).map_or_else(|| code.clone(), |unit| unit.name.clone())))
        .collect();
    let choices: Vec<(&str, &str)> = named.iter().map(|(code, name)| (*code, name.as_str())).collect();
    Field::radios(view, "coordinator", "协调主体", &choices).hint("由谁统筹处理").render()
}

fn lead_units(look: &Look, view: &FormView) -> Markup {
    let choices: Vec<(&str, &str)> =
        look.units.handlers(look.now).map(|unit| (unit.code.as_str(), unit.name.as_str())).collect();
    Field::select(view, "lead_unit", "牵头单位", &choices).hint("可以为全部诉求写统一答复").optional().render()
}

/// The demands as boxes to tick.
fn boxes(seen: &Seen, view: &FormView, label: &str) -> Markup {
    let named: Vec<(&str, String)> = seen
        .rows
        .iter()
        .take(MOST)
        .map(|(_, row)| (row.number.as_str(), format!("{} {}", contact::line(&row.title), row.number)))
        .collect();
    let choices: Vec<(&str, &str)> = named.iter().map(|(number, name)| (*number, name.as_str())).collect();
    html! {
        (hidden("choosing", "true"))
        @if !choices.is_empty() { div.tall { (Field::boxes(view, MEMBERS, label, &choices)) } }
    }
}

fn to(act: Act, made: &Made) -> String {
    let shown = made.new.as_ref().filter(|_| act == Act::Split).unwrap_or(&made.whole);
    format!("/issues/{}", shown.issue.number)
}

fn done(act: Act, made: &Made) -> String {
    match act {
        Act::Confirm => format!("已确认，{} 件诉求归入 {}", made.whole.size(), made.whole.issue.number),
        Act::SetAside => "已记下：不是共性问题".to_owned(),
        Act::Attach => "已归入".to_owned(),
        Act::Detach => "已移出".to_owned(),
        Act::Split => format!("已从 {} 拆出", made.whole.issue.number),
        Act::Join => "已并入，诉求都在那一个问题里".to_owned(),
        Act::Unjoin => "已恢复为单独的问题".to_owned(),
        Act::Rename => "已改名".to_owned(),
    }
}
