//! Papers that go up: the 请示 that asks a leader or the leading group to decide, written from the case itself, and the
//! 会商纪要 of a consultation (plan 二(一)3: 提出针对性、可操作的工作建议，及时报市委、市政府统筹研究; 二(三)2: 提请市级分管领导
//! 批办、交办). The layout follows GB/T 9704—2012: type area 156 mm × 225 mm, title in the second size, body in the third
//! size of 仿宋, headings in 黑体. What is said is what the record holds; the hash of the words is printed under them.

mod minutes;
mod petition;
#[cfg(test)]
mod tests;

use axum::extract::State;
use kernel::{Instant, Permission, Refusal};
use maud::{Markup, PreEscaped, html};
use sm3::{Digest, Sm3};

use super::actions::viewing::{self, Whole};
use super::rules::case::Proceeding;
use super::rules::vocabulary::{ProceedingKind, Route};
use crate::city::City;
use crate::context::App;
use crate::web::{Access, Answer, Page, PathParams, Routes, Session};

/// The addresses of these papers.
pub fn routes() -> Routes<App> {
    let staff = Access::Needs(Permission::Desk);
    Routes::new().get("/demands/{number}/petition", staff, petition).get("/demands/{number}/minutes", staff, minutes)
}

/// The level to which a demand was raised, or on which leaders decide about it; `None` where no paper goes up.
pub fn raised_to(whole: &Whole) -> Option<Route> {
    let route = whole.case.demand.sorting.route?;
    let raised = whole.case.proceedings.iter().any(|p| p.kind == ProceedingKind::Escalation);
    (route.is_leaders() || raised).then_some(route)
}

/// The latest consultation, where there was one.
pub fn consultation(whole: &Whole) -> Option<&Proceeding> {
    whole.case.proceedings.iter().rev().find(|p| p.kind == ProceedingKind::Consultation)
}

/// `GET /demands/{number}/petition`
async fn petition(State(app): State<App>, session: Session, PathParams(number): PathParams<String>) -> Answer<Page> {
    let whole = app.read(&session.actor, move |cx| viewing::whole(cx, &number)).await?;
    let missing = || Refusal::not_found("这件诉求没有提级，也不由领导批办或专题会办，不需要请示");
    let route = raised_to(&whole).ok_or_else(missing)?;
    let paper = Paper { app: &app, whole: &whole, now: app.now() };
    let title = petition::title(&whole, route);
    Ok(paper.page("请示", &title, &petition::addressee(&paper, route), &petition::body(&paper, route)))
}

/// `GET /demands/{number}/minutes`
async fn minutes(State(app): State<App>, session: Session, PathParams(number): PathParams<String>) -> Answer<Page> {
    let whole = app.read(&session.actor, move |cx| viewing::whole(cx, &number)).await?;
    let held = consultation(&whole).ok_or_else(|| Refusal::not_found("这件诉求没有会商过，没有会商纪要"))?;
    let paper = Paper { app: &app, whole: &whole, now: app.now() };
    let title = format!("“{}”诉求会商纪要", paper.subject());
    Ok(paper.page("会商纪要", &title, "", &minutes::body(&paper, held)))
}

/// What a paper is written from.
struct Paper<'a> {
    app: &'a App,
    whole: &'a Whole,
    now: Instant,
}

impl Paper<'_> {
    fn city(&self) -> &City {
        self.app.city()
    }

    /// The demand's title, without numbers by which a person is found.
    fn subject(&self) -> String {
        super::pages::without_numbers(&self.whole.case.demand.said.title)
    }

    fn unit<'a>(&'a self, code: &'a str) -> &'a str {
        self.whole.units.get(code).map_or(code, |unit| unit.name.as_str())
    }

    /// `2026年3月5日`, as papers write it.
    fn day(&self, at: Instant) -> String {
        let date = at.in_zone(&self.city().zone).date();
        format!("{}年{}月{}日", date.year(), date.month(), date.day())
    }

    /// The whole paper: red head, title, body, signature and date, and how to check it.
    fn page(&self, kind: &str, title: &str, addressee: &str, body: &Markup) -> Page {
        let number = &self.whole.case.demand.number;
        let host = &self.city().texts.host;
        let hash = hex::encode(Sm3::digest(format!("{title}\n{}", body.0)));
        let last = self.whole.history.last();
        Page::sheet(format!("{kind} {number}")).back("回到诉求", format!("/demands/{number}")).body(html! {
            article.sheet.memo {
                p.issuer { (host) }
                p.numbers { span { "文号：　　　　　　　　　　" } span { "签发人：　　　　　　" } }
                h1 { (title) }
                @if !addressee.is_empty() { p.to { (addressee) "：" } }
                (PreEscaped(&body.0))
                p.by { (host) }
                p.by { (self.day(self.now)) }
                div.check {
                    p {
                        "正文校验码（国密 SM3）" strong.num { (grouped(&hash)) } "。"
                        @if let Some(entry) = last { "依据台账“" (entry.stream) "”第 1 至 " (entry.seq) " 条写成，末条校验码 " span.num { (grouped(&entry.hash)) } "。" }
                        "由系统按办理记录拟出，送签前请核对；联系方式不印在纸上。"
                    }
                }
            }
        })
    }
}

/// The first sixteen characters of a hash, in groups.
fn grouped(hash: &str) -> String {
    let chars: Vec<char> = hash.chars().take(16).flat_map(char::to_uppercase).collect();
    chars.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// A sentence that ends with one full stop, whatever it ended with.
fn ended(text: &str) -> String {
    let text = text.trim().trim_end_matches(['。', '；', '.', ';', '，']);
    if text.ends_with(['？', '！', '”', '）']) { text.to_owned() } else { format!("{text}。") }
}
