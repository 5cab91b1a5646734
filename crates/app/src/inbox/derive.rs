//! From what happened to whom it concerns: the ledger's new entries, clocks that ran out, absences that nobody covers.

use std::collections::{HashMap, HashSet};

use kernel::{Actor, Id, Instant, Result};
use store::RecordedEntry;

use super::records;
use super::rules::{self, Item, Of, Whom};
use crate::absences::{self, Limits};
use crate::city::ReminderKind;
use crate::context::{App, Cx};
use crate::demands::actions::attention::Running;
use crate::demands::actions::listing::Summary;
use crate::demands::actions::{attention, recomputing, succeeding};
use crate::demands::rules::fields::Task;
use crate::demands::rules::moves::Move;
use crate::people::{self, Colleague};

/// A first look goes back so far.
const FIRST_SECONDS: i64 = 3 * 86_400;
/// An act that began before the last look may have been committed after it.
const OVERLAP_SECONDS: i64 = 120;
/// Entries that are read at once.
const MOST: usize = 5000;

/// Derives what is new since the last time.
pub fn new_facts(app: &App) -> Result<()> {
    while app.write_now(&Actor::system(), |cx| {
        let more = from_ledger(cx)?;
        overdue(cx)?;
        gaps(cx)?;
        Ok(more)
    })? {}
    Ok(())
}

/// Everybody who may be meant, and who acts for whom.
struct Staff {
    colleagues: Vec<Colleague>,
    standing: Vec<(Id, Id, Limits)>,
}

impl Staff {
    fn read(cx: &mut Cx<'_>) -> Result<Self> {
        Ok(Self { colleagues: people::colleagues(cx)?, standing: absences::pairs(cx)? })
    }

    fn unit_of(&self, account: Option<Id>) -> Option<&str> {
        self.colleagues.iter().find(|c| Some(c.id) == account)?.unit.as_deref()
    }

    /// The accounts that a fact about `demand` concerns, with the absent one for whom it came; not who did it.
    fn meant(&self, whom: &[Whom], unit: Option<&str>, demand: &Summary, but: Option<Id>) -> Vec<(Id, Option<String>)> {
        let mut found: Vec<(Id, Option<String>)> = Vec::new();
        let own = |c: &&Colleague| whom.iter().any(|w| rules::meant(*w, unit, demand.route, c)) && Some(c.id) != but;
        found.extend(self.colleagues.iter().filter(own).map(|c| (c.id, None)));
        let (theme, route) = (demand.theme.as_deref(), demand.route.map(|route| route.code()));
        let reached: HashSet<Id> = found.iter().map(|(id, _)| *id).collect();
        for (absent, acting, limits) in &self.standing {
            let absent = self.colleagues.iter().find(|c| c.id == *absent && reached.contains(&c.id));
            let new = !found.iter().any(|(id, _)| id == acting) && Some(*acting) != but;
            if let (Some(absent), true) = (absent, new && limits.cover(theme, route)) {
                found.push((*acting, Some(absent.name.clone())));
            }
        }
        found
    }
}

/// A fact before it is known whom it concerns.
struct Fact<'a> {
    key: String,
    kind: ReminderKind,
    whom: &'a [Whom],
    unit: Option<&'a str>,
    demand: &'a Summary,
    at: Instant,
    due_at: Option<Instant>,
    by: Option<Id>,
}

fn keep(cx: &mut Cx<'_>, staff: &Staff, fact: &Fact<'_>) -> Result<()> {
    for (account, for_name) in staff.meant(fact.whom, fact.unit, fact.demand, fact.by) {
        let item = Item {
            id: cx.tx.next_id(),
            account,
            key: fact.key.clone(),
            kind: fact.kind,
            subject: fact.demand.number.clone(),
            title: fact.demand.title.clone(),
            urgent: fact.demand.urgent,
            for_name,
            at: fact.at,
            due_at: fact.due_at,
            told_at: None,
            read_at: None,
            settled_at: None,
        };
        records::insert(cx.tx, &item)?;
    }
    Ok(())
}

fn followed() -> Vec<&'static str> {
    let others = ["rate", "withdraw_by_submitter", "record_absence", recomputing::ACT, succeeding::ACT];
    Move::ALL.into_iter().map(Move::code).chain(others).collect()
}

/// Whether there is more to read.
fn from_ledger(cx: &mut Cx<'_>) -> Result<bool> {
    let since = looked_at(cx, "ledger")?;
    let entries = cx.tx.ledger_between((since.plus_seconds(-OVERLAP_SECONDS), cx.now), &followed(), MOST)?;
    let more = entries.len() == MOST;
    let reached = if more { entries.last().map_or(cx.now, |entry| entry.at) } else { cx.now };
    // Entries of one instant beyond counting would be read for ever; then the next ones are better than none.
    let reached = if reached <= since { cx.now } else { reached };
    records::set_mark(cx.tx, "ledger", &reached.0.to_string())?;
    if entries.is_empty() {
        return Ok(false);
    }
    let mut numbers: Vec<String> = entries.iter().filter_map(number).map(str::to_owned).collect();
    numbers.sort();
    numbers.dedup();
    let demands = attention::by_numbers(cx, &numbers)?;
    let by_number: HashMap<&str, &Summary> = demands.iter().map(|d| (d.number.as_str(), d)).collect();
    let staff = Staff::read(cx)?;
    for entry in &entries {
        match number(entry).and_then(|number| by_number.get(number)) {
            Some(demand) => of_demand(cx, &staff, entry, demand)?,
            None => of_absence(cx, entry)?,
        }
    }
    settle(cx, &numbers, &by_number)?;
    Ok(more)
}

fn number(entry: &RecordedEntry) -> Option<&str> {
    entry.stream.strip_prefix("demand:")
}

fn of_demand(cx: &mut Cx<'_>, staff: &Staff, entry: &RecordedEntry, demand: &Summary) -> Result<()> {
    for (kind, whom, of) in rules::of_act(&entry.act, entry.value("grade")) {
        for unit in units(cx, staff, entry, demand, *of)? {
            let fact = Fact {
                key: format!("{}:{}:{}", entry.stream, entry.seq, kind.code()),
                kind: *kind,
                whom,
                unit: unit.as_deref(),
                demand,
                at: entry.at,
                due_at: None,
                by: entry.actor_id,
            };
            keep(cx, staff, &fact)?;
        }
    }
    answered(cx, staff, entry)
}

/// The units that are meant; where the act names none, nobody's.
fn units(
    cx: &mut Cx<'_>,
    staff: &Staff,
    entry: &RecordedEntry,
    demand: &Summary,
    of: Of,
) -> Result<Vec<Option<String>>> {
    Ok(match of {
        Of::Lead => vec![demand.lead_unit.clone()],
        Of::Field(name) => {
            entry.value(name).into_iter().flat_map(|list| list.split(',')).map(|unit| Some(unit.to_owned())).collect()
        }
        Of::Tasks => {
            let tasks: Vec<Task> =
                entry.value("tasks").and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
            tasks.into_iter().map(|task| Some(task.unit)).collect()
        }
        Of::Asker(make) => {
            let history = cx.tx.history(&entry.stream)?;
            let asked = history.iter().rev().find(|e| e.seq < entry.seq && e.act == make.code());
            asked.map(|e| staff.unit_of(e.actor_id).map(str::to_owned)).into_iter().collect()
        }
    })
}

/// What was asked has been answered, and reminds nobody any more.
fn answered(cx: &mut Cx<'_>, staff: &Staff, entry: &RecordedEntry) -> Result<()> {
    let (Some((kind, own)), Some(number)) = (rules::answered_by(&entry.act), number(entry)) else { return Ok(()) };
    let unit = staff.unit_of(entry.actor_id);
    for item in records::unsettled(cx.tx, &[number.to_owned()])? {
        let concerned = !own || unit.is_some() && staff.unit_of(Some(item.account)) == unit;
        if item.kind == kind && item.at <= entry.at && concerned {
            records::settle(cx.tx, item.id, cx.now)?;
        }
    }
    Ok(())
}

/// Whoever is to stand in learns of it before it begins.
fn of_absence(cx: &mut Cx<'_>, entry: &RecordedEntry) -> Result<()> {
    let Some(id) = entry.value("id").and_then(|id| id.parse().ok()).map(Id) else { return Ok(()) };
    let Some(absence) = absences::by_id(cx, id)? else { return Ok(()) };
    let Some(account) = absence.substitute.filter(|who| entry.actor_id != Some(*who)) else { return Ok(()) };
    let zone = &cx.app.city().zone;
    let (from, last) = (absence.from_at.in_zone(zone), Instant(absence.until_at.0 - 1).in_zone(zone));
    let span = format!("{} 月 {} 日至 {} 月 {} 日", from.month(), from.day(), last.month(), last.day());
    let title = format!("{}{span}不在，请您代办", absence.account_name);
    let item = about_absence(cx, account, (id, ReminderKind::StandIn), format!("stand_in:{id}"), title, entry.at);
    records::insert(cx.tx, &item).map(drop)
}

fn about_absence(
    cx: &mut Cx<'_>,
    account: Id,
    (absence, kind): (Id, ReminderKind),
    key: String,
    title: String,
    at: Instant,
) -> Item {
    Item {
        id: cx.tx.next_id(),
        account,
        key,
        kind,
        subject: format!("absence:{absence}"),
        title,
        urgent: false,
        for_name: None,
        at,
        due_at: None,
        told_at: None,
        read_at: None,
        settled_at: None,
    }
}

fn settle(cx: &mut Cx<'_>, numbers: &[String], by_number: &HashMap<&str, &Summary>) -> Result<()> {
    for some in numbers.chunks(500) {
        let running = attention::running(cx, some)?;
        for item in records::unsettled(cx.tx, some)? {
            if by_number.get(item.subject.as_str()).is_some_and(|demand| rules::settled(&item, demand, &running)) {
                records::settle(cx.tx, item.id, cx.now)?;
            }
        }
    }
    Ok(())
}

/// What ran out since the last look.
fn overdue(cx: &mut Cx<'_>) -> Result<()> {
    let since = looked_at(cx, "overdue")?;
    records::set_mark(cx.tx, "overdue", &cx.now.0.to_string())?;
    let clocks = attention::due_within(cx, (since, cx.now))?;
    of_clocks(cx, &clocks, ReminderKind::Overdue)
}

/// What runs out soon: looked at once a day, before the digests.
pub fn due_soon(cx: &mut Cx<'_>) -> Result<()> {
    let until = rules::due_soon_until(cx.now, &cx.app.calendar(), &cx.app.city().clocks.digest);
    let clocks = attention::due_within(cx, (cx.now, until))?;
    of_clocks(cx, &clocks, ReminderKind::DueSoon)
}

fn of_clocks(cx: &mut Cx<'_>, clocks: &[Running], kind: ReminderKind) -> Result<()> {
    if clocks.is_empty() {
        return Ok(());
    }
    let staff = Staff::read(cx)?;
    let mut numbers: Vec<String> = clocks.iter().map(|clock| clock.number.clone()).collect();
    numbers.sort();
    numbers.dedup();
    let demands = attention::by_numbers(cx, &numbers)?;
    let by_number: HashMap<&str, &Summary> = demands.iter().map(|d| (d.number.as_str(), d)).collect();
    for clock in clocks {
        let Some(demand) = by_number.get(clock.number.as_str()) else { continue };
        let fact = Fact {
            key: format!("{}:{}:{}:{}", kind.code(), clock.number, clock.clock.code(), clock.due_at.0),
            kind,
            whom: if clock.unit.is_some() { &[Whom::Unit] } else { &[Whom::Dispatchers] },
            unit: clock.unit.as_deref(),
            demand,
            at: if kind == ReminderKind::Overdue { clock.due_at } else { cx.now },
            due_at: Some(clock.due_at),
            by: None,
        };
        keep(cx, &staff, &fact)?;
    }
    Ok(())
}

/// Somebody is away and nobody acts: the head of the unit hears of it, and where there is none, the coordinators.
fn gaps(cx: &mut Cx<'_>) -> Result<()> {
    let gaps = absences::uncovered(cx)?;
    let mut standing = HashSet::new();
    if !gaps.is_empty() {
        let away: HashSet<Id> = absences::away(cx)?.iter().map(|absence| absence.account).collect();
        let mut present = people::colleagues(cx)?;
        present.retain(|colleague| !away.contains(&colleague.id));
        for gap in gaps {
            let absence = &gap.absence;
            let unit = absence.unit.as_deref();
            let of = |whom: Whom| present.iter().filter(move |c| rules::meant(whom, unit, None, c)).map(|c| c.id);
            let heads: Vec<Id> = of(Whom::Heads).collect();
            let told = if heads.is_empty() { of(Whom::Dispatchers).collect() } else { heads };
            let key = format!("nobody_acts:{}:{}", absence.id, gap.through.join("→"));
            let beyond =
                if gap.through.is_empty() { String::new() } else { format!("，{}也不在", gap.through.join("、")) };
            let title = format!("{}不在{beyond}，没有人代办", absence.account_name);
            for account in told {
                let known = (absence.id, ReminderKind::NobodyActs);
                let item = about_absence(cx, account, known, key.clone(), title.clone(), cx.now);
                records::insert(cx.tx, &item)?;
            }
            standing.insert(key);
        }
    }
    for item in records::unsettled_of(cx.tx, ReminderKind::NobodyActs)? {
        if !standing.contains(&item.key) {
            records::settle(cx.tx, item.id, cx.now)?;
        }
    }
    Ok(())
}

fn looked_at(cx: &mut Cx<'_>, name: &str) -> Result<Instant> {
    let mark = records::mark(cx.tx, name)?.and_then(|text| text.parse().ok()).map(Instant);
    Ok(mark.unwrap_or_else(|| cx.now.plus_seconds(-FIRST_SECONDS)))
}
