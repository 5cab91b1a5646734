//! Weighing and making the same moves on many demands.

use jiff::civil::Date;
use kernel::error::Checker;
use kernel::{Actor, Error, Instant, Permission, Refusal, RefusalKind, Result};
use serde_json::{Map, Value};
use text::answering::Advice;

use crate::context::{App, Cx};
use crate::demands::actions::{answering, intake::deciding, moving};
use crate::demands::macros::Step;
use crate::demands::rules::case::Case;
use crate::demands::rules::clocks;
use crate::demands::rules::moves::{Move, Row, row_for};
use crate::demands::rules::vocabulary::{ClockName, Status};
use crate::demands::rules::wanted::FieldKind;
use crate::phrases::Filling;
use crate::{people, processes, units};

/// Demands at once at most: nobody reads a longer preview.
pub const MOST: usize = 500;

/// A demand as somebody saw it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// The number.
    pub number: String,
    /// The version that was seen.
    pub version: i64,
}

/// What the moves would do, or did, to one demand.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The demand that was meant.
    pub item: Item,
    /// How it stands before and after; `None` where it was not found.
    pub effect: Option<Effect>,
    /// Why nothing was done, where nothing was.
    pub refusal: Option<Refusal>,
}

/// A demand before and after.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The submitter's title.
    pub title: String,
    /// The status before.
    pub from: Status,
    /// The status after.
    pub to: Status,
    /// The lead unit before.
    pub unit_before: Option<String>,
    /// The lead unit after.
    pub unit: Option<String>,
    /// The clock that is due first afterwards.
    pub due: Option<(ClockName, Instant)>,
    /// The version after.
    pub version: i64,
    /// The long texts that were given, with their placeholders filled in: what would go out.
    pub texts: Vec<(&'static str, String)>,
    /// What a reply among them may lack as an answer to this demand.
    pub gaps: Vec<Advice>,
}

/// Refuses a list of demands that is empty, too long, or names one twice.
pub fn check(items: &[Item]) -> Result<(), Refusal> {
    let mut check = Checker::default();
    if items.is_empty() {
        check.wrong("items", "required", "请先勾选要办的诉求");
    }
    if items.len() > MOST {
        check.wrong("items", "too_many", format!("一次最多办 {MOST} 件，请分批"));
    }
    let mut seen = std::collections::HashSet::new();
    for (place, item) in items.iter().enumerate().take(MOST) {
        if !seen.insert(item.number.as_str()) {
            check.wrong(format!("items.{place}.number"), "duplicate", format!("{} 出现了两次", short(&item.number)));
        }
    }
    check.done()
}

fn check_steps(steps: &[Step]) -> Result<(), Refusal> {
    match steps {
        [] => Err(Refusal::field("steps", "required", "这个快捷处理还没有步骤，请先加上")),
        _ => Ok(()),
    }
}

fn short(number: &str) -> String {
    number.chars().filter(|c| !c.is_control()).take(30).collect()
}

/// What `steps` would do to every item; nothing is saved.
pub fn preview(cx: &mut Cx<'_>, items: &[Item], steps: &[Step]) -> Result<Vec<Outcome>> {
    people::require(cx.actor, Permission::Desk)?;
    check(items)?;
    check_steps(steps)?;
    items.iter().map(|item| outcome(item, |seen| judge(cx, item, steps, seen))).collect()
}

/// What is done beside the moves, in the transaction of each demand.
pub type Also = std::sync::Arc<dyn Fn(&mut Cx<'_>, &Case) -> Result<()> + Send + Sync>;

/// Makes `steps` on every item, each in a transaction of its own, all of them or none: a row that is refused takes nothing
/// with it, and a serialisation failure repeats one row, not all. Only a handful is under way together, so that somebody
/// else's single move never waits behind five hundred.
pub async fn run(app: &App, actor: &Actor, items: Vec<Item>, steps: Vec<Step>) -> Result<Vec<Outcome>> {
    run_and(app, actor, items, steps, std::sync::Arc::new(|_, _| Ok(()))).await
}

/// [`run`], and `also` with each demand that the steps were made on.
pub async fn run_and(app: &App, actor: &Actor, items: Vec<Item>, steps: Vec<Step>, also: Also) -> Result<Vec<Outcome>> {
    people::require(actor, Permission::Desk)?;
    check(&items)?;
    check_steps(&steps)?;
    let mut outcomes = Vec::with_capacity(items.len());
    for together in items.chunks(app.store().writes_together()) {
        let under_way: Vec<_> = together
            .iter()
            .map(|item| {
                let (app, actor, item, steps) = (app.clone(), actor.clone(), item.clone(), steps.clone());
                let also = also.clone();
                tokio::spawn(async move { one(&app, &actor, item, steps, also).await })
            })
            .collect();
        for (item, one) in together.iter().zip(under_way) {
            let settled =
                one.await.unwrap_or_else(|error| Err(kernel::Fault::new("make one of many moves", error).into()));
            outcomes.push(settled.unwrap_or_else(|error| lost(item, &error)));
        }
    }
    Ok(outcomes)
}

async fn one(app: &App, actor: &Actor, item: Item, steps: Vec<Step>, also: Also) -> Result<Outcome> {
    // What a refused row looked like is read beside the transaction, which keeps nothing of it.
    let seen = std::sync::Arc::new(std::sync::Mutex::new(None));
    let (kept, asked) = (seen.clone(), item.clone());
    let made = app.write(actor, move |cx| {
        let mut effect = None;
        let made = make(cx, &asked, &steps, &mut effect).and_then(|case| also(cx, &case));
        *kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = effect;
        made
    });
    let made = made.await;
    let effect = seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    outcome(&item, |slot| {
        *slot = effect;
        made
    })
}

/// A row that broke is told like one that was refused; what broke is in the log.
fn lost(item: &Item, error: &Error) -> Outcome {
    tracing::error!(number = item.number, "one of many moves broke: {error}");
    let message = "系统暂时不能办理，这一件没有办；请过一两分钟再试";
    let refusal = Refusal::new(RefusalKind::Unavailable, message);
    Outcome { item: item.clone(), effect: None, refusal: Some(refusal) }
}

fn outcome(item: &Item, act: impl FnOnce(&mut Option<Effect>) -> Result<()>) -> Result<Outcome> {
    let mut effect = None;
    let refusal = match act(&mut effect) {
        Ok(()) => None,
        Err(Error::Refused(refusal)) => Some(refusal),
        Err(fault) => return Err(fault),
    };
    Ok(Outcome { item: item.clone(), effect, refusal })
}

/// The moves one after the other on the case alone.
fn judge(cx: &mut Cx<'_>, item: &Item, steps: &[Step], effect: &mut Option<Effect>) -> Result<()> {
    let mut case = begin(cx, item, effect)?;
    for step in steps {
        let (make, input) = asked(cx, step, &case, effect)?;
        case = moving::weigh_case(cx, case, make, &input)?.case;
        went(effect, &case);
    }
    Ok(())
}

/// The moves one after the other, saved.
fn make(cx: &mut Cx<'_>, item: &Item, steps: &[Step], effect: &mut Option<Effect>) -> Result<Case> {
    let mut case = begin(cx, item, effect)?;
    for step in steps {
        let (make, mut input) = asked(cx, step, &case, effect)?;
        input.insert("version".to_owned(), case.demand.version.into());
        case = moving::make(cx, &item.number, make, &input)?;
        went(effect, &case);
    }
    Ok(case)
}

fn begin(cx: &mut Cx<'_>, item: &Item, effect: &mut Option<Effect>) -> Result<Case> {
    let case = moving::load(cx, &item.number)?;
    let d = &case.demand;
    *effect = Some(Effect {
        title: d.said.title.clone(),
        from: d.status,
        to: d.status,
        unit_before: d.lead_unit.clone(),
        unit: d.lead_unit.clone(),
        due: case.next_clock().map(|clock| (clock.name, clock.due_at)),
        version: d.version,
        texts: Vec::new(),
        gaps: Vec::new(),
    });
    if d.version != item.version {
        let message = "您看过之后，别人先办了一步，这一件没有办";
        return Err(Refusal::conflict(d.version, message).into());
    }
    Ok(case)
}

fn went(effect: &mut Option<Effect>, case: &Case) {
    if let Some(effect) = effect {
        effect.to = case.demand.status;
        effect.unit = case.demand.lead_unit.clone();
        effect.due = case.next_clock().map(|clock| (clock.name, clock.due_at));
        effect.version = case.demand.version;
    }
}

/// The move of a step with its fields as this demand takes them: those of its status, placeholders filled in.
fn asked(cx: &mut Cx<'_>, step: &Step, case: &Case, effect: &mut Option<Effect>) -> Result<(Move, Map<String, Value>)> {
    let make = step.known().ok_or_else(|| Refusal::not_found("没有这个动作"))?;
    let Some(row) = row_for(case.demand.status, make) else {
        let (status, make) = (case.demand.status.label(), make.label());
        let message = format!("“{status}”的诉求不能“{make}”");
        return Err(Refusal::field("move", "not_allowed", message).into());
    };
    let mut input = crate::demands::macros::within(&step.fields, row, make);
    fill(cx, row, &mut input, case)?;
    if let Some(effect) = effect {
        let texts = long_texts(row, &input);
        if make == Move::Reply {
            let parts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
            effect.gaps.extend(answering::gaps(cx, &case.demand, &parts));
        }
        effect.texts.extend(texts);
    }
    Ok((make, input))
}

fn fill(cx: &mut Cx<'_>, row: &Row, input: &mut Map<String, Value>, case: &Case) -> Result<()> {
    let open = |value: &Value| value.as_str().is_some_and(|text| text.contains('{'));
    if !input.values().any(open) {
        return Ok(());
    }
    let filling = filling(cx, case)?;
    for field in row.needs.iter().filter(|field| matches!(field.kind, FieldKind::Text { .. })) {
        if let Some(Value::String(text)) = input.get_mut(field.name) {
            *text = filling.fill(text);
        }
    }
    Ok(())
}

fn long_texts(row: &Row, input: &Map<String, Value>) -> Vec<(&'static str, String)> {
    let long = row.needs.iter().filter(|field| matches!(field.kind, FieldKind::Text { .. }));
    long.filter_map(|field| Some((field.label, input.get(field.name)?.as_str()?.to_owned()))).collect()
}

/// What the placeholders stand for in a demand.
pub fn filling(cx: &mut Cx<'_>, case: &Case) -> Result<Filling> {
    let names = units::names(cx)?;
    filling_of(cx, &names, case)
}

/// [`filling`], where the names of the units are known.
pub fn filling_of(cx: &mut Cx<'_>, names: &units::UnitNames, case: &Case) -> Result<Filling> {
    let d = &case.demand;
    let handling = case.clocks.iter().find(|clock| clock.running() && clock.name == ClockName::Handle);
    let due = match handling {
        Some(clock) => Some(clock.due_at),
        // Not handed over yet: by when it would have to be answered if it were handed over now.
        None if d.status == Status::Triaged => {
            let (calendar, governing) = (cx.app.calendar(), processes::governing(cx, d.id)?);
            let by = deciding(cx, &calendar, &governing.clocks);
            Some(clocks::length(ClockName::Handle, &d.sorting, &by)?.due_at)
        }
        None => None,
    };
    let due = due.map(|due| due.in_zone(&cx.app.city().zone).date());
    Ok(Filling {
        number: d.number.clone(),
        title: d.said.title.clone(),
        enterprise: d.said.enterprise_name.clone(),
        unit: d
            .lead_unit
            .as_deref()
            .map(|code| names.get(code).map_or_else(|| code.to_owned(), |unit| unit.name.clone())),
        due: due.map(|day: Date| format!("{}年{}月{}日", day.year(), day.month(), day.day())),
    })
}
