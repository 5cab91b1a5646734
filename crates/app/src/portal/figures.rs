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
    Ok(Page::public(format!("{}，一共听到", quarter.label()))
        .back("首页", "/")
        .body(html! { div.stack.measure { (body) } }))
}

fn body(figures: &Figures, city: &City) -> Markup {
    if figures.heard < FEWEST {
        return empty("这个季度件数还少", "满 5 件以后，这里会列出听到多少、按期答复多少、回访确认解决多少。", None);
    }
    let audiences = figures.by_audience.iter().map(|(audience, n)| (audience.label().to_owned(), *n)).collect();
    let name =
        |theme: &Option<String>| theme.as_deref().map_or("尚未归类".to_owned(), |code| city.themes.label(code));
    let themes = figures.by_theme.iter().map(|(theme, n)| (name(theme), *n)).collect();
    html! {
        section.card id="heard" {
            h2 { "听到 " (whole(figures.heard)) " 件" }
            p.small { "收到时间在本季度以内的诉求，不论从哪个渠道来、办到哪一步。" }
            (counts("入口", &merged(audiences, "其他入口合计")))
            (counts("领域", &merged(themes, "其他领域合计")))
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

/// Rows that hide the small ones: they are added up, together with as many of the next smallest as it takes for the sum
/// not to be small itself, because what is missing could be worked out from the total.
fn merged(mut rows: Vec<(String, i64)>, rest_name: &str) -> Vec<(String, i64)> {
    rows.retain(|(_, n)| *n > 0);
    rows.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let mut rest = 0;
    while rows.last().is_some_and(|(_, n)| *n < FEWEST || (1..FEWEST).contains(&rest)) {
        rest += rows.pop().map_or(0, |(_, n)| n);
    }
    if rest > 0 {
        rows.push((rest_name.to_owned(), rest));
    }
    rows
}

/// A table of counts by one thing; two short columns need no cards on a phone.
fn counts(by: &str, rows: &[(String, i64)]) -> Markup {
    html! {
        div.tablebox.counts {
            table {
                caption.unseen { "按" (by) "分的件数" }
                thead { tr { th scope="col" { (by) } th.right scope="col" { "件数" } } }
                tbody { @for (name, n) in rows { tr { th scope="row" { (name) } td.right { (whole(*n)) } } } }
            }
        }
    }
}

fn of(share: Share) -> String {
    format!("共 {} 件", whole(share.whole))
}

fn whole(n: i64) -> String {
    count(u64::try_from(n).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn a_hidden_number_cannot_be_worked_out() {
        let rows = |list: &[i64]| list.iter().map(|n| (n.to_string(), *n)).collect::<Vec<_>>();
        let shown = |list: &[i64]| merged(rows(list), "rest").into_iter().map(|(_, n)| n).collect::<Vec<_>>();
        assert_eq!(shown(&[16, 54, 4]), [54, 20], "one small number takes the next one along");
        assert_eq!(shown(&[16, 54, 3, 2]), [54, 16, 5]);
        assert_eq!(shown(&[16, 54, 0]), [54, 16]);
        assert_eq!(shown(&[4, 1]), [5]);
        assert_eq!(shown(&[7]), [7]);
    }
}
