//! The form of every move. What was typed is never lost: a refusal comes back with every error, a conflict with what
//! changed meanwhile and the version to go on from.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use kernel::{Refusal, RefusalKind, Result};
use maud::{Markup, html};
use serde_json::{Map, Value};
use store::RecordedEntry;

use super::contact::{self, Shown};
use super::look::{Look, status, urgent};
use super::preview::{self, Public};
use super::resembling::Resembling;
use super::{demand, fields, files, history, phrases, proposed};
use crate::context::{App, Cx};
use crate::demands::actions::proposing::Proposal;
use crate::demands::actions::viewing::{self, Whole};
use crate::demands::actions::{moving, proposing};
use crate::demands::bulk::actions::filling_of;
use crate::demands::rules::case::Case;
use crate::demands::rules::moves::{MOVES, Move, Row, row_for};
use crate::demands::rules::vocabulary::Status;
use crate::phrases::{Filling, Phrase, offered};
use crate::web::{
    Answer, Failure, FormBody, FormView, Page, PathParams, Session, decode_pairs, error_summary, hidden, invalid_only,
    onward, parts,
};

/// What the form of a move needs to be drawn.
struct Form {
    whole: Whole,
    look: Look,
    row: Option<&'static Row>,
    proposal: Option<Proposal>,
    similar: Option<Resembling>,
    phrases: Vec<Phrase>,
    filling: Filling,
}

/// `GET /demands/{number}/moves/{move}`
pub async fn show(
    State(app): State<App>,
    session: Session,
    PathParams((number, name)): PathParams<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer<Page> {
    let make = known(&name)?;
    let form = load(&app, &session, &number, make).await?;
    let Some(row) = form.row else {
        return Ok(too_late(&form, make, &FormView::blank()).status(409));
    };
    crate::demands::rules::decide::allowed(row, &form.whole.case, &session.actor)?;
    let wanted = decode_pairs(query.as_deref().unwrap_or_default())?;
    let wanted = wanted.iter().filter(|(name, _)| name == "phrase").map(|(_, value)| value.as_str());
    let put = |view, wanted: &str| phrases::put(view, wanted, &form.phrases, row, Some(&form.filling));
    let view = wanted.fold(prefilled(&form, row), put);
    Ok(page(&form, row, &view, None))
}

/// `POST /demands/{number}/moves/{move}`
pub async fn send(
    State(app): State<App>,
    session: Session,
    PathParams((number, name)): PathParams<(String, String)>,
    body: FormBody,
) -> Answer<Response> {
    let make = known(&name)?;
    let input = input_of(&body, make);
    let outcome = match body.get("step") {
        Some("edit") => Ok(None),
        Some(step) if phrases::is_asked(step) => Ok(None),
        step => sent(&app, &session, &number, make, &input, step == Some("preview"), body.ticked("checked")).await,
    };
    match outcome {
        Ok(Some(Sent::Made(case))) => {
            Ok(onward(format!("/demands/{number}")).saying(done(&app, &session, make, &case).await?).into_response())
        }
        Ok(Some(Sent::Shown(public))) => {
            let form = load(&app, &session, &number, make).await?;
            Ok(preview_page(&form, make, &FormView::typed(body), &public).into_response())
        }
        Ok(None) => again(&app, &session, &number, make, body, None).await,
        Err(error) => again(&app, &session, &number, make, body, Some(invalid_only(error)?)).await,
    }
}

/// What became of a form.
enum Sent {
    Made(Box<Case>),
    Shown(Public),
}

/// Shows the public text first where that is asked for or where something in it has to be confirmed; otherwise makes the
/// move.
async fn sent(
    app: &App,
    session: &Session,
    number: &str,
    make: Move,
    input: &Map<String, Value>,
    preview: bool,
    checked: bool,
) -> Result<Option<Sent>> {
    if preview::speaks(make) && (preview || !checked) {
        let (number, input) = (number.to_owned(), input.clone());
        let public = app.read(&session.actor, move |cx| preview::public(cx, &number, make, &input)).await?;
        if preview || public.stops() {
            return Ok(Some(Sent::Shown(public)));
        }
    }
    let (number, input) = (number.to_owned(), input.clone());
    let case = app.write(&session.actor, move |cx| moving::make(cx, &number, make, &input)).await?;
    Ok(Some(Sent::Made(Box::new(case))))
}

fn known(name: &str) -> Result<Move, Failure> {
    Move::from_code(name).ok_or_else(|| Refusal::not_found("没有这个动作").into())
}

/// The fields of the move as the action takes them; what else a form carries (the step) is not the move's affair.
fn input_of(body: &FormBody, make: Move) -> Map<String, Value> {
    let names = MOVES.iter().filter(|row| row.make == make).flat_map(|row| row.needs).map(|field| field.name);
    let pairs = names.chain(["version"]).filter_map(|name| Some((name.to_owned(), value_of(body, name)?)));
    pairs.collect()
}

/// What was typed into a field; of boxes with one name, all that were ticked.
fn value_of(body: &FormBody, name: &str) -> Option<Value> {
    match body.all(name).collect::<Vec<_>>().as_slice() {
        [] => None,
        [one] => Some(Value::from(*one)),
        several => Some(Value::from(several.to_vec())),
    }
}

async fn load(app: &App, session: &Session, number: &str, make: Move) -> Result<Form> {
    let number = number.to_owned();
    app.read(&session.actor, move |cx| read(cx, &number, make)).await
}

fn read(cx: &mut Cx<'_>, number: &str, make: Move) -> Result<Form> {
    let whole = viewing::whole(cx, number)?;
    let row = row_for(whole.case.demand.status, make);
    let proposal = match make {
        Move::Triage | Move::Assign | Move::Instruct => proposing::propose(cx, &whole.case.demand)?,
        _ => None,
    };
    // Before it is handed on somebody should see that it was said already, or how the like was answered.
    let similar = match make {
        Move::Triage | Move::Assign => Some(Resembling::of(cx, &whole.case.demand)?),
        _ => None,
    };
    let look = Look::new(cx)?;
    let filling = filling_of(cx, &look.units, &whole.case)?;
    Ok(Form { look, row, proposal, similar, filling, phrases: offered(cx)?, whole })
}

/// The form as it opens: what is already known, then what is proposed.
fn prefilled(form: &Form, row: &Row) -> FormView {
    let d = &form.whole.case.demand;
    let s = &d.sorting;
    let word = |value: Option<&'static str>| value.map(str::to_owned);
    let proposal = form.proposal.as_ref().filter(|proposal| proposal.speaks);
    let axis = |field: &str| proposal.and_then(|p| p.axis(field));
    let triage = [
        ("kind", word(s.kind.map(|w| w.code()).or_else(|| axis("kind")))),
        ("theme", s.theme.clone().or_else(|| proposal.and_then(|p| p.theme.clone()))),
        ("difficulty", word(s.difficulty.map(|w| w.code()).or_else(|| axis("difficulty")))),
        ("breadth", word(s.breadth.map(|w| w.code()).or_else(|| axis("breadth")))),
        ("policy_weight", word(s.policy_weight.map(|w| w.code()).or_else(|| axis("policy_weight")))),
        ("scope", word(s.scope.map(|w| w.code()).or_else(|| axis("scope")))),
        ("generality", word(s.generality.map(|w| w.code()).or_else(|| axis("generality")))),
        ("policy_axis", word(s.policy_axis.map(|w| w.code()).or_else(|| axis("policy_axis")))),
        ("tier", word(s.tier.map(|w| w.code()).or_else(|| proposal.map(|p| p.tier)))),
        ("route", word(s.route.map(|w| w.code()).or_else(|| proposal.map(|p| p.route)))),
        ("urgent", word(s.tier.map(|_| if s.urgent { "true" } else { "false" }).or_else(|| axis("urgent")))),
    ];
    let known: Vec<(&str, Option<String>)> = match row.make {
        Move::Triage => triage.to_vec(),
        Move::Assign if d.lead_unit.is_none() => vec![("lead_unit", proposal.and_then(|p| p.lead_unit.clone()))],
        Move::Instruct if d.status == Status::Triaged => {
            // Two taps: the page opens with what would be written, and one press gives it.
            let unit = d.lead_unit.clone().or_else(|| proposal.and_then(|p| p.lead_unit.clone()));
            let text = unit.as_deref().map(|unit| instruction(&form.look.unit(unit), d.goal.as_deref()));
            vec![("lead_unit", unit), ("instruction", text)]
        }
        _ => Vec::new(),
    };
    let filled = known.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let view = filled.fold(FormView::blank(), |view, (name, value)| view.with(name, value));
    let first = row.make == Move::Assign && d.lead_unit.is_none();
    let helpers = proposal.filter(|_| first).map(|p| p.co_units.as_slice()).unwrap_or_default();
    helpers.iter().fold(view, |view, unit| view.with_ticked("co_units", unit))
}

fn instruction(unit: &str, goal: Option<&str>) -> String {
    let goal = goal.map_or_else(|| "尽快研究提出办理意见".to_owned(), |goal| goal.trim_end_matches('。').to_owned());
    format!("请{unit}牵头，会同有关单位办理：{goal}。办理结果按时报告。")
}

/// The form again, with what was typed; after a conflict with what changed, and from the version in force.
async fn again(
    app: &App,
    session: &Session,
    number: &str,
    make: Move,
    body: FormBody,
    refusal: Option<Refusal>,
) -> Answer<Response> {
    let form = load(app, session, number, make).await?;
    let seen = body.get("version").and_then(|version| version.parse::<i64>().ok());
    let code = refusal.as_ref().map_or(200, Refusal::status);
    let conflict = matches!(refusal.as_ref().map(|r| r.kind), Some(RefusalKind::Conflict { .. }));
    let step = body.get("step").unwrap_or_default().to_owned();
    let view = FormView::typed(body);
    let Some(row) = form.row else {
        return Ok(too_late(&form, make, &view).status(409).into_response());
    };
    let view = match phrases::is_asked(&step) {
        true => phrases::put(view, &step, &form.phrases, row, Some(&form.filling)),
        false => view,
    };
    let (view, seen) = match refusal {
        Some(_) if conflict => (view, seen),
        Some(refusal) => (view.refused(refusal), None),
        None => (view, None),
    };
    Ok(page(&form, row, &view, seen).status(code).into_response())
}

/// The page of a form; `seen` is the version that the typed text was written on, where another is in force now.
fn page(form: &Form, row: &Row, view: &FormView, seen: Option<i64>) -> Page {
    let d = &form.whole.case.demand;
    // A form that was sent bears its version; what stands in it then is what somebody chose.
    let fresh = view.value("version").is_empty() && (row.make == Move::Assign || d.status == Status::Received);
    frame(form, demand::label_of(row, d)).body(html! {
        (error_summary(view))
        @if let Some(seen) = seen { (meanwhile(form, seen)) }
        div.two.flip {
            div.stack {
                (words(form))
                @if let Some(similar) = &form.similar { (similar.card()) }
            }
            div.stack {
                (callbacks_first(view, row, &d.number))
                @if let Some(proposal) = &form.proposal {
                    @let accept = if fresh { proposed::accept(row, view, &action(&d.number, row.make), d.version) } else { html! {} };
                    (proposed::why(proposal, fresh, &accept))
                }
                form.form.card.composer.internal[!preview::speaks(row.make)] id="move" method="post" action=(action(&d.number, row.make)) {
                    (hidden("version", d.version))
                    (side(row.make))
                    (fields::noted(&form.look, row, view, &|field: &str| form.proposal.as_ref().filter(|_| fresh).and_then(|p| proposed::note(p, field))))
                    div.go { (button(row, d, seen.is_some())) a href={ "/demands/" (d.number) } { "不办了，返回" } }
                }
                (phrases::offer(&form.phrases, row, Some(&form.filling), "move"))
            }
        }
    })
}

fn frame(form: &Form, title: &str) -> Page {
    let d = &form.whole.case.demand;
    Page::desk(title)
        .at("/demands")
        .back(contact::line(&d.said.title), format!("/demands/{}", d.number))
        .aside(html! { (status(d.status)) (urgent(d.sorting.urgent)) " " span.muted.num { (d.number) } })
}

fn action(number: &str, make: Move) -> String {
    format!("/demands/{number}/moves/{}", make.code())
}

/// Who reads what is typed here.
fn side(make: Move) -> Markup {
    html! {
        @if preview::speaks(make) {
            p.small { b { "诉求人会看到" } span.muted { "：先预览，再发出" } }
        } @else {
            p.small { b { "内部办理" } span.muted { "：诉求人只看到进展，看不到这里填写的内容" } }
        }
    }
}

fn button(row: &Row, d: &crate::demands::rules::case::Demand, conflict: bool) -> Markup {
    html! {
        @if preview::speaks(row.make) {
            button.primary name="step" value="preview" { "预览" (row.make.label()) }
        } @else {
            button.primary { (demand::label_of(row, d)) @if conflict { "（按最新情况提交）" } }
        }
    }
}

/// The demand in the submitter's words, beside the form.
fn words(form: &Form) -> Markup {
    let d = &form.whole.case.demand;
    let city = form.look.city();
    html! {
        section.card {
            h2 { (contact::line(&d.said.title)) }
            div.from {
                span { (d.said.audience.label()) " · " (city.channels.label(&d.said.channel)) }
                @if let Some(name) = &d.said.enterprise_name { span { (name) } }
                @if let Some(area) = &d.said.area { span { (area) } }
                span { "收到 " (form.look.when(d.received_at)) }
            }
            p.words { (contact::words(&d.said.text, Shown::Masked)) }
            (files::links(&d.number, &form.whole.attachments))
            @if let Some(goal) = &d.goal { (parts::facts(&[("工作目标", html! { (goal) })])) }
            @for reply in form.whole.replies.iter().rev().take(1) {
                details.fold {
                    summary.small { "最近一次答复" }
                    @for text in [&reply.what.policy_reading, &reply.what.measures, &reply.what.opinion] { p.said { (text) } }
                }
            }
        }
    }
}

/// 办结 before a call-back: the error stands at no field of this form, so the way out is a link.
fn callbacks_first(view: &FormView, row: &Row, number: &str) -> Markup {
    html! {
        @if row.make == Move::Close && view.error("callback").is_some() {
            p { a.button.primary href=(action(number, Move::Callback)) { "先记录回访" } }
        }
    }
}

/// What others did after the version that the typed text was written on.
fn meanwhile(form: &Form, seen: i64) -> Markup {
    let newer = newer(&form.whole.history, seen);
    html! {
        div.summary role="alert" tabindex="-1" id="errors" {
            h2 { "您打开之后，别人先办了" }
            p { "您填写的内容都还在下面。请看看刚才发生了什么，再决定是否提交。" }
        }
        section.card { h2 { "刚才发生的" } (history::lines(&form.look, newer)) }
    }
}

/// The entries from the first one that made a version after `seen`.
fn newer(history: &[RecordedEntry], seen: i64) -> &[RecordedEntry] {
    let after =
        |entry: &RecordedEntry| entry.value("version").and_then(|v| v.parse::<i64>().ok()).is_some_and(|v| v > seen);
    let first = history.iter().position(after).unwrap_or(history.len());
    &history[first..]
}

/// The move is no longer possible; whatever was typed is shown, so that it can be taken elsewhere.
fn too_late(form: &Form, make: Move, view: &FormView) -> Page {
    let d = &form.whole.case.demand;
    let typed: Vec<(&str, &str)> = MOVES
        .iter()
        .find(|row| row.make == make)
        .into_iter()
        .flat_map(|row| row.needs)
        .map(|field| (field.label, view.value(field.name)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let newer = view.value("version").parse().map_or(&[][..], |seen| newer(&form.whole.history, seen));
    frame(form, make.label()).body(html! {
        div.summary role="alert" tabindex="-1" id="errors" {
            h2 { "现在不能“" (make.label()) "”" }
            p { "这件诉求现在的状态是“" (d.status.label()) "”。" @if !newer.is_empty() { "您打开之后，别人先办了一步。" } }
        }
        div.stack.measure {
            @if !newer.is_empty() { section.card { h2 { "刚才发生的" } (history::lines(&form.look, newer)) } }
            @if !typed.is_empty() {
                section.card { h2 { "您填写的内容" } p.small.muted { "没有提交，可以复制到别处。" }
                    @for (label, value) in typed { h3 { (label) } p.note { (value) } }
                }
            }
            p { a.button.primary href={ "/demands/" (d.number) } { "看现在可以做什么" } }
        }
    })
}

fn preview_page(form: &Form, make: Move, view: &FormView, public: &Public) -> Page {
    let d = &form.whole.case.demand;
    let fields: Vec<&str> = form
        .row
        .into_iter()
        .flat_map(|row| row.needs)
        .map(|field| field.name)
        .filter(|n| !view.value(n).is_empty())
        .collect();
    frame(form, &format!("预览：{}", make.label())).body(html! {
        div.stack.measure {
            (public.advice())
            section.card.composer {
                h2 { "诉求人将看到" }
                (public.text())
            }
            form.stack method="post" action=(action(&d.number, make)) {
                (hidden("version", view.value("version")))
                @for name in fields { (hidden(name, view.value(name))) }
                @if public.stops() {
                    label.choice { input type="checkbox" name="checked" value="true" required; span { "我已逐处核对，确认可以让诉求人看到" } }
                }
                div.ways {
                    button.primary name="step" value="send" { "确认发出" }
                    button name="step" value="edit" formnovalidate { "回去修改" }
                }
            }
        }
    })
}

/// The sentence at the head of the page that follows.
async fn done(app: &App, session: &Session, make: Move, case: &Case) -> Result<String> {
    let d = &case.demand;
    Ok(match make {
        Move::Triage => "已研判，接着可以交办".to_owned(),
        Move::AnswerAtOnce => "已当场答复，等待回访".to_owned(),
        Move::Assign => {
            let look = app.read(&session.actor, Look::new).await?;
            format!("已交给{}", look.unit(d.lead_unit.as_deref().unwrap_or_default()))
        }
        Move::Acknowledge => "已签收，请先与诉求人联系".to_owned(),
        Move::FirstContact => "已记录先行联系".to_owned(),
        Move::Reply => "答复已发出，等待回访".to_owned(),
        Move::Callback => "已记录回访".to_owned(),
        Move::Close => format!("已办结，结果：{}", d.outcome.map(|w| w.label()).unwrap_or_default()),
        Move::Redo => "已退回重办，时限重新起算".to_owned(),
        Move::Decline => "已按不予受理处理，并告知诉求人".to_owned(),
        Move::Transfer => "已转送，并告知诉求人去向".to_owned(),
        Move::Withdraw => "已按诉求人的要求撤回".to_owned(),
        Move::Object => "已提出异议，当日裁定".to_owned(),
        Move::RuleObjection => "已裁定".to_owned(),
        Move::RequestExtension => "已申请延期，等待审批".to_owned(),
        Move::RuleExtension => "已审批".to_owned(),
        Move::Suspend => "已中止计时，并告知诉求人".to_owned(),
        Move::Resume => "已恢复计时".to_owned(),
        Move::Consult => "已发起会商，各单位各有时限".to_owned(),
        Move::GiveOpinion => "已反馈".to_owned(),
        Move::Conclude => "已形成会商结论".to_owned(),
        Move::Meet => "已记录会办，任务已交到各单位".to_owned(),
        Move::Escalate => format!("已提级为{}", d.sorting.route.map(|w| w.label()).unwrap_or_default()),
        Move::Instruct => "已批示".to_owned(),
        Move::Report => "已报告阶段进展".to_owned(),
        Move::Review => "已复查".to_owned(),
        Move::Merge => "已并入，诉求人仍用自己的编号查进度".to_owned(),
        Move::Split => "已拆分，接着原来的进度办".to_owned(),
    })
}
