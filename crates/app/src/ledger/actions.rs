//! Reading the ledger page by page, and having it checked.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::error::Checker;
use kernel::{Actor, Fault, Id, Instant, Permission, Refusal, Result};
use store::{LedgerFilter, RecordedEntry};

use super::{STREAM, records};
use crate::context::{App, Cx};
use crate::people;

/// Entries on one page.
pub const PAGE: usize = 50;

/// What a view of the ledger is asked for, as its address says it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// One account's acts.
    pub actor: Option<i64>,
    /// One kind of act.
    pub act: Option<String>,
    /// Streams that begin like this.
    pub stream: Option<String>,
    /// From this local day on.
    pub from: Option<Date>,
    /// Up to this local day.
    pub to: Option<Date>,
    /// After the last entry of the page before.
    pub cursor: Option<(Instant, String, i64)>,
}

impl Asked {
    /// Reads name–value pairs; refuses with every wrong one at once.
    pub fn read(pairs: &[(String, String)]) -> Result<Self, Refusal> {
        let mut check = Checker::default();
        let mut asked = Self::default();
        for (name, value) in pairs.iter().map(|(n, v)| (n.as_str(), v.trim())).filter(|(_, v)| !v.is_empty()) {
            match name {
                "actor" => match value.parse() {
                    Ok(id) => asked.actor = Some(id),
                    Err(_) => check.wrong("actor", "bad_format", "经办人请从条目里点选"),
                },
                "act" => asked.act = check.optional_text("act", "动作", Some(value), 60),
                "stream" => asked.stream = check.optional_text("stream", "对象", Some(value), 120),
                "from" => asked.from = date(name, value, &mut check),
                "to" => asked.to = date(name, value, &mut check),
                "cursor" => match cursor(value) {
                    Some(cursor) => asked.cursor = Some(cursor),
                    None => check.wrong("cursor", "bad_format", "翻页标记不对，请从第一页开始"),
                },
                _ => {}
            }
        }
        check.done()?;
        Ok(asked)
    }

    /// The pairs of an address that asks for this, without the page.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("actor", self.actor.map(|id| id.to_string())),
            ("act", self.act.clone()),
            ("stream", self.stream.clone()),
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

fn date(name: &str, value: &str, check: &mut Checker) -> Option<Date> {
    let date = value.parse().ok().filter(|d: &Date| (1990..=2200).contains(&d.year()));
    if date.is_none() {
        check.wrong(name, "bad_format", "日期请写成 2026-03-05 的样子");
    }
    date
}

fn cursor(text: &str) -> Option<(Instant, String, i64)> {
    let mut parts = text.splitn(3, '.');
    let (at, seq) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((Instant(at), parts.next()?.to_owned(), seq))
}

/// The cursor of the page that begins after `entry`.
pub fn cursor_of(entry: &RecordedEntry) -> String {
    format!("{}.{}.{}", entry.at.0, entry.seq, entry.stream)
}

/// One page of the ledger.
pub struct Listed {
    /// The entries, newest first.
    pub entries: Vec<RecordedEntry>,
    /// Whether there are more.
    pub more: bool,
    /// Up to which entry each of their streams is sealed.
    pub sealed: BTreeMap<String, i64>,
    /// The latest seal.
    pub seal: Option<records::Seal>,
    /// The latest check of the whole ledger that was asked for here.
    pub check: Option<RecordedEntry>,
}

/// The newest entries that `asked` asks for.
pub fn list(cx: &mut Cx<'_>, asked: &Asked) -> Result<Listed> {
    people::require(cx.actor, Permission::ReadLedger)?;
    let filter = LedgerFilter {
        actor_id: asked.actor.map(Id),
        act: asked.act.clone(),
        stream_prefix: asked.stream.clone(),
        from: asked.from.map(|day| start(cx, day)),
        until: asked.to.map(|day| start(cx, day.saturating_add(jiff::Span::new().days(1)))),
        before: asked.cursor.clone(),
    };
    let mut entries = cx.tx.ledger_page(&filter, PAGE + 1)?;
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let mut sealed = BTreeMap::new();
    for entry in &entries {
        if !sealed.contains_key(&entry.stream) {
            sealed.insert(entry.stream.clone(), records::sealed_up_to(cx.tx, &entry.stream)?);
        }
    }
    let check = cx.tx.history(STREAM)?.pop();
    Ok(Listed { entries, more, sealed, seal: records::last_seal(cx.tx)?, check })
}

fn start(cx: &Cx<'_>, day: Date) -> Instant {
    day.to_zoned_datetime(cx.app.city().zone.clone()).map_or(Instant(i64::MAX), |zoned| Instant::from(&zoned))
}

/// One stream with its seals.
pub struct Stream {
    /// The entries, oldest first.
    pub entries: Vec<RecordedEntry>,
    /// Up to which entry each seal covers it, the seal's number, when it was made.
    pub seals: Vec<(i64, i64, Instant)>,
}

/// Every entry of one stream.
pub fn stream(cx: &mut Cx<'_>, name: &str) -> Result<Stream> {
    people::require(cx.actor, Permission::ReadLedger)?;
    let entries = cx.tx.history(name)?;
    if entries.is_empty() {
        return Err(Refusal::not_found("台账里没有这个对象").into());
    }
    Ok(Stream { entries, seals: records::seals_of(cx.tx, name)? })
}

/// Checks the whole ledger and records what came out; the sentence says it.
pub async fn check(app: &App, actor: &Actor) -> Result<String> {
    people::require(actor, Permission::ReadLedger)?;
    let store = app.store().clone();
    let checking = tokio::task::spawn_blocking(move || store.verify());
    let report = checking.await.map_err(|error| Fault::new("check the ledger", error))??;
    let said = report.to_string();
    let (words, holds, entries) = (said.clone(), report.holds(), report.entries);
    app.write(actor, move |cx| {
        let fields = vec![("holds", holds.to_string()), ("entries", entries.to_string()), ("report", words.clone())];
        cx.record(STREAM, "check", fields)
    })
    .await?;
    Ok(said)
}
