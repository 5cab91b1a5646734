//! `/channels`: the eight ways of collecting at a glance, where hearing is thin and what the plan asks there, and the same
//! by channel, by audience and by unit. Every number leads to the list that makes it up.

use axum::extract::{RawQuery, State};
use maud::{Markup, html};

use super::actions;
use super::rules::{Cell, Coverage, Hearing, Span, THIN_PERCENT, UnitLine};
use crate::city::{Line, Mode, Occasion, Rhythm};
use crate::context::App;
use crate::demands::rules::vocabulary::Audience;
use crate::web::parts::{self, Shape, chip};
use crate::web::{Answer, Field, FormBody, FormView, Page, Session, decode_pairs, error_summary, invalid_only};

const TITLE: &str = "收集方式";

/// `GET /channels`
pub async fn show(State(app): State<App>, session: Session, RawQuery(query): RawQuery) -> Answer<Page> {
    let pairs = decode_pairs(query.as_deref().unwrap_or_default())?;
    let typed: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let form = FormBody::of(&typed);
    let (from, to) = (form.get("from").map(str::to_owned), form.get("to").map(str::to_owned));
    let view = FormView::typed(form);
    let read = app.read(&session.actor, move |cx| {
        let span = Span::read(from.as_deref(), to.as_deref(), cx.today())?;
        actions::coverage(cx, span)
    });
    match read.await {
        Ok(coverage) => Ok(draw(&view, &coverage)),
        Err(error) => {
            let view = view.refused(invalid_only(error)?);
            Ok(Page::desk(TITLE).status(422).body(html! { (error_summary(&view)) (form_of(&view)) }))
        }
    }
}

fn draw(view: &FormView, coverage: &Coverage) -> Page {
    let Coverage { span, voices, joined, .. } = coverage;
    let filled = FormView::blank().with("from", span.from.to_string()).with("to", span.to.to_string());
    let view = if view.value("from").is_empty() && view.value("to").is_empty() { &filled } else { view };
    Page::desk(TITLE)
        .aside(html! {
            span.muted {
                (span.from) " 至 " (span.to) " · 共 " (number(*voices, &list(*span, &[]))) " 件"
                @if *joined > 0 { "，其中 " (number(*joined, &list(*span, &[("status", "merged")]))) " 件并入同一诉求" }
            }
        })
        .body(html! {
            (form_of(view))
            div.stack {
                p.muted.small { "方案：通过“线上+线下、日常+专项、定期+随机”常态化收集企业诉求。数字可以点开看名单。" }
                (grid(coverage))
                (thin(coverage))
                h2 { "按渠道" }
                (channels(coverage))
                h2 { "按承办单位" }
                (units(coverage))
                (method())
            }
        })
}

fn form_of(view: &FormView) -> Markup {
    html! {
        form.filters method="get" action="/channels" {
            (Field::date(view, "from", "收到日期从"))
            (Field::date(view, "to", "到"))
            button { "查看" }
            a href="/channels" { "近 90 天" }
        }
    }
}

/// The list behind a number.
fn list(span: Span, conditions: &[(&str, &str)]) -> String {
    let mut address = format!("/demands?{}", span.query());
    for (name, value) in conditions {
        address.push_str(&format!("&{name}={}", parts::encode(value)));
    }
    address
}

fn number(n: i64, href: &str) -> Markup {
    html! { @if n == 0 { span.muted { "0" } } @else { (parts::number_link(n.unsigned_abs(), href)) } }
}

fn hearing(hearing: Hearing) -> Markup {
    let shape = match hearing {
        Hearing::Heard => Shape::Done,
        Hearing::Thin => Shape::Wait,
        Hearing::Silent => Shape::New,
    };
    chip(shape, hearing.label())
}

/// 日常、专项 by 定期、随机 across, 线上、线下 down.
fn grid(coverage: &Coverage) -> Markup {
    let ways: Vec<(Occasion, Rhythm)> =
        Occasion::ALL.iter().flat_map(|o| Rhythm::ALL.iter().map(move |r| (*o, *r))).collect();
    let cell = |mode: Mode| coverage.cells.iter().find(|cell| cell.mode == mode);
    html! {
        div.tablebox tabindex="0" role="region" aria-label="八种收集方式" {
            table.cards {
                caption.unseen { "八种收集方式，按线上线下、日常专项、定期随机" }
                thead { tr {
                    th scope="col" { "" span.unseen { "线上或线下" } }
                    @for (occasion, rhythm) in &ways { th scope="col" { (occasion.label()) "·" (rhythm.label()) } }
                } }
                tbody {
                    @for line in Line::ALL {
                        tr {
                            th scope="row" { (line.label()) }
                            @for (occasion, rhythm) in &ways {
                                @let mode = Mode { line: Some(line), occasion: Some(*occasion), rhythm: Some(*rhythm) };
                                td data-name={ (occasion.label()) "·" (rhythm.label()) } {
                                    @if let Some(cell) = cell(mode) { (tile(coverage.span, cell)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn tile(span: Span, cell: &Cell) -> Markup {
    let mode = cell.mode.code();
    html! {
        span.tile {
            strong.lead { (number(cell.voices, &list(span, &[("mode", &mode)]))) } " " (hearing(cell.hearing))
            span.small.muted {
                @if cell.channels.is_empty() { "还没有这一类渠道" }
                @else { (cell.channels.iter().map(|line| line.label.as_str()).collect::<Vec<_>>().join("、")) }
            }
        }
    }
}

/// What is silent or thin, by name, and what the plan asks there.
fn thin(coverage: &Coverage) -> Markup {
    let cells: Vec<&Cell> = coverage.cells.iter().filter(|cell| cell.hearing != Hearing::Heard).collect();
    let quiet: Vec<_> = coverage
        .cells
        .iter()
        .flat_map(|cell| cell.channels.iter().map(move |line| (cell, line)))
        // A file that is taken in is no way of hearing.
        .filter(|(_, line)| line.voices == 0 && line.code != "import")
        .collect();
    let (duties, others): (Vec<_>, Vec<_>) = quiet.into_iter().partition(|(_, line)| line.asks.is_some());
    html! {
        section.card {
            h2 { "哪里听得少" }
            @if cells.is_empty() && duties.is_empty() && others.is_empty() {
                p { "八种收集方式和每个渠道都收到了诉求。" }
            }
            ul.bullets {
                @for cell in cells {
                    li {
                        strong { (cell.mode.label()) } "：" (cell.hearing.label()) "，收到 " (number(cell.voices, &list(coverage.span, &[("mode", &cell.mode.code())]))) " 件"
                        @if cell.channels.is_empty() { "；本市还没有设这一类渠道。" }
                        @else { "；渠道有" (cell.channels.iter().map(|line| line.label.as_str()).collect::<Vec<_>>().join("、")) "。" }
                    }
                }
                @for (cell, line) in duties {
                    li {
                        strong { (line.label) } "（" (cell.mode.label()) "）：这段时间没有收到诉求。"
                        @if let Some((_, asks)) = &line.asks { "方案要求：" (asks) "。" }
                    }
                }
            }
            @if !others.is_empty() {
                p.small { "其他没有收到诉求的渠道：" (others.iter().map(|(_, line)| line.label.as_str()).collect::<Vec<_>>().join("、")) "。" }
            }
        }
    }
}

fn channels(coverage: &Coverage) -> Markup {
    let span = coverage.span;
    let mut heads = vec!["渠道", "收集方式", "收到"];
    heads.extend(Audience::ALL.iter().map(|audience| audience.label()));
    heads.push("方案要求");
    let rows = html! {
        @for cell in &coverage.cells {
            @for line in &cell.channels {
                tr {
                    th scope="row" { (line.label) }
                    td data-name="收集方式" { (cell.mode.label()) }
                    td data-name="收到" { (number(line.voices, &list(span, &[("channel", &line.code)]))) }
                    @for (audience, n) in Audience::ALL.iter().zip(line.audiences) {
                        td.zero[n == 0] data-name=(audience.label()) { (number(n, &list(span, &[("channel", &line.code), ("audience", audience.code())]))) }
                    }
                    td data-name="方案要求" { @if let Some((task, asks)) = &line.asks { (task) "：" (asks) } @else { span.muted { "常态化收集" } } }
                }
            }
        }
    };
    parts::table("按渠道", &heads, &rows)
}

fn units(coverage: &Coverage) -> Markup {
    if coverage.units.is_empty() {
        return parts::empty(
            "还没有交办到单位的诉求",
            "交办之后，每个单位、每个街道从哪些方式听到诉求会列在这里。",
            None,
        );
    }
    // Without the dots, so that eight columns fit beside one another.
    let labels: Vec<String> = Mode::all().map(|mode| mode.label().replace('·', "")).collect();
    let mut heads = vec!["单位", "合计"];
    heads.extend(labels.iter().map(String::as_str));
    let rows = html! { @for line in &coverage.units { (unit(coverage.span, line, &labels)) } };
    parts::table("按承办单位和收集方式", &heads, &rows)
}

fn unit(span: Span, line: &UnitLine, labels: &[String]) -> Markup {
    html! {
        tr {
            th scope="row" { (line.name) @if let Some(judged) = line.hearing.filter(|h| *h != Hearing::Heard) { " " (hearing(judged)) } }
            td data-name="合计" { (number(line.voices, &list(span, &[("unit", &line.unit)]))) }
            @for ((mode, label), n) in Mode::all().zip(labels).zip(line.cells) {
                td.zero[n == 0] data-name=(label) { (number(n, &list(span, &[("unit", &line.unit), ("mode", &mode.code())]))) }
            }
        }
    }
}

fn method() -> Markup {
    html! {
        details.why {
            summary { "怎样算“偏少”" }
            p {
                "每个渠道在本市配置里各属一种收集方式：线上或线下、日常或专项、定期或随机。这段时间一件都没有收到的记为“空白”，"
                "少于八种方式中位数 " (THIN_PERCENT) "% 的记为“偏少”；街道和园区之间按同样的办法比较。"
                "这个比例是本市配置值，不是文件原文。并入同一诉求的，每个声音各算一件。"
            }
            p { "按承办单位统计的是已经交办的诉求；收得少不等于工作差，请点开名单再判断。" }
        }
    }
}
