//! What the submitter may do with number and code: rate the answer, withdraw.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::{Error, Refusal, RefusalKind};
use maud::{Markup, html};

use super::progress;
use super::receipt::progress_path;
use crate::city::{City, GroundKind};
use crate::context::App;
use crate::demands::actions::moving::{self, RatingInput};
use crate::demands::actions::viewing::Progress;
use crate::demands::lookup;
use crate::demands::rules::vocabulary::Grade;
use crate::web::{Answer, Field, FormBody, FormView, Visitor, hidden, onward};

/// Why somebody is content or not; ticked beside the grade.
const REASONS: &[(&str, &str)] = &[
    ("回应及时", "回应及时"),
    ("解释清楚", "解释清楚"),
    ("问题解决了", "问题解决了"),
    ("态度好", "态度好"),
    ("等得太久", "等得太久"),
    ("答非所问", "答非所问"),
    ("没有解决", "没有解决"),
    ("来回推托", "来回推托"),
    ("态度不好", "态度不好"),
];

/// Number and code that a form on the progress page brings along.
pub fn keys(form: &FormBody) -> (String, String) {
    let text = |name| form.get(name).unwrap_or_default().to_owned();
    (text("number"), text("code"))
}

/// Rates the answer.
pub async fn rate(State(app): State<App>, visitor: Visitor, form: FormBody) -> Answer<Response> {
    let (number, code) = keys(&form);
    let input = RatingInput {
        grade: form.get("grade").map(str::to_owned),
        reasons: form
            .all("reasons[]")
            .filter(|given| REASONS.iter().any(|(reason, _)| reason == given))
            .map(str::to_owned)
            .collect(),
        text: form.get("text").map(str::to_owned),
    };
    let (to, by) = (number.clone(), code.clone());
    let rated = app.write(&visitor.actor, move |cx| moving::rate(cx, &to, &by, &input));
    let outcome = lookup::tried(&app, visitor.address, rated).await;
    settle(&app, &visitor, form, outcome, "评价已经收到，谢谢您").await
}

/// Withdraws the demand.
pub async fn withdraw(State(app): State<App>, visitor: Visitor, form: FormBody) -> Answer<Response> {
    let (number, code) = keys(&form);
    let reason = reason(&form);
    let withdrawn =
        app.write(&visitor.actor, move |cx| moving::withdraw_by_code(cx, &number, &code, reason.as_deref()));
    let outcome = lookup::tried(&app, visitor.address, withdrawn).await;
    settle(&app, &visitor, form, outcome, "已经撤回").await
}

/// The ticked reason and what was added to it.
fn reason(form: &FormBody) -> Option<String> {
    let words: Vec<&str> = [form.get("ground"), form.get("reason")].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join("："))
}

/// Back to the progress page: with good news, or with what was typed and what is wrong with it.
async fn settle(
    app: &App,
    visitor: &Visitor,
    form: FormBody,
    outcome: kernel::Result<()>,
    news: &str,
) -> Answer<Response> {
    let (number, code) = keys(&form);
    match outcome {
        Ok(()) => Ok(onward(progress_path(&number, &code)).saying(news).into_response()),
        Err(Error::Refused(refusal)) if is_answerable(&refusal) => progress::again(app, visitor, form, refusal).await,
        Err(error) => Err(error.into()),
    }
}

fn is_answerable(refusal: &Refusal) -> bool {
    matches!(refusal.kind, RefusalKind::Invalid | RefusalKind::Conflict { .. })
}

/// Five grades, none ticked beforehand.
pub fn rating_card(city: &City, progress: &Progress, code: &str, view: &FormView) -> Markup {
    let grades: Vec<(&str, &str)> = Grade::ALL.iter().map(|grade| (grade.code(), grade.label())).collect();
    html! {
        section.card id="rating" {
            h2 { "这次办得怎么样？" }
            form.form method="post" action="/progress/rating" {
                (keys_of(progress, code))
                div.grades { (Field::radios(view, "grade", "请您评价", &grades)) }
                (Field::boxes(view, "reasons[]", "为什么", REASONS).optional())
                (Field::area(view, "text", "还想说的", 3).optional().most(2000))
                div.go { button.primary { "提交评价" } span.muted.small { "每次答复评一次。" (city.texts.no_retaliation_note) } }
            }
        }
    }
}

/// The way out, folded away.
pub fn withdraw_card(city: &City, progress: &Progress, code: &str, view: &FormView) -> Markup {
    let grounds: Vec<(&str, &str)> = city
        .grounds
        .list(GroundKind::Withdrawal)
        .iter()
        .map(|ground| (ground.label.as_str(), ground.label.as_str()))
        .collect();
    html! {
        section.card {
            details.fold open[view.error("reason").is_some()] {
                summary { "不办了，撤回这件诉求" }
                form.form method="post" action="/progress/withdraw" {
                    (keys_of(progress, code))
                    @if !grounds.is_empty() { (Field::radios(view, "ground", "撤回原因", &grounds)) }
                    (Field::text(view, "reason", if grounds.is_empty() { "撤回原因" } else { "补充说明" }).most(150))
                    div.go { button.danger { "确认撤回" } span.muted.small { "撤回后不再办理，编号仍可查询。" } }
                }
            }
        }
    }
}

fn keys_of(progress: &Progress, code: &str) -> Markup {
    html! { (hidden("number", &progress.number)) (hidden("code", code)) }
}
