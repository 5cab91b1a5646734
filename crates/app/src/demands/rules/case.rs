//! The values that the law works on: a demand, its clocks, and what has been said to and by the submitter.

use kernel::worktime::Suspension;
use kernel::{Id, Instant};

use super::vocabulary::{
    Audience, Breadth, ClockName, DemandKind, Difficulty, Generality, Grade, Outcome, PartKind, PolicyAxis,
    PolicyWeight, ProceedingKind, RequestKind, Route, Scope, Stance, Status, Tier,
};

/// A demand as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The row.
    pub id: Id,
    /// The public number, for example `AN20261123W0042`.
    pub number: String,
    /// Rises by one with every change; a writer names the version that it saw.
    pub version: i64,
    /// What was said, and by whom. Never changed by a move.
    pub said: Said,
    /// When the demand was received. No move changes it.
    pub received_at: Instant,
    /// Where it stands.
    pub status: Status,
    /// How it was sorted; complete from triage on.
    pub sorting: Sorting,
    /// The unit that answers for it now, once assigned.
    pub lead_unit: Option<String>,
    /// What the lead unit is to reach.
    pub goal: Option<String>,
    /// On what the assignment rests.
    pub basis: Option<String>,
    /// 1 for the first handling, one more for each redo.
    pub round: i64,
    /// Since when it stands with its present holder.
    pub held_since: Instant,
    /// The first reply of the present round.
    pub replied_at: Option<Instant>,
    /// The latest closing.
    pub closed_at: Option<Instant>,
    /// The first closing, which a redo does not undo.
    pub first_closed_at: Option<Instant>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// Why it ended without a reply, or to whom it went: the ground's label, the receiver.
    pub end_note: Option<String>,
    /// The demand that it was joined to, and where it stood before.
    pub merged: Option<Merged>,
}

/// 并入: one demand, many voices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The demand that is handled for both.
    pub into: Id,
    /// Where this one stood, and stands again once it is split off.
    pub from: Status,
}

/// What was said, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which of the three entrances.
    pub audience: Audience,
    /// The submitter's own title.
    pub title: String,
    /// The submitter's own words.
    pub text: String,
    /// The channel's code.
    pub channel: String,
    /// The firm, where one speaks.
    pub enterprise: Option<Id>,
    /// The firm's name as of today, for lists.
    pub enterprise_name: Option<String>,
    /// Whom to call.
    pub contact_name: Option<String>,
    /// The number to call.
    pub contact_phone: Option<String>,
    /// The address to write to.
    pub contact_email: Option<String>,
    /// The street or park, in words.
    pub area: Option<String>,
    /// The system that it came from, for imports and exchange.
    pub source: Option<String>,
    /// The number that it has there.
    pub source_id: Option<String>,
}

/// How a demand is sorted (plan 一(一): 分门别类梳理).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorting {
    /// The list.
    pub kind: Option<DemandKind>,
    /// The theme's code.
    pub theme: Option<String>,
    /// 难易程度
    pub difficulty: Option<Difficulty>,
    /// 涉及范围
    pub breadth: Option<Breadth>,
    /// 政策属性
    pub policy_weight: Option<PolicyWeight>,
    /// 全局或部门
    pub scope: Option<Scope>,
    /// 共性或个性
    pub generality: Option<Generality>,
    /// 政策或程序
    pub policy_axis: Option<PolicyAxis>,
    /// 层级
    pub tier: Option<Tier>,
    /// 办理形式
    pub route: Option<Route>,
    /// 紧急
    pub urgent: bool,
}

/// One clock of a demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandClock {
    /// Which one.
    pub name: ClockName,
    /// The round it belongs to.
    pub round: i64,
    /// The unit whose clock it is; `None` is the dispatcher's.
    pub unit: Option<String>,
    /// When it began.
    pub started_at: Instant,
    /// How long it is, in the writing of the city's clocks (`5wd`, `2h`) or `on 2026-12-01` for a date set by hand.
    pub limit: String,
    /// Where that length comes from, as a sentence.
    pub source: String,
    /// When it is due, under the calendar of the time when it was last computed; while it stands still, when it would
    /// have been.
    pub due_at: Instant,
    /// When it stopped.
    pub stopped_at: Option<Instant>,
    /// Working days granted beyond the first limit.
    pub extension: u32,
    /// The stretches in which it stood still, oldest first; the last may last.
    pub pauses: Vec<Suspension>,
}

impl DemandClock {
    /// Whether it has not stopped; it may stand still.
    pub fn running(&self) -> bool {
        self.stopped_at.is_none()
    }

    /// Since when it stands still.
    pub fn paused_since(&self) -> Option<Instant> {
        self.pauses.last().filter(|pause| self.running() && pause.until.is_none()).map(|pause| pause.from)
    }
}

/// One call-back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The round it asks about.
    pub round: i64,
    /// Whether anybody answered.
    pub reached: bool,
    /// Whether the submitter says it is solved.
    pub solved: Option<bool>,
    /// The submitter's grade.
    pub grade: Option<Grade>,
    /// What was said.
    pub note: Option<String>,
}

/// A reply to the submitter: three parts, none empty (plan 一(三): 解读政策、研究解决措施、提出工作意见).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 政策解读
    pub policy_reading: String,
    /// 办理措施
    pub measures: String,
    /// 处理意见
    pub opinion: String,
}

/// A demand with what the law looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The demand.
    pub demand: Demand,
    /// All its clocks, oldest first.
    pub clocks: Vec<DemandClock>,
    /// All its call-backs, oldest first.
    pub callbacks: Vec<Callback>,
    /// What units beside the lead were asked, oldest first.
    pub parts: Vec<Part>,
    /// What units asked for, oldest first.
    pub requests: Vec<Request>,
    /// What was decided on the record, oldest first.
    pub proceedings: Vec<Proceeding>,
    /// The required items of its route's checklist that are open.
    pub open_checks: Vec<String>,
}

/// What one unit beside the lead was asked: an opinion, a share of the work, a task from a meeting (S55).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Why.
    pub kind: PartKind,
    /// Whom.
    pub unit: String,
    /// What.
    pub task: String,
    /// Whether the demand cannot be closed before it is done.
    pub mandatory: bool,
    /// The place of its clock among the case's clocks.
    pub clock: usize,
    /// When.
    pub asked_at: Instant,
    /// When the unit signed for it.
    pub acknowledged_at: Option<Instant>,
    /// What the unit says, word for word.
    pub opinion: Option<String>,
    /// How it stands to it.
    pub stance: Option<Stance>,
    /// Who said so.
    pub by_name: Option<String>,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// When it was taken from the unit again: an objection upheld, a new assignment.
    pub released_at: Option<Instant>,
}

impl Part {
    /// Whether the unit still owes it.
    pub fn open(&self) -> bool {
        self.answered_at.is_none() && self.released_at.is_none()
    }
}

/// What a unit asks of the one who rules: to take the demand back (异议), to give more time (延期).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What for.
    pub kind: RequestKind,
    /// Which unit asks.
    pub unit: String,
    /// Who asks.
    pub by_name: String,
    /// In which round.
    pub round: i64,
    /// The listed ground's label.
    pub ground: Option<String>,
    /// Why.
    pub reason: String,
    /// The unit that the asker thinks should have it.
    pub suggested: Option<String>,
    /// Working days asked for.
    pub days: Option<u32>,
    /// When.
    pub at: Instant,
    /// What was ruled.
    pub ruling: Option<Ruling>,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Whether it was granted.
    pub granted: bool,
    /// Why.
    pub reason: Option<String>,
    /// Who ruled.
    pub by_name: String,
    /// When.
    pub at: Instant,
}

/// A decision on the record of a demand: a consultation with its conclusion, a pause with its evidence, an instruction, a
/// meeting, an escalation, a stage report, a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proceeding {
    /// Which.
    pub kind: ProceedingKind,
    /// The listed ground, the form of the meeting, the route it was raised to: what the kind classifies by, as a label.
    pub heading: String,
    /// The question, the evidence, the instruction, the minutes, the reason.
    pub text: String,
    /// Who.
    pub by_name: String,
    /// Their unit.
    pub unit: Option<String>,
    /// When.
    pub at: Instant,
    /// The last instant that it may last, where it may not last for ever.
    pub until: Option<Instant>,
    /// When it ended: concluded, resumed.
    pub ended_at: Option<Instant>,
    /// The conclusion.
    pub result: Option<String>,
}

impl Case {
    /// A demand that has just come in: nothing has been asked or decided.
    pub fn new(demand: Demand) -> Self {
        Self {
            demand,
            clocks: Vec::new(),
            callbacks: Vec::new(),
            parts: Vec::new(),
            requests: Vec::new(),
            proceedings: Vec::new(),
            open_checks: Vec::new(),
        }
    }

    /// The clock that is due first, of those that do not stand still.
    pub fn next_clock(&self) -> Option<&DemandClock> {
        self.clocks.iter().filter(|c| c.running() && c.paused_since().is_none()).min_by_key(|c| c.due_at)
    }

    /// What `unit` still owes.
    pub fn owed_by<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = &'a Part> {
        self.parts.iter().filter(move |part| part.open() && part.unit == unit)
    }

    /// The units that must still do their part before this can be closed.
    pub fn owing(&self) -> Vec<&str> {
        let mut units: Vec<&str> =
            self.parts.iter().filter(|part| part.open() && part.mandatory).map(|part| part.unit.as_str()).collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// The request of a kind that waits for a ruling.
    pub fn pending(&self, kind: RequestKind) -> Option<&Request> {
        self.requests.iter().rev().find(|request| request.kind == kind && request.ruling.is_none())
    }

    /// The proceeding of a kind that has not ended.
    pub fn lasting(&self, kind: ProceedingKind) -> Option<&Proceeding> {
        self.proceedings.iter().rev().find(|proceeding| proceeding.kind == kind && proceeding.ended_at.is_none())
    }

    /// The units that it was handed to, in their order, each with when: every hand-over starts a clock for signing.
    pub fn holders(&self) -> impl Iterator<Item = (&str, Instant)> {
        let signed = self.clocks.iter().filter(|clock| clock.name == ClockName::Sign);
        signed.filter_map(|clock| Some((clock.unit.as_deref()?, clock.started_at)))
    }

    /// How often it was handed to a unit to be answered: assigned, assigned anew, sent back.
    pub fn dispatches(&self) -> usize {
        self.clocks.iter().filter(|clock| clock.name == ClockName::Handle).count()
    }
}
