//! What people do to issues. Each act is one transaction: every issue that it touches, and what belongs to which, change
//! together or not at all.

use std::collections::BTreeMap;

use kernel::{Error, Fault, Id, Instant, Permission, Refusal, Result};

use super::seeing;
use crate::context::Cx;
use crate::demands::actions::moving;
use crate::demands::belonging;
use crate::issues::rules::acts::{self, Act, By};
use crate::issues::rules::issue::{Standing, Whole};
use crate::issues::rules::reading::{self, ActInput, Given, Reading};
use crate::issues::{records, stream};
use crate::{people, units};

/// What came of an act.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The issue afterwards.
    pub whole: Whole,
    /// The issue that was split off.
    pub new: Option<Whole>,
}

/// An issue before and after.
type Change = (Whole, Whole);
/// Demands by the numbers under which they were named.
type Named = BTreeMap<String, Result<(Id, Instant), String>>;

/// Does `act` to the issue of `number`.
pub fn act(cx: &mut Cx<'_>, number: &str, act: Act, input: &ActInput) -> Result<Made> {
    people::require(cx.actor, Permission::Dispatch)?;
    let before = seeing::load(cx, number)?;
    check_version(&before, input.version)?;
    act.allowed(before.issue.state)?;
    let named = resolve(cx, act, &before, input)?;
    let given = read(cx, act, &before, input, &named)?;
    let (name, now) = (cx.actor.signature(), cx.now);
    let by = By { name: &name, now };
    let mut whole = before.clone();
    let mut others: Vec<Change> = Vec::new();
    let mut new = None;
    match act {
        Act::Confirm => acts::confirm(&mut whole, &given, by)?,
        Act::SetAside => acts::set_aside(&mut whole, &given, by)?,
        Act::Rename => acts::rename(&mut whole, &given)?,
        Act::Detach => acts::detach(&mut whole, &given.members, by)?,
        Act::Attach => {
            others = given_up(cx, &whole, &given, by)?;
            let received: Vec<(Id, Instant)> = named.values().flatten().copied().collect();
            acts::attach(&mut whole, &received, by)?;
        }
        Act::Split => {
            let (id, day) = (cx.tx.next_id(), cx.today());
            let serial = records::next_serial(cx.tx, day)?;
            let made = acts::split(&mut whole, &given, (id, number_of(cx, serial)), by)?;
            records::insert(cx.tx, &Whole { members: Vec::new(), ..made.clone() }, (day, serial))?;
            new = Some(made);
        }
        Act::Join => {
            let into = target(cx, input)?;
            let mut joined = into.clone();
            acts::join(&mut whole, &mut joined, &given, by)?;
            others.push((into, joined));
        }
        Act::Unjoin => {
            let found = match whole.issue.joined {
                Some((into, _)) => records::by_id(cx.tx, into)?,
                None => None,
            };
            let into = found.ok_or_else(|| Fault::broken("an issue was joined to nothing"))?;
            let mut left = into.clone();
            acts::unjoin(&mut whole, &mut left, &given, by)?;
            others.push((into, left));
        }
    }
    record(cx, act, &whole, input, &given)?;
    for (_, other) in &others {
        let fields = vec![("issue", whole.issue.number.clone()), ("version", other.issue.version.to_string())];
        cx.record(&stream(&other.issue.number), &format!("other_{}", act.code()), fields)?;
    }
    if let Some(new) = &new {
        let fields = vec![("issue", whole.issue.number.clone()), ("name", new.issue.name.clone())];
        cx.record(&stream(&new.issue.number), "split_off", fields)?;
        others.push((Whole { members: Vec::new(), ..new.clone() }, new.clone()));
    }
    let changes = [vec![(before, whole.clone())], others].concat();
    save(cx, &changes)?;
    Ok(Made { whole, new })
}

/// Refuses where somebody was first.
pub(super) fn check_version(whole: &Whole, seen: Option<i64>) -> Result<(), Refusal> {
    match seen {
        None => Err(Refusal::field("version", "required", "请带上您看到的版本号（version,整数）")),
        Some(seen) if seen == whole.issue.version => Ok(()),
        Some(_) => {
            let message = "您打开之后，这个问题有了新的变化；您填写的内容都还在，请核对后再提交";
            Err(Refusal::conflict(whole.issue.version, message))
        }
    }
}

/// The number of the `serial`th issue of the local year.
pub(super) fn number_of(cx: &Cx<'_>, serial: i64) -> String {
    format!("{}GX{}-{serial:03}", cx.app.city().number_prefix, cx.today().year())
}

/// The demands that were named, as far as the actor sees them.
fn resolve(cx: &mut Cx<'_>, act: Act, whole: &Whole, input: &ActInput) -> Result<Named> {
    let mut named = Named::new();
    for (_, number) in input.named().into_iter().take(reading::MOST + 1) {
        let found = match moving::load(cx, &number) {
            Ok(case) => Ok((case.demand.id, case.demand.received_at)),
            Err(Error::Refused(_)) => Err("没有这件诉求".to_owned()),
            Err(fault) => return Err(fault),
        };
        let found = match found {
            Ok((id, at)) if act == Act::Attach => elsewhere(cx, whole, id)?.map_or(Ok((id, at)), Err),
            found => found,
        };
        named.insert(number, found);
    }
    Ok(named)
}

/// Why a demand cannot be put into `whole`: it belongs to another issue, and whoever decided that is asked first.
fn elsewhere(cx: &mut Cx<'_>, whole: &Whole, demand: Id) -> Result<Option<String>> {
    let other = records::holder(cx.tx, demand)?.filter(|other| other.issue.id != whole.issue.id);
    let holds = other.filter(|other| other.belonging().contains(&demand));
    Ok(holds.map(|other| format!("已属于共性问题 {}，请先在那里移出", other.issue.number)))
}

fn read(cx: &mut Cx<'_>, act: Act, whole: &Whole, input: &ActInput, named: &Named) -> Result<Given> {
    let (units, now) = (units::names(cx)?, cx.now);
    let unknown = || Err("没有这件诉求".to_owned());
    let reading = Reading {
        coordinators: &cx.app.city().issue_coordinators,
        unit: &|text| units.resolve_handler(text, now),
        demand: &|number| named.get(number).map_or_else(unknown, |found| found.clone().map(|(id, _)| id)),
    };
    Ok(reading::read(act, whole, input, &reading)?)
}

/// The issues that give up what is attached elsewhere now: candidates and what was set aside.
fn given_up(cx: &mut Cx<'_>, whole: &Whole, given: &Given, by: By<'_>) -> Result<Vec<Change>> {
    let mut leaving: BTreeMap<Id, (Whole, Vec<Id>)> = BTreeMap::new();
    for demand in &given.members {
        if let Some(holder) = records::holder(cx.tx, *demand)?.filter(|other| other.issue.id != whole.issue.id) {
            leaving.entry(holder.issue.id).or_insert((holder, Vec::new())).1.push(*demand);
        }
    }
    let given_up = leaving.into_values().map(|(before, demands)| {
        let mut after = before.clone();
        acts::take_out(&mut after, &demands, by);
        (before, after)
    });
    Ok(given_up.collect())
}

/// The issue that another is to be joined to.
fn target(cx: &mut Cx<'_>, input: &ActInput) -> Result<Whole> {
    let number = input.into.as_deref().map(str::trim).unwrap_or_default();
    if number.is_empty() {
        return Err(Refusal::field("into", "required", "请填写并入哪一个问题的编号").into());
    }
    match seeing::load(cx, number) {
        Err(Error::Refused(_)) => Err(Refusal::field("into", "unknown", "没有这个编号的共性问题").into()),
        found => found,
    }
}

/// Keeps what changed: first what demands leave, then where they go.
fn save(cx: &mut Cx<'_>, changes: &[Change]) -> Result<()> {
    for (before, after) in changes {
        for demand in before.belonging().difference(&after.belonging()) {
            belonging::take(cx, *demand)?;
        }
    }
    // A demand stands in one issue at most at every step, so whoever gives up is kept before whoever gains.
    let mut ordered: Vec<&Change> = changes.iter().collect();
    ordered.sort_by_key(|(before, after)| after.size() > before.size());
    for (before, after) in ordered {
        if !records::update(cx.tx, after, before)? {
            let message = "就在刚才，别人先改了这个问题；您填写的内容都还在，请核对后再提交";
            return Err(Refusal::conflict(before.issue.version + 1, message).into());
        }
    }
    for (before, after) in changes {
        for demand in after.belonging().difference(&before.belonging()) {
            belonging::put(cx, *demand, &after.issue.number)?;
        }
    }
    Ok(())
}

fn record(cx: &mut Cx<'_>, act: Act, whole: &Whole, input: &ActInput, given: &Given) -> Result<()> {
    let mut fields = vec![("version", whole.issue.version.to_string())];
    let into = input.into.clone().filter(|_| act == Act::Join);
    let kept = whole.members.iter().filter(|member| member.standing == Standing::Attached).count();
    let numbers: Vec<String> = input.named().into_iter().map(|(_, number)| number).collect();
    let numbers = Some(numbers.join("、")).filter(|list| !list.is_empty() && !given.members.is_empty());
    let said = [
        ("name", given.name.clone()),
        ("coordinator", given.coordinator.clone()),
        ("lead_unit", given.lead_unit.clone()),
        ("demands", numbers),
        ("into", into),
        ("rows", (act == Act::Confirm).then(|| kept.to_string())),
        ("reason", given.reason.clone()),
    ];
    fields.extend(said.into_iter().filter_map(|(name, value)| Some((name, value?))));
    cx.record(&stream(&whole.issue.number), act.code(), fields)
}
