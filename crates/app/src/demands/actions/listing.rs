//! Lists of demands, within the asker's sight: filtered, searched, counted, and the three lists as of any date.

use jiff::civil::Date;
use kernel::{Error, Id, Instant, Page, PageRequest, Permission, Refusal, Result};
use serde::Serialize;
use store::{FromRow, Row, Select, sql};
use text::Piece;

use super::searching;
use crate::context::Cx;
use crate::demands::rules::filter::{Filter, Sort};
use crate::demands::rules::vocabulary::{Audience, ClockName, DemandKind, Route, Status, Tier, Waiting};
use crate::demands::{records, sight};
use crate::people;

/// A demand as one row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The row.
    pub id: Id,
    /// The number.
    pub number: String,
    /// The version, for acts straight from a list.
    pub version: i64,
    /// The title.
    pub title: String,
    /// The entrance.
    pub audience: Audience,
    /// The channel's code.
    pub channel: String,
    /// The firm.
    pub enterprise_name: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// The list it stands in.
    pub kind: Option<DemandKind>,
    /// The theme's code.
    pub theme: Option<String>,
    /// The tier.
    pub tier: Option<Tier>,
    /// The route.
    pub route: Option<Route>,
    /// 紧急
    pub urgent: bool,
    /// The lead unit's code.
    pub lead_unit: Option<String>,
    /// When it was received.
    pub received_at: Instant,
    /// When its present holder got it.
    pub held_since: Instant,
    /// When the next clock is due.
    pub due_at: Option<Instant>,
    /// Which clock that is.
    pub due_clock: Option<ClockName>,
    /// Where the words that were searched for stand.
    pub snippet: Vec<Piece>,
}

impl FromRow for Summary {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            version: row.get(2)?,
            title: row.get(3)?,
            audience: records::word(row, 4)?,
            channel: row.get(5)?,
            enterprise_name: row.get(6)?,
            status: records::word(row, 7)?,
            kind: records::optional_word(row, 8)?,
            theme: row.get(9)?,
            tier: records::optional_word(row, 10)?,
            route: records::optional_word(row, 11)?,
            urgent: row.get(12)?,
            lead_unit: row.get(13)?,
            received_at: row.get(14)?,
            held_since: row.get(15)?,
            due_at: row.get(16)?,
            due_clock: records::optional_word(row, 17)?,
            snippet: Vec::new(),
        })
    }
}

/// A count that stops at [`Count::MOST`], because nobody reads a list that long and no page should wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many, at most [`Count::MOST`].
    pub n: usize,
    /// Whether there are more.
    pub more: bool,
}

impl Count {
    /// Where counting stops.
    pub const MOST: usize = 10_000;
}

pub(super) const SUMMARIES: store::Sql = sql!(
    "SELECT d.id, d.number, d.version, d.title, d.audience, d.channel, d.enterprise_name, d.status, d.kind, d.theme, d.tier,
        d.route, d.urgent, d.lead_unit, d.received_at, d.held_since, d.due_at, d.due_clock FROM demand d"
);

/// One page of the demands that `filter` asks for and the actor sees.
pub fn list(cx: &mut Cx<'_>, filter: &Filter, page: &PageRequest) -> Result<Page<Summary>> {
    if filter.q.is_some() {
        return searching::search(cx, filter, page);
    }
    let select = narrowed(cx, SUMMARIES, filter);
    let select = match (filter.sort, cursor(page)?) {
        (Sort::Usual | Sort::Received, None) => select.order("d.received_at DESC, d.id DESC"),
        (Sort::Usual | Sort::Received, Some(after)) => {
            select.and("(d.received_at, d.id) < (?, ?)", after).order("d.received_at DESC, d.id DESC")
        }
        (Sort::Oldest, None) => select.order("d.received_at, d.id"),
        (Sort::Oldest, Some(after)) => select.and("(d.received_at, d.id) > (?, ?)", after).order("d.received_at, d.id"),
        (Sort::Due, None) => select.order("d.due_at, d.id"),
        (Sort::Due, Some(after)) => select.and("(d.due_at, d.id) > (?, ?)", after).order("d.due_at, d.id"),
    };
    let items: Vec<Summary> = cx.tx.select(&select.limit(page.limit + 1))?;
    Ok(cut(items, page.limit, |row| match filter.sort {
        Sort::Due => (row.due_at.unwrap_or_default().0, row.id.0),
        _ => (row.received_at.0, row.id.0),
    }))
}

/// The demands of these rows that the actor sees, in no order.
pub fn of_ids(cx: &mut Cx<'_>, ids: &[Id]) -> Result<Vec<Summary>> {
    let mut found = Vec::new();
    for some in ids.chunks(500) {
        found.extend(cx.tx.select(&sight::narrow(Select::new(SUMMARIES), cx.actor).and_in("d.id IN (", some))?);
    }
    Ok(found)
}

/// How many demands `filter` asks for that the actor sees. Where words are sought these are candidates of the index.
pub fn count(cx: &mut Cx<'_>, filter: &Filter) -> Result<Count> {
    let mut n = 0;
    for search in searching::counted(cx, filter) {
        let select = narrowed(cx, sql!("SELECT d.id FROM demand d"), filter);
        let select = search.iter().fold(select, |select, search| search.narrow(select));
        n += cx.tx.count(&select.limit(Count::MOST + 1 - n))?;
        if n > Count::MOST {
            break;
        }
    }
    Ok(Count { n: n.min(Count::MOST), more: n > Count::MOST })
}

/// Whether nobody has said anything yet.
pub fn is_empty(cx: &mut Cx<'_>) -> Result<bool> {
    let any: Vec<i64> = cx.tx.select(&Select::new(sql!("SELECT d.id FROM demand d")).limit(1))?;
    Ok(any.is_empty())
}

/// How the three lists stood at the end of a local day: kind, status, and how many.
pub fn census(cx: &mut Cx<'_>, day: Date) -> Result<Vec<(Option<DemandKind>, Status, i64)>> {
    sees_the_whole_city(cx)?;
    let at = end_of(cx, day);
    let rows = records::census(cx.tx, at)?;
    Ok(rows.into_iter().map(|(kind, status, n)| (kind.as_deref().and_then(DemandKind::from_code), status, n)).collect())
}

/// Which part of the three lists is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lot {
    /// One list; `Some(None)` is what has not been put into any yet, `None` is everything.
    pub kind: Option<Option<DemandKind>>,
    /// Any of these statuses; empty is all.
    pub statuses: Vec<Status>,
}

/// The demands that stood in a list at the end of a local day, latest received first.
pub fn as_of(cx: &mut Cx<'_>, day: Date, lot: &Lot, page: &PageRequest) -> Result<Page<Summary>> {
    sees_the_whole_city(cx)?;
    let at = end_of(cx, day);
    // The phase's own status and kind: how it stood then, not how it stands now.
    let base = sql!(
        "SELECT d.id, d.number, d.version, d.title, d.audience, d.channel, d.enterprise_name, p.status, p.kind, d.theme,
            d.tier, d.route, d.urgent, p.lead_unit, d.received_at, d.held_since, d.due_at, d.due_clock
         FROM demand_phase p JOIN demand d ON d.id = p.demand_id"
    );
    let mut select = Select::new(base).and("p.from_at <= ? AND p.until_at > ?", (at, at));
    select = match lot.kind {
        Some(Some(kind)) => select.and("p.kind = ?", kind.code()),
        Some(None) => select.and("p.kind IS NULL", ()),
        None => select,
    };
    if !lot.statuses.is_empty() {
        select = select.and_in("p.status IN (", lot.statuses.iter().map(|status| status.code()));
    }
    if let Some(after) = cursor(page)? {
        select = select.and("(d.received_at, d.id) < (?, ?)", after);
    }
    let items: Vec<Summary> = cx.tx.select(&select.order("d.received_at DESC, d.id DESC").limit(page.limit + 1))?;
    Ok(cut(items, page.limit, |row| (row.received_at.0, row.id.0)))
}

/// Who stands in for another in part of their work has no figures of the whole.
fn sees_the_whole_city(cx: &Cx<'_>) -> Result<(), Refusal> {
    crate::people::require(cx.actor, kernel::Permission::SeeAll)?;
    let limited = |absent: &kernel::StandIn| !absent.themes.is_empty() || !absent.routes.is_empty();
    if cx.actor.standing_in_for.as_deref().is_some_and(limited) {
        return Err(Refusal::forbidden("只代一部分事的时候，看不到全市的清单；换回本人或者代全部事才可以"));
    }
    Ok(())
}

/// The last instant of a local day.
fn end_of(cx: &Cx<'_>, day: Date) -> Instant {
    Instant(start_of(cx, day.saturating_add(jiff::Span::new().days(1))).0 - 1)
}

fn start_of(cx: &Cx<'_>, day: Date) -> Instant {
    day.to_zoned_datetime(cx.app.city().zone.clone()).map_or(Instant(i64::MAX), |zoned| Instant::from(&zoned))
}

/// Every text of a demand that is searched: title, words, firm, number, replies.
pub fn texts(cx: &mut Cx<'_>, id: Id) -> Result<Vec<String>> {
    let Some(demand) = records::by_id(cx.tx, id)? else { return Ok(Vec::new()) };
    let mut texts = vec![demand.said.title, demand.said.text];
    for reply in records::replies(cx.tx, id)? {
        texts.push([reply.what.policy_reading, reply.what.measures, reply.what.opinion].join("\n"));
    }
    texts.extend(demand.said.enterprise_name);
    texts.push(demand.number);
    Ok(texts)
}

/// `base` narrowed to what `filter` asks for, its words aside, and the actor sees.
pub(super) fn narrowed(cx: &Cx<'_>, base: store::Sql, filter: &Filter) -> Select {
    let mut select = sight::narrow(Select::new(base), cx.actor)
        .and_some("d.lead_unit = ?", filter.unit.as_ref())
        .and_some("d.theme = ?", filter.theme.as_ref())
        .and_some("d.channel = ?", filter.channel.as_ref())
        .and_some("d.tier = ?", filter.tier.map(|w| w.code()))
        .and_some("d.route = ?", filter.route.map(|w| w.code()))
        .and_some("d.kind = ?", filter.kind.map(|w| w.code()))
        .and_some("d.audience = ?", filter.audience.map(|w| w.code()))
        .and_some("d.enterprise_id = ?", filter.enterprise)
        .and_some("d.received_at >= ?", filter.from.map(|day| start_of(cx, day)))
        .and_some("d.received_at <= ?", filter.to.map(|day| end_of(cx, day)));
    if let Some(issue) = &filter.issue {
        select = select.and("d.id IN (SELECT demand_id FROM demand_issue WHERE issue = ?)", issue);
    }
    if let Some(mode) = filter.mode {
        let channels = cx.app.city().channels.all().iter().filter(|channel| mode.covers(channel));
        select = select.and_in("d.channel IN (", channels.map(|channel| channel.code.as_str()));
    }
    if !filter.statuses.is_empty() {
        select = select.and_in("d.status IN (", filter.statuses.iter().map(|s| s.code()));
    }
    // Here and not in the order, so that a count is the length of its list.
    if filter.sort == Sort::Due {
        select = select.and("d.due_at IS NOT NULL", ());
    }
    if let Some(waiting) = filter.waiting {
        select = waits_for(cx, select, waiting);
    }
    if filter.overdue {
        select = select.and("d.due_at IS NOT NULL AND d.due_at < ?", cx.now);
    }
    if filter.due_today {
        select =
            select.and("d.due_at IS NOT NULL AND d.due_at >= ? AND d.due_at <= ?", (cx.now, end_of(cx, cx.today())));
    }
    select
}

/// Narrows a list to what waits for something; each condition rests on an index that holds only what waits.
fn waits_for(cx: &Cx<'_>, select: Select, waiting: Waiting) -> Select {
    match waiting {
        Waiting::Ruling => {
            let select = select.and("d.id IN (SELECT demand_id FROM demand_request WHERE ruled_at IS NULL)", ());
            // A leader rules only where a leader decides.
            let leader = people::may(cx.actor, Permission::Instruct) && !people::may(cx.actor, Permission::Dispatch);
            if leader { select.and("d.route IN ('leader', 'special')", ()) } else { select }
        }
        Waiting::Instruction => select.and("d.status = 'triaged' AND d.route IN ('leader', 'special')", ()),
        Waiting::Opinion => select.and(
            "d.id IN (SELECT demand_id FROM demand_part WHERE unit = ? AND answered_at IS NULL AND released_at IS NULL)",
            cx.actor.unit.as_deref().unwrap_or_default(),
        ),
        Waiting::Review => select.and(
            "d.id IN (SELECT demand_id FROM demand_clock WHERE name = 'review' AND stopped_at IS NULL AND due_at <= ?)",
            cx.now,
        ),
        Waiting::Resumption => select.and("d.id IN (SELECT demand_id FROM demand_clock WHERE paused_at IS NOT NULL)", ())
            .and("d.status <> 'merged'", ()),
    }
}

/// The place after which a page begins.
pub(super) fn cursor(page: &PageRequest) -> Result<Option<(i64, i64)>> {
    let Some(text) = &page.cursor else { return Ok(None) };
    let parts = text.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    parts.map(Some).ok_or_else(|| Error::from(Refusal::field("cursor", "bad_format", "翻页标记不对，请从第一页开始")))
}

fn cut(mut items: Vec<Summary>, limit: usize, key: impl Fn(&Summary) -> (i64, i64)) -> Page<Summary> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(key).map(|(a, b)| format!("{a}.{b}"));
    Page { items, next }
}
