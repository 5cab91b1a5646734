//! The program looks for common issues: demands that it has not seen are added to the clusters that it keeps, and what
//! follows from the groups is written as proposals. The clusters are loaded for that and dropped again, so that a server
//! at rest holds nothing; they rest in the database, where whichever server looks next finds them.

use std::collections::BTreeMap;

use kernel::{Actor, Error, Fault, Id, Instant, Result};
use text::clusters::{Clusters, Note};

use super::acting::number_of;
use super::neighbours::sketches;
use crate::city::UnitKind;
use crate::context::{App, Cx};
use crate::issues::progress::{self, Progress};
use crate::issues::records;
use crate::issues::rules::finding::{self, Alike, Finding, Group, Known, LEAST};
use crate::issues::rules::issue::{Issue, State, Whole};
use crate::issues::stream;

/// Demands in the clusters at most. While they are looked at they take some 5 KiB each (measured: 20,000 real messages in
/// 120 MB), so that a look stays within what a server may use under load; a county sees its last years together, a city of a
/// hundred thousand demands a year its last two months.
const MOST_KEPT: usize = 20_000;
/// Demands from which the clusters are made anew once they are full: the last so many.
const KEPT_ANEW: usize = 15_000;
/// What is older when the program first sees it says nothing of today.
const OLDEST_SECONDS: i64 = 730 * 86_400;
/// Demands that are read at once, and that one look adds.
const BATCH: usize = 1_000;
const ONE_LOOK: usize = 5_000;
/// Between two looks, so that a storm of demands is looked at as a whole.
const PAUSE_SECONDS: i64 = 300;
/// A demand that was begun so recently may not have been committed yet.
const SETTLED_SECONDS: i64 = 60;
/// A look that takes longer has died with its server.
const LEASE_SECONDS: i64 = 900;
/// Candidates that wait at most: nobody looks through more, and the largest come first.
const MOST_WAITING: usize = 200;
/// Demands of an issue that a further one is compared with.
const SAMPLE: usize = 8;

/// Looks, if there is something new and the last look is some minutes ago; work of the minute.
pub fn look(app: &App) -> Result<()> {
    let now = app.now();
    let until = Id::floor(now.plus_seconds(-SETTLED_SECONDS)).0;
    let (seen, looked_at) = app.read_now(&Actor::system(), |cx| progress::looked(cx.tx))?;
    if now < looked_at.plus_seconds(PAUSE_SECONDS) {
        return Ok(());
    }
    let any = app.read_now(&Actor::system(), move |cx| progress::words_after(cx.tx, seen, until, 1))?;
    if any.is_empty() { Ok(()) } else { claimed(app, until) }
}

/// Looks at once at what was registered before `until`: for the demonstration and for tests.
pub fn look_until(app: &App, until: Instant) -> Result<()> {
    claimed(app, Id::floor(until).0)
}

fn claimed(app: &App, until: i64) -> Result<()> {
    let (now, system) = (app.now(), Actor::system());
    let lease = now.plus_seconds(LEASE_SECONDS);
    if !app.write_now(&system, move |cx| progress::claim(cx.tx, now, lease))? {
        return Ok(());
    }
    let looked = through(app, until, lease);
    if looked.is_err() {
        app.write_now(&system, move |cx| progress::release(cx.tx, lease))?;
    }
    looked
}

fn through(app: &App, until: i64, lease: Instant) -> Result<()> {
    let (now, system) = (app.now(), Actor::system());
    let (mut clusters, places, mut seen) = known_clusters(app)?;
    let more = add(app, &mut clusters, &mut seen, until)?;
    clusters.settle();
    let groups = clusters.groups(LEAST).into_iter().map(group).collect();
    let mut bytes = Vec::new();
    clusters.write(&mut bytes).map_err(|error| Fault::new("write the clusters", error))?;
    drop(clusters);
    let known = app.read_now(&system, |cx| {
        let ids = records::open_ids(cx.tx)?;
        let wholes = ids.into_iter().map(|id| Ok(records::by_id(cx.tx, id)?.as_ref().map(Known::of)));
        Ok(wholes.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect::<Vec<Known>>())
    })?;
    let waiting = known.iter().filter(|issue| issue.state == State::Candidate).count();
    let mut room = MOST_WAITING.saturating_sub(waiting);
    for found in finding::look(groups, &known) {
        let new = matches!(found, Finding::New(_));
        if new && room == 0 {
            continue;
        }
        match app.write_now(&system, move |cx| write(cx, &found)) {
            Ok(()) => room -= usize::from(new),
            // Somebody was first; the groups are there again at the next look.
            Err(Error::Refused(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    // Where more waits, the next minute goes on.
    let looked_at = if more { Instant(0) } else { now };
    let progress = Progress { seen, looked_at, places, clusters: bytes };
    app.write_now(&system, move |cx| progress::keep(cx.tx, &progress, lease)).map(drop)
}

/// The clusters as they were kept, the names under which they were made, and the last demand in them; new ones where
/// there are none, where they are full, or where the city has other place names now.
fn known_clusters(app: &App) -> Result<(Clusters, String, i64)> {
    let places = place_names(app);
    let words = places.join("\n");
    let kept = app.read_now(&Actor::system(), |cx| progress::progress(cx.tx))?;
    if kept.places == words
        && let Ok(clusters) = Clusters::read(&*kept.clusters)
        && clusters.len() < MOST_KEPT
    {
        return Ok((clusters, words, kept.seen));
    }
    let start = app.read_now(&Actor::system(), |cx| progress::start(cx.tx, KEPT_ANEW))?;
    let names: Vec<&str> = places.iter().map(String::as_str).collect();
    Ok((Clusters::new(&names), words, start))
}

/// The city, its streets and its park by every name: where much else is too.
fn place_names(app: &App) -> Vec<String> {
    let city = app.city();
    let areas = city.unit_seeds.iter().filter(|unit| matches!(unit.kind, UnitKind::Subdistrict | UnitKind::Park));
    let names = areas.flat_map(|unit| [&unit.name].into_iter().chain(&unit.short_name).chain(&unit.aliases));
    let mut names: Vec<String> = names.chain([&city.name]).cloned().collect();
    names.sort();
    names.dedup();
    names
}

/// Adds the demands after `seen`, as many as one look takes; whether there are more.
fn add(app: &App, clusters: &mut Clusters, seen: &mut i64, until: i64) -> Result<bool> {
    let oldest = app.now().plus_seconds(-OLDEST_SECONDS);
    for _ in 0..ONE_LOOK / BATCH {
        let after = *seen;
        let words = app.read_now(&Actor::system(), move |cx| progress::words_after(cx.tx, after, until, BATCH))?;
        for demand in words.iter().filter(|demand| demand.received_at >= oldest) {
            let (id, at) = (demand.id.0, demand.received_at.0);
            clusters.add(&Note { id, title: &demand.title, text: &demand.text, at });
        }
        match words.last() {
            Some(last) => *seen = last.id.0,
            None => return Ok(false),
        }
        if words.len() < BATCH {
            return Ok(false);
        }
    }
    Ok(true)
}

fn group(found: text::clusters::Group) -> Group {
    let member = |member: text::clusters::Member| Alike {
        demand: Id(member.id),
        received_at: Instant(member.at),
        likeness: f64::from(member.likeness),
        shared: member.shared,
    };
    let why = if found.why.is_empty() { Vec::new() } else { vec![format!("都说到：{}", found.why.join("、"))] };
    Group { name: found.name, why, members: found.members.into_iter().map(member).collect() }
}

/// Writes what was found, as far as it still holds.
fn write(cx: &mut Cx<'_>, found: &Finding) -> Result<()> {
    match found {
        Finding::New(group) => {
            let group = still_free(cx, group)?;
            if group.members.len() < LEAST { Ok(()) } else { new(cx, &group) }
        }
        Finding::Grown { issues, group } => {
            let group = still_free(cx, group)?;
            for (issue, members) in shared_out(cx, issues, group.members)? {
                grown(cx, issue, Group { members, name: group.name.clone(), why: group.why.clone() })?;
            }
            Ok(())
        }
    }
}

/// The group without what stands in an issue by now.
fn still_free(cx: &mut Cx<'_>, group: &Group) -> Result<Group> {
    let mut free = Group { members: Vec::new(), ..group.clone() };
    for member in &group.members {
        if records::holder(cx.tx, member.demand)?.is_none() {
            free.members.push(member.clone());
        }
    }
    Ok(free)
}

fn new(cx: &mut Cx<'_>, group: &Group) -> Result<()> {
    let (id, day) = (cx.tx.next_id(), cx.today());
    let serial = records::next_serial(cx.tx, day)?;
    let issue = Issue {
        id,
        number: number_of(cx, serial),
        version: 1,
        state: State::Candidate,
        name: group.name.clone(),
        named: false,
        why: group.why.clone(),
        coordinator: None,
        lead_unit: None,
        reason: None,
        decided_at: None,
        aside_size: 0,
        joined: None,
        created_at: cx.now,
    };
    let members = group.members.iter().map(|alike| finding::proposed(alike, cx.now)).collect();
    let whole = Whole { issue, members };
    records::insert(cx.tx, &whole, (day, serial))?;
    record(cx, "find_issue", &whole, group.members.len())
}

fn grown(cx: &mut Cx<'_>, issue: Id, mut group: Group) -> Result<()> {
    let Some(before) = records::by_id(cx.tx, issue)? else { return Ok(()) };
    group.members.retain(|member| !before.members.iter().any(|known| known.demand == member.demand));
    if group.members.is_empty() || before.issue.state == State::Joined {
        return Ok(());
    }
    let mut whole = before.clone();
    let back = finding::grow(&mut whole, &group, cx.now);
    records::update(cx.tx, &whole, &before)?;
    record(cx, if back { "bring_back_issue" } else { "grow_issue" }, &whole, group.members.len())
}

/// Where a group touches several issues, a person drew a line through it: each further demand goes to the issue that holds
/// the likest one.
fn shared_out(cx: &mut Cx<'_>, issues: &[Id], members: Vec<Alike>) -> Result<Vec<(Id, Vec<Alike>)>> {
    if let [only] = issues {
        return Ok(vec![(*only, members)]);
    }
    let mut samples = Vec::new();
    for issue in issues {
        let Some(whole) = records::by_id(cx.tx, *issue)? else { continue };
        let ids: Vec<Id> = whole.standing().map(|member| member.demand).take(SAMPLE).collect();
        samples.push((*issue, sketches(cx, &ids)?));
    }
    let own = sketches(cx, &members.iter().map(|member| member.demand).collect::<Vec<_>>())?;
    let mut shared: BTreeMap<Id, Vec<Alike>> = BTreeMap::new();
    for member in members {
        let Some(sketch) = own.get(&member.demand) else { continue };
        let likest = |(_, sample): &&(Id, BTreeMap<Id, text::Sketch>)| {
            let all = sample.values().map(|other| (sketch.similarity(other) * 1e6) as i64);
            all.max().unwrap_or_default()
        };
        if let Some((issue, _)) = samples.iter().max_by_key(likest) {
            shared.entry(*issue).or_default().push(member);
        }
    }
    Ok(shared.into_iter().collect())
}

fn record(cx: &mut Cx<'_>, act: &'static str, whole: &Whole, rows: usize) -> Result<()> {
    let fields = vec![
        ("name", whole.issue.name.clone()),
        ("rows", rows.to_string()),
        ("version", whole.issue.version.to_string()),
    ];
    cx.record(&stream(&whole.issue.number), act, fields)
}
