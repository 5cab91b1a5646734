//! The replay. Where the rules in force and the other rules propose the same, the decision that people made stands; where
//! they differ, the other rules decide. Handling times are those of history: nobody knows how fast a unit would have been
//! on another route, so what is compared is the same work against other due dates.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Instant;
use kernel::worktime::Calendar;
use serde::Serialize;
use utoipa::ToSchema;

use crate::city::{City, Process};
use crate::demands::history::Past;
use crate::demands::rules::case::DemandClock;
use crate::demands::rules::tiering::{self, Ruling, Sorter};
use crate::demands::rules::vocabulary::{ClockName, Route};
use crate::demands::rules::{case::Sorting, clocks};
use crate::units::UnitNames;

/// What a replay rests on.
pub struct Ground<'a> {
    /// The city's themes and routes.
    pub city: &'a City,
    /// The units.
    pub units: &'a UnitNames,
    /// The working calendar in force.
    pub calendar: &'a Calendar,
    /// The rules that are compared with: those in force.
    pub base: &'a Process,
    /// The other rules.
    pub other: &'a Process,
    /// Until when open clocks are looked at.
    pub now: Instant,
}

/// What a replay found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// Demands looked at.
    pub demands: usize,
    /// Of them, those that people have sorted.
    pub triaged: usize,
    /// Of those, how many were sorted as the rules in force propose.
    pub as_proposed: usize,
    /// Demands that would go another way.
    pub changed: usize,
    /// From which route to which, the most frequent first.
    pub flows: Vec<Flow>,
    /// What each unit would carry, the heaviest first.
    pub loads: Vec<Load>,
    /// What would be late, by clock.
    pub lateness: Vec<Lateness>,
}

/// Demands that go from one route to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Flow {
    /// The route as it was.
    pub from: &'static str,
    /// The same in Chinese.
    pub from_label: &'static str,
    /// The route as it would be.
    pub to: &'static str,
    /// The same in Chinese.
    pub to_label: &'static str,
    /// The demands, oldest first.
    pub demands: Vec<Changed>,
}

/// A demand that goes another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Changed {
    /// Its number.
    pub number: String,
    /// Why, as a sentence that names the rule.
    pub because: String,
}

/// What a unit carried, and would carry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Load {
    /// The unit's code.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// Demands that it led.
    pub led_before: usize,
    /// Demands that it would lead.
    pub led_after: usize,
    /// Demands in which the rules name it as a helper.
    pub helped_before: usize,
    /// The same under the other rules.
    pub helped_after: usize,
    /// The most that were open with it at once.
    pub peak_before: usize,
    /// The same under the other rules.
    pub peak_after: usize,
}

/// How many clocks of a kind were late, and would have been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lateness {
    /// The clock.
    pub clock: &'static str,
    /// The same in Chinese.
    pub label: &'static str,
    /// How many there were.
    pub clocks: usize,
    /// How many ran over.
    pub late_before: usize,
    /// How many would have run over.
    pub late_after: usize,
    /// The demands whose clock would have run over and did not, oldest first.
    pub newly_late: Vec<String>,
}

/// Replays `past`, which must be in its order of receipt.
pub fn replay(ground: &Ground<'_>, past: &[Past]) -> Report {
    let base = Sorter::new(ground.city, ground.units, &ground.base.tiering, ground.now);
    let other = Sorter::new(ground.city, ground.units, &ground.other.tiering, ground.now);
    let mut sums = Sums::new(ground);
    for demand in past {
        let (before, again) = (propose(&base, demand), propose(&other, demand));
        sums.add(demand, &before, &again, [&base, &other]);
    }
    sums.report(past.len())
}

/// What rules propose for a demand, and what they see in it.
struct Proposed {
    ruling: Ruling,
    facts: tiering::Facts,
}

fn propose(sorter: &Sorter<'_>, demand: &Past) -> Proposed {
    let dispatches = demand.clocks.iter().filter(|clock| clock.name == ClockName::Sign).count();
    let facts = sorter.facts_of(&demand.words(), u32::try_from(dispatches).unwrap_or(u32::MAX), demand.voices);
    let ruling = sorter.rule(&facts, demand.axes(), demand.sorting.kind);
    Proposed { ruling, facts }
}

/// Opening and closing of demands with a unit: the instant, and whether one is added (ends come before begins).
type Doors = BTreeMap<String, Vec<(Instant, bool)>>;

struct Sums<'a> {
    ground: &'a Ground<'a>,
    triaged: usize,
    as_proposed: usize,
    flows: BTreeMap<(Route, Route), Vec<Changed>>,
    loads: BTreeMap<String, Load>,
    doors: [Doors; 2],
    late: BTreeMap<ClockName, Lateness>,
}

impl<'a> Sums<'a> {
    fn new(ground: &'a Ground<'a>) -> Self {
        Self {
            ground,
            triaged: 0,
            as_proposed: 0,
            flows: BTreeMap::new(),
            loads: BTreeMap::new(),
            doors: Default::default(),
            late: BTreeMap::new(),
        }
    }

    fn add(&mut self, demand: &Past, before: &Proposed, again: &Proposed, sorters: [&Sorter<'_>; 2]) {
        let decided = demand.sorting.route;
        if let Some(route) = decided {
            self.triaged += 1;
            self.as_proposed += usize::from(route == before.ruling.route);
        }
        let from = decided.unwrap_or(before.ruling.route);
        let same = before.ruling.route == again.ruling.route;
        let to = if same { from } else { again.ruling.route };
        if from != to {
            let changed = Changed { number: demand.number.clone(), because: again.ruling.because.clone() };
            self.flows.entry((from, to)).or_default().push(changed);
        }
        let ruled = again.ruling.lead.clone().filter(|_| from != to);
        let leads = [demand.lead_unit.clone(), ruled.or_else(|| demand.lead_unit.clone())];
        for (side, (lead, route)) in leads.into_iter().zip([from, to]).enumerate() {
            let seen = if side == 0 { before } else { again };
            self.carry(side, demand, lead, sorters[side], &seen.facts, route);
        }
        for clock in &demand.clocks {
            self.time(demand, clock, to);
        }
    }

    /// Who has it while it is handled.
    fn carry(
        &mut self,
        side: usize,
        demand: &Past,
        lead: Option<String>,
        sorter: &Sorter<'_>,
        facts: &tiering::Facts,
        route: Route,
    ) {
        let handling = || demand.clocks.iter().filter(|clock| clock.name == ClockName::Handle);
        let (Some(lead), Some(begin)) = (lead, handling().map(|clock| clock.started_at).min()) else { return };
        let end = handling().map(|clock| clock.stopped_at).max_by_key(|end| end.unwrap_or(Instant(i64::MAX))).flatten();
        let helpers = sorter.helpers(&demand.words(), facts, Some(&lead), route);
        for (unit, leads) in [(lead, true)].into_iter().chain(helpers.into_iter().map(|unit| (unit, false))) {
            let load = self.loads.entry(unit.clone()).or_default();
            let count = match (side, leads) {
                (0, true) => &mut load.led_before,
                (0, false) => &mut load.helped_before,
                (_, true) => &mut load.led_after,
                (_, false) => &mut load.helped_after,
            };
            *count += 1;
            let doors = self.doors[side].entry(unit).or_default();
            doors.push((begin, true));
            doors.extend(end.map(|end| (end, false)));
        }
    }

    /// Whether a clock was late, and would have been.
    fn time(&mut self, demand: &Past, clock: &DemandClock, route: Route) {
        let ended = clock.stopped_at.unwrap_or(self.ground.now);
        let due = self.due(demand, clock, route).unwrap_or(clock.due_at);
        let late = self.late.entry(clock.name).or_default();
        late.clocks += 1;
        late.late_before += usize::from(ended > clock.due_at);
        late.late_after += usize::from(ended > due);
        if ended > due && ended <= clock.due_at {
            late.newly_late.push(demand.number.clone());
        }
    }

    /// When the clock would have been due; what was granted or suspended stays, a date set by hand too.
    fn due(&self, demand: &Past, clock: &DemandClock, route: Route) -> Option<Instant> {
        let stored = clocks::read(&clock.limit)?;
        let sorting = Sorting { route: demand.sorting.route.map(|_| route), ..demand.sorting.clone() };
        let limit = *self.ground.other.limits.get(&clocks::kind(clock.name, &sorting))?;
        if limit == stored {
            return None;
        }
        clocks::due_with(clock, limit, self.ground.calendar).ok().flatten()
    }

    fn report(mut self, demands: usize) -> Report {
        let flow = |((from, to), demands): ((Route, Route), Vec<Changed>)| Flow {
            from: from.code(),
            from_label: from.label(),
            to: to.code(),
            to_label: to.label(),
            demands,
        };
        let mut flows: Vec<Flow> = self.flows.into_iter().map(flow).collect();
        flows.sort_by_key(|flow| std::cmp::Reverse(flow.demands.len()));
        let mut loads: Vec<Load> = Vec::with_capacity(self.loads.len());
        for (unit, load) in self.loads {
            let [before, after] = &mut self.doors;
            let peaks = [before, after].map(|doors| doors.remove(&unit).map_or(0, peak));
            let name = self.ground.units.short_name(&unit).to_owned();
            loads.push(Load { name, unit, peak_before: peaks[0], peak_after: peaks[1], ..load });
        }
        loads.sort_by_key(|load| std::cmp::Reverse(load.led_after + load.helped_after));
        let lateness = self.late.into_iter();
        Report {
            demands,
            triaged: self.triaged,
            as_proposed: self.as_proposed,
            changed: flows.iter().map(|flow| flow.demands.len()).sum(),
            flows,
            loads,
            lateness: lateness
                .map(|(name, late)| Lateness { clock: name.code(), label: name.label(), ..late })
                .collect(),
        }
    }
}

/// The most that were open at once.
fn peak(mut doors: Vec<(Instant, bool)>) -> usize {
    doors.sort_unstable();
    let (mut open, mut most) = (0_usize, 0);
    for (_, begins) in doors {
        open = if begins { open + 1 } else { open.saturating_sub(1) };
        most = most.max(open);
    }
    most
}

impl Report {
    /// The report in one sentence, as the ledger and the page of versions keep it.
    pub fn sentence(&self, from: &str, to: &str) -> String {
        let late = |which: fn(&Lateness) -> usize| self.lateness.iter().map(which).sum::<usize>();
        let heavier: BTreeSet<&str> =
            self.loads.iter().filter(|l| l.peak_after > l.peak_before).map(|l| l.name.as_str()).collect();
        let heavier = match heavier.len() {
            0 => "没有单位的同时在办量上升".to_owned(),
            n => format!("{n} 个单位的同时在办量上升"),
        };
        format!(
            "{from} 至 {to} 的 {} 件诉求，{} 件改变办理形式；逾期的时限 {} 个变为 {} 个；{heavier}",
            self.demands,
            self.changed,
            late(|l| l.late_before),
            late(|l| l.late_after)
        )
    }
}
