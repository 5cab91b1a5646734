//! The page of one demand. It answers five questions at a glance: what was said, who holds it, since when, by when and
//! why, and what may be done now.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Permission;
use maud::{Markup, html};

use super::contact::{self, Shown};
use super::look::{Look, status, urgent};
use super::resembling::Resembling;
use super::{clocks, desk, files, history, rows, together};
use crate::context::{App, Cx};
use crate::demands::actions::moving;
use crate::demands::actions::viewing::{self, Whole};
use crate::demands::belonging;
use crate::demands::checks::{self, Check};
use crate::demands::memos;
use crate::demands::rules::case::Demand;
use crate::demands::rules::decide::awaits_leaders;
use crate::demands::rules::moves::{Move, Row};
use crate::demands::rules::vocabulary::{Generality, ProceedingKind, Status};
use crate::web::parts::{Shape, chip};
use crate::web::{
    Answer, Field, FormBody, FormView, Page, PathParams, Session, error_summary, hidden, invalid_only, onward, parts,
};

struct Seen {
    whole: Whole,
    look: Look,
    clocks: Vec<clocks::Told>,
    similar: Resembling,
    checks: Vec<Check>,
    may_check: bool,
    next_to_sort: Option<String>,
    issue: Option<String>,
}

/// `GET /demands/{number}`
pub async fn show(State(app): State<App>, session: Session, PathParams(number): PathParams<String>) -> Answer<Page> {
    page(&app, &session, &number, Shown::Masked, &FormView::blank()).await
}

/// `POST /demands/{number}/notes`
pub async fn add_note(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
    form: FormBody,
) -> Answer<Response> {
    let (asked, text) = (number.clone(), form.get("text").map(str::to_owned));
    match app.write(&session.actor, move |cx| moving::note(cx, &asked, text.as_deref())).await {
        Ok(()) => Ok(onward(format!("/demands/{number}#history")).saying("已添加内部记录").into_response()),
        Err(error) => {
            let view = FormView::typed(form).refused(invalid_only(error)?);
            Ok(page(&app, &session, &number, Shown::Masked, &view).await?.status(422).into_response())
        }
    }
}

/// The page, with `note` as the form of the internal note.
pub async fn page(app: &App, session: &Session, number: &str, shown: Shown, note: &FormView) -> Answer<Page> {
    let asked = number.to_owned();
    let seen = app.read(&session.actor, move |cx| read(cx, &asked)).await?;
    Ok(draw(&seen, session, shown, note))
}

fn read(cx: &mut Cx<'_>, number: &str) -> kernel::Result<Seen> {
    let whole = viewing::whole(cx, number)?;
    let look = Look::new(cx)?;
    let clocks = clocks::told(&look, &whole.case)?;
    let similar = Resembling::of(cx, &whole.case.demand)?;
    let (checks, may_check) = (checks::of(cx, &whole.case)?, checks::may(cx, &whole.case));
    // Who has just sorted or handed over one goes on with the next.
    let goes_on = matches!(whole.case.demand.status, Status::Triaged | Status::Assigned)
        && desk::Post::of(cx.actor) == desk::Post::Dispatcher;
    let next_to_sort = if goes_on { desk::next_to_sort(cx)? } else { None };
    let issue = belonging::of(cx, whole.case.demand.id)?;
    Ok(Seen { whole, look, clocks, similar, checks, may_check, next_to_sort, issue })
}

fn draw(seen: &Seen, session: &Session, shown: Shown, note: &FormView) -> Page {
    let (look, d) = (&seen.look, &seen.whole.case.demand);
    Page::desk(contact::line(&d.said.title))
        .at("/demands")
        .back("诉求", "/demands")
        .aside(html! { (status(d.status)) (urgent(d.sorting.urgent)) " " span.muted.num { (d.number) } })
        .acts(html! {
            @if let Some(next) = &seen.next_to_sort {
                a.button href={ "/demands/" (next) "/moves/triage" } data-key="t" data-key-name="下一件待研判" { "下一件待研判 " kbd { "t" } }
            }
            @if d.lead_unit.is_some() { a.button href={ "/demands/" (d.number) "/assignment" } { "打印交办单" } }
            @if memos::raised_to(&seen.whole).is_some() { a.button href={ "/demands/" (d.number) "/petition" } { "打印请示" } }
            @if memos::consultation(&seen.whole).is_some() { a.button href={ "/demands/" (d.number) "/minutes" } { "打印会商纪要" } }
        })
        .body(html! {
            (error_summary(note))
            (glance(look, seen))
            (belongs(d, seen.issue.as_deref()))
            (stages(look, &seen.whole))
            div.case {
                div.words-first { (said(look, session, seen, shown)) }
                aside.side.stack aria-label="办理" {
                    (moves(&seen.whole))
                    (clocks::card(look, &d.number, &seen.clocks))
                    (checks::card(look, &d.number, &seen.checks, seen.may_check))
                    (sorting(look, &seen.whole))
                    (seen.similar.card())
                }
                div.rest.stack {
                    (together::cards(look, &seen.whole))
                    section.card id="history" {
                        h2 {
                            "经过"
                            @if session.may(Permission::ReadLedger) {
                                " " a.small href={ "/ledger/" (crate::demands::stream(&d.number)) } { "台账" }
                            }
                        }
                        (history::lines(look, &seen.whole.history))
                    }
                    (note_composer(&d.number, note))
                    @if let Some(reply) = seen.whole.moves.iter().find(|row| row.make == Move::Reply) { (reply_composer(d, reply)) }
                }
            }
        })
}

/// Who holds it, since when, by when: one line under the heading.
fn glance(look: &Look, seen: &Seen) -> Markup {
    let d = &seen.whole.case.demand;
    let holder = match awaits_leaders(&seen.whole.case) {
        true => "市领导".to_owned(),
        false => look.holder(d.status, d.lead_unit.as_deref()),
    };
    let suspended = seen.whole.case.lasting(ProceedingKind::Suspension).map(|suspension| suspension.at);
    html! {
        p.glance {
            @match d.status {
                Status::Closed => { "由 " b { (holder) } " 办结，" (look.when(d.held_since)) @if let Some(outcome) = d.outcome { "，结果：" b { (outcome.label()) } } },
                status if status.is_end() => {
                    (status.label()) "，" (look.when(d.held_since)) @if let Some(note) = &d.end_note { "，" b { (note) } }
                }
                _ => {
                    @if let Some(since) = suspended { (chip(Shape::Wait, "已中止计时")) " 自 " (look.when(since)) " 起，" }
                    "在 " b { (holder) } " 手里，自 " (look.when(d.held_since)) " 起"
                    @if let Some(clock) = seen.whole.case.next_clock() {
                        @let standing = viewing::standing(clock, &look.calendar, look.now);
                        "，" (clock.name.label()) " "
                        @if standing.late { (chip(Shape::Late, &standing.words)) } @else { b { (standing.words) } }
                        @if !standing.words.contains('前') { span.muted { "（" (look.due(clock.due_at)) "）" } }
                    }
                }
            }
            @if d.round > 1 { " · 第 " (d.round) " 轮办理" }
        }
    }
}

/// The common issue that it belongs to. Whether it is 共性 remains the decision of whoever sorts it.
fn belongs(d: &Demand, issue: Option<&str>) -> Markup {
    let sortable = matches!(d.status, Status::Received | Status::Triaged);
    html! {
        @if let Some(issue) = issue {
            p.small {
                "属于共性问题 " a.num href={ "/issues/" (issue) } { (issue) }
                @if sortable && d.sorting.generality != Some(Generality::Common) {
                    span.muted { "；建议研判时选“" (Generality::Common.label()) "”" }
                }
            }
        }
    }
}

/// The steps of the loop and where the demand is on it.
fn stages(look: &Look, whole: &Whole) -> Markup {
    const TRACK: [(&str, &[&str]); 8] = [
        ("登记", &["register", "import"]),
        ("研判", &["triage"]),
        ("交办", &["assign", "instruct"]),
        ("签收", &["acknowledge"]),
        ("办理", &["first_contact"]),
        ("答复", &["reply", "answer_at_once"]),
        ("回访", &["callback"]),
        ("办结", &["close"]),
    ];
    let d = &whole.case.demand;
    let now = match d.status {
        Status::Received => 1,
        Status::Triaged => 2,
        Status::Assigned => 3,
        Status::InProgress => 4,
        Status::Replied => 6,
        _ => TRACK.len(),
    };
    let at = |acts: &[&str]| {
        whole.history.iter().rev().find(|entry| acts.contains(&entry.act.as_str())).map(|entry| entry.at)
    };
    let cut_short = d.status.is_end() && d.status != Status::Closed;
    html! {
        ol.stages aria-label="办理阶段" {
            @for (place, (name, acts)) in TRACK.iter().enumerate() {
                @let done = at(acts).filter(|_| place < now);
                @if !cut_short || done.is_some() {
                    li.past[place < now] .now[place == now] aria-current=[(place == now).then_some("step")] {
                        (name) br;
                        @if place == now { "现在" } @else if place == 0 { (look.stamp(d.received_at)) } @else if let Some(at) = done { (look.stamp(at)) }
                    }
                }
            }
            @if cut_short { li.now aria-current="step" { (d.status.label()) br; (look.stamp(d.held_since)) } }
        }
    }
}

fn said(look: &Look, session: &Session, seen: &Seen, shown: Shown) -> Markup {
    let d = &seen.whole.case.demand;
    let said = &d.said;
    html! {
        section.card {
            h2.unseen { "诉求人怎么说" }
            div.from {
                span { (said.audience.label()) " · " (look.city().channels.label(&said.channel)) }
                @if let (Some(id), Some(name)) = (said.enterprise, &said.enterprise_name) {
                    a href={ "/enterprises/" (id.0) } { (name) }
                }
                (contact::contact(said, &d.number, shown, session))
                @if let Some(area) = &said.area { span { (area) } }
                span { "收到 " (look.when(d.received_at)) }
                @if let (Some(source), Some(id)) = (&said.source, &said.source_id) { span.muted { "来自 " (source) " " (id) } }
            }
            p.words { (contact::words(&said.text, shown)) }
            (files::links(&d.number, &seen.whole.attachments))
        }
    }
}

fn moves(whole: &Whole) -> Markup {
    let (d, rows) = (&whole.case.demand, &whole.moves);
    let next = rows::next_of(rows, whole.case.next_clock().map(|clock| clock.name));
    let is_next = |row: &Row| next.is_some_and(|next| next.make == row.make);
    html! {
        section.card {
            h2 { "可以做" }
            @if rows.is_empty() {
                p.muted.small {
                    (if d.status.is_end() { "已经结束，没有下一步。" } else { "现在轮不到您来办，可以查看和添加内部记录。" })
                }
            } @else {
                div.moves {
                    @if let Some(next) = next { (move_button(d, next, true)) }
                    @for row in rows.iter().filter(|row| !is_next(row) && !aside(row)) { (move_button(d, row, false)) }
                }
                @if rows.iter().any(|row| !is_next(row) && aside(row)) {
                    details.fold {
                        summary.small { "其他办法" }
                        div.moves { @for row in rows.iter().filter(|row| !is_next(row) && aside(row)) { (move_button(d, row, false)) } }
                    }
                }
                p.small { a href={ "/bulk?item=" (d.number) ":" (d.version) } data-key="m" data-key-name="快捷处理" { "快捷处理 " kbd { "m" } } }
            }
        }
    }
}

/// What is seldom needed, and what ends the work without an answer: one step further away than the next step.
fn aside(row: &Row) -> bool {
    use Move::{
        Assign, Consult, Decline, Escalate, Instruct, Meet, Merge, Object, RequestExtension, Split, Suspend, Transfer,
    };
    let correction =
        row.make == Assign && row.from != Status::Triaged || row.make == Move::Triage && row.from == Status::Triaged;
    let seldom =
        [Consult, Decline, Escalate, Meet, Merge, Object, RequestExtension, Split, Suspend, Transfer, Move::Withdraw];
    correction
        || seldom.contains(&row.make) && !(row.make == Split && row.from == Status::Merged)
        || row.make == Instruct && row.from != Status::Triaged
}

fn move_button(d: &Demand, row: &Row, first: bool) -> Markup {
    let action = format!("/demands/{}/moves/{}", d.number, row.make.code());
    let label = label_of(row, d);
    html! {
        @if row.needs.is_empty() {
            form method="post" action=(action) { (hidden("version", d.version)) button.primary[first] { (label) } }
        } @else {
            a.button.primary[first] href=(action) { (label) }
        }
    }
}

/// A second assignment is a reassignment, a second sorting a correction.
pub fn label_of(row: &Row, d: &Demand) -> &'static str {
    match (row.make, d.status) {
        (Move::Assign, Status::Assigned | Status::InProgress) => "改派其他单位",
        (Move::Triage, Status::Triaged) => "修改研判",
        (make, _) => make.label(),
    }
}

fn sorting(look: &Look, whole: &Whole) -> Markup {
    let d = &whole.case.demand;
    let s = &d.sorting;
    let theme = s.theme.as_deref().map(|theme| look.city().themes.label(theme));
    let known = [
        ("清单", s.kind.map(|w| w.label().to_owned())),
        ("领域", theme),
        ("难易", s.difficulty.map(|w| w.label().to_owned())),
        ("范围", s.breadth.map(|w| w.label().to_owned())),
        ("政策", pair(s.policy_weight.map(|w| w.label()), s.policy_axis.map(|w| w.label()))),
        ("属性", pair(s.scope.map(|w| w.label()), s.generality.map(|w| w.label()))),
        ("层级", pair(s.tier.map(|w| w.label()), s.route.map(|w| w.label()))),
        ("目标", d.goal.clone()),
        ("依据", d.basis.clone()),
    ];
    let mut facts: Vec<(&str, Markup)> = known
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .map(|(name, value)| (name, html! { (value) }))
        .collect();
    facts.extend(
        d.lead_unit.as_deref().map(|code| ("牵头", html! { a href={ "/units/" (code) } { (look.unit(code)) } })),
    );
    let holders: Vec<String> = whole.case.holders().map(|(unit, _)| look.unit(unit)).collect();
    if holders.len() > 1 {
        let way = format!("{}（转手 {} 次）", holders.join(" → "), holders.len() - 1);
        facts.push(("经手", html! { (way) }));
    }
    let process = whole.process;
    facts.push(("流程", html! { a href={ "/processes/" (process) } { "版本 " (process) } }));
    facts.push(("跟踪", html! { (look.city().dispatcher_name()) }));
    html! {
        section.card {
            h2 { "归类" }
            @if s.route.is_none() { p.muted.small { "还没有研判。" } }
            (parts::facts(&facts))
        }
    }
}

fn pair(a: Option<&str>, b: Option<&str>) -> Option<String> {
    let both: Vec<&str> = [a, b].into_iter().flatten().collect();
    (!both.is_empty()).then(|| both.join(" · "))
}

fn note_composer(number: &str, view: &FormView) -> Markup {
    html! {
        section.card.composer.internal {
            h2 { "内部记录 " span.small.muted { "只有工作人员看得到，不会给诉求人" } }
            form.stack method="post" action={ "/demands/" (number) "/notes" } {
                (Field::area(view, "text", "记一笔", 3).most(4000))
                div { button { "添加内部记录" } }
            }
        }
    }
}

fn reply_composer(d: &Demand, row: &Row) -> Markup {
    let view = FormView::blank();
    html! {
        section.card.composer id="reply" {
            h2 { "答复诉求人 " span.small.muted { "诉求人会看到；先预览，再发出" } }
            form.stack method="post" action={ "/demands/" (d.number) "/moves/reply" } {
                (hidden("version", d.version)) (hidden("step", "preview"))
                @for field in row.needs { (Field::area(&view, field.name, field.label, 3).hint(field.hint).most(4000)) }
                div.ways { button.primary { "预览答复" } a href={ "/demands/" (d.number) "/moves/reply" } { "用常用语写" } }
            }
        }
    }
}
