//! Personal data on the demand's page: masked, and shown once to whoever gives a reason, which the ledger keeps.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Permission;
use maud::{Markup, html};
use text::Piece;
use text::redact::{self, Kind};

use super::demand;
use crate::context::App;
use crate::demands::actions::moving;
use crate::demands::rules::case::Said;
use crate::web::{Answer, Field, FormBody, FormView, Page, PathParams, Session, error_summary, invalid_only, onward};

/// Whether the page may show personal data this once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As always.
    Masked,
    /// A reason has just been recorded.
    Plain,
}

/// The contact, masked or not, with the way to see it.
pub fn contact(said: &Said, number: &str, shown: Shown, session: &Session) -> Markup {
    if said.contact_name.is_none() && said.contact_phone.is_none() && said.contact_email.is_none() {
        return html! { span { "没有留联系方式" } };
    }
    let plain = shown == Shown::Plain;
    html! {
        span {
            "联系人 "
            @if let Some(name) = &said.contact_name { (if plain { name.clone() } else { redact::mask_name(name) }) " " }
            @if let Some(phone) = &said.contact_phone {
                @if plain { a.num href={ "tel:" (phone) } { (phone) } } @else { span.num { (redact::mask_phone(phone)) } } " "
            }
            @if let Some(email) = &said.contact_email { (if plain { email.clone() } else { redact::mask(email) }) " " }
            @if !plain && session.may(Permission::Unmask) { a href={ "/demands/" (number) "/unmask" } { "查看" } }
            @if session.may(Permission::Dispatch) { " " a href={ "/demands/" (number) "/erase-contact" } { "删除" } }
            @if plain { span.muted { "（只显示这一次，理由已记入台账）" } }
        }
    }
}

/// The submitter's words; numbers by which a person is found are masked, everything that the work needs is not.
pub fn words(text: &str, shown: Shown) -> Markup {
    let spans = redact::find(text).into_iter().filter(|span| shown == Shown::Masked && finds_a_person(span.kind));
    let mut pieces = Vec::new();
    let mut at = 0;
    for span in spans {
        pieces.push((&text[at..span.start], Some((span.kind, &text[span.start..span.end]))));
        at = span.end;
    }
    pieces.push((&text[at..], None));
    html! {
        @for (before, personal) in pieces {
            (before)
            @if let Some((kind, what)) = personal {
                span.masked title={ (kind.label()) "，查看要写明理由" } { (hidden(kind, what)) }
            }
        }
    }
}

/// A title or another single line, masked like [`words`].
pub fn line(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in redact::find(text).into_iter().filter(|span| finds_a_person(span.kind)) {
        masked.push_str(&text[at..span.start]);
        masked.push_str(&hidden(span.kind, &text[span.start..span.end]));
        at = span.end;
    }
    masked.push_str(&text[at..]);
    masked
}

/// A passage with what was searched for marked; where a number would show through the marks, it is masked instead.
pub fn passage(pieces: &[Piece]) -> Markup {
    let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let masked = line(&whole);
    html! {
        @if masked != whole { (masked) } @else {
            @for piece in pieces { @if piece.hit { mark { (piece.text) } } @else { (piece.text) } }
        }
    }
}

const fn finds_a_person(kind: Kind) -> bool {
    matches!(kind, Kind::IdNumber | Kind::Mobile | Kind::Landline | Kind::BankAccount | Kind::Email | Kind::Handle)
}

fn hidden(kind: Kind, what: &str) -> String {
    match kind {
        Kind::Mobile | Kind::Landline => redact::mask_phone(what),
        Kind::IdNumber => redact::mask_id(what),
        _ => "***".to_owned(),
    }
}

/// `GET /demands/{number}/unmask`: asks for the reason.
pub async fn ask(State(app): State<App>, session: Session, PathParams(number): PathParams<String>) -> Answer<Page> {
    let asked = number.clone();
    app.read(&session.actor, move |cx| moving::load(cx, &asked).map(drop)).await?;
    Ok(form(&number, &FormView::blank()))
}

/// `POST /demands/{number}/unmask`: the demand's page, this once with the contact in plain.
pub async fn unmask(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
    body: FormBody,
) -> Answer<Response> {
    let (asked, reason) = (number.clone(), body.get("reason").map(str::to_owned));
    match app.write(&session.actor, move |cx| moving::unmask(cx, &asked, reason.as_deref())).await {
        Ok(_) => Ok(demand::page(&app, &session, &number, Shown::Plain, &FormView::blank()).await?.into_response()),
        Err(error) => {
            Ok(form(&number, &FormView::typed(body).refused(invalid_only(error)?)).status(422).into_response())
        }
    }
}

fn form(number: &str, view: &FormView) -> Page {
    let action = format!("/demands/{number}/unmask");
    Page::desk("查看联系方式").at("/demands").back(number.to_owned(), format!("/demands/{number}")).body(html! {
        (error_summary(view))
        form.form method="post" action=(action) {
            p { "联系方式和原文里的号码平时遮住。写明为什么要看，理由、时间和您的姓名会记入台账，接着显示一次。" }
            (Field::text(view, "reason", "查看理由").hint("例如：先行联系，核实情况").most(200).focus())
            div.go { button.primary { "记录理由并查看" } a href={ "/demands/" (number) } { "不看了" } }
        }
    })
}

/// `GET /demands/{number}/erase-contact`: asks for the reason.
pub async fn ask_erasure(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
) -> Answer<Page> {
    let asked = number.clone();
    app.read(&session.actor, move |cx| moving::load(cx, &asked).map(drop)).await?;
    Ok(erasure_form(&number, &FormView::blank()))
}

/// `POST /demands/{number}/erase-contact`: erases whom to call.
pub async fn erase(
    State(app): State<App>,
    session: Session,
    PathParams(number): PathParams<String>,
    body: FormBody,
) -> Answer<Response> {
    let (asked, reason) = (number.clone(), body.get("reason").map(str::to_owned));
    match app.write(&session.actor, move |cx| moving::erase_contact(cx, &asked, reason.as_deref())).await {
        Ok(()) => Ok(onward(format!("/demands/{number}")).saying("联系方式已删除，台账只留下凭证").into_response()),
        Err(error) => {
            let view = FormView::typed(body).refused(invalid_only(error)?);
            Ok(erasure_form(&number, &view).status(422).into_response())
        }
    }
}

fn erasure_form(number: &str, view: &FormView) -> Page {
    let action = format!("/demands/{number}/erase-contact");
    Page::desk("删除联系方式").at("/demands").back(number.to_owned(), format!("/demands/{number}")).body(html! {
        (error_summary(view))
        form.form method="post" action=(action) {
            p { "本人依法要求删除时使用。姓名、电话和邮箱会从诉求和台账里永久删去，台账留下哈希凭证，仍可核验。删除以后不能恢复，也不能再回访。" }
            (Field::text(view, "reason", "删除理由").hint("例如：本人书面要求").most(200).focus())
            div.go { button.primary { "永久删除" } a href={ "/demands/" (number) } { "不删了" } }
        }
    })
}
