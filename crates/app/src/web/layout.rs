//! A page: what stands in it, and the frame around it. A handler returns a [`Page`]; the gate draws the frame, because it
//! knows who is looking, and from where.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::parts;
use super::session::Session;

/// A page on its way to the gate.
#[derive(Clone, Debug)]
pub struct Page {
    title: String,
    place: Place,
    status: StatusCode,
    back: Option<(String, String)>,
    aside: Option<Markup>,
    acts: Option<Markup>,
    hero: Option<Markup>,
    at: Option<String>,
    body: Markup,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Public,
    Desk,
    Sheet,
}

impl Page {
    fn new(title: impl Into<String>, place: Place) -> Self {
        Self {
            title: title.into(),
            place,
            status: StatusCode::OK,
            back: None,
            aside: None,
            acts: None,
            hero: None,
            at: None,
            body: html! {},
        }
    }

    /// A page of the public side.
    pub fn public(title: impl Into<String>) -> Self {
        Self::new(title, Place::Public)
    }

    /// A page of the workbench, with the menu.
    pub fn desk(title: impl Into<String>) -> Self {
        Self::new(title, Place::Desk)
    }

    /// A sheet of A4, for print: no frame but a line that is not printed.
    pub fn sheet(title: impl Into<String>) -> Self {
        Self::new(title, Place::Sheet)
    }

    /// What stands under the heading. The heading itself is the title, unless there is a hero.
    pub fn body(mut self, body: Markup) -> Self {
        self.body = body;
        self
    }

    /// A line beside the heading: a chip, a muted remark.
    pub fn aside(mut self, aside: Markup) -> Self {
        self.aside = Some(aside);
        self
    }

    /// Buttons at the right of the heading.
    pub fn acts(mut self, acts: Markup) -> Self {
        self.acts = Some(acts);
        self
    }

    /// The way back, above the heading.
    pub fn back(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.back = Some((label.into(), href.into()));
        self
    }

    /// A coloured band in place of the heading; it must contain the page's one `h1`.
    pub fn hero(mut self, hero: Markup) -> Self {
        self.hero = Some(hero);
        self
    }

    /// The entry of the menu that this page belongs to, where its address does not say so.
    pub fn at(mut self, href: impl Into<String>) -> Self {
        self.at = Some(href.into());
        self
    }

    /// Another status than 200: 422 for a form that comes back.
    pub fn status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self
    }

    pub(super) fn is_desk(&self) -> bool {
        self.place == Place::Desk
    }
}

/// Carries a [`Page`] through the response to the gate.
#[derive(Clone)]
pub(super) struct Undrawn(pub Arc<Page>);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Undrawn(Arc::new(self)));
        response
    }
}

/// What the frame says everywhere: fixed when the server starts.
#[derive(Clone, Debug)]
pub struct Site {
    /// The platform's name, for example 安宁市政企连心平台.
    pub platform: String,
    /// True for the demonstration; every page says so.
    pub demo: bool,
    /// True behind https: cookies are then marked `Secure`.
    pub https: bool,
    /// The address that people type, where a proxy stands before the server (`https://…`, no path).
    pub public_url: Option<String>,
    /// True where the proxy's `X-Forwarded-For` may be believed.
    pub trust_proxy: bool,
}

/// One line of the workbench's menu, with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuEntry {
    /// The heading that it stands under; empty for the first group.
    pub section: &'static str,
    /// What it says.
    pub label: Cow<'static, str>,
    /// Where it leads.
    pub href: Cow<'static, str>,
    /// How many there are, where that is worth a number.
    pub count: Option<u64>,
}

/// What the frame of the workbench needs to know of the house.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Menu {
    /// The name of the unit of whoever looks.
    pub unit: Option<String>,
    /// The lines, in their order.
    pub entries: Vec<MenuEntry>,
}

/// What the gate knows about the one who looks.
pub(super) struct Looker<'a> {
    pub site: &'a Site,
    pub session: Option<&'a Session>,
    pub menu: &'a Menu,
    pub flash: Option<&'a str>,
    pub large: bool,
    pub address: &'a str,
}

pub(super) fn draw(page: &Page, looker: &Looker<'_>) -> Response {
    let body = match page.place {
        Place::Public => public_frame(page, looker),
        Place::Desk => desk_frame(page, looker),
        Place::Sheet => sheet_frame(page),
    };
    let markup = document(page, looker, &body);
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    (page.status, [kind], markup.into_string()).into_response()
}

fn document(page: &Page, looker: &Looker<'_>, body: &Markup) -> Markup {
    let large = (looker.large && page.place == Place::Public).then_some("");
    html! {
        (DOCTYPE)
        html lang="zh-CN" data-large=[large] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (page.title) " · " @if page.place == Place::Public { (looker.site.platform) } @else { "三听" } }
                link rel="icon" type="image/svg+xml" href=(assets::href("favicon.svg"));
                link rel="stylesheet" href=(assets::href("santing.css"));
                script type="module" src=(assets::href("santing.js")) {}
            }
            (body)
        }
    }
}

fn heading(page: &Page) -> Markup {
    html! {
        @if let Some((label, href)) = &page.back { p.back { a href=(href) { "← " (label) } } }
        div.head {
            h1 { (page.title) }
            @if let Some(aside) = &page.aside { div.beside { (aside) } }
            @if let Some(acts) = &page.acts { div.acts { (acts) } }
        }
    }
}

fn flash(looker: &Looker<'_>) -> Markup {
    html! { @if let Some(text) = looker.flash { (parts::notice(false, &html! { p { (text) } })) } }
}

fn demo_line(looker: &Looker<'_>) -> Markup {
    html! { @if looker.site.demo { p.demo { "演示环境，内容均为虚构，请勿填写真实信息" } } }
}

fn public_frame(page: &Page, looker: &Looker<'_>) -> Markup {
    html! {
        body.public {
            a.skip href="#main" { "跳到正文" }
            (demo_line(looker))
            header.bar { div.visit { div.in {
                a.brand href="/" { "三听" i { (without_name(&looker.site.platform)) } }
                nav.me aria-label="常用" {
                    form.inline method="post" action="/view" {
                        input type="hidden" name="next" value=(looker.address);
                        input type="hidden" name="large" value=(if looker.large { "off" } else { "on" });
                        button.link { (if looker.large { "标准模式" } else { "长者模式" }) }
                    }
                    a href="/progress" { "查进度" }
                    @if looker.session.is_some() { a href="/desk" { "工作台" } } @else { a href="/login" { "登录" } }
                }
            } } }
            main id="main" tabindex="-1" {
                @if let Some(hero) = &page.hero {
                    div.visit { (flash(looker)) }
                    (hero)
                    div.visit { (page.body) }
                } @else {
                    div.visit.room { (flash(looker)) (heading(page)) (page.body) }
                }
            }
            footer.foot { div.visit {
                p { (looker.site.platform) " · 听取群众、企业家、服务对象的意见建议" }
                p { a href="/" { "首页" } a href="/demands/new" { "反映诉求" } a href="/progress" { "查进度" } a href="/desk" { "工作人员入口" } }
            } }
        }
    }
}

/// The platform's name beside the brand, which already says 三听.
fn without_name(platform: &str) -> &str {
    platform.strip_prefix("三听").map_or(platform, |rest| rest.trim_start_matches(['·', '・', ' ']))
}

fn desk_frame(page: &Page, looker: &Looker<'_>) -> Markup {
    let current = page.at.as_deref().or_else(|| current_entry(looker));
    let post = looker.menu.unit.as_deref().unwrap_or(without_name(&looker.site.platform));
    html! {
        body.work {
            a.skip href="#main" { "跳到正文" }
            (demo_line(looker))
            header.bar { div.in {
                button.menu type="button" popovertarget="menu" aria-label="菜单" { "☰" }
                a.brand href="/desk" { "三听" i { (post) } }
                form.search role="search" action="/demands" {
                    input type="search" name="q" aria-label="找诉求、企业、编号" placeholder="找诉求、企业、编号　按 / 开始" data-key="/";
                }
                @if let Some(session) = looker.session {
                    div.me {
                        (bell(&looker.menu.entries))
                        a href="/account" { (session.actor.name) }
                        form.inline method="post" action="/logout" { button.link { "退出" } }
                    }
                } @else {
                    div.me { a href="/login" { "登录" } }
                }
            } }
            @if let Some(absent) = looker.session.and_then(|session| session.actor.standing_in_for.as_ref()) {
                (standing_in(&absent.name))
            }
            div.desk {
                nav.nav id="menu" popover aria-label="工作台" { (menu(&looker.menu.entries, current)) }
                main id="main" tabindex="-1" { (flash(looker)) (heading(page)) (page.body) }
            }
        }
    }
}

/// Where the line of the reminders leads; its number stands in the header as well, on every page.
const BELL: &str = "/inbox";

fn bell(entries: &[MenuEntry]) -> Markup {
    let waiting = entries.iter().find(|entry| entry.href == BELL).and_then(|entry| entry.count).unwrap_or_default();
    html! { @if waiting > 0 { a.bell href=(BELL) { "提醒 " b { (parts::count(waiting)) } } } }
}

/// Whoever acts for another sees so on every page, beside the way back to themselves.
fn standing_in(absent: &str) -> Markup {
    html! {
        div.standing role="status" { div.in {
            p { "现在代 " b { (absent) } " 办理，所办事项署名“代" (absent) "”。" }
            form.inline method="post" action="/standing-in/end" {
                button { "换回本人" }
            }
        } }
    }
}

fn menu(entries: &[MenuEntry], current: Option<&str>) -> Markup {
    let starts = |place: usize| place == 0 || entries[place - 1].section != entries[place].section;
    html! {
        @for (place, entry) in entries.iter().enumerate() {
            @if starts(place) && !entry.section.is_empty() { h2 { (entry.section) } }
            a href=(entry.href) aria-current=[(current == Some(entry.href.as_ref())).then_some("page")] {
                (entry.label)
                @if let Some(count) = entry.count { " " b { (parts::count(count)) } }
            }
        }
    }
}

/// The entry whose address is the page's own, or its nearest ancestor.
fn current_entry<'a>(looker: &Looker<'a>) -> Option<&'a str> {
    let path = looker.address.split('?').next().unwrap_or_default();
    let fits = |href: &str| match href.contains('?') {
        true => looker.address == href,
        false => path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')),
    };
    looker.menu.entries.iter().map(|entry| entry.href.as_ref()).filter(|href| fits(href)).max_by_key(|href| href.len())
}

fn sheet_frame(page: &Page) -> Markup {
    html! {
        body.sheets {
            p.tools { @if let Some((label, href)) = &page.back { a href=(href) { "← " (label) } }
                button type="button" data-print="" { "打印" } span.muted { "或按 Ctrl + P" } }
            main id="main" { (page.body) }
        }
    }
}
