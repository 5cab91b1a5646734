//! Seeding, drafting, adopting, discarding; and which version governs whom. Every change is a ledger entry in the stream
//! `process`.

use std::sync::Arc;

use kernel::{Error, Fault, Id, Permission, Refusal, Result};

use super::records;
use super::rules::{self, AdoptInput, Adoption, DraftInput, State, Version};
use crate::city::{ClockRules, Process};
use crate::context::Cx;
use crate::permissions;
use crate::units;

/// The ledger stream of process versions.
pub const STREAM: &str = "process";
/// The version that demands without a stamp started under.
const FIRST: i64 = 1;

/// A version made ready to govern.
#[derive(Debug)]
pub struct Governing {
    /// Its number.
    pub version: i64,
    /// What it says.
    pub process: Process,
    /// The city's clocks under it.
    pub clocks: ClockRules,
}

/// Keeps the profile's process as version 1; where the profile says something that no version says, lays it down as a draft.
pub fn seed(cx: &mut Cx<'_>) -> Result<()> {
    let process = Process::of(cx.app.city());
    let versions = records::all(cx.tx)?;
    let print = process.print(cx.app.city());
    if versions.is_empty() {
        let first = made(cx, FIRST, "城市资料的初始流程", &process);
        if records::insert(cx.tx, &first)? {
            let adoption =
                Adoption {
                    from: cx.now, reason: "按城市资料启用".into(), by: cx.actor.name.clone(), at: cx.now
                };
            records::settle(cx.tx, FIRST, 1, State::Adopted, Some(&adoption))?;
            record(cx, "seed_process", &first, Vec::new())?;
        }
    } else if versions.iter().all(|version| version.print != print) {
        let draft = made(cx, next(&versions), "城市资料有改动", &process);
        if records::insert(cx.tx, &draft)? {
            record(cx, "draft_process", &draft, Vec::new())?;
        }
    }
    Ok(())
}

/// Every version, the latest first, with how many demands started under each.
pub fn list(cx: &mut Cx<'_>) -> Result<Vec<(Version, i64)>> {
    permissions::require(cx.actor, Permission::Desk)?;
    let counts = records::counts(cx.tx)?;
    let count = |version: i64| counts.iter().find(|(counted, _)| *counted == version).map_or(0, |(_, n)| *n);
    Ok(records::all(cx.tx)?.into_iter().map(|version| (count(version.version), version)).map(|(n, v)| (v, n)).collect())
}

/// The version of a number.
pub fn one(cx: &mut Cx<'_>, version: i64) -> Result<Version> {
    permissions::require(cx.actor, Permission::Desk)?;
    let found = records::one(cx.tx, version)?;
    Ok(found.ok_or_else(|| Refusal::not_found("没有这个流程版本"))?)
}

/// The number of the version that counts now.
pub fn current(cx: &mut Cx<'_>) -> Result<i64> {
    Ok(records::in_force(cx.tx, cx.now)?.unwrap_or(FIRST))
}

/// The version that counts now, for a demand that comes in.
pub fn in_force(cx: &mut Cx<'_>) -> Result<Arc<Governing>> {
    let version = current(cx)?;
    ready(cx, version)
}

/// The version that a demand started under.
pub fn governing(cx: &mut Cx<'_>, demand: Id) -> Result<Arc<Governing>> {
    let version = records::of_demand(cx.tx, demand)?.unwrap_or(FIRST);
    ready(cx, version)
}

/// Notes the version that a demand starts under.
pub fn stamp(cx: &mut Cx<'_>, demand: Id, governing: &Governing) -> Result<()> {
    match governing.version {
        FIRST => Ok(()),
        version => records::stamp(cx.tx, demand, version),
    }
}

/// An adopted version never changes, so what was made ready once stays ready.
fn ready(cx: &mut Cx<'_>, version: i64) -> Result<Arc<Governing>> {
    if let Some(known) = cx.app.governing(version) {
        return Ok(known);
    }
    let city = cx.app.city();
    let Some(found) = records::one(cx.tx, version)? else {
        // Before the first start has seeded it, the profile governs.
        let (process, clocks) = (Process::of(city), city.clocks.clone());
        return Ok(Arc::new(Governing { version, process, clocks }));
    };
    let process = process_of(cx, &found)?;
    let governing = Arc::new(Governing { version, clocks: process.clocks(city, version), process });
    cx.app.keep_governing(Arc::clone(&governing));
    Ok(governing)
}

/// What a version says.
pub fn process_of(cx: &mut Cx<'_>, version: &Version) -> Result<Process> {
    let city = cx.app.city();
    let units = units::names(cx)?;
    // A unit that led by a rule may have been dissolved since; the version stays readable.
    let known = |code: &str| units.get(code).is_some();
    let process = Process::read(&version.content, &Process::of(city), city, &known);
    Ok(process.map_err(|errors| Fault::new("read a process version", errors))?)
}

/// What a text would say, upon the version in force; every mistake at once.
pub fn read(cx: &mut Cx<'_>, input: &DraftInput) -> Result<(String, Process)> {
    let base = in_force(cx)?;
    let units = units::names(cx)?;
    let now = cx.now;
    let handles = |code: &str| units.handlers(now).any(|unit| unit.code == code);
    Ok(rules::drafted(input, &base.process, cx.app.city(), &handles)?)
}

/// Lays down a draft.
pub fn create(cx: &mut Cx<'_>, input: &DraftInput) -> Result<Version> {
    permissions::require(cx.actor, Permission::Dispatch)?;
    let (title, process) = read(cx, input)?;
    let number = next(&records::all(cx.tx)?);
    let draft = made(cx, number, &title, &process);
    if !records::insert(cx.tx, &draft)? {
        return Err(Refusal::conflict(number, "就在刚才，别人先起草了一个版本，请再提交一次").into());
    }
    record(cx, "draft_process", &draft, Vec::new())?;
    Ok(draft)
}

/// Changes a draft.
pub fn amend(cx: &mut Cx<'_>, version: i64, input: &DraftInput) -> Result<Version> {
    permissions::require(cx.actor, Permission::Dispatch)?;
    let before = one(cx, version)?;
    before.changeable(input.edit)?;
    let (title, process) = read(cx, input)?;
    let city = cx.app.city();
    let (content, print) = (process.write(city), process.print(city));
    let draft = Version { title, content, print, edit: before.edit + 1, ..before };
    if !records::amend(cx.tx, &draft, draft.edit - 1)? {
        return Err(changed(&draft));
    }
    record(cx, "amend_process", &draft, Vec::new())?;
    Ok(draft)
}

/// Puts a draft in force, at once or from a working day on.
pub fn adopt(cx: &mut Cx<'_>, version: i64, input: &AdoptInput) -> Result<Version> {
    permissions::require(cx.actor, Permission::Dispatch)?;
    let draft = one(cx, version)?;
    let calendar = cx.app.calendar();
    let (from, reason) = rules::adopted(input, &draft, &calendar, cx.now)?;
    let adoption = Adoption { from, reason: reason.clone(), by: cx.actor.name.clone(), at: cx.now };
    if !records::settle(cx.tx, version, draft.edit, State::Adopted, Some(&adoption))? {
        return Err(changed(&draft));
    }
    let adopted = Version { state: State::Adopted, adopted: Some(adoption), ..draft };
    let tried = adopted.tried.as_ref().map(|(_, _, what)| what.clone()).unwrap_or_default();
    let fields = vec![("from_day", from.rfc3339(&cx.app.city().zone)), ("reason", reason), ("tried", tried)];
    record(cx, "adopt_process", &adopted, fields)?;
    Ok(adopted)
}

/// Gives a draft up.
pub fn discard(cx: &mut Cx<'_>, version: i64, edit: Option<i64>) -> Result<Version> {
    permissions::require(cx.actor, Permission::Dispatch)?;
    let draft = one(cx, version)?;
    draft.changeable(edit)?;
    if !records::settle(cx.tx, version, draft.edit, State::Discarded, None)? {
        return Err(changed(&draft));
    }
    let discarded = Version { state: State::Discarded, ..draft };
    record(cx, "discard_process", &discarded, Vec::new())?;
    Ok(discarded)
}

/// Notes that a draft was tried on past demands, and what came of it.
pub fn tried(cx: &mut Cx<'_>, version: i64, edit: i64, what: &str) -> Result<()> {
    permissions::require(cx.actor, Permission::Dispatch)?;
    let draft = one(cx, version)?;
    if draft.state != State::Draft || draft.edit != edit {
        return Ok(());
    }
    records::tried(cx.tx, version, edit, cx.now, what)?;
    record(cx, "try_process", &draft, vec![("tried", what.to_owned())])
}

fn made(cx: &Cx<'_>, version: i64, title: &str, process: &Process) -> Version {
    let city = cx.app.city();
    Version {
        version,
        title: title.to_owned(),
        content: process.write(city),
        print: process.print(city),
        state: State::Draft,
        edit: 1,
        made_by: cx.actor.name.clone(),
        made_at: cx.now,
        tried: None,
        adopted: None,
    }
}

fn next(versions: &[Version]) -> i64 {
    versions.first().map_or(FIRST, |latest| latest.version + 1)
}

fn changed(draft: &Version) -> Error {
    Refusal::conflict(draft.edit, "就在刚才，别人先改了这份草稿，请核对后再提交").into()
}

fn record(cx: &mut Cx<'_>, act: &'static str, version: &Version, more: Vec<(&'static str, String)>) -> Result<()> {
    let mut fields = vec![
        ("process", version.version.to_string()),
        ("title", version.title.clone()),
        ("print", version.print.clone()),
        ("edit", version.edit.to_string()),
    ];
    fields.extend(more);
    cx.record(STREAM, act, fields)
}
