//! `/bulk`: which demands, what to do, what it would do to each, what came of it. Every stage is one form with everything
//! in it; until the last button nothing has been done, and nothing that was typed is lost.

use std::collections::BTreeSet;

use axum::extract::{RawQuery, State};
use kernel::{Id, Refusal, RefusalKind, Result};
use maud::{Markup, html};
use serde_json::{Map, Value};
use text::answering::Advice;
use text::leaks::{self, Severity};

use super::actions::{self, Item, Outcome};
use super::picking::{self, ITEM, Picked, named};
use super::showing;
use crate::context::{App, Cx};
use crate::demands::macros::{self, Macro, Step, widest};
use crate::demands::pages::{fields, phrases, preview};
use crate::demands::rules::moves::{Move, Row, row_for};
use crate::web::{Answer, FormBody, FormView, Page, Session, decode_pairs, error_summary, hidden, invalid_only, parts};

/// The id of the form of each stage.
const FORM: &str = "bulk";

/// What is to be done.
enum What {
    Move(Move),
    Macro(Macro),
}

impl What {
    fn code(&self) -> String {
        match self {
            Self::Move(make) => make.code().to_owned(),
            Self::Macro(kept) => format!("macro:{}", kept.id),
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Move(make) => make.label().to_owned(),
            Self::Macro(kept) => kept.name.clone(),
        }
    }

    /// The form that has to be filled in first.
    fn row(&self) -> Option<&'static Row> {
        match self {
            Self::Move(make) => widest(*make).filter(|row| !row.needs.is_empty()),
            Self::Macro(_) => None,
        }
    }

    fn steps(&self, typed: &FormView) -> Vec<Step> {
        match self {
            Self::Macro(kept) => kept.steps.clone(),
            Self::Move(make) => vec![Step::new(*make, given(self.row(), typed))],
        }
    }

    /// Whether the submitter reads what is typed.
    fn speaks(&self) -> bool {
        match self {
            Self::Move(make) => preview::speaks(*make),
            Self::Macro(kept) => kept.steps.iter().filter_map(Step::known).any(preview::speaks),
        }
    }
}

fn given(row: Option<&Row>, typed: &FormView) -> Map<String, Value> {
    let names = row.into_iter().flat_map(|row| row.needs).map(|field| field.name);
    let value = |name: &str| match typed.values(name).collect::<Vec<_>>().as_slice() {
        [] => None,
        [one] => Some(Value::from(*one)),
        several => Some(Value::from(several.to_vec())),
    };
    names.filter_map(|name| Some((name.to_owned(), value(name)?))).collect()
}

/// `GET /bulk?item=NUMBER:VERSION&…` or `GET /bulk?` with the conditions of a list.
pub async fn pick(State(app): State<App>, session: Session, RawQuery(query): RawQuery) -> Answer<Page> {
    let pairs = decode_pairs(query.as_deref().unwrap_or_default())?;
    let picked = app.read(&session.actor, move |cx| {
        let (items, more) = picking::of_address(cx, &pairs)?;
        picking::read(cx, &items, more)
    });
    Ok(choices(&picked.await?))
}

/// `POST /bulk`
pub async fn go(State(app): State<App>, session: Session, form: FormBody) -> Answer<Page> {
    let items: Vec<Item> = form.all(ITEM).filter_map(picking::item).collect();
    let what = match form.get("do") {
        Some(code) if !items.is_empty() => Some(what(&app, &session, code).await?),
        _ => None,
    };
    let Some(what) = what else {
        let picked = app.read(&session.actor, move |cx| picking::read(cx, &items, false)).await?;
        return Ok(choices(&picked));
    };
    let step = form.get("step").unwrap_or_default().to_owned();
    let (back, checked) = (form.ticked("back"), form.ticked("checked"));
    let view = FormView::typed(form);
    let asks = what.row().is_some();
    if asks && (back || !matches!(step.as_str(), "preview" | "commit")) {
        return filled_in(&app, &session, &items, &what, &view, &step).await;
    }
    if step == "commit" {
        return commit(&app, &session, items, &what, view, checked).await;
    }
    weigh(&app, &session, items, &what, view).await
}

async fn what(app: &App, session: &Session, code: &str) -> Answer<What> {
    if let Some(id) = code.strip_prefix("macro:").and_then(|id| id.parse::<Id>().ok()) {
        return Ok(What::Macro(app.read(&session.actor, move |cx| macros::find(cx, id)).await?));
    }
    let make = Move::from_code(code).ok_or_else(|| Refusal::not_found("没有这个动作"))?;
    Ok(What::Move(make))
}

/// What can be done with what was picked.
fn choices(picked: &Picked) -> Page {
    let page = Page::desk("批量办理").at("/demands").back("诉求", "/demands");
    if picked.cases.is_empty() {
        return page.body(parts::empty(
            "还没有选诉求",
            "在诉求列表里勾选要一起办的，再点“批量办理”；也可以对整张列表办理，一次最多 500 件。",
            Some(("去选诉求", "/demands?status=open")),
        ));
    }
    let moves = &picked.moves;
    let all = picked.cases.len();
    page.aside(html! { span.muted { "选中 " (all) " 件" } }).body(html! {
        (left_out(picked))
        form.stack id=(FORM) method="post" action="/bulk" {
            (hidden_items(picked))
            section.card {
                h2 { "办什么" }
                @if moves.is_empty() { p.muted { "选中的诉求现在都轮不到您来办。" } }
                div.moves {
                    @for (make, count) in moves {
                        button name="do" value=(make.code()) {
                            (make.label()) @if *count < all { " " span.muted { (count) " 件可办" } }
                        }
                    }
                }
            }
            @if !picked.macros.is_empty() && !moves.is_empty() {
                section.card {
                    h2 { "快捷处理 " span.small.muted { "几步一起办，先看效果" } }
                    div.moves {
                        @for kept in picked.macros.iter().filter(|kept| !kept.steps.is_empty()) {
                            button name="do" value={ "macro:" (kept.id) } { (kept.name) }
                        }
                    }
                }
            }
        }
        (showing::folded(picked))
    })
}

fn left_out(picked: &Picked) -> Markup {
    html! {
        @if picked.more || picked.missing > 0 {
            div.notice.warn {
                @if picked.more { p { "列表超过 " (actions::MOST) " 件，这一次只办前 " (actions::MOST) " 件，办完再来一批。" } }
                @if picked.missing > 0 { p { "有 " (picked.missing) " 件已经不在您的查看范围内，没有列入。" } }
            }
        }
    }
}

/// The items with the versions under which they were looked at just now.
fn hidden_items(picked: &Picked) -> Markup {
    html! {
        @for case in &picked.cases {
            (hidden(ITEM, named(&Item { number: case.demand.number.clone(), version: case.demand.version })))
        }
    }
}

/// The form of a move, once for all.
async fn filled_in(
    app: &App,
    session: &Session,
    items: &[Item],
    what: &What,
    view: &FormView,
    step: &str,
) -> Answer<Page> {
    let wanted = items.to_vec();
    let picked = app.read(&session.actor, move |cx| picking::read(cx, &wanted, false)).await?;
    let view = match what.row() {
        Some(row) if phrases::is_asked(step) => phrases::put(view.clone(), step, &picked.phrases, row, None),
        _ => view.clone(),
    };
    Ok(form_page(&picked, items, what, &view))
}

fn form_page(picked: &Picked, items: &[Item], what: &What, view: &FormView) -> Page {
    let Some(row) = what.row().map(|widest| among(widest, picked)) else { return Page::desk("批量办理") };
    frame(what, items.len()).body(html! {
        (error_summary(view))
        div.two.flip {
            (showing::folded(picked))
            div.stack {
                form.form.card.composer.internal[!what.speaks()] id=(FORM) method="post" action="/bulk" data-send="" {
                    @for item in items { (hidden(ITEM, named(item))) }
                    (hidden("do", what.code()))
                    p.small {
                        b { (if what.speaks() { "诉求人会看到" } else { "内部办理" }) }
                        span.muted { "：每一件都按这里填的办；文字里可以写 {number}、{title}、{enterprise}、{unit}、{due}，逐件换成各自的内容" }
                    }
                    (fields::all(&picked.look, row, view))
                    div.go { button.primary name="step" value="preview" { "看每一件会怎样" } a href="/demands" { "不办了" } }
                }
                (phrases::offer(&picked.phrases, row, None, FORM))
            }
        }
    })
}

/// The form that fits what was picked: a field that none of them asks for is not asked.
fn among(widest: &'static Row, picked: &Picked) -> &'static Row {
    let rows = picked.cases.iter().filter_map(|case| row_for(case.demand.status, widest.make));
    rows.max_by_key(|row| row.needs.len()).unwrap_or(widest)
}

fn frame(what: &What, count: usize) -> Page {
    let title = match what {
        What::Move(_) => format!("批量{}", what.label()),
        What::Macro(_) => format!("快捷处理：{}", what.label()),
    };
    Page::desk(title).at("/demands").back("诉求", "/demands").aside(html! { span.muted { "选中 " (count) " 件" } })
}

/// Shows what would happen to each; a mistake that is the same for all comes back with the form.
async fn weigh(app: &App, session: &Session, items: Vec<Item>, what: &What, view: FormView) -> Answer<Page> {
    let outcomes = match weighed(app, session, &items, what, &view).await {
        Ok(outcomes) => outcomes,
        Err(error) => return refused_whole(app, session, &items, what, view, invalid_only(error)?).await,
    };
    if let Some(refusal) = common(&outcomes, what) {
        return refused_whole(app, session, &items, what, view, refusal).await;
    }
    let wanted = items.clone();
    let picked = app.read(&session.actor, move |cx| picking::read(cx, &wanted[..0], false)).await?;
    Ok(preview_page(&picked, what, &view, &outcomes))
}

async fn weighed(app: &App, session: &Session, items: &[Item], what: &What, view: &FormView) -> Result<Vec<Outcome>> {
    let (items, steps) = (items.to_vec(), what.steps(view));
    app.read(&session.actor, move |cx: &mut Cx<'_>| actions::preview(cx, &items, &steps)).await
}

/// The refusal of a field of the form, where no row could be done.
fn common(outcomes: &[Outcome], what: &What) -> Option<Refusal> {
    let row = what.row()?;
    if outcomes.iter().any(|outcome| outcome.refusal.is_none()) {
        return None;
    }
    let of_form =
        |refusal: &&Refusal| refusal.errors.iter().any(|error| row.needs.iter().any(|field| field.name == error.field));
    outcomes.iter().filter_map(|outcome| outcome.refusal.as_ref()).find(of_form).cloned()
}

async fn refused_whole(
    app: &App,
    session: &Session,
    items: &[Item],
    what: &What,
    view: FormView,
    refusal: Refusal,
) -> Answer<Page> {
    let status = refusal.status();
    let wanted = items.to_vec();
    let picked = app.read(&session.actor, move |cx| picking::read(cx, &wanted, false)).await?;
    let view = view.refused(refusal);
    let page = match what.row() {
        Some(_) => form_page(&picked, items, what, &view),
        None => frame(what, items.len()).body(html! { (error_summary(&view)) (showing::folded(&picked)) }),
    };
    Ok(page.status(status))
}

fn split(outcomes: &[Outcome]) -> (Vec<&Outcome>, Vec<&Outcome>) {
    outcomes.iter().partition(|outcome| outcome.refusal.is_none())
}

fn preview_page(picked: &Picked, what: &What, view: &FormView, outcomes: &[Outcome]) -> Page {
    let (possible, refused) = split(outcomes);
    let found = Found::of(what, &possible);
    frame(what, outcomes.len()).body(html! {
        div.stack {
            div.notice { p { b { "还没有办。" } " 可以办 " (possible.len()) " 件" @if !refused.is_empty() { "，办不了 " (refused.len()) " 件" } "。" } }
            (found.draw())
            form.stack id=(FORM) method="post" action="/bulk" data-send="" {
                (carried(what, view))
                (hidden("step", "commit"))
                @if found.stops { (confirm()) }
                div.ways {
                    @if !possible.is_empty() { button.primary { "确认办理" } }
                    @if what.row().is_some() { button name="back" value="1" formnovalidate { "回去修改" } }
                    a href="/demands" { "不办了" }
                }
            }
            @if !possible.is_empty() { (showing::possible(&picked.look, &possible, FORM)) }
            @if !refused.is_empty() { h2 { "办不了的" } (showing::refused("办不了的", &refused)) }
        }
    })
}

fn confirm() -> Markup {
    html! { label.choice { input type="checkbox" name="checked" value="true" required; span { "我已逐处核对，确认可以让诉求人看到" } } }
}

/// What was chosen and typed, on its way to the next stage.
fn carried(what: &What, view: &FormView) -> Markup {
    let names: Vec<&str> = what.row().into_iter().flat_map(|row| row.needs).map(|field| field.name).collect();
    html! {
        (hidden("do", what.code()))
        @for name in names { @for value in view.values(name) { (hidden(name, value)) } }
    }
}

/// What the submitters would read, and what should not be in it.
struct Found {
    sample: Vec<(&'static str, String)>,
    advice: Vec<String>,
    stops: bool,
}

impl Found {
    fn of(what: &What, possible: &[&Outcome]) -> Self {
        let texts = || possible.iter().filter_map(|outcome| outcome.effect.as_ref()).flat_map(|effect| &effect.texts);
        let mut found = Self { sample: Vec::new(), advice: Vec::new(), stops: false };
        if !what.speaks() {
            return found;
        }
        let first = possible.first().and_then(|outcome| outcome.effect.as_ref());
        found.sample = first.map(|effect| effect.texts.clone()).unwrap_or_default();
        for leak in texts().flat_map(|(_, text)| leaks::leaks(text)) {
            found.stops |= leak.severity == Severity::Stop;
            if !found.advice.contains(&leak.advice) {
                found.advice.push(leak.advice);
            }
        }
        found.advice.extend(unanswered(possible));
        found
    }

    fn draw(&self) -> Markup {
        html! {
            @if !self.sample.is_empty() {
                section.card.composer {
                    h2 { "诉求人将看到 " span.small.muted { "以第一件为例" } }
                    @for (label, text) in &self.sample { h3 { (label) } p.words { (text) } }
                }
            }
            @if !self.advice.is_empty() {
                div.notice.trouble[self.stops].warn[!self.stops] role="alert" {
                    p { b { "发出前请核对" } }
                    ul.bullets { @for advice in &self.advice { li { (advice) } } }
                }
            }
        }
    }
}

/// What the replies leave unanswered: what is the same for all is said once, what was asked in each with an example.
fn unanswered(possible: &[&Outcome]) -> Vec<String> {
    let of_each = |outcome: &&Outcome| outcome.effect.iter().flat_map(|effect| effect.gaps.clone()).collect::<Vec<_>>();
    let gaps: Vec<(&str, Advice)> = possible
        .iter()
        .flat_map(|outcome| of_each(outcome).into_iter().map(|gap| (outcome.item.number.as_str(), gap)))
        .collect();
    let mut advice: Vec<String> = Vec::new();
    for (_, gap) in gaps.iter().filter(|(_, gap)| gap.part.is_some()) {
        if !advice.contains(&gap.advice) {
            advice.push(gap.advice.clone());
        }
    }
    let asked: Vec<&(&str, Advice)> = gaps.iter().filter(|(_, gap)| gap.part.is_none()).collect();
    let demands: BTreeSet<&str> = asked.iter().map(|(number, _)| *number).collect();
    advice.extend(
        asked.first().map(|(number, gap)| format!("{} 件可能没有答到，例如 {number}：{}", demands.len(), gap.advice)),
    );
    advice
}

/// Does it, unless something that the submitters would read has not been looked at.
async fn commit(
    app: &App,
    session: &Session,
    items: Vec<Item>,
    what: &What,
    view: FormView,
    checked: bool,
) -> Answer<Page> {
    if what.speaks() && !checked {
        let outcomes = weighed(app, session, &items, what, &view).await?;
        if Found::of(what, &split(&outcomes).0).stops {
            return weigh(app, session, items, what, view).await;
        }
    }
    let steps = what.steps(&view);
    let outcomes = match actions::run(app, &session.actor, items.clone(), steps).await {
        Ok(outcomes) => outcomes,
        Err(error) => return refused_whole(app, session, &items, what, view, invalid_only(error)?).await,
    };
    let left: Vec<Item> = outcomes.iter().filter_map(again).collect();
    let picked = app.read(&session.actor, move |cx| picking::read(cx, &left, false)).await?;
    Ok(done_page(&picked, what, &view, &outcomes))
}

/// A row that somebody else was first with: it may be looked at and done again.
fn again(outcome: &Outcome) -> Option<Item> {
    let refusal = outcome.refusal.as_ref()?;
    let passing = matches!(refusal.kind, RefusalKind::Conflict { .. } | RefusalKind::Unavailable);
    passing.then(|| outcome.item.clone())
}

fn done_page(left: &Picked, what: &What, view: &FormView, outcomes: &[Outcome]) -> Page {
    let (done, refused) = split(outcomes);
    frame(what, outcomes.len()).body(html! {
        div.stack {
            div.notice.warn[!refused.is_empty()] role="status" {
                p { b { "已办 " (done.len()) " 件" } @if !refused.is_empty() { "，没有办的 " (refused.len()) " 件" } "。" }
            }
            @if !refused.is_empty() {
                h2 { "没有办的" }
                (showing::refused("没有办的", &refused))
                @if !left.cases.is_empty() {
                    form.stack method="post" action="/bulk" {
                        (hidden_items(left)) (carried(what, view)) (hidden("step", "preview"))
                        div.ways { button.primary { "按最新情况再看这 " (left.cases.len()) " 件" } }
                        p.small.muted { "填写的内容都还在，先看效果再办。" }
                    }
                }
            }
            @if !done.is_empty() { h2 { "已办的" } (showing::done(&left.look, &done)) }
            p { a.button href="/demands" { "回到诉求列表" } " " a.button href="/desk" { "今天要办" } }
        }
    })
}
