//! The public figures: three of them on the portal, and the page behind them that says what makes them up.

use axum::extract::State;
use kernel::Refusal;
use maud::{Markup, html};
use serde::Deserialize;

use crate::city::City;
use crate::context::App;
use crate::demands::figures::{self, FEWEST, Figures, Quarter, Share};
use crate::web::parts::{count, empty};
use crate::web::{Answer, Page, QueryParams, Visitor, when};

/// The address of a quarter's page.
fn href(quarter: Quarter) -> String {
    format!("/figures?quarter={}", quarter.code())
}

/// The three figures of a quarter, each a link to what makes it up.
pub fn headline(figures: &Figures) -> Markup {
    let href = href(figures.quarter);
    html! {
        h2 { (figures.quarter.label()) }
        @if figures.heard < FEWEST {
            p.muted { "件数还少，满 " (FEWEST) " 件再公布，免得从数字里认出是谁。" }
        } @else {
            div.plain {
                a href={ (href) "#heard" } { b { (whole(figures.heard)) } span.small.muted { "件诉求" } }
                @if let Some(percent) = figures.on_time.percent() {
                    a href={ (href) "#on-time" } { b { (percent) "%" } span.small.muted { "按期答复，" (of(figures.on_time)) } }
                }
                @if let Some(percent) = figures.solved.percent() {
                    a href={ (href) "#solved" } { b { (percent) "%" } span.small.muted { "回访确认解决，" (of(figures.solved)) } }
                }
            }
            p.muted.small { "每个数都能点开，看它怎么来的。" }
        }
    }
}

/// Which quarter the page is about; absent is the present one.
#[derive(Debug, Deserialize)]
pub struct Asked {
    quarter: Option<String>,
}

/// `/figures`: what makes up the figures of a quarter.
pub async fn show(State(app): State<App>, visitor: Visitor, QueryParams(asked): QueryParams<Asked>) -> Answer<Page> {
    let now = app.now();
    let today = now.in_zone(&app.city().zone).date();
    let quarter = match asked.quarter.as_deref() {
        None => Quarter::of(today),
        Some(text) => Quarter::parse(text).ok_or_else(|| Refusal::not_found("没有这个季度的数据"))?,
    };
    if quarter > Quarter::of(today) {
        return Err(Refusal::not_found("这个季度还没有到").into());
    }
    let figures = app.read(&visitor.actor, move |cx| figures::figures(cx, quarter)).await?;
    let zone = &app.city().zone;
    let body = html! {
        p.muted { "数据截至 " (when::time(figures.as_of, zone, &when::near(figures.as_of, now, zone))) "。不足 " (FEWEST) " 件的不单列，免得从数字里认出是谁。" }
        (body(&figures, app.city()))
        nav.ways aria-label="其他季度" {
            a.button href=(href(quarter.before())) { "上一季度" }
            @if quarter < Quarter::of(today) { a.button href=(href(quarter.after())) { "下一季度" } }
        }
    };
    Ok(Page::public(format!("{}，一共听到", quarter.label())).back("首页", "/").body(html! { div.stack.measure { (body) } }))
}

fn body(figures: &Figures, city: &City) -> Markup {
    if figures.heard < FEWEST {
        return empty("这个季度件数还少", "满 5 件以后，这里会列出听到多少、按期答复多少、回访确认解决多少。", None);
    }
    html! {
        section.card id="heard" {
            h2 { "听到 " (whole(figures.heard)) " 件" }
            p.small { "收到时间在本季度以内的诉求，不论从哪个渠道来、办到哪一步。" }
            (counts("入口", &html! { @for (audience, n) in &figures.by_audience { (row(audience.label(), *n)) } }))
            (counts("领域", &themes(figures, city)))
        }
        (share_card("on-time", "按期答复", figures.on_time, "这些诉求里，第一次答复在时限以内作出的，除以已经答复的和到期还没有答复的。"))
        (share_card("solved", "回访确认解决", figures.solved, "这些诉求里，回访接通、诉求人自己说已经解决的，除以回访接通的。以最后一次接通的回访为准，不采用承办单位自己的说法。"))
    }
}

fn share_card(id: &str, title: &str, share: Share, meaning: &str) -> Markup {
    html! {
        section.card id=(id) {
            @match share.percent() {
                Some(percent) => { h2 { (title) " " (percent) "%" } p { (whole(share.part)) " ÷ " (whole(share.whole)) } },
                None => { h2 { (title) } p { "不足 " (FEWEST) " 件，暂不公布。" } },
            }
            p.small.muted { (meaning) }
        }
    }
}

/// Themes with few cases are added up, so that none of them can be worked out from the total.
fn themes(figures: &Figures, city: &City) -> Markup {
    let (shown, few): (Vec<_>, Vec<_>) = figures.by_theme.iter().partition(|(_, n)| *n >= FEWEST);
    let rest: i64 = few.iter().map(|(_, n)| n).sum();
    let name = |theme: &Option<String>| theme.as_deref().map_or("尚未归类".to_owned(), |code| city.themes.label(code));
    html! {
        @for (theme, n) in shown { (row(&name(theme), *n)) }
        @if rest > 0 { (row("其他领域合计", rest)) }
    }
}

/// A table of counts by one thing; two short columns need no cards on a phone.
fn counts(by: &str, rows: &Markup) -> Markup {
    html! {
        div.tablebox.counts {
            table {
                caption.unseen { "按" (by) "分的件数" }
                thead { tr { th scope="col" { (by) } th.right scope="col" { "件数" } } }
                tbody { (rows) }
            }
        }
    }
}

fn row(name: &str, n: i64) -> Markup {
    let few = (1..FEWEST).contains(&n);
    html! { tr { th scope="row" { (name) } td.right { @if few { "不足 " (FEWEST) } @else { (whole(n)) } } } }
}

fn of(share: Share) -> String {
    format!("共 {} 件", whole(share.whole))
}

fn whole(n: i64) -> String {
    count(u64::try_from(n).unwrap_or_default())
}
