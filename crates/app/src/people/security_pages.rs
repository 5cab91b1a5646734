//! What everybody does with the own account: log in and out, change the password, see and end sessions, a second factor.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use kernel::{Error, Id, Instant, Refusal, RefusalKind};
use maud::{Markup, html};
use serde::Deserialize;

use super::actions::{self, AccountView};
use super::first::DEMO_PASSWORD;
use super::login::{self, LoggedIn};
use super::records::SessionRow;
use super::rules::{self, SessionKind};
use super::secrets;
use crate::context::App;
use crate::permissions;
use crate::web::{
    Answer, Field, FormBody, FormView, Page, PathParams, QueryParams, Session, SessionCookie, Visitor, error_summary,
    hidden, local_path, onward, parts, when,
};

/// Where to go after logging in.
#[derive(Deserialize)]
pub struct Next {
    next: Option<String>,
}

/// `GET /login`.
pub async fn login_form(
    State(app): State<App>,
    visitor: Visitor,
    QueryParams(query): QueryParams<Next>,
) -> Answer<Response> {
    if visitor.session.is_some() {
        return Ok(onward(local_path(query.next.as_deref(), "/desk")).into_response());
    }
    let view = FormView::blank().with("next", local_path(query.next.as_deref(), "/desk"));
    Ok(login_page(&app, &view).await?.into_response())
}

/// `POST /login`.
pub async fn login(
    State(app): State<App>,
    visitor: Visitor,
    cookie: SessionCookie,
    form: FormBody,
) -> Answer<Response> {
    let (username, password) = (form.get("username").unwrap_or_default(), form.get("password").unwrap_or_default());
    let next = local_path(form.get("next"), "/desk").to_owned();
    let outcome = if username.is_empty() || password.is_empty() {
        Err(Refusal::new(RefusalKind::Invalid, "请填写用户名和密码").into())
    } else {
        login::log_in(&app, username, password, None, SessionKind::Browser, &visitor).await
    };
    match outcome {
        Ok(LoggedIn::Fully(secret)) => Ok((keep(&cookie, &secret, rules::LOGIN_SECONDS), onward(next)).into_response()),
        Ok(LoggedIn::Half(secret)) => {
            let on = onward(format!("/login/code?next={}", parts::encode(&next)));
            Ok((keep(&cookie, &secret, rules::SECOND_FACTOR_SECONDS), on).into_response())
        }
        Err(error) => {
            let (refusal, status) = shown_again(error)?;
            let view = FormView::typed(form).with("next", next).refused(refusal);
            Ok(login_page(&app, &view).await?.status(status).into_response())
        }
    }
}

fn keep(cookie: &SessionCookie, secret: &str, seconds: i64) -> HeaderMap {
    cookie.keep(secret, u32::try_from(seconds).unwrap_or_default())
}

/// A wrong password or too many tries come back on the form; 401 is what the API says, a page says 422.
fn shown_again(error: Error) -> Result<(Refusal, u16), Error> {
    match error {
        Error::Refused(refusal) => match refusal.kind {
            RefusalKind::TooMany => Ok((refusal, 429)),
            RefusalKind::Unauthenticated | RefusalKind::Invalid => Ok((refusal, 422)),
            _ => Err(Error::Refused(refusal)),
        },
        fault => Err(fault),
    }
}

async fn login_page(app: &App, view: &FormView) -> Answer<Page> {
    let demo = if app.demo() {
        app.read(&kernel::Actor::system(), |cx| actions::list(cx, None, 100)).await?
    } else {
        Vec::new()
    };
    let next = local_path(Some(view.value("next")), "/desk").to_owned();
    Ok(Page::public("登录").body(html! {
        (error_summary(view))
        div.two {
            form.card.form method="post" action="/login" {
                (hidden("next", &next))
                (Field::text(view, "username", "用户名").autocomplete("username").most(64).focus())
                (Field::password(view, "password", "密码").autocomplete("current-password"))
                div.go { button.primary { "登录" } }
                p.muted.small { "反映诉求、查进度不需要登录。忘记密码请联系本单位或市级管理员重置。" }
            }
            @if app.demo() { (demo_accounts(app, &demo, &next)) }
        }
    }))
}

fn demo_accounts(app: &App, everybody: &[AccountView], next: &str) -> Markup {
    let today = app.now().in_zone(&app.city().zone).date();
    let (first, rest): (Vec<_>, Vec<_>) = everybody.iter().partition(|view| !view.account.username.contains('.'));
    let one = |view: &AccountView| {
        let roles: Vec<&str> = view.roles_on(today).iter().map(|role| role.label()).collect();
        html! {
            li {
                span { b { (view.account.name) } " " span.muted { (roles.join("、")) } br; code { (view.account.username) } }
                form.inline method="post" action="/login" {
                    (hidden("username", &view.account.username)) (hidden("password", DEMO_PASSWORD)) (hidden("next", next))
                    button aria-label={ "以" (view.account.name) "登录" } { "登录" }
                }
            }
        }
    };
    html! {
        section.card {
            h2 { "演示账号" }
            p.small { "密码都是 " code { (DEMO_PASSWORD) } "，也可以直接点“登录”。" }
            ul.list.small.ends { @for view in &first { (one(view)) } }
            @if !rest.is_empty() {
                details.fold { summary.small { "各单位的账号（" (rest.len()) " 个）" } ul.list.small.ends { @for view in &rest { (one(view)) } } }
            }
        }
    }
}

/// `GET /login/code`.
pub async fn code_form(QueryParams(query): QueryParams<Next>) -> Page {
    code_page(&FormView::blank().with("next", local_path(query.next.as_deref(), "/desk")))
}

/// `POST /login/code`.
pub async fn code(State(app): State<App>, visitor: Visitor, cookie: SessionCookie, form: FormBody) -> Answer<Response> {
    let half = cookie.secret.clone().unwrap_or_default();
    match login::complete(&app, &half, form.get("code").unwrap_or_default(), &visitor).await {
        Ok(secret) => {
            let next = local_path(form.get("next"), "/desk");
            Ok((keep(&cookie, &secret, rules::LOGIN_SECONDS), onward(next)).into_response())
        }
        Err(Error::Refused(refusal)) if refusal.kind == RefusalKind::Unauthenticated => {
            Ok((cookie.forget(), onward("/login").saying(refusal.message)).into_response())
        }
        Err(error) => {
            let (refusal, status) = shown_again(error)?;
            Ok(code_page(&FormView::typed(form).refused(refusal)).status(status).into_response())
        }
    }
}

fn code_page(view: &FormView) -> Page {
    Page::public("输入验证码").back("重新登录", "/login").body(html! {
        (error_summary(view))
        form.card.form method="post" action="/login/code" {
            (hidden("next", local_path(Some(view.value("next")), "/desk")))
            (Field::text(view, "code", "6 位验证码").hint("打开手机上的身份验证器查看；手机不在身边，可输入一个恢复码").autocomplete("one-time-code").most(20).narrow().focus())
            div.go { button.primary { "继续" } }
        }
    })
}

/// `POST /logout`.
pub async fn logout(State(app): State<App>, visitor: Visitor, cookie: SessionCookie) -> Answer<Response> {
    if let Some(session) = visitor.session {
        let (username, id) = (session.username.clone(), session.id);
        app.write(&session.actor, move |cx| actions::revoke(cx, &username, id)).await?;
    }
    Ok((cookie.forget(), onward("/").saying("已退出登录")).into_response())
}

/// `GET /account`.
pub async fn account(State(app): State<App>, session: Session) -> Answer<Page> {
    let (username, id) = (session.username.clone(), session.account);
    let (view, rows) =
        app.read(&session.actor, move |cx| Ok((actions::find(cx, &username)?, actions::sessions(cx, id)?))).await?;
    let (now, zone) = (app.now(), &app.city().zone);
    let permitted =
        session.permissions.iter().map(|permission| permissions::label(*permission)).collect::<Vec<_>>().join("；");
    let roles: Vec<&str> = session.actor.roles.iter().map(|role| role.label()).collect();
    Ok(Page::desk("我的账号").body(html! {
        div.stack.measure {
            section.card {
                h2 { "身份" }
                (parts::facts(&[
                    ("用户名", html! { code { (session.username) } }),
                    ("姓名或岗位", html! { (session.actor.name) }),
                    ("单位", html! { (view.unit_name.as_deref().unwrap_or("—")) }),
                    ("角色", html! { (roles.join("、")) }),
                    ("可以做的事", html! { (permitted) }),
                ]))
            }
            section.card {
                h2 { "密码与两步验证" }
                div.row {
                    a.button href="/account/password" { "修改密码" }
                    @if view.account.two_factors {
                        (parts::chip(parts::Shape::Done, "已开启两步验证"))
                        (parts::post_button("/account/second-factor/off", "关闭两步验证", false))
                    } @else {
                        a.button href="/account/second-factor" { "开启两步验证" }
                    }
                }
            }
            section.card {
                h2 { "登录中的设备" }
                p.muted.small { "不认识的设备，请立即结束它并修改密码。" }
                ul.list.small.ends { @for row in &rows { (session_line(row, session.id, now, zone)) } }
            }
        }
    }))
}

fn session_line(row: &SessionRow, current: Id, now: Instant, zone: &jiff::tz::TimeZone) -> Markup {
    let kind = if row.kind == SessionKind::Token { "接口令牌 · " } else { "" };
    html! {
        li {
            span {
                b { (kind) (row.device) } @if row.id == current { " " (parts::chip(parts::Shape::Doing, "当前")) }
                br;
                span.muted { (row.address) " · 登录于 " (when::when(row.created_at, now, zone)) " · 最近使用 " (when::when(row.seen_at, now, zone)) }
            }
            @if row.id != current {
                form.inline method="post" action={ "/account/sessions/" (row.id) "/end" } { button { "结束" } }
            }
        }
    }
}

/// `POST /account/sessions/{id}/end`.
pub async fn end_session(
    State(app): State<App>,
    session: Session,
    PathParams(id): PathParams<i64>,
) -> Answer<impl IntoResponse> {
    let username = session.username.clone();
    app.write(&session.actor, move |cx| actions::revoke(cx, &username, Id(id))).await?;
    Ok(onward("/account").saying("已结束那台设备的登录"))
}

/// `GET /account/password`.
pub async fn password_form(session: Session) -> Page {
    password_page(&FormView::blank(), &session)
}

/// `POST /account/password`.
pub async fn password(State(app): State<App>, session: Session, visitor: Visitor, form: FormBody) -> Answer<Response> {
    let value = |name| form.get(name).unwrap_or_default();
    let changed = login::change_password(&app, &session, &visitor, value("old"), value("new"), value("again")).await;
    match changed {
        Ok(()) => Ok(onward("/desk").saying("密码已修改，其他设备上的登录都已结束").into_response()),
        Err(error) => {
            let (refusal, status) = shown_again(error)?;
            Ok(password_page(&FormView::blank().refused(refusal), &session).status(status).into_response())
        }
    }
}

fn password_page(view: &FormView, session: &Session) -> Page {
    Page::desk("修改密码").back("我的账号", "/account").body(html! {
        (error_summary(view))
        @if session.must_change_password { (parts::notice(false, &html! { p { "现在用的是一次性密码。换成自己的密码后就可以开始工作。" } })) }
        form.card.form method="post" action="/account/password" {
            input type="hidden" name="username" value=(session.username) autocomplete="username";
            (Field::password(view, "old", "现在的密码").autocomplete("current-password").focus())
            (Field::password(view, "new", "新密码").hint("至少 10 个字符，不能包含用户名。几个不相干的词连起来，又长又好记").autocomplete("new-password"))
            (Field::password(view, "again", "再输一遍新密码").autocomplete("new-password"))
            div.go { button.primary { "修改密码" } }
        }
    })
}

/// `GET /account/second-factor`.
pub async fn totp_form(State(app): State<App>, session: Session) -> Page {
    let secret = secrets::fresh_totp(app.random());
    totp_page(&app, &session, &FormView::blank().with("secret", secret))
}

/// `POST /account/second-factor`.
pub async fn totp(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let codes = secrets::recovery_codes(app.random());
    let (username, recovery) = (session.username.clone(), codes.clone());
    let (secret, code) =
        (form.get("secret").unwrap_or_default().to_owned(), form.get("code").unwrap_or_default().to_owned());
    let outcome =
        app.write(&session.actor, move |cx| actions::enrol_totp(cx, &username, &secret, &code, &recovery)).await;
    match outcome {
        Ok(()) => Ok(recovery_page(&codes).into_response()),
        Err(error) => {
            let (refusal, status) = shown_again(error)?;
            Ok(totp_page(&app, &session, &FormView::typed(form).refused(refusal)).status(status).into_response())
        }
    }
}

fn totp_page(app: &App, session: &Session, view: &FormView) -> Page {
    let secret = view.value("secret");
    let address = secrets::totp_address(secret, &session.username, &app.city().title);
    let groups: Vec<String> =
        secret.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    Page::desk("开启两步验证").back("我的账号", "/account").body(html! {
        (error_summary(view))
        form.card.form method="post" action="/account/second-factor" {
            p { "用手机上的身份验证器（TOTP）扫码，或在这台手机上" a href=(address) { "直接打开" } "，也可以手工输入密钥：" }
            (qr(&address))
            p { code { (groups.join(" ")) } }
            (hidden("secret", secret))
            (Field::text(view, "code", "验证器显示的 6 位验证码").autocomplete("one-time-code").inputmode("numeric").most(10).narrow().focus())
            div.go { button.primary { "确认开启" } a href="/account" { "先不开" } }
        }
    })
}

fn qr(address: &str) -> Markup {
    match documents::qr::svg(address, "两步验证密钥") {
        Ok(svg) => html! { div.qr { (maud::PreEscaped(svg)) } },
        Err(_) => html! {},
    }
}

fn recovery_page(codes: &[String]) -> Page {
    Page::desk("两步验证已开启").back("我的账号", "/account").body(html! {
        section.card.measure.stack {
            p { "这 " (codes.len()) " 个恢复码每个只能用一次，用来在手机不在身边时登录。" strong { "只显示这一次" } "，请抄下或打印后妥善保管。" }
            ul.three { @for code in codes { li { code { (code) } } } }
            p { button type="button" data-print="" { "打印" } " " a.button.primary href="/account" { "已保存好" } }
        }
    })
}

/// `POST /account/second-factor/off`.
pub async fn totp_off(State(app): State<App>, session: Session) -> Answer<impl IntoResponse> {
    let username = session.username.clone();
    app.write(&session.actor, move |cx| actions::drop_totp(cx, &username)).await?;
    Ok(onward("/account").saying("两步验证已关闭"))
}
