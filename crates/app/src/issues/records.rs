//! Issues as rows. Decides nothing.

use jiff::civil::Date;
use kernel::{Fault, Id, Instant, PageRequest, Result};
use store::{FromRow, Row, Select, Sql, Tx, args, sql};

use super::rules::issue::{Issue, Member, State, Whole};
use crate::demands::rules::case::Reply;
use crate::demands::rules::vocabulary::Word;

macro_rules! issue_columns {
    () => {
        "i.id, i.number, i.version, i.state, i.name, i.named, i.why, i.coordinator, i.lead_unit, i.reason, i.decided_at, \
         i.aside_size, i.joined_into, i.joined_from, i.created_at"
    };
}

fn word<W: Word>(code: &str) -> Result<W> {
    W::from_code(code).ok_or_else(|| Fault::broken(format!("an issue holds the unknown word {code}")).into())
}

impl FromRow for Issue {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let joined_from = row.get::<Option<String>>(13)?.map(|code| word::<State>(&code)).transpose()?;
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            version: row.get(2)?,
            state: word(&row.get::<String>(3)?)?,
            name: row.get(4)?,
            named: row.get(5)?,
            why: lines(&row.get::<String>(6)?),
            coordinator: row.get(7)?,
            lead_unit: row.get(8)?,
            reason: row.get(9)?,
            decided_at: row.get(10)?,
            aside_size: usize::try_from(row.get::<i64>(11)?).unwrap_or_default(),
            joined: row.get::<Option<Id>>(12)?.zip(joined_from),
            created_at: row.get(14)?,
        })
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

impl FromRow for Member {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            demand: row.get(0)?,
            standing: word(&row.get::<String>(1)?)?,
            likeness: row.get(2)?,
            shared: lines(&row.get::<String>(3)?),
            by_name: row.get(4)?,
            at: row.get(5)?,
            received_at: row.get(6)?,
            came_from: row.get(7)?,
        })
    }
}

/// The issue of a number, whole.
pub fn by_number(tx: &mut Tx, number: &str) -> Result<Option<Whole>> {
    let found =
        tx.opt(sql!(concat!("SELECT ", issue_columns!(), " FROM issue i WHERE i.number = $1")), args![number])?;
    found.map(|issue| whole(tx, issue)).transpose()
}

/// The issue of a row, whole.
pub fn by_id(tx: &mut Tx, id: Id) -> Result<Option<Whole>> {
    let found = tx.opt(sql!(concat!("SELECT ", issue_columns!(), " FROM issue i WHERE i.id = $1")), args![id])?;
    found.map(|issue| whole(tx, issue)).transpose()
}

fn whole(tx: &mut Tx, issue: Issue) -> Result<Whole> {
    let members = tx.all(
        sql!(
            "SELECT demand_id, standing, likeness, shared, by_name, at, received_at, came_from FROM issue_member
             WHERE issue_id = $1 ORDER BY received_at DESC, demand_id DESC"
        ),
        args![issue.id],
    )?;
    Ok(Whole { issue, members })
}

/// Every issue in which a demand may stand.
pub fn open_ids(tx: &mut Tx) -> Result<Vec<Id>> {
    tx.all(sql!("SELECT id FROM issue WHERE state <> 'joined' ORDER BY id"), args![])
}

/// The issue in which a demand stands.
pub fn holder(tx: &mut Tx, demand: Id) -> Result<Option<Whole>> {
    let id: Option<Id> = tx
        .opt(sql!("SELECT issue_id FROM issue_member WHERE demand_id = $1 AND standing <> 'removed'"), args![demand])?;
    id.map_or(Ok(None), |id| by_id(tx, id))
}

/// The next number of a local day's year.
pub fn next_serial(tx: &mut Tx, day: Date) -> Result<i64> {
    tx.one(sql!("SELECT COALESCE(MAX(serial), 0) + 1 FROM issue WHERE in_year = $1"), args![i64::from(day.year())])
}

/// Keeps a new issue with its demands.
pub fn insert(tx: &mut Tx, whole: &Whole, (day, serial): (Date, i64)) -> Result<()> {
    let issue = &whole.issue;
    tx.run(
        sql!(
            "INSERT INTO issue (id, number, in_year, serial, version, state, state_rank, name, named, why, aside_size,
                created_at, size, last_at)
             VALUES ($1, $2, $3, $4, $5, $6, 0, $7, FALSE, '', 0, $8, 0, 0)"
        ),
        args![
            issue.id,
            &issue.number,
            i64::from(day.year()),
            serial,
            issue.version,
            issue.state.code(),
            &issue.name,
            issue.created_at
        ],
    )?;
    let nothing = Whole { issue: issue.clone(), members: Vec::new() };
    update(tx, whole, &nothing).map(drop)
}

/// Keeps what changed since `before`, if nobody was first: false means that the stored version is another.
pub fn update(tx: &mut Tx, whole: &Whole, before: &Whole) -> Result<bool> {
    let issue = &whole.issue;
    let changed = tx.run(
        sql!(
            "UPDATE issue SET version = $1, state = $2, state_rank = $3, name = $4, named = $5, why = $6, coordinator = $7,
                lead_unit = $8, reason = $9, decided_at = $10, aside_size = $11, joined_into = $12, joined_from = $13,
                size = $14, last_at = $15
             WHERE id = $16 AND version = $17"
        ),
        args![
            issue.version,
            issue.state.code(),
            issue.state.rank(),
            &issue.name,
            issue.named,
            issue.why.join("\n"),
            &issue.coordinator,
            &issue.lead_unit,
            &issue.reason,
            issue.decided_at,
            issue.aside_size,
            issue.joined.map(|(into, _)| into),
            issue.joined.map(|(_, from)| from.code()),
            whole.size(),
            whole.last_at(),
            issue.id,
            before.issue.version,
        ],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    for gone in before.members.iter().filter(|old| !whole.members.iter().any(|new| new.demand == old.demand)) {
        tx.run(sql!("DELETE FROM issue_member WHERE issue_id = $1 AND demand_id = $2"), args![issue.id, gone.demand])?;
    }
    for member in whole.members.iter().filter(|member| !before.members.contains(member)) {
        save_member(tx, issue.id, member)?;
    }
    Ok(true)
}

fn save_member(tx: &mut Tx, issue: Id, member: &Member) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO issue_member (issue_id, demand_id, standing, likeness, shared, by_name, at, received_at, came_from)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (issue_id, demand_id) DO UPDATE SET standing = excluded.standing, likeness = excluded.likeness,
                shared = excluded.shared, by_name = excluded.by_name, at = excluded.at, came_from = excluded.came_from"
        ),
        args![
            issue,
            member.demand,
            member.standing.code(),
            member.likeness,
            member.shared.join("\n"),
            &member.by_name,
            member.at,
            member.received_at,
            member.came_from,
        ],
    )
    .map(drop)
}

/// An issue as one row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The issue.
    pub issue: Issue,
    /// The demands that stand in it.
    pub size: i64,
    /// When the latest of them was received.
    pub last_at: Instant,
    /// Those received since the instant that was asked for.
    pub recent: i64,
    /// Those that the program put in and nobody has looked at.
    pub proposed: i64,
    /// The firms among them.
    pub firms: i64,
}

impl FromRow for Line {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            issue: Issue::from_row(row)?,
            size: row.get(15)?,
            last_at: row.get(16)?,
            recent: row.get(17)?,
            proposed: row.get(18)?,
            firms: row.get(19)?,
        })
    }
}

const LINES: Sql = sql!(concat!(
    "SELECT ",
    issue_columns!(),
    ", i.size, i.last_at,
        (SELECT COUNT(*) FROM issue_member m WHERE m.issue_id = i.id AND m.standing <> 'removed' AND m.received_at >= $1),
        (SELECT COUNT(*) FROM issue_member m WHERE m.issue_id = i.id AND m.standing = 'proposed'),
        (SELECT COUNT(DISTINCT d.enterprise_id) FROM issue_member m JOIN demand d ON d.id = m.demand_id
         WHERE m.issue_id = i.id AND m.standing <> 'removed')
     FROM issue i"
));

/// Which issues are listed, and in which order.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// In one of these states; empty is all.
    pub states: Vec<State>,
    /// Among these rows, where the asker sees only some.
    pub among: Option<Vec<i64>>,
    /// Words of the name.
    pub q: Option<String>,
    /// The latest first, instead of those that wait and the largest.
    pub latest: bool,
}

/// One page of issues; `since` is from when demands count as recent.
pub fn list(
    tx: &mut Tx,
    wanted: &Wanted,
    since: Instant,
    page: &PageRequest,
    after: Option<[i64; 3]>,
) -> Result<Vec<Line>> {
    let mut select = Select::new(LINES).with(since);
    if !wanted.states.is_empty() {
        select = select.and_in("i.state IN (", wanted.states.iter().map(|state| state.code()));
    }
    if let Some(among) = &wanted.among {
        select = select.and_in("i.id IN (", among.iter().copied());
    }
    if let Some(q) = &wanted.q {
        let pattern = format!("%{}%", q.replace(['%', '_', '\\'], ""));
        select = select.and("i.name LIKE ? OR i.number LIKE ?", (pattern.clone(), pattern.to_ascii_uppercase()));
    }
    select = match (wanted.latest, after) {
        (true, Some([_, at, id])) => select.and("(-i.last_at, -i.id) > (?, ?)", (at, id)),
        (false, Some([rank, size, id])) => {
            select.and("(i.state_rank, -i.size, -i.id) > (?, ?, ?)", args![rank, size, id])
        }
        (_, None) => select,
    };
    let order = if wanted.latest { "-i.last_at, -i.id" } else { "i.state_rank, -i.size, -i.id" };
    tx.select(&select.order(order).limit(page.limit + 1))
}

/// The keyset of a line, as its order has it.
pub fn key(line: &Line, latest: bool) -> [i64; 3] {
    let id = -line.issue.id.0;
    if latest { [0, -line.last_at.0, id] } else { [line.issue.state.rank(), -line.size, id] }
}

/// How many issues there are in each state.
pub fn counts(tx: &mut Tx, among: Option<&[i64]>) -> Result<Vec<(String, i64)>> {
    let select = Select::new(sql!("SELECT MIN(i.state), COUNT(*) FROM issue i"));
    let select = match among {
        Some(among) => select.and_in("i.id IN (", among.iter().copied()),
        None => select,
    };
    tx.select(&select.group("i.state").order("i.state"))
}

/// How many candidates wait.
pub fn waiting(tx: &mut Tx) -> Result<i64> {
    tx.one(sql!("SELECT COUNT(*) FROM issue WHERE state = 'candidate'"), args![])
}

/// The issues of these demands, among which a list is narrowed to what somebody sees.
pub const SEEN: Sql = sql!(
    "SELECT DISTINCT m.issue_id FROM demand d JOIN issue_member m ON m.demand_id = d.id AND m.standing <> 'removed'"
);

/// The issues whose answer a unit may write, by row.
pub fn led_by(tx: &mut Tx, unit: &str, most: usize) -> Result<Vec<i64>> {
    tx.all(sql!("SELECT id FROM issue WHERE lead_unit = $1 ORDER BY id DESC LIMIT $2"), args![unit, most])
}

/// Whose voices an issue holds: firms, lead units, and those that were joined to its demands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Firms.
    pub firms: i64,
    /// Lead units.
    pub units: i64,
    /// Demands that were joined to its demands and do not stand in it themselves.
    pub joined: i64,
    /// Demands that have not ended.
    pub open: i64,
}

/// Counts the voices of an issue.
pub fn reach(tx: &mut Tx, issue: Id) -> Result<Reach> {
    let (firms, units, open) = tx.one(
        sql!(
            "SELECT COUNT(DISTINCT d.enterprise_id), COUNT(DISTINCT d.lead_unit),
                COUNT(CASE WHEN d.status IN ('received', 'triaged', 'assigned', 'in_progress', 'replied') THEN 1 END)
             FROM issue_member m JOIN demand d ON d.id = m.demand_id WHERE m.issue_id = $1 AND m.standing <> 'removed'"
        ),
        args![issue],
    )?;
    let joined = tx.one(
        sql!(
            "SELECT COUNT(*) FROM issue_member m JOIN demand d ON d.merged_into = m.demand_id
             WHERE m.issue_id = $1 AND m.standing <> 'removed' AND d.id NOT IN
                (SELECT o.demand_id FROM issue_member o WHERE o.issue_id = $1 AND o.standing <> 'removed')"
        ),
        args![issue],
    )?;
    Ok(Reach { firms, units, joined, open })
}

/// An answer for all demands of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The row.
    pub id: Id,
    /// What is said.
    pub reply: Reply,
    /// The unit of whoever wrote it.
    pub unit: Option<String>,
    /// Who wrote it.
    pub by_name: String,
    /// When.
    pub at: Instant,
}

impl FromRow for Answer {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let reply = Reply { policy_reading: row.get(1)?, measures: row.get(2)?, opinion: row.get(3)? };
        Ok(Self { id: row.get(0)?, reply, unit: row.get(4)?, by_name: row.get(5)?, at: row.get(6)? })
    }
}

/// The answers of an issue, the latest first.
pub fn answers(tx: &mut Tx, issue: Id) -> Result<Vec<Answer>> {
    tx.all(
        sql!(
            "SELECT id, policy_reading, measures, opinion, unit, by_name, at FROM issue_answer
             WHERE issue_id = $1 ORDER BY id DESC"
        ),
        args![issue],
    )
}

/// Keeps an answer.
pub fn insert_answer(tx: &mut Tx, issue: Id, answer: &Answer) -> Result<()> {
    let Answer { id, reply, unit, by_name, at } = answer;
    tx.run(
        sql!(
            "INSERT INTO issue_answer (id, issue_id, policy_reading, measures, opinion, unit, by_name, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ),
        args![id, issue, &reply.policy_reading, &reply.measures, &reply.opinion, unit, by_name, at],
    )
    .map(drop)
}

/// Notes that an answer was sent to a demand.
pub fn reached(tx: &mut Tx, answer: Id, demand: Id, by_name: &str, at: Instant) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO issue_reach (answer_id, demand_id, by_name, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (answer_id, demand_id) DO NOTHING"
        ),
        args![answer, demand, by_name, at],
    )
    .map(drop)
}

/// The demands that answers of an issue were sent to, with who sent them and when.
pub fn reached_by(tx: &mut Tx, issue: Id) -> Result<Vec<(Id, String, Instant)>> {
    tx.all(
        sql!(
            "SELECT r.demand_id, r.by_name, r.at FROM issue_reach r JOIN issue_answer a ON a.id = r.answer_id
             WHERE a.issue_id = $1 ORDER BY r.at"
        ),
        args![issue],
    )
}
