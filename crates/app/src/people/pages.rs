//! 账号管理, for administrators.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::{Permission, Role};
use maud::{Markup, html};
use serde::Deserialize;

use super::actions::{self, AccountView};
use super::login;
use super::records::Tenure;
use super::rules::AccountInput;
use crate::context::App;
use crate::permissions::{self, PERMISSIONS};
use crate::units;
use crate::web::{
    Answer, Field, FormBody, FormView, Onward, Page, PathParams, QueryParams, Session, error_summary, hidden,
    invalid_only, onward, parts,
};

const PAGE: usize = 100;

/// Which page of the list.
#[derive(Deserialize)]
pub struct ListQuery {
    cursor: Option<String>,
}

/// `GET /accounts`.
pub async fn list(
    State(app): State<App>,
    session: Session,
    QueryParams(query): QueryParams<ListQuery>,
) -> Answer<Page> {
    let further = query.cursor.is_some();
    let mut found = app.read(&session.actor, move |cx| actions::list(cx, query.cursor.as_deref(), PAGE + 1)).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let today = app.now().in_zone(&app.city().zone).date();
    let next = found.last().filter(|_| more).map(|view| view.account.username.clone());
    let rows = html! { @for view in &found { (row(view, today)) } };
    let pager = parts::Pager { list: "/accounts", further, next: next.as_deref(), total: None, shown: found.len() };
    Ok(Page::desk("账号")
        .acts(html! { a.button.primary href="/accounts/new" data-key="n" { "新建账号 " kbd { "n" } } })
        .body(html! {
            (parts::table("账号", &["账号", "单位", "今天的角色", "状态"], &rows))
            @if further || more { (pager) }
            (permission_table())
        }))
}

fn row(view: &AccountView, today: jiff::civil::Date) -> Markup {
    let roles: Vec<&str> = view.roles_on(today).iter().map(|role| role.label()).collect();
    let account = &view.account;
    html! {
        tr {
            td { a.title href={ "/accounts/" (account.username) } { (account.name) } br; span.muted { code { (account.username) } } }
            td data-name="单位" { (view.unit_name.as_deref().unwrap_or("—")) }
            td data-name="角色" { @if roles.is_empty() { span.muted { "今天没有生效的角色" } } @else { (roles.join("、")) } }
            td {
                @if account.disabled_at.is_some() { (parts::chip(parts::Shape::Plain, "已停用")) }
                @else if account.must_change_password { (parts::chip(parts::Shape::New, "未改一次性密码")) }
                @else if account.two_factors { (parts::chip(parts::Shape::Done, "两步验证")) }
                @else { (parts::chip(parts::Shape::Doing, "可用")) }
            }
        }
    }
}

fn permission_table() -> Markup {
    let rows = html! {
        @for permission in Permission::ALL {
            tr {
                th scope="row" { (permissions::label(permission)) }
                @for (role, held) in PERMISSIONS { td data-name=(role.label()) { @if held.contains(&permission) { "有" } @else { span.muted { "—" } } } }
            }
        }
    };
    let heads: Vec<&str> = ["权限"].into_iter().chain(PERMISSIONS.iter().map(|(role, _)| role.label())).collect();
    html! { details.fold.gap { summary { "各角色能做什么" } (parts::table("角色与权限对照表", &heads, &rows)) } }
}

/// `GET /accounts/new`.
pub async fn new_form(State(app): State<App>, session: Session) -> Answer<Page> {
    let units = unit_choices(&app, &session).await?;
    Ok(new_page(&FormView::blank(), &units))
}

/// `POST /accounts/new`.
pub async fn create(State(app): State<App>, session: Session, form: FormBody) -> Answer<Response> {
    let made = match form.read::<AccountInput>() {
        Ok(input) => login::create_account(&app, &session.actor, input).await,
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(password) => {
            let username = form.get("username").unwrap_or_default().to_lowercase();
            Ok(password_page("账号已建立", &username, &password).into_response())
        }
        Err(error) => {
            let view = FormView::typed(form).refused(invalid_only(error)?);
            let units = unit_choices(&app, &session).await?;
            Ok(new_page(&view, &units).status(422).into_response())
        }
    }
}

fn new_page(view: &FormView, units: &[(String, String)]) -> Page {
    Page::desk("新建账号").back("账号", "/accounts").body(html! {
        (error_summary(view))
        form.card.form method="post" action="/accounts/new" {
            (Field::text(view, "username", "用户名").hint("2 至 32 个小写字母、数字、点、横线或下划线，以字母开头").most(32).autocomplete("off").focus())
            (shared_fields(view, units))
            div.go { button.primary { "建立账号" } a href="/accounts" { "取消" } }
            p.muted.small { "系统会生成一次性密码，只显示一次；本人首次登录时必须换成自己的密码。" }
        }
    })
}

fn shared_fields(view: &FormView, units: &[(String, String)]) -> Markup {
    let choices: Vec<(&str, &str)> = units.iter().map(|(code, name)| (code.as_str(), name.as_str())).collect();
    let roles: Vec<(&str, &str)> = Role::ALL.iter().map(|role| (role.code(), role.label())).collect();
    html! {
        (Field::text(view, "name", "姓名或岗位").hint("台账和页面上显示的名字").most(30).autocomplete("off"))
        (Field::select(view, "unit", "单位", &choices).optional())
        (Field::boxes(view, "roles[]", "角色", &roles))
        div.row {
            (Field::date(view, "valid_from", "任职起始日").optional().hint("不填即今天"))
            (Field::date(view, "valid_to", "任职截止日").optional().hint("到期自动失效"))
        }
    }
}

async fn unit_choices(app: &App, session: &Session) -> Answer<Vec<(String, String)>> {
    let choices = app.read(&session.actor, |cx| {
        let today = cx.today();
        let names = units::names(cx)?;
        Ok(names
            .all()
            .iter()
            .filter(|unit| unit.valid_on(today))
            .map(|unit| (unit.code.clone(), unit.name.clone()))
            .collect())
    });
    Ok(choices.await?)
}

/// `GET /accounts/{username}`.
pub async fn edit_form(
    State(app): State<App>,
    session: Session,
    PathParams(username): PathParams<String>,
) -> Answer<Page> {
    let view = load(&app, &session, &username).await?;
    let form = filled(&view);
    let units = unit_choices(&app, &session).await?;
    Ok(edit_page(&view, &form, &units))
}

/// `POST /accounts/{username}`.
pub async fn amend(
    State(app): State<App>,
    session: Session,
    PathParams(username): PathParams<String>,
    form: FormBody,
) -> Answer<Response> {
    let amended = match form.read::<AccountInput>() {
        Ok(input) => {
            let username = username.clone();
            app.write(&session.actor, move |cx| actions::amend(cx, &username, &input)).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    match amended {
        Ok(account) => Ok(onward("/accounts").saying(format!("已保存 {} 的账号", account.name)).into_response()),
        Err(error) => {
            let refusal = invalid_only(error)?;
            let status = refusal.status();
            let view = load(&app, &session, &username).await?;
            let units = unit_choices(&app, &session).await?;
            Ok(edit_page(&view, &FormView::typed(form).refused(refusal), &units).status(status).into_response())
        }
    }
}

async fn load(app: &App, session: &Session, username: &str) -> Answer<AccountView> {
    let username = username.to_owned();
    Ok(app.read(&session.actor, move |cx| actions::find(cx, &username)).await?)
}

fn filled(view: &AccountView) -> FormView {
    let form = FormView::blank()
        .with("name", view.account.name.clone())
        .with("unit", view.account.unit.clone().unwrap_or_default());
    let form = view.tenures.iter().fold(form, |form, tenure| form.with_ticked("roles[]", tenure.role.code()));
    let Some(Tenure { from, to, .. }) = view.tenures.first() else { return form };
    form.with("valid_from", from.to_string()).with("valid_to", to.map(|day| day.to_string()).unwrap_or_default())
}

fn edit_page(view: &AccountView, form: &FormView, units: &[(String, String)]) -> Page {
    let account = &view.account;
    let path = format!("/accounts/{}", account.username);
    let aside = html! { code { (account.username) } @if account.disabled_at.is_some() { " " (parts::chip(parts::Shape::Plain, "已停用")) } };
    Page::desk(account.name.clone()).back("账号", "/accounts").aside(aside).body(html! {
        (error_summary(form))
        div.two {
            form.card.form method="post" action=(path) {
                // The version that is in force now: after a conflict the second attempt is made knowingly.
                (hidden("version", account.version))
                (shared_fields(form, units))
                div.go { button.primary { "保存" } a href="/accounts" { "取消" } }
            }
            aside.card {
                h2 { "其他" }
                div.moves {
                    @if account.disabled_at.is_some() {
                        form method="post" action={ (path) "/open" } { button { "重新启用" } }
                    } @else {
                        form method="post" action={ (path) "/one-time-password" } { button { "重置为一次性密码" } }
                        @if account.two_factors { form method="post" action={ (path) "/second-factor/off" } { button { "关闭两步验证（本人手机遗失）" } } }
                        form method="post" action={ (path) "/close" } { button.danger { "停用账号" } }
                    }
                }
                p.muted.small { "停用后立即退出所有设备；账号不会删除，过去的台账仍写着这个名字。" }
            }
        }
    })
}

/// `POST /accounts/{username}/close`.
pub async fn close(
    State(app): State<App>,
    session: Session,
    PathParams(username): PathParams<String>,
) -> Answer<Onward> {
    app.write(&session.actor, move |cx| actions::set_disabled(cx, &username, true)).await?;
    Ok(onward("/accounts").saying("账号已停用"))
}

/// `POST /accounts/{username}/open`.
pub async fn open(
    State(app): State<App>,
    session: Session,
    PathParams(username): PathParams<String>,
) -> Answer<Onward> {
    app.write(&session.actor, move |cx| actions::set_disabled(cx, &username, false)).await?;
    Ok(onward("/accounts").saying("账号已重新启用"))
}

/// `POST /accounts/{username}/one-time-password`.
pub async fn reset(State(app): State<App>, session: Session, PathParams(username): PathParams<String>) -> Answer<Page> {
    let password = login::reset_password(&app, &session.actor, &username).await?;
    Ok(password_page("密码已重置", &username, &password))
}

/// `POST /accounts/{username}/second-factor/off`.
pub async fn totp_off(
    State(app): State<App>,
    session: Session,
    PathParams(username): PathParams<String>,
) -> Answer<Onward> {
    app.write(&session.actor, move |cx| actions::drop_totp(cx, &username)).await?;
    Ok(onward("/accounts").saying("两步验证已关闭"))
}

fn password_page(title: &str, username: &str, password: &str) -> Page {
    Page::desk(title).back("账号", "/accounts").body(html! {
        section.card.measure.stack {
            p { "请把下面的一次性密码当面或电话告诉本人，" strong { "只显示这一次" } "。本人首次登录时会被要求换成自己的密码。" }
            (parts::facts(&[("用户名", html! { code { (username) } }), ("一次性密码", html! { span.code { (password) } })]))
            p { a.button.primary href="/accounts" { "记好了" } }
        }
    })
}
