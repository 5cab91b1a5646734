//! The page of one issue: what it is called and why, whose voices it holds, how it grows, what is near to it, what was
//! decided and what may be done now.

use axum::extract::State as AppState;
use documents::charts::{Series, Trend, trend};
use maud::{Markup, PreEscaped, html};
use store::RecordedEntry;

use super::state;
use crate::context::App;
use crate::demands::actions::listing::Summary;
use crate::demands::pages::contact;
use crate::demands::pages::look::{Look, status};
use crate::issues::actions::seeing::{self, Seen};
use crate::issues::rules::acts::Act;
use crate::issues::rules::issue::{Member, Standing};
use crate::issues::stream;
use crate::web::parts::{Shape, chip, facts, table};
use crate::web::{Answer, Page, PathParams, Session};

/// The form that the boxes of the demands belong to.
const PICK: &str = "pick";

/// `GET /issues/{number}`
pub async fn show(
    AppState(app): AppState<App>,
    session: Session,
    PathParams(number): PathParams<String>,
) -> Answer<Page> {
    let (seen, look) = app.read(&session.actor, move |cx| Ok((seeing::whole(cx, &number)?, Look::new(cx)?))).await?;
    let issue = &seen.whole.issue;
    Ok(Page::desk(&issue.name)
        .at("/issues")
        .back("共性问题", "/issues")
        .aside(html! { (state(issue.state)) " " span.muted.num { (issue.number) } })
        .body(html! {
            (glance(&seen))
            div.case {
                div.words-first { (members(&look, &seen)) }
                aside.side.stack aria-label="办理" {
                    (acts(&seen))
                    (known(&look, &seen))
                    (near(&seen))
                }
                div.rest.stack {
                    (growth(&seen))
                    (answers(&look, &seen))
                    section.card id="history" {
                        h2 {
                            "经过"
                            @if session.may(kernel::Permission::ReadLedger) { " " a.small href={ "/ledger/" (stream(&issue.number)) } { "台账" } }
                        }
                        @for entry in seen.history.iter().rev() { (line(&look, entry)) }
                    }
                }
            }
        }))
}

fn glance(seen: &Seen) -> Markup {
    let (issue, reach, size) = (&seen.whole.issue, seen.reach, seen.whole.size());
    let proposed = seen.whole.standing().filter(|member| member.standing == Standing::Proposed).count();
    html! {
        @if let Some(into) = &seen.joined_into { p.notice { "已并入 " a.num href={ "/issues/" (into) } { (into) } "，诉求都在那里。" } }
        p.glance {
            b { (size) } " 件诉求"
            @if reach.joined > 0 { "、" b { (size as i64 + reach.joined) } " 个声音" }
            "，涉及 " b { (reach.firms) } " 家企业、" b { (reach.units) } " 个承办单位，" (reach.open) " 件还没有办结"
            @if issue.state.is_decided() && proposed > 0 { "；" (proposed) " 件由程序归入，待确认" }
            @if issue.state.is_decided() { "。" a href={ "/demands?issue=" (issue.number) } { "在诉求列表中查看" } }
        }
        @if !issue.why.is_empty() { ul.bullets { @for why in &issue.why { li { (why) } } } }
    }
}

fn acts(seen: &Seen) -> Markup {
    let issue = &seen.whole.issue;
    let of_members = |act: &Act| matches!(act, Act::Detach | Act::Split);
    html! {
        section.card {
            h2 { "现在可以" }
            @if seen.acts.is_empty() && !seen.may_answer && !seen.may_pass_on { p.muted { "这个问题现在不用您来办。" } }
            div.moves {
                @if seen.may_answer { a.button.primary href={ "/issues/" (issue.number) "/answer" } { "统一答复" } }
                @else if seen.may_pass_on { a.button.primary href={ "/issues/" (issue.number) "/answer" } { "采用统一答复" } }
                @for (place, act) in seen.acts.iter().filter(|act| !of_members(act)).enumerate() {
                    a.button.primary[place == 0 && !seen.may_answer] href={ "/issues/" (issue.number) "/acts/" (act.code()) } { (act.label()) }
                }
            }
        }
    }
}

fn known(look: &Look, seen: &Seen) -> Markup {
    let issue = &seen.whole.issue;
    let unit = |code: &String| html! { a href={ "/units/" (code) } { (look.unit(code)) } };
    let mut rows: Vec<(&str, Markup)> = Vec::new();
    rows.extend(issue.coordinator.as_ref().map(|code| ("协调主体", unit(code))));
    rows.extend(issue.lead_unit.as_ref().map(|code| ("牵头单位", unit(code))));
    rows.extend(issue.reason.as_ref().map(|reason| ("理由", html! { (reason) })));
    rows.extend(issue.decided_at.map(|at| ("决定", look.when(at))));
    rows.push(("发现", look.when(issue.created_at)));
    html! { section.card { h2 { "情况" } (facts(&rows)) } }
}

fn members(look: &Look, seen: &Seen) -> Markup {
    let number = &seen.whole.issue.number;
    let can = |act: Act| seen.acts.contains(&act);
    let boxes = can(Act::Detach);
    let heads = ["勾选", "诉求", "为什么在这里", "现在"];
    let way = |act: Act| format!("/issues/{number}/acts/{}", act.code());
    html! {
        section.gap id="members" {
            h2 { "包含的诉求" }
            @if seen.rows.is_empty() && seen.hidden == 0 { p.muted { "现在没有诉求。" } }
            @if boxes && !seen.rows.is_empty() {
                form.bulkbar id=(PICK) method="get" action=(way(Act::Detach)) {
                    @if seen.rows.iter().any(|(member, _)| member.standing == Standing::Proposed) && seen.whole.issue.state.is_decided() {
                        button formaction=(way(Act::Attach)) { "确认归入勾选的" }
                    }
                    button formaction=(way(Act::Split)) { "把勾选的拆出来" }
                    button { "移出勾选的" }
                }
            }
            @if !seen.rows.is_empty() {
                (table("包含的诉求", if boxes { &heads } else { &heads[1..] }, &html! {
                    @for (member, row) in &seen.rows { (member_row(look, seen, member, row, boxes)) }
                }))
            }
            @if seen.hidden > 0 { p.muted { "另有 " (seen.hidden) " 件不在您的查看范围内。" } }
        }
    }
}

fn member_row(look: &Look, seen: &Seen, member: &Member, row: &Summary, boxes: bool) -> Markup {
    let decided = seen.whole.issue.state.is_decided();
    html! {
        tr {
            @if boxes {
                td.pick { input type="checkbox" form=(PICK) name="members[]" value=(row.number) aria-label={ "勾选：" (contact::line(&row.title)) }; }
            }
            td {
                a.title href={ "/demands/" (row.number) } { (contact::line(&row.title)) }
                div.muted {
                    span.num { (row.number) }
                    @if let Some(firm) = &row.enterprise_name { " · " (firm) }
                    " · 收到 " (look.when(row.received_at))
                }
            }
            td data-name="为什么在这里" {
                @match &member.by_name {
                    Some(name) => { (name) "归入" },
                    None if decided => (chip(Shape::New, Standing::Proposed.label())),
                    None => "由程序归入",
                }
                @if let Some(likeness) = member.likeness { " " span.nowrap { "相近 " (percent(likeness)) } }
                @if !member.shared.is_empty() { div.small.muted { "共同的字句：" (member.shared.join("、")) } }
            }
            td data-name="现在" {
                (status(row.status))
                @if let Some(unit) = &row.lead_unit { div.small.muted { (look.unit(unit)) } }
                @if let Some((name, at)) = seen.reached.get(&row.id) { div.small.muted { (name) "采用统一答复 " (look.when(*at)) } }
            }
        }
    }
}

fn percent(likeness: f64) -> String {
    format!("{:.0}%", likeness * 100.0)
}

fn near(seen: &Seen) -> Markup {
    html! {
        @if !seen.near.is_empty() {
            section.card id="near" {
                h2 { "相近但没有归在一起的" }
                ul.small.stack {
                    @for near in &seen.near {
                        li {
                            a href={ "/demands/" (near.row.number) } { (contact::line(&near.row.title)) }
                            " " span.muted { "相近 " (percent(near.likeness)) }
                            @if let Some((number, name)) = &near.issue {
                                div.muted { "在 " a href={ "/issues/" (number) } { (name) } " " span.num { (number) } }
                            } @else if seen.acts.contains(&Act::Attach) {
                                div { a href={ "/issues/" (seen.whole.issue.number) "/acts/attach?numbers=" (near.row.number) } { "归入这个问题" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn growth(seen: &Seen) -> Markup {
    let labels: Vec<String> = seen.months.iter().map(|(month, _)| month.clone()).collect();
    let points: Vec<Option<f64>> = seen.months.iter().map(|(_, count)| Some(*count as f64)).collect();
    let chart = Trend {
        title: "每月收到的诉求",
        unit: "件",
        labels: &labels,
        series: &[Series { name: "收到", points: &points }],
    };
    html! {
        section.card id="growth" {
            h2 { "走势 " span.small.muted { "每月收到的诉求" } }
            (PreEscaped(trend(&chart)))
            details.fold {
                summary.small { "看表格" }
                (table("每月收到的诉求", &["月份", "件数"], &html! {
                    @for (month, count) in &seen.months { tr { td { (month) } td data-name="件数" { (count) } } }
                }))
            }
        }
    }
}

fn answers(look: &Look, seen: &Seen) -> Markup {
    html! {
        @for (place, answer) in seen.answers.iter().enumerate() {
            section.card.composer {
                h2 { (if place == 0 { "统一答复" } else { "以前的统一答复" }) " " span.small.muted { (answer.by_name) " " (look.when(answer.at)) } }
                @for (name, text) in [("政策解读", &answer.reply.policy_reading), ("办理措施", &answer.reply.measures), ("处理意见", &answer.reply.opinion)] {
                    h3 { (name) } p.words { (text) }
                }
            }
        }
    }
}

fn line(look: &Look, entry: &RecordedEntry) -> Markup {
    let field = |name: &str| entry.value(name).unwrap_or_default();
    let facts = [
        ("名称", "name"),
        ("诉求", "demands"),
        ("件数", "rows"),
        ("并入", "into"),
        ("问题", "issue"),
        ("理由", "reason"),
    ];
    let known: Vec<(&str, &str)> =
        facts.into_iter().map(|(label, name)| (label, field(name))).filter(|(_, value)| !value.is_empty()).collect();
    html! {
        div.line.in {
            b { (entry.actor) }
            @if let Some(behalf) = &entry.on_behalf { "（代" (behalf) "）" }
            " " (act_label(&entry.act)) " " (look.when(entry.at))
            @for (label, value) in known { div.small.muted { (label) "：" (value) } }
        }
    }
}

/// What an entry of the stream says was done.
fn act_label(act: &str) -> &str {
    match act {
        "find_issue" => "发现：几件诉求说的是同一件事",
        "grow_issue" => "归入后来的诉求",
        "bring_back_issue" => "归入后来的诉求；件数已经翻倍，请再看一次",
        "split_off" => "由拆出产生",
        "answer" => "统一答复",
        "other_attach" => "其中的诉求归入了另一个问题",
        "other_join" => "接收另一个问题",
        "other_unjoin" => "另一个问题恢复为单独的问题",
        act => Act::from_code(act).map_or(act, |act| act.label()),
    }
}
