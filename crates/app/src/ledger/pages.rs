//! The ledger as auditors read it: the newest entries with hash and seal, and one stream with every field and commitment.

use axum::extract::{RawQuery, State};
use kernel::{Instant, Permission, Result};
use maud::{Markup, html};
use store::{Field as Kept, RecordedEntry};

use super::actions::{self, Asked, Listed, Stream};
use super::words;
use crate::context::App;
use crate::demands::api::masked;
use crate::demands::rules::moves::Move;
use crate::units::{self, UnitNames};
use crate::web::parts::{self, Pager, Shape, chip, encode};
use crate::web::{
    Answer, Field, FormBody, FormView, Onward, Page, PathParams, Session, decode_pairs, error_summary, onward, when,
};

/// `GET /ledger`
pub async fn list(State(app): State<App>, session: Session, RawQuery(query): RawQuery) -> Answer<Page> {
    let pairs = decode_pairs(query.as_deref().unwrap_or_default())?;
    let typed: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let view = FormView::typed(FormBody::of(&typed));
    let asked = match Asked::read(&pairs) {
        Ok(asked) => asked,
        Err(refusal) => {
            let view = view.refused(refusal);
            return Ok(Page::desk("台账")
                .status(422)
                .body(html! { (error_summary(&view)) (form(&view, &Asked::default())) }));
        }
    };
    let wanted = asked.clone();
    let (listed, now) = app.read(&session.actor, move |cx| Ok((actions::list(cx, &wanted)?, cx.now))).await?;
    Ok(Page::desk("台账")
        .aside(html! { span.muted { "每一步都有记录，一条接一条，改动、删除、插入都会被查出" } })
        .acts(parts::post_button("/ledger/check", "现在校验", false))
        .body(html! {
            (standing(&app, &listed, now))
            (form(&view, &asked))
            (entries(&app, &asked, &listed, now))
        }))
}

/// `POST /ledger/check`
pub async fn check(State(app): State<App>, session: Session) -> Answer<Onward> {
    let said = actions::check(&app, &session.actor).await?;
    Ok(onward("/ledger").saying(said))
}

/// How the whole ledger stands: the latest seal and the latest check.
fn standing(app: &App, listed: &Listed, now: Instant) -> Markup {
    let zone = &app.city().zone;
    html! {
        section.card.small {
            p {
                @match &listed.seal {
                    Some((n, at, _, hash)) => { "最近一次封存：第 " (n) " 号，" (when::when(*at, now, zone)) "，" code { (short(hash)) } },
                    None => "还没有封存过：封存每分钟进行一次。",
                }
            }
            p {
                @match &listed.check {
                    Some(entry) => {
                        (holds(entry)) " " (when::when(entry.at, now, zone)) "，" (entry.actor) "，共 " (entry.value("entries").unwrap_or("—")) " 条。 "
                        a href={ "/ledger/" (encode(super::STREAM)) } { "历次校验" }
                    }
                    None => "还没有在这里校验过。也可以用命令 santing verify，或者导出后离线校验。",
                }
            }
        }
    }
}

fn holds(entry: &RecordedEntry) -> Markup {
    match entry.value("holds") {
        Some("true") => chip(Shape::Done, "校验无误"),
        _ => chip(Shape::Late, "校验发现问题"),
    }
}

fn form(view: &FormView, asked: &Asked) -> Markup {
    let acts: Vec<(&str, &str)> = [("", "全部")]
        .into_iter()
        .chain(Move::ALL.iter().map(|m| (m.code(), m.label())))
        .chain(words::ACTS.iter().copied())
        .collect();
    let kinds: Vec<(&str, &str)> = [("", "全部")].into_iter().chain(words::KINDS.iter().copied()).collect();
    html! {
        form.filters method="get" action="/ledger" {
            @if let Some(actor) = asked.actor { (crate::web::hidden("actor", actor)) }
            @if asked.stream.as_deref().is_none_or(|stream| words::KINDS.iter().any(|(code, _)| *code == stream)) {
                (Field::select(view, "stream", "对象", &kinds))
            } @else {
                (Field::text(view, "stream", "对象（开头）"))
            }
            (Field::select(view, "act", "动作", &acts))
            (Field::date(view, "from", "日期从"))
            (Field::date(view, "to", "到"))
            button { "筛选" }
            @if !asked.pairs().is_empty() { a href="/ledger" { "清除条件" } }
        }
    }
}

fn entries(app: &App, asked: &Asked, listed: &Listed, now: Instant) -> Markup {
    if listed.entries.is_empty() {
        return parts::empty(
            "没有符合条件的记录",
            "登记、研判、交办、答复、登录、改单位，每一步都会在这里留下一条，谁也改不了。",
            None,
        );
    }
    let list = address(asked);
    let next = listed.entries.last().filter(|_| listed.more).map(actions::cursor_of);
    let heads = ["时间", "谁", "做了什么", "对象", "哈希与封存"];
    html! {
        (parts::table("台账", &heads, &html! { @for entry in &listed.entries { (row(app, asked, listed, entry, now)) } }))
        (Pager { list: &list, further: asked.cursor.is_some(), next: next.as_deref(), total: None, shown: listed.entries.len() })
    }
}

fn row(app: &App, asked: &Asked, listed: &Listed, entry: &RecordedEntry, now: Instant) -> Markup {
    let sealed = listed.sealed.get(&entry.stream).is_some_and(|seq| *seq >= entry.seq);
    html! {
        tr {
            td.nowrap { (when::when(entry.at, now, &app.city().zone)) }
            td data-name="谁" { (actor(asked, entry)) }
            td data-name="做了什么" { (words::act(&entry.act)) }
            td data-name="对象" { a href={ "/ledger/" (encode(&entry.stream)) } { (words::stream(&entry.stream)) } " " span.muted { "第 " (entry.seq) " 条" } }
            td data-name="哈希与封存" { code title=(entry.hash) { (short(&entry.hash)) } " " (seal_chip(sealed)) }
        }
    }
}

fn actor(asked: &Asked, entry: &RecordedEntry) -> Markup {
    html! {
        @match entry.actor_id {
            Some(id) => { a href=(address(&Asked { actor: Some(id.0), cursor: None, ..asked.clone() })) { (entry.actor) } },
            None => (entry.actor),
        }
        @if let Some(behalf) = &entry.on_behalf { span.muted { "（代" (behalf) "）" } }
    }
}

fn seal_chip(sealed: bool) -> Markup {
    if sealed { chip(Shape::Done, "已封存") } else { chip(Shape::Wait, "待封存") }
}

fn address(asked: &Asked) -> String {
    let query: Vec<String> = asked.pairs().iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if query.is_empty() { "/ledger".to_owned() } else { format!("/ledger?{}", query.join("&")) }
}

fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

/// `GET /ledger/{stream}`
pub async fn stream(State(app): State<App>, session: Session, PathParams(name): PathParams<String>) -> Answer<Page> {
    let asked = name.clone();
    let (stream, units, now) = app
        .read(&session.actor, move |cx| -> Result<_> { Ok((actions::stream(cx, &asked)?, units::names(cx)?, cx.now)) })
        .await?;
    let demand = name.strip_prefix("demand:").map(str::to_owned);
    // Who may read the ledger need not be somebody who may read what citizens said.
    let open = demand.is_none() || session.may(Permission::SeeAll);
    Ok(Page::desk(format!("台账：{}", words::stream(&name)))
        .at("/ledger")
        .back("台账", "/ledger")
        .aside(html! { span.muted { "共 " (stream.entries.len()) " 条，先发生的在前" } })
        .acts(html! { @if let Some(number) = demand { a.button href={ "/demands/" (number) } { "看这件诉求" } } })
        .body(html! {
            p.small.muted { "联系方式和原文里的个人信息在这里遮住；依法删除的内容只剩它的承诺值，链条仍然成立。" }
            div.stack { @for entry in &stream.entries { (whole(&app, &units, (&stream, entry), now, open)) } }
        }))
}

fn whole(app: &App, units: &UnitNames, (stream, entry): (&Stream, &RecordedEntry), now: Instant, open: bool) -> Markup {
    let seal = stream.seals.iter().find(|(seq, ..)| *seq >= entry.seq);
    html! {
        section.card {
            h2 { "第 " (entry.seq) " 条 · " (words::act(&entry.act)) }
            p.small {
                (entry.actor) @if let Some(behalf) = &entry.on_behalf { "（代" (behalf) "）" }
                " · " (when::when(entry.at, now, &app.city().zone)) " · "
                @match seal {
                    Some((_, n, at)) => { (seal_chip(true)) " " span.muted { "第 " (n) " 号，" (when::when(*at, now, &app.city().zone)) } },
                    None => (seal_chip(false)),
                }
            }
            @if !entry.fields.is_empty() {
                div.tablebox tabindex="0" role="region" aria-label={ "第 " (entry.seq) " 条的内容" } {
                    table.cards {
                        thead { tr { th scope="col" { "项" } th scope="col" { "内容" } th scope="col" { "承诺值" } } }
                        tbody { @for field in &entry.fields { (kept(app, units, field, open)) } }
                    }
                }
            }
            p.small.muted { "上一条 " code { (if entry.prev.is_empty() { "（没有）" } else { &entry.prev }) } }
            p.small { "本条 " code { (entry.hash) } }
        }
    }
}

fn kept(app: &App, units: &UnitNames, field: &Kept, open: bool) -> Markup {
    let word = |value: &str| words::value(app.city(), units, &field.name, value);
    html! {
        tr {
            td.nowrap { (words::field(&field.name)) " " code.muted { (field.name) } }
            td.words.small {
                @match shown(field) {
                    Some(_) if !open => span.muted { "（诉求内容，不在您的查看范围内）" },
                    Some(value) => { @if let Some(word) = word(&value) { (word) " " code.muted { (value) } } @else { (value) } }
                    None => (chip(Shape::Plain, "已依法删除")),
                }
            }
            td data-name="承诺值" { code title=(field.commit) { (short(&field.commit)) } }
        }
    }
}

/// The value as an auditor sees it: contact data masked, and whatever is personal in the submitter's words.
fn shown(field: &Kept) -> Option<String> {
    let (_, value) = masked(field);
    let value = value.as_str()?.to_owned();
    Some(if matches!(field.name.as_str(), "title" | "text") { text::redact::mask(&value) } else { value })
}
