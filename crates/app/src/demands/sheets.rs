//! Paper: the 交办单 that goes to the handling unit and the receipt that the submitter takes home, on A4, with number,
//! date and something to check them by. The look follows GB/T 9704 as far as a form can: red only for the issuer's name,
//! the title in the second size of the official face.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use kernel::worktime::{TimerDerivation, full_text};
use kernel::{Instant, Permission, Refusal, Result};
use maud::{Markup, PreEscaped, html};
use store::RecordedEntry;

use super::actions::viewing::{self, Progress, Whole};
use super::rules::case::DemandClock;
use super::rules::clocks;
use super::rules::moves::Move;
use super::rules::vocabulary::ClockName;
use crate::context::App;
use crate::units::Unit;
use crate::web::{Access, Answer, Page, PathParams, Routes, Session};

/// The addresses of the sheets that staff print.
pub fn routes() -> Routes<App> {
    Routes::new().get("/demands/{number}/assignment", Access::Needs(Permission::Desk), assignment)
}

/// Where this server is, as people outside reach it; without a configured address, as this very request reached it.
pub fn origin(app: &App, headers: &HeaderMap) -> String {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    app.base_url().map_or_else(|| format!("http://{asked}"), str::to_owned)
}

/// A QR code of `content`; `title` is read out in its place.
pub fn qr(content: &str, title: &str) -> Result<Markup> {
    Ok(PreEscaped(documents::qr::svg(content, title)?))
}

/// What the receipt says.
pub struct Receipt<'a> {
    /// The demand.
    pub progress: &'a Progress,
    /// The query code, in groups.
    pub code: &'a str,
    /// The address of its progress page.
    pub link: &'a str,
    /// When it is printed.
    pub now: Instant,
}

/// The receipt as a sheet.
pub fn receipt(app: &App, receipt: &Receipt<'_>) -> Result<Markup> {
    let Receipt { progress, code, link, now } = receipt;
    let (city, calendar) = (app.city(), app.calendar());
    let received = progress.timeline.first().map(|step| full_text(&calendar, step.at)).unwrap_or_default();
    let due = progress.due.map(|due| full_text(&calendar, due));
    let qr = qr(link, "扫一扫看进度")?;
    Ok(html! {
        article.sheet {
            p.issuer { (city.texts.host) }
            h1 { "诉求登记回执" }
            p.numbers { span { "编号：" (progress.number) } span { "打印：" (full_text(&calendar, *now)) } }
            table {
                tbody {
                    (row("查询码", &html! { strong.code { (code) } }))
                    (row("收到时间", &html! { (received) }))
                    (row("标　　题", &html! { (progress.title) }))
                    (row("内　　容", &html! { div.words { (progress.text) } }))
                    (row("现在由谁办", &html! { (progress.holder) }))
                    (row("下 一 步", &html! { (progress.next_step) @if let Some(due) = &due { "，最迟 " (due) } }))
                    (row("保存提示", &html! { (city.texts.receipt_note) }))
                    (row("办完以后", &html! { (city.texts.callback_note) }))
                }
            }
            div.check { (qr) p { "扫码或打开 " (link) " 查看进度。" br; (city.texts.office_hours_note) } }
        }
    })
}

/// `/demands/{number}/assignment`: the latest assignment of a demand, for staff who see it.
pub async fn assignment(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    PathParams(number): PathParams<String>,
) -> Answer<Page> {
    let whole = app.read(&session.actor, move |cx| viewing::whole(cx, &number)).await?;
    let number = &whole.case.demand.number;
    let assigned = whole.history.iter().rev().find(|entry| entry.act == Move::Assign.code());
    let entry = assigned.ok_or_else(|| Refusal::not_found("这件诉求还没有交办，没有交办单"))?;
    let page = Page::sheet(format!("交办单 {number}")).back("回到诉求", format!("/demands/{number}"));
    let link = format!("{}/demands/{number}", origin(&app, &headers));
    Ok(page.body(order(&app, &whole, entry, &link)?))
}

fn order(app: &App, whole: &Whole, entry: &RecordedEntry, link: &str) -> Result<Markup> {
    let (city, calendar) = (app.city(), app.calendar());
    let demand = &whole.case.demand;
    let unit = entry.value("lead_unit").unwrap_or_default();
    let unit = whole.units.get(unit).map_or(unit, |unit: &Unit| unit.name.as_str());
    let clock = |name| whole.case.clocks.iter().rev().find(|c| c.name == name && c.started_at == entry.at);
    let handle = clock(ClockName::Handle);
    let derivation = handle.map(|clock| clocks::derive(clock, &calendar)).transpose()?.flatten();
    let contact = clock(ClockName::FirstContact).map(|clock| full_text(&calendar, clock.due_at));
    let qr = qr(link, "打开这件诉求")?;
    let said = &demand.said;
    Ok(html! {
        article.sheet {
            p.issuer { (city.texts.host) }
            h1 { "诉求交办单" }
            p.numbers { span { "编号：" (demand.number) } span { "交办：" (full_text(&calendar, entry.at)) } }
            table {
                tbody {
                    (row("承办单位", &html! { strong { (unit) } }))
                    (row("诉 求 人", &html! { (said.audience.label()) @if let Some(firm) = &said.enterprise_name { "，" (firm) } }))
                    (row("诉求标题", &html! { (said.title) }))
                    (row("诉求内容", &html! { div.words { (said.text) } }))
                    (row("工作目标", &html! { div.words { (entry.value("goal").unwrap_or_default()) } }))
                    (row("办理时限", &due(handle, derivation.as_ref(), &calendar)))
                    (row("交办依据", &html! { (entry.value("basis").or(demand.basis.as_deref()).unwrap_or_default()) }))
                    (row("办理要求", &html! {
                        "一、" @match &contact { Some(contact) => { (contact) "前" }, None => { "第一时间" } } "与诉求人联系，核实情况。"
                        br; "二、答复应有政策解读、办理措施、处理意见，缺一不可。"
                        br; "三、答复后由承办单位以外的人回访；诉求人说没有解决的，退回重办。"
                    }))
                }
            }
            p.sign { span { "交办人：" (entry.actor) } span { "签收人：　　　　　　　　" } span { "签收时间：　　　　　　　　" } }
            div.check {
                (qr)
                p {
                    "校验码 " strong.num { (check_code(&entry.hash)) } "，台账“" (entry.stream) "”第 " (entry.seq) " 条。"
                    br; "联系方式不印在纸上，请登录平台查看；查看会留下记录。"
                }
            }
        }
    })
}

fn row(name: &str, value: &Markup) -> Markup {
    html! { tr { th scope="row" { (name) } td { (value) } } }
}

/// The due date, and how it follows.
fn due(
    clock: Option<&DemandClock>,
    derivation: Option<&TimerDerivation>,
    calendar: &kernel::worktime::Calendar,
) -> Markup {
    let Some(clock) = clock else { return html! { "未设时限" } };
    html! {
        strong { (full_text(calendar, clock.due_at)) "前" }
        br; (clock.source) "。"
        @if let Some(derivation) = derivation {
            br; span.derivation { (derivation.rule) (skipped(derivation)) }
            @for warning in &derivation.warnings { br; span.derivation { (warning) } }
        }
    }
}

/// The days between that do not count, and why.
fn skipped(derivation: &TimerDerivation) -> String {
    let off: Vec<String> = derivation
        .days
        .iter()
        .filter(|day| !day.working)
        .map(|day| format!("{} 月 {} 日{}", day.date.month(), day.date.day(), day.why))
        .collect();
    if off.is_empty() { String::new() } else { format!("其间不计：{}。", off.join("，")) }
}

/// The first sixteen characters of an entry's hash, in groups: enough to tell this entry from every other.
fn check_code(hash: &str) -> String {
    let chars: Vec<char> = hash.chars().take(16).flat_map(char::to_uppercase).collect();
    chars.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::check_code;

    #[test]
    fn a_check_code_can_be_read_out() {
        assert_eq!(check_code("0a1b2c3d4e5f60718293a4b5"), "0A1B-2C3D-4E5F-6071");
        assert_eq!(check_code(""), "");
    }
}
