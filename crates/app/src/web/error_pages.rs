//! Errors as pages: what happened, what was kept, what to do now.

use kernel::{Error, RefusalKind};
use maud::{Markup, html};

use super::errors::Face;
use super::layout::Page;

pub(super) fn page(error: &Error, incident: Option<&str>, logged_in: bool, was_form: bool) -> Page {
    let face = Face::of(error);
    let page = if logged_in { Page::desk(face.title) } else { Page::public(face.title) };
    page.body(html! {
        section.card.trouble-card {
            p.lead { (face.detail) }
            @if let Error::Refused(refusal) = error {
                @if refusal.errors.len() > 1 { ul.bullets { @for wrong in &refusal.errors { li { (wrong.message) } } } }
            }
            @if let Some(incident) = incident {
                p { "如需帮助，请告诉管理员这个编号：" strong.num { (incident) } }
            }
            @if was_form { p.muted { (kept(error)) } }
            p.ways { (ways(error, logged_in)) }
        }
    })
}

fn kept(error: &Error) -> &'static str {
    match error {
        Error::Refused(refusal) if refusal.kind == RefusalKind::Unauthenticated => {
            "登录可能已经过期。可以在新窗口登录，再用浏览器的“后退”回到刚才的页面重新提交，填写的内容还在。"
        }
        _ => "刚才填写的内容没有保存。用浏览器的“后退”可以回到填写的页面，内容还在。",
    }
}

fn ways(error: &Error, logged_in: bool) -> Markup {
    let kind = match error {
        Error::Refused(refusal) => Some(refusal.kind),
        Error::Fault(_) => None,
    };
    html! {
        @if kind == Some(RefusalKind::Unauthenticated) { a.button.primary href="/login" target="_blank" rel="noopener" { "去登录" } }
        @if logged_in { a.button href="/desk" { "回到工作台" } } @else { a.button href="/" { "回到首页" } }
        @if logged_in && kind == Some(RefusalKind::Forbidden) { a.button href="/account" { "看看我的账号能做什么" } }
        @if !logged_in && kind == Some(RefusalKind::NotFound) { a.button href="/progress" { "查办理进度" } }
    }
}
