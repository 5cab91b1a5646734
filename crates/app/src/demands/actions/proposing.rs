//! What the program would propose for a demand that nobody has decided yet: theme, axes, lead unit, co-handling units,
//! tier and route, each with the words and the rule that led there. A person decides.

use std::collections::BTreeMap;

use kernel::Result;
use serde::Serialize;

use super::together;
use crate::context::Cx;
use crate::demands::records;
use crate::demands::rules::case::Demand;
use crate::demands::rules::parts::{self, Part};
use crate::demands::rules::tiering::{AxisProposal, Sorter, Words};
use crate::demands::rules::vocabulary::{ClockName, Status};
use crate::models::{self, Aspect};
use crate::{processes, units};

/// A proposal; absent parts are those for which nothing speaks.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Proposal {
    /// The route.
    pub route: &'static str,
    /// The tier.
    pub tier: &'static str,
    /// The lead unit's code.
    pub lead_unit: Option<String>,
    /// The codes of units that would help.
    pub co_units: Vec<String>,
    /// The theme's code.
    pub theme: Option<String>,
    /// The other fields of the triage, each with its reason.
    pub axes: Vec<AxisProposal>,
    /// Why, as sentences.
    pub because: Vec<String>,
    /// The rule that gave tier and route.
    pub rule: String,
    /// How far the first choice of a unit is ahead of the second, 0 to 1.
    pub margin: f64,
    /// Theme, list, urgency and lead unit, each with where it comes from and whether the program stands by it.
    pub parts: Vec<Part>,
    /// Two units that were equally near: either was as good.
    #[serde(skip)]
    pub rivals: Option<[String; 2]>,
    /// Whether anything speaks at all; otherwise tier and route are only what usually holds.
    #[serde(skip)]
    pub speaks: bool,
}

impl Proposal {
    /// What is proposed for an aspect.
    pub fn part(&self, aspect: Aspect) -> Option<&Part> {
        parts::of(&self.parts, aspect)
    }

    /// The value that is proposed for a field of the triage.
    pub fn axis(&self, field: &str) -> Option<&'static str> {
        self.axes.iter().find(|axis| axis.field == field).map(|axis| axis.value)
    }
}

/// The proposal for a demand that waits for triage or assignment.
pub fn propose(cx: &mut Cx<'_>, demand: &Demand) -> Result<Option<Proposal>> {
    proposal(cx, demand, true)
}

/// The proposal without what units have in hand, which is another by the time somebody decides: for the record.
pub fn proposed(cx: &mut Cx<'_>, demand: &Demand) -> Result<Option<Proposal>> {
    proposal(cx, demand, false)
}

fn proposal(cx: &mut Cx<'_>, demand: &Demand, by_load: bool) -> Result<Option<Proposal>> {
    if !matches!(demand.status, Status::Received | Status::Triaged) {
        return Ok(None);
    }
    let names = units::names(cx)?;
    let dispatches = match demand.status {
        Status::Triaged => dispatches(cx, demand)?,
        _ => 0,
    };
    let (city, governing) = (cx.app.city(), processes::governing(cx, demand.id)?);
    let voices = u32::try_from(together::voices(cx, demand)?.len() + 1).unwrap_or(u32::MAX);
    let sorter = Sorter::new(city, &names, &governing.process.tiering, cx.now);
    let learned = models::ready(cx)?.ask(&demand.said.title, &demand.said.text);
    let mut sorted = sorter.sort(&words(demand), &learned, dispatches, voices);
    let rivals = sorted.rivals.take();
    if let Some(rivals) = rivals.as_ref().filter(|_| by_load) {
        let load = rivals.iter().map(|unit| Ok((unit.clone(), records::in_hand(cx.tx, unit)?)));
        let load = load.collect::<Result<BTreeMap<_, _>>>()?;
        sorted = sorter.with_load(load).sort(&words(demand), &learned, dispatches, voices);
    }
    Ok(Some(Proposal {
        route: sorted.ruling.route.code(),
        tier: sorted.ruling.tier.code(),
        lead_unit: sorted.lead,
        co_units: sorted.co_units,
        theme: sorted.theme,
        axes: sorted.explained,
        because: sorted.because,
        rule: sorted.ruling.rule,
        margin: sorted.margin,
        parts: sorted.parts,
        rivals,
        speaks: sorted.speaks,
    }))
}

/// What sorting looks at.
pub fn words(demand: &Demand) -> Words<'_> {
    Words {
        title: &demand.said.title,
        text: &demand.said.text,
        audience: demand.said.audience,
        area: demand.said.area.as_deref(),
        kind: demand.sorting.kind,
        theme: demand.sorting.theme.as_deref(),
        route: demand.sorting.route,
    }
}

/// How often it was assigned: each assignment starts a clock for the acknowledgement.
fn dispatches(cx: &mut Cx<'_>, demand: &Demand) -> Result<u32> {
    let case = records::case(cx.tx, demand.clone())?;
    let assigned = case.clocks.iter().filter(|clock| clock.name == ClockName::Sign).count();
    Ok(u32::try_from(assigned).unwrap_or(u32::MAX))
}
